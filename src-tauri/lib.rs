//! Attesta's desktop shell: the window, the state behind it and the start-up; everything else is in the crates below.

pub mod app;
#[cfg(all(test, feature = "ts"))]
mod bindings;
mod camera;
pub mod changes;
pub mod chooser;
pub mod commands;
pub mod desk;
mod errand;
pub mod ipc;
mod paper;
pub mod practice_site;
mod setup;
pub mod start;
pub mod texts;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

pub use app::{Attesta, Blocked};

use chooser::SystemDialogs;
use clap::{Parser, ValueEnum};
use errand::Errand;
use start::{Mode, Options};
use tauri::{Builder, Manager, Runtime};

/// Attesta: patient-reported outcomes, signed on the device.
#[derive(Debug, Parser)]
#[command(name = "attesta-desktop", version)]
struct Arguments {
    /// Opens the study that this device is set up for, or sets it up. So does a plain start, which offers to practise to a
    /// device that has no study.
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
    /// Practises in this release of FHIR, R4 or R5; R5 brings a ledger, which exported documents need. A data folder keeps
    /// the release that it was begun with.
    #[arg(long, value_enum, value_name = "RELEASE", ignore_case = true)]
    fhir: Option<Release>,
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
    /// Whether practice is asked for: by its name, by its release of FHIR, or by a folder of its own.
    fn practises(&self) -> bool {
        !self.study && (self.practice || self.fhir.is_some() || self.data_dir.is_some())
    }

    fn practice(&self) -> Mode {
        Mode::Practice(match self.fhir {
            None | Some(Release::R4) => device::FhirVersion::R4,
            Some(Release::R5) => device::FhirVersion::R5,
        })
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mode = if arguments.practises() { arguments.practice() } else { Mode::Study };
    // In the account's own folder, which is never a study's.
    let practice = (mode == Mode::Study && !arguments.study)
        .then(|| Options::new(None, arguments.export_dir.clone(), arguments.practice()).ok())
        .flatten();
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
        Ok(options) => run(options, practice),
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

fn run(options: Options, practice: Option<Options>) -> ExitCode {
    let outcome = with_commands(Builder::default(), Attesta::start_offering(options, practice))
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            // A convenience: the guarantee that no two instances share data is the lock on the data folder.
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.unminimize().and_then(|()| window.set_focus());
            }
        }))
        .plugin(tauri_plugin_dialog::init())
        .setup(|app| {
            app.state::<Attesta>().choose_with(Arc::new(SystemDialogs(app.handle().clone())));
            if let Some(window) = app.get_webview_window("main")
                && let Err(error) = camera::allow(&window)
            {
                // Files can be chosen all the same.
                tracing::warn!(%error, "the page cannot open a camera");
            }
            Ok(())
        })
        .run(tauri::generate_context!());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window cannot be opened");
            ExitCode::FAILURE
        }
    }
}
