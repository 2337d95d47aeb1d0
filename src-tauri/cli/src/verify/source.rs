//! Files that are read when their turn comes: of thousands, only those at hand are in memory.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use fhir::{Value, Version};

use crate::archive::{self, Files};
use crate::error::Error;
use crate::input;

/// Something to read: a file, or what standard input or a pipe brought, which comes only once.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    held: Option<Vec<u8>>,
}

impl Source {
    /// Something that the command line names. A pipe (`<(…)`) brings its content once, as standard input does.
    ///
    /// # Errors
    /// [`Error`] when standard input or a pipe cannot be read.
    pub(super) fn new(path: &Path) -> Result<Self, Error> {
        let once = path == Path::new("-") || path.metadata().is_ok_and(|about| !about.is_file());
        let held = once.then(|| input::bytes(path, archive::MOST_BYTES)).transpose()?;
        Ok(Self { path: path.to_owned(), held })
    }

    /// A file that was found in a folder.
    pub(super) fn file(path: PathBuf) -> Self {
        Self { path, held: None }
    }

    /// Whether it begins as a zip archive does.
    ///
    /// # Errors
    /// [`Error`] when it cannot be read.
    pub(super) fn is_zip(&self) -> Result<bool, Error> {
        let mut start = Vec::new();
        if let Some(content) = &self.held {
            start.extend(content.iter().take(4));
        } else {
            let unreadable = |error| Error::unreadable(&self.path, &error);
            let file = File::open(&self.path).map_err(unreadable)?;
            file.take(4).read_to_end(&mut start).map_err(unreadable)?;
        }
        Ok(archive::is_zip(&start))
    }

    /// Its content as a resource, in JSON or in XML of `release`.
    ///
    /// # Errors
    /// [`Error`] when it cannot be read or is refused.
    pub(super) fn resource(&self, release: Option<Version>) -> Result<Value, Error> {
        match &self.held {
            Some(content) => input::resource(&self.path, content, release),
            None => input::resource(&self.path, &input::bytes(&self.path, input::MOST_BYTES)?, release),
        }
    }

    /// Its content as an exported record: an archive, or the folder it was unpacked to.
    ///
    /// # Errors
    /// [`Error`] when it cannot be read or is refused.
    pub(super) fn record(&self) -> Result<Files, Error> {
        let refused = |refusal| Error::Refused { path: self.path.clone(), refusal };
        match &self.held {
            Some(content) => archive::read_zip(content).map_err(refused),
            None if self.path.is_dir() => archive::read_folder(&self.path),
            None => archive::read_zip(&input::bytes(&self.path, archive::MOST_BYTES)?).map_err(refused),
        }
    }
}
