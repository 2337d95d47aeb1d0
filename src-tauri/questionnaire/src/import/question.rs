//! What each type of question asks for, and its initial values.

use fhir::{Number, Object, Value};

use super::{
    at, controls, limits, options, quantity,
    read::{At, Findings},
    value_set::Terminology,
};
use crate::{
    Answer, AnswerError, Reason, check,
    form::{
        Asks, AttachmentQuestion, Kind, Layout, LayoutForm, Occurs, OptionItem, OptionValue, Own, Question,
    },
    hl7::ANSWER_CONSTRAINT,
    report::Quoted,
};

/// Reads a question.
pub(super) fn read(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    code: &str,
    hidden: bool,
    terminology: &Terminology<'_>,
) -> Question {
    let layout = layout(findings, at, object, code);
    let asks = match code {
        "boolean" => Asks::Boolean,
        "integer" | "decimal" => {
            Asks::Number(limits::number(findings, at, object, code == "integer", hidden))
        }
        "date" => Asks::Date(limits::temporal(findings, at, object, "valueDate")),
        "dateTime" => Asks::DateTime(limits::temporal(findings, at, object, "valueDateTime")),
        "time" => Asks::Time(limits::temporal(findings, at, object, "valueTime")),
        "url" => Asks::Url(limits::text(findings, at, object, false, true)),
        "quantity" => Asks::Quantity(quantity::read(findings, at, object, hidden, terminology)),
        "attachment" => Asks::Attachment(attachment(findings, at, object)),
        "choice" | "coding" => Asks::Coding,
        // Its own words are a text.
        "open-choice" => Asks::Text(limits::text(findings, at, object, false, false)),
        "reference" => Asks::Reference,
        _ => Asks::Text(limits::text(findings, at, object, code == "text", false)),
    };
    let options = options::read(findings, at, object, code, hidden, terminology);
    let asks = within_limits(findings, at, asks, &options);
    let own = own(findings, at, object, code, !options.is_empty());
    let own_label = at::single(findings, at, object, "openLabel")
        .filter(|label| label.object.contains("valueString"))
        .and_then(|label| findings.text(&label.at(), label.object, "valueString", !hidden));
    // Of dates, only how much of them is asked for is read from it; and a pattern such as AB1234 is of no language.
    let has_words = |hint: &str| hint.chars().any(|letter| letter.is_alphabetic() && !letter.is_uppercase());
    let is_shown = |hint: &Object| {
        let words = hint.get("valueString").and_then(Value::as_str).is_some_and(has_words);
        !hidden && words && ["string", "open-choice"].contains(&code)
    };
    let hint = at::single(findings, at, object, "entryFormat")
        .and_then(|hint| findings.text(&hint.at(), hint.object, "valueString", is_shown(hint.object)));
    // An open choice that lists nothing is a text.
    Question { asks, options, own, computed: false, layout, hint, own_label }
}

/// Refuses the options that the limits of the question forbid: nobody could say which of the two is meant.
fn within_limits(findings: &mut Findings, at: &At, asks: Asks, options: &[OptionItem]) -> Asks {
    let typed_only = Question::of(asks);
    for (index, option) in options.iter().enumerate() {
        let value = match &option.value {
            OptionValue::Coding(_) => continue,
            OptionValue::String => Value::from(option.label.original.as_str()),
            OptionValue::Other(_, value) => value.clone(),
        };
        let kind = option.element().strip_prefix("value").unwrap_or_default();
        let Some(answer) = typed(&typed_only.asks, kind, &value) else { continue };
        if let Err(error) = check::accept(&typed_only, answer, "en")
            && is_limit(&error)
        {
            let message =
                format!("this option is beyond the question's limits: {error}; correct one of them");
            findings.refuse(&at.child("answerOption").index(index), Reason::AnswerOption, message);
        }
    }
    typed_only.asks
}

fn is_limit(error: &AnswerError) -> bool {
    matches!(
        error,
        AnswerError::BelowMinimum { .. }
            | AnswerError::AboveMaximum { .. }
            | AnswerError::TooManyDecimalPlaces { .. }
            | AnswerError::DateTooEarly { .. }
            | AnswerError::DateTooLate { .. }
            | AnswerError::TooShort { .. }
            | AnswerError::TooLong { .. }
            | AnswerError::WrongFormat { .. }
    )
}

