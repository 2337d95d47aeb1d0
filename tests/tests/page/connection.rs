//! The connection check as the page is told: every line of the result, for a server that is in order and for others.

use jiff::SignedDuration;
use practice::faults::{Armed, Fault};
use serde_json::{Value, json};

use crate::page::Page;
use crate::record::{PASSWORD, signed_in};
use crate::set_up::at_work;
use crate::terminal::Terminal;

const CHECKS: [&str; 12] = [
    "reached",
    "secure",
    "authentication",
    "capability",
    "clock",
    "representation",
    "conditionalCreate",
    "provenanceTarget",
    "readBack",
    "certificate",
    "reports",
    "assignments",
];
/// Who reaches a server on this computer by `http:`, for a study that assigns nothing.
const HERE: [&str; 2] = ["secure", "assignments"];

/// A line that is not in order: its name, its state, and the code and the value of what was found.
type Found = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

/// What the page is told, without the English words for those who write them down.
fn told(page: &Page, session: &str) -> Value {
    let mut lines = page.call("connection_check", session, &json!({})).unwrap();
    for line in lines.as_array_mut().unwrap() {
        let line = line.as_object_mut().unwrap();
        let detail = line.remove("detail").unwrap();
        assert_eq!(detail.is_string(), line["code"].is_string(), "{line:?}: {detail}");
    }
    lines
}

/// All lines: passed, but for these.
fn lines(others: &[Found]) -> Value {
    let line = |check: &&str| {
        let usual = if HERE.contains(check) { "notNeeded" } else { "passed" };
        let other = others.iter().find(|other| other.0 == *check);
        let (_, state, code, value) = other.copied().unwrap_or(("", usual, None, None));
        json!({ "check": check, "server": null, "state": state, "code": code, "value": value })
    };
    CHECKS.iter().map(line).collect()
}

const fn failed(check: &'static str, code: &'static str, value: Option<&'static str>) -> Found {
    (check, "failed", Some(code), value)
}

const fn not_tried(check: &'static str) -> Found {
    (check, "notTried", None, None)
}

#[test]
fn the_page_is_told_every_line_of_the_check_good_and_bad() {
    let at = Terminal::new();
    let (page, office) = at_work(&at, &json!({"authentication": {"method": "bearer"}}));
    let staff = signed_in(&page);
    let check = || told(&page, &staff);

    // Without a token nobody is let in, and what depends on that is not tried.
    let after =
        ["representation", "conditionalCreate", "provenanceTarget", "readBack", "certificate", "reports"];
    let after = after.map(not_tried);
    let authentication = |code| [&[failed("authentication", code, None)][..], &after].concat();
    assert_eq!(check(), lines(&authentication("credentials")));
    let token = json!({"server": "server", "token": "s3cret", "password": PASSWORD});
    page.call("token_put", &staff, &token).unwrap();
    office.server.authorization().demand();
    assert_eq!(check(), lines(&authentication("not-registered")));
    office.server.authorization().hand_out("s3cret", client::smart::SCOPE);
    assert_eq!(check(), lines(&[]));

    // One who may read nothing: what is in the way of a delivery fails, and what is not is remarked upon.
    let writer = "system/QuestionnaireResponse.cus system/Provenance.crus";
    office.server.authorization().hand_out("s3cret", writer);
    let bare = [
        failed("readBack", "read-forbidden", Some("QuestionnaireResponse")),
        failed("certificate", "document-forbidden", None),
        ("reports", "noticed", Some("reports-search-forbidden"), None),
    ];
    assert_eq!(check(), lines(&bare));
    office.server.authorization().hand_out("s3cret", client::smart::SCOPE);

    // A remark, and three things that are wrong, each by itself.
    let faults = office.server.faults();
    faults.set(Armed::new(Fault::NoBody, 2));
    faults.set(Armed::new(Fault::Refuse { status: 422, retry_after: None }, 1).for_type("Provenance"));
    office.server.authorization().clock_is_ahead(SignedDuration::from_mins(10));
    let mut now = check();
    let seconds = now[4]["value"].take();
    let seconds: u32 = seconds.as_str().unwrap().parse().unwrap();
    assert!((590..=610).contains(&seconds), "{seconds}");
    let refused = now[7]["value"].take();
    assert!(refused.as_str().unwrap().starts_with("422"), "{refused}");
    let wrong = [
        failed("clock", "clock-behind", None),
        ("representation", "noticed", Some("no-representation"), None),
        failed("provenanceTarget", "create-not-accepted", None),
    ];
    assert_eq!(now, lines(&wrong));
    faults.clear();
    office.server.authorization().clock_is_ahead(SignedDuration::ZERO);
    assert_eq!(check(), lines(&[]), "what is put right is right");

    office.server.close_listener();
    let mut away = check();
    let place = away[0]["value"].take();
    assert_eq!(place, json!(format!("127.0.0.1:{}", office.server.port())));
    let all = CHECKS[1..11].iter().map(|check| not_tried(check));
    let all: Vec<Found> = all.chain([failed("reached", "refused", None)]).collect();
    assert_eq!(away, lines(&all));
}
