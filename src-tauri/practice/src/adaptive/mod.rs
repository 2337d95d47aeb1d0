//! `Questionnaire/$next-question` (SDC, "Adaptive Forms"): a small computerised adaptive test. Everything it goes by is in
//! the request, so a request that is sent twice is answered twice alike, and nothing is kept.

mod bank;
mod model;

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use fhir::{Number, Value, Version, array, canonical, object};

use crate::{content, outcome::Refusal, server::State};
use bank::Bank;
use model::Estimate;

/// The form as it is published: which server chooses its questions is not said, so it is the one that it came from.
pub const FORM: &str = include_str!("form.json");

/// `Questionnaire.url` of [`FORM`].
const URL: &str = "https://attesta.example/fhir/Questionnaire/fatigue-adaptive";
const HIDDEN: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden";
/// No fewer questions than this, and no more.
const LEAST: usize = 3;
const MOST: usize = 8;
/// The standard error at which enough is known.
const PRECISE: f64 = 0.30;
/// Scores are reported as T: mean 50, standard deviation 10.
const T_MEAN: f64 = 50.0;
const T_DEVIATION: f64 = 10.0;

/// Answers `POST /fhir/Questionnaire/$next-question`: with a Parameters to a Parameters, with the response itself to a
/// response, because SDC's pages show both.
pub(crate) fn next_question(state: &State, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
    let given = content::resource(headers, body, state.version)?;
    let in_parameters = given.resource_type() == Some("Parameters");
    let response = if in_parameters {
        let mut named = given
            .list("parameter")
            .iter()
            .filter(|parameter| parameter.str("name") == Some("questionnaire-response"));
        let first = named.next().and_then(|parameter| parameter.get("resource"));
        first.filter(|_| named.next().is_none()).cloned()
    } else {
        Some(given)
    };
    let response = response
        .filter(|response| response.resource_type() == Some("QuestionnaireResponse"))
        .ok_or_else(|| {
            Refusal::bad_request(
                "required",
                "send the parameter questionnaire-response with a QuestionnaireResponse, or that alone",
            )
        })?;
    let next = answered(response, state.version)?;
    let answer = if in_parameters {
        object! {
            "resourceType" => "Parameters",
            "parameter" => array![object! { "name" => "return", "resource" => next }],
        }
    } else {
        next
    };
    Ok(content::json(StatusCode::OK, answer.to_json()))
}

/// The response with the next question, or completed with the score.
fn answered(mut response: Value, version: Version) -> Result<Value, Refusal> {
    let broken =
        |place: &str, code, words: &str| Refusal::unprocessable(vec![(place.into(), code, words.into())]);
    if response.str("status") != Some("in-progress") {
        let words = "only what is in progress has a next question";
        return Err(broken("QuestionnaireResponse.status", "business-rule", words));
    }
    let (place, form) = contained(&response).ok_or_else(|| {
        let words = "the response has to contain the Questionnaire that it names by #id";
        broken("QuestionnaireResponse.contained", "required", words)
    })?;
    let is_ours = form
        .list("derivedFrom")
        .iter()
        .filter_map(Value::as_str)
        .any(|named| named.split_once('|').map_or(named, |(url, _)| url) == URL);
    if !is_ours {
        let words = "this server chooses the questions of fatigue-adaptive only";
        return Err(broken("QuestionnaireResponse.contained.derivedFrom", "not-found", words));
    }
    let answers = answers(&response, form, version)?;
    let (items, values, finished) = step(&answers, version);
    let mut form = form.clone();
    extend(&mut form, "item", items);
    if let Some(kept) = response
        .as_object_mut()
        .and_then(|members| members.get_mut("contained"))
        .and_then(Value::as_array_mut)
        .and_then(|contained| contained.get_mut(place))
    {
        *kept = form;
    }
    extend(&mut response, "item", values);
    if let (true, Some(members)) = (finished, response.as_object_mut()) {
        members.insert("status", "completed");
    }
    Ok(response)
}

/// The Questionnaire that the response names by `#id`, and its place.
fn contained(response: &Value) -> Option<(usize, &Value)> {
    let id = response.str("questionnaire")?.strip_prefix('#')?;
    response
        .list("contained")
        .iter()
        .enumerate()
        .find(|(_, one)| one.resource_type() == Some("Questionnaire") && one.str("id") == Some(id))
}

