//! An extension is honoured, or something is found against it, and never both: over every extension that import knows, each
//! as it should be, and in each way in which it is refused or not used.
#![allow(clippy::unwrap_used)]

mod expressions;
mod forms;
mod limits;
mod questions;
mod texts;

use std::collections::BTreeSet;

use super::extension::{MIXED_LANGUAGE, NAMES, SHOW_VALUE};
use crate::{ImportReport, Problem, Supported, import_bytes};

const POINT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const X: &str = r#""answerOption":[{"valueString":"x"}]"#;
const KG: &str = r#"{"value":1,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}"#;

/// An extension as it should be, where there is such a thing, and as it is not honoured.
struct Row {
    url: String,
    good: Vec<String>,
    bad: Vec<String>,
}

fn url(name: &str) -> String {
    if [SHOW_VALUE, MIXED_LANGUAGE].contains(&name) {
        name.to_owned()
    } else {
        format!("http://hl7.org/fhir/StructureDefinition/{name}")
    }
}

fn extension(name: &str, value: &str) -> String {
    format!(r#"{{"url":"{}",{value}}}"#, url(name))
}

fn fhirpath(expression: &str) -> String {
    format!(r#""valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}"#)
}

fn named(name: &str, expression: &str) -> String {
    format!(r#""valueExpression":{{"name":"{name}","language":"text/fhirpath","expression":"{expression}"}}"#)
}

fn cql() -> String {
    r#""valueExpression":{"language":"text/cql","expression":"x"}"#.to_owned()
}

fn control(code: &str) -> String {
    extension("itemControl", &format!(r#""valueCodeableConcept":{{"coding":[{{"code":"{code}"}}]}}"#))
}

/// A form with these members beside its items, and a question beside these items.
fn document(root: &str, items: &str) -> String {
    let units = r#"{"resourceType":"ValueSet","id":"units","compose":{"include":[{"system":"http://unitsofmeasure.org",
                    "concept":[{"code":"kg","display":"kg"}]}]}}"#;
    format!(
        r#"{{"resourceType":"Questionnaire","url":"https://attesta.example/fhir/Questionnaire/test","version":"1","title":"T",
            "status":"active","language":"en",{root}"contained":[{units}],
            "item":[{items}{{"linkId":"q","text":"Q?","type":"string"}}]}}"#
    )
}

/// On the form itself.
fn on_form(extensions: &[String]) -> String {
    document(&format!(r#""extension":[{}],"#, extensions.join(",")), "")
}

/// On an item of a type.
fn on(kind: &str, extensions: &[String], more: &str) -> String {
    let comma = if more.is_empty() { "" } else { "," };
    let item = format!(
        r#"{{"linkId":"a","text":"A?","type":"{kind}","extension":[{}]{comma}{more}}},"#,
        extensions.join(",")
    );
    document("", &item)
}

/// On an option.
fn on_option(extension: &str) -> String {
    let option = format!(
        r#"{{"linkId":"a","text":"A?","type":"choice","answerOption":[
        {{"extension":[{extension}],"valueCoding":{{"system":"urn:x","code":"x","display":"X"}}}}]}},"#
    );
    document("", &option)
}

