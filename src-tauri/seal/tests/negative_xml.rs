//! XML signatures that must be refused as a record's, one attack a test: what `negative.rs` and `headers.rs` are for
//! JWS. What the reader refuses stands in `xades_read.rs`, attacks by rearranging in `xades_wrapping.rs`.

use crate::common;

use common::xml::{range, resealed};
use common::xml_record::{own, own_with, verify, with_signature, xml_of};
use common::{Sealed, assert_finding, base64, from_base64, self_issued};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use seal::Signer as _;
use seal::testing::{self, TestAuthority, days};
use seal::verify::{Aspect, Report, Verdict};

/// What is found when the record's XML signature is changed like this.
fn changed(record: &Sealed, change: impl FnOnce(String) -> String) -> Report {
    let provenance = own_with(record, |xml| {
        let after = change(xml.clone());
        assert_ne!(after, xml, "nothing was changed");
        after
    });
    verify(record, &record.response, &provenance)
}

#[track_caller]
fn refused(change: impl FnOnce(String) -> String, code: &str) {
    let report = changed(&Sealed::new(), change);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, code);
    assert_eq!(report.exit_code(), 1);
}

fn replaced(was: &str, now: &str) -> impl FnOnce(String) -> String {
    let (was, now) = (was.to_owned(), now.to_owned());
    move |xml| xml.replacen(&was, &now, 1)
}

/// The bytes of the signature changed, all else as it was.
fn with_value(change: impl FnOnce(&mut Vec<u8>)) -> impl FnOnce(String) -> String {
    |mut xml| {
        let at = range(&xml, "<ds:SignatureValue>", "<ds:SignatureValue>", "</ds:SignatureValue>");
        let at = at.start + "<ds:SignatureValue>".len()..at.end - "</ds:SignatureValue>".len();
        let mut value = from_base64(&xml[at.clone()]);
        change(&mut value);
        xml.replace_range(at, &base64(value));
        xml
    }
}

/// The same signature under another certificate: named by its digest, but its key did not sign.
fn certified_otherwise(xml: &str, own: &[u8], other: &[u8]) -> String {
    let digest = |der: &[u8]| base64(openssl::sha::sha256(der));
    xml.replacen(&base64(own), &base64(other), 1).replacen(&digest(own), &digest(other), 1)
}

#[test]
fn xml_an_hmac_keyed_with_the_public_key_is_refused() {
    let record = Sealed::new();
    let certificate = openssl::x509::X509::from_der(record.signer.chain().leaf_der()).unwrap();
    let secret = certificate.public_key().unwrap().public_key_to_der().unwrap();
    let mac = PKey::hmac(&secret).unwrap();
    let mut mac = openssl::sign::Signer::new(MessageDigest::sha256(), &mac).unwrap();
    let xml = xml_of(&own(&record)).replace("#ecdsa-sha256", "#hmac-sha256");
    let tag =
        mac.sign_oneshot_to_vec(&xml.as_bytes()[range(&xml, "<ds:SignedInfo>", "<", "</ds:SignedInfo>")]);
    let tag = tag.unwrap();
    refused(|_| with_value(|value| *value = tag)(xml), "algorithm-refused");
}

#[test]
fn xml_an_rsa_method_over_a_curves_key_is_refused() {
    refused(replaced("#ecdsa-sha256", "#rsa-sha256"), "algorithm-confusion");
}

#[test]
fn xml_without_a_method_nothing_is_verified() {
    refused(replaced("xmldsig-more#ecdsa-sha256", "xmldsig-more#none"), "algorithm-refused");
    refused(
        replaced(
            r#"<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></ds:SignatureMethod>"#,
            "",
        ),
        "element-missing",
    );
    refused(
        replaced(r#" Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256""#, ""),
        "algorithm-refused",
    );
}

#[test]
fn xml_an_empty_signature_is_refused() {
    refused(with_value(Vec::clear), "signature-empty");
}

#[test]
fn xml_a_key_on_another_curve_is_refused() {
    for curve in [Nid::SECP384R1, Nid::SECP256K1] {
        let group = EcGroup::from_curve_name(curve).unwrap();
        let other = self_issued(&PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap());
        let record = Sealed::new();
        let own = record.signer.chain().leaf_der();
        let report =
            changed(&record, |xml| resealed(&certified_otherwise(&xml, own, &other), &record.signer));
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, "algorithm-confusion");
    }
}

#[test]
fn xml_r_zero_is_refused() {
    refused(with_value(|value| value[..32].fill(0)), "header-altered");
}

