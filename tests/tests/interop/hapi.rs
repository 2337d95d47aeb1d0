//! The whole way of a record with HAPI FHIR's JPA server in place of the practice server: the device's own code, R4 and
//! R5, JSON and XML. One server a release, since it takes long to start; the steps follow each other. What has more than
//! one step of its own is in the modules `hapi_…`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use attesta_tests::delivery::{
    DEVICE, MemoryKey, context, device_party, drained, insert, item, open_store, patient, secret, sign_as,
    wait_for,
};
use attesta_tests::interop::{Hapi, Peer};
use client::{Client, Format, Options};
use device::delivery::{Actor, Decision, State, Worker, WorkerHandle, alert_detail, alert_rows};
use device::store::Store;
use device::store::alert::Action;
use device::store::outbox::{Item, NewItem};
use device::{Create, FhirVersion, Tolerances};
use fhir::{Value, Version, array, object};
use jiff::{SignedDuration, Zoned};
use seal::verify::{Aspect, Trust, Verdict, verify_response};
use seal::{Anchors, Signer, Tolerance};

use crate::{hapi_altered, hapi_check, hapi_killed, hapi_look, hapi_overlap, hapi_tasks};

#[test]
fn in_r4_a_record_reaches_hapi_fhir_once_and_proven() {
    if Peer::Hapi.is_ready() {
        whole_way(Version::R4);
    }
}

#[test]
fn in_r5_a_record_reaches_hapi_fhir_once_and_proven() {
    if Peer::Hapi.is_ready() {
        whole_way(Version::R5);
    }
}

fn whole_way(version: Version) {
    let mut site = Site::new(version);
    hapi_check::what_the_server_lacks_is_said_line_by_line(&site);
    site.a_reference_to_nobody_is_quarantined_with_the_servers_words();
    site.without_the_tolerance_the_lost_version_is_an_alert();
    for format in [Format::Json, Format::Xml] {
        site.with_the_tolerance_the_record_is_proven(format);
        hapi_look::what_proves_a_record_is_shown_as_it_was_acknowledged(&site, format);
    }
    site.creating_by_put_is_refused_by_the_probe();
    hapi_check::what_the_server_does_is_said_line_by_line(&site);
    hapi_tasks::tasks_are_pulled_answered_proven_and_completed(&site);
    hapi_altered::an_altered_response_is_found_corrected_and_proven(&site);
    hapi_overlap::creates_that_are_in_flight_at_the_same_time_make_one_resource(&site);
    hapi_killed::a_device_that_is_killed_with_open_records_delivers_each_once(&site);
    site.a_server_that_dies_in_the_middle_keeps_each_once();
}

/// A server, a certificate authority, and whatever devices a step needs.
pub(crate) struct Site {
    pub(crate) version: Version,
    pub(crate) hapi: Hapi,
    pub(crate) authority: practice::Handle,
    signer: Arc<dyn Signer>,
    pub(crate) runtime: tokio::runtime::Runtime,
    _data: tempfile::TempDir,
}

/// One device with its own store.
pub(crate) struct Desk {
    pub(crate) store: Arc<Store>,
    pub(crate) worker: WorkerHandle,
    /// By how many seconds its clock is ahead.
    pub(crate) ahead: Arc<AtomicI64>,
    _data: tempfile::TempDir,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.worker.stop();
    }
}

impl Desk {
    pub(crate) fn settled(&self, record: &str) -> Item {
        drained(&self.worker, Duration::from_mins(2));
        item(&self.store, record)
    }

    pub(crate) fn send(&self, item: NewItem) -> String {
        let record = insert(&self.store, item);
        self.worker.wake();
        record
    }
}

impl Site {
    fn new(version: Version) -> Self {
        let data = tempfile::tempdir().unwrap();
        // The practice server's certificate authority alone: nothing is delivered there.
        let authority = practice::Server::start(practice::Options {
            data_dir: data.path().to_owned(),
            port: 0,
            seeds: practice::Seeds::practice(DEVICE, Vec::new(), version),
            version,
        })
        .unwrap();
        let key =
            MemoryKey::enrol(&secret(), |request| authority.issue_certificate(request.as_bytes()).unwrap());
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { version, hapi: Hapi::start(version), authority, signer: Arc::new(key), runtime, _data: data }
    }

