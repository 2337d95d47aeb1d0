//! Other people's programs, for the tests in which they check what Attesta signs and Attesta what they sign. See
//! tests/interop/README.md.

mod gate;
mod hapi;
mod lines;
mod material;

use std::io::Write as _;
use std::path::{Path, PathBuf};

pub use gate::Gate;
pub use hapi::Hapi;
pub use lines::Lines;
pub use material::{
    Altered, Key, Sealed, base64, base64url, from_base64, from_base64url, response_signed_and_trusted,
    response_signed_by,
};

/// A program that `scripts/setup test` installs or builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// OpenSSL's command line.
    OpenSsl,
    /// The Python package jwcrypto.
    Jwcrypto,
    /// npm's jose, canonicalize and fhirpath.
    Jose,
    /// xmlsec1.
    Xmlsec,
    /// HL7's validator and the EU's DSS.
    Java,
    /// HAPI FHIR's JPA server.
    Hapi,
}

impl Peer {
    const fn state_name(self) -> &'static str {
        match self {
            Self::OpenSsl => "openssl",
            Self::Jwcrypto => "python",
            Self::Jose => "node",
            Self::Xmlsec => "xmlsec1",
            Self::Java => "java",
            Self::Hapi => "server",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::OpenSsl => "OpenSSL's command line",
            Self::Jwcrypto => "jwcrypto",
            Self::Jose => "jose, canonicalize and fhirpath",
            Self::Xmlsec => "xmlsec1",
            Self::Java => "HL7's validator and DSS",
            Self::Hapi => "HAPI FHIR's server",
        }
    }

    /// Whether the peer can be asked. Where it could not be installed, that is said here and at the end of
    /// `scripts/test`.
    ///
    /// # Panics
    /// When nobody tried to install it: that is no reason to ask nothing.
    pub fn is_ready(self) -> bool {
        let state = folder().join(format!("{}.state", self.state_name()));
        let Ok(text) = std::fs::read_to_string(&state) else {
            panic!("{} is not there: run `scripts/setup test` first", state.display());
        };
        let text = text.trim();
        if text == "ready" {
            return true;
        }
        let reason = text.strip_prefix("missing: ").expect("a state is `ready` or `missing: ` and why");
        report_not_run(self.name(), reason);
        false
    }
}

/// Says that `name` was not asked or read, and why: here and at the end of `scripts/test`.
///
/// # Panics
/// When the list of what was not run cannot be written.
#[expect(clippy::print_stderr, reason = "a peer that is not asked is said, never skipped in silence")]
pub fn report_not_run(name: &str, reason: &str) {
    let line = format!("not run: {name} because {reason}\n");
    eprint!("{line}");
    std::fs::create_dir_all(folder()).expect("target/interop can be made");
    let file = std::fs::OpenOptions::new().create(true).append(true).open(folder().join("not-run.txt"));
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .expect("the list of what was not run is written");
}

/// Where the peers are: `target/interop`.
pub fn folder() -> PathBuf {
    let program = std::env::current_exe().expect("a test knows its own path");
    // target/debug/deps/interop-…
    let target = program.ancestors().nth(3).expect("a test lies in target/debug/deps");
    target.join("interop")
}

/// The program `attesta`: the one that `scripts/test` names, or the one in target/debug.
///
/// # Panics
/// When it was not built.
pub fn cli() -> PathBuf {
    let program = std::env::var_os("ATTESTA_CLI").map_or_else(
        || folder().with_file_name("debug").join(format!("attesta{}", std::env::consts::EXE_SUFFIX)),
        PathBuf::from,
    );
    assert!(program.exists(), "{} is not there: run `cargo build -p attesta-cli` first", program.display());
    program
}

/// The folder tests/interop of the sources.
pub fn sources() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/interop"))
}
