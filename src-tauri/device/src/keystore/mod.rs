//! Keys in the operating system's keystore.

mod problem;

pub use problem::KeystoreProblem;
