//! What the device does with each keystore.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use device::keystore::{Keystore as _, KeystoreProblem, OsKeystore, SecondProcess, child_main};
use device::store::meta;
use device::{DATABASE, Device, Error, Opening};

use crate::common::{TestAuthority, TestClock, configuration};
use crate::sessions::{INSIDE, Session, lock_keyring, run, start_unlocked_keyring};

const SERVICE: &str = "org.attesta.test";
const CHILD: &str = "read-back";
const HOLD: &str = "hold";

type Scenario = (&'static str, Session, fn());

const SCENARIOS: &[Scenario] = &[
    ("keys_are_made_once_and_found_again", Session::Unlocked, keys_are_made_once_and_found_again),
    ("a_database_without_its_key_is_never_replaced", Session::Unlocked, a_database_without_its_key),
    ("another_key_is_told_apart", Session::Unlocked, another_key_is_told_apart),
    ("an_interrupted_first_start_uses_its_key", Session::Unlocked, an_interrupted_first_start),
    ("a_value_that_is_not_read_back_is_not_used", Session::Unlocked, a_value_that_is_not_read_back),
    ("a_lost_sealing_key_stops_signing_only", Session::Unlocked, a_lost_sealing_key_stops_signing_only),
    (
        "an_interrupted_enrolment_leaves_no_key_behind",
        Session::Unlocked,
        an_interrupted_enrolment_leaves_no_key_behind,
    ),
    ("the_second_instance_is_told", Session::Unlocked, the_second_instance_is_told),
    ("a_locked_keyring_says_so", Session::Unlocked, a_locked_keyring_says_so),
    ("no_keyring_is_not_no_key_yet", Session::NoKeyring, no_keyring_is_not_no_key_yet),
    ("no_bus_is_a_missing_keystore", Session::NoBus, no_bus_is_a_missing_keystore),
    ("a_forbidden_keystore_is_denied", Session::Forbidden, a_forbidden_keystore_is_denied),
];

pub(crate) fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some(CHILD) => child_main(arguments.into_iter().skip(1)),
        Some(HOLD) => hold(Path::new(&arguments[1])),
        Some(INSIDE) => {
            let (_, session, scenario) = *SCENARIOS.iter().find(|one| arguments[1] == one.0).unwrap();
            if session == Session::Unlocked {
                start_unlocked_keyring();
            }
            scenario();
            ExitCode::SUCCESS
        }
        _ => all(&arguments),
    }
}

fn all(arguments: &[OsString]) -> ExitCode {
    let filter = arguments.iter().filter_map(|one| one.to_str()).find(|one| !one.starts_with('-'));
    let mut failed = 0;
    for (name, session, _) in SCENARIOS.iter().filter(|one| one.0.contains(filter.unwrap_or_default())) {
        let outcome = run(name, *session);
        println!("test {name} ... {}", if outcome { "ok" } else { "FAILED" });
        failed += i32::from(!outcome);
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long an answer is awaited that comes, on a machine that may be busy.
const PATIENT: Duration = Duration::from_mins(1);
/// How long one is awaited that never comes.
const BRIEF: Duration = Duration::from_secs(5);

fn keystore() -> OsKeystore {
    keystore_with(std::env::current_exe().unwrap(), PATIENT)
}

fn keystore_with(program: PathBuf, patience: Duration) -> OsKeystore {
    let second_process = SecondProcess { program, arguments: vec![CHILD.into()] };
    OsKeystore::new(SERVICE, patience, second_process)
}

fn briefly() -> OsKeystore {
    keystore_with(std::env::current_exe().unwrap(), BRIEF)
}

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("HOME").unwrap()).join("data")
}

fn open() -> Result<Device, Error> {
    open_with(keystore())
}

fn open_with(keystore: OsKeystore) -> Result<Device, Error> {
    Device::open(Opening {
        data_folder: folder(),
        keystore: Arc::new(keystore),
        configuration: configuration(&folder(), TestAuthority::new().anchor()),
        clock: TestClock::new().clock(),
    })
}

