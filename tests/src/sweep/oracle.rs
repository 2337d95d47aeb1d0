//! What must hold after a run, judged by what the server's store holds and by what the device says.

use std::collections::{BTreeMap, BTreeSet};

use fhir::{Object, Value};

use super::proofs::{is_told, judge_proofs, proven_twice};
use super::reports::{REPORT, judge_reports};
use super::server::{Row, Server};
use super::told::{Raised, Record, Report};
use crate::delivery::remove_given;

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Responses that the device froze.
    pub(super) frozen: u32,
    /// Those of them that the server keeps as they were signed.
    pub(super) delivered: u32,
    /// Those that are gone, or do not get through.
    pub(super) lost: u32,
    /// Resources beyond one for each.
    pub(super) duplicated: u32,
    /// Resources that nobody signed, and proofs of what is not so.
    pub(super) falsely_sent: u32,
    /// Differences without an alert that names exactly them.
    pub(super) undetected: u32,
    /// Alerts without a difference.
    pub(super) false_alerts: u32,
    /// How long the last start took to deliver everything, in milliseconds.
    pub(super) drain: u64,
    /// What is wrong, for a person.
    pub(super) problems: Vec<String>,
    /// The fault was not met: this was no run.
    pub(super) unmet: bool,
    /// Images of a lost power supply that were looked at.
    pub(super) images: u32,
}

impl Tally {
    /// Whether everything holds that must.
    pub(super) fn holds(&self) -> bool {
        let zeros = [self.lost, self.duplicated, self.falsely_sent, self.undetected, self.false_alerts];
        zeros.iter().all(|number| *number == 0) && self.problems.is_empty()
    }

    /// Notes what was said to be stored and is gone.
    pub(super) fn miss(&mut self, lost: impl IntoIterator<Item = String>) {
        for what in lost {
            self.lost += 1;
            self.problems.push(what);
        }
    }

    /// Notes something that must not be, beside the columns.
    pub(super) fn must(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(otherwise());
        }
    }
}

/// A difference that was injected.
#[derive(Debug, Clone)]
pub(super) struct Difference {
    /// The resource's type.
    pub(super) kind: String,
    /// The record, where it is about one: `identifier.value` of its response.
    pub(super) about: Option<String>,
    /// The element.
    pub(super) path: String,
    /// It was dropped.
    pub(super) dropped: bool,
}

/// What a run's fault excuses.
#[derive(Debug, Clone, Default)]
pub(super) struct Excuse {
    /// How many resources others created under an identifier.
    pub(super) rivals: BTreeMap<String, usize>,
    /// A record may have been proven twice: an older copy of the device does not know of the first proof.
    pub(super) proven_again: bool,
    /// A report may have been answered with what another request was: the device takes it for kept otherwise.
    pub(super) answers_mixed: bool,
}

/// Holds the server's store against the device's outbox.
pub(super) fn judge(
    server: &Server,
    place: i64,
    saved: &[String],
    report: &Report,
    excuse: &Excuse,
) -> Tally {
    let responses = server.after(place, "QuestionnaireResponse");
    let proofs = server.after(place, "Provenance");
    let frozen: BTreeMap<&str, &Record> =
        report.items.iter().map(|item| (item.identifier.as_str(), item)).collect();
    let mut tally = Tally {
        frozen: u32::try_from(frozen.len()).unwrap(),
        drain: report.milliseconds,
        ..Tally::default()
    };
    for identifier in saved.iter().filter(|identifier| !frozen.contains_key(identifier.as_str())) {
        tally.lost += 1;
        tally.problems.push(format!("{identifier} was said to be saved and is not in the store"));
    }
    let kept = current(&responses);
    // A record whose proof is found twice waits for a person.
    let twice = proven_twice(server, place, report);
    let waits = |identifier: &str| {
        report
            .alerts
            .iter()
            .any(|alert| alert.open && alert.identifier == identifier && is_told(alert, &twice))
    };
    for (identifier, record) in &frozen {
        let under: Vec<&Row> = kept
            .iter()
            .filter(|row| identifier_of(&row.text).as_deref() == Some(*identifier))
            .copied()
            .collect();
        let rivals = excuse.rivals.get(*identifier).copied();
        if !under.iter().any(|row| content(&row.text) == content(&record.response)) {
            tally.lost += 1;
            tally
                .problems
                .push(format!("{identifier} ({}) is not on the server as it was signed", record.state));
        } else if record.state != "done" && rivals.is_none() && !waits(identifier) {
            tally.lost += 1;
            let problem = record.problem.clone().unwrap_or_default();
            tally.problems.push(format!("{identifier} ends as {} ({problem})", record.state));
        } else {
            tally.delivered += 1;
        }
        let beyond = under.len().saturating_sub(rivals.unwrap_or(1));
        if beyond > 0 {
            tally.duplicated += u32::try_from(beyond).unwrap();
            tally.problems.push(format!("{identifier} is on the server {} times", under.len()));
        }
    }
    for row in &kept {
        let signed = identifier_of(&row.text).and_then(|identifier| frozen.get(identifier.as_str()).copied());
        if signed.is_none_or(|record| content(&record.response) != content(&row.text)) {
            tally.falsely_sent += 1;
            tally
                .problems
                .push(format!("QuestionnaireResponse/{} is on the server and was not signed", row.id));
        }
    }
    judge_proofs(&mut tally, &responses, &proofs, report, excuse);
    judge_reports(&mut tally, &server.after(place, REPORT), report, excuse);
    tally
        .must(report.audit_break.is_none(), || format!("the audit trail breaks at {:?}", report.audit_break));
    tally.must(report.drafts == report.waiting, || {
        format!("{} of {} drafts can be signed", report.drafts, report.waiting)
    });
    tally
}

