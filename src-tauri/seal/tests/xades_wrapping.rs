//! Signature wrapping and its like: what was signed is still there, but something else is to be taken for it.

use crate::common;

use common::base64;
use common::xml::{
    C14N11, DS, FORM, PAYLOAD, RsaSigner, claims, made, qualifiers, range, refused, resealed, signed_again,
    signer, template, with,
};
use fhir::xml::canonical::Form;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use seal::xades::{Claims, Detached, sign};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const INCLUSIVE_10: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

/// The attacker's content.
const OTHER: &[u8] = br#"<Patient xmlns="http://hl7.org/fhir"><id value="2"></id></Patient>"#;

#[track_caller]
fn covers_nothing(xml: &str) {
    let read = Detached::parse(xml.as_bytes());
    for payload in [PAYLOAD, OTHER] {
        assert!(!read.as_ref().is_ok_and(|signature| signature.covers(payload)), "{xml}");
    }
}

fn piece<'x>(xml: &'x str, start: &str, end: &str) -> &'x str {
    &xml[range(xml, start, start, end)]
}

/// What the attacker would like to be taken for the signed properties.
fn forged(properties: &str) -> String {
    properties.replacen("1.2.840.10065.1.12.1.14", "1.2.840.10065.1.12.1.1", 1)
}

#[test]
fn a_reference_that_was_moved_out_of_signed_info_is_refused() {
    let xml = made();
    let reference = piece(&xml, "<ds:Reference Id", "</ds:Reference>").to_owned();
    let other = reference.replacen(&base64(sha256(PAYLOAD)), &base64(sha256(OTHER)), 1);
    let without = xml.replacen(&reference, "", 1);
    for (place, code) in [
        ("</ds:SignedInfo>", "element-missing"),
        ("</ds:KeyInfo>", "reference-missing"),
        ("</ds:Object>", "reference-missing"),
        ("</ds:Signature>", "element-unknown"),
    ] {
        let after = if place == "</ds:SignedInfo>" {
            without.replacen(place, &format!("{place}{other}"), 1)
        } else {
            without.replacen(place, &format!("{other}{place}"), 1)
        };
        refused(&after, code);
    }
    // Beside the honest one, before it and behind it.
    covers_nothing(&xml.replacen("<ds:Reference Id", &format!("{other}<ds:Reference Id"), 1));
    covers_nothing(&xml.replacen("</ds:SignedInfo>", &format!("{other}</ds:SignedInfo>"), 1));
}

#[test]
fn one_reference_exchanged_for_another_is_not_covered() {
    covers_nothing(&with(&base64(sha256(PAYLOAD)), &base64(sha256(OTHER))));
}

#[test]
fn an_id_that_stands_twice_is_refused() {
    let xml = made();
    let honest = piece(&xml, "<xades:SignedProperties", "</xades:SignedProperties>").to_owned();
    let evil = forged(&honest);
    assert_ne!(evil, honest);
    let object = |content: &str| {
        let mut xml = xml.clone();
        let at = range(&xml, "<xades:SignedProperties", "<", "</xades:SignedProperties>");
        xml.replace_range(at, content);
        xml
    };
    // The forged ones where they belong, the signed ones where a reader by Id would find them.
    let hidden = format!("{evil}<xades:UnsignedProperties>{honest}</xades:UnsignedProperties>");
    refused(&object(&hidden), "id-duplicate");
    let second = format!(
        "<ds:Object xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\">{honest}</ds:Object></ds:Signature>"
    );
    refused(&object(&evil).replacen("</ds:Signature>", &second, 1), "id-duplicate");
    // Under another Id they are not what the signature covers.
    let renamed = evil.replacen("Id=\"signed-properties\"", "Id=\"other\"", 1);
    let hidden = format!("{renamed}<xades:UnsignedProperties>{honest}</xades:UnsignedProperties>");
    refused(&object(&hidden), "properties-not-covered");
    let without = evil.replacen(" Id=\"signed-properties\"", "", 1);
    let hidden = format!("{without}<xades:UnsignedProperties>{honest}</xades:UnsignedProperties>");
    refused(&object(&hidden), "properties-not-covered");
    // Another spelling of Id is one all the same.
    let spelt = evil.replacen(" Id=", " ID=", 1);
    let hidden = format!("{spelt}<xades:UnsignedProperties>{honest}</xades:UnsignedProperties>");
    refused(&object(&hidden), "id-duplicate");
}

