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
mod stage;
mod summary;
#[path = "../api/token.rs"]
#[allow(dead_code, reason = "the tests of the freelancers' routes need more kinds of tokens")]
mod token;
mod window;

use client::{Answer, Client, send};
use reqwest::Method;
use serde_json::{Value, json};

const CHECK: &str = "/api/admin/check-missed-leads";
const WINDOW: &str = "/api/admin/settings/response-window";
const SUMMARY: &str = "/api/admin/summary";
const PARKED: &str = "/api/admin/parked";

/// Asks for another response window.
async fn put_window(client: &Client, minutes: impl Into<Value>) -> Answer {
    let body = json!({ "minutes": minutes.into() });
    send(client.request(Method::PUT, WINDOW).json(&body)).await
}
