//! What the peers are asked about: one record sealed with fixed keys, altered copies, and keys for them to sign with.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use fhir::{Value, array, object};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectAlternativeName, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Name};
use p256::ecdsa::SigningKey;
use seal::issue::tsa;
use seal::testing::{self, TestAuthority, TestSigner};
use seal::verify::{Report, Trust, verify_response};
use seal::{Activity, CertificateChain, SIGNATURE_EXTENSION, Signer as _};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

/// One record by the test device: its response as the server returned it, and its Provenance.
pub struct Sealed {
    /// Whose root is the anchor.
    pub authority: TestAuthority,
    /// The device.
    pub signer: TestSigner,
    /// With the capture signature, id and meta.
    pub response: Value,
    /// With the persistence signature.
    pub provenance: Value,
}

/// The same token three times, each with something else altered.
#[derive(Debug)]
pub struct Altered {
    /// Which part.
    pub part: &'static str,
    /// The token.
    pub jws: String,
    /// The payload.
    pub payload: String,
}

impl Sealed {
    /// The record; the same bytes each time.
    pub fn new() -> Self {
        let authority = TestAuthority::new(40);
        let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
        let (device, patient, at) = (testing::device(), testing::patient(), testing::signed_at());
        let captured =
            seal::capture(&testing::response(), &testing::statement(), at, &device, &patient, &signer)
                .unwrap();
        let response = testing::returned(&captured);
        let later = at + jiff::SignedDuration::from_secs(60);
        let target = "QuestionnaireResponse/r1/_history/1";
        let signature =
            seal::persistence(&response, target, &Activity::Create, later, &device, "Attesta 0.1.0", &signer);
        let provenance = seal::provenance(&response, &signature.unwrap()).unwrap();
        Self { authority, signer, response, provenance }
    }

    /// The capture token and what it covers: the response without id, meta and the signature (RFC 8785).
    pub fn capture(&self) -> (String, String) {
        let signature = self.response.list("extension")[0].get("valueSignature").unwrap();
        let mut payload = self.response.clone();
        for member in ["id", "meta", "extension"] {
            payload.as_object_mut().unwrap().remove(member);
        }
        (token(signature), fhir::canonical::jcs(&payload).unwrap())
    }

    /// The persistence token and what it covers: the whole response (RFC 8785).
    pub fn persistence(&self) -> (String, String) {
        let signature = &self.provenance.list("signature")[0];
        (token(signature), fhir::canonical::jcs(&self.response).unwrap())
    }

    /// Both tokens with what they cover.
    pub fn tokens(&self) -> [(String, String); 2] {
        [self.capture(), self.persistence()]
    }

    /// The device's certificate, PEM.
    pub fn certificate_pem(&self) -> String {
        pem(self.signer.chain().ders().next().unwrap())
    }

    /// The device's key for a peer to sign with.
    pub fn key(&self) -> Key {
        Key::certified(&self.signer)
    }
}

impl Default for Sealed {
    fn default() -> Self {
        Self::new()
    }
}

impl Altered {
    /// The three alterations of a detached compact token.
    pub fn all(jws: &str, payload: &str) -> [Self; 3] {
        let (header, signature) = jws.split_once("..").unwrap();
        let altered = |part, jws, payload: &str| Self { part, jws, payload: payload.to_owned() };
        let later =
            String::from_utf8(from_base64url(header)).unwrap().replacen("\"iat\":17", "\"iat\":16", 1);
        let mut other = from_base64url(signature);
        other[40] ^= 1;
        let all = [
            altered("payload", jws.to_owned(), &payload.replacen("72.5", "72.6", 1)),
            altered("header", format!("{}..{signature}", base64url(later)), payload),
            altered("signature", format!("{header}..{}", base64url(other)), payload),
        ];
        for one in &all {
            assert!(one.jws != jws || one.payload != payload, "the {} was not altered", one.part);
        }
        all
    }
}

