//! The device's clock is wrong, is set while it works, or its local time is.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::lane::{Run, VISITS};
use super::network::{all_signed, finish};
use super::oracle::{Excuse, Tally, judge, judge_alerts};
use super::process::{Launch, Process};
use super::storage::killed;
use super::told::Report;
use super::wire::{Action, Trap, Verb};

/// The device's clock is wrong, or is set while it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// Before the certificate's start.
    BeforeCertificate,
    /// Before the last recorded time, after it had been ahead.
    Behind,
    /// Ahead, and it stays so.
    Ahead,
    /// Set again and again during the delivery.
    Jumps,
    /// The same while the server is away.
    JumpsAlone,
    /// The local time is set forward or back an hour, and its offset with it, while the device works.
    Seasons,
}

/// See [`Clock`].
pub(super) fn set_clock(run: &mut Run<'_>, clock: Clock) -> Tally {
    match clock {
        Clock::BeforeCertificate => before_certificate(run),
        Clock::Behind => behind(run),
        Clock::Ahead => ahead(run),
        Clock::Jumps => jumps(run, false),
        Clock::JumpsAlone => jumps(run, true),
        Clock::Seasons => seasons(run),
    }
}

fn before_certificate(run: &mut Run<'_>) -> Tally {
    let back = i64::try_from(run.chance.between(3_600, 400_000_000)).unwrap();
    let some = u32::try_from(run.chance.below(VISITS as usize)).unwrap();
    if some > 0 {
        // Some were signed and not sent before.
        let point = format!("frozen-committed:{some}");
        killed(run, &Launch { failpoint: Some(point), ..Launch::default() });
    }
    let saved = run.saved.len();
    let (mut process, report) = run.settled(&Launch { clock: -back, ..Launch::default() });
    let refused = std::mem::take(&mut run.refused);
    let mut problems = Vec::new();
    if !refused.iter().all(|code| matches!(code.as_str(), "certificate-not-yet-valid" | "clock-behind"))
        || refused.len() + report.items.len() != VISITS as usize
        || run.saved.len() != saved
        || report.drafts != report.waiting
    {
        problems.push(format!("signing {back} s before the certificate: {refused:?} {report:?}"));
    }
    if !report.items.is_empty() && report.held.as_deref() != Some("CertificateNotYetValid") {
        problems.push(format!("delivery {back} s before the certificate: {:?}", report.held));
    }
    if !run.lane.server.after(run.place, "QuestionnaireResponse").is_empty() && saved == 0 {
        problems.push("something was sent".to_owned());
    }
    process.tell("clock 0");
    let report = run.told(&mut process, "capture");
    corrected(run, process, &report, problems)
}

fn behind(run: &mut Run<'_>) -> Tally {
    let ahead = i64::try_from(run.chance.between(3_600, 10_000_000)).unwrap();
    let some = u32::try_from(run.chance.between(1, 2)).unwrap();
    let (mut process, _) = run.settled(&Launch { clock: ahead, captures: Some(some), ..Launch::default() });
    process.end();
    let (mut process, report) = run.settled(&Launch::default());
    let refused = std::mem::take(&mut run.refused);
    let mut problems = Vec::new();
    if refused.len() != (VISITS - some) as usize || !refused.iter().all(|code| code == "clock-behind") {
        problems.push(format!("signing before the last recorded time: {refused:?}"));
    }
    if report.drafts != refused.len() {
        problems.push(format!("{} drafts are kept", report.drafts));
    }
    run.told(&mut process, "accept");
    let report = run.told(&mut process, "capture");
    corrected(run, process, &report, problems)
}

fn ahead(run: &mut Run<'_>) -> Tally {
    let ahead = i64::try_from(run.chance.between(120, 10_000_000)).unwrap();
    let (process, report) = run.settled(&Launch { clock: ahead, ..Launch::default() });
    let flagged = report.clock_difference.is_some_and(|difference| (difference + ahead).abs() <= 5);
    let problems =
        if flagged { Vec::new() } else { vec![format!("not flagged: {:?}", report.clock_difference)] };
    corrected(run, process, &report, problems)
}

/// The clock is ahead when the delivery begins and set back, and ahead again, while it goes on, or waits for the server.
fn jumps(run: &mut Run<'_>, alone: bool) -> Tally {
    let outage = run.chance.between(200, 600);
    if alone {
        let action = Action::Outage { milliseconds: outage };
        let kind = run.chance.pick(&["QuestionnaireResponse", "Provenance"]);
        run.lane.proxy.set(vec![Trap { verb: Verb::Create, kind, skip: 0, times: 1, action }]);
    }
    let mut process = run.start(&Launch { timeout: Some(2_000), ..Launch::default() });
    process.saved(VISITS as usize);
    for _ in 0..run.chance.between(1, 4) {
        let seconds = i64::try_from(run.chance.between(0, 20_000_000)).unwrap();
        let signed = if run.chance.one_in(2) { seconds } else { -seconds };
        process.tell(&format!("clock {signed}"));
        let longest = if alone { outage / 3 } else { 25 };
        std::thread::sleep(Duration::from_millis(run.chance.between(0, longest)));
    }
    process.tell("clock 0");
    let mut report = run.report(&mut process);
    if report.held.is_some() {
        // Paused by a clock outside the certificate: it goes on when somebody asks, or a quarter of an hour later.
        report = run.told(&mut process, "capture");
    }
    let unmet = alone && run.lane.proxy.met().is_empty();
    let mut tally = corrected(run, process, &report, Vec::new());
    tally.unmet = unmet;
    tally
}

/// Where the local time is set twice a year, as POSIX writes it.
const ZONES: [&str; 4] = [
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "EST5EDT,M3.2.0,M11.1.0",
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    "<-04>4<-03>,M9.1.6/24,M4.1.6/24",
];

/// Signs before the local time is set, some of it after, and delivers over it: an hour that comes twice, or not at all, is
/// nothing to a device that counts instants.
fn seasons(run: &mut Run<'_>) -> Tally {
    let zone = run.chance.pick(&ZONES);
    let now = Timestamp::now();
    let seasons = TimeZone::posix(zone).unwrap();
    let next = seasons.following(now).next().expect("it is set twice a year").timestamp();
    let until = next.as_second() - now.as_second();
    let before = i64::try_from(run.chance.between(1, 1_800)).unwrap();
    let after = i64::try_from(run.chance.between(1, 1_800)).unwrap();
    let some = u32::try_from(run.chance.between(1, u64::from(VISITS) - 1)).unwrap();
    let launch =
        Launch { clock: until - before, captures: Some(some), zone: Some(zone), ..Launch::default() };
    let mut process = run.start(&launch);
    process.saved(some as usize);
    process.tell(&format!("clock {}", until + after));
    let settled = run.report(&mut process);
    let report = run.told(&mut process, "capture");
    let refused = run.refused.clone();
    let mut tally = corrected(run, process, &report, Vec::new());
    tally.must(refused.is_empty() && settled.held.is_none(), || format!("{zone}: {refused:?} {settled:?}"));
    tally
}

/// What must hold once nothing is wrong any more.
pub(super) fn corrected(
    run: &mut Run<'_>,
    process: Process,
    report: &Report,
    problems: Vec<String>,
) -> Tally {
    let mut tally = judge(&run.lane.server, run.place, &run.saved, report, &Excuse::default());
    tally.problems.extend(problems);
    judge_alerts(&mut tally, report, &[]);
    all_signed(&mut tally, report);
    finish(run, process, tally)
}
