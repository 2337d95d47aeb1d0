//! Measures the real program through its window, and prints the figures as a table in Markdown. The page's times come from
//! its own clock, those of sealing from the program's log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[cfg(target_os = "linux")]
#[path = "measure/linux.rs"]
mod linux;

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    println!("the window can be measured on Linux only");
}