/// `answerConstraint` (R5), or the type open-choice (R4).
fn own(findings: &mut Findings, at: &At, object: &Object, code: &str, options: bool) -> Own {
    let backported = at::single(findings, at, object, ANSWER_CONSTRAINT);
    let carried = backported.and_then(|found| findings.string(&found.at(), found.object, "valueCode"));
    let place = || match backported {
        Some(found) if !object.contains("answerConstraint") => found.at(),
        _ => at.child("answerConstraint"),
    };
    let own = match findings.string(at, object, "answerConstraint").or(carried) {
        Some("optionsOnly") => return Own::Nothing,
        Some("optionsOrType") => Own::Type,
        Some("optionsOrString") => Own::Text,
        Some(_) => {
            let message = "answerConstraint must be optionsOnly, optionsOrType or optionsOrString";
            findings.refuse(&place(), Reason::Malformed, message);
            Own::Nothing
        }
        None if code == "open-choice" => Own::Text,
        None => Own::Nothing,
    };
    match own {
        // Nobody types a coding or a reference; a text is what the patient can say.
        Own::Type if matches!(code, "coding" | "choice" | "open-choice" | "reference") && options => {
            let message = "the patient's own answer is taken as text, because nobody types codes; it stands in the \
                           response as the display of a code or reference without one";
            findings.notice(&place(), Reason::Completed, message);
            Own::Words
        }
        own => own,
    }
}

/// A `maxSize` below this many bytes was meant in another unit.
const SMALLEST_LIMIT: f64 = 1000.0;

/// Controls that change how an answer is entered, not what is asked.
const CONTROLS: [&str; 8] =
    ["slider", "radio-button", "check-box", "drop-down", "autocomplete", "lookup", "spinner", "text-box"];

/// Those of them that are about options, and change nothing where there are none.
const LISTS: [&str; 5] = ["radio-button", "check-box", "drop-down", "autocomplete", "lookup"];
const BUTTONS: [&str; 2] = ["radio-button", "check-box"];

/// The codes of `questionnaire-choiceOrientation`.
const ORIENTATIONS: [&str; 2] = ["horizontal", "vertical"];

fn layout(findings: &mut Findings, at: &At, object: &Object, code: &str) -> Layout {
    let controls = at::item_control(object);
    if controls.contains(&"slider") && !["integer", "decimal"].contains(&code) {
        let message = "a slider needs an item of type integer or decimal; the question is asked without it";
        findings.notice(&at::control_at(at, object, "slider"), Reason::Slider, message);
    }
    if controls.contains(&"spinner") && !["integer", "decimal", "quantity"].contains(&code) {
        let message =
            "a spinner needs an item of type integer, decimal or quantity; the question is asked without it";
        findings.notice(&at::control_at(at, object, "spinner"), Reason::Unused, message);
    }
    let offers = ["answerOption", "answerValueSet"].iter().any(|name| object.contains(name))
        || at::has(object, "answerExpression");
    let has_use = |control: &str| match control {
        // Words are typed into a box anyway, and nothing else is.
        "text-box" => ["string", "text"].contains(&code),
        // Yes and no are two buttons anyway.
        _ => offers || !LISTS.contains(&control) || (code == "boolean" && BUTTONS.contains(&control)),
    };
    let used: Vec<&str> = CONTROLS.into_iter().filter(|control| has_use(control)).collect();
    controls::check(findings, at, object, &used, ("control", "the question is"));
    let form = if controls.iter().any(|control| ["autocomplete", "lookup"].contains(control)) {
        LayoutForm::Autocomplete
    } else if controls.contains(&"drop-down") {
        LayoutForm::DropDown
    } else {
        LayoutForm::List
    };
    let orientation = at::single(findings, at, object, "choiceOrientation");
    let said = orientation.and_then(|found| found.get("valueCode").and_then(Value::as_str));
    if let (Some(found), Some(other)) = (orientation, said.filter(|said| !ORIENTATIONS.contains(said))) {
        let message =
            format!("choiceOrientation is not used: {} is neither horizontal nor vertical", Quoted(other));
        found.notice(findings, Reason::Unused, message);
    }
    Layout { form, horizontal: said == Some("horizontal") }
}

