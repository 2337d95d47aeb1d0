//! `Questionnaire/$next-question` of the practice server: a test that ends, whose score follows the answers, and that
//! keeps nothing.

use crate::common;

use common::{Answer, Practice, client};
use fhir::{Value, Version, array, object};
use practice::{Handle, Options, Seeds, Server};

const OPERATION: &str = "Questionnaire/$next-question";
const OPTIONS: [&str; 5] = ["never", "rarely", "sometimes", "often", "always"];

/// What is sent before anything was asked.
fn beginning() -> Value {
    object! {
        "resourceType" => "QuestionnaireResponse",
        "contained" => array![object! {
            "resourceType" => "Questionnaire",
            "id" => "q",
            "status" => "active",
            "title" => "Fatigue",
            "derivedFrom" => array!["https://attesta.example/fhir/Questionnaire/fatigue-adaptive|1.0.0"],
        }],
        "questionnaire" => "#q",
        "status" => "in-progress",
    }
}

async fn ask(server: &Handle, response: &Value) -> Answer {
    let request = client()
        .post(format!("{}/{OPERATION}", server.base_url()))
        .header("Content-Type", common::FHIR_JSON)
        .body(response.to_json());
    Answer::of(request.send().await.unwrap()).await
}

fn items(response: &Value) -> Vec<Value> {
    response.list("contained")[0].list("item").to_vec()
}

fn push(to: &mut Value, name: &str, element: Value) {
    let mut list = to.list(name).to_vec();
    list.push(element);
    to.as_object_mut().unwrap().insert(name, list);
}

/// Answers what was asked last.
fn answered(mut response: Value, option: &str) -> Value {
    let asked = items(&response).pop().unwrap();
    let option = asked
        .list("answerOption")
        .iter()
        .filter_map(|one| one.get("valueCoding"))
        .find(|coding| coding.str("code") == Some(option))
        .unwrap();
    let answer = object! {
        "linkId" => asked.str("linkId").unwrap(),
        "answer" => array![object! { "valueCoding" => object! {
            "system" => option.str("system").unwrap(), "code" => option.str("code").unwrap(),
        } }],
    };
    push(&mut response, "item", answer);
    response
}

/// Answers by `choose` to the end: the order of questions, and the completed response.
async fn run(server: &Handle, choose: impl Fn(usize) -> &'static str) -> (Vec<String>, Value) {
    let mut response = ask(server, &beginning()).await.resource();
    for question in 0.. {
        assert!(question <= 8, "the test ends");
        if response.str("status") == Some("completed") {
            break;
        }
        let next = ask(server, &answered(response, choose(question))).await;
        assert_eq!(next.status, 200, "{}", String::from_utf8_lossy(&next.body));
        response = next.resource();
    }
    let order = items(&response).iter().map(|item| item.str("linkId").unwrap().to_owned()).collect();
    (order, response)
}

fn value_of(response: &Value, link_id: &str) -> f64 {
    let item = response.list("item").iter().find(|item| item.str("linkId") == Some(link_id)).unwrap();
    item.list("answer")[0].get("valueDecimal").unwrap().as_number().unwrap().as_str().parse().unwrap()
}

#[tokio::test]
async fn the_test_ends_and_its_score_follows_the_answers() {
    let practice = Practice::start();
    let mut scores = Vec::new();
    for option in OPTIONS {
        let (order, response) = run(&practice.handle, |_| option).await;
        let asked = order.len() - 2;
        assert!((3..=8).contains(&asked), "{option}: {order:?}");
        assert_eq!(order[0], "fatigue-start", "what tells most about anybody comes first");
        assert_eq!(order[asked..], ["fatigue-score", "fatigue-error"]);
        let error = value_of(&response, "fatigue-error");
        assert!(asked == 8 || error < 3.0, "{option}: {error}");
        scores.push(value_of(&response, "fatigue-score"));
    }
    assert!(scores.is_sorted() && scores[0] < 45.0 && scores[4] > 65.0, "{scores:?}");
    // Different answers lead to different questions.
    let (low, _) = run(&practice.handle, |_| "never").await;
    let (high, _) = run(&practice.handle, |_| "always").await;
    assert_ne!(low[1..], high[1..]);
}