#[test]
fn two_signed_properties_are_refused() {
    let xml = made();
    let honest = piece(&xml, "<xades:SignedProperties", "</xades:SignedProperties>").to_owned();
    let second = forged(&honest).replacen("signed-properties", "other", 1);
    refused(&xml.replacen(&honest, &format!("{honest}{second}"), 1), "element-unknown");
    refused(&xml.replacen(&honest, &format!("{second}{honest}"), 1), "element-unknown");
    let qualifying = piece(&xml, "<xades:QualifyingProperties", "</xades:QualifyingProperties>").to_owned();
    let again = forged(&qualifying).replacen("signed-properties", "other", 1);
    refused(&xml.replacen(&qualifying, &format!("{qualifying}{again}"), 1), "element-unknown");
    let object = format!("<ds:Object>{again}</ds:Object>");
    refused(&xml.replacen("</ds:Signature>", &format!("{object}</ds:Signature>"), 1), "element-unknown");
    refused(&xml.replacen("<ds:Object>", &format!("{object}<ds:Object>"), 1), "element-unknown");
}

/// Another signature of the same device, over other content and for another purpose.
fn another() -> String {
    let stated = qualifiers();
    let claims = Claims {
        commitment: "1.2.840.10065.1.12.1.1",
        description: "Author's Signature",
        canonicalization: FORM,
        ..claims(&stated)
    };
    sign(OTHER, &claims, &signer()).unwrap()
}

#[test]
fn parts_exchanged_between_two_honest_signatures_are_refused() {
    let (one, other) = (made(), another());
    assert!(Detached::parse(other.as_bytes()).unwrap().covers(OTHER));
    for (name, code) in [
        ("ds:Object", Some("properties-altered")),
        ("ds:SignedInfo", Some("properties-altered")),
        ("ds:SignatureValue", None),
    ] {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let exchanged = one.replacen(piece(&one, &start, &end), piece(&other, &start, &end), 1);
        assert_ne!(exchanged, one);
        match code {
            Some(code) => refused(&exchanged, code),
            None => covers_nothing(&exchanged),
        }
    }
}

#[test]
fn a_signature_inside_another_element_is_refused() {
    let xml = made();
    for around in [
        format!("<a>{xml}</a>"),
        format!("<ds:Object xmlns:ds=\"{DS}\">{xml}</ds:Object>"),
        format!("<ds:Manifest xmlns:ds=\"{DS}\">{xml}</ds:Manifest>"),
    ] {
        refused(&around, "xml-unreadable");
    }
    let around = format!("<ds:Signature xmlns:ds=\"{DS}\"><ds:Object>{xml}</ds:Object></ds:Signature>");
    refused(&around, "element-missing");
    // Two documents are none.
    refused(&format!("{xml}{xml}"), "xml-unreadable");
}

#[test]
fn another_canonical_form_than_the_signed_one_is_not_covered() {
    let method = format!("<ds:CanonicalizationMethod Algorithm=\"{C14N11}\"");
    let transform = format!("<ds:Transform Algorithm=\"{C14N11}\"");
    for form in [INCLUSIVE_10, EXCLUSIVE] {
        covers_nothing(&with(&method, &format!("<ds:CanonicalizationMethod Algorithm=\"{form}\"")));
        covers_nothing(&with(&transform, &format!("<ds:Transform Algorithm=\"{form}\"")));
    }
    // A transform of the content where none was signed.
    let reference = format!("<ds:Transforms>{transform}></ds:Transform></ds:Transforms><ds:DigestMethod");
    covers_nothing(&with("<ds:DigestMethod", &reference));
    // With inclusive forms a namespace that somebody declares around it counts; with the exclusive form it does not.
    covers_nothing(&with("<ds:Signature ", "<ds:Signature xmlns:evil=\"urn:evil\" "));
    let xml = template(EXCLUSIVE);
    let prefixes = vec!["x".to_owned(), String::new()];
    let xml = signed_again(&xml, &Form::Exclusive10(prefixes));
    let declared = xml.replacen("xmlns:unused=", "xmlns:evil=\"urn:evil\" xmlns:unused=", 1);
    assert!(Detached::parse(declared.as_bytes()).unwrap().covers(PAYLOAD));
    // A prefix that the signer listed must stand for what it stood for.
    covers_nothing(&xml.replacen("xmlns:unused=\"urn:unused\"", "xmlns:x=\"urn:evil\"", 1));
}