/// `maxSize`, in bytes (ADR 54).
fn attachment(findings: &mut Findings, at: &At, object: &Object) -> AttachmentQuestion {
    let max_size = at::single(findings, at, object, "maxSize").and_then(|limit| {
        let number = ["valueDecimal", "valueInteger"].iter().find_map(|name| limit.get(name));
        let bytes = number.and_then(Value::as_number).and_then(Number::to_f64).filter(|bytes| *bytes > 0.0);
        let Some(bytes) = bytes else {
            let message = "maxSize must be a valueDecimal above zero, in bytes; correct it";
            limit.refuse(findings, Reason::Limits, message);
            return None;
        };
        if bytes < SMALLEST_LIMIT {
            let message = format!(
                "maxSize is in bytes, and hardly any file has {bytes} bytes or fewer; forms of old releases meant \
                 megabytes: write the number of bytes, such as 5000000 for 5 MB"
            );
            limit.refuse(findings, Reason::Limits, message);
            return None;
        }
        // Beyond 4 GB this crate's own limit holds anyway.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bytes = bytes.min(f64::from(u32::MAX)) as u32;
        Some(bytes)
    });
    let types = at::all(at, object, "mimeType")
        .filter_map(|found| found.get("valueCode").and_then(Value::as_str))
        .map(str::to_ascii_lowercase)
        .collect();
    AttachmentQuestion { max_size, types }
}

/// The initial answers: `initial`, or the options with `initialSelected`. They must be ones that the patient could give.
pub(super) fn initial(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    kind: &Kind,
    (repeats, occurs): (bool, Occurs),
) -> Vec<Answer> {
    let Kind::Question(question) = kind else { return Vec::new() };
    let place = at.child("initial");
    let mut answers = Vec::new();
    for (index, initial) in findings.list(at, object, "initial").iter().enumerate() {
        let place = place.index(index);
        let Some(object) = initial.as_object() else {
            findings.refuse(&place, Reason::Malformed, "an initial value must be an object");
            return Vec::new();
        };
        if is_only_extended(object) {
            continue;
        }
        let Some((kind, value)) = findings.choice(&place, object, "value") else { return Vec::new() };
        if is_unit_only(question, kind, value) {
            continue;
        }
        let Some(answer) = answer_from(question, kind, value) else {
            findings.refuse(&place, Reason::Initial, unfit(question, kind, value));
            return Vec::new();
        };
        answers.push(answer);
    }
    if answers.is_empty() {
        answers = selected(findings, at, object, question);
    }
    let most = if repeats { occurs.max.unwrap_or(u32::MAX) } else { 1 };
    if answers.len() > most as usize {
        let message = format!("only {most} initial value fits here; keep that many");
        findings.refuse(&place, Reason::Initial, message);
        return Vec::new();
    }
    for answer in &answers {
        match check::accept(question, answer.clone(), "en") {
            Ok(Some(accepted)) if accepted == *answer => {}
            Err(error) => {
                let message = format!("the initial value would not be accepted: {error}");
                findings.refuse(&place, Reason::Initial, message);
                return Vec::new();
            }
            Ok(accepted) => {
                let message = match accepted.as_ref().and_then(written) {
                    Some(text) => format!(
                        "the initial value is not written as an answer would be; write {} (without blanks at its ends)",
                        Quoted(text)
                    ),
                    None => "the initial value is empty, or has no unit; complete it or remove it".to_owned(),
                };
                findings.refuse(&place, Reason::Initial, message);
                return Vec::new();
            }
        }
    }
    answers
}

/// Why a value is no answer of a question.
fn unfit(question: &Question, kind: &str, value: &Value) -> String {
    let wanted = value_type(question);
    if kind == "Quantity" && matches!(question.asks, Asks::Quantity(_)) && !question.chooses() {
        let unit = value.str("unit").or_else(|| value.str("code")).unwrap_or("none");
        return format!(
            "the unit of the initial value ({}) is none of the question's; write system and code as its units have \
             them: without a system, a code is another unit",
            Quoted(unit)
        );
    }
    if wanted == kind {
        return format!(
            "the initial value{kind} is none that the question takes; write it as FHIR writes it"
        );
    }
    let among =
        if question.chooses() { "an option is repeated in its own type" } else { "the question has a type" };
    format!("the initial value is a value{kind}, and {among}: write a value{wanted}")
}

