//! A device as a process of its own, for the fault sweep.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(unix)]
    return attesta_tests::sweep::device_process::main();
    #[cfg(not(unix))]
    ExitCode::FAILURE
}
