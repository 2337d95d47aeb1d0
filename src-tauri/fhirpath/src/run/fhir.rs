//! FHIR's own functions (FHIR R4, section 2.9.1).

use std::borrow::Cow;

use fhir::Value;
use fhir::xml::{Document, Element};

use super::{Outcome, Run, Scope, one, optional};
use crate::error::EvaluationErrorKind as Wrong;
use crate::syntax::{Call, Function as F};
use crate::types::Type;
use crate::{Collection, Item, Node};

/// The namespace of a narrative's `div`.
const XHTML: &str = "http://www.w3.org/1999/xhtml";

impl<'a> Run<'_, 'a> {
    pub(super) fn fhir(
        &mut self,
        call: &Call,
        focus: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let name = call.function.name();
        match call.function {
            F::Weight => self.weight(&focus),
            F::Answers => self.answers(focus),
            F::Extension => {
                let url = self.argument(call, 0, scope)?;
                let Some(url) = self.string(&url, name)? else { return Ok(Collection::new()) };
                let mut found = Collection::new();
                for item in &focus {
                    if let Item::Node(node) = item {
                        node.member("extension", self.types, &mut found);
                    }
                }
                self.spend(found.len())?;
                found.retain(|item| {
                    item.as_node()
                        .and_then(Node::object)
                        .is_some_and(|extension| extension.get("url").and_then(Value::as_str) == Some(&*url))
                });
                Ok(found)
            }
            F::HasValue => Ok(one(matches!(focus.as_slice(), [Item::Node(node)] if node.has_value())
                || matches!(focus.as_slice(), [item] if item.as_node().is_none()))),
            F::GetValue => match focus.as_slice() {
                [item @ Item::Node(node)] if node.has_value() => Ok(one(self.system(item)?)),
                [Item::Node(_)] => Ok(Collection::new()),
                [_] => Ok(focus),
                _ => Ok(Collection::new()),
            },
            F::Resolve => self.resolve(&focus),
            F::MemberOf => {
                let value_set = self.argument(call, 0, scope)?;
                let Some(item) = Self::single(&focus, name)? else { return Ok(Collection::new()) };
                let Some(value_set) = self.string(&value_set, name)? else { return Ok(Collection::new()) };
                Ok(one(self.member_of(item, &value_set)?))
            }
            F::ConformsTo => {
                let profile = self.argument(call, 0, scope)?;
                let Some(item) = Self::single(&focus, name)? else { return Ok(Collection::new()) };
                let Some(profile) = self.string(&profile, name)? else { return Ok(Collection::new()) };
                // A type's own profile asks for the type; others are not known here.
                let kind = profile.strip_prefix("http://hl7.org/fhir/StructureDefinition/");
                let kind = kind.filter(|kind| self.types.exists(kind)).ok_or(Wrong::Unsupported(name))?;
                Ok(one(item.as_node().is_some_and(|node| self.types.derives(node.kind, kind))))
            }
            F::HtmlChecks => {
                let Some(item) = Self::single(&focus, name)? else { return Ok(Collection::new()) };
                // Undefined on any other kind of element (FHIR R4, section 2.9.1).
                if !matches!(self.system(item)?, Item::String(_)) {
                    return Ok(Collection::new());
                }
                let whole = item.as_node().is_some_and(|node| self.types.derives(node.kind, "xhtml"));
                let text = self.string(&focus, name)?;
                Ok(optional(text.map(|text| is_safe_narrative(&text, whole))))
            }
            F::Comparable => {
                let other = self.argument(call, 0, scope)?;
                let (Some(left), Some(right)) = (Self::single(&focus, name)?, Self::single(&other, name)?)
                else {
                    return Ok(Collection::new());
                };
                match (self.system(left)?, self.system(right)?) {
                    (Item::Quantity(left), Item::Quantity(right)) => {
                        Ok(one(left.compare(&right, false).is_some()))
                    }
                    (Item::Quantity(_), other) | (other, _) => Err(self.unfit(name, &other)),
                }
            }
            _ => Err(Wrong::Unsupported(name).into()),
        }
    }

    /// What references and canonical addresses name, within the resource and its Bundle; others are left out.
    fn resolve(&mut self, focus: &[Item<'a>]) -> Outcome<Collection<'a>> {
        let held_by = |name| {
            let found = self.fixed(name)?;
            found.first().and_then(Item::as_node).and_then(Node::value)
        };
        let (resource, root): (Option<&'a Value>, Option<&'a Value>) =
            (held_by("resource"), held_by("rootResource"));
        let mut found = Collection::new();
        for item in focus {
            let address = match item {
                Item::Node(node) => node.value().and_then(|value| value.str("reference").or(value.as_str())),
                Item::String(text) => Some(&**text),
                _ => None,
            };
            let Some(address) = address else { continue };
            let target = match address.strip_prefix('#') {
                Some("") => root.or(resource),
                Some(id) => {
                    let contained =
                        |value: &'a Value| value.list("contained").iter().find(|it| it.str("id") == Some(id));
                    resource.and_then(contained).or_else(|| root.and_then(contained))
                }
                None => root.and_then(|bundle| {
                    let entries = bundle.list("entry");
                    let named = |entry: &&'a Value| {
                        let full = entry.str("fullUrl");
                        full == Some(address) || full.is_some_and(|full| ends_with_path(full, address)) || {
                            let resource = entry.get("resource");
                            resource
                                .and_then(Value::resource_type)
                                .zip(resource.and_then(|it| it.str("id")))
                                .is_some_and(|(kind, id)| {
                                    address.strip_prefix(kind) == Some(&format!("/{id}"))
                                })
                        }
                    };
                    entries.iter().find(named).and_then(|entry| entry.get("resource"))
                }),
            };
            self.spend(1 + root.map_or(0, |root| root.list("entry").len()))?;
            found.extend(target.map(|target| Item::Node(Node::new(target, Type::UNKNOWN, self.types))));
        }
        Ok(found)
    }

    /// Whether a code, Coding or any of a concept's codings is in a value set that is at hand.
    fn member_of(&mut self, item: &Item<'a>, url: &str) -> Outcome<bool> {
        let set = self.terminology(url, "ValueSet").ok_or(Wrong::UnknownValueSet)?;
        let node = item.as_node().and_then(Node::value);
        let codings: Vec<(Option<&str>, &str)> = match node {
            Some(concept) if concept.get("coding").is_some() => concept
                .list("coding")
                .iter()
                .filter_map(|it| Some((it.str("system"), it.str("code")?)))
                .collect(),
            Some(coding @ Value::Object(_)) => {
                coding.str("code").map(|code| (coding.str("system"), code)).into_iter().collect()
            }
            _ => item.as_str().map(|code| (None, code)).into_iter().collect(),
        };
        for (system, code) in codings {
            if self.find_concept(set, system, code)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The `ValueSet` or `CodeSystem` with this canonical address, or contained under it.
    pub(super) fn terminology(&self, url: &str, kind: &str) -> Option<&'a Value> {
        let form = self.context.questionnaire.map(crate::Questionnaire::value);
        let resource = self
            .context
            .resource
            .and_then(|node| node.value())
            .or_else(|| self.input.first().and_then(Item::as_node).and_then(Node::value));
        let contained = || [form, resource].into_iter().flatten().flat_map(|owner| owner.list("contained"));
        let of_kind = |value: &&'a Value| value.resource_type() == Some(kind);
        if let Some(id) = url.strip_prefix('#') {
            return contained().filter(of_kind).find(|it| it.str("id") == Some(id));
        }
        let (url, version) = url.split_once('|').map_or((url, None), |(url, version)| (url, Some(version)));
        let all = self.context.terminology.iter().copied().chain(contained());
        all.filter(of_kind)
            .find(|it| it.str("url") == Some(url) && (version.is_none() || it.str("version") == version))
    }

    /// Where a value set lists a code: in its expansion, or among the codes that it is composed of.
    pub(super) fn find_concept(
        &mut self,
        set: &'a Value,
        system: Option<&str>,
        code: &str,
    ) -> Outcome<Option<&'a Value>> {
        let fits = |own: Option<&str>| system.is_none() || own.is_none() || own == system;
        if let Some(expansion) = set.get("expansion") {
            let mut open: Vec<&'a Value> = vec![expansion];
            while let Some(parent) = open.pop() {
                for entry in parent.list("contains") {
                    self.spend(1)?;
                    if entry.str("code") == Some(code) && fits(entry.str("system")) {
                        return Ok(Some(entry));
                    }
                    open.push(entry);
                }
            }
            return Ok(None);
        }
        let Some(compose) = set.get("compose") else { return Err(Wrong::UnknownValueSet.into()) };
        let mut found = None;
        for (list, includes) in [("include", true), ("exclude", false)] {
            for part in compose.list(list) {
                if part.get("filter").is_some() || part.get("valueSet").is_some() {
                    return Err(Wrong::UnknownValueSet.into());
                }
                if !fits(part.str("system")) {
                    continue;
                }
                let concepts = part.list("concept");
                self.spend(concepts.len())?;
                let listed = if concepts.is_empty() {
                    let whole = part.str("system").and_then(|system| self.terminology(system, "CodeSystem"));
                    self.find_code(whole.ok_or(Wrong::UnknownValueSet)?, code)?
                } else {
                    concepts.iter().find(|concept| concept.str("code") == Some(code))
                };
                match listed {
                    Some(concept) if includes => found = found.or(Some(concept)),
                    Some(_) => found = None,
                    None => {}
                }
            }
        }
        Ok(found)
    }

    /// Where a code system defines a code.
    pub(super) fn find_code(&mut self, system: &'a Value, code: &str) -> Outcome<Option<&'a Value>> {
        let mut open = vec![system];
        while let Some(parent) = open.pop() {
            for concept in parent.list("concept") {
                self.spend(1)?;
                if concept.str("code") == Some(code) {
                    return Ok(Some(concept));
                }
                open.push(concept);
            }
        }
        Ok(None)
    }
}

fn ends_with_path(full: &str, address: &str) -> bool {
    full.strip_suffix(address).is_some_and(|base| base.ends_with('/'))
}

/// Whether a narrative is one `div` of the elements and attributes that FHIR allows (FHIR R4, section 2.4.0, `txt-1`); what
/// is no narrative as a `whole` can be the content of one.
fn is_safe_narrative(text: &str, whole: bool) -> bool {
    let inside = if whole || text.trim_start().starts_with("<div") {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("<div xmlns=\"{XHTML}\">{text}</div>"))
    };
    let Ok(document) = Document::parse(inside.as_bytes()) else { return false };
    let root = document.root();
    root.is(XHTML, "div") && is_safe(root)
}

/// Recursion is bounded: a document is at most [`fhir::xml::MAX_DEPTH`] deep.
fn is_safe(element: Element<'_>) -> bool {
    ELEMENTS.contains(&element.name())
        && element.attributes().all(|attribute| ATTRIBUTES.contains(&attribute.local))
        && element.elements().all(is_safe)
}

const ELEMENTS: [&str; 57] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

const ATTRIBUTES: [&str; 42] = [
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "border",
    "cellhalign",
    "cellpadding",
    "cellspacing",
    "cellvalign",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "colspan",
    "compact",
    "coords",
    "dir",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "id",
    "lang",
    "longdesc",
    "name",
    "noshade",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "title",
    "width",
];
