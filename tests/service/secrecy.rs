//! What must never be logged.

use serde_json::json;

use crate::harness::{Leftover, Offer, comes_to};
use crate::world;

#[tokio::test]
async fn no_phone_number_and_no_customer_name_is_logged() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let service = world.spawn(world.service().env("RUST_LOG", "trace"));
    service.ready().await;
    let publisher = world.publisher().await;
    let offer = Offer::now();
    let broken = [("mobileNumber", json!(["+919845098450"])), ("customer", json!("Meenakshi Sundaram"))];
    let broken = broken.map(|(field, value)| Offer::now().notified().with("lead", json!({ field: value })));
    world.leaves(Leftover::Parked);

    publisher.send_all([offer.notified_in_full()].into_iter().chain(broken)).await;
    subscriber.wait_for("lead.missed", offer.key()).await;
    comes_to("parked messages", Some(2), async || world.amqp().ready("lead-tracker.parked").await).await;

    let log = service.log();
    assert!(!log.is_empty());
    for secret in ["9845098450", "Meenakshi", "Sundaram"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    world.close().await;
}
