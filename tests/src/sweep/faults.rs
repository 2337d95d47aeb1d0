//! The rows of the fault matrix.

use super::access;
use super::alerting;
use super::answers;
use super::certificates::{self, End};
use super::chance::Chance;
use super::clock::{self, Clock};
use super::disk;
use super::lane::{Lane, Run};
use super::network::{self, Disturbance, Rival, Untruth};
use super::oracle::Tally;
use super::power;
use super::reports;
use super::storage::{self, Key, Refusal};

/// What a row does.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Disturb(Disturbance),
    Deceive(Untruth),
    Forget,
    Flip,
    Twice,
    Rival(Rival),
    KillAtFailpoint,
    KillAtAlert,
    KillAtSystemCall,
    PowerCut,
    Refuse(Refusal),
    TwoInstances,
    FlipPage,
    Older,
    Key(Key),
    LockedKeystore,
    ReportDisturbed,
    ReportKept,
    LoginLost,
    CertificateLost,
    Clock(Clock),
    Certificate(End),
    SmallDisk,
}

/// A row: a kind of fault.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    /// Its name, in the table and for `--fault`.
    pub(super) name: &'static str,
    /// How many of a hundred thousand runs it gets, about.
    pub(super) weight: u32,
    kind: Kind,
}

impl Fault {
    /// All of them.
    pub(super) fn all() -> Vec<Self> {
        ALL.iter().map(|&(name, weight, kind)| Self { name, weight, kind }).collect()
    }

    /// Whether it cannot be injected without a tracer.
    pub(super) fn needs_tracing(&self) -> bool {
        matches!(self.kind, Kind::KillAtSystemCall | Kind::PowerCut | Kind::Refuse(_))
    }

    /// Whether it cannot be injected where nothing can be mounted.
    pub(super) fn needs_mounting(&self) -> bool {
        matches!(self.kind, Kind::SmallDisk)
    }

    /// Whether it is injected in XML too; what lies on the way, or writes on its own, does so in JSON.
    fn speaks_xml(&self) -> bool {
        match self.kind {
            Kind::Deceive(untruth) => matches!(untruth, Untruth::LeafKept | Untruth::ItemDropped),
            Kind::Flip | Kind::Twice | Kind::Rival(_) => false,
            _ => true,
        }
    }

    /// One run.
    pub(super) fn run(&self, lane: &mut Lane, seed: u64) -> Tally {
        let mut chance = Chance::new(seed, self.name);
        let xml = self.speaks_xml() && chance.one_in(3);
        // Then the device has probed the server before.
        let put = chance.one_in(4);
        let mut run = lane.run(chance, xml, put);
        let tally = self.carry_out(&mut run);
        run.clear();
        tally
    }

    fn carry_out(&self, run: &mut Run<'_>) -> Tally {
        match self.kind {
            Kind::Disturb(disturbance) => network::disturb(run, disturbance),
            Kind::Deceive(untruth) => network::deceive(run, untruth),
            Kind::Forget => network::forget(run),
            Kind::Flip => answers::flip(run),
            Kind::Twice => answers::answer_twice(run),
            Kind::Rival(rival) => network::rival(run, rival),
            Kind::KillAtFailpoint => storage::kill_at_failpoint(run),
            Kind::KillAtAlert => alerting::kill_at_alert(run),
            Kind::KillAtSystemCall => storage::kill_at_system_call(run),
            Kind::PowerCut => power::cut(run),
            Kind::Refuse(refusal) => storage::refuse(run, refusal),
            Kind::TwoInstances => storage::two_instances(run),
            Kind::FlipPage => storage::flip_page(run),
            Kind::Older => storage::restore_older(run),
            Kind::Key(key) => storage::lose_key(run, key),
            Kind::LockedKeystore => storage::lock_keystore(run),
            Kind::ReportDisturbed => reports::disturb(run),
            Kind::ReportKept => reports::keep_otherwise(run),
            Kind::LoginLost => access::lose_login(run),
            Kind::CertificateLost => access::lose_certificate(run),
            Kind::Clock(clock) => clock::set_clock(run, clock),
            Kind::Certificate(end) => certificates::end_certificate(run, end),
            Kind::SmallDisk => disk::fill(run),
        }
    }
}

