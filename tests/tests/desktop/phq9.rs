use attesta_tests::desktop::{Desk, Keyring, PIN, Patient, Staff, Words, journey};
use jiff::civil::Time;

use super::{LIMIT, PHQ9, PHQ9_ANSWERS, PHQ9_TITLE, completes_phq9};

const PARTICIPANT: &str = "014-0027";

#[test]
fn a_patient_completes_the_phq9_and_the_record_is_delivered_and_proven() {
    journey("phq9", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        window.says("practice-ribbon", "Practice").await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        window.reads("Ready for the first visit.").await;

        staff.starts_visit(PARTICIPANT, PHQ9_TITLE).await;
        staff.hands_over(PARTICIPANT).await;
        let patient = Patient::holding(&window, "en");
        window.reads(PHQ9_TITLE).await;
        patient.begin("English").await;
        for (index, (question, answer)) in PHQ9.into_iter().zip(PHQ9_ANSWERS).enumerate() {
            patient.reads_question(question).await;
            window.says("progress-count", &format!("{} of 10", index + 1)).await;
            // The lead-in of the first nine stays in sight.
            assert_eq!(window.text().await.contains("Over the last 2 weeks, how often"), index < 9);
            patient.answers(question, answer).await;
        }

        // The review shows every question with its answer, and one can be changed.
        window.heading_is("Check your answers").await;
        let rows = window.texts_of("review-row").await;
        assert_eq!(rows.len(), 10, "every question is on the review screen");
        for ((row, question), answer) in rows.iter().zip(PHQ9).zip(PHQ9_ANSWERS) {
            assert!(row.contains(question) && row.contains(answer), "{question}: {answer} is not in {row:?}");
        }
        window.press_testid("review-row").await;
        patient.reads_question(PHQ9[0]).await;
        assert!(window.is_chosen("Several days").await, "the answer given before is still chosen");
        window.choose("Nearly every day").await;
        patient.next().await;
        window.heading_is("Check your answers").await;
        assert!(window.texts_of("review-row").await[0].contains("Nearly every day"));
        patient.checks_answers().await;

        patient.chooses_pin(PARTICIPANT, PIN).await;
        window.says("statement", "I filled in this questionnaire myself. These are my answers.").await;
        window.reads("10 of 10 questions").await;
        patient.signs(PARTICIPANT, PIN).await;
        patient.is_thanked().await;
        staff.takes_back(&Words::of("en")).await;

        window.says("status", "The one response is delivered and proven.").await;
        staff.opens("outbox").await;
        window.says("state", "Delivered, proven").await;
        staff.opens_record(PARTICIPANT).await;
        for verdict in ["signature", "identity", "revocation", "time", "linkage"] {
            window.says(&format!("verdict-{verdict}"), "Valid").await;
        }
        let moments = window.text_of("timeline").await;
        for moment in
            ["Answered", "Signed by the participant", "Sent", "Kept by the server", "Proven identical"]
        {
            assert!(moments.contains(moment), "{moment:?} is not in the timeline: {moments}");
        }
        // The zone of the site's clock is none of UTC's, and every time on the page is of that clock.
        let checked = times(&window.text_of("status").await);
        let happened = times(&moments);
        assert_eq!(checked.len(), 1);
        assert!(!happened.is_empty() && happened.iter().all(|&at| apart(at, checked[0]) < 10), "{moments}");
        let answers = window.text_of("answers").await;
        assert!(answers.contains("Nearly every day") && answers.contains("Somewhat difficult"), "{answers}");
        desk.close(window).await;
    });
}

#[test]
fn with_the_listener_closed_a_response_waits_safely_and_is_delivered_when_it_opens() {
    journey("listener", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        staff.closes_listener().await;
        completes_phq9(&window, &staff, PARTICIPANT).await;

        window.says("status", "Offline: one response is safe on this device.").await;
        staff.opens("outbox").await;
        window.says("state", staff.t("state-frozen")).await;
        window.reads("The server does not accept connections.").await;

        staff.opens_listener().await;
        staff.opens("outbox").await;
        // Whoever does not want to wait for the next try presses the button; it may go by itself before that.
        window.press_if_possible("Send now").await;
        window.says("state", "Delivered, proven").await;
        window.says("status", "The one response is delivered and proven.").await;
        desk.close(window).await;
    });
}

/// The times of day with seconds in a text.
fn times(text: &str) -> Vec<Time> {
    text.split_whitespace().filter_map(|word| Time::strptime("%H:%M:%S", word).ok()).collect()
}

/// Minutes between two times of day, also around midnight.
fn apart(one: Time, other: Time) -> i64 {
    let minutes = one.duration_until(other).as_mins().abs();
    minutes.min(24 * 60 - minutes)
}
