//! Provenance profiles, one module each: what each demands, and how a Provenance under it is made.

mod base_r5;
pub(crate) mod cdex;
mod gravitate;
pub(crate) mod iehr;
mod part11;
mod rules;

use fhir::{Value, Version};

use crate::SealError;

pub use cdex::sign as sign_cdex;
pub(crate) use gravitate::{PROFILE as GRAVITATE, TRANSACTION, expected as expected_gravitate};
pub(crate) use part11::{Shape, expected};
pub use part11::{captured_by, certificate_document, provenance};
pub use rules::Violation;

/// What a Provenance is built from.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The resource in the version that the server returned.
    pub resource: &'a Value,
    /// Its persistence signature, from [`crate::persistence`].
    pub signature: &'a Value,
    /// The release of FHIR that is written.
    pub version: Version,
    /// The entry of an external ledger that covers this version of the resource.
    pub transaction: Option<&'a str>,
}

/// One agreement on what is signed and what stands around it.
pub trait Profile: Sync {
    /// Its short name, as a study's configuration has it.
    fn name(&self) -> &'static str;

    /// The releases of FHIR that it is defined for.
    fn versions(&self) -> &'static [Version];

    /// Whether a record under it has a Provenance. Where it has none, the signature in the response is the only one, and
    /// [`Profile::violations`] is asked about the response.
    fn has_provenance(&self) -> bool {
        true
    }

    /// The Provenance around a persistence signature.
    ///
    /// # Errors
    /// [`SealError::Incomplete`] when `about` lacks what the profile demands, or when the profile's signatures are not
    /// made like this.
    fn provenance(&self, about: &About<'_>) -> Result<Value, SealError>;

    /// Every rule of the profile that `resource` (a Provenance; for `cdex` the response itself) breaks, in the order in
    /// which the profile lists them.
    fn violations(&self, resource: &Value, version: Version) -> Vec<Violation>;
}

/// Attesta's own profile, for 21 CFR Part 11.
pub const PART11: &dyn Profile = &part11::Part11;
/// The shape of FHIR R5's own specification.
pub const BASE_R5: &dyn Profile = &base_r5::BaseR5;
/// HL7's Da Vinci `CDex`: the signature in the response alone.
pub const CDEX: &dyn Profile = &cdex::Cdex;
/// `InteropEHRate`: what leaves as a Bundle is signed by an organization ([`crate::iehr`]).
pub const IEHR: &dyn Profile = &iehr::Iehr;

/// The profile of this name: `part11`, `base-r5`, `iehr`, `gravitate` or `cdex`.
pub fn by_name(name: &str) -> Option<&'static dyn Profile> {
    const ALL: [&dyn Profile; 5] =
        [&part11::Part11, &base_r5::BaseR5, &iehr::Iehr, &gravitate::Gravitate, &cdex::Cdex];
    ALL.into_iter().find(|profile| profile.name() == name)
}

/// The profile must be defined for the release that is written.
fn check_version(profile: &dyn Profile, version: Version) -> Result<(), SealError> {
    if profile.versions().contains(&version) {
        return Ok(());
    }
    Err(SealError::incomplete(
        "fhirVersion",
        format!("is {}, for which the profile {} is not defined", version.number(), profile.name()),
    ))
}
