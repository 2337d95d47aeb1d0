//! Start-up: from the folders to an open desk, or to the reason why not. Nothing is created anew where something that
//! should be there is missing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use client::Client;
use device::assignment::Assignments;
use device::delivery::{Context, SignedBundles, Worker};
use device::keystore::{DATABASE_KEY, Keystore, KeystoreProblem, OsKeystore, SecondProcess};
use device::next_question::NextQuestions;
use device::study::{AtSite, Signer};
use device::{Configuration, DATABASE, Device, FhirVersion, FolderLock, Unlocked, clock};
use directories::ProjectDirs;
use sha2::{Digest, Sha256};

use crate::app::{Blocked, Stage};
use crate::desk::{Desk, Parts, Places, Practice};
use crate::practice_site;
use crate::setup::SetUp;

/// The name and version that every signature carries.
pub const APPLICATION: &str = concat!("Attesta ", env!("CARGO_PKG_VERSION"));

/// What the program is started for. Each has its own folder and its own keys: what is practised never meets a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Training, against the program's own server, in this release of FHIR; in R5 the study names the practice ledger too.
    /// A data folder keeps the release that it was begun with.
    Practice(FhirVersion),
    /// The study that the device is set up for.
    Study,
}

impl Mode {
    /// The keystore's service name: another mode never sees these keys.
    const fn keystore_service(self) -> &'static str {
        match self {
            Self::Practice(_) => "org.attesta.practice",
            Self::Study => "org.attesta.study",
        }
    }

    /// The account's folder.
    const fn folder(self) -> &'static str {
        match self {
            Self::Practice(_) => "Attesta Practice",
            Self::Study => "Attesta",
        }
    }
}

/// How long the keystore may take. A locked one asks the person at the screen, who needs time to type.
const KEYSTORE_PATIENCE: Duration = Duration::from_secs(30);

/// Where the program keeps things.
#[derive(Debug, Clone)]
pub struct Options {
    /// Database and practice server.
    pub data: PathBuf,
    /// Exported records.
    pub exports: PathBuf,
    /// The program that reads a new key back, in a process of its own.
    pub program: PathBuf,
    /// The keystore's service name: each data folder has keys of its own, or two of them started for the first time at
    /// once would take each other's.
    pub keystore: String,
    /// Practice or a study.
    pub mode: Mode,
}

/// Why the folders cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The account has no home folder.
    #[error("this account has no home folder: name one with --data-dir FOLDER")]
    NoHome,
    /// The named folder has no absolute path.
    #[error("the folder after --data-dir cannot be used ({0}): name another one")]
    NoFolder(std::io::Error),
    /// The program's own path is unknown.
    #[error("the program's own file cannot be found ({0}): start it by its full path")]
    NoProgram(std::io::Error),
}

impl Options {
    /// The folders named, or those of the account.
    ///
    /// # Errors
    /// [`OptionsError`].
    pub fn new(data: Option<PathBuf>, exports: Option<PathBuf>, mode: Mode) -> Result<Self, OptionsError> {
        let (data, keystore) = if let Some(data) = data {
            let keystore = keystore_of(mode, &data).map_err(OptionsError::NoFolder)?;
            (data, keystore)
        } else {
            let account = ProjectDirs::from("org", "Attesta", mode.folder()).ok_or(OptionsError::NoHome)?;
            (account.data_local_dir().to_owned(), mode.keystore_service().to_owned())
        };
        // The study keeps where its exports go, wherever the program is started from the next time.
        let data = std::path::absolute(data).map_err(OptionsError::NoFolder)?;
        let exports = exports.unwrap_or_else(|| data.join("exports"));
        let exports = std::path::absolute(exports).map_err(OptionsError::NoFolder)?;
        let program = std::env::current_exe().map_err(OptionsError::NoProgram)?;
        Ok(Self { data, exports, program, keystore, mode })
    }
}

