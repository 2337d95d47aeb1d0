//! Why a Questionnaire is refused, item by item.

use std::{collections::HashSet, fmt};

use serde::Serialize;

/// Everything that keeps a Questionnaire from being used, found in one pass, and what else was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// Why it is refused: one for each place, in document order; never empty.
    pub problems: Vec<Problem>,
    /// What would be ignored, completed or shown in another way.
    pub notices: Vec<Problem>,
    /// The extensions that are honoured as they are meant. Of none of them, nor of anything inside them, a problem or a notice
    /// says that it is not ([`Reason::is_left_out`]).
    pub supported: Vec<Supported>,
}

impl ImportReport {
    /// Takes back that extensions are honoured, where something was added to the report that says otherwise.
    pub fn settle(&mut self) {
        settle(&mut self.supported, &self.problems, &self.notices, &HashSet::new());
    }
}

/// Leaves among the extensions that are honoured those that nothing was found against: no problem in their place or inside
/// it, no notice that they are left out, and none that stands elsewhere (`withdrawn`, by their paths).
pub(crate) fn settle(
    supported: &mut Vec<Supported>,
    problems: &[Problem],
    notices: &[Problem],
    withdrawn: &HashSet<String>,
) {
    let left_out = notices.iter().filter(|notice| notice.reason.is_left_out());
    let found = problems.iter().chain(left_out).map(|finding| finding.path.as_str());
    let not_honoured: HashSet<&str> =
        found.flat_map(extensions_of).chain(withdrawn.iter().map(String::as_str)).collect();
    if !not_honoured.is_empty() {
        supported.retain(|one| !not_honoured.contains(one.path.as_str()));
    }
}

/// The paths of the extensions that a place is, or is in: `a.extension[0].value` is in `a.extension[0]`.
fn extensions_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices(".extension[").filter_map(move |(start, _)| {
        let length = path.get(start..)?.find(']')?;
        path.get(..=start + length)
    })
}

/// An extension that is honoured as its author meant it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Supported {
    /// The `linkId` of the item it belongs to.
    pub link_id: Option<String>,
    /// The place as FHIRPath.
    pub path: String,
    /// Its url.
    pub extension: String,
    /// What its value was taken for, where it could be taken for something else: `5000 bytes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_as: Option<ReadAs>,
}

/// What a value was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadAs {
    /// So many bytes: the number as it is written.
    Bytes(String),
}

impl fmt::Display for ReadAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(number) => write!(f, "{number} bytes"),
        }
    }
}

impl Serialize for ReadAs {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One place in a Questionnaire, what was found there and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The `linkId` of the item it belongs to; `None` for the Questionnaire itself, or an item without one.
    pub link_id: Option<String>,
    /// The place as FHIRPath.
    pub path: String,
    /// The url of the extension that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// The kind of reason.
    pub reason: Reason,
    /// What is the matter, and what to do about it.
    pub message: String,
}

/// The kinds of reason. [`Reason::code`] is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Not JSON, or cut off.
    NotJson,
    /// The document is XML that FHIR does not allow.
    NotXml,
    /// More than [`crate::MAX_BYTES`].
    TooLarge,
    /// JSON, but no Questionnaire.
    NotAQuestionnaire,
    /// Written for a version of FHIR other than R4, R4B and R5.
    FhirVersion,
    /// An element of another JSON type, or with a value that FHIR does not allow.
    Malformed,
    /// An element that neither R4 nor R5 knows.
    UnknownElement,
    /// A modifier extension, or an element that changes the meaning in a way unknown here.
    ModifierExtension,
    /// `language`, `linkId` or `type` is missing.
    Missing,
    /// `status` is not one with which a form may be used.
    Status,
    /// Not about a patient.
    SubjectType,
    /// Two items share a `linkId`.
    DuplicateLinkId,
    /// Items nested too deeply.
    TooDeep,
    /// Something shown has no text.
    MissingText,
    /// A text holds control characters.
    ControlCharacter,
    /// An item type that is not supported.
    ItemType,
    /// How often something repeats contradicts itself.
    Repeats,
    /// A value set that is neither contained nor given with the form, or that needs a terminology server.
    AnswerValueSet,
    /// A regular expression that cannot be read, or not matched in linear time.
    Regex,
    /// An expression (FHIRPath, CQL or a query).
    Expression,
    /// An extension that changes what is asked and is not supported.
    Extension,
    /// An element that this type of item cannot have.
    NotAllowedHere,
    /// The options of a choice: none, twice the same, or without a text.
    AnswerOption,
    /// `enableWhen` names a question that does not exist or is no question.
    EnableWhenQuestion,
    /// `enableWhen` uses an operator or an answer that does not fit its question.
    EnableWhenAnswer,
    /// Several `enableWhen` without `enableBehavior`.
    EnableBehavior,
    /// Items that depend on each other in a circle.
    EnableWhenCircular,
    /// Expressions that need their own results.
    Circular,
    /// Limits that contradict each other or cannot be read.
    Limits,
    /// An initial value that the question itself would not accept.
    Initial,
    /// A slider without its two ends.
    Slider,
    /// A picture, a sound or a video that cannot be shown.
    Media,
    /// Required, but the patient cannot answer it.
    Required,
    /// No question that a patient could see.
    NoQuestions,
    /// A resource that expressions read (`launchContext`) and that is not given where the form is to be filled in.
    LaunchContext,
    /// Notice: the form is a draft, or does not say whether it may be used.
    Draft,
    /// Notice: something that the author left out was completed.
    Completed,
    /// Notice: a question about the patient is answered before the patient has seen it.
    PreAnswered,
    /// Notice: codes of a system that is no absolute address, which FHIR servers may refuse.
    System,
    /// Notice: a language is not offered because a text is not translated.
    Language,
    /// Notice: shown as plain text, without its markup or style.
    PlainText,
    /// Notice: an extension that is not used; what is asked stays the same.
    Unused,
}

