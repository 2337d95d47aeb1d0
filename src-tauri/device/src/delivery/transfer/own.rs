//! A create that the server acknowledged. There is never another one after it: a search can miss what the server keeps, but
//! not make it undone.

use client::{Exchange, Location};

use super::look::{malformed, no_version, unknown};
use super::whose::SENT;
use super::{Found, Kept, Outcome, Transfer};
use crate::delivery::failpoint;
use crate::store::attempt::{self, Attempt};

/// What the answer to the create said.
pub(super) struct Own {
    /// Under which id the resource is kept; `None` when the answer did not name it.
    id: Option<String>,
    /// The version that the request made, if the answer named it.
    version: Option<String>,
    /// The resource itself, if it was in the answer.
    kept: Option<Kept>,
}

impl Transfer<'_> {
    /// What comes after a create that was acted on. What the answer says is enough when the request was the only one;
    /// otherwise it is on the disk before anything else is asked.
    pub(super) async fn acknowledged(&mut self, exchange: Exchange) -> Found<Kept> {
        // The headers still name what a body that cannot be read does not.
        let kept = self.identify(&exchange).unwrap_or_default();
        let location = self.location(&exchange);
        // An earlier create won: what it made is version 1, whatever happened to it since.
        let earlier = exchange.status == 200;
        match kept {
            Some(kept) if !self.parcel.unsure && (!earlier || kept.version == "1") => {
                self.name_last(Some(&kept.id));
                Ok(kept)
            }
            kept => {
                let id = kept.as_ref().map(|kept| kept.id.clone());
                let id = id.or_else(|| location.as_ref().map(|(id, _)| id.clone()));
                let version = location.as_ref().and_then(|(_, version)| version.clone()).filter(|_| !earlier);
                self.keep_acknowledgement(id.as_deref()).await?;
                let kept = match kept {
                    Some(kept) if earlier => Some(self.first_version(kept).await?),
                    kept => kept,
                };
                match (kept, location) {
                    (Some(kept), _) if !self.parcel.unsure => Ok(kept),
                    (None, Some((named, Some(at)))) if !self.parcel.unsure && !earlier => {
                        let kept = self.read_version(&named, &at).await?;
                        // The headers alone were believed so far.
                        if !self.is_anothers(&kept).await? {
                            return Ok(kept);
                        }
                        self.own_after(Own { id, version, kept: Some(kept) }).await
                    }
                    (kept, _) => self.own_after(Own { id, version, kept }).await,
                }
            }
        }
    }

    async fn own_after(&mut self, own: Own) -> Found<Kept> {
        self.after(own).await?.ok_or(Outcome::Stopped("of-another"))
    }

    /// What the server keeps after it has acknowledged a create. A create before that one may have been acted on too, so
    /// others are searched first. `None` when the acknowledgement was another record's and nothing is found.
    pub(super) async fn after(&mut self, own: Own) -> Found<Option<Kept>> {
        let found = self.look().await?;
        let Some(id) = own.id else { return found.map(Some).ok_or(Outcome::Stopped("not-named")) };
        if let Some(found) = found.as_ref().filter(|found| found.id == id) {
            return self.version_of(found.clone(), own.version.as_deref()).await.map(Some);
        }
        // Where another one is found, only what the server says now counts: the answer may have named what is nowhere.
        let acknowledged = match own.kept.filter(|_| found.is_none()) {
            Some(kept) => Ok(kept),
            None => self.read_acknowledged(&id, own.version.as_deref()).await?,
        };
        match (found, acknowledged) {
            (found, Ok(other)) if self.is_anothers(&other).await? => Ok(found),
            (Some(found), Ok(other)) => {
                let found = vec![self.name_of(&found), self.name_of(&other)];
                Err(Outcome::Several { found, altered: false })
            }
            (None, Ok(own)) => Ok(Some(own)),
            (Some(found), Err(gone)) if !gone.is_bare_refusal() => Ok(Some(found)),
            // Deleted: whether it comes back is for a person to decide.
            (_, Err(gone)) => Err(self.refused(gone).await),
        }
    }

    /// What an earlier try was told. When the server said since that there is no such resource (any more), a person was asked
    /// before this try, and it counts no longer.
    pub(super) async fn acknowledged_before(&self) -> Found<Option<Own>> {
        if self.parcel.replaces.is_some() {
            return Ok(None);
        }
        let subject = self.parcel.subject.clone();
        let attempts = self.context.read(move |connection| attempt::of_subject(connection, &subject)).await;
        let attempts = attempts.map_err(|_| malformed())?;
        Ok(told(&attempts, self.context.client.base_url(), self.parcel.resource_type))
    }

    /// Notes with the answer to the create what only its body names.
    fn name_last(&mut self, id: Option<&str>) {
        if let (Some(last), Some(id)) = (self.attempts.last_mut(), id)
            && last.location.is_none()
        {
            last.location = Some(format!("{}/{id}", self.parcel.resource_type));
        }
    }

    /// The acknowledgement is on the disk before anything else is asked: whoever comes back after a crash knows of it.
    async fn keep_acknowledgement(&mut self, id: Option<&str>) -> Found<()> {
        self.name_last(id);
        let made = self.attempts.clone();
        let written = self.context.write(move |tx| made.iter().try_for_each(|one| attempt::append(tx, one)));
        // What was not written stays with the attempts of this try, and is stored with them.
        written.await.map_err(|_| malformed())?;
        self.attempts.clear();
        failpoint::hit(&format!("{}-acknowledgement-committed", self.parcel.name));
        Ok(())
    }

    /// What is kept under this id, in the version that was made or else in version 1, or the answer that nothing is.
    pub(super) async fn read_acknowledged(
        &mut self,
        id: &str,
        version: Option<&str>,
    ) -> Found<Result<Kept, Exchange>> {
        let answer = self.context.client.read(self.parcel.resource_type, id).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => {
                let kept = self.identify(&exchange)?.ok_or_else(no_version)?;
                // Another id in the body is a difference, and shown as one.
                self.version_of(Kept { id: id.to_owned(), ..kept }, version).await.map(Ok)
            }
            404 | 410 => Ok(Err(exchange)),
            _ => Err(self.later(&exchange, true)),
        }
    }

    fn name_of(&self, kept: &Kept) -> String {
        format!("{}/{}/_history/{}", self.parcel.resource_type, kept.id, kept.version)
    }
}

