//! Other people's programs verify what Attesta signs and refuse what was altered; what they sign, Attesta verifies.
//! `scripts/setup test` installs them (tests/interop/README.md).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "interop/bundles.rs"]
mod bundles;
#[path = "interop/dss.rs"]
mod dss;
#[path = "interop/dss_evidence.rs"]
mod dss_evidence;
#[path = "interop/fhir_sealed.rs"]
mod fhir_sealed;
#[path = "interop/fhir.rs"]
mod fhir_validator;
#[path = "interop/fhir_r5.rs"]
mod fhir_validator_r5;
#[path = "interop/fhirpath.rs"]
mod fhirpath_js;
#[path = "interop/fhirpath_suites.rs"]
mod fhirpath_suites;
#[path = "interop/filled.rs"]
mod filled;
#[path = "interop/hapi.rs"]
mod hapi;
#[path = "interop/hapi_tasks.rs"]
mod hapi_tasks;
#[path = "interop/java.rs"]
mod java;
#[path = "interop/jose.rs"]
mod jose;
#[cfg(unix)]
#[path = "interop/missing.rs"]
mod missing;
#[path = "interop/ocsp.rs"]
mod ocsp;
#[path = "interop/openssl.rs"]
mod openssl;
#[path = "interop/published.rs"]
mod published;
#[path = "interop/resources.rs"]
mod resources;
#[path = "interop/responses.rs"]
mod responses;
#[path = "interop/seal_file.rs"]
mod seal_file;
#[path = "interop/sealing.rs"]
mod sealing;
#[path = "interop/xml_signatures.rs"]
mod xml_signatures;
#[path = "interop/xmlsec.rs"]
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
