//! Whether the server keeps what was sent.

use client::Location;
use fhir::canonical::number_text;
use fhir::diff::{self, Difference};
use fhir::{Object, Value};
use seal::Tolerance;

use crate::store::alert::Change;

/// What a comparison found.
pub(super) struct Comparison {
    /// Every element that differs; empty when the server keeps what was sent.
    pub(super) changes: Vec<Change>,
    /// How many leaves of what was sent are unchanged.
    pub(super) identical: u32,
    /// What the server changed as the study allows it; its inverse gave what was sent.
    pub(super) tolerated: Vec<Tolerance>,
}

impl Comparison {
    /// The same, and a difference when `version` is the one that was to be `replaced`.
    pub(super) fn not_version(mut self, sent: &Value, replaced: Option<&str>, version: &str) -> Self {
        if replaced == Some(version) {
            let kind = sent.resource_type().unwrap_or_default();
            let returned = Some(Value::from(version).to_json());
            self.changes.push(Change { path: format!("{kind}.meta.versionId"), sent: None, returned });
        }
        self
    }

    /// The same, and a difference when another version is `shown` than the one that was `acknowledged`.
    pub(super) fn only_version(mut self, sent: &Value, acknowledged: &str, shown: &str) -> Self {
        let path = format!("{}.meta.versionId", sent.resource_type().unwrap_or_default());
        if acknowledged != shown && !self.changes.iter().any(|change| change.path == path) {
            self.changes.push(odd(path, acknowledged, Some(&Value::from(shown))));
        }
        self
    }
}

/// Compares what was sent with what the server returned as version `version` of its resource `id`.
///
/// What `tolerances` allow the server to change is taken back first; what then differs, differs.
///
/// Left out are the root `id` and `meta.versionId`, `meta.lastUpdated`, `meta.source`, which the server gives; but where
/// the returned resource says its id and version, they must be the ones that the answer's headers name.
pub(super) fn compare(
    sent: &Value,
    returned: &Value,
    id: &str,
    version: &str,
    tolerances: &[Tolerance],
) -> Comparison {
    if sent.resource_type() != returned.resource_type() {
        // Nothing of another type can be compared: it is one difference, and it is the whole.
        let kind = sent.resource_type().unwrap_or_default();
        let change = odd(format!("{kind}.resourceType"), kind, returned.get("resourceType"));
        return Comparison { changes: vec![change], identical: 0, tolerated: Vec::new() };
    }
    let (undone, tolerated) = seal::undo(tolerances, sent, returned);
    let (sent, comparable) = (diff::without_server_managed(sent), diff::without_server_managed(&undone));
    let differences = diff::differences(&sent, &comparable);
    let lost: usize =
        differences.iter().filter_map(|difference| difference.sent.as_ref()).map(Value::leaf_count).sum();
    let identical = sent.leaf_count().saturating_sub(lost);
    let mut changes: Vec<Change> = differences.iter().map(change).collect();
    let kind = sent.resource_type().unwrap_or_default();
    if returned.str("id") != Some(id) {
        changes.push(odd(format!("{kind}.id"), id, returned.get("id")));
    }
    let own = returned.get("meta").and_then(|meta| meta.get("versionId"));
    if own.is_some_and(|own| own.as_str() != Some(version)) {
        changes.push(odd(format!("{kind}.meta.versionId"), version, own));
    }
    Comparison { changes, identical: u32::try_from(identical).unwrap_or(u32::MAX), tolerated }
}

/// Whether what the server returned is what was sent, altered or not, and not some other resource that it answered with:
/// the same type, and at least one of the marks that no two resources share.
pub(super) fn is_of(sent: &Value, returned: &Value) -> bool {
    let (ours, theirs) = (marks(sent), marks(returned));
    sent.resource_type() == returned.resource_type()
        && (ours.iter().any(|mark| theirs.contains(mark)) || is_same_proof(sent, returned))
}

/// Whether both are Provenances about the same resource with the same agents, of whom ours have the thumbprint of the
/// device's certificate. Servers and people write others about it, with the device as an agent too.
pub(super) fn is_same_proof(sent: &Value, returned: &Value) -> bool {
    let agents = |proof: &Value| proof.get("agent").map(number_text);
    returned.resource_type() == Some("Provenance")
        && targets(sent).any(|target| is_about(returned, target))
        && agents(sent).is_some_and(|ours| agents(returned) == Some(ours))
}

/// Whether a Provenance is about this response (`QuestionnaireResponse/ID`), in whatever version and however written.
pub(super) fn is_about(provenance: &Value, response: &str) -> bool {
    let id = |text: &str| Location::parse(text, "QuestionnaireResponse").map(|location| location.id);
    let own = id(response);
    own.is_some() && targets(provenance).any(|target| id(target) == own)
}

