//! Freezing: the one moment at which the app may say "saved".

use std::time::{Duration, Instant};

use jiff::{Timestamp, Zoned};
use questionnaire::{Reference, ResponseContext, Session, validate};
use seal::{Party, Signer as _, Statement};
use sha2::{Digest, Sha256};

use crate::accounts::Staff;
use crate::pin::PatientAct;
use crate::store::audit::{self, NewEntry};
use crate::store::outbox::{self, NewItem};
use crate::store::{assignment, draft_event, participant, questionnaire as form, revoked, visit};
use crate::{APPLICATION, Device, Error, ProvenanceProfile, clock};

/// How many broken rules are named when a response is refused.
const MOST_NAMED: usize = 5;

/// What the patient reads above the PIN, in the language of the session.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The signer's name as printed; in a study the participant's code.
    pub printed_name: &'a str,
    /// What signing means.
    pub meaning: &'a str,
    /// Title of the questionnaire as staff see it in the outbox.
    pub title: &'a str,
}

/// A frozen response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// The outbox item.
    pub record: String,
    /// `QuestionnaireResponse.identifier.value`: `urn:uuid:…`.
    pub identifier: String,
    /// When it was signed, RFC 3339 with offset.
    pub signed_at: String,
    /// Building and signing the response.
    pub signing: Duration,
    /// Storing it, most of it the flush to the disk.
    pub committing: Duration,
}

