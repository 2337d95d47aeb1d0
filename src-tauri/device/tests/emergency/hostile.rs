//! Files that are refused, each with its reason, and nothing half-done.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use device::emergency::{Refusal, Typed};
use device::{Configuration, Error, Policy};

use super::PASSPHRASE;
use super::pair::{Pair, Tablet, opened, payload, typed};
use crate::common::delivery::practice_server;
use crate::common::{self};

fn code(outcome: Result<impl std::fmt::Debug, Error>) -> &'static str {
    match outcome {
        Err(Error::Emergency(refusal)) => refusal.code(),
        other => panic!("{other:?}"),
    }
}

/// The parts of a compact serialisation with one of them changed.
fn with_part(text: &str, index: usize, change: impl FnOnce(&str) -> String) -> Vec<u8> {
    let mut parts: Vec<String> = text.split('.').map(str::to_owned).collect();
    parts[index] = change(&parts[index]);
    parts.join(".").into_bytes()
}

/// The header with its text changed.
fn with_header(text: &str, from: &str, to: &str) -> Vec<u8> {
    with_part(text, 0, |header| {
        let header = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
        assert!(header.contains(from), "{header}");
        BASE64_URL_SAFE_NO_PAD.encode(header.replace(from, to))
    })
}

fn flipped(part: &str) -> String {
    let mut octets = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    let middle = octets.len() / 2;
    octets[middle] ^= 1;
    BASE64_URL_SAFE_NO_PAD.encode(octets)
}

#[test]
fn every_broken_file_is_refused_by_name_and_nothing_changes() {
    let pair = Pair::new();
    pair.first.freeze();
    let export = pair.first.export("whole.jwe");
    let text = std::fs::read_to_string(&export.path).unwrap();
    let before = pair.second.everything();
    let refused = |file: &[u8], expected: &str| {
        assert_eq!(code(pair.second.take_bytes(file, PASSPHRASE)), expected);
        assert_eq!(pair.second.everything(), before);
    };
    assert_eq!(
        code(pair.second.take_bytes(text.as_bytes(), "another passphrase")),
        "emergency-passphrase-wrong"
    );
    assert_eq!(code(pair.second.take_bytes(text.as_bytes(), "")), "emergency-passphrase-needed");
    refused(b"", "emergency-malformed");
    refused(b"\xff\xfe", "emergency-malformed");
    refused(b"PK\x03\x04 a zip of something else", "emergency-malformed");
    // Cut anywhere.
    for length in [10, text.len() / 3] {
        refused(&text.as_bytes()[..length], "emergency-malformed");
    }
    for short in [1, 2, 10] {
        refused(&text.as_bytes()[..text.len() - short], "emergency-malformed");
    }
    refused(&with_part(&text, 3, |part| part[..part.len() / 2].to_owned()), "emergency-altered");
    // Altered anywhere.
    refused(&with_part(&text, 1, flipped), "emergency-passphrase-wrong");
    for part in [2, 3, 4] {
        refused(&with_part(&text, part, flipped), "emergency-altered");
    }
    refused(&with_header(&text, "\"cty\":\"JOSE\"", "\"cty\":\"JOSF\""), "emergency-altered");
    refused(
        &with_header(&text, "\"attestaEmergencyExport\":\"1\"", "\"attestaEmergencyExport\":\"2\""),
        "emergency-newer",
    );
    refused(&with_header(&text, "600000", "600"), "emergency-malformed");
    refused(&with_header(&text, "600000", "4000000000"), "emergency-malformed");
    refused(&with_header(&text, "A256GCM", "A128GCM"), "emergency-malformed");
    refused(&with_header(&text, "{\"", "{\"zip\":\"DEF\",\""), "emergency-malformed");
    refused(&with_header(&text, "{\"", "{\"crit\":[\"exp\"],\""), "emergency-malformed");
    assert_eq!(pair.second.everything(), before);
    pair.second.take_bytes(text.as_bytes(), PASSPHRASE).unwrap();
}

/// The content of an export with its text changed, signed anew by `by` and encrypted: what somebody with a device's key could
/// make.
fn forged(pair: &Pair, by: &Tablet, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let export = pair.first.export(&format!("{}.jwe", uuid::Uuid::new_v4()));
    let content = payload(&opened(&std::fs::read_to_string(&export.path).unwrap(), PASSPHRASE));
    let changed = change(content.clone());
    assert_ne!(changed, content, "something has to change");
    let key = by.device().sealing_key().unwrap();
    let now = by.device().now().timestamp();
    let signed = seal::attach(changed.as_bytes(), "attesta-emergency-export/1", now, key.as_ref()).unwrap();
    encrypted(&signed)
}

fn encrypted(signed: &str) -> Vec<u8> {
    let mut header = josekit::jwe::JweHeader::new();
    header.set_content_encryption("A256GCM");
    header.set_token_type("attesta-emergency-export+jwe");
    header.set_content_type("JOSE");
    header.set_claim("attestaEmergencyExport", Some("1".into())).unwrap();
    let mut encrypter = josekit::jwe::PBES2_HS512_A256KW.encrypter_from_bytes(PASSPHRASE).unwrap();
    encrypter.set_iter_count(600_000);
    josekit::jwe::serialize_compact(signed.as_bytes(), &header, &encrypter).unwrap().into_bytes()
}

