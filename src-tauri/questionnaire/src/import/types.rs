//! The types that an item can have.

use crate::report::Quoted;

/// The types that are answered, of R4 and R5.
pub(super) const QUESTIONS: [&str; 15] = [
    "boolean",
    "integer",
    "decimal",
    "date",
    "dateTime",
    "time",
    "string",
    "text",
    "url",
    "choice",
    "open-choice",
    "coding",
    "quantity",
    "reference",
    "attachment",
];

/// Whether an item can have this type.
pub(super) fn is_one(code: &str) -> bool {
    ["group", "display"].contains(&code) || QUESTIONS.contains(&code)
}

/// Why no item has this type.
pub(super) fn why_none(code: &str) -> String {
    if code == "question" {
        // The code system item-type, in R4 and R5.
        return "the type question is abstract in FHIR: it stands for all types that are answered, and no item has it; write \
                the one that is meant, such as string, integer or coding"
            .to_owned();
    }
    format!("FHIR has no item type {}; correct it", Quoted(code))
}
