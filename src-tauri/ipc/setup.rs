//! Setting a device up on the screen.

use serde::Serialize;

use super::CommandError;

/// How far a device is that cannot be used yet, and what the step needs to show.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "step", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum SetUpStep {
    /// It has no study.
    Study {
        /// Whether practice is offered instead.
        practice: bool,
        /// The data folder, where the keystore says that a device was there before.
        was_here: Option<String>,
        /// What was read of a sheet of codes so far, where it is not complete.
        codes: Option<CodesFound>,
        /// What the document that was chosen would set up.
        found: Option<Box<StudyFound>>,
    },
    /// It has a study, and nobody who could sign in.
    Coordinator {
        /// The study's title.
        study: String,
        /// The site's id.
        site: String,
        /// The device's name.
        device: String,
        /// Why the account that was asked for is not there.
        problem: Option<CommandError>,
    },
    /// Its key has no certificate.
    Certificate {
        /// The study's title.
        study: String,
        /// The site's id.
        site: String,
        /// The device's name.
        device: String,
        /// The device's identifier, which its certificate has to carry.
        identifier: String,
        /// The request (PKCS #10, PEM).
        request: String,
    },
}

row! {
    /// What was read of a sheet of codes.
    CodesFound {
        /// How many codes.
        have: u32,
        /// Of how many.
        of: u32,
        /// The numbers of those that are missing.
        missing: Vec<u32>,
    }
}

row! {
    /// What a study's signed document would set up.
    StudyFound {
        /// Its name.
        title: String,
        /// Its identifier.
        id: String,
        /// The document's version.
        version: u32,
        /// When it was written, RFC 3339.
        issued: String,
        /// The FHIR server.
        server: String,
        /// The release of FHIR.
        fhir_version: &'static str,
        /// How the device shows the server who it is, as the document names it.
        authentication: &'static str,
        /// The JWK thumbprint of the key that signed, without its end until somebody has typed that from the paper.
        signer: String,
        /// Whether somebody has.
        compared: bool,
        /// The document's hash, by which it is set up.
        sha256: String,
        /// The sites.
        sites: Vec<SiteFound>,
        /// The questionnaires.
        questionnaires: Vec<StudyForm>,
    }
}

row! {
    /// A site of a study.
    SiteFound {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    }
}

row! {
    /// A questionnaire that a study lists.
    StudyForm {
        /// Its title, or its canonical where the document does not bring it.
        title: String,
        /// `url|version`.
        canonical: String,
        /// Whether the document brings it.
        embedded: bool,
    }
}
