//! The device's process and its disk: kills, a full disk, errors, damage, older copies, keys, and a second instance.

use std::fs;
use std::path::Path;

use device::delivery::failpoint;

use super::chance::Chance;
use super::keystore::LOCKED;
use super::lane::{Run, VISITS};
use super::network::{all_signed, finish};
use super::oracle::{Excuse, Tally, judge, judge_alerts};
use super::process::{Ended, Home, Launch, copy_folder};
use super::strace::LOG;
use super::told::Report;

/// How often the thread that writes the store calls `pwrite64` until three responses are delivered.
pub(super) const PWRITES: u64 = 500;
/// How often it calls `fsync` until then.
pub(super) const FSYNCS: u64 = 30;

/// The system calls that write, and how many of each a thread of an undisturbed start makes until it has ended. They were
/// counted with `strace -f` (`when=` counts for each thread alone): 367 to 493, 23 to 31, 12 to 31, 3, and 2 at the end.
const WRITES: [(&str, u64); 5] =
    [("pwrite64", PWRITES), ("fsync", FSYNCS), ("write", 30), ("ftruncate", 3), ("unlink", 2)];

/// The process is killed at a named step, up to three times in a row.
pub(super) fn kill_at_failpoint(run: &mut Run<'_>) -> Tally {
    let enrol = run.chance.one_in(2);
    let mut met = false;
    let probing: &[&str] = if run.speech.put { &failpoint::PROBING } else { &[] };
    let points = [&failpoint::ALL, probing].concat();
    for round in 0..run.chance.between(1, 3) {
        let point = run.chance.pick(&points);
        let nth = run.chance.between(1, u64::from(VISITS));
        let launch = Launch {
            failpoint: Some(format!("{point}:{nth}")),
            enrol: enrol && round == 0,
            ..Launch::default()
        };
        met |= killed(run, &launch);
    }
    recovered(run, !met)
}

/// The process is killed at any of the system calls that write.
pub(super) fn kill_at_system_call(run: &mut Run<'_>) -> Tally {
    let mut met = false;
    for _ in 0..run.chance.between(1, 2) {
        let (call, nth) = position(&mut run.chance);
        let trace = injection(run, &format!("{call}:signal=KILL:when={nth}"));
        met |= killed(run, &Launch { trace: Some(trace), ..Launch::default() });
    }
    recovered(run, !met)
}

/// One of all places of all calls, each as likely as any other: most kills are at writes and flushes, as most calls are.
fn position(chance: &mut Chance) -> (&'static str, u64) {
    let mut nth = chance.between(1, WRITES.iter().map(|(_, most)| most).sum());
    for (call, most) in WRITES {
        if nth <= most {
            return (call, nth);
        }
        nth -= most;
    }
    unreachable!("all places belong to a call")
}

/// The arguments of `strace` for one injection.
pub(super) fn injection(run: &Run<'_>, injection: &str) -> Vec<String> {
    let calls = injection.split(':').next().unwrap_or_default();
    let log = run.home.folder.join(LOG).to_string_lossy().into_owned();
    ["-f", "-o", &log, "-e", &format!("trace={calls}"), "-e", &format!("inject={injection}")]
        .map(str::to_owned)
        .to_vec()
}

/// Whether it was killed: before it stood still, or while it was closed.
pub(super) fn killed(run: &mut Run<'_>, launch: &Launch) -> bool {
    let mut process = run.start(launch);
    let ended = run.wait(&mut process);
    let well = process.end();
    matches!(ended, Ended::Gone) || matches!(ended, Ended::Settled(_)) && !well
}

/// A start without a fault, and everything that must hold then.
pub(super) fn recovered(run: &mut Run<'_>, unmet: bool) -> Tally {
    let (process, report) = run.settled(&Launch::default());
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &report, &Excuse::default());
    tally.unmet = unmet;
    judge_alerts(&mut tally, &report, &[]);
    all_signed(&mut tally, &report);
    finish(run, process, tally)
}

/// The disk refuses to write, or to flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// `ENOSPC` from every write on.
    Full,
    /// `EIO` from one write on.
    Write,
    /// `EIO` from one flush.
    Flush,
}

