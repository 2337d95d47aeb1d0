//! Sessions of their own: a message bus, a keyring, or what is missing of them.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

/// What a scenario's own process is told first.
pub(crate) const INSIDE: &str = "inside";

/// What the scenario finds when it starts.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Session {
    /// A message bus and an unlocked login keyring: an ordinary desktop.
    Unlocked,
    /// A message bus that starts a daemon on demand, but nobody has ever made a keyring.
    NoKeyring,
    /// No message bus at all.
    NoBus,
    /// A message bus whose policy keeps programs from the Secret Service, as a sandbox does.
    Forbidden,
}

/// Runs the scenario of this name in a process of its own, in such a session.
pub(crate) fn run(name: &str, session: Session) -> bool {
    let home = tempfile::TempDir::new().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let myself = std::env::current_exe().unwrap();
    let mut command = match session {
        Session::NoBus => Command::new(&myself),
        Session::Unlocked | Session::NoKeyring => {
            let mut command = Command::new("dbus-run-session");
            command.arg("--").arg(&myself);
            command
        }
        Session::Forbidden => {
            let policy = home.path().join("bus.conf");
            fs::write(&policy, FORBIDDING_BUS).unwrap();
            let mut command = Command::new("dbus-run-session");
            command.arg("--config-file").arg(policy).arg("--").arg(&myself);
            command
        }
    };
    command
        .args([INSIDE, name])
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("TMPDIR", home.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("GNOME_KEYRING_CONTROL")
        .stdin(Stdio::null());
    let output = command.output().expect("dbus-run-session is installed (Debian: dbus)");
    if !output.status.success() {
        // The bus and the daemon are talkative, so what they say is shown only when something failed.
        println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

/// As a desktop's sign-in does: the daemon is started with the person's password.
pub(crate) fn start_unlocked_keyring() {
    let mut daemon = Command::new("gnome-keyring-daemon")
        .args(["--unlock", "--components=secrets", "--daemonize"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("gnome-keyring-daemon is installed (Debian: gnome-keyring)");
    daemon.stdin.take().unwrap().write_all(b"a password\n").unwrap();
    assert!(daemon.wait().unwrap().success());
}

/// A session bus on which nobody may talk to the Secret Service.
const FORBIDDING_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <standard_session_servicedirs/>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <deny send_destination="org.freedesktop.secrets"/>
  </policy>
</busconfig>
"#;

pub(crate) fn lock_keyring() {
    let locked = Command::new("dbus-send")
        .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
        .args(["org.freedesktop.Secret.Service.Lock"])
        .arg("array:objpath:/org/freedesktop/secrets/collection/login")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(locked.success());
}
