//! The real keystore: every scenario runs in a process of its own, on a message bus of its own, with a Secret Service
//! of its own (keyring remembers the first state of the keystore that it meets for the whole process).
//!
//! `cargo test --test keystore [PART OF A NAME]`. Needs Linux with `dbus` and `gnome-keyring`, and `libsecret-tools` to
//! look at the keyring from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[cfg(target_os = "linux")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod scenarios;
#[cfg(target_os = "linux")]
mod sessions;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    scenarios::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("the keystore scenarios need a Secret Service and were not run");
}
