//! Evidence beside an exported record. It comes later than the list of files, from whoever adds it, and needs no place in
//! that list: each piece proves itself, and belongs to one signature.

use fhir::Value;

use crate::SealError;
use crate::export::check::file;
use crate::export::{DOCUMENT, EVIDENCE, MANIFEST, MANIFEST_SIGNATURE, PROVENANCE, RESPONSE};
use crate::jades::{Augmented, Level, read_evidence};
use crate::jws::Detached;
use crate::verify::{self, Aspect, Covered, Findings, SignatureReport, Trust};

/// The signatures of an exported record to which evidence can be added: those of what was sealed, and that of its list of
/// files; for each of the others, why not. Evidence that is in the record already is taken along.
pub fn covered<N: AsRef<str>, B: AsRef<[u8]>>(
    files: &[(N, B)],
    trust: &Trust<'_>,
) -> (Vec<Covered>, Vec<SealError>) {
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_ref(), bytes.as_ref())).collect();
    let mut kept = read(&files, &mut Findings::default());
    kept.extend_from_slice(trust.evidence);
    let trust = &trust.with_evidence(&kept);
    let parse = |name| file(&files, name).and_then(|bytes| Value::parse(bytes).ok());
    let provenances: Vec<Value> = parse(PROVENANCE).into_iter().collect();
    let (mut found, mut refused) = match parse(RESPONSE).or_else(|| parse(DOCUMENT)) {
        Some(resource) => verify::covered(&resource, &provenances, trust),
        None => (Vec::new(), vec![SealError::Evidence { reason: "the record has no response".to_owned() }]),
    };
    match manifest(&files, trust) {
        Ok(manifest) => found.push(manifest),
        Err(error) => refused.push(error),
    }
    (found, refused)
}

fn manifest(files: &[(&str, &[u8])], trust: &Trust<'_>) -> Result<Covered, SealError> {
    let refused = |reason: String| SealError::Evidence { reason: format!("{MANIFEST_SIGNATURE}: {reason}") };
    let payload = file(files, MANIFEST).ok_or_else(|| refused("there is no list of files".to_owned()))?;
    let jws = file(files, MANIFEST_SIGNATURE).and_then(|jws| std::str::from_utf8(jws).ok());
    let jws = Detached::parse(jws.unwrap_or_default()).map_err(|error| refused(error.reason))?;
    if !jws.covers(payload) {
        return Err(refused("the signature does not cover what is there".to_owned()));
    }
    let own = Augmented::of(jws)?;
    let kept = verify::furthest(trust.evidence, own.jws());
    Ok(Covered {
        location: MANIFEST_SIGNATURE.to_owned(),
        signature: kept.cloned().unwrap_or(own),
        payload: payload.to_vec(),
    })
}

/// The evidence in the record.
pub(super) fn read(files: &[(&str, &[u8])], findings: &mut Findings) -> Vec<Augmented> {
    let Some(bytes) = file(files, EVIDENCE) else { return Vec::new() };
    let read = Value::parse(bytes)
        .map_err(|error| SealError::Evidence { reason: format!("it is not JSON ({error})") })
        .and_then(|document| read_evidence(&document));
    read.unwrap_or_else(|error| {
        findings.invalid(Aspect::Time, "evidence-unreadable", format!("{EVIDENCE}: {error}"));
        Vec::new()
    })
}

/// Each piece of evidence belongs to a signature of the record: evidence for another one was put there, or altered.
pub(super) fn belongs<'r>(
    evidence: &[Augmented],
    signatures: impl Iterator<Item = &'r SignatureReport>,
    findings: &mut Findings,
) {
    let above_b = signatures.filter(|signature| signature.level.is_some_and(|level| level != "B")).count();
    // A signature may be listed to which nothing could be added yet.
    if above_b < evidence.iter().filter(|one| one.level() > Level::B).count() {
        findings.indeterminate(
            Aspect::Time,
            "evidence-elsewhere",
            format!("{EVIDENCE} has evidence for a signature that is not in this record"),
        );
    }
}

/// The files that the list has to have. Evidence may be in it and need not be.
pub(super) fn listed<'f>(manifest: &[u8], files: &[(&'f str, &'f [u8])]) -> Vec<(&'f str, &'f [u8])> {
    let listed = Value::parse(manifest)
        .is_ok_and(|manifest| manifest.list("files").iter().any(|one| one.str("name") == Some(EVIDENCE)));
    files
        .iter()
        .filter(|(name, _)| ![MANIFEST, MANIFEST_SIGNATURE].contains(name) && (listed || *name != EVIDENCE))
        .copied()
        .collect()
}