/// The items that were asked, in order, each with its answer: their places in the bank, and the category.
fn answers(response: &Value, form: &Value, version: Version) -> Result<Vec<(usize, usize)>, Refusal> {
    let bank = Bank::get();
    let mut answers: Vec<(usize, usize)> = Vec::new();
    for (place, item) in form.list("item").iter().enumerate() {
        let broken = |code, words: &str| {
            let at = format!("QuestionnaireResponse.contained.item[{place}]");
            Err(Refusal::unprocessable(vec![(at, code, words.to_owned())]))
        };
        let Some(asked) = item.str("linkId").and_then(|link_id| bank.find(link_id)) else {
            return broken("not-found", "this server did not ask this");
        };
        let same = bank
            .question(asked, version)
            .is_some_and(|known| canonical::number_text(&known) == canonical::number_text(item));
        if !same || answers.iter().any(|(known, _)| *known == asked) {
            return broken("business-rule", "this server asked this otherwise");
        }
        let link_id = item.str("linkId");
        let mut given = response.list("item").iter().filter(|one| one.str("linkId") == link_id);
        let values = given.next().map(|one| one.list("answer")).unwrap_or_default();
        let ([answer], None) = (values, given.next()) else {
            return broken("required", "each question needs one answer before the next is asked");
        };
        let Some(category) = answer.get("valueCoding").and_then(|coding| bank.category(coding)) else {
            return broken("code-invalid", "the answer is none of the question's options");
        };
        answers.push((asked, category));
    }
    if response.list("item").len() > answers.len() {
        let at = "QuestionnaireResponse.item".to_owned();
        return Err(Refusal::unprocessable(vec![(
            at,
            "business-rule",
            "there is an answer to what was not asked".into(),
        )]));
    }
    Ok(answers)
}

/// What is added to the form and to the answers, and whether that is the end.
fn step(answers: &[(usize, usize)], version: Version) -> (Vec<Value>, Vec<Value>, bool) {
    let bank = Bank::get();
    let models = bank.models();
    let given: Vec<_> =
        answers.iter().filter_map(|(item, category)| Some((models.get(*item)?, *category))).collect();
    let estimate = model::estimate(&given);
    let left = (0..models.len()).filter(|place| answers.iter().all(|(asked, _)| asked != place));
    let enough = answers.len() >= MOST || answers.len() >= LEAST && estimate.standard_error < PRECISE;
    // The first of those that tell equally much, so that the same answers always lead to the same question.
    let next = left.filter(|_| !enough).max_by(|one, other| {
        let tells =
            |place: &usize| models.get(*place).map_or(0.0, |item| item.information(estimate.trait_value));
        tells(one).total_cmp(&tells(other)).then(other.cmp(one))
    });
    if let Some(question) = next.and_then(|place| bank.question(place, version)) {
        return (vec![question], Vec::new(), false);
    }
    let (items, values) = scores(estimate);
    (items, values, true)
}

/// The score and its standard error, which nobody but this server answers and no patient sees.
fn scores(estimate: Estimate) -> (Vec<Value>, Vec<Value>) {
    let score = estimate.trait_value.mul_add(T_DEVIATION, T_MEAN);
    let each = [
        ("fatigue-score", "Fatigue, T score", score),
        ("fatigue-error", "Standard error of the T score", estimate.standard_error * T_DEVIATION),
    ];
    each.into_iter()
        .filter_map(|(link_id, text, value)| {
            let item = object! {
                "extension" => array![object! { "url" => HIDDEN, "valueBoolean" => true }],
                "linkId" => link_id,
                "text" => text,
                "type" => "decimal",
                "required" => true,
                "readOnly" => true,
            };
            let value = Number::new(format!("{value:.1}")).ok()?;
            let answer = object! {
                "linkId" => link_id,
                "text" => text,
                "answer" => array![object! { "valueDecimal" => value }],
            };
            Some((item, answer))
        })
        .unzip()
}

fn extend(to: &mut Value, name: &str, elements: Vec<Value>) {
    let all: Vec<Value> = to.list(name).iter().cloned().chain(elements).collect();
    if let (false, Some(members)) = (all.is_empty(), to.as_object_mut()) {
        members.insert(name, all);
    }
}
