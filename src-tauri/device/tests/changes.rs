//! Whoever shows what is on the device is told of what changes, and of nothing when nothing does.

use crate::common;

use std::time::Duration;

use common::delivery::{Deliverer, Looks, PATIENCE, practice_server};
use common::{Bench, frozen};
use device::delivery::{Pause, State, outbox_row_of};
use device::store::Changes;
use jiff::Span;
use practice::faults::{Armed, Fault};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A screen: it looks when it is told, and only then.
struct Screen {
    runtime: Runtime,
    changes: Changes,
}

impl Screen {
    fn is_told_within(&mut self, time: Duration) -> bool {
        let Self { runtime, changes } = self;
        runtime.block_on(async { tokio::time::timeout(time, changes.next()).await }).is_ok()
    }

    fn sees(&mut self, what: &str, mut is: impl FnMut() -> bool) {
        while !is() {
            assert!(self.is_told_within(PATIENCE), "it is not told of {what}");
        }
    }

    /// Whether there is anything that it has not looked at.
    fn is_told(&mut self) -> bool {
        self.is_told_within(Duration::ZERO)
    }
}

#[test]
fn a_delivery_tells_of_itself_and_a_worker_with_nothing_to_do_of_nothing() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
    let mut screen = Screen { runtime: Runtime::new().unwrap(), changes: bench.device().store().changes() };
    let record = frozen(&bench);
    assert!(screen.is_told(), "a signed record");
    // It waits, so that what is told of its delivery is not what is told of the worker's start.
    let too_much = Fault::Refuse { status: 503, retry_after: Some(900) };
    server.faults().set(Armed::new(too_much, 1).for_type("QuestionnaireResponse"));
    let looks = Looks::default();
    let deliverer = Deliverer::with(client, bench.device(), |context| looks.at(context));
    let row = || outbox_row_of(bench.device().store(), &record).unwrap();
    screen.sees("the wait", || row().problem.as_deref() == Some("status-503"));
    // While the server has asked for time, a worker that is woken only looks at the clock.
    (0..3).for_each(|_| looks.wait_for(1, &deliverer.worker));
    screen.is_told();
    bench.clock.advance(Span::new().minutes(16));
    deliverer.worker.wake();
    screen.sees("the delivery", || row().state == State::Done);
    // Otherwise it looks at the clock, asks the store, and looks at the clock again.
    let look = || looks.wait_for(2, &deliverer.worker);
    (0..3).for_each(|_| look());
    screen.is_told();
    for _ in 0..3 {
        look();
        assert!(!screen.is_told(), "there was nothing to do");
    }
    // What is not in the store is told of too.
    bench.clock.advance(Span::new().years(2));
    deliverer.worker.wake();
    assert!(screen.is_told_within(PATIENCE), "it is not told of the pause");
    assert_eq!(deliverer.worker.standing().paused, Some(Pause::CertificateExpired));
}
