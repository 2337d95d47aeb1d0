//! Attesta's desktop shell: the window, the state behind it and the start-up; everything else is in the crates below.

pub mod app;
#[cfg(all(test, feature = "ts"))]
mod bindings;
pub mod commands;
pub mod desk;
mod errand;
pub mod ipc;
pub mod practice_site;
pub mod start;
pub mod texts;

use std::path::PathBuf;
use std::process::ExitCode;

pub use app::{Attesta, Blocked};

use clap::{Parser, ValueEnum};
use errand::Errand;
use start::{Mode, Options};
use tauri::{Builder, Manager, Runtime};

/// Attesta: patient-reported outcomes, signed on the device.
#[derive(Debug, Parser)]
#[command(name = "attesta-desktop", version)]
struct Arguments {
    /// Opens the study that this device is set up for. Without it and without --practice, an account whose device is set
    /// up opens its study, and any other practises.
    #[arg(long, conflicts_with_all = ["practice", "fhir"])]
    study: bool,
    /// Practises, against the program's own server.
    #[arg(long)]
    practice: bool,
    /// The folder for the data, instead of the account's own data folder; practised in unless --study stands there too.
    #[arg(long, value_name = "FOLDER", global = true)]
    data_dir: Option<PathBuf>,
    /// The folder that records are exported to, instead of `exports` in the data folder.
    #[arg(long, value_name = "FOLDER", global = true)]
    export_dir: Option<PathBuf>,
    /// The release of FHIR that practice speaks; R5 brings a ledger, which exported documents need. A data folder keeps
    /// the release that it was begun with.
    #[arg(long, value_enum, value_name = "RELEASE", default_value = "R4", ignore_case = true)]
    fhir: Release,
    #[command(subcommand)]
    errand: Option<Errand>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Release {
    /// 4.0.1
    #[value(name = "R4")]
    R4,
    /// 5.0.0
    #[value(name = "R5")]
    R5,
}

impl Arguments {
    fn mode(&self) -> Mode {
        let set_up = || Options::new(None, None, Mode::Study).is_ok_and(|options| start::is_set_up(&options));
        if self.study || (!self.practice && self.data_dir.is_none() && set_up()) {
            return Mode::Study;
        }
        Mode::Practice(match self.fhir {
            Release::R4 => device::FhirVersion::R4,
            Release::R5 => device::FhirVersion::R5,
        })
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mode = arguments.mode();
    let Arguments { data_dir, export_dir, errand, .. } = arguments;
    if let Some(errand) = errand {
        return errand.run(data_dir, export_dir);
    }
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    match Options::new(data_dir, export_dir, mode) {
        Ok(options) => run(options),
        Err(error) => {
            tracing::error!(%error, "the program cannot start");
            ExitCode::FAILURE
        }
    }
}

/// The builder with the app's state and its commands: what a window of any kind can call.
pub fn with_commands<R: Runtime>(builder: Builder<R>, app: Attesta) -> Builder<R> {
    builder.manage(app).invoke_handler(commands::handler())
}

fn run(options: Options) -> ExitCode {
    let outcome = with_commands(Builder::default(), Attesta::start(options))
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            // A convenience: the guarantee that no two instances share data is the lock on the data folder.
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.unminimize().and_then(|()| window.set_focus());
            }
        }))
        .run(tauri::generate_context!());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window cannot be opened");
            ExitCode::FAILURE
        }
    }
}
