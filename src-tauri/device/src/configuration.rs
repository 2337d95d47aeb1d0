//! What a site configures, and its hash, which every signature carries.

use std::path::PathBuf;

use schemars::JsonSchema;
use seal::profile::{BASE_R5, CDEX, IEHR, PART11, Profile};
use serde::{Deserialize, Serialize};

use crate::emergency::RecoveryKey;
use crate::rights::Roles;
use crate::study::{FormatName, StudyMark};
use crate::{Error, jwk};

mod access;
mod assignments;
mod check;
mod tolerances;

pub use tolerances::Tolerances;

pub use access::Authentication;
pub use assignments::{Assignments, Endpoint};
pub(crate) use check::is_uri;

/// The configuration of one device at one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Configuration {
    /// Base URL of the FHIR server.
    pub server: String,
    /// The site's id, such as `014`.
    pub site: String,
    /// The device's name as staff see it and as its certificate has it, such as `Attesta 014-3`.
    pub device_name: String,
    /// Where the server keeps the Device: `Device/…`.
    pub device_reference: String,
    /// Certificates (PEM) that an issued certificate must lead to.
    pub trust_anchors: String,
    /// Where exported records go.
    pub export_folder: PathBuf,
    /// The study's choices.
    #[serde(default)]
    pub policy: Policy,
    /// The study's signed document that this comes from; none in practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub study: Option<StudyMark>,
}

/// Under which profile the Provenance of a response is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(!try_from)]
pub enum ProvenanceProfile {
    /// Attesta's own, for 21 CFR Part 11.
    #[default]
    #[serde(rename = "part11")]
    Part11,
    /// The shape of FHIR R5's own specification.
    #[serde(rename = "base-r5")]
    BaseR5,
    /// HL7's Da Vinci `CDex` (R4): the signature is in the response alone, and no Provenance is made.
    #[serde(rename = "cdex")]
    Cdex,
    /// `InteropEHRate` (R4): its guide signs Bundles, never one response. A response is delivered under Attesta's own
    /// profile; what leaves as a Bundle is signed by the site's organization, and what comes back as one has to be signed.
    #[serde(rename = "iehr")]
    Iehr,
}

impl ProvenanceProfile {
    const ALL: [Self; 4] = [Self::Part11, Self::BaseR5, Self::Cdex, Self::Iehr];

    /// What makes and checks the Provenance of one response.
    pub const fn profile(self) -> &'static dyn Profile {
        match self {
            Self::Part11 | Self::Iehr => PART11,
            Self::BaseR5 => BASE_R5,
            Self::Cdex => CDEX,
        }
    }

    /// The profile that the configuration names.
    const fn named(self) -> &'static dyn Profile {
        match self {
            Self::Iehr => IEHR,
            other => other.profile(),
        }
    }
}

impl TryFrom<String> for ProvenanceProfile {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if let Some(known) = Self::ALL.into_iter().find(|one| one.named().name() == name) {
            return Ok(known);
        }
        Err(if name == "gravitate" {
            "provenanceProfile gravitate covers documents and not the responses of a delivery: choose part11 or base-r5, \
             and name a ledger in policy.ledger; proven records are then exported as documents under it"
                .to_owned()
        } else {
            let known = Self::ALL.map(|one| one.named().name()).join(", ");
            format!("provenanceProfile is none of {known}")
        })
    }
}

/// The release of FHIR that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum FhirVersion {
    /// 4.0.1.
    #[default]
    R4,
    /// 5.0.0.
    R5,
}

impl From<FhirVersion> for fhir::Version {
    fn from(version: FhirVersion) -> Self {
        match version {
            FhirVersion::R4 => Self::R4,
            FhirVersion::R5 => Self::R5,
        }
    }
}

/// How a response is put on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Create {
    /// `POST` with `If-None-Exist`.
    #[default]
    Post,
    /// `PUT` under an id of the device's own with `If-None-Match: *`, once the server has proven that it refuses the
    /// second of two.
    Put,
}

/// Whether a choice is the one that every version of the program made; it is then left out of the hash.
fn is_default<T: Default + PartialEq>(choice: &T) -> bool {
    *choice == T::default()
}

