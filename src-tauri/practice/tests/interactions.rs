//! Create, read, version read, update, delete, history and their headers (FHIR R4, section 3.1.0).

use crate::common;

use common::{Answer, FHIR_JSON, Practice, differences, response, uuid};
use fhir::Value;
use reqwest::Method;

#[tokio::test]
async fn a_created_resource_is_kept_as_it_was_sent() {
    let practice = Practice::start();
    let sent = response(1);
    let answer = practice.post("QuestionnaireResponse", sent.clone()).await;
    assert_eq!(answer.status, 201);
    let id = answer.id();
    let location = format!("{}/QuestionnaireResponse/{id}/_history/1", practice.handle.base_url());
    assert_eq!(answer.header("location"), Some(location.as_str()));
    assert_eq!(answer.header("etag"), Some("W/\"1\""));
    assert!(answer.header("last-modified").unwrap().ends_with(" GMT"));
    let resource = answer.resource();
    let meta = resource.get("meta").unwrap();
    assert_eq!(meta.str("versionId"), Some("1"));
    assert!(meta.str("lastUpdated").unwrap().parse::<jiff::Timestamp>().is_ok());
    assert!(differences(&sent, &resource).is_empty());
    assert!(String::from_utf8_lossy(&answer.body).contains("72.50"), "decimal text is kept");

    let read = practice.get(&format!("QuestionnaireResponse/{id}")).await;
    assert_eq!(read.status, 200);
    assert_eq!(read.body, answer.body, "what is read later is what was answered, byte for byte");
    assert_eq!(read.header("etag"), Some("W/\"1\""));
    assert_eq!(practice.stored("QuestionnaireResponse"), [(id, 1, String::from_utf8(read.body).unwrap())]);
}

#[tokio::test]
async fn the_client_cannot_choose_id_or_version_on_create_and_keeps_the_rest_of_meta() {
    let practice = Practice::start();
    let sent = r#"{"resourceType":"Patient","id":"mine","meta":{"versionId":"9","profile":["http://p"],"tag":[{"code":"t"}]},"active":true}"#;
    let resource = practice.post("Patient", sent).await.resource();
    assert_ne!(resource.str("id"), Some("mine"));
    let meta = resource.get("meta").unwrap();
    assert_eq!(meta.str("versionId"), Some("1"));
    assert_eq!(meta.list("profile"), [Value::from("http://p")]);
    assert_eq!(meta.list("tag")[0].str("code"), Some("t"));
}

#[tokio::test]
async fn prefer_decides_what_comes_back() {
    let practice = Practice::start();
    let create = async |prefer: &str| {
        let request = practice.request(Method::POST, "Patient").header("Prefer", prefer);
        practice.send(request, r#"{"resourceType":"Patient"}"#).await
    };
    let minimal = create("return=minimal").await;
    assert_eq!((minimal.status, minimal.body.len()), (201, 0));
    assert!(minimal.header("location").is_some(), "the location is there without a body");
    let representation = create("respond-async, return=representation").await;
    assert_eq!(representation.resource().resource_type(), Some("Patient"));
    let outcome = create("return=OperationOutcome").await;
    assert_eq!(outcome.status, 201);
    assert_eq!(outcome.resource().list("issue")[0].str("severity"), Some("information"));
}

#[tokio::test]
async fn conditional_create_makes_one_resource_and_finds_it_again() {
    let practice = Practice::start();
    let first = Answer::of(practice.create_once(&uuid(1), response(1)).send().await.unwrap()).await;
    assert_eq!(first.status, 201);
    let again = Answer::of(practice.create_once(&uuid(1), response(1)).send().await.unwrap()).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.body, first.body, "the existing resource comes back");
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(practice.stored("QuestionnaireResponse").len(), 1);

    practice.post("QuestionnaireResponse", response(1)).await;
    let ambiguous = Answer::of(practice.create_once(&uuid(1), response(1)).send().await.unwrap()).await;
    ambiguous.is_refused(412, "multiple-matches");
    assert_eq!(practice.stored("QuestionnaireResponse").len(), 2, "nothing was created");
}

#[tokio::test]
async fn a_condition_must_be_one() {
    let practice = Practice::start();
    for (condition, code) in [("", "required"), ("nonsense=1", "not-supported"), ("identifier=", "value")] {
        let request =
            practice.request(Method::POST, "QuestionnaireResponse").header("If-None-Exist", condition);
        practice.send(request, response(1)).await.is_refused(400, code);
    }
    assert!(practice.stored("QuestionnaireResponse").is_empty());
}

