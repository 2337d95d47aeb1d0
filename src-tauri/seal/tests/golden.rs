//! Every serialised form, byte for byte. Keys, serial numbers and times of the fixtures are fixed and ECDSA here is
//! deterministic, so any change of these files is a change of the format. To accept one: `SEAL_BLESS=1 cargo test`.

use crate::common;

use common::{CAPTURE, PERSISTENCE, Sealed, at, header};
use fhir::Value;
use seal::Signer as _;
use seal::{export, testing};

#[track_caller]
fn golden(name: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("SEAL_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert_eq!(actual, expected, "{name} changed: records that are already sealed would read differently");
}

fn pretty(value: &Value) -> String {
    value.to_json_pretty() + "\n"
}

#[test]
fn the_capture_signature() {
    let sealed = Sealed::new();
    golden("capture-header.json", &pretty(&header(&sealed.response, &CAPTURE)));
    golden("capture-signature.json", &pretty(at(&sealed.response, &CAPTURE)));
    golden("response.json", &pretty(&sealed.response));
}

#[test]
fn the_persistence_signature_and_the_provenance() {
    let sealed = Sealed::new();
    golden("persistence-header.json", &pretty(&header(&sealed.provenance, &PERSISTENCE)));
    golden("provenance.json", &pretty(&sealed.provenance));
}

#[test]
fn the_certificates_document_reference() {
    let sealed = Sealed::new();
    let document = seal::certificate_document(sealed.signer.chain(), &testing::device(), fhir::Version::R4);
    golden("document-reference.json", &pretty(&document));
}

#[test]
fn the_manifest_and_the_report() {
    let sealed = Sealed::new();
    let files = sealed.exported();
    let manifest = files.iter().find(|(name, _)| name == export::MANIFEST).unwrap();
    golden("manifest.json", std::str::from_utf8(&manifest.1).unwrap());
    let report = export::check(&files, Some(&sealed.anchors), common::now());
    golden("report.json", &(serde_json::to_string_pretty(&report).unwrap() + "\n"));
}

#[test]
fn the_protected_header_has_exactly_the_documented_parameters_in_order() {
    let sealed = Sealed::new();
    let names = |value: &Value| {
        value.as_object().unwrap().iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
    };
    for (value, path) in
        [(&sealed.response, CAPTURE.as_slice()), (&sealed.provenance, PERSISTENCE.as_slice())]
    {
        let header = header(value, path);
        assert_eq!(names(&header), ["alg", "iat", "canon", "x5t#S256", "x5c", "srCms"]);
        let commitment = header.list("srCms")[0].clone();
        assert_eq!(names(&commitment), ["commId", "commQuals"]);
    }
    let header = header(&sealed.response, &CAPTURE);
    let qualifier = header.list("srCms")[0].list("commQuals")[0].clone();
    assert_eq!(
        names(&qualifier),
        [
            "printedName",
            "meaning",
            "signedAt",
            "subjectId",
            "authentication",
            "pinSetAt",
            "language",
            "questionnaireS256",
            "displayS256",
            "configurationS256",
            "numberTextS256",
            "application"
        ]
    );
}
