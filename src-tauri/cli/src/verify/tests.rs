#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::*;
use crate::archive::{self, Files};

fn record() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/record");
    archive::read_folder(&folder).unwrap()
}

fn anchors_of_the_test() -> Anchors {
    let pem = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ca.pem")).unwrap();
    Anchors::from_pem(&pem).unwrap()
}

fn verdict(files: &Files, anchors: &Anchors) -> Verdict {
    export::check(files, Some(anchors), "2026-11-23T10:00:00Z".parse().unwrap()).overall()
}

/// One byte in so many; every one with `ATTESTA_EVERY_BYTE=1`, which takes some minutes.
fn stride() -> usize {
    if std::env::var_os("ATTESTA_EVERY_BYTE").is_some() { 1 } else { 211 }
}

#[test]
fn any_one_changed_byte_of_any_file_is_invalid() {
    let (files, anchors) = (record(), anchors_of_the_test());
    assert_eq!(verdict(&files, &anchors), Verdict::Valid, "the record itself");
    let mut changed = files.clone();
    for index in 0..files.len() {
        let (name, content) = &files[index];
        // The last byte too: in base64 it may hold bits that say nothing.
        let places = (0..content.len()).step_by(stride()).chain([content.len() - 1]);
        for at in places {
            for bit in [0, 5, 7] {
                changed[index].1[at] ^= 1 << bit;
                assert_eq!(verdict(&changed, &anchors), Verdict::Invalid, "{name}, byte {at}, bit {bit}");
                changed[index].1[at] = content[at];
            }
        }
    }
}

#[test]
fn any_file_cut_off_missing_added_or_renamed_is_invalid() {
    let (files, anchors) = (record(), anchors_of_the_test());
    for index in 0..files.len() {
        let name = &files[index].0;
        let mut changed = files.clone();
        changed[index].1.pop();
        assert_eq!(verdict(&changed, &anchors), Verdict::Invalid, "{name} cut off");
        changed[index].1 = [&files[index].1[..], b"\n"].concat();
        assert_eq!(verdict(&changed, &anchors), Verdict::Invalid, "{name} with one byte more");
        changed[index] = (format!("{name}x"), files[index].1.clone());
        assert_eq!(verdict(&changed, &anchors), Verdict::Invalid, "{name} renamed");
        changed.remove(index);
        assert_eq!(verdict(&changed, &anchors), Verdict::Invalid, "{name} missing");
    }
    let mut more = files;
    more.push(("crl/more.crl".to_owned(), more[0].1.clone()));
    assert_eq!(verdict(&more, &anchors), Verdict::Invalid, "a file added");
}
