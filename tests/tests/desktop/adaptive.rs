use attesta_tests::desktop::{Desk, Keyring, PIN, Patient, Staff, Window, Words, journey};

use super::LIMIT;

const PARTICIPANT: &str = "014-0031";
const TITLE: &str = "Fatigue, question by question";
const FIRST: &str =
    "In the past 7 days, how often was it hard to start something because you had no strength?";

/// The next question, however long it is on its way.
async fn question_after(window: &Window, words: &Words, before: &str) -> String {
    let mut heading = window.heading_changes_from(before).await;
    while heading == words.t("ahead-title") {
        heading = window.heading_changes_from(&heading).await;
    }
    heading
}

#[test]
fn a_server_chooses_the_questions_is_away_for_a_while_and_the_record_is_proven() {
    journey("adaptive", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        staff.starts_visit(PARTICIPANT, TITLE).await;
        staff.closes_listener().await;
        staff.opens("visits").await;
        staff.hands_over(PARTICIPANT).await;

        // Nobody says the first question: the patient is told, and nothing hangs.
        let words = Words::of("en");
        let patient = Patient::holding(&window, "en");
        patient.begin("English").await;
        window.heading_is(words.t("ahead-title")).await;
        window.says("ahead-failed", words.t("ahead-failed-line")).await;
        window.press(words.t("ahead-staff")).await;
        window.reads(words.t("hand-back-title")).await;
        window.press(words.t("cancel")).await;
        window.press(words.t("ahead-again")).await;
        window.heading_is(words.t("ahead-title")).await;
        staff.takes_over(&words).await;
        staff.opens_listener().await;
        staff.opens("visits").await;
        staff.resumes(PARTICIPANT).await;

        patient.reads_question(FIRST).await;
        window.says("progress-count", "Question 1").await;
        window.choose("Always").await;
        patient.next().await;
        let second = question_after(&window, &words, FIRST).await;
        desk.kill(window).await;

        // Whoever holds the tablet: the patient goes on, or staff hands it over again.
        let window = desk.open().await;
        let patient = Patient::holding(&window, "en");
        let staff = staff.moves_to(&window);
        if staff.signs_in_unless_asked(&second).await {
            staff.resumes(PARTICIPANT).await;
        }
        patient.reads_question(&second).await;

        // What the answer chose is taken away only when the patient says so.
        patient.back().await;
        patient.reads_question(FIRST).await;
        window.choose("Never").await;
        window.reads(words.t("reopen-title")).await;
        window.press(words.t("reopen-cancel")).await;
        window.no_longer_reads(words.t("reopen-title")).await;
        assert!(window.is_chosen("Always").await);
        window.choose("Never").await;
        window.press(words.t("reopen-confirm")).await;
        window.no_longer_reads(words.t("reopen-title")).await;
        assert!(window.is_chosen("Never").await);
        patient.next().await;
        let mut heading = question_after(&window, &words, FIRST).await;
        assert_ne!(heading, second, "another answer leads to another question");
        let mut asked = 1;
        while heading != words.t("review-title") {
            window.choose("Sometimes").await;
            patient.next().await;
            heading = question_after(&window, &words, &heading).await;
            asked += 1;
            assert!(asked <= 8, "the test comes to an end");
        }
        assert_eq!(window.texts_of("review-row").await.len(), asked);
        patient.checks_answers().await;
        patient.chooses_pin(PARTICIPANT, PIN).await;
        patient.signs(PARTICIPANT, PIN).await;
        patient.is_thanked().await;
        staff.takes_back(&words).await;

        window.says("status", "The one response is delivered and proven.").await;
        staff.opens_record(PARTICIPANT).await;
        let answers = window.text_of("answers").await;
        assert!(answers.contains(FIRST) && answers.contains("Never"), "{answers}");
        assert!(!answers.contains("Always"), "what was taken back is not in the record: {answers}");
        desk.close(window).await;
    });
}
