//! A device as a process of its own, for the fault sweep.

fn main() -> std::process::ExitCode {
    attesta_tests::sweep::device_process::main()
}
