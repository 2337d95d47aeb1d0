//! Faults between the device and the server, and in what the server answers and keeps.

use std::collections::BTreeMap;

use practice::faults::{Armed, Fault};

use super::chance::Chance;
use super::lane::{Run, VISITS};
use super::oracle::{Difference, Excuse, Tally, judge, judge_alerts, judge_duplicates, phase_of};
use super::process::{Launch, Process};
use super::proofs::{is_told, proven_twice};
use super::reports::REPORT;
use super::told::{Raised, Record, Report};
use super::wire::{Action, Lie, Trap, Until, Verb};

/// The type of what a patient answers.
pub(super) const RESPONSE: &str = "QuestionnaireResponse";
/// Everything that a delivery creates.
pub(super) const KINDS: [&str; 3] = [RESPONSE, "Provenance", "DocumentReference"];

/// What a run's device creates that can be lied about: a probe of `PUT` creates documents too, and what comes of it is compared with
/// nothing.
pub(super) fn kinds(run: &Run<'_>) -> &'static [&'static str] {
    if run.speech.put { &[RESPONSE, "Provenance"] } else { &KINDS }
}

/// How many creates of this type go their way before one is met: any of them may be. There is one document.
pub(super) fn skipped(chance: &mut Chance, kind: &str) -> u32 {
    if kind == KINDS[2] { 0 } else { u32::try_from(chance.below(VISITS as usize)).unwrap() }
}

/// The faults of the connection, after which nothing differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disturbance {
    /// The listener is closed for a while.
    Refused,
    /// A reset before the server saw the request.
    ResetBefore,
    /// A reset after the server acted and before it answered.
    ResetUnanswered,
    /// A reset within the answer.
    ResetDuring,
    /// A reset after the answer.
    ResetAfter,
    /// The answer ends early.
    Truncated,
    /// No answer in time, or not all of it.
    Timeout,
    /// The request arrives after the device has given up.
    Late,
    /// 429 with `Retry-After`.
    TooMany,
    /// 5xx.
    ServerError,
    /// The answer comes a few octets at a time.
    Drip,
}

/// One disturbance of any of the requests, sometimes several in a row, sometimes of the search that follows too.
pub(super) fn disturb(run: &mut Run<'_>, disturbance: Disturbance) -> Tally {
    let chance = &mut run.chance;
    let kind = chance.pick(&KINDS);
    let skip = skipped(chance, kind);
    let times = u32::try_from(chance.between(1, 2)).unwrap();
    let timeout = match disturbance {
        Disturbance::Late => Some(250),
        // Longer than a machine with much else to do takes for what is not held back.
        Disturbance::Timeout => Some(1_000),
        _ => None,
    };
    let action = action(disturbance, chance);
    let mut traps = vec![Trap { verb: Verb::Create, kind, skip, times, action: action.clone() }];
    if chance.one_in(3) && disturbance != Disturbance::Late {
        traps.push(Trap { verb: Verb::Read, kind, skip: 0, times: 1, action });
    }
    run.lane.proxy.set(traps);
    let launch = Launch { timeout, enrol: kind == KINDS[2], ..Launch::default() };
    let (mut process, first) = run.settled(&launch);
    run.lane.proxy.wait_for_late();
    // A Provenance has no identifier in R4: one that arrives after it was looked for in vain is a second one, and the device says so.
    let mut report = run.told(&mut process, "look");
    let met = run.lane.proxy.met();
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &report, &Excuse::default());
    tally.unmet = met.is_empty();
    tally.drain = first.milliseconds;
    let twice = proven_twice(&run.lane.server, run.place, &report);
    run.proven_twice = !twice.is_empty();
    report.alerts.retain(|alert| !is_told(alert, &twice));
    judge_alerts(&mut tally, &report, &[]);
    all_signed(&mut tally, &report);
    finish(run, process, tally)
}

/// What the proxy does to a request, with what is left to chance.
pub(super) fn action(disturbance: Disturbance, chance: &mut Chance) -> Action {
    match disturbance {
        Disturbance::Refused => Action::Outage { milliseconds: chance.between(5, 120) },
        Disturbance::ResetBefore => Action::Reset { acted: false },
        Disturbance::ResetUnanswered => Action::Reset { acted: true },
        Disturbance::ResetDuring => {
            Action::Cut { end: Until::Thousandth(chance.between(0, 999)), reset: true }
        }
        Disturbance::ResetAfter => Action::ResetAfter,
        Disturbance::Truncated => {
            Action::Cut { end: Until::Thousandth(chance.between(0, 999)), reset: false }
        }
        Disturbance::Timeout if chance.one_in(2) => {
            Action::StallWithin { thousandths: chance.between(0, 999) }
        }
        Disturbance::Timeout => Action::Stall { acted: chance.one_in(2) },
        Disturbance::Late => Action::Late { milliseconds: chance.between(150, 500) },
        Disturbance::TooMany => {
            let after = if chance.one_in(2) { Some(chance.between(0, 1).to_string()) } else { None };
            Action::Status { status: 429, retry_after: after, acted: false }
        }
        Disturbance::ServerError => Action::Status {
            status: chance.pick(&[500, 502, 503, 504]),
            retry_after: None,
            acted: chance.one_in(2),
        },
        Disturbance::Drip => {
            Action::Drip { octets: usize::try_from(chance.between(40, 900)).unwrap(), milliseconds: 1 }
        }
    }
}

