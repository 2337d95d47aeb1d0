//! A newer version of the study's document.

use serde::{Deserialize, Serialize};

use super::CodesFound;

row! {
    /// The study's document in force.
    StudyInForce {
        /// The study's name.
        title: String,
        /// The document's version.
        version: u32,
        /// The version that takes its place at the next start.
        next: Option<u32>,
        /// What this version of the app finds wrong with the one in force, in English: no visit is begun under it.
        unfit: Option<String>,
    }
}

row! {
    /// What was read of a newer document.
    StudyBrought {
        /// What was read of a sheet of codes so far, where it is not complete.
        codes: Option<CodesFound>,
        /// What the document would change.
        offered: Option<Box<StudyOffered>>,
    }
}

row! {
    /// What a newer document would change.
    StudyOffered {
        /// The study's name.
        title: String,
        /// The version that it takes the place of.
        before: u32,
        /// Its own.
        version: u32,
        /// When it was written, RFC 3339.
        issued: String,
        /// Its hash, by which it is loaded.
        sha256: String,
        /// The JWK thumbprint of the key that signed.
        signer: String,
        /// Whether the same key signed the document before; any other was named by that one.
        same_signer: bool,
        /// The questionnaires that change.
        forms: Vec<StudyFormChange>,
        /// What else changes.
        members: Vec<StudyChange>,
    }
}

row! {
    /// A questionnaire that changes.
    StudyFormChange {
        /// How.
        change: StudyFormChanged,
        /// Its title, or its canonical where the document does not bring it.
        title: String,
        /// `url|version`.
        canonical: String,
        /// The one that it takes the place of.
        before: Option<String>,
        /// The first day on which visits may be started with it.
        start: Option<String>,
        /// The last one.
        end: Option<String>,
    }
}

words! {
    /// How a questionnaire changes.
    StudyFormChanged {
        /// Visits can be started with it.
        Added,
        /// It takes the place of another version.
        Replaced,
        /// Visits cannot be started with it any more.
        Removed,
        /// The days on which visits may be started with it are others.
        Period,
    }
}

row! {
    /// A member of the document that changes.
    StudyChange {
        /// Its name, as a text key.
        member: String,
        /// What it was; none where the document did not name it.
        before: Option<String>,
        /// What it would be.
        after: Option<String>,
    }
}
