//! Answers that are damaged or repeated on their way: what differs follows from what the device was told.

use std::collections::BTreeSet;

use fhir::{Value, diff};

use super::lane::Run;
use super::network::{KINDS, all_signed, finish, kinds, record, skipped};
use super::oracle::{Excuse, Tally, judge, phase_of};
use super::process::Launch;
use super::proxy::Met;
use super::told::{Raised, Report};
use super::wire::{Action, Trap, Verb};

/// One bit of an answer's content is another.
pub(super) fn flip(run: &mut Run<'_>) -> Tally {
    let kind = run.chance.pick(kinds(run));
    let skip = skipped(&mut run.chance, kind);
    let action = Action::Flip { seed: run.chance.any() };
    run.lane.proxy.set(vec![Trap { verb: Verb::Create, kind, skip, times: 1, action }]);
    damaged(run, kind, &Excuse::default())
}

/// The answer comes twice on the connection, so that the second one may be taken for the answer to what is asked next.
pub(super) fn answer_twice(run: &mut Run<'_>) -> Tally {
    let kind = run.chance.pick(kinds(run));
    let skip = u32::try_from(run.chance.below(2)).unwrap();
    let action = Action::Twice { milliseconds: run.chance.between(0, 30) };
    run.lane.proxy.set(vec![Trap { verb: Verb::Create, kind, skip, times: 2, action }]);
    damaged(run, kind, &Excuse { answers_mixed: true, ..Excuse::default() })
}

/// Each alert has to name exactly what differs in an answer that the device was told. Where answers are mixed up, whether it was
/// told one depends on when it asked, and what it must not do is believe one, which the judge sees.
fn damaged(run: &mut Run<'_>, kind: &'static str, excuse: &Excuse) -> Tally {
    let (mut process, report) = run.settled(&Launch { enrol: kind == KINDS[2], ..Launch::default() });
    let met = run.lane.proxy.met();
    let last = if report.alerts.is_empty() { report.clone() } else { run.told(&mut process, "resolve") };
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &last, excuse);
    tally.unmet = met.is_empty();
    judge_told(&mut tally, &report, &met, !excuse.answers_mixed);
    let more = last.alerts.iter().filter(|alert| alert.open).count();
    tally.must(more == 0, || format!("{more} alerts are open after they were resolved: {:?}", last.alerts));
    all_signed(&mut tally, &last);
    if excuse.answers_mixed {
        // An answer too many may still wait on a connection; a new start has connections of its own.
        process.end();
        (process, _) = run.settled(&Launch::default());
    }
    finish(run, process, tally)
}

fn judge_told(tally: &mut Tally, report: &Report, met: &[Met], surely: bool) {
    let mut differences: Vec<(&Met, BTreeSet<String>)> = met
        .iter()
        .flat_map(|met| met.told.iter().map(move |(kept, told)| (met, differing(kept, told, met.mixed))))
        .filter(|(_, paths)| !paths.is_empty())
        .collect();
    let mut odd = Vec::new();
    for alert in &report.alerts {
        match differences.iter().position(|(met, paths)| names(report, alert, met, paths)) {
            Some(at) => {
                differences.remove(at);
            }
            None => odd.push(alert),
        }
    }
    if surely {
        tally.undetected += u32::try_from(differences.len()).unwrap();
        let unnamed =
            differences.iter().map(|(met, paths)| format!("{} {:?} {paths:?}", met.kind, met.about));
        tally.problems.extend(unnamed.map(|unnamed| format!("no alert names exactly {unnamed}")));
    }
    tally.false_alerts += u32::try_from(odd.len()).unwrap();
    tally.problems.extend(odd.iter().map(|alert| format!("an alert about what was not told: {alert:?}")));
}

/// Whether an alert is about this exchange, and names exactly these elements.
fn names(report: &Report, alert: &Raised, met: &Met, paths: &BTreeSet<String>) -> bool {
    let record = record(report, met.about.as_deref());
    alert.phase == phase_of(met.kind)
        && record.is_none_or(|record| record == alert.identifier)
        && alert.paths.iter().cloned().collect::<BTreeSet<_>>() == *paths
}

/// The elements in which a readable resource that is told is not the one that is kept, or that was sent. Those that the server
/// gives are as they were answered when the whole answer is `mixed` up with another; but an id that was sent is the device's own.
fn differing(kept: &[u8], told: &[u8], mixed: bool) -> BTreeSet<String> {
    let (Ok(kept), Ok(told)) = (Value::parse(kept), Value::parse(told)) else { return BTreeSet::new() };
    let (Some(kind), Some(other)) = (kept.resource_type(), told.resource_type()) else {
        return BTreeSet::new();
    };
    if kind != other {
        return BTreeSet::from([format!("{kind}.resourceType")]);
    }
    let differences =
        diff::differences(&diff::without_server_managed(&kept), &diff::without_server_managed(&told));
    let mut paths: BTreeSet<String> = differences.into_iter().map(|difference| difference.path).collect();
    let id = |resource: &Value| resource.get("id").map(Value::to_json);
    if id(&kept) != id(&told) && !(mixed && id(&kept).is_none()) {
        paths.insert(format!("{kind}.id"));
    }
    if mixed {
        return paths;
    }
    let version = |resource: &Value| Some(resource.get("meta")?.get("versionId")?.to_json());
    // A version that is no longer there is no other version.
    if version(&told).is_some_and(|told| Some(told) != version(&kept)) {
        paths.insert(format!("{kind}.meta.versionId"));
    }
    paths
}
