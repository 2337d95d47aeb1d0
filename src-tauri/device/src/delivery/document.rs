//! The postings: the device's certificate, kept by the server once and before the first Provenance, so that whoever
//! verifies can obtain it; and the reports of what people did about alerts.

use std::sync::atomic::Ordering;

use fhir::Value;
use seal::{CertificateChain, Party, Signer, Tolerance};
use tokio::sync::MutexGuard;

use super::compare::compare;
use super::context::Context;
use super::failpoint;
use super::parcel::Posted;
use super::raise::Finding;
use super::transfer::{Kept, Later, Outcome, Transfer};
use crate::Error;
use crate::store::alert::{self, AlertKind, Phase};
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, NewEntry};
use crate::store::outbox::{self, Item};
use crate::store::posting::{self, Kind, Posting, PostingState};
use crate::store::{certificate, notice};

/// Whether a Provenance may be sent.
pub(super) enum Ready<'c> {
    Yes,
    Later(Later),
    /// A person has to decide. Until the alert is stored no other item may ask: it would find none, and raise a second one.
    Stopped(Box<Finding>, MutexGuard<'c, ()>),
}

/// What came of one try.
enum Tried {
    Yes,
    Later(Later),
    Stopped(Box<Finding>),
}

/// Whether nothing has to be asked or sent for [`ensure`].
pub(super) fn is_ensured(context: &Context, item: &Item, signer: &dyn Signer) -> bool {
    let contact = &context.contact;
    item.origin.is_none()
        && contact.keeps(&signer.chain().thumbprint_hex())
        && !contact.renewed.load(Ordering::SeqCst)
}

/// Makes sure that the server keeps the certificate of the signing key, and the one that the patient's answers were signed
/// with where that is another: of a record that was taken over, nobody knows whether the other device still got to it, and
/// one that was captured offline before a renewal is the first that needs the earlier one.
pub(super) async fn ensure<'c>(
    context: &'c Context,
    item: &Item,
    signer: &dyn Signer,
) -> Result<Ready<'c>, Error> {
    let contact = &context.contact;
    let current = signer.chain().thumbprint_hex();
    if !contact.keeps(&current) {
        let all = context.read(certificate::chains_of_device).await?;
        contact.renewed.store(all.len() > 1, Ordering::SeqCst);
    }
    if item.origin.is_some() || contact.renewed.load(Ordering::SeqCst) {
        let response = Value::parse(&item.response).map_err(|_| Error::Unreadable("response"))?;
        if let Some((who, chain)) = seal::captured_by(&response)
            && let other @ (Ready::Later(_) | Ready::Stopped(..)) = ensure_one(context, &chain, &who).await?
        {
            return Ok(other);
        }
    }
    ensure_one(context, signer.chain(), &context.device).await
}

/// One item at a time does this; the others find it done.
async fn ensure_one<'c>(
    context: &'c Context,
    chain: &CertificateChain,
    device: &Party,
) -> Result<Ready<'c>, Error> {
    let thumbprint = chain.thumbprint_hex();
    if context.contact.keeps(&thumbprint) {
        return Ok(Ready::Yes);
    }
    let ready = ensure_kept(context, chain, device, &thumbprint).await?;
    if matches!(ready, Ready::Yes) {
        context.contact.kept(thumbprint);
    }
    Ok(ready)
}

