//! `attesta augment`.
//!
//! What evidence says and what it is over is decided in `seal`; here authorities are asked, and what they answer is
//! written beside the record. The record itself stays as it is.

mod ask;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
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

/// A signature that could not be taken as far as was asked, and why.
struct Failed {
    location: String,
    reason: String,
}

/// What came of it.
#[derive(Default)]
struct Work {
    raised: Vec<Raised>,
    failed: Vec<Failed>,
    /// To which nothing can be added.
    left: Vec<SealError>,
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
    let sources = Sources { anchors, lists: lists.concat(), authorities: Authorities::new(command)? };
    let to = match command.to {
        Level::T => jades::Level::T,
        Level::Lt => jades::Level::Lt,
        Level::Lta => jades::Level::Lta,
    };
    let mut work = Work { left, ..Work::default() };
    let signatures = work.raise(found, to, &sources)?;
    write(&out, &signatures)?;
    let printed = match output {
        Output::Text | Output::Html => work.text(&out),
        Output::Json => work.json(&out),
    };
    Ok(Outcome::new(work.status(), printed))
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

impl Work {
    /// Takes each signature as far as it goes; what there is to keep. What one authority refuses for one signature takes
    /// nothing from the others.
    ///
    /// # Errors
    /// [`Error::Augment`] when no signature came any further.
    fn raise(
        &mut self,
        found: Vec<Covered>,
        to: jades::Level,
        sources: &Sources,
    ) -> Result<Vec<Augmented>, Error> {
        let mut signatures = Vec::new();
        let mut there = None;
        for mut one in found {
            let from = one.signature.level();
            let result = sources.raise(&mut one, to);
            let (location, reached) = (one.location, one.signature.level());
            if reached > from {
                self.raised.push(Raised { location: location.clone(), from, to: reached });
            }
            match result {
                Err(reason) => self.failed.push(Failed { location, reason }),
                Ok(()) if reached == from => there = there.or(Some((location, from))),
                Ok(()) => {}
            }
            signatures.push(one.signature);
        }
        if self.raised.is_empty() {
            return Err(match (self.failed.first(), there) {
                (Some(Failed { location, reason }), _) => {
                    Error::Augment { what: printable(location), reason: reason.clone() }
                }
                (None, Some((location, level))) => Error::Augment {
                    what: printable(&location),
                    reason: format!("the signature is at level {level} already"),
                },
                (None, None) => Error::NothingToVerify,
            });
        }
        signatures.retain(|one| one.level() > jades::Level::B);
        Ok(signatures)
    }

    fn status(&self) -> Status {
        match (self.failed.is_empty(), self.left.is_empty()) {
            (false, _) => Status::Unusable,
            (true, false) => Status::Undecided,
            (true, true) => Status::Good,
        }
    }
}

/// What is the same for every signature.
struct Sources {
    anchors: Anchors,
    lists: Vec<Crl>,
    authorities: Authorities,
}

impl Sources {
    /// Adds one level after the other, and none that is there already.
    fn raise(&self, one: &mut Covered, to: jades::Level) -> Result<(), String> {
        let refused = |error: SealError| error.to_string();
        if one.signature.level() == jades::Level::B && to >= jades::Level::T {
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
                responses.extend(self.authorities.status(certified, &self.lists)?);
            }
            one.signature
                .add_values(&self.anchors, &self.lists, &responses, Timestamp::now())
                .map_err(refused)?;
        }
        if one.signature.level() == jades::Level::Lt && to == jades::Level::Lta {
            let imprint = one.signature.archive_imprint(&one.payload).map_err(refused)?;
            let token = self.authorities.stamp(imprint, &self.anchors)?;
            one.signature.add_archive_time_stamp(&one.payload, &token).map_err(refused)?;
        }
        Ok(())
    }
}

/// Written whole or not at all, and durable when this returns: evidence that was there is not lost to a full disk or a
/// power failure, and what an authority was paid for is kept.
fn write(out: &Path, signatures: &[Augmented]) -> Result<(), Error> {
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    let written = File::create(&part)
        .and_then(|mut file| {
            file.write_all(write_evidence(signatures).as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&part, out))
        .and_then(|()| sync_parent(out));
    if written.is_err() {
        // Of no use, where there is any.
        let _ = fs::remove_file(&part);
    }
    written.map_err(|error| Error::Unwritable(error.kind()))
}

/// Makes the rename durable. Windows has no such call and needs none (NTFS logs names itself).
fn sync_parent(file: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(parent) = file.parent()
    {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

impl Work {
    fn text(&self, out: &Path) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        for Raised { location, from, to } in &self.raised {
            let _ = writeln!(text, "{}: level {from} -> {to}", printable(location));
        }
        for Failed { location, reason } in &self.failed {
            let _ = writeln!(text, "{}: not raised further: {}", printable(location), printable(reason));
        }
        for error in &self.left {
            let _ = writeln!(text, "left as it is: {}", printable(&error.to_string()));
        }
        let _ = writeln!(text, "written to {}", printable(&out.to_string_lossy()));
        text
    }

    fn json(&self, out: &Path) -> String {
        let raised = self.raised.iter().map(|one| {
            object! {
                "location" => one.location.as_str(),
                "from" => one.from.name(),
                "to" => one.to.name(),
            }
        });
        let failed = self
            .failed
            .iter()
            .map(|one| object! { "location" => one.location.as_str(), "reason" => one.reason.as_str() });
        let left = self.left.iter().map(|error| Value::from(error.to_string()));
        object! {
            "written" => out.to_string_lossy().as_ref(),
            "signatures" => raised.collect::<Vec<_>>(),
            "failed" => failed.collect::<Vec<_>>(),
            "left" => left.collect::<Vec<_>>(),
        }
        .to_json_pretty()
    }
}
