//! Reading what the command line names, with bounds.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use fhir::xml::{from_xml, from_xml_of_any};
use fhir::{Value, Version, begins_as_xml};

use crate::error::Error;

/// No resource that Attesta reads or writes comes near this size, in bytes.
pub(crate) const MOST_BYTES: u64 = 32 << 20;

/// The bytes of `path`; `-` is standard input.
pub(crate) fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let unreadable = |error: io::Error| Error::unreadable(path, &error);
    let mut content = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(limit + 1).read_to_end(&mut content).map_err(unreadable)?;
    } else {
        let file = File::open(path).map_err(unreadable)?;
        file.take(limit + 1).read_to_end(&mut content).map_err(unreadable)?;
    }
    if content.len() as u64 > limit {
        return Err(Error::TooLarge { path: path.to_owned(), limit });
    }
    Ok(content)
}

/// The JSON document in `path`.
pub(crate) fn json(path: &Path) -> Result<Value, Error> {
    parse(path, &bytes(path, MOST_BYTES)?)
}

/// `content`, which was read from `path`, as JSON.
pub(crate) fn parse(path: &Path, content: &[u8]) -> Result<Value, Error> {
    Value::parse(content).map_err(|reason| Error::NotJson { path: path.to_owned(), reason })
}

/// `content`, which was read from `path`, as a resource: JSON, or XML of `release`; of R4 or R5 when that is not said.
pub(crate) fn resource(path: &Path, content: &[u8], release: Option<Version>) -> Result<Value, Error> {
    resource_of(path, content, release).map(|(resource, _)| resource)
}

/// The same, with the release that XML was read by, or that was named.
pub(crate) fn resource_of(
    path: &Path,
    content: &[u8],
    release: Option<Version>,
) -> Result<(Value, Option<Version>), Error> {
    if !begins_as_xml(content) {
        return parse(path, content).map(|resource| (resource, release));
    }
    match release {
        Some(release) => from_xml(content, release).map(|resource| (resource, release)),
        None => from_xml_of_any(content),
    }
    .map(|(resource, release)| (resource, Some(release)))
    .map_err(|reason| Error::NotXml { path: path.to_owned(), reason })
}

/// Standard input can stand for one file only.
pub(crate) fn at_most_one_standard_input<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<(), Error> {
    let count = paths.into_iter().filter(|path| *path == Path::new("-")).count();
    if count > 1 { Err(Error::StandardInputTwice) } else { Ok(()) }
}
