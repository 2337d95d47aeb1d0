//! The study coordinator at the desk.

use super::window::Window;
use super::words::Words;

/// A member of staff, signed in or about to be.
#[derive(Debug, Clone)]
pub struct Staff {
    window: Window,
    words: Words,
    user: String,
    password: String,
}

impl Staff {
    /// The first of the demonstration accounts that the sign-in screen shows.
    pub async fn at(window: &Window) -> Self {
        let user = window.text_of("demo-user").await;
        let password = window.text_of("demo-password").await;
        Self { window: window.clone(), words: Words::of("en"), user, password }
    }

    /// Somebody with an account on a device of a study.
    pub fn named(window: &Window, user: &str, password: &str) -> Self {
        let (user, password) = (user.to_owned(), password.to_owned());
        Self { window: window.clone(), words: Words::of("en"), user, password }
    }

    /// The same person at another window.
    #[must_use]
    pub fn moves_to(&self, window: &Window) -> Self {
        Self { window: window.clone(), ..self.clone() }
    }

    /// The same person, reading another language.
    #[must_use]
    pub fn reading(&self, language: &'static str) -> Self {
        Self { words: Words::of(language), ..self.clone() }
    }

    /// Types user name and password, and signs in.
    pub async fn signs_in(&self) {
        self.window.heading_is(self.words.t("sign-in-title")).await;
        self.window.type_into(self.words.t("user-name"), &self.user).await;
        self.window.type_into(self.words.t("password"), &self.password).await;
        self.window.press(self.words.t("sign-in")).await;
        self.window.heading_is(self.words.t("visits-title")).await;
    }

    /// Once the program is back: signs in, and says so, unless the patient goes on at this question.
    pub async fn signs_in_unless_asked(&self, question: &str) -> bool {
        let sign_in = self.words.t("sign-in-title");
        let at_sign_in = self
            .window
            .until("the program is back", || async {
                let text = self.window.text().await;
                if text.contains(sign_in) { Some(true) } else { text.contains(question).then_some(false) }
            })
            .await;
        if at_sign_in {
            self.signs_in().await;
        }
        at_sign_in
    }

    /// Tries to sign in with a wrong password.
    pub async fn mistypes_password(&self) {
        self.window.type_into(self.words.t("user-name"), &self.user).await;
        self.window.type_into(self.words.t("password"), "not the password").await;
        self.window.press(self.words.t("sign-in")).await;
    }

    /// Opens a page of the rail.
    pub async fn opens(&self, page: &str) {
        self.window.press_testid(&format!("rail-{page}")).await;
        let title = if page == "trainer" { "trainer-title".to_owned() } else { format!("{page}-title") };
        self.window.heading_is(self.words.t(&title)).await;
    }

    /// Starts a visit: participant and questionnaire, by its title.
    pub async fn starts_visit(&self, participant: &str, questionnaire: &str) {
        self.begins_visit(participant).await;
        self.window.choose(questionnaire).await;
        self.confirms_visit(participant).await;
    }

    /// Starts a visit: participant and questionnaire, by its id, whatever the language of its title.
    pub async fn starts_visit_with(&self, participant: &str, questionnaire: &str) {
        self.begins_visit(participant).await;
        self.window.choose_testid(&format!("questionnaire-{questionnaire}")).await;
        self.confirms_visit(participant).await;
    }

    async fn begins_visit(&self, participant: &str) {
        self.window.press_testid("visit-start").await;
        self.window.reads(self.words.t("visit-start-what")).await;
        self.window.select(self.words.t("participant"), participant).await;
    }

    async fn confirms_visit(&self, participant: &str) {
        self.window.press(self.words.t("visit-start")).await;
        self.window.no_longer_reads(self.words.t("visit-start-what")).await;
        self.window.reads(participant).await;
    }

    /// Hands the tablet to the patient.
    pub async fn hands_over(&self, participant: &str) {
        self.window.press_in(participant, self.words.t("visit-hand-over")).await;
    }

    /// Hands the tablet over again for a visit that was interrupted.
    pub async fn resumes(&self, participant: &str) {
        self.window.press_in(participant, self.words.t("visit-resume")).await;
    }

