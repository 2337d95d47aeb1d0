//! How many records are in flight at once follows what the server keeps up with, as the server itself sees it.

use std::ops::RangeInclusive;
use std::time::Duration;

use attesta_tests::delivery::{Rig, drained, item, wait_for};
use device::delivery::{Contact, State};
use practice::faults::{Armed, Fault, On};

/// More requests than a test makes.
const MANY: u32 = 1_000_000;
/// A server that takes this long for everything: what is in flight at the same time meets there.
const USUAL: u32 = 30;
/// And one that takes so long has too much, where a few at once do not explain it.
const SLOW: u32 = 900;
const RECORDS: usize = 60;

/// Every request of this kind meets this fault from now on; with `times` 0, none.
fn arm(rig: &Rig, fault: Fault, kind: &str, times: u32) {
    rig.server.faults().set(Armed::new(fault, times).for_type(kind).on(On::Any));
}

fn takes(rig: &Rig, milliseconds: u32) {
    arm(rig, Fault::Late { milliseconds }, "*", MANY);
}

/// How many requests have met the lateness that is armed.
fn met(rig: &Rig) -> u32 {
    let armed = rig.server.faults().armed();
    MANY - armed.iter().find(|armed| armed.fault.id() == "late").unwrap().times
}

/// Waits until that many requests in a row have come one after the other.
fn comes_down_to_one(rig: &Rig, requests: u32) {
    let faults = rig.server.faults();
    wait_for(Duration::from_mins(1), || {
        faults.count_overlap_anew();
        let before = met(rig);
        wait_for(Duration::from_mins(1), || (met(rig) >= before + requests).then_some(()));
        (faults.overlap() == 1).then_some(())
    });
}

/// The server sees so many at the same time again, however many records that takes, and everything is delivered.
fn goes_up_again(rig: &Rig, mut records: Vec<String>, wanted: RangeInclusive<u32>, when: &str) {
    rig.server.faults().count_overlap_anew();
    let overlap = || rig.server.faults().overlap();
    wait_for(Duration::from_mins(2), || {
        let few = rig.worker.status().unwrap().active() < 16;
        records.extend((0..16).filter(|_| few).map(|_| rig.freeze()));
        (overlap() >= *wanted.start()).then_some(())
    });
    drained(&rig.worker, Duration::from_mins(2));
    assert!(records.iter().all(|record| item(&rig.store, record).state == State::Done), "{when}");
    assert!(wanted.contains(&overlap()), "{when}: {} at the same time", overlap());
}

#[test]
fn a_server_that_has_too_much_gets_one_at_a_time_and_more_again_once_it_keeps_up() {
    let rig = Rig::new();
    takes(&rig, USUAL);
    for status in [429, 503] {
        let refuse = Fault::Refuse { status, retry_after: None };
        arm(&rig, refuse.clone(), "QuestionnaireResponse", MANY);
        let records: Vec<String> = (0..RECORDS).map(|_| rig.freeze()).collect();
        comes_down_to_one(&rig, 10);
        arm(&rig, refuse, "QuestionnaireResponse", 0);
        goes_up_again(&rig, records, 4..=16, &format!("after HTTP {status}"));
    }
}

#[test]
fn a_server_that_gets_slow_gets_one_at_a_time_and_more_again_once_it_is_quick() {
    let rig = Rig::with(|context| context.contact = Contact::with_at_most(4));
    takes(&rig, USUAL);
    // The first contact asks for the CapabilityStatement too, beside the records.
    let first = rig.freeze();
    drained(&rig.worker, Duration::from_mins(1));
    goes_up_again(&rig, vec![first], 2..=4, "at the start");

    takes(&rig, SLOW);
    let records: Vec<String> = (0..RECORDS).map(|_| rig.freeze()).collect();
    comes_down_to_one(&rig, 3);
    takes(&rig, USUAL);
    goes_up_again(&rig, records, 2..=4, "after slow answers");
}
