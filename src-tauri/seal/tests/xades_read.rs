//! XML signatures as they are read: what is verified, and each thing that is refused, by its code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::base64;
use fhir::Value;
use fhir::xml::{Document, Element, canonical};
use openssl::sha::{sha256, sha512};
use seal::Signer as _;
use seal::testing::{self, TestAuthority, TestSigner};
use seal::xades::{Claims, Detached, sign};

const PAYLOAD: &[u8] = br#"<Patient xmlns="http://hl7.org/fhir"><id value="1"></id></Patient>"#;
const FORM: &str = "http://hl7.org/fhir/canonicalization/xml";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const C14N11: &str = "http://www.w3.org/2006/12/xml-c14n11";

fn signer() -> TestSigner {
    TestAuthority::new(40).signer(7, testing::DEVICE_IDENTIFIER)
}

fn made() -> String {
    let qualifiers = fhir::object! { "target" => "Patient/1/_history/1", "note" => "a < b" };
    let claims = Claims {
        signing_time: testing::signed_at(),
        commitment: "1.2.840.10065.1.12.1.14",
        description: "Source Signature",
        canonicalization: FORM,
        qualifiers: Some(&qualifiers),
    };
    sign(PAYLOAD, &claims, &signer()).unwrap()
}

/// The signature with one piece of its text replaced.
fn with(was: &str, now: &str) -> String {
    let xml = made();
    assert!(xml.contains(was), "{was} does not occur");
    xml.replacen(was, now, 1)
}

#[track_caller]
fn refused(xml: &str, code: &str) {
    assert_eq!(Detached::parse(xml.as_bytes()).expect_err("it must be refused").code, code);
}

/// The first element of this name.
fn named<'a>(element: &'a Element, name: &str) -> Option<&'a Element> {
    if element.name() == name {
        return Some(element);
    }
    element.elements().find_map(|child| named(child, name))
}

/// As another program would sign it: whatever form `SignedInfo` names, with the digests and the value put in.
fn signed_again(template: &str, form: &canonical::Form) -> String {
    let digest = |xml: &str, name: &str| {
        let document = Document::parse(xml.as_bytes()).unwrap();
        let element = named(document.root(), name).unwrap();
        canonical::subtree(&document, element, form, None).unwrap()
    };
    let properties = base64(sha512(digest(template, "SignedProperties").as_bytes()));
    let xml = template.replace("PROPERTIES", &properties);
    let value = signer().sign(digest(&xml, "SignedInfo").as_bytes()).unwrap();
    // Long base64 is broken into lines by many programs.
    let value = base64(value);
    xml.replace("VALUE", &format!("\n{}\n{}\n", &value[..64], &value[64..]))
}

