//! The zip of one record, as another program reads it.

use crate::common;

use std::fs;

use common::delivery::{deliver, unzip};
use common::{Bench, PARTICIPANT, TestAuthority, frozen};
use device::Error;
use device::store::certificate;
use jiff::ToSpan as _;
use seal::Anchors;

#[test]
fn a_revocation_list_gives_way_only_to_a_later_one_of_its_authority() {
    let bench = Bench::new();
    let kept = || {
        let mut kept = bench.device().store().read(certificate::revocation_lists).unwrap();
        kept.sort();
        kept
    };
    let sorted = |mut lists: Vec<Vec<u8>>| {
        lists.sort();
        lists
    };
    let first = sorted(bench.authority.revocation_lists());
    bench.device().put_revocation_lists(&first).unwrap();
    assert_eq!(kept(), first);
    let earlier = bench.authority.revocation_lists_of("2026-11-19T00:00:00Z");
    bench.device().put_revocation_lists(&earlier).unwrap();
    assert_eq!(kept(), first, "rolled back");
    let forged = TestAuthority::impostor().revocation_lists_of("2026-11-21T00:00:00Z");
    bench.device().put_revocation_lists(&forged).unwrap();
    assert_eq!(kept(), first, "forged");
    let later = sorted(bench.authority.revocation_lists_of("2026-11-21T00:00:00Z"));
    bench.device().put_revocation_lists(&later).unwrap();
    assert_eq!(kept(), later);
}

#[test]
fn an_exported_record_verifies_on_its_own_and_shows_every_change() {
    let bench = Bench::new();
    let record = frozen(&bench);
    bench.clock.carry_to("Europe/Paris");
    bench.device().put_revocation_lists(&bench.authority.revocation_lists()).unwrap();
    let path = bench.device().export_record(&record, &bench.staff).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(!name.contains(PARTICIPANT) && name.contains(&record), "{name}");

    let files = unzip(&path);
    let anchors = Anchors::from_pem(bench.authority.anchor().as_bytes()).unwrap();
    let at = bench.device().now().timestamp();
    let report = seal::export::check(&files, Some(&anchors), at);
    assert!(report.exit_code() != 1, "{report:#?}");

    for changed in 0..files.len() {
        let mut altered = files.clone();
        let middle = altered[changed].1.len() / 2;
        altered[changed].1[middle] ^= 1;
        let report = seal::export::check(&altered, Some(&anchors), at);
        assert_eq!(report.exit_code(), 1, "a changed byte in {} is found", files[changed].0);
    }

    let trail = &files.iter().find(|(name, _)| name == "audit-trail.json").unwrap().1;
    let trail: serde_json::Value = serde_json::from_slice(trail).unwrap();
    assert_eq!(trail["format"], "attesta-audit-trail/1");
    let events: Vec<_> = trail["entries"].as_array().unwrap().iter().map(|entry| &entry["event"]).collect();
    assert_eq!(
        events,
        [
            "visit.started",
            "pin.chosen",
            "visit.frozen",
            "response.frozen",
            "clock.localTimeChanged",
            "record.exported"
        ],
        "the trail names the export that it is part of, and what became of the local time until then"
    );
    assert!(trail["draft"].as_array().unwrap().len() > 18, "every answer is there");
}

#[test]
fn a_proven_record_carries_its_certificates_document_even_after_a_renewal() {
    let bench = Bench::new();
    let record = frozen(&bench);
    deliver(&bench);
    bench.device().enrol("setup", |request| bench.authority.issue(request)).unwrap();
    let files = unzip(&bench.device().export_record(&record, &bench.staff).unwrap());
    for name in ["response.json", "provenance.json", "document-reference.json", "audit-trail.json"] {
        assert!(files.iter().any(|(file, _)| file == name), "{name} is in the record");
    }
    let anchors = Anchors::from_pem(bench.authority.anchor().as_bytes()).unwrap();
    let report = seal::export::check(&files, Some(&anchors), bench.device().now().timestamp());
    let linkage = report.verdict(seal::verify::Aspect::Linkage);
    assert_eq!(linkage, seal::verify::Verdict::Valid, "{:#?}", report.verdicts);
}

#[test]
fn an_export_never_overwrites_and_a_folder_that_cannot_be_written_is_recorded() {
    let bench = Bench::new();
    let record = frozen(&bench);
    let first = bench.device().export_record(&record, &bench.staff).unwrap();
    let content = fs::read(&first).unwrap();
    let again = bench.device().export_record(&record, &bench.staff);
    assert!(
        matches!(again, Err(Error::FileExists)),
        "the clock stands still, so the name is the same: {again:?}"
    );
    assert_eq!(fs::read(&first).unwrap(), content);

    bench.clock.advance(1.seconds());
    let folder = first.parent().unwrap();
    fs::remove_dir_all(folder).unwrap();
    fs::write(folder, b"a file where the folder should be").unwrap();
    assert!(matches!(bench.device().export_record(&record, &bench.staff), Err(Error::Io(_))));
    let entries = bench.device().store().read(device::store::audit::all).unwrap();
    assert_eq!(entries.last().unwrap().event, "record.exportFailed");
    assert!(matches!(bench.device().export_record("unknown", &bench.staff), Err(Error::NotFound(_))));
}
