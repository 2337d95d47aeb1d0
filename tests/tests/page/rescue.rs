//! A device whose responses no server has gives them to another one at the terminal, and that one proves them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::page::Page;
use crate::record;
use crate::record::{PASSWORD, signed};
use crate::terminal::{StudyOffice, Terminal};
use fhir::{Value, Version};
use practice::{Seeds, seeds};
use serde_json::json;

/// Names the folder of a device, and that this process is the app on it.
const CHILD: &str = "ATTESTA_TEST_SIGNS_IN";

/// Of the recovery key's file, and of the export that the office encrypts anew.
const OFFICE: &str = "a passphrase that only the office has";
const SITE: &str = "and another one, by telephone";

const STUDY: &str = "urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44";
const OTHER_STUDY: &str = "urn:uuid:70d9c0a4-1f6a-4be1-8f7e-2b6a5f0c9d13";

/// The study's office with its server and its recovery key.
struct Office {
    at: Terminal,
    study: StudyOffice,
    recovery_key: PathBuf,
    policy: serde_json::Value,
}

impl Office {
    fn new() -> Self {
        let at = Terminal::new();
        let study = StudyOffice::new(&at);
        let recovery_key = at.file("recovery-key.jwe");
        let make = ["study", "recovery-key", recovery_key.to_str().unwrap()];
        let refused = at.run(&make, &lines(&[OFFICE, "another"])).unwrap_err();
        assert!(refused.contains("not the same") && !recovery_key.exists(), "{refused}");
        let refused = at.run(&make, &lines(&["short", "short"])).unwrap_err();
        assert!(refused.contains("at least 16") && !recovery_key.exists(), "{refused}");
        let public = at.run(&make, &lines(&[OFFICE, OFFICE])).unwrap();
        let public: serde_json::Value = serde_json::from_str(&public).unwrap();
        assert_eq!(public["crv"], "P-256");
        assert!(public.get("d").is_none(), "the private half is in the file alone");
        assert!(at.run(&make, &lines(&[OFFICE, OFFICE])).is_err(), "a key is never overwritten");
        let policy = json!({ "recoveryKey": public });
        Self { at, study, recovery_key, policy }
    }

    /// A device that is set up for the study and enrolled, with one participant.
    fn device(&self, number: &str, study: &str) -> Terminal {
        let at = Terminal::new();
        let document = self.study.signed(&at, &json!({ "id": study, "policy": self.policy }));
        let said = self.study.set_up_as(&at, &document, number).unwrap();
        let identifier = said.lines().find_map(|line| line.strip_prefix("identifier: ")).unwrap();
        let mut device = seeds::device(identifier, Version::R4);
        device.as_object_mut().unwrap().insert("id", Value::from(format!("device-{number}")));
        self.study.server.plant(&Seeds { devices: vec![device], ..Seeds::default() }).unwrap();
        at.run(&["device", "staff", "--user", "keller", "--name", "Maria Keller"], &lines(&[PASSWORD]))
            .unwrap();
        let request = at.run(&["device", "request"], "").unwrap();
        let chain = at.written("chain.pem", self.study.certified(&request));
        at.run(&["device", "enrol", chain.to_str().unwrap()], "").unwrap();
        let one = ["--id", "014-0027", "--reference", "Patient/patient-014-0027"];
        let by = ["device", "participant", "--by", "keller", "--system", seeds::PARTICIPANT_SYSTEM];
        at.run(&[&by[..], &one[..]].concat(), &lines(&[PASSWORD])).unwrap();
        at
    }

    /// Encrypts an export anew for the site.
    fn recovered(&self, export: &Path, key_passphrase: &str, name: &str) -> Result<PathBuf, String> {
        let to = self.at.file(name);
        let from = ["study", "recover", export.to_str().unwrap()];
        let with = ["--key", self.recovery_key.to_str().unwrap(), "--to", to.to_str().unwrap()];
        let said = self.at.run(&[&from[..], &with[..]].concat(), &lines(&[key_passphrase, SITE, SITE]))?;
        assert!(said.contains("by another way than the file") && !said.contains(SITE), "{said}");
        Ok(to)
    }
}

