//! Places in the resource, and the extensions that stand there.

use std::rc::Rc;

use fhir::{Object, Value};

use super::read::Findings;
use crate::{Reason, hl7::name as hl7_name, report::Quoted};

/// A place in the resource: FHIRPath, and what it belongs to.
#[derive(Clone)]
pub(super) struct At {
    /// The `linkId` of the item.
    pub(super) link_id: Option<Rc<str>>,
    pub(super) path: String,
    /// The url of the extension that stands here, or around this place: the innermost that has an address of its own.
    pub(super) extension: Option<Rc<str>>,
}

impl At {
    pub(super) fn root() -> Self {
        Self { link_id: None, path: "Questionnaire".to_owned(), extension: None }
    }

    /// The element `name` of this place. A primitive's `_name` is the same element in FHIRPath.
    pub(super) fn child(&self, name: &str) -> Self {
        let name = name.trim_start_matches('_');
        let mut path = String::with_capacity(self.path.len() + 1 + name.len());
        path.push_str(&self.path);
        path.push('.');
        // Every element of a form gets its path, so that most of an import is spent here.
        if name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            path.push_str(name);
        } else {
            path.push_str(&Quoted(name).to_string());
        }
        self.with(path)
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.with(format!("{}[{index}]", self.path))
    }

    /// The extension at `index` of this place. What is found there, or inside it, is about that extension.
    pub(super) fn extension(&self, index: usize, url: &str) -> Self {
        self.with(format!("{}.extension[{index}]", self.path)).of(url)
    }

    /// This place as an extension's. The parts of a complex one (`url` without a scheme) are its own.
    pub(super) fn of(mut self, url: &str) -> Self {
        if self.extension.is_none() || url.contains(':') {
            self.extension = Some(Rc::from(url));
        }
        self
    }

    fn with(&self, path: String) -> Self {
        Self { link_id: self.link_id.clone(), path, extension: self.extension.clone() }
    }
}

/// An extension, and which one of its element it is. Its place is written only where something is said about it.
#[derive(Clone, Copy)]
pub(super) struct Instance<'v, 'a> {
    on: &'a At,
    index: usize,
    pub(super) object: &'v Object,
}

impl<'v> Instance<'v, '_> {
    pub(super) fn at(&self) -> At {
        self.on.extension(self.index, self.url())
    }

    pub(super) fn url(&self) -> &'v str {
        self.object.get("url").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.object.get(name)
    }

    /// The first part of a complex extension that has this `url`, and its place.
    pub(super) fn part(&self, url: &str) -> Option<(At, &'v Object)> {
        let (index, part) = indexed(self.object).find(|(_, part)| part.str("url") == Some(url))?;
        Some((self.at().extension(index, url), part.as_object()?))
    }

    pub(super) fn refuse(&self, findings: &mut Findings, reason: Reason, message: impl Into<String>) {
        findings.refuse(&self.at(), reason, message);
    }

    pub(super) fn notice(&self, findings: &mut Findings, reason: Reason, message: impl Into<String>) {
        findings.notice(&self.at(), reason, message);
    }
}

/// The HL7 extension `name` of an element; refused when it stands there twice.
pub(super) fn single<'v, 'a>(
    findings: &mut Findings,
    at: &'a At,
    object: &'v Object,
    name: &'static str,
) -> Option<Instance<'v, 'a>> {
    let mut found = all(at, object, name);
    let first = found.next()?;
    if let Some(second) = found.next() {
        let place = second.at();
        // Several readers may meet it.
        if findings.withdraw(&place) {
            findings.withdraw(&first.at());
            let message = format!("the extension {name} stands here more than once; keep one");
            findings.refuse(&place, Reason::Malformed, message);
        }
    }
    Some(first)
}

/// All extensions of HL7's with this name on an element.
pub(super) fn all<'v, 'a>(
    at: &'a At,
    object: &'v Object,
    name: &'static str,
) -> impl Iterator<Item = Instance<'v, 'a>> {
    indexed(object)
        .filter(move |(_, extension)| extension.str("url").and_then(hl7_name) == Some(name))
        .filter_map(move |(index, extension)| {
            Some(Instance { on: at, index, object: extension.as_object()? })
        })
}

/// The HL7 extensions `name` of an element, for whom their place does not matter.
pub(super) fn with_name<'v>(object: &'v Object, name: &'static str) -> impl Iterator<Item = &'v Object> {
    indexed(object)
        .filter(move |(_, extension)| extension.str("url").and_then(hl7_name) == Some(name))
        .filter_map(|(_, extension)| extension.as_object())
}

/// Whether an element has the HL7 extension `name`.
pub(super) fn has(object: &Object, name: &'static str) -> bool {
    with_name(object, name).next().is_some()
}

/// Where to say something that is about several extensions of an element at once: at the first of these `names` that is
/// there, at the element itself where there is none. None of them is honoured then.
pub(super) fn about(findings: &mut Findings, at: &At, object: &Object, names: &[&'static str]) -> At {
    let places: Vec<At> =
        names.iter().filter_map(|name| all(at, object, name).next()).map(|found| found.at()).collect();
    for place in &places {
        findings.withdraw(place);
    }
    places.into_iter().next().unwrap_or_else(|| at.clone())
}

/// The codes of `questionnaire-itemControl`.
pub(super) fn item_control(object: &Object) -> Vec<&str> {
    controls(object).map(|(.., code)| code).collect()
}

/// The `questionnaire-itemControl` with this code; the item where there is none.
pub(super) fn control_at(at: &At, object: &Object, code: &str) -> At {
    match controls(object).find(|(.., known)| *known == code) {
        Some((index, url, _)) => at.extension(index, url),
        None => at.clone(),
    }
}

/// Each code of `questionnaire-itemControl`, with the index and the url of its extension.
pub(super) fn controls(object: &Object) -> impl Iterator<Item = (usize, &str, &str)> {
    indexed(object)
        .filter_map(|(index, extension)| Some((index, extension.str("url")?, extension)))
        .filter(|(_, url, _)| hl7_name(url) == Some("itemControl"))
        .filter_map(|(index, url, extension)| Some((index, url, extension.get("valueCodeableConcept")?)))
        .flat_map(|(index, url, concept)| {
            concept.list("coding").iter().map(move |coding| (index, url, coding))
        })
        .filter_map(|(index, url, coding)| Some((index, url, coding.str("code")?)))
}

fn indexed(object: &Object) -> impl Iterator<Item = (usize, &Value)> {
    object.get("extension").and_then(Value::as_array).unwrap_or_default().iter().enumerate()
}
