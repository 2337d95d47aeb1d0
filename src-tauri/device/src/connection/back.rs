//! Reading back what was created: what a server answers to a create says what it was sent, not yet what it will show. A
//! delivery reads each response before it is signed for, and looks at Provenances again.

use client::{Exchange, Failure};
use fhir::{Value, diff};

use super::judged::kept;
use super::{Fault, Trial};

/// A resource that the check has created, or found again.
pub(super) struct Made {
    kind: &'static str,
    pub(super) id: String,
    pub(super) version: String,
    /// As the server answered it.
    answered: Value,
}

/// What of it the server shows.
enum Shown {
    /// The version that it answered with.
    Version,
    /// The newest alone, which is that version.
    Newest,
}

impl Made {
    /// What a create, or a read of what was created before, was answered with.
    pub(super) fn of(answer: &Result<Exchange, Failure>, kind: &'static str) -> Result<Self, Fault> {
        let (id, version) = kept(answer, kind)?;
        let shown = answer.as_ref().ok().and_then(|exchange| exchange.resource().ok().flatten());
        Ok(Self { kind, id, version, answered: shown.unwrap_or(Value::Null) })
    }
}

impl Trial {
    /// What keeps these from being read back, or what is to be remarked upon.
    pub(super) async fn read_back(&self, all: &[Made]) -> (Option<Fault>, Option<Fault>) {
        let mut unversioned = Vec::new();
        for one in all {
            match self.shown_again(one).await {
                Ok(Shown::Version) => {}
                Ok(Shown::Newest) => unversioned.push(one.kind),
                Err(fault) => return (Some(fault), None),
            }
        }
        let notice = (!unversioned.is_empty()).then(|| no_versions(&unversioned.join(", ")));
        (None, notice)
    }

    /// In the way of a delivery: the version, or where the server shows no versions, what is there now.
    async fn shown_again(&self, made: &Made) -> Result<Shown, Fault> {
        let (kind, id) = (made.kind, made.id.as_str());
        let answer = self.client.vread(kind, id, &made.version).await;
        let exchange = answer.as_ref().map_err(|failure| Fault::of(&failure.error))?;
        match exchange.status {
            200 => self.compare(made, &answer).map(|()| Shown::Version),
            _ if exchange.shows_no_version() => {
                let newest = self.client.read(kind, id).await;
                let exchange = newest.as_ref().map_err(|failure| Fault::of(&failure.error))?;
                if exchange.status != 200 {
                    return Err(unread(exchange, kind));
                }
                self.compare(made, &newest).map(|()| Shown::Newest)
            }
            _ => Err(unread(exchange, kind)),
        }
    }

    /// The same version with the same content; what the study allows a server to change is none.
    fn compare(&self, made: &Made, answer: &Result<Exchange, Failure>) -> Result<(), Fault> {
        let shown = Made::of(answer, made.kind).map_err(|fault| match fault.code() {
            "no-representation" => otherwise(made.kind),
            _ => fault,
        })?;
        let (undone, _) = seal::undo(self.tolerances.as_slice(), &made.answered, &shown.answered);
        let (before, now) =
            (diff::without_server_managed(&made.answered), diff::without_server_managed(&undone));
        let is_same = (&made.id, &made.version) == (&shown.id, &shown.version)
            && diff::differences(&before, &now).is_empty();
        if is_same { Ok(()) } else { Err(otherwise(made.kind)) }
    }
}

fn unread(exchange: &Exchange, kind: &str) -> Fault {
    match exchange.status {
        401 | 403 => Fault::new(
            "read-forbidden",
            format!(
                "the server does not let this device read the {kind} that it has created; let this device read what it has \
                 created"
            ),
        )
        .with(kind),
        _ if exchange.shows_no_version() => Fault::new(
            "not-shown",
            format!(
                "the server does not show the {kind} that this device has created; let this device read what it has created"
            ),
        )
        .with(kind),
        status => Fault::new(
            "read-failed",
            format!(
                "reading the {kind} that was created is answered with HTTP status {status}; tell whoever runs the server, \
                 and check again"
            ),
        )
        .with(format_args!("{kind}: {status}")),
    }
}

fn otherwise(kind: &str) -> Fault {
    Fault::new(
        "shown-otherwise",
        format!(
            "the server shows the {kind} that this device has created otherwise than it answered; have it show what it keeps: \
             something before the server may answer in its place, or alter it"
        ),
    )
    .with(kind)
}

fn no_versions(kinds: &str) -> Fault {
    Fault::new(
        "no-vread",
        format!(
            "the server shows no versions (_history) of {kinds}; delivery works, with one more request for each record, and as \
             long as nobody changes a record on the server before the device has read it"
        ),
    )
    .with(kinds)
}
