//! Every fault of the matrix once or more, in real devices against real servers; `make faults` is the long way.
#![cfg(unix)]

use attesta_tests::interop::report_not_run;
use attesta_tests::sweep::{Along, Outcome, Sweep, Walk, Walked};

#[test]
fn every_fault_ends_with_each_response_once_and_unaltered_or_an_alert() {
    let sweep = Sweep {
        seed: 1,
        runs: 47,
        // By lot a fault may come after the end of its run: then it is injected once more, with another seed. Those that
        // come too late most often do so in nearly half of their runs.
        again: 24,
        fault: Vec::new(),
        lanes: 3,
        seconds: None,
        scratch: None,
        table: None,
        list: false,
    };
    let outcome = sweep.run();
    assert!(outcome.holds(), "{}\n{}", outcome.table(), outcome.failures.join("\n"));
    for (name, reason) in outcome.not_run() {
        report_not_run(&format!("the fault {name}"), reason);
    }
    let not_run: Vec<_> = outcome.not_run().iter().map(|(name, _)| *name).collect();
    let expected: Vec<_> = sweep.names().into_iter().filter(|name| !not_run.contains(name)).collect();
    assert_eq!(outcome.met(), expected, "every fault is met");
}

#[test]
fn a_walk_begins_with_every_kind_of_call_and_goes_far_along_the_long_ones() {
    let walk = |along, every| {
        Walk { along, r5: false, xml: false, put: false, every, place: None, lanes: 3, scratch: None }.run()
    };
    let calls = walk(Along::Calls, 80);
    let set_up = walk(Along::SetUpCalls, 100);
    let power = walk(Along::PowerCuts, 100);
    let set_up_power = walk(Along::SetUpPowerCuts, 100);
    let answers = walk(Along::Answers, 400);
    for (name, reason) in [&calls, &set_up, &power, &set_up_power].into_iter().flat_map(Outcome::not_run) {
        report_not_run(name, reason);
    }
    let traced = calls.not_run().is_empty();
    for outcome in [&calls, &set_up, &power, &set_up_power, &answers] {
        assert!(outcome.holds(), "{}\n{}", outcome.table(), outcome.failures.join("\n"));
        // What another thread does once or twice may have a number that the first one, of the same file, passes before.
        let few = |way: &Walked| way.places.is_some_and(|places| places <= 2);
        for way in outcome.walked.iter().filter(|way| !few(way)) {
            assert!(way.met.contains(&1), "{way}");
        }
    }
    let met = |outcome: &Outcome, wanted: &str, place: u32| {
        let named = outcome.walked.iter().filter(|way| way.name.starts_with(wanted));
        named.filter_map(|way| way.met.last()).any(|last| *last >= place)
    };
    for outcome in [&calls, &set_up] {
        for call in ["pwrite64", "fsync", "ftruncate", "unlink", "write", "openat"] {
            assert!(!traced || met(outcome, &format!("kill at `{call}`"), 1), "{call}");
        }
        // Some hundreds, and a little more or less of them from run to run.
        let long =
            outcome.walked.iter().filter_map(|way| Some((way, way.places.filter(|many| *many > 160)?)));
        let long: Vec<_> = long.collect();
        assert!(!traced || !long.is_empty());
        for (way, places) in long {
            assert!(way.met.last() > Some(&(places / 2)), "{way}");
        }
    }
    assert!(!traced || met(&power, "power cut at `pwrite64`", 201));
    assert!(!traced || met(&set_up_power, "power cut at `pwrite64`", 201));
    // The longest answer, with the signature, has more than 6,000 octets; a place is three of them.
    for end in ["answer ends at octet", "connection is reset at octet"] {
        assert!(met(&answers, end, 5_000 / 3), "{end}");
    }
}
