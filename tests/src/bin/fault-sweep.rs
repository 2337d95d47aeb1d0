//! The fault sweep; see docs/reliability.md. Processes are killed and traced as Unix does it.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(unix)]
    return attesta_tests::sweep::main();
    #[cfg(not(unix))]
    ExitCode::FAILURE
}
