//! What a resource is found by: the rows of the search index.

use fhir::Value;

use super::{
    date::Interval,
    parameter::{Kind, LAST_UPDATED, Parameter, ResourceType},
    reference::Target,
};

/// One row: where a parameter's value stands for this resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) parameter: &'static str,
    /// A token's system, a reference's or canonical's version; empty when there is none.
    pub(crate) qualifier: String,
    pub(crate) value: String,
    pub(crate) interval: Option<Interval>,
}

/// All rows for `resource`. `base` is this server's own address, under which absolute references are its own.
pub(crate) fn rows(resource_type: &'static ResourceType, resource: &Value, base: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for parameter in resource_type.parameters.iter().chain([&LAST_UPDATED]) {
        for path in parameter.paths {
            let mut elements = Vec::new();
            collect(resource, path, &mut elements);
            rows.extend(elements.into_iter().filter_map(|element| row(parameter, element, base)));
        }
    }
    rows
}

fn collect<'v>(value: &'v Value, path: &[&str], found: &mut Vec<&'v Value>) {
    if let Value::Array(elements) = value {
        for element in elements {
            collect(element, path, found);
        }
        return;
    }
    match path {
        [] => found.push(value),
        [name, rest @ ..] => {
            if let Some(member) = value.get(name) {
                collect(member, rest, found);
            }
        }
    }
}

fn row(parameter: &Parameter, element: &Value, base: &str) -> Option<Row> {
    let name = parameter.name;
    let plain = |qualifier: &str, value: &str| {
        Some(Row {
            parameter: name,
            qualifier: qualifier.to_owned(),
            value: value.to_owned(),
            interval: None,
        })
    };
    match parameter.kind {
        Kind::Token => match element.as_str() {
            Some(code) => plain("", code),
            // An Identifier, or a Coding.
            None => plain(
                element.str("system").unwrap_or_default(),
                element.str("value").or_else(|| element.str("code"))?,
            ),
        },
        Kind::Reference => {
            let target = Target::parse(element.str("reference")?, base);
            if parameter.target.is_some_and(|only| target.resource_type() != Some(only)) {
                return None;
            }
            plain(&target.version, &target.location)
        }
        Kind::Canonical => {
            let (url, version) = split_canonical(element.as_str()?);
            plain(version, url)
        }
        Kind::Uri => plain("", element.as_str()?),
        Kind::Date => Some(Row {
            parameter: name,
            qualifier: String::new(),
            value: element.as_str()?.to_owned(),
            interval: Some(Interval::parse(element.as_str()?)?),
        }),
    }
}

/// `url|version` in two; the version is empty when there is none.
pub(crate) fn split_canonical(canonical: &str) -> (&str, &str) {
    canonical.split_once('|').unwrap_or((canonical, ""))
}
