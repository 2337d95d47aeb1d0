//! What is large: a form of thousands of items, and an outbox of a hundred thousand.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use attesta_tests::desktop::{Desk, Memory, Patient, Staff, Window, memory, processor_time};
use serde_json::{Value, json};

use super::Samples;

const PARTICIPANT: &str = "014-0019";
const ITEM_CONTROL: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl";

/// What was timed, until the change was in the document and until it was painted.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// Of it the call of the backend, where it was timed by itself.
    pub(super) called: Samples,
    /// The same of one that is refused at once, and of one on a page that paints nothing meanwhile.
    pub(super) bare: Samples,
    pub(super) idle: Samples,
    pub(super) changed: Samples,
    pub(super) painted: Samples,
    /// From the device handed over until the driver sees the form's first page, in milliseconds: the choice of the language, the
    /// instructions and *Begin* are in between.
    pub(super) opened: Samples,
    /// The memory of the program and of the web view afterwards.
    pub(super) memory: Option<(Memory, Memory)>,
    /// What both took of one processor afterwards, in hundredths, while nobody did anything.
    pub(super) alone: Option<(f64, f64)>,
}

/// Adds the form to the device, so many of its items at a time on a page of their own, and answers `wanted` questions on the
/// first page.
pub(super) async fn answers(desk: &Desk, form: &Path, on_page: usize, wanted: u32) -> Drawn {
    let window = desk.open().await;
    let staff = Staff::at(&window).await;
    staff.signs_in().await;
    let (file, title) = in_pages(desk, form, on_page);
    staff.opens("questionnaires").await;
    window.gives_file("form-file", &file).await;
    window.until("there is a report", || async { window.has("form-confirm").await.then_some(()) }).await;
    window.press_testid("form-confirm").await;
    window.says("form-added", &title).await;
    staff.opens("visits").await;
    staff.starts_visit(PARTICIPANT, &title).await;
    staff.hands_over(PARTICIPANT).await;
    let began = Instant::now();
    Patient::holding(&window, "en").begin("English").await;
    window.until("the page is there", || async { window.has("answer-number").await.then_some(()) }).await;
    let opened = vec![began.elapsed().as_secs_f64() * 1000.0];
    let told = run(&window, "attestaAnswers", &in_script(include_str!("answers.js"), wanted)).await;
    let memory = Some(memory(window.process()));
    desk.close(window).await;
    Drawn { opened, memory, ..drawn(&told) }
}

/// The form with so many items at a time on a page of their own, and its title.
fn in_pages(desk: &Desk, form: &Path, on_page: usize) -> (PathBuf, String) {
    let text = std::fs::read_to_string(form).unwrap_or_else(|error| panic!("{}: {error}", form.display()));
    // What a sum reads lies one group deeper then.
    let text = text.replace("%resource.item.item.where", "%resource.item.item.item.where");
    let mut form: Value = serde_json::from_str(&text).expect("a form in JSON");
    for group in form["item"].as_array_mut().expect("the form has items") {
        let items = group["item"].as_array().expect("its items are in groups");
        let pages = items.chunks(on_page).map(|items| {
            let name = format!("page-of-{}", items[0]["linkId"].as_str().unwrap_or_default());
            json!({ "linkId": name, "text": "How much?", "type": "group", "item": items, "extension": [{
                "url": ITEM_CONTROL, "valueCodeableConcept": { "coding": [
                    { "system": "http://hl7.org/fhir/questionnaire-item-control", "code": "page" }] } }] })
        });
        let pages: Vec<Value> = pages.collect();
        group["item"] = pages.into();
    }
    let title = form["title"].as_str().expect("the form has a title").to_owned();
    let file = desk.scratch().join("large.json");
    std::fs::write(&file, form.to_string()).unwrap();
    (file, title)
}

/// Fills the outbox with so many items that wait for a server that is away, opens it over and over, and leaves it alone for so
/// long. How many rows are drawn is told too.
pub(super) async fn outbox(desk: &Desk, items: u32, wanted: u32, idle: Duration) -> (Drawn, u64) {
    // The first start makes store and keys.
    let window = desk.open().await;
    window.until("the sign-in screen is there", || async { window.has("sign-in").await.then_some(()) }).await;
    desk.close(window).await;
    let mut fill = Command::new(std::env::current_exe().unwrap().with_file_name("drain"));
    fill.arg("--scratch").arg(desk.scratch()).args(["fill", "--items", &items.to_string(), "--data"]);
    let filled =
        fill.arg(desk.data()).envs(desk.environment()).status().expect("drain stands beside this program");
    assert!(filled.success(), "the outbox was not filled");

    let window = desk.open().await;
    let staff = Staff::at(&window).await;
    staff.signs_in().await;
    staff.closes_listener().await;
    staff.opens("visits").await;
    let told = run(&window, "attestaPages", &in_script(include_str!("pages.js"), wanted)).await;
    let memory = Some(memory(window.process()));
    let alone = if idle.is_zero() { None } else { Some(alone(window.process(), idle).await) };
    desk.close(window).await;
    (Drawn { memory, alone, ..drawn(&told) }, told["rows"].as_u64().unwrap_or(0))
}

/// What a program and its web view take of one processor, in hundredths, while nobody does anything.
async fn alone(process: u32, idle: Duration) -> (f64, f64) {
    // What was begun ends.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let time = || processor_time(process).expect("the program is still there");
    let (before, began) = (time(), Instant::now());
    tokio::time::sleep(idle).await;
    let (after, hundredths) = (time(), 100.0 / began.elapsed().as_secs_f64());
    ((after.0 - before.0) * hundredths, (after.1 - before.1) * hundredths)
}

fn in_script(script: &str, wanted: u32) -> String {
    script.replace("WANTED", &wanted.to_string())
}

/// Starts a script that measures, and waits until it has told everything under this name.
async fn run(window: &Window, name: &str, script: &str) -> Value {
    window.look(script).await;
    let mut waited = Duration::ZERO;
    loop {
        let told = window.look(&format!("return window.{name}")).await;
        assert!(told["problem"].is_null(), "{}", told["problem"]);
        if told["done"] == true {
            return told;
        }
        assert!(waited < Duration::from_mins(5), "the measurement takes too long");
        // Seldom: each question takes time of the page that is measured.
        tokio::time::sleep(Duration::from_secs(2)).await;
        waited += Duration::from_secs(2);
    }
}

fn drawn(told: &Value) -> Drawn {
    let samples =
        |name: &str| told[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    Drawn {
        called: samples("called"),
        bare: samples("bare"),
        idle: samples("idle"),
        changed: samples("changed"),
        painted: samples("painted"),
        ..Drawn::default()
    }
}
