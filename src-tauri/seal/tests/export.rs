//! An exported record verifies on its own, and not one byte of it can change.

use crate::common;

use common::{Sealed, assert_finding, finding, now};
use seal::Signer as _;
use seal::export::{self, Record};
use seal::testing::{self, TestAuthority, TestSigner, days};
use seal::verify::{Aspect, Report, Verdict};

type Files = Vec<(String, Vec<u8>)>;

fn exported_by(sealed: &Sealed, signer: &TestSigner) -> Files {
    let (response, provenance) = (sealed.response.to_json(), sealed.provenance.to_json());
    let document =
        seal::certificate_document(sealed.signer.chain(), &testing::device(), fhir::Version::R4).to_json();
    let record = Record {
        response: response.as_bytes(),
        provenance: Some(provenance.as_bytes()),
        document_reference: Some(document.as_bytes()),
        chains: &[sealed.signer.chain()],
        crls: &sealed.crls,
        audit_trail: br#"[{"at":"2026-11-21T08:41:07Z","action":"signed"}]"#,
        evidence: None,
        taken_over: None,
    };
    export::pack_record(&record, days(2), "Attesta 0.1.0", signer).unwrap()
}

fn exported(sealed: &Sealed) -> Files {
    exported_by(sealed, &sealed.signer)
}

fn check(sealed: &Sealed, files: &Files) -> Report {
    export::check(files, Some(&sealed.anchors), now())
}

#[test]
fn an_exported_record_is_valid_with_nothing_but_the_anchor() {
    let sealed = Sealed::new();
    let files = exported(&sealed);
    let report = check(&sealed, &files);
    for aspect in Aspect::ALL {
        assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {}", finding(&report, aspect).reason);
    }
    let kinds: Vec<_> = report.signatures.iter().map(|signature| signature.kind).collect();
    assert_eq!(kinds, ["capture", "persistence", "manifest"]);
    let names: Vec<_> = files.iter().map(|(name, _)| name.split('/').next().unwrap()).collect();
    assert_eq!(
        names,
        [
            "README.txt",
            "response.json",
            "provenance.json",
            "document-reference.json",
            "audit-trail.json",
            "certificates",
            "certificates",
            "crl",
            "crl",
            "manifest.json",
            "manifest.jws"
        ]
    );
}

#[test]
fn without_an_anchor_an_export_is_indeterminate() {
    let sealed = Sealed::new();
    let report = export::check(&exported(&sealed), None, now());
    assert_finding(&report, Aspect::Identity, Verdict::Indeterminate, "no-anchors");
    assert_eq!(report.exit_code(), 3);
}

#[test]
fn no_changed_byte_of_any_file_verifies() {
    let sealed = Sealed::new();
    let files = exported(&sealed);
    for (place, (name, bytes)) in files.iter().enumerate() {
        // Every byte of the signature; of the others a sample, since each is hashed as a whole.
        let step = if name == export::MANIFEST_SIGNATURE { 1 } else { 41 };
        for index in (0..bytes.len()).step_by(step) {
            let mut changed = files.clone();
            changed[place].1[index] ^= 1;
            // Without anchors: what is invalid like this is invalid with them too, and thousands of paths are saved.
            let report = export::check(&changed, None, now());
            assert_eq!(report.exit_code(), 1, "byte {index} of {name} was changed: {:?}", report.verdicts);
        }
    }
}

#[test]
fn an_altered_file_is_named() {
    let sealed = Sealed::new();
    let mut files = exported(&sealed);
    files[4].1.push(b' ');
    let report = check(&sealed, &files);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "file-altered");
    assert!(finding(&report, Aspect::Signature).reason.contains("audit-trail.json"));
}

#[test]
fn a_missing_file_is_named() {
    let sealed = Sealed::new();
    for index in 0..9 {
        let mut files = exported(&sealed);
        let (name, _) = files.remove(index);
        let report = check(&sealed, &files);
        assert_eq!(report.exit_code(), 1, "{name} is missing");
        assert!(
            finding(&report, Aspect::Linkage).reason.contains(&name),
            "{name}: {}",
            finding(&report, Aspect::Linkage).reason
        );
    }
}

#[test]
fn without_manifest_or_its_signature_a_record_is_invalid() {
    let sealed = Sealed::new();
    for name in ["manifest.json", "manifest.jws"] {
        let mut files = exported(&sealed);
        files.retain(|(other, _)| other != name);
        assert_finding(&check(&sealed, &files), Aspect::Signature, Verdict::Invalid, "no-manifest");
    }
}

