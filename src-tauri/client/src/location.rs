//! The `Location` of a created version.

use crate::interactions::is_id;

/// `[type]/[id]/_history/[version]`, read from a `Location` header or a `Bundle.entry.fullUrl`.
///
/// Only the path's last segments are used; the address before them is not, so that a server can never send the device
/// to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The resource's id.
    pub id: String,
    /// Its version, when the address names one.
    pub version: Option<String>,
}

impl Location {
    /// Reads `[base]/[type]/[id]` with or without `/_history/[version]`; `None` when it is neither, or for another type.
    pub fn parse(text: &str, resource_type: &str) -> Option<Self> {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let mut segments = path.rsplit('/');
        let last = segments.next()?;
        let before = segments.next()?;
        let (id, version, kind) = if before == "_history" {
            (segments.next()?, Some(last), segments.next()?)
        } else {
            (last, None, before)
        };
        let valid = kind == resource_type && is_id(id) && version.is_none_or(is_id);
        valid.then(|| Self { id: id.to_owned(), version: version.map(str::to_owned) })
    }
}

/// The version inside an `ETag` (`W/"3"` or `"3"`; FHIR R4 HTTP, section 3.1.0.1.3).
pub(crate) fn etag_version(etag: &str) -> Option<&str> {
    let version = etag.strip_prefix("W/").unwrap_or(etag).strip_prefix('"')?.strip_suffix('"')?;
    is_id(version).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_read_with_and_without_version() {
        let full = Location::parse("https://s.example/fhir/Patient/a.1/_history/2", "Patient");
        assert_eq!(full, Some(Location { id: "a.1".to_owned(), version: Some("2".to_owned()) }));
        let relative = Location::parse("Patient/a", "Patient");
        assert_eq!(relative, Some(Location { id: "a".to_owned(), version: None }));
    }

    #[test]
    fn a_location_that_is_not_one_of_this_type_is_refused() {
        for text in [
            "",
            "a",
            "Patient/",
            "Observation/a",
            "Patient/a b",
            "Patient/../_history/1",
            "Patient/..",
            "Patient/a/_history/",
            "Patient/%2e%2e",
        ] {
            assert_eq!(Location::parse(text, "Patient"), None, "{text} must not be taken for a location");
        }
    }

    #[test]
    fn an_etag_is_read_weak_and_strong() {
        assert_eq!(etag_version("W/\"3\""), Some("3"));
        assert_eq!(etag_version("\"3\""), Some("3"));
        assert_eq!(etag_version("3"), None);
    }
}
