//! Large forms: how long opening one takes, one answer until the next screen is there, and the check of a response.
//!
//! A tenth of the items are computed from the ten before them, and a further tenth are shown by conditions.
//!
//! After criterion's own figures come those of single answers, each timed by itself, and the memory of a process that does
//! nothing else: `cargo bench -p questionnaire -- single` prints these alone.
//!
//! `ATTESTA_BENCH_DOCUMENT=20000 cargo bench -q -p questionnaire` prints the form of so many items, for other programs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use std::{
    env,
    fmt::Write as _,
    hint::black_box,
    process::Command,
    time::{Duration, Instant},
};

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group};
use fhir::{Value, Version};
use questionnaire::validate::{Options, validate};
use questionnaire::{
    Action, Answer, Position, Questionnaire, Reference, ResponseContext, Session, import_bytes, respondent,
};

const AT: &str = "2026-11-21T09:41:07Z";
const ACTOR: &str = "Patient/1";

/// How many items the forms have.
const SIZES: [usize; 3] = [1_000, 5_000, 20_000];

/// So many answers are timed by themselves.
const SINGLE: usize = 5_000;

/// So many times a form is opened.
const OPENINGS: usize = 11;

/// Tells a process of this bench to do nothing but fill in a form of so many items, and to say what memory it took.
const ALONE: &str = "ATTESTA_BENCH_ITEMS";

/// Tells it to do nothing but print such a form.
const DOCUMENT: &str = "ATTESTA_BENCH_DOCUMENT";

/// The questions of a sum: those from `first` to its ninth but one.
type Sources = fn(first: usize) -> String;

/// Names them.
fn names(first: usize) -> String {
    let sources: Vec<_> = (first..first + 8).map(|source| format!("'{source}'")).collect();
    format!("linkId in ({})", sources.join(" | "))
}

/// Finds them by the form of their `linkId`s.
fn pattern(first: usize) -> String {
    let tens = if first == 0 { String::new() } else { (first / 10).to_string() };
    format!("linkId.startsWith('{tens}') and linkId.matches('^{tens}[0-7]$')")
}

fn document(count: usize) -> String {
    document_with(count, names)
}

