//! The documents are true: their commands run as written, and what they name is there.
//!
//! What becomes of a block of shell commands is said beside its fence:
//!
//! - `sh`: runs here, in the order of the page;
//! - `sh background`: the same, but goes on to the end of the page, and then ends well when it is told to;
//! - `sh tests/…`: runs in that test;
//! - `sh no-run "why"`: nobody runs it.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "commands need less of the harness than the service's tests do")]
mod harness;

mod commands;
mod links;
mod names;
mod page;

/// Where everything that the pages name is found from.
const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// The service's binary.
const BINARY: &str = env!("CARGO_BIN_EXE_lead-tracker");
