//! A whole sealed record, as a device makes it.
#![allow(unreachable_pub)]

pub mod es256;
pub mod mutants;
pub mod stamps;
pub mod transmitted;
pub mod xml;
pub mod xml_record;

use fhir::Value;
use jiff::{SignedDuration, Timestamp};
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::{X509, X509NameBuilder};
use seal::export::{Record, pack_record};
use seal::testing::{self, TestAuthority, TestSigner};
use seal::verify::{Aspect, Finding, Report, Trust, Verdict, verify_response};
use seal::{Activity, Anchors, Crl, SealError, Signer, Statement};

pub const TARGET: &str = "QuestionnaireResponse/r1/_history/1";

/// One record, its authority and its device.
pub struct Sealed {
    pub authority: TestAuthority,
    pub signer: TestSigner,
    pub anchors: Anchors,
    pub crls: Vec<Crl>,
    /// As the server returned it.
    pub response: Value,
    pub provenance: Value,
}

pub fn persisted_at() -> Timestamp {
    testing::signed_at() + SignedDuration::from_secs(60)
}

/// The time of verification: ten days later.
pub fn now() -> Timestamp {
    testing::days(10)
}

pub fn captured(response: &Value, statement: &Statement, signer: &TestSigner) -> Value {
    let (device, patient) = (testing::device(), testing::patient());
    seal::capture(response, statement, testing::signed_at(), &device, &patient, signer).unwrap()
}

/// Why this signer seals nothing.
pub fn refused_capture(signer: &dyn Signer) -> SealError {
    let (response, statement) = (testing::response(), testing::statement());
    let (device, patient) = (testing::device(), testing::patient());
    seal::capture(&response, &statement, testing::signed_at(), &device, &patient, signer).unwrap_err()
}

pub fn proven(returned: &Value, signer: &TestSigner) -> Value {
    let signature = seal::persistence(
        returned,
        TARGET,
        &Activity::Create,
        persisted_at(),
        &testing::device(),
        "Attesta 0.1.0",
        signer,
    )
    .unwrap();
    seal::provenance(returned, &signature).unwrap()
}

impl Sealed {
    pub fn new() -> Self {
        let authority = TestAuthority::new(40);
        let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
        Self::by(authority, signer)
    }

    pub fn by(authority: TestAuthority, signer: TestSigner) -> Self {
        let response = testing::returned(&captured(&testing::response(), &testing::statement(), &signer));
        let provenance = proven(&response, &signer);
        let (anchors, crls) = (authority.anchors(), authority.crls(&[]));
        Self { authority, signer, anchors, crls, response, provenance }
    }

    pub fn trust(&self) -> Trust<'_> {
        Trust::new(Some(&self.anchors), now()).with_crls(&self.crls)
    }

    pub fn verify(&self) -> Report {
        self.verify_with(&self.response, &[&self.provenance])
    }

    /// The files of the record as it is exported, a day after it was signed.
    pub fn exported(&self) -> Vec<(String, Vec<u8>)> {
        let (response, provenance) = (self.response.to_json(), self.provenance.to_json());
        let record = Record {
            response: response.as_bytes(),
            provenance: Some(provenance.as_bytes()),
            document_reference: None,
            chains: &[self.signer.chain()],
            crls: &self.crls,
            audit_trail: b"[]",
            evidence: None,
            taken_over: None,
        };
        pack_record(&record, testing::days(2), "Attesta 0.1.0", &self.signer).unwrap()
    }

    pub fn verify_with(&self, response: &Value, provenances: &[&Value]) -> Report {
        let provenances: Vec<_> = provenances.iter().map(|&one| one.clone()).collect();
        verify_response(response, &provenances, &self.trust())
    }
}

/// Without anchors: what is invalid like this is invalid with them too, and thousands of paths are saved.
pub fn verify_quickly(response: &Value, provenances: &[Value]) -> Report {
    verify_response(response, provenances, &Trust::new(None, now()))
}

pub fn finding(report: &Report, aspect: Aspect) -> &Finding {
    report.verdicts.iter().find(|finding| finding.name == aspect).unwrap()
}

#[track_caller]
pub fn assert_finding(report: &Report, aspect: Aspect, verdict: Verdict, code: &str) {
    let found = finding(report, aspect);
    assert_eq!((found.verdict, found.code), (verdict, code), "{aspect:?}: {}", found.reason);
}

/// The response's capture signature is invalid for this reason, and so is the record.
#[track_caller]
pub fn refused(sealed: &Sealed, response: &Value, code: &str) {
    let report = sealed.verify_with(response, &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, code);
    assert_eq!(report.exit_code(), 1);
}

