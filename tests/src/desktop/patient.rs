//! The patient: reads a screen, touches an answer, goes on.

use super::window::Window;
use super::words::Words;

/// The PIN that the patients of these tests choose.
pub const PIN: &str = "274951";

/// A patient with the tablet.
#[derive(Debug, Clone)]
pub struct Patient {
    window: Window,
    words: Words,
}

impl Patient {
    /// The one who now holds this window, and reads this language.
    pub fn holding(window: &Window, language: &'static str) -> Self {
        Self { window: window.clone(), words: Words::of(language) }
    }

    /// Chooses the language, reads the instructions and begins.
    pub async fn begin(&self, language_name: &str) {
        self.window.choose(language_name).await;
        self.window.press(self.words.t("next")).await;
        self.window.reads(self.words.t("instructions-sign")).await;
        self.window.press(self.words.t("begin")).await;
    }

    /// Reads the question and touches the answer, then *Next*.
    pub async fn answers(&self, question: &str, answer: &str) {
        self.reads_question(question).await;
        self.window.choose(answer).await;
        self.next().await;
    }

    /// Waits for the question.
    pub async fn reads_question(&self, question: &str) {
        self.window.heading_is(question).await;
    }

    /// Presses *Next*.
    pub async fn next(&self) {
        self.window.press(self.words.t("next")).await;
    }

    /// Presses *Back*.
    pub async fn back(&self) {
        self.window.press(self.words.t("back")).await;
    }

    /// Types a number, as the reader's language writes it.
    pub async fn types_number(&self, text: &str) {
        self.window.type_into_testid("answer-number", text).await;
    }

    /// Types words.
    pub async fn types_text(&self, text: &str) {
        self.window.type_into_testid("answer-text", text).await;
    }

    /// Types a date into its three fields.
    pub async fn types_date(&self, year: &str, month: &str, day: &str) {
        self.window.type_into(self.words.t("date-day"), day).await;
        self.window.type_into(self.words.t("date-month"), month).await;
        self.window.type_into(self.words.t("date-year"), year).await;
    }

    /// Leaves the question out on purpose, and says so when asked.
    pub async fn would_rather_not_answer(&self, question: &str) {
        self.reads_question(question).await;
        self.window.press(self.words.t("skip")).await;
        self.window.reads(self.words.t("skip-title")).await;
        self.window.press(self.words.t("skip-confirm")).await;
    }

    /// Checks the answers on the review screen and goes on to sign.
    pub async fn checks_answers(&self) {
        self.window.heading_is(self.words.t("review-title")).await;
        self.window.press(self.words.t("review-done")).await;
    }

    /// The first time: types the participant number, and chooses a PIN.
    pub async fn chooses_pin(&self, participant: &str, pin: &str) {
        self.window.heading_is(self.words.t("choose-pin-participant-title")).await;
        self.keys(participant).await;
        self.next().await;
        self.window.heading_is(self.words.t("choose-pin-pin-title")).await;
        self.keys(pin).await;
        self.next().await;
        self.window.heading_is(self.words.t("choose-pin-again-title")).await;
        self.keys(pin).await;
        self.next().await;
    }

    /// Reads what is signed, types number and PIN on the pad, and presses *Sign and finish*.
    pub async fn signs(&self, participant: &str, pin: &str) {
        self.window.heading_is(self.words.t("sign-title")).await;
        self.window.says("participant", participant).await;
        if !self.number_is_typed(participant).await {
            self.keys(participant).await;
        }
        self.keys(pin).await;
        self.window.press(self.words.t("sign-finish")).await;
    }

    async fn number_is_typed(&self, participant: &str) -> bool {
        let script = "return document.querySelector('[data-testid=\"participant-number\"]').value";
        self.window.look(script).await.as_str() == Some(participant)
    }

    /// Is thanked, and asked to hand the tablet back.
    pub async fn is_thanked(&self) {
        self.window.heading_is(self.words.t("thanks-title")).await;
        self.window.reads(self.words.t("thanks-safe")).await;
        self.window.reads(self.words.t("thanks-hand-back")).await;
    }

    /// Touches the keys of the pad.
    pub async fn keys(&self, characters: &str) {
        for character in characters.chars() {
            match character {
                '-' => self.window.press(self.words.t("key-hyphen")).await,
                digit => self.window.press(&digit.to_string()).await,
            }
        }
    }
}
