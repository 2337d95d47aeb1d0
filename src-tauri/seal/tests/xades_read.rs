//! XML signatures as they are read: what is verified, and each thing that is refused, by its code. Their properties stand
//! in `xades_properties.rs`.

use crate::common;

use common::base64;
use common::xml::{C14N11, DS, FORM, PAYLOAD, made, refused, signed_again, signer, template, with};
use fhir::xml::canonical;
use openssl::sha::sha256;
use seal::Signer as _;
use seal::testing::{self, TestAuthority};
use seal::xades::Detached;

#[test]
fn what_was_made_is_read_and_verified() {
    let signature = Detached::parse(made().as_bytes()).unwrap();
    assert!(signature.covers(PAYLOAD));
    assert!(!signature.covers(b"<Patient xmlns=\"http://hl7.org/fhir\"></Patient>"));
    assert!(!signature.covers(b""));
    assert_eq!(signature.signing_time(), Some(testing::signed_at()));
    assert_eq!(signature.algorithm(), "ecdsa-sha256");
    assert_eq!(signature.canonicalization(), Some(FORM));
    assert_eq!(signature.commitment(), Some("1.2.840.10065.1.12.1.14"));
    assert_eq!(signature.qualifiers().and_then(|one| one.str("note")), Some("a < b & c > d"));
    assert_eq!(signature.chain().leaf_der(), signer().chain().leaf_der());
    assert!(signature.is_baseline_b());
}

