//! What a configuration is held against before anything is signed under it.

use super::{Configuration, FhirVersion, Policy, ProvenanceProfile};
use crate::Error;

impl Configuration {
    /// Refuses choices that do not go together or would be left aside, and addresses and identifiers that nothing can be
    /// done with, before anything is signed under them.
    ///
    /// # Errors
    /// [`Error::Configuration`] naming the field, and what to choose instead.
    pub fn check(&self) -> Result<(), Error> {
        let policy = &self.policy;
        let found = policy
            .wrong_pin()
            .or_else(|| policy.wrong_profile())
            .or_else(|| policy.wrong_ledger())
            .or_else(|| policy.wrong_evidence())
            .or_else(|| policy.wrong_forms())
            .or_else(|| policy.wrong_assignments(&self.server))
            .or_else(|| policy.wrong_organization())
            .or_else(|| policy.wrong_access(&self.server))
            .or_else(|| policy.wrong_recovery_key());
        found.map_or(Ok(()), |reason| Err(Error::Configuration(reason)))
    }
}

impl Policy {
    fn wrong_pin(&self) -> Option<String> {
        (!(4..=8).contains(&self.pin_digits))
            .then(|| "policy.pinDigits is not from 4 to 8: a PIN has at least as many digits".to_owned())
    }

    fn wrong_profile(&self) -> Option<String> {
        let (profile, version) = (self.provenance_profile.named(), self.fhir_version.into());
        if !profile.versions().contains(&version) {
            let other = if version == fhir::Version::R4 { "R5" } else { "R4" };
            return Some(format!(
                "policy.provenanceProfile is {}, which is not defined for FHIR {}: choose part11, or {other} in \
                 policy.fhirVersion",
                profile.name(),
                version.number()
            ));
        }
        (self.provenance_profile == ProvenanceProfile::Iehr && self.organization.is_none()).then(|| {
            "policy.provenanceProfile is iehr, whose Bundles an organization signs, and policy.organization \
             names none: name the site's organization, or choose part11"
                .to_owned()
        })
    }

    fn wrong_recovery_key(&self) -> Option<String> {
        self.recovery_key.as_ref().is_some_and(|key| !key.is_usable()).then(|| {
            "policy.recoveryKey is no public key on P-256 (a JWK with kty, crv, x and y alone): make the pair with \
             attesta-desktop study recovery-key"
                .to_owned()
        })
    }

    fn wrong_ledger(&self) -> Option<String> {
        let Some(base) = &self.ledger else {
            return self.ledger_token.then(|| {
                "policy.ledgerToken asks for a ledger's access token, and policy.ledger names no ledger: name \
                 one, or leave the token out"
                    .to_owned()
            });
        };
        if self.fhir_version != FhirVersion::R5 {
            return Some(
                "policy.ledger keeps the hashes of documents, which are exported in FHIR R5 alone: leave it \
                 out, or choose R5 in policy.fhirVersion"
                    .to_owned(),
            );
        }
        client::wrong_base(base)
            .map(|reason| format!("policy.ledger cannot be used: {reason}; give the ledger's base address"))
    }

    fn wrong_evidence(&self) -> Option<String> {
        let (ocsp, lists) = (self.ocsp_responder.as_deref(), &self.revocation_lists);
        if self.time_stamp_authority.is_none() {
            let field = match (ocsp, lists.first()) {
                (Some(_), _) => "policy.ocspResponder",
                (None, Some(_)) => "policy.revocationLists",
                (None, None) => return None,
            };
            return Some(format!(
                "{field} is asked for what was stamped, and policy.timeStampAuthority names nobody who stamps: name \
                 a time stamp authority, or leave {field} out"
            ));
        }
        let single = [
            ("policy.timeStampAuthority", self.time_stamp_authority.as_deref()),
            ("policy.ocspResponder", ocsp),
        ];
        let lists = lists.iter().map(|list| ("policy.revocationLists", Some(list.as_str())));
        single.into_iter().chain(lists).find_map(|(field, address)| {
            let reason = client::evidence::wrong_address(address?)?;
            Some(format!(
                "an address in {field} cannot be used: {reason}; give one that begins with https: or http:"
            ))
        })
    }