/// See [`Refusal`]: what was not saved is never said to be, and the drafts are there afterwards.
pub(super) fn refuse(run: &mut Run<'_>, refusal: Refusal) -> Tally {
    let (calls, error, most) = match refusal {
        Refusal::Full => ("pwrite64", "ENOSPC", PWRITES),
        Refusal::Write => ("pwrite64", "EIO", PWRITES),
        Refusal::Flush => ("fsync", "EIO", FSYNCS),
    };
    let first = run.chance.between(1, most);
    // Until the end, or for a while only.
    let when = match run.chance.below(3) {
        0 => format!("{first}"),
        1 => format!("{first}..{}", first + run.chance.between(1, 20)),
        _ => format!("{first}+"),
    };
    let trace = injection(run, &format!("{calls}:error={error}:when={when}"));
    let log = run.home.folder.join(LOG);
    let mut process = run.start(&Launch { trace: Some(trace), ..Launch::default() });
    let ended = run.wait(&mut process);
    let saved = run.saved.len();
    process.end();
    let met = fs::read_to_string(&log).is_ok_and(|log| log.contains("(INJECTED)"));
    let said: &[&str] = if refusal == Refusal::Full { &["disk-full"] } else { &["io", "disk-full"] };
    let mut clear = true;
    for code in &run.refused {
        clear &= said.contains(&code.as_str());
    }
    if let Ended::Failed(code) = &ended {
        clear &= said.contains(&code.as_str());
    }
    let refused = run.refused.clone();
    if let Ended::Settled(report) = &ended {
        clear &= report.held.as_deref().is_none_or(|held| said.contains(&held));
    }
    let mut tally = recovered(run, !met);
    tally.must(clear, || format!("the message is not {said:?}: {refused:?} {ended:?} after {saved}"));
    tally
}

/// A second instance on the same folder, while the first one works.
pub(super) fn two_instances(run: &mut Run<'_>) -> Tally {
    let mut process = run.start(&Launch::default());
    std::thread::sleep(std::time::Duration::from_millis(run.chance.between(0, 150)));
    let mut second = run.start(&Launch::default());
    let one = run.wait(&mut process);
    let other = run.wait(&mut second);
    // Whoever comes first has the folder.
    let (mut process, report, refused) = match (one, other) {
        (Ended::Settled(report), Ended::Failed(code)) => (process, report, code),
        (Ended::Failed(code), Ended::Settled(report)) => (second, report, code),
        ends => panic!("one of two instances works: {ends:?}"),
    };
    let report = if report.items.is_empty() { run.told(&mut process, "report") } else { *report };
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &report, &Excuse::default());
    tally.must(refused == "data-locked", || format!("the second instance is told {refused}"));
    judge_alerts(&mut tally, &report, &[]);
    all_signed(&mut tally, &report);
    finish(run, process, tally)
}

/// One bit of the database is another.
pub(super) fn flip_page(run: &mut Run<'_>) -> Tally {
    stopped_somewhere(run);
    let (file, before) = (run.home.database(), fs::read(run.home.database()).unwrap());
    let mut damaged = before.clone();
    let at = run.chance.below(damaged.len());
    damaged[at] ^= 1 << run.chance.below(8);
    fs::write(&file, &damaged).unwrap();
    let whole = run.home.copy(run.home.folder.join("damaged"));
    let mut process = run.start(&Launch::default());
    let ended = run.wait(&mut process);
    process.end();
    let mut undetected = 0;
    let mut problems = Vec::new();
    match ended {
        Ended::Failed(code) if matches!(code.as_str(), "database-damaged" | "key-wrong") => {
            let log = |home: &Home| fs::read(home.database().with_extension("db-wal")).unwrap_or_default();
            if fs::read(&file).unwrap() != damaged || log(&run.home) != log(&whole) {
                problems.push(format!("a damaged database was changed ({code})"));
            }
            copy_folder(&whole.data, &run.home.data);
            fs::write(&file, &before).unwrap();
        }
        // A page that the log has whole is replaced by it: nothing is lost then, which is judged below.
        Ended::Settled(_) => {}
        other => {
            undetected = 1;
            problems.push(format!("octet {at} of {} was changed: {other:?}; {}", before.len(), run.errors()));
        }
    }
    let mut tally = recovered(run, false);
    tally.undetected += undetected;
    tally.problems.append(&mut problems);
    tally
}

/// An older copy of the whole folder comes back after the newer one delivered.
pub(super) fn restore_older(run: &mut Run<'_>) -> Tally {
    let point = run.chance.pick(&failpoint::ALL);
    // All are signed in the older copy: what only the newer one has is on the server, and cannot be signed twice.
    let launch = Launch { failpoint: Some(format!("{point}:{VISITS}")), ..Launch::default() };
    killed(run, &launch);
    let older = run.home.copy(run.home.folder.join("older"));
    let (mut process, report) = run.settled(&Launch::default());
    process.end();
    let newer: Vec<String> = report.items.iter().map(|item| item.identifier.clone()).collect();
    copy_folder(&older.data, &run.home.data);
    run.proven_twice = true;
    let (process, report) = run.settled(&Launch::default());
    let excuse = Excuse { proven_again: true, ..Excuse::default() };
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &report, &excuse);
    let there = newer.iter().filter(|identifier| !has(&report, identifier)).count();
    tally.must(there == 0, || format!("{there} records are only on the server"));
    judge_alerts(&mut tally, &report, &[]);
    all_signed(&mut tally, &report);
    finish(run, process, tally)
}

fn has(report: &Report, identifier: &str) -> bool {
    report.items.iter().any(|item| item.identifier == identifier)
}

