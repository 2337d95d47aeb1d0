//! `attesta`: verify, canonicalise, compare, check.
fn main() {}
