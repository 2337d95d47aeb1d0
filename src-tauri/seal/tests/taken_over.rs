//! A record that one device captured and another one proves, because it took it over from an emergency export.

use crate::common;

use common::{Sealed, TARGET, assert_finding, captured, finding, now, persisted_at, with};
use fhir::{Value, Version};
use seal::export::{self, Record, pack_record};
use seal::profile::PART11;
use seal::testing::{self, TestAuthority, TestSigner};
use seal::verify::{Aspect, Trust, Verdict};
use seal::{Activity, Party, TakenOver, Terms, attach, captured_by, detach};

const SECOND: &str = "urn:uuid:00000000-0000-4000-8000-0000000000b2";
const EXPORT: &str = "urn:uuid:00000000-0000-4000-8000-0000000000ee";
const KIND: &str = "example+json";

fn second() -> Party {
    Party { reference: "Device/second".into(), identifier_value: SECOND.into(), ..testing::device() }
}

/// What the second device's signature makes of the first one's response.
fn proven_by_second(
    response: &Value,
    who: &Party,
    taken_over: Option<TakenOver<'_>>,
    signer: &TestSigner,
) -> Value {
    let terms = Terms { application: "Attesta 0.1.0", tolerances: &[], taken_over };
    let signature =
        seal::persistence(response, TARGET, &Activity::Create, persisted_at(), who, terms, signer).unwrap();
    seal::provenance(response, &signature).unwrap()
}

struct Taken {
    sealed: Sealed,
    second: TestSigner,
}

impl Taken {
    fn new() -> Self {
        let authority = TestAuthority::new(40);
        let first = authority.signer(7, testing::DEVICE_IDENTIFIER);
        let second_signer = authority.signer(8, SECOND);
        let response = testing::returned(&captured(&testing::response(), &testing::statement(), &first));
        let provenance = proven_by_second(&response, &second(), Some(statement()), &second_signer);
        Self {
            sealed: Sealed { response, provenance, ..Sealed::by(authority, first) },
            second: second_signer,
        }
    }
}

fn statement() -> TakenOver<'static> {
    TakenOver { captured_by: testing::DEVICE_IDENTIFIER, export: EXPORT }
}

#[test]
fn the_second_device_proves_the_record_and_says_from_whom_it_is() {
    let taken = Taken::new();
    let report = taken.sealed.verify();
    assert_eq!(report.exit_code(), 0, "{:?}", report.verdicts);
    let linkage = finding(&report, Aspect::Linkage);
    assert!(linkage.reason.contains(testing::DEVICE_IDENTIFIER) && linkage.reason.contains(EXPORT));
    let provenance = &taken.sealed.provenance;
    assert_eq!(PART11.violations(provenance, Version::R4), []);
    let identifier = |agent: &Value| {
        let who = agent.get("who").and_then(|who| who.get("identifier"));
        who.and_then(|one| one.str("value")).map(str::to_owned)
    };
    let devices: Vec<_> = provenance.list("agent").iter().skip(1).filter_map(identifier).collect();
    assert_eq!(devices, [testing::DEVICE_IDENTIFIER, SECOND], "each device with its own certificate");
    assert_eq!(provenance.list("entity")[0].str("role"), Some("source"));
    let (first, chain) = captured_by(&taken.sealed.response).unwrap();
    assert_eq!((first, chain), (testing::device(), seal::Signer::chain(&taken.sealed.signer).clone()));
}

#[test]
fn both_devices_may_prove_the_same_version() {
    let taken = Taken::new();
    let own = common::proven(&taken.sealed.response, &taken.sealed.signer);
    for order in [[&own, &taken.sealed.provenance], [&taken.sealed.provenance, &own]] {
        let report = taken.sealed.verify_with(&taken.sealed.response, &order);
        assert_eq!(report.exit_code(), 0, "{:?}", report.verdicts);
    }
}

