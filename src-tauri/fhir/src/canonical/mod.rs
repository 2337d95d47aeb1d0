//! The two canonical forms. Nothing else in Attesta orders members or rewrites numbers.

mod selection;

pub use selection::Selection;

use selection::Member;

use crate::{Number, Value, write};

/// Why a value has no RFC 8785 form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JcsError {
    /// A number beyond the range of an IEEE 754 double (RFC 8785, section 3.2.2.3).
    #[error(
        "{path}: this number is outside the range that RFC 8785 can write; \
         use a number between -1.8e308 and 1.8e308"
    )]
    NumberOutOfRange {
        /// Where it stands, as member names and indexes from the root.
        path: String,
    },
}

/// The JSON Canonicalization Scheme, RFC 8785: members sorted by UTF-16 code units, numbers as ECMAScript writes
/// them, no white space. This is what a JWS covers.
///
/// It maps `1.10` and `1.1` to the same text; [`number_text`] does not.
///
/// # Errors
/// [`JcsError::NumberOutOfRange`] for numbers such as `1e999`.
pub fn jcs(value: &Value) -> Result<String, JcsError> {
    Selection::from(value).jcs()
}

/// RFC 8785's order and strings, but every number as it was written: FHIR R4's canonical JSON. This form decides
/// equality, because a decimal's precision is part of its value (FHIR R4, section 2.24.0.1).
pub fn number_text(value: &Value) -> String {
    Selection::from(value).number_text()
}

/// ECMA-262, section 6.1.6.1.20 (`Number::toString`): the standard library's shortest digits break ties otherwise.
fn ecmascript(number: &Number, out: &mut String) -> Option<()> {
    out.push_str(ryu_js::Buffer::new().format_finite(number.to_f64()?));
    Some(())
}

#[allow(clippy::unnecessary_wraps, reason = "the other reading of numbers can fail")]
fn as_written(number: &Number, out: &mut String) -> Option<()> {
    out.push_str(number.as_str());
    Some(())
}

/// Writing a number's own text cannot fail.
fn infallible(written: Result<String, Vec<String>>) -> String {
    written.unwrap_or_default()
}

/// The path to the number that could not be written comes innermost first.
fn out_of_range(mut path: Vec<String>) -> JcsError {
    path.reverse();
    JcsError::NumberOutOfRange { path: path.join(".") }
}

/// RFC 8785, section 3.2.3. The order of UTF-8's bytes is that of the code points; that of UTF-16's code units differs
/// from it only where one character is beyond U+FFFF, written with surrogates, and the other after them.
fn utf16_order(a: &str, b: &str) -> std::cmp::Ordering {
    const SUPPLEMENTARY: u8 = 0xf0;
    const AFTER_SURROGATES: u8 = 0xee;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    match a.iter().zip(b).find(|(a, b)| a != b) {
        None => a.len().cmp(&b.len()),
        Some((&a, &b)) if a >= AFTER_SURROGATES && b >= AFTER_SURROGATES => {
            // Both are first bytes of characters: 0xee and 0xef of U+E000 to U+FFFF, 0xf0 and above of what follows.
            (a < SUPPLEMENTARY).cmp(&(b < SUPPLEMENTARY)).then(a.cmp(&b))
        }
        Some((a, b)) => a.cmp(b),
    }
}

/// Room for a long questionnaire's response; what is longer grows.
const USUAL_LENGTH: usize = 8 * 1024;

struct Writer<'v, N> {
    out: String,
    /// The members of every object that is being written, those of the innermost last: one allocation for all.
    sorting: Vec<(&'v str, &'v Value)>,
    number: N,
}

impl<'v, N: Fn(&Number, &mut String) -> Option<()>> Writer<'v, N> {
    fn new(number: N) -> Self {
        Self { out: String::with_capacity(USUAL_LENGTH), sorting: Vec::new(), number }
    }

