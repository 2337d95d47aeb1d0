use attesta_tests::desktop::{Desk, Keyring, PIN, Patient, Staff, Words, journey};

use super::{LIMIT, PHQ9, PHQ9_ANSWERS, PHQ9_TITLE};

const PARTICIPANT: &str = "014-0008";

#[test]
fn a_wrong_pin_is_refused_and_the_fifth_locks_while_the_answers_stay() {
    journey("wrong-pin", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        staff.starts_visit(PARTICIPANT, PHQ9_TITLE).await;
        staff.hands_over(PARTICIPANT).await;
        let patient = Patient::holding(&window, "en");
        patient.begin("English").await;
        for (question, answer) in PHQ9.into_iter().zip(PHQ9_ANSWERS) {
            patient.answers(question, answer).await;
        }
        patient.checks_answers().await;
        patient.chooses_pin(PARTICIPANT, PIN).await;
        for left in ["4 tries left", "3 tries left", "2 tries left", "One try left"] {
            patient.signs(PARTICIPANT, "999999").await;
            window.reads(&format!("The PIN is not right. {left}.")).await;
        }
        patient.signs(PARTICIPANT, "999999").await;
        window.heading_is("Your PIN is locked").await;
        window.reads("Your answers are saved. You will not have to answer again.").await;

        // Even the right PIN helps no more; staff takes the tablet, and nothing was signed.
        staff.takes_over(&Words::of("en")).await;
        staff.opens("outbox").await;
        window.reads("Nothing to send").await;
        desk.close(window).await;
    });
}

#[test]
fn a_patient_cannot_leave_without_staff_even_by_starting_the_program_again() {
    journey("cannot-leave", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        staff.starts_visit(PARTICIPANT, PHQ9_TITLE).await;
        staff.hands_over(PARTICIPANT).await;
        let words = Words::of("en");
        let patient = Patient::holding(&window, "en");
        patient.begin("English").await;
        patient.reads_question(PHQ9[0]).await;
        for page in ["visits", "outbox", "alerts", "records", "device", "trainer"] {
            assert!(!window.has(&format!("rail-{page}")).await, "the patient sees nothing of {page}");
        }
        // Staff's door opens with a password only.
        window.press(words.t("staff-take-over")).await;
        window.type_into(words.t("user-name"), "coordinator").await;
        window.type_into(words.t("password"), "a guess").await;
        window.press(words.t("hand-back-confirm")).await;
        window.reads(words.t("error-sign-in-refused")).await;
        window.press(words.t("cancel")).await;
        patient.reads_question(PHQ9[0]).await;
        desk.close(window).await;

        // Started again, the patient's screen or the sign-in is there: never a staff page.
        let window = desk.open().await;
        window
            .until("the program shows something", || async {
                (!window.text().await.is_empty()).then_some(())
            })
            .await;
        assert!(!window.has("rail-visits").await, "nobody has signed in");
        desk.close(window).await;
    });
}

#[test]
fn killed_in_the_middle_the_program_resumes_at_the_same_question_with_nothing_lost() {
    journey("killed", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        staff.starts_visit(PARTICIPANT, PHQ9_TITLE).await;
        staff.hands_over(PARTICIPANT).await;
        let patient = Patient::holding(&window, "en");
        patient.begin("English").await;
        for (question, answer) in PHQ9.into_iter().zip(PHQ9_ANSWERS).take(4) {
            patient.answers(question, answer).await;
        }
        patient.reads_question(PHQ9[4]).await;
        desk.kill(window).await;

        let window = desk.open().await;
        let patient = Patient::holding(&window, "en");
        // Whoever holds the tablet: the patient goes on, or staff hands it over again.
        let staff = staff.moves_to(&window);
        if staff.signs_in_unless_asked(PHQ9[4]).await {
            window.reads("Paused at question 5").await;
            staff.resumes(PARTICIPANT).await;
        }
        patient.reads_question(PHQ9[4]).await;
        for (question, answer) in PHQ9.into_iter().zip(PHQ9_ANSWERS).skip(4) {
            patient.answers(question, answer).await;
        }
        window.heading_is("Check your answers").await;
        let rows = window.texts_of("review-row").await;
        for ((row, question), answer) in rows.iter().zip(PHQ9).zip(PHQ9_ANSWERS) {
            assert!(row.contains(question) && row.contains(answer), "{question}: {answer} is not in {row:?}");
        }
        desk.close(window).await;
    });
}
