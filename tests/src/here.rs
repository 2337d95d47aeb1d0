//! What the machine lets a test do: a container may forbid some of it.

use std::path::Path;
use std::process::{Command, Stdio};

/// What gives a process mounts of its own (`unshare`).
pub const ALONE: [&str; 4] = ["--user", "--map-current-user", "--keep-caps", "--mount"];

/// Whether a file system can be mounted on `folder` by a process with mounts of its own, and if not why.
pub fn may_mount(folder: &Path) -> Result<(), String> {
    let mut mount = Command::new("unshare");
    mount.args(ALONE).args(["mount", "-t", "tmpfs", "none"]).arg(folder);
    tried(mount, "nothing can be mounted here")
}

/// Whether a program does what it is told to here; if not, what that means and its first word on it.
pub fn tried(mut command: Command, otherwise: &str) -> Result<(), String> {
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr);
            Err(format!("{otherwise} ({})", text.lines().next().unwrap_or_default()))
        }
        Err(_) => Err(format!("there is no {}", command.get_program().display())),
    }
}