/// What an answer says, or a server keeps, that was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untruth {
    /// One leaf of the answer; the server keeps what was sent.
    LeafAnswered,
    /// One leaf of what the server keeps and answers.
    LeafKept,
    /// One leaf of what the server keeps; a gateway answers with what was sent.
    Echo,
    /// An item is missing in what the server keeps.
    ItemDropped,
    /// The text of a decimal, in the answer or in what the server keeps.
    DecimalText,
    /// Another id.
    Id,
    /// Another version.
    Version,
    /// Another type.
    Type,
    /// The order of members, which is no difference.
    Order,
}

/// One untruth about any of the resources; a person sends again what an alert stands against.
pub(super) fn deceive(run: &mut Run<'_>, untruth: Untruth) -> Tally {
    let kinds = kinds(run);
    let chance = &mut run.chance;
    let only_response = matches!(untruth, Untruth::DecimalText | Untruth::ItemDropped);
    let kind = if only_response { RESPONSE } else { chance.pick(kinds) };
    let skip = skipped(chance, kind);
    let seed = chance.any();
    let kept = match untruth {
        Untruth::LeafKept | Untruth::Echo => Some(Fault::AlterLeaf { path: None }),
        Untruth::ItemDropped => Some(Fault::DropAnswer),
        Untruth::DecimalText if chance.one_in(2) => Some(Fault::ChangeDecimalText),
        Untruth::Order if chance.one_in(2) => Some(Fault::Reorder),
        _ => None,
    };
    let lie = match untruth {
        Untruth::LeafAnswered | Untruth::LeafKept | Untruth::Echo => {
            Lie::Stored(Fault::AlterLeaf { path: None }, seed)
        }
        Untruth::ItemDropped => Lie::Stored(Fault::DropAnswer, seed),
        Untruth::DecimalText => Lie::Stored(Fault::ChangeDecimalText, seed),
        Untruth::Order => Lie::Stored(Fault::Reorder, seed),
        Untruth::Id => Lie::Id,
        Untruth::Version => Lie::Version,
        Untruth::Type => Lie::Type,
    };
    let server = &run.lane.server;
    if let Some(fault) = kept {
        server.arm(&[Armed::new(fault, 1).for_type(kind).seeded(seed)]);
        if untruth == Untruth::Echo {
            // Of every create: which one is altered is not known before.
            let action = Action::Echo;
            run.lane.proxy.set(vec![Trap { verb: Verb::Create, kind, skip: 0, times: u32::MAX, action }]);
        }
    } else {
        let action = Action::Lie(lie);
        run.lane.proxy.set(vec![Trap { verb: Verb::Create, kind, skip, times: 1, action }]);
    }
    let (mut process, mut report) = run.settled(&Launch { enrol: kind == KINDS[2], ..Launch::default() });
    if untruth == Untruth::Echo {
        // A Provenance is read back a while later.
        report = run.told(&mut process, "look");
    }
    let mut differences = differences(run, &report, untruth == Untruth::ItemDropped);
    let unmet = differences.is_empty();
    if untruth == Untruth::Order {
        differences.clear();
    }
    let mut tally = resolved(run, &mut process, report, &differences);
    tally.unmet = unmet;
    finish(run, process, tally)
}

/// The alerts, and everything that must hold once a person has sent again what they stand against.
pub(super) fn resolved(
    run: &mut Run<'_>,
    process: &mut Process,
    report: Report,
    differences: &[Difference],
) -> Tally {
    let mut first = Tally::default();
    judge_alerts(&mut first, &report, differences);
    sent_again(run, process, report, first)
}

