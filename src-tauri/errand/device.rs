//! Setting a device up: the study's document, its certificate, the first people.

use std::io::BufRead as _;
use std::path::PathBuf;

use ::device::accounts::{Purpose, Role, Staff};
use ::device::connection::Outcome;
use ::device::store::participant::Participant;
use ::device::store::staff;
use ::device::study::AtSite;
use ::device::{Device, SiteProxy, Unlocked, clock};
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use super::{Undone, read};
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
        /// The member of staff who adds them.
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
    /// Loads a newer version of the study's document; in force from the next start. The password of `--by` is read from
    /// the standard input.
    Load {
        /// The signed document.
        document: PathBuf,
        /// The member of staff who loads it.
        #[arg(long)]
        by: String,
    },
}

/// What the study leaves to the device.
#[derive(Debug, Args)]
pub(crate) struct SetUp {
    /// The study's signed document.
    document: PathBuf,
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
            Self::Request => Ok(open(&options)?.certificate_request()?.pem().trim_end().to_owned()),
            Self::Enrol { chain } => enrol(&options, &read(&chain)?),
            Self::AuthenticationRequest => {
                Ok(open(&options)?.authentication_request()?.pem().trim_end().to_owned())
            }
            Self::EnrolAuthentication { chain } => {
                let chain = read(&chain)?;
                open(&options)?.enrol_authentication("device", |_| Ok(chain))?;
                Ok("enrolled for the server; it is shown from the next start on".to_owned())
            }
            Self::AssertionKey { by } => {
                let device = open(&options)?;
                let by = identified(&device, &by)?;
                Ok(device.make_assertion_key(&by)?)
            }
            Self::Token { by } => {
                let device = open(&options)?;
                let by = identified(&device, &by)?;
                device.put_access_token(&password()?, &by)?;
                Ok("the token is in the keystore; it is used from the next start on".to_owned())
            }
            Self::Proxy { url, proxy_user, by } => {
                let device = open(&options)?;
                let by = identified(&device, &by)?;
                let own = proxy_user.is_some().then(password).transpose()?;
                let proxy = url.map(|url| SiteProxy { url, user: proxy_user });
                device.set_proxy(proxy.as_ref(), own.as_ref().map(|one| one.as_str()), &by)?;
                Ok("set; it is used from the next start on".to_owned())
            }
            Self::Check => check(&options),
            Self::Staff { user, name, by } => add_staff(&options, user, name, by.as_deref()),
            Self::Participant { id, system, reference, by } => {
                let device = open(&options)?;
                let by = identified(&device, &by)?;
                let one = Participant { id, identifier_system: system, reference };
                device.add_participant(&one, &by)?;
                Ok(format!("added {}", one.id))
            }
            Self::Load { document, by } => {
                let device = open(&options)?;
                let by = identified(&device, &by)?;
                let loaded = device.load_study(&read(&document)?, &by)?;
                let version = loaded.study().version;
                Ok(format!("version {version} of the study is in force from the next start"))
            }
        }
    }
}

impl SetUp {
    fn run(self, options: &Options) -> Result<String, Undone> {
        let document = read(&self.document)?;
        let at = AtSite {
            site: self.site,
            device_name: self.name,
            device_reference: self.reference,
            export_folder: options.exports.clone(),
        };
        let device = unlocked(options)?.set_up(&document, &self.signer, at, clock::system())?;
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
    device.enrol("device", |_| Ok(chain.to_vec()))?;
    let until = device.certificate()?.map(|certificate| certificate.not_after).unwrap_or_default();
    Ok(format!("enrolled; the certificate is valid until {until}"))
}

/// One line a check; a failure says what to do.
fn check(options: &Options) -> Result<String, Undone> {
    let lines = open(options)?.check_connection()?;
    let text = lines.iter().map(|line| match &line.outcome {
        Outcome::Passed => format!("ok         {}", line.check.name()),
        Outcome::Failed(what) => format!("FAILED     {}: {what}", line.check.name()),
        Outcome::NotTried => format!("not tried  {}", line.check.name()),
    });
    let text = text.collect::<Vec<_>>().join("\n");
    let all = lines.iter().all(|line| line.outcome == Outcome::Passed);
    if all { Ok(text) } else { Err(Undone::Connection(text)) }
}

fn add_staff(options: &Options, user: String, name: String, by: Option<&str>) -> Result<String, Undone> {
    let device = open(options)?;
    let first = device.store().read(staff::all)?.is_empty();
    let by = match by {
        Some(by) => identified(&device, by)?.user,
        None if first => "device".to_owned(),
        None => return Err(::device::Error::SecondPersonNeeded.into()),
    };
    let staff = Staff { user, display_name: name, role: Role::Coordinator };
    device.staff_add(&staff, &password()?, &by)?;
    Ok(format!("added {}", staff.user))
}

fn unlocked(options: &Options) -> Result<Unlocked, Undone> {
    Ok(Unlocked::new(&start::device_folder(options), start::keystore(options))?)
}

fn open(options: &Options) -> Result<Device, Undone> {
    // Unlocking makes a folder and a key where there are none.
    if !start::is_set_up(options) {
        return Err(::device::Error::NotSetUp.into());
    }
    Ok(unlocked(options)?.open_study(clock::system())?)
}

fn identified(device: &Device, user: &str) -> Result<Staff, Undone> {
    Ok(device.staff_verify(user, &password()?, Purpose::Decision)?)
}

/// The next line of the standard input. Arguments would be in the list of processes, for everybody to read.
fn password() -> Result<Zeroizing<String>, Undone> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(Undone::Password)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
