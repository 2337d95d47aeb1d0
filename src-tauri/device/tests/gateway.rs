//! Who refuses, and what: a gateway's word is waited out, a record that is refused alone holds up no other, and a person knows of it.

use crate::common;

use common::delivery::{Deliverer, practice_server, until};
use common::{Bench, frozen};
use device::delivery::{
    Actor, Contact, Decision, OutboxRow, Pause, State, alert_detail, alert_rows, notice_rows, outbox_row_of,
};
use device::store::alert::Action;
use device::store::notice::Kind;
use device::store::{audit, outbox};
use jiff::Span;
use practice::faults::{Armed, Fault, On, Unreadable};
use tempfile::TempDir;

/// So many refusals in a row, while others are kept, are the server's own word.
const ENOUGH: u32 = 10;

struct Site {
    bench: Bench,
    server: practice::Handle,
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let (bench, folder) = (Bench::new(), TempDir::new().unwrap());
        let server = practice_server(folder.path());
        Self { bench, server, folder }
    }

    fn deliverer(&self, contact: Contact) -> Deliverer {
        let client = client::Client::new(self.server.base_url(), client::Options::default()).unwrap();
        Deliverer::with(client, self.bench.device(), |context| context.contact = contact)
    }

    fn row(&self, id: &str) -> OutboxRow {
        outbox_row_of(self.bench.device().store(), id).unwrap()
    }

    fn item(&self, id: &str) -> outbox::Item {
        self.bench.device().store().read(|connection| outbox::by_id(connection, id)).unwrap()
    }

    /// The fault meets every write of this record, and nothing else.
    fn arm_against(&self, id: &str, fault: Fault) {
        let armed = Armed::new(fault, u32::MAX).about(&self.item(id).identifier);
        self.server.faults().set(armed);
    }

    /// Waits until each of these has failed so often.
    fn failed(&self, ids: &[&String], times: u32) {
        until("failure", || ids.iter().all(|id| self.item(id).failures == times));
    }

    fn later(&self, span: Span, deliverer: &Deliverer) {
        self.bench.clock.advance(span);
        deliverer.worker.wake();
    }

    fn alerts(&self) -> Vec<device::delivery::AlertRow> {
        alert_rows(self.bench.device().store()).unwrap()
    }

    fn stored(&self, resource_type: &str) -> usize {
        practice::storage::read_all(self.folder.path(), resource_type).unwrap().len()
    }
}

fn decision(site: &Site, alert: &str, action: Action) -> Decision {
    let revision = alert_detail(site.bench.device().store(), alert).unwrap().revision;
    let actor = Actor {
        user: "m.okafor".to_owned(),
        display_name: "Maria Okafor".to_owned(),
        role: "coordinator".to_owned(),
    };
    Decision {
        alert: alert.to_owned(),
        revision,
        action,
        actor,
        reason: "The server was set right".to_owned(),
    }
}

#[test]
fn a_gateways_word_is_waited_out_and_sets_nothing_aside() {
    for (status, page, on) in
        [(404, true, On::Any), (422, false, On::Any), (413, false, On::Write), (400, true, On::Write)]
    {
        let site = Site::new();
        let records = [(); 3].map(|()| frozen(&site.bench));
        let ids: Vec<&String> = records.iter().collect();
        let fault = Fault::Gateway { status, page };
        site.server.faults().set(Armed::new(fault, u32::MAX).for_type("*").on(on));
        let deliverer = site.deliverer(Contact::default());
        for times in 1..ENOUGH + 3 {
            site.failed(&ids, times);
            for id in &ids {
                let row = site.row(id);
                assert_eq!(
                    (row.state, row.problem.as_deref()),
                    (State::Sending, Some("not-fhir")),
                    "{status}"
                );
            }
            site.later(Span::new().seconds(1), &deliverer);
        }
        assert!(site.alerts().is_empty(), "{status}: nobody has to decide anything");
        assert!(deliverer.worker.standing().not_fhir, "{status}: staff are told, once");
        site.server.faults().clear();
        // One of the rounds may have begun before that.
        site.later(Span::new().seconds(1), &deliverer);
        deliverer.worker.send_now().unwrap();
        deliverer.delivered(3);
        assert_eq!((site.stored("QuestionnaireResponse"), site.stored("Provenance")), (3, 3), "{status}");
        assert!(site.alerts().is_empty(), "{status}");
        assert!(!deliverer.worker.standing().not_fhir, "{status}");
    }
}

