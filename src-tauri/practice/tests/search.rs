//! Searching (FHIR R4, section 3.1.1).

use crate::common;

use common::{Answer, DEVICE, Practice, response, uuid};
use reqwest::Method;

fn provenance(target: &str, recorded: &str) -> String {
    format!(
        r#"{{"resourceType":"Provenance","target":[{{"reference":"{target}"}}],"recorded":"{recorded}","agent":[{{"who":{{"reference":"Device/device-014-3"}}}}]}}"#
    )
}

async fn total(practice: &Practice, query: &str) -> i32 {
    let answer = practice.get(query).await;
    assert_eq!(answer.status, 200, "{query}: {}", String::from_utf8_lossy(&answer.body));
    answer.total()
}

#[tokio::test]
async fn responses_are_found_by_every_parameter() {
    let practice = Practice::start();
    let id = practice.post("QuestionnaireResponse", response(1)).await.id();
    practice.post("QuestionnaireResponse", response(2).replace("patient-014-0027", "patient-014-0031")).await;
    let own = format!("{}/Patient/patient-014-0027", practice.handle.base_url());
    for (query, expected) in [
        (format!("_id={id}"), 1),
        (format!("_id={id},other"), 1),
        (format!("identifier=urn:ietf:rfc:3986|urn:uuid:{}", uuid(1)), 1),
        (format!("identifier=urn:ietf:rfc:3986%7Curn:uuid:{}", uuid(1)), 1),
        (format!("identifier=urn:uuid:{}", uuid(1)), 1),
        (format!("identifier=urn:other|urn:uuid:{}", uuid(1)), 0),
        ("identifier=urn:ietf:rfc:3986|".to_owned(), 2),
        ("patient=patient-014-0027".to_owned(), 1),
        ("patient=Patient/patient-014-0027".to_owned(), 1),
        (format!("patient={own}"), 1),
        ("subject=Patient/patient-014-0027,Patient/patient-014-0031".to_owned(), 2),
        ("subject=patient-014-0031".to_owned(), 1),
        ("patient=device-014-3".to_owned(), 0),
        ("author=Device/device-014-3".to_owned(), 2),
        ("questionnaire=https://attesta.example/fhir/Questionnaire/practice".to_owned(), 2),
        ("questionnaire=https://attesta.example/fhir/Questionnaire/practice|1.0.0".to_owned(), 2),
        ("questionnaire=https://attesta.example/fhir/Questionnaire/practice|2.0.0".to_owned(), 0),
        ("status=completed&patient=patient-014-0031".to_owned(), 1),
        ("status=completed&patient=patient-014-0031&patient=patient-014-0027".to_owned(), 0),
        ("authored=2026-11-21".to_owned(), 2),
        ("authored=lt2026-11-21".to_owned(), 0),
        ("_lastUpdated=ge2026-01-01&_summary=count".to_owned(), 2),
    ] {
        assert_eq!(total(&practice, &format!("QuestionnaireResponse?{query}")).await, expected, "{query}");
    }
    for (query, expected) in [
        (format!("Device?identifier=urn:ietf:rfc:3986|{DEVICE}"), 1),
        ("Patient?identifier=https://attesta.example/participants|014-0008".to_owned(), 1),
        ("Questionnaire?url=https://attesta.example/fhir/Questionnaire/practice&version=1.0.0".to_owned(), 1),
    ] {
        assert_eq!(total(&practice, &query).await, expected, "{query}");
    }
}

/// What a search for Tasks names.
const CODES: &str = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp|complete-questionnaire,\
    http://hl7.org/fhir/CodeSystem/task-code|fulfill";

