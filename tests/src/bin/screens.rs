//! Pictures of the real window: every screen in two sizes, light and dark, in four languages (`make screens`), or one
//! journey as it is met (`make run` on a machine without a display).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use attesta_tests::desktop::{Desk, Keyring, PIN, Patient, Staff, Window, Words, journey};
use clap::Parser;

/// Takes pictures of Attesta's screens.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where the pictures go.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Only one journey, as it is met: English, one size, light.
    #[arg(long)]
    journey: bool,
    /// Only this language.
    #[arg(long, value_name = "LANGUAGE")]
    only: Option<String>,
    /// Only pictures whose name has this in it; the way to them is gone all the same.
    #[arg(long, value_name = "TEXT")]
    named: Option<String>,
    /// In letters of this size: large, larger or largest.
    #[arg(long, value_name = "SIZE")]
    letters: Option<String>,
}

/// How long the pictures of one language may take.
const LIMIT: Duration = Duration::from_mins(15);

const LANGUAGES: [(&str, &str); 4] =
    [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")];

/// Opens everything that is folded.
const UNFOLD: &str = "document.querySelectorAll('details').forEach((one) => (one.open = true))";

/// A questionnaire that a coordinator adds, up to its items.
const FORM: &str = r#"{"resourceType":"Questionnaire","id":"medicine-visit","language":"en","version":"2.0.0",
    "url":"https://study.example/Questionnaire/medicine-visit","status":"draft","title":"Medicine visit","item":["#;
const USABLE: &str = r#"{"linkId":"medicine","type":"choice","text":"Which medicine do you take?",
    "answerValueSet":"https://attesta.example/fhir/ValueSet/practice-medicines"},
    {"linkId":"number","type":"string","text":"Your number?","extension":[{"valueExpression":{
    "language":"text/fhirpath","expression":"%patient.identifier.value"},"url":
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression"}]}"#;
const REFUSED: &str = r#"{"linkId":"a","type":"choice","text":"Which?"},{"linkId":"b","type":"choice","text":"What?",
    "answerValueSet":"https://study.example/ValueSet/nowhere"},{"linkId":"c","type":"integer","text":"How many?",
    "extension":[{"valueExpression":{"language":"text/cql","expression":"Age"},"url":
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"}]}"#;

/// The participants of the three visits.
const DIARY_OF: &str = "014-0031";
const PHQ9_OF: &str = "014-0027";

fn main() {
    let Arguments { out, journey: only_one, only, named, letters } = Arguments::parse();
    for (language, name) in LANGUAGES {
        if (only_one && language != "en") || only.as_deref().is_some_and(|only| only != language) {
            continue;
        }
        let folder = out.join(language);
        std::fs::create_dir_all(&folder).unwrap();
        let (named, letters) = (named.clone(), letters.clone());
        let sheet = Sheet { folder, everything: !only_one, language, name, named, letters };
        journey("screens", LIMIT, Keyring::Unlocked, async move |desk: Arc<Desk>| {
            sheet.draw(&desk).await;
        });
    }
}

/// The pictures of one language.
#[derive(Clone)]
struct Sheet {
    folder: PathBuf,
    everything: bool,
    language: &'static str,
    name: &'static str,
    /// What the names of the pictures that are taken have in them.
    named: Option<String>,
    /// The size of the letters, where it is not the normal one.
    letters: Option<String>,
}

impl Sheet {
    async fn draw(&self, desk: &Desk) {
        let window = desk.open().await;
        window.heading_is(Words::of("en").t("sign-in-title")).await;
        window.select(Words::of("en").t("language"), self.name).await;
        let staff = Staff::at(&window).await.reading(self.language);
        self.take(&window, "01-sign-in").await;
        staff.signs_in().await;
        self.take(&window, "02-visits-empty").await;
        window.press_testid("visit-start").await;
        self.take(&window, "03-visit-start").await;
        window.press(staff.t("cancel")).await;

        staff.starts_visit_of(DIARY_OF, "pain-diary").await;
        staff.hands_over(DIARY_OF).await;
        self.diary(&window, &staff).await;
        self.closed_listener(&window, &staff).await;
        self.alert(&window, &staff).await;
        self.desk_pages(&window, &staff).await;
        desk.close(window).await;
    }

    /// The diary, with every kind of question.
    async fn diary(&self, window: &Window, staff: &Staff) {
        let patient = Patient::holding(window, self.language);
        let words = Words::of(self.language);
        window.heading_is(words.t("language-title")).await;
        self.take(window, "10-language").await;
        window.choose(self.name).await;
        patient.next().await;
        window.reads(words.t("instructions-sign")).await;
        self.take(window, "11-instructions").await;
        window.press(words.t("begin")).await;
        self.at_question(window).await;
        self.take(window, "12-date").await;
        patient.types_date("2026", "11", "20").await;
        self.on(window, &patient).await;
        self.take(window, "13-yes-no").await;
        self.choose_first(window, &patient).await;
        self.take(window, "14-scale-untouched").await;
        window.touch("scale", 0.62).await;
        window.until("the point stands", || async { window.has("scale-thumb").await.then_some(()) }).await;
        self.take(window, "15-scale").await;
        self.on(window, &patient).await;
        self.take(window, "16-choice").await;
        self.choose_first(window, &patient).await;
        self.choose_first(window, &patient).await;
        self.choose_first(window, &patient).await;
        patient.types_number("7.25").await;
        patient.next().await;
        window.until("the answer is refused", || async { window.has("problem").await.then_some(()) }).await;
        self.take(window, "17-number-refused").await;
        patient.types_number("7.5").await;
        self.on(window, &patient).await;
        self.take(window, "18-text").await;
        window.press(words.t("skip")).await;
        window.reads(words.t("skip-title")).await;
        self.take(window, "19-skip").await;
        window.press(words.t("skip-confirm")).await;
        window.heading_is(words.t("review-title")).await;
        self.take(window, "20-review").await;
        patient.checks_answers().await;
        window.heading_is(words.t("choose-pin-participant-title")).await;
        self.take(window, "21-number").await;
        patient.chooses_pin(DIARY_OF, PIN).await;
        window.heading_is(words.t("sign-title")).await;
        patient.keys(DIARY_OF).await;
        patient.keys("12").await;
        self.take(window, "22-sign").await;
        window.press(words.t("sign-finish")).await;
        window.until("a refusal", || async { window.has("problem").await.then_some(()) }).await;
        self.take(window, "23-sign-refused").await;
        patient.signs(DIARY_OF, PIN).await;
        patient.is_thanked().await;
        self.take(window, "24-thanks").await;
        window.press(words.t("staff-continue")).await;
        window.reads(words.t("hand-back-title")).await;
        self.take(window, "25-hand-back").await;
        window.press(words.t("cancel")).await;
        staff.takes_back(&words).await;
    }

    async fn closed_listener(&self, window: &Window, staff: &Staff) {
        window.until("it is proven", || async { all_well(window, staff).await.then_some(()) }).await;
        staff.opens_record(DIARY_OF).await;
        staff.sees_it_stamped().await;
        self.take(window, "30-record").await;
        let report = staff.saves_report().await;
        std::fs::copy(report, self.folder.join("report.html")).unwrap();
        window.look(UNFOLD).await;
        self.take(window, "30-record-unfolded").await;
        window.look("document.querySelector('.page').scrollTop = 900").await;
        self.take(window, "30-record-unfolded-below").await;
        staff.closes_listener().await;
        self.phq9(window, staff, "014-0019", true).await;
        staff.opens_record("014-0019").await;
        self.take(window, "31-record-unsent").await;
        staff.opens("outbox").await;
        window.until("it waits", || async { window.has("state").await.then_some(()) }).await;
        self.take(window, "31-outbox-offline").await;
        staff.opens_listener().await;
        window.until("it is proven", || async { all_well(window, staff).await.then_some(()) }).await;
    }

    async fn alert(&self, window: &Window, staff: &Staff) {
        staff.switches_on("alterAnswer").await;
        self.phq9(window, staff, PHQ9_OF, false).await;
        staff.opens("alerts").await;
        window.until("there is an alert", || async { window.has("alert-open").await.then_some(()) }).await;
        self.take(window, "32-alerts").await;
        staff.opens_alert(PHQ9_OF).await;
        window
            .until("both sides are shown", || async { window.has("change-path").await.then_some(()) })
            .await;
        self.take(window, "33-alert").await;
        window.press(staff.t("act-accept")).await;
        window.reads(staff.t("act-accept-title")).await;
        self.take(window, "34-alert-accept").await;
        window.press(staff.t("cancel")).await;
        staff.opens_record(PHQ9_OF).await;
        self.take(window, "35-record-alert").await;
        let report = staff.saves_report().await;
        std::fs::copy(report, self.folder.join("report-alert.html")).unwrap();
    }

    async fn desk_pages(&self, window: &Window, staff: &Staff) {
        for (number, page) in ["visits", "outbox", "records", "device", "trainer"].into_iter().enumerate() {
            staff.opens(page).await;
            self.take(window, &format!("{}-{page}", 40 + number)).await;
        }
        self.connection(window, staff).await;
        self.questionnaires(window, staff).await;
        staff.opens("visits").await;
        window.press_testid("pin-reset").await;
        self.take(window, "45-pin-reset").await;
        window.press(staff.t("cancel")).await;
    }

    /// The connection check: before, of a server that does all that is needed, and of one that is away.
    async fn connection(&self, window: &Window, staff: &Staff) {
        staff.opens("device").await;
        window.press_testid("connection").await;
        self.take(window, "50-connection").await;
        window.press_testid("connection-check").await;
        window.until("all is well", || async { window.has("connection-good").await.then_some(()) }).await;
        self.take(window, "51-connection-good").await;
        staff.switches_on("noBody").await;
        self.checks_again(window, staff, "52-connection-bad").await;
        staff.closes_listener().await;
        self.checks_again(window, staff, "53-connection-away").await;
        staff.opens_listener().await;
    }

    async fn checks_again(&self, window: &Window, staff: &Staff, name: &str) {
        staff.opens("device").await;
        window.press_testid("connection").await;
        window.press_testid("connection-check").await;
        window
            .until("something is wrong", || async { window.has("connection-bad").await.then_some(()) })
            .await;
        self.take(window, name).await;
    }

    /// The study's questionnaires, and the reports on one that can be used and one that cannot.
    async fn questionnaires(&self, window: &Window, staff: &Staff) {
        staff.opens("questionnaires").await;
        window.until("they are listed", || async { window.has("forms").await.then_some(()) }).await;
        self.take(window, "46-questionnaires").await;
        for (number, (name, item)) in [("usable", USABLE), ("refused", REFUSED)].into_iter().enumerate() {
            let file = self.folder.join(format!("{name}.json"));
            std::fs::write(&file, format!("{FORM}{item}]}}")).unwrap();
            window.gives_file("form-file", &file).await;
            window
                .until("there is a report", || async { window.has("form-verdict").await.then_some(()) })
                .await;
            self.take(window, &format!("{}-questionnaire-{name}", 47 + number)).await;
            std::fs::remove_file(&file).unwrap();
            window.press_testid("back-to-list").await;
            window.until("they are listed", || async { window.has("forms").await.then_some(()) }).await;
        }
        window.press_first("//button[@data-testid='form-withdraw']").await;
        self.take(window, "49-questionnaire-withdraw").await;
        window.press(staff.t("cancel")).await;
    }

    /// A PHQ-9 from visit to hand back, the first option everywhere.
    async fn phq9(&self, window: &Window, staff: &Staff, participant: &str, pictures: bool) {
        let words = Words::of("en");
        let patient = Patient::holding(window, "en");
        staff.opens("visits").await;
        staff.starts_visit_of(participant, "phq-9").await;
        staff.hands_over(participant).await;
        patient.begin("English").await;
        self.at_question(window).await;
        if pictures {
            self.take(window, "26-phq-9").await;
        }
        loop {
            let before = window.text().await;
            window.press_first("//main//label[.//input[@type='radio']]").await;
            patient.next().await;
            window.until("the next screen", || async { (window.text().await != before).then_some(()) }).await;
            if window.has("review-done").await {
                break;
            }
        }
        patient.checks_answers().await;
        patient.chooses_pin(participant, PIN).await;
        patient.signs(participant, PIN).await;
        patient.is_thanked().await;
        staff.takes_back(&words).await;
    }

    async fn choose_first(&self, window: &Window, patient: &Patient) {
        window.press_first("//main//label[.//input[@type='radio']]").await;
        self.on(window, patient).await;
    }

    /// Goes on, and waits for another question.
    async fn on(&self, window: &Window, patient: &Patient) {
        let before = heading(window).await;
        patient.next().await;
        window.until("the next question", || async { (heading(window).await != before).then_some(()) }).await;
    }

    async fn at_question(&self, window: &Window) {
        window.until("a question", || async { window.has("next").await.then_some(()) }).await;
    }

    /// One picture of each size and theme; of a journey, one.
    async fn take(&self, window: &Window, name: &str) {
        if self.named.as_ref().is_some_and(|part| !name.contains(part)) {
            return;
        }
        let sizes: &[(u32, u32)] = if self.everything { &[(1024, 768), (800, 1280)] } else { &[(1024, 768)] };
        let themes: &[&str] = if self.everything { &["light", "dark"] } else { &["light"] };
        for &(width, height) in sizes {
            window.resize(width, height).await;
            for theme in themes {
                window.wear(theme).await;
                if let Some(size) = &self.letters {
                    window.look(&format!("document.documentElement.dataset.textSize = '{size}'")).await;
                }
                // Longer than the longest motion.
                tokio::time::sleep(Duration::from_millis(220)).await;
                let file = if self.everything {
                    format!("{name}-{width}x{height}-{theme}.png")
                } else {
                    format!("{name}.png")
                };
                save(&self.folder.join(file), &window.picture().await);
            }
        }
        window.wear("light").await;
        window.look("document.documentElement.dataset.textSize = 'normal'").await;
        window.resize(1024, 768).await;
    }
}

async fn heading(window: &Window) -> String {
    window.look("return document.querySelector('h1')?.innerText ?? ''").await.to_string()
}

async fn all_well(window: &Window, staff: &Staff) -> bool {
    let _ = staff;
    window.look("return !!document.querySelector('[data-testid=\"status\"].good')").await == true
}

fn save(file: &Path, picture: &[u8]) {
    std::fs::write(file, picture).unwrap();
    println!("{}", file.display());
}