#[test]
fn a_record_that_alone_is_refused_without_fhir_reaches_a_person_and_holds_up_no_other() {
    let site = Site::new();
    let sick = frozen(&site.bench);
    site.arm_against(&sick, Fault::Gateway { status: 422, page: false });
    let deliverer = site.deliverer(Contact::default());
    site.failed(&[&sick], 1);
    for _ in 0..3 {
        frozen(&site.bench);
    }
    deliverer.worker.wake();
    deliverer.delivered(3);
    for times in 2..ENOUGH {
        site.later(Span::new().seconds(1), &deliverer);
        site.failed(&[&sick], times);
        assert!(site.alerts().is_empty(), "it may still be a gateway that is only sometimes in the way");
    }
    site.later(Span::new().seconds(1), &deliverer);
    until("alert", || site.row(&sick).state == State::Quarantined);
    assert_eq!((site.row(&sick).attempts, site.row(&sick).problem.as_deref()), (ENOUGH, Some("status-422")));
    let [alert] = &site.alerts()[..] else { panic!("one alert") };
    assert_eq!(alert_detail(site.bench.device().store(), &alert.id).unwrap().status, Some(422));
    site.server.faults().clear();
    deliverer.worker.act(decision(&site, &alert.id, Action::SendAgain)).unwrap();
    deliverer.delivered(4);
    assert_eq!((site.stored("QuestionnaireResponse"), site.stored("Provenance")), (4, 4));
}

#[test]
fn where_nothing_is_kept_for_a_day_one_record_at_a_time_reaches_a_person() {
    let site = Site::new();
    let records = [frozen(&site.bench), frozen(&site.bench)];
    let ids: Vec<&String> = records.iter().collect();
    let fault = Fault::Gateway { status: 413, page: false };
    site.server.faults().set(Armed::new(fault, u32::MAX));
    let deliverer = site.deliverer(Contact::default());
    for times in 1..ENOUGH {
        site.failed(&ids, times);
        assert!(site.alerts().is_empty());
        site.later(Span::new().hours(3), &deliverer);
    }
    until("alert", || site.row(&records[0]).state == State::Quarantined);
    for times in ENOUGH..ENOUGH + 3 {
        site.failed(&ids[1..], times);
        site.later(Span::new().hours(3), &deliverer);
    }
    assert_eq!(site.alerts().len(), 1, "the other one waits for what comes of the first");
    site.server.faults().clear();
    let first = site.alerts().remove(0);
    deliverer.worker.act(decision(&site, &first.id, Action::SendAgain)).unwrap();
    deliverer.worker.send_now().unwrap();
    deliverer.delivered(2);
    assert_eq!(site.stored("QuestionnaireResponse"), 2);
}

/// A record that the server keeps and has not acknowledged, and whose question for it is answered so from now on.
fn never_shown(site: &Site, shut: &Fault) -> String {
    site.server.faults().set(Armed::new(Fault::Status500, 1));
    site.server.faults().set(Armed::new(shut.clone(), u32::MAX).on(On::Search));
    frozen(&site.bench)
}

/// A person sends it again when the server is set right: it is found, not sent.
fn found_after_all(site: &Site, deliverer: &Deliverer, sick: &str, records: u32) {
    assert_eq!(site.row(sick).problem.as_deref(), Some("not-shown"));
    let [alert] = &site.alerts()[..] else { panic!("one alert") };
    site.server.faults().clear();
    deliverer.worker.act(decision(site, &alert.id, Action::SendAgain)).unwrap();
    deliverer.worker.send_now().unwrap();
    deliverer.delivered(records);
    assert_eq!(site.stored("QuestionnaireResponse"), records as usize, "each once");
}

