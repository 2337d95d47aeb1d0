//! The authorization server beside the practice server: SMART Backend Services (SMART App Launch 2.2). At the start nobody
//! is asked for a token; once [`Authorization::demand`] is called, everything of FHIR but the CapabilityStatement and the
//! discovery document is.
//!
//! Registrations, tokens and the ids of assertions are in memory: a restarted server lets everybody in again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use jiff::{SignedDuration, Timestamp};
use josekit::jwk::JwkSet;
use serde_json::json;

mod assertion;

use crate::{content, outcome::Refusal, route::Route, search, server::State};

/// How long a token is good for at the start.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
const JSON: &str = "application/json";

/// The practice authorization server.
#[derive(Default)]
pub struct Authorization {
    register: Mutex<Register>,
}

#[derive(Default)]
struct Register {
    demanded: bool,
    /// By `client_id`.
    clients: HashMap<String, Client>,
    tokens: HashMap<String, Token>,
    /// Assertions by issuer and `jti`, with when they end.
    seen: HashMap<(String, String), i64>,
    /// This server's clock minus the true one.
    ahead: SignedDuration,
    life: Option<SignedDuration>,
    issued: u32,
}

struct Client {
    keys: JwkSet,
    scopes: Vec<String>,
}

struct Token {
    scopes: Vec<String>,
    until: Timestamp,
}

/// Why a client cannot be registered.
#[derive(Debug, thiserror::Error)]
#[error("the keys are no JSON Web Key Set (RFC 7517) of public P-256 or P-384 keys, each with its kid")]
pub struct KeysRefused;

impl Authorization {
    /// From now on, FHIR's requests need a token.
    pub fn demand(&self) {
        self.register().demanded = true;
    }

    /// Registers a client, in place of an earlier registration: the JSON Web Key Set of its public keys, and the scopes
    /// (SMART 2, such as `system/Patient.rs`) that it may be granted.
    ///
    /// # Errors
    /// [`KeysRefused`].
    pub fn register_client(&self, client_id: &str, jwks: &str, scopes: &str) -> Result<(), KeysRefused> {
        let keys = JwkSet::from_bytes(jwks).map_err(|_| KeysRefused)?;
        let is_usable = |key: &&josekit::jwk::Jwk| {
            key.key_id().is_some()
                && matches!(key.curve(), Some("P-256" | "P-384"))
                && key.parameter("d").is_none()
        };
        if keys.keys().is_empty() || !keys.keys().iter().all(is_usable) {
            return Err(KeysRefused);
        }
        let scopes = scopes.split_whitespace().map(str::to_owned).collect();
        self.register().clients.insert(client_id.to_owned(), Client { keys, scopes });
        Ok(())
    }

    /// Strikes a client off, with all tokens.
    pub fn revoke_client(&self, client_id: &str) {
        let mut register = self.register();
        register.clients.remove(client_id);
        register.tokens.clear();
    }

    /// Accepts this token for an hour, as one that somebody was given.
    pub fn hand_out(&self, token: &str, scopes: &str) {
        let mut register = self.register();
        let until = Timestamp::now() + register.ahead + SignedDuration::from_hours(1);
        let scopes = scopes.split_whitespace().map(str::to_owned).collect();
        register.tokens.insert(token.to_owned(), Token { scopes, until });
    }

    /// Ends every token that was issued.
    pub fn end_tokens(&self) {
        self.register().tokens.clear();
    }

    /// How long tokens that are issued from now on are good for.
    pub fn tokens_last(&self, life: SignedDuration) {
        self.register().life = Some(life);
    }

    /// Sets this server's clock that much ahead, in what it says (`Date`) and in what it judges.
    pub fn clock_is_ahead(&self, ahead: SignedDuration) {
        self.register().ahead = ahead;
    }

    /// How many tokens were issued.
    pub fn issued(&self) -> u32 {
        self.register().issued
    }

    /// `Date`, where it is not the true one.
    pub(crate) fn date(&self) -> Option<HeaderValue> {
        let ahead = self.register().ahead;
        if ahead.is_zero() {
            return None;
        }
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&(Timestamp::now() + ahead))
            .ok()?;
        HeaderValue::from_str(&date).ok()
    }

    /// Whether the request may be carried out.
    pub(crate) fn check(&self, route: Route<'_>, headers: &HeaderMap) -> Result<(), Refusal> {
        let register = self.register();
        if !register.demanded || !route.is_fhir() || matches!(route, Route::Metadata) {
            return Ok(());
        }
        let shown = headers.get(header::AUTHORIZATION).and_then(|shown| shown.to_str().ok());
        let token = shown.and_then(|shown| register.tokens.get(shown.strip_prefix("Bearer ")?));
        let now = Timestamp::now() + register.ahead;
        let Some(token) = token.filter(|token| now < token.until) else {
            return Err(Refusal::new(
                StatusCode::UNAUTHORIZED,
                "login",
                "this server asks for an access token; see /fhir/.well-known/smart-configuration",
            )
            .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\"")));
        };
        let wanted = letter(route).zip(route.resource_type());
        if wanted.is_none_or(|(letter, name)| token.scopes.iter().any(|scope| allows(scope, name, letter))) {
            return Ok(());
        }
        Err(Refusal::new(StatusCode::FORBIDDEN, "forbidden", "the access token's scopes do not allow this")
            .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"insufficient_scope\"")))
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorization").field("demanded", &self.register().demanded).finish_non_exhaustive()
    }
}

