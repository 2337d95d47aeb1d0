//! As whom this device asks: an access token in `Authorization` (RFC 6750), which only the server's own origin ever sees.

mod discovery;
mod scope;
pub mod smart;

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;

use crate::error::Error;
use smart::BackendServices;

/// The longest access token, in octets.
const LONGEST_TOKEN: usize = 16 * 1024;

/// How a client is let in. Cheap to clone; clones share their token.
#[derive(Clone)]
pub struct Authentication(Kind);

#[derive(Clone)]
enum Kind {
    /// The same token with every request.
    Bearer(HeaderValue),
    /// SMART Backend Services: tokens that are asked for.
    BackendServices(Arc<BackendServices>),
    /// What is needed is not there.
    Missing,
}

impl Authentication {
    /// Shows this token with every request.
    ///
    /// # Errors
    /// [`Error::Settings`] for a token that is none (RFC 6750, section 2.1).
    pub fn bearer(token: &str) -> Result<Self, Error> {
        Ok(Self(Kind::Bearer(authorization(token).ok_or(Error::Settings("the access token is none"))?)))
    }

    /// Asks for tokens with a signed assertion.
    pub fn backend_services(services: BackendServices) -> Self {
        Self(Kind::BackendServices(Arc::new(services)))
    }

    /// Lets nothing be sent: each request fails with [`AccessProblem::Missing`] until there are credentials.
    pub fn missing() -> Self {
        Self(Kind::Missing)
    }

    /// What to show, and whether it was kept from an earlier request.
    pub(crate) async fn authorization(&self) -> Result<(HeaderValue, bool), Error> {
        match &self.0 {
            // Another one cannot be had.
            Kind::Bearer(value) => Ok((value.clone(), false)),
            Kind::BackendServices(services) => services.authorization().await,
            Kind::Missing => Err(Error::Access(AccessProblem::Missing)),
        }
    }

    /// Forgets what the server no longer accepts.
    pub(crate) async fn forget(&self, shown: &HeaderValue) {
        if let Kind::BackendServices(services) = &self.0 {
            services.forget(shown).await;
        }
    }
}

/// Says how, never with what.
impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::Bearer(_) => "Bearer([redacted])",
            Kind::BackendServices(_) => "BackendServices([redacted])",
            Kind::Missing => "Missing",
        })
    }
}

/// Why there is no access token (RFC 6749, section 5.2). The texts quote nothing that the authorization server wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessProblem {
    /// `invalid_client` or `unauthorized_client`.
    #[error(
        "the authorization server does not know this device's registration, or has revoked it; have its public key \
         registered again"
    )]
    ClientRefused,
    /// `invalid_scope`.
    #[error("the authorization server does not grant what this device has to do; have its scopes registered")]
    ScopeRefused,
    /// Another refusal.
    #[error("the authorization server gave no access token (HTTP status {0}); tell whoever runs it")]
    Refused(u16),
    /// The server says nothing about an authorization server that this device could use.
    #[error(
        "the server offers no sign-in for devices: {0}; name its token endpoint, or choose another authentication"
    )]
    Unsupported(&'static str),
    /// It could not be asked, or failed.
    #[error("the authorization server cannot be asked now: {0}")]
    Unavailable(Box<Error>),
    /// Its answer is no access token.
    #[error("the authorization server's answer cannot be used: {0}")]
    Answer(&'static str),
    /// The key that signs assertions, or the token, is not there.
    #[error("this device has no credentials for the server; a technician has to store them")]
    Missing,
}

impl AccessProblem {
    /// A short stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ClientRefused => "client-refused",
            Self::ScopeRefused | Self::Refused(_) | Self::Unsupported(_) => "token-refused",
            Self::Unavailable(_) | Self::Answer(_) => "token-unreachable",
            Self::Missing => "credentials",
        }
    }

    /// Whether a person has to do something before anything else can be sent.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Unavailable(_) | Self::Answer(_))
    }
}

/// `Authorization: Bearer …`; `None` for a token that is none.
fn authorization(token: &str) -> Option<HeaderValue> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if !(1..=LONGEST_TOKEN).contains(&token.len()) || !token.bytes().all(is_token) {
        return None;
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_is_checked_and_never_shown() {
        let shown = format!("{:?}", Authentication::bearer("secret").unwrap());
        assert_eq!(shown, "Bearer([redacted])");
        assert!(!format!("{:?}", authorization("secret")).contains("secret"));
        for wrong in ["", "a b", "a\nb", "é", &"a".repeat(LONGEST_TOKEN + 1)] {
            assert!(Authentication::bearer(wrong).is_err());
        }
    }
}
