//! `attesta`: verify, augment, canonicalise, compare, check.
//!
//! For auditors and study builders, years later and without the app. It reads files, trusts only what `--trust` names,
//! and never touches a private key: it does not even link the code that does.

mod archive;
mod arguments;
mod augment;
mod canonical;
mod convert;
mod diff;
mod error;
mod evidence;
mod input;
mod outcome;
mod questionnaire_check;
mod questionnaire_expand;
mod questionnaire_fill;
mod response_check;
mod verify;

use std::process::ExitCode;

use arguments::{Arguments, Command, Output};
use clap::Parser as _;
use error::Error;
use outcome::{Outcome, Status};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = run(&arguments).unwrap_or_else(|error| Outcome::refusal(&error));
    match outcome.write() {
        Ok(()) => outcome.status.into(),
        // Whoever read the output has stopped reading (`attesta … | head`); there is nobody to tell.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => outcome.status.into(),
        Err(_) => Status::Unusable.into(),
    }
}

fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    if arguments.output == Output::Html && !matches!(arguments.command, Command::Verify(_)) {
        return Err(Error::NoPage);
    }
    match &arguments.command {
        Command::Verify(command) => verify::run(command, arguments.output),
        Command::Augment(command) => augment::run(command, arguments.output),
        Command::Canonical(command) => canonical::run(command, arguments.output),
        Command::Convert(command) => convert::run(command, arguments.output),
        Command::Diff(command) => diff::run(command, arguments.output),
        Command::Questionnaire(arguments::Questionnaire::Check(command)) => {
            questionnaire_check::run(command, arguments.output)
        }
        Command::Questionnaire(arguments::Questionnaire::Expand(command)) => {
            questionnaire_expand::run(command, arguments.output)
        }
        Command::Questionnaire(arguments::Questionnaire::Fill(command)) => {
            questionnaire_fill::run(command, arguments.output)
        }
        Command::Response(command) => response_check::run(command, arguments.output),
    }
}
