//! The releases of FHIR that differ in what is read and written here.

/// A FHIR release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// FHIR R4, 4.0.1.
    R4,
    /// FHIR R5, 5.0.0.
    R5,
}

impl Version {
    /// Both, the older first.
    pub const ALL: [Self; 2] = [Self::R4, Self::R5];

    /// The number as `CapabilityStatement.fhirVersion` has it.
    pub const fn number(self) -> &'static str {
        match self {
            Self::R4 => "4.0.1",
            Self::R5 => "5.0.0",
        }
    }

    /// The table of this release's types that `tables/tables.py` makes, in the form that it describes.
    pub const fn definitions(self) -> &'static str {
        match self {
            Self::R4 => include_str!("../tables/r4.txt"),
            Self::R5 => include_str!("../tables/r5.txt"),
        }
    }

    /// Reads `4.0.1`, `5.0.0`, or the major and minor number alone, as the `fhirVersion` parameter of a media type has
    /// it (FHIR R4, section 3.1.0.1.13).
    pub fn from_number(number: &str) -> Option<Self> {
        match number {
            "4.0" | "4.0.0" | "4.0.1" => Some(Self::R4),
            "5.0" | "5.0.0" => Some(Self::R5),
            _ => None,
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::R4 => "R4",
            Self::R5 => "R5",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_back_from_its_number() {
        for version in Version::ALL {
            assert_eq!(Version::from_number(version.number()), Some(version));
        }
        assert_eq!(Version::from_number("4.0"), Some(Version::R4));
        assert_eq!(Version::from_number("3.0.2"), None);
        assert_eq!(Version::R5.to_string(), "R5");
    }
}
