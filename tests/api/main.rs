//! The HTTP side as a page or a program sees it: the real binary, asked over a real socket.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "these tests need less of the harness than others do")]
mod harness;

mod access;
mod actions;
mod client;
mod document;
mod filters;
mod idempotency;
mod limits;
mod lists;
mod operations;
mod races;
#[path = "../service/schemas.rs"]
#[allow(dead_code, reason = "the tests of the messages read more of the schemas")]
mod schemas;
mod schemathesis;
mod token;
mod tokens;

use std::time::Duration;

use harness::{Addresses, Offer, World, eventually};

/// A world with this response window, in milliseconds.
async fn world(window_ms: u64) -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses, Duration::from_millis(window_ms)).await
}

/// Publishes offers with everything that may be said of them, and waits until they are recorded.
async fn offered(world: &World, offers: &[Offer]) {
    world.publisher().await.send_all(offers.iter().map(Offer::notified_in_full)).await;
    eventually("the offers are recorded", async || {
        let known = world.interactions().await;
        offers.iter().all(|offer| known.iter().any(|row| row.key == offer.key() && row.deadline_at.is_some()))
    })
    .await;
}
