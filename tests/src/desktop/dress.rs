//! What pictures need beyond what a person does: a theme without the way through the settings, and the first of many.

use super::staff::Staff;
use super::window::Window;

impl Window {
    /// Shows the page in this theme until something else sets it.
    pub async fn wear(&self, theme: &str) {
        self.look(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
    }

    /// Presses the first thing of this path that can be seen.
    pub async fn press_first(&self, path: &str) {
        self.click(path, path).await;
    }
}

impl Staff {
    /// Starts a visit with the questionnaire of this id, whatever language it is titled in.
    pub async fn starts_visit_of(&self, participant: &str, questionnaire: &str) {
        let window = self.window();
        window.press_testid("visit-start").await;
        window.reads(self.t("visit-start-what")).await;
        window.select(self.t("participant"), participant).await;
        let radio = format!("//label[.//*[@data-testid='questionnaire-{questionnaire}']]");
        window.press_first(&radio).await;
        window.press(self.t("visit-start")).await;
        window.no_longer_reads(self.t("visit-start-what")).await;
        window.reads(participant).await;
    }
}