const ALL: [(&str, u32, Kind); 54] = [
    ("kill-at-step", 8, Kind::KillAtFailpoint),
    ("kill-at-alert", 4, Kind::KillAtAlert),
    ("kill-at-system-call", 12, Kind::KillAtSystemCall),
    ("power-cut", 8, Kind::PowerCut),
    ("disk-full", 4, Kind::Refuse(Refusal::Full)),
    ("small-disk", 4, Kind::SmallDisk),
    ("write-error", 3, Kind::Refuse(Refusal::Write)),
    ("flush-error", 3, Kind::Refuse(Refusal::Flush)),
    ("connection-refused", 3, Kind::Disturb(Disturbance::Refused)),
    ("reset-before", 3, Kind::Disturb(Disturbance::ResetBefore)),
    ("reset-unanswered", 3, Kind::Disturb(Disturbance::ResetUnanswered)),
    ("reset-during-answer", 4, Kind::Disturb(Disturbance::ResetDuring)),
    ("reset-after-answer", 2, Kind::Disturb(Disturbance::ResetAfter)),
    ("truncated", 4, Kind::Disturb(Disturbance::Truncated)),
    ("timeout", 2, Kind::Disturb(Disturbance::Timeout)),
    ("late-request", 2, Kind::Disturb(Disturbance::Late)),
    ("status-429", 2, Kind::Disturb(Disturbance::TooMany)),
    ("status-5xx", 3, Kind::Disturb(Disturbance::ServerError)),
    ("slow-drip", 2, Kind::Disturb(Disturbance::Drip)),
    ("leaf-answered", 6, Kind::Deceive(Untruth::LeafAnswered)),
    ("leaf-kept", 6, Kind::Deceive(Untruth::LeafKept)),
    ("echo", 4, Kind::Deceive(Untruth::Echo)),
    ("forgotten", 3, Kind::Forget),
    ("item-dropped", 2, Kind::Deceive(Untruth::ItemDropped)),
    ("decimal-text", 2, Kind::Deceive(Untruth::DecimalText)),
    ("wrong-id", 2, Kind::Deceive(Untruth::Id)),
    ("stale-version", 2, Kind::Deceive(Untruth::Version)),
    ("wrong-type", 2, Kind::Deceive(Untruth::Type)),
    ("members-reordered", 2, Kind::Deceive(Untruth::Order)),
    ("report-disturbed", 3, Kind::ReportDisturbed),
    ("report-kept", 2, Kind::ReportKept),
    ("login-lost", 3, Kind::LoginLost),
    ("tls-certificate-changed", 3, Kind::CertificateLost),
    ("bit-flipped-in-answer", 4, Kind::Flip),
    ("answer-twice", 2, Kind::Twice),
    ("request-twice", 2, Kind::Rival(Rival::Together)),
    ("created-before", 2, Kind::Rival(Rival::Before)),
    ("created-twice-before", 2, Kind::Rival(Rival::TwiceBefore)),
    ("clock-before-certificate", 2, Kind::Clock(Clock::BeforeCertificate)),
    ("clock-behind", 2, Kind::Clock(Clock::Behind)),
    ("clock-ahead", 1, Kind::Clock(Clock::Ahead)),
    ("clock-jumps", 2, Kind::Clock(Clock::Jumps)),
    ("clock-jumps-offline", 2, Kind::Clock(Clock::JumpsAlone)),
    ("clock-seasons", 2, Kind::Clock(Clock::Seasons)),
    ("certificate-expired", 2, Kind::Certificate(End::Expired)),
    ("certificate-expired-at-work", 2, Kind::Certificate(End::ExpiredAtWork)),
    ("certificate-revoked", 2, Kind::Certificate(End::Revoked)),
    ("two-instances", 2, Kind::TwoInstances),
    ("page-flipped", 3, Kind::FlipPage),
    ("older-copy", 2, Kind::Older),
    ("database-key-missing", 1, Kind::Key(Key::DatabaseMissing)),
    ("database-key-replaced", 1, Kind::Key(Key::DatabaseReplaced)),
    ("sealing-key-missing", 1, Kind::Key(Key::SealingMissing)),
    ("keystore-locked", 2, Kind::LockedKeystore),
];
