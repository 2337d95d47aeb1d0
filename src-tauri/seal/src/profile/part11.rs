//! The part11 profile, FHIR 4.0.1 and 5.0.0: one Provenance for each persisted version, and the certificate's
//! DocumentReference.
//!
//! The Provenance itself is not signed, so every element follows from what is: the persistence signature's protected
//! header and the resource that it covers. Making it and checking it are the same function, [`expected`].

use fhir::reference::{same_resource, versioned};
use fhir::{Value, Version, array, object};

use crate::encoding::base64;
use crate::payload::{Canonicalization, XML_TARGET_FORMAT, embedded_signatures};
use crate::profile::rules::{
    DATA_OPERATION, PARTICIPANT_TYPES, Rules, Violation, is_coded, is_party, is_time, only, token as read,
};
use crate::profile::{About, Profile, base_r5, check_version};
use crate::signature::{JOSE, Purpose, SIGNATURE_TYPES, XML};
use crate::verify::Token;
use crate::{CertificateChain, Party, SealError, TakenOver};

/// The system of a certificate's thumbprint, SHA-256 in lower-case hexadecimal.
const THUMBPRINT_SYSTEM: &str = "urn:pki:thumbprint";
/// DICOM's code system; 110150 is "Application".
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const APPLICATION: &str = "110150";

/// Attesta's own profile, for 21 CFR Part 11.
pub(super) struct Part11;

/// Which of the shapes that share [`expected`] a Provenance has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    version: Version,
    /// base-r5: with the authorization.
    authorized: bool,
}

impl Shape {
    pub(super) const fn new(version: Version, authorized: bool) -> Self {
        Self { version, authorized }
    }

    /// The release follows from the response, whose identifier is a list in R5 and signed; the profile is the one that
    /// the Provenance shows.
    pub(crate) fn of(response: &Value, provenance: &Value) -> Self {
        let list = response.get("identifier").is_some_and(|identifier| identifier.as_array().is_some());
        let version = if list { Version::R5 } else { Version::R4 };
        Self { version, authorized: list && provenance.get("authorization").is_some() }
    }
}

impl Profile for Part11 {
    fn name(&self) -> &'static str {
        "part11"
    }

    fn versions(&self) -> &'static [Version] {
        &Version::ALL
    }

    fn provenance(&self, about: &About<'_>) -> Result<Value, SealError> {
        check_version(self, about.version)?;
        build(about.resource, about.signature, Shape::new(about.version, false))
    }

    fn violations(&self, provenance: &Value, version: Version) -> Vec<Violation> {
        let mut rules = Rules::of(self, provenance, "Provenance", version);
        common(provenance, version, &[JOSE], &mut rules);
        rules.broken()
    }
}

/// What part11 and base-r5 both demand, of a signature in one of these formats (`sigFormat`).
pub(super) fn common(provenance: &Value, version: Version, formats: &[&str], rules: &mut Rules) {
    let target = only(provenance, "target").and_then(|target| target.str("reference"));
    let versioned = target.is_some_and(|target| {
        versioned(target).is_some_and(|(resource, version)| resource.contains('/') && !version.is_empty())
    });
    rules.must(versioned, "target-version", "Provenance.target", "is not one resource with its version");
    let occurred = "Provenance.occurred";
    rules.must(is_time(provenance, "occurredDateTime"), "occurred", occurred, "is not a time with offset");
    let recorded =
        is_time(provenance, "recorded") || (version == Version::R5 && provenance.get("recorded").is_none());
    rules.must(recorded, "recorded", "Provenance.recorded", "is not a time with offset");
    let subject = version == Version::R4 || provenance.get("patient").is_some_and(|one| is_party(Some(one)));
    rules.must(subject, "patient", "Provenance.patient", "is not the person, with reference and identifier");
    activity(provenance, target.unwrap_or_default(), rules);
    let devices = agents(provenance, rules);
    signature(provenance, target, &devices, formats, rules);
}

fn activity(provenance: &Value, target: &str, rules: &mut Rules) {
    let is = |code| is_coded(provenance.get("activity"), DATA_OPERATION, code);
    let (creation, update) = (is("CREATE"), is("UPDATE"));
    rules.must(
        creation || update,
        "activity",
        "Provenance.activity",
        "is neither CREATE nor UPDATE (v3-DataOperation)",
    );
    let earlier = |entity: &Value| {
        let what = entity.get("what").and_then(|what| what.str("reference")).unwrap_or_default();
        what != target && same_resource(what, target)
    };
    let revisions: Vec<_> =
        provenance.list("entity").iter().filter(|one| one.str("role") == Some("revision")).collect();
    let sound = match (update, revisions.as_slice()) {
        (true, [one]) => target.is_empty() || earlier(one),
        (true, _) => false,
        (false, revisions) => !creation || revisions.is_empty(),
    };
    rules.must(
        sound,
        "revision",
        "Provenance.entity",
        "does not name the earlier version of an update, or names one of a creation",
    );
}

