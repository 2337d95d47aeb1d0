//! The evidence in a JWS's unprotected header: `etsiU` (ETSI TS 119 182-1, section 5.3). Nothing covers it but itself:
//! time stamps, certificates, revocation lists and OCSP responses each prove what they say.

use fhir::{Object, Value};

use crate::encoding::{from_base64, from_base64url};
use crate::jades::Level;
use crate::jws::JwsError;

/// More elements than anybody adds.
const MOST_ELEMENTS: usize = 64;
/// More certificates, lists and responses than the paths of a signature need. Each time stamp is checked against all of
/// them.
const MOST_VALUES: usize = 64;
/// An archive time stamp a year for a whole generation. Each covers the whole content, so that a verifier could be kept
/// busy for hours by many.
const MOST_STAMPS: usize = 32;
/// Elements of the standard from which nothing is taken here.
const PASSED_OVER: [&str; 11] = [
    "xRefs", "rRefs", "axRefs", "arRefs", "axVals", "arVals", "sigRTst", "rfsTst", "cSig", "sigPSt", "sigPol",
];

/// The elements in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    elements: Vec<Element>,
}

#[derive(Debug, Clone)]
struct Element {
    /// As it stands in the array; `None` where it is an object in the clear.
    encoded: Option<String>,
    content: Content,
}

/// Everything as DER, not yet read.
#[derive(Debug, Clone)]
enum Content {
    /// `sigTst`: over the signature.
    SignatureStamps(Vec<Vec<u8>>),
    /// `xVals`, `rVals`, and both in `tstVD` and `anyValData`.
    Values(Values),
    /// `arcTst`: over everything that stands before it.
    ArchiveStamps(Vec<Vec<u8>>),
    PassedOver,
}

/// Certificates, lists and responses as DER, not yet read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values {
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) lists: Vec<Vec<u8>>,
    pub(crate) responses: Vec<Vec<u8>>,
}

impl Values {
    fn len(&self) -> usize {
        self.certificates.len() + self.lists.len() + self.responses.len()
    }
}

impl Evidence {
    /// Reads the value of `etsiU`: an array of base64url strings, or of objects in the clear.
    ///
    /// # Errors
    /// The codes `evidence-unreadable`, and `evidence-unknown` for an element that the standard does not have.
    pub(crate) fn read(value: &Value) -> Result<Self, JwsError> {
        let array = value.as_array().ok_or_else(|| unreadable("etsiU is not an array"))?;
        if array.is_empty() || array.len() > MOST_ELEMENTS {
            return Err(unreadable(format!("etsiU has {} elements", array.len())));
        }
        let elements = array.iter().map(Element::read).collect::<Result<Vec<_>, _>>()?;
        if elements.iter().any(|one| one.encoded.is_some())
            != elements.iter().all(|one| one.encoded.is_some())
        {
            return Err(unreadable("some elements of etsiU are encoded and some are not"));
        }
        let evidence = Self { elements };
        let stamps = evidence.signature_stamps().count() + evidence.archive_stamps().count();
        if stamps > MOST_STAMPS {
            return Err(unreadable(format!("etsiU has {stamps} time stamps")));
        }
        let values: usize = evidence.values().map(Values::len).sum();
        if values > MOST_VALUES {
            return Err(unreadable(format!("etsiU has {values} values, more than {MOST_VALUES}")));
        }
        Ok(evidence)
    }

    /// The tokens over the signature, each with the number of elements that stand before it.
    pub(crate) fn signature_stamps(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.elements
            .iter()
            .enumerate()
            .filter_map(|(index, element)| match &element.content {
                Content::SignatureStamps(tokens) => Some((index, tokens)),
                _ => None,
            })
            .flat_map(|(index, tokens)| tokens.iter().map(move |token| (index, token.as_slice())))
    }

    /// The tokens over everything before them, each with the number of elements that stand before it; the first first.
    pub(crate) fn archive_stamps(&self) -> impl DoubleEndedIterator<Item = (usize, &[u8])> {
        self.elements
            .iter()
            .enumerate()
            .filter_map(|(index, element)| match &element.content {
                Content::ArchiveStamps(tokens) => Some((index, tokens)),
                _ => None,
            })
            .flat_map(|(index, tokens)| tokens.iter().map(move |token| (index, token.as_slice())))
    }

