//! Verifying an exported record: its files, its manifest, and what was sealed.

use fhir::Value;

use crate::encoding::{from_base64, from_pem, hex, sha256};
use crate::export::{
    DOCUMENT, DOCUMENT_REFERENCE, FORMAT, MANIFEST, MANIFEST_SIGNATURE, PROVENANCE, RESPONSE, evidence,
    is_name, manifest,
};
use crate::jws::Detached;
use crate::signature::utc;
use crate::verify::certification::Times;
use crate::verify::evidence::Held;
use crate::verify::{
    Aspect, Finding, Findings, Report, SignatureReport, Token, Trust, certification, time, verify_resource,
    verify_response,
};
use crate::{Anchors, Crl, Party};

/// Verifies an exported record from its files (name and bytes, in any order).
///
/// The anchors are the verifier's own; the revocation lists inside the record count because they are signed by an
/// authority under those anchors. `at` is the time of the verification. Beyond the five verdicts on what was sealed, no
/// file may be altered, missing or added, and the manifest must be signed by the device that sealed the record.
pub fn check<N: AsRef<str>, B: AsRef<[u8]>>(
    files: &[(N, B)],
    anchors: Option<&Anchors>,
    at: jiff::Timestamp,
) -> Report {
    check_with(files, &Trust::new(anchors, at))
}

/// The same, with what else the verifier knows: later revocation lists, the Questionnaire.
pub fn check_with<N: AsRef<str>, B: AsRef<[u8]>>(files: &[(N, B)], trust: &Trust<'_>) -> Report {
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_ref(), bytes.as_ref())).collect();
    let mut findings = Findings::default();
    names(&files, &mut findings);
    let mut crls = lists(&files, &mut findings);
    crls.extend_from_slice(trust.crls);
    let trust = trust.with_crls(&crls);
    let beside = evidence::read(&files, &mut findings);
    let kept = [beside.as_slice(), trust.evidence].concat();
    let trust = trust.with_evidence(&kept);

    let mut report = sealed(&files, &trust, &mut findings);
    findings.include(&report.verdicts, None);
    let signer = signed_manifest(&files, &trust, &mut findings);
    evidence::belongs(&beside, report.signatures.iter().chain(&signer), &mut findings);
    linked(&files, &report, signer.as_ref(), &mut findings);
    report.signatures.extend(signer);
    report.verdicts = findings.conclude();
    report
}

pub(super) fn file<'a>(files: &[(&str, &'a [u8])], name: &str) -> Option<&'a [u8]> {
    files.iter().find(|(other, _)| *other == name).map(|(_, bytes)| *bytes)
}

fn in_folder<'a>(
    files: &'a [(&'a str, &'a [u8])],
    folder: &'a str,
) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    files.iter().filter(move |(name, _)| name.starts_with(folder)).copied()
}

fn names(files: &[(&str, &[u8])], findings: &mut Findings) {
    for (index, (name, _)) in files.iter().enumerate() {
        if !is_name(name) || files[..index].iter().any(|(other, _)| other == name) {
            findings.invalid(
                Aspect::Linkage,
                "file-name",
                format!("the name {name:?} stands twice or does not belong in a record"),
            );
        }
    }
}

fn lists(files: &[(&str, &[u8])], findings: &mut Findings) -> Vec<Crl> {
    let mut crls = Vec::new();
    for (name, bytes) in in_folder(files, "crl/") {
        match Crl::from_bytes(bytes) {
            Ok(list) => crls.push(list),
            Err(error) => {
                findings.indeterminate(Aspect::Revocation, "crl-unreadable", format!("{name}: {error}"));
            }
        }
    }
    crls
}

/// The five verdicts on the response and its Provenance.
fn sealed(files: &[(&str, &[u8])], trust: &Trust<'_>, findings: &mut Findings) -> Report {
    let mut parse = |name: &str| -> Option<Value> {
        let parsed = Value::parse(file(files, name)?);
        if let Err(error) = &parsed {
            findings.invalid(Aspect::Signature, "file-unreadable", format!("{name} is not JSON ({error})"));
        }
        parsed.ok()
    };
    let provenances: Vec<_> = parse(PROVENANCE).into_iter().collect();
    if let Some(response) = parse(RESPONSE) {
        return verify_response(&response, &provenances, trust);
    }
    if let Some(document) = parse(DOCUMENT) {
        return verify_resource(&document, &provenances, trust);
    }
    findings.invalid(
        Aspect::Signature,
        "no-response",
        "the record has neither a readable response.json nor a document.json",
    );
    Report { verdicts: Vec::new(), signatures: Vec::new(), notes: Vec::new() }
}