/// Checks the agents; gives the devices.
fn agents<'v>(provenance: &'v Value, rules: &mut Rules) -> Vec<&'v Value> {
    let agents = provenance.list("agent");
    let is_author = |agent: &&Value| is_coded(agent.get("type"), PARTICIPANT_TYPES, "author");
    let is_device = |agent: &&Value| is_coded(agent.get("type"), DICOM, APPLICATION);
    let authors: Vec<_> = agents.iter().filter(is_author).collect();
    rules.must(authors.len() == 1, "author", "Provenance.agent", "does not have exactly one author");
    let devices: Vec<_> = agents.iter().filter(is_device).collect();
    rules.must(!devices.is_empty(), "device", "Provenance.agent", "has no device (DCM 110150)");
    rules.must(
        devices.iter().all(|device| thumbprint(device).is_some()),
        "thumbprint",
        "Provenance.agent.type",
        "does not name the certificate (urn:pki:thumbprint, SHA-256 in lower-case hexadecimal)",
    );
    let named = agents.iter().all(|agent| is_party(agent.get("who")));
    rules.must(named, "agent-who", "Provenance.agent.who", "does not have a reference and an identifier");
    let author = authors.first().and_then(|author| author.get("who"));
    rules.must(
        author.is_none() || devices.iter().all(|device| device.get("onBehalfOf") == author),
        "on-behalf-of",
        "Provenance.agent.onBehalfOf",
        "is not the author",
    );
    devices.into_iter().filter_map(|device| device.get("who")).collect()
}

/// The certificate that a device's agent names.
fn thumbprint(agent: &Value) -> Option<&str> {
    let codings = agent.get("type")?.list("coding");
    let code = codings.iter().find(|coding| coding.str("system") == Some(THUMBPRINT_SYSTEM))?.str("code")?;
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (code.len() == 64 && code.bytes().all(hexadecimal)).then_some(code)
}

fn signature(
    provenance: &Value,
    target: Option<&str>,
    devices: &[&Value],
    formats: &[&str],
    rules: &mut Rules,
) {
    let Some(signature) = only(provenance, "signature") else {
        return rules.must(false, "signature", "Provenance.signature", "is not exactly one");
    };
    let source = only(signature, "type").is_some_and(|kind| {
        kind.str("system") == Some(SIGNATURE_TYPES) && kind.str("code") == Some(Purpose::Source.oid())
    });
    rules.must(source, "signature-type", "Provenance.signature.type", "is not Source Signature");
    let when = signature.str("when");
    let occurred = provenance.str("occurredDateTime");
    rules.must(
        is_time(signature, "when") && (occurred.is_none() || occurred == when),
        "signature-when",
        "Provenance.signature.when",
        "is not the time of the Provenance",
    );
    rules.must(
        is_party(signature.get("who"))
            && (devices.is_empty() || devices.iter().any(|device| signature.get("who") == Some(device))),
        "signature-who",
        "Provenance.signature.who",
        "is not the device",
    );
    let alone = signature.get("onBehalfOf").is_none();
    let behalf = "Provenance.signature.onBehalfOf";
    rules.must(alone, "signature-on-behalf-of", behalf, "is present; the device states what it found");
    let format = signature.str("sigFormat").filter(|format| formats.contains(format));
    let (named, reason) = if format == Some(XML) {
        (
            format!("{XML_TARGET_FORMAT}{}", Canonicalization::Json.xml_uri()),
            "is not the whole resource in C14N 1.1",
        )
    } else {
        (Canonicalization::Json.target_format(), "is not the whole resource in RFC 8785")
    };
    let whole = signature.str("targetFormat") == Some(named.as_str());
    rules.must(whole, "target-format", "Provenance.signature.targetFormat", reason);
    rules.must(
        format.is_some(),
        "sig-format",
        "Provenance.signature.sigFormat",
        &format!("is not {}", formats.join(" or ")),
    );
    if format.is_none() {
        return;
    }
    let data = "Provenance.signature.data";
    let Some(token) = read(signature) else {
        return rules.must(false, "data", data, "is not a detached signature with its certificates");
    };
    let states = token.commitment().map(|(_, qualifier)| qualifier.str("target"));
    rules.must(
        target.is_none() || states == Some(target),
        "data-target",
        data,
        "does not state the target of the Provenance",
    );
    let of_token = token.chain().thumbprint_hex();
    let named: Vec<_> = provenance.list("agent").iter().filter_map(thumbprint).collect();
    rules.must(
        named.is_empty() || named.contains(&of_token.as_str()),
        "data-certificate",
        data,
        "is by a certificate that no agent names",
    );
}

/// The Provenance (R4) for `returned`, around its persistence signature (from [`crate::persistence`]).
///
/// `occurredDateTime` and `recorded` are the signature's time; the author is the response's `source`; there is one
/// Device agent for each certificate used.
///
/// # Errors
/// [`SealError::Incomplete`] when the signature or the response is not one that this crate made.
pub fn provenance(returned: &Value, persistence: &Value) -> Result<Value, SealError> {
    build(returned, persistence, Shape::new(Version::R4, false))
}

