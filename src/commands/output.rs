//! What a command prints on stdout.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

/// Prints lines for people.
///
/// # Errors
///
/// Where stdout cannot be written. A reader that has gone, as `head` does, has seen enough.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Prints one JSON document for machines.
///
/// # Errors
///
/// As [`print()`].
pub(super) fn print_json(document: &impl Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(document)?)
}

/// A text of somebody else's on one line, without what a terminal would obey.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
