//! `seal-file` at work: what it is given, and what it writes, for each profile, release, format and syntax.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use attesta_tests::interop::Key;
use fhir::xml::{from_xml, to_xml};
use fhir::{Value, Version};
use seal::testing::{self, TestAuthority};

use crate::resources;

/// The organization that signs Bundles for transmission.
pub(crate) const ORGANIZATION: &str = "urn:oid:2.16.840.1.113883.3.9999.14";
const SEED: u8 = 40;

/// One way of sealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) profile: &'static str,
    pub(crate) version: Version,
    pub(crate) format: &'static str,
    pub(crate) rsa: bool,
    pub(crate) syntax: Syntax,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Json,
    Xml,
}

impl Case {
    /// Every one that is possible.
    pub(crate) fn all() -> Vec<Self> {
        let profiles = [
            ("part11", Version::R4, &["jws", "jws-flattened"][..]),
            ("part11", Version::R5, &["jws", "jws-flattened"]),
            ("base-r5", Version::R5, &["jws", "jws-flattened", "xml"]),
            ("gravitate", Version::R5, &["jws", "jws-flattened"]),
            ("iehr", Version::R4, &["jws", "jws-flattened"]),
            ("cdex", Version::R4, &["jws"]),
        ];
        let mut all = Vec::new();
        for (profile, version, formats) in profiles {
            for (&format, syntax) in
                formats.iter().flat_map(|format| [(format, Syntax::Json), (format, Syntax::Xml)])
            {
                all.push(Self { profile, version, format, rsa: false, syntax });
                if format == "xml" {
                    all.push(Self { profile, version, format, rsa: true, syntax });
                }
            }
        }
        all
    }

    /// The resource that is signed.
    fn resource(self) -> Value {
        match (self.profile, self.version) {
            ("iehr", _) => resources::collection(),
            ("gravitate", _) => resources::document(),
            (_, version) => resources::response(version),
        }
    }
}

/// The keys and what to trust, as files.
pub(crate) struct Keys {
    folder: tempfile::TempDir,
    pub(crate) authority: TestAuthority,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let authority = TestAuthority::new(SEED);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| std::fs::write(folder.path().join(name), content).unwrap();
    for (name, key) in [
        ("device", Key::certified(&authority.signer(7, testing::DEVICE_IDENTIFIER))),
        ("organization", Key::certified(&authority.signer(9, ORGANIZATION))),
        ("rsa", Key::rsa_certified(&authority, SEED)),
    ] {
        write(&format!("{name}.key.pem"), key.pem().as_bytes());
        write(&format!("{name}.chain.pem"), key.chain_pem().as_bytes());
    }
    write("root.pem", authority.root.certificate_pem().as_bytes());
    for (index, list) in authority.crls(&[]).iter().enumerate() {
        write(&format!("{index}.crl"), list.der());
    }
    Keys { folder, authority }
});

impl Keys {
    pub(crate) fn get() -> &'static Self {
        &KEYS
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// What was written.
pub(crate) struct Written {
    pub(crate) files: Vec<PathBuf>,
    version: Version,
    _folder: tempfile::TempDir,
}

impl Written {
    /// The resource in the file of this name, without its ending.
    pub(crate) fn read(&self, name: &str) -> Option<Value> {
        let path = self.files.iter().find(|path| path.file_stem().is_some_and(|stem| stem == name))?;
        Some(read(path, self.version))
    }
}

/// A resource of `version`, in either syntax.
pub(crate) fn read(path: &Path, version: Version) -> Value {
    let content = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "xml") {
        return from_xml(&content, version).unwrap();
    }
    Value::parse(&content).unwrap()
}

/// Runs `seal-file` with these arguments.
pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_seal-file")).args(arguments).output().unwrap()
}

/// Seals the resource of `case` with the keys of the tests, at their time.
pub(crate) fn seal(case: Case) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let (name, content) = match case.syntax {
        Syntax::Json => ("given.json", case.resource().to_json()),
        Syntax::Xml => ("given.xml", to_xml(&case.resource(), case.version).unwrap()),
    };
    let given = folder.path().join(name);
    std::fs::write(&given, content).unwrap();
    let out = folder.path().join("out");
    let release = case.version.to_string();
    let at = testing::signed_at().to_string();
    let who = match (case.profile, case.rsa) {
        ("iehr", _) => "organization",
        (_, true) => "rsa",
        (_, false) => "device",
    };
    let [key, chain] = ["key", "chain"].map(|kind| Keys::get().path(&format!("{who}.{kind}.pem")));
    let [given, out, key, chain] = [&given, &out, &key, &chain].map(|path| path.to_str().unwrap());
    let mut arguments = vec!["--profile", case.profile, "--fhir", &release, "--format", case.format];
    arguments.extend(["--key", key, "--chain", chain, "--at", &at, "--out", out]);
    if case.profile == "gravitate" {
        arguments.extend(["--transaction-id", "tx-17"]);
    }
    arguments.push(given);
    let answer = run(&arguments);
    assert!(answer.status.success(), "{case:?}: {}", String::from_utf8_lossy(&answer.stderr));
    let files = String::from_utf8(answer.stdout).unwrap().lines().map(PathBuf::from).collect();
    Written { files, version: case.version, _folder: folder }
}
