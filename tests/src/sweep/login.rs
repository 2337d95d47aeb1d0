//! The authorization server that the proxy also is: SMART Backend Services without a look at what is asked with. Whom it lets in is
//! tested elsewhere; here its tokens end, are none, or cannot be had.

use std::sync::{Mutex, PoisonError};

use client::smart::{Algorithm, AssertionKey};
use zeroize::Zeroizing;

use super::http::Message;

/// Where tokens are asked for.
pub(super) const TOKENS: &str = "/token";

/// What is wrong with the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No token that was given before counts; new ones do.
    Ended,
    /// No token counts, and those that are given now have ended already.
    Stale,
    /// Nor can one be had: the token endpoint ends each connection.
    Away,
    /// The same; it answers so.
    Fails(u16, &'static str),
}

impl Trouble {
    /// All of them.
    pub(super) const ALL: [Self; 8] = [
        Self::Ended,
        Self::Stale,
        Self::Away,
        Self::Fails(500, ""),
        Self::Fails(503, r#"{"error":"temporarily_unavailable"}"#),
        Self::Fails(200, "<html>sign in</html>"),
        Self::Fails(400, r#"{"error":"invalid_client"}"#),
        Self::Fails(401, ""),
    ];
}

/// What becomes of a request before it goes further.
pub(super) enum Admitted {
    /// It goes its way.
    Yes,
    /// It is answered so.
    Answered(Message),
    /// The connection ends.
    Ended,
}

/// See the module. At the start everybody is let in.
#[derive(Default)]
pub(super) struct Login(Mutex<State>);

#[derive(Default)]
struct State {
    demands: bool,
    trouble: Option<Trouble>,
    /// Numbers of tokens: the last one that was given, and the first that counts.
    given: u64,
    first: u64,
    refused: u32,
}

impl Login {
    /// From now on tokens are demanded, or not, and nothing is wrong.
    pub(super) fn demand(&self, demands: bool) {
        let mut state = self.state();
        *state = State { demands, given: state.given, first: state.first, ..State::default() };
    }

    /// From now on this is wrong with it.
    pub(super) fn turn(&self, trouble: Trouble) {
        let mut state = self.state();
        state.first = state.given + 1;
        state.trouble = Some(trouble);
    }

    /// From now on nothing is wrong with it, and tokens that were given until now do not count.
    pub(super) fn mend(&self) {
        let mut state = self.state();
        state.first = state.given + 1;
        state.trouble = None;
    }

    /// How many requests were refused since tokens were demanded.
    pub(super) fn refused(&self) -> u32 {
        self.state().refused
    }

    /// Whether a request goes further.
    pub(super) fn admits(&self, request: &Message) -> Admitted {
        let mut state = self.state();
        let path = request.line().split(' ').nth(1).unwrap_or_default();
        if path == TOKENS {
            return state.asked();
        }
        if !state.demands || !path.starts_with("/fhir/") {
            return Admitted::Yes;
        }
        let shown = request.header("authorization").and_then(|value| value.strip_prefix("Bearer token-"));
        let shown = shown.and_then(|number| number.parse::<u64>().ok());
        let counts = shown.is_some_and(|number| number >= state.first && number <= state.given);
        if counts && matches!(state.trouble, None | Some(Trouble::Ended)) {
            return Admitted::Yes;
        }
        state.refused += 1;
        let why = [("www-authenticate", "Bearer error=\"invalid_token\"".to_owned())];
        Admitted::Answered(Message::answer(401, &why, b""))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn asked(&mut self) -> Admitted {
        match self.trouble {
            Some(Trouble::Away) => Admitted::Ended,
            Some(Trouble::Fails(status, said)) => {
                Admitted::Answered(Message::answer(status, &[], said.as_bytes()))
            }
            Some(Trouble::Ended | Trouble::Stale) | None => {
                self.given += 1;
                let token = format!(
                    r#"{{"access_token":"token-{}","token_type":"Bearer","expires_in":3600}}"#,
                    self.given
                );
                let json = [("content-type", "application/json".to_owned())];
                Admitted::Answered(Message::answer(200, &json, token.as_bytes()))
            }
        }
    }
}

/// The key of a device that asks for tokens here: nobody verifies what it signs.
pub(super) struct AnyKey;

impl AssertionKey for AnyKey {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es384
    }

    fn sign(&self, _: &[u8]) -> Option<Zeroizing<String>> {
        Some(Zeroizing::new("an.asser.tion".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn message(text: &str) -> Message {
        Message::read(&mut text.as_bytes(), &mut Vec::new()).await.unwrap().unwrap()
    }

    async fn with(token: &str) -> Message {
        message(&format!("GET /fhir/Provenance/7 HTTP/1.1\r\nauthorization: Bearer {token}\r\n\r\n")).await
    }

    #[tokio::test]
    async fn whom_it_lets_in_changes_with_its_trouble() {
        let login = Login::default();
        let asks = message("POST /token HTTP/1.1\r\ncontent-length: 0\r\n\r\n").await;
        let enters = |shown: &Message| matches!(login.admits(shown), Admitted::Yes);
        let (one, two, three) = (with("token-1").await, with("token-2").await, with("token-3").await);
        assert!(enters(&one), "nobody is asked for a token");
        login.demand(true);
        assert!(!enters(&one), "it was not given yet");
        assert!(matches!(login.admits(&asks), Admitted::Answered(_)) && enters(&one) && !enters(&two));
        login.turn(Trouble::Ended);
        assert!(!enters(&one));
        assert!(matches!(login.admits(&asks), Admitted::Answered(_)) && enters(&two) && !enters(&one));
        login.turn(Trouble::Stale);
        assert!(matches!(login.admits(&asks), Admitted::Answered(_)) && !enters(&three));
        login.turn(Trouble::Away);
        assert!(matches!(login.admits(&asks), Admitted::Ended));
        login.mend();
        assert!(!enters(&three), "what was given in the trouble does not count after it");
        assert_eq!(login.refused(), 6);
    }
}