/// A signature in other words than Attesta's: white space, other prefixes, exclusive canonical XML, SHA-512.
fn template(method: &str) -> String {
    let signer = signer();
    let transform = format!(
        r#"<Transform Algorithm="{method}"><e:InclusiveNamespaces xmlns:e="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="x #default"/></Transform>"#
    );
    let sha512_method = r#"<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>"#;
    let certificate = base64(signer.chain().leaf_der());
    format!(
        r##"<?xml version="1.0" encoding="UTF-8"?>
<Signature xmlns="{DS}" xmlns:unused="urn:unused" Id="s">
  <SignedInfo>
    <CanonicalizationMethod Algorithm="{method}"><e:InclusiveNamespaces xmlns:e="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="x #default"/></CanonicalizationMethod>
    <SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>
    <Reference Id="c"><Transforms><Transform Algorithm="{C14N11}"/></Transforms>
      {sha512_method}<DigestValue>{content}</DigestValue></Reference>
    <Reference URI="#p" Type="http://uri.etsi.org/01903#SignedProperties"><Transforms>{transform}</Transforms>
      {sha512_method}<DigestValue>PROPERTIES</DigestValue></Reference>
  </SignedInfo>
  <SignatureValue>VALUE</SignatureValue>
  <KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>
  <Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Target="#s">
    <x:SignedProperties Id="p"><x:SignedSignatureProperties>
      <x:SigningTime>2026-11-21T09:41:07+01:00</x:SigningTime>
      <x:SigningCertificateV2><x:Cert><x:CertDigest>{sha512_method}<DigestValue>{own}</DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2>
    </x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties></Object>
</Signature>"##,
        content = base64(sha512(PAYLOAD)),
        own = base64(sha512(signer.chain().leaf_der())),
    )
}

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
    assert_eq!(signature.qualifiers().and_then(|one| one.str("note")), Some("a < b"));
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
        while let Some(start) = ["<", "</"].iter().take(1).find_map(|open| {
            [" ", ">"].iter().filter_map(|end| xml[at..].find(&format!("{open}{name}{end}"))).min()
        }) {
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
fn properties_that_are_not_covered_are_refused() {
    refused(&with("URI=\"#signed-properties\"", "URI=\"#other\""), "properties-not-covered");
    let xml = made();
    let from = xml.find("<ds:Reference Type").unwrap();
    let to = xml.rfind("</ds:Reference>").unwrap() + "</ds:Reference>".len();
    refused(&format!("{}{}", &xml[..from], &xml[to..]), "properties-not-covered");
}

#[test]
fn properties_that_are_missing_are_refused() {
    let xml = made();
    let from = xml.find("<ds:Object>").unwrap();
    refused(&format!("{}</ds:Signature>", &xml[..from]), "properties-missing");
}

#[test]
fn properties_of_another_signature_are_refused() {
    refused(&with("Target=\"#signature\"", "Target=\"#other\""), "properties-misplaced");
    refused(&with(" Id=\"signature\"", ""), "properties-misplaced");
}

#[test]
fn altered_properties_are_refused() {
    for (was, now) in [
        ("2026-11-21T08:41:07Z", "2026-11-21T08:41:08Z"),
        ("12.1.14<", "12.1.1<"),
        ("Source Signature", "Author's Signature"),
        ("canonicalization/xml<", "canonicalization/xml#data<"),
        ("_history/1", "_history/2"),
    ] {
        refused(&with(was, now), "properties-altered");
    }
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

/// The properties are hashed before they are read, so these need a signature of their own.
fn properties(was: &str, now: &str) -> String {
    let xml = template("http://www.w3.org/2001/10/xml-exc-c14n#");
    assert!(xml.contains(was), "{was} does not occur");
    let prefixes = vec!["x".to_owned(), String::new()];
    signed_again(&xml.replacen(was, now, 1), &canonical::Form::Exclusive10(prefixes))
}

#[test]
fn properties_without_a_time_are_refused() {
    let time = "<x:SigningTime>2026-11-21T09:41:07+01:00</x:SigningTime>";
    refused(&properties(time, ""), "signing-time-missing");
    refused(&properties(time, "<x:SigningTime>yesterday</x:SigningTime>"), "signing-time-unreadable");
    refused(&properties("+01:00<", "<"), "signing-time-unreadable");
}

#[test]
fn properties_without_the_certificate_are_refused() {
    let xml = template("");
    let from = xml.find("<x:SigningCertificateV2>").unwrap();
    let to = xml.find("</x:SignedSignatureProperties>").unwrap();
    refused(&properties(&xml[from..to], ""), "signing-certificate-missing");
}

#[test]
fn a_format_of_something_else_is_refused() {
    let end = "</x:SignedSignatureProperties>";
    let format = format!(
        "{end}<x:SignedDataObjectProperties><x:DataObjectFormat ObjectReference=\"#other\">\
         <x:MimeType>text/xml</x:MimeType></x:DataObjectFormat></x:SignedDataObjectProperties>"
    );
    refused(&properties(end, &format), "object-reference-unknown");
    let own = format.replace("#other", "#c");
    assert!(Detached::parse(properties(end, &own).as_bytes()).unwrap().is_baseline_b());
}

#[test]
fn a_policy_that_is_not_understood_is_refused() {
    let end = "</x:SignedSignatureProperties>";
    let policy = format!("<x:SignaturePolicyIdentifier></x:SignaturePolicyIdentifier>{end}");
    refused(&properties(end, &policy), "element-unknown");
}

#[test]
fn qualifiers_are_read_only_where_there_is_one_commitment() {
    let one = |n: u8| {
        format!(
            "<x:CommitmentTypeIndication><x:CommitmentTypeId><x:Identifier>urn:oid:1.{n}</x:Identifier>\
             </x:CommitmentTypeId><x:AllSignedDataObjects></x:AllSignedDataObjects><x:CommitmentTypeQualifiers>\
             <x:CommitmentTypeQualifier>{{\"a\":{n}}}</x:CommitmentTypeQualifier></x:CommitmentTypeQualifiers>\
             </x:CommitmentTypeIndication>"
        )
    };
    let end = "</x:SignedSignatureProperties>";
    let around = |inner: &str| {
        let xml = format!("{end}<x:SignedDataObjectProperties>{inner}</x:SignedDataObjectProperties>");
        Detached::parse(properties(end, &xml).as_bytes()).unwrap()
    };
    assert_eq!(around(&one(2)).commitment(), Some("1.2"));
    assert_eq!(around(&one(2)).qualifiers().map(Value::to_json).as_deref(), Some("{\"a\":2}"));
    let both = around(&(one(2) + &one(3)));
    assert_eq!((both.commitment(), both.qualifiers()), (None, None));
    assert!(both.covers(PAYLOAD));
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
