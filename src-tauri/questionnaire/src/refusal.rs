//! Why an answer or a move is not accepted.

use crate::NextQuestionError;

/// Why an answer or a move was not accepted. Nothing has changed in the session then.
///
/// The message is for staff and logs; the page shows its own words for [`AnswerError::code`]. None holds an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No item has this key.
    #[error("the questionnaire has no item {key}; ask for the current screen again")]
    UnknownItem {
        /// The key as it came.
        key: String,
    },
    /// The item is hidden or its conditions do not hold now.
    #[error("item {key} is not shown now; ask for the current screen again")]
    NotShown {
        /// The item's key.
        key: String,
    },
    /// The item is a display or a group.
    #[error("item {key} is not a question and takes no answer")]
    NotAQuestion {
        /// The item's key.
        key: String,
    },
    /// The answer is of another kind than the question.
    #[error("this kind of answer does not fit the question; answer with the control of its screen")]
    WrongKind,
    /// The option is not one of the question's.
    #[error("the question has no such option; choose one of the options shown")]
    UnknownOption,
    /// Not a number.
    #[error("this is not a number; write digits, with one decimal point where needed")]
    NotANumber,
    /// The question asks for a whole number.
    #[error("a whole number is asked for; leave the decimals out")]
    NotAWholeNumber,
    /// Beyond FHIR's 32-bit integer or 18-digit decimal (FHIR R4, section 2.24.0.1).
    #[error("the number has too many digits to be stored exactly; write a shorter one")]
    TooManyDigits,
    /// More decimal places than `maxDecimalPlaces`.
    #[error("at most {max} decimal places are asked for")]
    TooManyDecimalPlaces {
        /// The limit.
        max: u32,
    },
    /// Below `minValue`.
    #[error("the answer is below the smallest one allowed, {min}")]
    BelowMinimum {
        /// The limit as the Questionnaire writes it.
        min: String,
    },
    /// Above `maxValue`.
    #[error("the answer is above the largest one allowed, {max}")]
    AboveMaximum {
        /// The limit as the Questionnaire writes it.
        max: String,
    },
    /// Between two points of the scale.
    #[error("the answer lies between two points of the scale; its step is {step}")]
    BetweenSteps {
        /// The step of the scale.
        step: String,
    },
    /// Not a calendar date.
    #[error("this is not a date; write year, month and day")]
    NotADate,
    /// Not a date with a time and an offset.
    #[error("this is not a date with a time; write both, with the offset from UTC")]
    NotADateTime,
    /// Not a time of day.
    #[error("this is not a time of day; write hours and minutes")]
    NotATime,
    /// Not a URI.
    #[error("this is not an address; write it without spaces, such as https://example.org")]
    NotAUrl,
    /// The unit is not one of the question's.
    #[error("the question has no such unit; choose one of those shown")]
    UnknownUnit,
    /// The unit has nothing in common with that of a limit, so that nobody could say whether the answer keeps it.
    #[error("the unit of the answer cannot be compared with the limit, {limit}; give it in that unit")]
    UnlikeUnit {
        /// The limit with its unit.
        limit: String,
    },
    /// A quantity without its unit.
    #[error("the number needs its unit; choose one")]
    UnitMissing,
    /// More answers than the question takes.
    #[error("at most {max} answers are asked for")]
    TooManyAnswers {
        /// The limit.
        max: u32,
    },
    /// Fewer answers than the question asks for (`minOccurs`).
    #[error("at least {min} answers are asked for")]
    TooFewAnswers {
        /// The limit.
        min: u32,
    },
    /// The same answer twice.
    #[error("the same answer is given twice; give each once")]
    AnswerTwice,
    /// An option that excludes all others, beside another.
    #[error("this option cannot stand beside others; choose it alone")]
    Exclusive,
    /// An option that is not offered now (`answerOptionsToggleExpression`).
    #[error("this option is not offered now; choose one of those shown")]
    OptionNotOffered,
    /// The text has not the form that the question asks for (`regex`).
    #[error("the answer has not the form that is asked for{}", hint.as_ref().map(|hint| format!(": {hint}")).unwrap_or_default())]
    WrongFormat {
        /// `entryFormat`, where the form gives one.
        hint: Option<String>,
    },
    /// `mimeType` does not list this type.
    #[error("a file of this type is not asked for")]
    MediaType,
    /// Larger than `maxSize`, or than this crate keeps.
    #[error("the file is larger than {max} bytes")]
    FileTooLarge {
        /// The limit in bytes.
        max: u32,
    },
    /// All files of the response together are larger than this crate keeps.
    #[error("the files are larger than {max} bytes together")]
    FilesTogether {
        /// The limit in bytes.
        max: u32,
    },
    /// The bytes are not base64.
    #[error("the file did not arrive whole; choose it again")]
    NotBase64,
    /// The form computes or fixes this answer.
    #[error("question {key} is filled in by the form and cannot be changed")]
    ReadOnly {
        /// The item's key.
        key: String,
    },
    /// The group takes no further instance (`maxOccurs`), or the session has reached its largest size.
    #[error("no further one can be added here; at most {max} fit")]
    TooManyInstances {
        /// The limit.
        max: u32,
    },
    /// What a group is to begin with (`itemPopulationContext`) is more than fits: more than its `maxOccurs`, or than a session
    /// holds.
    #[error(
        "the group {key} would begin with more than the {max} that fit; have the form's author ask for fewer in its \
         itemPopulationContext"
    )]
    TooManyElements {
        /// The group's key.
        key: String,
        /// The limit.
        max: u32,
    },
    /// The group must keep this instance (`minOccurs`).
    #[error("at least {min} must stay here")]
    TooFewInstances {
        /// The limit.
        min: u32,
    },
    /// A constraint of the form does not hold.
    #[error("{}", if human.is_empty() { "the answers do not fit together; change one of them" } else { human })]
    Constraint {
        /// The item's key; empty for the whole form.
        key: String,
        /// What the form says about it, in its own words; empty where it says nothing.
        human: String,
    },
    /// With this answer, expressions of the form would come to no stable value. It was not taken.
    #[error(
        "the form contradicts itself with this answer: whether {} is asked, or what it is, would not settle; give another answer, or leave the question out, and have the form's author correct it",
        keys.join(", ")
    )]
    Unstable {
        /// The items' keys.
        keys: Vec<String>,
    },
    /// With this answer, the expressions of the form that may read any answer would take too many steps. It was not taken.
    #[error(
        "the calculations of this form would take too long after this answer; give another one, or have the form's author name the items that each calculation reads"
    )]
    TooCostly,
    /// Before `minValue`.
    #[error("this is before the earliest date or time allowed, {min}")]
    DateTooEarly {
        /// The limit.
        min: String,
    },
    /// After `maxValue`.
    #[error("this is after the latest date or time allowed, {max}")]
    DateTooLate {
        /// The limit.
        max: String,
    },
    /// Shorter than `minLength`.
    #[error("at least {min} characters are asked for")]
    TooShort {
        /// The limit in Unicode characters.
        min: u32,
    },
    /// Longer than `maxLength`, or than FHIR's longest string.
    #[error("at most {max} characters fit")]
    TooLong {
        /// The limit in Unicode characters.
        max: u32,
    },
    /// A control character, or a line break where one line is asked for.
    #[error(
        "the text holds a character that FHIR does not allow here, such as a line break or a control character"
    )]
    CharacterNotAllowed,
    /// The question is required: it cannot be left or skipped without an answer.
    #[error("question {key} must be answered before going on")]
    Required {
        /// The item's key.
        key: String,
    },
    /// The question is optional and neither answered nor skipped: ask once whether to leave it out.
    #[error("question {key} is not answered; answer it or leave it out on purpose")]
    Unanswered {
        /// The item's key.
        key: String,
    },
    /// Questions on a page are neither answered nor left out on purpose. With none that is required, ask once whether
    /// to leave the others out.
    #[error("questions {} are not answered; answer them{}", required.iter().chain(optional).map(String::as_str).collect::<Vec<_>>().join(", "), if required.is_empty() { " or leave them out on purpose" } else { "" })]
    Open {
        /// The keys of those that must be answered, or answered more often.
        required: Vec<String>,
        /// The keys of those that may be left out.
        optional: Vec<String>,
    },
    /// Nothing comes before the first screen.
    #[error("this is the first screen; there is nothing to go back to")]
    AtFirstScreen,
    /// Nothing comes after the review but signing.
    #[error("this is the review; confirm it, or choose a question to change")]
    AtReview,
    /// Only the review can be confirmed.
    #[error("the answers can be confirmed on the review only; go through the questions first")]
    NotAtReview,
    /// Questions are neither answered nor skipped.
    #[error("{missing} questions are neither answered nor left out on purpose; complete them first")]
    Incomplete {
        /// How many.
        missing: u32,
    },
    /// The questions after this one were chosen by its answer: ask once whether they are to be taken away
    /// ([`crate::Action::Reopen`]).
    #[error("{questions} questions were chosen by this answer; reopen it to have them chosen anew")]
    LaterQuestions {
        /// How many.
        questions: u32,
    },
    /// The next question of an adaptive form is not known yet.
    #[error("the next question is not known yet; ask the form's server for it")]
    QuestionAwaited,
    /// What the server of an adaptive form said is not taken.
    #[error("{0}")]
    NextQuestion(#[from] NextQuestionError),
    /// The questionnaire is not offered in this language.
    #[error("the questionnaire is not offered in this language; choose one of its languages")]
    UnknownLanguage,
    /// The language is chosen before the first question.
    #[error(
        "the language cannot change once the questions have begun; start a new visit for another language"
    )]
    LanguageFixed,
    /// A resource of the launch context is none.
    #[error("what was given as {name} is not a FHIR resource; give it as JSON")]
    LaunchContext {
        /// Its name.
        name: String,
    },
    /// The time is not RFC 3339 with an offset.
    #[error("the time of an event must be RFC 3339 with an offset, such as 2026-11-21T09:41:07+01:00")]
    InvalidTime,
    /// Nobody is named who acted, or with control characters.
    #[error("an event must say who acted, such as Patient/p1, without control characters")]
    InvalidActor,
    /// The log can hold no further event.
    #[error("this draft has reached its largest number of events; sign it or start a new visit")]
    LogFull,
}

