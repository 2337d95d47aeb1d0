use attesta_tests::desktop::{Desk, Keyring, PIN, Patient, Staff, Window, Words, journey};

use super::LIMIT;

const PARTICIPANT: &str = "014-0027";

/// The smallest picture: one point.
const PICTURE: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63,
    0x60, 0x60, 0x60, 0x60, 0, 0, 0, 5, 0, 1, 0xa5, 0xf6, 0x45, 0x40, 0, 0, 0, 0, b'I', b'E', b'N', b'D',
    0xae, 0x42, 0x60, 0x82,
];

/// What is on the review screen and in the record.
const KEPT: [&str; 10] = [
    "With much difficulty",
    "Crutches",
    "The right one",
    "Germany",
    "72.5",
    "AB1234",
    "Warmth",
    "Paracetamol",
    "https://diary.example/knee",
    "It is getting better",
];

#[test]
fn a_patient_answers_with_every_control_and_the_record_is_proven() {
    journey("knee-visit", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        staff.starts_visit(PARTICIPANT, "Your knee after the operation").await;
        staff.hands_over(PARTICIPANT).await;
        let patient = Patient::holding(&window, "en");
        patient.begin("English").await;

        chooses(&window, &patient).await;
        measures_and_writes(&window, &patient).await;
        repeats_and_adds(&desk, &window, &patient).await;

        window.heading_is(Words::of("en").t("review-title")).await;
        let review = window.text_of("review").await;
        for shown in KEPT {
            assert!(review.contains(shown), "{shown:?} is not on the review screen: {review}");
        }
        assert!(!review.contains("None of these") && !review.contains("A walking stick"), "{review}");
        patient.checks_answers().await;
        patient.chooses_pin(PARTICIPANT, PIN).await;
        patient.signs(PARTICIPANT, PIN).await;
        patient.is_thanked().await;
        staff.takes_back(&Words::of("en")).await;
        window.says("status", "The one response is delivered and proven.").await;
        staff.opens_record(PARTICIPANT).await;
        let answers = window.text_of("answers").await;
        for shown in KEPT {
            assert!(answers.contains(shown), "{shown:?} is not in the record: {answers}");
        }
        desk.close(window).await;
    });
}

/// Everything that is chosen, from yes or no to a day with its time.
async fn chooses(window: &Window, patient: &Patient) {
    // A text that leads in to yes or no, and options with a score that the form counts.
    window.reads("These questions are about your knee").await;
    patient.answers("Are you answering these questions yourself?", "Yes").await;
    patient.answers("How well can you walk for ten minutes?", "With much difficulty").await;
    patient.answers("How well can you climb stairs?", "With a little difficulty").await;
    patient.reads_question("Difficulty in moving, from 0 (none) to 6").await;
    window.says("shown-answer", "3").await;
    patient.next().await;

    // Check-boxes, of which one excludes the others.
    patient.reads_question("What do you use when you walk?").await;
    window.tick("A walking stick").await;
    window.tick("None of these").await;
    window.tick("Crutches").await;
    patient.next().await;

    // A list that opens, and one that is searched.
    patient.reads_question("Which knee was operated on?").await;
    window.press_testid("picker").await;
    window.choose("The right one").await;
    window.press_testid("picker-done").await;
    patient.next().await;
    patient.reads_question("In which country was the operation?").await;
    window.press_testid("picker").await;
    window.type_into_testid("picker-search", "germ").await;
    window.choose("Germany").await;
    window.press_testid("picker-done").await;
    patient.next().await;

    // A month, a time, a day with a time.
    patient.reads_question("In which month was the operation?").await;
    window.type_into_testid("date-month", "08").await;
    window.type_into_testid("date-year", "2026").await;
    patient.next().await;
    patient.reads_question("When did you get up today?").await;
    window.type_into_testid("time-hour", "07").await;
    window.type_into_testid("time-minute", "30").await;
    patient.next().await;
    patient.reads_question("When did you last take something for the pain?").await;
    patient.types_date("2026", "11", "20").await;
    window.type_into_testid("time-hour", "21").await;
    window.type_into_testid("time-minute", "15").await;
    patient.next().await;
}

