//! What a person can do in a window: find by what is written, press, type, read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};

use super::running::Running;

/// How long anything may take to appear.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// A window of the program.
#[derive(Debug, Clone)]
pub struct Window {
    running: Arc<Running>,
}

impl Window {
    pub(super) fn new(running: Arc<Running>) -> Self {
        Self { running }
    }

    pub(super) fn client(&self) -> &Client {
        &self.running.client
    }

    /// When the driver was asked for this window.
    pub fn asked_at(&self) -> Instant {
        self.running.asked_at
    }

    /// The program's own process.
    pub fn process(&self) -> u32 {
        self.running.process().expect("the program runs")
    }

    pub(super) fn kill_program(&self) {
        self.running.kill_program();
    }

    pub(super) async fn end_session(&self) {
        let _ = self.running.client.clone().close().await;
    }

    /// Gives the page this size, in CSS pixels, in the corner of the screen: there is no window manager to move it.
    pub async fn resize(&self, width: u32, height: u32) {
        self.until("the page has its size", || async {
            let size = self.look("return [innerWidth, innerHeight, screenX, screenY]").await;
            if [&size[0], &size[1], &size[2], &size[3]].map(number) == [width, height, 0, 0] {
                return Some(());
            }
            self.client().set_window_rect(0, 0, width, height).await.ok()?;
            None
        })
        .await;
    }