pub(super) fn build(returned: &Value, persistence: &Value, shape: Shape) -> Result<Value, SealError> {
    let token = read(persistence)
        .ok_or_else(|| SealError::incomplete("Provenance.signature", "is not a persistence signature"))?;
    expected(returned, persistence, &token, shape)
        .map_err(|element| SealError::incomplete(element, "is missing, so the Provenance cannot be built"))
}

/// What the Provenance must be, element by element; the error names what the signed data lacks for it.
pub(crate) fn expected(
    response: &Value,
    persistence: &Value,
    token: &Token,
    shape: Shape,
) -> Result<Value, &'static str> {
    let (_, qualifier) = token.commitment().ok_or("srCms")?;
    let target = qualifier.str("target").ok_or("commQuals.target")?;
    let activity = qualifier.str("activity").ok_or("commQuals.activity")?;
    let when = persistence.str("when").ok_or("Signature.when")?;
    let device = persistence.get("who").and_then(Party::from_reference).ok_or("Signature.who")?;
    let source =
        response.get("source").and_then(Party::from_reference).ok_or("QuestionnaireResponse.source")?;

    let mut agents = vec![object! {
        "type" => object! { "coding" => array![object! {
            "system" => PARTICIPANT_TYPES,
            "code" => "author",
        }] },
        "who" => source.to_reference(),
    }];
    let taken_over = TakenOver::stated(qualifier).map_err(|()| "commQuals.capturedBy")?;
    agents.extend(certificates(response, token).into_iter().map(|(thumbprint, owner)| {
        // Of a record that was taken over, each device stands with its own certificate.
        let who = owner.filter(|_| taken_over.is_some()).unwrap_or_else(|| device.clone());
        object! {
            "type" => object! { "coding" => array![
                object! { "system" => DICOM, "code" => APPLICATION },
                object! { "system" => THUMBPRINT_SYSTEM, "code" => thumbprint },
            ] },
            "who" => who.to_reference(),
            "onBehalfOf" => source.to_reference(),
        }
    }));

    let mut provenance = object! {
        "resourceType" => "Provenance",
        "target" => array![object! { "reference" => target }],
        "occurredDateTime" => when,
        "recorded" => when,
        "activity" => object! { "coding" => array![object! {
            "system" => DATA_OPERATION,
            "code" => activity,
        }] },
        "agent" => agents,
    };
    if let Some(members) = provenance.as_object_mut() {
        if shape.version == Version::R5 {
            let patient = response.get("subject").and_then(Party::from_reference);
            members.insert("patient", patient.ok_or("QuestionnaireResponse.subject")?.to_reference());
        }
        if shape.authorized {
            members.insert("authorization", array![base_r5::authorization()]);
        }
        let revision = qualifier.str("revisionOf").map(|revision_of| {
            object! { "role" => "revision", "what" => object! { "reference" => revision_of } }
        });
        let entities: Vec<Value> = revision.into_iter().chain(taken_over.map(export_entity)).collect();
        if !entities.is_empty() {
            members.insert("entity", entities);
        }
        members.insert("signature", array![persistence]);
    }
    Ok(provenance)
}

/// The emergency export that the response came from: no resource, so it has an identifier alone.
fn export_entity(taken_over: TakenOver<'_>) -> Value {
    object! {
        "role" => "source",
        "what" => object! {
            "identifier" => object! { "system" => "urn:ietf:rfc:3986", "value" => taken_over.export },
            "display" => "Emergency export of the device that the patient signed on",
        },
    }
}

/// The thumbprint of each certificate used, each once: the capture signatures' with who they name as signer, then the
/// persistence signature's.
fn certificates(response: &Value, persistence: &Token) -> Vec<(String, Option<Party>)> {
    let mut certificates: Vec<(String, Option<Party>)> = Vec::new();
    let captures = embedded_signatures(response)
        .filter_map(|one| Some((read(one)?, one.get("who").and_then(Party::from_reference))));
    for (token, owner) in captures.chain(std::iter::once((persistence.clone(), None))) {
        let thumbprint = token.chain().thumbprint_hex();
        if certificates.iter().all(|(known, _)| *known != thumbprint) {
            certificates.push((thumbprint, owner));
        }
    }
    certificates
}

/// Who made the capture signature of a response, with the certificates that it carries; `None` where it carries none of
/// Attesta's own form.
pub fn captured_by(response: &Value) -> Option<(Party, CertificateChain)> {
    let signature = embedded_signatures(response).next()?;
    let who = signature.get("who").and_then(Party::from_reference)?;
    Some((who, read(signature)?.chain().clone()))
}

/// The DocumentReference that makes the sealing certificate obtainable; posted once, before the first Provenance.
///
/// Its identifier is the certificate's thumbprint, so that it can be created conditionally.
pub fn certificate_document(chain: &CertificateChain, device: &Party, version: Version) -> Value {
    let mut document = object! {
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
    };
    if let Some(members) = document.as_object_mut() {
        match version {
            Version::R4 => {
                members.insert("context", object! { "related" => array![device.to_reference()] });
            }
            Version::R5 => {
                members.insert("subject", device.to_reference());
            }
        }
    }
    document
}
