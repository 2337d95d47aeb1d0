//! The value sets and code systems that a form contains: what may turn their meaning round, and what is not read.

use fhir::{Object, Value};

use super::{
    extension,
    read::{At, Findings},
};
use crate::{Reason, hl7};

/// Refuses modifier extensions and implicit rules anywhere in them, also where no item names them: the form's author meant
/// something by it.
pub(super) fn check(findings: &mut Findings, questionnaire: &Object) {
    let at = At::root().child("contained");
    let contained = questionnaire.get("contained").and_then(Value::as_array).unwrap_or_default();
    for (index, resource) in contained.iter().enumerate() {
        let place = at.index(index);
        match resource.resource_type() {
            Some("ValueSet") => {}
            Some("CodeSystem") => supplement(findings, &place, resource),
            _ => continue,
        }
        modifiers(findings, &place, resource);
    }
}

fn modifiers(findings: &mut Findings, at: &At, value: &Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter() {
                let place = at.child(name);
                match name {
                    "modifierExtension" => extension::modifiers(findings, &place, value),
                    _ if hl7::is_modifier(name) => findings.refuse(
                        &place,
                        Reason::ModifierExtension,
                        "implicit rules may change the meaning of everything and are not known; remove the element",
                    ),
                    _ => modifiers(findings, &place, value),
                }
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                modifiers(findings, &at.index(index), element);
            }
        }
        _ => {}
    }
}

fn supplement(findings: &mut Findings, at: &At, code_system: &Value) {
    if code_system.str("content") == Some("supplement") {
        let message = "this supplement of a code system is not read: its translations are not shown, and its weights count for \
                       nothing; write them where the value set lists the concepts, or into the code system";
        findings.notice(at, Reason::Unused, message);
    }
}
