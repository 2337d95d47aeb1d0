//! A session bus and a Secret Service that belong to one test alone.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// In which condition the program finds the operating system's keystore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// There, and open.
    Unlocked,
    /// There, and locked.
    Locked,
    /// No Secret Service at all.
    Missing,
}

/// The bus, its keyring daemon, and the folders that both use.
#[derive(Debug)]
pub(super) struct Bus {
    folder: PathBuf,
    address: String,
    daemon: Option<Child>,
    keyring: Option<Child>,
}

impl Bus {
    /// Starts the bus, and the keyring in the condition asked for. `folder` keeps the keyring's file: with the same
    /// folder the same secrets are there again.
    pub(super) fn start(folder: &Path, keyring: Keyring) -> Self {
        for name in ["runtime", "data", "config", "cache", "state"] {
            let made = folder.join(name);
            std::fs::create_dir_all(&made).unwrap();
            set_private(&made);
        }
        let mut this = Self {
            folder: folder.to_owned(),
            // Nobody listens there.
            address: format!("unix:path={}", folder.join("runtime/no-bus").display()),
            daemon: None,
            keyring: None,
        };
        let _ = std::fs::remove_file(folder.join("runtime/bus"));
        if keyring != Keyring::Missing {
            this.start_bus(keyring);
            this.start_keyring(keyring);
        }
        this
    }

    /// The variables that a program of this session gets.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        let folder = |name: &str| self.folder.join(name).display().to_string();
        vec![
            ("DBUS_SESSION_BUS_ADDRESS", self.address.clone()),
            ("XDG_RUNTIME_DIR", folder("runtime")),
            ("XDG_DATA_HOME", folder("data")),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_CACHE_HOME", folder("cache")),
            ("XDG_STATE_HOME", folder("state")),
            ("GDK_BACKEND", "x11".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".to_owned()),
            ("TZ", "Europe/Berlin".to_owned()),
            // WebKit's own pictures, in a program built for tests.
            ("ATTESTA_MOCK_CAMERA", "1".to_owned()),
        ]
    }

    /// The bus starts no program by itself, so that nothing outlives the test; only a locked keyring gets the one that
    /// asks for its password.
    fn start_bus(&mut self, keyring: Keyring) {
        let services = if keyring == Keyring::Locked { "<standard_session_servicedirs/>" } else { "" };
        let socket = self.folder.join("runtime/bus");
        let configuration = self.folder.join("bus.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:path={}</listen>{services}<policy context=\"default\">\
             <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
             </policy></busconfig>",
            socket.display()
        );
        std::fs::write(&configuration, text).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon starts (package dbus)");
        let mut line = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line.trim().clone_into(&mut self.address);
        assert!(!self.address.is_empty(), "dbus-daemon told no address");
        self.daemon = Some(daemon);
    }

    fn start_keyring(&mut self, condition: Keyring) {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if condition == Keyring::Unlocked {
            command.arg("--unlock");
        }
        let mut daemon = command
            .envs(self.environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon starts (package gnome-keyring)");
        daemon.stdin.take().unwrap().write_all(b"the password of this test").unwrap();
        self.keyring = Some(daemon);
        let until = Instant::now() + Duration::from_mins(1);
        while !self.has_secret_service() {
            assert!(Instant::now() < until, "the Secret Service did not appear on the session bus");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn has_secret_service(&self) -> bool {
        let asked = Command::new("dbus-send")
            .arg(format!("--bus={}", self.address))
            .args(["--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
            .args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"])
            .output()
            .expect("dbus-send starts (package dbus)");
        String::from_utf8_lossy(&asked.stdout).contains("boolean true")
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        for child in [&mut self.keyring, &mut self.daemon].into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn set_private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}
