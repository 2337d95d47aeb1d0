//! Start-up: from the folders to an open desk, or to the reason why not. Nothing is created anew where something that
//! should be there is missing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use device::delivery::{Context, SignedBundles, Worker};
use device::keystore::{DATABASE_KEY, Keystore, KeystoreProblem, OsKeystore, SecondProcess};
use device::next_question::NextQuestions;
use device::{Configuration, Device, FhirVersion, FolderLock, Unlocked, clock};
use directories::ProjectDirs;
use seal::Anchors;
use sha2::{Digest, Sha256};

use crate::app::Blocked;
use crate::desk::{Desk, Parts, Places};
use crate::practice_site;

/// The name and version that every signature carries.
pub const APPLICATION: &str = concat!("Attesta ", env!("CARGO_PKG_VERSION"));

/// The keystore's service name of practice mode: another mode never sees these keys.
const KEYSTORE_SERVICE: &str = "org.attesta.practice";

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
    /// The release of FHIR that practice speaks; in R5 the study names the practice ledger too. A data folder keeps the
    /// release that it was begun with.
    pub release: FhirVersion,
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
    pub fn new(
        data: Option<PathBuf>,
        exports: Option<PathBuf>,
        release: FhirVersion,
    ) -> Result<Self, OptionsError> {
        let (data, keystore) = if let Some(data) = data {
            let keystore = keystore_of(&data).map_err(OptionsError::NoFolder)?;
            (data, keystore)
        } else {
            let account =
                ProjectDirs::from("org", "Attesta", "Attesta Practice").ok_or(OptionsError::NoHome)?;
            (account.data_local_dir().to_owned(), KEYSTORE_SERVICE.to_owned())
        };
        let exports = exports.unwrap_or_else(|| data.join("exports"));
        let program = std::env::current_exe().map_err(OptionsError::NoProgram)?;
        Ok(Self { data, exports, program, keystore, release })
    }
}

/// The service name of the keys of a data folder that was named: part of the hash of its path.
///
/// # Errors
/// When the path is empty, or the current folder is gone.
pub fn keystore_of(data: &Path) -> std::io::Result<String> {
    use std::fmt::Write as _;
    let path = std::path::absolute(data)?;
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    Ok(digest.iter().take(8).fold(format!("{KEYSTORE_SERVICE}."), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    }))
}

/// Opens the practice desk. Blocks; called once, on a thread of its own.
///
/// # Errors
/// [`Blocked`] with the reason. Whatever is on the disk or in the keystore stays as it is.
pub fn open(options: &Options) -> Result<Desk, Blocked> {
    let keystore = keystore(options);
    // Before anything is written: without a keystore nothing may be.
    match keystore.read(DATABASE_KEY) {
        Ok(_) | Err(KeystoreProblem::EntryMissing(_)) => {}
        Err(problem) => return Err(blocked_by(&problem.into())),
    }
    // The whole folder is locked, because the practice server's files are in it too.
    let lock = FolderLock::take(&options.data).map_err(|error| blocked_by(&error))?;
    // Before the practice server writes: whether a key can be kept shows only when one is made.
    let unlocked =
        Unlocked::new(&options.data.join("device"), keystore).map_err(|error| blocked_by(&error))?;
    let server = practice_site::serve(&options.data.join("practice"), options.release.into())
        .map_err(|error| blocked("practice-server", &error))?;
    let device = Arc::new(open_device(options, &server, unlocked)?);
    practice_site::furnish(&device, &server).map_err(|error| blocked(error.code(), &error))?;
    let anchors =
        Anchors::from_pem(server.anchor_pem().as_bytes()).map_err(|error| blocked("trust", &error))?;
    let worker = start_worker(&device)?;
    let questions = next_questions(&device)?;
    let places = Places {
        data: options.data.clone(),
        exports: options.exports.clone(),
        site: practice_site::SITE.to_owned(),
        device: practice_site::DEVICE_NAME.to_owned(),
    };
    let accounts = practice_site::accounts();
    Desk::open(Parts { device, worker, questions, practice: server, anchors, accounts, places, lock })
        .map_err(|refused| blocked(refused.code(), &refused))
}

fn keystore(options: &Options) -> Arc<dyn Keystore> {
    let second = SecondProcess {
        program: options.program.clone(),
        arguments: vec!["keystore-check".into(), "--".into()],
    };
    Arc::new(OsKeystore::new(options.keystore.clone(), KEYSTORE_PATIENCE, second))
}

fn open_device(options: &Options, server: &practice::Handle, unlocked: Unlocked) -> Result<Device, Blocked> {
    let configuration = Configuration {
        server: server.base_url().to_owned(),
        site: practice_site::SITE.to_owned(),
        device_name: practice_site::DEVICE_NAME.to_owned(),
        device_reference: practice_site::device_reference(),
        trust_anchors: server.anchor_pem().to_owned(),
        export_folder: options.exports.clone(),
        policy: practice_site::policy(options.release, server),
        study: None,
    };
    unlocked.open(configuration, clock::system()).map_err(|error| blocked_by(&error))
}

fn start_worker(device: &Arc<Device>) -> Result<device::delivery::WorkerHandle, Blocked> {
    let client = device.server().map_err(|error| blocked_by(&error))?;
    let receipt = SignedBundles::of(device.configuration(), device.store(), clock::system());
    let client = match receipt.map_err(|error| blocked_by(&error))? {
        Some(receipt) => client.verifying(Arc::new(receipt)),
        None => client,
    };
    let context = Context {
        store: Arc::clone(device.store()),
        client,
        signer: device.sealing_key().map_err(|error| blocked_by(&error))?,
        device: device.party(),
        application: APPLICATION.to_owned(),
        profile: device.configuration().policy.provenance_profile.profile(),
        fhir_version: device.configuration().policy.fhir_version,
        create: device.configuration().policy.create,
        tolerances: device.configuration().policy.tolerances.clone(),
        clock: clock::system(),
        jitter: device::delivery::system_jitter(),
        sources: device::delivery::Sources::over(
            device.configuration(),
            &device.transport().map_err(|error| blocked_by(&error))?,
        )
        .map_err(|error| blocked_by(&error))?,
        contact: device::delivery::Contact::default(),
    };
    Ok(Worker::start(Arc::new(context), tauri::async_runtime::handle().inner()))
}

/// Who asks the study's server for next questions.
fn next_questions(device: &Device) -> Result<NextQuestions, Blocked> {
    let client = device.server().map_err(|error| blocked_by(&error))?;
    Ok(NextQuestions::new(client, device::delivery::system_jitter()))
}

fn blocked_by(error: &device::Error) -> Blocked {
    blocked(error.code(), error)
}

fn blocked(code: &str, detail: &dyn std::fmt::Display) -> Blocked {
    Blocked { code: code.to_owned(), detail: detail.to_string() }
}
