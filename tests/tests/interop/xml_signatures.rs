//! XML signatures: what `seal-file` makes, DSS passes as `XAdES`; what DSS and xmlsec1 sign, we verify. Each altered one
//! is refused on both sides.

use attesta_tests::interop::{Key, Lines, Peer, Sealed, from_base64};
use fhir::xml::{Document, canonical, to_xml};
use fhir::{Value, Version};
use seal::testing;
use seal::xades::{CONTENT_NAME, Detached};
use serde_json::{Value as Json, json};

use crate::dss::{assert_failed, assert_passed, judged};
use crate::java::{Files, peer};
use crate::run;
use crate::sealing::{Case, Keys, Syntax, seal};

/// C14N 1.1 of a resource.
fn content(resource: &Value) -> String {
    let xml = to_xml(resource, Version::R5).unwrap();
    canonical::c14n11(&Document::parse(xml.as_bytes()).unwrap())
}

/// What a server kept, and our signature over it; then the answers, and our signature over them.
fn made(rsa: bool) -> [(String, String); 2] {
    let written =
        seal(Case { profile: "base-r5", version: Version::R5, format: "xml", rsa, syntax: Syntax::Json });
    let (kept, provenance) = (written.read("resource").unwrap(), written.read("provenance").unwrap());
    let xml = |signature: &Value| {
        assert_eq!(signature.str("sigFormat"), Some("application/signature+xml"));
        String::from_utf8(from_base64(signature.str("data").unwrap())).unwrap()
    };
    let of_patient = xml(kept.list("extension")[0].get("valueSignature").unwrap());
    let of_server = xml(&provenance.list("signature")[0]);
    let mut answers = kept.clone();
    for member in ["id", "meta", "extension"] {
        answers.as_object_mut().unwrap().remove(member);
    }
    [(content(&kept), of_server), (content(&answers), of_patient)]
}

/// `text` with one part replaced.
#[track_caller]
fn altered(text: &str, from: &str, to: &str) -> String {
    let other = text.replacen(from, to, 1);
    assert_ne!(other, text, "{from} is not there");
    other
}

/// The same signature with another first octet in its value.
fn other_value(signature: &str) -> String {
    let start = signature.find("SignatureValue").unwrap();
    let at = start + signature[start..].find('>').unwrap() + 1;
    let other = if signature[at..].starts_with('B') { "C" } else { "B" };
    format!("{}{other}{}", &signature[..at], &signature[at + 1..])
}

#[test]
fn dss_passes_our_xades_and_fails_altered() {
    let Some(peer) = peer() else { return };
    let authority = &Keys::get().authority;
    for rsa in [false, true] {
        for (content, signature) in made(rsa) {
            assert_passed(&judged(peer, authority, &signature, &content), "XAdES-BASELINE-B");
            let other = altered(&content, "LA6568-5", "LA6571-9");
            assert_failed(&judged(peer, authority, &signature, &other), "answer");
            for (part, other) in [
                ("time", altered(&signature, "<xades:SigningTime>2026", "<xades:SigningTime>2025")),
                (
                    "purpose",
                    altered(&signature, "urn:oid:1.2.840.10065.1.12.1.", "urn:oid:1.2.840.10065.1.12.2."),
                ),
                ("form", altered(&signature, "canonicalization/xml", "canonicalization/xml#data")),
                ("value", other_value(&signature)),
            ] {
                assert_failed(&judged(peer, authority, &other, &content), part);
            }
        }
    }
}

#[test]
fn dss_does_not_pass_an_xml_signature_that_another_authority_certified() {
    let Some(peer) = peer() else { return };
    let [(content, signature), _] = made(false);
    let judged = judged(peer, &testing::TestAuthority::new(60), &signature, &content);
    assert_eq!(judged["indication"], "INDETERMINATE", "{judged}");
    assert_eq!(judged["intact"], true, "{judged}");
}

/// Our own verdict on another program's signature over `content`, and on altered ones.
#[track_caller]
fn assert_ours(what: &str, signature: &str, content: &str) -> Detached {
    let read = Detached::parse(signature.as_bytes()).unwrap_or_else(|refused| panic!("{what}: {refused}"));
    assert!(read.covers(content.as_bytes()), "{what}: {signature}");
    let other = altered(content, "LA6568-5", "LA6571-9");
    assert!(!read.covers(other.as_bytes()), "{what}: another answer");
    let value = Detached::parse(other_value(signature).as_bytes());
    assert!(!value.is_ok_and(|read| read.covers(content.as_bytes())), "{what}: another value");
    read
}

fn keys() -> [(&'static str, Key); 2] {
    let keys = Keys::get();
    [("ecdsa-sha256", Sealed::new().key()), ("rsa-sha256", Key::rsa_certified(&keys.authority, 40))]
}

fn signed_by_dss(peer: &Lines, key: &Key, content: &str) -> String {
    let files = Files::new();
    let out = files.path("signature.xml");
    let question: Json = json!({
        "do": "sign",
        "form": "xades",
        "payload": files.write(CONTENT_NAME, content),
        "pkcs12": files.write("key.p12", key.pkcs12("test")),
        "password": "test",
        "at": testing::signed_at().to_string(),
        "out": out,
    });
    peer.ask(&question);
    std::fs::read_to_string(out).unwrap()
}

#[test]
fn what_dss_signs_as_xades_we_verify() {
    let Some(peer) = peer() else { return };
    let [(content, _), _] = made(false);
    for (algorithm, key) in keys() {
        let signature = signed_by_dss(peer, &key, &content);
        let read = assert_ours(algorithm, &signature, &content);
        assert_eq!(read.algorithm(), algorithm);
        assert_eq!(read.signing_time(), Some(testing::signed_at()));
        assert!(read.is_baseline_b(), "{signature}");
        // DSS names the purpose by ETSI's URI, not by an object identifier.
        assert_eq!(read.commitment(), None);
        let time = altered(&signature, "SigningTime>2026", "SigningTime>2025");
        let refused = Detached::parse(time.as_bytes()).unwrap_err();
        assert_eq!(refused.code, "properties-altered");
    }
}

/// A plain XML signature: nothing states a time, a form or a purpose.
const TEMPLATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
  <ds:SignedInfo>
    <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2006/12/xml-c14n11"/>
    <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#METHOD"/>
    <ds:Reference URI="content.xml">
      <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
      <ds:DigestValue/>
    </ds:Reference>
  </ds:SignedInfo>
  <ds:SignatureValue/>
  <ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>
</ds:Signature>
"#;

#[test]
fn what_xmlsec1_signs_we_verify() {
    if !Peer::Xmlsec.is_ready() {
        return;
    }
    let [(content, _), _] = made(false);
    let folder = tempfile::tempdir().unwrap();
    for (algorithm, key) in keys() {
        let template = TEMPLATE.replace("METHOD", algorithm);
        let (pem, certificate) = (key.pem(), key.certificate_pem());
        let files = [
            ("key.pem", pem.as_bytes()),
            ("leaf.pem", certificate.as_bytes()),
            (CONTENT_NAME, content.as_bytes()),
            ("template.xml", template.as_bytes()),
        ];
        let arguments = ["--sign", "--privkey-pem", "key.pem,leaf.pem", "template.xml"];
        let answer = run(folder.path(), "xmlsec1", &arguments, &files);
        assert!(answer.status.success(), "{algorithm}: {answer:?}");
        let signature = String::from_utf8(answer.stdout).unwrap();
        let read = assert_ours(algorithm, &signature, &content);
        assert_eq!((read.algorithm(), read.signing_time()), (algorithm, None));
    }
}
