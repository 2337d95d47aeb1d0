//! A device that is set up for the first time, and is disturbed meanwhile.

use std::fs;
use std::sync::Arc;

use device::store::{Store, draft_event};
use questionnaire::Event;

use super::super::lane::{ANCHOR, Run, VISITS, preparing};
use super::super::oracle::Tally;
use super::super::power::{cut_while, with_images};
use super::super::process::{Draft, Launch, Process};
use super::super::storage::recovered;
use super::log;

/// The device of a run is as if it never had been started; what it is to trust is known.
pub(super) fn unprepared(run: &Run<'_>) {
    fs::remove_dir_all(&run.home.data).unwrap();
    for entry in fs::read_dir(&run.home.keys).unwrap() {
        let file = entry.unwrap().path();
        if file.file_name() != Some(ANCHOR.as_ref()) {
            fs::remove_file(file).unwrap();
        }
    }
}

/// It is killed, and set up again.
pub(super) fn killed(run: &mut Run<'_>, launch: &Launch, is_met: impl Fn(&str) -> bool) -> Tally {
    unprepared(run);
    let first = run.disturbed(launch);
    let met = is_met(&log(run));
    again(run, &first, !met)
}

/// Its power is cut at this call, and it is set up again.
pub(super) fn cut(run: &mut Run<'_>, call: &str, nth: u64) -> Tally {
    unprepared(run);
    // An empty folder that is certain to be there: the installation makes it.
    fs::create_dir_all(&run.home.data).unwrap();
    let (first, images) = cut_while(run, preparing(), (call, nth), |_, first, store| lost(first, store));
    with_images(again(run, &first, images.unmet), images)
}

/// The drafts that were said to be stored and are not there.
fn lost(first: &Process, store: &Arc<Store>) -> Result<Vec<String>, device::Error> {
    let mut lost = Vec::new();
    for (visit, Draft { stored, .. }) in &first.drafts {
        let there = store.read(|connection| draft_event::of_visit(connection, visit))?;
        lost.extend(missing(&there, stored));
    }
    Ok(lost)
}

/// It is set up again: it goes on where it was, with every event of a draft that it had said is stored.
fn again(run: &mut Run<'_>, first: &Process, unmet: bool) -> Tally {
    let mut process = run.start(&preparing());
    let ended = run.wait(&mut process);
    assert!(process.end(), "a device cannot be set up again: {ended:?}; {}", run.errors());
    let found = &process.drafts;
    let mut tally = recovered(run, unmet);
    tally.must(found.len() == VISITS as usize, || format!("{} drafts are there", found.len()));
    tally.must(!(first.enrolled && process.enrolled), || {
        "a device that has a certificate got another".to_owned()
    });
    for (visit, Draft { stored, .. }) in &first.drafts {
        let there = found.get(visit).map_or([].as_slice(), |draft| &draft.found);
        tally.miss(missing(there, stored));
    }
    tally
}

/// What is stored first is there first, and as it was; after it there may be what nobody was told of any more.
fn missing(there: &[Event], said: &[Event]) -> Option<String> {
    let same = there.iter().zip(said).take_while(|(there, said)| there == said).count();
    (same < said.len()).then(|| format!("{same} of {} events of a draft are there", said.len()))
}

#[cfg(test)]
mod tests {
    use questionnaire::{Session, instruments};

    use super::*;

    #[test]
    fn a_draft_is_there_when_all_that_was_said_of_it_is_and_as_it_was() {
        let form = questionnaire::import_bytes(instruments::PAIN_DIARY.as_bytes()).unwrap();
        let at = |minute: u32| format!("2026-11-21T09:{minute:02}:00+01:00");
        let (mut session, first) = Session::start(&form, "en", &at(1), "Patient/a").unwrap();
        let second = session.begin(&at(2), "Patient/a").unwrap();
        let other = Event { at: at(3), ..second.clone() };
        let said = [first.clone(), second.clone()];
        assert_eq!(missing(&said, &said), None);
        assert_eq!(missing(&said, &said[..1]), None, "more than was said may be there");
        assert!(missing(&said[..1], &said).is_some() && missing(&[], &said).is_some());
        assert!(missing(&[first, other], &said).is_some(), "it is another one");
    }
}
