//! Evidence for what was delivered and proven: time stamps (level T of `JAdES`), then revocation values (level LT). It comes
//! after delivery, in the background and in its own time; what was delivered is never changed.

use std::sync::Arc;

use client::Transport;
use client::evidence::{Fetcher, Problem};
use fhir::Value;
use seal::jades::{Augmented, Certified, Level, read_evidence, write_evidence};
use seal::ocsp::{Question, Status};
use seal::time_stamp::TimeStampRequest;
use seal::verify::{CLOCK_TOLERANCE, Trust, covered};
use seal::{Anchors, Crl, OcspResponse, ocsp};

use self::values::add_values;
use super::context::{Context, blocking};
use crate::store::evidence::{self, Evidence};
use crate::store::seen::{self, Whose};
use crate::store::{certificate, outbox};
use crate::{Configuration, Error};

mod values;

/// Records in one round.
const ROUND: u32 = 16;

/// Where evidence comes from, as the study chose it.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The time stamp authority's address (RFC 3161).
    pub time_stamps: String,
    /// The OCSP responder's address (RFC 6960), where there is one.
    pub ocsp: Option<String>,
    /// Where the authorities publish their revocation lists (RFC 2585).
    pub revocation_lists: Vec<String>,
    /// Whom evidence has to come from in the end: the study's anchors.
    pub anchors: Anchors,
    fetcher: Fetcher,
}

impl Sources {
    /// Those of a configuration, over this way, of which only the proxy counts; `None` when it names no time stamp authority.
    ///
    /// # Errors
    /// [`Error::Seal`] when the anchors cannot be read; [`Error::Configuration`] when the proxy cannot be used.
    pub fn of(configuration: &Configuration, transport: &Transport) -> Result<Option<Self>, Error> {
        let policy = &configuration.policy;
        let Some(time_stamps) = policy.time_stamp_authority.clone() else { return Ok(None) };
        Ok(Some(Self {
            time_stamps,
            ocsp: policy.ocsp_responder.clone(),
            revocation_lists: policy.revocation_lists.clone(),
            anchors: Anchors::from_pem(configuration.trust_anchors.as_bytes())?,
            fetcher: Fetcher::over(&transport.proxy_only())
                .map_err(|error| Error::Configuration(error.to_string()))?,
        }))
    }
}