    pub(crate) fn desk(&self, format: Format, tolerances: &[Tolerance]) -> Desk {
        self.desk_that(&self.hapi.base_url(), Create::Post, format, tolerances)
    }

    /// One whose study allows what HAPI FHIR does, and which reaches it at this address.
    pub(crate) fn desk_at(&self, base: &str) -> Desk {
        self.desk_that(base, Create::Post, Format::Json, &[Tolerance::ReferencesLoseVersion])
    }

    fn desk_that(&self, base: &str, create: Create, format: Format, tolerances: &[Tolerance]) -> Desk {
        let data = tempfile::tempdir().unwrap();
        let store = open_store(data.path(), &secret());
        let mut context = context(&store, base, &self.signer, Duration::from_millis(200));
        // The first requests of a Java process take their time.
        let options =
            Options { timeout: Duration::from_mins(1), format, version: self.version, ..Options::default() };
        context.client = Client::new(base, options).unwrap();
        context.create = create;
        context.tolerances = Tolerances::from(tolerances.to_vec());
        context.fhir_version = self.release();
        let ahead = Arc::new(AtomicI64::new(0));
        let by = Arc::clone(&ahead);
        context.clock =
            Arc::new(move || &Zoned::now() + SignedDuration::from_secs(by.load(Ordering::SeqCst)));
        let worker = Worker::start(Arc::new(context), self.runtime.handle());
        Desk { store, worker, ahead, _data: data }
    }

    pub(crate) fn release(&self) -> FhirVersion {
        match self.version {
            Version::R4 => FhirVersion::R4,
            Version::R5 => FhirVersion::R5,
        }
    }

    pub(crate) fn signed(&self) -> NewItem {
        self.signed_by(self.signer.as_ref())
    }

    pub(crate) fn signed_by(&self, signer: &dyn Signer) -> NewItem {
        sign_as(self.version, &device_party(), signer)
    }

    pub(crate) fn request<T>(&self, request: impl AsyncFnOnce(&Client) -> T) -> T {
        let options = Options { timeout: Duration::from_mins(1), ..Options::default() };
        let client = Client::new(&self.hapi.base_url(), options).unwrap();
        self.runtime.block_on(request(&client))
    }

    /// A Patient and a Device under the ids that the responses refer to.
    fn seed(&self) {
        for (kind, party) in [("Patient", patient()), ("Device", device_party())] {
            let id = party.reference.split_once('/').unwrap().1;
            let identifier =
                object! { "system" => party.identifier_system, "value" => party.identifier_value };
            let resource = object! { "resourceType" => kind, "id" => id, "identifier" => array![identifier] };
            let answer = self.request(async |client| {
                client.update(kind, id, resource.to_json().as_bytes(), None).await.unwrap()
            });
            assert!(matches!(answer.status, 200 | 201), "{kind}: {}", answer.status);
        }
    }

    /// What the server finds under the record's identifier.
    pub(crate) fn found(&self, record: &Item) -> Vec<Value> {
        let token = format!("urn:ietf:rfc:3986|{}", record.identifier);
        self.searched("QuestionnaireResponse", ("identifier", &token))
    }

    pub(crate) fn searched(&self, kind: &str, parameter: (&str, &str)) -> Vec<Value> {
        self.request(async |client| {
            let answer = client.search(kind, &[parameter]).await.unwrap();
            client.page(&answer).unwrap().matches
        })
    }

    /// A version, as `TYPE/ID/_history/VERSION` names it.
    pub(crate) fn read(&self, target: &str) -> Value {
        let parts: Vec<&str> = target.split('/').collect();
        let answer = self.request(async |client| client.vread(parts[0], parts[1], parts[3]).await.unwrap());
        assert_eq!(answer.status, 200, "{target}");
        answer.resource().unwrap().unwrap()
    }

