//! Reading a searchset (FHIR R4, Bundle).

use fhir::Value;

use crate::error::Error;

/// One page of a searchset.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The matching resources, in the server's order; outcomes and included resources are left out.
    pub matches: Vec<Value>,
    /// The address of the next page.
    pub next: Option<String>,
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
        Ok(Self { matches, next })
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

    #[test]
    fn an_empty_searchset_is_none_found() {
        let page = page(r#"{"resourceType":"Bundle","type":"searchset","total":0}"#).unwrap();
        assert_eq!(page, Page { matches: vec![], next: None });
    }
}
