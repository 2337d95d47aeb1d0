//! Addresses, as FHIR's `uri` has them.

/// FHIR's `uri` with a scheme, so that a mistyped word does not pass as an address.
pub(crate) fn is_absolute_uri(text: &str) -> bool {
    is_uri(text)
        && text.split_once(':').is_some_and(|(scheme, rest)| {
            !rest.is_empty()
                && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        })
}

/// FHIR's `uri`: no white space, no path of a file; a `urn:uuid:` and `urn:oid:` of the form they have.
pub(crate) fn is_uri(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(|character: char| character.is_whitespace() || character == '\\')
        && urn(text, "urn:uuid:").is_none_or(is_uuid)
        && urn(text, "urn:oid:").is_none_or(is_oid)
}

/// What follows `prefix`, which may be written in capitals too (RFC 8141, section 3.1).
fn urn<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Numbers without leading noughts, the first of them 0, 1 or 2 (FHIR R4, `oid`).
fn is_oid(text: &str) -> bool {
    let is_number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let mut parts = text.split('.');
    parts.next().is_some_and(|first| ["0", "1", "2"].contains(&first))
        && text.contains('.')
        && parts.all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_how_they_are_read() {
        for (text, is) in [
            ("https://example.org/a", true),
            ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", true),
            ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520asdf", false),
            ("URN:UUID:c757873d", false),
            ("urn:oid:1.2.840.10008", true),
            ("urn:oid:1.02.3", false),
            ("urn:oid:3.2", false),
            ("urn:oid:1", false),
            ("urn:oid:1.2.", false),
            ("Patient/1", false),
            ("a b:c", false),
        ] {
            assert_eq!(is_absolute_uri(text), is, "{text}");
        }
    }
}
