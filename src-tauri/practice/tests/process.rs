//! `practice-server` as a process of its own.

use crate::common;

use std::{
    io::{BufRead as _, BufReader, Lines, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use common::{Answer, FHIR_JSON, client, questionnaire, response, uuid};
use fhir::Value;
use josekit::jwk::alg::ec::EcKeyPair;
use practice::storage::read_all;

use crate::authorization::{assertion, claims_of, form, named_key};

struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    base: String,
    port: String,
}

impl Process {
    fn start(folder: &Path, port: &str) -> Self {
        Self::start_with(folder, port, &[])
    }

    fn start_with(folder: &Path, port: &str, more: &[&str]) -> Self {
        let file = folder.join("questionnaire.json");
        std::fs::write(&file, questionnaire().to_json()).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_practice-server"))
            .args(["--port", port, "--device-identifier", common::DEVICE, "--data"])
            .arg(folder.join("data"))
            .arg("--questionnaire")
            .arg(&file)
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = Value::parse(lines.next().expect("a line").unwrap().as_bytes()).unwrap();
        let base = ready.str("baseUrl").unwrap().to_owned();
        let port = ready.get("port").unwrap().as_number().unwrap().to_string();
        Self { child, lines, base, port }
    }

    fn command(&mut self, command: &str) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "{command}").unwrap();
        self.lines.next().expect("an answer").unwrap()
    }

    async fn create(&self, number: u32) -> Answer {
        let request = client()
            .post(format!("{}/QuestionnaireResponse", self.base))
            .header("Content-Type", FHIR_JSON)
            .header("If-None-Exist", format!("identifier=urn:ietf:rfc:3986|urn:uuid:{}", uuid(number)))
            .body(response(number));
        Answer::of(request.send().await.unwrap()).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, as most tests mean it to.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn what_was_answered_survives_kill_9_and_the_port_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path(), "0");
    let port = process.port.clone();
    for round in 0..3 {
        let mut bodies = Vec::new();
        for number in round * 5..round * 5 + 5 {
            let answer = process.create(number).await;
            assert_eq!(answer.status, 201);
            bodies.push(String::from_utf8(answer.body).unwrap());
        }
        process.child.kill().unwrap();
        process.child.wait().unwrap();
        let stored = read_all(&folder.path().join("data"), "QuestionnaireResponse").unwrap();
        assert_eq!(stored.len(), round as usize * 5 + 5);
        assert!(bodies.iter().all(|body| stored.iter().any(|(_, _, text)| text == body)));
        process = Process::start(folder.path(), &port);
        assert_eq!(process.create(round * 5).await.status, 200, "found again after the restart");
    }
}

#[tokio::test]
async fn close_open_and_quit_are_commands() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path(), "0");
    let url = format!("{}/Questionnaire/practice", process.base);
    assert_eq!(client().get(&url).send().await.unwrap().status().as_u16(), 200);
    assert_eq!(process.command("close"), r#"{"listener":"closed"}"#);
    assert!(client().get(&url).send().await.expect_err("closed").is_connect());
    assert_eq!(process.command("open"), r#"{"listener":"open"}"#);
    assert_eq!(client().get(&url).send().await.unwrap().status().as_u16(), 200);
    writeln!(process.child.stdin.as_mut().unwrap(), "quit").unwrap();
    assert!(process.child.wait().unwrap().success());
}

#[tokio::test]
async fn the_end_of_input_does_not_end_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path(), "0");
    drop(process.child.stdin.take());
    for number in 0..3 {
        assert_eq!(process.create(number).await.status, 201);
    }
    assert!(process.child.try_wait().unwrap().is_none());
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_it_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path(), "0");
    process.create(1).await;
    let killed = Command::new("kill").args(["-TERM", &process.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(process.child.wait().unwrap().success());
    assert_eq!(read_all(&folder.path().join("data"), "QuestionnaireResponse").unwrap().len(), 1);
}

#[tokio::test]
async fn tokens_are_demanded_and_given_to_the_client_of_the_key_sets() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ["first", "second"].map(named_key);
    let files = ["first.json", "second.json"].map(|name| folder.path().join(name));
    for ((_, jwks), file) in keys.iter().zip(&files) {
        std::fs::write(file, jwks).unwrap();
    }
    let [first, second] = files.each_ref().map(|file| file.to_str().unwrap());
    let smart = [
        "--smart",
        first,
        "--smart",
        second,
        "--smart-client",
        "study",
        "--smart-scopes",
        "system/Questionnaire.rs system/Patient.r",
    ];
    let process = Process::start_with(folder.path(), "0", &smart);
    let status = async |path: &str, token: Option<&str>| {
        let mut request = client().get(format!("{}/{path}", process.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Answer::of(request.send().await.unwrap()).await
    };
    assert_eq!(status("metadata", None).await.status, 200);
    assert_eq!(status("Questionnaire/practice", None).await.status, 401);
    assert_eq!(process.create(1).await.status, 401);
    let discovery = status(".well-known/smart-configuration", None).await;
    let discovery = Value::parse(&discovery.body).unwrap();
    let endpoint = discovery.str("token_endpoint").unwrap();
    let asked = async |client_id: &str, (key, name): (&EcKeyPair, &str), id: &str| {
        let form =
            form(&assertion(key, name, &claims_of(client_id, endpoint, id)), "system/Questionnaire.rs");
        let request = client().post(endpoint).header("Content-Type", "application/x-www-form-urlencoded");
        Answer::of(request.body(form).send().await.unwrap()).await
    };
    for (number, name) in ["first", "second"].into_iter().enumerate() {
        let key = &keys[number].0;
        let given = asked("study", (key, name), name).await;
        assert_eq!(given.status, 200, "each device has a key of its own");
        let token = Value::parse(&given.body).unwrap().str("access_token").unwrap().to_owned();
        assert_eq!(status("Questionnaire/practice", Some(&token)).await.status, 200);
        assert_eq!(status("Provenance", Some(&token)).await.status, 403, "that is not among the scopes");
        assert_eq!(asked("attesta", (key, name), &format!("{name}-2")).await.status, 401, "another client");
    }
    let (stranger, _) = named_key("first");
    assert_eq!(asked("study", (&stranger, "first"), "3").await.status, 401, "another key of that name");
}

#[test]
fn what_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.json");
    std::fs::write(&broken, "{").unwrap();
    for (arguments, expected) in [
        (vec!["--questionnaire", broken.to_str().unwrap()], "broken.json is not acceptable JSON"),
        (vec!["--questionnaire", "/nowhere.json"], "/nowhere.json cannot be read"),
        (vec!["--smart", "/nowhere.json"], "/nowhere.json cannot be read"),
        (
            vec!["--smart", broken.to_str().unwrap()],
            "broken.json cannot be used: the keys are no JSON Web Key Set",
        ),
        (vec!["--smart-scopes", "system/*.r"], "--smart <CLIENT_JWKS>"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_practice-server"))
            .arg("--data")
            .arg(folder.path().join("data"))
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(expected), "{text}");
    }
}
