//! A folder with more records than wait for their turn at once.

use crate::making;

use std::path::{Path, PathBuf};
use std::process::Command;

use fhir::Value;
use seal::testing::{self, TestAuthority};

/// Ten thousand different records, for measuring: each has its own answers, signatures and manifest.
///
/// `ATTESTA_RECORDS=FOLDER cargo test -p attesta-cli many -- --ignored`
#[test]
#[ignore = "writes 10,000 records"]
fn write_ten_thousand_records() {
    let folder = PathBuf::from(std::env::var_os("ATTESTA_RECORDS").unwrap());
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let crls = authority.crls(&[]);
    std::fs::create_dir_all(&folder).unwrap();
    let write = |index: usize| {
        let text = testing::response().to_json();
        let text = text
            .replace("0b1c7a52-4c52-4a5e-8d7e-6a2f9a1f0c11", &format!("00000000-0000-4000-8000-{index:012}"));
        let response = Value::parse(text.replace("72.50", &format!("{index}.50")).as_bytes()).unwrap();
        let sealed = making::seal(&response, &signer);
        let files = making::record(&sealed, &signer, &crls);
        std::fs::write(folder.join(format!("{index:05}.zip")), making::stored(&files)).unwrap();
    };
    let write = &write;
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || (half..10_000).step_by(2).for_each(write));
        }
    });
}

#[test]
fn a_folder_of_records_is_reported_in_order_and_the_gravest_counts() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("many-records");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(folder.join("site-2")).unwrap();
    std::fs::write(folder.join("notes.txt"), "left out").unwrap();
    for index in 0..300 {
        let fixture = if index == 271 { "record-altered-answer.zip" } else { "record.zip" };
        let place = if index < 200 { format!("{index:03}.zip") } else { format!("site-2/{index:03}.zip") };
        std::fs::copy(fixtures.join(fixture), folder.join(place)).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_attesta"))
        .args(["verify", "--at", "2026-11-23T10:00:00Z", "--trust"])
        .arg(fixtures.join("ca.pem"))
        .arg(&folder)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "one record is altered");
    let text = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<&str> = text.lines().filter(|line| line.contains(".zip: ")).collect();
    assert_eq!(verdicts.len(), 300);
    for (index, line) in verdicts.iter().enumerate() {
        let verdict = if index == 271 { "invalid" } else { "valid" };
        assert!(line.ends_with(&format!("{index:03}.zip: {verdict}")), "{line}");
    }
    assert!(text.contains("300 in all: 299 valid, 1 invalid"));
    assert!(text.contains("other files in the folders, left out: 1"));
}
