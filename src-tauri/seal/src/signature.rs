//! FHIR's Signature datatype (R4, section 2.24.0.20) and what each of Attesta's signatures means (ASTM E1762-95).

use fhir::canonical::Selection;
use fhir::{Value, Version, array, object};
use jiff::Timestamp;

use crate::encoding::base64;
use crate::payload::{self, Canonicalization, XML_TARGET_FORMAT};
use crate::xades::{self, Claims, XmlSigner};
use crate::{CertificateChain, Party, SealError, Signer, jws};

/// The code system of signature types.
pub(crate) const SIGNATURE_TYPES: &str = "urn:iso-astm:E1762-95:2013";
/// `Signature.sigFormat` of a JWS.
pub(crate) const JOSE: &str = "application/jose";
/// `Signature.sigFormat` of an XML signature.
pub(crate) const XML: &str = "application/signature+xml";

/// Why something was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The device witnesses the patient's own id and PIN signature.
    Witness,
    /// The patient's own key signs.
    Author,
    /// The device states what the server kept.
    Source,
    /// The device witnesses the patient's signature in the terms of HL7's Da Vinci `CDex` guide.
    Verification,
}

impl Purpose {
    pub(crate) const ALL: [Self; 4] = [Self::Witness, Self::Author, Self::Source, Self::Verification];

    pub(crate) const fn oid(self) -> &'static str {
        match self {
            Self::Witness => "1.2.840.10065.1.12.1.8",
            Self::Author => "1.2.840.10065.1.12.1.1",
            Self::Source => "1.2.840.10065.1.12.1.14",
            Self::Verification => "1.2.840.10065.1.12.1.5",
        }
    }

    pub(crate) const fn display(self) -> &'static str {
        match self {
            Self::Witness => "Signature Witness Signature",
            Self::Author => "Author's Signature",
            Self::Source => "Source Signature",
            Self::Verification => "Verification Signature",
        }
    }

    pub(crate) const fn canonicalization(self) -> Canonicalization {
        match self {
            Self::Witness | Self::Author | Self::Verification => Canonicalization::Document,
            Self::Source => Canonicalization::Json,
        }
    }

    /// Whether it signs what the patient answered, in the response itself; the other kind is about what a server keeps.
    pub(crate) const fn is_capture(self) -> bool {
        !matches!(self, Self::Source)
    }

    /// Whether the device's own key makes it.
    pub(crate) const fn is_by_device(self) -> bool {
        !matches!(self, Self::Author)
    }
}

/// How a signature is made: what `Signature.sigFormat` says, and by whose key.
#[derive(Clone, Copy)]
pub enum SigFormat<'a> {
    /// A JWS (`application/jose`), as Attesta makes it.
    Jose(&'a dyn Signer),
    /// An XML signature (`application/signature+xml`) over the resource as this release writes it in XML.
    Xml(&'a dyn XmlSigner, Version),
}

impl SigFormat<'_> {
    pub(crate) fn chain(&self) -> &CertificateChain {
        match self {
            Self::Jose(signer) => signer.chain(),
            Self::Xml(signer, _) => signer.chain(),
        }
    }

    /// The Signature datatype over `covered`, with what else is stated in `qualifiers`.
    pub(crate) fn sign(
        &self,
        purpose: Purpose,
        issued_at: Timestamp,
        who: &Party,
        on_behalf_of: Option<&Party>,
        covered: Selection<'_>,
        qualifiers: Value,
    ) -> Result<Value, SealError> {
        match self {
            Self::Jose(signer) => {
                let header = jws::protected_header(purpose, issued_at, signer.chain(), qualifiers)?;
                let jws = jws::sign(&header, &payload::jcs(covered)?, *signer)?;
                Ok(signature(purpose, issued_at, who, on_behalf_of, &jws))
            }
            Self::Xml(signer, version) => {
                let form = purpose.canonicalization().xml_uri();
                let claims = Claims {
                    signing_time: issued_at,
                    commitment: purpose.oid(),
                    description: purpose.display(),
                    canonicalization: form,
                    qualifiers: Some(&qualifiers),
                };
                let content = payload::c14n(&covered.to_value(), *version).map_err(|reason| {
                    SealError::incomplete("Signature", format!("cannot be made over XML: {reason}"))
                })?;
                let xml = xades::sign(content.as_bytes(), &claims, *signer)?;
                let mut signature = signature(purpose, issued_at, who, on_behalf_of, &xml);
                if let Some(members) = signature.as_object_mut() {
                    members.insert("targetFormat", format!("{XML_TARGET_FORMAT}{form}"));
                    members.insert("sigFormat", XML);
                }
                Ok(signature)
            }
        }
    }
}

/// Shows whose certificate it is, never the key.
impl std::fmt::Debug for SigFormat<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SigFormat").field(self.chain()).finish()
    }
}

/// The Signature datatype around a JWS, every element of which follows from the protected header and the payload.
pub(crate) fn signature(
    purpose: Purpose,
    issued_at: Timestamp,
    who: &Party,
    on_behalf_of: Option<&Party>,
    jws: &str,
) -> Value {
    let mut signature = object! {
        "type" => array![object! {
            "system" => SIGNATURE_TYPES,
            "code" => purpose.oid(),
            "display" => purpose.display(),
        }],
        "when" => utc(issued_at),
        "who" => who.to_reference(),
    };
    if let Some(object) = signature.as_object_mut() {
        if let Some(party) = on_behalf_of {
            object.insert("onBehalfOf", party.to_reference());
        }
        object.insert("targetFormat", purpose.canonicalization().target_format());
        object.insert("sigFormat", JOSE);
        object.insert("data", base64(jws));
    }
    signature
}

/// UTC in whole seconds with `Z`.
pub(crate) fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
