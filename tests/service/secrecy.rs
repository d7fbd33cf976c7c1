//! What must never be logged.

use crate::harness::{Offer, eventually};
use crate::world;

#[tokio::test]
async fn no_phone_number_and_no_customer_name_is_logged() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let service = world.spawn(world.service().env("RUST_LOG", "trace"));
    service.ready().await;
    let publisher = world.publisher().await;
    let offer = Offer::now();
    let broken = Offer::now().notified_in_full().with("notifiedAt", "yesterday".into());
    world.leaves(crate::harness::Leftover::Parked);

    publisher.send_all([offer.notified_in_full(), broken]).await;
    subscriber.wait_for("lead.missed", offer.key()).await;
    eventually("the broken one is parked", async || world.amqp().ready("lead-tracker.parked").await == Some(1)).await;

    let log = service.log();
    assert!(!log.is_empty());
    for secret in ["9845098450", "Meenakshi", "Sundaram"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    world.close().await;
}
