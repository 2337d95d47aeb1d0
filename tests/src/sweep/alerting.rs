//! Kills while a device comes to need a person, and while it does what the person decides.

use std::collections::BTreeSet;

use device::delivery::failpoint;
use practice::faults::{Armed, Fault};

use super::lane::Run;
use super::network::{KINDS, RESPONSE, all_signed, differences, finish, kinds};
use super::oracle::{Excuse, Tally, judge, judge_alerts};
use super::process::{Ended, Launch};
use super::storage::killed;

/// Where a device is killed while it raises the alert, or before anything of the answer is stored.
fn raising(kind: &str) -> [&'static str; 3] {
    let answered = match kind {
        RESPONSE => "response-after-request",
        "Provenance" => "provenance-after-request",
        _ => "document-after-request",
    };
    ["alert-before-commit", "alert-committed", answered]
}

/// Where it is killed once a person has decided to send again: at the decision, and at the correction that follows.
fn correcting(kind: &str) -> &'static [&'static str] {
    match kind {
        RESPONSE => &[
            "send-again-before-commit",
            "send-again-committed",
            "sending-committed",
            "response-before-request",
            "response-after-request",
            "acknowledged-committed",
            "compared-committed",
        ],
        "Provenance" => &[
            "send-again-before-commit",
            "send-again-committed",
            "provenance-before-request",
            "provenance-after-request",
            "provenance-compared-committed",
            "done-committed",
        ],
        _ => &[
            "send-again-before-commit",
            "send-again-committed",
            "document-before-request",
            "document-after-request",
            "document-committed",
            "provenance-sending-committed",
        ],
    }
}

/// The server keeps a response, a Provenance or the certificate's document otherwise; the device is killed when it has the
/// answer, before or after the commit of the alert, or at its report, and often again when a person sends it again.
pub(super) fn kill_at_alert(run: &mut Run<'_>) -> Tally {
    let seed = run.chance.any();
    let kind = run.chance.pick(kinds(run));
    run.lane.server.arm(&[Armed::new(Fault::AlterLeaf { path: None }, 1).for_type(kind).seeded(seed)]);
    let reporting = |run: &mut Run<'_>| run.chance.one_in(4).then(|| run.chance.pick(&failpoint::REPORTING));
    let point = reporting(run).unwrap_or_else(|| run.chance.pick(&raising(kind)));
    // A certificate that the server does not have yet has a document.
    let enrol = kind == KINDS[2];
    let mut met = killed(run, &Launch { failpoint: Some(point.to_owned()), enrol, ..Launch::default() });
    let second =
        run.chance.one_in(2).then(|| reporting(run).unwrap_or_else(|| run.chance.pick(correcting(kind))));
    let failpoint = second.map(str::to_owned);
    let (mut process, first) = if failpoint.is_some() {
        // Everything else is delivered before, so that the step is met by the correction.
        let (mut process, report) = run.settled(&Launch::default());
        process.end();
        (run.start(&Launch { failpoint, ..Launch::default() }), report)
    } else {
        run.settled(&Launch::default())
    };
    let differences = differences(run, &first, false);
    let mut raised = Tally::default();
    judge_alerts(&mut raised, &first, &differences);
    if second.is_some() {
        let mut ended = run.wait(&mut process);
        if matches!(ended, Ended::Settled(_)) {
            ended = run.ask(&mut process, "resolve");
        }
        process.end();
        met |= matches!(ended, Ended::Gone);
        process = run.start(&Launch::default());
        let report = run.report(&mut process);
        raised.must(report.alerts.len() == first.alerts.len(), || {
            format!("{} alerts became {}", first.alerts.len(), report.alerts.len())
        });
    }
    let last = run.told(&mut process, "resolve");
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &last, &Excuse::default());
    tally.unmet = !met || differences.is_empty();
    tally.undetected += raised.undetected;
    tally.false_alerts += raised.false_alerts;
    tally.problems.append(&mut raised.problems);
    let open = last.alerts.iter().filter(|alert| alert.open).count();
    tally.must(last.alerts.len() == differences.len() && open == 0, || {
        format!("{} differences end with {:?}", differences.len(), last.alerts)
    });
    // One version of each, and one more of what was corrected. A certificate's document is new with the certificate, and to a new
    // server.
    for one in KINDS {
        let mut rows = run.lane.server.after(run.place, one);
        // What a probe leaves: there is one more after a kill within it.
        rows.retain(|row| one != KINDS[2] || !row.text.contains("entered-in-error"));
        let documents = rows.iter().map(|row| &row.id).collect::<BTreeSet<_>>().len().min(1);
        let of_each = if one == KINDS[2] { documents } else { last.items.len() };
        let expected = of_each + differences.iter().filter(|difference| difference.kind == one).count();
        let written = rows.len();
        tally.duplicated += u32::try_from(written.saturating_sub(expected)).unwrap();
        tally.must(written == expected, || format!("{written} versions of {of_each} {one}, not {expected}"));
    }
    all_signed(&mut tally, &last);
    finish(run, process, tally)
}
