//! `attesta augment` with a time stamp authority and an OCSP responder that answer, and what `verify` makes of it.

use crate::making;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use fhir::Value;
use making::device;
use practice::testing::answering;
use practice::{Handle, Options, Seeds};
use seal::testing::TestSigner;
use seal::{Activity, Signer as _, export, testing};

/// The authorities, and a folder with a record that a device of theirs sealed just now.
struct Rig {
    server: Handle,
    folder: tempfile::TempDir,
    key: TestSigner,
}

impl Rig {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data_dir, version) = (folder.path().join("server"), fhir::Version::R4);
        let seeds = Seeds::practice(testing::DEVICE_IDENTIFIER, Vec::new(), version);
        let server = practice::Server::start(Options { data_dir, port: 0, seeds, version }).unwrap();
        let key = device::enrolled(&server);
        let write = |name: &str, content: &[u8]| std::fs::write(folder.path().join(name), content).unwrap();
        write("ca.pem", server.anchor_pem().as_bytes());
        write("other.pem", testing::TestAuthority::new(60).root.certificate_pem().as_bytes());
        let (response, provenance) = sealed(&key);
        let [response, provenance] = [response.to_json(), provenance.to_json()];
        write("response.json", response.as_bytes());
        write("provenance.json", provenance.as_bytes());
        let rig = Self { server, folder, key };
        rig.pack("record.zip", None);
        rig
    }

    /// The record as a device exports it, with the evidence that it has gathered.
    fn pack(&self, name: &str, evidence: Option<&[u8]>) {
        let [response, provenance] =
            ["response.json", "provenance.json"].map(|name| std::fs::read(self.file(name)).unwrap());
        let record = export::Record {
            response: &response,
            provenance: Some(&provenance),
            document_reference: None,
            chains: &[self.key.chain()],
            crls: &[],
            audit_trail: b"[]\n",
            evidence,
            taken_over: None,
        };
        let files = export::pack_record(&record, device::now(), "Attesta tests", &self.key).unwrap();
        std::fs::write(self.file(name), making::stored(&files)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_attesta"))
            .current_dir(self.folder.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    fn augment(&self, level: &str, files: &[&str], more: &[&str]) -> Output {
        let tsa = self.address("tsa");
        let fixed = ["augment", "--to", level, "--tsa", &tsa, "--trust", "ca.pem"];
        self.run(&[&fixed[..], files, more].concat())
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.server.port())
    }

    /// The status of `verify`, and the levels and codes in its report.
    fn verify(&self, files: &[&str]) -> (Option<i32>, String) {
        let output = self.run(&[&["verify", "--trust", "ca.pem", "--output", "json"][..], files].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

fn sealed(key: &TestSigner) -> (Value, Value) {
    let at = device::now();
    let response = device::captured(key, at);
    let mut response = testing::returned(&response);
    let meta = fhir::object! { "versionId" => "1", "lastUpdated" => at.to_string() };
    response.as_object_mut().unwrap().insert("meta", meta);
    let target = "QuestionnaireResponse/r1/_history/1";
    let signature =
        seal::persistence(&response, target, &Activity::Create, at, &testing::device(), "Attesta tests", key)
            .unwrap();
    let provenance = seal::provenance(&response, &signature).unwrap();
    (response, provenance)
}

fn assert_status(output: &Output, status: i32) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(status), "{}{}", text(&output.stdout), text(&output.stderr));
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

fn altered(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    // Within the first element of the first signature.
    let index = text.find("etsiU").unwrap() + 400;
    let mut bytes = text.into_bytes();
    bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_record_is_raised_level_by_level_and_verifies_with_its_evidence_beside_it() {
    let rig = Rig::new();
    let before = std::fs::read(rig.file("record.zip")).unwrap();
    let (status, report) = rig.verify(&["record.zip"]);
    assert_eq!((status, count(&report, "\"level\": \"B\"")), (Some(3), 3), "{report}");

    assert_status(&rig.augment("T", &["record.zip"], &[]), 0);
    let (status, report) = rig.verify(&["record.zip"]);
    assert_eq!((status, count(&report, "\"level\": \"T\"")), (Some(3), 3), "{report}");
    let again = rig.augment("T", &["record.zip"], &[]);
    assert_status(&again, 2);
    assert!(String::from_utf8_lossy(&again.stderr).contains("at level T already"));

    let without = rig.augment("LT", &["record.zip"], &[]);
    assert_status(&without, 2);
    assert!(String::from_utf8_lossy(&without.stderr).contains("nothing says whether"));
    let responder = rig.address("ocsp");
    assert_status(&rig.augment("LT", &["record.zip"], &["--ocsp", &responder]), 0);
    let (status, report) = rig.verify(&["record.zip"]);
    assert_eq!((status, count(&report, "\"level\": \"LT\"")), (Some(0), 3), "{report}");

    assert_status(&rig.augment("LTA", &["record.zip"], &["--ocsp", &responder]), 0);
    let (status, report) = rig.verify(&["record.zip"]);
    assert_eq!((status, count(&report, "\"level\": \"LTA\"")), (Some(0), 3), "{report}");
    assert_eq!(std::fs::read(rig.file("record.zip")).unwrap(), before, "the record stays as it is");
    // Evidence in the folder is not a file that nothing can be said about.
    let (_, report) = rig.verify(&["."]);
    assert!(!report.contains("NotVerifiable"), "{report}");

    altered(&rig.file("record.evidence.json"));
    let (status, report) = rig.verify(&["record.zip"]);
    assert_eq!(status, Some(1), "{report}");
}

#[test]
fn loose_resources_take_evidence_too_beside_them_or_named() {
    let rig = Rig::new();
    let responder = rig.address("ocsp");
    let files = ["response.json", "provenance.json"];
    assert_status(&rig.augment("LTA", &files, &["--ocsp", &responder]), 0);
    let (status, report) = rig.verify(&files);
    assert_eq!((status, count(&report, "\"level\": \"LTA\"")), (Some(0), 2), "{report}");
    std::fs::rename(rig.file("response.evidence.json"), rig.file("kept.json")).unwrap();
    assert_eq!(rig.verify(&files).0, Some(3));
    assert_eq!(rig.verify(&["response.json", "provenance.json", "kept.json"]).0, Some(0));
}

#[test]
fn an_authority_that_is_not_trusted_or_does_not_answer_leaves_no_file() {
    let rig = Rig::new();
    let tsa = rig.address("tsa");
    let fixed = ["augment", "record.zip", "--to", "T"];
    for (more, word) in [
        (["--tsa", tsa.as_str(), "--trust", "other.pem"], "does not lead to a trust anchor"),
        (["--tsa", "http://127.0.0.1:9/tsa", "--trust", "ca.pem"], "gave no answer"),
    ] {
        let output = rig.run(&[&fixed[..], &more].concat());
        assert_status(&output, 2);
        assert!(String::from_utf8_lossy(&output.stderr).contains(word), "{output:?}");
        assert!(!rig.file("record.evidence.json").exists());
    }
}

#[test]
fn evidence_is_written_whole_or_not_at_all() {
    let rig = Rig::new();
    // What a run left that was killed is no hindrance.
    std::fs::write(rig.file("record.evidence.json.part"), b"{\"half").unwrap();
    assert_status(&rig.augment("T", &["record.zip"], &[]), 0);
    assert_eq!(rig.verify(&["record.zip"]).0, Some(3), "no list");
    let names = || {
        let entries = std::fs::read_dir(rig.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    assert!(names().contains(&"record.evidence.json".to_owned()));
    assert!(names().iter().all(|name| !name.contains(".part")), "{:?}", names());
    // A name that cannot be taken.
    std::fs::create_dir_all(rig.file("taken.json/full")).unwrap();
    let refused = rig.augment("T", &["response.json", "provenance.json"], &["--out", "taken.json"]);
    assert_status(&refused, 2);
    assert!(names().iter().all(|name| !name.contains(".part")), "{:?}", names());
}

/// Of a device's export the list of files alone has no evidence; what is added lies beside it, and both are read.
#[test]
fn a_record_with_evidence_inside_is_raised_beside_it() {
    let rig = Rig::new();
    let responder = rig.address("ocsp");
    let authorities = ["--ocsp", responder.as_str()];
    assert_status(&rig.augment("LT", &["response.json", "provenance.json"], &authorities), 0);
    let inside = std::fs::read(rig.file("response.evidence.json")).unwrap();
    rig.pack("device.zip", Some(&inside));
    let levels = |files: &[&str]| {
        let (status, report) = rig.verify(files);
        let count = ["B", "T", "LT", "LTA"].map(|level| count(&report, &format!("\"level\": \"{level}\"")));
        (status, count)
    };
    assert_eq!(levels(&["device.zip"]), (Some(3), [1, 0, 2, 0]));
    assert_status(&rig.augment("T", &["device.zip"], &[]), 0);
    assert_eq!(levels(&["device.zip"]), (Some(3), [0, 1, 2, 0]));
    assert_status(&rig.augment("LT", &["device.zip"], &authorities), 0);
    assert_eq!(levels(&["device.zip"]), (Some(0), [0, 0, 3, 0]));
    assert_status(&rig.augment("LTA", &["device.zip"], &authorities), 0);
    assert_eq!(levels(&["device.zip"]), (Some(0), [0, 0, 0, 3]));
    let again = rig.augment("LTA", &["device.zip"], &authorities);
    assert_status(&again, 2);
    assert!(String::from_utf8_lossy(&again.stderr).contains("at level LTA already"), "{again:?}");
    // Named, it counts as much.
    std::fs::rename(rig.file("device.evidence.json"), rig.file("kept.json")).unwrap();
    assert_eq!(levels(&["device.zip"]), (Some(3), [1, 0, 2, 0]));
    assert_eq!(levels(&["device.zip", "kept.json"]), (Some(0), [0, 0, 0, 3]));
}

#[test]
fn unreadable_evidence_beside_is_a_finding_among_all_others() {
    let rig = Rig::new();
    let responder = rig.address("ocsp");
    let loose = ["response.json", "provenance.json"];
    assert_status(&rig.augment("LT", &loose, &["--ocsp", &responder]), 0);
    let inside = std::fs::read(rig.file("response.evidence.json")).unwrap();
    rig.pack("device.zip", Some(&inside));
    for files in [&["record.zip"][..], &["device.zip"], &loose] {
        let beside = rig.file(files[0]).with_extension("evidence.json");
        for content in ["{", "{\"format\": \"attesta-evidence/1\"}"] {
            std::fs::write(&beside, content).unwrap();
            let (status, report) = rig.verify(files);
            assert_eq!((status, count(&report, "evidence-unreadable")), (Some(1), 1), "{files:?}: {report}");
            assert!(count(&report, "\"level\"") >= 2, "each signature has its verdicts: {report}");
        }
    }
}

fn loopback() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn a_responder_that_replays_an_answer_is_refused_and_what_was_stamped_is_kept() {
    let rig = Rig::new();
    let practice = rig.address("ocsp");
    let replayed = answering(loopback(), "application/ocsp-response", move |request| {
        let mut other = request.to_vec();
        // The request ends with its nonce.
        *other.last_mut().unwrap() ^= 1;
        block_on(client::evidence::Fetcher::new().unwrap().ocsp(&practice, &other)).unwrap()
    });
    let output = rig.augment("LT", &["record.zip"], &["--ocsp", &replayed]);
    assert_status(&output, 2);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(count(&text, "does not repeat the nonce"), 3, "{text}");
    let (status, report) = rig.verify(&["record.zip"]);
    assert_eq!((status, count(&report, "\"level\": \"T\"")), (Some(3), 3), "{report}");
}

#[test]
fn what_was_obtained_for_one_signature_is_written_when_another_fails() {
    let rig = Rig::new();
    let (practice, mut asked) = (rig.address("tsa"), 0);
    let once = answering(loopback(), "application/timestamp-reply", move |request| {
        asked += 1;
        if asked == 2 {
            return Vec::new();
        }
        block_on(client::evidence::Fetcher::new().unwrap().time_stamp(&practice, request)).unwrap()
    });
    let arguments = ["augment", "--to", "T", "--tsa", &once, "--trust", "ca.pem", "record.zip"];
    let output = rig.run(&arguments);
    assert_status(&output, 2);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!((count(&text, "level B -> T"), count(&text, "not raised further")), (2, 1), "{text}");
    let levels = |expected: [usize; 2]| {
        let (status, report) = rig.verify(&["record.zip"]);
        let count = ["B", "T"].map(|level| count(&report, &format!("\"level\": \"{level}\"")));
        assert_eq!((status, count, report.contains("evidence-elsewhere")), (Some(3), expected, false));
    };
    levels([1, 2]);
    // The next time only that one is asked for.
    let again = rig.run(&arguments);
    assert_status(&again, 0);
    assert_eq!(count(&String::from_utf8_lossy(&again.stdout), "level B -> T"), 1, "{again:?}");
    levels([0, 3]);
}
