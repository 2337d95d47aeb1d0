//! The algorithms that are read; every other URI is refused.

use fhir::xml::canonical::{Form, document_in};
use fhir::xml::{Document, Element};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::element::{Children, algorithm, bytes};
use super::{DS, Refused};
use crate::jws::Algorithm;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A `SignatureMethod`: its name, and the same algorithm as JOSE has it (ECDSA is raw r‖s in both).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) algorithm: Algorithm,
}

impl Method {
    pub(super) fn read(element: Element<'_>) -> Result<Self, Refused> {
        let (name, algorithm) = match algorithm(element)? {
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => ("ecdsa-sha256", Algorithm::Es256),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => ("ecdsa-sha384", Algorithm::Es384),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => ("rsa-sha256", Algorithm::Rs256),
            other => {
                return Err(Refused::new(
                    "algorithm-refused",
                    format!(
                        "the signature method {other:?} is not one of ecdsa-sha256, ecdsa-sha384, rsa-sha256"
                    ),
                ));
            }
        };
        Ok(Self { name, algorithm })
    }
}

/// A `DigestMethod` with its `DigestValue`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hash {
    method: HashMethod,
    value: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HashMethod {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn read(children: &mut Children<'_>) -> Result<Self, Refused> {
        let method = match algorithm(children.required(DS, "DigestMethod")?)? {
            "http://www.w3.org/2001/04/xmlenc#sha256" => HashMethod::Sha256,
            "http://www.w3.org/2001/04/xmldsig-more#sha384" => HashMethod::Sha384,
            "http://www.w3.org/2001/04/xmlenc#sha512" => HashMethod::Sha512,
            other => {
                return Err(Refused::new(
                    "digest-refused",
                    format!("the digest method {other:?} is not one of SHA-256, SHA-384, SHA-512"),
                ));
            }
        };
        Ok(Self { method, value: bytes(children.required(DS, "DigestValue")?, &[])? })
    }

    pub(super) fn fits(&self, content: &[u8]) -> bool {
        match self.method {
            HashMethod::Sha256 => Sha256::digest(content).as_slice() == self.value,
            HashMethod::Sha384 => Sha384::digest(content).as_slice() == self.value,
            HashMethod::Sha512 => Sha512::digest(content).as_slice() == self.value,
        }
    }
}

/// A `CanonicalizationMethod` or `Transform`.
pub(super) fn form(element: Element<'_>) -> Result<Form, Refused> {
    let uri = element.attribute("Algorithm").unwrap_or_default();
    let form = Form::from_uri(uri).ok_or_else(|| {
        let (code, what) = match element.name() {
            "Transform" => ("transform-refused", "transform"),
            _ => ("canonicalization-refused", "canonicalization method"),
        };
        Refused::new(
            code,
            format!("the {what} {uri:?} is none of the three forms of canonical XML without comments"),
        )
    })?;
    if uri != EXCLUSIVE {
        algorithm(element)?;
        return Ok(form);
    }
    let mut children = Children::of(element, &["Algorithm"])?;
    let prefixes = match children.optional(EXCLUSIVE, "InclusiveNamespaces") {
        None => Vec::new(),
        Some(listed) => {
            Children::of(listed, &["PrefixList"])?.end()?;
            let list = listed.attribute("PrefixList").unwrap_or_default();
            let prefix = |one: &str| if one == "#default" { String::new() } else { one.to_owned() };
            list.split_ascii_whitespace().map(prefix).collect()
        }
    };
    children.end()?;
    Ok(Form::Exclusive10(prefixes))
}

/// The one canonicalization in `Transforms`; `None` where there are none.
pub(super) fn transforms(reference: &mut Children<'_>) -> Result<Option<Form>, Refused> {
    let Some(transforms) = reference.optional(DS, "Transforms") else { return Ok(None) };
    let mut children = Children::of(transforms, &[])?;
    let form = form(children.required(DS, "Transform")?)?;
    if children.optional(DS, "Transform").is_some() {
        return Err(Refused::new("transform-refused", "there is more than one transform"));
    }
    children.end()?;
    Ok(Some(form))
}

/// What is hashed of a content that travels elsewhere.
pub(super) fn transformed(payload: &[u8], form: Option<&Form>) -> Option<Vec<u8>> {
    match form {
        None => Some(payload.to_vec()),
        Some(form) => document_in(&Document::parse(payload).ok()?, form).ok().map(String::into_bytes),
    }
}
