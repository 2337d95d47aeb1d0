//! Telling the server what became of a Task: `in-progress` with the visit, `completed` with its output once the response is
//! delivered and proven. What the server says when it is read decides what is done, and nothing that this device remembers:
//! so it does not matter where a request, or this program, was cut off.

use std::time::Duration;

use client::{Exchange, Failure};
use fhir::{Value, array, object};

use super::Assignments;
use super::task::{CODES, OPEN, local};
use crate::Error;
use crate::clock;
use crate::delivery::{backoff, failpoint};
use crate::store::assignment::{self, Begun, Told};
use crate::store::audit::{self, NewEntry};
use crate::store::seen::{self, Whose};

/// How often a Task that others change at the same time is read again in one round.
const MOST_READS: usize = 3;

/// Why nothing could be told now, as a short name, and what the server asked for (`Retry-After`).
struct Later {
    problem: String,
    asked: Option<Duration>,
}

impl From<&str> for Later {
    fn from(problem: &str) -> Self {
        Self { problem: problem.to_owned(), asked: None }
    }
}

/// What the server's Task says now, seen from what it is to say.
enum Says {
    /// That, or more.
    This(Told),
    /// Something on the way to it: this is to be stored over the version.
    Less { task: Value, version: String },
    /// Something that nobody here decides any more.
    Other(&'static str),
}

/// Tries all that is due; whether anything is left to be told, now or when a response is proven.
pub(super) fn tell(all: &Assignments) -> Result<bool, Error> {
    let store = all.device.store();
    let now = all.device.now().timestamp().as_millisecond();
    if seen::is_set_back(store.read(|connection| seen::last(connection, Whose::Tasks))?, now) {
        store.write(move |tx| {
            assignment::make_due(tx)?;
            seen::note(tx, Whose::Tasks, now)
        })?;
    }
    for mut begun in store.read(assignment::unfinished)?.into_iter().filter(Begun::is_untold) {
        if !assignment::is_time(&begun, all.device.now().timestamp().as_millisecond()) {
            continue;
        }
        begun = told(all, begun)?;
        if begun.problem.as_deref().is_some_and(is_of_the_server) {
            // The others would only hear the same: they are tried in another round.
            break;
        }
        // The response was proven while the first status was being told.
        if begun.problem.is_none() && begun.is_untold() {
            told(all, begun)?;
        }
    }
    Ok(!store.read(assignment::unfinished)?.is_empty())
}

/// Whether a problem is one of the server, or of the way to it, and not of one Task.
fn is_of_the_server(problem: &str) -> bool {
    client::Error::AWAY.contains(&problem) || matches!(problem, "status-429" | "status-503" | "unauthorised")
}

/// One try; its result is stored.
fn told(all: &Assignments, mut begun: Begun) -> Result<Begun, Error> {
    match try_to_tell(all, &begun) {
        Ok(Says::This(told)) => {
            (begun.told, begun.problem, begun.failures, begun.next_attempt_ms) = (told, None, 0, 0);
        }
        Ok(Says::Other(problem)) => {
            (begun.told, begun.problem) = (Told::Stopped, Some(problem.to_owned()));
        }
        Ok(Says::Less { .. }) => later(all, &mut begun, "task-conflict".into()),
        Err(why) => later(all, &mut begun, why),
    }
    let (stored, now) = (begun.clone(), all.device.now());
    all.device.store().write(move |tx| {
        let event = match stored.told {
            Told::Completed => Some("assignment.completed"),
            Told::Stopped => Some("assignment.stopped"),
            Told::InProgress if stored.failures == 0 => Some("assignment.inProgress"),
            Told::InProgress | Told::Nothing => None,
        };
        assignment::save(tx, &stored)?;
        seen::note(tx, Whose::Tasks, now.timestamp().as_millisecond())?;
        let Some(event) = event else { return Ok(()) };
        let subject = format!("assignment/{}", stored.id);
        let detail = match stored.told {
            Told::Completed => stored.output.as_deref(),
            _ => stored.problem.as_deref(),
        };
        let detail = detail.unwrap_or(&stored.visit);
        audit::append(
            tx,
            &NewEntry { actor: "device", role: "device", event, subject: &subject, detail },
            &now,
        )?;
        Ok(())
    })?;
    failpoint::hit("task-told-committed");
    Ok(begun)
}

fn later(all: &Assignments, begun: &mut Begun, Later { problem, asked }: Later) {
    tracing::info!(problem, "the server was not told what became of a Task");
    begun.failures = begun.failures.saturating_add(1);
    begun.problem = Some(problem);
    let asked = asked.map(|asked| asked.min(assignment::LONGEST_WAIT));
    let wait = backoff::wait(begun.failures, asked, &all.jitter);
    begun.next_attempt_ms = backoff::until(all.device.now().timestamp().as_millisecond(), wait);
}

/// Reads, changes and reads again, until the Task says what it is to say.
fn try_to_tell(all: &Assignments, begun: &Begun) -> Result<Says, Later> {
    let mut says = read(all, begun)?;
    for _ in 0..MOST_READS {
        let Says::Less { task, version } = &says else { break };
        failpoint::hit("task-before-request");
        let bytes = task.to_json().into_bytes();
        let answer = all.runtime.block_on(all.client.update("Task", &begun.id, &bytes, Some(version)));
        failpoint::hit("task-after-request");
        match answer {
            // Somebody else was faster: what it says now decides.
            Ok(exchange) if matches!(exchange.status, 409 | 412) => {}
            answer => {
                success(all, answer)?;
            }
        }
        says = read(all, begun)?;
    }
    Ok(says)
}

fn read(all: &Assignments, begun: &Begun) -> Result<Says, Later> {
    let exchange = success(all, all.runtime.block_on(all.client.read("Task", &begun.id)))?;
    let malformed = || Later::from("malformed");
    let task = exchange.resource().ok().flatten().ok_or_else(malformed)?;
    if task.resource_type() != Some("Task") || task.str("id") != Some(&begun.id) {
        return Err(malformed());
    }
    let version =
        task.get("meta").and_then(|meta| meta.str("versionId")).or_else(|| exchange.headers.version());
    let version =
        version.filter(|version| client::is_id(version)).map(str::to_owned).ok_or_else(malformed)?;
    Ok(judge(all, begun, task, version))
}

fn judge(all: &Assignments, begun: &Begun, task: Value, version: String) -> Says {
    let status = task.str("status").unwrap_or_default().to_owned();
    let is_open = OPEN.contains(&status.as_str()) || matches!(status.as_str(), "draft" | "on-hold");
    let now = all.device.now();
    let is_unfinished = is_open || status == "in-progress";
    match (&begun.output, status.as_str()) {
        (Some(output), "completed") if has_output(&task, output, all.base()) => Says::This(Told::Completed),
        (_, "completed") => Says::Other("task-completed-elsewhere"),
        (None, "in-progress") => Says::This(Told::InProgress),
        (Some(output), _) if is_unfinished => Says::Less { task: completed(task, output, &now), version },
        (None, _) if is_open => Says::Less { task: with_status(task, "in-progress", &now), version },
        _ => Says::Other("task-withdrawn"),
    }
}

fn is_response(output: &Value) -> bool {
    let is = |coding: &Value| {
        coding.str("system") == Some(CODES) && coding.str("code") == Some("questionnaire-response")
    };
    output.get("type").is_some_and(|kind| kind.list("coding").iter().any(is))
}

fn has_output(task: &Value, wanted: &str, base: &str) -> bool {
    let refers = |output: &Value| {
        let reference = output.get("valueReference").and_then(|reference| reference.str("reference"));
        reference.is_some_and(|reference| reference == wanted || local(reference, base) == Some(wanted))
    };
    task.list("output").iter().any(|output| is_response(output) && refers(output))
}

fn completed(task: Value, output: &str, now: &jiff::Zoned) -> Value {
    let mut task = with_status(task, "completed", now);
    let code = object! { "system" => CODES, "code" => "questionnaire-response" };
    let new = object! {
        "type" => object! { "coding" => array![code] },
        "valueReference" => object! { "reference" => output },
    };
    // One response a Task (0..1 in the profile); other outputs stay.
    let mut outputs: Vec<Value> =
        task.list("output").iter().filter(|one| !is_response(one)).cloned().collect();
    outputs.push(new);
    if let Some(members) = task.as_object_mut() {
        members.insert("output", outputs);
    }
    task
}

fn with_status(mut task: Value, status: &str, now: &jiff::Zoned) -> Value {
    let authored = task.str("authoredOn").and_then(|at| at.parse::<jiff::Timestamp>().ok());
    if let Some(members) = task.as_object_mut() {
        members.insert("status", status);
        // Never before it was written (inv-1), whatever the clocks say.
        if authored.is_none_or(|authored| authored <= now.timestamp()) {
            members.insert("lastModified", clock::seconds(now));
        }
    }
    task
}

/// An answer of success, or what was in its way.
fn success(all: &Assignments, answer: Result<Exchange, Failure>) -> Result<Exchange, Later> {
    let exchange = answer.map_err(|failure| {
        Later::from(if failure.error.is_unauthorised() { "unauthorised" } else { failure.error.code() })
    })?;
    match exchange.status {
        200..=299 => Ok(exchange),
        401 | 403 => Err("unauthorised".into()),
        404 | 410 => Err("task-gone".into()),
        status => {
            let now = Some(all.device.now().timestamp());
            if let Some(rest) = exchange.asks_for_rest(now) {
                all.leave_alone(rest);
            }
            Err(Later { problem: format!("status-{status}"), asked: exchange.headers.wait(now) })
        }
    }
}
