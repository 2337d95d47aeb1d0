//! How a device is let in at the study's server. Secrets are never here: the keystore has them.

use std::borrow::Cow;

use client::smart::{self, Algorithm};
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
        /// What is asked for. Without it, what delivery needs (create, read, update and search of QuestionnaireResponse,
        /// Provenance and DocumentReference; create, read and search of AuditEvent) and, where the policy has assignments,
        /// what those need (read, update and search of Task; read and search of Patient, Questionnaire and `ServiceRequest`).
        /// A scope that is named replaces all of that.
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
    /// What access tokens are asked for: what the study names, or what its policy makes a device do.
    pub(crate) fn scope<'a>(&self, named: Option<&'a str>) -> Cow<'a, str> {
        named.map_or_else(|| Cow::Owned(smart::scope(self.assignments.is_some())), Cow::Borrowed)
    }

    /// What a study that names its scope itself has left out of it, without which nothing that the server assigns can be
    /// taken. What single Tasks need beyond that, the connection check finds out.
    fn lacks(&self, scope: &str) -> Vec<&'static str> {
        let Some(assignments) = &self.assignments else { return Vec::new() };
        let patients = assignments.participant_system.is_some();
        let needed = [("Task", "rus", true), ("Patient", "s", patients)];
        let lacking = needed
            .into_iter()
            .filter(|(kind, letters, is_needed)| *is_needed && !smart::allows(scope, kind, letters));
        lacking.filter_map(|(kind, _, _)| smart::assignment_scope(kind)).collect()
    }

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
                if let Some(scope) = scope.as_deref()
                    && !scope.split_whitespace().all(|one| one.starts_with("system/"))
                {
                    return Some(format!(
                        "policy.authentication.scope asks for more than a device does: begin each scope with system/, \
                         or leave it out to ask for {}",
                        self.scope(None)
                    ));
                }
                let lacking = scope.as_deref().map(|scope| self.lacks(scope)).unwrap_or_default();
                if !lacking.is_empty() {
                    return Some(format!(
                        "policy.authentication.scope lacks what policy.assignments needs: add {}, or leave the scope \
                         out to ask for {}",
                        lacking.join(" "),
                        self.scope(None)
                    ));
                }
                let reason = smart::wrong_endpoint(token_endpoint.as_deref()?, server)?;
                Some(format!(
                    "policy.authentication.tokenEndpoint cannot be used: {reason}; give an address that begins with \
                     https:, or leave it out to have it discovered"
                ))
            }
        }
    }
}
