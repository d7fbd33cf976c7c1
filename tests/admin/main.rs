//! What administrators do over HTTP: the real binary, asked over a real socket.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "these tests need less of the harness than others do")]
mod harness;

mod access;
mod check;
#[path = "../api/client.rs"]
#[allow(dead_code, reason = "the tests of the freelancers' routes ask for more")]
mod client;
mod outage;
mod parked;
mod summary;
#[path = "../api/token.rs"]
#[allow(dead_code, reason = "the tests of the freelancers' routes need more kinds of tokens")]
mod token;
mod window;

use std::time::Duration;

use client::{Answer, Client, send};
use harness::{Addresses, Offer, Service, World, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use token::Claims;

const CHECK: &str = "/api/admin/check-missed-leads";
const WINDOW: &str = "/api/admin/settings/response-window";
const SUMMARY: &str = "/api/admin/summary";
const PARKED: &str = "/api/admin/parked";

/// The `sub` of the administrator's token.
const ADMIN: &str = "admin-1";

/// A world with this response window, in milliseconds.
async fn world(window_ms: u64) -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses, Duration::from_millis(window_ms)).await
}

/// Asks in an administrator's name.
fn admin(service: &Service) -> Client {
    Client::anonymous(service).with_token(Claims::user(ADMIN).with("role", json!("admin")).sign())
}

/// Asks for another response window.
async fn put_window(client: &Client, minutes: impl Into<Value>) -> Answer {
    let body = json!({ "minutes": minutes.into() });
    send(client.request(Method::PUT, WINDOW).json(&body)).await
}

/// Publishes an offer and waits until it is recorded.
async fn recorded(world: &World) -> Offer {
    let offer = Offer::now();
    world.publisher().await.send(offer.notified()).await;
    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;
    offer
}

/// Who did what with what, the first one at the front.
async fn audit(world: &World) -> Vec<(String, String, Value)> {
    let all = "select user_id, action, details from admin_actions order by id";
    let rows = world.sql().query(all, &[]).await.expect("the record can be read");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// What the record has of one thing that the administrator did.
fn done(action: &str, details: Value) -> (String, String, Value) {
    (ADMIN.to_owned(), action.to_owned(), details)
}
