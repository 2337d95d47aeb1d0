//! xmlsec1 (libxml2, `OpenSSL`): XML signatures.

use attesta_tests::interop::{Peer, Sealed};
use fhir::xml;
use seal::testing;
use seal::xades::{self, CONTENT_NAME, Claims};

use crate::run;

/// A response as a server may write it; its canonical form is what is signed.
const RESPONSE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<QuestionnaireResponse xmlns='http://hl7.org/fhir'>
  <!-- not covered -->
  <status value="completed"/>
  <item><linkId value='1'/><text value="Pain &gt; 7 &#x2014; now?"/><answer><valueDecimal value="72.50" /></answer></item>
</QuestionnaireResponse>"#;

/// The response, canonical, and our detached signature over it.
fn signed(sealed: &Sealed) -> (String, String) {
    let content = xml::canonical::c14n11(&xml::Document::parse(RESPONSE.as_bytes()).unwrap());
    let claims = Claims {
        signing_time: testing::signed_at(),
        commitment: "1.2.840.10065.1.12.1.14",
        description: "Source Signature",
        canonicalization: "http://hl7.org/fhir/canonicalization/xml",
        qualifiers: None,
    };
    let signature = xades::sign(content.as_bytes(), &claims, &sealed.signer).unwrap();
    (content, signature)
}

/// Whether xmlsec1 finds the signature good for the device's own certificate.
fn verifies(sealed: &Sealed, content: &str, signature: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let certificate = sealed.certificate_pem();
    let id = "--id-attr:Id";
    let properties = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties";
    let arguments = [
        "--verify",
        id,
        properties,
        "--enabled-key-data",
        "x509",
        "--pubkey-cert-pem",
        "leaf.pem",
        "signature.xml",
    ];
    let files = [
        ("leaf.pem", certificate.as_bytes()),
        (CONTENT_NAME, content.as_bytes()),
        ("signature.xml", signature.as_bytes()),
    ];
    let answer = run(folder.path(), "xmlsec1", &arguments, &files);
    let said = String::from_utf8_lossy(&answer.stderr);
    assert!(said.contains("OK") || said.contains("FAIL") || said.contains("Error"), "{answer:?}");
    answer.status.success()
}

#[test]
fn xmlsec1_verifies_ours_and_refuses_altered() {
    if !Peer::Xmlsec.is_ready() {
        return;
    }
    let sealed = Sealed::new();
    let (content, signature) = signed(&sealed);
    assert!(verifies(&sealed, &content, &signature));
    let other_content = content.replacen("72.50", "72.51", 1);
    assert_ne!(other_content, content);
    assert!(!verifies(&sealed, &other_content, &signature), "another answer");
    for (part, from, to) in [
        ("time", "<xades:SigningTime>2026", "<xades:SigningTime>2025"),
        ("purpose", "Source Signature", "Author's Signature"),
        ("algorithm", "ecdsa-sha256", "ecdsa-sha384"),
        ("value", "<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
    ] {
        let altered = signature.replacen(from, to, 1);
        assert_ne!(altered, signature, "{part}");
        assert!(!verifies(&sealed, &content, &altered), "another {part}");
    }
}
