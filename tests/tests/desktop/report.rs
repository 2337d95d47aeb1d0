use std::path::Path;
use std::process::Command;

use attesta_tests::desktop::{Desk, Keyring, Staff, Window, Words, get, journey, program};
use serde_json::Value;

use super::{LIMIT, completes_phq9};

const PARTICIPANT: &str = "014-0022";

/// The five, as the program names them.
const ASPECTS: [&str; 5] = ["signature", "identity", "revocation", "time", "linkage"];

/// A response that is delivered and proven; its record is open.
async fn opens_proven_record(desk: &Desk) -> (Window, Staff) {
    let window = desk.open().await;
    let staff = Staff::at(&window).await;
    staff.signs_in().await;
    completes_phq9(&window, &staff, PARTICIPANT).await;
    window.says("status", "The one response is delivered and proven.").await;
    staff.opens_record(PARTICIPANT).await;
    staff.sees_it_stamped().await;
    (window, staff)
}

#[test]
fn the_screen_the_saved_report_and_the_command_line_say_the_same() {
    journey("report", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let (window, staff) = opens_proven_record(&desk).await;
        window.says("overall", staff.t("report-all-five-checks-passed")).await;
        let mut shown = Vec::new();
        for aspect in ASPECTS {
            shown.push(window.text_of(&format!("verdict-{aspect}")).await);
        }
        let saved = staff.saves_report().await;
        assert!(Path::new(&saved).starts_with(desk.exports()), "{saved} is in the configured folder");
        window.says("timeline", staff.t("moment-reported")).await;
        let exported = staff.exports().await;
        let server = staff.reads_server_address().await;
        let (_, anchor) = get(&format!("{}/practice/ca/anchor", server.trim_end_matches("/fhir")));
        desk.close(window).await;

        let page = std::fs::read_to_string(&saved).unwrap();
        let trust = desk.scratch().join("ca.pem");
        std::fs::write(&trust, anchor).unwrap();
        let report = verified(Path::new(&exported), &trust);
        let words = Words::of("en");
        let whole = page.split("<article>").next().unwrap();
        for (aspect, seen) in ASPECTS.into_iter().zip(&shown) {
            let (word, reason) = said(&report["verdicts"], aspect, &words);
            assert!(seen.contains(&word) && seen.contains(&reason), "{aspect} on the screen: {seen}");
            assert_eq!(row(whole, words.t(&format!("report-{aspect}"))), (word, reason), "{aspect} in print");
        }
        // Each signature for itself; the export's own signature is made later and is not in the report.
        let signatures: Vec<_> = report["signatures"].as_array().unwrap().iter().collect();
        assert_eq!(signatures.len(), 3, "capture, persistence and the export's");
        let levels: Vec<_> = signatures.iter().map(|signature| signature["level"].as_str()).collect();
        assert_eq!(levels, [Some("LT"), Some("LT"), Some("B")], "what was delivered has its evidence");
        for (signature, article) in signatures.into_iter().zip(page.split("<article>").skip(1)) {
            let level = signature["level"].as_str().unwrap();
            let shown = format!(
                "<dt>{}</dt><dd><bdi>{}</bdi></dd>",
                words.t("report-level"),
                words.t(&format!("level-{level}"))
            );
            assert!(article.contains(&shown), "{shown}: {article}");
            let kind = signature["kind"].as_str().unwrap();
            assert!(article.contains(&escaped(words.t(&format!("report-{kind}-signature")))), "{article}");
            let thumbprint = signature["thumbprint"].as_str().unwrap();
            assert!(article.replace("</span><span>", "").contains(thumbprint), "{thumbprint}: {article}");
            for aspect in ASPECTS {
                let expected = said(&signature["verdicts"], aspect, &words);
                assert_eq!(row(article, words.t(&format!("report-{aspect}"))), expected, "{kind}: {aspect}");
            }
        }
        assert_eq!(page.matches("<article>").count(), 2);
    });
}

#[test]
fn a_record_is_read_and_its_report_saved_with_the_keyboard_alone() {
    journey("report-keyboard", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let (window, staff) = opens_proven_record(&desk).await;
        window.focuses("save-report").await;
        window.keys("\u{e007}").await;
        let saved = window.text_of("report-path").await;
        assert!(Path::new(&saved).is_file(), "{saved}");

        // What is folded opens and closes with the keyboard too.
        window.focuses("verdict-exactly").await;
        window.keys(" ").await;
        window.reads("content-as-signed").await;
        window.keys(" ").await;
        window.no_longer_reads("content-as-signed").await;
        window.focuses("back-to-list").await;
        window.keys("\u{e007}").await;
        window.heading_is(staff.t("records-title")).await;
        desk.close(window).await;
    });
}

#[test]
fn the_record_page_has_no_barrier_that_axe_finds() {
    journey("report-axe", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let (window, _staff) = opens_proven_record(&desk).await;
        window.look("document.querySelectorAll('details').forEach((one) => (one.open = true))").await;
        for theme in ["light", "dark", "contrast"] {
            window.wear(theme).await;
            assert_eq!(window.barriers().await, Vec::<String>::new(), "{theme}");
        }
        // Twice the size: everything is still there, and nothing has to be moved sideways to be read.
        window.wear("light").await;
        window.look("document.documentElement.style.fontSize = '200%'").await;
        for (width, height) in [(1024, 768), (800, 1280)] {
            window.resize(width, height).await;
            assert_eq!(window.clipped().await, Vec::<String>::new(), "{width}×{height} at 200 %");
            assert_eq!(window.barriers().await, Vec::<String>::new(), "{width}×{height} at 200 %");
        }
        // Both would say so.
        window.look("document.querySelector('main').append(new Image())").await;
        assert_eq!(window.barriers().await.len(), 1, "an image without words is a barrier");
        window.look("document.querySelector('h1').style.transform = 'translateX(100vw)'").await;
        assert_ne!(window.clipped().await, Vec::<String>::new(), "the heading is beyond the page");
        desk.close(window).await;
    });
}

/// What `attesta verify --output json` reports on the export.
fn verified(file: &Path, trust: &Path) -> Value {
    let output = Command::new(program("ATTESTA_CLI", "debug/attesta"))
        .arg("verify")
        .arg(file)
        .arg("--trust")
        .arg(trust)
        .args(["--output", "json"])
        .output()
        .unwrap();
    let mut said: Value = serde_json::from_slice(&output.stdout).unwrap();
    said["results"][0]["report"].take()
}

/// The word and the reason that people read for this verdict.
fn said(verdicts: &Value, aspect: &str, words: &Words) -> (String, String) {
    let all = verdicts.as_array().unwrap();
    let one = all.iter().find(|one| one["name"] == aspect).unwrap();
    let text = |id: String| words.t(&id).to_owned();
    (
        text(format!("verdict-{}", one["verdict"].as_str().unwrap())),
        text(format!("verdict-reason-{}", one["code"].as_str().unwrap())),
    )
}

/// Word and reason in the page's row of this name.
fn row(page: &str, name: &str) -> (String, String) {
    let start = format!("<tr><th scope=\"row\">{name}</th>");
    let row = page.split(&start).nth(1).unwrap_or_else(|| panic!("no row {name}"));
    let word = between(row, "</svg>", "</span>");
    let reason = between(row, "<bdi>", "</bdi>");
    (word.to_owned(), reason.replace("&#39;", "'"))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split(before).nth(1).and_then(|rest| rest.split(after).next()).unwrap()
}

fn escaped(text: &str) -> String {
    text.replace('\'', "&#39;")
}