#[test]
fn an_added_file_is_named() {
    let sealed = Sealed::new();
    let mut files = exported(&sealed);
    files.push(("notes.txt".to_owned(), b"hello".to_vec()));
    assert_finding(&check(&sealed, &files), Aspect::Linkage, Verdict::Invalid, "file-extra");
}

#[test]
fn names_that_stand_twice_or_leave_the_folder_are_refused() {
    let sealed = Sealed::new();
    for name in ["response.json", "../escape", "/absolute", "a\\b", "", ".hidden", "a//b"] {
        let mut files = exported(&sealed);
        files.push((name.to_owned(), b"{}".to_vec()));
        assert_eq!(check(&sealed, &files).verdict(Aspect::Linkage), Verdict::Invalid, "{name:?}");
    }
    for name in ["../escape", "manifest.json", ""] {
        let files = vec![(name.to_owned(), Vec::new())];
        let error = export::pack(files, days(2), "Attesta 0.1.0", &sealed.signer).unwrap_err();
        assert_eq!(error.code(), "record-unusable", "{name:?}");
    }
}

#[test]
fn a_manifest_by_another_device_is_refused() {
    let sealed = Sealed::new();
    let other = sealed.authority.signer(9, "urn:uuid:00000000-2c1b-4d7c-9a53-5d0c1b1f2a10");
    let report = check(&sealed, &exported_by(&sealed, &other));
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "manifest-by-other-device");
}

#[test]
fn a_manifest_by_an_untrusted_authority_is_refused() {
    let sealed = Sealed::new();
    let impostor = TestAuthority::new(90).signer(7, testing::DEVICE_IDENTIFIER);
    let report = check(&sealed, &exported_by(&sealed, &impostor));
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
}

#[test]
fn a_forged_export_with_its_own_authority_is_refused() {
    let authority = TestAuthority::new(90);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let forged = Sealed::by(authority, signer);
    let files = exported(&forged);
    assert_eq!(check(&forged, &files).exit_code(), 0, "consistent in itself");
    let ours = TestAuthority::new(40).anchors();
    let report = export::check(&files, Some(&ours), now());
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
}

#[test]
fn a_signature_over_a_resource_cannot_pass_for_one_over_a_manifest() {
    let sealed = Sealed::new();
    let mut files = exported(&sealed);
    let manifest = files.iter().find(|(name, _)| name == "manifest.json").unwrap().1.clone();
    let header = common::header(&sealed.response, &common::CAPTURE).to_json();
    let jws = common::signed(&header, &manifest, &sealed.signer);
    files.last_mut().unwrap().1 = jws.into_bytes();
    assert_finding(&check(&sealed, &files), Aspect::Signature, Verdict::Invalid, "manifest-altered");
}

#[test]
fn a_record_that_no_server_kept_can_be_exported_and_says_so() {
    let sealed = Sealed::new();
    let signed = common::captured(&testing::response(), &testing::statement(), &sealed.signer).to_json();
    let record = Record {
        response: signed.as_bytes(),
        provenance: None,
        document_reference: None,
        chains: &[sealed.signer.chain()],
        crls: &sealed.crls,
        audit_trail: b"[]",
        evidence: None,
        taken_over: None,
    };
    let files = export::pack_record(&record, days(2), "Attesta 0.1.0", &sealed.signer).unwrap();
    let report = check(&sealed, &files);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Linkage, Verdict::Indeterminate, "no-provenance");
    assert_eq!(report.exit_code(), 3);
}

#[test]
fn a_document_reference_for_another_certificate_is_refused() {
    let sealed = Sealed::new();
    let other = sealed.authority.signer(9, testing::DEVICE_IDENTIFIER);
    let (response, provenance) = (sealed.response.to_json(), sealed.provenance.to_json());
    let document = seal::certificate_document(other.chain(), &testing::device(), fhir::Version::R4).to_json();
    let record = Record {
        response: response.as_bytes(),
        provenance: Some(provenance.as_bytes()),
        document_reference: Some(document.as_bytes()),
        chains: &[sealed.signer.chain()],
        crls: &sealed.crls,
        audit_trail: b"[]",
        evidence: None,
        taken_over: None,
    };
    let files = export::pack_record(&record, days(2), "Attesta 0.1.0", &sealed.signer).unwrap();
    assert_finding(&check(&sealed, &files), Aspect::Linkage, Verdict::Invalid, "certificate-document");
}
