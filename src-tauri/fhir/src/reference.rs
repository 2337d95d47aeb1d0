//! A literal reference and the version that it may name (FHIR R4, section 2.3.0.1).

/// What stands before and after `/_history/`; `None` for a reference that names no version.
///
/// ```
/// assert_eq!(fhir::reference::versioned("Patient/1/_history/2"), Some(("Patient/1", "2")));
/// assert_eq!(fhir::reference::versioned("Patient/1"), None);
/// ```
pub fn versioned(reference: &str) -> Option<(&str, &str)> {
    reference.split_once("/_history/")
}

/// The reference without the version that it may name, be it absolute or relative.
///
/// ```
/// let resource = "https://a.example/fhir/Patient/1";
/// assert_eq!(fhir::reference::unversioned("https://a.example/fhir/Patient/1/_history/2"), resource);
/// assert_eq!(fhir::reference::unversioned(resource), resource);
/// ```
pub fn unversioned(reference: &str) -> &str {
    versioned(reference).map_or(reference, |(resource, _)| resource)
}

/// Whether both name a version of the same resource.
pub fn same_resource(one: &str, other: &str) -> bool {
    let resource = |reference| versioned(reference).map(|(resource, _)| resource);
    resource(one).is_some() && resource(one) == resource(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_one_resource_are_told_from_others() {
        let first = "QuestionnaireResponse/1/_history/1";
        assert!(same_resource(first, "QuestionnaireResponse/1/_history/2"));
        assert!(!same_resource(first, "QuestionnaireResponse/2/_history/1"));
        assert!(!same_resource(first, "QuestionnaireResponse/1"), "names no version");
        assert!(!same_resource("", ""));
    }
}
