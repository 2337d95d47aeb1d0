//! `attesta canonical`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::ValueEnum as _;
use fhir::{Value, Version, canonical, object};
use seal::canonical::{BASE, FormError};
use sha2::{Digest as _, Sha256};

use crate::arguments::{Canonical, Form, Output};
use crate::error::Error;
use crate::input;
use crate::outcome::{Outcome, Status, printable};

/// Text output is the form itself and nothing else, so that it can be hashed or signed as it is.
pub(crate) fn run(command: &Canonical, output: Output) -> Result<Outcome, Error> {
    let release = command.fhir.map(Version::from);
    let content = input::bytes(&command.file, input::MOST_BYTES)?;
    let (value, read_as) = input::resource_of(&command.file, &content, release)?;
    let value_enum = command.form.to_possible_value();
    let name = value_enum.as_ref().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let out_of_range = |error: &canonical::JcsError| Error::OutOfRange {
        path: command.file.clone(),
        reason: printable(&error.to_string()),
    };
    let form = match command.form {
        Form::NumberText => canonical::number_text(&value),
        Form::Jcs => canonical::jcs(&value).map_err(|error| out_of_range(&error))?,
        _ => written(&value, &format!("{BASE}{name}"), read_as.or(release)).map_err(|error| match error {
            FormError::Json(error) => out_of_range(&error),
            FormError::Xml(reason) => Error::NotInXml { path: command.file.clone(), reason },
            // The forms of the command line are those that are known.
            FormError::Unknown => Error::NothingToVerify,
        })?,
    };
    let printed = match output {
        Output::Text | Output::Html => form,
        Output::Json => {
            let sha256 = URL_SAFE_NO_PAD.encode(Sha256::digest(form.as_bytes()));
            object! { "form" => name, "sha256" => sha256, "text" => form }.to_json_pretty()
        }
    };
    Ok(Outcome::new(Status::Good, printed))
}

/// By `release`; where that is not said, by R4, and by R5 where that does not fit.
fn written(value: &Value, uri: &str, release: Option<Version>) -> Result<String, FormError> {
    let by = |version| seal::canonical::write(value, uri, version);
    match release {
        Some(version) => by(version),
        None => by(Version::R4).or_else(|error| by(Version::R5).map_err(|_| error)),
    }
}
