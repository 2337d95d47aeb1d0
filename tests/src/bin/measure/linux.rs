mod large;

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use attesta_tests::desktop::{Desk, Keyring, Memory, PIN, Patient, Staff, Window, Words, journey, memory};
use clap::Parser;
use large::Drawn;

const LIMIT: Duration = Duration::from_mins(20);

/// How often each thing is measured.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// Cold starts, each with a new data folder.
    #[arg(long, default_value_t = 10)]
    starts: u32,
    /// Presses on *Next*.
    #[arg(long, default_value_t = 207)]
    presses: u32,
    /// Signatures.
    #[arg(long, default_value_t = 20)]
    signatures: u32,
    /// A form of items in groups, as the benchmark of the forms prints it.
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
    /// How many of its items come on a page.
    #[arg(long, default_value_t = 10)]
    on_page: usize,
    /// Answers in that form.
    #[arg(long, default_value_t = 400)]
    answers: u32,
    /// Items that wait while the outbox is opened; none leaves this out.
    #[arg(long, default_value_t = 0)]
    pending: u32,
    /// How often the outbox is opened.
    #[arg(long, default_value_t = 30)]
    openings: u32,
    /// How many seconds it is left alone afterwards; none leaves this out.
    #[arg(long, default_value_t = 0)]
    idle: u64,
}

/// Milliseconds.
type Samples = Vec<f64>;

#[derive(Debug, Default)]
struct Figures {
    first_paint: Samples,
    first_use: Samples,
    again: Samples,
    next: Samples,
    signing: Samples,
    committing: Samples,
    signed: Samples,
    memory: Option<(Memory, Memory)>,
    answers: Drawn,
    /// And how many rows are drawn.
    outbox: (Drawn, u64),
}

pub(super) fn main() {
    let arguments = Arguments::parse();
    let figures = Arc::new(Mutex::new(Figures::default()));
    for _ in 0..arguments.starts {
        let figures = Arc::clone(&figures);
        journey("measure-start", LIMIT, Keyring::Unlocked, async move |desk: Arc<Desk>| {
            let (paint, usable) = starts(&desk).await;
            let (_, again) = starts(&desk).await;
            let mut figures = figures.lock().unwrap();
            figures.first_paint.push(paint);
            figures.first_use.push(usable);
            figures.again.push(again);
        });
    }
    large_things(&arguments, &figures);
    if arguments.presses + arguments.signatures > 0 {
        patients(&arguments, &figures);
    }
    let figures = figures.lock().unwrap();
    print(&figures);
    print_goals(&figures);
}

/// Questions one after the other, and signatures.
fn patients(arguments: &Arguments, figures: &Arc<Mutex<Figures>>) {
    let told = Arc::clone(figures);
    let (presses, signatures) = (arguments.presses, arguments.signatures);
    journey("measure", LIMIT, Keyring::Unlocked, async move |desk: Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        let (next, memory) = presses_next(&window, &staff, presses).await;
        let signed = signs_often(&window, &staff, signatures).await;
        let log = fs::read_to_string(desk.log()).unwrap();
        {
            let mut figures = told.lock().unwrap();
            figures.next = next;
            figures.memory = Some(memory);
            figures.signed = signed;
            figures.signing = logged(&log, "signing_us=");
            figures.committing = logged(&log, "committing_us=");
        }
        desk.close(window).await;
    });
}

/// The form of thousands of items and the outbox of as many as are asked for.
fn large_things(arguments: &Arguments, figures: &Arc<Mutex<Figures>>) {
    if let Some(form) = arguments.form.clone() {
        let (told, on_page, answers) = (Arc::clone(figures), arguments.on_page, arguments.answers);
        journey("measure-answers", LIMIT, Keyring::Unlocked, async move |desk: Arc<Desk>| {
            let drawn = large::answers(&desk, &form, on_page, answers).await;
            told.lock().unwrap().answers = drawn;
        });
    }
    if arguments.pending > 0 {
        let (told, (items, openings)) = (Arc::clone(figures), (arguments.pending, arguments.openings));
        let idle = Duration::from_secs(arguments.idle);
        journey("measure-outbox", LIMIT, Keyring::Unlocked, async move |desk: Arc<Desk>| {
            let drawn = large::outbox(&desk, items, openings, idle).await;
            told.lock().unwrap().outbox = drawn;
        });
    }
}