impl Reason {
    /// Whether a notice for this reason says that something is left out: it is not used, or not as its author meant it. All
    /// other notices are notes on what is used as it stands.
    pub fn is_left_out(self) -> bool {
        matches!(
            self,
            Self::Unused | Self::PlainText | Self::Limits | Self::Repeats | Self::Slider | Self::Media
        )
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::NotXml => "not-xml",
            Self::TooLarge => "too-large",
            Self::NotAQuestionnaire => "not-a-questionnaire",
            Self::FhirVersion => "fhir-version",
            Self::Malformed => "malformed",
            Self::UnknownElement => "unknown-element",
            Self::ModifierExtension => "modifier-extension",
            Self::Missing => "missing",
            Self::Status => "status",
            Self::SubjectType => "subject-type",
            Self::DuplicateLinkId => "duplicate-link-id",
            Self::TooDeep => "too-deep",
            Self::MissingText => "missing-text",
            Self::ControlCharacter => "control-character",
            Self::ItemType => "item-type",
            Self::Repeats => "repeats",
            Self::AnswerValueSet => "answer-value-set",
            Self::Regex => "regex",
            Self::Expression => "expression",
            Self::Extension => "extension",
            Self::NotAllowedHere => "not-allowed-here",
            Self::AnswerOption => "answer-option",
            Self::EnableWhenQuestion => "enable-when-question",
            Self::EnableWhenAnswer => "enable-when-answer",
            Self::EnableBehavior => "enable-behavior",
            Self::EnableWhenCircular => "enable-when-circular",
            Self::Circular => "circular",
            Self::Limits => "limits",
            Self::Initial => "initial",
            Self::Slider => "slider",
            Self::Media => "media",
            Self::Required => "required",
            Self::NoQuestions => "no-questions",
            Self::LaunchContext => "launch-context",
            Self::Draft => "draft",
            Self::Completed => "completed",
            Self::PreAnswered => "pre-answered",
            Self::System => "system",
            Self::Language => "language",
            Self::PlainText => "plain-text",
            Self::Unused => "unused",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(link_id) = &self.link_id {
            write!(f, "item \"{}\", ", Quoted(link_id))?;
        }
        write!(f, "{}", self.path)?;
        // Many messages name it themselves.
        if let Some(extension) = self.extension.as_deref().filter(|url| !self.message.contains(url)) {
            write!(f, " ({extension})")?;
        }
        write!(f, ": {} [{}]", self.message, self.reason.code())
    }
}

impl fmt::Display for Supported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(link_id) = &self.link_id {
            write!(f, "item \"{}\", ", Quoted(link_id))?;
        }
        write!(f, "{}: {}", self.path, self.extension)?;
        self.read_as.as_ref().map_or(Ok(()), |read_as| write!(f, " (read as {read_as})"))
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this questionnaire cannot be used, for {} reason(s):", self.problems.len())?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ImportReport {}

/// Foreign text inside a message: cut short and without control characters, so that it cannot pose as another line.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 160;
        // Names and paths, almost always.
        if self.0.len() <= LONGEST && self.0.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control()) {
            return f.write_str(self.0);
        }
        for (at, character) in self.0.chars().enumerate() {
            if at == LONGEST {
                return f.write_str("…");
            }
            let shown = if character.is_control() { '\u{fffd}' } else { character };
            write!(f, "{shown}")?;
        }
        Ok(())
    }
}
