//! A query string, parsed.

use axum::http::StatusCode;
use fhir::Version;

use super::{
    date::{Interval, Prefix},
    index::split_canonical,
    parameter::{Kind, Parameter, RESOURCE_TYPES, ResourceType},
    reference::Target,
};
use crate::outcome::Refusal;

/// The largest page that `_count` gets.
const MOST_PER_PAGE: usize = 500;
/// The most values in all of a search's conditions.
const MOST_ALTERNATIVES: usize = 500;
/// The page without `_count`.
const USUAL_PER_PAGE: usize = 50;

/// Conditions that must all hold. Each becomes one `AND` of SQL.
#[derive(Debug, Clone)]
pub(crate) struct Criteria {
    pub(crate) resource_type: &'static ResourceType,
    /// The release whose parameters count.
    version: Version,
    all: Vec<Criterion>,
}

#[derive(Debug, Clone)]
struct Criterion {
    parameter: &'static str,
    /// Any of these.
    alternatives: Vec<Alternative>,
}

#[derive(Debug, Clone)]
enum Alternative {
    Id(String),
    /// Each part only when given.
    Value {
        qualifier: Option<String>,
        value: Option<String>,
    },
    Date(Prefix, Interval),
}

/// Which part of the matches is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    pub(crate) count: usize,
    pub(crate) offset: usize,
    /// Only how many there are.
    pub(crate) total_only: bool,
}

/// A search as asked for.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) criteria: Criteria,
    pub(crate) paging: Paging,
    /// The parameters that were used, without paging, to write the Bundle's links.
    pub(crate) used: Vec<(String, String)>,
}

impl Query {
    /// Reads a query string. Unknown parameters are refused: an ignored condition finds what was not asked for.
    pub(crate) fn parse(
        resource_type: &'static ResourceType,
        query: &str,
        base: &str,
        version: Version,
    ) -> Result<Self, Refusal> {
        let mut criteria = Criteria { resource_type, version, all: Vec::new() };
        let mut paging = Paging { count: USUAL_PER_PAGE, offset: 0, total_only: false };
        let mut used = Vec::new();
        for (name, value) in decode(query)? {
            match name.as_str() {
                "_count" => {
                    let count = number(&name, &value)?;
                    paging.total_only |= count == 0;
                    paging.count = count.clamp(1, MOST_PER_PAGE);
                    continue;
                }
                "_offset" => {
                    paging.offset = number(&name, &value)?;
                    continue;
                }
                "_summary" if value == "count" => paging.total_only = true,
                "_summary" if value == "false" => continue,
                "_format" | "_pretty" | "_total" => continue,
                _ => criteria.add(&name, &value, base)?,
            }
            used.push((name, value));
        }
        Ok(Self { criteria, paging, used })
    }
}

impl Criteria {
    /// Reads `If-None-Exist`: search conditions only, and at least one.
    pub(crate) fn parse_condition(
        resource_type: &'static ResourceType,
        header: &str,
        base: &str,
        version: Version,
    ) -> Result<Self, Refusal> {
        let query = header.rsplit_once('?').map_or(header, |(_, query)| query);
        let mut criteria = Self { resource_type, version, all: Vec::new() };
        for (name, value) in decode(query)? {
            criteria.add(&name, &value, base)?;
        }
        if criteria.all.is_empty() {
            return Err(Refusal::bad_request(
                "required",
                "If-None-Exist holds no search condition; write for example identifier=system|value",
            ));
        }
        Ok(criteria)
    }

    fn add(&mut self, name: &str, value: &str, base: &str) -> Result<(), Refusal> {
        self.add_criterion(name, value, base)?;
        let alternatives: usize = self.all.iter().map(|criterion| criterion.alternatives.len()).sum();
        if alternatives > MOST_ALTERNATIVES {
            let text =
                format!("the search has more than {MOST_ALTERNATIVES} values; ask in several searches");
            return Err(Refusal::bad_request("too-costly", text));
        }
        Ok(())
    }

    fn add_criterion(&mut self, name: &str, value: &str, base: &str) -> Result<(), Refusal> {
        if name == "_id" {
            let alternatives = split(value, ',').map(|id| Alternative::Id(unescape(id))).collect();
            self.all.push(Criterion { parameter: "_id", alternatives });
            return Ok(());
        }
        let Some(parameter) = self.resource_type.parameter(name, self.version) else {
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "not-supported",
                format!(
                    "{} cannot be searched by {name:?}; see rest.resource.searchParam in the CapabilityStatement",
                    self.resource_type.name
                ),
            ));
        };
        let mut alternatives = Vec::new();
        for value in split(value, ',').filter(|value| !value.is_empty()) {
            alternatives.extend(read(parameter, value, base)?);
        }
        if alternatives.is_empty() {
            return Err(Refusal::bad_request("value", format!("the search parameter {name} has no value")));
        }
        self.all.push(Criterion { parameter: parameter.name, alternatives });
        Ok(())
    }

    /// The condition on the columns `type` and `id` of a table named `resource`, and the values of its marks in order.
    pub(crate) fn sql(&self) -> (String, Vec<rusqlite::types::Value>) {
        let mut condition = "type = ? AND deleted = 0".to_owned();
        let mut values: Vec<rusqlite::types::Value> = vec![self.resource_type.name.to_owned().into()];
        for criterion in &self.all {
            condition.push_str(" AND ");
            condition.push_str(&criterion.sql(self.resource_type.name, &mut values));
        }
        (condition, values)
    }
}

