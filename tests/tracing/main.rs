//! Traces as a collector gets them: the real binary, and a receiver of OTLP over HTTP in this process.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "these tests need less of the harness than others do")]
mod harness;

mod batches;
mod collector;
mod outages;
mod requests;
mod secure;
mod span;
mod story;
mod switches;
#[path = "../api/token.rs"]
#[allow(dead_code, reason = "the tests of the API say more in their tokens")]
mod token;

use std::time::Duration;

use collector::Collector;
use harness::{Addresses, Event, Launch, Service, World};
use span::Context;

/// A world with this response window, in milliseconds.
async fn world(window_ms: u64) -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses, Duration::from_millis(window_ms)).await
}

/// A service that is yet to be started, and sends its spans to an address soon after they end.
fn exporting(world: &World, endpoint: &str) -> Launch {
    world.service().env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_BSP_SCHEDULE_DELAY", 50)
}

/// A service that sends its spans to a collector.
async fn traced(world: &World, collector: &Collector) -> Service {
    let service = world.spawn(exporting(world, &collector.endpoint()));
    service.ready().await;
    service
}

/// The event as a publisher sends it that traces.
fn sent_within(event: Event, context: &Context) -> Event {
    event.header("traceparent", &context.traceparent())
}