/// A key with its certificate, for a peer to sign with.
pub struct Key {
    /// As the header names it.
    pub alg: &'static str,
    private: PKey<Private>,
    chain: Vec<Vec<u8>>,
}

impl Key {
    /// A key for each algorithm beside ES256 that Attesta verifies, each with a certificate by itself.
    pub fn others() -> [Self; 4] {
        let scalar = BigNum::from_slice(&[9; 48]).unwrap();
        let rsa = || PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let ed25519 = PKey::private_key_from_raw_bytes(&[9; 32], Id::ED25519).unwrap();
        [
            Self::self_signed("ES384", ec_key(Nid::SECP384R1, &scalar)),
            Self::self_signed("RS256", rsa()),
            Self::self_signed("PS256", rsa()),
            Self::self_signed("EdDSA", ed25519),
        ]
    }

    /// The key of someone whom the test authority certified under this identifier.
    pub fn certified(signer: &TestSigner) -> Self {
        Self::with_chain(signer.key(), signer.chain())
    }

    fn with_chain(key: &SigningKey, chain: &CertificateChain) -> Self {
        let scalar = BigNum::from_slice(&key.to_bytes()).unwrap();
        let chain = chain.ders().map(<[u8]>::to_vec).collect();
        Self { alg: "ES256", private: ec_key(Nid::X9_62_PRIME256V1, &scalar), chain }
    }

    /// The key of `authority`'s time stamps.
    pub fn time_stamps(authority: &tsa::Authority, key: &SigningKey) -> Self {
        Self::with_chain(key, authority.chain())
    }

    /// An RSA key that `authority`, which was made of `seed`, certified for the test device. The authority itself does
    /// so for P-256 alone.
    pub fn rsa_certified(authority: &TestAuthority, seed: u8) -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let above = authority.intermediate.certificate_der().to_vec();
        let issuer = X509::from_der(&above).unwrap();
        let scalar = BigNum::from_slice(&[seed + 1; 32]).unwrap();
        let by = ec_key(Nid::X9_62_PRIME256V1, &scalar);
        let mut builder = begun("RS256", &key);
        builder.set_issuer_name(issuer.subject_name()).unwrap();
        let context = builder.x509v3_context(Some(&issuer), None);
        let extensions = [
            SubjectKeyIdentifier::new().build(&context).unwrap(),
            AuthorityKeyIdentifier::new().keyid(true).build(&context).unwrap(),
            BasicConstraints::new().build().unwrap(),
            KeyUsage::new().critical().digital_signature().build().unwrap(),
            SubjectAlternativeName::new().uri(testing::DEVICE_IDENTIFIER).build(&context).unwrap(),
        ];
        for extension in extensions {
            builder.append_extension(extension).unwrap();
        }
        builder.sign(&by, MessageDigest::sha256()).unwrap();
        Self { alg: "RS256", private: key, chain: vec![builder.build().to_der().unwrap(), above] }
    }

    fn self_signed(alg: &'static str, key: PKey<Private>) -> Self {
        let certificate = certificate(alg, &key).to_der().unwrap();
        Self { alg, private: key, chain: vec![certificate] }
    }

    /// PKCS#8, PEM.
    pub fn pem(&self) -> String {
        String::from_utf8(self.private.private_key_to_pem_pkcs8().unwrap()).unwrap()
    }

    /// The certificate, PEM.
    pub fn certificate_pem(&self) -> String {
        pem(&self.chain[0])
    }

    /// The certificate and those above it, PEM.
    pub fn chain_pem(&self) -> String {
        self.chain.iter().map(|der| pem(der)).collect()
    }

    /// PKCS#12 with this password, for programs of Java.
    pub fn pkcs12(&self, password: &str) -> Vec<u8> {
        let mut issuers = openssl::stack::Stack::new().unwrap();
        for der in &self.chain[1..] {
            issuers.push(X509::from_der(der).unwrap()).unwrap();
        }
        let mut builder = openssl::pkcs12::Pkcs12::builder();
        builder.name("test").pkey(&self.private).cert(&X509::from_der(&self.chain[0]).unwrap()).ca(issuers);
        builder.build2(password).unwrap().to_der().unwrap()
    }

    /// A protected header as another system may write it, for [`response_signed_by`].
    pub fn header(&self) -> Json {
        let x5c: Vec<String> = self.chain.iter().map(base64).collect();
        json!({
            "alg": self.alg,
            "iat": testing::SIGNED_AT,
            "canon": "http://hl7.org/fhir/canonicalization/json#document",
            "x5t#S256": base64url(Sha256::digest(&self.chain[0])),
            "x5c": x5c,
        })
    }
}

