//! XML signatures as they are made: checked here without the crate, by OpenSSL and by the rules of canonical XML.

use crate::common;

use common::xml::{PAYLOAD, RsaSigner, claims, made, qualifiers};
use common::{base64, from_base64};
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::sha::sha256;
use openssl::sign::Verifier;
use openssl::x509::X509;
use seal::SealError;
use seal::testing::{self, TestAuthority};
use seal::xades::{CONTENT_NAME, Claims, sign};

const DS: &str = r#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#;
const XADES: &str = r#" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#""#;

/// What stands between the first `start` and the `end` after it, both included.
fn element<'a>(xml: &'a str, start: &str, end: &str) -> &'a str {
    let from = xml.find(start).unwrap();
    let to = xml[from..].find(end).unwrap() + from + end.len();
    &xml[from..to]
}

fn content<'a>(xml: &'a str, start: &str, end: &str) -> &'a str {
    &element(xml, start, end)[start.len()..][..element(xml, start, end).len() - start.len() - end.len()]
}

/// `SignedInfo` as C14N 1.1 writes it when it stands alone: with the namespace in scope.
fn signed_info(xml: &str) -> String {
    element(xml, "<ds:SignedInfo>", "</ds:SignedInfo>").replacen(
        "<ds:SignedInfo>",
        &format!("<ds:SignedInfo{DS}>"),
        1,
    )
}

/// Whether both digests and the signature hold.
fn holds(xml: &str, payload: &[u8]) -> bool {
    let properties = element(xml, "<xades:SignedProperties", "</xades:SignedProperties>").replacen(
        "<xades:SignedProperties",
        &format!("<xades:SignedProperties{DS}{XADES}"),
        1,
    );
    let info = signed_info(xml);
    let digests: Vec<_> = info.split("<ds:DigestValue>").skip(1).collect();
    let covered =
        [payload, properties.as_bytes()].map(|bytes| format!("{}</ds:DigestValue>", base64(sha256(bytes))));
    let signature = from_base64(content(xml, "<ds:SignatureValue>", "</ds:SignatureValue>"));
    let certificate =
        X509::from_der(&from_base64(content(xml, "<ds:X509Certificate>", "</ds:X509Certificate>"))).unwrap();
    let key = certificate.public_key().unwrap();
    let signed = if key.rsa().is_ok() {
        let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
        verifier.verify_oneshot(&signature, info.as_bytes()).unwrap()
    } else {
        let half = |bytes: &[u8]| BigNum::from_slice(bytes).unwrap();
        let (r, s) = (half(&signature[..32]), half(&signature[32..]));
        let signature = EcdsaSig::from_private_components(r, s).unwrap();
        signature.verify(&sha256(info.as_bytes()), &key.ec_key().unwrap()).unwrap()
    };
    signed && digests.len() == 2 && digests.iter().zip(&covered).all(|(digest, own)| digest.starts_with(own))
}

#[test]
fn a_p256_signature_is_raw_and_openssl_verifies_it() {
    let xml = made();
    assert_eq!(from_base64(content(&xml, "<ds:SignatureValue>", "</ds:SignatureValue>")).len(), 64);
    assert!(xml.contains("xmldsig-more#ecdsa-sha256"));
    assert!(holds(&xml, PAYLOAD));
}

#[test]
fn an_rsa_signature_is_verified_by_openssl() {
    let xml = sign(PAYLOAD, &claims(&qualifiers()), &RsaSigner::new()).unwrap();
    assert!(xml.contains("xmldsig-more#rsa-sha256"));
    assert!(holds(&xml, PAYLOAD));
}

#[test]
fn another_content_or_another_claim_does_not_fit() {
    let xml = made();
    assert!(!holds(&xml, b"<Patient xmlns=\"http://hl7.org/fhir\"></Patient>"));
    for (was, now) in
        [("2026-11-21T08:41:07Z", "2026-11-21T08:41:08Z"), (".1.14<", ".1.1<"), ("xml<", "xml#data<")]
    {
        let altered = xml.replacen(was, now, 1);
        assert_ne!(altered, xml);
        assert!(!holds(&altered, PAYLOAD), "{was} became {now}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(made(), made());
}

#[test]
fn what_baseline_b_demands_is_signed() {
    let xml = made();
    let properties = element(&xml, "<xades:SignedProperties", "</xades:SignedProperties>");
    let leaf = from_base64(content(&xml, "<ds:X509Certificate>", "</ds:X509Certificate>"));
    for part in [
        "<xades:SigningTime>2026-11-21T08:41:07Z</xades:SigningTime>",
        &format!("<ds:DigestValue>{}</ds:DigestValue>", base64(sha256(&leaf))),
        "<xades:DataObjectFormat ObjectReference=\"#content\">",
        "<xades:MimeType>application/fhir+xml</xades:MimeType>",
        "<xades:Identifier>http://hl7.org/fhir/canonicalization/xml</xades:Identifier>",
        "<xades:Identifier Qualifier=\"OIDAsURN\">urn:oid:1.2.840.10065.1.12.1.14</xades:Identifier>",
    ] {
        assert!(properties.contains(part), "{part} is missing");
    }
    assert!(xml.contains(&format!("<ds:Reference Id=\"content\" URI=\"{CONTENT_NAME}\">")));
    assert!(properties.contains("a &lt; b &amp; c &gt; d"));
}

#[test]
fn what_cannot_be_verified_later_is_not_signed() {
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let qualifiers = qualifiers();
    let late = Claims { signing_time: testing::days(4000), ..claims(&qualifiers) };
    assert!(matches!(sign(PAYLOAD, &late, &signer), Err(SealError::Incomplete { .. })));
    let broken = Claims { description: "a\u{1}b", ..claims(&qualifiers) };
    assert!(matches!(sign(PAYLOAD, &broken, &signer), Err(SealError::Incomplete { .. })));
    let confused = RsaSigner { chain: seal::Signer::chain(&signer).clone(), ..RsaSigner::new() };
    assert!(matches!(sign(PAYLOAD, &claims(&qualifiers), &confused), Err(SealError::Certificate { .. })));
}

/// Files for other programs' verifiers, where a folder for them is named.
#[test]
#[ignore = "writes files for a trial with other verifiers: ATTESTA_XADES_OUT=FOLDER"]
fn files_for_other_verifiers() {
    let folder = std::path::PathBuf::from(std::env::var_os("ATTESTA_XADES_OUT").unwrap());
    std::fs::write(folder.join(CONTENT_NAME), PAYLOAD).unwrap();
    std::fs::write(folder.join("p256.xml"), made()).unwrap();
    std::fs::write(folder.join("anchor.pem"), TestAuthority::new(40).root.certificate_pem()).unwrap();
    let rsa = RsaSigner::new();
    std::fs::write(folder.join("rsa.xml"), sign(PAYLOAD, &claims(&qualifiers()), &rsa).unwrap()).unwrap();
    std::fs::write(folder.join("rsa.pem"), rsa.chain.to_pem()).unwrap();
}
