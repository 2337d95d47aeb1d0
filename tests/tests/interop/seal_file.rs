//! `seal-file` itself: what it writes verifies; what it must not sign, it refuses and says why.

use std::process::Command;

use attesta_tests::interop::cli;
use fhir::Value;
use seal::testing;
use seal::verify::{Aspect, Report, Trust, Verdict, verify_bundle, verify_resource};
use serde_json::Value as Json;

use crate::sealing::{Case, Keys, Written, run, seal};

/// What the crate finds in what was written.
fn judged(case: Case, written: &Written) -> Report {
    let keys = Keys::get();
    let (anchors, lists) = (keys.authority.anchors(), keys.authority.crls(&[]));
    let trust = Trust::new(Some(&anchors), testing::days(2)).with_crls(&lists);
    if case.profile == "iehr" {
        let report = verify_bundle(&written.read("bundle").unwrap(), &trust).unwrap();
        // The guide signs the Composition; the answers have no signature of their own here, and are not believed without.
        let refused: Vec<_> = report.refused.iter().map(|one| (one.reference.as_str(), one.code)).collect();
        assert_eq!(refused, [("QuestionnaireResponse/answered", "no-signature")], "{case:?}: {report:?}");
        assert!(
            report.kept[0].covered && report.reports[0].reference.starts_with("Composition/"),
            "{report:?}"
        );
        return report.reports[0].report.clone();
    }
    let provenances: Vec<_> = written.read("provenance").into_iter().collect();
    verify_resource(&written.read("resource").unwrap(), &provenances, &trust)
}

#[test]
fn what_it_writes_verifies_under_every_profile_in_every_format() {
    for case in Case::all() {
        let report = judged(case, &seal(case));
        for aspect in [Aspect::Signature, Aspect::Identity, Aspect::Revocation] {
            assert_eq!(report.verdict(aspect), Verdict::Valid, "{case:?}: {:?}", report.verdicts);
        }
        if matches!(case.profile, "part11" | "base-r5" | "iehr") {
            assert_eq!(report.exit_code(), 0, "{case:?}: {:?}", report.verdicts);
        }
        let token = match case.format {
            "jws" => "jws-compact",
            other => other,
        };
        for signature in &report.signatures {
            assert_eq!(signature.token, Some(token), "{case:?}");
            let algorithm = match (case.format, case.rsa) {
                ("xml", true) => "rsa-sha256",
                ("xml", false) => "ecdsa-sha256",
                _ => "ES256",
            };
            assert_eq!(signature.algorithm, Some(algorithm), "{case:?}");
        }
    }
}

/// The record of `case` as `attesta verify` sees it: the exit status and what it printed.
fn verified(case: Case, written: &Written) -> (Option<i32>, Json) {
    let keys = Keys::get();
    let mut command = Command::new(cli());
    command.args(["verify", "--output", "json", "--at", &testing::days(2).to_string()]);
    command.args(["--fhir", &case.version.to_string(), "--trust"]).arg(keys.path("root.pem"));
    for list in ["0.crl", "1.crl"] {
        command.arg("--crl").arg(keys.path(list));
    }
    let answer = command.args(&written.files).output().unwrap();
    let said = serde_json::from_slice(&answer.stdout).unwrap_or_else(|error| panic!("{error} in {answer:?}"));
    (answer.status.code(), said)
}

#[test]
fn attesta_verify_finds_it_valid_and_altered_invalid() {
    let responses = |case: &Case| matches!(case.profile, "part11" | "base-r5" | "cdex");
    for case in Case::all().into_iter().filter(responses) {
        let written = seal(case);
        let (status, said) = verified(case, &written);
        // The guide's signature covers less than Attesta's own, and says so.
        let expected = if case.profile == "cdex" { 3 } else { 0 };
        assert_eq!(status, Some(expected), "{case:?}: {said}");
        let first = &written.files[0];
        let text = std::fs::read_to_string(first).unwrap();
        let altered = text.replacen("LA6568-5", "LA6571-9", 1);
        assert_ne!(altered, text);
        std::fs::write(first, altered).unwrap();
        let (status, said) = verified(case, &written);
        assert_eq!(status, Some(1), "{case:?}: {said}");
    }
}

