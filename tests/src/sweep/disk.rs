//! A small file system that the device fills, with the real `ENOSPC` of the kernel.

use super::lane::Run;
use super::oracle::Tally;
use super::process::{Ended, Launch, Small, copy_folder};
use super::storage::recovered;

/// What a shell does around the device: the data folder (`$0`) is a file system in memory with its files and room for `$2` KiB
/// more, which after `$3` seconds grows, where that is said; what is on it at the end goes to `$1`.
pub(super) const MOUNTED: &str = r#"set -e
data=$0 kept=$1 room=$2 grows=$3; shift 3
cp -a "$data" "$kept"
mount -t tmpfs -o size=64m tmpfs "$data"
cp -a "$kept/." "$data"
used=$(du -sk "$data" | cut -f1)
mount -o "remount,size=$((used + room))k" "$data"
if [ -n "$grows" ]; then (sleep "$grows"; mount -o remount,size=64m "$data") >/dev/null 2>&1 & fi
status=0; "$@" || status=$?
rm -rf "$kept"; cp -a "$data" "$kept"
exit "$status""#;

/// The disk has room for a little more only, for a while or for good: what was not saved is never said to be, and the drafts
/// are there afterwards.
pub(super) fn fill(run: &mut Run<'_>) -> Tally {
    let room = run.chance.between(0, 120) * 4;
    let grows = run.chance.one_in(3).then(|| run.chance.between(50, 600));
    let small = Small { room, grows, kept: run.home.folder.join("kept") };
    let kept = small.kept.clone();
    let mut process = run.start(&Launch { small: Some(small), ..Launch::default() });
    let ended = run.wait(&mut process);
    process.end();
    copy_folder(&kept, &run.home.data);
    let mut said: Vec<String> = std::mem::take(&mut run.refused);
    match &ended {
        Ended::Failed(code) => said.push(code.clone()),
        Ended::Settled(report) => said.extend(report.held.clone()),
        Ended::Gone => said.push("gone".to_owned()),
    }
    let mut tally = recovered(run, said.is_empty());
    tally.must(said.iter().all(|code| code == "disk-full"), || {
        format!("{room} KiB, growing after {grows:?} ms: {said:?}; {}", run.errors())
    });
    tally
}
