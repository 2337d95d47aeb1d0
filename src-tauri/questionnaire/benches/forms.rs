//! Large forms: how long opening one takes, and one answer until the next screen is there.
//!
//! A tenth of the items are computed from the ten before them, and a further tenth are shown by conditions.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{fmt::Write as _, hint::black_box};

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use questionnaire::{Action, Answer, Position, Questionnaire, Session, import_bytes};

const AT: &str = "2026-11-21T09:41:07Z";
const ACTOR: &str = "Patient/1";

/// A form of `count` items in groups of a hundred.
fn document(count: usize) -> String {
    let mut items = String::new();
    for item in 0..count {
        let (group, place) = (item / 100, item % 10);
        if item % 100 == 0 {
            let comma = if item == 0 { "" } else { "]}," };
            write!(items, r#"{comma}{{"linkId":"g{group}","text":"Part {group}","type":"group","item":["#)
                .unwrap();
        } else {
            items.push(',');
        }
        match place {
            9 => {
                let first = item - 9;
                let sources: Vec<_> = (first..item - 1).map(|source| format!("'{source}'")).collect();
                write!(
                    items,
                    r#"{{"linkId":"{item}","text":"Sum","type":"decimal","readOnly":true,"extension":[{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{{"language":"text/fhirpath","expression":"%resource.item.item.where(linkId in ({})).answer.value.sum()"}}}}]}}"#,
                    sources.join(" | ")
                )
                .unwrap();
            }
            8 => write!(
                items,
                r#"{{"linkId":"{item}","text":"More?","type":"string","enableWhen":[{{"question":"{}","operator":">","answerInteger":5}}]}}"#,
                item - 1
            )
            .unwrap(),
            _ => write!(items, r#"{{"linkId":"{item}","text":"How much of {item}?","type":"integer"}}"#).unwrap(),
        }
    }
    format!(
        r#"{{"resourceType":"Questionnaire","url":"https://example.org/large","version":"1","title":"Large","status":"active","language":"en","item":[{items}]}}]}}"#
    )
}

fn opened(form: &Questionnaire) -> Session {
    let (mut session, _) = Session::start(form, "en", AT, ACTOR).unwrap();
    session.begin(AT, ACTOR).unwrap();
    session
}

/// Answers the question on the screen, or passes it, and draws the next one; at the end, begins anew.
fn turn(session: &mut Session, number: u32) {
    let action = match session.screen() {
        Position::Screen { screen } if !screen.read_only => {
            let text = (number % 10).to_string();
            let answer = match screen.control {
                questionnaire::Control::String { .. } => Answer::Text { text },
                _ => Answer::Number { text },
            };
            Action::Answer { key: screen.key, answers: vec![answer] }
        }
        _ => Action::Next,
    };
    let event = session.plan(&action, AT, ACTOR).expect("the answer fits");
    session.apply(&event);
    black_box(session.screen());
    if !matches!(action, Action::Next) && session.plan(&Action::Next, AT, ACTOR).is_ok() {
        session.next(AT, ACTOR).unwrap();
    }
}

fn forms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("forms");
    group.sample_size(20);
    for count in [1_000, 5_000, 20_000] {
        let document = document(count);
        group.bench_with_input(BenchmarkId::new("import", count), &document, |bencher, document| {
            bencher.iter(|| import_bytes(document.as_bytes()).unwrap());
        });
        let form = import_bytes(document.as_bytes()).unwrap_or_else(|report| unreachable!("{report}"));
        group.bench_with_input(BenchmarkId::new("open", count), &form, |bencher, form| {
            bencher.iter(|| black_box(opened(form).screen()));
        });
        group.bench_with_input(BenchmarkId::new("answer", count), &form, |bencher, form| {
            let mut number = 0;
            let mut session = opened(form);
            bencher.iter_batched(
                || (),
                |()| {
                    number += 1;
                    if matches!(session.screen(), Position::Review { .. }) {
                        session = opened(form);
                    }
                    turn(&mut session, number);
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, forms);
criterion_main!(benches);
