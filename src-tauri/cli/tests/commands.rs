//! The command line as it is used: one file a case in `tests/cmd`, with its arguments, exit status and output.
//!
//! `TRYCMD=overwrite cargo test -p attesta-cli commands` writes what is printed into the cases.

#[test]
fn every_case_prints_what_its_file_says() {
    trycmd::TestCases::new().case("tests/cmd/*.toml");
}
