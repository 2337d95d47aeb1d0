//! `SignedProperties` (EN 319 132-1, section 5.2): what the signature says about itself and its content.

use fhir::Value;
use fhir::xml::Element;
use jiff::Timestamp;

use super::algorithm::Hash;
use super::element::{Children, text};
use super::{Refused, XADES};

/// What every canonicalization URI of FHIR begins with.
const CANONICALIZATIONS: &str = "http://hl7.org/fhir/canonicalization/";

/// What was read; all of it is signed.
#[derive(Clone)]
pub(super) struct Properties {
    pub(super) signing_time: Timestamp,
    /// The digest of the signer's certificate.
    pub(super) certificate: Hash,
    /// The references to content, each `#` and an Id.
    pub(super) references: Vec<String>,
    /// Whether the content's format is stated.
    pub(super) has_format: bool,
    pub(super) canonicalization: Option<String>,
    /// The object identifiers of the commitments, each with its one qualifier if that is JSON.
    pub(super) commitments: Vec<(Option<String>, Option<Value>)>,
}

impl Properties {
    pub(super) fn read(element: Element<'_>) -> Result<Self, Refused> {
        let mut parts = Children::of(element, &["Id"])?;
        let mut signature = Children::of(parts.required(XADES, "SignedSignatureProperties")?, &["Id"])?;
        let signing_time = signature.optional(XADES, "SigningTime").ok_or_else(|| {
            Refused::new("signing-time-missing", "the signature does not state its SigningTime")
        })?;
        let signing_time = crate::rfc3339(&text(signing_time, &[])?).ok_or_else(|| {
            Refused::new("signing-time-unreadable", "SigningTime is not a date and time with its offset")
        })?;
        let certificates = signature.optional(XADES, "SigningCertificateV2").ok_or_else(|| {
            Refused::new(
                "signing-certificate-missing",
                "the signature does not cover its certificate (SigningCertificateV2)",
            )
        })?;
        // Both are signed; nothing here rests on them.
        signature.optional(XADES, "SignatureProductionPlaceV2");
        signature.optional(XADES, "SignerRoleV2");
        signature.end()?;
        let mut properties = Self {
            signing_time,
            certificate: signing_certificate(certificates)?,
            references: Vec::new(),
            has_format: false,
            canonicalization: None,
            commitments: Vec::new(),
        };
        if let Some(content) = parts.optional(XADES, "SignedDataObjectProperties") {
            properties.content(content)?;
        }
        parts.end()?;
        Ok(properties)
    }

    fn content(&mut self, element: Element<'_>) -> Result<(), Refused> {
        let mut parts = Children::of(element, &["Id"])?;
        if let Some(format) = parts.optional(XADES, "DataObjectFormat") {
            self.has_format = true;
            self.references.push(format.attribute("ObjectReference").unwrap_or_default().to_owned());
            let mut format = Children::of(format, &["ObjectReference"])?;
            format.optional(XADES, "Description");
            if let Some(object) = format.optional(XADES, "ObjectIdentifier") {
                let uri = identifier(object)?;
                self.canonicalization = uri.starts_with(CANONICALIZATIONS).then_some(uri);
            }
            format.optional(XADES, "MimeType");
            format.optional(XADES, "Encoding");
            format.end()?;
        }
        while let Some(indication) = parts.optional(XADES, "CommitmentTypeIndication") {
            self.commitment(indication)?;
        }
        parts.end()
    }

    fn commitment(&mut self, element: Element<'_>) -> Result<(), Refused> {
        let mut parts = Children::of(element, &[])?;
        let uri = identifier(parts.required(XADES, "CommitmentTypeId")?)?;
        if parts.optional(XADES, "AllSignedDataObjects").is_none() {
            self.references.push(text(parts.required(XADES, "ObjectReference")?, &[])?);
        }
        let qualifier = match parts.optional(XADES, "CommitmentTypeQualifiers") {
            None => None,
            Some(qualifiers) => match qualifiers.elements().collect::<Vec<_>>().as_slice() {
                [one] if one.elements().next().is_none() => Value::parse(one.text().as_bytes()).ok(),
                _ => None,
            },
        };
        parts.end()?;
        self.commitments.push((uri.strip_prefix("urn:oid:").map(str::to_owned), qualifier));
        Ok(())
    }
}

/// The first certificate is the signer's (section 5.2.2).
fn signing_certificate(element: Element<'_>) -> Result<Hash, Refused> {
    let mut certificates = Children::of(element, &[])?;
    let mut first = Children::of(certificates.required(XADES, "Cert")?, &["URI"])?;
    let mut digest = Children::of(first.required(XADES, "CertDigest")?, &[])?;
    let hash = Hash::read(&mut digest)?;
    digest.end()?;
    first.optional(XADES, "IssuerSerialV2");
    first.end()?;
    while certificates.optional(XADES, "Cert").is_some() {}
    certificates.end()?;
    Ok(hash)
}

/// An object identifier with whatever describes it.
fn identifier(element: Element<'_>) -> Result<String, Refused> {
    let mut parts = Children::of(element, &[])?;
    let uri = text(parts.required(XADES, "Identifier")?, &["Qualifier"])?;
    parts.optional(XADES, "Description");
    parts.optional(XADES, "DocumentationReferences");
    parts.end()?;
    Ok(uri)
}
