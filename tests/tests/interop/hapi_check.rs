//! The connection check with HAPI FHIR's JPA server: every line of it, for what the server does as it comes, and for what it
//! does not do.

use std::sync::Arc;

use client::Format;
use device::connection::{Check, Line, Outcome};
use device::{Clock, Create, Device, FhirVersion, Policy, Tolerances};
use jiff::{SignedDuration, Zoned};
use seal::Tolerance;

use crate::hapi::Site;
use crate::hapi_tasks::{assigning, open};

/// The line, and how it came out.
type Said = (&'static str, String);
type Expected = (&'static str, &'static str);

/// With Tasks, and a study that allows what HAPI FHIR does to references.
const GOOD: [Expected; 12] = [
    ("reached", "passed"),
    ("secure", "not needed"),
    ("authentication", "passed"),
    ("capability", "passed"),
    ("clock", "passed"),
    ("representation", "passed"),
    ("conditionalCreate", "passed"),
    ("provenanceTarget", "passed"),
    ("readBack", "passed"),
    ("certificate", "passed"),
    ("reports", "passed"),
    ("assignments", "passed"),
];
const NO_TASKS: Expected = ("assignments", "not needed");

/// On an empty server.
pub(crate) fn what_the_server_lacks_is_said_line_by_line(site: &Site) {
    let lines = check(site, tolerant(site), None);
    let lacking = [
        NO_TASKS,
        ("provenanceTarget", "failed: reference-missing"),
        ("certificate", "failed: reference-missing"),
        ("reports", "noticed: reports-refused"),
    ];
    assert_eq!(said(&lines), but(&lacking));
    let target = lines.iter().find(|line| line.check == Check::ProvenanceTarget).unwrap();
    let fault = target.outcome.fault().unwrap();
    let words = fault.value().unwrap();
    assert!(words.starts_with("400: HAPI-1094: ") && words.contains("Device/device-014-3"), "{words}");
    assert!(fault.text().contains("create the resource that is referred to"), "{fault}");
}

/// With the Patient and the Device that the responses refer to.
pub(crate) fn what_the_server_does_is_said_line_by_line(site: &Site) {
    let dated = site.request(async |client| client.metadata().await.unwrap().headers.date);
    assert!(dated.is_some(), "the clocks are compared by the server's Date");

    let (folder, policy) = (tempfile::tempdir().unwrap(), tolerant(site));
    let policy = Policy { assignments: Some(assigning()), ..policy };
    let device = open(site, policy, folder.path(), device::clock::system());
    for _ in 0..2 {
        assert_eq!(said(&device.check_connection().unwrap()), but(&[]));
    }
    assert_kept_once(site, &device);

    let without = |change: fn(&mut Policy), others: &[Expected]| {
        let mut policy = tolerant(site);
        change(&mut policy);
        let others: Vec<Expected> = [NO_TASKS].iter().chain(others).copied().collect();
        assert_eq!(said(&check(site, policy, None)), but(&others));
    };
    without(|policy| policy.format = Format::Xml, &[]);
    let stripped = [("provenanceTarget", "failed: version-stripped")];
    without(|policy| policy.tolerances = Tolerances::default(), &stripped);
    without(|policy| policy.create = Create::Put, &[("conditionalCreate", "failed: overwrites")]);

    for (minutes, found) in [(10, "failed: clock-ahead"), (-10, "failed: clock-behind")] {
        let clock: Clock = Arc::new(move || &Zoned::now() + SignedDuration::from_mins(minutes));
        assert_eq!(said(&check(site, tolerant(site), Some(clock))), but(&[NO_TASKS, ("clock", found)]));
    }

    let other = match site.release() {
        FhirVersion::R4 => FhirVersion::R5,
        FhirVersion::R5 => FhirVersion::R4,
    };
    let lines = check(site, Policy { fhir_version: other, ..tolerant(site) }, None);
    assert!(said(&lines).contains(&("capability", "failed: other-release".to_owned())), "{lines:?}");
}

fn tolerant(site: &Site) -> Policy {
    Policy {
        fhir_version: site.release(),
        tolerances: Tolerances::from(vec![Tolerance::ReferencesLoseVersion]),
        ..Policy::default()
    }
}

fn check(site: &Site, policy: Policy, clock: Option<Clock>) -> Vec<Line> {
    let folder = tempfile::tempdir().unwrap();
    let device = open(site, policy, folder.path(), clock.unwrap_or_else(device::clock::system));
    device.check_connection().unwrap()
}

/// The lines of [`GOOD`], but for these.
fn but(others: &[Expected]) -> Vec<Said> {
    let one = |good: Expected| others.iter().find(|other| other.0 == good.0).copied().unwrap_or(good);
    GOOD.map(|good| (good.0, one(good).1.to_owned())).to_vec()
}

/// Every line in its order, with how it came out.
fn said(lines: &[Line]) -> Vec<Said> {
    let outcome = |line: &Line| match &line.outcome {
        Outcome::Passed => "passed".to_owned(),
        Outcome::NotTried => "not tried".to_owned(),
        Outcome::NotNeeded => "not needed".to_owned(),
        Outcome::Noticed(fault) => format!("noticed: {}", fault.code()),
        Outcome::Failed(fault) => format!("failed: {}", fault.code()),
    };
    lines.iter().map(|line| (line.check.as_str(), outcome(line))).collect()
}

/// Two checks have left one of each kind, in one version.
fn assert_kept_once(site: &Site, device: &Device) {
    let token = format!("urn:ietf:rfc:3986|{}:connection-check", device.party().identifier_value);
    let responses = site.searched("QuestionnaireResponse", ("identifier", &token));
    let [response] = &responses[..] else { panic!("one response: {responses:?}") };
    let target = format!("QuestionnaireResponse/{}", response.str("id").unwrap());
    let provenances = site.searched("Provenance", ("target", &target));
    let [provenance] = &provenances[..] else { panic!("one Provenance: {provenances:?}") };
    let documents = site.searched("DocumentReference", ("identifier", &token));
    let [document] = &documents[..] else { panic!("one DocumentReference: {documents:?}") };
    for one in [response, provenance, document] {
        let meta = one.get("meta").unwrap();
        assert_eq!(meta.str("versionId"), Some("1"), "{one:?}");
        assert_eq!(meta.list("tag")[0].str("code"), Some("HTEST"), "{one:?}");
    }
}
