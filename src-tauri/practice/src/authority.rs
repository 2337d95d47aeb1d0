//! The practice certificate authority: a root and an intermediate of this server's own, made at its first start. They
//! vouch for nothing but practice.

use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use p256::{
    ecdsa::SigningKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _},
};
use seal::issue::ocsp::{self, Currency, Register};
use seal::issue::{self, Revoked, SanPolicy, Validity};

use crate::{
    Error,
    storage::{Storage, Work},
};

const ROOT: &str = "CN=Attesta practice root,O=Attesta practice";
const INTERMEDIATE: &str = "CN=Attesta practice devices,O=Attesta practice";
const TIME_STAMPS: &str = "CN=Attesta practice time stamps,O=Attesta practice";
/// About ten years.
const AUTHORITY_DAYS: i64 = 3650;
/// Thirteen months, as a device's certificate usually lives.
pub(crate) const LEAF_LIFE: SignedDuration = SignedDuration::from_hours(24 * 397);
const CRL_DAYS: i64 = 7;
const OCSP_HOURS: i64 = 24;
/// Names of what was revoked: this, and the serial number in base64url.
const REVOKED: &str = "revoked-";

/// Root and intermediate, ready to issue, and what stamps times under the root.
pub(crate) struct Authority {
    root: issue::Authority,
    intermediate: issue::Authority,
    time_stamps: issue::tsa::Authority,
    anchor: String,
    revoked: RwLock<Vec<Revoked>>,
}

impl Authority {
    /// The authority in `storage`; made and stored when there is none.
    pub(crate) fn open(storage: &Storage) -> Result<Self, Error> {
        storage.transact(|work| {
            let (root, intermediate) = match (load(work, "root")?, load(work, "intermediate")?) {
                (Some(root), Some(intermediate)) => (root, intermediate),
                (None, None) => make(work)?,
                _ => return Err(Error::AuthorityIncomplete),
            };
            let time_stamps = match load_time_stamps(work)? {
                Some(time_stamps) => time_stamps,
                None => make_time_stamps(work, &root)?,
            };
            let anchor = root.certificate_pem();
            let revoked = RwLock::new(load_revoked(work)?);
            Ok(Self { root, intermediate, time_stamps, anchor, revoked })
        })
    }

    /// The root certificate, PEM.
    pub(crate) fn anchor_pem(&self) -> &str {
        &self.anchor
    }

    /// A device's certificate for its request (PKCS#10, DER or PEM), which ends when it has lived so long, and the
    /// intermediate's after it, PEM. A request may be sent again: each answer is a new, good certificate.
    pub(crate) fn issue(
        &self,
        request: &[u8],
        now: Timestamp,
        life: SignedDuration,
    ) -> Result<String, seal::SealError> {
        let serial = random::<16>().map_err(|error| seal::SealError::Issue { reason: error.to_string() })?;
        let leaf = self.intermediate.issue_leaf(request, SanPolicy::AnyUrnUuid, serial, now, now + life)?;
        let ders = vec![leaf, self.intermediate.certificate_der().to_vec()];
        Ok(seal::CertificateChain::from_ders(ders)?.to_pem())
    }

    /// The serial number of a device's certificate that this authority issued, from its chain (PEM).
    pub(crate) fn issued(&self, chain: &[u8]) -> Result<Vec<u8>, seal::SealError> {
        let chain = seal::CertificateChain::from_pem(chain)?;
        if !self.intermediate.has_issued(chain.leaf_der()) {
            let reason = "the first certificate is none of a device that this authority issued".to_owned();
            return Err(seal::SealError::Enrolment { code: "untrusted", reason });
        }
        Ok(chain.serial().to_vec())
    }

    /// Revokes a device's certificate for good: lists and OCSP say so from now on.
    pub(crate) fn revoke(&self, storage: &Storage, serial: Vec<u8>, now: Timestamp) -> Result<(), Error> {
        let mut revoked = self.revoked.write().unwrap_or_else(PoisonError::into_inner);
        if revoked.iter().any(|one| one.serial == serial) {
            return Ok(());
        }
        let name = format!("{REVOKED}{}", URL_SAFE_NO_PAD.encode(&serial));
        storage.transact(|work| work.set_authority(&name, now.to_string().as_bytes()))?;
        revoked.push(Revoked { serial, at: now });
        Ok(())
    }

    /// The answer to a request for a time stamp, both DER.
    pub(crate) fn time_stamp(&self, request: &[u8], now: Timestamp) -> Result<Vec<u8>, Error> {
        Ok(self.time_stamps.respond(request, now)?)
    }

    /// The answer to an OCSP request, both DER.
    pub(crate) fn status(&self, request: &[u8], now: Timestamp) -> Result<Vec<u8>, Error> {
        let revoked = self.revoked.read().unwrap_or_else(PoisonError::into_inner);
        let register = Register { issued: None, revoked: &revoked };
        let currency = Currency { this_update: now, next_update: Some(now + OCSP_HOURS.hours()) };
        Ok(ocsp::respond(&[&self.intermediate, &self.root], request, &register, currency)?)
    }