#[test]
fn xml_s_zero_is_refused() {
    refused(with_value(|value| value[32..].fill(0)), "header-altered");
}

#[test]
fn xml_r_and_s_zero_are_refused() {
    refused(with_value(|value| value.fill(0)), "header-altered");
}

#[test]
fn xml_a_der_signature_is_refused() {
    let to_der = |value: &mut Vec<u8>| {
        *value = p256::ecdsa::Signature::from_slice(value).unwrap().to_der().as_bytes().to_vec();
    };
    refused(with_value(to_der), "signature-length");
}

/// As with JWS: whoever has a signature has another one, so signature bytes identify nothing.
#[test]
fn xml_the_other_half_of_the_order_verifies_too() {
    let other_half = |value: &mut Vec<u8>| {
        let half = p256::ecdsa::Signature::from_slice(value).unwrap();
        let (r, s) = half.split_scalars();
        *value = p256::ecdsa::Signature::from_scalars(r, -s).unwrap().to_bytes().to_vec();
    };
    let report = changed(&Sealed::new(), with_value(other_half));
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
}

#[test]
fn xml_data_that_is_hexadecimal_or_no_base64_is_refused() {
    let record = Sealed::new();
    let honest = own(&record);
    let xml = xml_of(&honest);
    let hex = xml.bytes().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    for data in [format!("{hex}0"), format!("{}\n", base64(&xml)), xml] {
        let provenance = common::with(&honest, &["signature", "0", "data"], data);
        let report = verify(&record, &record.response, &provenance);
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, "data-unreadable");
    }
    let provenance = common::with(&honest, &["signature", "0", "data"], hex);
    let report = verify(&record, &record.response, &provenance);
    assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid);
}

#[test]
fn xml_a_bare_tbs_certificate_cannot_pose_as_a_certificate() {
    use x509_cert::der::{Decode as _, Encode as _};
    let record = Sealed::new();
    let own = record.signer.chain().leaf_der();
    let tbs = x509_cert::Certificate::from_der(own).unwrap().tbs_certificate().to_der().unwrap();
    let report = changed(&record, |xml| resealed(&certified_otherwise(&xml, own, &tbs), &record.signer));
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "certificate-unreadable");
}

#[test]
fn xml_a_forgery_with_its_own_authority_is_refused() {
    // Consistent in itself, by somebody whom nobody certified.
    let forged =
        Sealed::by(TestAuthority::new(90), TestAuthority::new(90).signer(7, testing::DEVICE_IDENTIFIER));
    let report = verify(&Sealed::new(), &forged.response, &own(&forged));
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn a_contained_resource_is_covered_with_its_own_meta_and_text() {
    // Only the root's id and meta are the server's: those of a contained resource are content, in both kinds.
    let contained = fhir::object! {
        "resourceType" => "Patient",
        "id" => "p",
        "meta" => fhir::object! { "versionId" => "1" },
        "text" => fhir::object! {
            "status" => "generated",
            "div" => "<div xmlns=\"http://www.w3.org/1999/xhtml\">A person</div>",
        },
    };
    let mut response = testing::response();
    response.as_object_mut().unwrap().insert("contained", vec![contained]);
    let honest = Sealed::new();
    let response = testing::returned(&common::captured(&response, &testing::statement(), &honest.signer));
    let provenance = common::proven(&response, &honest.signer);
    let record = Sealed { response, provenance, ..honest };
    for provenance in [record.provenance.clone(), own(&record)] {
        assert_eq!(verify(&record, &record.response, &provenance).exit_code(), 0);
        let other_div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">Somebody</div>";
        for altered in [
            common::with(&record.response, &["contained", "0", "id"], "q"),
            common::with(&record.response, &["contained", "0", "meta", "versionId"], "2"),
            common::with(&record.response, &["contained", "0", "text", "div"], other_div),
        ] {
            let report = verify(&record, &altered, &provenance);
            assert_finding(&report, Aspect::Signature, Verdict::Invalid, "content-altered");
        }
    }
}

#[test]
fn xml_a_swapped_certificate_is_refused() {
    let record = Sealed::new();
    let other = record.authority.signer(9, testing::DEVICE_IDENTIFIER);
    let (own, other) = (record.signer.chain().leaf_der(), other.chain().leaf_der());
    refused(replaced(&base64(own), &base64(other)), "signing-certificate-mismatch");
    // Named by its digest as well, so that only the key is another.
    let report = changed(&record, |xml| resealed(&certified_otherwise(&xml, own, other), &record.signer));
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "header-altered");
}

