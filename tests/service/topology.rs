//! What is declared on the broker, and what is said where it differs.

use std::time::Duration;

use crate::harness::{Offer, comes_to, eventually};
use crate::world;

#[tokio::test]
async fn a_declared_topology_verifies() {
    let world = world(60_000).await;

    let before = world.run(&["topology", "verify"]).await;
    world.run(&["topology", "declare"]).await.succeeded();
    world.run(&["topology", "verify"]).await.succeeded();
    world.run(&["topology", "declare"]).await.succeeded();

    assert!(before.complaint().contains(&world.amqp().name("")), "what is missing is named: {before:?}");
    for queue in
        ["lead-tracker.inbox", "lead-tracker.expired", "lead-tracker.parked", &world.delay_queue(world.window())]
    {
        assert_eq!(world.amqp().ready(queue).await, Some(0), "{queue}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_queue_that_differs_is_named_with_its_argument() {
    let world = world(60_000).await;
    let queue = world.amqp().name("lead-tracker.parked");
    world.amqp().declare_classic("lead-tracker.parked").await;

    for arguments in [&["topology", "verify"][..], &["topology", "declare"], &["serve"]] {
        let finished =
            world.run_with(&[("LEAD_TRACKER_HTTP__ADDRESS", "127.0.0.1:0"), ("RUST_LOG", "error")], arguments).await;
        let complaint = finished.complaint();
        assert!(complaint.contains(&queue) && complaint.contains("x-queue-type"), "{arguments:?}: {complaint}");
    }
    world.close().await;
}

#[tokio::test]
async fn without_declaring_a_missing_queue_stops_the_start() {
    let world = world(60_000).await;
    let settings = [
        ("LEAD_TRACKER_BROKER__DECLARE", "false"),
        ("LEAD_TRACKER_HTTP__ADDRESS", "127.0.0.1:0"),
        ("RUST_LOG", "error"),
    ];

    let finished = world.run_with(&settings, &["serve"]).await;
    assert!(finished.complaint().contains(&world.amqp().name("")), "{}", finished.complaint());

    world.run(&["topology", "declare"]).await.succeeded();
    let service = world.spawn(world.service().env("LEAD_TRACKER_BROKER__DECLARE", "false"));
    service.ready().await;
    world.close().await;
}

#[tokio::test]
async fn prune_deletes_only_delay_queues_that_are_drained_and_no_longer_used() {
    let world = world(500).await;
    let _subscriber = world.subscriber().await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let (first, second, third) = (world.window(), Duration::from_secs(50), Duration::from_secs(40));
    let timers = async |window| world.amqp().ready(&world.delay_queue(window)).await;
    world.change_window(second).await;
    eventually("an offer's timer is in the second queue", async || {
        publisher.send(Offer::now().notified()).await;
        timers(second).await > Some(0)
    })
    .await;
    world.change_window(third).await;
    eventually("there is a third queue", async || timers(third).await.is_some()).await;
    comes_to("timers in the first queue", Some(0), async || timers(first).await).await;

    world.run(&["topology", "prune"]).await.succeeded();

    assert_eq!(timers(first).await, None, "drained and no longer used");
    assert!(timers(second).await > Some(0), "a timer is running in it");
    assert!(timers(third).await.is_some(), "in use");
    world.close().await;
}

#[tokio::test]
async fn the_window_is_that_of_the_database_where_there_is_one() {
    let world = world(60_000).await;
    let (configured, changed) = (world.window(), Duration::from_secs(50));
    let depth = async |window| world.amqp().ready(&world.delay_queue(window)).await;

    world.run(&["topology", "declare"]).await.succeeded();
    assert_eq!((depth(configured).await, depth(changed).await), (Some(0), None), "nothing was ever migrated");
    world.run(&["migrate"]).await.succeeded();
    world.change_window(changed).await;
    let missing = world.run(&["topology", "verify"]).await;
    world.run_with(&[("DATABASE_URL", "")], &["topology", "verify"]).await.succeeded();
    world.run(&["topology", "declare"]).await.succeeded();

    assert!(missing.complaint().contains(&world.delay_queue(changed)), "{missing:?}");
    assert_eq!(depth(changed).await, Some(0));
    let later = Duration::from_secs(40);
    world.change_window(later).await;
    world.run(&["topology", "declare"]).await.succeeded();
    world.run(&["topology", "prune"]).await.succeeded();
    assert_eq!((depth(changed).await, depth(later).await), (None, Some(0)), "what was declared is known to prune");
    let homeless = world.run_with(&[("DATABASE_URL", "")], &["topology", "prune"]).await;
    assert!(homeless.complaint().contains("DATABASE_URL"), "{homeless:?}");
    world.close().await;
}
