//! The bytes of a document as they come from elsewhere, before anything is known of them.

/// What some editors put before UTF-8 (RFC 3629, section 6).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// `document` without a byte order mark, which is no part of it. JSON is not read with one (RFC 8259, section 8.1), and
/// nothing that is signed has one.
pub fn without_byte_order_mark(document: &[u8]) -> &[u8] {
    document.strip_prefix(BYTE_ORDER_MARK).unwrap_or(document)
}

/// Whether it begins as XML does and no JSON can. It may be neither.
pub fn begins_as_xml(document: &[u8]) -> bool {
    without_byte_order_mark(document).trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_is_no_part_of_a_document() {
        assert_eq!(without_byte_order_mark(b"\xef\xbb\xbf{}"), b"{}");
        assert_eq!(without_byte_order_mark(b"{}"), b"{}");
        assert_eq!(without_byte_order_mark("\u{feff}\u{feff}{}".as_bytes()), "\u{feff}{}".as_bytes());
        assert_eq!(without_byte_order_mark(b""), b"");
    }

    #[test]
    fn xml_is_known_by_how_it_begins() {
        for xml in ["<a/>", " \r\n\t<a/>", "\u{feff}<?xml version=\"1.0\"?><a/>", "\u{feff} <a/>"] {
            assert!(begins_as_xml(xml.as_bytes()), "{xml}");
        }
        for other in ["", " ", "{}", "\"<\"", "\u{feff}{}", "\u{feff}\u{feff}<a/>"] {
            assert!(!begins_as_xml(other.as_bytes()), "{other}");
        }
    }
}
