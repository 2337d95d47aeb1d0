//! A device that is set up on the screen, from the study's signed document to the first record.

use crate::page::Page;
use crate::record::{PASSWORD, file, proven, signed, signed_in, text};
use crate::terminal::{StudyOffice, Terminal};
use attesta_app::commands;
use fhir::Version;
use practice::faults::{Armed, Fault, On};
use practice::{Seeds, seeds};
use serde_json::{Value, json};

fn order(document: &str) -> Value {
    json!({"order": {
        "document": document, "site": "014", "name": "Attesta 014-3", "reference": "Device/device-014-3",
        "coordinator": {
            "user": "keller", "displayName": "Maria Keller", "password": PASSWORD, "again": PASSWORD,
        },
    }})
}

/// Types the end of the office's thumbprint for the document that `view` shows; gives the order to set the device up with it.
fn compared(page: &Page, office: &StudyOffice, view: &Value) -> Value {
    let document = text(&view["step"]["found"]["sha256"]);
    let end = &office.signer[office.signer.len() - 8..];
    page.call("setup_signer", "", &json!({"document": document, "end": end})).unwrap();
    order(&document)
}

#[test]
#[allow(clippy::too_many_lines)] // one journey, from the first step to the last
fn a_device_is_set_up_on_the_screen_and_proves_a_record_to_the_studys_server() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    let document = office.study(&at, &json!({}));
    let (server, signer) = (&office.server, &office.signer);
    let page = Page::open_study(at.folder.path());
    let set_up = |order: &Value| page.call("setup_study", "", order);

    let view = page.call("view", "", &json!({})).unwrap();
    assert_eq!((&view["view"], &view["step"]["step"]), (&json!("setUp"), &json!("study")), "{view}");
    assert_eq!(view["step"]["practice"], false, "a study was asked for");
    assert_eq!(set_up(&order("")).unwrap_err(), "not-found", "nothing was chosen");
    let compare =
        |document: &str, end: &str| page.call("setup_signer", "", &json!({"document": document, "end": end}));
    let (shown, end) = signer.split_at(signer.len() - 8);
    assert_eq!(compare("", end).unwrap_err(), "not-found", "nothing was chosen");
    assert_eq!(view["step"]["wasHere"], Value::Null, "the keystore knows nothing of this folder");

    let take = |content: &str| page.call("setup_files", "", &json!({"files": [file(content)]}));
    assert_eq!(take(&document.replacen("Clinic 014", "Clinic 015", 1)).unwrap_err(), "study-refused");
    assert_eq!(
        take(&document.replacen("\"study\"", "\"more\":1,\"study\"", 1)).unwrap_err(),
        "study-refused"
    );
    let both = json!({"files": [file(&document), file(&document)]});
    assert_eq!(page.call("setup_files", "", &both).unwrap_err(), "one-document");
    let found = take(&document).unwrap()["step"]["found"].clone();
    assert_eq!(found["title"], "Anxiety in remission");
    assert_eq!(
        (&found["signer"], &found["compared"]),
        (&json!(shown), &json!(false)),
        "the rest is on paper"
    );
    let sha256 = text(&found["sha256"]);
    let order = || order(&sha256);
    assert_eq!(set_up(&order()).unwrap_err(), "signer-not-compared");
    assert_eq!(compare("x", end).unwrap_err(), "stale-revision");
    for wrong in ["", &end[1..], "AAAAAAAA", &shown[shown.len() - 8..], "AAAAAAAA"] {
        assert_eq!(compare(&sha256, wrong).unwrap_err(), "signer-other", "{wrong}");
    }
    assert_eq!(compare(&sha256, end).unwrap_err(), "not-found", "a document is put aside that nobody knows");
    assert_eq!(set_up(&order()).unwrap_err(), "not-found");
    take(&document).unwrap();
    assert_eq!(set_up(&order()).unwrap_err(), "signer-not-compared", "each time anew");
    let typed = format!(" {} {}", end[..4].to_lowercase(), end[4..].to_uppercase());
    let view = compare(&sha256, &typed).unwrap();
    let found = &view["step"]["found"];
    assert_eq!((&found["signer"], &found["compared"]), (&json!(signer), &json!(true)));
    assert_eq!(found["sites"], json!([{"id": "014", "name": "Clinic 014"}]));

    // What is wrong is said before anything is written.
    for (member, value, code) in [
        ("site", json!("015"), "configuration"),
        ("document", json!("x"), "stale-revision"),
        ("name", json!(" "), "name-device"),
        ("name", json!("n".repeat(65)), "name-device"),
        ("reference", json!("Patient/1"), "configuration"),
    ] {
        let mut wrong = order();
        wrong["order"][member] = value;
        assert_eq!(set_up(&wrong).unwrap_err(), code, "{member}");
    }
    for (member, value, code) in [
        ("user", json!(""), "names-missing"),
        ("user", json!("Device"), "account-exists"),
        ("displayName", json!(" "), "names-missing"),
        ("user", json!("kel\u{202e}ler"), "name-user"),
        ("displayName", json!("Maria\nKeller"), "name-display"),
        ("password", json!("short"), "password-too-short"),
        ("again", json!("practice-other"), "passwords-differ"),
    ] {
        let mut wrong = order();
        wrong["order"]["coordinator"][member] = value;
        assert_eq!(set_up(&wrong).unwrap_err(), code, "{member}");
    }
    assert_eq!(page.call("visits", "", &json!({})).unwrap_err(), "not-set-up");
    assert!(!at.file("data").join("device").exists(), "nothing was written");

    let view = set_up(&order()).unwrap();
    assert_eq!(view["step"]["step"], "certificate", "{view}");
    assert_eq!(set_up(&order()).unwrap_err(), "not-setting-up");
    assert_eq!(
        page.call("staff_sign_in", "", &json!({"user": "keller", "password": PASSWORD})).unwrap_err(),
        "not-set-up"
    );
    let identifier = text(&view["step"]["identifier"]);
    let request = text(&view["step"]["request"]);
    page.chooses(at.folder.path());
    let saved = text(&page.call("setup_save_request", "", &json!({"title": "Folder"})).unwrap());
    assert_eq!(std::fs::read_to_string(saved).unwrap(), request);
    assert_eq!(page.call("setup_save_request", "", &json!({"title": "Folder"})).unwrap_err(), "file-exists");

    let certificate = |chain: &str| page.call("setup_certificate", "", &json!({"chain": file(chain)}));
    assert_eq!(certificate("no certificate").unwrap_err(), "certificate-unreadable");
    assert_eq!(certificate(server.anchor_pem()).unwrap_err(), "other-key");
    let view = certificate(&office.certified(&request)).unwrap();
    assert_eq!((&view["view"], &view["practice"]), (&json!("signIn"), &Value::Null), "{view}");

    let devices = vec![seeds::device(&identifier, Version::R4)];
    server.plant(&Seeds { devices, ..Seeds::default() }).unwrap();
    let staff = signed_in(&page);
    let participant = json!({
        "id": "014-0027", "system": seeds::PARTICIPANT_SYSTEM, "reference": "Patient/patient-014-0027",
    });
    let choices = page.call("participant_add", &staff, &participant).unwrap();
    assert_eq!(choices["participants"][0]["id"], "014-0027");
    assert_eq!(page.call("participant_add", &staff, &participant).unwrap_err(), "configuration");
    let staff = signed(&page);
    let record = proven(&page, &staff);
    let verdicts = page.call("record", &staff, &json!({"id": record})).unwrap()["verdicts"].clone();
    assert!(verdicts.to_string().contains("valid"), "{verdicts}");
    for command in commands::NAMES.iter().filter(|name| name.starts_with("setup_")) {
        let all = json!({
            "files": [], "order": order()["order"], "coordinator": order()["order"]["coordinator"],
            "title": "", "chain": "", "document": "", "end": "",
        });
        assert_eq!(page.call(command, &staff, &all).unwrap_err(), "not-setting-up", "{command}");
    }
}

