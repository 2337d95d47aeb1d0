//! Writes the signed fixtures of the command-line cases: records, responses and Provenances of the test authority and
//! its device, whose keys and times are fixed, and archives that must be refused.
//!
//! `cargo test -p attesta-cli fixtures -- --ignored`

use crate::making;

use making::{Files, archive, fixture, record, seal_with, stored, transmitted, without_certificates};
use seal::issue::Revoked;
use seal::issue::ocsp::{Currency, Register};
use seal::testing::{self, TestAuthority, TestSigner};
use seal::{Signer as _, export};
use zip::CompressionMethod;

fn write(name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(fixture(name), content).unwrap();
}

fn altered(files: &[(String, Vec<u8>)], name: &str, from: &str, to: &str) -> Files {
    let mut files = files.to_vec();
    let (_, content) = files.iter_mut().find(|(other, _)| other == name).unwrap();
    let text = String::from_utf8(content.clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    *content = text.replacen(from, to, 1).into_bytes();
    files
}

/// A response whose XML fits R4 too, though its JSON does not: R5 has a list of identifiers.
fn as_fifth_release() -> fhir::Value {
    let mut response = testing::response();
    let members = response.as_object_mut().unwrap();
    let identifier = members.get("identifier").unwrap().clone();
    members.insert("identifier", fhir::array![identifier]);
    response
}

fn seal_as(response: &fhir::Value, signer: &testing::TestSigner) -> fhir::Value {
    let (device, patient) = (testing::device(), testing::patient());
    let at = testing::signed_at();
    let captured = seal::capture(response, &testing::statement(), at, &device, &patient, signer).unwrap();
    testing::returned(&captured)
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

    let xml = |resource| fhir::xml::to_xml(resource, fhir::Version::R4).unwrap();
    write("xml/response.xml", xml(&sealed.response));
    write("xml/provenance.xml", xml(&sealed.provenance));
    let fifth = seal_as(&as_fifth_release(), &signer);
    let text = fhir::xml::to_xml(&fifth, fhir::Version::R5).unwrap();
    assert_ne!(fhir::xml::from_xml(text.as_bytes(), fhir::Version::R4).unwrap(), fifth);
    write("fifth/response.xml", text);
    write("altered.xml", xml(&sealed.response).replacen("72.50", "27.50", 1));
    write("number-text.xml", xml(&sealed.response).replacen("72.50", "72.5", 1));
    write(
        "document-type.xml",
        "<!DOCTYPE x [<!ENTITY e \"e\">]>\n<Patient xmlns=\"http://hl7.org/fhir\"/>\n",
    );
    write("unknown.xml", "<Patient xmlns=\"http://hl7.org/fhir\"><nonsense value=\"1\"/></Patient>\n");

    let bare = without_certificates(&sealed.response, &signer);
    write("bare/response-without-certificates.json", bare.to_json_pretty());
    write("bare/chain.pem", signer.chain().to_pem());
    for name in ["lonely/provenance.json", "parted/a/provenance.json"] {
        write(name, sealed.provenance.to_json_pretty());
    }
    write("parted/b/diary-1.json", sealed.response.to_json_pretty());

    let bundle = transmitted(&sealed, &authority).to_json_pretty();
    write("bundle/signed.json", &bundle);
    let answers = "\"id\": \"answers\",\n        \"status\": \"final\"";
    assert!(bundle.contains(answers));
    write("bundle/altered.json", bundle.replacen(answers, &answers.replace("final", "amended"), 1));
    write("bundle/altered-answer.json", bundle.replacen("72.50", "27.50", 1));

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
    let revoked_serial = [Revoked { serial: signer.chain().serial().to_vec(), at: testing::days(-1) }];
    let lists = authority.crls(&revoked_serial);
    write("signed/authority-revoked.crl", lists[1].der());
    let both: String = authority.crls(&[]).iter().map(seal::Crl::to_pem).collect();
    write("signed/both.crl", both);
    evidence(&authority, &signer, &revoked_serial);
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

/// What the responders of both authorities answer about the device and about the intermediate.
fn evidence(authority: &TestAuthority, signer: &TestSigner, revoked: &[Revoked]) {
    let currency = Currency { this_update: testing::days(1), next_update: Some(testing::days(8)) };
    let TestAuthority { root, intermediate } = authority;
    let device = signer.chain().leaf_der();
    for (name, by, subject, revoked) in [
        ("device.ocsp", intermediate, device, &[][..]),
        ("device-revoked.ocsp", intermediate, device, revoked),
        ("authority.ocsp", root, intermediate.certificate_der(), &[]),
    ] {
        let request = seal::ocsp::request(subject, by.certificate_der(), None).unwrap();
        let register = Register { issued: None, revoked };
        write(&format!("signed/{name}"), by.respond(&request, &register, currency).unwrap());
    }
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