impl AnswerError {
    /// What the form itself says about it, in the session's language; the limit with its unit, where the unit is what is wrong.
    pub fn said(&self) -> Option<&str> {
        match self {
            Self::UnlikeUnit { limit } => Some(limit),
            Self::Constraint { human, .. } => Some(human.as_str()).filter(|human| !human.is_empty()),
            Self::WrongFormat { hint } => hint.as_deref(),
            _ => None,
        }
    }

    /// The number that was not kept to: of answers, instances, characters, decimal places or bytes.
    pub fn limit(&self) -> Option<u32> {
        match self {
            Self::TooManyAnswers { max }
            | Self::TooManyInstances { max }
            | Self::TooManyElements { max, .. }
            | Self::TooManyDecimalPlaces { max }
            | Self::TooLong { max }
            | Self::FileTooLarge { max }
            | Self::FilesTogether { max } => Some(*max),
            Self::TooFewAnswers { min } | Self::TooFewInstances { min } | Self::TooShort { min } => {
                Some(*min)
            }
            _ => None,
        }
    }

    /// The item that it is about, where it is not the one that was acted on.
    pub fn key(&self) -> Option<&str> {
        let key = match self {
            Self::Constraint { key, .. } | Self::Required { key } | Self::Unanswered { key } => Some(key),
            Self::Open { required, optional } => required.iter().chain(optional).next(),
            _ => None,
        };
        key.map(String::as_str).filter(|key| !key.is_empty())
    }

