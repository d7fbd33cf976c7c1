//! Commands that run to their end.

use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

use super::BOUND;

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Its exit status.
    pub(crate) status: ExitStatus,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it complained of.
    pub(crate) stderr: String,
}

impl Finished {
    /// Fails where the command did.
    pub(crate) fn succeeded(self) -> Self {
        assert!(self.status.success(), "the command failed: {self:?}");
        self
    }

    /// The JSON document that it printed.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not one JSON document, {error}: {self:?}"))
    }

    /// The one line in which it says what is wrong; fails where it succeeded, or said less or more.
    pub(crate) fn complaint(&self) -> &str {
        assert!(!self.status.success(), "it should have failed: {self:?}");
        assert_eq!(self.stderr.trim().lines().count(), 1, "one line should say what is wrong: {self:?}");
        self.stderr.trim()
    }
}

/// Runs a command to its end.
pub(super) async fn run(mut command: Command) -> Finished {
    command.stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = tokio::time::timeout(BOUND, output).await.expect("a command comes to its end");
    let output = output.expect("running a command does not panic").expect("the binary can be run");
    Finished { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("commands print UTF-8")
}
