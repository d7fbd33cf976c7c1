//! Starting in any order, and stopping cleanly.

use std::time::{Duration, Instant};

use crate::harness::{Leftover, Offer, Proxy, World, comes_to, eventually};
use crate::world;

/// Starts a service whose dependency is behind `proxy`, and expects it to wait, alive, until that can be reached.
async fn waits_for(world: &World, variable: &str, proxy: &Proxy) {
    let service = world.spawn(world.service().env(variable, proxy.url()));
    comes_to("liveness", Some(200), async || service.status_of("/health/live").await).await;
    comes_to("readiness", Some(503), async || service.status_of("/health/ready").await).await;
    assert!(service.exit_status().is_none(), "it waits:\n{}", service.log());

    proxy.open();

    service.ready().await;
}

#[tokio::test]
async fn a_service_waits_for_a_database_that_is_not_there_yet() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let proxy = Proxy::refusing(&world.addresses().database);

    waits_for(&world, "DATABASE_URL", &proxy).await;

    let offer = Offer::now();
    world.publisher().await.send(offer.notified()).await;
    subscriber.wait_for("lead.missed", offer.key()).await;
    world.close().await;
}

#[tokio::test]
async fn a_service_waits_for_a_broker_that_is_not_there_yet() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let proxy = Proxy::refusing(&world.addresses().amqp);

    waits_for(&world, "AMQP_URL", &proxy).await;

    let offer = Offer::now();
    world.publisher().await.send(offer.notified()).await;
    subscriber.wait_for("lead.missed", offer.key()).await;
    world.close().await;
}

#[tokio::test]
async fn a_broker_that_goes_away_later_leaves_the_service_ready() {
    let world = world(60_000).await;
    let proxy = Proxy::passing(&world.addresses().amqp);
    let service = world.spawn(world.service().env("AMQP_URL", proxy.url()));
    service.ready().await;

    proxy.close();

    comes_to("consumers attached", 0.0, async || service.metric("lead_tracker_consumer_up", &[]).await).await;
    assert_eq!(service.status_of("/health/ready").await, Some(200));
    assert_eq!(service.status_of("/health/live").await, Some(200));
    proxy.open();
    eventually("it is attached again", async || service.metric("lead_tracker_consumer_up", &[]).await > 0.0).await;
    world.close().await;
}

#[tokio::test]
async fn a_service_stops_while_its_dependencies_are_away() {
    let world = world(60_000).await;
    let (broker, database) = (Proxy::passing(&world.addresses().amqp), Proxy::passing(&world.addresses().database));
    let service = world.spawn(world.service().env("AMQP_URL", broker.url()).env("DATABASE_URL", database.url()));
    service.ready().await;
    broker.close();
    database.close();

    let started = Instant::now();
    let status = service.terminate().await;

    assert_eq!(status.code(), Some(0), "{}", service.log());
    assert!(started.elapsed() < Duration::from_secs(20), "it took {:?}", started.elapsed());
    world.close().await;
}

#[tokio::test]
async fn sigterm_in_the_middle_of_the_work_loses_nothing() {
    let world = world(3_000).await;
    let subscriber = world.subscriber().await;
    let service = world.start().await;
    let publisher = world.publisher().await;
    let offers = Offer::many(2_000);

    publisher.send_all(offers.iter().map(Offer::notified)).await;
    eventually("it is at work", async || world.rows("freelancer_lead_interactions").await > 0).await;
    let started = Instant::now();
    let status = service.terminate().await;

    assert_eq!(status.code(), Some(0), "{}", service.log());
    assert!(started.elapsed() < Duration::from_secs(20), "it took {:?}", started.elapsed());
    world.start().await;
    comes_to("announced misses", 2_000, async || subscriber.standing().len()).await;
    subscriber.assert_one_id_per_offer();
    world.close().await;
}

#[tokio::test]
async fn a_process_that_stops_hands_its_unfinished_deliveries_back() {
    let world = world(60_000).await;
    world.leaves(Leftover::Backlog);
    let database = Proxy::passing(&world.addresses().database);
    let service = world.spawn(world.service().env("DATABASE_URL", database.url()));
    service.ready().await;
    database.close();
    world.publisher().await.send_all(Offer::many(10).iter().map(Offer::notified)).await;
    eventually("it has taken them", async || world.amqp().ready("lead-tracker.inbox").await == Some(0)).await;

    service.terminate().await;

    comes_to("messages back in the inbox", Some(10), async || world.amqp().ready("lead-tracker.inbox").await).await;
    world.close().await;
}