/// The service name of the keys of a data folder that was named: part of the hash of its path.
///
/// # Errors
/// When the path is empty, or the current folder is gone.
pub fn keystore_of(mode: Mode, data: &Path) -> std::io::Result<String> {
    use std::fmt::Write as _;
    let path = std::path::absolute(data)?;
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    Ok(digest.iter().take(8).fold(format!("{}.", mode.keystore_service()), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    }))
}

/// Opens the desk, or has the device set up first. Blocks; called on a thread of its own. `practice` is what is offered in
/// place of a study that the device does not have.
///
/// # Errors
/// [`Blocked`] with the reason. Whatever is on the disk or in the keystore stays as it is.
pub(crate) fn open(options: &Options, practice: Option<Options>) -> Result<Stage, Blocked> {
    let keystore = keystore(options);
    if !is_set_up(options) {
        // Before anything is written: without a keystore nothing may be.
        let has_key = match keystore.read(DATABASE_KEY) {
            Ok(_) => true,
            Err(KeystoreProblem::EntryMissing(_)) => false,
            Err(problem) => return Err(blocked_by(&problem.into())),
        };
        if options.mode == Mode::Study {
            return Ok(Stage::SetUp(Arc::new(SetUp::new(options.clone(), practice, has_key))));
        }
    }
    // The whole folder is locked, because the practice server's files are in it too.
    let lock = FolderLock::take(&options.data).map_err(|error| blocked_by(&error))?;
    // Before the practice server writes: whether a key can be kept shows only when one is made.
    let unlocked = Unlocked::new(&device_folder(options), keystore).map_err(|error| blocked_by(&error))?;
    match options.mode {
        Mode::Practice(release) => {
            open_practice(options, release, unlocked, lock).map(|desk| Stage::Desk(Arc::new(desk)))
        }
        Mode::Study => open_study(options, practice, unlocked, lock),
    }
}

fn open_practice(
    options: &Options,
    release: FhirVersion,
    unlocked: Unlocked,
    lock: FolderLock,
) -> Result<Desk, Blocked> {
    let server = practice_site::serve(&options.data.join("practice"), release.into())
        .map_err(|error| blocked("practice-server", &error))?;
    let configuration = Configuration {
        server: server.base_url().to_owned(),
        site: practice_site::SITE.to_owned(),
        device_name: practice_site::DEVICE_NAME.to_owned(),
        device_reference: practice_site::device_reference(),
        trust_anchors: server.anchor_pem().to_owned(),
        export_folder: options.exports.clone(),
        policy: practice_site::policy(release, &server),
        study: None,
    };
    let device = Arc::new(unlocked.open(configuration, clock::system()).map_err(|error| blocked_by(&error))?);
    practice_site::furnish(&device, &server).map_err(|error| blocked(error.code(), &error))?;
    let practice = Some(Practice { server, accounts: practice_site::accounts() });
    desk(options, device, practice, lock)
}

/// Nobody is signed in and nothing can be signed before the device has its certificate and somebody to look after it.
fn open_study(
    options: &Options,
    practice: Option<Options>,
    unlocked: Unlocked,
    lock: FolderLock,
) -> Result<Stage, Blocked> {
    let device = match unlocked.open_study(clock::system()) {
        Ok(device) => device,
        // The process ended between making the database and keeping the study in it.
        Err(device::Error::NotSetUp) => {
            return Ok(Stage::SetUp(Arc::new(SetUp::new(options.clone(), practice, false))));
        }
        Err(error) => return Err(blocked_by(&error)),
    };
    let (device, lock) = match SetUp::of(options.clone(), device, lock).map_err(|error| blocked_by(&error))? {
        Ok(set_up) => return Ok(Stage::SetUp(Arc::new(set_up))),
        Err(ready) => ready,
    };
    device.follow_study().map_err(|error| blocked_by(&error))?;
    desk(options, Arc::new(device), None, lock).map(|desk| Stage::Desk(Arc::new(desk)))
}

