//! Measures delivery; see docs/benchmarks.md.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    return attesta_tests::drain::main();
    #[cfg(not(target_os = "linux"))]
    ExitCode::FAILURE
}