/// What an answer acknowledges and the server does not keep; a person sends it again.
pub(super) fn forget(run: &mut Run<'_>) -> Tally {
    let kinds = kinds(run);
    let kind = run.chance.pick(kinds);
    run.lane.server.arm(&[Armed::new(Fault::Forget, 1).for_type(kind)]);
    let (mut process, _) = run.settled(&Launch { enrol: kind == KINDS[2], ..Launch::default() });
    let report = run.told(&mut process, "look");
    let mut first = Tally::default();
    let says_so = |alert: &&Raised| alert.kind == "quarantined" && alert.phase == phase_of(kind);
    if report.alerts.iter().find(says_so).is_none() {
        first.undetected += 1;
        first.problems.push(format!("no alert says that a {kind} is not there: {:?}", report.alerts));
    }
    let others = report.alerts.len().saturating_sub(1);
    first.false_alerts += u32::try_from(others).unwrap();
    first.must(others == 0, || format!("one thing is missing, and there are {:?}", report.alerts));
    let tally = sent_again(run, &mut process, report, first);
    finish(run, process, tally)
}

/// Everything that must hold once a person has sent again what the alerts stand against.
fn sent_again(run: &mut Run<'_>, process: &mut Process, report: Report, mut first: Tally) -> Tally {
    let last = if report.alerts.is_empty() { report } else { run.told(process, "resolve") };
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &last, &Excuse::default());
    tally.undetected += first.undetected;
    tally.false_alerts += first.false_alerts;
    tally.problems.append(&mut first.problems);
    let more = last.alerts.iter().filter(|alert| alert.open).count();
    tally.must(more == 0, || format!("{more} alerts are open after they were resolved: {:?}", last.alerts));
    all_signed(&mut tally, &last);
    tally
}

/// The identifier of the record that a request was about.
pub(super) fn record(report: &Report, about: Option<&str>) -> Option<String> {
    let about = about?;
    let of = |item: &&Record| item.identifier == about || item.target.as_deref() == Some(about);
    report.items.iter().find(of).map(|item| item.identifier.clone())
}

/// What the proxy told and what the server altered.
pub(super) fn differences(run: &Run<'_>, report: &Report, dropped: bool) -> Vec<Difference> {
    let met = run.lane.proxy.met();
    let told = met.iter().filter_map(|met| {
        Some(Difference {
            kind: met.kind.to_owned(),
            about: record(report, met.about.as_deref()),
            path: met.path.clone()?,
            dropped,
        })
    });
    let altered = run.lane.server.alterations().into_iter().filter_map(|altered| {
        let rows = run.lane.server.after(run.place, &altered.resource_type);
        // An altered report is no alert's business: it stands with the reports.
        let rows = if altered.resource_type == REPORT { Vec::new() } else { rows };
        rows.iter().any(|row| row.id == altered.id).then(|| Difference {
            kind: altered.resource_type.clone(),
            about: None,
            path: altered.path.clone(),
            dropped,
        })
    });
    told.chain(altered).collect()
}

/// Others create the same response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rival {
    /// The same request twice at the same time.
    Together,
    /// Once, before, whatever is there.
    Before,
    /// Twice, before, whatever is there.
    TwiceBefore,
}

/// See [`Rival`].
pub(super) fn rival(run: &mut Run<'_>, rival: Rival) -> Tally {
    let skip = u32::try_from(run.chance.below(VISITS as usize)).unwrap();
    let action = match rival {
        Rival::Together => {
            let count = u32::try_from(run.chance.between(1, 3)).unwrap();
            Action::Rivals { count, conditional: true, together: true }
        }
        Rival::Before => Action::Rivals { count: 1, conditional: false, together: false },
        Rival::TwiceBefore => Action::Rivals { count: 2, conditional: false, together: false },
    };
    run.lane.proxy.set(vec![Trap { verb: Verb::Create, kind: RESPONSE, skip, times: 1, action }]);
    let (process, report) = run.settled(&Launch::default());
    let about = run.lane.proxy.met().first().and_then(|met| met.about.clone());
    // Under one id there is one resource, however often it is put there.
    let several = rival == Rival::TwiceBefore && !run.speech.put;
    let mut excuse = Excuse::default();
    if let Some(about) = about.as_ref().filter(|_| several) {
        excuse.rivals = BTreeMap::from([(about.clone(), 2)]);
    }
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &report, &excuse);
    tally.unmet = about.is_none();
    match about {
        Some(about) if several => {
            judge_duplicates(&mut tally, &run.lane.server, run.place, &report, &about);
        }
        _ => judge_alerts(&mut tally, &report, &[]),
    }
    all_signed(&mut tally, &report);
    finish(run, process, tally)
}

/// Nothing kept the patient from signing.
pub(super) fn all_signed(tally: &mut Tally, report: &Report) {
    let signed = report.items.len();
    tally.must(signed == VISITS as usize, || format!("{signed} of {VISITS} visits are signed"));
    tally.must(report.held.is_none(), || format!("the queue is held: {:?}", report.held));
}

/// The replay, and the end.
pub(super) fn finish(run: &mut Run<'_>, mut process: Process, mut tally: Tally) -> Tally {
    run.lane.proxy.set(Vec::new());
    run.replay(&mut process, &mut tally);
    process.end();
    tally
}
