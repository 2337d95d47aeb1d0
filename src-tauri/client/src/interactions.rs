//! The interactions of FHIR R4 ("`RESTful` API"), each with its address and its conditions.

use reqwest::header::{self, HeaderName};
use reqwest::{Method, Url};

use crate::error::{Error, Failure};
use crate::exchange::Exchange;
use crate::rest::Client;

impl Client {
    /// `POST [base]/[type]`; conditional when `if_none_exist` holds search parameters (`identifier=system|value`).
    ///
    /// # Errors
    /// [`Failure`] when no whole answer came back; see [`Error::reach`] for whether the server may have acted.
    pub async fn create(
        &self,
        resource_type: &str,
        resource: &[u8],
        if_none_exist: Option<&str>,
    ) -> Result<Exchange, Failure> {
        let condition = if_none_exist.map(|search| (HeaderName::from_static("if-none-exist"), search));
        self.send(Method::POST, self.address(&[resource_type], &[]), Some(resource), condition).await
    }

    /// `PUT [base]/[type]/[id]`; with `if_match`, only over that version.
    ///
    /// # Errors
    /// As for [`Client::create`].
    pub async fn update(
        &self,
        resource_type: &str,
        id: &str,
        resource: &[u8],
        if_match: Option<&str>,
    ) -> Result<Exchange, Failure> {
        let version = if_match.map(|version| format!("W/\"{version}\""));
        let condition = version.as_deref().map(|version| (header::IF_MATCH, version));
        self.send(Method::PUT, self.address(&[resource_type, id], &[]), Some(resource), condition).await
    }

    /// `PUT [base]/[type]/[id]` with `If-None-Match: *`: a create under the client's own id.
    ///
    /// # Errors
    /// As for [`Client::create`].
    pub async fn create_as(
        &self,
        resource_type: &str,
        id: &str,
        resource: &[u8],
    ) -> Result<Exchange, Failure> {
        let address = self.address(&[resource_type, id], &[]);
        self.send(Method::PUT, address, Some(resource), Some((header::IF_NONE_MATCH, "*"))).await
    }

    /// `GET [base]/[type]/[id]`.
    ///
    /// # Errors
    /// As for [`Client::create`].
    pub async fn read(&self, resource_type: &str, id: &str) -> Result<Exchange, Failure> {
        self.send(Method::GET, self.address(&[resource_type, id], &[]), None, None).await
    }

    /// `GET [base]/[type]/[id]/_history/[version]`.
    ///
    /// # Errors
    /// As for [`Client::create`].
    pub async fn vread(&self, resource_type: &str, id: &str, version: &str) -> Result<Exchange, Failure> {
        let address = self.address(&[resource_type, id, "_history", version], &[]);
        self.send(Method::GET, address, None, None).await
    }

    /// `GET [base]/[type]?[parameters]`.
    ///
    /// # Errors
    /// As for [`Client::create`].
    pub async fn search(
        &self,
        resource_type: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Exchange, Failure> {
        self.send(Method::GET, self.address(&[resource_type], parameters), None, None).await
    }

    /// `GET` of a searchset's `next` link, which must be below this server's own base address.
    ///
    /// # Errors
    /// As for [`Client::create`]; [`Error::Malformed`] when the link leads elsewhere.
    pub async fn next_page(&self, link: &str) -> Result<Exchange, Failure> {
        let address = self
            .base
            .join(link)
            .ok()
            .filter(|url| url.origin() == self.base.origin() && url.path().starts_with(self.base.path()))
            .ok_or(Error::Malformed("its next page is on another server"));
        self.send(Method::GET, address, None, None).await
    }

    /// `GET [base]/metadata`: whether a FHIR server answers at all.
    ///
    /// # Errors
    /// As for [`Client::create`].
    pub async fn metadata(&self) -> Result<Exchange, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push("metadata");
        }
        self.send(Method::GET, Ok(url), None, None).await
    }

    /// `GET [base]/[type]/$[operation]?[parameters]`.
    ///
    /// # Errors
    /// As for [`Client::create`].
    pub(crate) async fn operation(
        &self,
        resource_type: &str,
        operation: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<Exchange, Failure> {
        let address = self.operation_address(resource_type, operation, parameters);
        self.send(Method::GET, address, None, None).await
    }

    /// `POST [base]/[type]/$[operation]` with a resource, usually a Parameters.
    ///
    /// # Errors
    /// As for [`Client::create`].
    pub(crate) async fn post_operation(
        &self,
        resource_type: &str,
        operation: &'static str,
        resource: &[u8],
    ) -> Result<Exchange, Failure> {
        let address = self.operation_address(resource_type, operation, &[]);
        self.send(Method::POST, address, Some(resource), None).await
    }

    /// `[base]/[type]/$[operation]?[parameters]`.
    fn operation_address(
        &self,
        resource_type: &str,
        operation: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<Url, Error> {
        let mut url = self.address(&[resource_type], parameters)?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(operation);
        }
        Ok(url)
    }

    /// The first segment is a type, `_history` is itself, all others are ids.
    fn address(&self, segments: &[&str], parameters: &[(&str, &str)]) -> Result<Url, Error> {
        let mut url = self.base.clone();
        for (position, segment) in segments.iter().enumerate() {
            let valid = match position {
                0 => is_type(segment),
                _ => *segment == "_history" || is_id(segment),
            };
            if !valid {
                return Err(Error::Invalid("the resource type, id or version"));
            }
        }
        url.path_segments_mut().map_err(|()| Error::Base("it is not a web address"))?.extend(segments);
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        Ok(url)
    }
}

/// Whether FHIR R4 allows `text` as an id (and a relative path cannot hide in it).
pub fn is_id(text: &str) -> bool {
    matches!(text.len(), 1..=64)
        && text != "."
        && text != ".."
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

fn is_type(text: &str) -> bool {
    matches!(text.len(), 1..=64) && text.bytes().all(|b| b.is_ascii_alphabetic())
}
