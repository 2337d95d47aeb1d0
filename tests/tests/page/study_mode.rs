//! A device that is set up for a study by its subcommands, as a site's technician would, and works under it.

use crate::page::Page;
use crate::record::{PASSWORD, file, proven, signed, signed_in};
use crate::terminal::{StudyOffice, Terminal, office_key};
use fhir::Version;
use practice::{Seeds, seeds};
use serde_json::{Value, json};

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
    enrolled(&at, &office);

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
    // Eleven questions, and one on Tasks, which the study has none of; on loopback there is no TLS to ask about.
    let starting = |word: &str| checked.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((starting("ok "), starting("no TLS ")), (10, 1), "{checked}");
    for line in [
        "ok         what was created can be read back",
        "ok         the server keeps the device's certificate",
        "ok         the server takes reports of alerts",
    ] {
        assert!(checked.lines().any(|said| said == line), "{line}: {checked}");
    }

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

/// A device that was set up gets its coordinator and its certificate.
fn enrolled(at: &Terminal, office: &StudyOffice) {
    let staff = ["device", "staff", "--user", "keller", "--name", "Maria Keller"];
    assert_eq!(at.run(&staff, "practice-keller\n").unwrap(), "added keller");
    let request = at.run(&["device", "request"], "").unwrap();
    let chain = at.written("chain.pem", office.certified(&request));
    let enrolled = at.run(&["device", "enrol", chain.to_str().unwrap()], "").unwrap();
    assert!(enrolled.contains("valid until"), "{enrolled}");
}

#[test]
fn a_newer_version_of_the_study_is_brought_in_the_window_and_says_what_it_changes() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    let ((second_key, second), (third_key, third)) = (office_key(&at, 12), office_key(&at, 13));
    let signers = json!([office.signer, second]);
    let first = office.signed(&at, &json!({ "signers": signers }));
    office.set_up(&at, &first).unwrap();
    enrolled(&at, &office);
    let page = Page::open_study(at.folder.path());
    let staff = signed_in(&page);
    let brings = |document: &str| page.answer("study_files", &staff, &json!({"files": [file(document)]}));
    let loads = |document: &Value, password: &str, reason: &str| {
        let order = json!({"document": document, "password": password, "reason": reason});
        page.call("study_load", &staff, &order)
    };
    let study = || page.call("device_status", &staff, &json!({})).unwrap()["study"].clone();
    assert_eq!(study(), json!({"title": "Anxiety in remission", "version": 1, "next": null, "unfit": null}));
    assert_eq!(loads(&json!("x"), PASSWORD, "a test").unwrap_err(), "not-found", "nothing was brought");

    let newer = office.signed(&at, &json!({"version": 2}));
    let elsewhere = json!({"version": 2, "server": "https://other.example.org/fhir"});
    let site = json!({"version": 2, "sites": [{"id": "015", "name": "Clinic by the lake"}]});
    for (document, said) in [
        (first.clone(), "its version is 1, and this device has version 1"),
        (
            office.signed(&at, &json!({"version": 2, "id": "urn:uuid:other"})),
            "belongs to the study urn:uuid:other",
        ),
        (office.signed_with(&at, &json!({"version": 2, "signers": [third]}), &third_key), &third),
        (office.signed(&at, &elsewhere), "its server"),
        (office.signed(&at, &site), "014"),
        (newer.replacen("\"study\"", "\"more\":1,\"study\"", 1), "unknown member \"more\""),
        (newer.replacen("Clinic 014", "Clinic 015", 1), "changed after it was signed"),
    ] {
        let refused = brings(&document).unwrap_err();
        assert_eq!(refused["code"], "study-refused", "{said}");
        assert!(refused["said"].as_str().unwrap().contains(said), "{said}: {refused}");
    }

    let members = json!({
        "version": 3, "signers": signers, "policy": {"pinDigits": 6}, "questionnaires": [],
        "sites": [{"id": "014", "name": "Clinic 014"}, {"id": "015", "name": "Clinic by the lake"}],
    });
    let third = office.signed_with(&at, &members, &second_key);
    let brought = brings(&third).unwrap();
    let offered = &brought["offered"];
    assert_eq!((&offered["before"], &offered["version"]), (&json!(1), &json!(3)));
    assert_eq!((&offered["signer"], &offered["sameSigner"]), (&json!(second), &json!(false)));
    assert_eq!(offered["forms"].as_array().unwrap().len(), 1);
    assert_eq!(offered["forms"][0]["change"], "removed");
    let changes: Vec<_> = offered["members"].as_array().unwrap().iter().map(|one| &one["member"]).collect();
    assert_eq!(changes, ["pinDigits", "sites"]);
    assert_eq!(offered["members"][0], json!({"member": "pinDigits", "before": "4", "after": "6"}));

    assert_eq!(
        page.call("study_brought", &staff, &json!({})).unwrap(),
        brought,
        "also for a page that comes back"
    );
    let document = offered["sha256"].clone();
    assert_eq!(loads(&document, "wrong", "a test").unwrap_err(), "sign-in-refused");
    assert_eq!(loads(&document, PASSWORD, " ").unwrap_err(), "reason-missing");
    assert_eq!(loads(&json!("another"), PASSWORD, "a test").unwrap_err(), "stale-revision");
    assert_eq!(study()["next"], Value::Null, "nothing was changed");
    let status = loads(&document, PASSWORD, "The second site has begun.").unwrap();
    assert_eq!((&status["study"]["version"], &status["study"]["next"]), (&json!(1), &json!(3)));
    assert_eq!(status["restart"], true);
    assert_eq!(loads(&document, PASSWORD, "a test").unwrap_err(), "not-found", "once");
    let refused = brings(&third).unwrap_err();
    assert!(refused["said"].as_str().unwrap().contains("this device has version 3"), "{refused}");
    brings(&office.signed(&at, &json!({"version": 4, "signers": signers}))).unwrap();
    assert_eq!(page.call("study_forget", &staff, &json!({})).unwrap(), Value::Null);
    assert_eq!(loads(&document, PASSWORD, "a test").unwrap_err(), "not-found");
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
fn a_further_server_is_named_with_its_address() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = format!("http://{free}/fhir");
    let policy = json!({"assignments": {"endpoints": [{"base": closed, "name": "Registry"}]}});
    office.set_up(&at, &office.study(&at, &policy)).unwrap();
    let said = at.run(&["device", "check"], "").unwrap_err();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(&closed)).collect();
    let [reached, secure] = &lines[..] else { panic!("{said}") };
    assert!(reached.starts_with(&format!("FAILED     {closed}: the server answers: ")), "{reached}");
    assert_eq!(*secure, format!("not tried  {closed}: TLS with a trusted certificate"));
    assert!(said.contains("ok         the server answers"), "the study's own is there: {said}");
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