    /// The stable code of the reason, which the page maps to its own words.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownItem { .. } => "unknown-item",
            Self::NotShown { .. } => "not-shown",
            Self::NotAQuestion { .. } => "not-a-question",
            Self::WrongKind => "wrong-kind",
            Self::UnknownOption => "unknown-option",
            Self::NotANumber => "not-a-number",
            Self::NotAWholeNumber => "not-a-whole-number",
            Self::TooManyDigits => "too-many-digits",
            Self::TooManyDecimalPlaces { .. } => "too-many-decimal-places",
            Self::BelowMinimum { .. } => "below-minimum",
            Self::AboveMaximum { .. } => "above-maximum",
            Self::BetweenSteps { .. } => "between-steps",
            Self::NotADate => "not-a-date",
            Self::NotADateTime => "not-a-date-time",
            Self::NotATime => "not-a-time",
            Self::NotAUrl => "not-a-url",
            Self::UnknownUnit => "unknown-unit",
            Self::UnlikeUnit { .. } => "unlike-unit",
            Self::UnitMissing => "unit-missing",
            Self::TooManyAnswers { .. } => "too-many-answers",
            Self::TooFewAnswers { .. } => "too-few-answers",
            Self::AnswerTwice => "answer-twice",
            Self::Exclusive => "exclusive",
            Self::OptionNotOffered => "option-not-offered",
            Self::WrongFormat { .. } => "wrong-format",
            Self::MediaType => "media-type",
            Self::FileTooLarge { .. } => "file-too-large",
            Self::FilesTogether { .. } => "files-together",
            Self::NotBase64 => "not-base64",
            Self::ReadOnly { .. } => "read-only",
            Self::TooManyInstances { .. } => "too-many-instances",
            Self::TooManyElements { .. } => "too-many-elements",
            Self::TooFewInstances { .. } => "too-few-instances",
            Self::Constraint { .. } => "constraint",
            Self::Unstable { .. } => "unstable",
            Self::TooCostly => "too-costly",
            Self::DateTooEarly { .. } => "date-too-early",
            Self::DateTooLate { .. } => "date-too-late",
            Self::TooShort { .. } => "too-short",
            Self::TooLong { .. } => "too-long",
            Self::CharacterNotAllowed => "character-not-allowed",
            Self::Required { .. } => "required",
            Self::Unanswered { .. } => "unanswered",
            Self::Open { required, .. } if required.is_empty() => "open-optional",
            Self::Open { .. } => "open-required",
            Self::AtFirstScreen => "at-first-screen",
            Self::AtReview => "at-review",
            Self::NotAtReview => "not-at-review",
            Self::Incomplete { .. } => "incomplete",
            Self::LaterQuestions { .. } => "later-questions",
            Self::QuestionAwaited => "question-awaited",
            Self::NextQuestion(error) => error.code(),
            Self::UnknownLanguage => "unknown-language",
            Self::LanguageFixed => "language-fixed",
            Self::LaunchContext { .. } => "launch-context",
            Self::InvalidTime => "invalid-time",
            Self::InvalidActor => "invalid-actor",
            Self::LogFull => "log-full",
        }
    }
}
