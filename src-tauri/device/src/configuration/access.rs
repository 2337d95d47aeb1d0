//! How a device is let in at the study's server. Secrets are never here: the keystore has them.

use client::smart::{Algorithm, SCOPE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Policy;

/// How the device shows the FHIR server who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Authentication {
    /// Not at all.
    None {},
    /// By an access token (RFC 6750) that somebody was given and stored on the device.
    Bearer {},
    /// By access tokens that the device asks for with a key of its own (SMART Backend Services).
    SmartBackendServices {
        /// As what the study's devices are registered; each device's public key belongs to this registration.
        client_id: String,
        /// Where tokens are asked for. Without it, the server's `.well-known/smart-configuration` says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_endpoint: Option<String>,
        /// With what assertions are signed: ES384 (P-384) or ES256 (P-256).
        #[serde(default)]
        #[schemars(with = "AlgorithmName")]
        algorithm: Algorithm,
        /// What is asked for; without it, what delivery needs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
    },
    /// By a TLS client certificate with a key of its own.
    MutualTls {},
}

impl Default for Authentication {
    fn default() -> Self {
        Self::None {}
    }
}

/// [`Algorithm`], as a study names it.
#[derive(JsonSchema)]
#[allow(dead_code)] // for its schema alone
enum AlgorithmName {
    #[serde(rename = "ES384")]
    Es384,
    #[serde(rename = "ES256")]
    Es256,
}

impl Policy {
    pub(super) fn wrong_access(&self, server: &str) -> Option<String> {
        if let Some(reason) = self.tls_anchors.as_deref().and_then(client::wrong_anchors) {
            return Some(format!("policy.tlsAnchors cannot be used: {reason}; give certificates in PEM"));
        }
        match &self.authentication {
            Authentication::None {} | Authentication::Bearer {} => None,
            Authentication::MutualTls {} => (!server.starts_with("https:")).then(|| {
                "policy.authentication is mutualTls, and the server's address is not https: give one that is, or choose \
                 another method"
                    .to_owned()
            }),
            Authentication::SmartBackendServices { client_id, token_endpoint, scope, .. } => {
                if client_id.trim().is_empty() || client_id.chars().any(char::is_control) {
                    return Some(
                        "policy.authentication.clientId is empty, or cannot be written: give the id under which the \
                         study's devices are registered"
                            .to_owned(),
                    );
                }
                if let Some(scope) = scope
                    && !scope.split_whitespace().all(|one| one.starts_with("system/"))
                {
                    return Some(format!(
                        "policy.authentication.scope asks for more than a device does: begin each scope with system/, \
                         or leave it out to ask for {SCOPE}"
                    ));
                }
                let reason = client::smart::wrong_endpoint(token_endpoint.as_deref()?, server)?;
                Some(format!(
                    "policy.authentication.tokenEndpoint cannot be used: {reason}; give an address that begins with \
                     https:, or leave it out to have it discovered"
                ))
            }
        }
    }
}
