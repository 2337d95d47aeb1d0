//! The device's certificate ends, or its authority revokes it, while there are answers to sign and records to deliver.

use std::time::Duration;

use super::clock::corrected;
use super::lane::{Run, VISITS};
use super::network::KINDS;
use super::oracle::Tally;
use super::process::Launch;
use super::storage::killed;

/// So long a certificate lives that is to end, in seconds.
const LIFE: u32 = 3_600;

/// What becomes of the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Its time is over.
    Expired,
    /// The same, while the device delivers.
    ExpiredAtWork,
    /// Its authority says that it counts no more.
    Revoked,
}

/// See [`End`]: no answers are signed and no record is delivered until there is a new one, and then all are. What a Provenance is
/// signed with is tested elsewhere.
pub(super) fn end_certificate(run: &mut Run<'_>, end: End) -> Tally {
    let is_over = i64::from(LIFE) + i64::try_from(run.chance.between(1, 10_000_000)).unwrap();
    let (life, launch, refusal, held) = match end {
        End::ExpiredAtWork => return expired_at_work(run, is_over),
        End::Expired => (
            Some(LIFE),
            Launch { clock: is_over, ..Launch::default() },
            "certificate-expired",
            "CertificateExpired",
        ),
        End::Revoked => {
            (None, Launch { revoke: true, ..Launch::default() }, "certificate-revoked", "CertificateRevoked")
        }
    };
    ended(run, life, &launch, refusal, held)
}

/// A start with a certificate that does not count any more, and some records from when it did.
fn ended(run: &mut Run<'_>, life: Option<u32>, launch: &Launch, refusal: &str, held: &str) -> Tally {
    let some = u32::try_from(run.chance.below(VISITS as usize)).unwrap();
    // One of its own: the device's was made for all runs, and stays revoked.
    let before = Launch { enrol: true, life, ..Launch::default() };
    if some > 0 {
        killed(run, &Launch { failpoint: Some(format!("frozen-committed:{some}")), ..before });
    } else {
        let (mut process, _) = run.settled(&Launch { captures: Some(0), ..before });
        process.end();
    }
    let saved = run.saved.len();
    let (mut process, report) = run.settled(launch);
    process.end();
    let refused = std::mem::take(&mut run.refused);
    let mut problems = Vec::new();
    if !refused.iter().all(|code| code == refusal)
        || refused.len() + report.items.len() != VISITS as usize
        || run.saved.len() != saved
        || report.drafts != report.waiting
    {
        problems.push(format!("signing: {refused:?} {report:?}"));
    }
    if !report.items.is_empty() && report.held.as_deref() != Some(held) {
        problems.push(format!("delivery: {:?}", report.held));
    }
    for kind in KINDS {
        if !run.lane.server.after(run.place, kind).is_empty() {
            problems.push(format!("a {kind} was sent"));
        }
    }
    renewed(run, launch.clock, problems)
}

fn expired_at_work(run: &mut Run<'_>, is_over: i64) -> Tally {
    let launch = Launch { enrol: true, life: Some(LIFE), ..Launch::default() };
    let mut process = run.start(&launch);
    process.saved(VISITS as usize);
    std::thread::sleep(Duration::from_millis(run.chance.between(0, 40)));
    process.tell(&format!("clock {is_over}"));
    let report = run.report(&mut process);
    process.end();
    let is_held = report.held.as_deref() == Some("CertificateExpired");
    let all_proven = report.items.iter().all(|item| item.state == "done");
    let refused = std::mem::take(&mut run.refused);
    let is_well = refused.is_empty() && (is_held || all_proven);
    let problems = if is_well { Vec::new() } else { vec![format!("{refused:?} {report:?}")] };
    let mut tally = renewed(run, is_over, problems);
    tally.unmet = !is_held;
    tally
}

fn renewed(run: &mut Run<'_>, clock: i64, problems: Vec<String>) -> Tally {
    let (process, report) = run.settled(&Launch { enrol: true, clock, ..Launch::default() });
    corrected(run, process, &report, problems)
}
