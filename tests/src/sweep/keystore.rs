//! A keystore in a folder, so that a device can be killed and started again. Keystores are tested elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use device::keystore::{Keystore, KeystoreProblem};
use zeroize::Zeroizing;

/// While a file of this name is there, the keystore is locked.
pub(super) const LOCKED: &str = "locked";

/// One file for each entry.
pub(super) struct FolderKeystore(PathBuf);

impl FolderKeystore {
    /// The keystore in this folder, which is there.
    pub(super) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name.replace(|one: char| !one.is_ascii_alphanumeric(), "-"))
    }
}

impl Keystore for FolderKeystore {
    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeystoreProblem> {
        if self.0.join(LOCKED).exists() {
            return Err(KeystoreProblem::Locked("by the sweep".to_owned()));
        }
        let missing = |_| KeystoreProblem::EntryMissing(name.into());
        fs::read(self.file(name)).map(Zeroizing::new).map_err(missing)
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem> {
        let file = self.file(name);
        // Whole or not at all, as an operating system keeps it.
        let new = file.with_extension("new");
        let written = fs::write(&new, value).and_then(|()| fs::rename(&new, &file));
        written.map_err(|error| KeystoreProblem::NotReadBack(error.to_string()))
    }

    fn read_back(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem> {
        let same = self.read(name)?.as_slice() == value;
        if same { Ok(()) } else { Err(KeystoreProblem::NotReadBack("it read another value".into())) }
    }
}