#[test]
fn what_it_must_not_sign_it_refuses() {
    let keys = Keys::get();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, resource: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, resource.to_json()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let response = crate::resources::response(fhir::Version::R4);
    let mut unnamed = response.clone();
    unnamed.as_object_mut().unwrap().remove("identifier");
    let (r4, r5) =
        (write("r4.json", &response), write("r5.json", &crate::resources::response(fhir::Version::R5)));
    let unnamed = write("unnamed.json", &unnamed);
    let document = write("document.json", &crate::resources::document());
    let alone = write("alone.json", &fhir::object! { "resourceType" => "Bundle", "type" => "collection" });
    let at = testing::signed_at().to_string();
    let late = testing::days(400).to_string();
    let out = folder.path().join("out");
    let path = |name: &str| keys.path(name).to_str().unwrap().to_owned();
    let try_it = |profile: &str, key: &str, chain: &str, more: &[&str], file: &str| {
        let (key, chain) = (path(&format!("{key}.key.pem")), path(&format!("{chain}.chain.pem")));
        let mut arguments = vec!["--profile", profile, "--key", &key, "--chain", &chain];
        arguments.extend(["--out", out.to_str().unwrap()]);
        arguments.extend(more);
        arguments.push(file);
        let answer = run(&arguments);
        (answer.status.code().unwrap(), String::from_utf8(answer.stderr).unwrap())
    };
    let r4_at = ["--fhir", "R4", "--at", &at];
    let r5_at = ["--fhir", "R5", "--at", &at];
    for (what, (status, said), expected, words) in [
        ("R5 as R4", try_it("part11", "device", "device", &r4_at, &r5), 1, "not a resource of FHIR R4"),
        ("R4 as R5", try_it("part11", "device", "device", &r5_at, &r4), 1, "not a resource of FHIR R5"),
        ("a profile of R4", try_it("cdex", "device", "device", &r5_at, &r5), 2, "not defined for FHIR R5"),
        ("a profile of R5", try_it("base-r5", "device", "device", &r4_at, &r4), 2, "not defined for FHIR R4"),
        ("no identifier", try_it("part11", "device", "device", &r4_at, &unnamed), 1, "identifier"),
        ("another's chain", try_it("part11", "device", "organization", &r4_at, &r4), 1, "for another key"),
        ("an RSA key", try_it("part11", "rsa", "rsa", &r4_at, &r4), 1, "P-256 key"),
        ("no ledger", try_it("gravitate", "device", "device", &r5_at, &document), 2, "--transaction-id"),
        (
            "a response in the ledger",
            try_it("gravitate", "device", "device", &[&r5_at[..], &["--transaction-id", "t"]].concat(), &r5),
            1,
            "signs a Bundle",
        ),
        (
            "a response for transmission",
            try_it("iehr", "organization", "organization", &r4_at, &r4),
            1,
            "Bundle",
        ),
        (
            "nothing to transmit",
            try_it("iehr", "organization", "organization", &r4_at, &alone),
            1,
            "holds no",
        ),
        (
            "a Bundle as XML signature",
            try_it(
                "iehr",
                "organization",
                "organization",
                &[&r4_at[..], &["--format", "xml"]].concat(),
                &alone,
            ),
            2,
            "--format jws",
        ),
        (
            "an expired certificate",
            try_it("part11", "device", "device", &["--fhir", "R4", "--at", &late], &r4),
            1,
            "outside the certificate's validity",
        ),
        ("no file", try_it("part11", "device", "device", &r4_at, "/nowhere"), 2, "cannot be read"),
        ("no profile", try_it("part12", "device", "device", &r4_at, &r4), 2, "part12"),
    ] {
        assert_eq!(status, expected, "{what}: {said}");
        assert!(said.contains(words), "{what}: {said}");
        assert!(!out.exists(), "{what}: something was written");
    }
    let signed = try_it("part11", "device", "device", &r4_at, &r4);
    assert_eq!(signed.0, 0, "{}", signed.1);
    let again = try_it("part11", "device", "device", &r4_at, &r4);
    assert!(again.0 == 2 && again.1.contains("is there already"), "{}", again.1);
    // What is signed already is signed again as it was kept, and not a third time.
    let kept = out.join("resource.json");
    let kept = crate::sealing::read(&kept, fhir::Version::R4);
    std::fs::remove_dir_all(&out).unwrap();
    assert_eq!(try_it("part11", "device", "device", &r4_at, &write("kept.json", &kept)).0, 0);
    assert_eq!(crate::sealing::read(&out.join("resource.json"), fhir::Version::R4), kept);
}