#[test]
fn whoever_does_not_say_so_or_says_something_else_is_refused() {
    let taken = Taken::new();
    let response = &taken.sealed.response;
    let refused = |provenance: &Value, code: &str| {
        let report = taken.sealed.verify_with(response, &[provenance]);
        assert_finding(&report, Aspect::Linkage, Verdict::Invalid, code);
    };
    refused(&proven_by_second(response, &second(), None, &taken.second), "device-mismatch");
    let other = TakenOver { captured_by: SECOND, ..statement() };
    refused(&proven_by_second(response, &second(), Some(other), &taken.second), "device-mismatch");
    // Nobody takes over from itself.
    let own = proven_by_second(response, &testing::device(), Some(statement()), &taken.sealed.signer);
    refused(&own, "device-mismatch");
    for unclear in
        [TakenOver { export: "an export", ..statement() }, TakenOver { captured_by: "", export: "" }]
    {
        let terms = Terms { application: "Attesta 0.1.0", tolerances: &[], taken_over: Some(unclear) };
        let signature = seal::persistence(
            response,
            TARGET,
            &Activity::Create,
            persisted_at(),
            &second(),
            terms,
            &taken.second,
        );
        assert!(seal::provenance(response, &signature.unwrap()).is_err());
    }
}

#[test]
fn what_the_provenance_says_around_it_follows_from_the_signature() {
    let taken = Taken::new();
    for (path, new) in [
        (&["agent", "1", "who", "identifier", "value"][..], SECOND),
        (&["agent", "2", "who", "reference"], "Device/other"),
        (&["entity", "0", "what", "identifier", "value"], "urn:uuid:00000000-0000-4000-8000-0000000000ff"),
        (&["entity", "0", "role"], "quotation"),
    ] {
        let provenance = with(&taken.sealed.provenance, path, new);
        let report = taken.sealed.verify_with(&taken.sealed.response, &[&provenance]);
        assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "provenance-mismatch");
    }
}

#[test]
fn the_second_device_exports_the_record_and_its_list_of_files_says_so() {
    let taken = Taken::new();
    let (response, provenance) = (taken.sealed.response.to_json(), taken.sealed.provenance.to_json());
    let first = seal::Signer::chain(&taken.sealed.signer);
    let document = seal::certificate_document(first, &testing::device(), Version::R4).to_json();
    let packed = |taken_over, provenance| {
        let record = Record {
            response: response.as_bytes(),
            provenance,
            document_reference: Some(document.as_bytes()),
            chains: &[first, seal::Signer::chain(&taken.second)],
            crls: &taken.sealed.crls,
            audit_trail: b"[]",
            evidence: None,
            taken_over,
        };
        let files = pack_record(&record, testing::days(2), "Attesta 0.1.0", &taken.second).unwrap();
        export::check(&files, Some(&taken.sealed.anchors), now())
    };
    let report = packed(Some(statement()), Some(provenance.as_bytes()));
    assert_eq!(report.exit_code(), 0, "{:?}", report.verdicts);
    // Not proven yet: nothing is invalid.
    let report = packed(Some(statement()), None);
    assert!(report.verdicts.iter().all(|one| one.verdict != Verdict::Invalid), "{:?}", report.verdicts);
    let report = packed(None, Some(provenance.as_bytes()));
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "manifest-by-other-device");
}

#[test]
fn content_travels_with_its_signature() {
    let taken = Taken::new();
    let (sealed, at) = (&taken.sealed, persisted_at());
    let text = attach(b"{\"a\":1}", KIND, at, &sealed.signer).unwrap();
    let trust = sealed.trust();
    let read = detach(&text, KIND, &trust).unwrap();
    assert_eq!((read.content.as_slice(), read.issued_at), (&b"{\"a\":1}"[..], at));
    assert_eq!(read.chain.san_uri(), Some(testing::DEVICE_IDENTIFIER));
    let why = |text: &str, kind: &str, trust: &Trust<'_>| detach(text, kind, trust).unwrap_err().to_string();
    assert!(why(&text, "other+json", &trust).contains("other+json"));
    let parts: Vec<&str> = text.split('.').collect();
    let altered = [parts[0], &common::base64url("{\"a\":2}"), parts[2]].join(".");
    assert!(why(&altered, KIND, &trust).contains("altered"));
    assert!(why(&text[..text.len() - 4], KIND, &trust).contains("bytes are not"));
    assert!(why(&parts[..2].join("."), KIND, &trust).contains("compact JWS"));
    let other = TestAuthority::new(50);
    let stranger = other.anchors();
    assert!(why(&text, KIND, &Trust::new(Some(&stranger), now())).contains("trust anchors"));
    // Years later: whoever exports may be the one whose certificate nobody renewed.
    let late = attach(b"{}", KIND, testing::days(3000), &sealed.signer).unwrap();
    detach(&late, KIND, &Trust::new(Some(&sealed.anchors), testing::days(3001))).unwrap();
}
