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

/// A certificate to be issued.
pub(super) struct Certified {
    pub(super) subject: Name,
    /// `None` for a certificate by its own key.
    pub(super) issuer: Option<Name>,
    pub(super) purpose: Purpose,
}

/// What a certificate is for.
pub(super) enum Purpose {
    /// An authority above others: self-signed.
    Root,
    /// An authority that issues device certificates and nothing above them.
    Intermediate,
    /// A device that seals: digitalSignature, and its FHIR identifier as the only alternative name.
    Sealing { uri: String },
    /// A time stamp authority (RFC 3161, section 2.3): for time stamps and nothing else, which is critical.
    TimeStamping,
    /// A responder that answers for the authority (RFC 6960, section 4.2.2.2).
    OcspResponder { no_check: bool },
}

impl Purpose {
    fn constraints(&self) -> BasicConstraints {
        match self {
            Self::Root => BasicConstraints { ca: true, path_len_constraint: None },
            Self::Intermediate => BasicConstraints { ca: true, path_len_constraint: Some(0) },
            _ => BasicConstraints { ca: false, path_len_constraint: None },
        }
    }

    fn usages(&self) -> FlagSet<KeyUsages> {
        match self {
            Self::Root | Self::Intermediate => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
            _ => KeyUsages::DigitalSignature.into(),
        }
    }

    /// What only certificates for this purpose carry.
    fn add(&self, subject: &Name, extensions: &mut Vec<Extension>) -> Result<()> {
        match self {
            Self::Root | Self::Intermediate => {}
            Self::Sealing { uri } => {
                let uri = GeneralName::UniformResourceIdentifier(Ia5String::new(uri)?);
                extensions.push((&SubjectAltName(vec![uri])).to_extension(subject, extensions)?);
            }
            Self::TimeStamping => {
                let purpose = (&ExtendedKeyUsage(vec![TIME_STAMPING])).to_extension(subject, extensions)?;
                extensions.push(Extension { critical: true, ..purpose });
            }
            Self::OcspResponder { no_check } => {
                let purpose = ExtendedKeyUsage(vec![OCSP_SIGNING]);
                extensions.push((&purpose).to_extension(subject, extensions)?);
                if *no_check {
                    let extn_value = OctetString::new(Null.to_der()?)?;
                    extensions.push(Extension { extn_id: NO_CHECK, critical: false, extn_value });
                }
            }
        }
        Ok(())
    }
}

impl BuilderProfile for Certified {
    fn get_issuer(&self, subject: &Name) -> Name {
        self.issuer.as_ref().unwrap_or(subject).clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    /// What every certificate carries (RFC 5280, sections 4.2.1.1 to 4.2.1.3 and 4.2.1.9), then its purpose.
    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let subject = tbs.subject();
        let mut extensions = vec![
            (&SubjectKeyIdentifier::try_from(key)?).to_extension(subject, &[])?,
            (&AuthorityKeyIdentifier::try_from(issuer_key)?).to_extension(subject, &[])?,
            self.purpose.constraints().to_extension(subject, &[])?,
            (&KeyUsage(self.purpose.usages())).to_extension(subject, &[])?,
        ];
        self.purpose.add(subject, &mut extensions)?;
        Ok(extensions)
    }
}