    /// What the server keeps verifies on its own, from outside.
    pub(crate) fn assert_proven(&self, record: &Item) {
        assert_eq!(record.state, State::Done, "{:?}", record.problem);
        assert_eq!(self.found(record).len(), 1, "one resource for one record");
        let response = self.read(&record.target().unwrap());
        let provenance = self.read(&record.provenance_target().unwrap());
        let target = provenance.list("target")[0].str("reference").unwrap();
        assert!(!target.contains("_history"), "HAPI FHIR strips versions by default: {target}");
        let anchors = Anchors::from_pem(self.authority.anchor_pem().as_bytes()).unwrap();
        let trust = Trust::new(Some(&anchors), Zoned::now().timestamp());
        let report = verify_response(&response, &[provenance], &trust);
        for aspect in [Aspect::Signature, Aspect::Identity, Aspect::Time, Aspect::Linkage] {
            assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?} in {report:?}");
        }
        let sealed = report.signatures.iter().find(|one| one.kind == "persistence").unwrap();
        assert!(format!("{:?}", sealed.verdicts).contains("linked-tolerated"), "{report:?}");
    }

    /// HAPI FHIR wants the target of every reference to be there; what it says about it reaches the staff.
    fn a_reference_to_nobody_is_quarantined_with_the_servers_words(&self) {
        let desk = self.desk(Format::Json, &[Tolerance::ReferencesLoseVersion]);
        let record = desk.send(self.signed());
        assert_eq!(desk.settled(&record).state, State::Quarantined);
        let alert = alert_rows(&desk.store).unwrap().remove(0);
        let detail = alert_detail(&desk.store, &alert.id).unwrap();
        assert_eq!(detail.status, Some(400));
        assert!(
            detail.refusal[0].contains("not found, specified in path: QuestionnaireResponse."),
            "{detail:?}"
        );

        self.seed();
        let decision = Decision {
            alert: alert.id,
            revision: detail.revision,
            action: Action::SendAgain,
            actor: Actor {
                user: "b.weber".to_owned(),
                display_name: "Britta Weber".to_owned(),
                role: "coordinator".to_owned(),
            },
            reason: "The server did not know the participant yet.".to_owned(),
        };
        desk.worker.act(decision).unwrap();
        self.assert_proven(&desk.settled(&record));
    }

    fn without_the_tolerance_the_lost_version_is_an_alert(&self) {
        let desk = self.desk(Format::Json, &[]);
        let record = desk.send(self.signed());
        assert_eq!(desk.settled(&record).state, State::Alert);
        let alert = alert_rows(&desk.store).unwrap().remove(0);
        let changes = alert_detail(&desk.store, &alert.id).unwrap().changes;
        let paths: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["Provenance.target[0].reference"]);
    }

    fn with_the_tolerance_the_record_is_proven(&self, format: Format) {
        let desk = self.desk(format, &[Tolerance::ReferencesLoseVersion]);
        let record = desk.send(self.signed());
        let record = desk.settled(&record);
        self.assert_proven(&record);
        let timeline = device::delivery::timeline(&desk.store, &record.id).unwrap();
        let tolerated: Vec<_> = timeline.iter().filter(|entry| entry.kind == "tolerated").collect();
        let detail = tolerated[0].detail.as_deref().unwrap();
        assert!(
            tolerated.len() == 1 && detail.starts_with("references-lose-version Provenance/"),
            "{detail}"
        );
    }

    /// HAPI FHIR 8.8 overwrites all the same: the probe finds out, nothing is sent, and the outbox says why.
    fn creating_by_put_is_refused_by_the_probe(&self) {
        let desk = self.desk_that(
            &self.hapi.base_url(),
            Create::Put,
            Format::Json,
            &[Tolerance::ReferencesLoseVersion],
        );
        let record = desk.send(self.signed());
        let record = wait_for(Duration::from_mins(2), || {
            let item = item(&desk.store, &record);
            let refused = item.problem.as_deref() == Some("put-unproven");
            (refused || !item.state.is_active()).then_some(item)
        });
        assert_eq!((record.state, record.problem.as_deref()), (State::Frozen, Some("put-unproven")));
        assert!(self.found(&record).is_empty(), "nothing is sent to a server that overwrites");
    }

    fn a_server_that_dies_in_the_middle_keeps_each_once(&mut self) {
        let desk = self.desk(Format::Json, &[Tolerance::ReferencesLoseVersion]);
        let records: Vec<String> = (0..12).map(|_| insert(&desk.store, self.signed())).collect();
        desk.worker.wake();
        let begun = || records.iter().filter(|id| item(&desk.store, id).attempts > 0).count();
        wait_for(Duration::from_mins(1), || (begun() >= 3).then_some(()));
        self.hapi.kill();
        self.hapi.start_again();
        desk.worker.send_now().unwrap();
        for record in &records {
            self.assert_proven(&desk.settled(record));
        }
    }
}
