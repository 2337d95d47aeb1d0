//! Pictures, sound and video that a form brings with it: what is shown where, and what is refused by name.

use crate::common;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::{Filling, document, form, number, option, problems};
use questionnaire::{Control, MediumKind, import_bytes};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
/// A picture of one grey point.
const POINT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYGD4DwABDgEAh2f0PwAAAABJRU5ErkJggg==";

fn media(name: &str, attachment: &str) -> String {
    format!(r#""extension":[{{"url":"{SDC}{name}","valueAttachment":{{{attachment}}}}}]"#)
}

fn picture(title: &str) -> String {
    media("itemMedia", &format!(r#""contentType":"image/png","title":"{title}","data":"{POINT}""#))
}

fn item(attachment: &str) -> String {
    format!(r#"{{"linkId":"a","text":"A","type":"integer",{}}}"#, media("itemMedia", attachment))
}

/// Why an item with this attachment is refused.
fn why(attachment: &str) -> String {
    let report = common::refusal(&item(attachment));
    assert_eq!(
        problems(&report),
        ["a Questionnaire.item[0].extension[0].valueAttachment media"],
        "{attachment}"
    );
    assert!(report.problems[0].extension.as_deref().is_some_and(|url| url.ends_with("itemMedia")));
    report.problems[0].message.clone()
}

fn data(content_type: &str, bytes: &[u8]) -> String {
    format!(r#""contentType":"{content_type}","title":"T","data":"{}""#, STANDARD.encode(bytes))
}

/// The header of a picture of this size, and nothing else.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes
}

#[test]
fn a_picture_is_shown_with_its_question_and_its_bytes_are_asked_for_by_name() {
    let filling = Filling::new(&form(&format!(
        r#"{{"linkId":"a","text":"A","type":"integer",{}}}"#,
        picture("A grey point")
    )));
    let screen = filling.screen();
    let [medium] = screen.media.as_slice() else { panic!("one picture") };
    assert_eq!((medium.kind, medium.title.as_str()), (MediumKind::Image, "A grey point"));
    assert_eq!((medium.width, medium.height), (Some(1), Some(1)));
    let found = filling.session.medium(&medium.id).unwrap();
    assert_eq!((found.content_type.as_str(), found.data.as_str()), ("image/png", POINT));
    assert!(filling.session.medium("another").is_none());
    assert!(!format!("{found:?}").contains(POINT));
}

#[test]
fn a_text_with_a_screen_of_its_own_does_not_bring_its_picture_to_the_page_after_it() {
    let control = r#"{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl","valueCodeableConcept":{"coding":[{"code":"page"}]}}"#;
    let text = |link_id: &str, media: &str| {
        format!(r#"{{"linkId":"{link_id}","text":"{link_id}","type":"display"{media}}}"#)
    };
    let mut filling = Filling::new(&form(&format!(
        r#"{{"linkId":"a","text":"A","type":"integer"}},{},
           {{"linkId":"p","text":"P","type":"group","extension":[{control}],"item":[{},
            {{"linkId":"q","text":"Q","type":"integer","enableWhen":[{{"question":"a","operator":">","answerInteger":5}}]}}]}}"#,
        text("thanks", &format!(",{}", picture("thanks"))),
        text("bye", ""),
    )));
    filling.fill("a", number("1"));
    let screen = filling.screen();
    assert_eq!((screen.key.as_str(), screen.media.len()), ("thanks", 1));
    filling.next().unwrap();
    let screen = filling.screen();
    assert_eq!((screen.key.as_str(), screen.context.len(), screen.media.len()), ("p", 0, 0));
}

#[test]
fn what_stands_around_a_question_and_its_help_bring_their_media_in_order() {
    let filling = Filling::new(&form(&format!(
        r#"{{"linkId":"g","text":"G","type":"group",{},"item":[
            {{"linkId":"l","text":"L","type":"display",{}}},
            {{"linkId":"q","text":"Q","type":"integer",{},"item":[{{"linkId":"h","text":"H","type":"display",{}}}]}}]}}"#,
        picture("group"),
        picture("lead-in"),
        picture("question"),
        picture("help"),
    )));
    let titles: Vec<_> = filling.screen().media.into_iter().map(|medium| medium.title).collect();
    assert_eq!(titles, ["group", "lead-in", "question", "help"]);
}

#[test]
fn an_option_has_its_own_picture() {
    let options = format!(
        r#"{{"linkId":"a","text":"A","type":"choice","answerOption":[{{"valueCoding":{{"code":"x","display":"X"}},{}}},
            {{"valueCoding":{{"code":"y","display":"Y"}}}}]}}"#,
        media("itemAnswerMedia", &format!(r#""contentType":"image/png","title":"The X","data":"{POINT}""#))
    );
    let mut filling = Filling::new(&form(&options));
    let Control::Choice { options, .. } = filling.screen().control else { panic!("a choice") };
    let titles: Vec<_> =
        options.iter().map(|one| one.media.as_ref().map(|medium| medium.title.as_str())).collect();
    assert_eq!(titles, [Some("The X"), None]);
    filling.fill("a", option("|x"));
    assert_eq!(
        filling.items(),
        r#"[{"linkId":"a","text":"A","answer":[{"valueCoding":{"code":"x","display":"X"}}]}]"#
    );
}

#[test]
fn a_contained_binary_is_in_the_form_too() {
    let with = |binary: &str, attachment: &str| {
        let contained =
            format!(r#""title":"Test","contained":[{{"resourceType":"Binary","id":"b"{binary}}}]"#);
        document(&item(attachment)).replacen(r#""title":"Test""#, &contained, 1)
    };
    let point = format!(r#","contentType":"image/png","data":"{POINT}""#);
    let found = import_bytes(with(&point, r##""url":"#b","title":"T""##).as_bytes()).unwrap();
    assert_eq!(Filling::new(&found).screen().media.len(), 1);
    for (binary, attachment, words) in [
        ("", r##""url":"#b","title":"T""##, "no Binary #b with data"),
        (point.as_str(), r##""url":"#c","title":"T""##, "no Binary #c with data"),
        (point.as_str(), r##""url":"#b","contentType":"image/gif","title":"T""##, "correct one of them"),
    ] {
        let report = import_bytes(with(binary, attachment).as_bytes()).err().unwrap();
        assert!(report.problems[0].message.contains(words), "{report}");
    }
}

#[test]
fn what_is_elsewhere_is_refused_and_never_fetched() {
    let message = why(r#""contentType":"image/png","url":"https://example.org/picture.png","title":"T""#);
    assert!(
        message.contains("https://example.org/picture.png") && message.contains("nothing is fetched"),
        "{message}"
    );
    // With the data beside it the address is not needed.
    let found = form(&item(&format!(
        r#""contentType":"image/png","url":"https://example.org/p.png","title":"T","data":"{POINT}""#
    )));
    assert!(
        found.notices().iter().any(|notice| notice.path.ends_with("valueAttachment.url")),
        "{:?}",
        found.notices()
    );
}

#[test]
fn what_cannot_be_shown_says_why() {
    for (attachment, words) in [
        (r#""contentType":"image/png","title":"T""#.to_owned(), "is empty"),
        (format!(r#""title":"T","data":"{POINT}""#), "no contentType"),
        (data("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "save it as PNG"),
        (data("application/pdf", b"%PDF-1.7"), "cannot be shown beside a question"),
        (data("text/html", b"<script>alert(1)</script>"), "cannot be shown beside a question"),
        (r#""contentType":"image/png","title":"T","data":"not base64""#.to_owned(), "not base64"),
        (format!(r#""contentType":"image/jpeg","title":"T","data":"{POINT}""#), "begins as PNG"),
        (data("image/png", b"<html>"), "does not begin as"),
        (data("audio/mpeg", b"<html>"), "does not begin as"),
        (data("image/png", b"\x89PNG\r\n\x1a\n"), "does not say how large"),
        (data("image/png", &png(0, 5)), "does not say how large"),
        (data("image/png", &png(65_535, 65_535)), "65535 × 65535 pixels"),
        (data("image/png", &[png(1, 1), vec![0; 5 * 1024 * 1024]].concat()), "more than 5242880 bytes"),
        (format!("{},\"size\":71", data("image/png", &png(1, 1))), "24 bytes, and the size says otherwise"),
        (format!("{},\"size\":\"x\"", data("image/png", &png(1, 1))), "the size says otherwise"),
        (format!("{},\"hash\":\"AAAA\"", data("image/png", &png(1, 1))), "not the SHA-1"),
    ] {
        let message = why(&attachment);
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn size_and_hash_that_are_right_are_no_reason() {
    // SHA-1 of the point.
    let right = format!(
        r#""contentType":"image/png","title":"T","size":70,"hash":"{}","data":"{}""#,
        "/uTQE9H0KWzyaGEk8tDdMDp9cvw=",
        POINT.replacen('A', " \\nA", 3)
    );
    let report = import_bytes(document(&item(&right)).as_bytes());
    assert!(report.is_ok(), "{}", report.err().unwrap());
}

#[test]
fn sound_is_played_and_may_be_in_one_language_alone() {
    let sound = r#""contentType":"audio/mpeg","title":"Listen","_title":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation",
        "extension":[{"url":"lang","valueCode":"de"},{"url":"content","valueString":"Hören Sie zu"}]}]},"data":"SUQzBA==""#;
    let filling = Filling::new(&form(&item(sound)));
    assert_eq!(filling.screen().media[0].kind, MediumKind::Audio);
    let spoken = form(&item(&format!(r#""language":"en",{sound}"#)));
    let said = |form: &questionnaire::Questionnaire| {
        form.notices().iter().filter(|notice| notice.message.starts_with("de is not offered")).count()
    };
    assert_eq!(said(&spoken), said(&form(&item(sound))) + 1);
}

#[test]
fn a_medium_without_words_is_named_and_one_in_the_wrong_place_too() {
    let notices = |items: &str| {
        let found = form(items);
        found.notices().iter().map(|notice| notice.message.clone()).collect::<Vec<_>>().join("\n")
    };
    assert!(
        notices(&item(&format!(r#""contentType":"image/png","data":"{POINT}""#))).contains("add a title")
    );
    let misplaced =
        media("itemAnswerMedia", r#""contentType":"image/png","url":"https://example.org/p.png""#);
    let misplaced = format!(r#"{{"linkId":"a","text":"A","type":"integer",{misplaced}}}"#);
    assert!(notices(&misplaced).contains("no medium is shown where it stands"));
    // Who sees nothing of an item needs none of its media.
    let hidden = format!(
        r#"{{"linkId":"h","text":"H","type":"integer","extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}},
            {{"url":"{SDC}itemMedia","valueAttachment":{{"url":"https://example.org/p.png"}}}}]}},{{"linkId":"a","text":"A","type":"integer"}}"#
    );
    let form = form(&hidden);
    let [notice] = form.notices() else { panic!("{:?}", form.notices()) };
    assert_eq!((notice.reason.code(), notice.path.as_str()), ("media", "Questionnaire.item[0].extension[1]"));
    assert!(notice.message.contains("what it stands on is never shown"), "{notice}");
    assert!(!form.supported().iter().any(|one| one.extension.ends_with("itemMedia")));
    Filling::new(&form).fill("a", number("1"));
}

#[test]
fn what_is_seen_is_part_of_what_is_signed() {
    let shown = |title: &str| {
        form(&format!(r#"{{"linkId":"a","text":"A","type":"integer",{}}}"#, picture(title)))
            .display_sha256("en")
    };
    let other = form(&item(&data("image/png", &png(1, 1)))).display_sha256("en");
    assert_eq!(shown("T"), shown("T"));
    assert_ne!(shown("T"), shown("U"), "another title");
    assert_ne!(shown("T"), other, "another picture");
    assert_ne!(
        shown("T"),
        form(r#"{"linkId":"a","text":"A","type":"integer"}"#).display_sha256("en"),
        "none"
    );
}
