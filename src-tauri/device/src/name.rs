//! Names that people type: of accounts and of devices. They are shown, printed and certified.

use crate::Error;

/// Which name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// An account's user name.
    User,
    /// A person's name, as printed.
    DisplayName,
    /// A device's name.
    Device,
    /// Where the server keeps the Device.
    Reference,
}

impl Field {
    /// The stable name of the error about it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::User => "name-user",
            Self::DisplayName => "name-display",
            Self::Device => "name-device",
            Self::Reference => "name-reference",
        }
    }

    /// In the words of an error.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::User => "user name",
            Self::DisplayName => "name of the person",
            Self::Device => "name of the device",
            Self::Reference => "reference of the device",
        }
    }

    /// The most characters that it may have.
    pub(crate) fn longest(self) -> usize {
        if self == Self::Reference { 255 } else { 64 }
    }

    /// `typed` without white space at its ends.
    ///
    /// # Errors
    /// [`Error::Name`] when nothing is left, when it is too long, or has characters that control a screen or turn the
    /// reading direction: two names that look the same would be two.
    pub(crate) fn checked(self, typed: &str) -> Result<String, Error> {
        let name = typed.trim();
        let fits = (1..=self.longest()).contains(&name.chars().count());
        if !fits || name.chars().any(|one| one.is_control() || turns(one)) {
            return Err(Error::Name(self));
        }
        Ok(name.to_owned())
    }
}

/// Marks of the reading direction (Unicode, `Bidi_Control`).
fn turns(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_is_short_and_looks_like_what_it_is() {
        for wrong in ["", "  ", "a\nb", "a\0", "kel\u{202e}rel", "\u{200f}a", "a\u{2066}b", &"n".repeat(65)] {
            for field in [Field::User, Field::DisplayName, Field::Device] {
                let refused = field.checked(wrong);
                assert!(matches!(refused, Err(Error::Name(named)) if named == field), "{wrong:?}");
            }
        }
        assert_eq!(Field::User.checked(" keller ").unwrap(), "keller");
        assert_eq!(Field::DisplayName.checked("د. سمير حداد").unwrap(), "د. سمير حداد");
        assert_eq!(Field::Device.checked(&"ß".repeat(64)).unwrap().chars().count(), 64);
        assert!(Field::Reference.checked(&"r".repeat(255)).is_ok());
        assert!(Field::Reference.checked(&"r".repeat(256)).is_err());
    }
}
