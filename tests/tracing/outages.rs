//! A collector that is not there holds nothing up.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use crate::collector::Collector;
use crate::harness::{Offer, Service, World, eventually};
use crate::{exporting, traced, world};

/// Ends the service as Kubernetes does, in the time that operators expect.
async fn drains(service: &Service) {
    let started = Instant::now();
    assert_eq!(service.terminate().await.code(), Some(0), "{}", service.log());
    assert!(started.elapsed() < Duration::from_secs(20), "it took {:?}", started.elapsed());
}

/// Does all its work while its spans go to this address, with more of them than are kept for it.
async fn works_regardless(world: &World, collector: SocketAddr) {
    let launch = exporting(world, &format!("http://{collector}")).env("OTEL_BSP_MAX_QUEUE_SIZE", 64);
    let (service, subscriber) = (world.spawn(launch), world.subscriber().await);
    service.ready().await;
    let offers = Offer::many(500);
    world.publisher().await.send_all(offers.iter().map(Offer::notified)).await;
    subscriber.wait_until("every miss is announced", |messages| messages.len() == offers.len()).await;
    drains(&service).await;
}

#[tokio::test]
async fn a_collector_that_is_down_or_never_answers_holds_nothing_up() {
    let world = world(500).await;
    // The system takes connections for the second, and nobody reads them.
    let [down, silent] = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a port is free"));
    let [nobody, mute] = [&down, &silent].map(|listener| listener.local_addr().expect("a listener has an address"));
    drop(down);

    works_regardless(&world, nobody).await;
    works_regardless(&world, mute).await;

    world.close().await;
}

#[tokio::test]
async fn a_collector_that_fails_is_complained_of_once() {
    let world = world(60_000).await;
    let collector = Collector::failing(3).await;
    let service = traced(&world, &collector).await;
    let publisher = world.publisher().await;

    eventually("spans are taken", async || {
        publisher.send(Offer::now().notified()).await;
        !collector.spans().is_empty()
    })
    .await;

    eventually("that is told", async || service.log().contains("the collector takes spans again")).await;
    assert_eq!(service.log().matches("the collector does not take spans").count(), 1, "{}", service.log());
    world.close().await;
}

#[tokio::test]
async fn the_last_spans_are_sent_at_the_end() {
    let world = world(60_000).await;
    let collector = Collector::start().await;
    let launch = exporting(&world, &collector.endpoint()).env("OTEL_BSP_SCHEDULE_DELAY", 600_000);
    let service = world.spawn(launch);
    service.ready().await;
    world.publisher().await.send(Offer::now().notified()).await;
    eventually("it is recorded", async || world.rows("freelancer_lead_interactions").await == 1).await;

    drains(&service).await;

    assert!(collector.spans().iter().any(|span| span.name.starts_with("process ")), "{:?}", collector.spans());
    world.close().await;
}
