//! The protected header, read strictly.

use fhir::Value;
use jiff::Timestamp;

use crate::CertificateChain;
use crate::encoding::from_base64;
use crate::jws::references::References;
use crate::jws::{Algorithm, JwsError};

/// What a protected header says. Nothing is taken from anywhere but these signed bytes.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    /// `iat`; where it is missing, JAdES's older `sigT`.
    pub(crate) issued_at: Option<Timestamp>,
    /// `sigT`, whether or not `iat` stands beside it.
    pub(crate) signing_time: Option<Timestamp>,
    /// `canon`; `None` when the header leaves the form to `Signature.targetFormat`.
    pub(crate) canon: Option<String>,
    /// `x5t#S256`.
    pub(crate) thumbprint: Option<String>,
    /// `x5t#o`, and each of `sigX5ts`: other hashes of the signer's certificate, or of those above it.
    pub(crate) references: References,
    pub(crate) chain: CertificateChain,
    /// Every parameter, as signed.
    pub(crate) parameters: Value,
}

impl Header {
    pub(crate) fn parse(json: &[u8], supplied: Option<&CertificateChain>) -> Result<Self, JwsError> {
        // fhir's parser refuses a name that stands twice: which one a reader takes would be an attacker's choice.
        let parameters = Value::parse(json).map_err(|error| {
            JwsError::new("header-unreadable", format!("the protected header is not JSON ({error})"))
        })?;
        if parameters.as_object().is_none() {
            return Err(JwsError::new("header-unreadable", "the protected header is not a JSON object"));
        }
        refuse_critical(&parameters)?;
        let algorithm = text(&parameters, "alg")?
            .ok_or_else(|| JwsError::new("algorithm-refused", "the header names no algorithm (alg)"))?;
        let algorithm = Algorithm::from_name(algorithm).ok_or_else(|| {
            JwsError::new(
                "algorithm-refused",
                format!("the algorithm {algorithm:?} is not one of {}", Algorithm::NAMES),
            )
        })?;
        let signing_time = signing_time(&parameters)?;
        Ok(Self {
            algorithm,
            issued_at: issued_at(&parameters)?.or(signing_time),
            signing_time,
            canon: text(&parameters, "canon")?.map(str::to_owned),
            thumbprint: text(&parameters, "x5t#S256")?.map(str::to_owned),
            references: References::read(&parameters)?,
            chain: match supplied {
                Some(supplied) if parameters.get("x5c").is_none() => supplied.clone(),
                _ => chain(&parameters)?,
            },
            parameters,
        })
    }

    /// Whether it states what baseline B needs (ETSI TS 119 182-1, section 6.3): a time in exactly one way, and the
    /// certificate in exactly one way. The time is `iat` by v1.2.1, and was `sigT` by v1.1.1
    /// ([`Self::is_of_first_version`]).
    pub(crate) fn is_baseline_b(&self) -> bool {
        let References { other, several } = &self.references;
        let ways =
            [self.thumbprint.is_some(), other.is_some(), several.is_some()].into_iter().filter(|way| *way);
        self.issued_at.is_some() && !self.states_two_times() && ways.count() == 1
    }

    /// Whether its time is `sigT` alone: what baseline B needs by v1.1.1 of ETSI TS 119 182-1, and no longer by v1.2.1.
    pub(crate) fn is_of_first_version(&self) -> bool {
        self.signing_time.is_some() && !self.states_two_times()
    }

    /// Whether `sigT` stands beside `iat`, which no version of the baseline allows.
    pub(crate) fn states_two_times(&self) -> bool {
        self.signing_time.is_some() && self.parameters.get("iat").is_some()
    }

    /// Whether every reference to the signer's certificate is to the first one in the chain.
    pub(crate) fn names_its_certificate(&self) -> bool {
        self.thumbprint.as_ref().is_none_or(|thumbprint| *thumbprint == self.chain.x5t_s256())
            && self.references.fit(self.chain.leaf_der())
    }

    /// The object identifier of the one commitment.
    pub(crate) fn commitment_type(&self) -> Option<&str> {
        let [commitment] = self.parameters.list("srCms") else { return None };
        commitment.get("commId")?.str("id")?.strip_prefix("urn:oid:")
    }

    /// The one commitment (`srCms`, ETSI TS 119 182-1, section 5.2.3): its object identifier and its first qualifier.
    pub(crate) fn commitment(&self) -> Option<(&str, &Value)> {
        let [commitment] = self.parameters.list("srCms") else { return None };
        let oid = self.commitment_type()?;
        let [qualifier] = commitment.list("commQuals") else { return None };
        Some((oid, qualifier))
    }
}

/// RFC 7515, section 4.1.11: an extension that is marked critical and not understood makes the JWS invalid. None is
/// understood here, and an unencoded payload (`b64`, RFC 7797) would change what is signed.
fn refuse_critical(parameters: &Value) -> Result<(), JwsError> {
    if let Some(critical) = parameters.get("crit") {
        let names: Vec<_> =
            critical.as_array().unwrap_or_default().iter().filter_map(Value::as_str).collect();
        return Err(JwsError::new(
            "critical-header",
            format!(
                "the header demands that \"{}\" be understood, and it is not (crit)",
                names.join("\", \"")
            ),
        ));
    }
    if parameters.get("b64").is_some() {
        return Err(JwsError::new("critical-header", "the header changes how the payload is encoded (b64)"));
    }
    if parameters.get("sigD").is_some() {
        return Err(JwsError::new("critical-header", "the header describes elsewhere what is signed (sigD)"));
    }
    Ok(())
}

fn text<'v>(parameters: &'v Value, name: &str) -> Result<Option<&'v str>, JwsError> {
    match parameters.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => {
            Err(JwsError::new("header-unreadable", format!("the header parameter {name} is not a string")))
        }
    }
}

/// `iat`, in whole seconds.
fn issued_at(parameters: &Value) -> Result<Option<Timestamp>, JwsError> {
    parameters.get("iat").map(|time| seconds(time).ok_or_else(|| no_time("iat"))).transpose()
}

/// `sigT`: a date and time; HL7's signed Bundle in XML writes it as seconds too.
fn signing_time(parameters: &Value) -> Result<Option<Timestamp>, JwsError> {
    match parameters.get("sigT") {
        Some(time) if time.as_number().is_some() => seconds(time).map(Some).ok_or_else(|| no_time("sigT")),
        _ => text(parameters, "sigT")?.map(|time| time.parse().map_err(|_| no_time("sigT"))).transpose(),
    }
}

fn seconds(time: &Value) -> Option<Timestamp> {
    let seconds = time.as_number()?.as_str().parse::<i64>().ok()?;
    Timestamp::from_second(seconds).ok()
}

fn no_time(name: &str) -> JwsError {
    JwsError::new("header-unreadable", format!("the header parameter {name} is not a time"))
}

fn chain(parameters: &Value) -> Result<CertificateChain, JwsError> {
    let missing = || JwsError::new("certificate-missing", "the header carries no certificates (x5c)");
    let unreadable = |reason: String| {
        JwsError::new("certificate-unreadable", format!("the certificates in x5c: {reason}"))
    };
    let ders = parameters
        .get("x5c")
        .ok_or_else(missing)?
        .as_array()
        .ok_or_else(missing)?
        .iter()
        .map(|one| one.as_str().and_then(from_base64))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| unreadable("not strict base64".to_owned()))?;
    CertificateChain::from_ders(ders).map_err(|error| unreadable(error.to_string()))
}
