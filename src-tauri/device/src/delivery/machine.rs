//! The order of a delivery: the only place that knows which step follows which.
//!
//! Each step does at most one exchange with the server, and stores its result together with its attempts and its audit entry
//! as one change. No request that changes anything is made before all earlier steps are on the disk.

use std::sync::Arc;

use fhir::Value;
use seal::profile::{About, Profile};
use seal::{Activity, Signer};

use super::compare::{Comparison, compare};
use super::context::{Context, blocking};
use super::document::{self, Ready};
use super::parcel::{Provenance, Response};
use super::raise::{self, Finding};
use super::record::{Note, Steps};
use super::transfer::{Kept, Later, Outcome, Transfer};
use super::{State, afterwards, probe};
use crate::store::alert::{AlertKind, Outcome as AlertOutcome, Phase};
use crate::store::attempt::Attempt;
use crate::store::outbox::Item;
use crate::{Create, Error, clock};

/// What the worker does next with an item.
pub(super) enum Next {
    /// Take the next step at once.
    Step(Box<Item>),
    /// Nothing now: it waits, is finished, or needs a person.
    Rest,
    /// Nothing, and nothing with any other item either: the server does not let us in.
    Unauthorised,
}

/// Takes one step.
pub(super) async fn step(context: &Context, steps: &mut Steps<'_>, item: Item) -> Result<Next, Error> {
    match item.state {
        State::Frozen | State::Sending => send_response(context, steps, item).await,
        State::Acknowledged => compare_response(context, steps, item).await,
        State::Compared => seal(context, steps, item).await,
        State::ProvenanceSending => send_provenance(context, steps, item).await,
        State::ProvenanceCompared => finish(steps, item).await,
        State::Done | State::Alert | State::Quarantined | State::ClosedDifferent => Ok(Next::Rest),
    }
}

async fn send_response(context: &Context, steps: &mut Steps<'_>, mut item: Item) -> Result<Next, Error> {
    let (from, was_unsure) = (item.state, item.unsure);
    let broken = broken_by_response(context, &item)?;
    if !broken.is_empty() {
        let (subject, at) = (format!("record/{}", item.id), clock::text(&(context.clock)()));
        let held_back = Attempt::held_back(&subject, at, context.client.base_url());
        let finding = Finding::against_rules(Phase::Response, None, broken).found_in(Some(&held_back));
        return raise::alert(context, steps, from, item, finding).await;
    }
    if context.create == Create::Put
        && item.replaces.is_none()
        && let Some(later) = probe::ensure(context).await?
    {
        let later = Later { unsure: was_unsure, ..later };
        return wait(context, steps, item, later, Vec::new()).await;
    }
    item.state = State::Sending;
    // Stored before the request: whoever comes back to this item after a crash must look before sending.
    item.unsure = true;
    item.attempts += 1;
    steps.take(from, &item, Note::none(), "sending-committed").await?;
    steps.settle().await?;

    let (outcome, attempts) =
        Transfer::run(context, &Response::of(&item, context.create)?.parcel(was_unsure)).await;
    let kept = match outcome {
        Outcome::Kept(kept) => kept,
        Outcome::Later(later) => return wait(context, steps, item, later, attempts).await,
        other => return stop(context, steps, item, Phase::Response, other, attempts).await,
    };
    item.state = State::Acknowledged;
    item.unsure = false;
    item.failures = 0;
    item.problem = None;
    item.server_id = Some(kept.id);
    item.server_version = Some(kept.version);
    item.returned = Some(kept.returned);
    let note = Note::event("response.acknowledged", item.target().unwrap_or_default()).with(attempts);
    steps.take(State::Sending, &item, note, "acknowledged-committed").await?;
    Ok(Next::Step(Box::new(item)))
}

