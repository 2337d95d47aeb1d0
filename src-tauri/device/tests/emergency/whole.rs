//! All of an export is taken over, or nothing: also when the process is killed, or the last thing in it does not fit.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use device::emergency::Secret;
use device::store::participant::Participant;
use device::store::{outbox, takeover};
use device::{Configuration, Device, Opening};

use super::PASSPHRASE;
use super::pair::{Pair, REASON};
use crate::common::{self, MemoryKeystore, person};

/// Names the folder of a child's device, and that this process is the child.
const CHILD: &str = "ATTESTA_TEST_TAKES_OVER";
/// The child's own name in this file.
const NAME: &str = "emergency::whole::a_kill_in_the_middle_leaves_all_or_nothing";

const RECORDS: usize = 3;

type Entries = HashMap<String, Vec<u8>>;

#[test]
fn what_does_not_fit_at_the_end_undoes_the_beginning() {
    let pair = Pair::new();
    pair.first.freeze();
    let export = pair.first.export("one.jwe");
    // The second device knows somebody else by that number.
    let other = Participant { reference: "Patient/somebody-else".into(), ..common::participant() };
    pair.second.device().put_participants(vec![other]).unwrap();
    let before = pair.second.everything();
    let refused = pair.second.take(&export.path).unwrap_err();
    assert_eq!(refused.code(), "emergency-contradiction");
    assert_eq!(pair.second.everything(), before);
    let trails = pair.second.device().store().read(|connection| takeover::audit_of_subject(connection, ""));
    assert_eq!(trails.unwrap(), []);
}

#[test]
fn a_kill_in_the_middle_leaves_all_or_nothing() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return child(Path::new(&folder));
    }
    let pair = Pair::new();
    for _ in 0..RECORDS {
        pair.first.freeze();
    }
    let export = pair.first.export("killed.jwe");
    let (folder, keystore, configuration) = pair.second.close();
    std::fs::copy(&export.path, folder.path().join("export.jwe")).unwrap();
    let entries: Entries = keystore.entries.lock().unwrap().clone();
    for (name, content) in [
        ("entries.json", serde_json::to_vec(&entries).unwrap()),
        ("configuration.json", serde_json::to_vec(&configuration).unwrap()),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let taken = || {
        let device = opened(folder.path());
        let found = device
            .store()
            .read(|connection| Ok((outbox::all(connection)?.len(), takeover::all(connection)?.len())));
        found.unwrap()
    };
    assert_eq!(taken(), (0, 0));
    for delay in [0, 40, 160, 640] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line.ends_with("taking over")));
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = taken();
        assert!(found == (0, 0) || found == (RECORDS, 1), "after {delay} ms: {found:?}");
    }
    // Whatever the kills left, the import goes on from there.
    let device = opened(folder.path());
    take(&device, &folder.path().join("export.jwe"));
    drop(device);
    assert_eq!(taken(), (RECORDS, 1));
}

// The parent waits for it.
#[allow(clippy::print_stdout)]
fn child(folder: &Path) {
    let device = opened(folder);
    println!("taking over");
    take(&device, &folder.join("export.jwe"));
}

fn take(device: &Device, export: &Path) {
    let file = std::fs::read(export).unwrap();
    let opened = device.open_emergency(&file, Secret::Passphrase(PASSPHRASE)).unwrap();
    device.take_over(&opened, REASON, &person("anna")).unwrap();
}

fn opened(folder: &Path) -> Device {
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let entries: Entries = serde_json::from_slice(&read("entries.json")).unwrap();
    let configuration: Configuration = serde_json::from_slice(&read("configuration.json")).unwrap();
    let keystore = MemoryKeystore { entries: Mutex::new(entries), ..MemoryKeystore::default() };
    Device::open(Opening {
        data_folder: folder.to_path_buf(),
        keystore: Arc::new(keystore),
        configuration,
        clock: device::clock::system(),
    })
    .unwrap()
}
