//! The QuestionnaireResponse that is signed, complete in itself.

use fhir::{Number, Object, Value, Version, array, object};

use super::Session;
use crate::{
    Answer, check,
    form::{self, Asks, Kind, OptionItem, OptionValue, Own, Question},
    language,
};

/// The extension that says why there is no answer.
pub(crate) const DATA_ABSENT_REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// The extension that carries a text in another language.
const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";

/// A reference that can be resolved without a server: the identifier travels with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Such as `Patient/patient-014-0027`.
    pub reference: String,
    /// `Reference.identifier.system`.
    pub identifier_system: String,
    /// `Reference.identifier.value`.
    pub identifier_value: String,
}

/// What a response needs beside the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseContext {
    /// The UUID of the response, in lower case and without `urn:uuid:`.
    pub identifier_uuid: String,
    /// The patient.
    pub subject: Reference,
    /// Who received and recorded the answers: the device.
    pub author: Reference,
    /// Who gave them: the patient.
    pub source: Reference,
    /// When, RFC 3339 with offset.
    pub authored: String,
    /// The release of FHIR that the response is written in.
    pub version: Version,
}

/// Why there is no response yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// Questions are neither answered nor left out on purpose.
    #[error("{missing} questions are neither answered nor left out on purpose; complete them first")]
    Incomplete {
        /// How many.
        missing: u32,
    },
    /// The server of an adaptive form has not said that nothing more is asked.
    #[error("the form's server has not said that nothing more is asked; ask it for the next question")]
    Unfinished,
    /// The identifier is not a UUID in lower case.
    #[error(
        "the identifier of a response must be a UUID in lower case, such as 6f1d0f9e-0c5d-4b52-9e0a-2f5f0f6f7a11"
    )]
    Identifier,
    /// The time is not RFC 3339 with an offset.
    #[error("the time of a response must be RFC 3339 with an offset, such as 2026-11-21T09:41:07+01:00")]
    Authored,
    /// A reference lacks a part.
    #[error("{element} needs a reference and an identifier with system and value")]
    Reference {
        /// `subject`, `author` or `source`.
        element: &'static str,
    },
}

impl ResponseError {
    /// The stable code of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Incomplete { .. } => "incomplete",
            Self::Unfinished => "question-awaited",
            Self::Identifier => "response-identifier",
            Self::Authored => "invalid-time",
            Self::Reference { .. } => "response-reference",
        }
    }
}

impl Session {
    /// The QuestionnaireResponse with everything that a signature over it has to cover: identifier,
    /// `questionnaire` as `url|version`, language, subject, author, source, authored, and each text as it was shown.
    /// It has no `text`, no `id` and no `meta`. That of an adaptive form contains the Questionnaire as it grew, names
    /// it by `#id`, and the published one in its `derivedFrom`.
    ///
    /// Questions that are not enabled are left out; those left out on purpose carry `data-absent-reason`
    /// `asked-declined`.
    ///
    /// # Errors
    /// [`ResponseError`]: incomplete answers or an incomplete context.
    pub fn response(&self, context: &ResponseContext) -> Result<Value, ResponseError> {
        let missing = u32::try_from(self.index.missing_count()).unwrap_or(u32::MAX);
        if missing > 0 {
            return Err(ResponseError::Incomplete { missing });
        }
        if self.is_open() {
            return Err(ResponseError::Unfinished);
        }
        if !is_uuid(&context.identifier_uuid) {
            return Err(ResponseError::Identifier);
        }
        if !check::is_instant(&context.authored) {
            return Err(ResponseError::Authored);
        }
        let identifier = object! {
            "system" => "urn:ietf:rfc:3986",
            "value" => format!("urn:uuid:{}", context.identifier_uuid),
        };
        let mut response = object! {
            "resourceType" => "QuestionnaireResponse",
            "language" => self.language.as_str(),
            // The one difference between the releases here: R5 has a list of identifiers.
            "identifier" => match context.version {
                Version::R4 => identifier,
                Version::R5 => array![identifier],
            },
            "questionnaire" => self.form.named_in_response(),
            "status" => "completed",
            "subject" => reference("subject", &context.subject)?,
            "authored" => context.authored.as_str(),
            "author" => reference("author", &context.author)?,
            "source" => reference("source", &context.source)?,
        };
        let items = self.root_items();
        if let Some(response) = response.as_object_mut() {
            // Absent where nobody named it: FHIR's languages (ValueSet `languages`) have no code for that.
            if self.language == language::UNDETERMINED {
                response.remove("language");
            }
            if let Some(contained) = self.form.contained() {
                response.insert("contained", contained);
            }
            if !items.is_empty() {
                response.insert("item", items);
            }
        }
        Ok(response)
    }

