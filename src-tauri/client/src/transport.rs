//! The way to a server: whom TLS trusts there, with which certificate this device signs in, and through which proxy.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;
use rustls::ClientConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, SignatureAlgorithm, SignatureScheme};
use zeroize::Zeroizing;

use crate::Options;
use crate::error::Error;

/// Trust anchors that are read at most; more is no list that a study made.
const MOST_ANCHORS: usize = 64;
/// Answers have some thirty headers; hyper would take a hundred.
const MOST_HEADERS: usize = 100;

/// How servers are reached. The default trusts the authorities of the operating system, shows no certificate and uses no
/// proxy. Environment variables such as `HTTPS_PROXY` are never read: what a study's data goes through is configured.
///
/// TLS is 1.2 or newer, and a server's certificate has to be for the host that was asked, whatever is trusted.
#[derive(Clone, Default)]
pub struct Transport {
    anchors: Option<Arc<RootCertStore>>,
    proxy: Option<Proxy>,
    key: Option<Arc<dyn ClientKey>>,
}

/// The key of a TLS client certificate (RFC 8446, section 4.4.2): ECDSA on P-256. The key itself stays where it is.
pub trait ClientKey: Send + Sync {
    /// The certificates, DER, the key's own first.
    fn chain(&self) -> Vec<Vec<u8>>;

    /// Signs with ECDSA and SHA-256; the signature in DER (RFC 3279, section 2.2.3). `None` when it cannot be made.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>>;
}

impl Transport {
    /// The same, which trusts the certificates in `pem` (RFC 7468) and none besides.
    ///
    /// # Errors
    /// [`Error::Settings`] when there is none, or one of them cannot be an anchor.
    pub fn trusting(self, pem: &str) -> Result<Self, Error> {
        let unreadable = Error::Settings("the trust anchors for TLS are not certificates in PEM");
        let mut anchors = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()).take(MOST_ANCHORS + 1) {
            let certificate = certificate.map_err(|_| unreadable.clone())?;
            anchors.add(certificate).map_err(|_| unreadable.clone())?;
        }
        if anchors.is_empty() || anchors.len() > MOST_ANCHORS {
            return Err(unreadable);
        }
        Ok(Self { anchors: Some(Arc::new(anchors)), ..self })
    }

    /// The same through `proxy`, which sees names and addresses of `https:` servers and nothing else.
    #[must_use]
    pub fn through(self, proxy: Proxy) -> Self {
        Self { proxy: Some(proxy), ..self }
    }

    /// The same, which shows the certificate of `key` to every server that asks for one.
    #[must_use]
    pub fn showing(self, key: Arc<dyn ClientKey>) -> Self {
        Self { key: Some(key), ..self }
    }

    /// The proxy alone: what is beside the study's own servers is trusted by the operating system's authorities.
    #[must_use]
    pub fn proxy_only(&self) -> Self {
        Self { anchors: None, key: None, proxy: self.proxy.clone() }
    }

    /// What sends requests: no redirects, no repeats, no cookies, no compression, no proxy on loopback.
    pub(crate) fn http(&self, on_loopback: bool, options: &Options) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("Attesta/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .http1_max_headers(MOST_HEADERS)
            .tls_backend_preconfigured(self.tls()?)
            .no_proxy();
        if let (Some(proxy), false) = (&self.proxy, on_loopback) {
            builder = builder.proxy(proxy.to_reqwest()?);
        }
        builder.build().map_err(|_| Error::Settings("nothing can be sent with them"))
    }

    fn tls(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| Error::Settings("TLS cannot be set up"))?
            .dangerous()
            .with_custom_certificate_verifier(self.verifier(provider)?);
        let mut tls = match &self.key {
            None => builder.with_no_client_auth(),
            Some(key) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(shown(key)))),
        };
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(tls)
    }

    /// Both check the name of the host.
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        match &self.anchors {
            Some(anchors) => {
                let verifier =
                    WebPkiServerVerifier::builder_with_provider(Arc::clone(anchors), provider).build();
                Ok(verifier.map_err(|_| Error::Settings("the trust anchors for TLS cannot be used"))?)
            }
            None => rustls_platform_verifier::Verifier::new(provider)
                .map(|verifier| Arc::new(verifier) as Arc<dyn ServerCertVerifier>)
                .map_err(|_| Error::Settings("the trust anchors of this computer cannot be read")),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("anchors", &self.anchors.as_ref().map(|anchors| anchors.len()))
            .field("proxy", &self.proxy)
            .field("shows_certificate", &self.key.is_some())
            .finish()
    }
}

