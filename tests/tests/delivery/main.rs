//! Delivery from the device to real servers and its proof, with faults on every side.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod adapting;
mod alerts;
mod documents;
mod echo;
mod faults;
mod kill;
mod kill_put;
mod kill_reports;
mod large;
mod not_modified;
mod profile;
mod put;
mod r5;
mod searches;
mod second_look;
mod signed_searches;
mod sweep;
mod unheard;
mod unread_answers;
