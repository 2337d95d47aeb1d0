//! XML signatures, Attesta's own and in other programs' words.

use fhir::Value;
use fhir::xml::{Document, Element, canonical};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::{sha256, sha512};
use seal::testing::{self, TestAuthority, TestSigner};
use seal::xades::{Claims, Detached, XmlAlgorithm, sign};
use seal::{CertificateChain, SignError, Signer as _};

use super::{base64, self_issued};

pub const PAYLOAD: &[u8] = br#"<Patient xmlns="http://hl7.org/fhir"><id value="1"></id></Patient>"#;
pub const FORM: &str = "http://hl7.org/fhir/canonicalization/xml";
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub const C14N11: &str = "http://www.w3.org/2006/12/xml-c14n11";

pub fn signer() -> TestSigner {
    TestAuthority::new(40).signer(7, testing::DEVICE_IDENTIFIER)
}

pub fn qualifiers() -> Value {
    fhir::object! { "target" => "Patient/1/_history/1", "note" => "a < b & c > d" }
}

pub fn claims(qualifiers: &Value) -> Claims<'_> {
    Claims {
        signing_time: testing::signed_at(),
        commitment: "1.2.840.10065.1.12.1.14",
        description: "Source Signature",
        canonicalization: FORM,
        qualifiers: Some(qualifiers),
    }
}

/// As the test device signs [`PAYLOAD`].
pub fn made() -> String {
    sign(PAYLOAD, &claims(&qualifiers()), &signer()).unwrap()
}

/// The signature with one piece of its text replaced.
pub fn with(was: &str, now: &str) -> String {
    let xml = made();
    assert!(xml.contains(was), "{was} does not occur");
    xml.replacen(was, now, 1)
}

#[track_caller]
pub fn refused(xml: &str, code: &str) {
    assert_eq!(Detached::parse(xml.as_bytes()).expect_err("it must be refused").code, code);
}

/// The first element of this name.
pub fn named<'a>(element: Element<'a>, name: &str) -> Option<Element<'a>> {
    if element.name() == name {
        return Some(element);
    }
    element.elements().find_map(|child| named(child, name))
}

/// As another program would sign it: whatever form `SignedInfo` names, with the digests and the value put in.
pub fn signed_again(template: &str, form: &canonical::Form) -> String {
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
pub fn template(method: &str) -> String {
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

/// An RSA key as another program brings it.
pub struct RsaSigner {
    pub key: PKey<Private>,
    pub chain: CertificateChain,
}

impl RsaSigner {
    pub fn new() -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let chain = CertificateChain::from_ders(vec![self_issued(&key)]).unwrap();
        Self { key, chain }
    }
}

impl seal::xades::XmlSigner for RsaSigner {
    fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    fn algorithm(&self) -> XmlAlgorithm {
        XmlAlgorithm::RsaSha256
    }

    fn sign(&self, signed_info: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut signer = openssl::sign::Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        Ok(signer.sign_oneshot_to_vec(signed_info).unwrap())
    }
}

/// The text from the first `start` after `from` to the `end` that follows it, both included.
pub fn range(xml: &str, from: &str, start: &str, end: &str) -> std::ops::Range<usize> {
    let from = xml.find(from).unwrap();
    let start = from + xml[from..].find(start).unwrap();
    start..start + xml[start..].find(end).unwrap() + end.len()
}

/// An altered signature whose digest of the properties and whose value are made again by the device's own key: as
/// whoever holds the key can.
pub fn resealed(xml: &str, signer: &TestSigner) -> String {
    let canonical = |xml: &str, name: &str| {
        let document = Document::parse(xml.as_bytes()).unwrap();
        let element = named(document.root(), name).unwrap();
        canonical::subtree(&document, element, &canonical::Form::Inclusive11, None).unwrap()
    };
    let mut xml = xml.to_owned();
    let digest = base64(sha256(canonical(&xml, "SignedProperties").as_bytes()));
    let at = range(&xml, "<ds:Reference Type", "<ds:DigestValue>", "</ds:DigestValue>");
    xml.replace_range(at, &format!("<ds:DigestValue>{digest}</ds:DigestValue>"));
    let value = base64(signer.sign(canonical(&xml, "SignedInfo").as_bytes()).unwrap());
    let at = range(&xml, "<ds:SignatureValue>", "<ds:SignatureValue>", "</ds:SignatureValue>");
    xml.replace_range(at, &format!("<ds:SignatureValue>{value}</ds:SignatureValue>"));
    xml
}
