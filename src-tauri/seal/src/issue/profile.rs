//! The certificate profiles of the small authority.

use x509_cert::TbsCertificate;
use x509_cert::builder::Result;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::der::Encode as _;
use x509_cert::der::asn1::{Ia5String, Null, OctetString};
use x509_cert::der::flagset::FlagSet;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::certificate::ocsp::{NO_CHECK, OCSP_SIGNING};
use crate::time_stamp::asn1::TIME_STAMPING;

/// A self-signed authority.
pub(super) struct RootAuthority {
    pub(super) subject: Name,
}

/// An authority that issues device certificates and nothing above them.
pub(super) struct IntermediateAuthority {
    pub(super) subject: Name,
    pub(super) issuer: Name,
}

/// A device that seals: digitalSignature, and its FHIR identifier as the only alternative name.
pub(super) struct SealingDevice {
    pub(super) subject: Name,
    pub(super) issuer: Name,
    pub(super) uri: String,
}

/// A time stamp authority (RFC 3161, section 2.3): for time stamps and nothing else, which is critical.
pub(super) struct TimeStamping {
    pub(super) subject: Name,
    pub(super) issuer: Name,
}

/// A responder that answers for the authority (RFC 6960, section 4.2.2.2).
pub(super) struct OcspResponder {
    pub(super) subject: Name,
    pub(super) issuer: Name,
    pub(super) no_check: bool,
}

impl BuilderProfile for RootAuthority {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let usages = KeyUsages::KeyCertSign | KeyUsages::CRLSign;
        common(key, issuer_key, tbs, &BasicConstraints { ca: true, path_len_constraint: None }, usages)
    }
}

impl BuilderProfile for IntermediateAuthority {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let usages = KeyUsages::KeyCertSign | KeyUsages::CRLSign;
        common(key, issuer_key, tbs, &BasicConstraints { ca: true, path_len_constraint: Some(0) }, usages)
    }
}

impl BuilderProfile for SealingDevice {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let constraints = BasicConstraints { ca: false, path_len_constraint: None };
        let mut extensions = common(key, issuer_key, tbs, &constraints, KeyUsages::DigitalSignature.into())?;
        let uri = GeneralName::UniformResourceIdentifier(Ia5String::new(&self.uri)?);
        extensions.push((&SubjectAltName(vec![uri])).to_extension(tbs.subject(), &extensions)?);
        Ok(extensions)
    }
}

impl BuilderProfile for TimeStamping {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let constraints = BasicConstraints { ca: false, path_len_constraint: None };
        let mut extensions = common(key, issuer_key, tbs, &constraints, KeyUsages::DigitalSignature.into())?;
        let purpose = (&ExtendedKeyUsage(vec![TIME_STAMPING])).to_extension(tbs.subject(), &extensions)?;
        extensions.push(Extension { critical: true, ..purpose });
        Ok(extensions)
    }
}

impl BuilderProfile for OcspResponder {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let constraints = BasicConstraints { ca: false, path_len_constraint: None };
        let mut extensions = common(key, issuer_key, tbs, &constraints, KeyUsages::DigitalSignature.into())?;
        let purpose = ExtendedKeyUsage(vec![OCSP_SIGNING]);
        extensions.push((&purpose).to_extension(tbs.subject(), &extensions)?);
        if self.no_check {
            let extn_value = OctetString::new(Null.to_der()?)?;
            extensions.push(Extension { extn_id: NO_CHECK, critical: false, extn_value });
        }
        Ok(extensions)
    }
}

/// What every certificate carries (RFC 5280, sections 4.2.1.1 to 4.2.1.3 and 4.2.1.9).
fn common(
    key: SubjectPublicKeyInfoRef<'_>,
    issuer_key: SubjectPublicKeyInfoRef<'_>,
    tbs: &TbsCertificate,
    constraints: &BasicConstraints,
    usages: FlagSet<KeyUsages>,
) -> Result<Vec<Extension>> {
    let subject = tbs.subject();
    Ok(vec![
        (&SubjectKeyIdentifier::try_from(key)?).to_extension(subject, &[])?,
        (&AuthorityKeyIdentifier::try_from(issuer_key)?).to_extension(subject, &[])?,
        constraints.to_extension(subject, &[])?,
        (&KeyUsage(usages)).to_extension(subject, &[])?,
    ])
}
