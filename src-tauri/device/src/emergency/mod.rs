//! The emergency export of a device that is failing, and its import on another device of the same study.
//!
//! The file is a compact JWE whose content is a compact JWS by the exporting device, whose content is [`Content`] as JSON
//! (`docs/emergency-export.md`). Exporting changes nothing but the audit trail, and does not stop the device. What is taken
//! over keeps its identifiers and its frozen bytes; the second device looks on the server before it sends any of it.
//!
//! A device whose disk takes nothing any more exports all the same: what its audit trail could not take stands in the file.

mod check;
mod content;
mod envelope;
mod export;
mod gather;
mod import;
mod recovery;
mod refusal;
mod take;
mod unwritten;

use crate::Error;
use envelope::{Reader, check_passphrase};

pub use content::Done;
pub use envelope::Secret;
pub use export::{EmergencyExport, Order, Target};
pub use import::{EmergencyImport, Inside, Opened};
pub use recovery::{RecoveryKey, RecoverySecret};
pub use refusal::{Refusal, SHORTEST_PASSPHRASE};
pub use unwritten::Unwritten;

/// The content of one export, in octets. Signed and encrypted it is 16/9 of that.
const LARGEST_CONTENT: usize = 128 * 1024 * 1024;
/// The largest file that is read, in octets.
pub const LARGEST_FILE: usize = 256 * 1024 * 1024;

/// A passphrase, typed twice.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// First.
    pub passphrase: &'a str,
    /// Again.
    pub again: &'a str,
}

/// Never shown.
impl std::fmt::Debug for Typed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}

impl<'a> Typed<'a> {
    fn check(&self) -> Result<&'a str, Refusal> {
        if self.passphrase != self.again {
            return Err(Refusal::PassphrasesDiffer);
        }
        check_passphrase(self.passphrase)?;
        Ok(self.passphrase)
    }
}

/// Decrypts an export with the study's recovery key and encrypts it anew with a passphrase, for the device that is to take it
/// over: so the key stays in the study's office. What the device signed stays as it is.
///
/// # Errors
/// [`Error::Emergency`] with the reason.
pub fn recover(file: &[u8], key: &RecoverySecret, passphrase: Typed<'_>) -> Result<String, Error> {
    let passphrase = passphrase.check()?;
    if file.len() > LARGEST_FILE {
        return Err(Refusal::TooLarge(LARGEST_FILE / (1024 * 1024)).into());
    }
    let text = std::str::from_utf8(file).map_err(|_| Refusal::Malformed("it is not text".to_owned()))?;
    let signed = envelope::open_export(text, Secret::Recovery(key))?;
    envelope::seal_export(&signed, Reader::Passphrase(passphrase))
}
