//! The device itself: what is opened once, at the start of the app.

pub(crate) mod access;
mod enrolment;
pub(crate) mod study;

pub use access::SiteProxy;
pub use enrolment::TERMINAL;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Zoned;
use seal::{CertificateChain, Party};

use crate::delivery::CurrentSigner;
use crate::forms::{Compiled, Periods};
use crate::keystore::{self, KeyUse, Keystore, KeystoreProblem, PrivateKey, SealingKey};
use crate::store::certificate::{self, Certificate};
use crate::store::{DatabaseKey, Store, meta};
use crate::{Clock, Configuration, Error, FolderLock};

/// The database's name in the data folder.
pub const DATABASE: &str = "attesta.db";

/// `meta`: the device's identifier.
const IDENTIFIER: &str = "device.identifier";

/// What [`Device::open`] needs.
pub struct Opening {
    /// The folder for the database; created when missing.
    pub data_folder: PathBuf,
    /// Where the keys are.
    pub keystore: Arc<dyn Keystore>,
    /// The site's configuration.
    pub configuration: Configuration,
    /// Where the time comes from.
    pub clock: Clock,
}

/// A data folder that belongs to this process, and the key of the database in it: the first half of [`Device::open`],
/// for whoever must know that the keystore works before anything else is written.
pub struct Unlocked {
    database: PathBuf,
    key: DatabaseKey,
    keystore: Arc<dyn Keystore>,
    lock: Option<FolderLock>,
}

impl Unlocked {
    /// Takes the lock on the folder (creating it when there is none), then the key from the keystore; a new key is made
    /// only where there is no database. A database without its key stays as it is; a key without a database is what an
    /// interrupted first start leaves behind, and is used.
    ///
    /// # Errors
    /// [`Error::DataFolderInUse`], [`Error::Keystore`], [`Error::KeyMissing`].
    pub fn new(data_folder: &Path, keystore: Arc<dyn Keystore>) -> Result<Self, Error> {
        let lock = Some(FolderLock::take(data_folder)?);
        let database = data_folder.join(DATABASE);
        let key = if database.try_exists().map_err(Error::io)? {
            keystore::existing_database_key(keystore.as_ref())?
        } else {
            keystore::new_database_key(keystore.as_ref())?
        };
        Ok(Self { database, key, keystore, lock })
    }

    /// The same for a data folder that cannot be written to: `database` is a copy, elsewhere, of the one in it.
    pub(crate) fn unwritten(
        data_folder: &Path,
        database: PathBuf,
        keystore: Arc<dyn Keystore>,
    ) -> Result<Self, Error> {
        let lock = FolderLock::take_unwritten(data_folder)?;
        let key = keystore::existing_database_key(keystore.as_ref())?;
        Ok(Self { database, key, keystore, lock })
    }

    /// Opens the database, creating it at the very first start.
    ///
    /// # Errors
    /// [`Error::Configuration`], and those of [`Store::open`].
    pub fn open(self, configuration: Configuration, clock: Clock) -> Result<Device, Error> {
        configuration.check()?;
        let store = self.store()?;
        self.with(store, configuration, None, clock)
    }

    /// The database, every page of it checked.
    fn store(&self) -> Result<Store, Error> {
        Store::open(&self.database, &self.key)
    }

    /// The device over its open database, with a configuration that was checked, today or (`unfit`) once.
    fn with(
        self,
        store: Store,
        configuration: Configuration,
        unfit: Option<String>,
        clock: Clock,
    ) -> Result<Device, Error> {
        let Self { key, keystore, lock, .. } = self;
        drop(key);
        let configuration_sha256 = configuration.sha256()?;
        let store = Arc::new(store);
        let identifier = own_identifier(&store)?;
        let device = Device {
            store,
            keystore,
            configuration,
            configuration_sha256,
            unfit,
            clock,
            identifier,
            sealing_key: Arc::default(),
            checking: Mutex::new(()),
            enrolling: Mutex::new(()),
            uncounted: Mutex::default(),
            forms: Compiled::default(),
            periods: Mutex::default(),
            _lock: lock,
        };
        device.load_sealing_key()?;
        Ok(device)
    }
}

impl fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unlocked").finish_non_exhaustive()
    }
}

/// An open device. Share it behind an [`Arc`]; all its methods block.
pub struct Device {
    store: Arc<Store>,
    keystore: Arc<dyn Keystore>,
    configuration: Configuration,
    configuration_sha256: String,
    unfit: Option<String>,
    clock: Clock,
    identifier: String,
    sealing_key: Arc<RwLock<Option<Arc<SealingKey>>>>,
    checking: Mutex<()>,
    enrolling: Mutex<()>,
    /// Wrong tries by user that the disk did not take.
    uncounted: Mutex<BTreeMap<String, u32>>,
    forms: Compiled,
    periods: Mutex<Option<Periods>>,
    // Last, so that the folder is free only once the database is closed.
    _lock: Option<FolderLock>,
}

