//! A newer document is loaded, and followed at the next start, whole or not at all: on a disk that is full or fails at any
//! write, and in a process that is killed at any of them.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use device::store::audit;
use device::store::form::{self, FormState};
use device::{Device, Error, Unlocked};
use rusqlite::Transaction;

use super::set_up::{Tablet, keller};
use super::*;
use crate::common::{MemoryKeystore, TestClock, limit_pages};

/// Names the folder of a child's device, and that this process is the child.
const CHILD: &str = "ATTESTA_TEST_LOADS_A_STUDY";
/// The child's own name in this file.
const NAME: &str = "study::loading::a_kill_or_an_error_at_any_write_leaves_one_document_whole";
/// Made in the data folder, so that the trace has them: before the loading, after it, and after it was followed.
const MARKS: [&str; 3] = ["loads", "follows", "followed"];
/// The calls by which the database writes.
const CALLS: [&str; 2] = ["pwrite64", "fsync"];
/// So many of the calls of each stage, from the first to the last, are each met by every fault.
const PLACES: usize = 4;

/// A form with value sets in it. `concepts`: how long they are.
fn listed(name: &str, version: u32, concepts: usize) -> Value {
    let concepts: Vec<String> =
        (0..concepts).map(|nth| format!(r#"{{"code":"{nth}","display":"{name} {nth}"}}"#)).collect();
    let resource = format!(
        r##"{{"resourceType":"Questionnaire","id":"{name}","url":"https://study.example/{name}","version":"{version}",
            "language":"en","status":"active","title":"{name}","contained":[{{"resourceType":"ValueSet","id":"scale",
            "status":"active","compose":{{"include":[{{"system":"https://study.example/codes","concept":[{}]}}]}}}}],
            "item":[{{"linkId":"a","type":"choice","text":"How much?","answerValueSet":"#scale"}}]}}"##,
        concepts.join(",")
    );
    let form = questionnaire::import_bytes(resource.as_bytes()).unwrap();
    fhir::object! {
        "canonical" => form.canonical(), "sha256" => form.sha256(), "resource" => Value::parse(resource.as_bytes()).unwrap(),
    }
}

/// One form stays, one is replaced, one is withdrawn, one comes.
fn versions() -> [Value; 2] {
    let version = |number: i32, forms: Vec<Value>| {
        let mut study = with("version", number);
        study.as_object_mut().unwrap().insert("questionnaires", Value::Array(forms));
        study
    };
    let stays = listed("stays", 1, 8);
    [
        version(1, vec![stays.clone(), listed("replaced", 1, 8), listed("goes", 1, 8)]),
        version(2, vec![stays, listed("replaced", 2, 40), listed("comes", 1, 40)]),
    ]
}

/// Each form that the document lists, by its hash.
fn forms_of(study: &Value) -> BTreeMap<String, String> {
    let text = |form: &Value, name: &str| form.str(name).unwrap().to_owned();
    study.list("questionnaires").iter().map(|form| (text(form, "sha256"), text(form, "canonical"))).collect()
}

/// The version in force, where the tables, the audit trail and the document itself say one thing.
fn loaded(device: &Device) -> u32 {
    let (entries, rows) = device
        .store()
        .read(|connection| {
            let mut rows =
                connection.prepare("SELECT version, sha256, document FROM study ORDER BY version")?;
            let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok((audit::all(connection)?, rows.collect::<Result<Vec<(u32, String, String)>, _>>()?))
        })
        .unwrap();
    assert_eq!(audit::first_break(&entries), None);
    let loadings: Vec<_> = entries.iter().filter(|one| one.event == "study.loaded").collect();
    assert_eq!(loadings.len(), rows.len(), "an entry for each document");
    for (loading, (version, sha256, document)) in loadings.iter().zip(&rows) {
        let signed = SignedStudy::read(document.as_bytes()).unwrap();
        assert_eq!((signed.study().version, signed.sha256()), (*version, sha256.as_str()));
        assert_eq!(loading.subject, format!("study/{sha256}"));
        assert!(loading.detail.starts_with(&format!("version {version} by ")), "{}", loading.detail);
    }
    rows.last().unwrap().0
}