    fn wrong_forms(&self) -> Option<String> {
        let wrong = self.terminology_servers.iter().find_map(|base| client::wrong_base(base));
        if let Some(reason) = wrong {
            return Some(format!(
                "an address in policy.terminologyServers cannot be used: {reason}; give the server's FHIR base address"
            ));
        }
        let wrong = |field: &str| {
            Some(format!("{field} is not a language tag (BCP 47): give one such as en or de-CH"))
        };
        if self.form_language.as_deref().is_some_and(|tag| !questionnaire::is_language_tag(tag)) {
            return wrong("policy.formLanguage");
        }
        if self.mixed_languages.iter().any(|tag| !questionnaire::is_language_tag(tag)) {
            return wrong("an entry of policy.mixedLanguages");
        }
        None
    }

    fn wrong_organization(&self) -> Option<String> {
        if self.organization.as_ref().is_some_and(|organization| !is_uri(&organization.identifier)) {
            return Some(
                "policy.organization.identifier is not a URI: give the one that its certificate is to carry, such \
                 as urn:uuid:…"
                    .to_owned(),
            );
        }
        let server = self.server_organization.as_deref()?;
        if !self.verifies_bundles() {
            return Some(
                "policy.serverOrganization says who has to sign the server's answers, and policy.verifyBundles does \
                 not ask for signatures: set it to true, or leave the organization out"
                    .to_owned(),
            );
        }
        (!is_uri(server)).then(|| {
            "policy.serverOrganization is not a URI: give the identifier that stands in the organization's \
             certificate"
                .to_owned()
        })
    }
}