#[test]
fn another_programs_words_are_read_and_verified() {
    let prefixes = vec!["x".to_owned(), String::new()];
    let xml = template("http://www.w3.org/2001/10/xml-exc-c14n#");
    let xml = signed_again(&xml, &canonical::Form::Exclusive10(prefixes));
    let signature = Detached::parse(xml.as_bytes()).unwrap();
    assert!(signature.covers(PAYLOAD));
    // The transform makes the canonical form of the same content.
    assert!(signature.covers(br#"<Patient xmlns="http://hl7.org/fhir"><id value='1'/></Patient>"#));
    assert!(!signature.covers(br#"<Patient xmlns="http://hl7.org/fhir"><id value='2'/></Patient>"#));
    assert!(!signature.covers(b"no XML"));
    assert_eq!(signature.signing_time(), Some(testing::signed_at()));
    assert_eq!(signature.canonicalization(), None);
    assert!(!signature.is_baseline_b());
}

#[test]
fn a_signature_in_canonical_xml_1_0_is_verified() {
    let empty = r#"<e:InclusiveNamespaces xmlns:e="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="x #default"/>"#;
    let xml = template("http://www.w3.org/TR/2001/REC-xml-c14n-20010315").replace(empty, "");
    let xml = signed_again(&xml, &canonical::Form::Inclusive10);
    assert!(Detached::parse(xml.as_bytes()).unwrap().covers(PAYLOAD));
}

/// Every start tag, attribute and text of a made signature, altered, each alone. The certificates of authorities are left
/// out: the signature names the signer's only, and the path to an anchor is checked on its own.
#[test]
fn nothing_altered_is_ever_covered() {
    let xml = made();
    let first_certificate = xml.find("</ds:X509Certificate>").unwrap();
    let unsigned = first_certificate..xml.find("</ds:X509Data>").unwrap();
    let mut tried = 0;
    let mut check = |mutant: String| {
        tried += 1;
        let covered = Detached::parse(mutant.as_bytes()).is_ok_and(|signature| signature.covers(PAYLOAD));
        assert!(!covered, "altered, but covered: {mutant}");
    };
    let mut at = 0;
    while let Some(start) = xml[at..].find(['<', '"', '>']).map(|found| at + found) {
        at = start + 1;
        if unsigned.contains(&start) {
            continue;
        }
        let end = xml[at..].find(['<', '"', '>']).map_or(xml.len(), |found| at + found);
        let piece = &xml[at..end];
        for (offset, character) in piece.char_indices() {
            // Each piece is altered at its start, its end, and at some places between.
            if offset > 8 && offset + 8 < piece.len() && offset % 41 != 0 {
                continue;
            }
            let here = at + offset;
            let after = here + character.len_utf8();
            for other in ["", "A", "b", "0", "#", "&amp;"] {
                if other != &xml[here..after] {
                    check(format!("{}{other}{}", &xml[..here], &xml[after..]));
                }
            }
        }
    }
    assert!(tried > 5_000, "only {tried} mutants");
}

#[test]
fn no_element_can_be_removed_doubled_or_moved() {
    let xml = made();
    let names: std::collections::BTreeSet<_> =
        xml.split("</").skip(1).filter_map(|rest| rest.split_once('>')).map(|(name, _)| name).collect();
    assert!(names.len() > 25);
    for name in names.into_iter().filter(|name| *name != "ds:Signature") {
        let mut at = 0;
        while let Some(start) =
            [" ", ">"].iter().filter_map(|end| xml[at..].find(&format!("<{name}{end}"))).min()
        {
            let start = at + start;
            let close = format!("</{name}>");
            let end = start + xml[start..].find(&close).unwrap() + close.len();
            at = end;
            // The certificates of authorities are no part of what is signed.
            if name == "ds:X509Certificate" && start != xml.find("<ds:X509Certificate>").unwrap() {
                continue;
            }
            let element = &xml[start..end];
            let removed = format!("{}{}", &xml[..start], &xml[end..]);
            let doubled = format!("{}{element}{element}{}", &xml[..start], &xml[end..]);
            let moved = removed.replace("</ds:Signature>", &format!("{element}</ds:Signature>"));
            for mutant in [removed, doubled, moved] {
                if mutant != xml {
                    let read = Detached::parse(mutant.as_bytes());
                    let covered = read.is_ok_and(|signature| signature.covers(PAYLOAD));
                    assert!(!covered || name == "ds:X509Certificate", "{name}");
                }
            }
        }
    }
}

#[test]
fn a_document_type_is_refused() {
    refused(&format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{}", made()), "xml-unreadable");
}

#[test]
fn another_document_is_refused() {
    refused("<Patient xmlns=\"http://hl7.org/fhir\"></Patient>", "xml-unreadable");
    refused("", "xml-unreadable");
}

#[test]
fn an_enormous_signature_is_refused() {
    refused(
        &with("</ds:Signature>", &format!("{}</ds:Signature>", " ".repeat(1 << 20))),
        "signature-too-large",
    );
}

#[test]
fn signature_methods_that_are_not_allowed_are_refused() {
    for method in [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ECDSA-SHA256",
        "",
    ] {
        let method = format!("\"{method}\"");
        refused(
            &with("\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"", &method),
            "algorithm-refused",
        );
    }
}

#[test]
fn the_key_of_another_algorithm_is_refused() {
    for other in ["rsa-sha256", "ecdsa-sha384"] {
        refused(&with("#ecdsa-sha256", &format!("#{other}")), "algorithm-confusion");
    }
}

#[test]
fn an_output_length_is_refused() {
    let end = "ecdsa-sha256\"></ds:SignatureMethod>";
    let now = "ecdsa-sha256\"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>";
    refused(&with(end, now), "algorithm-parameters");
}

#[test]
fn digests_by_sha_1_and_md5_are_refused() {
    for method in ["http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2001/04/xmldsig-more#md5", ""]
    {
        let xml = with("\"http://www.w3.org/2001/04/xmlenc#sha256\"", &format!("\"{method}\""));
        refused(&xml, "digest-refused");
    }
}

#[test]
fn transforms_other_than_canonical_xml_are_refused() {
    for transform in [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    ] {
        let is = format!("<ds:Transform Algorithm=\"{C14N11}\"");
        refused(&with(&is, &format!("<ds:Transform Algorithm=\"{transform}\"")), "transform-refused");
    }
}

#[test]
fn two_transforms_are_refused() {
    let one = format!("<ds:Transform Algorithm=\"{C14N11}\"></ds:Transform>");
    refused(&with(&one, &format!("{one}{one}")), "transform-refused");
}

#[test]
fn canonicalization_with_comments_is_refused() {
    let is = format!("<ds:CanonicalizationMethod Algorithm=\"{C14N11}");
    refused(&with(&is, &format!("{is}#WithComments")), "canonicalization-refused");
}

#[test]
fn an_enveloped_signature_is_refused() {
    refused(&with("URI=\"content.xml\"", "URI=\"\""), "signature-enveloped");
}

#[test]
fn content_that_would_be_fetched_is_refused() {
    for uri in
        ["http://a.example/content.xml", "file:///etc/passwd", "//a.example/b", "../content.xml", "a?b"]
    {
        refused(&with("URI=\"content.xml\"", &format!("URI=\"{uri}\"")), "reference-external");
    }
}

#[test]
fn a_reference_to_another_part_of_the_document_is_refused() {
    for uri in ["#signature", "#xpointer(/)", "#"] {
        refused(&with("URI=\"content.xml\"", &format!("URI=\"{uri}\"")), "reference-unknown");
    }
}

#[test]
fn properties_named_by_anything_but_their_id_are_refused() {
    refused(&with("URI=\"#signed-properties\"", "URI=\"signed-properties\""), "reference-unknown");
}

#[test]
fn a_second_content_is_refused() {
    let xml = made();
    let from = xml.find("<ds:Reference Id").unwrap();
    let to = xml.find("</ds:Reference>").unwrap() + "</ds:Reference>".len();
    let second = xml[from..to].replace("Id=\"content\"", "Id=\"second\"");
    refused(&xml.replacen("</ds:SignedInfo>", &format!("{second}</ds:SignedInfo>"), 1), "reference-twice");
}

#[test]
fn a_signature_without_content_is_refused() {
    let xml = made();
    let from = xml.find("<ds:Reference Id").unwrap();
    let to = xml.find("</ds:Reference>").unwrap() + "</ds:Reference>".len();
    refused(&format!("{}{}", &xml[..from], &xml[to..]), "reference-missing");
}

#[test]
fn two_equal_ids_are_refused() {
    refused(&with("Id=\"content\"", "Id=\"signed-properties\""), "id-duplicate");
    refused(&with("<ds:KeyInfo>", "<ds:KeyInfo Id=\"content\">"), "id-duplicate");
    refused(&with("<ds:KeyInfo>", "<ds:KeyInfo xml:id=\"content\">"), "id-duplicate");
}

#[test]
fn a_second_signed_info_object_or_key_is_refused() {
    for name in ["SignedInfo", "Object", "KeyInfo", "SignatureValue"] {
        let (start, end) = (format!("<ds:{name}>"), format!("</ds:{name}>"));
        let xml = made();
        let from = xml.find(&start).unwrap();
        let to = xml.find(&end).unwrap() + end.len();
        let element = xml[from..to].replace(" Id=\"", " Was=\"");
        for at in [from, to] {
            let doubled = format!("{}{element}{}", &xml[..at], &xml[at..]);
            let code = Detached::parse(doubled.as_bytes()).unwrap_err().code;
            assert!(
                ["element-unknown", "element-missing", "attribute-unknown"].contains(&code),
                "{name}: {code}"
            );
        }
    }
}

#[test]
fn a_manifest_is_refused() {
    let manifest =
        format!("<ds:Object><ds:Manifest xmlns:ds=\"{DS}\"></ds:Manifest></ds:Object></ds:Signature>");
    refused(&with("</ds:Signature>", &manifest), "element-unknown");
}

#[test]
fn a_bare_key_is_no_identity() {
    refused(&with("<ds:X509Data>", "<ds:KeyValue></ds:KeyValue><ds:X509Data>"), "key-info-unknown");
    refused(&with("<ds:X509Data>", "<ds:X509Data><ds:X509SKI>AQ==</ds:X509SKI>"), "key-info-unknown");
}

#[test]
fn a_signature_without_a_certificate_is_refused() {
    let xml = made();
    let (from, to) = (xml.find("<ds:KeyInfo>").unwrap(), xml.find("<ds:Object>").unwrap());
    refused(&format!("{}{}", &xml[..from], &xml[to..]), "certificate-missing");
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    refused(
        &with("<ds:X509Certificate>", "<ds:X509Certificate>AQAB</ds:X509Certificate><ds:X509Certificate>"),
        "certificate-unreadable",
    );
}

/// The same key certified twice: which certificate counts is signed.
#[test]
fn another_certificate_for_the_same_key_is_refused() {
    let authority = TestAuthority::new(40);
    let again = authority.signer_valid(7, testing::DEVICE_IDENTIFIER, testing::days(-20), testing::days(300));
    let (own, other) = (base64(signer().chain().leaf_der()), base64(again.chain().leaf_der()));
    assert_ne!(own, other);
    refused(&with(&own, &other), "signing-certificate-mismatch");
}

#[test]
fn a_signature_of_another_length_is_refused() {
    let xml = made();
    let from = xml.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let to = xml.find("</ds:SignatureValue>").unwrap();
    let put = |value: &str| format!("{}{value}{}", &xml[..from], &xml[to..]);
    refused(&put(""), "signature-empty");
    refused(&put("AQAB"), "signature-length");
    refused(&put("AQ"), "base64-unreadable");
    let zero = Detached::parse(put(&base64([0; 64])).as_bytes()).unwrap();
    assert!(!zero.covers(PAYLOAD));
}

#[test]
fn text_comments_and_attributes_where_none_belong_are_refused() {
    refused(&with("</ds:SignedInfo>", "text</ds:SignedInfo>"), "text-unexpected");
    refused(&with("12.1.14<", "12.1.<!-- -->14<"), "comment-inside");
    refused(&with("12.1.14<", "12.1.<?a b?>14<"), "comment-inside");
    refused(&with("<ds:KeyInfo>", "<ds:KeyInfo Name=\"a\">"), "attribute-unknown");
    refused(&with("<ds:DigestValue>", "<ds:DigestValue><ds:a></ds:a>"), "element-unknown");
}

/// The digest is right, the signature is of something else.
#[test]
fn right_digests_under_a_wrong_signature_are_not_covered() {
    let xml = made();
    let other = b"<Patient xmlns=\"http://hl7.org/fhir\"></Patient>";
    let forged = xml.replacen(&base64(sha256(PAYLOAD)), &base64(sha256(other)), 1);
    assert_ne!(forged, xml);
    assert!(!Detached::parse(forged.as_bytes()).unwrap().covers(other));
}