/// Starts the program: until its first paint, and until the driver sees the sign-in screen, from the process's start.
async fn starts(desk: &Desk) -> (f64, f64) {
    let window = desk.open().await;
    window.until("the sign-in screen is there", || async { window.has("sign-in").await.then_some(()) }).await;
    let seen = now();
    let born = born(window.process());
    let paint = window
        .look(
            "const paint = performance.getEntriesByType('paint').find((entry) => entry.name === 'first-contentful-paint'); \
             return paint ? performance.timeOrigin + paint.startTime : 0",
        )
        .await
        .as_f64()
        .unwrap_or(0.0);
    desk.close(window).await;
    (paint - born, seen - born)
}

async fn presses_next(window: &Window, staff: &Staff, presses: u32) -> (Samples, (Memory, Memory)) {
    staff.starts_visit("014-0008", "Patient Health Questionnaire (PHQ-9)").await;
    staff.hands_over("014-0008").await;
    Patient::holding(window, "en").begin("English").await;
    window.until("the first question is there", || async { window.has("skip").await.then_some(()) }).await;
    window.look(&include_str!("next.js").replace("WANTED", &presses.to_string())).await;
    let mut waited = Duration::ZERO;
    while window.look("return window.attestaNext.done").await != true {
        let problem = window.look("return window.attestaNext.problem").await;
        assert!(problem.is_null(), "{problem}");
        assert!(waited < Duration::from_mins(5), "the presses take too long");
        tokio::time::sleep(Duration::from_millis(200)).await;
        waited += Duration::from_millis(200);
    }
    let times = window.look("return window.attestaNext.times").await;
    let times = times.as_array().unwrap().iter().filter_map(serde_json::Value::as_f64).collect();
    let used = memory(window.process());
    staff.takes_over(&Words::of("en")).await;
    (times, used)
}

async fn signs_often(window: &Window, staff: &Staff, signatures: u32) -> Samples {
    let words = Words::of("en");
    let participant = "014-0027";
    let mut times = Samples::new();
    for turn in 0..signatures {
        staff.starts_visit(participant, "Generalized Anxiety Disorder (GAD-7)").await;
        staff.hands_over(participant).await;
        let patient = Patient::holding(window, "en");
        patient.begin("English").await;
        window
            .until("the first question is there", || async { window.has("skip").await.then_some(()) })
            .await;
        window.look(include_str!("fill.js")).await;
        patient.checks_answers().await;
        if turn == 0 {
            patient.chooses_pin(participant, PIN).await;
        }
        window.heading_is(words.t("sign-title")).await;
        window.look(include_str!("sign.js")).await;
        patient.signs(participant, PIN).await;
        patient.is_thanked().await;
        times.extend(window.look("return window.attestaSign").await.as_f64());
        staff.takes_back(&words).await;
    }
    times
}

/// Microseconds that the log names, as milliseconds.
fn logged(log: &str, name: &str) -> Samples {
    log.lines()
        .filter_map(|line| line.split(name).nth(1)?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
        .map(|microseconds: f64| microseconds / 1000.0)
        .collect()
}

/// Milliseconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
}

/// When a process began, in milliseconds since 1970; to 10 ms.
fn born(process: u32) -> f64 {
    let uptime = fs::read_to_string("/proc/uptime").unwrap();
    let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The twenty-second field; the second is a name in brackets, which may hold spaces.
    let ticks: f64 = stat.rsplit(')').next().unwrap().split_whitespace().nth(19).unwrap().parse().unwrap();
    now() - (uptime - ticks / 100.0) * 1000.0
}

