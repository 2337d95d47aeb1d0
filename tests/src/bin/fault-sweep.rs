//! The fault sweep; see docs/reliability.md.

fn main() -> std::process::ExitCode {
    attesta_tests::sweep::main()
}