fn targets(provenance: &Value) -> impl Iterator<Item = &str> {
    provenance.list("target").iter().filter_map(|target| target.str("reference"))
}

/// `identifier` of a resource: of a QuestionnaireResponse, an object in R4 and a list in R5.
pub(super) fn identifiers(resource: &Value) -> &[Value] {
    let identifier = resource.get("identifier");
    identifier.map_or(&[], |own| own.as_array().unwrap_or(std::slice::from_ref(own)))
}

/// Identifiers, signatures, a document's content.
fn marks(resource: &Value) -> Vec<&str> {
    let inside = resource.list("extension").iter().filter_map(|extension| extension.get("valueSignature"));
    let signatures = resource.list("signature").iter().chain(inside).filter_map(|own| own.str("data"));
    let contents =
        resource.list("content").iter().filter_map(|content| content.get("attachment")?.str("data"));
    let own = identifiers(resource).iter().filter_map(|own| own.str("value"));
    own.chain(signatures).chain(contents).collect()
}

/// The resource with the id that the server knows it by, for an update; everything else as it was.
pub(crate) fn with_id(resource: &Value, id: &str) -> Value {
    let Some(members) = resource.as_object() else { return resource.clone() };
    let mut corrected = Object::new();
    for (name, value) in members.iter().filter(|(name, _)| *name != "id") {
        corrected.insert(name, value.clone());
        if name == "resourceType" {
            corrected.insert("id", id);
        }
    }
    if !corrected.contains("id") {
        corrected.insert("id", id);
    }
    Value::Object(corrected)
}

fn change(difference: &Difference) -> Change {
    Change {
        path: difference.path.clone(),
        sent: difference.sent.as_ref().map(Value::to_json),
        returned: difference.returned.as_ref().map(Value::to_json),
    }
}

fn odd(path: String, expected: &str, returned: Option<&Value>) -> Change {
    Change { path, sent: Some(Value::from(expected).to_json()), returned: returned.map(Value::to_json) }
}