/// What a study may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policy {
    /// The fewest digits that a patient may choose as a PIN, from 4 to 8; the most are 8.
    pub pin_digits: u32,
    /// The profile of the Provenances.
    #[serde(skip_serializing_if = "is_default")]
    pub provenance_profile: ProvenanceProfile,
    /// The release of FHIR that is sent.
    #[serde(skip_serializing_if = "is_default")]
    pub fhir_version: FhirVersion,
    /// The format of resources on the way to and from the server: `json` or `xml`.
    #[serde(skip_serializing_if = "client::Format::is_default")]
    #[schemars(with = "FormatName")]
    pub format: client::Format,
    /// How a response is put on the server: `post` or `put`.
    #[serde(skip_serializing_if = "is_default")]
    pub create: Create,
    /// What the server may change, by name; everything else that differs raises an alert.
    #[serde(skip_serializing_if = "is_default")]
    pub tolerances: Tolerances,
    /// Base address of the ledger that keeps the hashes of exported documents; without one, none can be exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    /// Whether that ledger asks for an access token (RFC 6750), which the keystore then has to hold: a configuration is
    /// read by many, and holds no secret.
    #[serde(skip_serializing_if = "is_default")]
    pub ledger_token: bool,
    /// Whether only what is signed for transmission is taken from the server's answers to searches.
    #[serde(skip_serializing_if = "is_default")]
    pub verify_bundles: bool,
    /// The identifier (a URI) of the organization whose certificate must sign those answers. Without one, any organization
    /// will do that an authority of the study has certified and that says of itself that it is the custodian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_organization: Option<String>,
    /// The address of a time stamp authority (RFC 3161). Every proven record is stamped there, in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_stamp_authority: Option<String>,
    /// The address of an OCSP responder (RFC 6960) for the certificates of the study.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocsp_responder: Option<String>,
    /// Where the study's certificate authorities publish their revocation lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_lists: Vec<String>,
    /// Base addresses of the terminology servers that the study trusts to expand the value sets of its forms; the first is
    /// asked unless a form prefers another one of them. One with the scheme, host and port of `server` is asked with the
    /// device's credentials, any other without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terminology_servers: Vec<String>,
    /// The language (BCP 47) of forms that name none; without it, these are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_language: Option<String>,
    /// The languages (BCP 47) in which forms are offered that are not wholly translated into them: what is lacking is shown in
    /// the form's own language. In any other language a form that lacks something is not offered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mixed_languages: Vec<String>,
    /// The site's organization, in whose name a subject's responses are exported; without one, none can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// How the device shows the server who it is.
    #[serde(skip_serializing_if = "is_default")]
    pub authentication: Authentication,
    /// Certificates (PEM) that the TLS certificates of the server and of its authorization server must lead to, and no
    /// others; without them, those that the operating system trusts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_anchors: Option<String>,
    /// The public key to which emergency exports are encrypted (`attesta-desktop study recovery-key` makes the pair); without
    /// one, whoever exports chooses a passphrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_key: Option<RecoveryKey>,
    /// Which Tasks of the server visits can be started with; without this, staff choose participant and form themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignments: Option<Assignments>,
    /// What the roles may do that are not the coordinator's.
    #[serde(skip_serializing_if = "is_default")]
    pub roles: Roles,
}

/// The organization that a site belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// Where the server keeps it: `Organization/…`.
    pub reference: String,
    /// Its identifier, a URI, which its certificate carries.
    pub identifier: String,
    /// Its name, which its certificate carries.
    pub name: String,
}

impl Organization {
    /// The organization as custodian and signer.
    pub fn party(&self) -> seal::Party {
        seal::Party {
            reference: self.reference.clone(),
            identifier_system: "urn:ietf:rfc:3986".to_owned(),
            identifier_value: self.identifier.clone(),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            pin_digits: 4,
            provenance_profile: ProvenanceProfile::default(),
            fhir_version: FhirVersion::default(),
            format: client::Format::Json,
            create: Create::default(),
            tolerances: Tolerances::default(),
            ledger: None,
            ledger_token: false,
            verify_bundles: false,
            server_organization: None,
            time_stamp_authority: None,
            ocsp_responder: None,
            revocation_lists: Vec::new(),
            terminology_servers: Vec::new(),
            form_language: None,
            mixed_languages: Vec::new(),
            organization: None,
            authentication: Authentication::default(),
            tls_anchors: None,
            recovery_key: None,
            assignments: None,
            roles: Roles::default(),
        }
    }
}

impl Policy {
    /// Whether only what is signed for transmission is taken from the server's answers: because the study asks for it, or
    /// because its profile does.
    pub fn verifies_bundles(&self) -> bool {
        self.verify_bundles || self.provenance_profile == ProvenanceProfile::Iehr
    }

    /// The key to which emergency exports are encrypted; `None` also for one that this version of the program does not take any
    /// more, so that whoever exports chooses a passphrase.
    pub fn usable_recovery_key(&self) -> Option<&RecoveryKey> {
        self.recovery_key.as_ref().filter(|key| key.is_usable())
    }
}