/// Sets the member at `path` (names and indexes) of a clone.
pub fn with(value: &Value, path: &[&str], new: impl Into<Value>) -> Value {
    let mut changed = value.clone();
    let (last, parents) = path.split_last().unwrap();
    let mut at = &mut changed;
    for step in parents {
        at = match step.parse::<usize>() {
            Ok(index) => &mut at.as_array_mut().unwrap()[index],
            Err(_) => at.as_object_mut().unwrap().get_mut(step).unwrap(),
        };
    }
    match last.parse::<usize>() {
        Ok(index) => at.as_array_mut().unwrap()[index] = new.into(),
        Err(_) => {
            at.as_object_mut().unwrap().insert(*last, new);
        }
    }
    changed
}

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

pub fn from_base64url(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub fn from_base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

/// The path of the capture signature inside a response.
pub const CAPTURE: [&str; 3] = ["extension", "0", "valueSignature"];
/// The path of the persistence signature inside a Provenance.
pub const PERSISTENCE: [&str; 2] = ["signature", "0"];

pub fn at<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(value, |value, step| match step.parse::<usize>() {
        Ok(index) => value.at(index).unwrap(),
        Err(_) => value.get(step).unwrap(),
    })
}

/// The compact JWS inside the Signature at `path`.
pub fn jws(value: &Value, path: &[&str]) -> String {
    String::from_utf8(from_base64(at(value, path).str("data").unwrap())).unwrap()
}

/// The protected header inside the Signature at `path`.
pub fn header(value: &Value, path: &[&str]) -> Value {
    Value::parse(&from_base64url(jws(value, path).split('.').next().unwrap())).unwrap()
}

/// The same value with another JWS in the Signature at `path`.
pub fn with_jws(value: &Value, path: &[&str], jws: &str) -> Value {
    let path: Vec<_> = path.iter().copied().chain(["data"]).collect();
    with(value, &path, base64(jws))
}

/// What the capture signature covers, stripped here independently of the crate.
pub fn capture_payload(response: &Value) -> Vec<u8> {
    let mut payload = response.clone();
    let members = payload.as_object_mut().unwrap();
    members.remove("id");
    members.remove("meta");
    members.remove("extension");
    fhir::canonical::jcs(&payload).unwrap().into_bytes()
}

/// A detached JWS with this header text, signed by the device's real key.
pub fn signed(header: &str, payload: &[u8], signer: &TestSigner) -> String {
    let header = base64url(header);
    let signature = signer.sign(format!("{header}.{}", base64url(payload)).as_bytes()).unwrap();
    format!("{header}..{}", base64url(signature))
}

/// The response with its capture signature made again, by the device's own key, under a changed header.
pub fn recaptured(sealed: &Sealed, edit: impl FnOnce(&mut fhir::Object)) -> Value {
    let mut header = header(&sealed.response, &CAPTURE);
    edit(header.as_object_mut().unwrap());
    let jws = signed(&header.to_json(), &capture_payload(&sealed.response), &sealed.signer);
    with_jws(&sealed.response, &CAPTURE, &jws)
}

/// The one commitment qualifier of a header, to change it.
pub fn qualifier(header: &mut fhir::Object) -> &mut fhir::Object {
    let commitment = &mut header.get_mut("srCms").unwrap().as_array_mut().unwrap()[0];
    let qualifiers = commitment.as_object_mut().unwrap().get_mut("commQuals").unwrap();
    qualifiers.as_array_mut().unwrap()[0].as_object_mut().unwrap()
}

/// The response with its capture signature made again by `signer`, under its chain.
pub fn recaptured_by(sealed: &Sealed, signer: &TestSigner) -> Value {
    let mut header = header(&sealed.response, &CAPTURE);
    let members = header.as_object_mut().unwrap();
    let x5c: Vec<Value> = signer.chain().ders().map(|der| base64(der).into()).collect();
    members.insert("x5c", x5c);
    members.insert("x5t#S256", signer.chain().x5t_s256());
    let jws = signed(&header.to_json(), &capture_payload(&sealed.response), signer);
    with_jws(&sealed.response, &CAPTURE, &jws)
}

/// A certificate in DER that this key issued to itself, valid for some days around the time of the fixtures.
pub fn self_issued(key: &PKey<Private>) -> Vec<u8> {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "another key").unwrap();
    let name = name.build();
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_subject_name(&name).unwrap();
    certificate.set_issuer_name(&name).unwrap();
    let time = |at: Timestamp| Asn1Time::from_unix(at.as_second()).unwrap();
    certificate.set_not_before(&time(testing::days(-1))).unwrap();
    certificate.set_not_after(&time(testing::days(9))).unwrap();
    certificate.set_pubkey(key).unwrap();
    let one_shot = matches!(key.id(), Id::ED25519 | Id::ED448);
    let digest = if one_shot { MessageDigest::null() } else { MessageDigest::sha256() };
    certificate.sign(key, digest).unwrap();
    certificate.build().to_der().unwrap()
}