/// Compares what was answered, and then what is shown: a server, or a gateway before it, may answer with what it was sent
/// whatever it keeps, and what it keeps is what is signed for.
async fn compare_response(context: &Context, steps: &mut Steps<'_>, mut item: Item) -> Result<Next, Error> {
    let response = Response::of(&item, context.create)?;
    let (sent, replaced) = (&response.sent.value, item.replaces.as_deref());
    let answered = Kept {
        id: item.server_id.clone().unwrap_or_default(),
        version: item.server_version.clone().unwrap_or_default(),
        returned: item.returned.clone().unwrap_or_default(),
    };
    let comparison = compare_kept(context, sent, &answered, replaced)?;
    if !comparison.changes.is_empty() {
        let finding =
            Finding::different(AlertKind::Different, Phase::Response, item.target(), answered, comparison);
        return raise::alert(context, steps, State::Acknowledged, item, finding).await;
    }
    let parcel = response.parcel(false);
    // The acknowledgement goes to the disk meanwhile; nothing is concluded before it is there.
    let (settled, (outcome, attempts)) = tokio::join!(
        steps.settle(),
        Transfer::read_back_soon(context, &parcel, &answered.id, &answered.version)
    );
    settled?;
    drop(parcel);
    let shown = match outcome {
        Outcome::Kept(shown) => shown,
        Outcome::Later(later) => {
            // It was acknowledged: there is nothing that a new try would have to look for.
            let later = Later { unsure: false, ..later };
            return wait(context, steps, item, later, attempts).await;
        }
        other => return stop(context, steps, item, Phase::Response, other, attempts).await,
    };
    let comparison = compare_shown(context, sent, &answered, &shown, replaced)?.unwrap_or(comparison);
    if !comparison.changes.is_empty() {
        let finding =
            Finding::different(AlertKind::Different, Phase::Response, item.target(), shown, comparison)
                .with(attempts);
        return raise::alert(context, steps, State::Acknowledged, item, finding).await;
    }
    item.returned = Some(shown.returned);
    item.state = State::Compared;
    item.failures = 0;
    item.problem = None;
    let target = item.target().unwrap_or_default();
    let note = Note::event("response.compared", target.clone())
        .tolerating(&comparison.tolerated, &target)
        .settling(Phase::Response, "corrected", Some(AlertOutcome::Corrected))
        .with(attempts);
    steps.take(State::Acknowledged, &item, note, "compared-committed").await?;
    Ok(Next::Step(Box::new(item)))
}

/// The certificate first, once; then the persistence signature and the Provenance around it, stored before it is sent.
async fn seal(context: &Context, steps: &mut Steps<'_>, mut item: Item) -> Result<Next, Error> {
    // One key for all that follows, also when it is renewed meanwhile.
    let signer = context.signer();
    if !document::is_ensured(context, &item, signer.as_ref()) {
        steps.settle().await?;
    }
    match document::ensure(context, &item, signer.as_ref()).await? {
        Ready::Yes => {}
        Ready::Later(later) => return wait(context, steps, item, later, Vec::new()).await,
        Ready::Stopped(finding, _until_raised) => {
            return raise::alert(context, steps, State::Compared, item, *finding).await;
        }
    }
    let Some(target) = item.target() else { return Err(Error::Unreadable("target of a record")) };
    if !context.profile.has_provenance() && item.provenance.is_none() {
        return finish_without(steps, item, target).await;
    }
    let signed_before = item.provenance.is_some();
    if !signed_before {
        match sign(context, &item, &target, Arc::clone(&signer)).await {
            Ok(Made::Sound(provenance)) => item.provenance = Some(provenance),
            Ok(Made::Against(broken)) => {
                let finding = Finding::against_rules(Phase::Provenance, Some(target), broken);
                return raise::alert(context, steps, State::Compared, item, finding).await;
            }
            Err(Error::Seal(_)) => {
                // The keystore may be locked; the reason is shown where the keystore is.
                return wait(context, steps, item, Later::new("seal", false), Vec::new()).await;
            }
            Err(error) => return Err(error),
        }
    }
    item.state = State::ProvenanceSending;
    // One that was signed before may have been sent before.
    item.unsure = signed_before;
    item.failures = 0;
    item.problem = None;
    let thumbprint = signer.chain().thumbprint_hex();
    let note = Note::event("provenance.signed", thumbprint).settling(
        Phase::Document,
        "corrected",
        Some(AlertOutcome::Corrected),
    );
    steps.take(State::Compared, &item, note, "provenance-sending-committed").await?;
    Ok(Next::Step(Box::new(item)))
}

