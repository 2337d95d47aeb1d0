//! How long files in base64 are.

/// How many bytes base64 stands for, as FHIR allows it: with or without white space. `None` for anything else. Nothing is
/// decoded, so that a file of any size takes no memory of its own.
pub(super) fn decoded_length(text: &str) -> Option<u64> {
    let (mut letters, mut padding, mut last) = (0u64, 0u64, 0u8);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        last = match byte {
            b'=' => {
                padding += 1;
                continue;
            }
            _ if padding > 0 => return None,
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        letters += 1;
    }
    // The last letter carries no more bits than there are bytes for.
    let (over, spare) = match letters % 4 {
        0 => (0, 0),
        2 => (1, 0b1111),
        3 => (2, 0b11),
        _ => return None,
    };
    let padded = if over == 0 { 0 } else { 3 - over };
    (padding == padded && last & spare == 0).then_some(letters / 4 * 3 + over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_measured_as_it_would_be_decoded() {
        use base64::Engine as _;
        for text in [
            "",
            "YQ==",
            "YWI=",
            "YWJj",
            "YWJjZA==",
            "YW Jj\nZA ==",
            "YR==",
            "YWJ=",
            "YQ=",
            "YQ",
            "Y",
            "Y===",
            "YQ===",
            "====",
            "YQ==YQ==",
            "YW!j",
            "YW-_",
            "YWJj=",
            "\u{e9}",
        ] {
            let tight: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
            let decoded = base64::engine::general_purpose::STANDARD.decode(tight).ok();
            assert_eq!(decoded_length(text), decoded.map(|bytes| bytes.len() as u64), "{text:?}");
        }
    }
}
