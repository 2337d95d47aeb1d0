//! The encrypted store against real files: durability, keys, damage.

#![allow(clippy::print_stdout)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use device::Error;
use device::store::{DatabaseKey, Store, audit, meta};
use tempfile::TempDir;

fn key(byte: u8) -> DatabaseKey {
    DatabaseKey::new([byte; 32])
}

fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("attesta.db")
}

fn set(store: &Store, name: &'static str, value: &str) -> Result<(), Error> {
    let value = value.to_owned();
    store.write(move |tx| meta::set(tx, name, &value))
}

fn value(store: &Store, name: &str) -> Option<String> {
    store.read(|connection| meta::value(connection, name)).unwrap()
}

#[test]
fn what_was_written_is_there_after_reopening_and_seen_by_readers_at_once() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    set(&store, "site", "014").unwrap();
    assert_eq!(value(&store, "site").as_deref(), Some("014"), "a reader sees what write() returned for");
    drop(store);
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    assert_eq!(value(&store, "site").as_deref(), Some("014"));
}

#[test]
fn a_failing_change_leaves_no_trace_and_does_not_disturb_the_others_of_its_group() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(Store::open(&database(&folder), &key(1)).unwrap());
    let together = Arc::new(Barrier::new(24));
    let threads: Vec<_> = (0..24)
        .map(|number| {
            let (store, together) = (store.clone(), together.clone());
            std::thread::spawn(move || {
                together.wait();
                store.write(move |tx| {
                    meta::set(tx, &format!("change-{number}"), "done")?;
                    match number % 3 {
                        0 => Err(Error::StaleRevision),
                        1 => panic!("a defect in change {number}"),
                        _ => Ok(number),
                    }
                })
            })
        })
        .collect();
    for (number, thread) in threads.into_iter().enumerate() {
        let result = thread.join().unwrap();
        match number % 3 {
            0 => assert!(matches!(result, Err(Error::StaleRevision)), "its own error comes back"),
            1 => assert!(matches!(result, Err(Error::StorePanicked)), "the store survives a panic"),
            _ => assert_eq!(result.unwrap(), number),
        }
        let kept = value(&store, &format!("change-{number}")).is_some();
        assert_eq!(kept, number % 3 == 2, "change {number} is kept exactly when it succeeded");
    }
}

#[test]
fn changes_that_wait_together_share_a_commit() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(Store::open(&database(&folder), &key(1)).unwrap());
    let (running, started) = std::sync::mpsc::channel();
    let (release, blocked) = std::sync::mpsc::channel();
    let first = {
        let store = store.clone();
        std::thread::spawn(move || {
            store.write(move |_| {
                running.send(()).unwrap();
                blocked.recv().unwrap();
                Ok(())
            })
        })
    };
    // From here on the store thread is busy, and everything else waits in its queue.
    started.recv().unwrap();
    let begun = Arc::new(AtomicU32::new(0));
    let waiting: Vec<_> = (0..8)
        .map(|number| {
            let (store, begun) = (store.clone(), begun.clone());
            std::thread::spawn(move || {
                let reader = store.clone();
                begun.fetch_add(1, Ordering::SeqCst);
                store.write(move |tx| {
                    meta::set(tx, &format!("waiting-{number}"), "done")?;
                    reader.read(|connection| {
                        let committed = "SELECT count(*) FROM meta WHERE name LIKE 'waiting-%'";
                        Ok(connection.query_row(committed, [], |row| row.get::<_, u32>(0))?)
                    })
                })
            })
        })
        .collect();
    while begun.load(Ordering::SeqCst) < 8 {
        std::thread::yield_now();
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(value(&store, "waiting-0"), None, "nothing is visible before its commit");
    release.send(()).unwrap();
    first.join().unwrap().unwrap();
    let before: Vec<u32> = waiting.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect();
    // Two changes that both ran before either was committed were in one group. (A slow machine may make two groups.)
    let together = before.iter().filter(|committed| **committed == 0).count();
    assert!(together > 1, "committed before each change ran: {before:?}");
    assert_eq!(value(&store, "waiting-7").as_deref(), Some("done"));
}

/// Set in the process that is going to be killed: the folder of its database.
const KILLED: &str = "ATTESTA_TEST_KILLED";