/// A Provenance, held against the rules of its profile before anything is sent.
enum Made {
    Sound(Vec<u8>),
    /// The rules that it breaks, each with its element.
    Against(Vec<String>),
}

async fn sign(context: &Context, item: &Item, target: &str, signer: Arc<dyn Signer>) -> Result<Made, Error> {
    let returned = item.returned.as_deref().and_then(|bytes| Value::parse(bytes).ok());
    let returned = returned.ok_or(Error::Unreadable("returned response"))?;
    let activity = match (&item.server_id, &item.replaces) {
        (Some(id), Some(altered)) => {
            Activity::Update { revision_of: format!("QuestionnaireResponse/{id}/_history/{altered}") }
        }
        _ => Activity::Create,
    };
    let device = context.device.clone();
    let (application, target) = (context.application.clone(), target.to_owned());
    let issued_at = (context.clock)().timestamp();
    let (profile, version) = (context.profile, context.fhir_version.into());
    let tolerances = context.tolerances.clone();
    let export = item.origin.clone();
    blocking(move || {
        // The other device's key never left it: this one signs with its own, and says whose record it is.
        let captured_by = seal::captured_by(&returned).map(|(who, _)| who.identifier_value);
        let captured_by = captured_by.filter(|by| *by != device.identifier_value);
        let taken_over = captured_by.as_deref().zip(export.as_deref());
        let taken_over = taken_over.map(|(captured_by, export)| seal::TakenOver { captured_by, export });
        let signature = seal::persistence(
            &returned,
            &target,
            &activity,
            issued_at,
            &device,
            seal::Terms { application: &application, tolerances: tolerances.as_slice(), taken_over },
            signer.as_ref(),
        )
        .map_err(Error::from)?;
        Ok(made(profile, &About { resource: &returned, signature: &signature, version, transaction: None }))
    })
    .await
}

/// Makes the Provenance under the study's profile.
fn made(profile: &dyn Profile, about: &About<'_>) -> Made {
    let provenance = match profile.provenance(about) {
        Ok(provenance) => provenance,
        Err(error) => return Made::Against(vec![error.to_string()]),
    };
    let broken: Vec<_> =
        profile.violations(&provenance, about.version).iter().map(ToString::to_string).collect();
    if broken.is_empty() { Made::Sound(provenance.to_json().into_bytes()) } else { Made::Against(broken) }
}

async fn send_provenance(context: &Context, steps: &mut Steps<'_>, mut item: Item) -> Result<Next, Error> {
    let was_unsure = item.unsure;
    item.unsure = true;
    item.attempts += 1;
    // Kept with what is sent: of a device that is killed before the answer nobody knows what arrives, and when.
    let note = Note::none().looking_again(afterwards::at(context.now_ms()), was_unsure);
    steps.take(State::ProvenanceSending, &item, note, "").await?;
    steps.settle().await?;

    let (outcome, attempts) = Transfer::run(context, &Provenance::of(&item)?.parcel(was_unsure)).await;
    let kept = match outcome {
        Outcome::Kept(kept) => kept,
        Outcome::Later(later) => return wait(context, steps, item, later, attempts).await,
        other => return stop(context, steps, item, Phase::Provenance, other, attempts).await,
    };
    let sent = Provenance::of(&item)?.sent.value;
    let comparison = compare_kept(context, &sent, &kept, item.provenance_replaces.as_deref())?;
    item.unsure = false;
    item.failures = 0;
    item.problem = None;
    item.provenance_id = Some(kept.id.clone());
    item.provenance_version = Some(kept.version.clone());
    item.provenance_returned = Some(kept.returned.clone());
    if !comparison.changes.is_empty() {
        let target = item.provenance_target();
        let finding =
            Finding::different(AlertKind::ProvenanceDifferent, Phase::Provenance, target, kept, comparison)
                .with(attempts);
        return raise::alert(context, steps, State::ProvenanceSending, item, finding).await;
    }
    item.state = State::ProvenanceCompared;
    let target = item.provenance_target().unwrap_or_default();
    let note = Note::event("provenance.compared", target.clone())
        .tolerating(&comparison.tolerated, &target)
        .settling(Phase::Provenance, "corrected", Some(AlertOutcome::Corrected))
        .with(attempts);
    steps.take(State::ProvenanceSending, &item, note, "provenance-compared-committed").await?;
    Ok(Next::Step(Box::new(item)))
}