    /// A picture of the page, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.running.picture().await
    }

    /// Presses the button that is called `name`: what is written on it, or what a screen reader says.
    pub async fn press(&self, name: &str) {
        self.press_within("", name).await;
    }

    /// Presses the button called `name` if it can be pressed now.
    pub async fn press_if_possible(&self, name: &str) {
        let name = quoted(name);
        let path =
            format!("//button[normalize-space(.)={name} and not(@aria-disabled='true') and not(@disabled)]");
        if let Some(button) = self.shown(&path).await {
            let _ = button.click().await;
        }
    }

    /// Presses the button called `name` in the row, card or entry that contains `place`.
    pub async fn press_in(&self, place: &str, name: &str) {
        let within = format!(
            "//*[self::tr or self::li or self::section][contains(normalize-space(.), {})]",
            quoted(place)
        );
        self.press_within(&within, name).await;
    }

    async fn press_within(&self, within: &str, name: &str) {
        let name = quoted(name);
        // Arabic sentences isolate what is put into them with marks that nobody hears.
        let path = format!(
            "{within}//button[(normalize-space(.)={name} or translate(@aria-label, '\u{2068}\u{2069}', '')={name}) and not(@aria-disabled='true') and not(@disabled)]"
        );
        self.click(&format!("button {name}"), &path).await;
    }

    /// Presses what the page calls `testid`: only where words do not tell things apart.
    pub async fn press_testid(&self, testid: &str) {
        let path =
            format!("//*[@data-testid={} and not(@aria-disabled='true') and not(@disabled)]", quoted(testid));
        self.click(&format!("the control {testid}"), &path).await;
    }

    /// Chooses the option (a card, a radio button) whose words are `label`.
    pub async fn choose(&self, label: &str) {
        let label = quoted(label);
        let path = format!(
            "//label[.//input[@type='radio'] and (normalize-space(.)={label} or .//*[normalize-space(.)={label}])]"
        );
        self.click(&format!("option {label}"), &path).await;
    }

    /// Ticks the check-box whose words are `label`, or takes the tick away.
    pub async fn tick(&self, label: &str) {
        let label = quoted(label);
        let path = format!("//label[.//input[@type='checkbox'] and normalize-space(.)={label}]");
        self.click(&format!("check-box {label}"), &path).await;
    }

    /// Gives a file to the field that the page calls `testid`, as if it were chosen in the system's own window.
    pub async fn gives_file(&self, testid: &str, file: &std::path::Path) {
        let path = format!("//input[@type='file' and @data-testid={}]", quoted(testid));
        let field = self.element(&format!("field {testid}"), &path, false).await;
        field.send_keys(&file.display().to_string()).await.unwrap();
    }

    /// Chooses the first option of the question.
    pub async fn choose_first(&self) {
        self.click("option", "//label[contains(@class, 'option')][.//input[@type='radio']]").await;
    }

    /// Chooses the option that the page calls `testid`.
    pub async fn choose_testid(&self, testid: &str) {
        let path = format!("//label[.//input[@type='radio' and @data-testid={}]]", quoted(testid));
        self.click(&format!("option {testid}"), &path).await;
    }

    /// Waits until the heading is another one than `before`.
    pub async fn heading_changes_from(&self, before: &str) -> String {
        self.until("the next screen is there", || async {
            let heading = flat(&self.shown("//h1").await?.text().await.ok()?);
            (heading != flat(before)).then_some(heading)
        })
        .await
    }

    /// What the heading says now.
    pub async fn heading(&self) -> String {
        self.heading_changes_from("").await
    }

    /// Whether the option whose words are `label` is chosen.
    pub async fn is_chosen(&self, label: &str) -> bool {
        let path = format!("//label[normalize-space(.)={}]//input[@type='radio']", quoted(label));
        let radio = self.element(&format!("option {label}"), &path, false).await;
        radio.is_selected().await.unwrap()
    }

    /// Replaces what stands in the field that is called `label`.
    pub async fn type_into(&self, label: &str, text: &str) {
        let name = quoted(label);
        let path = format!(
            "//label[.//*[normalize-space(.)={name}]]//*[self::input or self::textarea] | \
             //*[self::input or self::textarea][@aria-label={name}]"
        );
        self.fill(&format!("field {name}"), &path, text).await;
    }

    /// Replaces what stands in the field that the page calls `testid`.
    pub async fn type_into_testid(&self, testid: &str, text: &str) {
        self.fill(&format!("field {testid}"), &format!("//*[@data-testid={}]", quoted(testid)), text).await;
    }

    async fn fill(&self, what: &str, path: &str, text: &str) {
        let path = self.scoped(path).await;
        self.until(&format!("{what} takes {text:?}"), || async {
            let field = self.shown(&path).await?;
            field.clear().await.ok()?;
            field.send_keys(text).await.ok()
        })
        .await;
    }

    /// Chooses an entry of a drop-down list.
    pub async fn select(&self, label: &str, entry: &str) {
        let name = quoted(label);
        let path = format!("//label[.//*[normalize-space(.)={name}]]//select | //select[@aria-label={name}]");
        let path = self.scoped(&path).await;
        self.until(&format!("list {name} has {entry:?}"), || async {
            self.shown(&path).await?.select_by_label(entry).await.ok()
        })
        .await;
    }

    /// Waits until these words are on the screen.
    pub async fn reads(&self, words: &str) {
        let found =
            self.attempt(PATIENCE, || async { self.text().await.contains(&flat(words)).then_some(()) }).await;
        if found.is_none() {
            panic!("the window does not say {words:?}; it says:\n{}", self.text().await);
        }
    }

    /// Waits until these words are not on the screen any more.
    pub async fn no_longer_reads(&self, words: &str) {
        self.until(&format!("{words:?} is gone"), || async {
            (!self.text().await.contains(&flat(words))).then_some(())
        })
        .await;
    }

    /// All words on the screen, with each run of white space as one space.
    pub async fn text(&self) -> String {
        flat(self.look("return document.body.innerText").await.as_str().unwrap_or_default())
    }

    /// Waits until the heading says this.
    pub async fn heading_is(&self, words: &str) {
        let heading = || async {
            let found = self.shown("//h1").await?;
            found.text().await.ok()
        };
        let right =
            self.attempt(PATIENCE, || async { (flat(&heading().await?) == flat(words)).then_some(()) }).await;
        if right.is_none() {
            panic!(
                "the heading is {:?}, not {words:?}; the window says:\n{}",
                heading().await,
                self.text().await
            );
        }
    }

    /// The words of what the page calls `testid`, once it is there.
    pub async fn text_of(&self, testid: &str) -> String {
        let path = format!("//*[@data-testid={}]", quoted(testid));
        self.until(&format!("{testid} is shown"), || async { self.shown(&path).await?.text().await.ok() })
            .await
    }

    /// The words of each thing that the page calls `testid`.
    pub async fn texts_of(&self, testid: &str) -> Vec<String> {
        let path = format!("//*[@data-testid={}]", quoted(testid));
        let mut texts = Vec::new();
        for element in self.client().find_all(Locator::XPath(&path)).await.unwrap() {
            texts.push(element.text().await.unwrap());
        }
        texts
    }

    /// Waits until what the page calls `testid` says this.
    pub async fn says(&self, testid: &str, words: &str) {
        let path = format!("//*[@data-testid={}]", quoted(testid));
        let text = || async { self.shown(&path).await?.text().await.ok() };
        let right = self
            .attempt(PATIENCE * 2, || async { flat(&text().await?).contains(&flat(words)).then_some(()) })
            .await;
        if right.is_none() {
            panic!(
                "{testid} says {:?}, not {words:?}; the window says:\n{}",
                text().await,
                self.text().await
            );
        }
    }

    /// Whether something that the page calls `testid` is on the screen now.
    pub async fn has(&self, testid: &str) -> bool {
        self.shown(&format!("//*[@data-testid={}]", quoted(testid))).await.is_some()
    }

    /// An attribute of what the page calls `testid`.
    pub async fn attribute(&self, testid: &str, name: &str) -> Option<String> {
        let element = self.element(testid, &format!("//*[@data-testid={}]", quoted(testid)), true).await;
        element.attr(name).await.unwrap()
    }

    /// An attribute of the page's root, such as its direction.
    pub async fn root_attribute(&self, name: &str) -> Option<String> {
        self.client().find(Locator::Css("html")).await.unwrap().attr(name).await.unwrap()
    }

    /// Presses inside what the page calls `testid`, at this part of its width.
    pub async fn touch(&self, testid: &str, part: f64) {
        use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
        let element = self.element(testid, &format!("//*[@data-testid={}]", quoted(testid)), true).await;
        let (_, _, width, _) = element.rectangle().await.unwrap();
        // From the middle of the element, as WebDriver counts.
        let actions = MouseActions::new("finger".into())
            .then(PointerAction::MoveToElement { element, duration: None, x: (part - 0.5) * width, y: 0.0 })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client().perform_actions(actions).await.unwrap();
    }

    /// Looks at the page with a script that changes nothing.
    pub async fn look(&self, script: &str) -> serde_json::Value {
        self.client().execute(script, Vec::new()).await.unwrap_or_default()
    }

    pub(super) async fn click(&self, what: &str, path: &str) {
        let path = self.scoped(path).await;
        let pressed = self
            .attempt(PATIENCE, || async {
                let element = self.shown(&path).await?;
                if element.click().await.is_ok() {
                    return Some(());
                }
                // Something lies over it, as the buttons of a dialog do over its list: a person scrolls.
                let handle = serde_json::to_value(self.shown(&path).await?).ok()?;
                let _ = self
                    .client()
                    .execute("arguments[0].scrollIntoView({ block: 'center' })", vec![handle])
                    .await;
                None
            })
            .await;
        if pressed.is_none() {
            panic!("there is no {what} to press; the window says:\n{}", self.text().await);
        }
    }

    async fn element(&self, what: &str, path: &str, shown: bool) -> Element {
        let path = self.scoped(path).await;
        self.until(&format!("{what} is there"), || async {
            if shown { self.shown(&path).await } else { self.client().find(Locator::XPath(&path)).await.ok() }
        })
        .await
    }

    /// With a dialog open, only what is in it can be used.
    async fn scoped(&self, path: &str) -> String {
        if self.client().find(Locator::Css("dialog[open]")).await.is_ok() {
            let inside: Vec<String> =
                path.split(" | ").map(|part| format!("//dialog[@open]{}", part.trim())).collect();
            return inside.join(" | ");
        }
        path.to_owned()
    }

    /// The first element of this path that can be seen.
    async fn shown(&self, path: &str) -> Option<Element> {
        for element in self.client().find_all(Locator::XPath(path)).await.ok()? {
            if element.is_displayed().await.unwrap_or(false) {
                return Some(element);
            }
        }
        None
    }

    /// Asks again until there is an answer; after [`PATIENCE`] the test fails, saying what it waited for.
    pub async fn until<Answer, Asking>(&self, what: &str, ask: impl Fn() -> Asking) -> Answer
    where
        Asking: Future<Output = Option<Answer>>,
    {
        match self.attempt(PATIENCE, ask).await {
            Some(answer) => answer,
            None => panic!("waited in vain until {what}; the window says:\n{}", self.text().await),
        }
    }

    async fn attempt<Answer, Asking>(&self, patience: Duration, ask: impl Fn() -> Asking) -> Option<Answer>
    where
        Asking: Future<Output = Option<Answer>>,
    {
        let until = Instant::now() + patience;
        loop {
            if let Some(answer) = ask().await {
                return Some(answer);
            }
            if Instant::now() > until {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Whether the program has ended: the driver no longer reaches a page.
    pub async fn is_gone(&self) -> bool {
        matches!(
            self.client().title().await,
            Err(CmdError::Standard(_) | CmdError::Failed(_) | CmdError::Lost(_))
        )
    }
}

fn number(value: &serde_json::Value) -> u32 {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

/// Runs of white space as one space, without the marks that only order directions.
fn flat(text: &str) -> String {
    let visible: String =
        text.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as a literal of `XPath`.
fn quoted(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let parts: Vec<String> = text.split('"').map(|part| format!("\"{part}\"")).collect();
    format!("concat({})", parts.join(", '\"', "))
}