/// Why it is done.
const REASON: &str = "The battery is swelling.";

/// What is typed, a line each.
fn lines(each: &[&str]) -> String {
    each.iter().flat_map(|line| [line, "\n"]).collect()
}

/// Run by the tests below in a process of its own; by itself it does nothing.
#[test]
fn child_that_signs() {
    if let Some(folder) = std::env::var_os(CHILD) {
        signed(&Page::open_study(Path::new(&folder)));
    }
}

/// Signs as often as that on the device in `folder`, in a process of its own: a device that is off holds no lock.
fn sign_elsewhere(folder: &Path, times: u32) {
    for _ in 0..times {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "rescue::child_that_signs"])
            .env(CHILD, folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && said.contains("1 passed"), "{said}");
    }
}

fn export(at: &Terminal, name: &str) -> PathBuf {
    let file = at.file(name);
    let said = at
        .run(
            &["device", "export", file.to_str().unwrap(), "--by", "keller", "--reason", REASON],
            &lines(&[PASSWORD]),
        )
        .unwrap();
    assert!(said.contains(name) && said.contains("urn:uuid:"), "{said}");
    file
}

fn import(at: &Terminal, file: &Path, passphrase: &str) -> Result<String, String> {
    at.run(
        &["device", "import", file.to_str().unwrap(), "--by", "keller", "--reason", REASON],
        &lines(&[PASSWORD, passphrase]),
    )
}

/// The records of the second device once all are proven.
fn all_proven(page: &Page, staff: &str, wanted: usize) -> Vec<serde_json::Value> {
    let until = Instant::now() + Duration::from_mins(2);
    loop {
        let rows = page.call("records", staff, &json!({})).unwrap()["rows"].as_array().unwrap().clone();
        if rows.len() == wanted && rows.iter().all(|row| row["state"] == "done") {
            return rows;
        }
        assert!(Instant::now() < until, "{rows:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_a_dying_device_owes_is_taken_over_at_a_terminal_and_proven() {
    let office = Office::new();
    let (first, second) = (office.device("014-3", STUDY), office.device("014-4", STUDY));
    office.study.server.close_listener();
    sign_elsewhere(first.folder.path(), 2);
    let refused = first
        .run(&["device", "export", "x.jwe", "--by", "keller", "--reason", REASON], &lines(&["wrong"]))
        .unwrap_err();
    assert!(refused.contains("wrong"), "{refused}");
    let file = export(&first, "dying.jwe");
    let again = ["device", "export", file.to_str().unwrap(), "--by", "keller", "--reason", REASON];
    assert!(first.run(&again, &lines(&[PASSWORD])).is_err(), "an export is never overwritten");

    // The office alone can read it, and encrypts it anew for the site.
    let refused = import(&second, &file, SITE).unwrap_err();
    assert!(refused.contains("study recover"), "{refused}");
    let refused = office.recovered(&file, "not that of the office", "none.jwe").unwrap_err();
    assert!(refused.contains("passphrase is wrong") && !office.at.file("none.jwe").exists(), "{refused}");
    let for_site = office.recovered(&file, OFFICE, "for-014.jwe").unwrap();

    // Whatever is refused is said, and nothing of it is taken over: the import below finds everything new.
    for (what, refused, said) in [
        (
            "another passphrase",
            import(&second, &for_site, "four words of somebody else"),
            "passphrase is wrong",
        ),
        ("a damaged file", import(&second, &damaged(&second, &for_site), SITE), "altered or cut short"),
        ("half a file", import(&second, &cut(&second, &for_site), SITE), "not a whole emergency export"),
        (
            "no export",
            import(&second, &second.written("none.jwe", "nothing"), SITE),
            "not a whole emergency export",
        ),
        ("no file", import(&second, &second.file("missing.jwe"), SITE), "missing.jwe"),
    ] {
        let refused = refused.expect_err(what);
        assert!(refused.contains(said) && !refused.contains(SITE), "{what}: {refused}");
    }
    let other = office.device("014-9", OTHER_STUDY);
    let other = office.recovered(&export(&other, "other.jwe"), OFFICE, "other-014.jwe").unwrap();
    let refused = import(&second, &other, SITE).unwrap_err();
    assert!(refused.contains("belongs to another study"), "{refused}");

    // The process ends in the middle of it, after the last row was written: none of them is there afterwards.
    let arguments = ["device", "import", for_site.to_str().unwrap(), "--by", "keller", "--reason", REASON];
    let point = [("ATTESTA_FAILPOINT", "emergency-before-commit")];
    let killed = second.run_with(&arguments, &lines(&[PASSWORD, SITE]), &point);
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&killed.status), Some(6), "{killed:?}");
    let taken = import(&second, &for_site, SITE).unwrap();
    assert!(
        taken.contains("taken over from Attesta 014-3") && taken.contains("added: 2; here already: 0"),
        "{taken}"
    );
    let again = import(&second, &for_site, SITE).unwrap();
    assert!(again.contains("added: 0; here already: 2"), "{again}");
    let own = import(&first, &for_site, SITE).unwrap();
    assert!(own.contains("added: 0; here already: 2"), "{own}");

    // The second device delivers, and shows who proved what.
    office.study.server.reopen_listener().unwrap();
    let (page, staff) = signed_in(&second);
    let rows = all_proven(&page, &staff, 2);
    pages_and_searches(&page, &staff, &rows);
    for row in rows {
        let one = page.call("record", &staff, &json!({"id": row["id"]})).unwrap();
        let verdicts = one["verdicts"].as_array().unwrap();
        assert!(verdicts.iter().all(|verdict| verdict["verdict"] != "invalid"), "{verdicts:?}");
        let linked = verdicts.iter().find(|verdict| verdict["name"] == "linkage").unwrap();
        assert_eq!(linked["verdict"], "valid", "{linked}");
        assert!(record::text(&linked["reason"]).contains("took the record over"), "{linked}");
        assert!(one["timeline"].to_string().contains("takenOver"), "{}", one["timeline"]);
    }
}