#[tokio::test]
async fn an_update_makes_a_version_and_the_earlier_one_stays_readable() {
    let practice = Practice::start();
    let created = practice.post("QuestionnaireResponse", response(1)).await;
    let path = format!("QuestionnaireResponse/{}", created.id());
    let mut changed = created.resource();
    changed.as_object_mut().unwrap().insert("status", "amended");

    let request = practice.request(Method::PUT, &path).header("If-Match", "W/\"1\"");
    let updated = practice.send(request, changed.to_json()).await;
    assert_eq!(updated.status, 200);
    assert_eq!(updated.header("etag"), Some("W/\"2\""));
    assert_eq!(updated.resource().get("meta").unwrap().str("versionId"), Some("2"));

    assert_eq!(practice.get(&format!("{path}/_history/1")).await.body, created.body);
    assert_eq!(practice.get(&format!("{path}/_history/2")).await.body, updated.body);
    assert_eq!(practice.get(&path).await.body, updated.body);
    practice.get(&format!("{path}/_history/3")).await.is_refused(404, "not-found");

    let stale = practice.request(Method::PUT, &path).header("If-Match", "W/\"1\"");
    practice.send(stale, changed.to_json()).await.is_refused(412, "conflict");
    let malformed = practice.request(Method::PUT, &path).header("If-Match", "1");
    practice.send(malformed, changed.to_json()).await.is_refused(400, "value");
    assert_eq!(practice.stored("QuestionnaireResponse").len(), 2);
}

#[tokio::test]
async fn put_creates_under_the_clients_id_once() {
    let practice = Practice::start();
    let body = r#"{"resourceType":"Patient","id":"own-id","active":true}"#;
    let create = || practice.request(Method::PUT, "Patient/own-id").header("If-None-Match", "*");
    let created = practice.send(create(), body).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.id(), "own-id");
    practice.send(create(), body).await.is_refused(412, "conflict");
    assert_eq!(practice.stored("Patient").iter().filter(|(id, ..)| id == "own-id").count(), 1);

    let missing = practice.request(Method::PUT, "Patient/other").header("If-Match", "W/\"1\"");
    let other = body.replace("own-id", "other");
    practice.send(missing, other).await.is_refused(412, "conflict");
    practice.put("Patient/third", body).await.is_refused(400, "value");
    practice.put("Patient/not_an_id", body).await.is_refused(400, "value");
}

#[tokio::test]
async fn history_tells_every_version_newest_first() {
    let practice = Practice::start();
    let body = r#"{"resourceType":"Patient","id":"p","active":true}"#;
    practice.put("Patient/p", body).await;
    practice.put("Patient/p", body.replace("true", "false")).await;
    Answer::of(practice.request(Method::DELETE, "Patient/p").send().await.unwrap()).await;
    let bundle = practice.get("Patient/p/_history").await.resource();
    assert_eq!(bundle.str("type"), Some("history"));
    let methods: Vec<_> = bundle
        .list("entry")
        .iter()
        .map(|entry| entry.get("request").unwrap().str("method").unwrap())
        .collect();
    assert_eq!(methods, ["DELETE", "PUT", "PUT"]);
    assert!(bundle.list("entry")[0].get("resource").is_none());
    assert_eq!(bundle.list("entry")[2].get("response").unwrap().str("status"), Some("201"));
    practice.get("Patient/nobody/_history").await.is_refused(404, "not-found");
}

#[tokio::test]
async fn a_deleted_resource_is_gone_but_its_versions_stay() {
    let practice = Practice::start();
    let created = practice.post("QuestionnaireResponse", response(1)).await;
    let path = format!("QuestionnaireResponse/{}", created.id());
    let deleted = practice.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(deleted.status().as_u16(), 204);
    practice.get(&path).await.is_refused(410, "deleted");
    practice.get(&format!("{path}/_history/2")).await.is_refused(410, "deleted");
    assert_eq!(practice.get(&format!("{path}/_history/1")).await.body, created.body);
    assert_eq!(practice.get("QuestionnaireResponse").await.total(), 0);
    let again = practice.put(&path, created.body).await;
    assert_eq!((again.status, again.header("etag")), (201, Some("W/\"3\"")));
}

#[tokio::test]
async fn an_unchanged_version_is_not_sent_again() {
    let practice = Practice::start();
    let path = "Patient/patient-014-0027";
    let read = async |name: &str, value: &str| {
        Answer::of(practice.request(Method::GET, path).header(name, value).send().await.unwrap()).await
    };
    let known = read("If-None-Match", "W/\"1\"").await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(read("If-None-Match", "W/\"2\"").await.status, 200);
    let date = practice.get(path).await.header("last-modified").unwrap().to_owned();
    assert_eq!(read("If-Modified-Since", &date).await.status, 304);
}

#[tokio::test]
async fn head_answers_headers_only() {
    let practice = Practice::start();
    let head = practice.request(Method::HEAD, "Patient/patient-014-0027").send().await.unwrap();
    let head = Answer::of(head).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("etag"), Some("W/\"1\""));
}

#[tokio::test]
async fn the_capability_statement_promises_what_is_there() {
    let practice = Practice::start();
    let answer = practice.get("metadata").await;
    assert!(answer.header("content-type").unwrap().starts_with(FHIR_JSON));
    let statement = answer.resource();
    assert_eq!(statement.str("fhirVersion"), Some("4.0.1"));
    let resources = statement.list("rest")[0].list("resource");
    assert_eq!(resources.len(), 13);
    for resource in resources {
        let name = resource.str("type").unwrap();
        for parameter in resource.list("searchParam") {
            let value = if parameter.str("type") == Some("date") { "ge2026" } else { "x" };
            let query = format!("{name}?{}={value}", parameter.str("name").unwrap());
            assert_eq!(practice.get(&query).await.status, 200, "{query} is promised");
        }
    }
}
