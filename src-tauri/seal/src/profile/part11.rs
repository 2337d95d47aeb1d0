//! The part11 profile, FHIR 4.0.1: one Provenance for each persisted version, and the certificate's DocumentReference.
//!
//! The Provenance itself is not signed, so every element follows from what is: the persistence signature's protected
//! header and the resource that it covers. Making it and checking it are the same function, [`expected`].

use fhir::{Value, array, object};

use crate::encoding::base64;
use crate::payload::embedded_signatures;
use crate::verify::Token;
use crate::{CertificateChain, Party, SealError};

/// The system of a certificate's thumbprint, SHA-256 in lower-case hexadecimal.
const THUMBPRINT_SYSTEM: &str = "urn:pki:thumbprint";

/// The Provenance for `returned`, around its persistence signature (from [`crate::persistence`]).
///
/// `occurredDateTime` and `recorded` are the signature's time; the author is the response's `source`; there is one
/// Device agent for each certificate used.
///
/// # Errors
/// [`SealError::Incomplete`] when the signature or the response is not one that this crate made.
pub fn provenance(returned: &Value, persistence: &Value) -> Result<Value, SealError> {
    let token = read(persistence)
        .ok_or_else(|| SealError::incomplete("Provenance.signature", "is not a persistence signature"))?;
    expected(returned, persistence, &token)
        .map_err(|element| SealError::incomplete(element, "is missing, so the Provenance cannot be built"))
}

/// What the Provenance must be, element by element; the error names what the signed data lacks for it.
pub(crate) fn expected(response: &Value, persistence: &Value, token: &Token) -> Result<Value, &'static str> {
    let (_, qualifier) = token.commitment().ok_or("srCms")?;
    let target = qualifier.str("target").ok_or("commQuals.target")?;
    let activity = qualifier.str("activity").ok_or("commQuals.activity")?;
    let when = persistence.str("when").ok_or("Signature.when")?;
    let device = persistence.get("who").and_then(Party::from_reference).ok_or("Signature.who")?;
    let source =
        response.get("source").and_then(Party::from_reference).ok_or("QuestionnaireResponse.source")?;

    let mut agents = vec![object! {
        "type" => object! { "coding" => array![object! {
            "system" => "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
            "code" => "author",
        }] },
        "who" => source.to_reference(),
    }];
    agents.extend(thumbprints(response, token).iter().map(|thumbprint| {
        object! {
            "type" => object! { "coding" => array![
                object! { "system" => "http://dicom.nema.org/resources/ontology/DCM", "code" => "110150" },
                object! { "system" => THUMBPRINT_SYSTEM, "code" => thumbprint },
            ] },
            "who" => device.to_reference(),
            "onBehalfOf" => source.to_reference(),
        }
    }));

    let mut provenance = object! {
        "resourceType" => "Provenance",
        "target" => array![object! { "reference" => target }],
        "occurredDateTime" => when,
        "recorded" => when,
        "activity" => object! { "coding" => array![object! {
            "system" => "http://terminology.hl7.org/CodeSystem/v3-DataOperation",
            "code" => activity,
        }] },
        "agent" => agents,
    };
    if let Some(members) = provenance.as_object_mut() {
        if let Some(revision_of) = qualifier.str("revisionOf") {
            let entity = object! { "role" => "revision", "what" => object! { "reference" => revision_of } };
            members.insert("entity", array![entity]);
        }
        members.insert("signature", array![persistence]);
    }
    Ok(provenance)
}

/// The thumbprint of each certificate used, each once: the capture signatures', then the persistence signature's.
fn thumbprints(response: &Value, persistence: &Token) -> Vec<String> {
    let mut thumbprints: Vec<String> = Vec::new();
    let captures = embedded_signatures(response).filter_map(read);
    for token in captures.chain(std::iter::once(persistence.clone())) {
        let thumbprint = token.chain().thumbprint_hex();
        if !thumbprints.contains(&thumbprint) {
            thumbprints.push(thumbprint);
        }
    }
    thumbprints
}

fn read(signature: &Value) -> Option<Token> {
    Token::read(signature, None).ok()
}

/// The DocumentReference (R4) that makes the sealing certificate obtainable; posted once, before the first Provenance.
///
/// Its identifier is the certificate's thumbprint, so that it can be created conditionally.
pub fn certificate_document(chain: &CertificateChain, device: &Party) -> Value {
    object! {
        "resourceType" => "DocumentReference",
        "identifier" => array![object! {
            "system" => THUMBPRINT_SYSTEM,
            "value" => chain.thumbprint_hex(),
        }],
        "status" => "current",
        "description" => "X.509 certificate of the device that seals questionnaire responses",
        "content" => array![object! {
            "attachment" => object! {
                "contentType" => "application/pkix-cert",
                "data" => base64(chain.leaf_der()),
            },
        }],
        "context" => object! { "related" => array![device.to_reference()] },
    }
}
