//! What a delivery needs of a server beside the response: reading back, the certificate's document, reports of alerts.

use crate::common;
use crate::connection::{device, failed};

use std::path::Path;

use common::person;
use device::Device;
use device::connection::{Check, Outcome};
use fhir::{Value, Version};
use practice::faults::{Armed, Fault, On};
use practice::{Options, Seeds, Server};
use tempfile::TempDir;

const RESPONSE: &str = "QuestionnaireResponse";
const PROVENANCE: &str = "Provenance";
const DOCUMENT: &str = "DocumentReference";
const EVENT: &str = "AuditEvent";

const KINDS: [&str; 4] = [RESPONSE, PROVENANCE, DOCUMENT, EVENT];

/// A server of its own, and a device that has never checked it.
struct Bench {
    server: practice::Handle,
    device: Device,
    data: TempDir,
    _own: TempDir,
}

impl Bench {
    fn new(version: Version, create: &str) -> Self {
        let release = if version == Version::R5 { "R5" } else { "R4" };
        Self::of(version, &format!(r#"{{"fhirVersion":"{release}","create":"{create}"}}"#))
    }

    fn of(version: Version, policy: &str) -> Self {
        let (data, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let options = Options { data_dir: data.path().to_owned(), port: 0, seeds: Seeds::default(), version };
        let server = Server::start(options).unwrap();
        let device = device(own.path(), server.base_url(), policy);
        Self { server, device, data, _own: own }
    }

    /// Of each release, and each way to create.
    fn each(test: impl Fn(&Self, &str)) {
        for version in [Version::R4, Version::R5] {
            for create in ["post", "put"] {
                test(&Self::new(version, create), create);
            }
        }
    }

    /// How one line came out, while every other is in order.
    fn only(&self, check: Check) -> Said {
        let lines = self.device.check_connection().unwrap();
        for line in lines.iter().filter(|line| line.check != check) {
            let is_good = matches!(line.outcome, Outcome::Passed | Outcome::NotNeeded);
            assert!(is_good, "beside {check:?}: {line:?}");
        }
        said(&lines.iter().find(|line| line.check == check).unwrap().outcome)
    }

    fn refuse(&self, kind: &str, on: On, status: u16, times: u32) {
        let fault = Fault::Refuse { status, retry_after: None };
        self.server.faults().set(Armed::new(fault, times).for_type(kind).on(on));
    }

    fn kept(&self, kind: &str) -> Vec<(String, u32, String)> {
        kept(self.data.path(), kind)
    }
}

/// Every stored version.
fn kept(data: &Path, kind: &str) -> Vec<(String, u32, String)> {
    practice::storage::read_all(data, kind).unwrap()
}

/// The state, the code and the value.
type Said = (&'static str, String, String);

fn said(outcome: &Outcome) -> Said {
    let state = match outcome {
        Outcome::Passed => "passed",
        Outcome::Noticed(_) => "noticed",
        Outcome::Failed(_) => "failed",
        Outcome::NotTried => "not tried",
        Outcome::NotNeeded => "not needed",
    };
    let fault = outcome.fault();
    let value = fault.and_then(device::connection::Fault::value).unwrap_or_default();
    (state, fault.map(|fault| fault.code().to_owned()).unwrap_or_default(), value.to_owned())
}

fn is(state: &'static str, code: &str, value: &str) -> Said {
    (state, code.to_owned(), value.to_owned())
}

fn passed() -> Said {
    is("passed", "", "")
}

#[test]
fn a_good_server_passes_in_each_release_and_keeps_one_of_each_kind() {
    Bench::each(|bench, create| {
        for _ in 0..2 {
            assert_eq!(bench.only(Check::ReadBack), passed(), "{create}");
        }
        for kind in KINDS {
            let [(_, 1, text)] = &bench.kept(kind)[..] else {
                panic!("one {kind}, in one version: {create}")
            };
            let kept = Value::parse(text.as_bytes()).unwrap();
            let tags = kept.get("meta").unwrap().list("tag");
            assert_eq!(tags[0].str("code"), Some("HTEST"), "{text}");
            assert!(!text.contains("Patient"), "{text}");
        }
    });
}

#[test]
fn a_server_that_shows_no_versions_is_remarked_upon_and_one_that_shows_nothing_fails() {
    Bench::each(|bench, create| {
        let version = bench.device.configuration().policy.fhir_version.into();
        // The first read of a Provenance is that of its version; whoever creates by PUT reads a response before.
        for kind in if create == "post" { &[RESPONSE, PROVENANCE][..] } else { &[PROVENANCE] } {
            for status in if version == Version::R4 { &[400, 404, 405, 410, 501][..] } else { &[404] } {
                let bench = Bench::new(version, create);
                bench.refuse(kind, On::Fetch, *status, 1);
                assert_eq!(bench.only(Check::ReadBack), is("noticed", "no-vread", kind), "{status}");
                assert_eq!(bench.only(Check::ReadBack), passed(), "{status}");
            }
            let bench = Bench::new(version, create);
            bench.refuse(kind, On::Fetch, 404, 2);
            assert_eq!(bench.only(Check::ReadBack), is("failed", "not-shown", kind));
            let bench = Bench::new(version, create);
            bench.refuse(kind, On::Fetch, 403, 1);
            assert_eq!(bench.only(Check::ReadBack), is("failed", "read-forbidden", kind));
            let bench = Bench::new(version, create);
            bench.refuse(kind, On::Fetch, 503, 1);
            assert_eq!(bench.only(Check::ReadBack), is("failed", "read-failed", &format!("{kind}: 503")));
        }
    });
}

#[test]
fn a_server_that_answers_otherwise_than_it_shows_fails_while_every_create_looks_right() {
    for version in [Version::R4, Version::R5] {
        let altered = [(RESPONSE, "QuestionnaireResponse.status"), (PROVENANCE, "Provenance.recorded")];
        for (kind, path) in altered {
            let bench = Bench::new(version, "post");
            let faults = bench.server.faults();
            let alter = Fault::AlterLeaf { path: Some(path.to_owned()) };
            faults.set(Armed::new(alter, 1).for_type(kind));
            // A create again answers what is kept: only the first one is echoed.
            faults.set(Armed::new(Fault::Echo, 1).for_type(kind));
            assert_eq!(bench.only(Check::ReadBack), is("failed", "shown-otherwise", kind), "{path}");
        }
    }
}

#[test]
fn a_device_that_may_not_read_is_told_so() {
    let bench = Bench::of(Version::R4, r#"{"authentication":{"method":"bearer"}}"#);
    let authorization = bench.server.authorization();
    authorization.demand();
    bench.device.put_access_token("s3cret", &person("anna")).unwrap();
    authorization.hand_out("s3cret", &client::smart::SCOPE.replace("Response.crus", "Response.cus"));
    let lines = bench.device.check_connection().unwrap();
    let [(Check::ReadBack, why)] = &failed(&lines)[..] else { panic!("{lines:?}") };
    assert!(why.contains("let this device read what it has created"), "{why}");
    authorization.hand_out("s3cret", &client::smart::SCOPE.replace("Reference.crus", "Reference.rus"));
    let lines = bench.device.check_connection().unwrap();
    let [(Check::Certificate, why)] = &failed(&lines)[..] else { panic!("{lines:?}") };
    assert!(why.contains("let this device create DocumentReference"), "{why}");
    authorization.hand_out("s3cret", client::smart::SCOPE);
    assert_eq!(failed(&bench.device.check_connection().unwrap()), []);
}

#[test]
fn a_server_that_does_not_take_the_certificates_document_fails() {
    Bench::each(|bench, create| {
        for on in [On::Search, On::Write] {
            for status in [401, 403] {
                bench.refuse(DOCUMENT, on, status, 1);
                let said = bench.only(Check::Certificate);
                assert_eq!(said, is("failed", "document-forbidden", ""), "{create} {on:?} {status}");
                assert_eq!(bench.kept(DOCUMENT), []);
            }
        }
        bench.refuse(DOCUMENT, On::Search, 404, 1);
        assert_eq!(bench.only(Check::Certificate), is("failed", "document-unsupported", "404"));
        bench.refuse(DOCUMENT, On::Write, 422, 1);
        let (state, code, value) = bench.only(Check::Certificate);
        assert_eq!((state, code.as_str()), ("failed", "create-not-accepted"));
        assert!(value.starts_with("422"), "{value}");
        // The answer was lost: it is there once all the same.
        bench.server.faults().set(Armed::new(Fault::NoAnswer, 1).for_type(DOCUMENT));
        assert_eq!(bench.only(Check::Certificate).0, "failed");
        for _ in 0..2 {
            assert_eq!(bench.only(Check::Certificate), passed());
        }
        assert_eq!(bench.kept(DOCUMENT).len(), 1);
    });
}

#[test]
fn a_server_that_takes_no_reports_is_remarked_upon_and_never_gets_a_second_one() {
    Bench::each(|bench, create| {
        let noticed = |code: &str| is("noticed", code, "");
        bench.refuse(EVENT, On::Search, 403, 1);
        assert_eq!(bench.only(Check::Reports), noticed("reports-search-forbidden"), "{create}");
        bench.refuse(EVENT, On::Search, 501, 1);
        assert_eq!(bench.only(Check::Reports), noticed("reports-unsupported"), "{create}");
        assert_eq!(bench.kept(EVENT), [], "what cannot be looked for is not created");
        bench.refuse(EVENT, On::Write, 403, 1);
        let (state, code, value) = bench.only(Check::Reports);
        assert_eq!((state, code.as_str()), ("noticed", "reports-refused"));
        assert!(value.starts_with("403"), "{value}");
        assert_eq!(bench.kept(EVENT), []);

        // The answer was lost: the next check finds it.
        bench.server.faults().set(Armed::new(Fault::NoAnswer, 1).for_type(EVENT));
        assert_eq!(bench.only(Check::Reports).0, "noticed", "{create}");
        assert_eq!(bench.only(Check::Reports), passed(), "{create}");
        assert_eq!(bench.kept(EVENT).len(), 1);
    });
}

#[test]
fn a_report_that_the_server_does_not_find_is_not_created_again_unless_it_is_gone() {
    Bench::each(|bench, create| {
        let blind =
            || bench.server.faults().set(Armed::new(Fault::FindsNothing, 9).for_type(EVENT).on(On::Search));
        for _ in 0..3 {
            blind();
            assert_eq!(bench.only(Check::Reports), is("noticed", "reports-not-found", ""), "{create}");
        }
        let [(id, 1, first)] = &bench.kept(EVENT)[..] else { panic!("one AuditEvent") };
        bench.server.faults().clear();
        assert_eq!(bench.only(Check::Reports), passed(), "{create}");

        // Somebody has tidied up.
        let gone = [
            (Fault::Refuse { status: 410, retry_after: None }, On::Fetch),
            (Fault::FindsNothing, On::Search),
        ];
        for (fault, on) in gone {
            bench.server.faults().set(Armed::new(fault, 1).for_type(EVENT).on(on));
        }
        assert_eq!(bench.only(Check::Reports), passed(), "{create}");
        let stored = bench.kept(EVENT);
        assert_eq!(stored.len(), 2, "what is gone is created again");
        assert_ne!(*id, stored[1].0);
        let recorded = |text: &str| Value::parse(text.as_bytes()).unwrap().str("recorded").map(str::to_owned);
        assert!(recorded(first).is_some());
        assert_eq!(recorded(first), recorded(&stored[1].2), "at the time by which it is found");
    });
}

#[test]
fn each_further_server_of_the_study_is_tried_by_itself_and_keeps_nothing() {
    let data = TempDir::new().unwrap();
    let options =
        Options { data_dir: data.path().to_owned(), port: 0, seeds: Seeds::default(), version: Version::R4 };
    let other = Server::start(options).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let secured = practice::testing::Secured::start(&other, None);
    let closed = format!("http://{free}/fhir");
    let [open, tls] = [other.base_url(), secured.base_url()];
    let listed = [open, closed.as_str(), tls].map(|base| format!(r#"{{"base":"{base}","name":"{base}"}}"#));
    let policy = format!(r#"{{"assignments":{{"endpoints":[{}]}}}}"#, listed.join(","));
    let bench = Bench::of(Version::R4, &policy);
    let tried = || {
        let lines = bench.device.check_connection().unwrap();
        let others = lines.iter().filter_map(|line| {
            let (state, code, _) = said(&line.outcome);
            Some((line.server.clone()?, line.check.as_str(), state, code))
        });
        others.collect::<Vec<_>>()
    };
    let line = |server: &str, check, state, code: &str| (server.to_owned(), check, state, code.to_owned());
    let expected = [
        line(open, "reached", "passed", ""),
        line(open, "secure", "not needed", ""),
        line(&closed, "reached", "failed", "refused"),
        line(&closed, "secure", "not tried", ""),
        line(tls, "reached", "passed", ""),
        line(tls, "secure", "failed", "tls-untrusted"),
    ];
    assert_eq!(tried(), expected);
    bench.server.close_listener();
    assert_eq!(tried(), expected, "also where the study's own server is away");
    for kind in KINDS {
        assert_eq!(kept(data.path(), kind), [], "a further server is asked for nothing else");
    }
}