#[test]
fn a_record_of_which_the_server_never_shows_whether_it_has_it_reaches_a_person() {
    let refuse = |status| Fault::Refuse { status, retry_after: None };
    let unreadable = Fault::Unreadable { body: Unreadable::TooLong, location: None };
    let gateway = Fault::Gateway { status: 405, page: true };
    for shut in [refuse(403), refuse(405), refuse(501), gateway, unreadable] {
        let site = Site::new();
        let sick = never_shown(&site, &shut);
        let deliverer = site.deliverer(Contact::default());
        site.failed(&[&sick], 1);
        let is_forbidden = shut == refuse(403);
        let refused = |times| {
            site.failed(&[&sick], times);
            // It begins when the journey has ended, and by the clock of that moment.
            let paused = || deliverer.worker.standing().paused == Some(Pause::Unauthorised);
            until("pause", || !is_forbidden || paused());
        };
        // As long as the queue pauses.
        let again = Span::new().minutes(15);
        site.later(again, &deliverer);
        refused(2);
        frozen(&site.bench);
        for times in 3..=ENOUGH {
            site.later(again, &deliverer);
            refused(times);
            assert!(site.alerts().is_empty(), "{shut:?}: it may still be a gateway");
        }
        deliverer.delivered(1);
        site.later(again, &deliverer);
        until("alert", || site.row(&sick).state == State::Quarantined);
        found_after_all(&site, &deliverer, &sick, 2);
    }
}

#[test]
fn where_nothing_is_shown_and_nothing_kept_for_a_day_a_person_is_told() {
    let site = Site::new();
    let sick = never_shown(&site, &Fault::Refuse { status: 501, retry_after: None });
    let deliverer = site.deliverer(Contact::default());
    for times in 1..=ENOUGH {
        site.failed(&[&sick], times);
        assert!(site.alerts().is_empty());
        site.later(Span::new().hours(3), &deliverer);
    }
    until("alert", || site.row(&sick).state == State::Quarantined);
    found_after_all(&site, &deliverer, &sick, 1);
}

#[test]
fn a_record_that_alone_is_forbidden_comes_after_the_others() {
    let site = Site::new();
    let sick = frozen(&site.bench);
    let others = [frozen(&site.bench), frozen(&site.bench)];
    site.arm_against(&sick, Fault::Refuse { status: 403, retry_after: None });
    let deliverer = site.deliverer(Contact::with_at_most(1));
    let paused = || deliverer.worker.standing().paused == Some(Pause::Unauthorised);
    until("pause", || paused() && site.item(&sick).failures == 1);
    assert!(others.iter().all(|id| site.row(id).state == State::Frozen), "nobody knows yet whom it forbids");
    site.later(Span::new().minutes(15), &deliverer);
    deliverer.delivered(2);
    until("pause", || paused() && site.item(&sick).failures == 2);
    site.server.faults().clear();
    deliverer.worker.send_now().unwrap();
    deliverer.delivered(3);
}

#[test]
fn reports_that_the_server_refuses_are_counted_and_tried_again_by_a_person() {
    let site = Site::new();
    site.server.faults().set(Armed::new(Fault::AlterAnswer, 1));
    let refuses = Fault::Refuse { status: 422, retry_after: None };
    site.server.faults().set(Armed::new(refuses, u32::MAX).for_type("AuditEvent"));
    frozen(&site.bench);
    let deliverer = site.deliverer(Contact::default());
    let untaken = || deliverer.worker.status().unwrap().untaken_reports;
    until("refusal", || untaken() == 1);
    assert_eq!(site.alerts().len(), 1, "a report that is refused is no alert of its own");
    // A gateway that lets no reports through: nobody has to decide anything, and somebody has to know.
    site.server.faults().clear();
    let gateway = Fault::Gateway { status: 404, page: true };
    site.server.faults().set(Armed::new(gateway, u32::MAX).for_type("AuditEvent").on(On::Any));
    deliverer.worker.send_now().unwrap();
    until("another try", || untaken() == 0);
    until("tries", || {
        site.later(Span::new().seconds(1), &deliverer);
        untaken() == 1
    });
    assert!(!deliverer.worker.standing().not_fhir, "records go their way");
    site.server.faults().clear();
    deliverer.worker.send_now().unwrap();
    until("report", || site.stored("AuditEvent") == 1 && untaken() == 0);
}

