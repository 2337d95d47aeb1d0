//! A Task that names further servers: each of two real practice servers gets the same bytes once, is compared and proven by
//! itself, and nothing that one does is anything to the other.

use crate::common;

use std::ops::Deref;
use std::sync::Arc;

use client::Client;
use common::clinic::{Clinic, due_task, handed_over, parse, started};
use common::delivery::{context, until, wait_for};
use device::delivery::{State, Worker, WorkerHandle, alert_rows, outbox_rows, timeline};
use device::emergency::{Order, Secret, Target, Typed};
use device::store::assignment::Told;
use device::store::attempt;
use device::store::outbox::{self, Item};
use device::{Authentication, Configuration, Device, Endpoint, Tolerances};
use fhir::{Value, Version};
use practice::Handle;
use practice::faults::{Armed, Fault};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Two further practice servers beside the study's own, whose Task names addresses; and an enrolled device.
struct Site {
    clinic: Clinic,
    further: [Handle; 2],
    folders: [TempDir; 2],
}

impl Deref for Site {
    type Target = Clinic;

    fn deref(&self) -> &Clinic {
        &self.clinic
    }
}

impl Site {
    /// `named` gets the addresses of the study's server and of the two others, and says which of them the Task names.
    fn new(named: impl FnOnce([&str; 3]) -> Vec<String>) -> Self {
        Self::under(named, |_| ())
    }

    fn under(named: impl FnOnce([&str; 3]) -> Vec<String>, change: impl FnOnce(&mut Configuration)) -> Self {
        let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
        let further = folders.each_ref().map(|folder| started(folder.path(), Version::R4, |_| ()));
        let listed = |name: &str, base: &str| Endpoint {
            base: format!("{base}/"),
            name: name.to_owned(),
            tolerances: Tolerances::default(),
            tls_anchors: None,
        };
        let endpoints =
            vec![listed("Registry", further[0].base_url()), listed("Clinic", further[1].base_url())];
        let configured = |configuration: &mut Configuration| {
            configuration.policy.assignments.as_mut().unwrap().endpoints = endpoints;
            change(configuration);
        };
        let clinic = Clinic::of(Version::R4, |_| (), configured);
        let named = named([clinic.server.base_url(), further[0].base_url(), further[1].base_url()]);
        let inputs: Vec<String> = named.iter().map(|address| endpoint(address)).collect();
        let task = due_task().to_json().replace("\"input\":[", &format!("\"input\":[{}", inputs.concat()));
        clinic.put(&parse(&task));
        Self { clinic, further, folders }
    }

    /// A signed record for the Task.
    fn signed(&self) -> String {
        let pulled = self.pulled();
        assert_eq!((pulled.problem, pulled.refused.as_slice(), pulled.due.len()), (None, &[][..], 1));
        self.sign(&self.start())
    }

    fn worker(&self) -> WorkerHandle {
        delivering(self.device(), &self.runtime)
    }

    /// The deliveries of the record, the record's own first.
    fn deliveries(&self, record: &str) -> Vec<Item> {
        let items = self.device().store().read(|connection| {
            let mut items = vec![outbox::by_id(connection, record)?];
            items.extend(outbox::further(connection, record)?);
            Ok(items)
        });
        items.unwrap()
    }

    fn states(&self, record: &str) -> Vec<State> {
        self.deliveries(record).iter().map(|item| item.state).collect()
    }

    fn is_proven(&self, record: &str) -> bool {
        self.device().store().read(|connection| outbox::is_proven(connection, record)).unwrap()
    }

    /// What a server keeps: 0 is the study's own.
    fn kept(&self, server: usize, kind: &str) -> Vec<String> {
        let folder = if server == 0 { &self.server_data } else { &self.folders[server - 1] };
        let all = practice::storage::read_all(folder.path(), kind).unwrap();
        all.into_iter().map(|(_, _, text)| text).collect()
    }

    /// How many responses, certificates and Provenances a server keeps.
    fn counts(&self, server: usize) -> [usize; 3] {
        ["QuestionnaireResponse", "DocumentReference", "Provenance"].map(|kind| self.kept(server, kind).len())
    }

    fn task(&self) -> Value {
        parse(self.kept(0, "Task").last().unwrap())
    }

    fn told(&self) -> Told {
        self.assignments().tell_now().unwrap();
        self.assignments().list().unwrap().begun[0].told
    }
}

