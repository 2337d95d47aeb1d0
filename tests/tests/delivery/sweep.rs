//! Every fault of the matrix once or more, in real devices against real servers; `make faults` is the long way.
#![cfg(unix)]

use attesta_tests::interop::report_not_run;
use attesta_tests::sweep::Sweep;

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
