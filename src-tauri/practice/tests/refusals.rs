//! Bad input: each is refused with an OperationOutcome that says why, and nothing is stored.

use crate::common;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use common::{Answer, Practice, response};
use reqwest::Method;

#[tokio::test]
async fn malformed_documents_are_refused() {
    let practice = Practice::start();
    let deep = format!(
        "{{\"resourceType\":\"QuestionnaireResponse\",\"x\":{}1{}}}",
        "[".repeat(500),
        "]".repeat(500)
    );
    let whole = response(1);
    for (name, body) in [
        ("empty", String::new()),
        ("cut off", whole[..whole.len() / 2].to_owned()),
        ("duplicate names", whole.replacen("\"status\"", "\"status\":\"completed\",\"status\"", 1)),
        ("trailing data", format!("{whole} {whole}")),
        ("a lone surrogate", whole.replace("Sleep", "\\ud800")),
        ("deep nesting", deep),
        ("a leading zero", whole.replace("72.50", "072.50")),
        ("an array", format!("[{whole}]")),
        ("a string", "\"text\"".to_owned()),
        ("no resourceType", whole.replacen("\"resourceType\":\"QuestionnaireResponse\",", "", 1)),
    ] {
        let answer = practice.post("QuestionnaireResponse", body).await;
        assert_eq!(answer.status, 400, "{name}");
        answer.is_refused(400, "structure");
    }
    practice.post("QuestionnaireResponse", vec![0xff, 0xfe]).await.is_refused(400, "structure");
    let other = whole.replace("\"QuestionnaireResponse\"", "\"Patient\"");
    practice.post("QuestionnaireResponse", other).await.is_refused(400, "invalid");
    assert!(practice.stored("QuestionnaireResponse").is_empty());
}

#[tokio::test]
async fn numbers_of_any_size_are_kept_as_text() {
    let practice = Practice::start();
    for number in ["1e999", "123456789012345678901234567890.10", "-0.00"] {
        let sent = response(1).replace("72.50", number);
        let answer = practice.post("QuestionnaireResponse", sent).await;
        assert_eq!(answer.status, 201);
        assert!(String::from_utf8(answer.body).unwrap().contains(&format!("\"valueDecimal\":{number}}}")));
    }
}

