//! What the tests of administrators begin with, and what they look at in the end.

use std::time::Duration;

use lapin::BasicProperties;
use serde_json::{Value, json};

use crate::client::Client;
use crate::harness::{Addresses, Offer, Service, World, comes_to, eventually};
use crate::token::Claims;

/// The `sub` of the administrator's token.
pub(crate) const ADMIN: &str = "admin-1";

/// Where messages are parked.
pub(crate) const QUEUE: &str = "lead-tracker.parked";

/// A world with this response window, in milliseconds.
pub(crate) async fn world(window_ms: u64) -> World {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses, Duration::from_millis(window_ms)).await
}

/// Asks in an administrator's name.
pub(crate) fn admin(service: &Service) -> Client {
    Client::anonymous(service).with_token(Claims::user(ADMIN).with("role", json!("admin")).sign())
}

/// Publishes an offer and waits until it is recorded.
pub(crate) async fn recorded(world: &World) -> Offer {
    let offer = Offer::now();
    world.publisher().await.send(offer.notified()).await;
    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;
    offer
}

/// Who did what with what, the first one at the front.
pub(crate) async fn audit(world: &World) -> Vec<(String, String, Value)> {
    let all = "select user_id, action, details from admin_actions order by id";
    let rows = world.sql().query(all, &[]).await.expect("the record can be read");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// What the record has of one thing that the administrator did.
pub(crate) fn done(action: &str, details: Value) -> (String, String, Value) {
    (ADMIN.to_owned(), action.to_owned(), details)
}

/// A service that ends nothing by itself for a long time, and offers that are overdue all the same: as if their timers
/// had been lost, and the next sweep were far away.
pub(crate) async fn overdue(world: &World, count: usize) -> (Service, Vec<Offer>) {
    let service = world.spawn(world.service().env("LEAD_TRACKER_SWEEP__INTERVAL", "1day"));
    service.ready().await;
    let mut offers = Vec::new();
    for _ in 0..count {
        offers.push(recorded(world).await);
    }
    let overdue = "update freelancer_lead_interactions
                   set notified_at = now() - interval '1 h', deadline_at = now() - interval '1 ms'";
    world.sql().execute(overdue, &[]).await.expect("the deadline can be changed");
    (service, offers)
}

/// Has so many messages parked that cannot be read.
pub(crate) async fn poison(world: &World, bodies: &[&str]) {
    let publisher = world.publisher().await;
    for body in bodies {
        let properties = BasicProperties::default().with_content_type("application/json".into());
        publisher.send_bytes("lead.viewed", body.as_bytes(), properties).await;
    }
    parked_messages(world, bodies.len()).await;
}

/// Waits until so many are parked.
pub(crate) async fn parked_messages(world: &World, count: usize) {
    comes_to("parked messages", Some(count as u32), async || world.amqp().ready(QUEUE).await).await;
}