fn delivering(device: &Device, runtime: &Runtime) -> WorkerHandle {
    let context = context(device, device.server().unwrap());
    let elsewhere = context.everywhere_else(device).unwrap();
    Worker::start_all(Arc::new(context), elsewhere, runtime.handle())
}

const PASSPHRASE: &str = "seven words of one telephone call";

/// A Task's input that names a server.
fn endpoint(address: &str) -> String {
    format!(
        r#"{{"type":{{"coding":[{{"system":"http://hl7.org/fhir/uv/sdc/CodeSystem/temp","code":"response-endpoint"}}]}},"valueUrl":"{address}"}},"#
    )
}

/// The Task names the two further servers.
fn both([_, first, second]: [&str; 3]) -> Vec<String> {
    vec![first.to_owned(), format!("{second}/QuestionnaireResponse")]
}

#[test]
fn each_server_gets_the_same_bytes_once_and_a_proof_of_its_own_and_then_the_task_is_completed() {
    let site = Site::new(both);
    let record = site.signed();
    assert_eq!((site.told(), site.task().str("status")), (Told::InProgress, Some("in-progress")));
    let worker = site.worker();
    until("proof", || site.is_proven(&record));
    assert_eq!(site.counts(0), [0, 0, 0], "only those that are named are sent the answers");
    assert_eq!([site.counts(1), site.counts(2)], [[1, 1, 1]; 2]);
    let items = site.deliveries(&record);
    assert_eq!((items.len(), &items[0].id), (2, &record));
    assert_eq!((&items[0].response, &items[0].identifier), (&items[1].response, &items[1].identifier));
    let signatures = items.iter().map(|item| {
        let proof = parse(std::str::from_utf8(item.provenance.as_ref().unwrap()).unwrap());
        proof.list("signature")[0].str("data").unwrap().to_owned()
    });
    let signatures: Vec<String> = signatures.collect();
    assert_ne!(signatures[0], signatures[1], "each is proven by itself");
    for (at, item) in items.iter().enumerate() {
        let server = site.further[at].base_url();
        assert_eq!(item.endpoint.as_deref(), Some(server));
        assert!(site.kept(at + 1, "Provenance")[0].contains(&signatures[at]), "{server}");
        let subject = format!("record/{}", item.id);
        let asked =
            site.device().store().read(|connection| attempt::of_subject(connection, &subject)).unwrap();
        assert!(asked.iter().all(|one| one.url.starts_with(server)) && asked.len() >= 2, "{asked:?}");
    }
    assert_eq!(site.told(), Told::Completed);
    let task = site.task();
    let reference =
        task.list("output")[0].get("valueReference").unwrap().str("reference").unwrap().to_owned();
    let first = format!(
        "{}/QuestionnaireResponse/{}",
        site.further[0].base_url(),
        items[0].server_id.as_ref().unwrap()
    );
    assert_eq!((task.str("status"), reference.as_str()), (Some("completed"), first.as_str()));
    let rows = outbox_rows(site.device().store()).unwrap();
    assert!(rows.iter().all(|row| row.record == record && row.endpoint.is_some()) && rows.len() == 2);
    let happened = timeline(site.device().store(), &record).unwrap();
    assert_eq!(happened.iter().filter(|one| one.kind == "signed").count(), 1);
    assert_eq!(happened.iter().filter(|one| one.kind == "proven").count(), 2);
    let exported = site.device().export_record(&record, &site.staff).unwrap();
    let exported = std::fs::read_dir(exported.parent().unwrap()).unwrap().count();
    assert_eq!(exported, 2, "one for each server");
    worker.stop();
}

