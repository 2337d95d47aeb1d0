//! Journeys through the real program in a real window. They act only through what can be seen and pressed, and hold what
//! the window says against the server's own store and against exported files.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod adaptive;
mod alerts;
mod assignment;
mod blocked;
mod diary;
mod knee_visit;
mod patient_stays;
mod phq9;
mod questionnaires;
mod records;
mod report;
mod set_up;
#[path = "../page/terminal.rs"]
mod terminal;

use std::time::Duration;

use attesta_tests::desktop::{PIN, Patient, Staff, Window, Words};

/// How long one journey may take on a busy machine.
const LIMIT: Duration = Duration::from_mins(4);

/// The questions of the PHQ-9 as the patient reads them.
const PHQ9: [&str; 10] = [
    "Little interest or pleasure in doing things",
    "Feeling down, depressed, or hopeless",
    "Trouble falling or staying asleep, or sleeping too much",
    "Feeling tired or having little energy",
    "Poor appetite or overeating",
    "Feeling bad about yourself - or that you are a failure or have let yourself or your family down",
    "Trouble concentrating on things, such as reading the newspaper or watching television",
    "Moving or speaking so slowly that other people could have noticed. Or the opposite - being so fidgety or restless \
     that you have been moving around a lot more than usual",
    "Thoughts that you would be better off dead, or of hurting yourself in some way",
    "If you checked off any problems, how difficult have these problems made it for you to do your work, take care of \
     things at home, or get along with other people?",
];

/// One answer to each.
const PHQ9_ANSWERS: [&str; 10] = [
    "Several days",
    "Not at all",
    "Nearly every day",
    "More than half the days",
    "Several days",
    "Not at all",
    "Several days",
    "Not at all",
    "Not at all",
    "Somewhat difficult",
];

const PHQ9_TITLE: &str = "Patient Health Questionnaire (PHQ-9)";

/// From the visits page to the thank-you screen: a whole PHQ-9 in English, by a patient who comes for the first time.
async fn completes_phq9(window: &Window, staff: &Staff, participant: &str) {
    staff.opens("visits").await;
    staff.starts_visit(participant, PHQ9_TITLE).await;
    staff.hands_over(participant).await;
    let patient = Patient::holding(window, "en");
    patient.begin("English").await;
    for (question, answer) in PHQ9.into_iter().zip(PHQ9_ANSWERS) {
        patient.answers(question, answer).await;
    }
    patient.checks_answers().await;
    patient.chooses_pin(participant, PIN).await;
    patient.signs(participant, PIN).await;
    patient.is_thanked().await;
    staff.takes_back(&Words::of("en")).await;
}