async fn ensure_kept<'c>(
    context: &'c Context,
    chain: &CertificateChain,
    device: &Party,
    thumbprint: &str,
) -> Result<Ready<'c>, Error> {
    let cause = posting::certificate_cause(thumbprint, context.endpoint());
    let stored = {
        let cause = cause.clone();
        context.read(move |connection| posting::by_cause(connection, &cause)).await?
    };
    if stored.is_some_and(|posting| posting.state == PostingState::Done) {
        return Ok(Ready::Yes);
    }
    let one_at_a_time = context.contact.posting.lock().await;
    let document = seal::certificate_document(chain, device, context.fhir_version.into()).to_json();
    let id = uuid::Uuid::new_v4().to_string();
    let new = Posting::new(id, Kind::Certificate, cause, document.into_bytes());
    let endpoint = context.endpoint().map(str::to_owned);
    let (mut posting, decided) = context
        .write(move |tx| {
            let is_open = alert::is_open(tx, Phase::Document, endpoint.as_deref())?;
            Ok((posting::ensure(tx, &new)?, !is_open))
        })
        .await?;
    match posting.state {
        PostingState::Done => return Ok(Ready::Yes),
        // Another item holds the alert about it.
        PostingState::Different | PostingState::Refused if !decided => {
            return Ok(Ready::Later(Later::new("certificate", false)));
        }
        // That item was closed without a correction: this one needs a decision of its own.
        PostingState::Different | PostingState::Refused => {
            posting.state = PostingState::Waiting;
            posting.unsure = true;
        }
        PostingState::Waiting if outbox::is_later(posting.next_attempt_ms, context.now_ms()) => {
            return Ok(Ready::Later(Later::new(posting.problem.unwrap_or_default(), false)));
        }
        PostingState::Waiting => {}
    }
    Ok(match post(context, posting).await? {
        Tried::Yes => Ready::Yes,
        Tried::Later(later) => Ready::Later(later),
        Tried::Stopped(finding) => Ready::Stopped(finding, one_at_a_time),
    })
}

/// Sends the report of an act on an alert. Gives whether the server does not let us in.
pub(super) async fn report(context: &Context, posting: Posting) -> Result<bool, Error> {
    let tried = post(context, posting).await?;
    Ok(matches!(tried, Tried::Later(later) if later.unauthorised))
}

/// One try; its result is stored with the posting.
async fn post(context: &Context, mut posting: Posting) -> Result<Tried, Error> {
    let was_unsure = posting.unsure;
    posting.unsure = true;
    let stored = posting.clone();
    context.write(move |tx| posting::save(tx, &stored)).await?;

    let (outcome, mut attempts) = Transfer::run(context, &Posted::of(&posting)?.parcel(was_unsure)).await;
    let outcome = match outcome {
        Outcome::Kept(kept) if posting.kind == Kind::Certificate => {
            show(context, &posting, kept, &mut attempts).await?
        }
        // A report needs nobody's decision: what stops it is looked at again.
        Outcome::Stopped(problem) if posting.kind == Kind::AuditEvent => {
            Outcome::Later(Later::new(problem, true))
        }
        outcome => outcome,
    };
    let last = attempts.last();
    let mut next = posting.clone();
    next.unsure = false;
    let tried = match outcome {
        Outcome::Kept(kept) => {
            next.failures = 0;
            next.problem = None;
            next.server_id = Some(kept.id.clone());
            next.server_version = Some(kept.version.clone());
            judge(&posting, &mut next, kept, last, context.tolerances.as_slice())?
        }
        // The same posting twice is no loss: the first one says as much as the second.
        Outcome::Several { altered: false, .. } => {
            next.state = PostingState::Done;
            Tried::Yes
        }
        Outcome::Several { found, .. } => {
            next.state = PostingState::Refused;
            next.problem = Some("duplicates".to_owned());
            Tried::Stopped(Box::new(Finding::several(Phase::Document, found).found_in(last)))
        }
        Outcome::Refused { status, outcome } => {
            if matches!(status, 404 | 410) {
                // There is nothing left that a correction could replace.
                (next.replaces, next.server_id, next.server_version) = (None, None, None);
            }
            next.state = PostingState::Refused;
            next.problem = Some(format!("status-{status}"));
            Tried::Stopped(Box::new(Finding::refused(Phase::Document, status, outcome).found_in(last)))
        }
        Outcome::Unproven(refused) => {
            next.state = PostingState::Refused;
            next.problem = Some("receipt".to_owned());
            Tried::Stopped(Box::new(Finding::unproven(Phase::Document, refused).found_in(last)))
        }
        Outcome::Stopped(problem) => {
            next.state = PostingState::Refused;
            next.problem = Some(problem.to_owned());
            Tried::Stopped(Box::new(Finding::stopped(Phase::Document, problem).found_in(last)))
        }
        Outcome::Later(mut later) => {
            // A server that knows this device and forbids it only the reports: what it does take must not pause for them.
            let forbidden = last.is_some_and(|attempt| attempt.status == Some(403));
            later.unauthorised &= !(forbidden && posting.kind == Kind::AuditEvent);
            next.unsure = later.unsure;
            next.failures = next.failures.saturating_add(1);
            next.problem = Some(later.problem.clone());
            next.next_attempt_ms = context.next_attempt(next.failures, later.asked);
            // The record that waits for this posting has nothing on its way itself.
            Tried::Later(Later { unsure: false, ..later })
        }
    };
    save(context, next, attempts).await?;
    match posting.kind {
        Kind::AuditEvent => failpoint::hit("report-committed"),
        Kind::Certificate if matches!(tried, Tried::Yes) => failpoint::hit("document-committed"),
        Kind::Certificate => {}
    }
    Ok(tried)
}