#[test]
fn a_device_that_was_set_up_at_a_terminal_gets_its_first_coordinator_on_the_screen() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    office.set_up(&at, &office.study(&at, &json!({}))).unwrap();

    let page = Page::open_study(at.folder.path());
    let view = page.call("view", "", &json!({})).unwrap();
    assert_eq!(view["step"]["step"], "coordinator", "{view}");
    assert_eq!(page.call("setup_certificate", "", &json!({"chain": ""})).unwrap_err(), "not-setting-up");
    let coordinator = json!({"coordinator": order("")["order"]["coordinator"]});
    let view = page.call("setup_coordinator", "", &coordinator).unwrap();
    assert_eq!(view["step"]["step"], "certificate", "{view}");
    assert_eq!(page.call("setup_coordinator", "", &coordinator).unwrap_err(), "not-setting-up");
}

#[test]
fn a_device_whose_data_are_missing_is_set_up_anew_only_when_somebody_says_so() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    let document = office.study(&at, &json!({}));
    office.set_up(&at, &document).unwrap();
    // The disk with the data is not mounted.
    let data = at.file("data").join("device");
    std::fs::rename(&data, data.with_extension("elsewhere")).unwrap();

    let page = Page::open_study(at.folder.path());
    let view = page.call("setup_files", "", &json!({"files": [file(&document)]})).unwrap();
    let before = text(&view["step"]["wasHere"]);
    assert!(data.starts_with(&before), "{before}");
    let mut order = compared(&page, &office, &view);
    assert_eq!(page.call("setup_study", "", &order).unwrap_err(), "was-here");
    assert!(!data.exists(), "nothing was written");
    order["order"]["newAnyway"] = json!(true);
    let view = page.call("setup_study", "", &order).unwrap();
    assert_eq!(view["step"]["step"], "certificate", "{view}");
}

