//! `attesta augment`.
//!
//! What evidence says and what it is over is decided in `seal`; here authorities are asked, and what they answer is
//! written beside the record. The record itself stays as it is.

mod ask;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fhir::{Value, Version, object};
use jiff::Timestamp;
use seal::jades::{self, Augmented, write_evidence};
use seal::verify::{Covered, Trust, covered};
use seal::{Anchors, Crl, SealError, export};

use crate::archive;
use crate::arguments::{Augment, Level, Output};
use crate::error::Error;
use crate::outcome::{Outcome, Status, printable};
use crate::{evidence, input, verify};
use ask::Authorities;

/// A signature that was raised: where it stands, from which level and to which.
struct Raised {
    location: String,
    from: jades::Level,
    to: jades::Level,
}

pub(crate) fn run(command: &Augment, output: Output) -> Result<Outcome, Error> {
    let named = command.files.iter().chain(&command.trust).chain(&command.crl);
    input::at_most_one_standard_input(named.map(PathBuf::as_path))?;
    let Some(first) = command.files.first() else { return Err(Error::NothingToVerify) };
    let anchors = verify::anchors(&command.trust)?.ok_or(Error::NothingToVerify)?;
    let lists =
        command.crl.iter().map(|file| verify::revocation_lists(file)).collect::<Result<Vec<_>, _>>()?;
    let out = command.out.clone().unwrap_or_else(|| evidence::beside(first));
    let kept = if out.is_file() { evidence::read(&out)? } else { Vec::new() };
    let (found, left) = signatures(command, first, &kept)?;
    if found.is_empty() {
        return Err(nothing(first, &left));
    }
    let work = Work { anchors, lists: lists.concat(), authorities: Authorities::new(command)? };
    let to = match command.to {
        Level::T => jades::Level::T,
        Level::Lt => jades::Level::Lt,
        Level::Lta => jades::Level::Lta,
    };
    let (mut raised, mut signatures) = (Vec::new(), Vec::new());
    for mut one in found {
        let from = one.signature.level();
        work.raise(&mut one, to)
            .map_err(|reason| Error::Augment { what: printable(&one.location), reason })?;
        raised.push(Raised { location: one.location, from, to: one.signature.level() });
        signatures.push(one.signature);
    }
    write(&out, &signatures)?;
    let status = if left.is_empty() { Status::Good } else { Status::Undecided };
    let printed = match output {
        Output::Text | Output::Html => text(&out, &raised, &left),
        Output::Json => json(&out, &raised, &left),
    };
    Ok(Outcome::new(status, printed))
}

/// The signatures of what was named, with the evidence that there is.
fn signatures(
    command: &Augment,
    first: &Path,
    kept: &[Augmented],
) -> Result<(Vec<Covered>, Vec<SealError>), Error> {
    // Whom to trust and at which time changes nothing about what a signature covers.
    let trust = Trust::new(None, Timestamp::now()).with_evidence(kept);
    if first.is_dir() {
        return Ok(export::covered(&archive::read_folder(first)?, &trust));
    }
    let content = input::bytes(first, archive::MOST_BYTES)?;
    if archive::is_zip(&content) {
        let files = archive::read_zip(&content)
            .map_err(|refusal| Error::Refused { path: first.to_owned(), refusal })?;
        return Ok(export::covered(&files, &trust));
    }
    let release = command.fhir.map(Version::from);
    let resource = input::resource(first, &content, release)?;
    let provenances = command
        .files
        .iter()
        .skip(1)
        .map(|path| input::resource(path, &input::bytes(path, input::MOST_BYTES)?, release))
        .collect::<Result<Vec<Value>, _>>()?;
    Ok(covered(&resource, &provenances, &trust))
}

fn nothing(first: &Path, left: &[SealError]) -> Error {
    let reasons: Vec<String> = left.iter().map(SealError::to_string).collect();
    let reason = if reasons.is_empty() {
        "there is no signature to add evidence to".to_owned()
    } else {
        reasons.join("; ")
    };
    Error::Evidence { path: first.to_owned(), reason: printable(&reason) }
}

/// What is the same for every signature.
struct Work {
    anchors: Anchors,
    lists: Vec<Crl>,
    authorities: Authorities,
}

impl Work {
    /// Adds one level after the other.
    fn raise(&self, one: &mut Covered, to: jades::Level) -> Result<(), String> {
        let refused = |error: SealError| error.to_string();
        if one.signature.level() >= to {
            return Err(format!("the signature is at level {} already", one.signature.level()));
        }
        if one.signature.level() == jades::Level::B {
            let token = self.authorities.stamp(one.signature.imprint(), &self.anchors)?;
            one.signature.add_time_stamp(&token).map_err(refused)?;
        }
        if one.signature.level() == jades::Level::T && to >= jades::Level::Lt {
            let mut responses = Vec::new();
            let unknown = one
                .signature
                .without_value(&self.anchors, &self.lists, &responses, Timestamp::now())
                .map_err(refused)?;
            for certified in &unknown {
                // Without a responder the certificate is named when the values are added.
                responses.extend(self.authorities.status(certified)?);
            }
            one.signature
                .add_values(&self.anchors, &self.lists, &responses, Timestamp::now())
                .map_err(refused)?;
        }
        if to == jades::Level::Lta {
            let imprint = one.signature.archive_imprint(&one.payload).map_err(refused)?;
            let token = self.authorities.stamp(imprint, &self.anchors)?;
            one.signature.add_archive_time_stamp(&one.payload, &token).map_err(refused)?;
        }
        Ok(())
    }
}

/// Written whole or not at all: evidence that was there is not lost to a full disk.
fn write(out: &Path, signatures: &[Augmented]) -> Result<(), Error> {
    let unwritable = |error: io::Error| Error::Unwritable(error.kind());
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, write_evidence(signatures)).map_err(unwritable)?;
    fs::rename(&part, out).map_err(unwritable)
}

fn text(out: &Path, raised: &[Raised], left: &[SealError]) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for Raised { location, from, to } in raised {
        let _ = writeln!(text, "{}: level {from} -> {to}", printable(location));
    }
    for error in left {
        let _ = writeln!(text, "left as it is: {}", printable(&error.to_string()));
    }
    let _ = writeln!(text, "written to {}", printable(&out.to_string_lossy()));
    text
}

fn json(out: &Path, raised: &[Raised], left: &[SealError]) -> String {
    let raised: Vec<Value> = raised
        .iter()
        .map(|one| {
            object! {
                "location" => one.location.as_str(),
                "from" => one.from.name(),
                "to" => one.to.name(),
            }
        })
        .collect();
    let left: Vec<Value> = left.iter().map(|error| Value::from(error.to_string())).collect();
    object! {
        "written" => out.to_string_lossy().as_ref(),
        "signatures" => raised,
        "left" => left,
    }
    .to_json_pretty()
}
