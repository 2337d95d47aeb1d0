//! `attesta canonical`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fhir::{canonical, object};
use sha2::{Digest as _, Sha256};

use crate::arguments::{Canonical, Form, Output};
use crate::error::Error;
use crate::input;
use crate::outcome::{Outcome, Status};

/// Text output is the form itself and nothing else, so that it can be hashed or signed as it is.
pub(crate) fn run(command: &Canonical, output: Output) -> Result<Outcome, Error> {
    let value = input::json(&command.file)?;
    let (name, form) = match command.form {
        Form::NumberText => ("number-text", canonical::number_text(&value)),
        Form::Jcs => (
            "jcs",
            canonical::jcs(&value).map_err(|error| Error::OutOfRange {
                path: command.file.clone(),
                reason: crate::outcome::printable(&error.to_string()),
            })?,
        ),
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
