//! The fault sweep: real devices and real servers as processes, a proxy between them, and every fault of the matrix by lot.
//!
//! A run is one injected fault with its recovery, judged by what the server's store holds. See docs/reliability.md.

mod access;
mod alerting;
mod answers;
mod capture;
mod certificates;
mod chance;
mod clock;
pub mod device_process;
mod disk;
mod exchange;
mod faults;
mod http;
mod keystore;
mod lane;
mod login;
mod network;
mod oracle;
mod outcome;
mod plan;
mod power;
mod process;
mod proofs;
mod proxy;
mod reports;
mod server;
mod standing;
mod storage;
mod strace;
mod sweeping;
mod told;
mod walk;
mod wire;

pub use outcome::Outcome;
pub use sweeping::{Sweep, main};
pub use walk::{Along, Walk, Walked};
