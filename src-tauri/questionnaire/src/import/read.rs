//! Reading elements strictly, and collecting what is wrong with them.

use std::collections::HashSet;

use fhir::{Number, Object, Value};

pub(super) use super::at::At;
use super::{markup, media::Media};
use crate::{
    Problem, ReadAs, Reason, Supported,
    form::Text,
    hl7, language,
    report::{self, Quoted},
};

/// The extension with a text in another language.
const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";

/// A text that patients see, and whether each language must have its own.
pub(super) struct Shown {
    pub(super) at: At,
    pub(super) languages: Vec<String>,
}

/// What was found while reading.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<Problem>,
    pub(super) notices: Vec<Problem>,
    pub(super) supported: Vec<Supported>,
    /// `Questionnaire.language`.
    pub(super) language: String,
    pub(super) shown: Vec<Shown>,
    /// What is shown beside texts.
    pub(super) media: Media,
    /// Every language that some text is translated into, in order of appearance.
    pub(super) translated: Vec<String>,
    /// The languages in which gaps are allowed, each with where that stands.
    pub(super) mixed: Vec<(At, String)>,
    /// The extensions without which the form says that it cannot be understood: where that stands, and which one it names.
    pub(super) critical: Vec<(At, String)>,
    /// The paths of extensions that are not honoured, for a reason that stands elsewhere in the report.
    pub(super) withdrawn: HashSet<String>,
    /// For how many questions a text that they take was looked for.
    pub(super) sought: usize,
}

impl Findings {
    pub(super) fn refuse(&mut self, at: &At, reason: Reason, message: impl Into<String>) {
        self.problems.push(problem(at, reason, message));
    }

    pub(super) fn notice(&mut self, at: &At, reason: Reason, message: impl Into<String>) {
        self.notices.push(problem(at, reason, message));
    }

    /// Takes back that an extension is honoured, where what is said about it stands elsewhere; whether that is new.
    pub(super) fn withdraw(&mut self, at: &At) -> bool {
        self.withdrawn.insert(at.path.clone())
    }

    /// An extension that is honoured, as far as is known yet; see [`Findings::settle`].
    pub(super) fn support(&mut self, at: &At) {
        self.support_as(at, None);
    }

    /// As [`Findings::support`], and what its value was taken for.
    pub(super) fn support_as(&mut self, at: &At, read_as: Option<ReadAs>) {
        let (link_id, path) = (at.link_id.as_deref().map(str::to_owned), at.path.clone());
        let extension = Quoted(at.extension.as_deref().unwrap_or_default()).to_string();
        self.supported.push(Supported { link_id, path, extension, read_as });
    }

    /// Closes the report: an extension is honoured, or something keeps it from that, and never both.
    pub(super) fn settle(&mut self) {
        let withdrawn = std::mem::take(&mut self.withdrawn);
        report::settle(&mut self.supported, &self.problems, &self.notices, &withdrawn);
    }

