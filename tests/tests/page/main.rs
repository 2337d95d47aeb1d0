//! The app as its page sees it: every command and every journey, without a display.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod adaptive;
mod commands;
mod connection;
mod document;
mod form;
mod notices;
mod page;
mod races;
mod record;
mod report;
mod rescue;
mod roles;
mod set_up;
mod study_mode;
mod terminal;