#[test]
fn a_study_that_somebody_else_set_up_meanwhile_is_gone_on_with() {
    let at = Terminal::new();
    let office = StudyOffice::new(&at);
    let document = office.study(&at, &json!({}));
    let page = Page::open_study(at.folder.path());
    let view = page.call("setup_files", "", &json!({"files": [file(&document)]})).unwrap();
    office.set_up(&at, &document).unwrap();

    let order = compared(&page, &office, &view);
    let view = page.call("setup_study", "", &order).unwrap();
    assert_eq!(view["step"]["step"], "coordinator", "{view}");
    assert_eq!(view["step"]["problem"]["code"], "wrong-state", "{view}");
}

#[test]
fn a_device_without_a_study_practises_when_that_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open_first(folder.path());
    let view = page.call("view", "", &json!({})).unwrap();
    assert_eq!(view["step"]["practice"], true, "{view}");
    let view = page.call("setup_practise", "", &json!({})).unwrap();
    assert_eq!(view["view"], "signIn", "{view}");
    assert!(!view["practice"].as_array().unwrap().is_empty());
    assert!(!folder.path().join("data").exists(), "nothing was written where a study would be");
    assert_eq!(page.call("setup_practise", "", &json!({})).unwrap_err(), "not-setting-up");
}

/// A study's device, set up on the screen, with the office that it belongs to.
pub(crate) fn at_work(at: &Terminal, policy: &Value) -> (Page, StudyOffice) {
    let office = StudyOffice::new(at);
    let page = Page::open_study(at.folder.path());
    let files = json!({"files": [file(office.study(at, policy))]});
    let view = page.call("setup_files", "", &files).unwrap();
    let order = compared(&page, &office, &view);
    let view = page.call("setup_study", "", &order).unwrap();
    let chain = office.certified(&text(&view["step"]["request"]));
    page.call("setup_certificate", "", &json!({"chain": file(chain)})).unwrap();
    (page, office)
}