/// What is offered, each form whole: as the document has it, value sets included, with its entry in the audit trail.
fn offered(device: &Device) -> BTreeMap<String, String> {
    let (forms, entries) = device
        .store()
        .read(|connection| {
            let mut forms = Vec::new();
            for one in form::all(connection)? {
                let resource = form::resource(connection, &one.id)?;
                forms.push((one, resource));
            }
            Ok((forms, audit::all(connection)?))
        })
        .unwrap();
    let said = |event: &str, id: &str| {
        entries.iter().filter(|one| one.event == event && one.subject == format!("form/{id}")).count()
    };
    for (one, resource) in &forms {
        let kept = questionnaire::import_bytes(resource.as_bytes()).unwrap();
        assert_eq!((kept.sha256(), kept.canonical()), (one.sha256.clone(), one.canonical.clone()));
        assert!(resource.contains("\"ValueSet\""), "{resource}");
        let ended = usize::from(one.state != FormState::Offered);
        assert_eq!((said("form.added", &one.id), said("form.withdrawn", &one.id)), (1, ended));
    }
    let offered = forms.into_iter().filter(|(one, _)| one.state == FormState::Offered);
    offered.map(|(one, _)| (one.sha256, one.canonical)).collect()
}

/// A device at work under the first version.
fn at_work(first: &Value) -> Tablet {
    let tablet = Tablet::new();
    tablet.set_up(&signed(first, 11), &name(11), "014").unwrap().follow_study().unwrap();
    tablet
}

/// What is written next needs pages that the file does not have yet.
fn use_free_pages(device: &Device) {
    let now = "2026-11-21T09:00:00+01:00[Europe/Berlin]".parse().unwrap();
    let free = |tx: &Transaction<'_>| tx.query_row("PRAGMA freelist_count", [], |row| row.get::<_, u32>(0));
    let used = device.store().write(move |tx| {
        while free(tx)? > 0 {
            let (actor, role, event, subject) = ("device", "device", "test.filled", "");
            let detail = &"x".repeat(3000);
            audit::append(tx, &audit::NewEntry { actor, role, event, subject, detail }, &now)?;
        }
        Ok(())
    });
    used.unwrap();
}

#[test]
fn a_disk_that_is_full_at_any_page_leaves_one_document_whole() {
    let [first, second] = versions();
    let tablet = at_work(&first);
    let document = signed(&second, 11);
    let mut device = tablet.open().unwrap();
    use_free_pages(&device);
    let pages: u32 = device
        .store()
        .read(|connection| Ok(connection.query_row("PRAGMA page_count", [], |row| row.get(0))?))
        .unwrap();
    let load =
        |device: &Device| device.load_study(document.as_bytes(), Some("Two forms."), &keller()).map(drop);
    let mut room = pages;
    let mut until_it_fits =
        |device: &Device, change: &dyn Fn(&Device) -> Result<(), Error>, holds: &dyn Fn(&Device)| {
            let mut refusals = 0;
            loop {
                limit_pages(device, Some(room));
                match change(device) {
                    Ok(()) => return refusals,
                    Err(error) => assert!(matches!(error, Error::DiskFull), "{error}"),
                }
                holds(device);
                (refusals, room) = (refusals + 1, room + 1);
            }
        };
    let refusals = until_it_fits(&device, &load, &|device| {
        assert_eq!((loaded(device), offered(device)), (1, forms_of(&first)));
    });
    assert!(refusals > 1, "the document fills more than a page");
    assert_eq!(
        (loaded(&device), offered(&device)),
        (2, forms_of(&first)),
        "it is followed from the next start on"
    );
    drop(device);
    device = tablet.open().unwrap();
    let refusals = until_it_fits(&device, &Device::follow_study, &|device| {
        let all: BTreeMap<_, _> = [forms_of(&first), forms_of(&second)].into_iter().flatten().collect();
        let found = offered(device);
        assert!(loaded(device) == 2 && found.iter().all(|(sha256, _)| all.contains_key(sha256)), "{found:?}");
    });
    assert!(refusals > 1, "the forms fill more than a page");
    assert_eq!(offered(&device), forms_of(&second));
}