/// Verifies `manifest.jws` and compares every file with `manifest.json`; what its signature is.
fn signed_manifest(
    files: &[(&str, &[u8])],
    trust: &Trust<'_>,
    outer: &mut Findings,
) -> Option<SignatureReport> {
    let (Some(manifest), Some(jws)) = (file(files, MANIFEST), file(files, MANIFEST_SIGNATURE)) else {
        outer.invalid(
            Aspect::Signature,
            "no-manifest",
            "manifest.json or manifest.jws is missing, so nothing says which files belong to the record",
        );
        return None;
    };
    let jws = match std::str::from_utf8(jws).map(Detached::parse) {
        Ok(Ok(jws)) => jws,
        Ok(Err(error)) => {
            outer.invalid(Aspect::Signature, "manifest-signature", format!("manifest.jws: {error}"));
            return None;
        }
        Err(_) => {
            outer.invalid(Aspect::Signature, "manifest-signature", "manifest.jws is not a JWS");
            return None;
        }
    };
    let mut findings = Findings::default();
    // `cty` keeps a signature over a resource from passing for one over a list of files.
    if jws.covers(manifest) && jws.header.parameters.str("cty") == Some(FORMAT) {
        findings.valid(
            Aspect::Signature,
            "manifest-as-signed",
            "the list of files is exactly what was signed",
        );
    } else {
        findings.invalid(
            Aspect::Signature,
            "manifest-altered",
            "manifest.json or manifest.jws was altered: the signature does not cover this list of files",
        );
    }
    let listed: Vec<_> = evidence::listed(manifest, files);
    manifest::compare(manifest, jws.header.issued_at, &listed, &mut findings);
    if !findings.is_flawed(Aspect::Linkage) {
        findings.valid(
            Aspect::Linkage,
            "files-complete",
            "every file is there, unaltered, and none was added",
        );
    }
    let mut token = Token::Jws(Box::new(jws));
    token.take_evidence(trust.evidence);
    certified(&token, manifest, trust, &mut findings);
    let verdicts = findings.conclude();
    outer.include(&verdicts, Some("manifest"));
    Some(manifest_report(&token, verdicts))
}

/// Who signed the manifest, with which certificate, when.
fn certified(token: &Token, manifest: &[u8], trust: &Trust<'_>, findings: &mut Findings) {
    let evidence = Held::read(token, trust, findings);
    let trust = &evidence.beside(trust);
    let path = certification::check(token, evidence.certificates(), trust, findings);
    time::stated_once(token, findings);
    let stamped = evidence.check(token, token.covers(manifest).then_some(manifest), trust, findings);
    match token.issued_at() {
        Some(issued_at) => {
            time::within_validity(token, path.as_ref(), issued_at, trust, findings);
            let proven = stamped
                .as_ref()
                .is_some_and(|stamped| time::is_proven(token, path.as_ref(), issued_at, stamped, findings));
            if !proven && !findings.is_flawed(Aspect::Time) {
                let reason = format!("exported at {}, claimed by the device", utc(issued_at));
                findings.valid(Aspect::Time, "time-claimed", reason);
            }
        }
        None => findings.invalid(Aspect::Time, "no-time", "manifest.jws states no time (iat)"),
    }
    let times = Times { claimed: token.issued_at(), proven: stamped.as_ref() };
    certification::check_revocation(path.as_ref(), times, trust, findings);
}

fn manifest_report(token: &Token, verdicts: Vec<Finding>) -> SignatureReport {
    let chain = token.chain();
    SignatureReport {
        kind: "manifest",
        token: Some(token.kind()),
        level: token.level(),
        location: MANIFEST_SIGNATURE.to_owned(),
        printed_name: None,
        meaning: None,
        signed_at: token.issued_at().map(utc),
        who: chain.san_uri().map(str::to_owned),
        algorithm: Some(token.algorithm()),
        thumbprint: Some(chain.thumbprint_hex()),
        subject: Some(chain.subject().to_owned()),
        certificate_until: Some(utc(chain.not_after())),
        canonicalization: None,
        verdicts,
    }
}

/// The manifest's signer sealed the record, and the certificates beside it are the ones that were used.
fn linked(
    files: &[(&str, &[u8])],
    report: &Report,
    signer: Option<&SignatureReport>,
    findings: &mut Findings,
) {
    let device = signer.and_then(|signer| signer.who.as_deref());
    let taken_over = file(files, MANIFEST).and_then(manifest::captured_by);
    let belongs = |who: Option<&str>| who == device || (who.is_some() && who == taken_over.as_deref());
    if report.signatures.iter().any(|signature| !belongs(signature.who.as_deref())) {
        findings.invalid(
            Aspect::Linkage,
            "manifest-by-other-device",
            "the list of files was not signed by the device that sealed the record",
        );
    } else if let (Some(by), Some(device)) = (&taken_over, device) {
        findings.valid(
            Aspect::Linkage,
            "manifest-taken-over",
            format!("{device} exported the record, which it took over from {by}, as the signed list of files states"),
        );
    }
    let included: Vec<String> = in_folder(files, "certificates/")
        .flat_map(|(_, pem)| from_pem("CERTIFICATE", pem).unwrap_or_default())
        .map(|der| hex(sha256(der)))
        .collect();
    for thumbprint in report.signatures.iter().filter_map(|signature| signature.thumbprint.as_ref()) {
        if !included.contains(thumbprint) {
            findings.invalid(
                Aspect::Linkage,
                "certificate-missing",
                format!("the certificate {thumbprint} was used, but is not under certificates/"),
            );
        }
    }
    if let Some(document) = file(files, DOCUMENT_REFERENCE) {
        let published = Value::parse(document).ok().and_then(|document| published(&document));
        let used = |thumbprint: &String| {
            report.signatures.iter().any(|signature| signature.thumbprint.as_ref() == Some(thumbprint))
        };
        if !published.is_some_and(|(thumbprint, owner)| used(&thumbprint) && belongs(Some(owner.as_str()))) {
            findings.invalid(
                Aspect::Linkage,
                "certificate-document",
                "document-reference.json does not publish, for this device, a certificate that was used",
            );
        }
    }
}

/// The thumbprint of the certificate that a DocumentReference publishes, and the identifier of the device.
fn published(document: &Value) -> Option<(String, String)> {
    let [content] = document.list("content") else { return None };
    let der = from_base64(content.get("attachment")?.str("data")?)?;
    // R5 has the device as subject.
    let device = match document.get("context").map(|context| context.list("related")) {
        Some([device]) => device,
        Some(_) => return None,
        None => document.get("subject")?,
    };
    Some((hex(sha256(der)), Party::from_reference(device)?.identifier_value))
}
