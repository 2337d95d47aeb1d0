//! What a study decides for all its sites, as one signed JSON document.
//!
//! The study's office writes the [`Study`], signs it once ([`sign`]) and gives it to the sites; a device takes it only
//! with the signature of a key that it was told of by another way, and takes a later one only from a key that the one
//! before names. The document's hash goes into every signature that is made under it.

mod check;
mod document;
mod schema;

use std::path::PathBuf;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Configuration, Error, Policy};

pub use document::{MAX_BYTES, SignedStudy, sign, signing_key, thumbprint};
pub(crate) use schema::FormatName;
pub use schema::schema;

/// What a study decides. Unknown members are refused, so that nothing that its author meant is left aside.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Study {
    /// The study's identifier, a URI, such as `urn:uuid:…` or its address in a registry.
    pub id: String,
    /// Its name, as staff know it.
    pub title: String,
    /// 1 for the first document of the study, and higher for each that takes the place of one before.
    pub version: u32,
    /// When it was written: date and time with offset (RFC 3339).
    pub issued: String,
    /// Whose signature the next version may carry: JWK thumbprints (RFC 7638, SHA-256, base64url). Whoever signs this
    /// version is among them.
    pub signers: Vec<String>,
    /// Base address of the FHIR server.
    pub server: String,
    /// Certificates (PEM) that the certificates of devices and of the organization must lead to.
    pub trust_anchors: String,
    /// The sites. A device belongs to one of them.
    pub sites: Vec<Site>,
    /// The questionnaires that visits can be started with.
    pub questionnaires: Vec<StudyQuestionnaire>,
    /// The study's choices.
    #[serde(default)]
    pub policy: Policy,
}

/// One site of a study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Site {
    /// The site's id, such as `014`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// One questionnaire of a study, with the hash by which every signed response names it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StudyQuestionnaire {
    /// `url|version` of the Questionnaire.
    pub canonical: String,
    /// base64url SHA-256 of the Questionnaire in the number-text form, which every signature on a response carries as
    /// `questionnaireS256`.
    pub sha256: String,
    /// The Questionnaire itself, value sets included. Left out where the study gives it to its sites as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub resource: Option<Box<RawValue>>,
    /// When visits may be started with it. A visit that was started goes on after the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

/// Days, both included (FHIR R4, section 2.24.0.18), each written as `2026-03-01`, by the device's time zone. Where one is
/// left out, that side is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Period {
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub start: Option<String>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub end: Option<String>,
}

impl Period {
    /// The first and the last day.
    ///
    /// # Errors
    /// What is written there and is no day.
    pub fn days(&self) -> Result<(Option<Date>, Option<Date>), String> {
        let day = |text: &String| {
            // A day only: the parser takes a time after it, and other spellings.
            let day = text.parse::<Date>().ok().filter(|day| day.to_string() == *text);
            day.ok_or_else(|| text.clone())
        };
        Ok((self.start.as_ref().map(day).transpose()?, self.end.as_ref().map(day).transpose()?))
    }

    /// Whether the day is one of them. What is no day, is none of them.
    pub fn contains(&self, day: Date) -> bool {
        self.days().is_ok_and(|(start, end)| {
            start.is_none_or(|start| start <= day) && end.is_none_or(|end| day <= end)
        })
    }
}

/// Which study a configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StudyMark {
    /// [`Study::id`].
    pub id: String,
    /// [`Study::version`].
    pub version: u32,
    /// [`SignedStudy::sha256`].
    pub sha256: String,
}

/// What a study leaves to the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtSite {
    /// The id of one of the study's sites.
    pub site: String,
    /// The device's name as staff see it.
    pub device_name: String,
    /// Where the server keeps the Device: `Device/…`.
    pub device_reference: String,
    /// Where exported records go.
    pub export_folder: PathBuf,
}

/// Whose signature a device's first document has to carry, and how that is known.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    thumbprint: &'a str,
    pub(crate) wrong_tries: Option<u32>,
}

impl<'a> Signer<'a> {
    /// The key that the study's office named by another way than the document.
    pub fn named(thumbprint: &'a str) -> Self {
        Self { thumbprint, wrong_tries: None }
    }

    /// The key that signed `document`, which a person has compared at the device with the one that the study's office named, after
    /// so many wrong tries. The audit trail names the first coordinator as that person.
    pub fn compared(document: &'a SignedStudy, wrong_tries: u32) -> Self {
        Self { thumbprint: document.signer(), wrong_tries: Some(wrong_tries) }
    }

    /// Its JWK thumbprint (RFC 7638).
    pub fn thumbprint(&self) -> &str {
        self.thumbprint
    }
}

impl SignedStudy {
    /// The configuration of one device of the study.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the site is none of the study's.
    pub fn configuration(&self, at: AtSite) -> Result<Configuration, Error> {
        let study = self.study();
        if study.sites.iter().all(|site| site.id != at.site) {
            let known: Vec<&str> = study.sites.iter().map(|site| site.id.as_str()).collect();
            return Err(Error::Configuration(format!(
                "the site {:?} is none of the study's: choose one of {}",
                at.site,
                known.join(", ")
            )));
        }
        let named = at.device_reference.strip_prefix("Device/").is_some_and(client::is_id);
        if at.device_name.trim().is_empty() || !named {
            return Err(Error::Configuration(format!(
                "the device needs a name, and {:?} is not where a server keeps a Device: give Device/ and its id",
                at.device_reference
            )));
        }
        Ok(self.configuration_of(at))
    }

    /// The same for what was checked when the device was set up, or when a newer document was loaded: it is not asked again.
    pub(crate) fn configuration_of(&self, at: AtSite) -> Configuration {
        let study = self.study();
        Configuration {
            server: study.server.clone(),
            site: at.site,
            device_name: at.device_name,
            device_reference: at.device_reference,
            trust_anchors: study.trust_anchors.clone(),
            export_folder: at.export_folder,
            policy: study.policy.clone(),
            study: Some(StudyMark {
                id: study.id.clone(),
                version: study.version,
                sha256: self.sha256().to_owned(),
            }),
        }
    }

    /// Refuses a document that may not take the place of `current`: of another study, not newer, with another server or
    /// release of FHIR (a delivery that has begun ends where it began), or signed by a key that `current` does not name. Where
    /// this version of the program does not ask the server of `current` at all, another address is what mends it.
    ///
    /// # Errors
    /// [`Error::Study`] with the reason and what to do.
    pub fn may_follow(&self, current: &Self) -> Result<(), Error> {
        let (next, now) = (self.study(), current.study());
        let reason = if next.id != now.id {
            format!(
                "it belongs to the study {}, and this device to {}: ask the study's office",
                next.id, now.id
            )
        } else if next.version <= now.version {
            format!(
                "its version is {}, and this device has version {}: ask the study's office for the newest",
                next.version, now.version
            )
        } else if (next.server != now.server && now.wrong_server().is_none())
            || next.policy.fhir_version != now.policy.fhir_version
        {
            format!(
                "its server or its release of FHIR is another one, and what this device has sent and not yet proven is \
                 where version {} says: a study keeps both; set the devices up anew for another server",
                now.version
            )
        } else if !now.signers.iter().any(|signer| signer == self.signer()) {
            format!(
                "it is signed by the key {}, which the study's version {} does not name in signers: do not use it, \
                 and tell the study's office",
                self.signer(),
                now.version
            )
        } else {
            return Ok(());
        };
        Err(Error::Study(reason))
    }
}