impl Device {
    /// Signs what the patient has just agreed to and freezes it: the response with its capture signature, the outbox
    /// item, the visit's end and the audit entry in one transaction. When this returns, it is on the disk, and its
    /// bytes are never built again.
    ///
    /// `act` is used up, whatever the outcome.
    ///
    /// # Errors
    /// [`Error::ActInvalid`], [`Error::ClockBehind`], [`Error::CertificateNotYetValid`],
    /// [`Error::CertificateExpired`], [`Error::CertificateRevoked`], [`Error::NotEnrolled`], [`Error::SealingKeyMissing`], [`Error::StaleRevision`]
    /// when the draft has moved on, [`Error::WrongState`], [`Error::ResponseInvalid`] when the Questionnaire does not
    /// allow the response, [`Error::DiskFull`]: the draft is kept in every case.
    // The act is taken by value because it may be used once only.
    #[allow(clippy::needless_pass_by_value)]
    pub fn freeze(
        &self,
        visit: &str,
        session: &Session,
        act: PatientAct,
        words: Words<'_>,
    ) -> Result<Frozen, Error> {
        let started = Instant::now();
        let now = self.now();
        act.check(visit, session, now.timestamp())?;
        if !session.is_reviewed() {
            return Err(Error::WrongState("not reviewed".into()));
        }
        let key = self.sealing_key()?;
        check_validity(key.chain(), now.timestamp())?;
        self.check_revocation(&key.chain().thumbprint_hex())?;
        self.check_clock(visit, &now)?;
        let participant = self.store().read(|connection| participant::by_id(connection, &act.participant))?;
        let patient = participant.party();
        let uuid = uuid::Uuid::new_v4().to_string();
        let unsigned = self.response(session, &patient, &uuid, &now)?;
        self.check_response(visit, &act.participant, session, &unsigned)?;
        let statement = self.statement(session, &act, words, &now);
        let sign = match self.configuration().policy.provenance_profile {
            ProvenanceProfile::Cdex => seal::capture_cdex,
            ProvenanceProfile::Part11 | ProvenanceProfile::BaseR5 | ProvenanceProfile::Iehr => seal::capture,
        };
        let signed = sign(&unsigned, &statement, now.timestamp(), &self.party(), &patient, key.as_ref())?;
        let bytes = signed.to_json().into_bytes();
        let item = NewItem {
            id: uuid::Uuid::new_v4().to_string(),
            identifier: format!("urn:uuid:{uuid}"),
            participant: participant.id,
            canonical: session.questionnaire().canonical(),
            title: words.title.to_owned(),
            signed_at: clock::seconds(&now),
            response_sha256: crate::hex(&Sha256::digest(&bytes)),
            response: bytes,
        };
        let mut frozen = Frozen {
            record: item.id.clone(),
            identifier: item.identifier.clone(),
            signed_at: item.signed_at.clone(),
            signing: started.elapsed(),
            committing: Duration::ZERO,
        };
        let committing = Instant::now();
        let (revision, thumbprint) = (session.revision(), key.chain().thumbprint_hex());
        self.store().write(move |tx| {
            let pin = participant::pin(tx, &act.participant)?;
            if pin.set_at.as_ref() != Some(&act.pin_set_at) || pin.locked_at.is_some() {
                // Reset or locked between the PIN and the signature.
                return Err(Error::ActInvalid);
            }
            if draft_event::last_sequence(tx, &act.visit)? != revision {
                return Err(Error::StaleRevision);
            }
            visit::set_frozen(tx, &act.visit, &item.id)?;
            let points = assignment::points_of_visit(tx, &act.visit)?;
            outbox::insert_for(tx, &item, &points)?;
            for (subject, event, detail) in [
                (format!("visit/{}", act.visit), "visit.frozen", item.id.as_str()),
                (format!("record/{}", item.id), "response.frozen", thumbprint.as_str()),
            ] {
                let (actor, role) = (item.participant.as_str(), "patient");
                audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail }, &now)?;
            }
            Ok(())
        })?;
        frozen.committing = committing.elapsed();
        Ok(frozen)
    }

    /// Takes the device's clock as right although it is before the last recorded time, because it had been ahead.
    /// What was recorded stays as it is; a draft whose own events lie in the future has to be ended.
    ///
    /// # Errors
    /// [`Error::ReasonMissing`], [`Error::ReasonUnusable`].
    pub fn accept_clock(&self, by: &Staff, reason: &str) -> Result<(), Error> {
        let reason = crate::reason(reason)?;
        self.record(&by.user, by.role.as_str(), audit::CLOCK_ACCEPTED, "", &reason)
    }

    /// The last recorded time (RFC 3339, UTC) when the clock is before it, so that nothing can be signed until it is
    /// set right or accepted.
    pub fn clock_behind(&self) -> Result<Option<String>, Error> {
        let (now, latest) = (self.now().timestamp().as_millisecond(), self.store().read(audit::latest)?);
        Ok(latest.filter(|latest| now < *latest).map(clock::utc))
    }

    /// Refuses a clock that is before the last time it recorded. Answers are still taken then, but not signed.
    fn check_clock(&self, visit: &str, now: &Zoned) -> Result<(), Error> {
        let latest = self
            .store()
            .read(|connection| Ok(audit::latest(connection)?.max(draft_event::latest(connection, visit)?)))?;
        match latest {
            Some(latest) if now.timestamp().as_millisecond() < latest => {
                Err(Error::ClockBehind { last: clock::utc(latest) })
            }
            _ => Ok(()),
        }
    }

    /// Holds the response against the Questionnaire that the visit was started with, by other rules than those that
    /// built it (ADR 29). What that Questionnaire does not allow is never signed, and the audit trail says why.
    fn check_response(
        &self,
        visit: &str,
        participant: &str,
        session: &Session,
        unsigned: &fhir::Value,
    ) -> Result<(), Error> {
        let sha256 = session.questionnaire().sha256();
        let resource = self.store().read(|connection| form::resource(connection, &sha256))?;
        let form = fhir::Value::parse(resource.as_bytes()).map_err(|_| Error::Unreadable("questionnaire"))?;
        let launch: Vec<_> = session.launched().collect();
        let options = validate::Options { unsigned: true, launch: &launch, ..validate::Options::default() };
        let found = questionnaire::validate(&form, unsigned, options);
        let named: Vec<String> = found
            .errors()
            .take(MOST_NAMED)
            .map(|finding| match &finding.link_id {
                Some(link_id) => format!("{} {link_id}", finding.rule.code()),
                None => finding.rule.code().to_owned(),
            })
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let rules = named.join(", ");
        self.record(participant, "patient", "response.refused", &format!("visit/{visit}"), &rules)?;
        Err(Error::ResponseInvalid { rules })
    }

    fn response(
        &self,
        session: &Session,
        patient: &Party,
        uuid: &str,
        now: &Zoned,
    ) -> Result<fhir::Value, Error> {
        Ok(session.response(&ResponseContext {
            identifier_uuid: uuid.to_owned(),
            subject: reference(patient),
            author: reference(&self.party()),
            source: reference(patient),
            authored: clock::seconds(now),
            version: self.configuration().policy.fhir_version.into(),
        })?)
    }

    /// A key that its authority has declared unsafe signs nothing, from whatever time on: whoever has it can claim any time.
    pub(crate) fn check_revocation(&self, thumbprint: &str) -> Result<(), Error> {
        match self.store().read(|connection| revoked::since(connection, thumbprint))? {
            Some(since) => Err(Error::CertificateRevoked { since: since.to_string() }),
            None => Ok(()),
        }
    }

    fn statement(&self, session: &Session, act: &PatientAct, words: Words<'_>, now: &Zoned) -> Statement {
        Statement {
            printed_name: words.printed_name.to_owned(),
            meaning: words.meaning.to_owned(),
            signed_at: clock::seconds(now),
            subject_id: act.participant.clone(),
            authentication: "id+pin".to_owned(),
            pin_set_at: act.pin_set_at.clone(),
            language: session.language().to_owned(),
            questionnaire_s256: session.questionnaire().sha256(),
            display_s256: session.display_sha256(session.language()),
            configuration_s256: self.configuration_sha256().to_owned(),
            application: APPLICATION.to_owned(),
        }
    }
}

fn check_validity(chain: &seal::CertificateChain, now: Timestamp) -> Result<(), Error> {
    if now < chain.not_before() {
        Err(Error::CertificateNotYetValid { from: chain.not_before().to_string() })
    } else if now > chain.not_after() {
        Err(Error::CertificateExpired { until: chain.not_after().to_string() })
    } else {
        Ok(())
    }
}

fn reference(party: &Party) -> Reference {
    Reference {
        reference: party.reference.clone(),
        identifier_system: party.identifier_system.clone(),
        identifier_value: party.identifier_value.clone(),
    }
}