#[test]
fn what_was_changed_inside_is_found_whoever_signed_it() {
    let pair = Pair::new();
    let record = pair.first.freeze();
    let item = pair.first.item(&record);
    let base64 = |bytes: &[u8]| base64::prelude::BASE64_STANDARD.encode(bytes);
    let response = base64(&item.response);
    let edited =
        String::from_utf8(item.response.clone()).unwrap().replacen("\"completed\"", "\"amended\"", 1);
    let before = pair.second.everything();
    let first = &pair.first;
    let mut refused = 0;
    let mut check = |file: Vec<u8>, expected: &str| {
        assert_eq!(code(pair.second.take_bytes(&file, PASSPHRASE)), expected);
        assert_eq!(pair.second.everything(), before);
        refused += 1;
    };
    // By somebody who is not the device that is named.
    check(
        forged(&pair, &pair.second, |text| text.replacen("\"First\"", "\"Third\"", 1)),
        "emergency-signature",
    );
    // The bytes of an answer, with and without the hash beside them.
    check(
        forged(&pair, first, |text| text.replace(&response, &base64(edited.as_bytes()))),
        "emergency-record",
    );
    let hash = <sha2::Sha256 as sha2::Digest>::digest(edited.as_bytes());
    let hash = hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    check(
        forged(&pair, first, |text| {
            text.replace(&response, &base64(edited.as_bytes())).replace(&item.response_sha256, &hash)
        }),
        "emergency-record",
    );
    // What the outbox says of it.
    check(forged(&pair, first, |text| text.replace(&item.identifier, "urn:uuid:0")), "emergency-record");
    // The trail: an entry that is another one, or is gone, or the newest ones cut off.
    check(
        forged(&pair, first, |text| text.replacen("response.frozen", "response.froxen", 1)),
        "emergency-trail",
    );
    check(
        forged(&pair, first, |text| {
            let at = text.rfind(",{\"sequence\":").unwrap();
            let end = at + text[at..].find('}').unwrap() + 1;
            format!("{}{}", &text[..at], &text[end..])
        }),
        "emergency-trail",
    );
    // A newer format inside, and a member that nobody knows.
    check(
        forged(&pair, first, |text| {
            text.replacen("attesta-emergency-export/1", "attesta-emergency-export/2", 1)
        }),
        "emergency-newer",
    );
    check(forged(&pair, first, |text| text.replacen('{', "{\"surprise\":1,", 1)), "emergency-malformed");
    // Another server, another release.
    check(forged(&pair, first, |text| text.replacen("/fhir\"", "/other\"", 1)), "emergency-other-study");
    check(forged(&pair, first, |text| text.replacen("\"R4\"", "\"R5\"", 1)), "emergency-other-study");
    // The form that the signature names is another one.
    check(
        forged(&pair, first, |text| text.replacen("\\\"Feeling", "\\\"Fueling", 1).replacen("PHQ", "PHR", 1)),
        "emergency-malformed",
    );
    assert_eq!(refused, 11);
}

#[test]
fn a_file_of_another_study_or_authority_is_refused() {
    let pair = Pair::new();
    pair.first.freeze();
    let export = pair.first.export("one.jwe");
    // Another study at the same server, and a device of another authority.
    let folder = tempfile::tempdir().unwrap();
    let mark = |version| device_mark("urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44", version);
    let configuration = Configuration {
        server: pair.server().base_url().to_owned(),
        study: Some(mark(1)),
        ..common::configuration(folder.path(), pair.anchors.clone())
    };
    let other = Tablet::with(pair.server(), folder, configuration);
    assert_eq!(code(other.take(&export.path)), "emergency-other-study");
    let elsewhere = tempfile::tempdir().unwrap();
    let server = practice_server(elsewhere.path());
    let stranger = Tablet::new(&server, &Policy::default(), "Stranger");
    assert_eq!(code(stranger.take(&export.path)), "emergency-signature");
    // A device that has the study's older document.
    let made = other.freeze();
    assert!(!made.is_empty());
    let newer = other.export("newer.jwe");
    let folder = tempfile::tempdir().unwrap();
    let configuration = Configuration {
        server: pair.server().base_url().to_owned(),
        study: Some(mark(0)),
        ..common::configuration(folder.path(), pair.anchors.clone())
    };
    let older = Tablet::with(pair.server(), folder, configuration);
    assert_eq!(code(older.take(&newer.path)), "emergency-study-older");
}

fn device_mark(id: &str, version: u32) -> device::study::StudyMark {
    device::study::StudyMark { id: id.to_owned(), version, sha256: format!("hash-{version}") }
}

#[test]
fn a_passphrase_is_long_and_typed_twice() {
    let pair = Pair::new();
    let before = pair.first.events().len();
    assert_eq!(code(pair.first.export_with("a.jwe", None, false)), "emergency-passphrase-short");
    assert_eq!(
        code(pair.first.export_with("a.jwe", Some(typed("fifteen letters")), false)),
        "emergency-passphrase-short"
    );
    let differs = Typed { passphrase: PASSPHRASE, again: "four words that nobody else hat" };
    assert_eq!(code(pair.first.export_with("a.jwe", Some(differs), false)), "emergency-passphrases-differ");
    assert!(!pair.first.file("a.jwe").exists());
    assert_eq!(pair.first.events().len(), before, "nothing was begun");
    let text = Refusal::PassphraseShort.to_string();
    assert!(text.contains("16"), "{text}");
}