#[tokio::test]
async fn broken_rules_are_named_with_their_elements() {
    let practice = Practice::start();
    let whole = response(1);
    for (resource_type, body, path, code) in [
        ("QuestionnaireResponse", whole.replace("\"status\":\"completed\",", ""), "QuestionnaireResponse.status", "required"),
        ("QuestionnaireResponse", whole.replace("completed", "done"), "QuestionnaireResponse.status", "code-invalid"),
        ("QuestionnaireResponse", whole.replace("\"linkId\":\"sleep\",", ""), "QuestionnaireResponse.item[0].linkId", "required"),
        ("QuestionnaireResponse", whole.replace("\"valueDecimal\":72.50", ""), "QuestionnaireResponse.item[1].answer[0]", "structure"),
        ("QuestionnaireResponse", whole.replace("\"Sleep\"", "\"\""), "QuestionnaireResponse.item[0].text", "structure"),
        ("QuestionnaireResponse", whole.replace("\"Sleep\"", "null"), "QuestionnaireResponse.item[0].text", "structure"),
        ("Provenance", r#"{"resourceType":"Provenance","recorded":"2026-11-21T09:41:07Z","agent":[{"who":{"reference":"Device/1"}}]}"#.to_owned(), "Provenance.target", "required"),
        ("Provenance", r#"{"resourceType":"Provenance","target":[{"reference":"X/1"}],"recorded":"2026-11-21T09:41:07Z","agent":[{"role":[{"text":"x"}]}]}"#.to_owned(), "Provenance.agent[0].who", "required"),
        ("DocumentReference", r#"{"resourceType":"DocumentReference","status":"current","content":[{"format":{"code":"x"}}]}"#.to_owned(), "DocumentReference.content[0].attachment", "required"),
        ("AuditEvent", r#"{"resourceType":"AuditEvent","type":{"code":"x"},"recorded":"2026-11-21T09:41:07Z","agent":[{"requestor":true}],"source":{"site":"x"}}"#.to_owned(), "AuditEvent.source.observer", "required"),
        ("Questionnaire", r#"{"resourceType":"Questionnaire","status":"active","item":[{"linkId":"a","type":"text"},{"linkId":"a","type":"text"}]}"#.to_owned(), "Questionnaire.item[1].linkId", "invariant"),
    ] {
        let answer = practice.post(resource_type, body).await;
        answer.is_refused(422, code);
        let expression = answer.resource().list("issue")[0].list("expression")[0].as_str().unwrap().to_owned();
        assert_eq!(expression, path);
    }
}

#[tokio::test]
async fn what_is_kept_can_be_read_in_a_bundle_too() {
    let practice = Practice::start();
    let nested = |depth: usize| {
        let items = "{\"linkId\":\"a\",\"item\":[".repeat(depth);
        let closed = format!("{items}{{\"linkId\":\"b\"}}{}", "]}".repeat(depth));
        format!(r#"{{"resourceType":"QuestionnaireResponse","status":"completed","item":[{closed}]}}"#)
    };
    assert_eq!(practice.post("QuestionnaireResponse", nested(58)).await.status, 201);
    practice.post("QuestionnaireResponse", nested(60)).await.is_refused(422, "too-costly");
    assert_eq!(practice.get("QuestionnaireResponse").await.total(), 1);
}

#[tokio::test]
async fn bodies_over_32_megabytes_are_refused_and_smaller_ones_kept() {
    let practice = Practice::start();
    let large = response(1).replace("\"Sleep\"", &format!("\"{}\"", "x".repeat(32 * 1024 * 1024)));
    practice.post("QuestionnaireResponse", large).await.is_refused(413, "too-long");
    let fits = response(1).replace("\"Sleep\"", &format!("\"{}\"", "x".repeat(31 * 1024 * 1024)));
    assert_eq!(practice.post("QuestionnaireResponse", fits).await.status, 201);
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let practice = Practice::start();
    for media_type in [
        "application/fhir+xml; fhirVersion=5.0",
        "text/plain",
        "application/fhir+json; fhirVersion=5.0",
        "application/fhir+json; charset=latin1",
        "*/*",
    ] {
        let request = practice.request(Method::POST, "Patient").header("Content-Type", media_type);
        let answer = request.body(r#"{"resourceType":"Patient"}"#).send().await.unwrap();
        Answer::of(answer).await.is_refused(415, "not-supported");
    }
    let none = practice.request(Method::POST, "Patient").body(r#"{"resourceType":"Patient"}"#);
    Answer::of(none.send().await.unwrap()).await.is_refused(415, "not-supported");

    let read = async |accept: &str, query: &str| {
        let path = format!("Patient/patient-014-0027{query}");
        let request = practice.request(Method::GET, &path).header("Accept", accept);
        Answer::of(request.send().await.unwrap()).await
    };
    read("application/fhir+json; fhirVersion=5.0", "").await.is_refused(406, "not-supported");
    read("*/*", "?_format=turtle").await.is_refused(406, "not-supported");
    for (accept, query) in [("application/fhir+xml", ""), ("*/*", "?_format=xml")] {
        let path = format!("Patient/patient-014-0027{query}");
        let request = practice.request(Method::GET, &path).header("Accept", accept);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/fhir+xml; charset=utf-8");
        let patient = fhir::xml::from_xml(&answer.bytes().await.unwrap(), fhir::Version::R4).unwrap();
        assert_eq!(patient.resource_type(), Some("Patient"));
    }
    let unknown = practice.request(Method::GET, "Patient/unknown").header("Accept", "application/fhir+xml");
    let unknown = unknown.send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    let outcome = fhir::xml::from_xml(&unknown.bytes().await.unwrap(), fhir::Version::R4).unwrap();
    assert_eq!(outcome.resource_type(), Some("OperationOutcome"));
    for accept in ["application/fhir+json; fhirVersion=4.0", "text/html, */*;q=0.1", "application/json"] {
        assert_eq!(read(accept, "").await.status, 200, "{accept}");
    }
    assert_eq!(read("text/html", "?_format=json").await.status, 200, "_format outranks Accept");
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_refused() {
    let practice = Practice::start();
    for path in [
        "",
        "Nonsense",
        "Nonsense/1",
        "Patient/1/2/3",
        "Patient/1/_history/1/2",
        "Patient/%2e%2e",
        "Patient/a_b",
        "Patient//",
    ] {
        practice.get(path).await.is_refused(404, "not-supported");
    }
    practice.get("Patient/unknown").await.is_refused(404, "not-found");
    practice.get("Patient/patient-014-0027/_history/x").await.is_refused(404, "not-found");
    for path in ["", "other", "practice/", "practice/nothing"] {
        let answer = practice.root_request(Method::GET, path).send().await.unwrap();
        Answer::of(answer).await.is_refused(404, "not-supported");
    }
    for (method, path, allowed) in [
        (Method::PATCH, "Patient/1", "GET, HEAD, PUT, DELETE"),
        (Method::PUT, "Patient", "GET, HEAD, POST"),
        (Method::GET, "Patient/_search", "POST"),
        (Method::POST, "metadata", "GET, HEAD"),
        (Method::DELETE, "Patient/1/_history/1", "GET, HEAD"),
    ] {
        let answer = Answer::of(practice.request(method, path).send().await.unwrap()).await;
        answer.is_refused(405, "not-supported");
        assert_eq!(answer.header("allow"), Some(allowed));
    }
}

#[tokio::test]
async fn another_host_name_is_refused() {
    let practice = Practice::start();
    let request = practice.request(Method::GET, "Patient").header("Host", "attacker.example");
    Answer::of(request.send().await.unwrap()).await.is_refused(421, "security");
}

#[test]
fn a_client_that_goes_away_halfway_stores_nothing_and_harms_nobody() {
    let practice = Practice::start();
    for garbage in [
        "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 999\r\n\r\n{\"resource",
        "\x16\x03\x01 not http\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", practice.handle.port())).unwrap();
        stream.write_all(garbage.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let mut stream = TcpStream::connect(("127.0.0.1", practice.handle.port())).unwrap();
    stream
        .write_all(
            b"GET /fhir/Patient?_summary=count HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        )
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.contains("\"total\":5"), "{text}");
}