/// What the server shows of a certificate that it has just acknowledged as it was sent: whoever verifies needs it, and what only
/// the answer says is not believed. Of a report nothing depends on it, and many servers let nobody read those.
async fn show(
    context: &Context,
    posting: &Posting,
    kept: Kept,
    attempts: &mut Vec<Attempt>,
) -> Result<Outcome, Error> {
    let posted = Posted::of(posting)?;
    let returned = Value::parse(&kept.returned).map_err(|_| Error::Unreadable("returned resource"))?;
    let tolerances = context.tolerances.as_slice();
    let comparison = compare(&posted.sent.value, &returned, &kept.id, &kept.version, tolerances);
    if !comparison.changes.is_empty() {
        return Ok(Outcome::Kept(kept));
    }
    let (outcome, reads) =
        Transfer::read_back_soon(context, &posted.parcel(false), &kept.id, &kept.version).await;
    attempts.extend(reads);
    Ok(match outcome {
        // Another version in it is a difference.
        Outcome::Kept(shown) => Outcome::Kept(Kept { returned: shown.returned, ..kept }),
        Outcome::Later(later) => Outcome::Later(Later { unsure: true, ..later }),
        other => other,
    })
}

fn judge(
    posting: &Posting,
    next: &mut Posting,
    kept: Kept,
    exchange: Option<&Attempt>,
    tolerances: &[Tolerance],
) -> Result<Tried, Error> {
    let returned = Value::parse(&kept.returned).map_err(|_| Error::Unreadable("returned resource"))?;
    let sent = Posted::of(posting)?.sent.value;
    let comparison = compare(&sent, &returned, &kept.id, &kept.version, tolerances);
    if comparison.changes.is_empty() {
        next.state = PostingState::Done;
        return Ok(Tried::Yes);
    }
    next.state = PostingState::Different;
    next.problem = Some("different".to_owned());
    let target = format!("{}/{}/_history/{}", posting.kind.resource_type(), kept.id, kept.version);
    let kind = AlertKind::ProvenanceDifferent;
    let finding =
        Finding::different(kind, Phase::Document, Some(target), kept, comparison).found_in(exchange);
    Ok(Tried::Stopped(Box::new(finding)))
}

async fn save(context: &Context, posting: Posting, attempts: Vec<Attempt>) -> Result<(), Error> {
    let now = (context.clock)();
    context
        .write(move |tx| {
            posting::save(tx, &posting)?;
            for attempt in &attempts {
                attempt::append(tx, attempt)?;
            }
            let event = match (posting.kind, posting.state) {
                (_, PostingState::Waiting) => return Ok(()),
                (Kind::Certificate, PostingState::Done) => "certificate.posted",
                (Kind::Certificate, PostingState::Different) => "certificate.different",
                (Kind::Certificate, PostingState::Refused) => "certificate.refused",
                (Kind::AuditEvent, PostingState::Done) => "report.posted",
                (Kind::AuditEvent, PostingState::Different) => "report.different",
                (Kind::AuditEvent, PostingState::Refused) => "report.refused",
            };
            let subject = format!("posting/{}", posting.id);
            let (actor, role, detail) = ("device", "device", posting.cause.as_str());
            audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail }, &now)?;
            if posting.kind == Kind::Certificate {
                return Ok(());
            }
            if posting.state == PostingState::Different {
                let about = alert::of_cause(tx, &posting.cause)?.map(|alert| alert.record);
                let found = posting.server_id.iter().zip(&posting.server_version);
                let found =
                    found.map(|(id, version)| format!("AuditEvent/{id}/_history/{version}")).collect();
                notice::raise(tx, notice::Kind::ReportAltered, about, found, &now)?;
            }
            failpoint::hit("report-before-commit");
            Ok(())
        })
        .await
}
