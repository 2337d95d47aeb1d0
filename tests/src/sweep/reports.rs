//! The reports of alerts, and of what people do about them: `AuditEvent`s, which need nobody's decision.

use practice::faults::{Armed, Fault};

use super::lane::Run;
use super::network::{Disturbance, RESPONSE, action, differences, finish, resolved};
use super::oracle::{Excuse, Tally, content};
use super::process::Launch;
use super::server::Row;
use super::told::{Raised, Report};
use super::wire::{Trap, Verb};

/// The type of a report.
pub(super) const REPORT: &str = "AuditEvent";

/// Holds the `AuditEvent`s of the server against the device's: one for each alert and for each act on it; of each that the device
/// says is delivered exactly one, as it was made; and none beside those but what the device says is kept otherwise.
pub(super) fn judge_reports(tally: &mut Tally, rows: &[Row], report: &Report, excuse: &Excuse) {
    for alert in &report.alerts {
        let made = report.reports.iter().filter(|one| is_about(&one.cause, alert)).count();
        tally.must(made == 1 + alert.acts, || format!("{made} reports of {} acts on {alert:?}", alert.acts));
    }
    let kept: Vec<String> = rows.iter().map(|row| content(&row.text)).collect();
    let mut otherwise = 0;
    for one in &report.reports {
        let made = content(&one.resource);
        let times = kept.iter().filter(|kept| **kept == made).count();
        match one.state.as_str() {
            "done" if times == 0 => {
                tally.lost += 1;
                tally
                    .problems
                    .push(format!("the report {} is said to be delivered and is not there", one.cause));
            }
            "done" => {}
            "different" if times == 0 => otherwise += 1,
            "different" if excuse.answers_mixed => {}
            "different" => {
                tally.false_alerts += 1;
                tally.problems.push(format!("the report {} is kept as it was made", one.cause));
            }
            state => {
                tally.lost += 1;
                tally.problems.push(format!("the report {} ends as {state}", one.cause));
            }
        }
        if times > 1 {
            tally.duplicated += u32::try_from(times - 1).unwrap();
            tally.problems.push(format!("the report {} is on the server {times} times", one.cause));
        }
    }
    // What was altered cannot be told by its marks, any of which may be what was altered: it is counted.
    let made: Vec<String> = report.reports.iter().map(|one| content(&one.resource)).collect();
    let strange: Vec<&Row> =
        rows.iter().zip(&kept).filter(|(_, kept)| !made.contains(kept)).map(|(row, _)| row).collect();
    if strange.len() > otherwise {
        tally.undetected += u32::try_from(strange.len() - otherwise).unwrap();
        let ids: Vec<_> = strange.iter().map(|row| row.id.as_str()).collect();
        tally.problems.push(format!("{otherwise} reports are said to be kept otherwise, and so are {ids:?}"));
    }
    if strange.len() < otherwise {
        tally.lost += u32::try_from(otherwise - strange.len()).unwrap();
        tally
            .problems
            .push(format!("of {otherwise} reports that are kept otherwise {} are there", strange.len()));
    }
}

fn is_about(cause: &str, alert: &Raised) -> bool {
    cause.strip_prefix("alert/").and_then(|rest| rest.split_once('/')).is_some_and(|(id, _)| id == alert.id)
}

/// What can happen to the connection while a report is sent. One that arrives late is a second one: R4 has no identifier for it.
const DISTURBANCES: [Disturbance; 10] = [
    Disturbance::Refused,
    Disturbance::ResetBefore,
    Disturbance::ResetUnanswered,
    Disturbance::ResetDuring,
    Disturbance::ResetAfter,
    Disturbance::Truncated,
    Disturbance::Timeout,
    Disturbance::TooMany,
    Disturbance::ServerError,
    Disturbance::Drip,
];

/// The server keeps a response otherwise; the report of that, or of what a person decides about it, is disturbed, and sometimes
/// the search for it too.
pub(super) fn disturb(run: &mut Run<'_>) -> Tally {
    let chance = &mut run.chance;
    let seed = chance.any();
    let disturbance = chance.pick(&DISTURBANCES);
    let skip = u32::try_from(chance.below(2)).unwrap();
    let times = u32::try_from(chance.between(1, 2)).unwrap();
    let action = action(disturbance, chance);
    let mut traps = vec![Trap { verb: Verb::Create, kind: REPORT, skip, times, action: action.clone() }];
    if chance.one_in(3) {
        traps.push(Trap { verb: Verb::Read, kind: REPORT, skip: 0, times: 1, action });
    }
    run.lane.server.arm(&[altered(RESPONSE, seed)]);
    run.lane.proxy.set(traps);
    // Long enough for any answer that is not held back: a report that arrives later would be a second one.
    let timeout = (disturbance == Disturbance::Timeout).then_some(4_000);
    let (mut process, report) = run.settled(&Launch { timeout, ..Launch::default() });
    let differences = differences(run, &report, false);
    let mut tally = resolved(run, &mut process, report, &differences);
    tally.unmet = differences.is_empty() || run.lane.proxy.met().is_empty();
    finish(run, process, tally)
}