/// The list of these two records comes in pages, and is narrowed down by whoever searches in it.
fn pages_and_searches(page: &Page, staff: &str, rows: &[serde_json::Value]) {
    let asks = |wanted: serde_json::Value| page.call("records", staff, &json!({"wanted": wanted})).unwrap();
    let first = asks(json!({"most": 1}));
    assert_eq!((&first["rows"], &first["total"]), (&json!([rows[0]]), &json!(2)));
    let second = asks(json!({"most": 1, "before": first["next"]}));
    assert_eq!(second["rows"], json!([rows[1]]));
    assert_eq!(asks(json!({"most": 1, "before": second["next"]}))["rows"], json!([]));
    let title = record::text(&rows[0]["questionnaireTitle"]).to_uppercase();
    let target = rows[1]["target"].clone();
    for (wanted, found) in [
        (json!({"search": rows[0]["participant"]}), 2),
        (json!({"search": format!(" {title} ")}), 2),
        (json!({"search": target}), 1),
        (json!({"search": target, "proven": false}), 0),
        (json!({"proven": true}), 2),
        (json!({"search": "nobody"}), 0),
    ] {
        let list = asks(wanted.clone());
        let listed = list["rows"].as_array().unwrap().len();
        assert_eq!((listed, &list["total"], &list["next"]), (found, &json!(found), &json!(null)), "{wanted}");
    }
}

/// The window of a device, and the session of the coordinator at it.
fn signed_in(at: &Terminal) -> (Page, String) {
    let page = Page::open_study(at.folder.path());
    page.call("view", "", &json!({})).unwrap();
    let staff = record::signed_in(&page);
    (page, staff)
}

