//! What a patient waits for when signing. A program of its own, so that no other test runs at the same time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::time::Instant;

use common::{Bench, PARTICIPANT, PIN, WORDS};

/// The best of so many: the machine may be busy with something else.
const ROUNDS: usize = 8;

#[test]
fn the_pin_check_takes_under_300_milliseconds_and_freezing_is_measured() {
    let bench = Bench::new();
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let (visit, session) = bench.reviewed();
            let started = Instant::now();
            let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
            let checked = started.elapsed();
            let frozen = bench.device().freeze(&visit.id, &session, act, WORDS).unwrap();
            (checked, frozen.signing, frozen.committing)
        })
        .collect();
    rounds.sort();
    for (checked, signing, committing) in &rounds {
        println!("PIN check {checked:?}, signing {signing:?}, committing {committing:?}");
    }
    assert!(rounds[0].0.as_millis() < 300, "{:?}", rounds[0].0);
}
