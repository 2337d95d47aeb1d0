//! Other people's programs verify what Attesta signs and refuse what was altered; what they sign, Attesta verifies.
//! `scripts/setup test` installs them (tests/interop/README.md).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bundled;
mod bundles;
mod dss;
mod dss_evidence;
mod fhir_sealed;
mod fhir_validator;
mod fhir_validator_r5;
mod fhirpath_js;
mod fhirpath_suites;
mod filled;
mod forms;
mod hapi;
mod hapi_altered;
mod hapi_check;
mod hapi_killed;
mod hapi_look;
mod hapi_overlap;
mod hapi_tasks;
mod java;
mod jose;
#[cfg(unix)]
mod missing;
mod ocsp;
mod openssl;
mod published;
mod resources;
mod responses;
mod seal_file;
mod sealing;
mod vectors;
mod xml_signatures;
mod xmlsec;

use std::path::Path;
use std::process::{Command, Output};

use attesta_tests::interop::response_signed_by;
use seal::verify::{Aspect, Verdict};

/// What another program signed verifies, and does not when one byte of its signature is another.
#[track_caller]
fn assert_verified(jws: &str, what: &str) {
    let verdict = |token: &str| response_signed_by(token.as_bytes()).verdict(Aspect::Signature);
    assert_eq!(verdict(jws), Verdict::Valid, "{what}: {:?}", response_signed_by(jws.as_bytes()).verdicts);
    let (header, signature) = jws.split_once("..").unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let altered = format!("{header}..{first}{}", &signature[1..]);
    assert_eq!(verdict(&altered), Verdict::Invalid, "{what}, with an altered signature");
}

/// Runs a program in a folder, with files of these names and contents.
fn run(folder: &Path, program: &str, arguments: &[&str], files: &[(&str, &[u8])]) -> Output {
    for (name, content) in files {
        std::fs::write(folder.join(name), content).unwrap();
    }
    Command::new(program).args(arguments).current_dir(folder).output().unwrap()
}
