//! Where one test works: its own data and export folders, its own session bus and keyring.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::bus::{Bus, Keyring};
use super::running::Running;
use super::window::Window;

/// Everything that one test has to itself. Gone when it is dropped.
#[derive(Debug)]
pub struct Desk {
    bus: Mutex<Bus>,
    /// The window opened last, kept for a picture when the test fails.
    last: Mutex<Option<Arc<Running>>>,
    folder: TempDir,
}

impl Desk {
    /// A desk with nothing on it.
    pub fn new(keyring: Keyring) -> Self {
        assert!(
            std::env::var_os("DISPLAY").is_some(),
            "there is no display: run the desktop tests with scripts/session COMMAND, or with make test"
        );
        let folder = tempfile::Builder::new().prefix("attesta-desk.").tempdir().unwrap();
        let bus = Bus::start(&folder.path().join("session"), keyring);
        Self { bus: Mutex::new(bus), last: Mutex::new(None), folder }
    }

    /// The folder that the program keeps its data in.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("attesta")
    }

    /// The folder that the program exports to.
    pub fn exports(&self) -> PathBuf {
        self.folder.path().join("exports")
    }

    /// The file that the program logs to.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("attesta.log")
    }

    /// A folder for what the test itself needs.
    pub fn scratch(&self) -> PathBuf {
        let scratch = self.folder.path().join("scratch");
        std::fs::create_dir_all(&scratch).unwrap();
        scratch
    }

    /// The variables of this desk's session, for another program that needs its keyring.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.bus.lock().unwrap().environment()
    }

    /// Ends bus and keyring and starts them anew. The secrets stay, unless the keyring is missing.
    pub fn change_keyring(&self, keyring: Keyring) {
        let mut bus = self.bus.lock().unwrap();
        *bus = Bus::start(&self.folder.path().join("session"), keyring);
    }

    /// Starts the program, and waits until its window can be driven.
    pub async fn open(&self) -> Window {
        self.open_with(&self.data()).await
    }

    /// The same for a study, which the device may not have yet.
    pub async fn open_study(&self) -> Window {
        self.start(&["--study"], &self.data()).await
    }

    /// The same with another data folder.
    pub async fn open_with(&self, data: &Path) -> Window {
        self.start(&[], data).await
    }

    async fn start(&self, more: &[&str], data: &Path) -> Window {
        let environment = self.environment();
        let running = Arc::new(Running::start(more, data, &self.exports(), &self.log(), &environment).await);
        self.last.lock().unwrap().replace(Arc::clone(&running));
        Window::new(running)
    }

    pub(super) fn last(&self) -> Option<Arc<Running>> {
        self.last.lock().unwrap().clone()
    }

    /// Ends the program as if the power went: no farewell, no time to write.
    pub async fn kill(&self, window: Window) {
        window.kill_program();
        drop(window);
        let running = self.last.lock().unwrap().take();
        drop(running);
        self.until_free().await;
    }

    /// Closes the program's window.
    pub async fn close(&self, window: Window) {
        window.end_session().await;
        drop(window);
        self.last.lock().unwrap().take();
        self.until_free().await;
    }

    /// Waits until nobody holds a lock in the data folder: it goes with the process, a moment after that is seen no more.
    async fn until_free(&self) {
        let until = Instant::now() + Duration::from_mins(1);
        for lock in ["attesta.lock", "device/attesta.lock"] {
            let Ok(file) = File::open(self.data().join(lock)) else { continue };
            while file.try_lock().is_err() {
                assert!(Instant::now() < until, "the program is gone, and {lock} is still held");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}
