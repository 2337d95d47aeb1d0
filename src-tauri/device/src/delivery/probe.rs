//! Whether a server may be trusted with creates by `PUT`: two of them under one id, the second of which it has to refuse
//! without making a version (`If-None-Match: *`). A server that overwrites what is there, or makes a version of it, could
//! lose what somebody corrected in between; for it the study has to choose `post`.

use std::sync::atomic::Ordering;

use client::{Exchange, Failure, Reach};

use super::compare::with_id;
use super::context::Context;
use super::failpoint;
use super::transfer::Later;
use crate::Error;
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, NewEntry};
use crate::store::meta;

/// `meta`: the base address of the server that has passed.
const PROVEN: &str = "delivery.putProven";
/// Short name of what is wrong.
const UNPROVEN: &str = "put-unproven";

/// What the server did with the second request.
enum Verdict {
    /// It refused it, and the version is still the first.
    Keeps,
    /// It took it, or made a version.
    Overwrites,
}

/// Makes sure that the server has passed; otherwise why to wait. One item at a time asks.
pub(super) async fn ensure(context: &Context) -> Result<Option<Later>, Error> {
    let _one_at_a_time = context.contact.posting.lock().await;
    let proven = context.read(|connection| meta::value(connection, PROVEN)).await?;
    if proven.as_deref() == Some(context.client.base_url()) {
        return Ok(None);
    }
    if context.contact.put_refused.load(Ordering::SeqCst) {
        return Ok(Some(Later::new(UNPROVEN, false)));
    }
    let id = uuid::Uuid::new_v4().to_string();
    let mut attempts = Vec::new();
    let verdict = probe(context, &id, &mut attempts).await;
    let (event, proven, later) = match verdict {
        Ok(Verdict::Keeps) => (Some("server.putProven"), true, None),
        Ok(Verdict::Overwrites) => {
            context.contact.put_refused.store(true, Ordering::SeqCst);
            (Some("server.putRefused"), false, Some(Later::new(UNPROVEN, false)))
        }
        Err(later) => (None, false, Some(later)),
    };
    let (base, now) = (context.client.base_url().to_owned(), (context.clock)());
    context
        .write(move |tx| {
            for attempt in &attempts {
                attempt::append(tx, attempt)?;
            }
            let Some(event) = event else { return Ok(()) };
            if proven {
                meta::set(tx, PROVEN, &base)?;
            }
            let (actor, role, subject) = ("device", "device", format!("probe/{id}"));
            audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail: &base }, &now)?;
            failpoint::hit("probe-before-commit");
            Ok(())
        })
        .await?;
    failpoint::hit("probe-committed");
    Ok(later)
}

async fn probe(context: &Context, id: &str, attempts: &mut Vec<Attempt>) -> Result<Verdict, Later> {
    let resource = resource(context, id);
    let mut put = async || {
        failpoint::hit("probe-before-request");
        let answer = context.client.create_as("DocumentReference", id, resource.as_bytes()).await;
        failpoint::hit("probe-after-request");
        note(context, id, answer, attempts)
    };
    let first = put().await?;
    match first.status {
        201 => {}
        // What stands before the server may not let it through now.
        _ if first.is_bare_refusal() => return Err(refusal(context, &first)),
        // It was there before it was made, or the server takes no ids of clients.
        200 | 400 | 404 | 405 | 409 | 412 | 422 => return Ok(Verdict::Overwrites),
        _ => return Err(refusal(context, &first)),
    }
    let second = put().await?;
    match second.status {
        409 | 412 | 304 => {}
        200..=299 => return Ok(Verdict::Overwrites),
        _ => return Err(refusal(context, &second)),
    }
    let answer = context.client.read("DocumentReference", id).await;
    let read = note(context, id, answer, attempts)?;
    match (read.status, version(&first), version(&read)) {
        (200, Some(first), Some(now)) if first == now => Ok(Verdict::Keeps),
        (200, _, _) => Ok(Verdict::Overwrites),
        _ => Err(refusal(context, &read)),
    }
}

/// The certificate's own document, marked as entered in error: no study counts it, and every server that will do takes it.
fn resource(context: &Context, id: &str) -> String {
    let mut document =
        seal::certificate_document(context.signer().chain(), &context.device, context.fhir_version.into());
    if let Some(members) = document.as_object_mut() {
        members.remove("identifier");
        members.insert("status", "entered-in-error");
        members
            .insert("description", "Attesta: whether this server keeps to If-None-Match. It can be deleted.");
    }
    with_id(&document, id).to_json()
}

fn version(exchange: &Exchange) -> Option<String> {
    let resource = exchange.resource().ok().flatten();
    let own =
        resource.as_ref().and_then(|resource| resource.get("meta")).and_then(|meta| meta.str("versionId"));
    own.or_else(|| exchange.headers.version()).map(str::to_owned)
}

fn note(
    context: &Context,
    id: &str,
    answer: Result<Exchange, Failure>,
    attempts: &mut Vec<Attempt>,
) -> Result<Exchange, Later> {
    attempts.push(context.noted(&format!("probe/{id}"), &answer));
    answer.map_err(|failure| Later::failed(&failure, failure.error.reach() == Reach::Unknown))
}

fn refusal(context: &Context, exchange: &Exchange) -> Later {
    Later::answered(exchange, (context.clock)().timestamp(), false)
}