/// Why a record has to wait for its evidence; its short name is kept with the record.
enum Wanting {
    /// The store or the program; the round ends.
    Fatal(Error),
    /// A source did not give what is needed.
    Problem(&'static str),
}

impl From<Error> for Wanting {
    fn from(error: Error) -> Self {
        Self::Fatal(error)
    }
}

impl From<Problem> for Wanting {
    fn from(problem: Problem) -> Self {
        tracing::info!(%problem, "evidence has to wait");
        Self::Problem(problem.code())
    }
}

impl From<seal::SealError> for Wanting {
    fn from(error: seal::SealError) -> Self {
        tracing::warn!(%error, "evidence was refused");
        Self::Problem(error.code())
    }
}

impl From<seal::OcspError> for Wanting {
    fn from(error: seal::OcspError) -> Self {
        tracing::warn!(%error, "evidence was refused");
        Self::Problem(error.code())
    }
}

/// The lists that authorities publish: fetched once for all records of a round.
#[derive(Default)]
struct Published {
    lists: Option<Vec<Crl>>,
    /// Why one of them is not there.
    problem: Option<&'static str>,
}

impl Published {
    /// What is published now. An address that gives no list keeps nobody from the others.
    async fn lists(&mut self, sources: &Sources) -> &[Crl] {
        if self.lists.is_none() {
            let mut found = Vec::new();
            for address in &sources.revocation_lists {
                match published(sources, address).await {
                    Ok(lists) => found.extend(lists),
                    Err(Wanting::Problem(problem)) => self.problem = self.problem.or(Some(problem)),
                    Err(Wanting::Fatal(error)) => self.problem = self.problem.or(Some(error.code())),
                }
            }
            self.lists = Some(found);
        }
        self.lists.as_deref().unwrap_or_default()
    }
}

async fn published(sources: &Sources, address: &str) -> Result<Vec<Crl>, Wanting> {
    Ok(Crl::all_from_bytes(&sources.fetcher.crl(address).await?)?)
}

/// Tries each record that is due once; when the next one is due, in milliseconds since 1970.
pub(super) async fn round(context: &Arc<Context>, sources: &Sources) -> Result<Option<i64>, Error> {
    let now = context.now_ms();
    let due = context.read(move |connection| evidence::due(connection, now, ROUND)).await?;
    let (mut published, mut fatal) = (Published::default(), None);
    for one in due {
        // What keeps one record from its evidence is nothing to the others.
        let error = match record(context, sources, &mut published, one.clone()).await {
            Err(error) if !error.is_of_the_store() => {
                tracing::error!(record = one.record, code = error.code(), "a record's evidence rests");
                keep(context, one, Err(error.code())).await.err()
            }
            result => result.err(),
        };
        fatal = fatal.or(error);
    }
    if let Some(error) = fatal {
        return Err(error);
    }
    context.read(evidence::next_due).await
}

/// Adds to one record what can be had now, and keeps it.
async fn record(
    context: &Arc<Context>,
    sources: &Sources,
    published: &mut Published,
    mut kept: Evidence,
) -> Result<(), Error> {
    let (mut signatures, incomplete) = match signatures(context, &kept).await {
        Ok(found) => found,
        Err(error @ (Error::Unreadable(_) | Error::NotFound(_) | Error::Seal(_))) => {
            tracing::error!(code = error.code(), "a record takes no evidence: it cannot be read");
            return keep(context, kept, Err("record-unreadable")).await;
        }
        Err(error) => return Err(error),
    };
    let result = match add(context, sources, published, &mut signatures).await {
        Ok(()) if incomplete || signatures.is_empty() => Err(Wanting::Problem("evidence-unsupported")),
        result => result,
    };
    if let Some(document) = (!signatures.is_empty()).then(|| write_evidence(&signatures)) {
        kept.document = Some(document.into_bytes());
    }
    kept.level = match signatures.iter().map(Augmented::level).min() {
        _ if incomplete => kept.level,
        Some(Level::T) => evidence::Level::T,
        Some(Level::Lt | Level::Lta) => evidence::Level::Lt,
        Some(Level::B) | None => evidence::Level::B,
    };
    match result {
        Ok(()) => keep(context, kept, Ok(())).await,
        Err(Wanting::Problem(problem)) => keep(context, kept, Err(problem)).await,
        Err(Wanting::Fatal(error)) => Err(error),
    }
}

/// Keeps what there is now, and when to try again.
async fn keep(context: &Context, mut kept: Evidence, result: Result<(), &'static str>) -> Result<(), Error> {
    let next = match result {
        Ok(()) => {
            (kept.failures, kept.problem) = (0, None);
            0
        }
        Err(problem) => {
            kept.failures = kept.failures.saturating_add(1);
            kept.problem = Some(problem.to_owned());
            context.next_attempt(kept.failures, None)
        }
    };
    let now = context.now_ms();
    context
        .write(move |tx| {
            seen::note(tx, Whose::Server(None), now)?;
            evidence::save(tx, &kept, next)
        })
        .await
}

/// The signatures of a record with the evidence that they have; whether others can have none.
async fn signatures(context: &Context, kept: &Evidence) -> Result<(Vec<Augmented>, bool), Error> {
    let id = kept.record.clone();
    let item = context.read(move |connection| outbox::by_id(connection, &id)).await?;
    let document = kept.document.clone();
    let now = (context.clock)().timestamp();
    blocking(move || {
        let unreadable = |_| Error::Unreadable("evidence");
        let before = match document {
            Some(document) => read_evidence(&Value::parse(&document).map_err(unreadable)?)?,
            None => Vec::new(),
        };
        let (response, provenance) = item.evidence();
        let response = Value::parse(response).map_err(unreadable)?;
        let provenances: Vec<Value> =
            provenance.map(Value::parse).transpose().map_err(unreadable)?.into_iter().collect();
        let trust = Trust::new(None, now).with_evidence(&before);
        let (found, refused) = covered(&response, &provenances, &trust);
        for refusal in &refused {
            tracing::warn!(%refusal, "a signature takes no evidence");
        }
        Ok((found.into_iter().map(|one| one.signature).collect(), !refused.is_empty()))
    })
    .await
}

async fn add(
    context: &Context,
    sources: &Sources,
    published: &mut Published,
    signatures: &mut [Augmented],
) -> Result<(), Wanting> {
    for signature in signatures.iter_mut().filter(|signature| signature.level() == Level::B) {
        stamp(context, sources, signature).await?;
    }
    if signatures.iter().all(|signature| signature.level() >= Level::Lt) {
        return Ok(());
    }
    for signature in signatures.iter_mut().filter(|signature| signature.level() == Level::T) {
        let lists = lists(context, sources, published, signature).await?;
        let mut responses = Vec::new();
        if let Some(responder) = &sources.ocsp {
            let now = (context.clock)().timestamp();
            for certified in signature.without_value(&sources.anchors, &lists, &[], now)? {
                responses.extend(status(context, sources, responder, &certified, &lists).await?);
            }
        }
        let at = (context.clock)().timestamp();
        add_values(signature, &sources.anchors, &lists, &responses, published.problem, at)?;
    }
    Ok(())
}

/// Level T: a time stamp of now, by an authority that the study trusts.
async fn stamp(context: &Context, sources: &Sources, signature: &mut Augmented) -> Result<(), Wanting> {
    let request = TimeStampRequest::new(signature.imprint(), random()?)?;
    let answer = sources.fetcher.time_stamp(&sources.time_stamps, request.der()).await?;
    let token = request.read_answer(&answer)?;
    if !token.leads_to(&sources.anchors) {
        tracing::warn!("the time stamp authority is not one that the study trusts");
        return Err(Wanting::Problem("time-stamp-untrusted"));
    }
    // What was kept once stays for good: a wrong time would be in every export.
    let now = (context.clock)().timestamp();
    if token.time().duration_since(now).abs() > CLOCK_TOLERANCE {
        tracing::warn!("the clocks of the time stamp authority and of this device differ");
        return Err(Wanting::Problem("time-stamp-clock"));
    }
    Ok(signature.add_time_stamp(&token)?)
}

/// The newest lists of the issuers on the signature's paths: what is published, and what was kept before.
async fn lists(
    context: &Context,
    sources: &Sources,
    published: &mut Published,
    signature: &Augmented,
) -> Result<Vec<Crl>, Wanting> {
    let fresh = signature.lists_of_issuers(&sources.anchors, published.lists(sources).await)?;
    let now = (context.clock)();
    if !fresh.is_empty() {
        context
            .write(move |tx| {
                fresh.iter().try_for_each(|list| certificate::put_revocation_list(tx, list, &now))
            })
            .await?;
    }
    let kept = context.read(certificate::revocation_lists).await?;
    let kept = kept.iter().map(|der| Crl::from_bytes(der)).collect::<Result<Vec<_>, _>>()?;
    Ok(signature.lists_of_issuers(&sources.anchors, &kept)?)
}

/// What the responder says about one certificate; `None` when it does not know it, so that a list has to say it.
async fn status(
    context: &Context,
    sources: &Sources,
    responder: &str,
    certified: &Certified,
    lists: &[Crl],
) -> Result<Option<OcspResponse>, Wanting> {
    let (subject, issuer) = (certified.certificate.as_slice(), certified.issuer.as_slice());
    let nonce: [u8; 16] = random()?;
    let request = ocsp::request(subject, issuer, Some(&nonce))?;
    let response = OcspResponse::from_der(&sources.fetcher.ocsp(responder, &request).await?)?;
    let at = (context.clock)().timestamp();
    let question = Question { subject, issuer, nonce: Some(&nonce), at, lists };
    Ok(match response.check(&question)? {
        Status::Good | Status::Revoked { .. } => Some(response),
        Status::Unknown => None,
    })
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Crypto)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicU32, Ordering};

    use jiff::{SignedDuration, Timestamp};
    use seal::issue::{Authority, Validity};

    use super::*;

    #[tokio::test]
    async fn lists_are_fetched_once_a_round_whatever_came_of_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/list.crl", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                count.fetch_add(1, Ordering::SeqCst);
                let read = stream.read(&mut [0; 4096]);
                let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                // Whoever asked may be gone.
                let _ = read.and_then(|_| stream.write_all(answer));
            }
        });
        let now = Timestamp::now();
        let validity = Validity { not_before: now, not_after: now + SignedDuration::from_hours(24) };
        let key = p256::ecdsa::SigningKey::from_slice(&[1; 32]).unwrap();
        let root = Authority::new("CN=Test root", key, [1; 16], validity).unwrap();
        let sources = Sources {
            time_stamps: String::new(),
            ocsp: None,
            revocation_lists: vec![address],
            anchors: Anchors::from_pem(root.certificate_pem().as_bytes()).unwrap(),
            fetcher: Fetcher::new().unwrap(),
        };
        let mut round = Published::default();
        for _ in 0..3 {
            assert_eq!(round.lists(&sources).await, &[]);
        }
        assert_eq!((asked.load(Ordering::SeqCst), round.problem), (1, Some("status")));
    }
}
