//! Elements that FHIR does not have: nobody knows what they say, and they would be signed with the rest (FHIR R4, section
//! 2.6.2: unknown properties are errors).

use fhir::Value;

use super::Run;
use super::finding::{Rule, Severity};
use super::items::shown_name;
use super::value;
use crate::import::ATTACHMENT_ELEMENTS;

/// Of `QuestionnaireResponse`, R4 and R5 together.
const RESPONSE: [&str; 16] = [
    "resourceType",
    "meta",
    "implicitRules",
    "language",
    "contained",
    "identifier",
    "basedOn",
    "partOf",
    "questionnaire",
    "status",
    "subject",
    "encounter",
    "authored",
    "author",
    "source",
    "item",
];
const ITEM: [&str; 5] = ["linkId", "definition", "text", "answer", "item"];
const CODING: [&str; 5] = ["system", "version", "code", "display", "userSelected"];
const QUANTITY: [&str; 5] = ["value", "comparator", "unit", "system", "code"];
const REFERENCE: [&str; 4] = ["reference", "type", "identifier", "display"];

/// The members of an element that FHIR does not have in it.
fn unknown<'v>(element: &'v Value, known: &'static [&'static str]) -> impl Iterator<Item = &'v str> {
    let names = element.as_object().into_iter().flat_map(|object| object.iter().map(|(name, _)| name));
    names.filter(move |name| {
        // Of a primitive, its extensions stand beside it.
        let plain = name.strip_prefix('_').unwrap_or(name);
        !known.contains(&plain) && !["id", "extension", "modifierExtension"].contains(&plain)
    })
}

impl Run<'_, '_> {
    /// The whole response, item by item.
    pub(super) fn unknown_elements(&mut self, response: &Value) {
        // The narrative is one of the resource alone.
        let names = unknown(response, &RESPONSE).filter(|name| *name != "text").collect::<Vec<_>>();
        self.not_of_fhir(&names, None, || "QuestionnaireResponse".to_owned());
        for at in 0..self.response.nodes.len() {
            let Some(node) = self.response.get(at) else { continue };
            if !self.report.step(1 + node.answers().len()) {
                return;
            }
            let (link_id, all) = (node.value.str("linkId"), self.response);
            let names: Vec<&str> = unknown(node.value, &ITEM).collect();
            self.not_of_fhir(&names, link_id, || all.path(at));
            for (index, answer) in node.answers().iter().enumerate() {
                let is_value = |name: &&str| {
                    let plain = name.strip_prefix('_').unwrap_or(name);
                    plain.strip_prefix("value").is_some_and(|kind| kind.starts_with(char::is_uppercase))
                };
                let mut names: Vec<&str> =
                    unknown(answer, &["item"]).filter(|name| !is_value(name)).collect();
                if let Some((name, value)) = value::of(answer) {
                    match name {
                        "valueCoding" => names.extend(unknown(value, &CODING)),
                        "valueQuantity" => names.extend(unknown(value, &QUANTITY)),
                        "valueReference" => names.extend(unknown(value, &REFERENCE)),
                        "valueAttachment" => names.extend(unknown(value, &ATTACHMENT_ELEMENTS)),
                        _ => {}
                    }
                }
                self.not_of_fhir(&names, link_id, || all.answer_path(at, index));
            }
        }
    }

    fn not_of_fhir(&mut self, names: &[&str], link_id: Option<&str>, path: impl Fn() -> String) {
        for name in names {
            let name = match shown_name(name) {
                shown if shown == *name => format!("\"{name}\""),
                _ => "of this name".to_owned(),
            };
            let message =
                format!("FHIR has no element {name} here, and nobody knows what it says; take it out");
            self.report.add(Severity::Error, Rule::Element, link_id, &path(), message);
        }
    }
}
