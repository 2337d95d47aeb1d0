//! Reading a detached JWS, compact (`header..signature`) or flattened JSON.

use fhir::Value;

use crate::CertificateChain;
use crate::encoding::{base64url, from_base64url};
use crate::jades::{Evidence, Level};
use crate::jws::{Es256, Header, signing_input};

/// A detached JWS, read but not yet verified.
#[derive(Debug, Clone)]
pub(crate) struct Detached {
    pub(crate) header: Header,
    /// The protected header as it was signed.
    protected: String,
    signature: Vec<u8>,
    /// For the usual algorithm: the key and the header, read once for every form that is tried.
    es256: Option<Box<Es256>>,
    /// What was added later (`etsiU`), or why it cannot be read; the signature is the same either way.
    pub(crate) evidence: Option<Result<Evidence, JwsError>>,
    /// The elements of `etsiU`, as they stand.
    pub(crate) elements: Vec<Value>,
    /// Read from flattened JSON.
    pub(crate) flattened: bool,
}

/// Why a JWS cannot be verified at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct JwsError {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl JwsError {
    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// What a flattened JWS may have beside its three parts.
const MEMBERS: [&str; 4] = ["payload", "protected", "header", "signature"];

impl Detached {
    /// Reads either serialisation strictly: an empty or absent payload, base64url in one spelling only.
    pub(crate) fn parse(text: &str) -> Result<Self, JwsError> {
        Self::parse_with(text, None)
    }

    /// The same; `supplied` stands in for the certificates of a header that carries none.
    pub(crate) fn parse_with(text: &str, supplied: Option<&CertificateChain>) -> Result<Self, JwsError> {
        if text.starts_with('{') {
            return Self::flattened(text, supplied);
        }
        let mut parts = text.splitn(4, '.');
        let (Some(protected), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsError::new("jws-unreadable", "it is not a compact JWS (header..signature)"));
        };
        Self::from_parts(protected, payload, signature, false, supplied)
    }

    /// The flattened JSON serialisation (RFC 7515, section 7.2.2).
    fn flattened(text: &str, supplied: Option<&CertificateChain>) -> Result<Self, JwsError> {
        let unreadable = |reason: String| JwsError::new("jws-unreadable", reason);
        let json = Value::parse(text.as_bytes())
            .map_err(|error| unreadable(format!("it is not a JWS in JSON ({error})")))?;
        let members =
            json.as_object().ok_or_else(|| unreadable("it is not a JWS in JSON (an object)".to_owned()))?;
        if members.contains("signatures") {
            return Err(JwsError::new(
                "jws-general",
                "the JWS is in the general form (signatures); one signature is in the flattened form",
            ));
        }
        if let Some((name, _)) = members.iter().find(|(name, _)| !MEMBERS.contains(name)) {
            return Err(unreadable(format!("the JWS has the unknown member {name:?}")));
        }
        let added = members.get("header").map(unprotected).transpose()?.flatten();
        let part = |name: &str| match members.get(name) {
            None => Ok(""),
            Some(Value::String(text)) => Ok(text.as_str()),
            Some(_) => Err(unreadable(format!("the JWS's member {name} is not a string"))),
        };
        let mut read =
            Self::from_parts(part("protected")?, part("payload")?, part("signature")?, true, supplied)?;
        if let Some(added) = added {
            read.evidence = Some(Evidence::read(added));
            read.elements = added.as_array().unwrap_or_default().to_vec();
        }
        Ok(read)
    }

    fn from_parts(
        protected: &str,
        payload: &str,
        signature: &str,
        flattened: bool,
        supplied: Option<&CertificateChain>,
    ) -> Result<Self, JwsError> {
        if !payload.is_empty() {
            return Err(JwsError::new(
                "payload-attached",
                "the JWS brings its own payload; it must be detached",
            ));
        }
        if signature.is_empty() {
            return Err(JwsError::new("signature-empty", "the JWS has no signature"));
        }
        let unreadable =
            |what: &str| JwsError::new("jws-unreadable", format!("the {what} is not strict base64url"));
        let json = from_base64url(protected).ok_or_else(|| unreadable("protected header"))?;
        let signature = from_base64url(signature).ok_or_else(|| unreadable("signature"))?;
        let header = Header::parse(&json, supplied)?;
        if !header.algorithm.fits(header.chain.leaf()) {
            return Err(JwsError::new(
                "algorithm-confusion",
                format!("the certificate's key is not one that {} can use", header.algorithm.name()),
            ));
        }
        if !header.algorithm.has_length(header.chain.leaf(), &signature) {
            return Err(JwsError::new(
                "signature-length",
                format!("{} bytes are not an {} signature", signature.len(), header.algorithm.name()),
            ));
        }
        let es256 = Es256::new(&header, protected, &signature).map(Box::new);
        Ok(Self {
            header,
            protected: protected.to_owned(),
            signature,
            evidence: None,
            elements: Vec::new(),
            es256,
            flattened,
        })
    }

    /// The protected header as it stands, base64url.
    pub(crate) fn protected(&self) -> &str {
        &self.protected
    }

    /// The signature as it stands, base64url.
    pub(crate) fn signature_text(&self) -> String {
        // It was read from the only spelling that is read.
        base64url(&self.signature)
    }

    /// The level of the baseline by what it carries; at least B, where the header is at B.
    pub(crate) fn level(&self) -> Level {
        match &self.evidence {
            Some(Ok(evidence)) => evidence.level(),
            _ => Level::B,
        }
    }

    /// Whether the two are one signature, whatever was added to either.
    pub(crate) fn is_same_signature(&self, other: &Self) -> bool {
        self.protected == other.protected && self.signature == other.signature
    }

    /// What an archive time stamp covers (ETSI TS 119 182-1, section 5.3.6.3): what was signed, the signature, and the
    /// first `count` elements of `evidence`. `None` where those are in the clear.
    pub(crate) fn archive_input(&self, payload: &[u8], evidence: &Evidence, count: usize) -> Option<Vec<u8>> {
        let before = evidence.before(count)?;
        let mut input = base64url(payload);
        for part in [".", &self.protected, ".", &self.signature_text(), ".", &before] {
            input.push_str(part);
        }
        Some(input.into_bytes())
    }

    /// Whether the key of the first certificate in `x5c` signed this header and `payload`.
    pub(crate) fn covers(&self, payload: &[u8]) -> bool {
        if let Some(es256) = &self.es256 {
            return es256.covers(payload);
        }
        let input = signing_input(&self.protected, payload);
        self.header.algorithm.verify(self.header.chain.leaf(), &input, &self.signature)
    }
}

/// Nothing outside the protected header says anything: only JAdES's evidence (`etsiU`) may stand there.
fn unprotected(header: &Value) -> Result<Option<&Value>, JwsError> {
    let members = header
        .as_object()
        .ok_or_else(|| JwsError::new("jws-unreadable", "the unprotected header is not a JSON object"))?;
    match members.iter().find(|(name, _)| *name != "etsiU") {
        Some((name, _)) => Err(JwsError::new(
            "header-unprotected",
            format!(
                "the parameter {name:?} stands in the unprotected header, which the signature does not cover"
            ),
        )),
        None => Ok(members.get("etsiU")),
    }
}