/// The newest acknowledgement by this server among the attempts, if it still counts.
fn told(attempts: &[Attempt], server: &str, resource_type: &str) -> Option<Own> {
    let (create, named) = (format!("/{resource_type}"), |id: &str| format!("/{resource_type}/{id}"));
    let is_acknowledged = |one: &Attempt| {
        one.server == server
            && one.method == "POST"
            && one.url.ends_with(&create)
            && one.status.is_some_and(|status| (200..=299).contains(&status))
            && !one.location.as_deref().is_some_and(|text| names_another_type(text, resource_type))
    };
    let at = attempts.iter().rposition(is_acknowledged)?;
    let told = attempts.get(at)?;
    let location = told.location.as_deref().and_then(|text| Location::parse(text, resource_type));
    let (id, version) = location.map_or((None, None), |named| (Some(named.id), named.version));
    // An earlier create won: what was made by then is version 1.
    let version = version.filter(|_| told.status != Some(200));
    let is_gone = |one: &Attempt| {
        let is_read = one.method == "GET" && id.as_deref().is_some_and(|id| one.url.ends_with(&named(id)));
        is_read && matches!(one.status, Some(404 | 410)) && !one.bare
    };
    let gone = attempts.iter().skip(at + 1).any(is_gone);
    (!gone).then_some(Own { id, version, kept: None })
}

/// The answer to a create of something else.
fn names_another_type(location: &str, resource_type: &str) -> bool {
    let others = SENT.iter().filter(|other| **other != resource_type);
    others.into_iter().any(|other| Location::parse(location, other).is_some())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const SERVER: &str = "https://fhir.example/r4";

    fn attempt(method: &str, path: &str, status: u16, location: Option<&str>) -> Attempt {
        Attempt {
            method: method.to_owned(),
            url: format!("{SERVER}/{path}"),
            status: Some(status),
            location: location.map(str::to_owned),
            error: None,
            ..Attempt::held_back("record/a", "2026-11-21T09:00:00Z".to_owned(), SERVER)
        }
    }

    #[test]
    fn the_version_that_was_made_is_told_by_a_create_and_not_by_an_earlier_one_that_won() {
        let location = format!("{SERVER}/Provenance/7/_history/3");
        let version = |status| {
            let made = [attempt("POST", "Provenance", status, Some(&location))];
            told(&made, SERVER, "Provenance").unwrap().version
        };
        assert_eq!((version(201).as_deref(), version(200)), (Some("3"), None));
    }

    /// What the acknowledgement names, `-` where it names nothing.
    fn id(attempts: &[Attempt], server: &str, resource_type: &str) -> Option<String> {
        told(attempts, server, resource_type).map(|own| own.id.unwrap_or_else(|| "-".to_owned()))
    }

    #[test]
    fn only_this_servers_acknowledgement_of_this_type_counts() {
        let location = format!("{SERVER}/Provenance/7/_history/1");
        let mut made = vec![
            attempt("POST", "Provenance", 500, None),
            attempt("POST", "Provenance", 201, Some(&location)),
            attempt("GET", "Provenance", 404, None),
            attempt("GET", "Provenance/7/_history/1", 404, None),
            attempt("POST", "Provenance", 503, None),
        ];
        assert_eq!(id(&made, SERVER, "Provenance"), Some("7".to_owned()));
        assert_eq!(id(&made, SERVER, "QuestionnaireResponse"), None);
        assert_eq!(id(&made, "https://other.example", "Provenance"), None);
        let gateway = Attempt { bare: true, ..attempt("GET", "Provenance/7", 404, None) };
        made.push(gateway);
        assert_eq!(id(&made, SERVER, "Provenance"), Some("7".to_owned()), "it may not be the server's word");
        // A person is asked when it is gone, and only then is it sent again.
        made.push(attempt("GET", "Provenance/7", 410, None));
        assert_eq!(id(&made, SERVER, "Provenance"), None);
        made.push(attempt("POST", "Provenance", 201, None));
        assert_eq!(id(&made, SERVER, "Provenance"), Some("-".to_owned()), "acknowledged without a name");
        let mixed = format!("{SERVER}/QuestionnaireResponse/9/_history/1");
        made.push(attempt("POST", "Provenance", 201, Some(&mixed)));
        assert_eq!(id(&made, SERVER, "Provenance"), Some("-".to_owned()), "the answer to another create");
    }
}
