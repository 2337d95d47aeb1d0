//! Signing a Bundle for transmission.

use fhir::{Value, array, object};
use jiff::Timestamp;

use super::PROVENANCE_EXTENSION;
use super::graph::{Graph, Node};
use crate::encoding::base64;
use crate::payload::Canonicalization;
use crate::profile::iehr as profile;
use crate::signature::utc;
use crate::{Party, SealError, Signer, jws, payload};

/// Who transmits, and when.
#[derive(Debug, Clone, Copy)]
pub struct Transmission<'a> {
    /// Who wrote the resources: organizations, practitioners or patients, at least one.
    pub authors: &'a [Party],
    /// The organization that keeps and signs them; its identifier is a URI in the signer's certificate.
    pub custodian: &'a Party,
    /// The time of the signatures.
    pub issued_at: Timestamp,
    /// The program and its version.
    pub application: &'a str,
}

/// Signs each parent of a Bundle and appends its Provenance. `new_id` gives a new UUID for each.
///
/// # Errors
/// [`SealError::Bundle`] when the Bundle is too large, a parent is signed already or cannot be told from another entry;
/// [`SealError::Incomplete`] when the certificate is not the custodian's or not valid then; [`SealError::Canonical`],
/// [`SealError::Sign`].
pub fn sign_bundle(
    bundle: &Value,
    transmission: &Transmission<'_>,
    new_id: &mut dyn FnMut() -> String,
    signer: &dyn Signer,
) -> Result<Value, SealError> {
    check_signer(transmission, signer)?;
    let graph = Graph::new(bundle)?;
    let mut outcome = bundle.clone();
    let Some(entries) =
        outcome.as_object_mut().and_then(|root| root.get_mut("entry")).and_then(Value::as_array_mut)
    else {
        return Ok(outcome);
    };
    for parent in graph.parents() {
        let name = graph.name(parent);
        let refuse = |reason: &str| Err(SealError::bundle(format!("{name} {reason}")));
        if graph.has_double(parent) {
            return refuse("stands in it twice, and no reference can tell which is meant");
        }
        let node = &graph.nodes[parent];
        if node.resource.list("extension").iter().any(|one| one.str("url") == Some(PROVENANCE_EXTENSION)) {
            return refuse("names a Provenance for transmission already");
        }
        let Some(place) = Place::of(node, new_id()) else {
            return refuse("has neither an id nor a fullUrl, so that nothing can name it");
        };
        let resource = extended(node.resource, &place.provenance);
        let provenance = prove(&resource, &place, transmission, signer)?;
        if let Some(entry) = entries.get_mut(parent).and_then(Value::as_object_mut) {
            entry.insert("resource", resource);
        }
        let mut entry = fhir::Object::new();
        if let Some(url) = place.full_url {
            entry.insert("fullUrl", url);
        }
        entry.insert("resource", provenance);
        entries.push(entry.into());
    }
    Ok(outcome)
}

/// How the parent and its Provenance name each other.
struct Place {
    id: String,
    target: String,
    provenance: String,
    full_url: Option<String>,
}

impl Place {
    /// As the parent stands in the Bundle: on a server's base, under a urn, or by type and id alone.
    fn of(node: &Node<'_>, id: String) -> Option<Self> {
        let own = || Some(format!("{}/{}", node.resource.resource_type()?, node.resource.str("id")?));
        let relative = format!("Provenance/{id}");
        Some(match (node.base(), node.full_url) {
            (Some(base), _) => {
                Self { target: own()?, full_url: Some(format!("{base}{relative}")), provenance: relative, id }
            }
            (None, Some(url)) => {
                let urn = format!("urn:uuid:{id}");
                Self { target: url.to_owned(), full_url: Some(urn.clone()), provenance: urn, id }
            }
            (None, None) => Self { target: own()?, full_url: None, provenance: relative, id },
        })
    }
}

fn check_signer(transmission: &Transmission<'_>, signer: &dyn Signer) -> Result<(), SealError> {
    let leaf = signer.chain().leaf();
    if !leaf.uris.contains(&transmission.custodian.identifier_value) {
        return Err(SealError::incomplete(
            "Provenance.agent.who",
            "is a custodian whom the signing certificate does not name; use the organization's own certificate",
        ));
    }
    if !leaf.is_valid_at(transmission.issued_at) {
        return Err(SealError::incomplete("iat", "is outside the certificate's validity"));
    }
    if transmission.authors.is_empty() {
        return Err(SealError::incomplete("Provenance.agent", "has no author"));
    }
    Ok(())
}

/// The extension goes first: the signature covers which Provenance the resource has.
fn extended(resource: &Value, provenance: &str) -> Value {
    let extension = object! {
        "url" => PROVENANCE_EXTENSION,
        "valueReference" => object! { "reference" => provenance },
    };
    let mut extended = resource.clone();
    if let Some(members) = extended.as_object_mut() {
        match members.get_mut("extension").and_then(Value::as_array_mut) {
            Some(extensions) => extensions.push(extension),
            None => {
                members.insert("extension", array![extension]);
            }
        }
    }
    extended
}

/// Takes the extension off again that names the Provenance of a transmission: the resource as it was before it.
pub fn remove_provenance_extension(resource: &mut Value) {
    let Some(members) = resource.as_object_mut() else { return };
    let Some(extensions) = members.get_mut("extension").and_then(Value::as_array_mut) else { return };
    extensions.retain(|one| one.str("url") != Some(PROVENANCE_EXTENSION));
    if extensions.is_empty() {
        members.remove("extension");
    }
}

fn prove(
    resource: &Value,
    place: &Place,
    transmission: &Transmission<'_>,
    signer: &dyn Signer,
) -> Result<Value, SealError> {
    let chain = signer.chain();
    let header = object! {
        "alg" => "ES256",
        "iat" => jws::seconds(transmission.issued_at)?,
        "canon" => Canonicalization::Json.uri(),
        "x5t#S256" => chain.x5t_s256(),
        "x5c" => jws::x5c(chain),
        "srCms" => array![object! {
            "commId" => object! {
                "id" => format!("urn:oid:{}", profile::VERIFICATION),
                "desc" => "Verification Signature",
            },
            "commQuals" => array![object! {
                "target" => &place.target,
                "custodian" => &transmission.custodian.identifier_value,
                "numberTextS256" => payload::number_text_s256(resource),
                "application" => transmission.application,
            }],
        }],
    };
    let token = jws::sign(&header, &payload::jcs(resource)?, signer)?;
    let when = utc(transmission.issued_at);
    let (authors, custodian) = (transmission.authors, transmission.custodian);
    Ok(profile::build(&place.id, &place.target, &when, authors, custodian, base64(token)))
}