#[cfg(test)]
mod exhaustive;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SENT: &str = r#"{"resourceType":"QuestionnaireResponse","status":"completed",
        "item":[{"linkId":"1","answer":[{"valueDecimal":72.50}]},{"linkId":"2"}]}"#;

    fn paths(returned: &str) -> Vec<String> {
        let sent = Value::parse(SENT.as_bytes()).unwrap();
        let returned = Value::parse(returned.as_bytes()).unwrap();
        compare(&sent, &returned, "a", "1", &[]).changes.into_iter().map(|change| change.path).collect()
    }

    #[test]
    fn what_the_server_gives_is_left_out_and_nothing_else() {
        let kept =
            SENT.replacen('{', r#"{"id":"a","meta":{"versionId":"1","lastUpdated":"t","source":"s"},"#, 1);
        assert!(paths(&kept).is_empty());
        let tagged = SENT.replacen('{', r#"{"id":"a","meta":{"versionId":"1","tag":[{"code":"x"}]},"#, 1);
        assert_eq!(paths(&tagged), ["QuestionnaireResponse.meta"]);
        let narrated = SENT.replacen('{', r#"{"id":"a","text":{"status":"generated"},"#, 1);
        assert_eq!(paths(&narrated), ["QuestionnaireResponse.text"]);
    }

    #[test]
    fn member_order_never_matters_and_decimal_text_always_does() {
        let reordered = r#"{"item":[{"answer":[{"valueDecimal":72.50}],"linkId":"1"},{"linkId":"2"}],
            "status":"completed","id":"a","resourceType":"QuestionnaireResponse"}"#;
        assert!(paths(reordered).is_empty());
        assert_eq!(
            paths(&reordered.replace("72.50", "72.5")),
            ["QuestionnaireResponse.item[0].answer[0].value"]
        );
    }

    #[test]
    fn another_id_or_a_stale_version_is_a_difference() {
        let kept = SENT.replacen('{', r#"{"id":"b","meta":{"versionId":"1"},"#, 1);
        assert_eq!(paths(&kept), ["QuestionnaireResponse.id"]);
        let stale = SENT.replacen('{', r#"{"id":"a","meta":{"versionId":"7"},"#, 1);
        assert_eq!(paths(&stale), ["QuestionnaireResponse.meta.versionId"]);
    }

    #[test]
    fn a_correction_that_is_no_new_version_is_a_difference() {
        let sent = Value::parse(SENT.as_bytes()).unwrap();
        let kept = with_id(&sent, "a");
        let of = |replaced| compare(&sent, &kept, "a", "2", &[]).not_version(&sent, replaced, "2").changes;
        assert_eq!(of(Some("2"))[0].path, "QuestionnaireResponse.meta.versionId");
        assert!(of(Some("1")).is_empty() && of(None).is_empty());
    }

    #[test]
    fn an_altered_resource_is_told_from_another_one() {
        let of = |text: &str| Value::parse(text.as_bytes()).unwrap();
        let sent = of(r#"{"resourceType":"QuestionnaireResponse","identifier":{"value":"a"},
            "extension":[{"url":"s","valueSignature":{"data":"x"}}]}"#);
        let again = |from: &str, to: &str| is_of(&sent, &of(&sent.to_json().replace(from, to)));
        assert!(again("\"a\"", "\"b\"") && again("\"x\"", "\"y\""), "one of two marks may be altered");
        let other = sent.to_json().replace("\"a\"", "\"b\"").replace("\"x\"", "\"y\"");
        assert!(!is_of(&sent, &of(&other)), "no mark is the same");
        assert!(!again("QuestionnaireResponse", "Basic"));
        let listed = of(r#"{"resourceType":"QuestionnaireResponse","identifier":[{"value":"a"}]}"#);
        assert!(is_of(&sent, &listed), "R5 has a list");
    }

    #[test]
    fn a_provenance_with_another_signature_is_told_from_those_of_others() {
        let of = |text: &str| Value::parse(text.as_bytes()).unwrap();
        let text = r#"{"resourceType":"Provenance","target":[{"reference":"QuestionnaireResponse/7/_history/1"}],
            "recorded":"2026-11-21T09:41:07Z","agent":[{"who":{"identifier":{"value":"thumbprint"}}}],
            "signature":[{"data":"x"}]}"#;
        let sent = of(text);
        let altered = text.replace("\"x\"", "\"y\"");
        let versionless = altered.replace("/_history/1", "");
        let absolute = altered.replace("Questionnaire", "https://fhir.example/r4/Questionnaire");
        for ours in [&altered, &versionless, &absolute, &altered.replace("09:41", "09:42")] {
            assert!(is_of(&sent, &of(ours)), "{ours}");
        }
        for others in [altered.replace("thumbprint", "engine"), altered.replace("/7/", "/8/")] {
            assert!(!is_of(&sent, &of(&others)), "{others}");
        }
        assert!(is_of(&sent, &of(&text.replace("thumbprint", "engine"))), "our own signature");
    }

    #[test]
    fn another_type_is_one_difference() {
        assert_eq!(
            paths(r#"{"resourceType":"Observation","id":"a"}"#),
            ["QuestionnaireResponse.resourceType"]
        );
    }

    #[test]
    fn identical_elements_are_counted_in_leaves() {
        let sent = Value::parse(SENT.as_bytes()).unwrap();
        let returned = SENT.replacen('{', r#"{"id":"a","#, 1).replace("completed", "amended");
        let comparison = compare(&sent, &Value::parse(returned.as_bytes()).unwrap(), "a", "1", &[]);
        assert_eq!((comparison.identical, comparison.changes.len()), (4, 1));
    }

    #[test]
    fn an_update_carries_the_servers_id_and_nothing_else_new() {
        let sent = Value::parse(SENT.as_bytes()).unwrap();
        let put = with_id(&sent, "a1");
        assert!(put.to_json().starts_with(r#"{"resourceType":"QuestionnaireResponse","id":"a1","status""#));
        assert!(compare(&sent, &put, "a1", "9", &[]).changes.is_empty());
    }

    #[test]
    fn a_named_tolerance_takes_back_its_own_change_and_leaves_every_other_one() {
        let sent = Value::parse(SENT.as_bytes()).unwrap();
        let tagged = SENT.replacen('{', r#"{"id":"a","meta":{"versionId":"1","tag":[{"code":"x"}]},"#, 1);
        let of = |returned: &str| {
            let returned = Value::parse(returned.as_bytes()).unwrap();
            let comparison = compare(&sent, &returned, "a", "1", &[Tolerance::MetaTagAdded]);
            let paths: Vec<_> = comparison.changes.into_iter().map(|change| change.path).collect();
            (paths, comparison.tolerated)
        };
        assert_eq!(of(&tagged), (vec![], vec![Tolerance::MetaTagAdded]));
        let altered = of(&tagged.replace("72.50", "72.5")).0;
        assert_eq!(altered, ["QuestionnaireResponse.item[0].answer[0].value"]);
        assert_eq!(of(&tagged.replace("tag", "security")).0, ["QuestionnaireResponse.meta"]);
    }
}