/// The keyring from outside our code: what `secret-tool` finds of an entry.
fn lookup(name: &str) -> Vec<u8> {
    let found =
        Command::new("secret-tool").args(["lookup", "service", SERVICE, "username", name]).output().unwrap();
    found.stdout
}

fn forget(name: &str) {
    let cleared =
        Command::new("secret-tool").args(["clear", "service", SERVICE, "username", name]).status().unwrap();
    assert!(cleared.success());
    assert_eq!(lookup(name), b"");
}

fn database() -> Vec<u8> {
    fs::read(folder().join(DATABASE)).unwrap()
}

fn data_files() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn keys_are_made_once_and_found_again() {
    let device = open().unwrap();
    let identifier = device.identifier().to_owned();
    let key = lookup("database-key");
    assert_eq!(key.len(), 32, "secret-tool finds 32 bytes");
    let authority = TestAuthority::new();
    device.enrol("setup", |request| authority.issue(request)).unwrap();
    let entry = device.certificate().unwrap().unwrap().key_entry;
    assert_eq!(lookup(&entry).len(), 32);
    let signed = seal::Signer::sign(device.sealing_key().unwrap().as_ref(), b"message").unwrap();
    drop(device);

    let device = open().unwrap();
    assert_eq!(device.identifier(), identifier);
    assert_eq!(lookup("database-key"), key, "no second key was made");
    let again = seal::Signer::sign(device.sealing_key().unwrap().as_ref(), b"message").unwrap();
    assert_eq!(again, signed, "RFC 6979: the same key gives the same signature");
}

fn a_database_without_its_key() {
    drop(open().unwrap());
    let before = database();
    forget("database-key");
    let refused = open();
    assert!(matches!(refused, Err(Error::KeyMissing)), "{refused:?}");
    assert_eq!(database(), before, "the database stays as it is");
    assert_eq!(lookup("database-key"), b"", "no new key was made");
}

fn another_key_is_told_apart() {
    drop(open().unwrap());
    let before = database();
    keystore().write("database-key", &[7; 32]).unwrap();
    let refused = open();
    assert!(matches!(refused, Err(Error::KeyWrong)), "{refused:?}");
    keystore().write("database-key", b"too short").unwrap();
    let refused = open();
    assert!(matches!(refused, Err(Error::Keystore(KeystoreProblem::EntryMalformed { .. }))), "{refused:?}");
    assert_eq!(database(), before);
    assert_eq!(lookup("database-key"), b"too short", "the entry stays as it is");
}

fn an_interrupted_first_start() {
    keystore().write("database-key", &[9; 32]).unwrap();
    open().unwrap();
    assert_eq!(lookup("database-key"), [9; 32], "a key without a database is used, not replaced");
}

fn a_value_that_is_not_read_back() {
    for program in ["/bin/true", "/bin/false", "/nonexistent"] {
        let refused = open_with(keystore_with(program.into(), PATIENT));
        assert!(
            matches!(refused, Err(Error::Keystore(KeystoreProblem::NotReadBack(_)))),
            "{program}: {refused:?}"
        );
        assert!(!folder().join(DATABASE).exists(), "{program}: no database is made with such a key");
    }
    open().unwrap();
}

