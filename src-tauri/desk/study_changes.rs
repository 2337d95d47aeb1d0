//! What a newer document of the study would change, in a form that the page has words for.

use std::collections::BTreeMap;

use ::device::study::{SignedStudy, Study, StudyQuestionnaire};
use serde_json::Value;

use crate::ipc::{StudyChange, StudyFormChange, StudyFormChanged, StudyOffered};
use crate::setup;

/// Characters of a value that people are shown; what is longer is a certificate or a key.
const LONGEST: usize = 300;

/// What `next` would change in place of `newest`.
pub(super) fn offered(newest: &SignedStudy, next: &SignedStudy) -> StudyOffered {
    let (before, after) = (newest.study(), next.study());
    StudyOffered {
        title: after.title.clone(),
        before: before.version,
        version: after.version,
        issued: after.issued.clone(),
        sha256: next.sha256().to_owned(),
        signer: next.signer().to_owned(),
        same_signer: next.signer() == newest.signer(),
        forms: forms(&before.questionnaires, &after.questionnaires),
        members: members(before, after),
    }
}

fn forms(before: &[StudyQuestionnaire], after: &[StudyQuestionnaire]) -> Vec<StudyFormChange> {
    let url = |one: &StudyQuestionnaire| one.canonical.split('|').next().unwrap_or_default().to_owned();
    let other = |one: &StudyQuestionnaire, all: &'_ [StudyQuestionnaire]| {
        all.iter().position(|other| url(other) == url(one))
    };
    let row = |change, one: &StudyQuestionnaire, earlier: Option<&StudyQuestionnaire>| StudyFormChange {
        change,
        title: setup::title_of(one),
        canonical: one.canonical.clone(),
        before: earlier.map(|earlier| earlier.canonical.clone()),
        start: one.period.as_ref().and_then(|period| period.start.clone()),
        end: one.period.as_ref().and_then(|period| period.end.clone()),
    };
    let kept = after.iter().filter_map(|one| {
        let Some(earlier) = other(one, before).and_then(|at| before.get(at)) else {
            return Some(row(StudyFormChanged::Added, one, None));
        };
        if (&earlier.canonical, &earlier.sha256) != (&one.canonical, &one.sha256) {
            return Some(row(StudyFormChanged::Replaced, one, Some(earlier)));
        }
        (earlier.period != one.period).then(|| row(StudyFormChanged::Period, one, None))
    });
    let removed = before.iter().filter(|one| other(one, after).is_none());
    kept.chain(removed.map(|one| row(StudyFormChanged::Removed, one, None))).collect()
}

fn members(before: &Study, after: &Study) -> Vec<StudyChange> {
    let (before, after) = (told(before), told(after));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    changed
        .map(|name| StudyChange {
            member: name.clone(),
            before: before.get(name).map(words),
            after: after.get(name).map(words),
        })
        .collect()
}

/// The members of a study whose change people are told of, without those that are told apart from them.
fn told(study: &Study) -> BTreeMap<String, Value> {
    let policy = serde_json::to_value(&study.policy).unwrap_or_default();
    let mut all = BTreeMap::new();
    for (name, value) in policy.as_object().into_iter().flatten() {
        match (name.as_str(), value.as_object()) {
            ("assignments", Some(parts)) => {
                // That Tasks are asked for at all, also where nothing more is said about them.
                all.insert(name.clone(), Value::Bool(true));
                all.extend(parts.iter().map(|(part, value)| (format!("{name}-{part}"), value.clone())));
            }
            // Below, with what a role may do by default.
            ("roles", _) => {}
            _ => {
                all.insert(name.clone(), value.clone());
            }
        }
    }
    let roles = &study.policy.roles;
    for (name, rights) in [("roles-siteStaff", &roles.site_staff), ("roles-inspector", &roles.inspector)] {
        all.insert(name.to_owned(), rights.iter().map(|right| right.as_str()).collect());
    }
    let sites = study.sites.iter().map(|site| Value::from(format!("{} ({})", site.name, site.id)));
    all.extend([
        ("title".to_owned(), Value::from(study.title.as_str())),
        ("signers".to_owned(), Value::from(study.signers.clone())),
        ("sites".to_owned(), sites.collect()),
        ("trustAnchors".to_owned(), Value::from(study.trust_anchors.as_str())),
    ]);
    all
}

/// A value as people read it; dots where nobody would.
fn words(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let each = members.iter().map(|(name, value)| format!("{name}: {}", words(value)));
            each.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    };
    if text.chars().count() > LONGEST || text.contains('\n') { "…".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn study(policy: &str, forms: &str) -> Study {
        let text = format!(
            r#"{{"id":"urn:x","title":"Fatigue","version":1,"issued":"2026-11-20T09:00:00+01:00","signers":["a"],
                "server":"https://fhir.example.org","trustAnchors":"one\ntwo","sites":[{{"id":"014","name":"Clinic"}}],
                "questionnaires":{forms},"policy":{policy}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_changes_is_told_by_its_member_and_what_nobody_reads_only_named() {
        let before = study(r#"{"ledgerToken":true,"roles":{"inspector":["records"]}}"#, "[]");
        let mut after = study(
            r#"{"pinDigits":6,"authentication":{"method":"bearer"},"tlsAnchors":"x\ny","assignments":{
                "owners":{"014":"Organization/1"}},"roles":{"inspector":["records","exports"]}}"#,
            "[]",
        );
        after.trust_anchors = "three\nfour".to_owned();
        let told: Vec<_> = members(&before, &after)
            .into_iter()
            .map(|one| (one.member, one.before.unwrap_or_default(), one.after.unwrap_or_default()))
            .collect();
        let row = |member: &str, before: &str, after: &str| (member.into(), before.into(), after.into());
        assert_eq!(
            told,
            [
                row("assignments", "", "true"),
                row("assignments-owners", "", "014: Organization/1"),
                row("authentication", "", "method: bearer"),
                row("ledgerToken", "true", ""),
                row("pinDigits", "4", "6"),
                row("roles-inspector", "records", "records, exports"),
                row("tlsAnchors", "", "…"),
                row("trustAnchors", "…", "…"),
            ]
        );
        assert!(members(&before, &before).is_empty());
    }

    #[test]
    fn questionnaires_are_added_replaced_and_removed_by_their_address() {
        let form = |canonical: &str, sha256: &str, more: &str| {
            format!(r#"{{"canonical":"{canonical}","sha256":"{sha256}"{more}}}"#)
        };
        let list = |all: &[String]| study("{}", &format!("[{}]", all.join(","))).questionnaires;
        let before =
            list(&[form("http://a|1", "x", ""), form("http://b|1", "x", ""), form("http://c|1", "x", "")]);
        let after = list(&[
            form("http://c|1", "x", r#","period":{"end":"2026-12-31"}"#),
            form("http://b|2", "y", ""),
            form("http://d|1", "x", ""),
        ]);
        let told: Vec<_> = forms(&before, &after)
            .into_iter()
            .map(|one| (one.change, one.canonical, one.before, one.end))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                (StudyFormChanged::Period, "http://c|1".to_owned(), None, some("2026-12-31")),
                (StudyFormChanged::Replaced, "http://b|2".to_owned(), some("http://b|1"), None),
                (StudyFormChanged::Added, "http://d|1".to_owned(), None, None),
                (StudyFormChanged::Removed, "http://a|1".to_owned(), None, None),
            ]
        );
        assert!(forms(&before, &before).is_empty());
    }
}
