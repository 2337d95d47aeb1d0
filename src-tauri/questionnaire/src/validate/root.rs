//! The response as a whole: its Questionnaire, status and times.

use fhir::{Value, canonical};

use super::Run;
use super::compare::{Comparison, compare};
use super::definition::extensions;
use super::finding::{Rule, Severity};
use super::{limits, value};
use crate::adaptive;

const STATUSES: [&str; 5] = ["in-progress", "completed", "amended", "entered-in-error", "stopped"];
const MODIFIER: &str = "modifierExtension";
const SIGNATURE_REQUIRED: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-signatureRequired";
const SIGNATURE: &str = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature";

impl Run<'_, '_> {
    pub(super) fn root(&mut self, response: &Value) {
        self.named_form(response);
        self.form_is_in_use(response);
        self.subject(response);
        self.not_understood(response);
        let add = |run: &mut Self, rule, place: &str, message: &str| {
            run.report.add(Severity::Error, rule, None, &format!("QuestionnaireResponse{place}"), message);
        };
        if !response.str("status").is_some_and(|status| STATUSES.contains(&status)) {
            let message =
                "status has to be one of in-progress, completed, amended, entered-in-error and stopped";
            add(self, Rule::Status, ".status", message);
        }
        if response.get("authored").is_some_and(|time| !time.as_str().is_some_and(value::is_date_time)) {
            let message = "authored has to be a date, or date and time with an offset";
            add(self, Rule::Element, ".authored", message);
        }
        let is_list = |items: &Value| items.as_array().is_some_and(|items| !items.is_empty());
        if response.get("item").is_some_and(|items| !is_list(items)) {
            let message = "this element is not what FHIR defines; write it as FHIR does, or leave it out";
            add(self, Rule::Element, ".item", message);
        }
    }

    /// What changes the meaning of everything beside it and is not known: nothing of the response can be relied on
    /// (FHIR R4, sections 2.4.0.2 and 2.26.3.1). All of the response is looked at, item by item.
    fn not_understood(&mut self, response: &Value) {
        const ADVICE: &str = "may change the meaning of what stands beside it, and is not known; whoever wrote the response has to leave it out";
        if response.get("implicitRules").is_some() {
            let place = "QuestionnaireResponse.implicitRules";
            self.report.add(Severity::Error, Rule::Modifier, None, place, format!("implicitRules {ADVICE}"));
        }
        let message = format!("this modifier extension {ADVICE}");
        if response.get(MODIFIER).is_some() {
            let place = format!("QuestionnaireResponse.{MODIFIER}");
            self.report.add(Severity::Error, Rule::Modifier, None, &place, message.clone());
        }
        for (at, node) in self.response.nodes.iter().enumerate() {
            if !self.report.step(1 + node.answers().len()) {
                return;
            }
            let answers =
                node.answers().iter().enumerate().filter(|(_, answer)| answer.get(MODIFIER).is_some());
            let places = answers.map(|(answer, _)| self.response.answer_path(at, answer));
            let own = node.value.get(MODIFIER).map(|_| self.response.path(at));
            for place in own.into_iter().chain(places) {
                let place = format!("{place}.{MODIFIER}");
                let link_id = node.value.str("linkId");
                self.report.add(Severity::Error, Rule::Modifier, link_id, &place, message.clone());
            }
        }
    }

    /// `QuestionnaireResponse.questionnaire` has to be the canonical of this Questionnaire.
    fn named_form(&mut self, response: &Value) {
        let form = self.definition.questionnaire;
        let Some(named) = response.str("questionnaire") else {
            let message = "the response does not say which Questionnaire it answers; it was checked against the one given";
            self.report.add(Severity::Warning, Rule::OtherForm, None, "QuestionnaireResponse", message);
            return;
        };
        let (url, version) =
            named.split_once('|').map_or((named, None), |(url, version)| (url, Some(version)));
        let version = version.map(|version| version.split_once('#').map_or(version, |(version, _)| version));
        let same_form = if let Some(id) = named.strip_prefix('#') {
            // Any response may contain the form that it answers.
            adaptive::named_form(response)
                .map_or_else(|| form.str("id") == Some(id), |contained| is_same_form(contained, form))
        } else {
            form.str("url").is_none_or(|known| known == url)
                && version.zip(form.str("version")).is_none_or(|(named, known)| named == known)
        };
        if !same_form {
            let message =
                "the response answers another Questionnaire, or another version; check it against that one";
            self.report.add(
                Severity::Error,
                Rule::OtherForm,
                None,
                "QuestionnaireResponse.questionnaire",
                message,
            );
        }
    }

