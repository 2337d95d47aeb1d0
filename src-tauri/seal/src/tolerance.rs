//! Named changes that a server may make and a study may allow, each with its inverse.
//!
//! A tolerance never says "look away": what came back is compared after the inverse was applied to it, and has to be
//! exactly what was sent. Each inverse undoes one kind of change, nothing else, and none can touch an answer, a person,
//! a time, a status, a language, an identifier or the questionnaire. Which ones a study allows stands in the protected
//! header of the persistence signature, and a verifier applies those alone.

use std::borrow::Cow;

use fhir::Value;
use fhir::reference::{unversioned, versioned};

/// A change that a study may allow its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tolerance {
    /// The server strips `/_history/VERSION` from references (HAPI FHIR's default): `Provenance.target` then names the
    /// resource alone. Its version stands in the protected header.
    ReferencesLoseVersion,
    /// The server adds tags (`meta.tag`) where none were sent.
    MetaTagAdded,
    /// The server adds security labels (`meta.security`) where none were sent.
    MetaSecurityAdded,
    /// The server adds profiles (`meta.profile`) where none were sent.
    MetaProfileAdded,
    /// The server adds a generated narrative (`text`, status `generated`) where none was sent. Not to a
    /// QuestionnaireResponse: the patient's signature covers that it has none.
    NarrativeAdded,
}

impl Tolerance {
    /// Every one, in the order in which their inverses are applied.
    pub const ALL: [Self; 5] = [
        Self::ReferencesLoseVersion,
        Self::MetaTagAdded,
        Self::MetaSecurityAdded,
        Self::MetaProfileAdded,
        Self::NarrativeAdded,
    ];

    /// Its name, as configurations, signed headers and audit entries have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReferencesLoseVersion => "references-lose-version",
            Self::MetaTagAdded => "meta-tag-added",
            Self::MetaSecurityAdded => "meta-security-added",
            Self::MetaProfileAdded => "meta-profile-added",
            Self::NarrativeAdded => "narrative-added",
        }
    }

    /// The one of this name.
    ///
    /// ```
    /// use seal::Tolerance;
    /// assert_eq!(Tolerance::by_name("meta-tag-added"), Some(Tolerance::MetaTagAdded));
    /// assert_eq!(Tolerance::by_name("everything"), None);
    /// ```
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Takes back what this tolerance allows a server to have made of `sent`; whether there was anything.
    fn undo(self, sent: &Value, returned: &mut Value) -> bool {
        match self {
            Self::ReferencesLoseVersion => restore_versions(sent, returned),
            Self::MetaTagAdded => remove_label(sent, returned, "tag"),
            Self::MetaSecurityAdded => remove_label(sent, returned, "security"),
            Self::MetaProfileAdded => remove_label(sent, returned, "profile"),
            Self::NarrativeAdded => remove_narrative(sent, returned),
        }
    }

    /// The tolerances that a persistence signature's header states; the first name that is none of them.
    ///
    /// # Errors
    /// A name that is not known, or a value that is no list of names.
    pub(crate) fn stated(qualifier: &Value) -> Result<Vec<Self>, String> {
        let Some(stated) = qualifier.get("tolerances") else { return Ok(Vec::new()) };
        let names = stated.as_array().ok_or_else(|| stated.to_json())?;
        names.iter().map(|name| name.as_str().and_then(Self::by_name).ok_or_else(|| name.to_json())).collect()
    }
}

/// What the server returned without what these tolerances allow it to have changed, and which of them it took.
pub fn undo<'v>(
    tolerances: &[Tolerance],
    sent: &Value,
    returned: &'v Value,
) -> (Cow<'v, Value>, Vec<Tolerance>) {
    if tolerances.is_empty() {
        return (Cow::Borrowed(returned), Vec::new());
    }
    let mut undone = returned.clone();
    let allowed = |one: &Tolerance| tolerances.contains(one);
    let applied =
        Tolerance::ALL.into_iter().filter(allowed).filter(|one| one.undo(sent, &mut undone)).collect();
    (Cow::Owned(undone), applied)
}

/// Where `sent` names a version in a reference and `returned` the same resource without one, the version comes back.
fn restore_versions(sent: &Value, returned: &mut Value) -> bool {
    match (sent, returned) {
        (Value::Object(sent), Value::Object(returned)) => {
            let mut restored = false;
            for (name, value) in returned.iter_mut() {
                let Some(own) = sent.get(name) else { continue };
                if let (true, Some(own_text), Some(text)) =
                    (name == "reference", own.as_str(), value.as_str())
                {
                    if versioned(own_text).is_some() && unversioned(own_text) == text {
                        *value = own.clone();
                        restored = true;
                    }
                } else {
                    restored |= restore_versions(own, value);
                }
            }
            restored
        }
        (Value::Array(sent), Value::Array(returned)) => {
            let pairs = sent.iter().zip(returned);
            pairs.fold(false, |restored, (own, value)| restore_versions(own, value) || restored)
        }
        _ => false,
    }
}

fn remove_label(sent: &Value, returned: &mut Value, label: &str) -> bool {
    let sent_meta = sent.get("meta");
    if sent_meta.is_some_and(|meta| meta.get(label).is_some()) {
        return false;
    }
    let Some(root) = returned.as_object_mut() else { return false };
    let Some(meta) = root.get_mut("meta").and_then(Value::as_object_mut) else { return false };
    if meta.remove(label).is_none() {
        return false;
    }
    if meta.is_empty() && sent_meta.is_none() {
        root.remove("meta");
    }
    true
}

