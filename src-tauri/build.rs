//! Tells Tauri where the capabilities are and which commands exist; a command that is not listed here cannot be called.

use std::error::Error;

/// Every command that the page may call. `commands::handler` registers the same; a test compares the two.
const COMMANDS: &[&str] = &include!("commands/names.in");

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/commands/names.in");
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/*.json")
            .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS)),
    )?;
    Ok(())
}
