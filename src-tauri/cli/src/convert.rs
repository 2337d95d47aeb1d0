//! `attesta convert`.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use fhir::xml::to_xml;
use fhir::{Value, Version, object};

use crate::arguments::{Convert, Format, Output};
use crate::error::Error;
use crate::input;
use crate::outcome::{Outcome, Status};

/// Text output is the resource itself. What a release does not know is refused in either direction, so that nothing is
/// lost.
pub(crate) fn run(command: &Convert, output: Output) -> Result<Outcome, Error> {
    let content = input::bytes(&command.file, input::MOST_BYTES)?;
    let (value, read_as) = input::resource_of(&command.file, &content, command.fhir.map(Version::from))?;
    let (xml, version) = in_xml(&command.file, &value, read_as)?;
    let text = match command.to {
        Format::Json => value.to_json_pretty(),
        Format::Xml => xml + "\n",
    };
    if let Some(path) = &command.out {
        write_new(path, &text)?;
    }
    let printed = match (output, &command.out) {
        (Output::Json, out) => {
            let mut summary = object! { "fhir" => version.number() };
            if let Some(members) = summary.as_object_mut() {
                match out {
                    Some(path) => members.insert("out", path.to_string_lossy().as_ref()),
                    None => members.insert("text", text),
                };
            }
            summary.to_json_pretty()
        }
        (_, Some(_)) => String::new(),
        (_, None) => text,
    };
    Ok(Outcome::new(Status::Good, printed))
}

/// The resource in XML, and by which release: the one that is named or, where none is, the first that fits.
fn in_xml(path: &Path, value: &Value, release: Option<Version>) -> Result<(String, Version), Error> {
    let refused = |reason| Error::NotInXml { path: path.to_owned(), reason };
    let by = |version| to_xml(value, version).map(|xml| (xml, version));
    match release {
        Some(version) => by(version).map_err(refused),
        None => by(Version::R4).or_else(|reason| by(Version::R5).map_err(|_| refused(reason))),
    }
}

/// Whole or not at all, and never over another file: it may be the only copy of what someone signed.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    if path.symlink_metadata().is_ok() {
        return Err(Error::Exists { path: path.to_owned() });
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    // A link, unlike a rename, never replaces a file; where there are no links, an empty file takes the name first.
    let written = written.and_then(|()| match fs::hard_link(&part, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => rename_new(Path::new(&part), path),
        linked => linked,
    });
    let _ = fs::remove_file(&part);
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
        kind => Error::Unwritable(kind),
    })
}

/// A rename that replaces no file. The empty file that took the name goes again when it cannot be replaced: it would
/// refuse every later attempt.
fn rename_new(part: &Path, path: &Path) -> io::Result<()> {
    File::create_new(path)?;
    fs::rename(part, path).inspect_err(|_| {
        // A rename over a network may have happened although it failed.
        if fs::metadata(path).is_ok_and(|found| found.len() == 0) {
            let _ = fs::remove_file(path);
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn without_links_a_failed_rename_leaves_the_name_free_and_no_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (part, out) = (folder.path().join("a.xml.part"), folder.path().join("a.xml"));
        assert_eq!(rename_new(&part, &out).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(!out.exists());
        fs::write(&part, "whole").unwrap();
        rename_new(&part, &out).unwrap();
        fs::write(&part, "another").unwrap();
        assert_eq!(rename_new(&part, &out).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&out).unwrap(), "whole");
    }

    #[test]
    fn a_file_is_written_once_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let (file, out) = (folder.path().join("a.json"), folder.path().join("a.xml"));
        std::fs::write(&file, br#"{"resourceType":"Patient","active":true}"#).unwrap();
        let command = Convert { to: Format::Xml, fhir: None, out: Some(out.clone()), file };
        assert_eq!(run(&command, Output::Text).unwrap().output, "");
        let written = "<Patient xmlns=\"http://hl7.org/fhir\"><active value=\"true\"/></Patient>\n";
        assert_eq!(std::fs::read_to_string(&out).unwrap(), written);
        assert!(matches!(run(&command, Output::Text), Err(Error::Exists { .. })));
        assert_eq!(std::fs::read_to_string(&out).unwrap(), written);
    }
}