/// An entry of the keystore is gone, or is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The database's is gone.
    DatabaseMissing,
    /// The database's is another.
    DatabaseReplaced,
    /// The sealing key is gone.
    SealingMissing,
}

/// See [`Key`]; afterwards the entry is there again.
pub(super) fn lose_key(run: &mut Run<'_>, key: Key) -> Tally {
    stopped_somewhere(run);
    let saved = run.home.copy(run.home.folder.join("saved"));
    let name = |path: &Path| path.file_name().is_some_and(|name| name == "database-key");
    let entry = fs::read_dir(&run.home.keys)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| match key {
            Key::SealingMissing => path.extension().is_none() && !name(path),
            _ => name(path),
        })
        .expect("the entry is there");
    match key {
        Key::DatabaseReplaced => fs::write(&entry, [7; 32]).unwrap(),
        _ => fs::remove_file(&entry).unwrap(),
    }
    let (saved_before, keys) = (run.saved.len(), fs::read_dir(&run.home.keys).unwrap().count());
    let mut process = run.start(&Launch::default());
    let ended = run.wait(&mut process);
    process.end();
    let mut problems = Vec::new();
    let said = match (&ended, key) {
        (Ended::Failed(code), Key::DatabaseMissing) => code == "key-missing",
        (Ended::Failed(code), Key::DatabaseReplaced) => code == "key-wrong",
        (Ended::Settled(report), Key::SealingMissing) => {
            report.held.as_deref() == Some("no-key")
                && run.refused.iter().all(|code| code == "sealing-key-missing")
                && run.saved.len() == saved_before
        }
        _ => false,
    };
    if !said {
        problems.push(format!("the reason is not said: {ended:?} {:?}", run.refused));
    }
    if fs::read_dir(&run.home.keys).unwrap().count() != keys {
        problems.push("a key was made".to_owned());
    }
    let (now, before) = (fs::read(run.home.database()).unwrap(), fs::read(saved.database()).unwrap());
    if key != Key::SealingMissing && now != before {
        problems.push("a database without its key was changed".to_owned());
    }
    copy_folder(&saved.keys, &run.home.keys);
    let mut tally = recovered(run, false);
    tally.problems.append(&mut problems);
    tally
}

/// The keystore is locked when the device starts, or becomes so while it works; afterwards a person unlocks it.
pub(super) fn lock_keystore(run: &mut Run<'_>) -> Tally {
    if run.chance.one_in(2) {
        stopped_somewhere(run);
    }
    let marker = run.home.keys.join(LOCKED);
    let before = fs::read(run.home.database()).unwrap();
    let at_the_start = run.chance.one_in(2);
    if at_the_start {
        fs::write(&marker, "").unwrap();
    }
    let mut process = run.start(&Launch::default());
    if !at_the_start {
        std::thread::sleep(std::time::Duration::from_millis(run.chance.between(0, 150)));
        fs::write(&marker, "").unwrap();
    }
    let ended = run.wait(&mut process);
    process.end();
    fs::remove_file(&marker).unwrap();
    let said = match &ended {
        Ended::Failed(code) => code == "keystore-locked",
        Ended::Settled(report) => !at_the_start && report.held.as_deref().is_none_or(|held| held == "no-key"),
        Ended::Gone => false,
    } && run.refused.iter().all(|code| code == "keystore-locked");
    let untouched = !at_the_start || fs::read(run.home.database()).unwrap() == before;
    let (met, refused) =
        (at_the_start || !run.refused.is_empty() || !matches!(ended, Ended::Settled(_)), run.refused.clone());
    let mut tally = recovered(run, !met);
    tally.must(said, || format!("the reason is not said: {ended:?} {refused:?}"));
    tally.must(untouched, || "a database was changed without its key".to_owned());
    tally
}

/// A device that has done something: it was killed at any step, or has delivered everything.
fn stopped_somewhere(run: &mut Run<'_>) {
    let point = run.chance.one_in(2).then(|| {
        let point = run.chance.pick(&failpoint::ALL);
        format!("{point}:{}", run.chance.between(1, u64::from(VISITS)))
    });
    killed(run, &Launch { failpoint: point, ..Launch::default() });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kills_are_spread_over_the_places_of_the_calls() {
        let mut chance = Chance::new(1, "kill-at-system-call");
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..20_000 {
            let (call, nth) = position(&mut chance);
            let (_, most) = WRITES.into_iter().find(|(name, _)| *name == call).unwrap();
            assert!((1..=most).contains(&nth), "{call} {nth}");
            *seen.entry((call, nth)).or_insert(0) += 1;
        }
        let places: u64 = WRITES.iter().map(|(_, most)| most).sum();
        assert_eq!(u64::try_from(seen.len()).unwrap(), places, "every place is chosen");
        let most = seen.values().copied().max().unwrap_or_default();
        assert!(most < 100, "no place is chosen {most} times, where 33 are to be expected");
    }
}
