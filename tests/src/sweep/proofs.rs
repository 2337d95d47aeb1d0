//! The Provenances of a run: each record that the device says is proven has one that proves it, or the device says that there are more.

use std::collections::{BTreeMap, BTreeSet};

use fhir::Value;

use super::oracle::{Excuse, Tally, content, current, versioned};
use super::server::{Row, Server};
use super::told::{Raised, Record, Report};

/// What the server keeps of a record's Provenance, where that is more than one: `Provenance/ID/_history/VERSION`, by the record's
/// identifier.
pub(super) type Twice = BTreeMap<String, BTreeSet<String>>;

/// See [`Twice`].
pub(super) fn proven_twice(server: &Server, place: i64, report: &Report) -> Twice {
    let rows = server.after(place, "Provenance");
    let of = |record: &Record| {
        let stored = content(record.provenance.as_deref()?);
        let kept = current(&rows).into_iter().filter(|row| content(&row.text) == stored);
        let names: BTreeSet<String> = kept.map(|row| versioned("Provenance", row)).collect();
        (names.len() > 1).then(|| (record.identifier.clone(), names))
    };
    report.items.iter().filter_map(of).collect()
}

/// Whether an alert says that a Provenance is there more than once, which it is, and names all of them.
pub(super) fn is_told(alert: &Raised, twice: &Twice) -> bool {
    let names = twice.get(&alert.identifier);
    alert.kind == "duplicates"
        && alert.phase == "Provenance"
        && names.is_some_and(|names| alert.found.iter().cloned().collect::<BTreeSet<_>>() == *names)
}

/// Holds the Provenances of the server, and the notices about them, against the records.
pub(super) fn judge_proofs(
    tally: &mut Tally,
    responses: &[Row],
    proofs: &[Row],
    report: &Report,
    excuse: &Excuse,
) {
    let frozen: BTreeMap<&str, &Record> =
        report.items.iter().map(|item| (item.identifier.as_str(), item)).collect();
    let mut proven: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for row in current(proofs) {
        let target = target_of(&row.text);
        let kept = target.as_deref().and_then(|target| {
            let row = responses.iter().find(|row| target == versioned("QuestionnaireResponse", row))?;
            Some(content(&row.text))
        });
        // The record whose own response is kept there: one that took another's answer for its own proves nothing.
        let about = frozen.values().find(|record| {
            record.target.is_some()
                && record.target == target
                && kept.as_ref().is_some_and(|kept| *kept == content(&record.response))
        });
        let stored = about.and_then(|record| record.provenance.as_deref());
        let ours = stored.is_some_and(|stored| content(stored) == content(&row.text));
        match about {
            Some(record) if ours || excuse.proven_again => {
                proven.entry(&record.identifier).or_default().insert(versioned("Provenance", row));
            }
            _ => {
                tally.falsely_sent += 1;
                tally.problems.push(format!("Provenance/{} proves what is not so", row.id));
            }
        }
    }
    for (identifier, record) in frozen.iter().filter(|(_, record)| record.state == "done") {
        let times = proven.get(identifier).map_or(0, BTreeSet::len);
        if times == 0 {
            tally.lost += 1;
            tally
                .problems
                .push(format!("{identifier} is {} and its proof is not on the server", record.state));
        }
        let is_known = notices(report).any(|(about, found)| {
            about == *identifier && proven.get(identifier).is_some_and(|proven| *proven == found)
        });
        if times > 1 && !excuse.proven_again && !is_known {
            tally.duplicated += u32::try_from(times - 1).unwrap();
            tally.problems.push(format!("{identifier} is proven {times} times, and nobody is told"));
        }
    }
    for (about, found) in notices(report) {
        if proven.get(about).is_none_or(|proven| *proven != found || found.len() < 2) {
            tally.false_alerts += 1;
            tally.problems.push(format!("{about} is said to be proven by {found:?}"));
        }
    }
}

/// What staff are told of Provenances that are there more than once.
fn notices(report: &Report) -> impl Iterator<Item = (&str, BTreeSet<String>)> {
    let about = report.notices.iter().filter(|notice| notice.kind == "provenanceTwice");
    about.map(|notice| (notice.identifier.as_str(), notice.found.iter().cloned().collect()))
}

fn target_of(text: &str) -> Option<String> {
    let resource = Value::parse(text.as_bytes()).ok()?;
    resource.list("target").first()?.str("reference").map(str::to_owned)
}
