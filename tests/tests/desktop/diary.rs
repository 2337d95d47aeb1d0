use attesta_tests::desktop::{Desk, Keyring, PIN, Patient, Staff, Words, journey};

use super::LIMIT;

const PARTICIPANT: &str = "014-0031";

#[test]
fn a_patient_completes_the_diary_in_arabic_from_right_to_left() {
    journey("diary", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        staff.starts_visit(PARTICIPANT, "Daily pain diary").await;
        staff.hands_over(PARTICIPANT).await;

        let arabic = Words::of("ar");
        let patient = Patient::holding(&window, "ar");
        patient.begin("العربية").await;
        assert_eq!(
            window.root_attribute("dir").await.as_deref(),
            Some("rtl"),
            "the page runs from right to left"
        );
        assert_eq!(window.root_attribute("lang").await.as_deref(), Some("ar"));

        // A date, typed; a day that is not in the calendar is refused in words.
        patient.reads_question("لأيّ يوم هذا التسجيل؟").await;
        patient.types_date("2026", "02", "30").await;
        patient.next().await;
        window.reads(arabic.t("error-not-a-date")).await;
        patient.types_date("2026", "11", "20").await;
        patient.next().await;

        // No pain: nothing more about pain is asked.
        patient.answers("هل شعرت بألم اليوم؟", "لا").await;
        patient.reads_question("كم ساعة نمت الليلة الماضية؟").await;
        patient.back().await;
        patient.answers("هل شعرت بألم اليوم؟", "نعم").await;

        // The line: nothing marked until touched; from right to left the low end is at the right.
        patient.reads_question("ما شدّة أقوى ألم شعرت به اليوم؟").await;
        assert!(!window.has("scale-thumb").await, "no point stands on the line before it is touched");
        let said = window.attribute("scale", "aria-valuetext").await;
        assert_eq!(said.as_deref(), Some(arabic.t("scale-untouched")), "nor is one read out");
        window.touch("scale", 0.25).await;
        window
            .until("a quarter from the left is 75 of 100, from right to left", || async {
                (window.attribute("scale", "aria-valuenow").await.as_deref() == Some("75")).then_some(())
            })
            .await;
        window.press(arabic.t("scale-less")).await;
        window
            .until("the button takes one step back", || async {
                (window.attribute("scale", "aria-valuenow").await.as_deref() == Some("74")).then_some(())
            })
            .await;
        patient.next().await;

        // Skip logic inside: "somewhere else" asks where, medicine asks how much it helped.
        patient.answers("أين كان الألم أشدّ؟", "مكان آخر").await;
        patient.reads_question("أين بالتحديد؟").await;
        patient.types_text("الركبة اليسرى").await;
        patient.next().await;
        patient.answers("هل تناولت اليوم دواءً للألم؟", "لا").await;

        // A decimal keeps its digits; one digit too many is refused.
        patient.reads_question("كم ساعة نمت الليلة الماضية؟").await;
        patient.types_number("7.25").await;
        patient.next().await;
        window.has("problem").await;
        patient.types_number("7.0").await;
        patient.next().await;

        patient.would_rather_not_answer("هل لديك أيّ شيء آخر لإخبارنا به عن هذا اليوم؟").await;

        window.heading_is(arabic.t("review-title")).await;
        let review = window.text_of("review").await;
        for shown in ["74", "مكان آخر", "الركبة اليسرى", "7.0", arabic.t("review-left-out")]
        {
            assert!(review.contains(shown), "{shown:?} is not on the review screen: {review}");
        }
        patient.checks_answers().await;
        patient.chooses_pin(PARTICIPANT, PIN).await;
        patient.signs(PARTICIPANT, PIN).await;
        patient.is_thanked().await;
        staff.takes_back(&arabic).await;

        assert_eq!(
            window.root_attribute("dir").await.as_deref(),
            Some("ltr"),
            "the staff reads English again"
        );
        window.says("status", "The one response is delivered and proven.").await;
        staff.opens_record(PARTICIPANT).await;
        let answers = window.text_of("answers").await;
        for kept in ["74", "الركبة اليسرى", "7.0"] {
            assert!(answers.contains(kept), "{kept:?} is not in the record: {answers}");
        }
        desk.close(window).await;
    });
}