    /// The string element `name`; refused when it is not a string, or blank.
    pub(super) fn string<'v>(&mut self, at: &At, object: &'v Object, name: &str) -> Option<&'v str> {
        let text = match object.get(name)? {
            Value::String(text) if !text.trim().is_empty() => text.as_str(),
            _ => {
                self.refuse(
                    &at.child(name),
                    Reason::Malformed,
                    "this must be a string that is not blank; write one or remove the element",
                );
                return None;
            }
        };
        if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
            self.refuse(
                &at.child(name),
                Reason::ControlCharacter,
                "this holds control characters, which FHIR does not allow; remove them",
            );
            return None;
        }
        Some(text)
    }

    /// The boolean element `name`, false when absent.
    pub(super) fn boolean(&mut self, at: &At, object: &Object, name: &str) -> bool {
        match object.get(name) {
            None => false,
            Some(Value::Bool(value)) => *value,
            Some(_) => {
                self.refuse(&at.child(name), Reason::Malformed, "this must be true or false, without quotes");
                false
            }
        }
    }

    /// The non-negative integer element `name`.
    pub(super) fn count(&mut self, at: &At, object: &Object, name: &str) -> Option<u32> {
        let count = object.get(name)?.as_number().and_then(Number::as_i32);
        let count = count.and_then(|number| u32::try_from(number).ok());
        if count.is_none() {
            self.refuse(
                &at.child(name),
                Reason::Malformed,
                "this must be a whole number from 0 to 2147483647",
            );
        }
        count
    }

    /// The array element `name`; empty when absent.
    pub(super) fn list<'v>(&mut self, at: &At, object: &'v Object, name: &str) -> &'v [Value] {
        match object.get(name) {
            None => &[],
            Some(Value::Array(elements)) if !elements.is_empty() => elements,
            Some(_) => {
                self.refuse(
                    &at.child(name),
                    Reason::Malformed,
                    "this must be an array with at least one element",
                );
                &[]
            }
        }
    }

    /// The one `value[x]` of an element whose name starts with `prefix`.
    pub(super) fn choice<'v>(
        &mut self,
        at: &At,
        object: &'v Object,
        prefix: &str,
    ) -> Option<(&'v str, &'v Value)> {
        let mut values = object.iter().filter_map(|(name, value)| {
            let kind = name.strip_prefix(prefix)?;
            kind.starts_with(|first: char| first.is_ascii_uppercase()).then_some((kind, value))
        });
        if let (Some(value), None) = (values.next(), values.next()) {
            return Some(value);
        }
        self.refuse(at, Reason::Malformed, format!("exactly one {prefix}[x] is needed here"));
        None
    }

    /// The text element `name` with its translations; entered in the list of what is shown when `shown`.
    pub(super) fn text(&mut self, at: &At, object: &Object, name: &str, shown: bool) -> Option<Text> {
        let original = self.string(at, object, name)?.to_owned();
        let place = at.child(name);
        let sibling = object.get(&format!("_{name}"));
        let translations = sibling.map(|sibling| self.translations(&place, sibling)).unwrap_or_default();
        let part = |translation: &Value, name: &str| {
            let part = translation.list("extension").iter().find(|part| part.str("url") == Some(name))?;
            ["valueCode", "valueString"].iter().find_map(|kind| part.str(kind)).map(str::to_owned)
        };
        let is_other = |translation: &Value| {
            part(translation, "lang").is_some_and(|tag| tag.eq_ignore_ascii_case(&self.language))
                && part(translation, "content").is_some_and(|content| content.trim() != original.trim())
        };
        let extensions = sibling.map(|sibling| sibling.list("extension")).unwrap_or_default();
        if let Some(other) = extensions.iter().position(is_other) {
            let message = format!(
                "the translation into {} is not used: the text is in that language itself, in other words; keep one of them",
                self.language
            );
            self.notice(&place.extension(other, TRANSLATION), Reason::Unused, message);
        }
        // What FHIR says is markdown may be.
        if shown && name != "copyright" && !sibling.is_some_and(is_formatted) {
            let texts = std::iter::once(&original).chain(translations.iter().map(|(_, content)| content));
            if let Some(found) = texts.into_iter().find_map(|text| markup::found(text)) {
                let message = format!(
                    "the text holds {found}, and the patient reads it as these letters; write the words alone, and how they \
                     look in rendering-xhtml or rendering-markdown"
                );
                self.notice(&place, Reason::PlainText, message);
            }
        }
        let text = Text { translations, ..Text::plain(&original) };
        if shown {
            self.seen(&place, &text);
        }
        Some(text)
    }

    /// A text that was read elsewhere, such as a concept's, is shown at a place.
    pub(super) fn seen(&mut self, at: &At, text: &Text) {
        if !text.is_in_a_language() {
            return;
        }
        let languages: Vec<String> = text.translations.iter().map(|(tag, _)| tag.clone()).collect();
        self.shown.push(Shown { at: at.clone(), languages });
    }

    /// The `translation` extensions of a primitive (`lang`, `content`).
    pub(super) fn translations(&mut self, at: &At, sibling: &Value) -> Vec<(String, String)> {
        let mut translations: Vec<(String, String)> = Vec::new();
        for (index, extension) in sibling.list("extension").iter().enumerate() {
            if extension.str("url") != Some(TRANSLATION) {
                continue;
            }
            let place = || at.extension(index, TRANSLATION);
            let part = |wanted: &str| {
                let mut parts = extension.list("extension").iter();
                parts.find(|part| part.str("url") == Some(wanted))
            };
            let tag = part("lang").and_then(|lang| lang.str("valueCode").or_else(|| lang.str("valueString")));
            let content = part("content")
                .and_then(|content| content.str("valueString").or_else(|| content.str("valueMarkdown")));
            let readable = |text: &&str| !text.trim().is_empty() && !text.chars().any(is_stray_control);
            match (tag.filter(|tag| language::is_tag(tag)), content.filter(readable)) {
                (Some(tag), _) if translations.iter().any(|(known, _)| known.eq_ignore_ascii_case(tag)) => {
                    let message = format!("this text is translated into {tag} twice; keep one translation");
                    self.refuse(&place(), Reason::Malformed, message);
                }
                (Some(tag), Some(content)) => {
                    if !tag.eq_ignore_ascii_case(&self.language) {
                        self.remember(tag);
                        translations.push((tag.to_owned(), content.to_owned()));
                    }
                }
                _ => self.refuse(
                    &place(),
                    Reason::Malformed,
                    "a translation needs `lang` with a language tag and `content` with a text; complete it",
                ),
            }
        }
        translations
    }

    fn remember(&mut self, tag: &str) {
        if !self.translated.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
            self.translated.push(tag.to_owned());
        }
    }

    /// Refuses the elements that neither FHIR R4 nor R5 has here.
    pub(super) fn elements(&mut self, at: &At, object: &Object, known: &[&str]) {
        for (name, _) in object.iter() {
            let element = name.strip_prefix('_').unwrap_or(name);
            if known.contains(&element) || ["id", "extension", "modifierExtension"].contains(&name) {
                continue;
            }
            let place = at.child(name);
            match older_version(element) {
                Some(version) => self.refuse(
                    &place,
                    Reason::FhirVersion,
                    format!(
                        "this element belongs to FHIR {version}; convert the Questionnaire to FHIR R4 (4.0.1) or R5"
                    ),
                ),
                None => self.refuse(
                    &place,
                    Reason::UnknownElement,
                    "FHIR has no such element here; correct its name or remove it",
                ),
            }
        }
    }
}

/// The version that has an element which R4 and R5 do not have.
fn older_version(element: &str) -> Option<&'static str> {
    match element {
        "group" => Some("DSTU2"),
        "option" | "options" | "hasAnswer" => Some("STU3"),
        _ if element.strip_prefix("initial").is_some_and(|kind| kind.starts_with(char::is_uppercase)) => {
            Some("STU3")
        }
        _ => None,
    }
}

fn is_stray_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\r' | '\t')
}

fn problem(at: &At, reason: Reason, message: impl Into<String>) -> Problem {
    let (link_id, path) = (at.link_id.as_deref().map(str::to_owned), at.path.clone());
    let extension = at.extension.as_deref().map(|url| Quoted(url).to_string());
    Problem { link_id, path, extension, reason, message: message.into() }
}

/// Whether the form of a text is given beside it.
fn is_formatted(sibling: &Value) -> bool {
    let mut names = sibling.list("extension").iter().filter_map(|one| one.str("url").and_then(hl7::name));
    names.any(|name| ["rendering-xhtml", "rendering-markdown"].contains(&name))
}