impl Device {
    /// Opens the device's data, creating the database and its key at the very first start.
    ///
    /// In this order, so that nothing is written before it is certain to be readable again: the lock on the folder,
    /// the key from the keystore, the database.
    ///
    /// # Errors
    /// Those of [`Unlocked::new`] and [`Unlocked::open`].
    pub fn open(opening: Opening) -> Result<Self, Error> {
        let Opening { data_folder, keystore, configuration, clock } = opening;
        Unlocked::new(&data_folder, keystore)?.open(configuration, clock)
    }

    /// The encrypted store.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Where this device's secrets are.
    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    pub(crate) fn keystore(&self) -> &dyn Keystore {
        self.keystore.as_ref()
    }

    /// The site's configuration.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// [`Configuration::sha256`] of [`Device::configuration`].
    pub fn configuration_sha256(&self) -> &str {
        &self.configuration_sha256
    }

    /// What this version of the program finds wrong with the study's document, which an earlier one took; `None` where it would
    /// take it today. No visit is begun then; what was begun goes on.
    pub fn unfit_study(&self) -> Option<&str> {
        self.unfit.as_deref()
    }

    /// The time, with the offset of the wall clock.
    pub fn now(&self) -> Zoned {
        (self.clock)()
    }

    /// The device's own identifier, `urn:uuid:…`, made when the database was.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The device as author and signer.
    pub fn party(&self) -> Party {
        Party {
            reference: self.configuration.device_reference.clone(),
            identifier_system: "urn:ietf:rfc:3986".into(),
            identifier_value: self.identifier.clone(),
        }
    }

    /// The key that signs now, with its certificate.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`] before the first enrolment, [`Error::SealingKeyMissing`] when the keystore lost the key.
    pub fn sealing_key(&self) -> Result<Arc<SealingKey>, Error> {
        let held = self.sealing_key.read().unwrap_or_else(PoisonError::into_inner).clone();
        match held {
            Some(key) => Ok(key),
            None if self.store.read(certificate::current)?.is_some() => Err(Error::SealingKeyMissing),
            None => Err(Error::NotEnrolled),
        }
    }

    /// What gives the key that signs at any time from now on.
    pub(crate) fn current_signer(&self) -> Result<CurrentSigner, Error> {
        let (first, slot) = (self.sealing_key()?, Arc::clone(&self.sealing_key));
        Ok(Arc::new(move || {
            let held = slot.read().unwrap_or_else(PoisonError::into_inner).clone();
            held.unwrap_or_else(|| Arc::clone(&first))
        }))
    }

    /// The certificate that signs now, if the device is enrolled.
    pub fn certificate(&self) -> Result<Option<Certificate>, Error> {
        self.store.read(certificate::current)
    }

    /// One password or PIN is checked at a time.
    pub(crate) fn checking(&self) -> MutexGuard<'_, ()> {
        self.checking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn periods(&self) -> &Mutex<Option<Periods>> {
        &self.periods
    }

    pub(crate) fn forms(&self) -> &Compiled {
        &self.forms
    }

    pub(crate) fn uncounted(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.uncounted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads the key of the current certificate. A keystore that has lost it, or has another one in its place, does
    /// not keep the device from opening: the data is intact, and only signing has to wait.
    fn load_sealing_key(&self) -> Result<(), Error> {
        let Some(current) = self.store.read(certificate::current)? else { return Ok(()) };
        let key = self.key_of(&current, KeyUse::Sealing)?.map(Arc::new);
        if key.is_none() {
            tracing::warn!("the key of the device's certificate is not in the keystore");
        }
        *self.sealing_key.write().unwrap_or_else(PoisonError::into_inner) = key;
        Ok(())
    }

    /// The key of a certificate, with its chain; `None` where the keystore has lost it.
    fn key_of(&self, certificate: &Certificate, usage: KeyUse) -> Result<Option<SealingKey>, Error> {
        let chain = CertificateChain::from_pem(certificate.chain.as_bytes())?;
        match PrivateKey::read(self.keystore.as_ref(), &certificate.key_entry, usage) {
            Ok(key) => Ok(Some(SealingKey::new(key, chain))),
            Err(KeystoreProblem::EntryMissing(_) | KeystoreProblem::EntryMalformed { .. }) => Ok(None),
            Err(problem) => Err(problem.into()),
        }
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").field("identifier", &self.identifier).finish_non_exhaustive()
    }
}

fn own_identifier(store: &Store) -> Result<String, Error> {
    if let Some(identifier) = store.read(|connection| meta::value(connection, IDENTIFIER))? {
        return Ok(identifier);
    }
    let identifier = format!("urn:uuid:{}", uuid::Uuid::new_v4());
    let kept = identifier.clone();
    store.write(move |tx| meta::set(tx, IDENTIFIER, &kept))?;
    Ok(identifier)
}
