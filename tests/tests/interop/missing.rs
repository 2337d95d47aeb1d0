//! A peer that is not there is said by `scripts/setup`, by its tests and at the end of `scripts/test`: never passed over
//! in silence.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use attesta_tests::interop::{folder, sources};

/// Each peer's state, one of its tests, and how the test calls it.
const PEERS: [(&str, &str, &str); 6] = [
    ("openssl", "openssl::openssl_verifies_ours_and_refuses_altered", "OpenSSL's command line"),
    ("python", "jose::jwcrypto_verifies_ours_and_refuses_altered", "jwcrypto"),
    ("node", "jose::jose_verifies_ours_and_refuses_altered", "jose, canonicalize and fhirpath"),
    ("xmlsec1", "xmlsec::xmlsec1_verifies_ours_and_refuses_altered", "xmlsec1"),
    ("java", "xml_signatures::what_dss_signs_as_xades_we_verify", "HL7's validator and DSS"),
    ("server", "hapi::in_r4_a_record_reaches_hapi_fhir_once_and_proven", "HAPI FHIR's server"),
];

/// What the scripts need of any system; no peer, and nothing that could install one.
const TOOLS: [&str; 12] =
    ["bash", "cat", "cut", "dirname", "find", "grep", "mkdir", "rm", "sed", "sha256sum", "sort", "xargs"];

/// A target folder of its own, on a machine with no peers.
struct Bare {
    target: tempfile::TempDir,
}

impl Bare {
    fn new() -> Self {
        // On the same file system, so that the program is linked and not copied.
        let target = tempfile::tempdir_in(folder().parent().unwrap()).unwrap();
        let tools = target.path().join("tools");
        std::fs::create_dir(&tools).unwrap();
        let path = std::env::var_os("PATH").unwrap();
        for tool in TOOLS {
            let found = std::env::split_paths(&path).map(|one| one.join(tool)).find(|one| one.exists());
            symlink(found.unwrap_or_else(|| panic!("there is no {tool}")), tools.join(tool)).unwrap();
        }
        let tests = target.path().join("debug/deps");
        std::fs::create_dir_all(&tests).unwrap();
        std::fs::hard_link(std::env::current_exe().unwrap(), tests.join("interop")).unwrap();
        Self { target }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.target.path().join(name)
    }

    fn script(&self, name: &str, arguments: &[&str]) -> Output {
        let script = sources().join("../../scripts").join(name);
        Command::new(script)
            .args(arguments)
            .env_clear()
            .env("PATH", self.path("tools"))
            .env("HOME", self.target.path())
            .env("CARGO_TARGET_DIR", self.target.path())
            .output()
            .unwrap()
    }

    /// One test of this program, which looks for its peers in this target folder.
    fn test(&self, name: &str) -> Output {
        Command::new(self.path("debug/deps/interop"))
            .args(["--exact", name, "--no-capture"])
            .output()
            .unwrap()
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_peer_that_cannot_be_installed_is_said_everywhere_and_asked_nowhere() {
    let bare = Bare::new();
    for (_, test, _) in PEERS {
        let output = bare.test(test);
        let said = said(&output);
        assert!(!output.status.success(), "nobody tried to install it: {said}");
        assert!(said.contains("run `scripts/setup test` first"), "{said}");
    }

    let output = bare.script("setup", &["peers"]);
    let of_setup = said(&output);
    assert!(output.status.success(), "{of_setup}");
    for (peer, test, name) in PEERS {
        let state = read(&bare.path(&format!("interop/{peer}.state")));
        let reason = state.trim().strip_prefix("missing: there is no ").unwrap_or_else(|| panic!("{state}"));
        assert!(of_setup.contains(&format!("! not available: {peer} (there is no {reason})")), "{of_setup}");
        let output = bare.test(test);
        let said = said(&output);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        assert!(said.contains(&format!("not run: {name} because there is no {reason}")), "{said}");
    }

    let output = bare.script("peers-not-run", &[]);
    let at_the_end = said(&output);
    assert!(output.status.success(), "{at_the_end}");
    assert_eq!(at_the_end.lines().count(), PEERS.len() + 1, "{at_the_end}");
    for (_, _, name) in PEERS {
        assert!(at_the_end.contains(&format!("not run: {name} because there is no ")), "{at_the_end}");
    }
    // With every peer asked there is nothing to say.
    std::fs::remove_file(bare.path("interop/not-run.txt")).unwrap();
    let output = bare.script("peers-not-run", &[]);
    assert!(output.status.success() && said(&output).is_empty());
}
