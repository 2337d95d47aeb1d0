//! Reading a detached signature: one of a narrow shape, so that what is verified is what is shown.

use std::fmt;

use fhir::Value;
use fhir::xml::canonical::{Form, subtree};
use fhir::xml::{Document, Element};
use jiff::Timestamp;

use super::algorithm::{Hash, Method, form, transformed, transforms};
use super::element::{Children, bytes, refuse_ambiguity};
use super::properties::Properties;
use super::{DS, Refused, SIGNED_PROPERTIES, XADES};
use crate::CertificateChain;

/// A signature with its certificates is never nearly this large, in bytes.
const LARGEST_SIGNATURE: usize = 1024 * 1024;

/// A detached XML signature, read but not yet verified: [`Detached::covers`] verifies it.
///
/// Everything that it states, other than its certificates, is covered by the signature: the digest of the signed
/// properties is checked while reading, the digest of the content and the signature itself by [`Detached::covers`].
#[derive(Clone)]
pub struct Detached {
    chain: CertificateChain,
    thumbprint: String,
    method: Method,
    /// `SignedInfo` in its canonical form.
    signed_info: String,
    signature: Vec<u8>,
    content: Reference,
    properties: Option<Properties>,
}

/// What is hashed.
#[derive(Clone)]
struct Reference {
    id: Option<String>,
    form: Option<Form>,
    hash: Hash,
}

impl Detached {
    /// Reads a signature strictly.
    ///
    /// # Errors
    /// [`Refused`] with a code of its own for each thing that is not as it must be.
    pub fn parse(xml: &[u8]) -> Result<Self, Refused> {
        Self::parse_with(xml, None)
    }

    /// The same; `supplied` stands in for the certificates of a signature that brings none.
    pub(crate) fn parse_with(xml: &[u8], supplied: Option<&CertificateChain>) -> Result<Self, Refused> {
        if xml.len() > LARGEST_SIGNATURE {
            return Err(Refused::new("signature-too-large", "the signature is larger than 1 MiB"));
        }
        let document = Document::parse(xml).map_err(|error| {
            Refused::new("xml-unreadable", format!("the signature cannot be read as XML ({error})"))
        })?;
        let root = document.root();
        if !root.is(DS, "Signature") {
            return Err(Refused::new(
                "xml-unreadable",
                "the document is not an XML signature (ds:Signature)",
            ));
        }
        refuse_ambiguity(root, &mut Vec::new())?;
        let mut parts = Children::of(root, &["Id"])?;
        let info = parts.required(DS, "SignedInfo")?;
        let value = parts.required(DS, "SignatureValue")?;
        let key_info = parts.optional(DS, "KeyInfo");
        let object = parts.optional(DS, "Object");
        parts.end()?;

        let signed = SignedInfo::read(info)?;
        let chain = match (key_info.map(certificates).transpose()?.flatten(), supplied) {
            (Some(chain), _) => chain,
            (None, Some(supplied)) => supplied.clone(),
            (None, None) => {
                return Err(Refused::new(
                    "certificate-missing",
                    "the signature brings no certificate (KeyInfo/X509Data/X509Certificate)",
                ));
            }
        };
        let signature = bytes(value, &["Id"])?;
        fits(signed.method, &chain, &signature)?;
        let properties = properties(&document, object, &signed, &chain)?;
        let signed_info = canonical(&document, info, &signed.form)?;
        Ok(Self {
            thumbprint: chain.x5t_s256(),
            chain,
            method: signed.method,
            signed_info,
            signature,
            content: signed.content,
            properties,
        })
    }

    /// Whether the key of the first certificate signed `payload` (the C14N 1.1 bytes of a resource) and all that this
    /// signature states.
    pub fn covers(&self, payload: &[u8]) -> bool {
        let content = transformed(payload, self.content.form.as_ref());
        content.is_some_and(|content| self.content.hash.fits(&content))
            && self.method.algorithm.verify(self.chain.leaf(), self.signed_info.as_bytes(), &self.signature)
    }

