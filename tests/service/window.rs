//! The response window is changed while timers run.

use std::time::Duration;

use crate::harness::{Offer, comes_to, eventually};
use crate::world;

#[tokio::test]
async fn a_new_window_is_for_new_offers_and_has_a_queue_of_its_own() {
    let (old, new) = (Duration::from_secs(10), Duration::from_secs(5));
    let world = world(10_000).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let deadline = async |offer: Offer| world.interaction(offer.key()).await.and_then(|row| row.deadline_at);
    let earlier = Offer::now();
    publisher.send(earlier.notified()).await;
    comes_to("the first deadline", Some(earlier.deadline(old)), async || deadline(earlier).await).await;

    world.change_window(new).await;
    let mut later = Offer::now();
    eventually("an offer has the new window", async || {
        later = Offer::now();
        publisher.send(later.notified()).await;
        eventually("it is recorded", async || deadline(later).await.is_some()).await;
        deadline(later).await == Some(later.deadline(new))
    })
    .await;

    eventually("the new timer has a queue of its own", async || {
        world.amqp().ready(&world.delay_queue(new)).await > Some(0)
    })
    .await;
    for (offer, window) in [(later, new), (earlier, old)] {
        let missed = subscriber.wait_for("lead.missed", offer.key()).await;
        assert_eq!(missed.time("deadlineAt"), offer.deadline(window));
        assert_eq!(missed.text("detectedBy"), "timeout");
    }
    world.close().await;
}

#[tokio::test]
async fn the_window_in_the_database_outlives_a_restart() {
    let world = world(60_000).await;
    let service = world.start().await;
    world.change_window(Duration::from_secs(30)).await;
    service.terminate().await;

    let _again = world.start().await;

    let offer = Offer::now();
    world.publisher().await.send(offer.notified()).await;
    let deadline = async || world.interaction(offer.key()).await.and_then(|row| row.deadline_at);
    comes_to("the deadline", Some(offer.deadline(Duration::from_secs(30))), deadline).await;
    assert!(world.amqp().ready(&world.delay_queue(Duration::from_secs(30))).await.is_some());
    world.close().await;
}