#[test]
fn a_server_that_is_away_or_refuses_the_device_holds_up_nobody_else() {
    let site = Site::new(|[own, first, second]| vec![first.into(), second.into(), own.into()]);
    let record = site.signed();
    let refuses = Fault::Refuse { status: 401, retry_after: None };
    site.further[0].faults().set(Armed::new(refuses, 1).for_type("QuestionnaireResponse"));
    site.further[1].close_listener();
    let worker = site.worker();
    until("the study's own proof", || site.states(&record)[0] == State::Done);
    assert_eq!(site.deliveries(&record)[0].endpoint, None, "the study's own server is the record's");
    let standing = wait_for("both problems", || {
        let elsewhere = worker.elsewhere();
        (elsewhere[0].1.paused.is_some() && elsewhere[1].1.offline).then_some(elsewhere)
    });
    assert_eq!(standing[0].0, site.further[0].base_url());
    assert!(!standing[0].1.offline && standing[1].1.paused.is_none());
    let own = worker.standing();
    assert!(own.paused.is_none() && !own.offline && own.last_contact.is_some());
    let problems: Vec<_> = site.deliveries(&record).into_iter().map(|item| item.problem).collect();
    assert_eq!(problems[1..], [Some("unauthorised".to_owned()), Some("refused".to_owned())]);
    assert!(!site.is_proven(&record));
    assert_eq!((site.told(), site.task().list("output").len()), (Told::InProgress, 0));

    site.further[1].reopen_listener().unwrap();
    worker.send_now().unwrap();
    until("the other proofs", || site.is_proven(&record));
    assert_eq!([site.counts(0), site.counts(1), site.counts(2)], [[1, 1, 1]; 3]);
    assert_eq!(site.told(), Told::Completed);
    let reference = site.task().list("output")[0].get("valueReference").unwrap().to_json();
    assert!(reference.contains(r#""QuestionnaireResponse/"#), "{reference}");
    worker.stop();
}

#[test]
fn an_alert_names_the_server_that_altered_and_the_other_is_done() {
    let site = Site::new(both);
    let record = site.signed();
    site.further[1].faults().set(Armed::new(Fault::AlterAnswer, 1).for_type("QuestionnaireResponse"));
    let worker = site.worker();
    until("an alert", || site.states(&record) == [State::Done, State::Alert]);
    let alerts = alert_rows(site.device().store()).unwrap();
    let [alert] = &alerts[..] else { panic!("one alert") };
    assert_eq!(
        (alert.record.as_str(), alert.endpoint.as_deref()),
        (record.as_str(), Some(site.further[1].base_url()))
    );
    assert!(!site.is_proven(&record));
    assert_eq!(site.told(), Told::InProgress, "the Task waits for every server");
    assert_eq!([site.counts(1), site.counts(2)], [[1, 1, 1], [1, 0, 0]]);
    let report = wait_for("the report", || site.kept(0, "AuditEvent").pop());
    let kept = format!("{}/QuestionnaireResponse/", site.further[1].base_url());
    assert!(report.contains(&kept), "the study's own server is told where: {report}");

    let decision = device::delivery::Decision {
        alert: alert.id.clone(),
        revision: 1,
        action: device::store::alert::Action::SendAgain,
        actor: device::delivery::Actor {
            user: "anna".into(),
            display_name: "Anna".into(),
            role: "coordinator".into(),
        },
        reason: "it was a fault of theirs".to_owned(),
    };
    worker.act(decision).unwrap();
    until("proof", || site.is_proven(&record));
    assert_eq!(
        [site.counts(1), site.counts(2)],
        [[1, 1, 1], [2, 1, 1]],
        "nothing is sent twice to the other"
    );
    assert_eq!(site.told(), Told::Completed);
    worker.stop();
}

#[test]
fn what_is_shown_to_the_studys_server_is_shown_to_no_other() {
    let token = "a-token-that-nobody-else-may-see";
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/fhir", listener.local_addr().unwrap());
    let site = Site::under(both, |configuration| {
        configuration.server.clone_from(&base);
        configuration.policy.authentication = Authentication::Bearer {};
    });
    let endpoint =
        Endpoint { base, name: "Somebody".to_owned(), tolerances: Tolerances::default(), tls_anchors: None };
    site.device().put_access_token(token, &site.staff).unwrap();
    let shown = |client: Client| {
        std::thread::scope(|scope| {
            let seen = scope.spawn(|| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut seen = [0; 8192];
                let length = std::io::Read::read(&mut stream, &mut seen).unwrap();
                String::from_utf8_lossy(&seen[..length]).to_lowercase()
            });
            let _ = site.runtime.block_on(client.create("QuestionnaireResponse", b"{}", None));
            seen.join().unwrap()
        })
    };
    let seen = shown(site.device().server().unwrap());
    assert!(seen.contains(&format!("authorization: bearer {token}")), "{seen}");
    let seen = shown(site.device().endpoint(&endpoint).unwrap());
    assert!(seen.starts_with("post /fhir/questionnaireresponse"), "{seen}");
    for secret in [token, "authorization", "cookie"] {
        assert!(!seen.contains(secret), "{seen}");
    }
}

#[test]
fn what_is_owed_to_further_servers_is_taken_over_and_each_gets_it_once() {
    let site = Site::new(both);
    let record = site.signed();
    site.further[1].close_listener();
    let worker = site.worker();
    until("the first proof", || site.states(&record)[0] == State::Done);
    worker.stop();
    let order = Order {
        to: Target::ExportFolder,
        passphrase: Some(Typed { passphrase: PASSPHRASE, again: PASSPHRASE }),
        drafts: false,
        reason: "The tablet's battery is swelling.",
    };
    let export = site.device().export_emergency(&order, &site.staff).unwrap();
    assert_eq!(export.records, 1, "one response, whatever the number of its servers");

    let second = site.another_device();
    let file = std::fs::read(export.path).unwrap();
    let opened = second.open_emergency(&file, Secret::Passphrase(PASSPHRASE)).unwrap();
    let unsaid = second.take_over(&opened, " ", &site.staff).unwrap_err();
    assert_eq!(unsaid.code(), "reason-missing");
    assert_eq!(
        second.take_over(&opened, order.reason, &site.staff).unwrap().records,
        1,
        "it can be tried again"
    );
    site.further[1].reopen_listener().unwrap();
    let worker = delivering(&second, &site.runtime);
    let proven = || second.store().read(|connection| outbox::is_proven(connection, &record)).unwrap();
    until("proof", proven);
    worker.stop();
    assert_eq!([site.counts(1)[0], site.counts(2)[0]], [1, 1], "nothing is there twice");
    assert_eq!(site.counts(0), [0, 0, 0], "the Task does not name the study's own server");
}

#[test]
fn a_server_that_is_not_listed_is_refused_by_name_and_one_that_no_longer_is_gets_nothing() {
    let refused = |site: &Site| {
        let pulled = site.pulled();
        let [refused] = &pulled.refused[..] else { panic!("{pulled:?}") };
        (refused.reason.clone(), refused.detail.clone())
    };
    let stranger = "https://stranger.example/fhir";
    let site = Site::new(|[_, first, _]| vec![first.into(), stranger.into()]);
    assert_eq!(refused(&site), ("endpoint-elsewhere".to_owned(), stranger.to_owned()));
    let site = Site::new(|[_, first, _]| vec![format!("{first}/QuestionnaireResponse/$process-response")]);
    assert_eq!(refused(&site).0, "endpoint-operation");

    let mut site = Site::new(both);
    let record = site.signed();
    let all = site.configuration.clone();
    let mut fewer = all.clone();
    fewer.policy.assignments.as_mut().unwrap().endpoints.remove(1);
    site.clinic.close();
    site.clinic.open(&fewer);
    let worker = site.worker();
    until("the first proof", || site.states(&record)[0] == State::Done);
    let item = site.deliveries(&record).remove(1);
    assert_eq!((item.state, item.problem.as_deref()), (State::Frozen, Some("endpoint-unlisted")));
    assert_eq!(site.counts(2), [0, 0, 0]);
    worker.stop();
    site.clinic.close();
    site.clinic.open(&all);
    let worker = site.worker();
    until("the other proof", || site.is_proven(&record));
    worker.stop();
}

/// Run by the test below in a process of its own; by itself it does nothing.
#[test]
fn child_that_delivers() {
    let Some(device) = handed_over() else { return };
    let runtime = Runtime::new().unwrap();
    let _worker = delivering(&device, &runtime);
    loop {
        std::thread::park();
    }
}

#[test]
fn a_device_that_is_killed_between_two_servers_sends_nothing_twice() {
    let mut site = Site::new(both);
    let record = site.signed();
    site.clinic.close();

    // The second server acts, and its answer takes forever.
    let drip = Fault::SlowDrip { bytes: 1, every_milliseconds: 1000 };
    site.further[1].faults().set(Armed::new(drip, 1).for_type("QuestionnaireResponse"));
    let so_far = || site.counts(1) == [1, 1, 1] && site.counts(2)[0] == 1;
    site.kill("endpoints::child_that_delivers", "delivery", so_far);

    let configuration = site.configuration.clone();
    site.clinic.open(&configuration);
    assert_eq!(site.states(&record)[1], State::Sending, "the answer never came");
    let worker = site.worker();
    until("proof", || site.is_proven(&record));
    assert_eq!([site.counts(1), site.counts(2)], [[1, 1, 1]; 2]);
    assert_eq!((site.counts(0), site.told()), ([0, 0, 0], Told::Completed));
    worker.stop();
}
