//! Evidence that is kept beside a record: written, exported, taken along and read again.

use crate::common;

use common::stamps::{archived, assert_all_valid, levels, lists_of, raised, stamped};
use common::{Sealed, assert_finding, now};
use fhir::Value;
use seal::jades::{Augmented, Level, read_evidence, write_evidence};
use seal::testing::{self, TestAuthority, days};
use seal::verify::{Aspect, Trust, Verdict, covered};
use seal::{Signer as _, export};

type Files = Vec<(String, Vec<u8>)>;

/// The record as it is exported, and every signature of it at level LTA.
fn exported(sealed: &Sealed) -> (Files, Vec<Augmented>) {
    let (response, provenance) = (sealed.response.to_json(), sealed.provenance.to_json());
    let record = export::Record {
        response: response.as_bytes(),
        provenance: Some(provenance.as_bytes()),
        document_reference: None,
        chains: &[sealed.signer.chain()],
        crls: &[],
        audit_trail: b"[]",
        evidence: None,
        taken_over: None,
    };
    let files = export::pack_record(&record, days(1), "Attesta 0.1.0", &sealed.signer).unwrap();
    let (mut found, refused) = export::covered(&files, &Trust::new(None, now()));
    assert!(refused.is_empty(), "{refused:?}");
    for one in &mut found {
        stamped(sealed, one, days(2));
        one.signature.add_values(&sealed.anchors, &lists_of(&sealed.authority, 2, 31), &[], now()).unwrap();
        archived(sealed, one, days(3));
    }
    (files, found.into_iter().map(|one| one.signature).collect())
}

fn with_evidence(files: &Files, evidence: &[u8]) -> Files {
    let mut files = files.clone();
    files.push((export::EVIDENCE.to_owned(), evidence.to_vec()));
    files
}

#[test]
fn evidence_lies_beside_an_exported_record_and_its_list_of_files_stays_as_it_is() {
    let sealed = Sealed::new();
    let (files, evidence) = exported(&sealed);
    let check = |files: &Files| export::check(files, Some(&sealed.anchors), now());
    assert_finding(&check(&files), Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
    let report = check(&with_evidence(&files, write_evidence(&evidence).as_bytes()));
    assert_all_valid(&report);
    assert_eq!(levels(&report), ["LTA", "LTA", "LTA"]);
    let trust = Trust::new(Some(&sealed.anchors), now()).with_evidence(&evidence);
    assert_all_valid(&export::check_with(&files, &trust));
}

#[test]
fn evidence_of_another_record_is_found_out() {
    let sealed = Sealed::new();
    let (files, mut evidence) = exported(&sealed);
    let other =
        Sealed::by(TestAuthority::new(40), TestAuthority::new(40).signer(8, testing::DEVICE_IDENTIFIER));
    evidence.push(raised(&other, Level::T).remove(0));
    let report = export::check(
        &with_evidence(&files, write_evidence(&evidence).as_bytes()),
        Some(&sealed.anchors),
        now(),
    );
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "evidence-elsewhere");
}

#[test]
fn no_changed_byte_of_evidence_that_is_archived_is_ever_valid() {
    let sealed = Sealed::new();
    let (files, evidence) = exported(&sealed);
    let text = write_evidence(&evidence);
    let overall = |evidence: &[u8]| {
        export::check(&with_evidence(&files, evidence), Some(&sealed.anchors), now()).overall()
    };
    assert_eq!(overall(text.as_bytes()), Verdict::Valid);
    let mut tried = 0;
    for index in (0..text.len()).step_by(151) {
        let mut altered = text.clone().into_bytes();
        altered[index] ^= 1;
        assert_ne!(overall(&altered), Verdict::Valid, "byte {index}: {}", &text[index..=index]);
        tried += 1;
    }
    assert!(tried > 150, "{tried}");
}

#[test]
fn evidence_that_is_taken_along_can_be_kept_again() {
    let sealed = Sealed::new();
    let provenances = std::slice::from_ref(&sealed.provenance);
    for level in [Level::T, Level::Lt, Level::Lta] {
        let kept = write_evidence(&raised(&sealed, level));
        let read = read_evidence(&Value::parse(kept.as_bytes()).unwrap()).unwrap();
        for evidence in [read, raised(&sealed, level)] {
            let trust = Trust::new(None, now()).with_evidence(&evidence);
            let (found, _) = covered(&sealed.response, provenances, &trust);
            let again: Vec<_> = found.into_iter().map(|one| one.signature).collect();
            assert_eq!(write_evidence(&again), kept);
        }
    }
}