fn remove_narrative(sent: &Value, returned: &mut Value) -> bool {
    let generated = returned.get("text").and_then(|text| text.str("status")) == Some("generated");
    if !generated || sent.get("text").is_some() || sent.resource_type() == Some("QuestionnaireResponse") {
        return false;
    }
    returned.as_object_mut().is_some_and(|root| root.remove("text").is_some())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SENT: &str = r#"{"resourceType":"Provenance","target":[{"reference":"QuestionnaireResponse/1/_history/2"}],
        "agent":[{"who":{"reference":"Device/1"}}],
        "entity":[{"what":{"reference":"QuestionnaireResponse/1/_history/1"}}]}"#;

    fn undone(tolerances: &[Tolerance], sent: &str, returned: &str) -> (bool, Vec<&'static str>) {
        let (sent, returned) =
            (Value::parse(sent.as_bytes()).unwrap(), Value::parse(returned.as_bytes()).unwrap());
        let (undone, applied) = undo(tolerances, &sent, &returned);
        (*undone == sent, applied.into_iter().map(Tolerance::name).collect())
    }

    #[test]
    fn lost_versions_come_back_and_other_references_stay_different() {
        let lose = [Tolerance::ReferencesLoseVersion];
        let stripped = SENT.replace("/_history/2", "").replace("/_history/1", "");
        assert_eq!(undone(&lose, SENT, &stripped), (true, vec!["references-lose-version"]));
        assert_eq!(
            undone(&lose, SENT, &SENT.replace("/_history/2", "")),
            (true, vec!["references-lose-version"])
        );
        assert_eq!(undone(&lose, SENT, SENT), (true, vec![]));
        for other in [
            stripped.replace("Response/1", "Response/2"),
            SENT.replace("/_history/2", "/_history/3"),
            stripped.replace("Device/1", "Device/2"),
            stripped.replace("Device/1", "Device/1/_history/1"),
        ] {
            assert!(!undone(&lose, SENT, &other).0, "{other}");
        }
        assert!(!undone(&[], SENT, &stripped).0, "nothing is tolerated that is not named");
        assert!(!undone(&[Tolerance::MetaTagAdded], SENT, &stripped).0);
    }

    #[test]
    fn labels_are_taken_back_only_where_none_were_sent() {
        let tagged = SENT.replacen('{', r#"{"meta":{"tag":[{"code":"a"}]},"#, 1);
        assert_eq!(undone(&[Tolerance::MetaTagAdded], SENT, &tagged), (true, vec!["meta-tag-added"]));
        assert!(!undone(&[Tolerance::MetaSecurityAdded], SENT, &tagged).0);
        let more = tagged.replace(r#"{"code":"a"}"#, r#"{"code":"a"},{"code":"b"}"#);
        assert!(!undone(&[Tolerance::MetaTagAdded], &tagged, &more).0, "a tag beside one that was sent");
    }

    #[test]
    fn a_narrative_is_taken_back_where_it_was_generated_and_never_from_a_response() {
        let narrative = [Tolerance::NarrativeAdded];
        let told = SENT.replacen('{', r#"{"text":{"status":"generated","div":"<div/>"},"#, 1);
        assert_eq!(undone(&narrative, SENT, &told), (true, vec!["narrative-added"]));
        assert!(!undone(&narrative, SENT, &told.replace("generated", "additional")).0);
        let (sent, told) = (
            SENT.replace("Provenance", "QuestionnaireResponse"),
            told.replace("Provenance", "QuestionnaireResponse"),
        );
        assert!(!undone(&narrative, &sent, &told).0);
    }

    #[test]
    fn no_tolerance_reaches_an_answer_a_person_or_a_time() {
        const RESPONSE: &str = r#"{"resourceType":"QuestionnaireResponse","identifier":{"value":"i"},"status":"completed",
            "language":"en","questionnaire":"q|1","subject":{"reference":"Patient/1","identifier":{"value":"p"}},"authored":"t",
            "author":{"reference":"Device/1"},"source":{"reference":"Patient/1"},"item":[{"linkId":"a","text":"t"}]}"#;
        let sent = Value::parse(RESPONSE.as_bytes()).unwrap();
        let members: Vec<String> =
            sent.as_object().unwrap().iter().map(|(name, _)| name.to_owned()).collect();
        for name in members {
            for other in [None, Some(Value::from("another")), Some(Value::from("Patient/1"))] {
                let mut altered = sent.clone();
                let root = altered.as_object_mut().unwrap();
                root.remove(&name);
                if let Some(other) = other {
                    root.insert(name.as_str(), other);
                }
                let (undone, applied) = undo(&Tolerance::ALL, &sent, &altered);
                assert!(*undone != sent && applied.is_empty(), "{name}: {applied:?}");
            }
        }
    }

    #[test]
    fn names_are_read_back_and_unknown_ones_refused() {
        for one in Tolerance::ALL {
            assert_eq!(Tolerance::by_name(one.name()), Some(one));
        }
        let stated = |text: &str| Tolerance::stated(&Value::parse(text.as_bytes()).unwrap());
        assert_eq!(stated("{}"), Ok(vec![]));
        assert_eq!(stated(r#"{"tolerances":["meta-tag-added"]}"#), Ok(vec![Tolerance::MetaTagAdded]));
        assert!(stated(r#"{"tolerances":["all"]}"#).is_err() && stated(r#"{"tolerances":"all"}"#).is_err());
    }
}
