//! What the tests verify: responses of the test authority's device, sealed and packed as the app does it.
#![allow(unreachable_pub)]

pub mod device;

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fhir::{Value, array, canonical, object};
use jiff::SignedDuration;
use seal::iehr::{Transmission, sign_bundle};
use seal::testing::{self, TestAuthority, TestSigner};
use seal::{Activity, Crl, Party, Signer as _, export};
use sha2::{Digest as _, Sha256};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

pub type Files = Vec<(String, Vec<u8>)>;

const HOSPITAL: &str = "urn:oid:2.16.840.1.113883.3.9999.14";

/// A response as a faithful server returned it, and its Provenance.
pub struct Sealed {
    pub response: Value,
    pub provenance: Value,
}

pub fn fixture(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

pub fn seal_with(signer: &TestSigner) -> Sealed {
    seal(&testing::response(), signer)
}

/// `response`, captured, stored by a server and persisted.
pub fn seal(response: &Value, signer: &TestSigner) -> Sealed {
    let questionnaire = Value::parse(&std::fs::read(fixture("diary.json")).unwrap()).unwrap();
    let mut statement = testing::statement();
    statement.questionnaire_s256 =
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical::number_text(&questionnaire)));
    let (device, patient) = (testing::device(), testing::patient());
    let response =
        seal::capture(response, &statement, testing::signed_at(), &device, &patient, signer).unwrap();
    let response = testing::returned(&response);
    let signature = seal::persistence(
        &response,
        "QuestionnaireResponse/r1/_history/1",
        &Activity::Create,
        testing::signed_at() + SignedDuration::from_secs(60),
        &device,
        "Attesta 0.1.0",
        signer,
    )
    .unwrap();
    let provenance = seal::provenance(&response, &signature).unwrap();
    Sealed { response, provenance }
}

/// A Bundle that an organization signed for transmission: two Compositions, the first over a sealed response, the
/// second over a plain Observation; both name the patient.
pub fn transmitted(sealed: &Sealed, authority: &TestAuthority) -> Value {
    let composition = |id: &str, entry: &str| {
        object! {
            "resourceType" => "Composition",
            "id" => id,
            "status" => "final",
            "subject" => object! { "reference" => "Patient/patient-014-0027" },
            "section" => array![object! { "entry" => array![object! { "reference" => entry }] }],
        }
    };
    let entries: Vec<Value> = [
        composition("answers", "QuestionnaireResponse/r1"),
        composition("weight", "Observation/w"),
        object! { "resourceType" => "Observation", "id" => "w", "status" => "final" },
        object! { "resourceType" => "Patient", "id" => "patient-014-0027" },
        sealed.response.clone(),
        sealed.provenance.clone(),
    ]
    .map(|one| object! { "resource" => one })
    .into();
    let bundle = object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries };
    let custodian = Party {
        reference: "Organization/hospital".to_owned(),
        identifier_system: "urn:ietf:rfc:3986".to_owned(),
        identifier_value: HOSPITAL.to_owned(),
    };
    let transmission = Transmission {
        authors: std::slice::from_ref(&custodian),
        custodian: &custodian,
        issued_at: testing::signed_at() + SignedDuration::from_secs(90),
        application: "Attesta 0.1.0",
    };
    let mut count = 0;
    let mut id = || {
        count += 1;
        format!("00000000-0000-4000-8000-{count:012}")
    };
    sign_bundle(&bundle, &transmission, &mut id, &authority.signer(9, HOSPITAL)).unwrap()
}

pub fn record(sealed: &Sealed, signer: &TestSigner, crls: &[Crl]) -> Files {
    let [response, provenance, document] = [
        sealed.response.to_json(),
        sealed.provenance.to_json(),
        seal::certificate_document(signer.chain(), &testing::device(), fhir::Version::R4).to_json(),
    ];
    let record = export::Record {
        response: response.as_bytes(),
        provenance: Some(provenance.as_bytes()),
        document_reference: Some(document.as_bytes()),
        chains: &[signer.chain()],
        crls,
        audit_trail: b"[]\n",
        evidence: None,
        taken_over: None,
    };
    export::pack_record(&record, testing::days(2), "Attesta 0.1.0", signer).unwrap()
}

/// As the app writes it: stored, so that every byte counts, and without the time of day.
pub fn archive<N: AsRef<str>>(files: &[(N, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(method).last_modified_time(zip::DateTime::default());
    for (name, content) in files {
        writer.start_file(name.as_ref(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn stored<N: AsRef<str>>(files: &[(N, Vec<u8>)]) -> Vec<u8> {
    archive(files, CompressionMethod::Stored)
}

/// A sealed response whose signature says nothing of the certificate: whoever verifies it has to have it.
pub fn without_certificates(response: &Value, signer: &TestSigner) -> Value {
    let text = response.to_json();
    let data = response.list("extension")[0].get("valueSignature").unwrap().str("data").unwrap();
    let token = String::from_utf8(STANDARD.decode(data).unwrap()).unwrap();
    let mut header =
        Value::parse(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    header.as_object_mut().unwrap().remove("x5c").unwrap();
    let header = URL_SAFE_NO_PAD.encode(header.to_json());
    let payload = canonical::jcs(&testing::response()).unwrap();
    let input = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(signer.sign(input.as_bytes()).unwrap());
    Value::parse(text.replace(data, &STANDARD.encode(format!("{header}..{signature}"))).as_bytes()).unwrap()
}
