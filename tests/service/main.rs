//! The service as others see it: the real binary between a real RabbitMQ and a real PostgreSQL.

#[path = "../harness/mod.rs"]
#[allow(unused_imports, reason = "only who asks over HTTP signs tokens")]
mod harness;

mod announcing;
mod check;
mod commands;
mod configuration;
mod contracts;
mod crowd;
mod crowds;
mod examples;
mod forms;
mod lifecycle;
mod misses;
mod outages;
mod parked;
mod plans;
mod publishing;
mod rollouts;
mod schemas;
mod secrecy;
mod self_test;
mod sweep;
mod tokens;
mod topology;
mod unroutable;
mod vocabulary;
mod window;

use std::time::Duration;

use harness::{Addresses, World};

/// A world with this response window, in milliseconds.
async fn world(window_ms: u64) -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses, Duration::from_millis(window_ms)).await
}
