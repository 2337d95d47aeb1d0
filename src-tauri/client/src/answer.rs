//! Reading an answer's body: never more than was allowed, and only what says that it is FHIR.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::error::Error;
use crate::format::{Kind, kind};

/// Network Authentication Required (RFC 6585, section 6): a captive portal that says so.
const SIGN_IN_FIRST: u16 = 511;

/// What of an answer is refused by its head alone.
///
/// A failure keeps its status whatever its body is: a server's own proxy writes its 413 and 502 as web pages.
pub(crate) fn check_head(response: &Response) -> Result<(), Error> {
    let status = response.status().as_u16();
    match status {
        // Not Modified is an answer to a condition, and leads nowhere.
        304 => return Ok(()),
        300..=399 => return Err(Error::Redirected),
        SIGN_IN_FIRST => return Err(Error::WebPage),
        200..=299 => {}
        _ => return Ok(()),
    }
    if response.content_length() == Some(0) {
        return Ok(());
    }
    match kind(response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok())) {
        Kind::Fhir(_) | Kind::Unsaid => Ok(()),
        Kind::WebPage => Err(Error::WebPage),
        Kind::Other => Err(Error::MediaType),
    }
}

/// Whether it is a web page, whatever its head says.
pub(crate) fn is_web_page(body: &[u8]) -> bool {
    let text = fhir::without_byte_order_mark(body).trim_ascii_start();
    [b"<!doctype html".as_slice(), b"<html"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(start)))
}

/// The answer's body, of at most `limit` octets.
pub(crate) async fn body(mut response: Response, limit: usize, timeout: Duration) -> Result<Vec<u8>, Error> {
    let encodings = response.headers().get_all(CONTENT_ENCODING);
    if encodings.iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Error::Compressed);
    }
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(Error::TooLarge(limit));
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err(Error::TooLarge(limit)),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) => return Err(Error::during_answer(&error, timeout)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_page_is_known_by_its_beginning() {
        for page in ["<html>", " \n<!DOCTYPE HTML PUBLIC>", "\u{feff}<HTML lang='en'>"] {
            assert!(is_web_page(page.as_bytes()), "{page}");
        }
        for other in ["", "<", "<Patient xmlns=''>", "{\"resourceType\":\"<html>\"}", "<?xml version='1.0'?>"]
        {
            assert!(!is_web_page(other.as_bytes()), "{other}");
        }
    }
}