    /// Base64url of the SHA-256 over the answers, as they will stand in the response and in the language shown. The
    /// patient's act of signing is bound to it.
    pub fn answers_sha256(&self) -> String {
        let mut answers = object! {
            "questionnaire" => self.form.canonical(),
            "questionnaireSha256" => self.form.sha256(),
            "language" => self.language.as_str(),
            "item" => self.root_items(),
        };
        if let (Some(contained), Some(members)) = (self.form.contained(), answers.as_object_mut()) {
            members.insert("contained", contained);
        }
        form::sha256(&answers)
    }

    pub(super) fn root_items(&self) -> Vec<Value> {
        let form = &self.form.form;
        self.response_items(form.children(None).map(|item| form.items[item].slot))
    }

    /// Recursion is bounded by [`crate::MAX_ITEM_DEPTH`].
    fn response_items(&self, nodes: impl Iterator<Item = usize>) -> Vec<Value> {
        let mut items = Vec::new();
        for node in nodes.filter(|&node| self.tree.nodes[node].enabled) {
            match &self.item(node).kind {
                Kind::Display(_) => {}
                Kind::Group => self.group_items(node, &mut items),
                Kind::Question(question) => items.extend(self.question_item(node, question)),
            }
        }
        items
    }

    /// An item as far as its answers do not matter. Expressions do not see the texts that are computed themselves.
    pub(super) fn response_item(&self, node: usize, computed: bool) -> Object {
        let item = self.item(node);
        let mut response = Object::new();
        response.insert("linkId", item.link_id.as_str());
        if item.hidden || (!computed && self.has_computed_text(node)) {
            return response;
        }
        let own = || item.text.as_ref().filter(|text| !text.original.is_empty());
        if let Some(text) = computed.then(|| self.computed_text(node)).flatten() {
            response.insert("text", text);
        } else if let Some(text) = own() {
            response.insert("text", text.text(&self.language));
        }
        response
    }

    /// A group, or each of its instances; nothing for one without answers.
    fn group_items(&self, node: usize, items: &mut Vec<Value>) {
        let form = &self.form.form;
        let mut add = |inside: Vec<Value>| {
            if !inside.is_empty() {
                let mut response = self.response_item(node, true);
                response.insert("item", inside);
                items.push(response.into());
            }
        };
        if self.item(node).is_repeating_group() {
            for &instance in &self.tree.nodes[node].inner {
                add(self.response_items(self.tree.inside(form, node, instance)));
            }
        } else {
            add(self.response_items(self.tree.beside(form, node)));
        }
    }

    /// `None` for a question that has nothing to say: a hidden one without a value.
    fn question_item(&self, node: usize, question: &Question) -> Option<Value> {
        let form = &self.form.form;
        let here = &self.tree.nodes[node];
        let mut response = self.response_item(node, true);
        if here.answers.is_empty() {
            response.insert("extension", array![self.data_absent_reason(node)?]);
            return Some(response.into());
        }
        let mut answers = Vec::with_capacity(here.answers.len());
        for (place, answer) in here.answers.iter().enumerate() {
            let own = self.in_unit_of_limits(node, question, answer);
            let mut answer = self.answer_value(node, question, answer)?;
            if let Some(quantity) = own {
                answer.insert("valueQuantity", quantity);
            }
            let items = match here.inner.get(place) {
                Some(&instance) => self.response_items(self.tree.inside(form, node, instance)),
                // Under the only answer of a question that does not repeat.
                None if place == 0 => self.response_items(self.tree.beside(form, node)),
                None => Vec::new(),
            };
            if !items.is_empty() {
                answer.insert("item", items);
            }
            answers.push(Value::from(answer));
        }
        response.insert("answer", answers);
        Some(response.into())
    }

    /// The extension that says why a question has no answer: left out on purpose, or not to be calculated. `None` for
    /// one that simply has none.
    pub(super) fn data_absent_reason(&self, node: usize) -> Option<Value> {
        let here = &self.tree.nodes[node];
        let failed = here.derived.as_ref().is_some_and(|derived| derived.failed);
        (here.skipped || failed).then(|| {
            let why = if failed { "error" } else { "asked-declined" };
            object! { "url" => DATA_ABSENT_REASON, "valueCode" => why }
        })
    }

