//! Certificates for servers and clients on loopback.

use std::sync::Arc;

use client::ClientKey;
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// Seconds of a day.
pub(crate) const DAY: i64 = 24 * 60 * 60;

/// A key with its certificate.
pub(crate) struct Pair {
    pub(crate) certificate: X509,
    pub(crate) key: PKey<Private>,
}

impl Pair {
    /// A root.
    pub(crate) fn root(name: &str) -> Self {
        let key = new_key();
        let mut builder = builder(name, name, &key, -DAY, DAY);
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        let usage = KeyUsage::new().critical().key_cert_sign().crl_sign().build().unwrap();
        builder.append_extension(usage).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key }
    }

    /// A server's certificate by this root, for the host `name`, from and to so many seconds from now.
    pub(crate) fn server(&self, name: &str, from: i64, to: i64) -> Self {
        let mut san = SubjectAlternativeName::new();
        if name.parse::<std::net::IpAddr>().is_ok() {
            san.ip(name)
        } else {
            san.dns(name)
        };
        self.issue(&san, ExtendedKeyUsage::new().server_auth(), from, to)
    }

    /// A client's certificate by this root.
    pub(crate) fn client(&self) -> Self {
        let mut san = SubjectAlternativeName::new();
        san.uri("urn:uuid:01400030-0000-4000-8000-000000000003");
        self.issue(&san, ExtendedKeyUsage::new().client_auth(), -DAY, DAY)
    }

    fn issue(&self, san: &SubjectAlternativeName, usage: &ExtendedKeyUsage, from: i64, to: i64) -> Self {
        let key = new_key();
        let mut builder = builder("leaf", "root", &key, from, to);
        builder.set_issuer_name(self.certificate.subject_name()).unwrap();
        let san = san.build(&builder.x509v3_context(Some(&self.certificate), None)).unwrap();
        builder.append_extension(san).unwrap();
        builder.append_extension(usage.build().unwrap()).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key }
    }

    pub(crate) fn pem(&self) -> String {
        String::from_utf8(self.certificate.to_pem().unwrap()).unwrap()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.certificate.to_der().unwrap()
    }

    /// The settings of a server with this certificate; with `clients`, it demands one by that root.
    pub(crate) fn serving(&self, clients: Option<&Pair>) -> Arc<ServerConfig> {
        let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(root) => {
                let mut roots = RootCertStore::empty();
                roots.add(CertificateDer::from(root.der())).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.private_key_to_pkcs8().unwrap()));
        Arc::new(builder.with_single_cert(vec![CertificateDer::from(self.der())], key).unwrap())
    }
}

impl ClientKey for Pair {
    fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.der()]
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        signer.sign_oneshot_to_vec(message).ok()
    }
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn builder(subject: &str, issuer: &str, key: &PKey<Private>, from: i64, to: i64) -> X509Builder {
    let name = |text: &str| {
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", text).unwrap();
        name.build()
    };
    let now =
        i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs())
            .unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(120, openssl::bn::MsbOption::ONE, false).unwrap();
    builder.set_serial_number(&Asn1Integer::from_bn(&serial).unwrap()).unwrap();
    builder.set_subject_name(&name(subject)).unwrap();
    builder.set_issuer_name(&name(issuer)).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(now + from).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(now + to).unwrap()).unwrap();
    builder.set_pubkey(key).unwrap();
    builder
}