#[test]
fn a_stylesheet_or_a_path_as_a_transform_is_refused() {
    let canonical = format!("<ds:Transform Algorithm=\"{C14N11}\"></ds:Transform>");
    for (uri, content) in [
        (
            "http://www.w3.org/TR/1999/REC-xslt-19991116",
            r#"<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/"><xsl:copy-of select="document('file:///etc/passwd')"></xsl:copy-of></xsl:template></xsl:stylesheet>"#,
        ),
        ("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>not(ancestor-or-self::id)</ds:XPath>"),
        (
            "http://www.w3.org/2002/06/xmldsig-filter2",
            r#"<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">//id</f:XPath>"#,
        ),
        ("http://www.w3.org/2000/09/xmldsig#enveloped-signature", ""),
        ("http://www.w3.org/2000/09/xmldsig#base64", ""),
    ] {
        let transform = format!("<ds:Transform Algorithm=\"{uri}\">{content}</ds:Transform>");
        refused(&with(&canonical, &transform), "transform-refused");
        let both = format!("{canonical}{transform}");
        refused(&with(&canonical, &both), "transform-refused");
        // On the content, signed again by the honest key: refused for what it is, not for the signature.
        let around = format!("<ds:Transforms>{transform}</ds:Transforms><ds:DigestMethod");
        refused(&resealed(&with("<ds:DigestMethod", &around), &signer()), "transform-refused");
    }
    // Parameters of a form that has none.
    let with_path = format!("<ds:Transform Algorithm=\"{C14N11}\"><ds:XPath>1</ds:XPath></ds:Transform>");
    refused(&with(&canonical, &with_path), "algorithm-parameters");
}

#[test]
fn keys_from_elsewhere_are_refused() {
    for other in [
        "<ds:KeyName>thief</ds:KeyName>",
        "<ds:RetrievalMethod URI=\"https://keys.example/chain.pem\"></ds:RetrievalMethod>",
        "<ds:KeyValue><ds:RSAKeyValue></ds:RSAKeyValue></ds:KeyValue>",
        "<ds:PGPData></ds:PGPData>",
        "<ds:X509Data></ds:X509Data>",
        "<k:DEREncodedKeyValue xmlns:k=\"http://www.w3.org/2009/xmldsig11#\">AQAB</k:DEREncodedKeyValue>",
    ] {
        refused(&with("<ds:X509Data>", &format!("{other}<ds:X509Data>")), "key-info-unknown");
        refused(&with("</ds:X509Data>", &format!("</ds:X509Data>{other}")), "key-info-unknown");
    }
    for other in ["X509IssuerSerial", "X509SubjectName", "X509CRL", "X509SKI"] {
        let element = format!("<ds:X509Data><ds:{other}>AQAB</ds:{other}>");
        refused(&with("<ds:X509Data>", &element), "key-info-unknown");
    }
}

#[test]
fn comments_and_other_nodes_in_values_are_refused() {
    for element in ["ds:DigestValue", "ds:SignatureValue", "ds:X509Certificate", "xades:SigningTime"] {
        for hidden in ["<!---->", "<!-- a -->", "<?a b?>"] {
            let start = format!("<{element}>");
            refused(&with(&start, &format!("{start}{hidden}")), "comment-inside");
            let end = format!("</{element}>");
            refused(&with(&end, &format!("{hidden}{end}")), "comment-inside");
        }
    }
}