/// A form of `count` items in groups of a hundred.
fn document_with(count: usize, sources: Sources) -> String {
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
                write!(
                    items,
                    r#"{{"linkId":"{item}","text":"Sum","type":"decimal","readOnly":true,"extension":[{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{{"language":"text/fhirpath","expression":"%resource.item.item.where({}).answer.value.sum()"}}}}]}}"#,
                    sources(item - 9)
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

/// The response that somebody gives who answers some of the questions, and leaves the others out.
fn completed(form: &Questionnaire) -> Value {
    let (session, _) = respondent::fill(form, "en", 7, AT, ACTOR).unwrap();
    let of = |reference: &str| Reference {
        reference: reference.to_owned(),
        identifier_system: "https://example.org/ids".to_owned(),
        identifier_value: reference.to_owned(),
    };
    let context = ResponseContext {
        identifier_uuid: "00000000-0000-4000-8000-000000000007".to_owned(),
        subject: of(ACTOR),
        author: of("Device/1"),
        source: of(ACTOR),
        authored: AT.to_owned(),
        version: Version::R4,
    };
    session.response(&context).unwrap()
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
    for count in SIZES {
        let document = document(count);
        group.bench_with_input(BenchmarkId::new("import", count), &document, |bencher, document| {
            bencher.iter(|| import_bytes(document.as_bytes()).unwrap());
        });
        let form = import_bytes(document.as_bytes()).unwrap_or_else(|report| unreachable!("{report}"));
        group.bench_with_input(BenchmarkId::new("open", count), &form, |bencher, form| {
            bencher.iter(|| black_box(opened(form).screen()));
        });
        let response = completed(&form);
        group.bench_with_input(BenchmarkId::new("check", count), &response, |bencher, response| {
            let form = Value::parse(document.as_bytes()).unwrap();
            let options = Options { unsigned: true, ..Options::default() };
            bencher.iter(|| {
                let found = validate(&form, response, options);
                assert!(found.is_valid(), "{:?}", found.findings);
                found
            });
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

/// How long each of [`SINGLE`] answers took, from the shortest to the longest.
fn single_answers(form: &Questionnaire) -> Vec<Duration> {
    let mut session = opened(form);
    let mut times = Vec::with_capacity(SINGLE);
    for number in 0..SINGLE {
        if matches!(session.screen(), Position::Review { .. }) {
            session = opened(form);
        }
        let begun = Instant::now();
        turn(&mut session, u32::try_from(number).expect("a small number"));
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times
}

/// What a process of its own takes at most to import, open and answer a form: the document it reads included.
fn alone(count: usize) {
    let form = import_bytes(document(count).as_bytes()).unwrap_or_else(|report| unreachable!("{report}"));
    black_box(single_answers(&form));
    let status =
        std::fs::read_to_string("/proc/self/status").expect("Linux says what memory a process takes");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak is there");
    print!("{}", peak.trim().trim_end_matches(" kB"));
}

/// How long it takes to import a form, to open a session and to draw its first screen, from the shortest to the longest.
fn openings(document: &str) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..OPENINGS)
        .map(|_| {
            let begun = Instant::now();
            let form = import_bytes(document.as_bytes()).unwrap_or_else(|report| unreachable!("{report}"));
            black_box(opened(&form).screen());
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

/// What one form takes.
struct Taken {
    opening: Duration,
    /// The shortest time to open it: what else runs only ever adds to it.
    quickest: Duration,
    median: Duration,
    percentile: Duration,
}

fn taken(name: &str, document: &str) -> Taken {
    let form = import_bytes(document.as_bytes()).unwrap_or_else(|report| unreachable!("{report}"));
    let times = single_answers(&form);
    let at = |percent: usize| times[(SINGLE * percent / 100).min(SINGLE - 1)];
    let openings = openings(document);
    let (opening, quickest) = (openings[OPENINGS / 2], openings[0]);
    let taken = Taken { opening, quickest, median: at(50), percentile: at(99) };
    println!(
        "{name}: import and open {:.1?}; answer: median {:?}, 99th percentile {:?}, longest {:?}",
        taken.opening,
        taken.median,
        taken.percentile,
        at(100)
    );
    taken
}

/// What a process of its own takes at most, in MB.
fn peak(count: usize) -> f64 {
    let itself = env::current_exe().expect("this program has a path");
    let told = Command::new(itself).env(ALONE, count.to_string()).output().expect("it runs again");
    let peak: f64 = String::from_utf8_lossy(&told.stdout).parse().expect("it says what it took");
    println!("{count:>6} items: peak {:.1} MB", peak * 1024.0 / 1e6);
    peak * 1024.0 / 1e6
}

/// A goal, as `scripts/bench` gathers them.
fn goal(what: &str, measured: &str, wanted: &str, holds: bool) {
    println!("{} forms: {what}: {measured} ({wanted})", if holds { '✓' } else { '✗' });
}

fn below(what: &str, measured: Duration, limit: Duration) {
    goal(what, &format!("{measured:.1?}"), &format!("under {limit:?}"), measured < limit);
}

fn at_most(what: &str, measured: f64, limit: f64, unit: &str) {
    goal(what, &format!("{measured:.1} {unit}"), &format!("at most {limit} {unit}"), measured <= limit);
}

fn print_single() {
    println!(
        "\nforms, {SINGLE} single answers each, from an answer to its screen; peak memory of a process alone"
    );
    let [small, middle, large] = SIZES.map(|count| taken(&format!("{count:>6} items"), &document(count)));
    let [.., peak] = SIZES.map(peak);
    let found = taken("  5000 items, sums by pattern", &document_with(5_000, pattern));
    for (name, taken) in [("5,000 items", &middle), ("5,000 items, sums by pattern", &found)] {
        below(&format!("{name}: import and open"), taken.opening, Duration::from_millis(150));
        below(&format!("{name}: answer to screen, median"), taken.median, Duration::from_millis(5));
        below(
            &format!("{name}: answer to screen, 99th percentile"),
            taken.percentile,
            Duration::from_millis(16),
        );
    }
    // Four and twenty times the items; what grows with their square takes sixteen and four hundred times as long. A form of
    // 1,000 items stays in the processor's cache, and one of 20,000 in none: the larger step has room for that.
    for (name, smaller, most) in [("5,000", &middle, 6.0), ("1,000", &small, 40.0)] {
        let grows = large.quickest.as_secs_f64() / smaller.quickest.as_secs_f64();
        at_most(&format!("import and open, 20,000 items for {name}"), grows, most, "times");
    }
    let grows = large.median.as_secs_f64() / small.median.as_secs_f64();
    at_most("answer to screen, 20,000 items for 1,000", grows, 2.0, "times");
    at_most("20,000 items: peak memory", peak, 100.0, "MB");
}

fn main() {
    if let Ok(count) = env::var(ALONE) {
        return alone(count.parse().expect("a number of items"));
    }
    if let Ok(count) = env::var(DOCUMENT) {
        return print!("{}", document(count.parse().expect("a number of items")));
    }
    let wanted = env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let is_single = wanted.as_deref() == Some("single");
    if !is_single {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
    // Without `--bench`, this is tried as a test.
    if env::args().any(|argument| argument == "--bench") && (is_single || wanted.is_none()) {
        print_single();
    }
}
