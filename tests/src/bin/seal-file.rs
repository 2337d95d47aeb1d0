//! Signs a resource with a key from a file; see `seal-file --help`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use attesta_tests::seal_file::{Arguments, run};
use clap::Parser as _;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(written) => {
            for path in written {
                println!("{}", path.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("seal-file: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
