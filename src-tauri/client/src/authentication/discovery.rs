//! Where a server has its tokens: `.well-known/smart-configuration` (SMART App Launch 2.2, "Conformance").

use reqwest::Url;
use serde::Deserialize;

use super::AccessProblem;
use super::smart::Algorithm;
use crate::address::is_loopback;

/// What of the document matters here; whatever else it says is left aside.
#[derive(Deserialize)]
struct Configuration {
    token_endpoint: Option<String>,
    grant_types_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
}

/// Where tokens are asked for: the text is the audience of assertions, octet by octet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) text: String,
    pub(super) url: Url,
}

impl Endpoint {
    /// An address that assertions may be sent to: `https:`, or `http:` on this computer where the FHIR server is on it too.
    pub(super) fn parse(text: &str, server: &Url) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "its token endpoint is not a URL")?;
        let (here, there) = (is_loopback(server), is_loopback(&url));
        match url.scheme() {
            "https" if here || !there => {}
            "http" if here && there => {}
            "http" | "https" => return Err("its token endpoint is not encrypted, or on this computer"),
            _ => return Err("its token endpoint is not a web address"),
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("its token endpoint carries a user name, a password or a fragment");
        }
        Ok(Self { text: text.to_owned(), url })
    }
}

/// Reads the document; what is left out of it counts as supported.
pub(super) fn read(body: &[u8], server: &Url, algorithm: Algorithm) -> Result<Endpoint, AccessProblem> {
    let unsupported = |reason| AccessProblem::Unsupported(reason);
    let found: Configuration = serde_json::from_slice(body)
        .map_err(|_| unsupported("its .well-known/smart-configuration cannot be read"))?;
    let lacks = |list: &Option<Vec<String>>, wanted: &str| {
        list.as_ref().is_some_and(|list| !list.iter().any(|one| one == wanted))
    };
    if lacks(&found.grant_types_supported, "client_credentials") {
        return Err(unsupported("it gives no tokens to devices without a person (client_credentials)"));
    }
    if lacks(&found.token_endpoint_auth_methods_supported, "private_key_jwt") {
        return Err(unsupported("it takes no signed assertions (private_key_jwt)"));
    }
    if lacks(&found.token_endpoint_auth_signing_alg_values_supported, algorithm.name()) {
        return Err(unsupported(match algorithm {
            Algorithm::Es256 => "it does not take ES256, which the study chose",
            Algorithm::Es384 => "it does not take ES384, which the study chose",
        }));
    }
    let endpoint = found.token_endpoint.ok_or_else(|| unsupported("it names no token endpoint"))?;
    Endpoint::parse(&endpoint, server).map_err(unsupported)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_endpoint_is_encrypted_and_not_on_this_computer() {
        let far = Url::parse("https://fhir.example/r4").unwrap();
        let near = Url::parse("http://127.0.0.1:8080/fhir").unwrap();
        assert_eq!(
            Endpoint::parse("https://login.example/token/", &far).unwrap().text,
            "https://login.example/token/"
        );
        assert!(Endpoint::parse("http://127.0.0.1:9/token", &near).is_ok());
        for text in [
            "/token",
            "http://login.example/token",
            "https://127.0.0.1/token",
            "https://user:word@login.example/token",
            "https://login.example/token#a",
            "file:///etc/passwd",
        ] {
            assert!(Endpoint::parse(text, &far).is_err(), "{text}");
        }
        assert!(Endpoint::parse("http://login.example/token", &near).is_err());
    }

    #[test]
    fn what_a_server_does_not_offer_is_said() {
        let server = Url::parse("https://fhir.example/r4").unwrap();
        let of = |text: &str| read(text.as_bytes(), &server, Algorithm::Es384);
        let whole = r#"{"token_endpoint":"https://login.example/t","grant_types_supported":["client_credentials"],
            "token_endpoint_auth_methods_supported":["private_key_jwt"],"capabilities":[],
            "token_endpoint_auth_signing_alg_values_supported":["RS384","ES384"]}"#;
        assert_eq!(of(whole).unwrap().text, "https://login.example/t");
        assert!(of(r#"{"token_endpoint":"https://login.example/t"}"#).is_ok());
        for (text, why) in [
            (whole.replace(",\"ES384\"", ""), "ES384"),
            (whole.replace("client_credentials", "authorization_code"), "client_credentials"),
            (whole.replace("private_key_jwt", "client_secret_basic"), "private_key_jwt"),
            (whole.replace("https://login", "http://login"), "not encrypted"),
            ("{}".to_owned(), "no token endpoint"),
            ("<html>".to_owned(), "cannot be read"),
        ] {
            let problem = of(&text).unwrap_err();
            assert!(problem.is_refusal() && problem.to_string().contains(why), "{problem}");
        }
    }
}
