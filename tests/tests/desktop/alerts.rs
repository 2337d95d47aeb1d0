use attesta_tests::desktop::{Desk, Keyring, Leaves, Staff, Window, get, journey, leaves};
use fhir::Value;

use super::{LIMIT, completes_phq9};

const PARTICIPANT: &str = "014-0019";

/// A patient signs while the server alters a leaf of its own choice; the alert is open on the screen. Gives back the
/// response's address on the server.
async fn raises_alert(window: &Window, staff: &Staff) -> String {
    let server = staff.reads_server_address().await;
    staff.switches_on("alterLeaf").await;
    completes_phq9(window, staff, PARTICIPANT).await;
    window.says("status", "One alert needs you: the server kept something else than was signed.").await;
    window.says("alert-count", "1").await;
    staff.opens_alert(PARTICIPANT).await;
    window.reads("in one place").await;
    let text = window.text().await;
    let start = text.find("QuestionnaireResponse/").expect("the alert names what the server keeps");
    let reference: Vec<&str> = text[start..].split_whitespace().next().unwrap().split('/').take(2).collect();
    format!("{server}/{}", reference.join("/"))
}

/// What the server keeps now, leaf by leaf, without what a server may add.
fn kept(address: &str) -> Leaves {
    let (status, body) = get(address);
    assert_eq!(status, 200, "the server has {address}");
    without_marks(leaves(&Value::parse(&body).unwrap()))
}

fn without_marks(mut leaves: Leaves) -> Leaves {
    leaves.retain(|path, _| {
        path != "QuestionnaireResponse.id"
            && !["versionId", "lastUpdated", "source"]
                .iter()
                .any(|mark| path == &format!("QuestionnaireResponse.meta.{mark}"))
    });
    leaves
}

/// The paths at which two resources differ.
fn differing(one: &Leaves, other: &Leaves) -> Vec<String> {
    let mut paths: Vec<String> =
        one.keys().chain(other.keys()).filter(|path| one.get(*path) != other.get(*path)).cloned().collect();
    paths.sort();
    paths.dedup();
    paths
}

#[test]
fn an_altered_leaf_is_named_exactly_and_sending_again_proves_the_signed_original() {
    journey("alert-send-again", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        let address = raises_alert(&window, &staff).await;

        let named = window.texts_of("change-path").await;
        let altered = kept(&address);
        let (sent, returned) =
            (window.texts_of("change-sent").await, window.texts_of("change-returned").await);
        assert_eq!(named.len(), 1, "one place was altered, and one is named: {named:?}");
        assert_ne!(sent, returned, "both values are shown");

        staff.decides("sendAgain", "The server's copy was altered; the signed original goes back.").await;
        window.reads("Sent again").await;
        staff.opens_record(PARTICIPANT).await;
        window.says("state", "Delivered, proven").await;
        window.says("verdict-signature", "Valid").await;
        window.says("status", "The one response is delivered and proven.").await;

        // What the server keeps now is what was signed: the two versions differ at the named place alone.
        let restored = kept(&address);
        assert_eq!(differing(&altered, &restored), named, "the alert named exactly the altered leaf");
        staff.opens("alerts").await;
        window.says("alerts", staff.t("alert-outcome-corrected")).await;
        desk.close(window).await;
    });
}

#[test]
fn an_altered_leaf_can_be_accepted_and_is_never_proven() {
    journey("alert-accept", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        let address = raises_alert(&window, &staff).await;
        let before = get(&address).1;

        // Without a reason nothing happens.
        window.press("Accept with reason").await;
        window.type_into("Your password", "wrong").await;
        window.press("Accept with reason").await;
        window.reads("Please give a reason.").await;
        window.press("Cancel").await;

        staff.decides("accept", "Known problem of this server; the site keeps the signed original.").await;
        window.says("alert-actions", "Accepted with reason").await;
        window.says("alert-actions", "the site keeps the signed original").await;
        staff.opens_record(PARTICIPANT).await;
        window.says("state", "Closed as different").await;
        assert_eq!(get(&address).1, before, "accepting sends nothing");
        let server = address.split("/QuestionnaireResponse/").next().unwrap();
        let (_, provenances) = get(&format!("{server}/Provenance"));
        let provenances = Value::parse(&provenances).unwrap();
        assert!(provenances.list("entry").is_empty(), "an altered response never gets a Provenance");
        desk.close(window).await;
    });
}

#[test]
fn an_altered_leaf_can_be_escalated_and_is_never_proven() {
    journey("alert-escalate", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        let address = raises_alert(&window, &staff).await;
        let before = get(&address).1;
        staff.decides("escalate", "Third time this week.").await;
        window.says("alert-actions", "Escalated").await;
        window.says("alert-actions", "Third time this week.").await;
        staff.opens_record(PARTICIPANT).await;
        window.says("state", "Closed as different").await;
        assert_eq!(get(&address).1, before, "escalating sends nothing");
        desk.close(window).await;
    });
}