#[test]
fn tokens_proxy_accounts_and_renewed_certificates_are_set_on_the_screen_and_no_secret_comes_back() {
    let at = Terminal::new();
    let (page, office) = at_work(&at, &json!({"authentication": {"method": "bearer"}}));
    let staff = signed_in(&page);
    let call = |command: &str, arguments: Value| page.call(command, &staff, &arguments);

    let before = call("credentials", json!({})).unwrap();
    assert_eq!((&before["method"], &before["ready"]), (&json!("bearer"), &json!(false)));
    assert_eq!(before["restart"], false);
    let token = |token: &str, password: &str| {
        call("token_put", json!({"server": "server", "token": token, "password": password}))
    };
    assert_eq!(token("abc.secret", "wrong").unwrap_err(), "sign-in-refused");
    assert_eq!(token("no token", PASSWORD).unwrap_err(), "configuration");
    let after = token("abc.secret", PASSWORD).unwrap();
    assert_eq!(after["ready"], true);
    assert!(!after.to_string().contains("abc.secret"), "{after}");
    let ledger = json!({"server": "ledger", "token": "abc", "password": PASSWORD});
    assert_eq!(call("token_put", ledger).unwrap_err(), "configuration", "there is none");
    assert_eq!(call("assertion_key_make", json!({"password": PASSWORD})).unwrap_err(), "configuration");

    let proxy = |url: &str, user: &str, own: &str| {
        let proxy = json!({"url": url, "user": user, "password": own});
        call("proxy_set", json!({"proxy": proxy, "password": PASSWORD}))
    };
    assert_eq!(proxy("http://proxy.example:3128", "site", "").unwrap_err(), "configuration");
    let after = proxy("http://proxy.example:3128", "site", "own-secret").unwrap();
    assert_eq!((&after["proxy"], &after["proxyUser"]), (&json!("http://proxy.example:3128"), &json!("site")));
    assert!(!after.to_string().contains("own-secret"), "{after}");
    assert_eq!(proxy("", "", "").unwrap()["proxy"], Value::Null);
    assert_eq!(proxy("", "site", "").unwrap_err(), "configuration", "as somebody, and nowhere");
    assert_eq!(proxy("", "", "own-secret").unwrap_err(), "configuration");
    for shown in ["credentials", "device_status"] {
        assert_eq!(call(shown, json!({})).unwrap()["restart"], true, "{shown}");
    }
    let tls = json!({"holder": "authentication"});
    assert_eq!(call("certificate_request", tls).unwrap_err(), "configuration", "it signs in by token");
    let tls = json!({"holder": "authentication", "chain": file("x"), "password": PASSWORD});
    assert_eq!(call("certificate_take", tls).unwrap_err(), "configuration");
    let long = json!({"holder": "device", "chain": file(vec![b'x'; 1_100_000]), "password": PASSWORD});
    assert_eq!(call("certificate_take", long).unwrap_err(), "files-too-large");

    let holder = json!({"holder": "device"});
    let asked = call("certificate_request", holder.clone()).unwrap();
    assert_eq!(call("certificate_request", holder).unwrap()["identifier"], asked["identifier"]);
    let take = |chain: &str| {
        call("certificate_take", json!({"holder": "device", "chain": file(chain), "password": PASSWORD}))
    };
    assert_eq!(take(office.server.anchor_pem()).unwrap_err(), "other-key");
    let thumbprint = || call("device_status", json!({})).unwrap()["certificate"]["thumbprint"].clone();
    let first = thumbprint();
    take(&office.certified(&text(&asked["request"]))).unwrap();
    assert_ne!(thumbprint(), first, "renewed");

    let account = |user: &str, role: &str| {
        let person = json!({
            "user": user, "displayName": "Samir Haddad", "password": "practice-haddad", "again": "practice-haddad",
        });
        call("staff_add", json!({"password": PASSWORD, "account": {"person": person, "role": role}}))
    };
    assert_eq!(account("haddad", "boss").unwrap_err(), "not-found");
    assert_eq!(account("keller", "inspector").unwrap_err(), "account-exists");
    let accounts = account("haddad", "siteStaff").unwrap()["accounts"].clone();
    assert!(accounts.to_string().contains("siteStaff"), "{accounts}");
    assert_eq!(call("connection_cancel", json!({})).unwrap(), Value::Null, "there is nothing to cancel");
    let haddad = json!({"user": "haddad", "password": "practice-haddad"});
    let session = text(&page.call("staff_sign_in", "", &haddad).unwrap()["session"]);
    assert_eq!(page.call("credentials", &session, &json!({})).unwrap_err(), "not-permitted");
}

#[test]
fn a_check_of_the_connection_is_called_off_and_has_none_beside_it() {
    let at = Terminal::new();
    let (page, office) = at_work(&at, &json!({}));
    let staff = signed_in(&page);
    // An octet a minute: no check comes to its end.
    let silent = Fault::SlowDrip { bytes: 1, every_milliseconds: 60_000 };
    office.server.faults().set(Armed::new(silent, 1000).for_type("*").on(On::Any));
    let (said, outcomes) = std::sync::mpsc::channel();
    for _ in 0..2 {
        let (page, session, said) = (page.clone(), staff.clone(), said.clone());
        std::thread::spawn(move || said.send(page.call("connection_check", &session, &json!({}))));
    }
    // Whichever came second; the first one runs.
    assert_eq!(outcomes.recv().unwrap().unwrap_err(), "check-runs");
    page.call("connection_cancel", &staff, &json!({})).unwrap();
    assert_eq!(outcomes.recv().unwrap().unwrap(), Value::Null, "called off");
}
