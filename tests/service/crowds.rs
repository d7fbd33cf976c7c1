//! Many leads at once: two processes on the same queues, and a steady stream.

use std::time::Duration;

use crate::crowd::{Answer, Crowd, Given};
use crate::harness::{Event, Offer};
use crate::world;

const RESPONSES: [&str; 3] = ["accepted", "ignored", "missed"];

/// Answers from a second before the deadline to a second after it; every fifth is on its way for 1.5 s.
pub(crate) fn around_the_deadline(index: usize, count: usize) -> Answer {
    let given = Given::AfterDeadline(2_000 * index as i64 / count as i64 - 1_000);
    let delay_ms = if index.is_multiple_of(5) { 1_500 } else { 0 };
    Answer { response: RESPONSES[index % 3], given, delay_ms }
}

#[tokio::test]
async fn two_processes_share_two_thousand_offers_answered_around_their_deadline() {
    let world = world(5_000).await;
    let subscriber = world.subscriber().await;
    let (_one, _other) = tokio::join!(world.start(), world.start());
    let publisher = world.publisher().await;
    let crowd = Crowd::of(1_000, world.window(), |index| around_the_deadline(index, 1_000));

    publisher.send_all(crowd.offers()).await;
    crowd.answer_when_due(&publisher).await;

    crowd.ends_as_it_must(&world, &subscriber).await;
    world.close().await;
}

#[tokio::test]
async fn misses_are_announced_while_events_keep_coming() {
    const SECONDS: usize = 15;
    let world = world(3_000).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let offers = Offer::many(100);
    let watched = Offer::now();
    let views = std::iter::repeat_with(|| watched.viewed()).take(1_000 * SECONDS);
    let events: Vec<Event> = offers.iter().map(Offer::notified).chain(views).collect();

    publisher.send_steadily(1_000, events).await;

    let announced = subscriber.standing();
    let waiting: Vec<_> = offers.iter().filter(|offer| !announced.contains(&offer.key())).collect();
    assert!(waiting.is_empty(), "{} of 100 misses waited for the stream to end", waiting.len());
    let latest = subscriber.messages().iter().map(|missed| missed.at - missed.time("deadlineAt")).max();
    assert!(latest.and_then(|late| late.to_std().ok()) < Some(Duration::from_secs(10)), "announced late: {latest:?}");
    world.close().await;
}