/// What is done to one call.
#[derive(Debug, Clone, Copy)]
enum Done {
    Killed,
    Fails(&'static str),
}

/// A stage of the child, and the calls of its store thread in it: their numbers among all of that thread.
struct Stage {
    name: &'static str,
    calls: Vec<(&'static str, usize)>,
}

#[test]
fn a_kill_or_an_error_at_any_write_leaves_one_document_whole() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return child(Path::new(&folder));
    }
    if let Err(reason) = tracing() {
        return not_run(&reason);
    }
    let [first, second] = versions();
    let tablet = at_work(&first);
    let start = tempfile::tempdir().unwrap();
    copy(tablet.folder.path(), start.path());
    let entries = serde_json::to_vec(&*tablet.keystore.entries.lock().unwrap()).unwrap();
    fs::write(start.path().join("entries.json"), entries).unwrap();
    fs::write(start.path().join("second.json"), signed(&second, 11)).unwrap();
    let undisturbed = run(start.path(), None);
    assert_eq!(undisturbed.said, ["loaded", "followed"], "{}", undisturbed.log);
    let mut met = 0;
    for stage in stages(&undisturbed.log) {
        let mut met_here = BTreeMap::new();
        for (call, nth) in &stage.calls {
            for done in [Done::Killed, Done::Fails("ENOSPC"), Done::Fails("EIO")] {
                // Later ones in a row: a disk that is full stays so.
                let inject = match done {
                    Done::Killed => format!("{call}:signal=KILL:when={nth}"),
                    Done::Fails(error) => format!("{call}:error={error}:when={nth}+"),
                };
                let ran = run(start.path(), Some(&inject));
                let is_met = match done {
                    Done::Killed => ran.killed,
                    Done::Fails(_) => ran.log.contains("(INJECTED)"),
                };
                *met_here.entry(format!("{done:?}")).or_insert(0) += u32::from(is_met);
                met += u32::from(is_met);
                ran.holds(&first, &second, &format!("{} {inject}", stage.name));
            }
        }
        // Where in a thread's calls a call stands may differ by one or two from run to run, and the last one may not come.
        assert!(met_here.len() == 3 && met_here.values().all(|met| *met > 0), "{}: {met_here:?}", stage.name);
    }
    assert!(met >= 12, "{met}");
}

/// What came of a child.
struct Ran {
    folder: tempfile::TempDir,
    said: Vec<String>,
    killed: bool,
    log: String,
}

impl Ran {
    /// The next start has one of the two documents whole, and the new one if the child has said so.
    fn holds(&self, first: &Value, second: &Value, when: &str) {
        assert!(
            self.said.iter().all(|said| ["loaded", "followed", "disk-full", "io"].contains(&said.as_str())),
            "{when}: {:?}",
            self.said
        );
        let device = opened(self.folder.path()).unwrap_or_else(|error| panic!("{when}: {error}"));
        let version = loaded(&device);
        assert!(
            version == 2 || !self.said.iter().any(|said| said == "loaded"),
            "{when}: it was said to be loaded"
        );
        let in_force = forms_of(if version == 1 { first } else { second });
        if version == 1 || self.said.iter().any(|said| said == "followed") {
            assert_eq!(offered(&device), in_force, "{when}");
        }
        device.follow_study().unwrap();
        assert_eq!(offered(&device), in_force, "{when}");
    }
}