impl Criterion {
    fn sql(&self, resource_type: &str, values: &mut Vec<rusqlite::types::Value>) -> String {
        if self.parameter == "_id" {
            let marks = vec!["?"; self.alternatives.len()].join(", ");
            values.extend(self.alternatives.iter().filter_map(|alternative| match alternative {
                Alternative::Id(id) => Some(id.clone().into()),
                _ => None,
            }));
            return format!("id IN ({marks})");
        }
        values.push(resource_type.to_owned().into());
        values.push(self.parameter.to_owned().into());
        let any: Vec<_> = self.alternatives.iter().map(|alternative| alternative.sql(values)).collect();
        format!(
            "id IN (SELECT id FROM search_index WHERE type = ? AND parameter = ? AND ({}))",
            any.join(" OR ")
        )
    }
}

impl Alternative {
    fn sql(&self, values: &mut Vec<rusqlite::types::Value>) -> String {
        match self {
            Self::Id(id) => {
                values.push(id.clone().into());
                "id = ?".to_owned()
            }
            Self::Value { qualifier, value } => {
                let mut parts = Vec::new();
                for (column, given) in [("value = ?", value), ("qualifier = ?", qualifier)] {
                    if let Some(given) = given {
                        values.push(given.clone().into());
                        parts.push(column);
                    }
                }
                format!("({})", parts.join(" AND "))
            }
            // Whole numbers that this server computed: no need for marks.
            Self::Date(prefix, interval) => {
                prefix.condition(&interval.low.to_string(), &interval.high.to_string())
            }
        }
    }
}

fn read(parameter: &Parameter, value: &str, base: &str) -> Result<Vec<Alternative>, Refusal> {
    let refuse = |reason: &str| {
        Refusal::bad_request("value", format!("the search parameter {} {reason}", parameter.name))
    };
    Ok(match parameter.kind {
        Kind::Token => {
            let mut parts = split(value, '|').map(unescape);
            let first = parts.next().unwrap_or_default();
            match (parts.next(), parts.next()) {
                (None, _) => vec![Alternative::Value { qualifier: None, value: Some(first) }],
                (Some(value), None) if first.is_empty() && value.is_empty() => {
                    return Err(refuse("needs a system or a value beside '|'"));
                }
                (Some(value), None) => vec![Alternative::Value {
                    qualifier: Some(first),
                    value: Some(value).filter(|value| !value.is_empty()),
                }],
                _ => return Err(refuse("has more than one '|'; write '\\|' where it belongs to the value")),
            }
        }
        Kind::Reference => {
            let target = Target::parse(&unescape(value), base);
            let version = Some(target.version).filter(|version| !version.is_empty());
            let locations = if target.location.contains('/') || target.location.contains(':') {
                vec![target.location]
            } else if let Some(only) = parameter.target {
                vec![format!("{only}/{}", target.location)]
            } else {
                RESOURCE_TYPES.iter().map(|found| format!("{}/{}", found.name, target.location)).collect()
            };
            locations
                .into_iter()
                .map(|location| Alternative::Value { qualifier: version.clone(), value: Some(location) })
                .collect()
        }
        Kind::Canonical => {
            let unescaped = unescape(value);
            let (url, version) = split_canonical(&unescaped);
            vec![Alternative::Value {
                qualifier: Some(version.to_owned()).filter(|version| !version.is_empty()),
                value: Some(url.to_owned()),
            }]
        }
        Kind::Uri => vec![Alternative::Value { qualifier: None, value: Some(unescape(value)) }],
        Kind::Date => {
            let (prefix, date) = Prefix::split(value);
            // An offset's '+' that was not encoded arrives as a space.
            let interval = Interval::parse(&date.replace(' ', "+"))
                .ok_or_else(|| refuse("is not a date; write for example ge2026-11-21T09:41:07Z"))?;
            vec![Alternative::Date(prefix, interval)]
        }
    })
}

fn number(name: &str, value: &str) -> Result<usize, Refusal> {
    value
        .parse::<u32>()
        .map(|number| number as usize)
        .map_err(|_| Refusal::bad_request("value", format!("{name} must be a whole number from 0 on")))
}

/// Splits at `separator` where it is not escaped by a backslash (FHIR R4, section 3.1.1.4.5).
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |character| {
        if escaped {
            escaped = false;
            return false;
        }
        escaped = character == '\\';
        character == separator
    })
}

fn unescape(text: &str) -> String {
    let mut characters = text.chars();
    let mut out = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        out.push(if character == '\\' { characters.next().unwrap_or('\\') } else { character });
    }
    out
}

/// The names and values of `application/x-www-form-urlencoded` text.
pub(crate) fn decode(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode_part(name)?, decode_part(value)?))
        })
        .collect()
}

fn decode_part(part: &str) -> Result<String, Refusal> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or_default(),
                    _ => {
                        return Err(Refusal::bad_request(
                            "value",
                            "the query has a '%' without two hexadecimal digits",
                        ));
                    }
                }
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| Refusal::bad_request("value", "the query is not UTF-8"))
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn escapes_and_encodings_keep_separators_inside_values() {
        assert_eq!(split(r"a\,b,c", ',').collect::<Vec<_>>(), [r"a\,b", "c"]);
        assert_eq!(unescape(r"a\,b\\"), r"a,b\");
        let original = "urn:ietf:rfc:3986|urn:uuid:1 +é&=";
        assert_eq!(decode_part(&encode(original)).unwrap(), original);
        assert!(decode("identifier=%zz").is_err());
        assert!(decode("identifier=%ff").is_err());
    }
}
