//! What each profile signs, and what is written under it.

use fhir::{Object, Value, Version, object};
use jiff::Timestamp;
use seal::gravitate::{Anchor, AnchorError, Maker, prove};
use seal::iehr::{Transmission, sign_bundle};
use seal::profile::{About, Profile, by_name, sign_cdex};
use seal::{Activity, CertificateChain, Party, SIGNATURE_EXTENSION, SigFormat, Statement, capture_as};

use super::key::FileKey;
use super::{Error, Format, Made, ProfileName};
use crate::interop::{base64, base64url, from_base64};

const APPLICATION: &str = concat!("seal-file ", env!("CARGO_PKG_VERSION"));

/// What is asked for.
pub(super) struct Order<'a> {
    pub(super) profile: ProfileName,
    pub(super) format: Format,
    pub(super) version: Version,
    pub(super) at: Timestamp,
    pub(super) who: Option<&'a str>,
    pub(super) transaction: Option<&'a str>,
}

impl Order<'_> {
    /// Refuses what no resource and no key could make possible.
    pub(super) fn check(&self) -> Result<(), Error> {
        let name = self.profile.name();
        let usage = |reason: String| Err(Error::Usage(reason));
        if !self.rules()?.versions().contains(&self.version) {
            return usage(format!("the profile {name} is not defined for FHIR {}", self.version));
        }
        match (self.profile, self.format) {
            (ProfileName::Part11 | ProfileName::Iehr | ProfileName::Gravitate, Format::Xml) => {
                return usage(format!("the profile {name} has JWS alone: give --format jws"));
            }
            (ProfileName::Cdex, Format::Xml | Format::JwsFlattened) => {
                return usage(format!("the profile {name} has the compact JWS alone: give --format jws"));
            }
            _ => {}
        }
        match (self.profile, self.transaction) {
            (ProfileName::Gravitate, None) => usage(format!(
                "the profile {name} names the entry of a ledger that covers the resource: give --transaction-id"
            )),
            (ProfileName::Gravitate, Some(_)) | (_, None) => Ok(()),
            (_, Some(_)) => usage(format!("the profile {name} knows no --transaction-id")),
        }
    }

    /// Signs, and holds the outcome against the profile's own rules.
    pub(super) fn sign(&self, resource: &Value, key: &FileKey) -> Result<Made, Error> {
        match self.profile {
            ProfileName::Part11 | ProfileName::BaseR5 => self.response(resource, key),
            ProfileName::Gravitate => self.document(resource, key),
            ProfileName::Cdex => self.cdex(resource, key),
            ProfileName::Iehr => self.bundle(resource, key),
        }
    }

    fn rules(&self) -> Result<&'static dyn Profile, Error> {
        by_name(self.profile.name())
            .ok_or_else(|| Error::Usage(format!("there is no profile {}", self.profile.name())))
    }

    /// A response is signed as it was given, unless it is already, and again as a server keeps it.
    fn response(&self, response: &Value, key: &FileKey) -> Result<Made, Error> {
        self.must_be(response, &["QuestionnaireResponse"])?;
        if response.list("extension").iter().any(|one| one.str("url") == Some(SIGNATURE_EXTENSION)) {
            return self.persisted(response, key);
        }
        let source = response.get("source").and_then(Party::from_reference).ok_or_else(|| {
            let reason = "QuestionnaireResponse.source does not have a reference and an identifier";
            Error::Refused(reason.to_owned())
        })?;
        let who = self.who("Device", key.chain())?;
        let statement = self.statement(response);
        let mut signed = capture_as(response, &statement, self.at, &who, &source, self.sig_format(key)?)?;
        if self.format == Format::JwsFlattened {
            let extensions = signed.as_object_mut().and_then(|members| members.get_mut("extension"));
            let last = extensions.and_then(Value::as_array_mut).and_then(|all| all.last_mut());
            let signature = last.and_then(Value::as_object_mut).and_then(|one| one.get_mut("valueSignature"));
            signature.map(flatten).transpose()?;
        }
        self.persisted(&signed, key)
    }

    /// The Provenance about a resource as a server keeps it.
    fn persisted(&self, resource: &Value, key: &FileKey) -> Result<Made, Error> {
        let resource = self.stored(resource);
        let (kind, id) =
            (resource.resource_type().unwrap_or_default(), resource.str("id").unwrap_or_default());
        let version = resource.get("meta").and_then(|meta| meta.str("versionId")).unwrap_or_default();
        let target = format!("{kind}/{id}/_history/{version}");
        let who = self.who("Device", key.chain())?;
        let format = self.sig_format(key)?;
        let mut signature =
            seal::persistence_as(&resource, &target, &Activity::Create, self.at, &who, APPLICATION, format)?;
        if self.format == Format::JwsFlattened {
            flatten(&mut signature)?;
        }
        let about =
            About { resource: &resource, signature: &signature, version: self.version, transaction: None };
        let provenance = self.rules()?.provenance(&about)?;
        self.obeys(&provenance)?;
        Ok(vec![("resource", resource), ("provenance", provenance)])
    }

    /// The Provenance about a document, as if the ledger had given the id that the command line gives.
    fn document(&self, bundle: &Value, key: &FileKey) -> Result<Made, Error> {
        self.must_be(bundle, &["Bundle"])?;
        let FileKey::P256(signer) = key else { return Err(only_p256()) };
        let bundle = self.stored(bundle);
        let who = self.who("Device", key.chain())?;
        let maker = Maker { who: &who, at: self.at, application: APPLICATION };
        let given = GivenEntry(self.transaction.unwrap_or_default());
        let mut provenance = prove(&bundle, Some(&given), &maker, signer)?;
        if self.format == Format::JwsFlattened {
            flatten_all(&mut provenance)?;
        }
        self.obeys(&provenance)?;
        Ok(vec![("resource", bundle), ("provenance", provenance)])
    }

    fn cdex(&self, response: &Value, key: &FileKey) -> Result<Made, Error> {
        self.must_be(response, &["QuestionnaireResponse"])?;
        let FileKey::P256(signer) = key else { return Err(only_p256()) };
        let made = sign_cdex(response, self.at, &self.who("Device", key.chain())?, signer)?;
        self.obeys(&made)?;
        Ok(vec![("resource", made)])
    }

    fn bundle(&self, bundle: &Value, key: &FileKey) -> Result<Made, Error> {
        self.must_be(bundle, &["Bundle"])?;
        let FileKey::P256(signer) = key else { return Err(only_p256()) };
        let custodian = self.who("Organization", key.chain())?;
        let transmission = Transmission {
            authors: std::slice::from_ref(&custodian),
            custodian: &custodian,
            issued_at: self.at,
            application: APPLICATION,
        };
        let mut new_id = || uuid::Uuid::new_v4().to_string();
        let mut outcome = sign_bundle(bundle, &transmission, &mut new_id, signer)?;
        let given = bundle.list("entry").len();
        let entries = outcome.as_object_mut().and_then(|members| members.get_mut("entry"));
        let made = entries.and_then(Value::as_array_mut).and_then(|all| all.get_mut(given..));
        let made = made.unwrap_or_default();
        if made.is_empty() {
            return Err(Error::Refused(
                "the Bundle holds no resource of a type that is signed for transmission; a QuestionnaireResponse \
                 travels under a Composition"
                    .to_owned(),
            ));
        }
        for entry in made {
            let Some(provenance) = entry.as_object_mut().and_then(|entry| entry.get_mut("resource")) else {
                continue;
            };
            if self.format == Format::JwsFlattened {
                flatten_all(provenance)?;
            }
            self.obeys(provenance)?;
        }
        Ok(vec![("bundle", outcome)])
    }

    /// Which kind of resource the profile signs.
    fn must_be(&self, resource: &Value, kinds: &[&str]) -> Result<(), Error> {
        let found = resource.resource_type().unwrap_or("no resource");
        if kinds.contains(&found) {
            return Ok(());
        }
        let (name, kinds) = (self.profile.name(), kinds.join(" or "));
        Err(Error::Refused(format!("the profile {name} signs a {kinds}, and this is a {found}")))
    }

    fn obeys(&self, made: &Value) -> Result<(), Error> {
        let violations = self.rules()?.violations(made, self.version);
        if violations.is_empty() {
            return Ok(());
        }
        let listed: Vec<_> = violations.iter().map(ToString::to_string).collect();
        Err(Error::Refused(format!("the profile {} is broken: {}", self.profile.name(), listed.join("; "))))
    }

    fn sig_format<'k>(&self, key: &'k FileKey) -> Result<SigFormat<'k>, Error> {
        Ok(match (self.format, key) {
            (Format::Xml, FileKey::P256(key)) => SigFormat::Xml(key, self.version),
            (Format::Xml, FileKey::Rsa(key)) => SigFormat::Xml(key, self.version),
            (Format::Jws | Format::JwsFlattened, FileKey::P256(key)) => SigFormat::Jose(key),
            (Format::Jws | Format::JwsFlattened, FileKey::Rsa(_)) => return Err(only_p256()),
        })
    }

    /// Who signs: the certificate names it, `--who` says how it is referenced.
    fn who(&self, kind: &str, chain: &CertificateChain) -> Result<Party, Error> {
        let uri = chain.san_uri().ok_or_else(|| {
            Error::Refused("the certificate does not have exactly one URI in its subjectAltName".to_owned())
        })?;
        let last = uri.rsplit([':', '/']).next().unwrap_or_default();
        let id: String =
            last.chars().filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).take(64).collect();
        Ok(Party {
            reference: self.who.map_or_else(|| format!("{kind}/{id}"), str::to_owned),
            identifier_system: "urn:ietf:rfc:3986".to_owned(),
            identifier_value: uri.to_owned(),
        })
    }

    /// No person acts here and nothing is shown: the key's file is all that authenticates, the hashes are of nothing.
    fn statement(&self, response: &Value) -> Statement {
        use sha2::Digest as _;
        let subject = response.get("subject").and_then(Party::from_reference);
        let subject = subject.map(|subject| subject.identifier_value).unwrap_or_default();
        let nothing = base64url(sha2::Sha256::digest(b""));
        let at = self.at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        Statement {
            printed_name: subject.clone(),
            meaning: "These answers were signed with a key from a file.".to_owned(),
            signed_at: at.clone(),
            subject_id: subject,
            authentication: "key-file".to_owned(),
            pin_set_at: at,
            language: response.str("language").unwrap_or_default().to_owned(),
            questionnaire_s256: nothing.clone(),
            display_s256: nothing.clone(),
            configuration_s256: nothing,
            application: APPLICATION.to_owned(),
        }
    }

    /// With the id and the version that a server gives, where the resource has none.
    fn stored(&self, resource: &Value) -> Value {
        let mut meta = resource.get("meta").cloned().unwrap_or_else(|| Object::new().into());
        if let Some(members) = meta.as_object_mut().filter(|members| !members.contains("versionId")) {
            members.insert("versionId", "1");
            members.insert("lastUpdated", self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
        let new = || uuid::Uuid::new_v4().to_string();
        let id = resource.str("id").map_or_else(new, str::to_owned);
        let mut stored = object! {
            "resourceType" => resource.resource_type().unwrap_or_default(), "id" => id, "meta" => meta,
        };
        let members = resource.as_object().into_iter().flat_map(Object::iter);
        for (name, value) in members.filter(|(name, _)| !matches!(*name, "resourceType" | "id" | "meta")) {
            if let Some(stored) = stored.as_object_mut() {
                stored.insert(name, value.clone());
            }
        }
        stored
    }
}

fn only_p256() -> Error {
    Error::Refused("a JWS is made by a P-256 key (ES256); an RSA key signs with --format xml".to_owned())
}

/// A ledger's entry that somebody else had made.
struct GivenEntry<'a>(&'a str);

impl Anchor for GivenEntry<'_> {
    fn anchor(&self, _sha256: &[u8; 32]) -> Result<String, AnchorError> {
        Ok(self.0.to_owned())
    }
}

/// Every signature of a Provenance.
fn flatten_all(provenance: &mut Value) -> Result<(), Error> {
    let signatures = provenance.as_object_mut().and_then(|one| one.get_mut("signature"));
    signatures.and_then(Value::as_array_mut).into_iter().flatten().try_for_each(flatten)
}

/// Writes the same token in the flattened JSON form.
fn flatten(signature: &mut Value) -> Result<(), Error> {
    let unreadable = || Error::Refused("the signature that was made is no JWS".to_owned());
    let compact = signature.str("data").map(from_base64).and_then(|jws| String::from_utf8(jws).ok());
    let flattened = seal::jades::flatten(&compact.ok_or_else(unreadable)?)?;
    signature.as_object_mut().ok_or_else(unreadable)?.insert("data", base64(flattened));
    Ok(())
}
