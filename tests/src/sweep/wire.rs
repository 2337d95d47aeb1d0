//! What can happen to one exchange between the device and the server.

use fhir::{Value, object};
use practice::Faults;
use practice::faults::{Armed, Fault};

use super::chance::Chance;
use super::http::Message;

/// Which requests a trap waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// POST, or PUT of what must not be there yet.
    Create,
    /// PUT of another version.
    Update,
    /// GET.
    Read,
}

/// Waits for requests and does something to them.
#[derive(Debug, Clone)]
pub(super) struct Trap {
    /// The requests that it waits for.
    pub(super) verb: Verb,
    /// The type of the resource in their address.
    pub(super) kind: &'static str,
    /// How many of them pass before.
    pub(super) skip: u32,
    /// How many it meets.
    pub(super) times: u32,
    /// What happens to those.
    pub(super) action: Action,
}

/// What happens to a request or its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// The listener is closed for so many milliseconds, and every connection with it.
    Outage { milliseconds: u64 },
    /// The connection is reset: before the server saw the request, or after it acted.
    Reset { acted: bool },
    /// The answer ends early, by the end of the connection or by its reset.
    Cut { end: Until, reset: bool },
    /// The whole answer, then a reset.
    ResetAfter,
    /// No answer until the device gives up.
    Stall { acted: bool },
    /// So many thousandths of the answer, and then nothing until the device gives up.
    StallWithin { thousandths: u64 },
    /// The server gets the request so many milliseconds later, when the device may have given up.
    Late { milliseconds: u64 },
    /// Another answer than the server's.
    Status { status: u16, retry_after: Option<String>, acted: bool },
    /// What was to turn in the middle of a delivery turns: before the server saw the request, or after it acted and before it
    /// answered.
    Turn { acted: bool },
    /// A few octets at a time.
    Drip { octets: usize, milliseconds: u64 },
    /// One bit of the answer's content is another.
    Flip { seed: u64 },
    /// The answer says something else than the server keeps.
    Lie(Lie),
    /// The answer says what was sent, whatever the server keeps.
    Echo,
    /// The answer is sent twice.
    Twice { milliseconds: u64 },
    /// Others create the same, before or at the same time.
    Rivals { count: u32, conditional: bool, together: bool },
}

/// Where an answer ends that is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// After so many thousandths of it.
    Thousandth(u64),
    /// Before this octet, counted from none, if it has that; otherwise it goes its way.
    Octet(usize),
}

/// What an answer says instead of the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lie {
    /// As the practice server would change it.
    Stored(Fault, u64),
    /// Another id.
    Id,
    /// Another version.
    Version,
    /// Another type.
    Type,
}

/// An answer that lies, and the element that does.
pub(super) fn lied(lie: &Lie, answer: &Message) -> Option<(Message, String)> {
    let mut resource = Value::parse(&answer.body).ok()?;
    let kind = resource.resource_type()?.to_owned();
    let path = match lie {
        Lie::Stored(fault, seed) => {
            let faults = Faults::default();
            faults.set(Armed::new(fault.clone(), 1).for_type("*").seeded(*seed));
            faults.alter(&kind, &mut resource, &|_| None);
            faults.alterations().pop()?.path
        }
        Lie::Id => {
            resource.as_object_mut()?.insert("id", "another-id");
            format!("{kind}.id")
        }
        Lie::Version => {
            resource.as_object_mut()?.get_mut("meta")?.as_object_mut()?.insert("versionId", "7");
            format!("{kind}.meta.versionId")
        }
        Lie::Type => {
            let id = resource.get("id").cloned()?;
            resource = object! { "resourceType" => "Basic", "id" => id };
            format!("{kind}.resourceType")
        }
    };
    Some((answer.with_body(resource.to_json().into_bytes()), path))
}

/// An answer that says what was sent, with the id and the version that the server gave it.
pub(super) fn echoed(request: &Message, answer: &Message) -> Option<Message> {
    let (mut sent, kept) = (Value::parse(&request.body).ok()?, Value::parse(&answer.body).ok()?);
    let members = sent.as_object_mut()?;
    members.insert("id", kept.get("id")?.clone());
    let mut meta = members.get("meta").cloned().unwrap_or_else(|| object! {});
    for name in ["versionId", "lastUpdated"] {
        if let Some(given) = kept.get("meta").and_then(|meta| meta.get(name)) {
            meta.as_object_mut()?.insert(name, given.clone());
        }
    }
    members.insert("meta", meta);
    Some(answer.with_body(sent.to_json().into_bytes()))
}

/// An answer with one bit of its content changed.
pub(super) fn flipped(seed: u64, answer: &Message) -> Message {
    let mut chance = Chance::new(seed, "flip");
    let mut body = answer.body.clone();
    if !body.is_empty() {
        let at = chance.below(body.len());
        body[at] ^= 1 << chance.below(8);
    }
    answer.with_body(body)
}