/// `GET [base]/.well-known/smart-configuration`.
pub(crate) fn discovery(state: &State) -> Response {
    let document = json!({
        "token_endpoint": state.token_endpoint(),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "ES384"],
        "scopes_supported": ["system/*.cruds"],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    });
    content::with_type(StatusCode::OK, JSON, document.to_string())
}

/// `POST /auth/token` (RFC 6749, section 4.4; RFC 7523, section 2.2).
pub(crate) fn token(
    state: &State,
    method: &Method,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    if *method != Method::POST {
        return Err(Refusal::method("POST"));
    }
    let fields: HashMap<String, String> =
        search::decode(&content::form(headers, body)?)?.into_iter().collect();
    let answer = state.authorization.grant(&fields, &state.token_endpoint());
    let (status, document) = match answer {
        Ok(document) => (StatusCode::OK, document),
        Err(error) => {
            let status =
                if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
            (status, json!({ "error": error }))
        }
    };
    let mut response = content::with_type(status, JSON, document.to_string());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl Authorization {
    /// A token, or the `error` of RFC 6749, section 5.2.
    fn grant(
        &self,
        fields: &HashMap<String, String>,
        audience: &str,
    ) -> Result<serde_json::Value, &'static str> {
        let field = |name: &str| fields.get(name).map(String::as_str).ok_or("invalid_request");
        if field("grant_type")? != "client_credentials" {
            return Err("unsupported_grant_type");
        }
        if field("client_assertion_type")? != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
            return Err("invalid_request");
        }
        let (assertion, wanted) = (field("client_assertion")?, field("scope")?);
        let mut register = self.register();
        let now = Timestamp::now() + register.ahead;
        let claims =
            assertion::check(assertion, audience, now, |id| register.clients.get(id).map(|c| &c.keys))
                .ok_or("invalid_client")?;
        register.seen.retain(|_, until| *until > now.as_second());
        if register.seen.insert((claims.iss.clone(), claims.jti), claims.exp).is_some() {
            return Err("invalid_client");
        }
        let client = register.clients.get(&claims.iss).ok_or("invalid_client")?;
        let granted: Vec<String> = wanted
            .split_whitespace()
            .filter(|wanted| client.scopes.iter().any(|allowed| covers(allowed, wanted)))
            .map(str::to_owned)
            .collect();
        if granted.is_empty() {
            return Err("invalid_scope");
        }
        let life = register.life.unwrap_or(LIFE);
        let token = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        let answer = json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": life.as_secs(),
            "scope": granted.join(" "),
        });
        register.tokens.retain(|_, token| token.until > now);
        register.tokens.insert(token, Token { scopes: granted, until: now + life });
        register.issued += 1;
        Ok(answer)
    }
}

/// What a request does, as a letter of SMART's scopes.
fn letter(route: Route<'_>) -> Option<char> {
    Some(match route {
        Route::Create(_) => 'c',
        Route::Read(..) | Route::VersionRead(..) | Route::History(..) => 'r',
        Route::Update(..) => 'u',
        Route::Delete(..) => 'd',
        Route::Search(_) | Route::SearchForm(_) | Route::Expand(_) => 's',
        _ => return None,
    })
}

/// `system/TYPE.cruds`, in its two parts.
fn parts(scope: &str) -> Option<(&str, &str)> {
    scope.strip_prefix("system/")?.split_once('.')
}

fn allows(scope: &str, name: &str, letter: char) -> bool {
    parts(scope).is_some_and(|(kind, letters)| (kind == "*" || kind == name) && letters.contains(letter))
}

fn covers(allowed: &str, wanted: &str) -> bool {
    parts(wanted).is_some_and(|(kind, letters)| letters.chars().all(|one| allows(allowed, kind, one)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_a_type_and_letters() {
        assert!(allows("system/Patient.rs", "Patient", 'r') && allows("system/*.c", "Patient", 'c'));
        assert!(!allows("system/Patient.rs", "Patient", 'c') && !allows("user/Patient.rs", "Patient", 'r'));
        assert!(
            covers("system/*.cruds", "system/Patient.rs") && !covers("system/Patient.r", "system/Patient.rs")
        );
    }

    #[test]
    fn only_public_keys_with_names_are_registered() {
        let authorization = Authorization::default();
        for jwks in [
            "",
            r#"{"keys":[]}"#,
            r#"{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}"#,
            r#"{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","kid":"1","d":"c"}]}"#,
            r#"{"keys":[{"kty":"oct","k":"a","kid":"1"}]}"#,
        ] {
            assert!(authorization.register_client("a", jwks, "system/*.r").is_err(), "{jwks}");
        }
    }
}
