//! The persistence signature: made after the server's representation was proven equal to what was sent. It covers the
//! whole returned resource, the capture signature too.

use fhir::reference::versioned;
use fhir::{Object, Value, object};
use jiff::Timestamp;

use crate::capture::complete;
use crate::payload;
use crate::signature::{Purpose, SigFormat};
use crate::{Party, SealError, Signer, Tolerance};

/// What the server was asked to do (v3-DataOperation).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activity {
    /// The first version.
    Create,
    /// A later version.
    Update {
        /// The version that this one follows: `QuestionnaireResponse/ID/_history/VERSION`.
        revision_of: String,
    },
}

impl Activity {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update { .. } => "UPDATE",
        }
    }
}

/// What else the signed header states.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Name and version of the program: `Attesta 0.1.0`.
    pub application: &'a str,
    /// What the study allows the server to change; a verifier takes back these changes and no others.
    pub tolerances: &'a [Tolerance],
    /// That another device took what the patient signed, and that this one was given the record by it.
    pub taken_over: Option<TakenOver<'a>>,
}

/// A record that one device captured and another one delivers, because the first one was failing: its emergency export was
/// taken over. The key of the first device cannot leave it, so the second one signs what the server keeps, with its own, and
/// says whose record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenOver<'a> {
    /// The identifier of the device that made the capture signature: `urn:uuid:…`.
    pub captured_by: &'a str,
    /// The identifier of the emergency export: `urn:uuid:…`.
    pub export: &'a str,
}

/// As the signed header and a manifest state a [`TakenOver`].
pub(crate) const CAPTURED_BY: &str = "capturedBy";
pub(crate) const EMERGENCY_EXPORT: &str = "emergencyExport";

impl<'a> TakenOver<'a> {
    /// Adds the two statements.
    pub(crate) fn state(self, members: &mut Object) {
        members.insert(CAPTURED_BY, self.captured_by);
        members.insert(EMERGENCY_EXPORT, self.export);
    }

    /// What an object states; `None` when it states neither, an error when it states one alone or something else.
    pub(crate) fn stated(stating: &'a Value) -> Result<Option<Self>, ()> {
        if stating.get(CAPTURED_BY).is_none() && stating.get(EMERGENCY_EXPORT).is_none() {
            return Ok(None);
        }
        let identifier = |name| stating.str(name).filter(|text| text.starts_with("urn:uuid:"));
        let both = identifier(CAPTURED_BY).zip(identifier(EMERGENCY_EXPORT));
        both.map(|(captured_by, export)| Some(Self { captured_by, export })).ok_or(())
    }
}

impl<'a> From<&'a str> for Terms<'a> {
    /// The program alone: nothing is tolerated.
    fn from(application: &'a str) -> Self {
        Self { application, tolerances: &[], taken_over: None }
    }
}

/// Signs what the server returned: the Signature datatype for `Provenance.signature`.
///
/// `target` is `QuestionnaireResponse/ID/_history/VERSION`; it also goes into the protected header, with the activity,
/// because the Provenance around the signature is not signed.
///
/// # Errors
/// [`SealError::Incomplete`] when `target` is not this resource and version or `issued_at` is outside the certificate's
/// validity; [`SealError::Canonical`], [`SealError::Sign`] as for the capture signature.
pub fn persistence<'a>(
    returned: &Value,
    target: &str,
    activity: &Activity,
    issued_at: Timestamp,
    who: &Party,
    terms: impl Into<Terms<'a>>,
    signer: &dyn Signer,
) -> Result<Value, SealError> {
    persistence_as(returned, target, activity, issued_at, who, terms, SigFormat::Jose(signer))
}

/// The same in either format.
///
/// # Errors
/// As [`persistence`]; [`SealError::Incomplete`] too when XML cannot carry the resource, [`SealError::Certificate`] when
/// its key is not one for the signer's algorithm.
pub fn persistence_as<'a>(
    returned: &Value,
    target: &str,
    activity: &Activity,
    issued_at: Timestamp,
    who: &Party,
    terms: impl Into<Terms<'a>>,
    format: SigFormat<'_>,
) -> Result<Value, SealError> {
    complete::check_signer(who, issued_at, format.chain())?;
    if !is_version_of(target, returned) {
        return Err(SealError::incomplete(
            "Provenance.target",
            "is not the version that the server returned (QuestionnaireResponse/ID/_history/VERSION)",
        ));
    }
    let Terms { application, tolerances, taken_over } = terms.into();
    let mut qualifiers = object! { "target" => target, "activity" => activity.code() };
    if let Some(members) = qualifiers.as_object_mut() {
        if let Activity::Update { revision_of } = activity {
            members.insert("revisionOf", revision_of);
        }
        members.insert("numberTextS256", payload::number_text_s256(returned));
        members.insert("application", application);
        if !tolerances.is_empty() {
            let names: Vec<Value> = tolerances.iter().map(|one| Value::from(one.name())).collect();
            members.insert("tolerances", Value::Array(names));
        }
        if let Some(taken_over) = taken_over {
            taken_over.state(members);
        }
    }
    format.sign(Purpose::Source, issued_at, who, None, returned.into(), qualifiers)
}

/// Whether `target` names this resource, and this version where the resource knows its own.
pub(crate) fn is_version_of(target: &str, resource: &Value) -> bool {
    let Some((resource_type, rest)) = target.split_once('/') else { return false };
    let Some((id, version)) = versioned(rest) else { return false };
    let own_version = resource.get("meta").and_then(|meta| meta.str("versionId"));
    resource.resource_type() == Some(resource_type)
        && resource.str("id") == Some(id)
        && !version.is_empty()
        && own_version.is_none_or(|own| own == version)
}
