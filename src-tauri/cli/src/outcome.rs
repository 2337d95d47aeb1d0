//! What a command found, and how it is printed.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::error::Error;

/// The exit status. The order is that of severity: of several files, the gravest counts, and nothing is graver than a
/// file that was found to be bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// Valid, equal, usable: 0.
    Good,
    /// Could not be decided: 3.
    Undecided,
    /// The command line is wrong, or a file cannot be read: 2.
    Unusable,
    /// Invalid, different, refused: 1.
    Bad,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Good => 0,
            Status::Bad => 1,
            Status::Unusable => 2,
            Status::Undecided => 3,
        })
    }
}

/// What goes to standard output and standard error.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: Status,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Outcome {
    pub(crate) fn new(status: Status, output: String) -> Self {
        Self { status, output, errors: String::new() }
    }

    pub(crate) fn refusal(error: &Error) -> Self {
        Self { status: error.status(), output: String::new(), errors: format!("error: {error}\n") }
    }

    pub(crate) fn write(&self) -> io::Result<()> {
        io::stderr().lock().write_all(self.errors.as_bytes())?;
        let mut output = io::stdout().lock();
        output.write_all(self.output.as_bytes())?;
        output.flush()
    }
}

/// `text` with control characters and marks that turn the reading direction written as JSON escapes: what a file
/// contains must not drive the terminal or pose as our own words.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_drive_the_terminal() {
        assert_eq!(
            printable("a\u{1b}[2Jb\u{9b}\u{202e}\r\nصداع"),
            "a\\u001b[2Jb\\u009b\\u202e\\u000d\\u000aصداع"
        );
    }

    #[test]
    fn the_gravest_status_is_the_greatest() {
        let mut all = [Status::Unusable, Status::Undecided, Status::Good, Status::Bad];
        all.sort();
        assert_eq!(all, [Status::Good, Status::Undecided, Status::Unusable, Status::Bad]);
    }
}