/// The server keeps a response without one answer, and the report of that otherwise.
pub(super) fn keep_otherwise(run: &mut Run<'_>) -> Tally {
    let (one, other) = (run.chance.any(), run.chance.any());
    // Two faults of one kind cannot be armed together.
    let answer = Armed::new(Fault::DropAnswer, 1).for_type(RESPONSE).seeded(one);
    run.lane.server.arm(&[answer, altered(REPORT, other)]);
    let (mut process, report) = run.settled(&Launch::default());
    let differences = differences(run, &report, true);
    let claimed = report.reports.iter().filter(|one| one.state == "different").count();
    let mut tally = resolved(run, &mut process, report, &differences);
    tally.must(claimed == 1, || format!("one report is kept otherwise; the device says {claimed}"));
    tally.unmet = differences.is_empty();
    finish(run, process, tally)
}

fn altered(kind: &str, seed: u64) -> Armed {
    Armed::new(Fault::AlterLeaf { path: None }, 1).for_type(kind).seeded(seed)
}

#[cfg(test)]
mod tests {
    use super::super::told::Reported;
    use super::*;

    const MADE: &str = r#"{"resourceType":"AuditEvent","recorded":"2026-11-21T09:41:07Z"}"#;

    /// An open alert about which a person has decided so often.
    fn raised(acts: usize) -> Raised {
        let text = String::new;
        let (identifier, kind, phase) = (text(), text(), text());
        let (paths, found) = (Vec::new(), Vec::new());
        Raised { id: "a".to_owned(), acts, identifier, kind, phase, open: true, paths, found }
    }

    /// How a report in this state is judged while the server keeps these: lost, duplicated, undetected, false alerts, whether all holds.
    fn judged(state: &str, kept: &[String], excuse: &Excuse) -> ([u32; 4], bool) {
        let alert = raised(0);
        let one = Reported {
            cause: "alert/a/raised".to_owned(),
            state: state.to_owned(),
            resource: MADE.to_owned(),
        };
        let report = Report { alerts: vec![alert], reports: vec![one], ..Report::default() };
        let row = |(at, text): (usize, &String)| Row { id: at.to_string(), version: 1, text: text.clone() };
        let rows: Vec<Row> = kept.iter().enumerate().map(row).collect();
        let mut tally = Tally::default();
        judge_reports(&mut tally, &rows, &report, excuse);
        ([tally.lost, tally.duplicated, tally.undetected, tally.false_alerts], tally.holds())
    }

    #[test]
    fn a_report_is_there_once_as_it_was_made_or_the_device_says_otherwise() {
        let kept = MADE.replacen('{', r#"{"id":"7","meta":{"versionId":"1"},"#, 1);
        let other = kept.replace("09:41", "09:42");
        let none = Excuse::default();
        let of = |state, kept: &[&String]| {
            judged(state, &kept.iter().map(|one| (*one).clone()).collect::<Vec<_>>(), &none)
        };
        assert_eq!(of("done", &[&kept]), ([0; 4], true));
        assert_eq!(of("done", &[]), ([1, 0, 0, 0], false), "it is lost");
        assert_eq!(of("done", &[&other]), ([1, 0, 1, 0], false), "it was altered without a word");
        assert_eq!(of("done", &[&kept, &kept]), ([0, 1, 0, 0], false));
        assert_eq!(of("done", &[&kept, &other]), ([0, 0, 1, 0], false), "nobody knows of the other one");
        assert_eq!(of("different", &[&other]), ([0; 4], true));
        assert_eq!(of("different", &[]), ([1, 0, 0, 0], false), "nothing is there");
        assert_eq!(of("different", &[&kept]), ([0, 0, 0, 1], false));
        for state in ["waiting", "refused"] {
            assert_eq!(of(state, &[&kept]), ([1, 0, 0, 0], false), "{state}");
        }
        let mixed = Excuse { answers_mixed: true, ..Excuse::default() };
        assert_eq!(judged("different", std::slice::from_ref(&kept), &mixed), ([0; 4], true));
        assert_eq!(judged("done", &[], &mixed), ([1, 0, 0, 0], false), "and nothing is excused beside");
    }

    #[test]
    fn an_alert_or_an_act_without_a_report_is_noticed() {
        let report = Report { alerts: vec![raised(1)], ..Report::default() };
        let mut tally = Tally::default();
        judge_reports(&mut tally, &[], &report, &Excuse::default());
        assert!(!tally.holds());
    }
}