#[test]
fn staff_export_in_one_window_and_take_over_in_another() {
    let mut office = Office::new();
    office.policy = json!({});
    let (first, second) = (office.device("014-3", STUDY), office.device("014-4", STUDY));
    office.study.server.close_listener();
    sign_elsewhere(first.folder.path(), 1);

    let (page, staff) = signed_in(&first);
    assert_eq!(page.call("device_status", &staff, &json!({})).unwrap()["recoveryKey"], false);
    assert_eq!(page.call("emergency_folder", &staff, &json!({"title": "Folder"})).unwrap(), json!(null));
    let stick = tempfile::tempdir().unwrap();
    page.chooses(stick.path());
    let folder = page.call("emergency_folder", &staff, &json!({"title": "Folder"})).unwrap();
    assert_eq!(folder, json!(stick.path()));
    let order = |password: &str, reason: &str, again: &str| {
        let typed = json!({"passphrase": SITE, "again": again, "drafts": false});
        let mut order = json!({"password": password, "reason": reason});
        order.as_object_mut().unwrap().extend(typed.as_object().unwrap().clone());
        page.call("emergency_export", &staff, &json!({"order": order}))
    };
    assert_eq!(order("wrong", REASON, SITE).unwrap_err(), "sign-in-refused");
    assert_eq!(order(PASSWORD, " ", SITE).unwrap_err(), "reason-missing");
    assert_eq!(order(PASSWORD, REASON, OFFICE).unwrap_err(), "emergency-passphrases-differ");
    assert_eq!(std::fs::read_dir(stick.path()).unwrap().count(), 0, "what is refused writes nothing");
    let made = order(PASSWORD, REASON, SITE).unwrap();
    assert_eq!((&made["records"], &made["recoveryKey"]), (&json!(1), &json!(false)));
    let file = PathBuf::from(record::text(&made["path"]));
    assert_eq!(file.parent(), Some(stick.path()));

    let (page, staff) = signed_in(&second);
    let open = |passphrase: &str| page.call("emergency_open", &staff, &json!({"passphrase": passphrase}));
    assert_eq!(open(SITE).unwrap_err(), "not-found", "nothing was chosen");
    page.chooses(&file);
    assert_eq!(page.call("emergency_file", &staff, &json!({"title": "File"})).unwrap(), json!(file));
    assert_eq!(open("four words of somebody else").unwrap_err(), "emergency-passphrase-wrong");
    let inside = open(SITE).unwrap();
    for (member, value) in [
        ("device", json!("Attesta 014-3")),
        ("study", json!("Anxiety in remission")),
        ("madeBy", json!("keller")),
        ("reason", json!(REASON)),
        ("records", json!(1)),
        ("known", json!(0)),
        ("own", json!(false)),
    ] {
        assert_eq!(inside[member], value, "{member}");
    }
    let take = |export: &serde_json::Value, password: &str| {
        let arguments = json!({"export": export, "password": password, "reason": REASON});
        page.call("emergency_import", &staff, &arguments)
    };
    assert_eq!(take(&inside["export"], "wrong").unwrap_err(), "sign-in-refused");
    assert_eq!(take(&json!("another"), PASSWORD).unwrap_err(), "not-found");
    // What was shown is taken over, whatever the file is by now.
    std::fs::write(&file, "another").unwrap();
    office.study.server.reopen_listener().unwrap();
    let taken = take(&inside["export"], PASSWORD).unwrap();
    assert_eq!((&taken["records"], &taken["known"]), (&json!(1), &json!(0)));
    assert_eq!(take(&inside["export"], PASSWORD).unwrap_err(), "not-found", "once");
    // It is sent without a new start.
    all_proven(&page, &staff, 1);
}

#[test]
fn where_the_study_has_no_key_the_export_is_for_a_passphrase() {
    let mut office = Office::new();
    office.policy = json!({});
    let (first, second) = (office.device("014-3", STUDY), office.device("014-4", STUDY));
    let file = first.file("dying.jwe");
    let export = |typed: &[&str]| {
        first.run(
            &["device", "export", file.to_str().unwrap(), "--by", "keller", "--reason", REASON, "--drafts"],
            &lines(&[&[PASSWORD], typed].concat()),
        )
    };
    assert!(export(&["short", "short"]).unwrap_err().contains("at least 16"));
    assert!(export(&[SITE, OFFICE]).unwrap_err().contains("not the same"));
    assert!(!file.exists());
    assert!(export(&[SITE, SITE]).unwrap().contains("owed: 0"));
    let with_key = ["--key", office.recovery_key.to_str().unwrap()];
    let arguments = ["device", "import", file.to_str().unwrap(), "--by", "keller", "--reason", REASON];
    let refused =
        second.run(&[&arguments[..], &with_key[..]].concat(), &lines(&[PASSWORD, OFFICE])).unwrap_err();
    assert!(refused.contains("passphrase"), "{refused}");
    let refused = import(&second, &file, "").unwrap_err();
    assert!(refused.contains("passphrase"), "{refused}");
    assert!(import(&second, &file, SITE).unwrap().contains("taken over from Attesta 014-3"));
}

