//! References as this server reads them.

/// A reference's target, apart from how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// `Type/id`, or the reference as it is when it leads elsewhere.
    pub(crate) location: String,
    /// The version after `_history/`; empty when there is none.
    pub(crate) version: String,
}

impl Target {
    /// Reads a relative reference, one on this server's own `base`, or any other.
    pub(crate) fn parse(reference: &str, base: &str) -> Self {
        let relative = own(reference, base).unwrap_or(reference);
        match relative.split_once("/_history/") {
            Some((location, version)) => Self { location: location.to_owned(), version: version.to_owned() },
            None => Self { location: relative.to_owned(), version: String::new() },
        }
    }

    /// The type that the location names, when it is on this server.
    pub(crate) fn resource_type(&self) -> Option<&str> {
        self.location.split_once('/').map(|(name, _)| name).filter(|name| !name.contains(':'))
    }
}

/// The part after `base`, also when it is written with the name `localhost`.
fn own<'r>(reference: &'r str, base: &str) -> Option<&'r str> {
    let after = |base: &str| reference.strip_prefix(base)?.strip_prefix('/');
    after(base).or_else(|| after(&base.replacen("127.0.0.1", "localhost", 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_references_to_this_server_are_relative_ones() {
        let base = "http://127.0.0.1:8080/fhir";
        let relative = Target::parse("QuestionnaireResponse/1/_history/2", base);
        assert_eq!(relative.location, "QuestionnaireResponse/1");
        assert_eq!(relative.version, "2");
        assert_eq!(relative.resource_type(), Some("QuestionnaireResponse"));
        for host in ["127.0.0.1", "localhost"] {
            let absolute = format!("http://{host}:8080/fhir/QuestionnaireResponse/1/_history/2");
            assert_eq!(Target::parse(&absolute, base), relative);
        }
        let elsewhere = Target::parse("http://127.0.0.1:8080/fhirplus/Patient/1", base);
        assert_eq!(elsewhere.location, "http://127.0.0.1:8080/fhirplus/Patient/1");
        assert_eq!(elsewhere.resource_type(), None);
    }
}
