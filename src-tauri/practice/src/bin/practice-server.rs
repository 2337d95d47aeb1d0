//! The practice server as a process of its own.

use std::{
    io::{self, BufRead as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::mpsc,
    thread,
};

use clap::Parser;
use practice::{Authorization, Handle, KeysRefused, Options, Seeds, Server};

/// Practice FHIR server on 127.0.0.1. Prints one line of JSON when it is ready. Commands on standard input:
/// close (stop listening), open (listen again), quit.
#[derive(Parser)]
#[command(name = "practice-server", version)]
struct Arguments {
    /// Folder for the server's data; created when it is not there.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Port on 127.0.0.1; 0 takes any that is free.
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// A Questionnaire (FHIR JSON with an id) to be there from the start; may be given several times.
    #[arg(long = "questionnaire", value_name = "FILE", num_args = 1..)]
    questionnaires: Vec<PathBuf>,
    /// The identifier of the Device to be there from the start.
    #[arg(long, value_name = "URN", default_value = "urn:uuid:01400030-0000-4000-8000-000000000003")]
    device_identifier: String,
    /// The release of FHIR that is spoken; a data folder keeps the one that it was begun with.
    #[arg(long, value_enum, value_name = "RELEASE", default_value = "R4", ignore_case = true)]
    fhir: Release,
    /// Answer searches as Bundles that the server's organization signs for transmission.
    #[arg(long)]
    sign_searches: bool,
    /// Demand access tokens (SMART Backend Services), and give them to the client whose public keys these JSON Web Key Sets
    /// have (RFC 7517; `attesta-desktop device assertion-key` prints a device's); may be given several times.
    #[arg(long = "smart", value_name = "CLIENT_JWKS", num_args = 1..)]
    smart: Vec<PathBuf>,
    /// The id under which that client is registered, as in the study's `policy.authentication.clientId`.
    #[arg(long, value_name = "ID", default_value = "attesta", requires = "smart")]
    smart_client: String,
    /// What that client may be granted: scopes of SMART 2, with spaces between them.
    #[arg(long, value_name = "SCOPES", default_value = "system/*.cruds", requires = "smart")]
    smart_scopes: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Release {
    /// 4.0.1
    #[value(name = "R4")]
    R4,
    /// 5.0.0
    #[value(name = "R5")]
    R5,
}

enum Command {
    Close,
    Open,
    Quit,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Server(#[from] practice::Error),
    #[error("{} cannot be read: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{} cannot be used: {KeysRefused}", path.display())]
    Keys { path: PathBuf },
    #[error("{} is not acceptable JSON: {source}", path.display())]
    NotJson { path: PathBuf, source: fhir::ParseError },
    #[error(transparent)]
    Register(#[from] KeysRefused),
    #[error("standard output or the signals cannot be used: {0}")]
    Process(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to tell when standard error is gone too.
            let _ = writeln!(io::stderr(), "practice-server: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let questionnaires = arguments.questionnaires.into_iter().map(json).collect::<Result<Vec<_>, _>>()?;
    let keys = arguments.smart.into_iter().map(public_keys).collect::<Result<Vec<_>, _>>()?.concat();
    let version = match arguments.fhir {
        Release::R4 => fhir::Version::R4,
        Release::R5 => fhir::Version::R5,
    };
    let handle = Server::start(Options {
        data_dir: arguments.data,
        port: arguments.port,
        seeds: Seeds::practice(&arguments.device_identifier, questionnaires, version),
        version,
    })?;
    handle.sign_searches(arguments.sign_searches)?;
    if !keys.is_empty() {
        let keys = serde_json::json!({ "keys": keys }).to_string();
        handle.authorization().register_client(&arguments.smart_client, &keys, &arguments.smart_scopes)?;
        handle.authorization().demand();
    }
    let (commands, received) = mpsc::channel();
    listen_to_signals(commands.clone())?;
    listen_to_input(commands);
    say(&serde_json::json!({ "baseUrl": handle.base_url(), "port": handle.port() }))?;
    while let Ok(command) = received.recv() {
        match command {
            Command::Close => handle.close_listener(),
            Command::Open => handle.reopen_listener()?,
            Command::Quit => break,
        }
        say_listener(&handle)?;
    }
    handle.stop();
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|source| Failure::File { path: path.to_owned(), source })
}

fn json(path: PathBuf) -> Result<fhir::Value, Failure> {
    fhir::Value::parse(&read(&path)?).map_err(|source| Failure::NotJson { path, source })
}

/// The keys of a JSON Web Key Set. A file is refused by its name: there may be one for each device.
fn public_keys(path: PathBuf) -> Result<Vec<serde_json::Value>, Failure> {
    let text = read(&path)?;
    let usable = std::str::from_utf8(&text).ok().filter(|text| {
        // Into a register that is thrown away.
        Authorization::default().register_client("", text, "").is_ok()
    });
    let set = usable.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let keys = set.as_ref().and_then(|set| set.get("keys")?.as_array().cloned());
    keys.ok_or(Failure::Keys { path })
}

fn say_listener(handle: &Handle) -> io::Result<()> {
    say(&serde_json::json!({ "listener": if handle.listener_open() { "open" } else { "closed" } }))
}

fn say(line: &serde_json::Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// The end of input is no command: a test may have let go of this process.
fn listen_to_input(commands: mpsc::Sender<Command>) {
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let command = match line.trim() {
                "close" => Command::Close,
                "open" => Command::Open,
                "quit" => Command::Quit,
                _ => continue,
            };
            if commands.send(command).is_err() {
                return;
            }
        }
    });
}

/// Ctrl-C everywhere, and SIGTERM on Unix, end the server as `quit` does.
fn listen_to_signals(commands: mpsc::Sender<Command>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || {
        // Without signals there is still `quit`, and the process can still be killed.
        let _ = runtime.block_on(ended());
        let _ = commands.send(Command::Quit);
    });
    Ok(())
}

#[cfg(unix)]
async fn ended() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

#[cfg(not(unix))]
async fn ended() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
