//! A program that answers each line (JSON) with one line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::Value as Json;

/// A running program; it ends when its input does.
pub struct Lines {
    // Asked from several tests at once; a test that failed while it asked leaves nothing half read.
    open: Mutex<(Child, ChildStdin, BufReader<ChildStdout>)>,
}

impl Lines {
    /// Starts `command`; what it says beside its answers goes to the test's own output.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let input = child.stdin.take().expect("the input is piped");
        let output = BufReader::new(child.stdout.take().expect("the output is piped"));
        Self { open: Mutex::new((child, input, output)) }
    }

    /// The answer to one question.
    ///
    /// # Panics
    /// When the question could not be put.
    #[track_caller]
    pub fn ask(&self, question: &Json) -> Json {
        let answer = self.try_ask(question);
        assert!(answer.get("error").is_none(), "{answer} to {question}");
        answer
    }

    /// The answer to one question, `{"error": …}` too.
    pub fn try_ask(&self, question: &Json) -> Json {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, input, output) = &mut *open;
        writeln!(input, "{question}").and_then(|()| input.flush()).expect("the program reads");
        let mut line = String::new();
        output.read_line(&mut line).expect("the program answers");
        assert!(!line.is_empty(), "the program ended without an answer to {question}");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line}"))
    }
}
