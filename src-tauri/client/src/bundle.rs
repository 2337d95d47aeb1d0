//! Reading a searchset (FHIR R4, Bundle).

use fhir::Value;

use crate::error::Error;
use crate::receipt::{Receipt, Refused};

/// One page of a searchset.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The matching resources, in the server's order; outcomes and included resources are left out.
    pub matches: Vec<Value>,
    /// The address of the next page.
    pub next: Option<String>,
    /// What was left out because the study's [`Receipt`] refuses it.
    pub refused: Vec<Refused>,
}

impl Page {
    /// Reads a `Bundle` of type `searchset`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is no searchset, or an entry has no resource: a page that cannot be read whole must
    /// never pass for "none found".
    pub fn parse(bundle: &Value) -> Result<Self, Error> {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        if text(bundle, "resourceType").as_deref() != Some("Bundle")
            || text(bundle, "type").as_deref() != Some("searchset")
        {
            return Err(Error::Malformed("it is not a searchset"));
        }
        let mut matches = Vec::new();
        for entry in list(bundle, "entry")? {
            let mode = entry.get("search").and_then(|search| text(search, "mode"));
            if !matches!(mode.as_deref(), None | Some("match")) {
                continue;
            }
            let resource = entry.get("resource").ok_or(Error::Malformed("an entry has no resource"))?;
            matches.push(resource.clone());
        }
        let next = list(bundle, "link")?
            .iter()
            .find(|link| text(link, "relation").as_deref() == Some("next"))
            .and_then(|link| text(link, "url"));
        Ok(Self { matches, next, refused: Vec::new() })
    }

    /// Reads what of it `receipt` lets through. Blocks as long as that does.
    ///
    /// # Errors
    /// As for [`Page::parse`]; and when the receipt cannot divide it.
    pub fn receive(bundle: &Value, receipt: &dyn Receipt) -> Result<Self, Error> {
        Self::parse(bundle)?;
        let received = receipt.receive(bundle).map_err(|_| Error::Malformed("it cannot be verified"))?;
        Ok(Self { refused: received.refused, ..Self::parse(&received.bundle)? })
    }
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], Error> {
    match value.get(name) {
        None => Ok(&[]),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err(Error::Malformed("the searchset is not one of FHIR")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::receipt::Received;

    fn page(text: &str) -> Result<Page, Error> {
        Page::parse(&Value::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn matches_are_kept_and_outcomes_left_out() {
        let page = page(
            r#"{"resourceType":"Bundle","type":"searchset","link":[{"relation":"next","url":"http://s/n"}],
            "entry":[{"resource":{"resourceType":"Patient","id":"a"}},
                     {"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}},
                     {"resource":{"resourceType":"Patient","id":"b"},"search":{"mode":"match"}}]}"#,
        )
        .unwrap();
        let ids: Vec<_> = page.matches.iter().filter_map(|m| m.get("id").and_then(Value::as_str)).collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(page.next.as_deref(), Some("http://s/n"));
    }

    #[test]
    fn what_is_not_a_whole_searchset_never_passes_for_none_found() {
        for text in [
            r#"{"resourceType":"OperationOutcome"}"#,
            r#"{"resourceType":"Bundle","type":"history"}"#,
            r#"{"resourceType":"Bundle","type":"searchset","entry":{}}"#,
            r#"{"resourceType":"Bundle","type":"searchset","entry":[{"fullUrl":"http://s/Patient/a"}]}"#,
        ] {
            assert!(page(text).is_err(), "{text}");
        }
    }

    /// Keeps what has the status `final`.
    struct Finals;

    impl Receipt for Finals {
        fn receive(&self, bundle: &Value) -> Result<Received, String> {
            let (kept, refused): (Vec<_>, Vec<_>) =
                bundle.list("entry").iter().cloned().partition(|entry| {
                    entry.get("resource").and_then(|one| one.str("status")) == Some("final")
                });
            let refused = refused
                .into_iter()
                .map(|entry| Refused {
                    resource: entry.get("resource").cloned().unwrap_or(Value::Null),
                    reference: "Observation/b".to_owned(),
                    code: "not-final",
                    reason: "it is not final".to_owned(),
                })
                .collect();
            if bundle.str("id") == Some("unreadable") {
                return Err("no".to_owned());
            }
            let mut bundle = bundle.clone();
            bundle.as_object_mut().unwrap().insert("entry", kept);
            Ok(Received { bundle, refused })
        }
    }

    #[test]
    fn what_the_receipt_refuses_is_left_out_and_said() {
        let searchset = |id: &str| {
            let text = format!(
                r#"{{"resourceType":"Bundle","id":"{id}","type":"searchset","entry":[
                {{"resource":{{"resourceType":"Observation","id":"a","status":"final"}}}},
                {{"resource":{{"resourceType":"Observation","id":"b","status":"amended"}}}}]}}"#
            );
            Value::parse(text.as_bytes()).unwrap()
        };
        let page = Page::receive(&searchset("s"), &Finals).unwrap();
        assert_eq!(page.matches.iter().map(|one| one.str("id")).collect::<Vec<_>>(), [Some("a")]);
        assert_eq!(page.refused[0].resource.str("id"), Some("b"));
        assert_eq!(format!("{:?}", page.refused[0]), "Refused(not-final)", "no content in a log");
        assert!(Page::receive(&searchset("unreadable"), &Finals).is_err(), "never passes for none found");
        let other = Value::parse(br#"{"resourceType":"Bundle","type":"history"}"#).unwrap();
        assert!(Page::receive(&other, &Finals).is_err());
    }

    #[test]
    fn an_empty_searchset_is_none_found() {
        let page = page(r#"{"resourceType":"Bundle","type":"searchset","total":0}"#).unwrap();
        assert_eq!(page, Page { matches: vec![], next: None, refused: vec![] });
    }
}