/// Runs the child over a copy of `start`, with what `strace` does to it.
fn run(start: &Path, inject: Option<&str>) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    copy(start, folder.path());
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new("strace");
    command.args(["-f", "--seccomp-bpf", "-qq", "-o"]).arg(log.path());
    command.args(["-e", "trace=pwrite64,fsync,mkdir"]);
    command.args(inject.iter().flat_map(|inject| ["-e".to_owned(), format!("inject={inject}")]));
    let ended = command
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let said = said.lines().filter_map(|line| Some(line.split_once("says: ")?.1.to_owned())).collect();
    // `strace` ends as what it traced did.
    let killed = ended.status.signal() == Some(9);
    assert!(killed || ended.status.success(), "{inject:?}: {:?} {said:?}", ended.status);
    Ran { folder, said, killed, log: fs::read_to_string(log.path()).unwrap() }
}

/// Loads the document, starts anew and follows it. What the disk refuses ends it, as it ends a start of the app.
// The parent reads what it says.
#[allow(clippy::print_stdout)]
fn child(folder: &Path) {
    let mark = |stage: usize| fs::create_dir(folder.join(MARKS[stage])).unwrap();
    let step = |said: &str, outcome: Result<(), Error>| match outcome {
        Ok(()) => println!("\nsays: {said}"),
        Err(error) => println!("\nsays: {}", error.code()),
    };
    let document = fs::read(folder.join("second.json")).unwrap();
    match opened(folder) {
        Ok(device) => {
            mark(0);
            step("loaded", device.load_study(&document, Some("Two forms."), &keller()).map(drop));
        }
        Err(error) => step("", Err(error)),
    }
    match opened(folder) {
        Ok(device) => {
            mark(1);
            step("followed", device.follow_study());
            mark(2);
        }
        Err(error) => step("", Err(error)),
    }
}

/// Where in the child's log the database is written to: some calls of each stage.
fn stages(log: &str) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut counted: HashMap<(&str, &str), usize> = HashMap::new();
    for line in log.lines() {
        let Some((thread, text)) = line.split_once(' ') else { continue };
        let text = text.trim_start();
        if let Some(mark) =
            MARKS.into_iter().find(|mark| text.starts_with("mkdir(") && text.contains(&format!("/{mark}\"")))
        {
            stages.push(Stage { name: mark, calls: Vec::new() });
        }
        let Some(call) = CALLS.into_iter().find(|call| text.starts_with(&format!("{call}("))) else {
            continue;
        };
        let nth = counted.entry((thread, call)).or_default();
        *nth += 1;
        if let Some(stage) = stages.last_mut() {
            stage.calls.push((call, *nth));
        }
    }
    assert_eq!(stages.len(), MARKS.len(), "{log}");
    stages.pop();
    for stage in &mut stages {
        let last = stage.calls.len().checked_sub(1).unwrap();
        let places: Vec<usize> = (0..PLACES).map(|place| place * last / (PLACES - 1)).collect();
        stage.calls = places.into_iter().map(|place| stage.calls[place]).collect();
        stage.calls.dedup();
    }
    stages
}

fn opened(folder: &Path) -> Result<Device, Error> {
    let entries: HashMap<String, Vec<u8>> =
        serde_json::from_slice(&fs::read(folder.join("entries.json")).unwrap()).unwrap();
    let keystore = MemoryKeystore { entries: Mutex::new(entries), ..MemoryKeystore::default() };
    Unlocked::new(folder, Arc::new(keystore))?.open_study(TestClock::new().clock())
}

fn copy(from: &Path, to: &Path) {
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Whether `strace` is here, and may do this.
fn tracing() -> Result<(), String> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fsync"]);
    strace.args(["-e", "inject=fsync:error=EIO:when=9", "true"]);
    match strace.output() {
        Ok(tried) if tried.status.success() => Ok(()),
        Ok(tried) => Err(String::from_utf8_lossy(&tried.stderr).into_owned()),
        Err(error) => Err(error.to_string()),
    }
}

// As the sweep says it of its rows.
#[allow(clippy::print_stderr)]
fn not_run(reason: &str) {
    eprintln!("not run: strace may not trace here ({reason})");
}
