//! Value sets that a form names and does not have: which they are, and how their expansions are stored with it.
//!
//! [`missing`] lists them; a terminology server is asked for each (`$expand`, FHIR R4, section 4.9.18.1), page by page,
//! which [`gather`] drives and the caller does; [`Expansion`] judges what it answers; [`contain`] puts the expansions into
//! the form. From then on the form needs no server, and its hash covers what patients are offered.

mod concept;
mod expansion;
mod gather;
mod references;

use std::collections::HashSet;

use fhir::{Object, Value};
use sha2::{Digest as _, Sha256};

use crate::import::why_not_offered;
pub use expansion::{Expansion, ExpansionError, MAX_CONCEPTS};
pub use gather::{Found, Gathered, Lacking, NoPage, Page, ServerFailed, TerminologyServer, gather};

/// The most value sets that a form may lack. Real forms stay far below.
pub const MAX_VALUE_SETS: usize = 200;

/// A value set that a form names and that cannot be offered with what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// As the form names it: a canonical (`url` or `url|version`), or `#id` for one that it contains.
    pub reference: String,
    /// What a server can be asked for; `None` for a contained value set without an address.
    pub canonical: Option<String>,
    /// The items that name it, in document order.
    pub link_ids: Vec<String>,
    /// The terminology servers that the form prefers for it (`preferredTerminologyServer`), the innermost first. The form
    /// does not decide who is asked: that is for the study to allow.
    pub preferred: Vec<String>,
    /// Why it cannot be offered.
    pub reason: String,
}

/// The value sets that `questionnaire` needs and that neither it nor `given` has (nor this crate, of HL7's), in document
/// order, at most [`MAX_VALUE_SETS`] and one more. None for what is no Questionnaire.
pub fn missing(questionnaire: &Value, given: &[Value]) -> Vec<Missing> {
    let Some(object) = questionnaire.as_object().filter(|_| is_questionnaire(questionnaire)) else {
        return Vec::new();
    };
    let mut found: Vec<Missing> = Vec::new();
    let mut there: HashSet<&str> = HashSet::new();
    let why_not_offered = why_not_offered(object, given);
    references::each(questionnaire, &mut |reference, link_id, preferred| {
        if there.contains(reference) {
            return;
        }
        if let Some(known) = found.iter_mut().find(|known| known.reference == reference) {
            if known.link_ids.last().map(String::as_str) != Some(link_id) {
                known.link_ids.push(link_id.to_owned());
            }
            return;
        }
        if found.len() > MAX_VALUE_SETS {
            return;
        }
        match why_not_offered(reference) {
            None => {
                there.insert(reference);
            }
            Some(reason) => found.push(Missing {
                reference: reference.to_owned(),
                canonical: canonical(object, reference),
                link_ids: vec![link_id.to_owned()],
                preferred: preferred.iter().map(|&server| server.to_owned()).collect(),
                reason,
            }),
        }
    });
    found
}

/// Why expansions cannot be stored with a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContainError {
    /// Not a Questionnaire.
    #[error("this is not a FHIR Questionnaire; its resourceType must be Questionnaire")]
    NotAQuestionnaire,
    /// An expansion that is not whole.
    #[error("the expansion of {reference} is not complete; get its other pages first")]
    NotComplete {
        /// As the form names the value set.
        reference: String,
    },
    /// The form does not name this value set.
    #[error("the form names no value set {reference}")]
    NotNamed {
        /// As given.
        reference: String,
    },
}

/// The form with `expansions` stored in it: contained value sets that list every concept and keep address, version and
/// time of expansion, named by `#id` where the canonical stood. The same form and expansions give the same bytes; the
/// order of `expansions` means nothing.
///
/// # Errors
/// [`ContainError`]; `questionnaire` itself is never changed.
pub fn contain(questionnaire: &Value, expansions: &[Expansion]) -> Result<Value, ContainError> {
    if !is_questionnaire(questionnaire) {
        return Err(ContainError::NotAQuestionnaire);
    }
    let mut form = questionnaire.clone();
    let (mut named, mut seen) = (Vec::new(), HashSet::new());
    references::each(questionnaire, &mut |reference, _, _| {
        if seen.insert(reference) {
            named.push(reference.to_owned());
        }
    });
    if let Some(stray) = expansions.iter().find(|one| !seen.contains(one.reference())) {
        return Err(ContainError::NotNamed { reference: stray.reference().to_owned() });
    }
    let mut renamed: Vec<(String, String)> = Vec::new();
    for reference in named {
        let Some(expansion) = expansions.iter().find(|one| one.reference() == reference) else { continue };
        let whole =
            expansion.value_set().ok_or(ContainError::NotComplete { reference: reference.clone() })?;
        let Some(object) = form.as_object_mut() else { continue };
        let id = match reference.strip_prefix('#') {
            Some(id) => id.to_owned(),
            None => free_id(object, &reference),
        };
        put(object, &id, whole);
        renamed.push((reference, format!("#{id}")));
    }
    references::rename(&mut form, &renamed);
    Ok(form)
}

fn is_questionnaire(value: &Value) -> bool {
    value.resource_type() == Some("Questionnaire")
}

/// What a server can be asked for, for a reference that stands in the form.
fn canonical(questionnaire: &Object, reference: &str) -> Option<String> {
    let Some(id) = reference.strip_prefix('#') else { return Some(reference.to_owned()) };
    let contained = questionnaire.get("contained").and_then(Value::as_array).unwrap_or_default();
    let set = contained
        .iter()
        .find(|resource| resource.resource_type() == Some("ValueSet") && resource.str("id") == Some(id))?;
    let url = set.str("url")?;
    Some(set.str("version").map_or_else(|| url.to_owned(), |version| format!("{url}|{version}")))
}

/// An id that follows from the canonical alone, unless something else in the form has it already.
fn free_id(questionnaire: &Object, canonical: &str) -> String {
    use std::fmt::Write as _;
    let contained = questionnaire.get("contained").and_then(Value::as_array).unwrap_or_default();
    let mut id = "vs-".to_owned();
    for byte in Sha256::digest(canonical).iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    while contained.iter().any(|resource| resource.str("id") == Some(&id)) {
        id.push('x');
    }
    id
}

/// Puts the value set among what the form contains, in the place of the one that had its id.
fn put(questionnaire: &mut Object, id: &str, mut value_set: Object) {
    value_set.insert("id", id);
    if questionnaire.get("contained").and_then(Value::as_array).is_none() {
        questionnaire.insert("contained", Value::Array(Vec::new()));
    }
    let Some(contained) = questionnaire.get_mut("contained").and_then(Value::as_array_mut) else { return };
    let there = contained
        .iter_mut()
        .find(|resource| resource.resource_type() == Some("ValueSet") && resource.str("id") == Some(id));
    match there {
        Some(there) => *there = Value::Object(value_set),
        None => contained.push(Value::Object(value_set)),
    }
}
