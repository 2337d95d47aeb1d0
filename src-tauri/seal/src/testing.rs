//! An authority and a device in memory, for tests. Keys are fixed, so that sealed bytes are the same in every run
//! (ECDSA is deterministic, RFC 6979).
//!
//! Panics are fine here: a test that cannot make its own certificates has nothing to say.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use fhir::Value;
use jiff::{SignedDuration, Timestamp};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

use crate::issue::{Authority, Revoked, SanPolicy, Validity};
use crate::{Anchors, CertificateChain, CertificateRequest, Crl, Party, SignError, Signer, Statement, csr};

/// The identifier of the test device, and the URI in its certificate.
pub const DEVICE_IDENTIFIER: &str = "urn:uuid:7c0f0f6e-2c1b-4d7c-9a53-5d0c1b1f2a10";

/// When the fixtures are signed: 2026-11-21T08:41:07Z.
pub const SIGNED_AT: i64 = 1_795_250_467;

/// A root and an intermediate authority.
#[derive(Debug)]
pub struct TestAuthority {
    /// The anchor.
    pub root: Authority,
    /// What issues to devices.
    pub intermediate: Authority,
}

/// A P-256 key with its chain.
pub struct TestSigner {
    key: SigningKey,
    chain: CertificateChain,
}

/// A key whose scalar is `seed` in every byte.
pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).expect("the seed is a valid scalar")
}

/// The time of the fixtures.
pub fn signed_at() -> Timestamp {
    Timestamp::from_second(SIGNED_AT).expect("the fixed time is a time")
}

/// `days` after (or, negative, before) the time of the fixtures.
pub fn days(days: i64) -> Timestamp {
    signed_at() + SignedDuration::from_hours(24 * days)
}

impl TestAuthority {
    /// An authority whose keys and names derive from `seed`: two seeds are two authorities that do not know each other.
    pub fn new(seed: u8) -> Self {
        let long = Validity { not_before: days(-400), not_after: days(4000) };
        let root = Authority::new(&format!("CN=Test root {seed}"), key(seed), [seed; 16], long)
            .expect("the root can be made");
        let intermediate = root
            .intermediate(&format!("CN=Test authority {seed}"), key(seed + 1), [seed + 1; 16], long)
            .expect("the intermediate can be made");
        Self { root, intermediate }
    }

    /// The root as configured trust.
    pub fn anchors(&self) -> Anchors {
        Anchors::from_pem(self.root.certificate_pem().as_bytes()).expect("the root can be read")
    }

    /// A device's signer, certified for a year around the time of the fixtures.
    pub fn signer(&self, seed: u8, device_identifier: &str) -> TestSigner {
        self.signer_valid(seed, device_identifier, days(-30), days(335))
    }

    /// A device's signer with this validity.
    pub fn signer_valid(
        &self,
        seed: u8,
        device_identifier: &str,
        not_before: Timestamp,
        not_after: Timestamp,
    ) -> TestSigner {
        TestSigner::enrolled(seed, device_identifier, |request| {
            let policy = SanPolicy::Exactly(device_identifier);
            let leaf = self
                .intermediate
                .issue_leaf(request.der(), policy, [seed; 16], not_before, not_after)
                .expect("the certificate can be issued");
            CertificateChain::from_ders(vec![leaf, self.intermediate.certificate_der().to_vec()])
                .expect("the chain can be read")
        })
    }

    /// Lists of the root and of the intermediate, made the day after the fixtures are signed.
    pub fn crls(&self, revoked: &[Revoked]) -> Vec<Crl> {
        let list = |authority: &Authority, revoked: &[Revoked]| {
            authority.crl(revoked, days(1), days(31), 1).expect("the list can be made")
        };
        vec![list(&self.root, &[]), list(&self.intermediate, revoked)]
    }
}

impl TestSigner {
    /// The key of this seed, with the chain that `issue` gives for its request.
    pub fn enrolled(
        seed: u8,
        device_identifier: &str,
        issue: impl FnOnce(&CertificateRequest) -> CertificateChain,
    ) -> Self {
        let key = key(seed);
        let request =
            csr(key.verifying_key(), "Attesta tablet", device_identifier, |bytes| Ok(sign(&key, bytes)))
                .expect("the request can be made");
        let chain = issue(&request);
        Self { key, chain }
    }