/// Whether a path names the difference. With the only one of a list, the list itself is gone.
fn names(path: &str, difference: &Difference) -> bool {
    path == difference.path || difference.dropped && Some(path) == difference.path.strip_suffix("[0]")
}

/// What is being sent when a resource of this type is.
pub(super) fn phase_of(kind: &str) -> &'static str {
    match kind {
        "QuestionnaireResponse" => "Response",
        "Provenance" => "Provenance",
        _ => "Document",
    }
}

/// Holds the alerts against the differences that were injected: one alert for each, which names exactly it.
pub(super) fn judge_alerts(tally: &mut Tally, report: &Report, differences: &[Difference]) {
    let mut alerts: Vec<&Raised> = report.alerts.iter().collect();
    for difference in differences {
        let phase = phase_of(&difference.kind);
        let fits = |alert: &&Raised| {
            alert.phase == phase
                && difference.about.as_ref().is_none_or(|about| *about == alert.identifier)
                && matches!(alert.paths.as_slice(), [path] if names(path, difference))
        };
        if let Some(at) = alerts.iter().position(fits) {
            alerts.remove(at);
        } else {
            tally.undetected += 1;
            tally.problems.push(format!("no alert names exactly {difference:?}: {alerts:?}"));
        }
    }
    tally.false_alerts += u32::try_from(alerts.len()).unwrap();
    tally.problems.extend(alerts.iter().map(|alert| format!("an alert without a difference: {alert:?}")));
}

/// That several were found, and that the alert names all.
pub(super) fn judge_duplicates(tally: &mut Tally, server: &Server, place: i64, report: &Report, about: &str) {
    let rows = server.after(place, "QuestionnaireResponse");
    let mine = rows.iter().filter(|row| identifier_of(&row.text).as_deref() == Some(about));
    let kept: BTreeSet<String> = mine.map(|row| versioned("QuestionnaireResponse", row)).collect();
    let names_all = |alert: &Raised| {
        alert.kind == "duplicates"
            && alert.identifier == about
            && alert.found.iter().cloned().collect::<BTreeSet<_>>() == kept
    };
    if !report.alerts.iter().any(names_all) {
        tally.undetected += 1;
        tally.problems.push(format!("no alert names all of {kept:?}: {:?}", report.alerts));
    }
    let other = report.alerts.iter().filter(|alert| !names_all(alert)).count();
    tally.false_alerts += u32::try_from(other).unwrap();
}

/// The last version of each resource.
pub(super) fn current(rows: &[Row]) -> Vec<&Row> {
    let mut last: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in rows {
        last.insert(&row.id, row);
    }
    last.into_values().collect()
}

pub(super) fn versioned(kind: &str, row: &Row) -> String {
    format!("{kind}/{}/_history/{}", row.id, row.version)
}

fn identifier_of(text: &str) -> Option<String> {
    let resource = Value::parse(text.as_bytes()).ok()?;
    let identifier = resource.get("identifier")?;
    identifier.at(0).unwrap_or(identifier).str("value").map(str::to_owned)
}

/// Everything but the id, the version and the time that a server gives, in an order of its own: two texts with the same content
/// are the same resource. The sweep's studies name no tolerance: nothing else of `meta` may change.
pub(super) fn content(text: &str) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                let mut members: Vec<_> = object.iter().collect();
                members.sort_by_key(|(name, _)| *name);
                Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), sorted(value)))
                        .collect::<Object>(),
                )
            }
            Value::Array(elements) => Value::Array(elements.iter().map(sorted).collect()),
            other => other.clone(),
        }
    }
    let Ok(mut resource) = Value::parse(text.as_bytes()) else { return String::new() };
    if let Some(members) = resource.as_object_mut() {
        remove_given(members);
    }
    sorted(&resource).to_json()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_server_gives_is_no_content() {
        let sent =
            r#"{"resourceType":"Basic","meta":{"profile":["a"],"tag":[{"code":"t"}]},"code":{"text":"x"}}"#;
        let kept = sent.replacen(
            r#""meta":{"#,
            r#""id":"7","meta":{"versionId":"1","lastUpdated":"2026-11-21T09:41:07Z","#,
            1,
        );
        assert_eq!(content(&kept), content(sent));
        let plain = r#"{"resourceType":"Basic","code":{"text":"x"}}"#;
        let given = plain.replacen('{', r#"{"meta":{"versionId":"1"},"#, 1);
        assert_eq!(content(&given), content(plain));
        for (from, to) in [
            (r#"["a"]"#, r#"["b"]"#),
            (r#""profile":["a"],"#, ""),
            (r#""code":"t""#, r#""code":"u""#),
            (r#""meta":{"#, r#""meta":{"security":[{"code":"R"}],"#),
            (r#""meta":{"#, r##""meta":{"source":"#s","##),
            (r#""text":"x""#, r#""text":"y""#),
        ] {
            let altered = kept.replacen(from, to, 1);
            assert_ne!(altered, kept, "{from} is there");
            assert_ne!(content(&altered), content(sent), "{from} became {to}");
        }
    }
}
