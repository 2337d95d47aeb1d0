//! Reading a value back by a second process.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::{KeystoreProblem, os};

/// How the second process is started: a program (the app itself) whose arguments lead to [`child_main`].
///
/// The service name and the entry's name are appended to `arguments`.
#[derive(Debug, Clone)]
pub struct SecondProcess {
    /// The program.
    pub program: PathBuf,
    /// What makes it call [`child_main`], such as a hidden subcommand.
    pub arguments: Vec<OsString>,
}

impl SecondProcess {
    /// Has the process read the entry `name` and compares the hash that it prints with that of `value`.
    pub(super) fn verify(
        &self,
        service: &str,
        name: &str,
        value: &[u8],
        patience: Duration,
    ) -> Result<(), KeystoreProblem> {
        let refused = |why: String| KeystoreProblem::NotReadBack(why);
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .args([service, name])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| refused(format!("it did not start: {}", error.kind())))?;
        let succeeded = wait(&mut child, patience)?;
        let mut printed = String::new();
        if let Some(output) = child.stdout.take() {
            // A hash and a line end: more than this is not an answer.
            output
                .take(128)
                .read_to_string(&mut printed)
                .map_err(|error| refused(error.kind().to_string()))?;
        }
        if !succeeded {
            return Err(refused("it could not read the entry".into()));
        }
        if printed.trim() == fingerprint(value) {
            Ok(())
        } else {
            Err(refused("it read another value".into()))
        }
    }
}

fn wait(child: &mut Child, patience: Duration) -> Result<bool, KeystoreProblem> {
    let until = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                // It may have ended in this moment; either way it is gone afterwards.
                let _ = child.kill();
                let _ = child.wait();
                return Err(KeystoreProblem::NotReadBack("it did not answer".into()));
            }
            Err(error) => return Err(KeystoreProblem::NotReadBack(error.kind().to_string())),
        }
    }
}

/// The second process: `arguments` are a service name and an entry's name. Prints the SHA-256 of the entry's value,
/// never the value.
pub fn child_main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let names: Vec<String> =
        arguments.into_iter().filter_map(|argument| argument.into_string().ok()).collect();
    let [service, name] = names.as_slice() else { return ExitCode::from(2) };
    match os::read(service, name, Duration::from_secs(30)) {
        Ok(value) => match writeln!(std::io::stdout(), "{}", fingerprint(&value)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(_) => ExitCode::from(3),
    }
}

fn fingerprint(value: &[u8]) -> String {
    crate::hex(&Sha256::digest(value))
}