    /// This key with another chain, as a thief or a careless authority would have it.
    #[must_use]
    pub fn with_chain(&self, chain: CertificateChain) -> Self {
        Self { key: self.key.clone(), chain }
    }

    /// The key.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }
}

impl Signer for TestSigner {
    fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    fn sign(&self, signing_input: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(sign(&self.key, signing_input))
    }
}

/// Shows whose key it is, never the key.
impl std::fmt::Debug for TestSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestSigner").field("chain", &self.chain).finish_non_exhaustive()
    }
}

fn sign(key: &SigningKey, bytes: &[u8]) -> [u8; 64] {
    let signature: Signature = key.sign(bytes);
    signature.to_bytes().into()
}

/// The test device.
pub fn device() -> Party {
    Party {
        reference: "Device/device-014-3".to_owned(),
        identifier_system: "urn:ietf:rfc:3986".to_owned(),
        identifier_value: DEVICE_IDENTIFIER.to_owned(),
    }
}

/// The test participant.
pub fn patient() -> Party {
    Party {
        reference: "Patient/patient-014-0027".to_owned(),
        identifier_system: "https://attesta.example/participants".to_owned(),
        identifier_value: "014-0027".to_owned(),
    }
}

/// What the test participant stated.
pub fn statement() -> Statement {
    Statement {
        printed_name: "014-0027".to_owned(),
        meaning: "I filled in this questionnaire myself. These are my answers.".to_owned(),
        signed_at: "2026-11-21T09:41:07+01:00".to_owned(),
        subject_id: "014-0027".to_owned(),
        authentication: "id+pin".to_owned(),
        pin_set_at: "2026-11-20T10:00:00+01:00".to_owned(),
        language: "en".to_owned(),
        questionnaire_s256: crate::encoding::base64url([1; 32]),
        display_s256: crate::encoding::base64url([2; 32]),
        configuration_s256: crate::encoding::base64url([3; 32]),
        application: "Attesta 0.1.0".to_owned(),
    }
}

/// A completed, unsigned response.
pub fn response() -> Value {
    let (patient, author) = (patient().to_reference(), patient().to_reference());
    fhir::object! {
        "resourceType" => "QuestionnaireResponse",
        "identifier" => fhir::object! {
            "system" => "urn:ietf:rfc:3986",
            "value" => "urn:uuid:0b1c7a52-4c52-4a5e-8d7e-6a2f9a1f0c11",
        },
        "questionnaire" => "https://attesta.example/Questionnaire/pain-diary|1.0.0",
        "status" => "completed",
        "language" => "en",
        "subject" => patient.clone(),
        "authored" => "2026-11-21T09:40:58+01:00",
        "author" => author,
        "source" => patient,
        "item" => fhir::array![
            fhir::object! {
                "linkId" => "1",
                "text" => "How strong is your pain now?",
                "answer" => fhir::array![fhir::object! { "valueDecimal" => number("72.50") }],
            },
            fhir::object! {
                "linkId" => "2",
                "text" => "Did you take a painkiller today?",
                "answer" => fhir::array![fhir::object! { "valueBoolean" => true }],
            },
        ],
    }
}

/// A number with this text.
pub fn number(text: &str) -> fhir::Number {
    fhir::Number::new(text).expect("the text is a number")
}

/// What a faithful server makes of a response: its own `id` and `meta`, a minute after the signature.
pub fn returned(sent: &Value) -> Value {
    let meta = fhir::object! { "versionId" => "1", "lastUpdated" => "2026-11-21T08:42:00.000Z" };
    let mut members = fhir::Object::new();
    for (name, value) in sent.as_object().expect("a response is an object").iter() {
        members.insert(name, value.clone());
        if name == "resourceType" {
            members.insert("id", "r1");
            members.insert("meta", meta.clone());
        }
    }
    members.into()
}
