//! Which interaction a request is (FHIR R4, section 3.1.0).

use axum::http::Method;

use crate::faults::Asked;
use crate::{
    outcome::Refusal,
    search::parameter::{ResourceType, resource_type},
};

/// An interaction, with where it applies.
#[derive(Clone, Copy)]
pub(crate) enum Route<'p> {
    Metadata,
    Search(&'static ResourceType),
    /// A search whose parameters are in the body.
    SearchForm(&'static ResourceType),
    /// `ValueSet/$expand`.
    Expand(&'static ResourceType),
    /// `Questionnaire/$next-question`.
    NextQuestion(&'static ResourceType),
    Create(&'static ResourceType),
    Read(&'static ResourceType, &'p str),
    Update(&'static ResourceType, &'p str),
    Delete(&'static ResourceType, &'p str),
    History(&'static ResourceType, &'p str),
    VersionRead(&'static ResourceType, &'p str, &'p str),
    /// `/practice/…`, apart from FHIR.
    Practice(&'p str),
    /// `[base]/.well-known/smart-configuration`.
    SmartConfiguration,
    /// `/auth/token`, apart from FHIR.
    Token,
    /// `/tsa`: time stamps (RFC 3161).
    TimeStamp,
    /// `/ocsp`, with what follows it (RFC 6960, appendix A.1).
    Ocsp(&'p str),
    /// `/ledger/…`, apart from FHIR.
    Ledger(&'p str),
}

impl<'p> Route<'p> {
    /// Reads method and path.
    pub(crate) fn parse(method: &Method, path: &'p str) -> Result<Self, Refusal> {
        if let Some(rest) = path.strip_prefix("/practice/") {
            return Ok(Self::Practice(rest));
        }
        if path == "/auth/token" {
            return Ok(Self::Token);
        }
        if path == "/tsa" {
            return Ok(Self::TimeStamp);
        }
        if let Some(rest) = path.strip_prefix("/ocsp")
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return Ok(Self::Ocsp(rest.trim_start_matches('/')));
        }
        if let Some(rest) = path.strip_prefix("/ledger/") {
            return Ok(Self::Ledger(rest));
        }
        let rest = path.strip_prefix("/fhir/").ok_or_else(Refusal::no_such_address)?;
        let segments: Vec<_> = rest.strip_suffix('/').unwrap_or(rest).split('/').collect();
        let is_get = matches!(*method, Method::GET | Method::HEAD);
        if segments == ["metadata"] {
            return if is_get { Ok(Self::Metadata) } else { Err(Refusal::method("GET, HEAD")) };
        }
        if segments == [".well-known", "smart-configuration"] {
            return if is_get { Ok(Self::SmartConfiguration) } else { Err(Refusal::method("GET, HEAD")) };
        }
        let kept = resource_type(segments[0]).ok_or_else(Refusal::no_such_address)?;
        match (&segments[1..], method) {
            ([], _) if is_get => Ok(Self::Search(kept)),
            ([], &Method::POST) => Ok(Self::Create(kept)),
            ([], _) => Err(Refusal::method("GET, HEAD, POST")),
            (["_search"], &Method::POST) => Ok(Self::SearchForm(kept)),
            (["$expand"], _) if kept.name == "ValueSet" => {
                if is_get {
                    Ok(Self::Expand(kept))
                } else {
                    Err(Refusal::method("GET, HEAD"))
                }
            }
            (["$next-question"], _) if kept.name == "Questionnaire" => {
                if *method == Method::POST {
                    Ok(Self::NextQuestion(kept))
                } else {
                    Err(Refusal::method("POST"))
                }
            }
            (["_search"], _) => Err(Refusal::method("POST")),
            ([id], _) if is_get && is_id(id) => Ok(Self::Read(kept, id)),
            ([id], &Method::PUT) => Ok(Self::Update(kept, id)),
            ([id], &Method::DELETE) if is_id(id) => Ok(Self::Delete(kept, id)),
            ([id], _) if is_id(id) => Err(Refusal::method("GET, HEAD, PUT, DELETE")),
            ([id, "_history"], _) if is_get && is_id(id) => Ok(Self::History(kept, id)),
            ([id, "_history", version], _) if is_get && is_id(id) => Ok(Self::VersionRead(kept, id, version)),
            ([id, "_history"] | [id, "_history", _], _) if is_id(id) => Err(Refusal::method("GET, HEAD")),
            _ => Err(Refusal::no_such_address()),
        }
    }

    /// Whether the request is one of FHIR's.
    pub(crate) fn is_fhir(self) -> bool {
        !matches!(
            self,
            Self::Practice(_)
                | Self::SmartConfiguration
                | Self::Token
                | Self::TimeStamp
                | Self::Ocsp(_)
                | Self::Ledger(_)
        )
    }

    /// The resource type that the request is about.
    pub(crate) fn resource_type(self) -> Option<&'static str> {
        match self {
            Self::Metadata
            | Self::Practice(_)
            | Self::SmartConfiguration
            | Self::Token
            | Self::TimeStamp
            | Self::Ocsp(_)
            | Self::Ledger(_) => None,
            Self::Search(kept)
            | Self::SearchForm(kept)
            | Self::Expand(kept)
            | Self::NextQuestion(kept)
            | Self::Create(kept)
            | Self::Read(kept, _)
            | Self::Update(kept, _)
            | Self::Delete(kept, _)
            | Self::History(kept, _)
            | Self::VersionRead(kept, ..) => Some(kept.name),
        }
    }

    /// What the request asks for: something to be stored, to be found, or to be shown.
    pub(crate) fn asked(self) -> Asked {
        match self {
            Self::Create(_) | Self::Update(..) | Self::Delete(..) => Asked::Write,
            Self::Search(_) | Self::SearchForm(_) => Asked::Search,
            _ => Asked::Read,
        }
    }
}

/// FHIR's `id`: 1 to 64 of letters, digits, `-` and `.` (FHIR R4, section 2.24.0.1).
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}
