//! Asking the person for a folder or a file, with the operating system's own dialog. The page names neither: what it could name,
//! it could have made up.

use std::path::PathBuf;

use tauri::{AppHandle, Manager as _, Runtime};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};

/// Who asks. Blocks until the person has decided; `None` when nothing was chosen.
pub trait Chooser: Send + Sync {
    /// A folder to write to. `title` is what the dialog is called.
    fn folder(&self, title: &str) -> Option<PathBuf>;
    /// A file to read.
    fn file(&self, title: &str) -> Option<PathBuf>;
}

/// The dialogs of the operating system.
pub(crate) struct SystemDialogs<R: Runtime>(pub(crate) AppHandle<R>);

impl<R: Runtime> SystemDialogs<R> {
    fn dialog(&self, title: &str) -> FileDialogBuilder<R> {
        let dialog = self.0.dialog().file().set_title(title);
        match self.0.get_webview_window("main") {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }
}

impl<R: Runtime> Chooser for SystemDialogs<R> {
    fn folder(&self, title: &str) -> Option<PathBuf> {
        self.dialog(title).blocking_pick_folder().and_then(local)
    }

    fn file(&self, title: &str) -> Option<PathBuf> {
        self.dialog(title).blocking_pick_file().and_then(local)
    }
}

/// On a desktop every choice is a path.
fn local(chosen: FilePath) -> Option<PathBuf> {
    chosen.into_path().ok()
}
