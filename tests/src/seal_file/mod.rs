//! `seal-file`: signs a resource with a key from a file under each Provenance profile, as a server, a registry or
//! another vendor's program would. No released program does: Attesta's own keys never leave their keystore.

mod arguments;
mod input;
mod key;
mod profiles;

use std::path::{Path, PathBuf};

use fhir::Value;
use fhir::xml::to_xml;
use jiff::Timestamp;

pub use arguments::{Arguments, Format, ProfileName, Release};
use input::{Input, Syntax};
use key::FileKey;
use profiles::Order;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is wrong, or a file cannot be read or written.
    #[error("{0}")]
    Usage(String),
    /// The resource, the key or the certificate is not one that the profile can be signed with.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    /// 2 or 1, as `--help` says.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Refused(_) => 1,
        }
    }
}

impl From<seal::SealError> for Error {
    fn from(error: seal::SealError) -> Self {
        Self::Refused(error.to_string())
    }
}

/// Signs what `arguments` say and writes it, in the syntax in which the resource came; gives the files' names.
///
/// # Errors
/// [`Error`]; nothing is written then, unless the folder itself refuses a file.
pub fn run(arguments: &Arguments) -> Result<Vec<PathBuf>, Error> {
    let version = arguments.fhir.version();
    let order = Order {
        profile: arguments.profile,
        format: arguments.format,
        version,
        at: arguments.at.unwrap_or_else(Timestamp::now),
        who: arguments.who.as_deref(),
        transaction: arguments.transaction_id.as_deref(),
    };
    order.check()?;
    let input = Input::read(&arguments.resource, version)?;
    let key = FileKey::read(&arguments.key, &arguments.chain)?;
    let made = order.sign(&input.resource, &key)?;
    let files = made
        .iter()
        .map(|(name, resource)| {
            let (ending, text) = match input.syntax {
                Syntax::Json => ("json", resource.to_json()),
                Syntax::Xml => (
                    "xml",
                    to_xml(resource, version).map_err(|error| {
                        Error::Refused(format!("the {name} cannot be written as XML: {error}"))
                    })?,
                ),
            };
            Ok((arguments.out.join(format!("{name}.{ending}")), text))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Error::Usage(format!(
            "{} is there already; name another folder (--out)",
            path.display()
        )));
    }
    std::fs::create_dir_all(&arguments.out).map_err(|error| unwritable(&arguments.out, &error))?;
    for (path, text) in &files {
        std::fs::write(path, text).map_err(|error| unwritable(path, &error))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::Usage(format!("{} cannot be written: {error}", path.display()))
}

/// What is written, each under the name of its file without the ending.
type Made = Vec<(&'static str, Value)>;
