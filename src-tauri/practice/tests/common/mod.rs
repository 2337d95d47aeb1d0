//! A practice server in a folder of its own, and a raw HTTP client.
#![allow(unreachable_pub)]

use std::path::Path;

use fhir::{Value, Version};
use practice::{Handle, Options, Seeds, Server};
use reqwest::{Method, RequestBuilder, Response};

pub const DEVICE: &str = "urn:uuid:6f1c2a52-8f55-4a0f-9c41-2d9e2b7a0001";
pub const FHIR_JSON: &str = "application/fhir+json";

pub struct Practice {
    pub handle: Handle,
    pub folder: tempfile::TempDir,
    client: reqwest::Client,
}

impl Practice {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let handle = start_in(folder.path(), vec![questionnaire()]);
        Self { handle, folder, client: client() }
    }

    /// Stopped, and started again with the same folder.
    pub fn restarted(self) -> Self {
        let Self { handle, folder, client } = self;
        handle.stop();
        let handle = start_in(folder.path(), vec![questionnaire()]);
        Self { handle, folder, client }
    }

    /// A request to a path below the base, such as `Patient/1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/{path}", self.handle.base_url()))
    }

    /// A request to a path below the server's root.
    pub fn root_request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://127.0.0.1:{}/{path}", self.handle.port()))
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.send(self.request(Method::POST, path), body).await
    }

    pub async fn put(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.send(self.request(Method::PUT, path), body).await
    }

    pub async fn send(&self, request: RequestBuilder, body: impl Into<reqwest::Body>) -> Answer {
        let request = request.header("Content-Type", FHIR_JSON).body(body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Creates on the condition that no response with this identifier is there.
    pub fn create_once(&self, uuid: &str, body: String) -> RequestBuilder {
        self.request(Method::POST, "QuestionnaireResponse")
            .header("Content-Type", FHIR_JSON)
            .header("Prefer", "return=representation")
            .header("If-None-Exist", format!("identifier=urn:ietf:rfc:3986|urn:uuid:{uuid}"))
            .body(body)
    }

    pub fn stored(&self, resource_type: &str) -> Vec<(String, u32, String)> {
        practice::storage::read_all(self.folder.path(), resource_type).unwrap()
    }
}

pub fn start_in(folder: &Path, questionnaires: Vec<Value>) -> Handle {
    let seeds = Seeds::practice(DEVICE, questionnaires, Version::R4);
    Server::start(Options { data_dir: folder.to_owned(), port: 0, seeds, version: Version::R4 }).unwrap()
}

/// Every request on a connection of its own, so that a cut one is never met by the next.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .timeout(std::time::Duration::from_secs(30))
        .build()
        .unwrap()
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Self { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    pub fn resource(&self) -> Value {
        Value::parse(&self.body).expect("the body is JSON")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn id(&self) -> String {
        self.resource().str("id").expect("the resource has an id").to_owned()
    }

    pub fn total(&self) -> i32 {
        self.resource().get("total").unwrap().as_number().unwrap().as_i32().unwrap()
    }

    /// Asserts a refusal: this status, and an OperationOutcome with this issue code that says something.
    pub fn is_refused(&self, status: u16, code: &str) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        let outcome = self.resource();
        assert_eq!(outcome.resource_type(), Some("OperationOutcome"), "{text}");
        let issue = outcome.list("issue").first().expect("an issue");
        assert_eq!(issue.str("code"), Some(code), "{text}");
        assert!(!issue.str("diagnostics").unwrap_or_default().is_empty(), "{text}");
    }
}

pub fn uuid(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// A response with a choice, a decimal that ends in 0, a date and a text.
pub fn response(number: u32) -> String {
    format!(
        r#"{{"resourceType":"QuestionnaireResponse","identifier":{{"system":"urn:ietf:rfc:3986","value":"urn:uuid:{}"}},"questionnaire":"https://attesta.example/fhir/Questionnaire/practice|1.0.0","status":"completed","subject":{{"reference":"Patient/patient-014-0027"}},"authored":"2026-11-21T09:41:07+01:00","author":{{"reference":"Device/device-014-3"}},"source":{{"reference":"Patient/patient-014-0027"}},"item":[{{"linkId":"sleep","text":"Sleep","answer":[{{"valueCoding":{{"system":"urn:x","code":"good","display":"Good"}}}}]}},{{"linkId":"weight","text":"Weight","answer":[{{"valueDecimal":72.50}}]}},{{"linkId":"when","text":"When","answer":[{{"valueDate":"2026-11-20"}}]}},{{"linkId":"note","text":"Note","answer":[{{"valueString":"ä \"quoted\" \u0001"}}]}}]}}"#,
        uuid(number)
    )
}

pub fn questionnaire() -> Value {
    Value::parse(
        br#"{"resourceType":"Questionnaire","id":"practice","url":"https://attesta.example/fhir/Questionnaire/practice",
        "version":"1.0.0","status":"active","item":[
        {"linkId":"sleep","type":"choice","text":"Sleep","answerOption":[
            {"valueCoding":{"system":"urn:x","code":"good","display":"Good"}},
            {"valueCoding":{"system":"urn:x","code":"bad","display":"Bad"}}]},
        {"linkId":"weight","type":"decimal","text":"Weight"},
        {"linkId":"when","type":"date","text":"When"},
        {"linkId":"note","type":"text","text":"Note"}]}"#,
    )
    .unwrap()
}

/// What was sent, with the root elements that the server manages taken over from what came back.
pub fn differences(sent: &str, returned: &Value) -> Vec<String> {
    let strip = |mut value: Value| {
        let object = value.as_object_mut().unwrap();
        object.remove("id");
        object.remove("meta");
        value
    };
    let sent = strip(Value::parse(sent.as_bytes()).unwrap());
    fhir::diff::differences(&sent, &strip(returned.clone()))
        .into_iter()
        .map(|difference| difference.path)
        .collect()
}
