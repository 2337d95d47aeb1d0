//! Who gets an access token, and what it opens.

use crate::common;

use common::{Answer, Practice};
use jiff::{SignedDuration, Timestamp};
use josekit::jwk::KeyPair as _;
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jws::{self, ES256, ES384, JwsHeader};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "device-1";
const SCOPE: &str = "system/Patient.crs";

/// A practice server that demands tokens, and a device's key for it.
struct Desk {
    practice: Practice,
    key: EcKeyPair,
}

/// A key of this name, and the JSON Web Key Set of its public half.
pub(super) fn named_key(name: &str) -> (EcKeyPair, String) {
    let mut key = EcKeyPair::generate(EcCurve::P384).unwrap();
    key.set_key_id(Some(name));
    let jwks = json!({ "keys": [Value::Object(key.to_jwk_public_key().as_ref().clone())] }).to_string();
    (key, jwks)
}

/// What a good assertion claims.
pub(super) fn claims_of(client: &str, endpoint: &str, id: &str) -> Value {
    let exp = (Timestamp::now() + SignedDuration::from_mins(4)).as_second();
    json!({ "iss": client, "sub": client, "aud": endpoint, "exp": exp, "jti": id })
}

/// An assertion, signed with the key of this name.
pub(super) fn assertion(key: &EcKeyPair, name: &str, claims: &Value) -> String {
    let mut header = JwsHeader::new();
    header.set_key_id(name);
    let signer = ES384.signer_from_der(key.to_der_private_key()).unwrap();
    jws::serialize_compact(claims.to_string().as_bytes(), &header, &signer).unwrap()
}

/// The form that asks for a token.
pub(super) fn form(assertion: &str, scope: &str) -> String {
    format!(
        "grant_type=client_credentials&scope={scope}&client_assertion={assertion}&client_assertion_type=\
         urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
    )
}

impl Desk {
    fn new() -> Self {
        let practice = Practice::start();
        let (key, jwks) = named_key("k1");
        let authorization = practice.handle.authorization();
        authorization.register_client(CLIENT, &jwks, SCOPE).unwrap();
        authorization.demand();
        Self { practice, key }
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/auth/token", self.practice.handle.port())
    }

    /// What a good assertion claims.
    fn claims(&self, id: &str) -> Value {
        claims_of(CLIENT, &self.endpoint(), id)
    }

    fn signed(&self, claims: &Value) -> String {
        assertion(&self.key, "k1", claims)
    }

    async fn ask(&self, assertion: &str, scope: &str) -> (u16, Value) {
        let form = form(assertion, scope);
        let request = self.practice.root_request(Method::POST, "auth/token");
        let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(form);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let request = self.practice.request(Method::GET, path);
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        Answer::of(request.send().await.unwrap()).await
    }
}

#[tokio::test]
async fn a_good_assertion_gets_a_token_that_opens_what_its_scopes_say() {
    let desk = Desk::new();
    let found = desk.get(".well-known/smart-configuration", None).await;
    let found: Value = serde_json::from_slice(&found.body).unwrap();
    assert_eq!(found["token_endpoint"], desk.endpoint());
    assert_eq!(desk.get("metadata", None).await.status, 200, "what the server can do is no secret");
    let refused = desk.get("Patient", None).await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").unwrap().starts_with("Bearer"));

    let (status, granted) =
        desk.ask(&desk.signed(&desk.claims("1")), "system/Patient.rs+system/Observation.r").await;
    assert_eq!(
        (status, &granted["scope"], &granted["expires_in"]),
        (200, &json!("system/Patient.rs"), &json!(300))
    );
    let token = granted["access_token"].as_str().unwrap();
    assert_eq!(desk.get("Patient", Some(token)).await.status, 200);
    assert_eq!(desk.get("Observation", Some(token)).await.status, 403, "that was not granted");
    assert_eq!(desk.get("Patient", Some("another")).await.status, 401);
    desk.practice.handle.authorization().end_tokens();
    assert_eq!(desk.get("Patient", Some(token)).await.status, 401);
}

#[tokio::test]
async fn every_other_assertion_is_none() {
    let desk = Desk::new();
    let with = |name: &str, value: Value| {
        let mut claims = desk.claims("1");
        claims[name] = value;
        desk.signed(&claims)
    };
    let at = |minutes: i64| json!((Timestamp::now() + SignedDuration::from_mins(minutes)).as_second());
    let stranger = {
        let key = ES384.generate_key_pair().unwrap();
        let mut header = JwsHeader::new();
        header.set_key_id("k1");
        let signer = ES384.signer_from_der(key.to_der_private_key()).unwrap();
        jws::serialize_compact(desk.claims("1").to_string().as_bytes(), &header, &signer).unwrap()
    };
    let other_algorithm = {
        let key = ES256.generate_key_pair().unwrap();
        let mut header = JwsHeader::new();
        header.set_key_id("k1");
        let signer = ES256.signer_from_der(key.to_der_private_key()).unwrap();
        jws::serialize_compact(desk.claims("1").to_string().as_bytes(), &header, &signer).unwrap()
    };
    let good = desk.signed(&desk.claims("1"));
    let altered = {
        let mut parts: Vec<&str> = good.split('.').collect();
        let other = desk.signed(&desk.claims("2"));
        let other: Vec<&str> = other.split('.').collect();
        parts[1] = other[1];
        parts.join(".")
    };
    for (what, assertion) in [
        ("another audience", with("aud", json!("https://login.example/token"))),
        ("ended", with("exp", at(-1))),
        ("too long", with("exp", at(6))),
        ("an unknown client", with("iss", json!("device-2"))),
        ("for another", with("sub", json!("device-2"))),
        ("without an id", with("jti", json!(""))),
        ("by another key", stranger),
        ("by another algorithm", other_algorithm),
        ("altered", altered),
        ("no assertion", "a.b.c".to_owned()),
        ("unsigned", format!("{}.", good.rsplit_once('.').unwrap().0)),
    ] {
        let (status, answer) = desk.ask(&assertion, SCOPE).await;
        assert_eq!((status, &answer["error"]), (401, &json!("invalid_client")), "{what}");
    }
    assert_eq!(desk.ask(&good, SCOPE).await.0, 200, "none of these used it up");
    assert_eq!(desk.ask(&good, SCOPE).await.1["error"], "invalid_client", "an assertion counts once");
    let (status, answer) = desk.ask(&desk.signed(&desk.claims("3")), "system/Patient.d").await;
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_scope")));
    desk.practice.handle.authorization().revoke_client(CLIENT);
    let (status, answer) = desk.ask(&desk.signed(&desk.claims("4")), SCOPE).await;
    assert_eq!((status, &answer["error"]), (401, &json!("invalid_client")));
    assert_eq!(desk.practice.handle.authorization().issued(), 1);
}

#[tokio::test]
async fn a_wrong_clock_is_said_and_judged_by() {
    let desk = Desk::new();
    desk.practice.handle.authorization().clock_is_ahead(SignedDuration::from_hours(2));
    let (status, _) = desk.ask(&desk.signed(&desk.claims("1")), SCOPE).await;
    assert_eq!(status, 401, "to this server it ended long ago");
    let answer = desk.get("metadata", None).await;
    let date = answer.header("date").unwrap();
    let said = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).unwrap();
    let ahead = said.duration_since(Timestamp::now());
    assert!((SignedDuration::from_mins(119)..SignedDuration::from_mins(121)).contains(&ahead), "{date}");
}
