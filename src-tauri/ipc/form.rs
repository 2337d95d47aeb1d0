//! The study's questionnaires, and what the import says of one.

use serde::{Deserialize, Serialize};

row! {
    /// The study's questionnaires.
    FormList {
        /// One row a questionnaire, those that were added last first.
        rows: Vec<FormRow>,
        /// The largest file that is read, in octets.
        max_bytes: u32,
        /// The terminology servers that value sets are asked for at.
        servers: Vec<String>,
    }
}

row! {
    /// A questionnaire of the study.
    FormRow {
        /// Its id on this device.
        id: String,
        /// Its title.
        title: String,
        /// Its canonical address.
        url: String,
        /// Its version.
        version: Option<String>,
        /// The languages that it is complete in.
        languages: Vec<String>,
        /// How many questions a patient can be asked.
        question_count: u32,
        /// Whether this version of the app can use it.
        usable: bool,
        /// Whether visits can be started with it.
        state: FormState,
        /// When it was added, RFC 3339 with offset.
        added_at: String,
        /// Who added it; `device` for what came with the program.
        added_by: String,
        /// When it was replaced or withdrawn.
        ended_at: Option<String>,
        /// Who did that.
        ended_by: Option<String>,
        /// Why it was withdrawn.
        reason: Option<String>,
    }
}

words! {
    /// Whether visits can be started with a questionnaire.
    FormState {
        /// They can.
        Offered,
        /// Another version took its place.
        Replaced,
        /// Staff took it out of the study.
        Withdrawn,
    }
}

row! {
    /// What the import says of a questionnaire.
    FormReport {
        /// With this it can be added.
        check: Option<String>,
        /// Whether patients can be asked it.
        usable: bool,
        /// Whether the study has exactly this one already.
        known: bool,
        /// Its title.
        title: Option<String>,
        /// `url|version`.
        canonical: Option<String>,
        /// The hash that signatures name it by, base64url.
        sha256: Option<String>,
        /// The languages that it is complete in.
        languages: Vec<String>,
        /// How many questions a patient can be asked.
        question_count: u32,
        /// The `url|version` whose place it would take.
        replaces: Option<String>,
        /// The value sets that a server gave for it.
        value_sets: Vec<FormValueSet>,
        /// Why it cannot be used.
        refused: Found,
        /// What a coordinator has to know before it is used.
        warnings: Found,
        /// What is not used of it.
        ignored: Found,
        /// What is used as it stands, and worth knowing.
        notes: Found,
        /// How many of its extensions are honoured.
        supported_count: u32,
        /// The first of them.
        supported: Vec<FormSupported>,
    }
}

row! {
    /// Findings of one kind.
    Found {
        /// How many there are.
        total: u32,
        /// The first of them.
        shown: Vec<FormFinding>,
    }
}

row! {
    /// One finding.
    FormFinding {
        /// The kind, as a text key.
        reason: String,
        /// The item, where it is about one.
        link_id: Option<String>,
        /// The extension, where it is about one.
        extension: Option<String>,
        /// The place, as FHIRPath.
        path: String,
        /// What is the matter and what to do, in English, for whoever wrote the questionnaire.
        message: String,
    }
}

row! {
    /// An extension that is honoured.
    FormSupported {
        /// The item.
        link_id: Option<String>,
        /// Its url.
        extension: String,
        /// The number of bytes that its value was taken for, as it is written, where it could mean another unit.
        bytes: Option<String>,
    }
}

row! {
    /// A value set that a server gave.
    FormValueSet {
        /// As the questionnaire named it.
        reference: String,
        /// The version that the server gave.
        version: Option<String>,
        /// How many concepts it has.
        concepts: u32,
        /// The server that expanded it; where it is kept as a resource, the address of that.
        server: String,
    }
}
