//! A device that is set up for a study by its subcommands, as a site's technician would, and works under it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod page;
#[path = "page/record.rs"]
mod record;
#[path = "page/terminal.rs"]
mod terminal;

use fhir::Version;
use page::Page;
use practice::{Seeds, seeds};
use record::{proven, signed};
use serde_json::json;
use terminal::{StudyOffice, Terminal};

#[test]
fn a_device_is_set_up_at_a_terminal_and_proves_a_record_to_the_studys_server() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    let document = office.study(&at, &json!({}));

    let refused = at.run(&["device", "request"], "").unwrap_err();
    assert!(refused.contains("not set up"), "{refused}");
    let own = ["--site", "014", "--name", "Attesta 014-3", "--reference", "Device/device-014-3"];
    let file = at.written("other.signed.json", &document);
    let other = [&["device", "set-up", file.to_str().unwrap(), "--signer", "another"], &own[..]].concat();
    let refused = at.run(&other, "").unwrap_err();
    assert!(refused.contains(&office.signer), "{refused}");
    let said = office.set_up(&at, &document).unwrap();
    let identifier = said.lines().find_map(|line| line.strip_prefix("identifier: ")).unwrap();
    assert!(office.set_up(&at, &document).unwrap_err().contains("set up already"));

    let devices = vec![seeds::device(identifier, Version::R4)];
    office.server.plant(&Seeds { devices, ..Seeds::default() }).unwrap();
    let staff = ["device", "staff", "--user", "keller", "--name", "Maria Keller"];
    assert_eq!(at.run(&staff, "practice-keller\n").unwrap(), "added keller");
    let request = at.run(&["device", "request"], "").unwrap();
    let chain = at.written("chain.pem", office.certified(&request));
    let enrolled = at.run(&["device", "enrol", chain.to_str().unwrap()], "").unwrap();
    assert!(enrolled.contains("valid until"), "{enrolled}");

    let second = ["device", "staff", "--user", "okafor", "--name", "Ada Okafor"];
    assert!(at.run(&second, "practice-okafor\n").is_err(), "nobody answers for it");
    let by = [&second[..], &["--by", "keller"]].concat();
    assert!(at.run(&by, "wrong\npractice-okafor\n").unwrap_err().contains("wrong"));
    at.run(&by, "practice-keller\npractice-okafor\n").unwrap();
    let participant = [
        "device",
        "participant",
        "--id",
        "014-0027",
        "--system",
        seeds::PARTICIPANT_SYSTEM,
        "--reference",
        "Patient/patient-014-0027",
        "--by",
        "keller",
    ];
    at.run(&participant, "practice-keller\n").unwrap();
    assert!(at.run(&participant, "practice-keller\n").unwrap_err().contains("known already"));
    roles_hold_at_the_terminal_too(&at);

    let checked = at.run(&["device", "check"], "").unwrap();
    assert_eq!(checked.lines().filter(|line| line.starts_with("ok ")).count(), 8, "{checked}");

    let page = Page::open_study(at.folder.path());
    assert_eq!(page.call("view", "", &json!({})).unwrap()["practice"], json!(null));
    let staff = signed(&page);
    let record = proven(&page, &staff);
    let verdicts = page.call("record", &staff, &json!({"id": record})).unwrap()["verdicts"].clone();
    assert!(verdicts.to_string().contains("valid"), "{verdicts}");
    assert_eq!(page.call("practice_faults", &staff, &json!({})).unwrap_err(), "not-practice");
    let refused = at.run(&["device", "request"], "").unwrap_err();
    assert!(refused.contains("already running"), "{refused}");
}

#[test]
fn a_server_that_is_away_is_named_with_what_to_do() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    office.set_up(&at, &office.study(&at, &json!({}))).unwrap();
    office.server.close_listener();
    let said = at.run(&["device", "check"], "").unwrap_err();
    assert!(
        said.contains("FAILED     the server answers") && said.contains("not tried  FHIR release"),
        "{said}"
    );
}

#[test]
fn the_organizations_certificate_and_the_ledgers_token_are_set_at_the_terminal() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    let policy = json!({
        "organization": {
            "reference": "Organization/clinic-014",
            "identifier": "urn:uuid:0c6f1f43-5a52-4f0e-8a3c-8d9f1c2b3a4d",
            "name": "Clinic 014",
        },
        "fhirVersion": "R5",
        "ledger": "https://ledger.example.org",
        "ledgerToken": true,
    });
    office.set_up(&at, &office.study(&at, &policy)).unwrap();
    at.run(&["device", "staff", "--user", "keller", "--name", "Maria Keller"], "practice-keller\n").unwrap();

    let own = at.written("own.pem", office.certified(&at.run(&["device", "request"], "").unwrap()));
    let request = at.run(&["device", "organization-request"], "").unwrap();
    assert_eq!(at.run(&["device", "organization-request"], "").unwrap(), request, "the same key asks again");
    assert!(
        at.run(&["device", "enrol-organization", own.to_str().unwrap()], "").is_err(),
        "another key's chain"
    );
    let chain = at.written("organization.pem", office.certified(&request));
    at.run(&["device", "enrol-organization", chain.to_str().unwrap()], "").unwrap();
    assert_ne!(
        at.run(&["device", "organization-request"], "").unwrap(),
        request,
        "the next one is a renewal"
    );

    let token = ["device", "ledger-token", "--by", "keller"];
    assert!(at.run(&token, "practice-keller\nno token\n").unwrap_err().contains("token"));
    assert!(at.run(&token, "wrong\nabc.def\n").unwrap_err().contains("wrong"));
    let said = at.run(&token, "practice-keller\nabc.def\n").unwrap();
    assert!(said.contains("keystore") && !said.contains("abc.def"), "{said}");
}

/// Every subcommand that names a person, called by one whose role does not allow it.
fn roles_hold_at_the_terminal_too(at: &Terminal) {
    let add = ["device", "staff", "--user", "haddad", "--name", "Samir Haddad", "--role"];
    let by = ["--by", "keller"];
    let wrong = [&add[..], &["boss"], &by].concat();
    assert!(at.run(&wrong, "practice-keller\npractice-haddad\n").unwrap_err().contains("inspector"));
    at.run(&[&add[..], &["inspector"], &by].concat(), "practice-keller\npractice-haddad\n").unwrap();
    let document = at.folder.path().join("study.signed.json");
    let (document, file) = (document.to_str().unwrap(), at.folder.path().join("inspector.jwe"));
    let file = file.to_str().unwrap();
    for command in [
        &["assertion-key"][..],
        &["token"],
        &["ledger-token"],
        &["proxy"],
        &["staff", "--user", "eve", "--name", "Eve"],
        &["participant", "--id", "9", "--system", "urn:x", "--reference", "Patient/9"],
        &["load", document],
        &["export", file, "--reason", "a test"],
    ] {
        let called = [&["device"], command, &["--by", "haddad"]].concat();
        let refused = at.run(&called, "practice-haddad\npractice-eve-long\npractice-eve-long\n").unwrap_err();
        assert!(refused.contains("role inspector"), "{command:?}: {refused}");
    }
}
