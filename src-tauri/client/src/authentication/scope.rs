//! SMART scopes (SMART App Launch 2.2, "Scopes for requesting FHIR Resources"): what a device asks for, and what a scope allows.

/// What a device that delivers has to do: what it sends, it also looks up.
pub const SCOPE: &str = "system/QuestionnaireResponse.crus system/Provenance.crus system/DocumentReference.crus \
                         system/AuditEvent.crs";

/// What a device also has to do where the study's server assigns questionnaires: it looks for Tasks and what they need, and
/// tells what became of them.
pub const ASSIGNMENT_SCOPE: &str =
    "system/Task.rus system/Patient.rs system/Questionnaire.rs system/ServiceRequest.rs";

/// The scope in [`ASSIGNMENT_SCOPE`] with which a device is let in to this type of resource.
pub fn assignment_scope(kind: &str) -> Option<&'static str> {
    ASSIGNMENT_SCOPE.split(' ').find(|one| parts(one).is_some_and(|(named, _)| named == kind))
}

/// What a device asks for where its study names nothing.
pub fn scope(assigns: bool) -> String {
    if assigns { format!("{SCOPE} {ASSIGNMENT_SCOPE}") } else { SCOPE.to_owned() }
}

/// Whether one of the scopes in `scope`, or several of them together, let a device do with this type of resource all that
/// `letters` (of `cruds`) stand for. The scopes of SMART 1.0 (`read`, `write`, `*`) are understood too. One that is narrowed
/// down by a query counts: what it leaves out is not known here.
pub fn allows(scope: &str, kind: &str, letters: &str) -> bool {
    letters.chars().all(|letter| scope.split_whitespace().any(|one| allows_one(one, kind, letter)))
}

fn allows_one(scope: &str, kind: &str, letter: char) -> bool {
    let Some((named, may)) = parts(scope) else { return false };
    let may = match may.split_once('?').map_or(may, |(may, _)| may) {
        "read" => "rs",
        "write" => "cud",
        "*" => "cruds",
        letters => letters,
    };
    (named == "*" || named == kind) && may.contains(letter)
}

/// The type, and what may be done with it.
fn parts(scope: &str) -> Option<(&str, &str)> {
    scope.strip_prefix("system/")?.split_once('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_both_versions_allow_what_they_say() {
        for (given, is_allowed) in [
            ("system/Task.rus", true),
            ("system/Task.cruds", true),
            ("system/*.rus", true),
            ("system/*.*", true),
            ("system/Task.read system/Task.write", true),
            ("system/Task.rs system/Task.u", true),
            ("system/Task.rus?owner=Organization/1", true),
            ("system/Task.rs", false),
            ("system/Task.read", false),
            ("system/Patient.rus", false),
            ("user/Task.rus", false),
            ("system/Task", false),
            ("", false),
        ] {
            assert_eq!(allows(given, "Task", "rus"), is_allowed, "{given:?}");
        }
    }

    #[test]
    fn what_is_asked_for_without_a_scope_follows_from_whether_the_server_assigns() {
        assert!(!allows(&scope(false), "Task", "s"));
        let assigning = scope(true);
        assert!(allows(&assigning, "Task", "rus") && allows(&assigning, "QuestionnaireResponse", "crus"));
        for kind in ["Patient", "Questionnaire", "ServiceRequest"] {
            assert!(allows(&assigning, kind, "rs") && !allows(&assigning, kind, "u"), "{kind}");
            assert_eq!(assignment_scope(kind), Some(format!("system/{kind}.rs").as_str()));
        }
        assert_eq!(assignment_scope("Task"), Some("system/Task.rus"));
        assert_eq!(assignment_scope("Provenance"), None, "that is delivery's");
    }
}