/// A scheme and something after it (RFC 3986, section 3), without white space.
pub(crate) fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn refused(policy: &str) -> Option<String> {
        let policy: Policy = serde_json::from_str(policy).unwrap();
        let configuration = Configuration {
            server: "http://127.0.0.1:8080/fhir".into(),
            site: "014".into(),
            device_name: "Attesta 014-3".into(),
            device_reference: "Device/device-014-3".into(),
            trust_anchors: "-----BEGIN CERTIFICATE-----".into(),
            export_folder: "/home/a".into(),
            policy,
            study: None,
        };
        configuration.check().err().map(|error| error.to_string())
    }

    #[test]
    fn choices_that_do_not_go_together_are_refused_by_their_field() {
        for (policy, field) in [
            (r#"{"provenanceProfile":"base-r5"}"#, "policy.provenanceProfile"),
            (r#"{"provenanceProfile":"cdex","fhirVersion":"R5"}"#, "policy.provenanceProfile"),
            (r#"{"provenanceProfile":"iehr","fhirVersion":"R5"}"#, "policy.provenanceProfile"),
            (r#"{"provenanceProfile":"iehr"}"#, "policy.organization"),
            (
                r#"{"assignments":{"endpoints":[{"base":"http://r.example/fhir","name":"Registry"}]}}"#,
                "not encrypted",
            ),
            (
                r#"{"assignments":{"endpoints":[{"base":"https://a:b@r.example/fhir","name":"Registry"}]}}"#,
                "user name or password",
            ),
            (
                r#"{"assignments":{"endpoints":[{"base":"http://127.0.0.1:8080/fhir/","name":"Own"}]}}"#,
                "it is study.server",
            ),
            (
                r#"{"assignments":{"endpoints":[{"base":"https://r.example/fhir","name":"Registry"},{"base":"https://r.example/fhir","name":"Registry"}]}}"#,
                "names https://r.example/fhir twice",
            ),
            (
                r#"{"assignments":{"endpoints":[{"base":"https://r.example/fhir","name":"Registry"},{"base":"https://s.example/fhir","name":"Registry"}]}}"#,
                "has the name \"Registry\" twice",
            ),
            (
                r#"{"assignments":{"endpoints":[{"base":"https://r.example/fhir","name":" "}]}}"#,
                "the name of https://r.example/fhir",
            ),
            (
                r#"{"assignments":{"endpoints":[{"base":"https://r.example/fhir","name":"R","tlsAnchors":"none"}]}}"#,
                "tlsAnchors of https://r.example/fhir",
            ),
            (r#"{"authentication":{"method":"mutualTls"}}"#, "policy.authentication is mutualTls"),
            (
                r#"{"authentication":{"method":"smartBackendServices","clientId":" "}}"#,
                "policy.authentication.clientId",
            ),
            (
                r#"{"authentication":{"method":"smartBackendServices","clientId":"a","scope":"user/*.cruds"}}"#,
                "policy.authentication.scope",
            ),
            (
                r#"{"authentication":{"method":"smartBackendServices","clientId":"a",
                    "tokenEndpoint":"http://login.example/"}}"#,
                "policy.authentication.tokenEndpoint",
            ),
            (r#"{"tlsAnchors":"none"}"#, "policy.tlsAnchors"),
            (r#"{"ledgerToken":true}"#, "policy.ledgerToken"),
            (r#"{"ledger":"https://ledger.example"}"#, "policy.ledger keeps"),
            (r#"{"ocspResponder":"http://ocsp.example/"}"#, "policy.ocspResponder is asked"),
            (r#"{"revocationLists":["http://ca.example/a.crl"]}"#, "policy.revocationLists is asked"),
            (r#"{"serverOrganization":"urn:uuid:1"}"#, "policy.serverOrganization"),
            (r#"{"verifyBundles":true,"serverOrganization":"site 014"}"#, "policy.serverOrganization"),
        ] {
            let reason = refused(policy).unwrap();
            assert!(reason.contains(field), "{policy}: {reason}");
        }
        for policy in [
            "{}",
            r#"{"provenanceProfile":"cdex"}"#,
            r#"{"provenanceProfile":"base-r5","fhirVersion":"R5"}"#,
            r#"{"provenanceProfile":"iehr","serverOrganization":"urn:uuid:1","organization":{
                "reference":"Organization/1","identifier":"urn:uuid:1","name":"Site"}}"#,
            r#"{"ledger":"https://ledger.example","ledgerToken":true,"fhirVersion":"R5"}"#,
            r#"{"verifyBundles":true,"serverOrganization":"urn:uuid:1"}"#,
            r#"{"authentication":{"method":"none"}}"#,
            r#"{"authentication":{"method":"smartBackendServices","clientId":"a","algorithm":"ES256",
                "tokenEndpoint":"https://login.example/token","scope":"system/Patient.r"}}"#,
            r#"{"timeStampAuthority":"http://tsa.example/"}"#,
            r#"{"assignments":{}}"#,
            r#"{"assignments":{"owners":{"014":"Organization/site-014"},"participantSystem":"urn:oid:1.2.3"}}"#,
            r#"{"terminologyServers":["https://terms.example/fhir"],"formLanguage":"de-CH",
                "mixedLanguages":["ar"]}"#,
            r#"{"timeStampAuthority":"http://tsa.example/","ocspResponder":"http://ocsp.example/",
                "revocationLists":["https://ca.example/a.crl"]}"#,
        ] {
            assert_eq!(refused(policy), None, "{policy}");
        }
    }

    #[test]
    fn a_scope_without_what_assignments_need_is_refused_and_says_what_to_add() {
        let of = |scope: &str, assignments: &str| {
            refused(&format!(
                r#"{{"assignments":{assignments},"authentication":{{"method":"smartBackendServices","clientId":"a",
                    "scope":"{scope}"}}}}"#
            ))
        };
        let patients = r#"{"participantSystem":"urn:oid:1.2.3"}"#;
        let reason = of("system/QuestionnaireResponse.crus", "{}").unwrap();
        assert!(
            reason.contains("policy.authentication.scope lacks") && reason.contains("add system/Task.rus,"),
            "{reason}"
        );
        let reason = of("system/Task.rs", patients).unwrap();
        assert!(
            reason.contains("add system/Task.rus system/Patient.rs,"),
            "it tells the server too: {reason}"
        );
        let reason = of("system/Task.rus", patients).unwrap();
        assert!(reason.contains("add system/Patient.rs,"), "{reason}");
        for (scope, assignments) in [
            ("system/Task.rus", "{}"),
            ("system/Task.rus system/Patient.rs", patients),
            ("system/*.cruds", patients),
            ("system/*.read system/*.write", patients),
            ("system/QuestionnaireResponse.crus", "null"),
        ] {
            assert_eq!(of(scope, assignments), None, "{scope}");
        }
    }

    #[test]
    fn a_way_in_that_is_not_known_is_refused() {
        for authentication in [
            r#"{"method":"password"}"#,
            r#"{"method":"bearer","token":"secret"}"#,
            r#"{"method":"none","clientId":"a"}"#,
            r#"{"method":"smartBackendServices"}"#,
            r#"{"method":"smartBackendServices","clientId":"a","algorithm":"RS384"}"#,
            r#"{"method":"smartBackendServices","clientId":"a","secret":"b"}"#,
        ] {
            let policy = format!(r#"{{"authentication":{authentication}}}"#);
            assert!(serde_json::from_str::<Policy>(&policy).is_err(), "{policy}");
        }
    }

    #[test]
    fn addresses_and_identifiers_that_cannot_be_used_are_refused_by_their_field() {
        const STAMPS: &str = r#""timeStampAuthority":"http://tsa.example/""#;
        let address = "cannot be used";
        for (policy, field, why) in [
            (r#"{"timeStampAuthority":"tsa.example"}"#.to_owned(), "policy.timeStampAuthority", address),
            (
                r#"{"timeStampAuthority":"ftp://tsa.example/"}"#.to_owned(),
                "policy.timeStampAuthority",
                address,
            ),
            (
                format!(r#"{{{STAMPS},"ocspResponder":"http://a:secret@b/"}}"#),
                "policy.ocspResponder",
                address,
            ),
            (
                format!(r#"{{{STAMPS},"revocationLists":["http://ca.example/a.crl","/b.crl"]}}"#),
                "policy.revocationLists",
                address,
            ),
            (r#"{"fhirVersion":"R5","ledger":"http://ledger.example"}"#.to_owned(), "policy.ledger", address),
            (r#"{"fhirVersion":"R5","ledger":"ledger"}"#.to_owned(), "policy.ledger", address),
            (
                r#"{"terminologyServers":["https://terms.example/fhir","terms"]}"#.to_owned(),
                "policy.terminologyServers",
                address,
            ),
            (r#"{"formLanguage":"german, or so"}"#.to_owned(), "policy.formLanguage", "language tag"),
            (r#"{"mixedLanguages":["ar","all"," "]}"#.to_owned(), "policy.mixedLanguages", "language tag"),
            (
                r#"{"assignments":{"owners":{"014":"site-014"}}}"#.to_owned(),
                "policy.assignments.owners",
                "Organization/site-014",
            ),
            (
                r#"{"assignments":{"participantSystem":"numbers"}}"#.to_owned(),
                "policy.assignments.participantSystem",
                "Patient.identifier",
            ),
        ] {
            let reason = refused(&policy).unwrap();
            assert!(reason.contains(field) && reason.contains(why), "{policy}: {reason}");
            assert!(!reason.contains("secret"), "{reason}");
        }
        for identifier in ["", "014", "urn:", ":014", "urn:uuid:0 14", "014:a"] {
            let policy = format!(
                r#"{{"organization":{{"reference":"Organization/1","identifier":"{identifier}","name":"Site"}}}}"#
            );
            let reason = refused(&policy).unwrap();
            assert!(reason.contains("policy.organization.identifier"), "{identifier}: {reason}");
        }
    }
}