/// What a shell does before it runs the program: in a mount namespace of its own, the data folder (`$0`) is what it is on a
/// disk that takes nothing any more.
const READ_ONLY: &str = r#"mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@""#;
const FULL: &str = r#"set -e; kept=$(mktemp -d); cp -a "$0/." "$kept"; mount -t tmpfs -o size=8m tmpfs "$0"
cp -a "$kept/." "$0"; rm -r "$kept"; dd if=/dev/zero of="$0/filled" bs=4096 2>/dev/null || true; exec "$@""#;

#[test]
#[allow(clippy::print_stderr)] // whoever runs the tests has to know
fn a_device_that_cannot_write_exports_to_another_medium_and_says_what_it_could_not_record() {
    let office = Office::new();
    if let Err(reason) = office.at.may_mount() {
        eprintln!("not run: {reason}");
        return;
    }
    let (first, second) = (office.device("014-3", STUDY), office.device("014-4", STUDY));
    office.study.server.close_listener();
    sign_elsewhere(first.folder.path(), 1);
    let stick = tempfile::tempdir().unwrap();
    for (name, disk, code) in [("read-only.jwe", READ_ONLY, "(io)"), ("full.jwe", FULL, "(disk-full)")] {
        let file = stick.path().join(name);
        let export = ["device", "export", file.to_str().unwrap(), "--by", "keller", "--reason", REASON];
        let said = first.run_on(disk, &export, &lines(&[PASSWORD])).unwrap();
        assert!(said.contains("owed: 1;") && said.contains(code), "{name}: {said}");
        let refused = first.run_on(disk, &export, &lines(&["wrong"])).unwrap_err();
        assert!(refused.contains("wrong"), "{name}: {refused}");
        // Nothing can be kept where nothing can be written, and that is said.
        let beside = first.file("data").join("beside.jwe");
        let export = ["device", "export", beside.to_str().unwrap(), "--by", "keller", "--reason", REASON];
        let refused = first.run_on(disk, &export, &lines(&[PASSWORD])).unwrap_err();
        assert!(refused.contains("disk"), "{name}: {refused}");
    }
    let left: Vec<_> = std::fs::read_dir(stick.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the copies are gone: {left:?}");
    // The device itself was not changed by it, and exports as ever once its disk is mended.
    let mended = export(&first, "mended.jwe");
    for (file, added) in
        [(stick.path().join("full.jwe"), 1), (stick.path().join("read-only.jwe"), 0), (mended, 0)]
    {
        let for_site = office.recovered(&file, OFFICE, file.file_name().unwrap().to_str().unwrap()).unwrap();
        let taken = import(&second, &for_site, SITE).unwrap();
        assert!(taken.contains(&format!("added: {added};")), "{taken}");
        assert_eq!(taken.contains("took no entry"), !file.ends_with("mended.jwe"), "{taken}");
    }
}

/// The export with another octet in the middle of what is encrypted.
fn damaged(at: &Terminal, export: &Path) -> PathBuf {
    let mut text = std::fs::read(export).unwrap();
    let middle = text.len() / 2;
    text[middle] = if text[middle] == b'A' { b'B' } else { b'A' };
    at.written("damaged.jwe", text)
}

fn cut(at: &Terminal, export: &Path) -> PathBuf {
    let text = std::fs::read(export).unwrap();
    at.written("half.jwe", &text[..text.len() / 2])
}