    /// The response has to be about what the Questionnaire is about (R4, `Questionnaire.subjectType`).
    fn subject(&mut self, response: &Value) {
        let allowed = self.definition.questionnaire.list("subjectType");
        let Some(subject) = response.get("subject").filter(|_| !allowed.is_empty()) else { return };
        let contained = || {
            let id = subject.str("reference")?.strip_prefix('#')?;
            let one = response.list("contained").iter().find(|one| one.str("id") == Some(id));
            one.and_then(Value::resource_type)
        };
        // Both may say it, and both have to be right.
        let said = [limits::referred_type(subject), contained()];
        let is_other = |kind: &str| !allowed.iter().any(|allowed| allowed.as_str() == Some(kind));
        if said.into_iter().flatten().any(is_other) {
            let message = "the subject is of a type that the Questionnaire is not about (subjectType); name whom it is about, or check it against the form for such subjects";
            let place = "QuestionnaireResponse.subject";
            self.report.add(Severity::Error, Rule::ReferenceType, None, place, message);
        }
    }

    fn form_is_in_use(&mut self, response: &Value) {
        let form = self.definition.questionnaire;
        let said = match form.str("status") {
            Some("draft") => Some("the Questionnaire is a draft"),
            Some("retired") => Some("the Questionnaire is retired"),
            _ => None,
        };
        if let Some(message) = said {
            self.report.add(Severity::Warning, Rule::FormStatus, None, "Questionnaire.status", message);
        }
        let Some((authored, period)) = response.get("authored").zip(form.get("effectivePeriod")) else {
            return;
        };
        let is = |bound: &str, comparison: fn(&Comparison) -> bool| {
            period
                .get(bound)
                .is_some_and(|bound| comparison(&compare(("DateTime", authored), ("DateTime", bound))))
        };
        let before = is("start", |found| matches!(found, Comparison::Ordered(std::cmp::Ordering::Less)));
        let after = is("end", |found| matches!(found, Comparison::Ordered(std::cmp::Ordering::Greater)));
        if before || after {
            let message = "the response was written outside the time in which the Questionnaire is in use";
            self.report.add(
                Severity::Warning,
                Rule::FormPeriod,
                None,
                "QuestionnaireResponse.authored",
                message,
            );
        }
    }

    /// A signature that the Questionnaire asks for, once the response is complete.
    pub(super) fn signature(&mut self, response: &Value) {
        if !self.is_complete || self.is_unsigned {
            return;
        }
        let message = "the Questionnaire asks for a signature, and there is none; have the response signed";
        let is_signed = extensions(response, SIGNATURE).next().is_some();
        if !is_signed && extensions(self.definition.questionnaire, SIGNATURE_REQUIRED).next().is_some() {
            self.report.add(Severity::Error, Rule::Signature, None, "QuestionnaireResponse", message);
        }
        for (place, node) in self.response.nodes.iter().enumerate() {
            let Some(item) = node.item.and_then(|item| self.definition.get(item)) else { continue };
            // The signature over the whole response covers the item as well.
            let is_signed = is_signed || extensions(node.value, SIGNATURE).next().is_some();
            if item.extension(SIGNATURE_REQUIRED).is_some() && !is_signed && self.response.is_answered(place)
            {
                let path = self.response.path(place);
                self.report.add(Severity::Error, Rule::Signature, Some(item.link_id), &path, message);
            }
        }
    }
}

/// Whether a contained form is this one, but for what a contained resource has otherwise or not at all (FHIR R4, dom-2 to
/// dom-5).
fn is_same_form(contained: &Value, form: &Value) -> bool {
    let compared = |form: &Value| {
        let mut form = form.clone();
        for name in ["id", "meta", "text", "contained"] {
            form.as_object_mut().and_then(|members| members.remove(name));
        }
        canonical::number_text(&form)
    };
    compared(contained) == compared(form)
}
