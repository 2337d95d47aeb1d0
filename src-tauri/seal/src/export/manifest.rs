//! The list of files and its signature.

use std::collections::HashMap;

use fhir::{Value, object};
use jiff::Timestamp;

use crate::encoding::{hex, sha256};
use crate::export::FORMAT;
use crate::jws::{self, Algorithm};
use crate::signature::utc;
use crate::verify::{Aspect, Findings};
use crate::{SealError, Signer, TakenOver};

/// The list as JSON, one file a line's worth of members.
pub(super) fn write(
    files: &[(String, Vec<u8>)],
    created_at: Timestamp,
    application: &str,
    taken_over: Option<TakenOver<'_>>,
) -> Vec<u8> {
    let listed: Vec<Value> = files
        .iter()
        .map(|(name, bytes)| {
            object! {
                "name" => name,
                "size" => u32::try_from(bytes.len()).unwrap_or(u32::MAX),
                "sha256" => hex(sha256(bytes)),
            }
        })
        .collect();
    let mut manifest = object! {
        "format" => FORMAT,
        "createdAt" => utc(created_at),
        "application" => application,
        "files" => listed,
    };
    if let (Some(members), Some(taken_over)) = (manifest.as_object_mut(), taken_over) {
        taken_over.state(members);
    }
    let mut text = manifest.to_json_pretty();
    text.push('\n');
    text.into_bytes()
}

/// The device whose record it states to have been taken over, by the identifier.
pub(super) fn captured_by(manifest: &[u8]) -> Option<String> {
    let manifest = Value::parse(manifest).ok()?;
    TakenOver::stated(&manifest).ok()?.map(|stated| stated.captured_by.to_owned())
}

/// A detached JWS over the exact bytes. `cty` keeps it from ever passing for a signature over a resource.
pub(super) fn sign(manifest: &[u8], created_at: Timestamp, signer: &dyn Signer) -> Result<String, SealError> {
    let chain = signer.chain();
    let header = object! {
        "alg" => Algorithm::Es256.name(),
        "iat" => jws::seconds(created_at)?,
        "cty" => FORMAT,
        "x5t#S256" => chain.x5t_s256(),
        "x5c" => jws::x5c(chain),
    };
    jws::sign(&header, manifest, signer)
}

/// Compares the files with the list; each one that is altered, missing or not listed is named.
pub(super) fn compare(
    manifest: &[u8],
    issued_at: Option<Timestamp>,
    files: &[(&str, &[u8])],
    findings: &mut Findings,
) {
    let unreadable = |findings: &mut Findings, reason: &str| {
        findings.invalid(Aspect::Signature, "manifest-unreadable", format!("manifest.json {reason}"));
    };
    let Ok(manifest) = Value::parse(manifest) else {
        return unreadable(findings, "is not JSON");
    };
    if manifest.str("format") != Some(FORMAT) {
        return unreadable(findings, "is not of the format attesta-record/1");
    }
    if issued_at.map(utc).as_deref() != manifest.str("createdAt") {
        findings.invalid(
            Aspect::Time,
            "manifest-time",
            "manifest.json and its signature state different times",
        );
    }
    let mut given: HashMap<&str, &[u8]> = files.iter().copied().collect();
    for listed in manifest.list("files") {
        let (Some(name), Some(hash)) = (listed.str("name"), listed.str("sha256")) else {
            unreadable(findings, "lists a file without name or SHA-256");
            continue;
        };
        match given.remove(name) {
            None => findings.invalid(Aspect::Linkage, "file-missing", format!("the file {name} is missing")),
            Some(bytes) if hex(sha256(bytes)) != hash => findings.invalid(
                Aspect::Signature,
                "file-altered",
                format!("the file {name} is not the one that was exported: it was altered"),
            ),
            Some(_) => {}
        }
    }
    let mut extra: Vec<_> = given.into_keys().collect();
    extra.sort_unstable();
    for name in extra {
        findings.invalid(
            Aspect::Linkage,
            "file-extra",
            format!("the file {name:?} was not exported with this record"),
        );
    }
}