/// The `[x]` of the values that a question is answered with.
pub(super) fn value_type(question: &Question) -> &'static str {
    if let Some(option) = question.options.first() {
        return option.element().strip_prefix("value").unwrap_or_default();
    }
    match &question.asks {
        Asks::Boolean => "Boolean",
        Asks::Number(asks) if asks.integer => "Integer",
        Asks::Number(_) => "Decimal",
        Asks::Date(_) => "Date",
        Asks::DateTime(_) => "DateTime",
        Asks::Time(_) => "Time",
        Asks::Text(_) => "String",
        Asks::Url(_) => "Uri",
        Asks::Quantity(_) => "Quantity",
        Asks::Attachment(_) => "Attachment",
        Asks::Coding => "Coding",
        Asks::Reference => "Reference",
    }
}

/// The text of an answer that is written as one.
fn written(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Number { text }
        | Answer::Date { text }
        | Answer::DateTime { text }
        | Answer::Time { text }
        | Answer::Text { text } => Some(text),
        _ => None,
    }
}

/// An element that an extension, such as an expression, stands in for.
fn is_only_extended(object: &Object) -> bool {
    object.iter().all(|(name, _)| name == "extension" || name == "id" || name.starts_with('_'))
}

/// An initial quantity without a number only says which unit is offered first.
fn is_unit_only(question: &Question, kind: &str, value: &Value) -> bool {
    matches!(question.asks, Asks::Quantity(_)) && kind == "Quantity" && value.get("value").is_none()
}

fn selected(findings: &mut Findings, at: &At, object: &Object, question: &Question) -> Vec<Answer> {
    let list = object.get("answerOption").and_then(Value::as_array).unwrap_or_default();
    let mut selected = Vec::new();
    for (index, option) in list.iter().filter_map(Value::as_object).enumerate() {
        if findings.boolean(&at.child("answerOption").index(index), option, "initialSelected")
            && let Some(known) = question.options.get(index)
        {
            selected.push(Answer::Choice { option: known.key.clone() });
        }
    }
    selected
}

/// A FHIR value as the answer of a question, where the types agree. Also for `enableWhen.answer[x]`.
pub(super) fn answer_from(question: &Question, kind: &str, value: &Value) -> Option<Answer> {
    if question.chooses() {
        let key = options::key(kind, value);
        let known = key.as_ref().is_some_and(|key| {
            question.option(key).is_some_and(|option| option.element().strip_prefix("value") == Some(kind))
        });
        let of_its_kind = |option: &OptionItem| option.element().strip_prefix("value") == Some(kind);
        if known || (question.own == Own::Nothing && question.options.iter().any(of_its_kind)) {
            return Some(Answer::Choice { option: key? });
        }
        if question.own == Own::Text && kind == "String" {
            return Some(Answer::Text { text: value.as_str()?.to_owned() });
        }
        let is_named_only = ["code", "reference", "identifier"].iter().all(|name| value.get(name).is_none());
        if question.own == Own::Words && matches!(kind, "Coding" | "Reference") && is_named_only {
            return Some(Answer::Text { text: value.str("display")?.to_owned() });
        }
        if question.own != Own::Type {
            return None;
        }
    }
    typed(&question.asks, kind, value)
}

fn typed(asks: &Asks, kind: &str, value: &Value) -> Option<Answer> {
    let text = || value.as_str().map(str::to_owned);
    let number = || value.as_number().map(|number| crate::number::plain(number.as_str()));
    Some(match (asks, kind) {
        (Asks::Boolean, "Boolean") => Answer::Boolean { value: value.as_bool()? },
        (Asks::Number(asks), "Integer") if asks.integer || value.as_number()?.as_i32().is_some() => {
            Answer::Number { text: number()? }
        }
        (Asks::Number(asks), "Decimal") if !asks.integer => Answer::Number { text: number()? },
        (Asks::Date(_), "Date") => Answer::Date { text: text()? },
        (Asks::DateTime(_), "DateTime" | "Date") => Answer::DateTime { text: text()? },
        (Asks::Time(_), "Time") => Answer::Time { text: text()? },
        (Asks::Text(_), "String") | (Asks::Url(_), "Uri" | "Url") => Answer::Text { text: text()? },
        (Asks::Quantity(asks), "Quantity") => quantity::answer(asks, value)?,
        (Asks::Quantity(_), "Decimal" | "Integer") => {
            Answer::Quantity { text: number()?, unit: None, own_unit: None }
        }
        (Asks::Attachment(_), "Attachment") => Answer::Attachment {
            content_type: value.str("contentType")?.to_owned(),
            data: value.str("data")?.to_owned(),
            title: value.str("title").map(str::to_owned),
        },
        _ => return None,
    })
}