/// Numbers, units, the line, a pattern and own words.
async fn measures_and_writes(window: &Window, patient: &Patient) {
    // Numbers, one of them with a unit, and the line.
    patient.reads_question("How many times did you fall in the last seven days?").await;
    patient.types_number("0").await;
    patient.next().await;
    patient.reads_question("How many hours did you sleep last night?").await;
    patient.types_number("7.5").await;
    patient.next().await;
    patient.reads_question("How much do you weigh?").await;
    patient.types_number("72.5").await;
    window.choose("kilograms").await;
    patient.next().await;
    patient.reads_question("How strong is the pain in your knee now?").await;
    window.touch("scale", 0.4).await;
    window
        .until("the point stands at 40", || async {
            (window.attribute("scale", "aria-valuenow").await.as_deref() == Some("40")).then_some(())
        })
        .await;
    patient.next().await;

    // A pattern refuses what does not fit it; own words beside options.
    patient.reads_question("Which number is on your implant card?").await;
    patient.types_text("1234").await;
    patient.next().await;
    window.until("it is refused", || async { window.has("problem").await.then_some(()) }).await;
    patient.types_text("AB1234").await;
    patient.next().await;
    patient.reads_question("What helps your knee most?").await;
    window.choose("Something else, in your own words").await;
    patient.types_text("Warmth").await;
    patient.next().await;
}

/// Entries that repeat, a file, an address and a text.
async fn repeats_and_adds(desk: &Desk, window: &Window, patient: &Patient) {
    // Something that repeats.
    for (medicine, dose) in [("Ibuprofen", "400"), ("Paracetamol", "500")] {
        patient.reads_question("What is the medicine called?").await;
        patient.types_text(medicine).await;
        patient.next().await;
        patient.reads_question("How much do you take each time?").await;
        patient.types_number(dose).await;
        window.choose("milligrams").await;
        patient.next().await;
        window
            .until("the medicines are listed", || async { window.has("instance-add").await.then_some(()) })
            .await;
        if medicine == "Ibuprofen" {
            window.press_testid("instance-add").await;
        }
    }
    patient.next().await;

    // A file, an address, a text.
    patient.reads_question("You can add a picture of the scar.").await;
    let picture = desk.scratch().join("scar.png");
    std::fs::write(&picture, PICTURE).unwrap();
    window.gives_file("file", &picture).await;
    window.says("file-name", "scar.png").await;
    window.press_testid("file-remove").await;
    takes_a_photo(window).await;
    patient.next().await;
    patient.reads_question("If you keep an exercise diary on the web: what is its address?").await;
    patient.types_text("https://diary.example/knee").await;
    patient.next().await;
    patient.reads_question("Is there anything else that you want to tell us?").await;
    patient.types_text("It is getting better").await;
    patient.next().await;
}

/// Opens the camera, takes a photo, and takes it again before it is an answer.
async fn takes_a_photo(window: &Window) {
    window.press_testid("photo").await;
    for next in ["camera-again", "camera-use"] {
        window
            .until("the camera shows something", || async {
                (window.attribute("camera-take", "aria-disabled").await.as_deref() == Some("false"))
                    .then_some(())
            })
            .await;
        window.press_testid("camera-take").await;
        window.until("the photo is there", || async { window.has("camera-taken").await.then_some(()) }).await;
        assert!(!window.has("viewfinder").await, "the camera is on while the photo is looked at");
        window
            .until("the photo was looked at", || async {
                (window.attribute("camera-use", "aria-disabled").await.as_deref() == Some("false"))
                    .then_some(())
            })
            .await;
        window.press_testid(next).await;
    }
    window.says("file-name", "photo.jpg").await;
    // WebKit's picture has colours, figures and a clock in it: one of nothing is far smaller.
    let octets = window.look("return document.querySelector('.files img').src.length").await;
    assert!(octets.as_u64().is_some_and(|octets| octets > 10_000), "{octets} octets of Base64");
}