#[tokio::test]
async fn the_same_request_always_has_the_same_answer() {
    let practice = Practice::start();
    let first = ask(&practice.handle, &beginning()).await;
    let again = ask(&practice.handle, &beginning()).await;
    assert_eq!(first.body, again.body);
    let request = answered(first.resource(), "often");
    let before = ask(&practice.handle, &request).await.body;
    // Nothing is kept: a server that was started anew answers alike.
    let practice = practice.restarted();
    assert_eq!(ask(&practice.handle, &request).await.body, before);
    assert!(practice.stored("QuestionnaireResponse").is_empty());
}

#[tokio::test]
async fn parameters_are_answered_with_parameters() {
    let practice = Practice::start();
    let parameters = object! {
        "resourceType" => "Parameters",
        "parameter" => array![object! { "name" => "questionnaire-response", "resource" => beginning() }],
    };
    let answer = ask(&practice.handle, &parameters).await.resource();
    assert_eq!(answer.resource_type(), Some("Parameters"));
    let [parameter] = answer.list("parameter") else { panic!("{answer:?}") };
    assert_eq!(parameter.str("name"), Some("return"));
    assert_eq!(items(parameter.get("resource").unwrap()).len(), 1);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_by_its_place() {
    let practice = Practice::start();
    let asked = ask(&practice.handle, &beginning()).await.resource();
    let whole = answered(asked.clone(), "often").to_json();
    let replaced = |from: &str, to: &str| {
        assert!(whole.contains(from), "{from} is not in {whole}");
        Value::parse(whole.replacen(from, to, 1).as_bytes()).unwrap()
    };
    let last = |from: &str, to: &str| {
        let (start, end) = whole.rsplit_once(from).unwrap();
        Value::parse(format!("{start}{to}{end}").as_bytes()).unwrap()
    };
    for (request, status, words) in [
        (replaced("\"in-progress\"", "\"completed\""), 422, "in progress"),
        (replaced("fatigue-adaptive|1.0.0", "other"), 422, "fatigue-adaptive only"),
        (replaced("\"#q\"", "\"#r\""), 422, "contain the Questionnaire"),
        (replaced("fatigue-start", "fatigue-else"), 422, "did not ask this"),
        (replaced("no strength?", "no time?"), 422, "asked this otherwise"),
        (last("\"often\"", "\"mostly\""), 422, "none of the question's options"),
        (last("fatigue-start", "fatigue-rest"), 422, "one answer before the next"),
        (asked, 422, "one answer before the next"),
        (object! { "resourceType" => "Patient" }, 400, "questionnaire-response"),
        (object! { "resourceType" => "Parameters" }, 400, "questionnaire-response"),
    ] {
        let answer = ask(&practice.handle, &request).await;
        let outcome = answer.resource();
        let said = outcome.list("issue")[0].str("diagnostics").unwrap().to_owned();
        assert_eq!(answer.status, status, "{said}");
        assert!(said.contains(words), "{words}: {said}");
    }
    let mut surplus = beginning();
    push(&mut surplus, "item", object! { "linkId" => "fatigue-rest" });
    assert_eq!(ask(&practice.handle, &surplus).await.status, 422);
    let got = practice.get(OPERATION).await;
    assert_eq!(got.status, 405);
}

#[tokio::test]
async fn each_release_has_its_own_type_of_choice() {
    for (version, kind) in [(Version::R4, "choice"), (Version::R5, "coding")] {
        let folder = tempfile::tempdir().unwrap();
        let options =
            Options { data_dir: folder.path().to_owned(), port: 0, seeds: Seeds::default(), version };
        let server = Server::start(options).unwrap();
        let response = ask(&server, &beginning()).await.resource();
        assert_eq!(items(&response)[0].str("type"), Some(kind));
    }
    let form = Value::parse(practice::adaptive::FORM.as_bytes()).unwrap();
    assert_eq!(form.str("url"), Some("https://attesta.example/fhir/Questionnaire/fatigue-adaptive"));
    assert!(form.list("item").is_empty());
}

#[tokio::test]
async fn the_capability_statement_names_the_operation() {
    let practice = Practice::start();
    let statement = practice.get("metadata").await.resource();
    let resources = statement.list("rest")[0].list("resource").to_vec();
    let forms = resources.iter().find(|one| one.str("type") == Some("Questionnaire")).unwrap();
    assert_eq!(forms.list("operation")[0].str("name"), Some("next-question"));
}
