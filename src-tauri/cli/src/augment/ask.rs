//! Asking the authorities. They are sent hashes and serial numbers; what they answer is checked by `seal`.

use client::evidence::Fetcher;
use jiff::Timestamp;
use seal::jades::Certified;
use seal::ocsp::{Question, Status};
use seal::time_stamp::{TimeStampRequest, TimeStampToken};
use seal::{Anchors, Crl, OcspError, OcspResponse, ocsp};
use tokio::runtime::{Builder, Runtime};

use crate::arguments::Augment;
use crate::error::Error;

/// Octets of an OCSP nonce (RFC 9654, section 2.1).
const NONCE: usize = 32;

pub(super) struct Authorities {
    tsa: String,
    responder: Option<String>,
    fetcher: Fetcher,
    runtime: Runtime,
}

impl Authorities {
    pub(super) fn new(command: &Augment) -> Result<Self, Error> {
        let failed = |reason: String| Error::Augment { what: command.tsa.clone(), reason };
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(error.to_string()))?;
        let fetcher = Fetcher::new().map_err(|error| failed(error.to_string()))?;
        Ok(Self { tsa: command.tsa.clone(), responder: command.ocsp.clone(), fetcher, runtime })
    }

    /// A time stamp over `imprint` by an authority under one of `anchors`.
    ///
    /// # Errors
    /// What to tell the person: no answer, a refusal, a token that proves nothing here.
    pub(super) fn stamp(&self, imprint: [u8; 32], anchors: &Anchors) -> Result<TimeStampToken, String> {
        let request = TimeStampRequest::new(imprint, random()?).map_err(|error| error.to_string())?;
        let answer = self
            .runtime
            .block_on(self.fetcher.time_stamp(&self.tsa, request.der()))
            .map_err(|problem| problem.to_string())?;
        let token = request.read_answer(&answer).map_err(|error| error.to_string())?;
        if !token.leads_to(anchors) {
            return Err(format!(
                "the time stamp authority {} does not lead to a trust anchor that was given (--trust)",
                token.authority()
            ));
        }
        Ok(token)
    }

    /// What the responder says about a certificate; `None` when no responder was named, or it does not know. An answer to
    /// another question, or one that is not of now, is refused; `lists` say whether the responder itself was revoked.
    ///
    /// # Errors
    /// What to tell the person.
    pub(super) fn status(&self, one: &Certified, lists: &[Crl]) -> Result<Option<OcspResponse>, String> {
        let Some(responder) = &self.responder else { return Ok(None) };
        let nonce: [u8; NONCE] = random()?;
        let request =
            ocsp::request(&one.certificate, &one.issuer, Some(&nonce)).map_err(|error| error.to_string())?;
        let answer = self
            .runtime
            .block_on(self.fetcher.ocsp(responder, &request))
            .map_err(|problem| format!("{}: {problem}", one.subject))?;
        let refused = |error: OcspError| format!("{}: {error}", one.subject);
        let response = OcspResponse::from_der(&answer).map_err(refused)?;
        let question = Question {
            subject: &one.certificate,
            issuer: &one.issuer,
            nonce: Some(&nonce),
            at: Timestamp::now(),
            lists,
        };
        Ok(match response.check(&question).map_err(refused)? {
            Status::Good | Status::Revoked { .. } => Some(response),
            Status::Unknown => None,
        })
    }
}

fn random<const N: usize>() -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers can be had ({error})"))?;
    Ok(bytes)
}
