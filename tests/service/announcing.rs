//! Crashes and outages while misses are being announced: each is announced, under one id, whatever is repeated.

use crate::harness::{Launch, Offer, Proxy, Service, Subscriber, World, eventually};
use crate::world;

const OFFERS: usize = 2_000;

/// Lets two seconds' worth of offers be missed, and disturbs the service five times while that is announced.
async fn disturbed_five_times(world: &World, subscriber: &Subscriber, mut disturb: impl AsyncFnMut()) {
    let mut offers = Vec::new();
    let offered = std::iter::repeat_with(|| {
        let offer = Offer::now();
        offers.push(offer.key());
        offer.notified()
    });
    world.publisher().await.send_steadily(1_000, offered.take(OFFERS)).await;

    for part in 1..=5 {
        let announced = async || subscriber.standing().len() >= part * OFFERS / 6;
        eventually("another sixth of the misses is announced", announced).await;
        disturb().await;
    }

    let announced = async || {
        let standing = subscriber.standing();
        offers.iter().all(|key| standing.contains(key))
    };
    eventually("every miss is announced", announced).await;
    world.settles().await;
    subscriber.assert_one_id_per_offer();
    let missed = world.history().await.iter().filter(|change| change.became("missed")).count();
    assert_eq!(missed, OFFERS, "each offer is missed once in the history");
}

async fn ready(world: &World, launch: Launch) -> Service {
    let service = world.spawn(launch);
    service.ready().await;
    service
}

#[tokio::test]
async fn killing_the_process_five_times_loses_no_announcement() {
    let world = world(4_000).await;
    let subscriber = world.subscriber().await;
    let mut service = world.start().await;

    disturbed_five_times(&world, &subscriber, async || {
        service.kill_9().await;
        service = world.start().await;
    })
    .await;

    world.close().await;
}

#[tokio::test]
async fn a_second_process_takes_over_from_one_that_is_killed() {
    let world = world(4_000).await;
    let subscriber = world.subscriber().await;
    let (mut one, mut other) = tokio::join!(world.start(), world.start());

    disturbed_five_times(&world, &subscriber, async || {
        one.kill_9().await;
        one = world.spawn(world.service());
        std::mem::swap(&mut one, &mut other);
    })
    .await;

    world.close().await;
}

#[tokio::test]
async fn ending_every_database_connection_five_times_loses_no_announcement() {
    let world = world(4_000).await;
    let subscriber = world.subscriber().await;
    let service = world.start().await;

    disturbed_five_times(&world, &subscriber, async || {
        eventually("there are connections to end", async || world.terminate_backends().await > 0).await;
    })
    .await;

    service.ready().await;
    world.close().await;
}

#[tokio::test]
async fn cutting_every_broker_connection_five_times_loses_no_announcement() {
    let world = world(4_000).await;
    let subscriber = world.subscriber().await;
    let proxy = Proxy::passing(&world.addresses().amqp);
    let _service = ready(&world, world.service().env("AMQP_URL", proxy.url())).await;

    disturbed_five_times(&world, &subscriber, async || {
        eventually("there are connections to cut", async || proxy.cut() > 0).await;
    })
    .await;

    world.close().await;
}