#[test]
fn other_spellings_of_the_same_text_change_nothing() {
    // Character references and CDATA are the same text to every reader, so they are the same signature.
    let xml = made();
    let time = "<xades:SigningTime>2026";
    let spelt = xml.replacen(time, "<xades:SigningTime>&#x32;026", 1);
    assert!(Detached::parse(spelt.as_bytes()).unwrap().covers(PAYLOAD));
    let digest = base64(sha256(PAYLOAD));
    let data = xml.replacen(&digest, &format!("<![CDATA[{digest}]]>"), 1);
    let read = Detached::parse(data.as_bytes());
    assert!(
        read.is_err() || read.is_ok_and(|signature| signature.covers(PAYLOAD) && !signature.covers(OTHER))
    );
}

#[test]
fn an_rsa_signature_is_read_and_verified_and_covers_every_byte() {
    let stated = qualifiers();
    let xml = sign(PAYLOAD, &claims(&stated), &RsaSigner::new()).unwrap();
    let signature = Detached::parse(xml.as_bytes()).unwrap();
    assert_eq!(signature.algorithm(), "rsa-sha256");
    assert!(signature.covers(PAYLOAD) && !signature.covers(OTHER));
    let at = range(&xml, "<ds:SignatureValue>", "<", "</ds:SignatureValue>");
    let at = at.start + "<ds:SignatureValue>".len()..at.end - "</ds:SignatureValue>".len();
    let value = common::from_base64(&xml[at.clone()]);
    let put = |value: &[u8]| {
        let mut xml = xml.clone();
        xml.replace_range(at.clone(), &base64(value));
        xml
    };
    for index in [0, value.len() / 2, value.len() - 1] {
        let mut altered = value.clone();
        altered[index] ^= 1;
        covers_nothing(&put(&altered));
    }
    refused(&put(&value[1..]), "signature-length");
    refused(&put(&[&[0], &value[..]].concat()), "signature-length");
    refused(&xml.replacen("#rsa-sha256", "#ecdsa-sha256", 1), "algorithm-confusion");
}

#[test]
fn a_short_rsa_key_makes_no_signature_that_is_read() {
    let stated = qualifiers();
    let strong = RsaSigner::new();
    let xml = sign(PAYLOAD, &claims(&stated), &strong).unwrap();
    let weak = common::self_issued(&PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap());
    let swapped = xml.replacen(&base64(strong.chain.leaf_der()), &base64(weak), 1);
    refused(&swapped, "algorithm-confusion");
}

/// P-384 is read, as ES384 is; it is never made.
#[test]
fn a_p384_signature_of_another_program_is_verified() {
    let group = EcGroup::from_curve_name(Nid::SECP384R1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let certificate = common::self_issued(&key);
    let value = |info: &str| {
        let digest = hash(MessageDigest::sha384(), info.as_bytes()).unwrap();
        let signature = EcdsaSig::sign(&digest, &key.ec_key().unwrap()).unwrap();
        let mut raw = signature.r().to_vec_padded(48).unwrap();
        raw.extend(signature.s().to_vec_padded(48).unwrap());
        base64(raw)
    };
    // Plain XML-DSig: no properties.
    let info = format!(
        "<SignedInfo xmlns=\"{DS}\"><CanonicalizationMethod Algorithm=\"{C14N11}\"></CanonicalizationMethod>\
         <SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\"></SignatureMethod>\
         <Reference URI=\"content.xml\"><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">\
         </DigestMethod><DigestValue>{}</DigestValue></Reference></SignedInfo>",
        base64(sha256(PAYLOAD))
    );
    let whole = |method: &str| {
        let info = info.replace("ecdsa-sha384", method);
        format!(
            "<Signature xmlns=\"{DS}\">{info}<SignatureValue>{}</SignatureValue><KeyInfo><X509Data>\
             <X509Certificate>{}</X509Certificate></X509Data></KeyInfo></Signature>",
            value(&info),
            base64(&certificate)
        )
    };
    let signature = Detached::parse(whole("ecdsa-sha384").as_bytes()).unwrap();
    assert_eq!((signature.algorithm(), signature.is_baseline_b()), ("ecdsa-sha384", false));
    assert!(signature.covers(PAYLOAD) && !signature.covers(OTHER));
    refused(&whole("ecdsa-sha256"), "algorithm-confusion");
    refused(&whole("ecdsa-sha512"), "algorithm-refused");
}