    /// `QuestionnaireResponse.item.answer` with its `value[x]`. Accepted answers always have one.
    pub(super) fn answer_value(&self, node: usize, question: &Question, answer: &Answer) -> Option<Object> {
        let (name, value) = match (&question.asks, answer) {
            (_, Answer::Choice { option }) => {
                return self.option(node, question, option).map(|option| self.chosen(option));
            }
            (_, Answer::Boolean { value }) => ("valueBoolean", Value::Bool(*value)),
            (Asks::Number(asks), Answer::Number { text }) => {
                let name = if asks.integer { "valueInteger" } else { "valueDecimal" };
                (name, Number::new(text.as_str()).ok()?.into())
            }
            (_, Answer::Date { text }) => ("valueDate", text.into()),
            (_, Answer::DateTime { text }) => ("valueDateTime", text.into()),
            (_, Answer::Time { text }) => ("valueTime", text.into()),
            (asks, Answer::Text { text }) if question.own == Own::Words => {
                let name = if matches!(asks, Asks::Reference) { "valueReference" } else { "valueCoding" };
                (name, object! { "display" => text })
            }
            (Asks::Url(_), Answer::Text { text }) => ("valueUri", text.into()),
            (_, Answer::Text { text }) => ("valueString", text.into()),
            (Asks::Quantity(asks), Answer::Quantity { text, unit, own_unit }) => {
                let (units, limits) =
                    ((unit.as_deref(), own_unit.as_deref()), [asks.min.as_ref(), asks.max.as_ref()]);
                ("valueQuantity", check::quantity::value(asks, text, units, &self.language, limits)?)
            }
            (_, Answer::Attachment { content_type, data, title }) => {
                ("valueAttachment", Self::attachment_value(content_type, data, title.as_deref()))
            }
            (_, Answer::Number { .. } | Answer::Quantity { .. }) => return None,
        };
        let mut answer = Object::new();
        answer.insert(name, value);
        Some(answer)
    }

    /// A quantity in a unit of the patient's own words, which is that of a computed limit where it is called so.
    fn in_unit_of_limits(&self, node: usize, question: &Question, answer: &Answer) -> Option<Value> {
        let (Asks::Quantity(asks), Answer::Quantity { text, unit, own_unit: own @ Some(_) }) =
            (&question.asks, answer)
        else {
            return None;
        };
        let (min, max) = self.computed_limits(node);
        let limits = [asks.min.as_ref().or(min.as_ref()), asks.max.as_ref().or(max.as_ref())];
        check::quantity::value(asks, text, (unit.as_deref(), own.as_deref()), &self.language, limits)
    }

    fn attachment_value(content_type: &str, data: &str, title: Option<&str>) -> Value {
        let mut attachment = Object::new();
        attachment.insert("contentType", content_type);
        attachment.insert("data", data);
        if let Some(title) = title {
            attachment.insert("title", title);
        }
        attachment.into()
    }

    /// The value of an option and the words that were shown for it. A `valueString` is itself the value, so its
    /// translation stands beside it.
    fn chosen(&self, option: &OptionItem) -> Object {
        let shown = option.label.text(&self.language);
        let mut answer = Object::new();
        match &option.value {
            OptionValue::Coding(coding) => {
                let mut coding = coding.clone();
                // A translation is a name; the code alone is none.
                if !option.unnamed || shown != option.label.original {
                    coding.insert("display", shown);
                }
                answer.insert("valueCoding", coding);
            }
            OptionValue::Other(name, value) => {
                answer.insert(*name, value.clone());
            }
            OptionValue::String => {
                answer.insert("valueString", option.label.original.as_str());
                if shown != option.label.original {
                    let translation = object! {
                        "url" => TRANSLATION,
                        "extension" => array![
                            object! { "url" => "lang", "valueCode" => self.language.as_str() },
                            object! { "url" => "content", "valueString" => shown },
                        ],
                    };
                    answer.insert("_valueString", object! { "extension" => array![translation] });
                }
            }
        }
        answer
    }
}

fn reference(element: &'static str, to: &Reference) -> Result<Value, ResponseError> {
    if [&to.reference, &to.identifier_system, &to.identifier_value].iter().any(|part| part.trim().is_empty())
    {
        return Err(ResponseError::Reference { element });
    }
    Ok(object! {
        "reference" => to.reference.as_str(),
        "identifier" => object! {
            "system" => to.identifier_system.as_str(),
            "value" => to.identifier_value.as_str(),
        },
    })
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}
