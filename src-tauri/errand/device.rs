//! Setting a device up: the study's document, its certificate, the first people.

use std::path::PathBuf;

use ::device::accounts::{Purpose, Role, Staff};
use ::device::connection::{Check, Outcome};
use ::device::rights::Right;
use ::device::store;
use ::device::store::participant::Participant;
use ::device::study::{AtSite, Signer};
use ::device::{Device, SiteProxy, TERMINAL, Unlocked, clock};
use clap::{Args, Subcommand};

use super::rescue::{self, By};
use super::{Undone, password, read};
use crate::start::{self, Mode, Options};

/// What is done once, before the window can be used for a study, and seldom afterwards.
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceErrand {
    /// Sets this device up for a study, once.
    SetUp(SetUp),
    /// Prints the request (PKCS #10, PEM) for the device's certificate. The key stays in the keystore.
    Request,
    /// Takes the certificate that the study's authority issued for the request: the chain in PEM, the device's own first.
    Enrol {
        /// The chain.
        chain: PathBuf,
    },
    /// Prints the request for the certificate by which the device shows the server who it is (TLS), where the study asks
    /// for one.
    AuthenticationRequest,
    /// Takes that certificate.
    EnrolAuthentication {
        /// The chain.
        chain: PathBuf,
    },
    /// Prints the request for the organization's certificate, where the study names an organization: with it a subject's
    /// responses and documents are exported in its name.
    OrganizationRequest,
    /// Takes that certificate.
    EnrolOrganization {
        /// The chain.
        chain: PathBuf,
    },
    /// Makes the key with which the device asks for access tokens (SMART Backend Services), in place of an earlier one, and
    /// prints the JSON Web Key Set that has to be registered. The password of `--by` is read from the standard input.
    AssertionKey {
        /// The member of staff who makes it.
        #[arg(long)]
        by: String,
    },
    /// Keeps the server's access token in the keystore: the second line of the standard input, after the password of
    /// `--by`.
    Token {
        /// The member of staff who stores it.
        #[arg(long)]
        by: String,
    },
    /// Keeps the access token of the study's ledger in the keystore: the second line of the standard input, after the
    /// password of `--by`.
    LedgerToken {
        /// The member of staff who stores it.
        #[arg(long)]
        by: String,
    },
    /// Sets the site's proxy; without an address, there is none. The password of `--by` is the first line of the standard
    /// input, the proxy's own the second where `--proxy-user` is given.
    Proxy {
        /// Its address, such as `http://proxy.example:3128`
        url: Option<String>,
        /// As whom the device signs in to it.
        #[arg(long, requires = "url")]
        proxy_user: Option<String>,
        /// The member of staff who sets it.
        #[arg(long)]
        by: String,
    },
    /// Tries the study's server out and says what to do about what does not work. Leaves one response there that is marked
    /// as test data, without a person and without answers.
    Check,
    /// Adds a member of staff; the new password is the last line of the standard input. From the second one on, `--by`
    /// names who does it, whose password is the line before.
    Staff {
        /// The user name.
        #[arg(long)]
        user: String,
        /// The name as printed.
        #[arg(long)]
        name: String,
        /// As what they work: coordinator, siteStaff or inspector. The first account is a coordinator's.
        #[arg(long, default_value = "coordinator", value_parser = role)]
        role: Role,
        /// The coordinator who adds them.
        #[arg(long)]
        by: Option<String>,
    },
    /// Adds a participant; the password of `--by` is read from the standard input.
    Participant {
        /// The number that the participant types when signing.
        #[arg(long)]
        id: String,
        /// Whose numbers they are: the `system` of the Patient's identifier.
        #[arg(long)]
        system: String,
        /// Where the server keeps the participant: Patient/…
        #[arg(long)]
        reference: String,
        /// The member of staff who adds them.
        #[arg(long)]
        by: String,
    },
    /// Writes everything that this device owes into a new file, for another device of the study to take over. Encrypted to the
    /// study's recovery key; where the study has none, to a passphrase: the second line of the standard input and, typed again,
    /// the third, after the password of `--by`. The device goes on working. A device whose disk takes nothing any more is read from
    /// an encrypted copy beside the new file, for which there must be room.
    Export {
        /// The new file.
        file: PathBuf,
        /// The coordinator who exports.
        #[arg(long)]
        by: String,
        /// Why, in a sentence for the audit trail.
        #[arg(long)]
        reason: String,
        /// Unfinished drafts too.
        #[arg(long)]
        drafts: bool,
    },
    /// Takes over what another device of the study exported. The second line of the standard input, after the password of
    /// `--by`, is the export's passphrase, or with `--key` that of the key's file.
    Import {
        /// The export.
        file: PathBuf,
        /// The coordinator who takes it over.
        #[arg(long)]
        by: String,
        /// Why, in a sentence for the audit trail.
        #[arg(long)]
        reason: String,
        /// The file with the study's recovery key.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Loads a newer version of the study's document; in force from the next start. The password of `--by` is read from
    /// the standard input.
    Load {
        /// The signed document, or pictures (PNG, JPEG) of all its codes.
        #[arg(required = true)]
        document: Vec<PathBuf>,
        /// The member of staff who loads it.
        #[arg(long)]
        by: String,
        /// Why, in a sentence for the audit trail.
        #[arg(long)]
        reason: Option<String>,
    },
}

/// What the study leaves to the device.
#[derive(Debug, Args)]
pub(crate) struct SetUp {
    /// The study's signed document, or pictures (PNG, JPEG) of all its codes.
    #[arg(required = true)]
    document: Vec<PathBuf>,
    /// The thumbprint of the key that has to have signed it, as the study's office gave it on paper.
    #[arg(long, value_name = "THUMBPRINT")]
    signer: String,
    /// The id of this site in the study.
    #[arg(long)]
    site: String,
    /// The device's name as staff see it and as its certificate has it.
    #[arg(long)]
    name: String,
    /// Where the server keeps the Device: Device/…
    #[arg(long)]
    reference: String,
}

impl DeviceErrand {
    pub(super) fn run(self, data: Option<PathBuf>, exports: Option<PathBuf>) -> Result<String, Undone> {
        let options = Options::new(data, exports, Mode::Study)?;
        match self {
            Self::SetUp(set_up) => set_up.run(&options),
            Self::Request => Ok(open(&options)?.certificate_request(TERMINAL)?.pem().trim_end().to_owned()),
            Self::Enrol { chain } => enrol(&options, &read(&chain)?),
            Self::AuthenticationRequest => {
                Ok(open(&options)?.authentication_request(TERMINAL)?.pem().trim_end().to_owned())
            }
            Self::EnrolAuthentication { chain } => {
                let chain = read(&chain)?;
                open(&options)?.enrol_authentication(TERMINAL, |_| Ok(chain))?;
                Ok("enrolled for the server; it is shown from the next start on".to_owned())
            }
            Self::OrganizationRequest => {
                Ok(open(&options)?.organization_request(TERMINAL)?.pem().trim_end().to_owned())
            }
            Self::EnrolOrganization { chain } => {
                let chain = read(&chain)?;
                open(&options)?.enrol_organization(TERMINAL, |_| Ok(chain))?;
                Ok("enrolled for the organization".to_owned())
            }
            Self::AssertionKey { by } => {
                let device = open(&options)?;
                let by = permitted(&device, &by, Right::Device)?;
                Ok(device.make_assertion_key(&by)?)
            }
            Self::Token { by } => {
                let device = open(&options)?;
                let by = permitted(&device, &by, Right::Device)?;
                device.put_access_token(&password()?, &by)?;
                Ok("the token is in the keystore; it is used from the next start on".to_owned())
            }
            Self::LedgerToken { by } => {
                let device = open(&options)?;
                let by = permitted(&device, &by, Right::Device)?;
                device.put_ledger_token(&password()?, &by)?;
                Ok("the ledger's token is in the keystore".to_owned())
            }
            Self::Proxy { url, proxy_user, by } => {
                let device = open(&options)?;
                let by = permitted(&device, &by, Right::Device)?;
                let own = proxy_user.is_some().then(password).transpose()?;
                let proxy = url.map(|url| SiteProxy { url, user: proxy_user });
                device.set_proxy(proxy.as_ref(), own.as_ref().map(|one| one.as_str()), &by)?;
                Ok("set; it is used from the next start on".to_owned())
            }
            Self::Check => check(&options),
            Self::Staff { user, name, role, by } => {
                add_staff(&options, &Staff { user, display_name: name, role }, by.as_deref())
            }
            Self::Participant { id, system, reference, by } => {
                let device = open(&options)?;
                let by = permitted(&device, &by, Right::Visits)?;
                let one = Participant { id, identifier_system: system, reference };
                device.add_participant(&one, &by)?;
                Ok(format!("added {}", one.id))
            }
            Self::Export { file, by, reason, drafts } => {
                rescue::export(&options, &file, &By { user: &by, reason: &reason }, drafts)
            }
            Self::Import { file, by, reason, key } => {
                rescue::import(&open(&options)?, &file, &By { user: &by, reason: &reason }, key.as_deref())
            }
            Self::Load { document, by, reason } => {
                let device = open(&options)?;
                let by = permitted(&device, &by, Right::Device)?;
                let loaded = device.load_study(&super::document(&document)?, reason.as_deref(), &by)?;
                let version = loaded.study().version;
                Ok(format!("version {version} of the study is in force from the next start"))
            }
        }
    }
}

impl SetUp {
    fn run(self, options: &Options) -> Result<String, Undone> {
        let document = super::document(&self.document)?;
        let at = AtSite {
            site: self.site,
            device_name: self.name,
            device_reference: self.reference,
            export_folder: options.exports.clone(),
        };
        let device = start::set_up(options, &document, &Signer::named(&self.signer), at)?;
        Ok(format!(
            "set up as {}, site {}\nidentifier: {}\nnext: attesta-desktop device request",
            device.configuration().device_name,
            device.configuration().site,
            device.identifier()
        ))
    }
}

fn enrol(options: &Options, chain: &[u8]) -> Result<String, Undone> {
    let device = open(options)?;
    device.enrol(TERMINAL, |_| Ok(chain.to_vec()))?;
    let until = device.certificate()?.map(|certificate| certificate.not_after).unwrap_or_default();
    Ok(format!("enrolled; the certificate is valid until {until}"))
}

/// One line a check; a failure says what to do.
fn check(options: &Options) -> Result<String, Undone> {
    let lines = open(options)?.check_connection()?;
    let text = lines.iter().map(|line| {
        let name = match &line.server {
            None => line.check.name().to_owned(),
            Some(server) => format!("{server}: {}", line.check.name()),
        };
        match &line.outcome {
            Outcome::Passed => format!("ok         {name}"),
            Outcome::Noticed(fault) => format!("notice     {name}: {fault}"),
            Outcome::Failed(fault) => format!("FAILED     {name}: {fault}"),
            Outcome::NotTried => format!("not tried  {name}"),
            Outcome::NotNeeded if line.check == Check::Assignments => {
                format!("not needed {name}: the study assigns nothing")
            }
            Outcome::NotNeeded => format!("no TLS     {name}: http: on this computer is not encrypted"),
        }
    });
    let text = text.collect::<Vec<_>>().join("\n");
    let all = lines.iter().all(|line| !matches!(line.outcome, Outcome::Failed(_) | Outcome::NotTried));
    if all { Ok(text) } else { Err(Undone::Connection(text)) }
}

fn add_staff(options: &Options, staff: &Staff, by: Option<&str>) -> Result<String, Undone> {
    let device = open(options)?;
    let first = device.store().read(store::staff::all)?.is_empty();
    let by = match by {
        Some(by) => permitted(&device, by, Right::Device)?.user,
        None if first => TERMINAL.to_owned(),
        None => return Err(::device::Error::SecondPersonNeeded.into()),
    };
    device.staff_add(staff, &password()?, &by)?;
    Ok(format!("added {}", staff.user))
}

fn role(name: &str) -> Result<Role, String> {
    Role::of_name(name).ok_or_else(|| {
        let names = Role::ALL.map(Role::as_str).join(", ");
        format!("there is no such role: {names}")
    })
}

fn unlocked(options: &Options) -> Result<Unlocked, Undone> {
    Ok(Unlocked::new(&start::device_folder(options), start::keystore(options))?)
}

pub(super) fn open(options: &Options) -> Result<Device, Undone> {
    // Unlocking makes a folder and a key where there are none.
    if !start::is_set_up(options) {
        return Err(::device::Error::NotSetUp.into());
    }
    Ok(unlocked(options)?.open_study(clock::system())?)
}

/// A member of staff who has given the password and whose role allows this.
fn permitted(device: &Device, user: &str, right: Right) -> Result<Staff, Undone> {
    let staff = identified(device, user)?;
    device.permit(&staff, right)?;
    Ok(staff)
}

pub(super) fn identified(device: &Device, user: &str) -> Result<Staff, Undone> {
    Ok(device.staff_verify(user, &password()?, Purpose::Decision)?)
}