#[test]
fn xml_a_signature_transplanted_from_another_record_is_refused() {
    let record = Sealed::new();
    let other = common::with(&testing::response(), &["item", "1", "answer", "0", "valueBoolean"], false);
    let response = testing::returned(&common::captured(&other, &testing::statement(), &record.signer));
    let provenance = common::proven(&response, &record.signer);
    let other = Sealed { response, provenance, ..Sealed::new() };
    let report = changed(&record, |_| xml_of(&own(&other)));
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "content-altered");
}

/// The record's signature under a certificate of the same key, valid from `from` to `until` (days around it).
fn sealed_while_valid(from: i64, until: i64) -> Report {
    let record = Sealed::new();
    let other = record.authority.signer_valid(7, testing::DEVICE_IDENTIFIER, days(from), days(until));
    let (own, other) = (record.signer.chain().leaf_der(), other.chain().leaf_der());
    changed(&record, |xml| resealed(&certified_otherwise(&xml, own, other), &record.signer))
}

#[test]
fn xml_signed_after_the_certificate_expired_is_invalid() {
    assert_finding(&sealed_while_valid(-100, -1), Aspect::Time, Verdict::Invalid, "certificate-expired");
}

#[test]
fn xml_signed_before_the_certificate_began_is_invalid() {
    assert_finding(&sealed_while_valid(1, 100), Aspect::Time, Verdict::Invalid, "certificate-not-yet-valid");
}

/// What a JWS marks as critical is in XML any property that is not known: it may change what the others mean.
#[test]
fn xml_an_unknown_signed_property_is_refused() {
    let record = Sealed::new();
    for property in ["SignaturePolicyIdentifier", "SignerRole", "Unheard"] {
        let end = "</xades:SignedSignatureProperties>";
        let report = changed(&record, |xml| {
            let more = format!("<xades:{property}></xades:{property}>{end}");
            resealed(&xml.replacen(end, &more, 1), &record.signer)
        });
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, "element-unknown");
    }
}

#[test]
fn xml_an_attribute_that_stands_twice_is_refused() {
    refused(replaced(r#"Id="signature""#, r#"Id="signature" Id="other""#), "xml-unreadable");
}

#[test]
fn xml_a_name_that_stands_twice_in_the_qualifiers_is_never_what_was_stated() {
    let record = Sealed::new();
    let report = changed(&record, |xml| {
        let twice = r#"{"target":"QuestionnaireResponse/r1/_history/9","#;
        resealed(&xml.replacen('{', twice, 1), &record.signer)
    });
    // The signature holds, but it states nothing: neither of the two is believed.
    assert_finding(&report, Aspect::Linkage, Verdict::Indeterminate, "not-covered");
    assert_eq!(report.signatures[1].kind, "foreign");
    assert_ne!(report.exit_code(), 0);
}

#[test]
fn xml_properties_that_the_signature_does_not_cover_are_refused() {
    for (was, now) in [
        ("2026-11-21T08:42:07Z", "2026-11-21T08:42:08Z"),
        ("urn:oid:1.2.840.10065.1.12.1.14", "urn:oid:1.2.840.10065.1.12.1.1"),
        ("canonicalization/xml<", "canonicalization/xml#data<"),
        ("_history/1", "_history/2"),
    ] {
        refused(replaced(was, now), "properties-altered");
    }
    // The reference to them taken out, too: then nothing that they say is covered.
    refused(
        |mut xml| {
            let reference = range(&xml, "<ds:Reference Type", "<", "</ds:Reference>");
            xml.replace_range(reference, "");
            xml
        },
        "properties-not-covered",
    );
    // Digest and all, but not signed again.
    let record = Sealed::new();
    let thief = record.authority.signer(9, testing::DEVICE_IDENTIFIER);
    let report = changed(&record, |xml| resealed(&xml.replacen("08:42:07Z", "08:42:08Z", 1), &thief));
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "header-altered");
}

#[test]
fn xml_under_the_form_of_json_is_refused() {
    let record = Sealed::new();
    let honest = own(&record);
    let json = "application/fhir+json;canonicalization=http://hl7.org/fhir/canonicalization/json";
    let provenance = with_signature(&honest, json, &xml_of(&honest));
    let report = verify(&record, &record.response, &provenance);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "canonicalization-mismatch");
    // Named a JWS, the same data is none.
    let provenance = common::with(&honest, &["signature", "0", "sigFormat"], "application/jose");
    let report = verify(&record, &record.response, &provenance);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "jws-unreadable");
}
