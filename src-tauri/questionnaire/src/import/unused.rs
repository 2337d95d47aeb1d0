//! What is known and not used.

/// Why an extension of HL7's is not used.
pub(super) fn why(name: &str) -> &'static str {
    match name {
        "supportHyperlink" | "supportLink" => "the patient is led to no other pages",
        "width" | "columnCount" | "choiceColumn" | "keyboard" => {
            "widths and columns follow the screen and the size of the letters"
        }
        "optionalDisplay" => "everything is shown",
        "derivationType" => {
            "what is listed here is asked, and nothing is added from the form that it derives from"
        }
        "entryMode" => "the patient can always go back, and each change is recorded",
        "candidateExpression" | "contextExpression" | "lookupQuestionnaire" => {
            "nothing is looked up for the patient"
        }
        "itemPopulationContext" => {
            "only FHIRPath is evaluated here, not CQL and queries; nothing begins with what it gives"
        }
        "referenceResource" | "referenceProfile" | "referenceFilter" => {
            "references are chosen among the options"
        }
        "cqf-library" | "cqif-library" => "each expression says by itself whether it can be evaluated",
        "unitSupplementalSystem" => "no server is asked while a form is filled in",
        name if name.contains("xtract") || name.contains("ourceQueries") || name.contains("StructureMap") => {
            "whoever receives the response takes out of it what they need"
        }
        _ => "it changes nothing about what is asked",
    }
}
