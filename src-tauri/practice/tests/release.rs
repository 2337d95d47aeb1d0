//! The server in FHIR R5: what it says of itself, its rules and its XML.

use crate::common;

use common::{Answer, DEVICE, FHIR_JSON, client, start_in};
use fhir::{Value, Version, xml};
use practice::{Error, Handle, Options, Seeds, Server};

const FHIR_XML: &str = "application/fhir+xml";

fn options(folder: &std::path::Path, version: Version) -> Options {
    let seeds = Seeds::practice(DEVICE, Vec::new(), version);
    Options { data_dir: folder.to_owned(), port: 0, seeds, version }
}

async fn post(server: &Handle, kind: &str, media_type: &str, body: &str) -> Answer {
    let url = format!("{}/{kind}", server.base_url());
    let request = client().post(url).header("Content-Type", media_type).header("Accept", media_type);
    Answer::of(request.body(body.to_owned()).send().await.unwrap()).await
}

async fn get(server: &Handle, path: &str, accept: &str) -> Answer {
    let url = format!("{}/{path}", server.base_url());
    Answer::of(client().get(url).header("Accept", accept).send().await.unwrap()).await
}

/// A response as R5 has it: its identifiers are a list. XML has no control characters.
fn response() -> String {
    common::response(1)
        .replace(r#""identifier":{"#, r#""identifier":[{"#)
        .replace(r#""},"questionnaire""#, r#""}],"questionnaire""#)
        .replace("\\u0001", "")
}

#[tokio::test]
async fn it_speaks_r5_in_json_and_xml() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(options(folder.path(), Version::R5)).unwrap();
    let statement = get(&server, "metadata", FHIR_JSON).await.resource();
    assert_eq!(statement.str("fhirVersion"), Some("5.0.0"));
    let in_xml = get(&server, "metadata", "application/fhir+xml; fhirVersion=5.0").await;
    let in_xml = xml::from_xml(&in_xml.body, Version::R5).unwrap();
    assert_eq!(fhir::canonical::number_text(&in_xml), fhir::canonical::number_text(&statement));
    get(&server, "metadata", "application/fhir+json; fhirVersion=4.0").await.is_refused(406, "not-supported");

    let sent = Value::parse(response().as_bytes()).unwrap();
    let text = xml::to_xml(&sent, Version::R5).unwrap();
    let created = post(&server, "QuestionnaireResponse", FHIR_XML, &text).await;
    assert_eq!(created.status, 201, "{}", String::from_utf8_lossy(&created.body));
    let returned = xml::from_xml(&created.body, Version::R5).unwrap();
    let found =
        get(&server, &format!("QuestionnaireResponse/{}", returned.str("id").unwrap()), FHIR_JSON).await;
    // XML has FHIR's order of elements.
    let canonical = |value: &Value| fhir::canonical::number_text(value);
    assert_eq!(canonical(&found.resource()), canonical(&returned));
    assert_eq!(common::differences(&response(), &returned), Vec::<String>::new());
    let device = get(&server, "Device/device-014-3", FHIR_XML).await;
    let device = xml::from_xml(&device.body, Version::R5).unwrap();
    assert_eq!(device.list("name")[0].str("type"), Some("user-friendly-name"));
}

#[tokio::test]
async fn its_rules_are_those_of_r5() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(options(folder.path(), Version::R5)).unwrap();
    // What R4 demands and R5 leaves open.
    let provenance = r#"{"resourceType":"Provenance","target":[{"reference":"Patient/patient-014-0027/_history/1"}],"agent":[{"who":{"reference":"Device/device-014-3"}}],"signature":[{"data":"ZQ=="}]}"#;
    assert_eq!(post(&server, "Provenance", FHIR_JSON, provenance).await.status, 201);
    let event = r#"{"resourceType":"AuditEvent","code":{"text":"alert"},"recorded":"2026-11-21T09:41:07Z","agent":[{"who":{"reference":"Device/device-014-3"}}],"source":{"observer":{"reference":"Device/device-014-3"}}}"#;
    assert_eq!(post(&server, "AuditEvent", FHIR_JSON, event).await.status, 201);
    // What R5 demands.
    for (kind, body) in [
        ("QuestionnaireResponse", common::response(2)),
        ("QuestionnaireResponse", response().replace("questionnaire\":", "other\":")),
        ("AuditEvent", event.replace("\"code\":{\"text\":\"alert\"},", "\"type\":{\"code\":\"110113\"},")),
        (
            "AuditEvent",
            event.replace("\"who\":{\"reference\":\"Device/device-014-3\"}", "\"requestor\":true"),
        ),
        ("Questionnaire", common::questionnaire().to_json().replace("\"id\":\"practice\",", "")),
    ] {
        let refused = post(&server, kind, FHIR_JSON, &body).await;
        assert_eq!(refused.status, 422, "{body}");
    }
    let coding = common::questionnaire().to_json().replace("\"choice\"", "\"coding\"");
    assert_eq!(post(&server, "Questionnaire", FHIR_JSON, &coding).await.status, 201);
}

#[test]
fn a_folder_keeps_the_release_that_it_was_begun_with() {
    let folder = tempfile::tempdir().unwrap();
    Server::start(options(folder.path(), Version::R5)).unwrap().stop();
    let refused = Server::start(options(folder.path(), Version::R4)).expect_err("it holds R5");
    assert!(matches!(&refused, Error::Release { found, wanted } if found == "5.0.0" && *wanted == "4.0.1"));
    Server::start(options(folder.path(), Version::R5)).unwrap().stop();
    let first = tempfile::tempdir().unwrap();
    start_in(first.path(), Vec::new()).stop();
    assert!(Server::start(options(first.path(), Version::R5)).is_err());
}

#[tokio::test]
async fn a_search_parameter_of_r4_alone_is_refused_in_r5() {
    for (version, status) in [(Version::R4, 200), (Version::R5, 400)] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(options(folder.path(), version)).unwrap();
        let found = get(&server, "DocumentReference?related=Device/device-014-3", FHIR_JSON).await;
        assert_eq!(found.status, status, "{version:?}: {}", String::from_utf8_lossy(&found.body));
        let url = format!("{}/DocumentReference", server.base_url());
        let request = client().post(url).header("Content-Type", FHIR_JSON);
        let request = request.header("If-None-Exist", "related=Device/device-014-3");
        let content = r#"{"url":"https://site.example/a"}"#;
        let document = format!(
            r#"{{"resourceType":"DocumentReference","status":"current","content":[{{"attachment":{content}}}]}}"#
        );
        let created = Answer::of(request.body(document).send().await.unwrap()).await;
        if version == Version::R5 {
            found.is_refused(400, "not-supported");
            created.is_refused(400, "not-supported");
        } else {
            assert_eq!(created.status, 201, "{}", String::from_utf8_lossy(&created.body));
        }
    }
}