/// A proxy (RFC 9110, section 3.7). Servers on this computer are never reached through it.
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    credentials: Option<(String, Zeroizing<String>)>,
}

impl Proxy {
    /// The proxy at `url`, for example `http://proxy.example:3128`.
    ///
    /// # Errors
    /// [`Error::Settings`] when the address is none of a proxy, or carries a user name or password.
    pub fn new(url: &str) -> Result<Self, Error> {
        let wrong = |reason| Err(Error::Settings(reason));
        let Ok(url) = Url::parse(url) else { return wrong("the proxy's address is not a URL") };
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return wrong("the proxy's address does not begin with http: or https:");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return wrong("the proxy's address carries a user name or password, which the keystore keeps");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return wrong("the proxy's address has more than a host and a port");
        }
        Ok(Self { url, credentials: None })
    }

    /// The same, signed in to (Basic, RFC 7617).
    #[must_use]
    pub fn signed_in(self, user: &str, password: Zeroizing<String>) -> Self {
        Self { credentials: Some((user.to_owned(), password)), ..self }
    }

    fn to_reqwest(&self) -> Result<reqwest::Proxy, Error> {
        let proxy = reqwest::Proxy::all(self.url.clone())
            .map_err(|_| Error::Settings("the proxy's address cannot be used"))?;
        Ok(match &self.credentials {
            Some((user, password)) => proxy.basic_auth(user, password),
            None => proxy,
        })
    }
}

/// Shows the address, never the password.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.url)
    }
}

/// What is wrong with trust anchors for TLS, PEM; `None` where they can be used.
pub fn wrong_anchors(pem: &str) -> Option<&'static str> {
    match Transport::default().trusting(pem) {
        Err(Error::Settings(reason)) => Some(reason),
        _ => None,
    }
}

fn shown(key: &Arc<dyn ClientKey>) -> CertifiedKey {
    let chain = key.chain().into_iter().map(CertificateDer::from).collect();
    CertifiedKey::new(chain, Arc::new(Held(Arc::clone(key))))
}

/// A key that signs elsewhere, as rustls asks for one.
#[derive(Clone)]
struct Held(Arc<dyn ClientKey>);

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientKey([redacted])")
    }
}

impl rustls::sign::SigningKey for Held {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        offered.contains(&SignatureScheme::ECDSA_NISTP256_SHA256).then(|| Box::new(self.clone()) as _)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl rustls::sign::Signer for Held {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        self.0
            .sign(message)
            .ok_or_else(|| rustls::Error::General("the client key gave no signature".to_owned()))
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_proxy_is_an_address_and_nothing_else() {
        for (url, why) in [
            ("proxy", "not a URL"),
            ("socks5://proxy.example:1080", "http: or https:"),
            ("http://user:word@proxy.example:3128", "user name or password"),
            ("http://proxy.example:3128/a", "more than a host"),
            ("http://proxy.example:3128/?a", "more than a host"),
        ] {
            let Err(Error::Settings(reason)) = Proxy::new(url) else { panic!("{url} is taken for a proxy") };
            assert!(reason.contains(why) && !reason.contains("word@"), "{url}: {reason}");
        }
        assert!(Proxy::new("http://proxy.example:3128").is_ok());
        let proxy = Proxy::new("https://proxy.example").unwrap();
        let shown = format!("{:?}", proxy.signed_in("ada", Zeroizing::new("secret".to_owned())));
        assert_eq!(shown, "Proxy(https://proxy.example/)");
    }

    #[test]
    fn anchors_are_certificates_or_refused() {
        for pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificate"] {
            assert!(wrong_anchors(pem).is_some(), "{pem}");
        }
    }
}