#[tokio::test]
async fn tasks_are_found_by_code_status_and_owner_in_both_releases() {
    for version in [fhir::Version::R4, fhir::Version::R5] {
        let folder = tempfile::tempdir().unwrap();
        let tasks = vec![practice::seeds::task(
            "t-1",
            "014-0027",
            "https://x.example/q|1",
            ("2026-11-01", "2026-11-30"),
        )];
        let seeds = practice::Seeds { tasks, ..practice::Seeds::default() };
        let options = || practice::Options {
            data_dir: folder.path().to_owned(),
            port: 0,
            seeds: seeds.clone(),
            version,
        };
        let server = practice::Server::start(options()).unwrap();
        let url = |query: &str| format!("{}/Task{query}", server.base_url());
        let get = |query: &str| common::client().get(url(query)).send();
        for (query, expected) in [
            (format!("?code={CODES}&status=requested,ready&owner=Organization/site-014"), 1),
            ("?code=complete-questionnaire&patient=patient-014-0027".to_owned(), 1),
            ("?code=http://hl7.org/fhir/CodeSystem/task-code|complete-questionnaire".to_owned(), 0),
            ("?status=completed".to_owned(), 0),
            ("?owner=Organization/other".to_owned(), 0),
        ] {
            let answer = Answer::of(get(&query).await.unwrap()).await;
            assert_eq!(answer.total(), expected, "{query}");
        }
        // What became of a Task is not undone by the next start.
        let task = Answer::of(get("/t-1").await.unwrap()).await.resource().to_json();
        let put = |status: &str| {
            let body = task.replace("\"requested\"", &format!("\"{status}\""));
            common::client().put(url("/t-1")).header("Content-Type", common::FHIR_JSON).body(body).send()
        };
        Answer::of(put("done").await.unwrap()).await.is_refused(422, "code-invalid");
        assert_eq!(put("completed").await.unwrap().status(), 200);
        server.stop();
        let server = practice::Server::start(options()).unwrap();
        let kept = common::client().get(format!("{}/Task/t-1", server.base_url())).send().await.unwrap();
        assert_eq!(Answer::of(kept).await.resource().str("status"), Some("completed"));
    }
}

#[tokio::test]
async fn a_versionless_target_finds_all_versions_and_a_versioned_one_its_own() {
    let practice = Practice::start();
    let own = format!("{}/QuestionnaireResponse/1/_history/2", practice.handle.base_url());
    for target in ["QuestionnaireResponse/1/_history/1", &own, "QuestionnaireResponse/10/_history/1"] {
        assert_eq!(practice.post("Provenance", provenance(target, "2026-11-21T09:41:07Z")).await.status, 201);
    }
    for (target, expected) in [
        ("QuestionnaireResponse/1", 2),
        ("QuestionnaireResponse/1/_history/1", 1),
        ("QuestionnaireResponse/1/_history/2", 1),
        ("QuestionnaireResponse/1/_history/3", 0),
        (own.as_str(), 1),
        ("QuestionnaireResponse/10", 1),
    ] {
        assert_eq!(total(&practice, &format!("Provenance?target={target}")).await, expected, "{target}");
    }
}

#[tokio::test]
async fn recorded_is_compared_with_prefixes_and_precision() {
    let practice = Practice::start();
    for second in 5..=9 {
        let recorded = format!("2026-11-21T09:41:0{second}+01:00");
        practice.post("Provenance", provenance("QuestionnaireResponse/1", &recorded)).await;
    }
    for (date, expected) in [
        ("2026-11-21T08:41:07Z", 1),
        ("eq2026-11-21T08:41:07Z", 1),
        ("ne2026-11-21T08:41:07Z", 4),
        ("gt2026-11-21T08:41:07Z", 2),
        ("ge2026-11-21T08:41:07Z", 3),
        ("lt2026-11-21T08:41:07Z", 2),
        ("le2026-11-21T08:41:07Z", 3),
        ("sa2026-11-21T08:41:07Z", 2),
        ("eb2026-11-21T08:41:07Z", 2),
        ("ge2026-11-21T09:41:07%2B01:00", 3),
        ("ge2026-11-21T09:41:07+01:00", 3),
        ("2026-11-21", 5),
        ("2026-11", 5),
        ("2025", 0),
        ("ge2026-11-21T08:41:06Z&recorded=le2026-11-21T08:41:08Z", 3),
    ] {
        assert_eq!(total(&practice, &format!("Provenance?recorded={date}")).await, expected, "{date}");
    }
}