fn print(figures: &Figures) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    println!(
        "\n{cores} cores, {}, Attesta {}\n",
        model.trim_start_matches([' ', '\t', ':']),
        env!("CARGO_PKG_VERSION")
    );
    println!(
        "| what | samples | median | 95th percentile | 99th percentile | longest |\n|---|---|---|---|---|---|"
    );
    row("cold start, new data folder: first paint", &figures.first_paint);
    row("cold start, new data folder: sign-in screen seen by the driver", &figures.first_use);
    row("start with data: sign-in screen seen by the driver", &figures.again);
    row("*Next* pressed → next screen painted, answer saved durably", &figures.next);
    let sealed: Samples =
        figures.signing.iter().zip(&figures.committing).map(|(one, other)| one + other).collect();
    row("PIN accepted → frozen", &sealed);
    row("… of it signing", &figures.signing);
    row("… of it the transaction with its flush to the disk", &figures.committing);
    row("*Sign* pressed → thank-you painted, PIN check included", &figures.signed);
    let rest: Samples = figures.signed.iter().zip(&sealed).map(|(all, sealing)| all - sealing).collect();
    row("… without sealing: PIN check, calls, painting", &rest);
    row(
        "handed over → first page seen by the driver: language, instructions, *Begin*",
        &figures.answers.opened,
    );
    row("answer typed → the sum that depends on it in the document", &figures.answers.changed);
    row("… of it the call: durable save, engine, the page's new content", &figures.answers.called);
    row("… for comparison, a call that is refused at once", &figures.answers.bare);
    row("… on a page that paints nothing meanwhile", &figures.answers.idle);
    row("… painted", &figures.answers.painted);
    let (outbox, rows) = &figures.outbox;
    row(&format!("*Outbox* pressed → the first of its {rows} rows in the document"), &outbox.changed);
    row("… and a screen full of them painted", &outbox.painted);
    let memories = [
        ("questions one after the other", figures.memory),
        ("the form of thousands", figures.answers.memory),
        ("the outbox", outbox.memory),
    ];
    if memories.iter().any(|(_, memory)| memory.is_some()) {
        println!("\n| memory, MB | resident | of it anonymous | proportional share |\n|---|---|---|---|");
    }
    for (when, memory) in memories {
        let Some((own, web)) = memory else { continue };
        for (what, Memory { resident, anonymous, proportional }) in
            [("own process", own), ("web view's processes", web)]
        {
            println!(
                "| {when}: {what} | {} | {} | {} |",
                resident / 1024,
                anonymous / 1024,
                proportional / 1024
            );
        }
    }
    if let Some((own, web)) = outbox.alone {
        println!("\nleft alone: {own:.2} % of one processor, its web view {web:.2} %");
    }
}

/// What is to be held, as `scripts/bench` gathers it.
fn print_goals(figures: &Figures) {
    println!();
    let (answers, (outbox, _)) = (&figures.answers, &figures.outbox);
    goal("answer to screen, in the document: median", &answers.changed, 50, 5.0);
    goal("answer to screen, in the document: 99th percentile", &answers.changed, 99, 16.0);
    goal("the outbox's rows painted: 95th percentile", &outbox.painted, 95, 100.0);
}

fn goal(what: &str, samples: &[f64], percent: usize, limit: f64) {
    let Some(measured) = percentile(samples, percent) else { return };
    let held = if measured < limit { '✓' } else { '✗' };
    println!("{held} window: {what}: {measured:.1} ms (under {limit} ms)");
}

/// The nearest rank: the smallest sample that is not exceeded by so many in a hundred.
fn percentile(samples: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied()
}

fn row(what: &str, samples: &[f64]) {
    if samples.is_empty() {
        return;
    }
    let [median, most, nearly, longest] = [50, 95, 99, 100].map(|percent| {
        percentile(samples, percent).map_or_else(|| "–".to_owned(), |value| format!("{value:.1} ms"))
    });
    println!("| {what} | {} | {median} | {most} | {nearly} | {longest} |", samples.len());
}