    /// The first `count` elements as they stand, one after the other: what an archive time stamp covers of them. `None`
    /// where they are in the clear, for which the standard names no canonical form that anybody writes.
    pub(crate) fn before(&self, count: usize) -> Option<String> {
        self.elements.iter().take(count).map(|element| element.encoded.as_deref()).collect()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Values> {
        self.elements.iter().filter_map(|element| match &element.content {
            Content::Values(values) => Some(values),
            _ => None,
        })
    }

    /// Every element as it stands.
    pub(crate) fn len(&self) -> usize {
        self.elements.len()
    }

    /// The level that these elements make of a signature at baseline B, by what they are.
    pub(crate) fn level(&self) -> Level {
        let revocation = self.values().any(|values| !values.lists.is_empty() || !values.responses.is_empty());
        match (self.signature_stamps().next(), revocation, self.archive_stamps().next()) {
            (Some(_), true, Some(_)) => Level::Lta,
            (Some(_), true, None) => Level::Lt,
            (Some(_), false, _) => Level::T,
            (None, ..) => Level::B,
        }
    }
}

impl Element {
    fn read(value: &Value) -> Result<Self, JwsError> {
        let Some(encoded) = value.as_str() else {
            return Ok(Self { encoded: None, content: Content::read(value)? });
        };
        let json = from_base64url(encoded)
            .ok_or_else(|| unreadable("an element of etsiU is not strict base64url"))?;
        let value = Value::parse(&json)
            .map_err(|error| unreadable(format!("an element of etsiU is not JSON ({error})")))?;
        Ok(Self { encoded: Some(encoded.to_owned()), content: Content::read(&value)? })
    }
}

impl Content {
    fn read(element: &Value) -> Result<Self, JwsError> {
        let mut members = element.as_object().into_iter().flat_map(Object::iter);
        let (Some((name, value)), None) = (members.next(), members.next()) else {
            return Err(unreadable("an element of etsiU is not an object with one member"));
        };
        Ok(match name {
            "sigTst" => Self::SignatureStamps(stamps(value)?),
            "arcTst" => Self::ArchiveStamps(stamps(value)?),
            "xVals" => Self::Values(Values { certificates: certificates(value)?, ..Values::default() }),
            "rVals" => Self::Values(revocation(value)?),
            "tstVD" | "anyValData" => Self::Values(Values {
                certificates: value.get("xVals").map(certificates).transpose()?.unwrap_or_default(),
                ..value.get("rVals").map(revocation).transpose()?.unwrap_or_default()
            }),
            name if PASSED_OVER.contains(&name) => Self::PassedOver,
            name => {
                return Err(JwsError::new(
                    "evidence-unknown",
                    format!(
                        "the evidence has the element {name:?}, which the standard does not have (etsiU)"
                    ),
                ));
            }
        })
    }
}

/// `tstContainer` (section 5.4.3.3).
fn stamps(container: &Value) -> Result<Vec<Vec<u8>>, JwsError> {
    let tokens = container.list("tstTokens");
    if tokens.is_empty() {
        return Err(unreadable("a time stamp's element has no tokens (tstTokens)"));
    }
    ders(tokens.iter())
}

/// `xVals` (section 5.3.5.1).
fn certificates(value: &Value) -> Result<Vec<Vec<u8>>, JwsError> {
    let list = value.as_array().ok_or_else(|| unreadable("xVals is not an array"))?;
    // `otherCert` is some other kind of certificate.
    ders(list.iter().filter_map(|one| one.get("x509Cert")))
}

/// `rVals` (section 5.3.5.2).
fn revocation(value: &Value) -> Result<Values, JwsError> {
    if value.as_object().is_none() {
        return Err(unreadable("rVals is not an object"));
    }
    Ok(Values {
        certificates: Vec::new(),
        lists: ders(value.list("crlVals").iter())?,
        responses: ders(value.list("ocspVals").iter())?,
    })
}

/// `pkiOb` (section 5.4.2): base64 in `val`.
fn ders<'v>(objects: impl Iterator<Item = &'v Value>) -> Result<Vec<Vec<u8>>, JwsError> {
    let found = objects
        .take(MOST_VALUES + 1)
        .map(|one| {
            one.str("val")
                .and_then(from_base64)
                .ok_or_else(|| unreadable("a value in etsiU is not strict base64 (val)"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if found.len() > MOST_VALUES {
        return Err(unreadable(format!("an element of etsiU has more than {MOST_VALUES} values")));
    }
    Ok(found)
}

fn unreadable(reason: impl Into<String>) -> JwsError {
    JwsError::new("evidence-unreadable", format!("the evidence cannot be read: {}", reason.into()))
}