fn a_lost_sealing_key_stops_signing_only() {
    let device = open().unwrap();
    assert!(matches!(device.sealing_key(), Err(Error::NotEnrolled)));
    let authority = TestAuthority::new();
    device.enrol("setup", |request| authority.issue(request)).unwrap();
    device.store().write(|tx| meta::set(tx, "note", "kept")).unwrap();
    let entry = device.certificate().unwrap().unwrap().key_entry;
    drop(device);

    // Another key in its place is as good as none.
    keystore().write(&entry, &[5; 32]).unwrap();
    assert!(matches!(open().unwrap().sealing_key(), Err(Error::SealingKeyMissing)));
    forget(&entry);
    let device = open().unwrap();
    assert!(matches!(device.sealing_key(), Err(Error::SealingKeyMissing)));
    let kept = device.store().read(|connection| meta::value(connection, "note")).unwrap();
    assert_eq!(kept.as_deref(), Some("kept"), "the data is intact");

    let refused = device.enrol("setup", |_| Err(Error::Authority("offline".into())));
    assert!(matches!(refused, Err(Error::Authority(_))));
    device
        .enrol("setup", |request| authority.issue(request))
        .expect("a new enrolment makes a new key and goes on with the one that was begun");
    assert!(device.sealing_key().is_ok());
    assert_ne!(device.certificate().unwrap().unwrap().key_entry, entry);
}

fn an_interrupted_enrolment_leaves_no_key_behind() {
    // The second process fails: as if this one had ended right after writing the key.
    drop(open().unwrap());
    for _ in 0..3 {
        let device = open_with(keystore_with("/bin/false".into(), PATIENT)).unwrap();
        let refused = device.enrol("setup", |_| panic!("nothing is requested for an unproven key"));
        assert!(matches!(refused, Err(Error::Keystore(KeystoreProblem::NotReadBack(_)))), "{refused:?}");
    }
    let authority = TestAuthority::new();
    let device = open().unwrap();
    device.enrol("setup", |request| authority.issue(request)).unwrap();
    let found = Command::new("secret-tool").args(["search", "--all", "service", SERVICE]).output().unwrap();
    let all = [found.stdout, found.stderr].concat();
    let sealing = String::from_utf8_lossy(&all).matches("username = sealing-key-").count();
    assert_eq!(sealing, 1, "the key of the interrupted enrolment was used");
}

/// Another process that has the data folder until its standard input closes.
fn hold(folder: &Path) -> ExitCode {
    let _lock = device::FolderLock::take(folder).unwrap();
    println!("held");
    std::io::stdout().flush().unwrap();
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    ExitCode::SUCCESS
}

fn the_second_instance_is_told() {
    drop(open().unwrap());
    let mut other = Command::new(std::env::current_exe().unwrap())
        .arg(HOLD)
        .arg(folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut held = [0; 5];
    std::io::Read::read_exact(other.stdout.as_mut().unwrap(), &mut held).unwrap();
    let refused = open();
    assert!(matches!(refused, Err(Error::DataFolderInUse)), "{refused:?}");
    // However the first one ends, the folder is free again.
    other.kill().unwrap();
    other.wait().unwrap();
    let device = open().unwrap();
    assert!(matches!(open(), Err(Error::DataFolderInUse)), "nor twice in one process");
    drop(device);
}

fn a_locked_keyring_says_so() {
    drop(open().unwrap());
    let before = database();
    lock_keyring();
    let refused = open_with(briefly()).unwrap_err();
    assert_eq!(refused.code(), "keystore-locked", "{refused}");
    assert_eq!(database(), before);

    // At a first start too: nothing is made, and it is not taken for "no key yet".
    fs::remove_dir_all(folder()).unwrap();
    let refused = open_with(briefly()).unwrap_err();
    assert_eq!(refused.code(), "keystore-locked", "{refused}");
    assert_eq!(data_files(), ["attesta.lock"]);
}

fn no_keyring_is_not_no_key_yet() {
    let refused = open().unwrap_err();
    assert_eq!(refused.code(), "keystore-missing", "{refused}");
    assert_eq!(data_files(), ["attesta.lock"], "nothing is written without a key");
}

fn no_bus_is_a_missing_keystore() {
    let refused = open().unwrap_err();
    assert_eq!(refused.code(), "keystore-missing", "{refused}");
    assert_eq!(data_files(), ["attesta.lock"]);
}

fn a_forbidden_keystore_is_denied() {
    let refused = open().unwrap_err();
    assert_eq!(refused.code(), "keystore-denied", "{refused}");
    assert_eq!(data_files(), ["attesta.lock"]);
}
