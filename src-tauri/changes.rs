//! Telling the page that something is not as it was, so that it asks for what it shows when there is something to ask for.
//! What is said is only that: whoever is not signed in learns nothing.

use std::time::Duration;

use device::store::Changes;

/// The page is told at once, and then at most once in this time, however much is going on.
pub const PAUSE: Duration = Duration::from_secs(1);

/// Tells whoever listens, once at the start (it has looked before it listened), until `send` says that nobody does or the store
/// is closed.
pub async fn tell(mut changes: Changes, pause: Duration, send: impl Fn() -> bool) {
    while send() {
        tokio::time::sleep(pause).await;
        if !changes.next().await {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use device::store::{DatabaseKey, Store, meta};
    use tempfile::TempDir;
    use tokio::task::JoinHandle;

    use super::*;

    const MOMENT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_hours(1);

    fn store(folder: &TempDir) -> Store {
        Store::open(&folder.path().join("test.db"), &DatabaseKey::new([7; 32])).unwrap()
    }

    fn change(store: &Store, value: u32) {
        store.write(move |tx| meta::set(tx, "test", &value.to_string())).unwrap();
    }

    /// A page, and how often it was told.
    fn page(store: &Store, pause: Duration) -> (Arc<AtomicU32>, JoinHandle<()>) {
        let told = Arc::new(AtomicU32::new(0));
        let says = Arc::clone(&told);
        let send = move || {
            says.fetch_add(1, Ordering::SeqCst);
            true
        };
        (told, tokio::spawn(tell(store.changes(), pause, send)))
    }

    async fn until(told: &AtomicU32, wanted: u32) {
        let reached = async {
            while told.load(Ordering::SeqCst) < wanted {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), reached).await.unwrap();
    }

    #[tokio::test]
    async fn the_page_is_told_at_the_start_and_of_each_change_and_of_none_when_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let (told, telling) = page(&store, Duration::ZERO);
        until(&told, 1).await;
        for number in 1..4 {
            change(&store, number);
            until(&told, number + 1).await;
        }
        let mut own = store.changes();
        store.write(|tx| Ok(tx.execute("UPDATE meta SET value = 'x' WHERE name = 'nobody'", [])?)).unwrap();
        store.read(|_| Ok(())).unwrap();
        let nothing = tokio::time::timeout(Duration::ZERO, own.next()).await;
        assert!(nothing.is_err(), "what found nothing to do has changed nothing");
        drop(store);
        telling.await.unwrap();
    }

    #[tokio::test]
    async fn the_page_is_told_once_of_many_changes() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let (told, telling) = page(&store, LONG);
        until(&told, 1).await;
        for number in 0..10 {
            change(&store, number);
            tokio::time::sleep(MOMENT).await;
        }
        assert_eq!(told.load(Ordering::SeqCst), 1, "not before the pause is over");
        telling.abort();
    }
}
