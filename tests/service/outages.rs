//! Crashes and outages: nothing is lost, nothing comes twice, nobody who answered is reported.

use std::collections::BTreeSet;

use chrono::Utc;

use crate::crowd::{Answer, Crowd, Given};
use crate::harness::{Proxy, Subscriber, World, eventually};
use crate::world;

/// Accepted or ignored in time, two of three with a time of their own.
fn in_time(index: usize, stated: Given) -> Answer {
    let response = if index.is_multiple_of(2) { "accepted" } else { "ignored" };
    Answer { response, given: if index.is_multiple_of(3) { Given::Unstated } else { stated }, delay_ms: 0 }
}

fn a_second_before_the_deadline(index: usize) -> Answer {
    in_time(index, Given::AfterDeadline(-1_000))
}

/// Publishes offers and answers steadily, and disturbs the service five times meanwhile.
async fn disturbed_five_times(world: &World, crowd: &Crowd, mut disturb: impl AsyncFnMut()) {
    let (publisher, offers) = (world.publisher().await, crowd.offers().len());
    let total = i64::try_from(offers).expect("a crowd is small");
    let disturbances = async {
        for part in 1..=5 {
            let recorded = async || world.rows("freelancer_lead_interactions").await >= part * total / 6;
            eventually("another sixth of the offers is recorded", recorded).await;
            disturb().await;
        }
    };
    tokio::join!(publisher.send_steadily(1_000, crowd.offers_and_answers()), disturbances);
}

/// With one process nobody who answered in time is reported at all, not even for a moment.
fn assert_nothing_was_retracted(subscriber: &Subscriber) {
    let retracted = subscriber.of_kind("lead.missed_retracted");
    let about: BTreeSet<_> = retracted.iter().map(|message| message.about()).collect();
    assert!(about.is_empty(), "{} were reported missed although they had answered: {about:?}", about.len());
}

#[tokio::test]
async fn nobody_who_answered_is_reported_after_an_outage_longer_than_the_window() {
    let world = world(8_000).await;
    let subscriber = world.subscriber().await;
    let publisher = world.publisher().await;
    let service = world.start().await;
    let before = Crowd::of(150, world.window(), a_second_before_the_deadline);
    publisher.send_all(before.offers()).await;
    let recorded = async || world.rows("freelancer_lead_interactions").await == 300 && world.unpublished().await == 0;
    eventually("the first offers are recorded and their timers run", recorded).await;
    assert_eq!(service.terminate().await.code(), Some(0));

    let during = Crowd::of(150, world.window(), a_second_before_the_deadline);
    publisher.send_all(during.offers()).await;
    before.answer_when_due(&publisher).await;
    during.answer_when_due(&publisher).await;
    eventually("every deadline is over", async || Utc::now() > during.last_deadline()).await;
    let timers = async || world.amqp().ready("lead-tracker.expired").await > Some(0);
    eventually("timers have piled up", timers).await;
    world.start().await;

    let both = before.and(during);
    both.ends_as_it_must(&world, &subscriber).await;
    assert_nothing_was_retracted(&subscriber);
    world.close().await;
}

#[tokio::test]
async fn killing_the_process_five_times_loses_nothing_and_repeats_nothing() {
    let world = world(8_000).await;
    let subscriber = world.subscriber().await;
    let mut service = world.start().await;
    let crowd = Crowd::of(1_000, world.window(), |index| in_time(index, Given::AtOnce));

    disturbed_five_times(&world, &crowd, async || {
        service.kill_9().await;
        service = world.start().await;
    })
    .await;

    crowd.ends_as_it_must(&world, &subscriber).await;
    assert_nothing_was_retracted(&subscriber);
    world.close().await;
}

#[tokio::test]
async fn ending_every_database_connection_five_times_loses_nothing_and_repeats_nothing() {
    let world = world(8_000).await;
    let subscriber = world.subscriber().await;
    let service = world.start().await;
    let crowd = Crowd::of(1_000, world.window(), |index| in_time(index, Given::AtOnce));

    disturbed_five_times(&world, &crowd, async || {
        eventually("there are connections to end", async || world.terminate_backends().await > 0).await;
    })
    .await;

    crowd.ends_as_it_must(&world, &subscriber).await;
    assert_nothing_was_retracted(&subscriber);
    service.ready().await;
    world.close().await;
}

#[tokio::test]
async fn cutting_every_broker_connection_five_times_loses_nothing_and_repeats_nothing() {
    let world = world(8_000).await;
    let subscriber = world.subscriber().await;
    let proxy = Proxy::passing(&world.addresses().amqp);
    let service = world.spawn(world.service().env("AMQP_URL", proxy.url()));
    service.ready().await;
    let crowd = Crowd::of(1_000, world.window(), |index| in_time(index, Given::AtOnce));

    disturbed_five_times(&world, &crowd, async || {
        eventually("there are connections to cut", async || proxy.cut() > 0).await;
    })
    .await;

    crowd.ends_as_it_must(&world, &subscriber).await;
    assert_nothing_was_retracted(&subscriber);
    assert!(service.metric("lead_tracker_reconnects_total", &[("dependency", "rabbitmq")]).await >= 1.0);
    world.close().await;
}
