//! Writes the signed fixtures of the command-line cases: records, responses and Provenances of the test authority and
//! its device, whose keys and times are fixed, and archives that must be refused.
//!
//! `cargo test -p attesta-cli --test fixtures -- --ignored`
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fhir::{Value, canonical};
use jiff::SignedDuration;
use seal::issue::Revoked;
use seal::testing::{self, TestAuthority, TestSigner};
use seal::{Activity, Crl, Signer as _, export};
use sha2::{Digest as _, Sha256};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

type Files = Vec<(String, Vec<u8>)>;

/// A response as a faithful server returned it, and its Provenance.
struct Sealed {
    response: Value,
    provenance: Value,
}

fn fixture(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

fn write(name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(fixture(name), content).unwrap();
}

fn seal_with(signer: &TestSigner) -> Sealed {
    let questionnaire = Value::parse(&std::fs::read(fixture("diary.json")).unwrap()).unwrap();
    let mut statement = testing::statement();
    statement.questionnaire_s256 =
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical::number_text(&questionnaire)));
    let (device, patient) = (testing::device(), testing::patient());
    let response =
        seal::capture(&testing::response(), &statement, testing::signed_at(), &device, &patient, signer)
            .unwrap();
    let response = testing::returned(&response);
    let signature = seal::persistence(
        &response,
        "QuestionnaireResponse/r1/_history/1",
        &Activity::Create,
        testing::signed_at() + SignedDuration::from_secs(60),
        &device,
        "Attesta 0.1.0",
        signer,
    )
    .unwrap();
    let provenance = seal::provenance(&response, &signature).unwrap();
    Sealed { response, provenance }
}

fn record(sealed: &Sealed, signer: &TestSigner, crls: &[Crl]) -> Files {
    let [response, provenance, document] = [
        sealed.response.to_json(),
        sealed.provenance.to_json(),
        seal::certificate_document(signer.chain(), &testing::device()).to_json(),
    ];
    let record = export::Record {
        response: response.as_bytes(),
        provenance: Some(provenance.as_bytes()),
        document_reference: Some(document.as_bytes()),
        chains: &[signer.chain()],
        crls,
        audit_trail: b"[]\n",
    };
    export::pack_record(&record, testing::days(2), "Attesta 0.1.0", signer).unwrap()
}

/// As the app writes it: stored, so that every byte counts, and without the time of day.
fn archive<N: AsRef<str>>(files: &[(N, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(method).last_modified_time(zip::DateTime::default());
    for (name, content) in files {
        writer.start_file(name.as_ref(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn stored<N: AsRef<str>>(files: &[(N, Vec<u8>)]) -> Vec<u8> {
    archive(files, CompressionMethod::Stored)
}

fn altered(files: &[(String, Vec<u8>)], name: &str, from: &str, to: &str) -> Files {
    let mut files = files.to_vec();
    let (_, content) = files.iter_mut().find(|(other, _)| other == name).unwrap();
    let text = String::from_utf8(content.clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    *content = text.replacen(from, to, 1).into_bytes();
    files
}

#[test]
#[ignore = "writes the fixtures"]
fn write_the_signed_fixtures() {
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let sealed = seal_with(&signer);
    write("ca.pem", authority.root.certificate_pem());
    write("other-ca.pem", TestAuthority::new(60).root.certificate_pem());
    write("signed/response.json", sealed.response.to_json_pretty());
    write("signed/provenance.json", sealed.provenance.to_json_pretty());

    let files = record(&sealed, &signer, &authority.crls(&[]));
    write("record.zip", stored(&files));
    write("record-deflated.zip", archive(&files, CompressionMethod::Deflated));
    for (name, content) in &files {
        write(&format!("record/{name}"), content);
    }
    let names = ["signed/root.crl", "signed/authority.crl"];
    for (name, list) in names.into_iter().zip(authority.crls(&[])) {
        write(name, list.to_pem());
    }
    let revoked = Revoked { serial: signer.chain().serial().to_vec(), at: testing::days(-1) };
    let lists = authority.crls(&[revoked]);
    write("signed/authority-revoked.crl", lists[1].der());
    write("record-revoked.zip", stored(&record(&sealed, &signer, &lists)));

    // Someone else's authority, with the same names: consistent in itself, and still a forgery.
    let forger = TestAuthority::new(80);
    let forging = forger.signer(9, testing::DEVICE_IDENTIFIER);
    write("forged.zip", stored(&record(&seal_with(&forging), &forging, &forger.crls(&[]))));

    let text = sealed.response.to_json_pretty();
    write("signed/response-altered.json", text.replacen("72.50", "27.50", 1));
    write("signed/response-number-text.json", text.replacen("72.50", "72.5", 1));
    let answer = altered(&files, export::RESPONSE, "72.50", "27.50");
    write("record-altered-answer.zip", stored(&answer));
    write("record-altered-audit.zip", stored(&altered(&files, export::AUDIT_TRAIL, "[]", "{}")));
    let mut extra = files.clone();
    extra.push(("note.txt".to_owned(), b"Trust me.\n".to_vec()));
    write("record-extra-file.zip", stored(&extra));
    write("record-missing-file.zip", stored(&files[1..]));
}

#[test]
#[ignore = "writes the fixtures"]
fn write_the_archives_that_must_be_refused() {
    let one = |name: &str| stored(&[(name, b"{}".to_vec())]);
    let plain = one("response.json");
    write("hostile/trailing.zip", [&plain[..], b"more"].concat());
    write("hostile/before.zip", [b"PK\x03\x04more", &plain[..]].concat());
    write("hostile/cut-off.zip", &plain[..plain.len() - 10]);
    write("hostile/empty.zip", stored::<&str>(&[]));
    write("hostile/traversal.zip", one("../../response.json"));
    write("hostile/absolute.zip", one("/etc/response.json"));
    write("hostile/terminal.zip", one("\u{1b}[2Jresponse.json"));
    write("hostile/twice.zip", stored(&[("a.json", b"1".to_vec()), ("A.json", b"2".to_vec())]));
    let many: Vec<_> = (0..300).map(|index| (format!("{index}"), Vec::new())).collect();
    write("hostile/many.zip", stored(&many));
    let zeros = vec![("zeros", vec![0; (64 << 20) + 1])];
    write("hostile/bomb.zip", archive(&zeros, CompressionMethod::Deflated));
    let directory = plain.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let with = |field: usize, value: u8| {
        let mut archive = plain.clone();
        (archive[field], archive[directory + field + 2]) = (value, value);
        archive
    };
    write("hostile/encrypted.zip", with(6, 1));
    write("hostile/bzip2.zip", with(8, 12));
}
