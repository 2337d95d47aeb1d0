//! Any QuestionnaireResponse against its Questionnaire.
//!
//! This reads the raw resources, R4, R4B or R5, and shares nothing with the form engine but the comparison of numbers:
//! the engine decides what a patient may answer, this decides whether what was answered keeps the Questionnaire, and so
//! each checks the other. A Questionnaire that the engine would refuse is judged all the same.
//!
//! Everything is bounded: depth, items, findings and steps; each bound is a finding with a name of its own.

mod asked;
mod attachment;
mod calculate;
mod clock;
mod code_system;
mod compare;
mod definition;
mod dynamic;
mod elements;
mod enable;
mod encoded;
mod expressions;
mod finding;
mod initial;
mod items;
mod limits;
mod options;
mod populated;
mod report;
mod resources;
mod response;
mod root;
mod shape;
mod steps;
mod terminology;
mod unfit;
mod value;
mod variables;

use std::sync::Arc;

use crate::adaptive;
use definition::Definition;
use enable::{Enabled, Evaluation};
use expressions::Expressions;
use fhir::Value;
use limits::Patterns;
use report::Report;
use response::Response;
use terminology::Terminology;

pub use definition::{MAX_ITEM_DEPTH, MAX_ITEMS};
pub use finding::{Finding, Outcome, RULES, Rule, Severity};
pub use report::{MAX_FINDINGS, MAX_STEPS};

const ADAPTIVE: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-questionnaireAdaptive";

/// What is known besides the two resources.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Value sets (with an expansion or a definition) and code systems, or Bundles of them. Those that the Questionnaire
    /// contains are found without.
    pub terminology: &'a [Value],
    /// The resources that the form's expressions read, by the name of their `launchContext`, such as `patient`. What
    /// reads another one is not checked.
    pub launch: &'a [(&'a str, &'a Value)],
    /// The response comes from the form engine and is about to be signed: a signature that the Questionnaire asks for is
    /// not missing yet, and a calculated answer is what its calculation gives, because nobody could write over it.
    pub unsigned: bool,
}

/// One validation.
struct Run<'a, 'r> {
    definition: &'r Definition<'a>,
    response: &'r Response<'a>,
    enabled: &'r Enabled<'a>,
    terminology: Terminology<'a>,
    patterns: Patterns<'a>,
    expressions: Expressions<'a>,
    report: Report,
    /// The status says that everything is there: completed or amended.
    is_complete: bool,
    is_unsigned: bool,
    /// The language that the response says it is in.
    language: Option<&'a str>,
}

/// Checks `response` against `questionnaire` (FHIR R4 or R5, with SDC's extensions): structure, types, what is required
/// and enabled, options, limits and occurrences.
///
/// What cannot be checked is said ([`Rule::NotChecked`]) and makes nothing invalid. Neither resource has to be valid:
/// whatever they are, findings come back.
pub fn validate(questionnaire: &Value, response: &Value, options: Options<'_>) -> Outcome {
    let mut report = Report::new();
    for (resource, kind, rule) in [
        (questionnaire, "Questionnaire", Rule::NotAQuestionnaire),
        (response, "QuestionnaireResponse", Rule::NotAResponse),
    ] {
        if resource.resource_type() != Some(kind) {
            let message = format!("this is no {kind}; give one (its resourceType says so)");
            report.add(Severity::Fatal, rule, None, kind, message);
            return report.finish();
        }
    }
    // Of an adaptive form, the response contains what was asked.
    let asked = adaptive_form(questionnaire, response, &mut report);
    let questionnaire = asked.as_ref().unwrap_or(questionnaire);
    let Some(definition) = Definition::read(questionnaire, &mut report) else { return report.finish() };
    let Some(items) = Response::read(response, &definition, &mut report) else { return report.finish() };
    let form = fhirpath::Questionnaire::new(Arc::new(questionnaire.clone()));
    let mut expressions = Expressions::new(&form, response, options, definition.release());
    let mut evaluation =
        Evaluation { expressions: &mut expressions, report: &mut report, definition: &definition };
    let enabled = Enabled::evaluate(&definition, &items, &mut evaluation);
    let status = response.str("status");
    let mut run = Run {
        definition: &definition,
        response: &items,
        enabled: &enabled,
        terminology: Terminology::new(questionnaire, options.terminology),
        patterns: Patterns::default(),
        expressions,
        report,
        is_complete: !matches!(status, Some("in-progress" | "stopped" | "entered-in-error")),
        is_unsigned: options.unsigned,
        language: response.str("language"),
    };
    run.root(response);
    run.shape(response);
    run.unknown_elements(response);
    response::structure(&items, &definition, &mut run.report);
    run.items();
    run.missing();
    run.calculated();
    // What a server answered in an adaptive form is its own.
    if asked.is_none() {
        run.fixed();
    }
    run.constraints();
    run.signature(response);
    run.report.finish()
}

/// The form that the response of an adaptive Questionnaire contains; the Questionnaire itself lists no items that are
/// asked as they stand (SDC, `sdc-questionnaire-adapt`).
fn adaptive_form(questionnaire: &Value, response: &Value, report: &mut Report) -> Option<Value> {
    let says = |extension: &Value| extension.get("valueBoolean") != Some(&Value::Bool(false));
    if !definition::extensions(questionnaire, ADAPTIVE).any(says) {
        return None;
    }
    let asked = adaptive::contained_form(response)?;
    let (url, version) = (questionnaire.str("url"), questionnaire.str("version"));
    if !adaptive::is_derived_from(&asked, url, version) && asked.str("id") != questionnaire.str("id") {
        let message = "the Questionnaire in the response derives from another one, or another version; check it against \
                       that one";
        let place = "QuestionnaireResponse.contained";
        report.add(Severity::Error, Rule::OtherForm, None, place, message);
    }
    Some(asked)
}
