//! Live events: what a page hears of its leads, over a real socket, whatever happens to the service meanwhile.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "these tests need less of the harness than others do")]
mod harness;

mod changes;
mod crowd;
mod endings;
mod listening;
mod outages;
#[path = "../api/token.rs"]
#[allow(dead_code, reason = "the tests of the API tell every kind of token")]
mod token;

use std::time::Duration;

use harness::{Addresses, World};

/// A world with this response window, in milliseconds.
async fn world(window_ms: u64) -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses, Duration::from_millis(window_ms)).await
}