    /// Takes the tablet back from the thank-you screen.
    pub async fn takes_back(&self, patient: &Words) {
        self.window.press(patient.t("staff-continue")).await;
        self.confirms_take_over(patient).await;
    }

    /// Takes the tablet back in the middle of a questionnaire.
    pub async fn takes_over(&self, patient: &Words) {
        self.window.press(patient.t("staff-take-over")).await;
        self.confirms_take_over(patient).await;
    }

    async fn confirms_take_over(&self, patient: &Words) {
        self.window.reads(patient.t("hand-back-title")).await;
        self.window.type_into(patient.t("user-name"), &self.user).await;
        self.window.type_into(patient.t("password"), &self.password).await;
        self.window.press(patient.t("hand-back-confirm")).await;
        self.window.heading_is(self.words.t("visits-title")).await;
    }

    /// Switches the practice server's listener off.
    pub async fn closes_listener(&self) {
        self.opens("trainer").await;
        self.window.press(self.words.t("listener-close")).await;
        self.window.reads(self.words.t("listener-closed")).await;
    }

    /// Switches the practice server's listener on.
    pub async fn opens_listener(&self) {
        self.opens("trainer").await;
        self.window.press(self.words.t("listener-reopen")).await;
        self.window.reads(self.words.t("listener-open")).await;
    }

    /// Makes the practice server misbehave, for the next response.
    pub async fn switches_on(&self, fault: &str) {
        self.opens("trainer").await;
        let name = self.words.t(&format!("fault-{fault}"));
        self.window.press(&self.words.with("fault-start-named", &[("fault", name)])).await;
        self.window.reads(&self.words.with("practice-fault-on", &[("fault", name)])).await;
    }

    /// Opens the record of this participant.
    pub async fn opens_record(&self, participant: &str) {
        self.opens("records").await;
        self.window.press_in(participant, self.words.t("open")).await;
        let window = &self.window;
        window.until("its verdicts are shown", || async { window.has("verdicts").await.then_some(()) }).await;
    }

    /// Waits until the record that is open has its evidence: it comes after delivery, in its own time.
    pub async fn sees_it_stamped(&self) {
        self.window.says("verdict-time", self.words.t("verdict-reason-time-stamped")).await;
    }

    /// Opens the alert of this participant.
    pub async fn opens_alert(&self, participant: &str) {
        self.opens("alerts").await;
        self.window.press_in(participant, self.words.t("alert-look")).await;
    }

    /// Decides on the alert that is open: `action` as the page's texts name it.
    pub async fn decides(&self, action: &str, reason: &str) {
        self.window.press(self.words.t(&format!("act-{action}"))).await;
        self.window.reads(self.words.t(&format!("act-{action}-title"))).await;
        self.window.type_into(self.words.t("reason"), reason).await;
        self.window.type_into(self.words.t("password-yours"), &self.password).await;
        self.window.press(self.words.t(&format!("act-{action}"))).await;
        self.window.no_longer_reads(self.words.t(&format!("act-{action}-title"))).await;
    }

    /// Exports the record that is open; the file's path as the screen shows it.
    pub async fn exports(&self) -> String {
        self.window.press(self.words.t("export")).await;
        self.window.text_of("export-path").await
    }

    /// Exports everything that this participant signed, as one file; its path as the screen shows it.
    pub async fn exports_all_of(&self, participant: &str) -> String {
        self.opens("records").await;
        self.window.select(self.words.t("participant"), participant).await;
        self.window.press_testid("subject-export").await;
        self.window.text_of("subject-path").await
    }

    /// Saves the report on the record that is open; the file's path as the screen shows it.
    pub async fn saves_report(&self) -> String {
        self.window.press(self.words.t("report-save")).await;
        self.window.text_of("report-path").await
    }

    /// The practice server's address, as the Device page shows it.
    pub async fn reads_server_address(&self) -> String {
        self.opens("device").await;
        let text = self
            .window
            .until("the server's address is shown", || async {
                let text = self.window.text().await;
                let start = text.find("http://127.0.0.1")?;
                text[start..].split_whitespace().next().map(ToOwned::to_owned)
            })
            .await;
        text.trim_end_matches('/').to_owned()
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    /// The page's text of this id, as this person reads it.
    pub fn t(&self, id: &str) -> &str {
        self.words.t(id)
    }
}
