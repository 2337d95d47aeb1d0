//! A practice server behind TLS, which may ask for certificates.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::Handle;

type Shown = Arc<Mutex<Vec<Vec<u8>>>>;

/// TLS in front of a practice server, as `https://localhost:PORT/fhir`. Dropping it ends it.
#[derive(Debug)]
pub struct Secured {
    base: String,
    anchor: String,
    shown: Shown,
    _runtime: Runtime,
}

impl Secured {
    /// In front of `server`. With `clients` (PEM), only those are let in who show a certificate that leads to these.
    pub fn start(server: &Handle, clients: Option<&str>) -> Self {
        let (anchor, config) = config(clients);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener =
            runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a port on loopback");
        let port = listener.local_addr().expect("it listens").port();
        let target = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()));
        let shown = Shown::default();
        let (acceptor, seen) = (TlsAcceptor::from(Arc::new(config)), Arc::clone(&shown));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, target, acceptor.clone(), Arc::clone(&seen)));
            }
        });
        Self { base: format!("https://localhost:{port}/fhir"), anchor, shown, _runtime: runtime }
    }

    /// The FHIR base address.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// The only certificate that the server's own leads to, PEM.
    pub fn anchor_pem(&self) -> &str {
        &self.anchor
    }

    /// The certificates that clients have shown, DER, in order.
    pub fn shown(&self) -> Vec<Vec<u8>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(mut stream: TcpStream, target: SocketAddr, acceptor: TlsAcceptor, shown: Shown) {
    let Ok(mut secured) = acceptor.accept(&mut stream).await else {
        // What the client still sends must not reset the connection before it has read why it was refused.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        return;
    };
    if let Some(leaf) = secured.get_ref().1.peer_certificates().and_then(<[_]>::first) {
        shown.lock().unwrap_or_else(PoisonError::into_inner).push(leaf.to_vec());
    }
    if let Ok(mut server) = TcpStream::connect(target).await {
        // Either side may be gone.
        let _ = tokio::io::copy_bidirectional(&mut secured, &mut server).await;
    }
}

fn config(clients: Option<&str>) -> (String, ServerConfig) {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let (root_key, key) = (new_key(), new_key());
    let root = certificate("Practice TLS", &root_key, None);
    let leaf = certificate("localhost", &key, Some((&root, &root_key)));
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                roots.add(certificate.expect("PEM")).expect("an anchor");
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("anchors"))
        }
    };
    let key = PrivatePkcs8KeyDer::from(key.private_key_to_pkcs8().expect("a key"));
    let chain = vec![CertificateDer::from(leaf.to_der().expect("a certificate"))];
    let config =
        builder.with_single_cert(chain, PrivateKeyDer::Pkcs8(key)).expect("a certificate for its key");
    let anchor = String::from_utf8(root.to_pem().expect("a certificate")).expect("PEM");
    (anchor, config)
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

/// A root, or a certificate by it for the host of that name.
fn certificate(name: &str, key: &PKey<Private>, by: Option<(&X509, &PKey<Private>)>) -> X509 {
    let made = || {
        let mut subject = X509Name::builder()?;
        subject.append_entry_by_text("CN", name)?;
        let subject = subject.build();
        let mut serial = BigNum::new()?;
        serial.rand(120, MsbOption::ONE, false)?;
        let mut builder = X509::builder()?;
        builder.set_version(2)?;
        builder.set_serial_number(Asn1Integer::from_bn(&serial)?.as_ref())?;
        builder.set_subject_name(&subject)?;
        builder.set_not_before(Asn1Time::days_from_now(0)?.as_ref())?;
        builder.set_not_after(Asn1Time::days_from_now(2)?.as_ref())?;
        builder.set_pubkey(key)?;
        let signed_with = match by {
            None => {
                builder.set_issuer_name(&subject)?;
                builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
                key
            }
            Some((root, root_key)) => {
                builder.set_issuer_name(root.subject_name())?;
                let names = SubjectAlternativeName::new()
                    .dns(name)
                    .build(&builder.x509v3_context(Some(root), None))?;
                builder.append_extension(names)?;
                root_key
            }
        };
        builder.sign(signed_with, MessageDigest::sha256())?;
        Ok::<_, openssl::error::ErrorStack>(builder.build())
    };
    made().expect("a certificate")
}
