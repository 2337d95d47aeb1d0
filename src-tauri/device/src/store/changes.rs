//! Who wants to know that something is not as it was: the screens, which then ask for what they show.

use tokio::sync::watch;

/// Changes of one device, seen by one listener. Many at once are one.
#[derive(Debug)]
pub struct Changes(watch::Receiver<u64>);

impl Changes {
    /// Waits until something has changed since this was last asked, or since the listener began; `false` once the store is
    /// closed.
    pub async fn next(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// Says that something has changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Changed(watch::Sender<u64>);

impl Changed {
    pub(super) fn say(&self) {
        self.0.send_modify(|times| *times = times.wrapping_add(1));
    }

    pub(super) fn listen(&self) -> Changes {
        Changes(self.0.subscribe())
    }
}
