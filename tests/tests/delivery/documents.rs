//! A record as a document that a ledger covers: device, FHIR server and ledger of one practice server, then the export
//! as another program reads it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use attesta_tests::site::{Site, unzip};
use device::store::audit;
use device::{FhirVersion, HttpLedger, Policy};
use fhir::{Value, Version};
use seal::gravitate::{Entry, Recorded, transaction};
use seal::verify::{Aspect, Verdict};

fn json(files: &[(String, Vec<u8>)], name: &str) -> Value {
    Value::parse(&files.iter().find(|(other, _)| other == name).unwrap().1).unwrap()
}

#[test]
fn a_proven_record_is_exported_as_a_document_that_verifies_with_the_ledger() {
    let site = Site::with_its_ledger();
    let path = site.export().unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("attesta-document-") && !name.contains("014-0027"), "{name}");
    let files = unzip(&path);
    let (document, provenance) = (json(&files, "document.json"), json(&files, "provenance.json"));
    assert_eq!(document.str("type"), Some("document"));
    let kinds: Vec<_> = document
        .list("entry")
        .iter()
        .map(|entry| entry.get("resource").unwrap().resource_type().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["Composition", "QuestionnaireResponse", "Provenance", "Device", "Patient"]);
    for entry in document.list("entry") {
        let resource = entry.get("resource").unwrap();
        assert!(fhir::xml::to_xml(resource, Version::R5).is_ok(), "{:?} is R5", resource.resource_type());
    }
    let id = transaction(&provenance).unwrap().to_owned();
    let recorded = site.ask(&id);
    assert_eq!(recorded, Recorded::Sha256(seal::gravitate::digest(&document).unwrap()));
    for ledger in [vec![], vec![Entry { transaction: id.clone(), recorded }]] {
        let report = site.check(&files, &ledger);
        for aspect in Aspect::ALL {
            assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {:#?}", report.verdicts);
        }
        assert!(report.notes.iter().any(|note| note.contains(&id)), "{:?}", report.notes);
    }
    // A ledger that has lost the entry is found.
    let gone = Entry { transaction: id, recorded: site.ask(&"0".repeat(64)) };
    assert_eq!(site.check(&files, &[gone]).verdict(Aspect::Linkage), Verdict::Invalid);
}

#[test]
fn an_altered_leaf_of_an_exported_document_is_found() {
    let site = Site::with_its_ledger();
    let files = unzip(&site.export().unwrap());
    for (name, from, to) in [
        ("document.json", "Better after a walk", "Worse after a walk"),
        ("document.json", "\"valueInteger\":42", "\"valueInteger\":43"),
        ("document.json", "72.50", "72.5"),
        ("document.json", "Pain diary", "Pain Diary"),
        ("provenance.json", "assembler", "performer"),
    ] {
        let mut altered = files.clone();
        let content = &mut altered.iter_mut().find(|(other, _)| other == name).unwrap().1;
        let text = String::from_utf8(content.clone()).unwrap();
        assert!(text.contains(from), "{from} is in {name}");
        *content = text.replace(from, to).into_bytes();
        let report = site.check(&altered, &[]);
        assert_eq!(report.overall(), Verdict::Invalid, "{from} → {to}");
    }
}

#[test]
fn without_a_ledger_the_refusal_says_what_to_configure() {
    let site = Site::new(FhirVersion::R5, |_| None);
    let refused = site.export().unwrap_err();
    assert_eq!(refused.code(), "ledger-missing");
    assert!(refused.to_string().contains("policy.ledger"), "{refused}");
    assert_eq!(site.exported(), Vec::<String>::new());
}

#[test]
fn a_ledger_that_is_offline_leaves_nothing_half_done() {
    let site = Site::with_its_ledger();
    site.server.close_listener();
    let refused = site.export().unwrap_err();
    assert_eq!(refused.code(), "ledger-unavailable");
    assert!(refused.to_string().contains("refused the connection"), "{refused}");
    assert_eq!(site.exported(), Vec::<String>::new());
    site.server.reopen_listener().unwrap();
    site.export().unwrap();
    assert_eq!(site.exported().len(), 1, "later it works");
}

