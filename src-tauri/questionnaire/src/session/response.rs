//! The QuestionnaireResponse that is signed, complete in itself.

use fhir::{Number, Object, Value, array, object};

use super::Session;
use crate::{
    Answer, check,
    form::{self, Kind, OptionItem, OptionValue, Question},
};

/// The extension that says why there is no answer.
const DATA_ABSENT_REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

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
            Self::Identifier => "response-identifier",
            Self::Authored => "invalid-time",
            Self::Reference { .. } => "response-reference",
        }
    }
}

impl Session {
    /// The QuestionnaireResponse (FHIR R4) with everything that a signature over it has to cover: identifier,
    /// `questionnaire` as `url|version`, language, subject, author, source, authored, and each text as it was shown.
    /// It has no `text`, no `id` and no `meta`.
    ///
    /// Questions that are not enabled are left out; those left out on purpose carry `data-absent-reason`
    /// `asked-declined`.
    ///
    /// # Errors
    /// [`ResponseError`]: incomplete answers or an incomplete context.
    pub fn response(&self, context: &ResponseContext) -> Result<Value, ResponseError> {
        let missing = u32::try_from(self.missing().len()).unwrap_or(u32::MAX);
        if missing > 0 {
            return Err(ResponseError::Incomplete { missing });
        }
        if !is_uuid(&context.identifier_uuid) {
            return Err(ResponseError::Identifier);
        }
        if !check::is_instant(&context.authored) {
            return Err(ResponseError::Authored);
        }
        let mut response = object! {
            "resourceType" => "QuestionnaireResponse",
            "language" => self.language.as_str(),
            "identifier" => object! {
                "system" => "urn:ietf:rfc:3986",
                "value" => format!("urn:uuid:{}", context.identifier_uuid),
            },
            "questionnaire" => self.form.canonical(),
            "status" => "completed",
            "subject" => reference("subject", &context.subject)?,
            "authored" => context.authored.as_str(),
            "author" => reference("author", &context.author)?,
            "source" => reference("source", &context.source)?,
        };
        let items = self.response_items(None);
        if let Some(response) = response.as_object_mut()
            && !items.is_empty()
        {
            response.insert("item", items);
        }
        Ok(response)
    }

    /// Base64url of the SHA-256 over the answers, as they will stand in the response and in the language shown. The
    /// patient's act of signing is bound to it.
    pub fn answers_sha256(&self) -> String {
        form::sha256(&object! {
            "questionnaire" => self.form.canonical(),
            "questionnaireSha256" => self.form.sha256(),
            "language" => self.language.as_str(),
            "item" => self.response_items(None),
        })
    }

    /// Recursion is bounded by [`crate::MAX_ITEM_DEPTH`].
    fn response_items(&self, parent: Option<usize>) -> Vec<Value> {
        self.form
            .form
            .children(parent)
            .filter(|&index| self.enabled[index])
            .filter_map(|index| self.response_item(index))
            .collect()
    }

    /// `None` for what has nothing to say: display items, groups without answers, hidden questions without a value.
    fn response_item(&self, index: usize) -> Option<Value> {
        let item = &self.form.form.items[index];
        let mut response = Object::new();
        response.insert("linkId", item.link_id.as_str());
        if let Some(text) = item.text.as_ref().filter(|_| !item.hidden) {
            response.insert("text", text.text(&self.language));
        }
        match &item.kind {
            Kind::Display(_) => return None,
            Kind::Group => {
                let items = self.response_items(Some(index));
                if items.is_empty() {
                    return None;
                }
                response.insert("item", items);
            }
            Kind::Question(question) => match &self.answers[index] {
                Some(answer) => {
                    let mut answer = self.answer_value(question, answer)?;
                    let items = self.response_items(Some(index));
                    if !items.is_empty() {
                        answer.insert("item", items);
                    }
                    response.insert("answer", array![answer]);
                }
                None if self.skipped[index] => {
                    let declined = object! { "url" => DATA_ABSENT_REASON, "valueCode" => "asked-declined" };
                    response.insert("extension", array![declined]);
                }
                None => return None,
            },
        }
        Some(response.into())
    }

    /// `QuestionnaireResponse.item.answer` with its `value[x]`. Accepted answers always have one.
    fn answer_value(&self, question: &Question, answer: &Answer) -> Option<Object> {
        let (name, value) = match (question, answer) {
            (_, Answer::Boolean { value }) => ("valueBoolean", Value::Bool(*value)),
            (Question::Number(question), Answer::Number { text }) => {
                let name = if question.integer { "valueInteger" } else { "valueDecimal" };
                (name, Number::new(text.as_str()).ok()?.into())
            }
            (_, Answer::Date { text }) => ("valueDate", text.into()),
            (_, Answer::Text { text }) => ("valueString", text.into()),
            (Question::Choice(options), Answer::Choice { option }) => {
                return Some(self.chosen(options.iter().find(|known| known.key == *option)?));
            }
            (_, Answer::Number { .. } | Answer::Choice { .. }) => return None,
        };
        let mut answer = Object::new();
        answer.insert(name, value);
        Some(answer)
    }

    /// The value of an option and the words that were shown for it. A `valueString` is itself the value, so its
    /// translation stands beside it.
    fn chosen(&self, option: &OptionItem) -> Object {
        let shown = option.label.text(&self.language);
        let mut answer = Object::new();
        match &option.value {
            OptionValue::Coding(coding) => {
                let mut coding = coding.clone();
                coding.insert("display", shown);
                answer.insert("valueCoding", coding);
            }
            OptionValue::Integer(number) => {
                answer.insert("valueInteger", number.clone());
            }
            OptionValue::Date(date) => {
                answer.insert("valueDate", date);
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