/// On an element of a question that is written as well.
fn on_element(kind: &str, element: &str, value: &str, extensions: &[String]) -> String {
    let extensions = extensions.join(",");
    let item = format!(
        r#"{{"linkId":"a","type":"{kind}","text":"A?","{element}":{value},"_{element}":{{"extension":[{extensions}]}}}},"#
    );
    document("", &item.replacen(r#""text":"A?","text""#, r#""text""#, 1))
}

/// Rows whose extension stands on an item: type, value and members of the item.
fn of_item(name: &str, good: &[(&str, &str, &str)], bad: &[(&str, &str, &str)]) -> Row {
    let each = |cases: &[(&str, &str, &str)]| {
        cases.iter().map(|(kind, value, more)| on(kind, &[extension(name, value)], more)).collect()
    };
    Row { url: url(name), good: each(good), bad: each(bad) }
}

impl Row {
    fn good(mut self, document: String) -> Self {
        self.good.push(document);
        self
    }

    fn bad(mut self, document: String) -> Self {
        self.bad.push(document);
        self
    }

    /// As it should be, on the form, on an option and on a text instead.
    fn nowhere_else(self, name: &str, value: &str) -> Self {
        let one = extension(name, value);
        self.bad(on_form(std::slice::from_ref(&one))).bad(on_option(&one))
    }
}

fn rows() -> Vec<Row> {
    let all = [limits::rows(), questions::rows(), expressions::rows(), texts::rows(), forms::rows()];
    all.into_iter().flatten().collect()
}

/// What a report says: refused, noted, honoured.
fn report(document: &str) -> (Vec<Problem>, Vec<Problem>, Vec<Supported>) {
    match import_bytes(document.as_bytes()) {
        Ok(form) => (Vec::new(), form.notices().to_vec(), form.supported().to_vec()),
        Err(ImportReport { problems, notices, supported }) => (problems, notices, supported),
    }
}

/// What is said against extensions.
fn against(problems: Vec<Problem>, notices: Vec<Problem>) -> Vec<Problem> {
    let left_out = notices.into_iter().filter(|notice| notice.reason.is_left_out());
    problems.into_iter().chain(left_out).collect()
}

#[test]
fn every_extension_that_import_knows_is_tried() {
    let tried: BTreeSet<String> = rows().into_iter().map(|row| row.url).collect();
    let known: BTreeSet<String> =
        NAMES.iter().copied().chain([SHOW_VALUE, MIXED_LANGUAGE]).map(url).collect();
    assert_eq!(tried, known);
}

#[test]
fn what_is_honoured_has_nothing_said_against_it() {
    for row in rows() {
        for document in &row.good {
            let (problems, notices, supported) = report(document);
            let is_it = |extension: &Option<String>| extension.as_deref() == Some(&*row.url);
            assert!(problems.is_empty(), "{}: {problems:?}\n{document}", row.url);
            let found = against(problems, notices);
            assert!(!found.iter().any(|one| is_it(&one.extension)), "{}: {found:?}\n{document}", row.url);
            assert!(
                supported.iter().any(|one| one.extension == row.url),
                "{}: {supported:?}\n{document}",
                row.url
            );
        }
    }
}

#[test]
fn what_is_refused_or_left_out_says_so_by_its_url_and_is_not_called_honoured() {
    let mut wrong = Vec::new();
    for Row { url, bad, .. } in rows() {
        let name = url.rsplit('/').next().unwrap_or_default();
        for document in &bad {
            let (problems, notices, supported) = report(document);
            let found = against(problems, notices);
            // Of two that contradict each other, one is named by its url and the other in the sentence.
            let names = |one: &Problem| one.extension.as_deref() == Some(&*url) || one.message.contains(name);
            if !found.iter().any(names) {
                wrong.push(format!("nothing is said of {name}: {found:?}\n{document}"));
            }
            if supported.iter().any(|one| one.extension == url) {
                wrong.push(format!("{name} is refused and supported: {found:?}\n{document}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The same for all of a report, whatever it is about: by the places.
#[test]
fn no_place_is_both_and_each_finding_in_an_extension_names_it() {
    for document in rows().into_iter().flat_map(|row| row.good.into_iter().chain(row.bad)) {
        let (problems, notices, supported) = report(&document);
        for finding in problems.iter().chain(&notices) {
            let is_in_one = finding.path.contains(".extension[");
            assert_eq!(is_in_one, finding.extension.is_some(), "{finding:?}\n{document}");
            assert!(
                !finding.path.contains(".extension.") && !finding.path.ends_with(".extension"),
                "{finding:?}"
            );
        }
        for finding in against(problems, notices) {
            let inside = |one: &&Supported| {
                finding
                    .path
                    .strip_prefix(&one.path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let both = supported.iter().find(inside);
            assert!(both.is_none(), "{finding:?} and {both:?}\n{document}");
        }
    }
}
