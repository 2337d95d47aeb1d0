//! `--server` against a server that keeps a sealed record, with its own authority.

use crate::making;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};

use client::{Client, Exchange};
use fhir::{Value, Version};
use making::device;
use practice::{Handle, Options, Seeds};
use seal::profile::{About, PART11};
use seal::testing::TestSigner;
use seal::{Activity, testing};

/// A server with one sealed response, and the files of its authority.
struct Rig {
    server: Handle,
    folder: tempfile::TempDir,
    id: String,
}

fn body(exchange: &Exchange) -> Value {
    assert_eq!(exchange.status, 201);
    exchange.resource().unwrap().unwrap()
}

impl Rig {
    fn new() -> Self {
        Self::of(Version::R4)
    }

    fn of(version: Version) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seeds = Seeds::practice(testing::DEVICE_IDENTIFIER, Vec::new(), version);
        let server =
            practice::Server::start(Options { data_dir: folder.path().to_owned(), port: 0, seeds, version });
        let server = server.unwrap();
        std::fs::write(folder.path().join("ca.pem"), server.anchor_pem()).unwrap();
        // One list of the root and one of the authority below it.
        let lists = server.crl_pem().unwrap();
        let lists: Vec<&str> = lists.split_inclusive("-----END X509 CRL-----\n").collect();
        assert_eq!(lists.len(), 2);
        for (name, list) in ["root.crl", "ca.crl"].into_iter().zip(lists) {
            std::fs::write(folder.path().join(name), list).unwrap();
        }
        let id = keep(server.base_url(), &device::enrolled(&server), version);
        Self { server, folder, id }
    }

    fn verify(&self, reference: &str, more: &[&str]) -> Output {
        self.verify_at(self.server.base_url(), reference, more)
    }

    fn verify_at(&self, base: &str, reference: &str, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_attesta"))
            .current_dir(self.folder.path())
            .args(["verify", "--trust", "ca.pem", "--crl", "root.crl", "--crl", "ca.crl", "--server", base])
            .arg(reference)
            .args(more)
            .output()
            .unwrap()
    }
}

/// Seals a response as of now and lets the server keep it with its Provenance; gives its id.
fn keep(base: &str, key: &TestSigner, release: Version) -> String {
    let response = device::captured_in(release, key, device::now());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::new(base, client::Options::default()).unwrap();
    let create = |kind, resource: &Value| {
        body(&runtime.block_on(client.create(kind, resource.to_json().as_bytes(), None)).unwrap())
    };
    let kept = create("QuestionnaireResponse", &response);
    let id = kept.str("id").unwrap().to_owned();
    let version = kept.get("meta").unwrap().str("versionId").unwrap();
    let target = format!("QuestionnaireResponse/{id}/_history/{version}");
    let (stored, by) = (device::now(), testing::device());
    let signature =
        seal::persistence(&kept, &target, &Activity::Create, stored, &by, "Attesta tests", key).unwrap();
    let about = About { resource: &kept, signature: &signature, version: release, transaction: None };
    create("Provenance", &PART11.provenance(&about).unwrap());
    id
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn what_a_server_keeps_is_verified_with_the_provenance_that_a_search_finds() {
    let rig = Rig::new();
    for version in ["", "/_history/1"] {
        let output = rig.verify(&format!("QuestionnaireResponse/{}{version}", rig.id), &[]);
        let (out, errors) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{out}{errors}");
        assert!(out.contains("capture signature in ") && out.contains("persistence signature in "), "{out}");
        assert!(out.contains("the server has 1 Provenances for it"), "{out}");
        assert_eq!(errors, "");
    }
    let page = rig.verify(&format!("QuestionnaireResponse/{}", rig.id), &["--output", "html"]);
    assert_eq!(page.status.code(), Some(0));
    assert!(text(&page.stdout).contains(rig.server.base_url()), "the page names the server");
}

#[test]
fn what_a_server_does_not_keep_is_said_and_proves_nothing() {
    let rig = Rig::new();
    for reference in
        ["QuestionnaireResponse/none".to_owned(), format!("QuestionnaireResponse/{}/_history/9", rig.id)]
    {
        let output = rig.verify(&reference, &[]);
        assert_eq!(output.status.code(), Some(2), "{reference}");
        assert!(
            text(&output.stderr).contains("the server does not have it; check"),
            "{}",
            text(&output.stderr)
        );
        assert_eq!(text(&output.stdout), "");
    }
    // A resource that nobody signed is found, and not valid.
    let output = rig.verify("Patient/patient-014-0027", &[]);
    assert_ne!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

#[test]
fn an_address_that_is_no_fhir_server_is_said() {
    let rig = Rig::new();
    let port = rig.server.port().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_attesta"))
        .args([
            "verify",
            "--server",
            &format!("http://127.0.0.1:{port}/elsewhere"),
            "QuestionnaireResponse/1",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(text(&output.stderr).starts_with("error: QuestionnaireResponse/1: "), "{}", text(&output.stderr));
    rig.server.stop();
}

/// A server in front of another one that answers in XML, whatever is asked for.
fn in_xml(port: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/fhir", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
            while !head.ends_with(b"\r\n\r\n") {
                let read = stream.read(&mut buffer).unwrap();
                assert!(read > 0, "the request ended early");
                head.extend_from_slice(&buffer[..read]);
            }
            let head = String::from_utf8(head).unwrap();
            let path = head.split(' ').nth(1).unwrap();
            let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let host = format!("127.0.0.1:{port}");
            write!(
                server,
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/fhir+xml\r\nConnection: close\r\n\r\n"
            )
            .unwrap();
            let mut answer = Vec::new();
            server.read_to_end(&mut answer).unwrap();
            stream.write_all(&answer).unwrap();
        }
    });
    base
}

#[test]
fn an_r5_server_is_asked_in_its_own_release() {
    let rig = Rig::of(Version::R5);
    let reference = format!("QuestionnaireResponse/{}", rig.id);
    let said = "The server speaks FHIR 5.0.0, by its CapabilityStatement.";
    for base in [rig.server.base_url().to_owned(), in_xml(rig.server.port())] {
        let output = rig.verify_at(&base, &reference, &[]);
        let (out, errors) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{base}: {out}{errors}");
        assert!(out.contains(said) && out.contains("persistence signature in "), "{base}: {out}");
    }
    let output = rig.verify(&reference, &["--fhir", "r5"]);
    assert!(text(&output.stdout).contains("in FHIR 5.0.0, as named"), "{}", text(&output.stdout));
    let rig = Rig::new();
    let output = rig.verify_at(&in_xml(rig.server.port()), &format!("QuestionnaireResponse/{}", rig.id), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("The server speaks FHIR 4.0.1"), "{}", text(&output.stdout));
}