    /// The members of a selection, sorted.
    fn root(&mut self, members: &[(&'v str, &Member<'v>)]) -> Result<(), Vec<String>> {
        self.out.push('{');
        for (index, (name, member)) in members.iter().enumerate() {
            self.name(name, index == 0);
            match member {
                Member::Whole(value) => self.write(value),
                Member::Elements(elements) => self.elements(elements.iter().copied()),
            }
            .map_err(|path| below(path, (*name).to_owned()))?;
        }
        self.out.push('}');
        Ok(())
    }

    /// Recursion is bounded: a parsed value is at most [`crate::MAX_DEPTH`] deep.
    fn write(&mut self, value: &'v Value) -> Result<(), Vec<String>> {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Number(text) => (self.number)(text, &mut self.out).ok_or_else(Vec::new)?,
            Value::String(text) => write::string(text, &mut self.out),
            Value::Array(elements) => self.elements(elements.iter())?,
            Value::Object(object) => self.object(object)?,
        }
        Ok(())
    }

    fn elements(&mut self, elements: impl Iterator<Item = &'v Value>) -> Result<(), Vec<String>> {
        self.out.push('[');
        for (index, element) in elements.enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.write(element).map_err(|path| below(path, index.to_string()))?;
        }
        self.out.push(']');
        Ok(())
    }

    fn name(&mut self, name: &str, first: bool) {
        if !first {
            self.out.push(',');
        }
        write::string(name, &mut self.out);
        self.out.push(':');
    }

    fn object(&mut self, object: &'v crate::Object) -> Result<(), Vec<String>> {
        let first = self.sorting.len();
        self.sorting.extend(object.iter());
        if let Some(own) = self.sorting.get_mut(first..) {
            own.sort_unstable_by(|(a, _), (b, _)| utf16_order(a, b));
        }
        self.out.push('{');
        let mut at = first;
        while let Some(&(name, member)) = self.sorting.get(at) {
            self.name(name, at == first);
            self.write(member).map_err(|path| below(path, name.to_owned()))?;
            at += 1;
        }
        self.sorting.truncate(first);
        self.out.push('}');
        Ok(())
    }
}

fn below(mut path: Vec<String>, step: String) -> Vec<String> {
    path.push(step);
    path
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(double: f64) -> String {
        let number = crate::Number::new(format!("{double:e}")).unwrap();
        jcs(&Value::Number(number)).unwrap()
    }

    #[test]
    fn numbers_are_written_as_rfc_8785_appendix_b_lists_them() {
        for (bits, text) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(written(f64::from_bits(bits)), text, "{bits:x}");
        }
    }

    #[test]
    fn names_have_the_order_of_their_utf16_code_units() {
        let names = [
            "",
            "a",
            "ab",
            "b",
            "\u{7f}",
            "\u{80}",
            "\u{7ff}",
            "\u{800}",
            "\u{d7ff}",
            "\u{e000}",
            "\u{fffd}",
            "\u{ffff}",
            "\u{10000}",
            "\u{10001}",
            "\u{10ffff}",
            "\u{10ffff}a",
            "\u{10ffff}\u{e000}",
            "\u{e000}\u{10000}",
            "\u{40000}",
        ];
        for a in names {
            for b in names {
                assert_eq!(utf16_order(a, b), a.encode_utf16().cmp(b.encode_utf16()), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn the_two_forms_differ_only_in_numbers() {
        let value = Value::parse(br#"{"b":1.10,"a":[1e2,-0],"\u20ac":"\u000f"}"#).unwrap();
        assert_eq!(jcs(&value).unwrap(), "{\"a\":[100,0],\"b\":1.1,\"€\":\"\\u000f\"}");
        assert_eq!(number_text(&value), "{\"a\":[1e2,-0],\"b\":1.10,\"€\":\"\\u000f\"}");
    }

    #[test]
    fn a_number_out_of_range_is_refused_by_name() {
        let value = Value::parse(br#"{"item":[{"value":1},{"value":1e999}]}"#).unwrap();
        let error = jcs(&value).unwrap_err();
        assert_eq!(error, JcsError::NumberOutOfRange { path: "item.1.value".into() });
        assert_eq!(number_text(&value), r#"{"item":[{"value":1},{"value":1e999}]}"#);
    }
}
