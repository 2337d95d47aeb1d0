//! The emergency export of this device, and taking over another one's.

use std::path::Path;

use ::device::accounts::{Purpose, Staff};
use ::device::emergency::{
    EmergencyExport, EmergencyImport, LARGEST_FILE, Order, Secret, Target, Typed, Unwritten,
};
use ::device::{Configuration, Device, clock};

use super::device::{identified, open};
use super::{Undone, password, read_up_to, recovery_key};
use crate::start::{self, Options};

/// Who does it, and why.
pub(super) struct By<'a> {
    pub(super) user: &'a str,
    pub(super) reason: &'a str,
}

/// The device, or what can be read of one whose disk takes nothing any more.
enum Source {
    Device(Box<Device>),
    Unwritten(Box<Unwritten>),
}

impl Source {
    /// `file`: what is to be exported, beside which there is room.
    fn open(options: &Options, file: &Path) -> Result<Self, Undone> {
        let because = match open(options) {
            Ok(device) => return Ok(Self::Device(Box::new(device))),
            Err(Undone::Device(because)) => because,
            Err(undone) => return Err(undone),
        };
        let room = file.parent().filter(|room| !room.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (folder, keystore) = (start::device_folder(options), start::keystore(options));
        let unwritten = Unwritten::open_study(&folder, keystore, room, clock::system(), because)?;
        Ok(Self::Unwritten(Box::new(unwritten)))
    }

    fn configuration(&self) -> &Configuration {
        match self {
            Self::Device(device) => device.configuration(),
            Self::Unwritten(device) => device.configuration(),
        }
    }

    fn identified(&self, user: &str) -> Result<Staff, Undone> {
        let password = password()?;
        Ok(match self {
            Self::Device(device) => device.staff_verify_unwritten(user, &password, Purpose::Decision)?,
            Self::Unwritten(device) => device.staff_verify(user, &password)?,
        })
    }

    fn export(&self, order: &Order<'_>, by: &Staff) -> Result<EmergencyExport, ::device::Error> {
        match self {
            Self::Device(device) => device.export_emergency(order, by),
            Self::Unwritten(device) => device.export(order, by),
        }
    }
}

pub(super) fn export(options: &Options, file: &Path, by: &By<'_>, drafts: bool) -> Result<String, Undone> {
    let source = Source::open(options, file)?;
    let staff = source.identified(by.user)?;
    let typed = match source.configuration().policy.usable_recovery_key() {
        Some(_) => None,
        None => Some((password()?, password()?)),
    };
    let passphrase = typed.as_ref().map(|(passphrase, again)| Typed { passphrase, again });
    let order = Order { to: Target::File(file), passphrase, drafts, reason: by.reason };
    Ok(made(&source.export(&order, &staff)?))
}

fn made(made: &EmergencyExport) -> String {
    let mut lines = vec![
        format!("wrote {}", made.path.display()),
        format!("export: {}", made.export),
        format!(
            "responses that are owed: {}; unfinished drafts: {}; complete: {}",
            made.records, made.drafts, made.done
        ),
    ];
    if let Some(why) = made.unrecorded {
        lines.push(format!(
            "not in this device's audit trail, because its disk took no entry ({why}): the file says so, and the device that \
             takes it over records it"
        ));
    }
    lines.push("next, on the other device: attesta-desktop device import".to_owned());
    lines.join("\n")
}

pub(super) fn import(
    device: &Device,
    file: &Path,
    by: &By<'_>,
    key: Option<&Path>,
) -> Result<String, Undone> {
    let staff = identified(device, by.user)?;
    let secret = password()?;
    let export = read_up_to(file, LARGEST_FILE)?;
    let key = key.map(|key| recovery_key(key, &secret)).transpose()?;
    let secret = key.as_ref().map_or(Secret::Passphrase(&secret), Secret::Recovery);
    let opened = device.open_emergency(&export, secret)?;
    Ok(taken(&device.take_over(&opened, by.reason, &staff)?))
}

fn taken(taken: &EmergencyImport) -> String {
    let mut lines = vec![
        format!("taken over from {}, export {} of {}", taken.device_name, taken.export, taken.made_at),
        format!(
            "responses added: {}; here already: {}; unfinished drafts added: {}; complete there: {}",
            taken.records,
            taken.known,
            taken.drafts,
            taken.done.len()
        ),
    ];
    if let Some(why) = &taken.unrecorded {
        lines.push(format!(
            "that device's audit trail does not have the export: its disk took no entry ({why})"
        ));
    }
    lines.extend(taken.done.iter().map(|one| {
        let target = one.target.as_deref().unwrap_or("-");
        format!("complete: {} {} {target}", one.identifier, one.response_sha256)
    }));
    lines.join("\n")
}