/// A ledger that says yes and keeps something else.
fn lying_ledger() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            let mut request = String::new();
            let mut buffer = [0; 4096];
            // A question ends with its head, a hash to keep with its JSON.
            while !request.ends_with("\r\n\r\n") && !request.ends_with('}')
                || request.starts_with("POST") && !request.ends_with('}')
            {
                let read = stream.read(&mut buffer).unwrap();
                assert!(read > 0, "the device ended the request early");
                request.push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
            let hash = match request.rsplit_once("\"hash\":\"") {
                Some((_, rest)) => rest[..64].to_owned(),
                None => "ab".repeat(32),
            };
            let body = format!(r#"{{"transaction":"t1","algorithm":"SHA-256","hash":"{hash}"}}"#);
            let head = format!(
                "HTTP/1.1 201 Created\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let status =
                if request.starts_with("GET") { head.replace("201 Created", "200 OK") } else { head };
            stream.write_all((status + &body).as_bytes()).unwrap();
        }
    });
    base
}

#[test]
fn a_ledger_that_holds_another_hash_is_refused() {
    let site = Site::with_its_ledger();
    let lying = HttpLedger::new(&lying_ledger(), None).unwrap();
    let refused = site.export_with(Some(&lying)).unwrap_err();
    assert_eq!(refused.code(), "ledger-refused");
    assert!(refused.to_string().contains("another hash"), "{refused}");
    assert_eq!(site.exported(), Vec::<String>::new());
}

#[test]
fn a_study_of_r4_is_told_that_documents_need_r5() {
    let site = Site::new(FhirVersion::R4, |_| None);
    let mut configuration = site.device.configuration().clone();
    configuration.policy.ledger = Some(site.server.ledger_url());
    let refused = configuration.check().unwrap_err();
    assert!(refused.to_string().contains("policy.ledger keeps"), "{refused}");
    let ledger = HttpLedger::new(&site.server.ledger_url(), None).unwrap();
    let refused = site.export_with(Some(&ledger)).unwrap_err();
    assert_eq!(refused.code(), "document-release");
    assert_eq!(site.exported(), Vec::<String>::new());
}

#[test]
fn a_ledger_that_asks_for_a_token_gets_it_from_the_keystore_and_nobody_else_does() {
    const TOKEN: &str = "9f2c4e71-secret-of-the-ledger";
    let site = Site::of(
        |server| Policy {
            fhir_version: FhirVersion::R5,
            ledger: Some(server.ledger_url()),
            ledger_token: true,
            ..Policy::default()
        },
        FhirVersion::R5,
    );
    site.server.ledger_demands(Some(TOKEN));
    assert_eq!(site.export().unwrap_err().code(), "ledger-token-missing");
    for wrong in ["", "two words", "a\nb", &"a".repeat(4097)] {
        let refused = site.device.put_ledger_token(wrong, &Site::staff()).unwrap_err();
        assert_eq!(refused.code(), "configuration");
        assert!(wrong.is_empty() || !refused.to_string().contains(wrong), "a token is never shown");
    }
    site.device.put_ledger_token("another", &Site::staff()).unwrap();
    let refused = site.export().unwrap_err();
    assert_eq!(refused.code(), "ledger-unavailable");
    assert!(refused.to_string().contains("401") && !refused.to_string().contains("another"), "{refused}");
    assert_eq!(site.exported(), Vec::<String>::new());

    site.device.put_ledger_token(TOKEN, &Site::staff()).unwrap();
    site.export().unwrap();
    assert_eq!(site.exported().len(), 1);
    let trail = site.device.store().read(audit::all).unwrap();
    let set: Vec<_> = trail.iter().filter(|entry| entry.event == "ledger.tokenSet").collect();
    assert_eq!(
        (set.len(), set[0].actor.as_str(), set[0].detail.as_str()),
        (2, "keller", site.server.ledger_url().as_str())
    );
    let shown =
        format!("{trail:?}{:?}{:?}{:?}", site.device, site.device.ledger(), site.device.configuration());
    assert!(!shown.contains(TOKEN), "nothing shows it");
}
