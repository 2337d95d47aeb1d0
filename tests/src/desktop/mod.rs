//! The real program in a real window, operated as a person does: by what can be seen and pressed. Nothing here calls the
//! backend; what a page object reports is what the window shows.
// A harness of tests: what cannot be done ends the test, with a message that says what was looked for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::manual_assert,
    clippy::missing_panics_doc,
    clippy::print_stderr
)]

mod barriers;
mod bus;
mod desk;
mod dress;
mod evidence;
mod journey;
mod patient;
mod running;
mod staff;
mod window;
mod words;

pub use bus::Keyring;
pub use desk::Desk;
pub use evidence::{Leaves, flip_each_file, get, leaves};
pub use journey::journey;
pub use patient::{PIN, Patient};
pub use running::{Memory, memory, processor_time, program};
pub use staff::Staff;
pub use window::{PATIENCE, Window};
pub use words::Words;