#[test]
fn a_killed_process_loses_nothing_that_write_returned_for() {
    if let Some(folder) = std::env::var_os(KILLED) {
        return write_until_killed(Path::new(&folder));
    }
    for acknowledgements in [1, 20, 60] {
        let folder = TempDir::new().unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::a_killed_process_loses_nothing_that_write_returned_for", "--nocapture"])
            .env(KILLED, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let saved = |line: String| line.strip_prefix("saved ").map(str::to_owned);
        let mut names: Vec<String> =
            lines.by_ref().map_while(Result::ok).filter_map(saved).take(acknowledgements).collect();
        process.kill().unwrap();
        process.wait().unwrap();
        // What it still said before the end counts as well.
        names.extend(lines.map_while(Result::ok).filter_map(saved));
        let store = Store::open(&database(&folder), &key(1)).unwrap();
        assert!(names.len() >= acknowledgements);
        for name in names {
            assert_eq!(value(&store, &name).as_deref(), Some("done"), "{name} was lost");
        }
    }
}

/// Four threads that write and say so afterwards, for ever.
fn write_until_killed(folder: &Path) {
    let store = Store::open(&folder.join("attesta.db"), &key(1)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for number in 0.. {
                    let name = format!("{thread}-{number}");
                    let written = name.clone();
                    store.write(move |tx| meta::set(tx, &written, "done")).unwrap();
                    println!("saved {name}");
                }
            });
        }
    });
}

#[test]
fn stores_are_made_opened_and_closed_by_many_threads_at_once() {
    let folder = TempDir::new().unwrap();
    let together = Barrier::new(4);
    std::thread::scope(|scope| {
        for lane in 0..4_u8 {
            let (folder, together) = (&folder, &together);
            scope.spawn(move || {
                for round in 0..12 {
                    let file = folder.path().join(format!("{lane}-{round}.db"));
                    together.wait();
                    drop(Store::open(&file, &key(1)).unwrap());
                    drop(Store::open(&file, &key(1)).unwrap());
                }
            });
        }
    });
}

#[test]
fn another_key_is_told_apart_from_damage_and_the_file_stays_as_it_is() {
    let folder = TempDir::new().unwrap();
    drop(Store::open(&database(&folder), &key(1)).unwrap());
    let before = fs::read(database(&folder)).unwrap();
    assert!(matches!(Store::open(&database(&folder), &key(2)), Err(Error::KeyWrong)));
    assert_eq!(fs::read(database(&folder)).unwrap(), before);
}

#[test]
fn damage_under_a_log_is_repaired_by_it_or_left_as_it_is_with_it() {
    let (folder, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    set(&store, "filler", &"x".repeat(20_000)).unwrap();
    drop(store);
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    set(&store, "name", "kept").unwrap();
    // As a kill leaves it: what was written last is in the log alone.
    let (file, log) = (database(&folder), database(&folder).with_extension("db-wal"));
    let (whole, logged) = (fs::read(&file).unwrap(), fs::read(&log).unwrap());
    assert!(!logged.is_empty());
    let (file, log) = (database(&copy), database(&copy).with_extension("db-wal"));
    let (mut repaired, mut refused) = (0, 0);
    for page in 0..whole.len() / 4096 {
        let mut flipped = whole.clone();
        flipped[page * 4096 + 2000] ^= 0x04;
        fs::write(&file, &flipped).unwrap();
        fs::write(&log, &logged).unwrap();
        match Store::open(&file, &key(1)) {
            Ok(store) => {
                assert_eq!(value(&store, "name").as_deref(), Some("kept"), "page {page}");
                repaired += 1;
            }
            Err(error) => {
                assert!(matches!(error, Error::Damaged), "page {page}: {error:?}");
                let now = (fs::read(&file).unwrap(), fs::read(&log).unwrap());
                assert!(now == (flipped, logged.clone()), "page {page}: the evidence is kept");
                refused += 1;
            }
        }
    }
    assert!(repaired > 0 && refused > 0, "{repaired} repaired, {refused} refused");
}

#[test]
fn a_flipped_bit_in_any_page_or_a_shortened_file_is_damage_and_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    set(&store, "filler", &"x".repeat(20_000)).unwrap();
    drop(store);
    let whole = fs::read(database(&folder)).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages > 5);
    for page in [0, 1, pages / 2, pages - 1] {
        let mut flipped = whole.clone();
        flipped[page * 4096 + 2000] ^= 0x04;
        fs::write(database(&folder), &flipped).unwrap();
        let refused = Store::open(&database(&folder), &key(1));
        assert!(matches!(refused, Err(Error::Damaged)), "page {page}: {refused:?}");
        assert_eq!(fs::read(database(&folder)).unwrap(), flipped, "page {page}: the evidence is kept");
    }
    for length in [0, 10, 4096, whole.len() - 100, whole.len() - 4096] {
        fs::write(database(&folder), &whole[..length]).unwrap();
        let refused = Store::open(&database(&folder), &key(1));
        assert!(matches!(refused, Err(Error::Damaged)), "{length} bytes: {refused:?}");
    }
    fs::write(database(&folder), &whole).unwrap();
    assert!(Store::open(&database(&folder), &key(1)).is_ok());
}