async fn finish(steps: &mut Steps<'_>, mut item: Item) -> Result<Next, Error> {
    item.state = State::Done;
    let target = item.target().unwrap_or_default();
    let note = Note::event("record.proven", target).freeing();
    steps.take(State::ProvenanceCompared, &item, note, "done-committed").await?;
    Ok(Next::Rest)
}

/// The signature in the response is all that the profile has: the server keeps it, and that was compared.
async fn finish_without(steps: &mut Steps<'_>, mut item: Item, target: String) -> Result<Next, Error> {
    item.state = State::Done;
    item.failures = 0;
    item.problem = None;
    let note = Note::event("record.delivered", target)
        .settling(Phase::Document, "corrected", Some(AlertOutcome::Corrected))
        .freeing();
    steps.take(State::Compared, &item, note, "done-committed").await?;
    Ok(Next::Rest)
}

/// The rules of the profile that the response itself breaks, where the profile has rules for it.
fn broken_by_response(context: &Context, item: &Item) -> Result<Vec<String>, Error> {
    if context.profile.has_provenance() {
        return Ok(Vec::new());
    }
    let response = Value::parse(&item.response).map_err(|_| Error::Unreadable("response"))?;
    let broken = context.profile.violations(&response, context.fhir_version.into());
    Ok(broken.iter().map(ToString::to_string).collect())
}

/// A correction has to be a new version: a server that only echoes it has not kept it.
fn compare_kept(
    context: &Context,
    sent: &Value,
    kept: &Kept,
    replaced: Option<&str>,
) -> Result<Comparison, Error> {
    let returned = Value::parse(&kept.returned).map_err(|_| Error::Unreadable("returned resource"))?;
    let tolerances = context.tolerances.as_slice();
    let comparison = compare(sent, &returned, &kept.id, &kept.version, tolerances);
    Ok(comparison.not_version(sent, replaced, &kept.version))
}

/// What is shown of what was acknowledged; `None` when that is the same, octet for octet.
pub(super) fn compare_shown(
    context: &Context,
    sent: &Value,
    acknowledged: &Kept,
    shown: &Kept,
    replaced: Option<&str>,
) -> Result<Option<Comparison>, Error> {
    if shown == acknowledged {
        return Ok(None);
    }
    // It has to say the version that it was acknowledged as, whichever it is shown as.
    let own = Kept { returned: shown.returned.clone(), ..acknowledged.clone() };
    let comparison = compare_kept(context, sent, &own, replaced)?;
    Ok(Some(comparison.only_version(sent, &acknowledged.version, &shown.version)))
}

async fn wait(
    context: &Context,
    steps: &mut Steps<'_>,
    mut item: Item,
    later: Later,
    attempts: Vec<Attempt>,
) -> Result<Next, Error> {
    let state = item.state;
    item.unsure = later.unsure;
    item.problem = Some(later.problem);
    item.failures = item.failures.saturating_add(1);
    // Also where the whole queue pauses: a server that forbids this one may take the others, which come first after the pause.
    item.next_attempt_ms = context.next_attempt(item.failures, later.asked);
    steps.take(state, &item, Note::none().with(attempts).freeing(), "").await?;
    Ok(if later.unauthorised { Next::Unauthorised } else { Next::Rest })
}

/// Several, or refused for good: a person has to decide.
async fn stop(
    context: &Context,
    steps: &mut Steps<'_>,
    item: Item,
    phase: Phase,
    outcome: Outcome,
    attempts: Vec<Attempt>,
) -> Result<Next, Error> {
    let from = item.state;
    let finding = match outcome {
        Outcome::Several { found, .. } => Finding::several(phase, found).with(attempts),
        Outcome::Refused { status, outcome } => Finding::refused(phase, status, outcome).with(attempts),
        Outcome::Unproven(refused) => Finding::unproven(phase, refused).with(attempts),
        Outcome::Stopped(problem) => Finding::stopped(phase, problem).with(attempts),
        Outcome::Kept(_) | Outcome::Later(_) => return Ok(Next::Rest),
    };
    raise::alert(context, steps, from, item, finding).await
}