/// Verifies, without anchors, the test response with `token` as its signature; `payload` must be what
/// [`Sealed::capture`] gives.
pub fn response_signed_by(token: &[u8]) -> Report {
    response_signed_and_trusted(token, &Trust::new(None, testing::days(10)))
}

/// The same with anchors, or at another time.
pub fn response_signed_and_trusted(token: &[u8], trust: &Trust<'_>) -> Report {
    let mut response = testing::response();
    let signature = object! {
        "type" => array![object! {
            "system" => "urn:iso-astm:E1762-95:2013",
            "code" => "1.2.840.10065.1.12.1.5",
        }],
        "when" => testing::signed_at().to_string(),
        "who" => testing::patient().to_reference(),
        "targetFormat" => "application/fhir+json;canonicalization=http://hl7.org/fhir/canonicalization/json#document",
        "sigFormat" => "application/jose",
        "data" => base64(token),
    };
    let extension = object! { "url" => SIGNATURE_EXTENSION, "valueSignature" => signature };
    response.as_object_mut().unwrap().insert("extension", array![extension]);
    verify_response(&response, &[], trust)
}

fn token(signature: &Value) -> String {
    String::from_utf8(from_base64(signature.str("data").unwrap())).unwrap()
}

fn ec_key(curve: Nid, scalar: &BigNum) -> PKey<Private> {
    let group = EcGroup::from_curve_name(curve).unwrap();
    let mut context = openssl::bn::BigNumContext::new().unwrap();
    let mut point = openssl::ec::EcPoint::new(&group).unwrap();
    point.mul_generator2(&group, scalar, &mut context).unwrap();
    PKey::from_ec_key(EcKey::from_private_components(&group, scalar, &point).unwrap()).unwrap()
}

fn certificate(name: &str, key: &PKey<Private>) -> X509 {
    let mut builder = begun(name, key);
    builder.append_extension(KeyUsage::new().critical().digital_signature().build().unwrap()).unwrap();
    let hash = if name == "EdDSA" { MessageDigest::null() } else { MessageDigest::sha256() };
    builder.sign(key, hash).unwrap();
    builder.build()
}

/// A certificate for `key`, by itself as long as nothing else is said, without extensions.
fn begun(name: &str, key: &PKey<Private>) -> X509Builder {
    let mut subject = X509Name::builder().unwrap();
    subject.append_entry_by_text("CN", &format!("Another system ({name})")).unwrap();
    let subject = subject.build();
    let time = |at: jiff::Timestamp| Asn1Time::from_unix(at.as_second()).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(0x4a17).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(&subject).unwrap();
    builder.set_not_before(&time(testing::days(-30))).unwrap();
    builder.set_not_after(&time(testing::days(335))).unwrap();
    builder.set_pubkey(key).unwrap();
    builder
}

fn pem(der: &[u8]) -> String {
    String::from_utf8(X509::from_der(der).unwrap().to_pem().unwrap()).unwrap()
}

/// RFC 4648, section 4.
pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// RFC 4648, section 4.
pub fn from_base64(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}

/// RFC 4648, section 5, without padding.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 4648, section 5, without padding.
pub fn from_base64url(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}