#[tokio::test]
async fn related_finds_the_devices_certificate() {
    let practice = Practice::start();
    let document = r#"{"resourceType":"DocumentReference","status":"current","masterIdentifier":{"value":"m"},"content":[{"attachment":{"contentType":"application/pkix-cert","data":"AA=="}}],"context":{"related":[{"reference":"Device/device-014-3"}]}}"#;
    assert_eq!(practice.post("DocumentReference", document).await.status, 201);
    assert_eq!(total(&practice, "DocumentReference?related=Device/device-014-3").await, 1);
    assert_eq!(total(&practice, "DocumentReference?related=Device/another").await, 0);
    assert_eq!(total(&practice, "DocumentReference?identifier=m").await, 1);
}

#[tokio::test]
async fn pages_together_hold_every_match_once() {
    let practice = Practice::start();
    for number in 0..7 {
        practice.post("QuestionnaireResponse", response(number)).await;
    }
    let mut path = "QuestionnaireResponse?_count=3&status=completed".to_owned();
    let mut ids = Vec::new();
    let mut pages = 0;
    loop {
        let bundle = practice.get(&path).await.resource();
        assert_eq!(bundle.get("total").unwrap().as_number().unwrap().as_str(), "7");
        pages += 1;
        for entry in bundle.list("entry") {
            assert_eq!(entry.get("search").unwrap().str("mode"), Some("match"));
            ids.push(entry.get("resource").unwrap().str("id").unwrap().to_owned());
        }
        let next = bundle.list("link").iter().find(|link| link.str("relation") == Some("next"));
        let Some(next) = next else { break };
        path = next.str("url").unwrap().strip_prefix(practice.handle.base_url()).unwrap()[1..].to_owned();
    }
    ids.dedup();
    assert_eq!((pages, ids.len()), (3, 7));
}

#[tokio::test]
async fn a_search_can_be_posted_as_a_form() {
    let practice = Practice::start();
    practice.post("QuestionnaireResponse", response(1)).await;
    let request = practice
        .request(Method::POST, "QuestionnaireResponse/_search")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("identifier=urn%3Aietf%3Arfc%3A3986%7Curn%3Auuid%3A{}", uuid(1)));
    assert_eq!(Answer::of(request.send().await.unwrap()).await.total(), 1);
}

#[tokio::test]
async fn a_search_that_is_not_understood_is_refused() {
    let practice = Practice::start();
    for (query, code) in [
        ("nonsense=1", "not-supported"),
        ("patient.identifier=1", "not-supported"),
        ("identifier:exact=1", "not-supported"),
        ("authored=yesterday", "value"),
        ("authored=ap2026", "value"),
        ("_count=many", "value"),
        ("identifier=a|b|c", "value"),
        ("identifier=|", "value"),
        ("identifier=%zz", "value"),
    ] {
        practice.get(&format!("QuestionnaireResponse?{query}")).await.is_refused(400, code);
    }
    let many = vec!["x"; 501].join(",");
    practice.get(&format!("QuestionnaireResponse?_id={many}")).await.is_refused(400, "too-costly");
}

#[tokio::test]
async fn only_current_versions_are_found() {
    let practice = Practice::start();
    let body = r#"{"resourceType":"Patient","id":"p","identifier":[{"value":"old"}]}"#;
    practice.put("Patient/p", body).await;
    practice.put("Patient/p", body.replace("old", "new")).await;
    assert_eq!(total(&practice, "Patient?identifier=old").await, 0);
    assert_eq!(total(&practice, "Patient?identifier=new").await, 1);
}
