//! A document Bundle (FHIR R5, section 3.3) around one sealed response.
//!
//! The response is signed as the server keeps it, so its relative references stay as they are: the entries that a
//! server keeps have their address there as fullUrl, against which those references are read. The Composition is the
//! document's own (`urn:uuid`) and names the others by that address.

use fhir::{Value, array, object};
use jiff::Timestamp;

use crate::iehr::graph::{Graph, references};
use crate::signature::utc;
use crate::{Party, SealError, rfc3339};

/// LOINC's code for a response to a questionnaire, as a document.
const LOINC: (&str, &str, &str) = ("http://loinc.org", "74465-6", "Questionnaire response Document");

/// What a document is made of. Every resource is FHIR 5.0.0.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    /// A UUID in lower case: the Bundle's id and identifier.
    pub id: &'a str,
    /// Another one, the Composition's.
    pub composition_id: &'a str,
    /// Address of the FHIR server that keeps the response, without a slash at its end.
    pub server: &'a str,
    /// The title, such as the questionnaire's.
    pub title: &'a str,
    /// The QuestionnaireResponse as the server keeps it.
    pub response: &'a Value,
    /// What stands beside it: the Provenance of the response, and the resources that it references (Patient, Device,
    /// Organization), each with its id on that server; the Questionnaire too.
    pub others: &'a [Value],
    /// Who makes the document: the device.
    pub author: &'a Party,
    /// When.
    pub at: Timestamp,
}

/// Names a person's answers, so nothing of it is shown.
impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Document(…)")
    }
}

/// Builds the Bundle: Composition first, then the response, then the others.
///
/// # Errors
/// [`SealError::Incomplete`] when the response is not one of FHIR R5, lacks what a document needs, or a reference in it
/// leads to nothing; [`SealError::Bundle`] when it is too large.
pub fn document(parts: &Document<'_>) -> Result<Value, SealError> {
    if parts.response.get("identifier").is_none_or(|identifier| identifier.as_array().is_none()) {
        let reason = "is written in FHIR R4, and the Gravitate-Health guide is for R5 alone; a study that exports such \
                      documents chooses R5 (policy.fhirVersion)";
        return Err(SealError::incomplete("QuestionnaireResponse.identifier", reason));
    }
    let subject = parts.response.get("subject").and_then(Party::from_reference);
    let subject = subject
        .ok_or_else(|| SealError::incomplete("QuestionnaireResponse.subject", "is not named completely"))?;
    let mut entries =
        vec![entry(format!("urn:uuid:{}", parts.composition_id), composition(parts, &subject)?)];
    for resource in std::iter::once(parts.response).chain(parts.others) {
        entries.push(entry(address(parts.server, resource)?, resource.clone()));
    }
    let bundle = object! {
        "resourceType" => "Bundle",
        "id" => parts.id,
        "meta" => object! { "versionId" => "1" },
        "identifier" => object! {
            "system" => "urn:ietf:rfc:3986",
            "value" => format!("urn:uuid:{}", parts.id),
        },
        "type" => "document",
        "timestamp" => utc(parts.at),
        "entry" => entries,
    };
    match gaps(&bundle)?.into_iter().next() {
        Some((element, reason)) => Err(SealError::incomplete(element, reason)),
        None => Ok(bundle),
    }
}

fn entry(full_url: String, resource: Value) -> Value {
    object! { "fullUrl" => full_url, "resource" => resource }
}

/// Where a server keeps a resource.
fn address(server: &str, resource: &Value) -> Result<String, SealError> {
    let (kind, id) = resource
        .resource_type()
        .zip(resource.str("id"))
        .ok_or_else(|| SealError::incomplete("Bundle.entry.resource.id", "is missing"))?;
    Ok(format!("{server}/{kind}/{id}"))
}

fn composition(parts: &Document<'_>, subject: &Party) -> Result<Value, SealError> {
    // From a fullUrl that is no server's address a relative reference would lead nowhere.
    let at_server = |party: &Party| {
        let absolute = format!("{}/{}", parts.server, party.reference);
        Party { reference: absolute, ..party.clone() }.to_reference()
    };
    let (system, code, display) = LOINC;
    let mut composition = object! { "resourceType" => "Composition", "id" => parts.composition_id };
    if let Some(members) = composition.as_object_mut() {
        if let Some(language) = parts.response.str("language") {
            members.insert("language", language);
        }
        members.insert("status", "final");
        members.insert(
            "type",
            object! { "coding" => array![object! {
                "system" => system, "code" => code, "display" => display,
            }] },
        );
        members.insert("subject", array![at_server(subject)]);
        members.insert("date", utc(parts.at));
        members.insert("author", array![at_server(parts.author)]);
        members.insert("title", parts.title);
        let response = object! { "reference" => address(parts.server, parts.response)? };
        members.insert("section", array![object! { "title" => parts.title, "entry" => array![response] }]);
    }
    Ok(composition)
}

/// What a document lacks, as element and reason; the maker and the verifier ask the same.
///
/// # Errors
/// [`SealError::Bundle`] when it is too large to read.
pub(crate) fn gaps(bundle: &Value) -> Result<Vec<(String, String)>, SealError> {
    let graph = Graph::new(bundle)?;
    let mut gaps = Vec::new();
    let mut must = |holds: bool, element: &str, reason: &str| {
        if !holds {
            gaps.push((element.to_owned(), reason.to_owned()));
        }
    };
    must(bundle.str("type") == Some("document"), "Bundle.type", "is not document");
    let identifier = bundle.get("identifier");
    let has = |name| identifier.and_then(|one| one.str(name)).is_some();
    must(has("system") && has("value"), "Bundle.identifier", "has no system and value");
    let dated = bundle.str("timestamp").and_then(rfc3339).is_some();
    must(dated, "Bundle.timestamp", "is not a time with offset");
    let first = graph.nodes.first().map_or(&Value::Null, |node| node.resource);
    must(first.resource_type() == Some("Composition"), "Bundle.entry[0]", "is not the Composition");
    for name in ["status", "type", "date", "title"] {
        must(first.get(name).is_some(), &format!("Composition.{name}"), "is missing");
    }
    must(!first.list("author").is_empty(), "Composition.author", "is missing");
    must(!first.list("subject").is_empty(), "Composition.subject", "is missing");
    for (index, node) in graph.nodes.iter().enumerate() {
        let place = format!("Bundle.entry[{index}]");
        if node.full_url.is_none() || graph.has_double(index) {
            gaps.push((format!("{place}.fullUrl"), "is not there, or stands twice".to_owned()));
        }
        let resource = without_history(node.resource);
        let lost = references(&resource)
            .into_iter()
            .find(|reference| !reference.starts_with('#') && graph.resolve(index, reference).is_empty());
        if lost.is_some() {
            gaps.push((place, "references something that is not in the document".to_owned()));
        }
    }
    Ok(gaps)
}

/// The earlier version that a Provenance's entity names is not part of a document.
fn without_history(resource: &Value) -> Value {
    let mut resource = resource.clone();
    if resource.resource_type() == Some("Provenance")
        && let Some(members) = resource.as_object_mut()
    {
        members.remove("entity");
    }
    resource
}
