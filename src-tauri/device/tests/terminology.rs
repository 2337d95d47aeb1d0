//! Value sets behind a login: the study's own server is asked with the device's credentials, and nobody else learns them.

use crate::common;

use std::sync::Arc;

use client::smart::SCOPE;
use common::{MemoryKeystore, PASSWORD, person};
use device::{CheckedForm, Configuration, Device, Opening};
use fhir::Value;
use practice::{Handle, Options, Seeds, Server};
use tempfile::TempDir;

const CLIENT: &str = "attesta-014-3";
const FORM: &str = r#"{"resourceType":"Questionnaire","id":"paint","url":"https://study.example/paint","version":"1",
    "status":"active","title":"Paint","language":"en","item":[{"linkId":"colour","type":"choice","text":"Which colour?",
    "answerValueSet":"https://study.example/vs/colours"}]}"#;

/// A server that keeps the value set and demands tokens.
fn server(folder: &TempDir) -> Handle {
    let set = r#"{"resourceType":"ValueSet","id":"colours","url":"https://study.example/vs/colours","version":"3",
        "status":"active","compose":{"include":[{"system":"https://study.example/cs/colours",
        "concept":[{"code":"red","display":"Red"},{"code":"blue","display":"Blue"}]}]}}"#;
    let seeds = Seeds { terminology: vec![Value::parse(set.as_bytes()).unwrap()], ..Seeds::default() };
    let options = Options { data_dir: folder.path().to_owned(), port: 0, seeds, version: fhir::Version::R4 };
    let server = Server::start(options).unwrap();
    server.authorization().demand();
    server
}

/// A device of the study at `server` that asks `terminology`, registered for `scope` where there is one.
fn device(data: &TempDir, server: &Handle, terminology: &Handle, scope: Option<&str>) -> Device {
    let asked = scope.unwrap_or(SCOPE);
    let policy = format!(
        r#"{{"authentication":{{"method":"smartBackendServices","clientId":"{CLIENT}","scope":"{asked}"}},
            "terminologyServers":["{}"]}}"#,
        terminology.base_url()
    );
    let configuration = Configuration {
        server: server.base_url().to_owned(),
        policy: serde_json::from_str(&policy).unwrap(),
        ..common::configuration(data.path(), server.anchor_pem().to_owned())
    };
    let opening = Opening {
        data_folder: data.path().join("device"),
        keystore: Arc::<MemoryKeystore>::default(),
        configuration,
        clock: device::clock::system(),
    };
    let device = Device::open(opening).unwrap();
    let staff = person("anna");
    device.staff_add(&staff, PASSWORD, "setup").unwrap();
    if let Some(scope) = scope {
        let keys = device.make_assertion_key(&staff).unwrap();
        server.authorization().register_client(CLIENT, &keys, scope).unwrap();
    }
    device
}

fn said(checked: &CheckedForm) -> String {
    assert!(checked.questionnaire().is_none());
    checked.report().problems.iter().map(|one| one.message.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_studys_own_server_is_asked_with_the_devices_credentials() {
    let (data, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = server(&folder);
    let device = device(&data, &server, &server, Some(&format!("{SCOPE} system/ValueSet.rs")));
    let checked = device.check_form(FORM.as_bytes()).unwrap();
    let [stored] = checked.value_sets() else { panic!("{}", checked.report()) };
    assert_eq!((stored.concepts, stored.server.as_str()), (2, server.base_url()));
    assert_eq!(server.authorization().issued(), 1, "one token for all pages");
}

#[test]
fn a_login_without_the_right_to_value_sets_is_told_apart_from_none() {
    let (data, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = server(&folder);
    let device = device(&data, &server, &server, Some(SCOPE));
    let said = said(&device.check_form(FORM.as_bytes()).unwrap());
    assert!(said.contains("the study's own server") && said.contains("system/ValueSet.rs"), "{said}");
}

#[test]
fn without_credentials_the_report_says_who_has_to_store_them() {
    let (data, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = server(&folder);
    let device = device(&data, &server, &server, None);
    let said = said(&device.check_form(FORM.as_bytes()).unwrap());
    assert!(said.contains("no credentials") && said.contains("technician"), "{said}");
}

#[test]
fn another_server_learns_no_credentials_and_the_report_says_what_to_do() {
    let (data, folder, elsewhere) =
        (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
    let (server, other) = (server(&folder), server(&elsewhere));
    let device = device(&data, &server, &other, Some(SCOPE));
    let said = said(&device.check_form(FORM.as_bytes()).unwrap());
    assert!(said.contains("asks for a sign-in") && said.contains("policy.terminologyServers"), "{said}");
    assert_eq!(server.authorization().issued() + other.authorization().issued(), 0, "none was asked for");
}
