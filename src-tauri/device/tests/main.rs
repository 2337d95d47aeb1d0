//! The tests of this crate from outside, in one program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod assigned_value_sets;
mod assignment;
mod capture;
mod cdex;
mod changes;
mod common;
mod connection;
mod connection_needs;
mod emergency;
mod endpoints;
mod evidence;
mod export;
mod form_endpoint;
mod forms;
mod gateway;
mod iehr;
mod lockout;
mod mutual_tls;
mod network;
mod next_question;
mod orphans;
mod renewal;
mod set_aside;
mod store;
mod study;
mod subject;
mod tasks;
mod terminology;
mod tokens;
mod trouble;
mod waits;
