//! The HTTP side as a page or a program sees it: the real binary, asked over a real socket.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "these tests need less of the harness than others do")]
mod harness;

mod access;
mod client;
mod operations;
mod token;

use std::time::Duration;

use harness::{Addresses, World};

/// A world with this response window, in milliseconds.
async fn world(window_ms: u64) -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses, Duration::from_millis(window_ms)).await
}