impl Configuration {
    /// `configurationS256`: the hash of the study's signed document, where there is one; otherwise base64url SHA-256 of the RFC 8785 form, without the export folder, which says nothing about
    /// how answers are taken and may name a person.
    ///
    /// # Errors
    /// [`Error::Configuration`] when a path or text cannot be written as JSON.
    pub fn sha256(&self) -> Result<String, Error> {
        if let Some(study) = &self.study {
            return Ok(study.sha256.clone());
        }
        let wrong = |error: &dyn std::fmt::Display| Error::Configuration(error.to_string());
        let studied = Self { export_folder: PathBuf::new(), ..self.clone() };
        let text = serde_json::to_string(&studied).map_err(|error| wrong(&error))?;
        let value = fhir::Value::parse(text.as_bytes()).map_err(|error| wrong(&error))?;
        let canonical = fhir::canonical::jcs(&value).map_err(|error| wrong(&error))?;
        Ok(jwk::hash(&canonical))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_hash_covers_what_is_studied_and_is_stable() {
        let configuration = Configuration {
            server: "http://127.0.0.1:8080/fhir".into(),
            site: "014".into(),
            device_name: "Attesta 014-3".into(),
            device_reference: "Device/device-014-3".into(),
            trust_anchors: "-----BEGIN CERTIFICATE-----".into(),
            export_folder: "/home/a".into(),
            policy: Policy::default(),
            study: None,
        };
        let hash = configuration.sha256().unwrap();
        assert_eq!(hash, "eIC7tyvxa1UjyDxmx1EdpulTVmWPUgl1U7KfdVZuTko", "the golden value of version 0.1");
        let elsewhere = Configuration { export_folder: "/home/b".into(), ..configuration.clone() };
        assert_eq!(elsewhere.sha256().unwrap(), hash);
        let longer =
            Configuration { policy: Policy { pin_digits: 6, ..Policy::default() }, ..configuration.clone() };
        assert_ne!(longer.sha256().unwrap(), hash);
        let chosen: Policy =
            serde_json::from_str(r#"{"provenanceProfile":"base-r5","fhirVersion":"R5"}"#).unwrap();
        assert_eq!(chosen.provenance_profile.profile().name(), "base-r5");
        assert_ne!(Configuration { policy: chosen, ..configuration.clone() }.sha256().unwrap(), hash);
        let policy: Policy = serde_json::from_str(r#"{"format":"xml"}"#).unwrap();
        assert_eq!(policy.format, client::Format::Xml);
        assert_ne!(Configuration { policy, ..configuration.clone() }.sha256().unwrap(), hash);
        let policy: Policy =
            serde_json::from_str(r#"{"tolerances":["references-lose-version"],"create":"put"}"#).unwrap();
        assert_eq!(policy.tolerances.as_slice(), [seal::Tolerance::ReferencesLoseVersion]);
        assert_eq!(policy.create, Create::Put);
        assert_ne!(Configuration { policy, ..configuration.clone() }.sha256().unwrap(), hash);
        let policy = Policy { ledger: Some("https://ledger.example".to_owned()), ..Policy::default() };
        assert_ne!(Configuration { policy, ..configuration.clone() }.sha256().unwrap(), hash);
        let policy: Policy = serde_json::from_str(r#"{"verifyBundles":true}"#).unwrap();
        assert!(policy.verify_bundles && !Policy::default().verify_bundles);
        assert_ne!(Configuration { policy, ..configuration.clone() }.sha256().unwrap(), hash);
        let policy = Policy { time_stamp_authority: Some("http://tsa.example/".into()), ..Policy::default() };
        assert_ne!(Configuration { policy, ..configuration.clone() }.sha256().unwrap(), hash);
        let policy: Policy = serde_json::from_str(r#"{"authentication":{"method":"bearer"}}"#).unwrap();
        assert_eq!(policy.authentication, Authentication::Bearer {});
        assert_ne!(Configuration { policy, ..configuration.clone() }.sha256().unwrap(), hash);
        for policy in [r#"{"terminologyServers":["https://terms.example/fhir"]}"#, r#"{"formLanguage":"de"}"#]
        {
            let policy: Policy = serde_json::from_str(policy).unwrap();
            assert_ne!(Configuration { policy, ..configuration.clone() }.sha256().unwrap(), hash);
        }
    }

    #[test]
    fn a_profile_is_written_as_it_is_read_and_gravitate_is_refused_with_what_to_choose() {
        for profile in ProvenanceProfile::ALL {
            let text = serde_json::to_string(&profile).unwrap();
            assert_eq!(serde_json::from_str::<ProvenanceProfile>(&text).unwrap(), profile, "{text}");
        }
        let refused = |name: &str| {
            let policy = format!(r#"{{"provenanceProfile":"{name}"}}"#);
            serde_json::from_str::<Policy>(&policy).unwrap_err().to_string()
        };
        let reason = refused("gravitate");
        for part in ["provenanceProfile", "policy.ledger", "part11"] {
            assert!(reason.contains(part), "{reason}");
        }
        assert!(refused("part12").contains("part11, base-r5, cdex, iehr"));
    }
}