#[test]
fn reports_that_the_server_keeps_otherwise_are_counted_and_not_sent_again() {
    let site = Site::new();
    site.server.faults().set(Armed::new(Fault::AlterAnswer, 2));
    let path = Some("AuditEvent.recorded".to_owned());
    site.server.faults().set(Armed::new(Fault::AlterLeaf { path }, 1).for_type("AuditEvent"));
    frozen(&site.bench);
    frozen(&site.bench);
    let deliverer = site.deliverer(Contact::default());
    let unconfirmed = || deliverer.worker.status().unwrap().notices;
    until("reports", || site.stored("AuditEvent") == 2 && unconfirmed() == 1);
    assert_eq!(site.alerts().len(), 2, "an altered report is no alert of its own");
    deliverer.worker.send_now().unwrap();
    let other = frozen(&site.bench);
    deliverer.worker.wake();
    until("another record", || site.row(&other).state == State::Done);
    let status = deliverer.worker.status().unwrap();
    assert_eq!((status.notices, status.untaken_reports), (1, 0));
    assert_eq!(site.stored("AuditEvent"), 2, "neither is sent again");
}

#[test]
fn a_person_confirms_an_altered_report_once_and_a_later_one_is_shown_again() {
    let site = Site::new();
    let alters = |times: u32| {
        site.server.faults().set(Armed::new(Fault::AlterAnswer, times));
        let path = Some("AuditEvent.recorded".to_owned());
        site.server.faults().set(Armed::new(Fault::AlterLeaf { path }, times).for_type("AuditEvent"));
    };
    alters(1);
    let first = frozen(&site.bench);
    let deliverer = site.deliverer(Contact::default());
    let device = site.bench.device();
    let notices = || notice_rows(device.store()).unwrap();
    until("notice", || notices().len() == 1);
    let [seen] = &notices()[..] else { panic!("one notice") };
    let kept = practice::storage::read_all(site.folder.path(), "AuditEvent").unwrap();
    assert_eq!(seen.found, [format!("AuditEvent/{}/_history/{}", kept[0].0, kept[0].1)]);
    assert_eq!((seen.kind, seen.endpoint.as_deref()), (Kind::ReportAltered, None));
    assert_eq!(seen.participant.as_deref(), Some(site.row(&first).participant.as_str()));

    let coordinator = common::person("m.okafor");
    let ids = [seen.id.clone()];
    let confirm = |ids: &[String], reason: &str| device.confirm_notices(ids, &coordinator, reason);
    assert!(matches!(confirm(&ids, " "), Err(device::Error::ReasonMissing)));
    assert!(matches!(confirm(&[], "told"), Err(device::Error::StaleRevision)), "nothing was looked at");
    assert_eq!(deliverer.worker.status().unwrap().notices, 1);
    confirm(&ids, "The office was told").unwrap();
    assert!(notices().is_empty() && deliverer.worker.status().unwrap().notices == 0);
    assert!(matches!(confirm(&ids, "told"), Err(device::Error::StaleRevision)), "it is confirmed once");
    let subject = format!("record/{first}");
    let trail = device.store().read(|connection| audit::of_subject(connection, &subject)).unwrap();
    let entry = trail.iter().find(|entry| entry.event == "notice.confirmed").unwrap();
    assert_eq!((entry.actor.as_str(), entry.role.as_str()), ("m.okafor", "coordinator"));
    assert_eq!(entry.detail, format!("reportAltered {}: The office was told", seen.found[0]));

    alters(1);
    frozen(&site.bench);
    deliverer.worker.wake();
    until("another notice", || notices().len() == 1);
    assert_ne!(notices()[0].id, ids[0], "the later one is another");
}

#[test]
fn every_one_of_many_reports_is_sent() {
    let site = Site::new();
    let records = 20;
    site.server.faults().set(Armed::new(Fault::AlterAnswer, records));
    let refuses = Fault::Refuse { status: 503, retry_after: None };
    site.server.faults().set(Armed::new(refuses, u32::MAX).for_type("AuditEvent").on(On::Any));
    for _ in 0..records {
        frozen(&site.bench);
    }
    let deliverer = site.deliverer(Contact::default());
    until("alerts", || site.alerts().len() == records as usize);
    site.server.faults().clear();
    deliverer.worker.send_now().unwrap();
    // One that was refused just then is due again by the bench's clock, which goes on only here.
    until("reports", || {
        site.later(Span::new().seconds(1), &deliverer);
        site.stored("AuditEvent") == records as usize
    });
}