    /// The current revocation lists, PEM, the intermediate's first.
    pub(crate) fn crl_pem(&self, now: Timestamp) -> Result<String, Error> {
        Ok(self.crl(Issuer::Intermediate, now)?.to_pem() + &self.crl(Issuer::Root, now)?.to_pem())
    }

    /// The current revocation list of one of the two.
    pub(crate) fn crl(&self, issuer: Issuer, now: Timestamp) -> Result<seal::Crl, Error> {
        let revoked = self.revoked.read().unwrap_or_else(PoisonError::into_inner);
        // Only devices' certificates are ever revoked.
        let (authority, revoked) = match issuer {
            Issuer::Root => (&self.root, &[][..]),
            Issuer::Intermediate => (&self.intermediate, revoked.as_slice()),
        };
        // Lists are numbered by the millisecond: later lists have higher numbers, over restarts too.
        let number = u64::try_from(now.as_millisecond()).unwrap_or_default();
        Ok(authority.crl(revoked, now, now + (24 * CRL_DAYS).hours(), number)?)
    }
}

/// Whose revocation list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Issuer {
    Root,
    Intermediate,
}

fn load_revoked(work: &Work<'_>) -> Result<Vec<Revoked>, Error> {
    let all = work.authority_beginning_with(REVOKED)?;
    let revoked = all.iter().map(|(name, value)| {
        let serial = name.strip_prefix(REVOKED).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let at = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        serial.zip(at).map(|(serial, at)| Revoked { serial, at }).ok_or(Error::AuthorityIncomplete)
    });
    revoked.collect()
}

fn load(work: &Work<'_>, name: &str) -> Result<Option<issue::Authority>, Error> {
    let key = work.authority(&format!("{name}-key"))?;
    let certificate = work.authority(&format!("{name}-certificate"))?;
    match (key, certificate) {
        (Some(key), Some(certificate)) => {
            let key = SigningKey::from_pkcs8_der(&key).map_err(|_| Error::AuthorityIncomplete)?;
            Ok(Some(issue::Authority::load(key, &certificate)?))
        }
        (None, None) => Ok(None),
        _ => Err(Error::AuthorityIncomplete),
    }
}

fn make(work: &Work<'_>) -> Result<(issue::Authority, issue::Authority), Error> {
    let now = Timestamp::now();
    let validity = Validity { not_before: now, not_after: now + (24 * AUTHORITY_DAYS).hours() };
    let root_key = make_key()?;
    let intermediate_key = make_key()?;
    let root = issue::Authority::new(ROOT, root_key.clone(), random()?, validity)?;
    let intermediate = root.intermediate(INTERMEDIATE, intermediate_key.clone(), random()?, validity)?;
    for (name, key, authority) in
        [("root", root_key, &root), ("intermediate", intermediate_key, &intermediate)]
    {
        let key = key.to_pkcs8_der().map_err(|_| Error::AuthorityIncomplete)?;
        work.set_authority(&format!("{name}-key"), key.as_bytes())?;
        work.set_authority(&format!("{name}-certificate"), authority.certificate_der())?;
    }
    Ok((root, intermediate))
}

fn load_time_stamps(work: &Work<'_>) -> Result<Option<issue::tsa::Authority>, Error> {
    let key = work.authority("time-stamps-key")?;
    let certificate = work.authority("time-stamps-certificate")?;
    let (Some(key), Some(certificate)) = (key, certificate) else { return Ok(None) };
    let key = SigningKey::from_pkcs8_der(&key).map_err(|_| Error::AuthorityIncomplete)?;
    let chain = seal::CertificateChain::from_ders(vec![certificate])?;
    Ok(Some(issue::tsa::Authority::load(key, chain)?))
}

/// Folders from before there were time stamps have none: it is made when it is missed.
fn make_time_stamps(work: &Work<'_>, root: &issue::Authority) -> Result<issue::tsa::Authority, Error> {
    let now = Timestamp::now();
    let validity = Validity { not_before: now, not_after: now + (24 * AUTHORITY_DAYS).hours() };
    let key = make_key()?;
    let authority = issue::tsa::Authority::new(root, TIME_STAMPS, key.clone(), random()?, validity)?;
    let key = key.to_pkcs8_der().map_err(|_| Error::AuthorityIncomplete)?;
    work.set_authority("time-stamps-key", key.as_bytes())?;
    work.set_authority("time-stamps-certificate", authority.chain().leaf_der())?;
    Ok(authority)
}

pub(crate) fn make_key() -> Result<SigningKey, Error> {
    loop {
        // Not every 32 bytes are a P-256 key: one try in about 2^32 has to be repeated.
        if let Ok(key) = SigningKey::from_slice(&random::<32>()?) {
            return Ok(key);
        }
    }
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Randomness(error.to_string()))?;
    Ok(bytes)
}