    /// The certificates, the signer's first.
    pub fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    /// The signature method as RFC 6931 names it: `ecdsa-sha256`, `ecdsa-sha384` or `rsa-sha256`.
    pub fn algorithm(&self) -> &'static str {
        self.method.name
    }

    /// `SigningTime`; `None` without XAdES.
    pub fn signing_time(&self) -> Option<Timestamp> {
        self.properties.as_ref().map(|properties| properties.signing_time)
    }

    /// The FHIR canonicalization URI of the content (`DataObjectFormat/ObjectIdentifier`).
    pub fn canonicalization(&self) -> Option<&str> {
        self.properties.as_ref()?.canonicalization.as_deref()
    }

    /// The object identifier of the one commitment.
    pub fn commitment(&self) -> Option<&str> {
        self.one_commitment()?.0.as_deref()
    }

    /// The JSON of the one commitment's one qualifier.
    pub fn qualifiers(&self) -> Option<&Value> {
        self.one_commitment()?.1.as_ref()
    }

    /// Whether it is XAdES at baseline B (EN 319 132-1, section 6): its time, its certificate and the format of its
    /// content are signed.
    pub fn is_baseline_b(&self) -> bool {
        self.properties.as_ref().is_some_and(|properties| properties.has_format)
    }

    /// The signed SHA-256 of the certificate, base64url; `None` without XAdES.
    pub(crate) fn thumbprint(&self) -> Option<&str> {
        self.properties.as_ref().map(|_| self.thumbprint.as_str())
    }

    fn one_commitment(&self) -> Option<&(Option<String>, Option<Value>)> {
        match self.properties.as_ref()?.commitments.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// Statements name persons, so they must not reach a log.
impl fmt::Debug for Detached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detached")
            .field("algorithm", &self.method.name)
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

/// `SignedInfo` with one reference to the content and at most one to the signed properties.
struct SignedInfo {
    form: Form,
    method: Method,
    content: Reference,
    /// The Id of `SignedProperties`.
    properties: Option<(String, Reference)>,
}

impl SignedInfo {
    fn read(element: Element<'_>) -> Result<Self, Refused> {
        let mut parts = Children::of(element, &["Id"])?;
        let form = form(parts.required(DS, "CanonicalizationMethod")?)?;
        let method = Method::read(parts.required(DS, "SignatureMethod")?)?;
        let (mut content, mut properties) = (None, None);
        while let Some(element) = parts.optional(DS, "Reference") {
            let reference = Reference::read(element)?;
            let uri = element.attribute("URI");
            let of_properties = element.attribute("Type") == Some(SIGNED_PROPERTIES);
            let twice = match (uri.and_then(|uri| uri.strip_prefix('#')), of_properties) {
                (Some(id), true) => properties.replace((id.to_owned(), reference)).is_some(),
                (Some(_), false) => {
                    return Err(Refused::new(
                        "reference-unknown",
                        "the signature covers a part of its own document that is not its SignedProperties",
                    ));
                }
                (None, true) => {
                    return Err(Refused::new(
                        "reference-unknown",
                        "the reference to SignedProperties does not name them by their Id",
                    ));
                }
                (None, false) => {
                    is_detached(uri)?;
                    content.replace(reference).is_some()
                }
            };
            if twice {
                return Err(Refused::new("reference-twice", "the signature covers more than one content"));
            }
        }
        parts.end()?;
        let content = content.ok_or_else(|| {
            Refused::new("reference-missing", "the signature covers no content (Reference)")
        })?;
        Ok(Self { form, method, content, properties })
    }
}

impl Reference {
    fn read(element: Element<'_>) -> Result<Self, Refused> {
        let mut parts = Children::of(element, &["Id", "Type", "URI"])?;
        let form = transforms(&mut parts)?;
        let hash = Hash::read(&mut parts)?;
        parts.end()?;
        Ok(Self { id: element.attribute("Id").map(str::to_owned), form, hash })
    }
}

/// The name of a content that travels beside the signature; nothing is ever fetched.
fn is_detached(uri: Option<&str>) -> Result<(), Refused> {
    match uri {
        Some("") => Err(Refused::new(
            "signature-enveloped",
            "the signature covers the document that it stands in; it must be detached",
        )),
        Some(uri) if uri.contains([':', '/', '\\', '#', '?']) => Err(Refused::new(
            "reference-external",
            "the signature covers something by its address; the content travels beside it and has a mere name",
        )),
        _ => Ok(()),
    }
}

/// The certificates in `KeyInfo`, the signer's first; a bare key is no identity.
fn certificates(key_info: Element<'_>) -> Result<Option<CertificateChain>, Refused> {
    let mut parts = Children::of(key_info, &["Id"])?;
    let data = parts.optional(DS, "X509Data");
    if parts.end().is_err() {
        return Err(Refused::new("key-info-unknown", "KeyInfo has something other than one X509Data"));
    }
    let Some(data) = data else { return Ok(None) };
    let mut ders = Vec::new();
    let mut parts = Children::of(data, &[])?;
    while let Some(certificate) = parts.optional(DS, "X509Certificate") {
        ders.push(bytes(certificate, &[])?);
    }
    if parts.end().is_err() {
        return Err(Refused::new("key-info-unknown", "X509Data has something other than certificates"));
    }
    if ders.is_empty() {
        return Ok(None);
    }
    let chain = CertificateChain::from_ders(ders)
        .map_err(|error| Refused::new("certificate-unreadable", error.to_string()))?;
    Ok(Some(chain))
}

/// The method alone does not choose: the certificate's key must be one for it.
fn fits(method: Method, chain: &CertificateChain, signature: &[u8]) -> Result<(), Refused> {
    if signature.is_empty() {
        return Err(Refused::new("signature-empty", "the signature has no value (SignatureValue)"));
    }
    if !method.algorithm.fits(chain.leaf()) {
        return Err(Refused::new(
            "algorithm-confusion",
            format!("the certificate's key is not one that {} can use", method.name),
        ));
    }
    if !method.algorithm.has_length(chain.leaf(), signature) {
        return Err(Refused::new(
            "signature-length",
            format!("{} bytes are not an {} signature", signature.len(), method.name),
        ));
    }
    Ok(())
}

/// XAdES's properties: in the one place where they belong, covered by a reference, about this content.
fn properties(
    document: &Document<'_>,
    object: Option<Element<'_>>,
    signed: &SignedInfo,
    chain: &CertificateChain,
) -> Result<Option<Properties>, Refused> {
    let (object, (id, reference)) = match (object, &signed.properties) {
        (None, None) => return Ok(None),
        (Some(object), Some(reference)) => (object, reference),
        (Some(_), None) => {
            return Err(Refused::new(
                "properties-not-covered",
                "the signature does not cover its properties",
            ));
        }
        (None, Some(_)) => {
            return Err(Refused::new("properties-missing", "the properties that were signed are missing"));
        }
    };
    let mut parts = Children::of(object, &["Id"])?;
    let qualifying = parts.required(XADES, "QualifyingProperties")?;
    parts.end()?;
    let own = document.root().attribute("Id").map(|id| format!("#{id}"));
    if own.is_none() || qualifying.attribute("Target") != own.as_deref() {
        return Err(Refused::new(
            "properties-misplaced",
            "the properties are not about this signature (Target)",
        ));
    }
    let mut parts = Children::of(qualifying, &["Id", "Target"])?;
    let element = parts.required(XADES, "SignedProperties")?;
    // Evidence that came later, such as time stamps; nothing rests on it.
    parts.optional(XADES, "UnsignedProperties");
    parts.end()?;
    if element.attribute("Id") != Some(id) {
        return Err(Refused::new(
            "properties-not-covered",
            "the signature does not cover its properties (Id)",
        ));
    }
    let form = reference.form.as_ref().unwrap_or(&Form::Inclusive10);
    if !reference.hash.fits(canonical(document, element, form)?.as_bytes()) {
        return Err(Refused::new("properties-altered", "the signature's own properties were altered"));
    }
    let properties = Properties::read(element)?;
    if !properties.certificate.fits(chain.leaf_der()) {
        return Err(Refused::new(
            "signing-certificate-mismatch",
            "the certificate is not the one that the signature covers (SigningCertificateV2)",
        ));
    }
    let content = signed.content.id.as_ref().map(|id| format!("#{id}"));
    if properties.references.iter().any(|one| Some(one) != content.as_ref()) {
        return Err(Refused::new(
            "object-reference-unknown",
            "a format or a purpose is stated for something other than the content",
        ));
    }
    Ok(Some(properties))
}

fn canonical(document: &Document<'_>, element: Element<'_>, form: &Form) -> Result<String, Refused> {
    subtree(document, element, form, None)
        .map_err(|error| Refused::new("canonicalization-refused", error.to_string()))
}
