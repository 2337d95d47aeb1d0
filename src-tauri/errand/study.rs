//! The study's document: signing and checking it.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use device::emergency::{self, LARGEST_FILE, RecoverySecret, Refusal, Typed};
use device::study::{self, SignedStudy, StudyQuestionnaire};
use zeroize::Zeroizing;

use super::{Undone, read};
use crate::paper;

/// What can be done with a study's document.
#[derive(Debug, Subcommand)]
pub(crate) enum StudyErrand {
    /// Checks a study, signs it and prints the signed document.
    Sign {
        /// The study as JSON: what the schema calls `study`.
        study: PathBuf,
        /// The office's key: P-256, PKCS #8, PEM. Its thumbprint stands in `signers`.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Says what a signed document would set up, or why it is refused.
    Check {
        /// The signed document, or pictures (PNG, JPEG) of all its codes.
        #[arg(required = true)]
        document: Vec<PathBuf>,
        /// The thumbprint of the key that has to have signed it, as the study's office gave it on paper.
        #[arg(long, value_name = "THUMBPRINT")]
        signer: Option<String>,
        /// The document that it is to take the place of.
        #[arg(long, value_name = "FILE")]
        after: Option<PathBuf>,
    },
    /// Prints a signed document as a page of QR codes (HTML), for sites that get it on paper.
    Codes {
        /// The signed document.
        document: PathBuf,
    },
    /// Prints the thumbprint (RFC 7638) of a key, to be given to the sites on paper.
    Thumbprint {
        /// The key: P-256, PKCS #8, PEM.
        key: PathBuf,
    },
    /// Makes the study's recovery key: writes its private half to a new file, encrypted with a passphrase (the first line of the
    /// standard input and, typed again, the second), and prints its public half for `policy.recoveryKey`.
    RecoveryKey {
        /// The new file. It stays in the study's office.
        file: PathBuf,
    },
    /// Decrypts an emergency export with the study's recovery key and encrypts it anew with a passphrase, for the device that is
    /// to take it over. Three lines of the standard input: the passphrase of the key's file, the new passphrase, and that again.
    Recover {
        /// The export.
        export: PathBuf,
        /// The file with the recovery key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The new file.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Prints the JSON Schema of the signed document.
    Schema,
}

impl StudyErrand {
    pub(super) fn run(self) -> Result<String, Undone> {
        match self {
            Self::Sign { study, key } => {
                Ok(study::sign(&read(&study)?, &study::signing_key(&secret(&key)?)?)?)
            }
            Self::Check { document, signer, after } => check(&document, signer.as_deref(), after.as_deref()),
            Self::Codes { document } => codes(&read(&document)?),
            Self::Thumbprint { key } => {
                Ok(study::thumbprint(study::signing_key(&secret(&key)?)?.verifying_key()))
            }
            Self::RecoveryKey { file } => recovery_key(&file),
            Self::Recover { export, key, to } => recover(&export, &key, &to),
            Self::Schema => Ok(format!("{:#}", study::schema())),
        }
    }
}

fn recovery_key(file: &Path) -> Result<String, Undone> {
    let (passphrase, again) = (super::password()?, super::password()?);
    if *passphrase != *again {
        return Err(::device::Error::from(Refusal::PassphrasesDiffer).into());
    }
    let secret = RecoverySecret::make()?;
    super::write_new(file, secret.to_file(&passphrase)?.as_bytes())?;
    Ok(secret.public().to_string())
}

fn recover(export: &Path, key: &Path, to: &Path) -> Result<String, Undone> {
    let (secret, passphrase, again) = (super::password()?, super::password()?, super::password()?);
    let key = super::recovery_key(key, &secret)?;
    let typed = Typed { passphrase: &passphrase, again: &again };
    let anew = emergency::recover(&super::read_up_to(export, LARGEST_FILE)?, &key, typed)?;
    super::write_new(to, anew.as_bytes())?;
    Ok(format!("wrote {}; tell the site the passphrase by another way than the file", to.display()))
}

fn codes(document: &[u8]) -> Result<String, Undone> {
    let signed = SignedStudy::read(document)?;
    Ok(paper::page(document, &signed.study().title, signed.study().version)?)
}

fn check(document: &[PathBuf], signer: Option<&str>, after: Option<&Path>) -> Result<String, Undone> {
    let mut found = SignedStudy::read(&super::document(document)?)?;
    if let Some(signer) = signer {
        found = found.signed_by(signer)?;
    }
    if let Some(after) = after {
        // What mends a document that is not taken any more follows that document.
        found.may_follow(&SignedStudy::read_kept(&read(after)?)?)?;
    }
    let study = found.study();
    let mut lines = vec![
        format!("{} ({}), version {}", study.title, study.id, study.version),
        format!("server: {} (FHIR {:?})", study.server, study.policy.fhir_version),
    ];
    lines.extend(study.sites.iter().map(|site| format!("site {}: {}", site.id, site.name)));
    lines.extend(study.questionnaires.iter().map(questionnaire));
    lines.push(format!("configuration in every signature: {}", found.sha256()));
    let known = if signer.is_some() { "" } else { "; compare it with the one that the office gave on paper" };
    lines.push(format!("signed by the key {}{known}", found.signer()));
    Ok(lines.join("\n"))
}

fn questionnaire(one: &StudyQuestionnaire) -> String {
    let Some(period) = &one.period else { return format!("questionnaire: {}", one.canonical) };
    let day = |word: &str, day: &Option<String>| {
        day.as_ref().map(|day| format!(" {word} {day}")).unwrap_or_default()
    };
    format!("questionnaire: {}{}{}", one.canonical, day("from", &period.start), day("to", &period.end))
}

fn secret(file: &Path) -> Result<Zeroizing<String>, Undone> {
    let octets = Zeroizing::new(read(file)?);
    // What is no text is no PEM; the reader of the key says so.
    Ok(Zeroizing::new(String::from_utf8_lossy(&octets).into_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use p256::pkcs8::EncodePrivateKey as _;

    use super::*;

    fn key(folder: &Path, byte: u8) -> PathBuf {
        let key = p256::SecretKey::from_slice(&[byte; 32]).unwrap();
        let file = folder.join(format!("{byte}.pem"));
        std::fs::write(&file, key.to_pkcs8_pem(p256::pkcs8::LineEnding::LF).unwrap()).unwrap();
        file
    }

    fn study(anchors: &str, signer: &str, version: u32) -> String {
        serde_json::json!({
            "id": "urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44",
            "title": "Fatigue",
            "version": version,
            "issued": "2026-11-20T09:00:00+01:00",
            "signers": [signer],
            "server": "https://fhir.example.org/r4",
            "trustAnchors": anchors,
            "sites": [{ "id": "014", "name": "Clinic 014" }],
            "questionnaires": [],
        })
        .to_string()
    }

    #[test]
    fn what_the_office_signs_a_site_can_check() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let server = practice::Server::start(practice::Options {
            data_dir: file("server"),
            port: 0,
            seeds: practice::Seeds::default(),
            version: fhir::Version::R4,
        })
        .unwrap();
        let (office, other) = (key(folder.path(), 11), key(folder.path(), 12));
        let named = |key: &Path| StudyErrand::Thumbprint { key: key.to_owned() }.run().unwrap();
        for version in [1, 2] {
            let content = study(server.anchor_pem(), &named(&office), version);
            std::fs::write(file("study.json"), content).unwrap();
            let sign = StudyErrand::Sign { study: file("study.json"), key: office.clone() };
            std::fs::write(file(&format!("{version}.json")), sign.run().unwrap()).unwrap();
        }
        let check = |document: &str, signer: &Path, after: Option<&str>| {
            StudyErrand::Check {
                document: vec![file(document)],
                signer: Some(named(signer)),
                after: after.map(file),
            }
            .run()
            .map_err(|undone| undone.to_string())
        };
        let said = check("2.json", &office, Some("1.json")).unwrap();
        for part in
            ["Fatigue", "version 2", "https://fhir.example.org/r4", "site 014: Clinic 014", &named(&office)]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
        let document = read(&file("2.json")).unwrap();
        let codes = paper::texts(&document).unwrap();
        std::fs::write(file("sheet.png"), paper::tests::picture(&codes, image::ImageFormat::Png)).unwrap();
        assert_eq!(check("sheet.png", &office, None).unwrap(), said, "the same on paper");
        let page = StudyErrand::Codes { document: file("2.json") }.run().unwrap();
        assert!(page.contains("Fatigue") && page.contains("version 2"));
        assert!(!page.contains(&named(&office)), "what a document is compared by does not come with it");
        let both = StudyErrand::Check {
            document: vec![file("sheet.png"), file("2.json")],
            signer: None,
            after: None,
        };
        assert!(both.run().unwrap_err().to_string().contains("not both"));
        assert!(check("1.json", &office, Some("2.json")).unwrap_err().contains("version"));
        assert!(check("1.json", &other, None).unwrap_err().contains("do not use it"));
        assert!(check("study.json", &office, None).unwrap_err().contains("unknown member"));
        assert!(check("missing.json", &office, None).unwrap_err().contains("missing.json"));
        let wrong = StudyErrand::Sign { study: file("study.json"), key: file("1.json") };
        assert!(wrong.run().unwrap_err().to_string().contains("openssl genpkey"));
    }
}