#[test]
fn an_interrupted_creation_is_finished_from_scratch() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("attesta.new"), b"half a database").unwrap();
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    set(&store, "site", "014").unwrap();
    assert!(!folder.path().join("attesta.new").exists());
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    store.write(|tx| Ok(tx.pragma_update(None, "user_version", 9999)?)).unwrap();
    drop(store);
    assert!(matches!(
        Store::open(&database(&folder), &key(1)),
        Err(Error::DatabaseNewer { found: 9999, .. })
    ));
}

#[test]
fn a_full_database_says_so_and_keeps_what_was_there() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    set(&store, "before", "kept").unwrap();
    // SQLite reports its own page limit exactly as it reports a full disk.
    store
        .write(|tx| {
            let pages: u32 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            Ok(tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?)
        })
        .unwrap();
    let refused = set(&store, "large", &"x".repeat(100_000));
    assert!(matches!(refused, Err(Error::DiskFull)), "{refused:?}");
    assert_eq!(value(&store, "before").as_deref(), Some("kept"));
    assert_eq!(value(&store, "large"), None);
    set(&store, "small", "fits").unwrap();
}

#[test]
fn the_audit_trail_is_chained_and_cannot_be_changed_or_deleted() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&database(&folder), &key(1)).unwrap();
    let now: jiff::Zoned = "2026-11-21T09:41:07+01:00[Europe/Berlin]".parse().unwrap();
    for event in ["visit.started", "visit.handedOver", "response.frozen"] {
        let now = now.clone();
        store
            .write(move |tx| {
                let entry = audit::NewEntry {
                    actor: "müller \"m\"",
                    role: "coordinator",
                    event,
                    subject: "visit/1",
                    detail: "tab\there",
                };
                audit::append(tx, &entry, &now)
            })
            .unwrap();
    }
    for statement in [
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit",
    ] {
        let refused = store.write(move |tx| Ok(tx.execute_batch(statement)?));
        assert!(refused.is_err(), "{statement} must be refused");
    }
    let mut entries = store.read(audit::all).unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!(audit::first_break(&entries), None);
    let unhashed = fhir::object! {
        "sequence" => 2_u32, "at" => "2026-11-21T09:41:07.000+01:00", "zone" => "Europe/Berlin", "actor" => "müller \"m\"",
        "role" => "coordinator", "event" => "visit.handedOver", "subject" => "visit/1", "detail" => "tab\there",
        "previous" => entries[0].hash.as_str(),
    };
    let canonical = fhir::canonical::jcs(&unhashed).unwrap();
    assert_eq!(entries[1].hash, sha256_hex(canonical.as_bytes()), "the hash is of the row's RFC 8785 form");
    entries[1].detail = "another".into();
    assert_eq!(audit::first_break(&entries), Some(2));
    entries.remove(1);
    assert_eq!(audit::first_break(&entries), Some(3), "a missing row is found");
}

#[test]
fn nothing_that_was_stored_is_readable_in_the_folder() {
    const CANARY: &str = "canary-7f3a9c51-of-the-patient";
    let folder = TempDir::new().unwrap();
    let store = Store::open(&database(&folder), &key(0xA7)).unwrap();
    set(&store, "note", &CANARY.repeat(400)).unwrap();
    // While the database is open its log and index are there too.
    assert_absent(folder.path(), CANARY.as_bytes());
    assert_absent(folder.path(), &[0xA7; 32]);
    assert_absent(folder.path(), "a7".repeat(32).as_bytes());
    assert_absent(folder.path(), b"CREATE TABLE");
    drop(store);
    assert_absent(folder.path(), CANARY.as_bytes());
}

fn assert_absent(folder: &Path, needle: &[u8]) {
    let mut files = 0;
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let content = fs::read(&file).unwrap();
        assert!(!content.windows(needle.len()).any(|part| part == needle), "found in {}", file.display());
        files += 1;
    }
    assert!(files > 0);
}

fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
