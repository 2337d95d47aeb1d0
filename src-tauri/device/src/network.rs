//! What the operating system says of the network: that a device has got, or lost, an address (ADR 51).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use netwatcher::WatchHandle;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// One change of the network is several notices (the link, its addresses, the routes): they are waited for.
pub const SETTLE: Duration = Duration::from_secs(2);
/// And so far apart are two of them at least: a link that comes and goes must not end every wait.
pub const APART: Duration = Duration::from_secs(15);

/// The watch over the network's addresses. Dropping it ends it.
pub struct Network {
    // It is only kept; the lock makes it one that threads can share.
    _watch: Mutex<WatchHandle>,
    told: AbortHandle,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").finish_non_exhaustive()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.told.abort();
    }
}

impl Network {
    /// Calls `changed` on `runtime` after each change, once for all notices within `settle`, and never twice within `apart`:
    /// what changes meanwhile is told of then. It must not block. `None` where the operating system does not tell: then that
    /// is said once in the log, and all goes on without.
    pub fn watch(
        runtime: &Handle,
        settle: Duration,
        apart: Duration,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Option<Self> {
        let noticed = Arc::new(Notify::new());
        let notify = Arc::clone(&noticed);
        let watch = netwatcher::watch_interfaces_with_callback(move |update| {
            if !update.is_initial {
                notify.notify_one();
            }
        });
        let watch = match watch {
            Ok(watch) => watch,
            Err(error) => {
                tracing::warn!(%error, "the operating system does not tell of the network's changes");
                return None;
            }
        };
        let told = runtime.spawn(tell(noticed, settle, apart, changed)).abort_handle();
        Some(Self { _watch: Mutex::new(watch), told })
    }
}

async fn tell(noticed: Arc<Notify>, settle: Duration, apart: Duration, changed: impl Fn()) {
    loop {
        noticed.notified().await;
        tokio::time::sleep(settle).await;
        changed();
        // A notice that comes meanwhile is kept.
        tokio::time::sleep(apart.saturating_sub(settle)).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const MOMENT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_hours(1);

    /// What is told, and how often it was.
    fn telling(settle: Duration, apart: Duration) -> (Arc<Notify>, Arc<AtomicU32>, AbortHandle) {
        let (noticed, times) = (Arc::new(Notify::new()), Arc::new(AtomicU32::new(0)));
        let count = Arc::clone(&times);
        let changed = move || {
            count.fetch_add(1, Ordering::SeqCst);
        };
        let told = tokio::spawn(tell(Arc::clone(&noticed), settle, apart, changed));
        (noticed, times, told.abort_handle())
    }

    async fn until(times: &AtomicU32, wanted: u32) {
        let reached = async {
            while times.load(Ordering::SeqCst) < wanted {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), reached).await.unwrap();
    }

    #[tokio::test]
    async fn many_notices_are_one_change_and_none_is_lost() {
        let (noticed, times, told) = telling(MOMENT, MOMENT);
        (0..50).for_each(|_| noticed.notify_one());
        until(&times, 1).await;
        noticed.notify_one();
        until(&times, 2).await;
        told.abort();
        let (noticed, times, told) = telling(LONG, LONG);
        noticed.notify_one();
        tokio::time::sleep(MOMENT).await;
        assert_eq!(times.load(Ordering::SeqCst), 0, "they are waited for");
        told.abort();
    }

    #[tokio::test]
    async fn a_link_that_comes_and_goes_is_told_of_at_once_and_then_not_for_a_while() {
        let (noticed, times, told) = telling(Duration::ZERO, LONG);
        noticed.notify_one();
        until(&times, 1).await;
        for _ in 0..3 {
            noticed.notify_one();
            tokio::time::sleep(MOMENT).await;
        }
        assert_eq!(times.load(Ordering::SeqCst), 1);
        told.abort();
    }
}