/// Sets the device up for a study, once: what the subcommand and the screen do.
///
/// # Errors
/// Those of [`Unlocked::new`] and [`Unlocked::set_up`].
pub(crate) fn set_up(
    options: &Options,
    document: &[u8],
    signer: &Signer<'_>,
    own: AtSite,
) -> Result<Device, device::Error> {
    // Before anything is made: folder, lock and key are for a device that can be set up.
    own.clone().of(document, signer.thumbprint())?;
    let unlocked = Unlocked::new(&device_folder(options), keystore(options))?;
    unlocked.set_up(document, signer, own, clock::system())
}

fn desk(
    options: &Options,
    device: Arc<Device>,
    practice: Option<Practice>,
    lock: FolderLock,
) -> Result<Desk, Blocked> {
    let configuration = device.configuration();
    let anchors = device.anchors().map_err(|error| blocked("trust", &error))?;
    let places = Places {
        data: options.data.clone(),
        exports: configuration.export_folder.clone(),
        site: configuration.site.clone(),
        device: configuration.device_name.clone(),
    };
    // Once: clones share their access token.
    let client = device.server().map_err(|error| blocked_by(&error))?;
    let verifying = verifying(&device, client.clone())?;
    let worker = start_worker(&device, verifying.clone())?;
    let questions = NextQuestions::new(client, device::delivery::system_jitter());
    let assignments = assignments(&device, verifying);
    let runtime = tauri::async_runtime::handle().inner().clone();
    Desk::open(Parts { device, worker, questions, assignments, practice, anchors, places, runtime, lock })
        .map_err(|refused| blocked(refused.code(), &refused))
}

/// Where the device's database is.
pub(crate) fn device_folder(options: &Options) -> PathBuf {
    options.data.join("device")
}

/// Whether there is a device in the data folder.
pub(crate) fn is_set_up(options: &Options) -> bool {
    device_folder(options).join(DATABASE).exists()
}

/// Whether the device in the data folder has a study. It has to be closed.
pub(crate) fn has_study(options: &Options) -> bool {
    let open = || Unlocked::new(&device_folder(options), keystore(options))?.open_study(clock::system());
    is_set_up(options) && open().is_ok()
}

/// The keystore, with a second process that reads back what is written to it.
pub(crate) fn keystore(options: &Options) -> Arc<dyn Keystore> {
    let second = SecondProcess {
        program: options.program.clone(),
        arguments: vec!["keystore-check".into(), "--".into()],
    };
    Arc::new(OsKeystore::new(options.keystore.clone(), KEYSTORE_PATIENCE, second))
}

/// The same client with what the study demands of the server's Bundles. One that cannot prove them sends nothing.
fn verifying(device: &Device, client: Client) -> Result<Client, Blocked> {
    if device.anchors().map_err(|error| blocked("trust", &error))?.is_none() {
        return Ok(client);
    }
    let receipt = SignedBundles::of(device.configuration(), device.store(), clock::system());
    Ok(match receipt.map_err(|error| blocked_by(&error))? {
        Some(receipt) => client.verifying(Arc::new(receipt)),
        None => client,
    })
}

/// What the server asks to have answered here; it goes on asking by itself.
fn assignments(device: &Arc<Device>, client: Client) -> Option<Arc<Assignments>> {
    let (jitter, runtime) = (device::delivery::system_jitter(), tauri::async_runtime::handle());
    let assignments = Assignments::of(device, client, jitter, runtime.inner()).map(Arc::new)?;
    assignments.run();
    Some(assignments)
}

fn start_worker(device: &Arc<Device>, client: Client) -> Result<device::delivery::WorkerHandle, Blocked> {
    let context = Context::of(device, client, APPLICATION, device::delivery::system_jitter())
        .map_err(|error| blocked_by(&error))?;
    let elsewhere = context.everywhere_else(device).map_err(|error| blocked_by(&error))?;
    Ok(Worker::start_all(Arc::new(context), elsewhere, tauri::async_runtime::handle().inner()))
}

fn blocked_by(error: &device::Error) -> Blocked {
    blocked(error.code(), error)
}

fn blocked(code: &str, detail: &dyn std::fmt::Display) -> Blocked {
    Blocked { code: code.to_owned(), detail: detail.to_string() }
}
