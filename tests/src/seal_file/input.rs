//! Reading files, with bounds.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use fhir::xml::{from_xml, to_xml};
use fhir::{Value, Version, begins_as_xml};

use super::Error;

/// No resource that is signed comes near this size, in bytes.
const MOST_BYTES: u64 = 32 << 20;

/// How a resource came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Json,
    Xml,
}

/// A resource, and how it came.
pub(super) struct Input {
    pub(super) resource: Value,
    pub(super) syntax: Syntax,
}

impl Input {
    /// Reads a resource of `version`, and of no other.
    pub(super) fn read(path: &Path, version: Version) -> Result<Self, Error> {
        let content = bytes(path, MOST_BYTES)?;
        let wrong = |reason: String| Error::Refused(format!("{}: {reason}", path.display()));
        if begins_as_xml(&content) {
            let resource = from_xml(&content, version)
                .map_err(|error| wrong(format!("not a resource of FHIR {version} in XML: {error}")))?;
            return Ok(Self { resource, syntax: Syntax::Xml });
        }
        let resource = Value::parse(&content).map_err(|error| wrong(format!("not JSON: {error}")))?;
        if resource.resource_type().is_none() {
            return Err(wrong("not a resource (there is no resourceType)".to_owned()));
        }
        // What XML cannot say is no element of this release, or not one of this shape.
        to_xml(&resource, version)
            .map_err(|error| wrong(format!("not a resource of FHIR {version}: {error}")))?;
        Ok(Self { resource, syntax: Syntax::Json })
    }
}

/// The bytes of a file that has at most `most` of them.
pub(super) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let unreadable = |error| Error::Usage(format!("{} cannot be read: {error}", path.display()));
    let mut content = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(most + 1).read_to_end(&mut content).map_err(unreadable)?;
    if content.len() as u64 > most {
        return Err(Error::Usage(format!("{} is larger than {most} bytes", path.display())));
    }
    Ok(content)
}
