//! A practice server behind TLS, which may ask for certificates.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
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
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::Handle;

/// With which certificate it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// That of its host.
    Good,
    /// One for another host.
    OtherHost,
    /// One that has ended.
    Expired,
    /// One that does not lead to the anchor.
    Untrusted,
}

impl Certificate {
    const ALL: [Self; 4] = [Self::Good, Self::OtherHost, Self::Expired, Self::Untrusted];
}

/// TLS in front of a practice server, as `https://localhost:PORT/fhir`. Dropping it ends it.
#[derive(Debug)]
pub struct Secured {
    base: String,
    anchor: String,
    front: Arc<Front>,
    _runtime: Runtime,
}

/// What its connections have in common.
struct Front {
    /// In the order of [`Certificate::ALL`].
    acceptors: Vec<TlsAcceptor>,
    now: watch::Sender<Certificate>,
    shown: Mutex<Vec<Vec<u8>>>,
    turned_away: AtomicU32,
    let_in_wrongly: AtomicU32,
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Secured {
    /// In front of `server`. With `clients` (PEM), only those are let in who show a certificate that leads to these.
    pub fn start(server: &Handle, clients: Option<&str>) -> Self {
        Self::in_front_of(server.port(), clients)
    }

    /// The same in front of whatever listens at this port of loopback.
    pub fn in_front_of(target: u16, clients: Option<&str>) -> Self {
        let (anchor, acceptors) = acceptors(clients);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener =
            runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a port on loopback");
        let port = listener.local_addr().expect("it listens").port();
        let target = SocketAddr::from((Ipv4Addr::LOCALHOST, target));
        let front = Arc::new(Front {
            acceptors,
            now: watch::Sender::new(Certificate::Good),
            shown: Mutex::default(),
            turned_away: AtomicU32::new(0),
            let_in_wrongly: AtomicU32::new(0),
        });
        let here = Arc::clone(&front);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, target, Arc::clone(&here)));
            }
        });
        Self { base: format!("https://localhost:{port}/fhir"), anchor, front, _runtime: runtime }
    }

    /// From now on it answers with this certificate; the connections that there are end.
    pub fn show(&self, certificate: Certificate) {
        self.front.now.send_replace(certificate);
    }

    /// How many clients ended the connection when they saw a certificate that was not good.
    pub fn turned_away(&self) -> u32 {
        self.front.turned_away.load(Ordering::SeqCst)
    }

    /// How many took one for good.
    pub fn let_in_wrongly(&self) -> u32 {
        self.front.let_in_wrongly.load(Ordering::SeqCst)
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
        self.front.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(mut stream: TcpStream, target: SocketAddr, front: Arc<Front>) {
    let mut now = front.now.subscribe();
    let certificate = *now.borrow_and_update();
    let Some(acceptor) = front.acceptors.get(certificate as usize).cloned() else { return };
    let is_good = certificate == Certificate::Good;
    let Ok(mut secured) = acceptor.accept(&mut stream).await else {
        if !is_good {
            front.turned_away.fetch_add(1, Ordering::SeqCst);
        }
        // What the client still sends must not reset the connection before it has read why it was refused.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        return;
    };
    if !is_good {
        front.let_in_wrongly.fetch_add(1, Ordering::SeqCst);
    }
    if let Some(leaf) = secured.get_ref().1.peer_certificates().and_then(<[_]>::first) {
        front.shown.lock().unwrap_or_else(PoisonError::into_inner).push(leaf.to_vec());
    }
    if let Ok(mut server) = TcpStream::connect(target).await {
        tokio::select! {
            // Either side may be gone.
            _ = tokio::io::copy_bidirectional(&mut secured, &mut server) => {}
            _ = now.changed() => {}
        }
    }
}

/// The anchor, and one for each certificate.
fn acceptors(clients: Option<&str>) -> (String, Vec<TlsAcceptor>) {
    let (root_key, other_key) = (new_key(), new_key());
    let root = certificate("Practice TLS", &root_key, (0, 2), None);
    let other = certificate("Other TLS", &other_key, (0, 2), None);
    let acceptor = |certificate: &Certificate| {
        let key = new_key();
        let by_root = Some((&root, &root_key));
        let leaf = match certificate {
            Certificate::Good => self::certificate("localhost", &key, (0, 2), by_root),
            Certificate::OtherHost => self::certificate("other.example", &key, (0, 2), by_root),
            Certificate::Expired => self::certificate("localhost", &key, (-2, -1), by_root),
            Certificate::Untrusted => {
                self::certificate("localhost", &key, (0, 2), Some((&other, &other_key)))
            }
        };
        TlsAcceptor::from(Arc::new(config(clients, &key, &leaf)))
    };
    let anchor = String::from_utf8(root.to_pem().expect("a certificate")).expect("PEM");
    (anchor, Certificate::ALL.iter().map(acceptor).collect())
}

fn config(clients: Option<&str>, key: &PKey<Private>, leaf: &X509) -> ServerConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
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
    builder.with_single_cert(chain, PrivateKeyDer::Pkcs8(key)).expect("a certificate for its key")
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

/// A root, or a certificate by it for the host of that name; with the days from now between which it is valid.
fn certificate(
    name: &str,
    key: &PKey<Private>,
    (from, to): (i64, i64),
    by: Option<(&X509, &PKey<Private>)>,
) -> X509 {
    let day = |days: i64| Asn1Time::from_unix(jiff::Timestamp::now().as_second() + days * 24 * 60 * 60);
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
        builder.set_not_before(day(from)?.as_ref())?;
        builder.set_not_after(day(to)?.as_ref())?;
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
