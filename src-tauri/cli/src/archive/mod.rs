//! Exported records: a zip archive, or the folder it was unpacked to.
//!
//! An archive comes from anywhere, so nothing is taken from it before [`layout`] has accounted for every byte.

mod folder;
mod layout;
mod name;

use std::io::{Cursor, Read as _};

pub(crate) use folder::read_folder;
use layout::Layout;

/// A record has some ten files; an archive with more than this is not one.
pub(crate) const MOST_FILES: usize = 256;
/// All files of a record together, in bytes.
pub(crate) const MOST_BYTES: u64 = 64 << 20;

/// The files of a record with their names, in the order of the archive.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// Whether `content` claims to be a zip archive, be it an empty one.
pub(crate) fn is_zip(content: &[u8]) -> bool {
    content.starts_with(b"PK\x03\x04") || content.starts_with(b"PK\x05\x06")
}

/// Why a record is refused before its content is looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("it is not laid out as Attesta writes archives ({0})")]
    Layout(&'static str),
    #[error("{name}: {reason}")]
    File { name: String, reason: &'static str },
    #[error("it has more than {MOST_FILES} files")]
    TooManyFiles,
    #[error("its files have more than {MOST_BYTES} bytes together")]
    TooLarge,
    #[error("it has no files")]
    Empty,
}

impl Refusal {
    /// What to do. Nobody is advised to unpack an archive whose names are meant to do harm.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::Layout(_) => {
                "get the record again from where it came; if another program packed it, verify the folder it came from"
            }
            _ => "get the record again from where it came",
        }
    }

    fn file(name: &str, reason: &'static str) -> Self {
        Self::File { name: crate::outcome::printable(name), reason }
    }
}

/// Unpacks `archive` into memory.
///
/// # Errors
/// [`Refusal`] when anything is there that Attesta does not write, or when a file's checksum is wrong.
pub(crate) fn read_zip(archive: &[u8]) -> Result<Files, Refusal> {
    let layout = Layout::read(archive)?;
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).map_err(|_| Refusal::Layout("its directory"))?;
    if zip.len() != layout.files.len() {
        return Err(Refusal::Layout("the number of files"));
    }
    let mut files = Files::with_capacity(layout.files.len());
    for (index, expected) in layout.files.into_iter().enumerate() {
        let damaged = || Refusal::file(&expected.name, "it is damaged");
        let mut file = zip.by_index(index).map_err(|_| damaged())?;
        if file.name().map_err(|_| damaged())? != expected.name.as_str()
            || file.size() != u64::from(expected.size)
        {
            return Err(Refusal::Layout("the directory's names"));
        }
        let mut content = Vec::new();
        // One byte more than announced shows that the announcement was wrong. Reading to the end checks the CRC-32.
        file.by_ref().take(u64::from(expected.size) + 1).read_to_end(&mut content).map_err(|_| damaged())?;
        if content.len() as u64 != u64::from(expected.size) {
            return Err(damaged());
        }
        drop(file);
        files.push((expected.name, content));
    }
    Ok(files)
}

#[cfg(test)]
mod tests;
