//! What is told of, to whom, and from where on.

use chrono::{SubsecRound, Utc};
use serde_json::json;
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::harness::{Event, Offer, eventually};
use crate::listening::{Events, Listener};
use crate::world;

fn step(lead: Uuid, before: Option<&str>, after: &str) -> (Uuid, Option<String>, String) {
    (lead, before.map(str::to_owned), after.to_owned())
}

#[tokio::test]
async fn a_freelancer_hears_of_offers_misses_and_corrections_and_of_nobody_elses() {
    let world = world(1_500).await;
    let _subscriber = world.subscriber().await;
    let service = world.start().await;
    let (mine, theirs) = (Offer::now(), Offer::now());
    let mut my_events = Listener::freelancer(mine.freelancer).listen(&service).await;
    let mut their_events = Listener::freelancer(theirs.freelancer).listen(&service).await;
    let publisher = world.publisher().await;

    publisher.send_all([theirs.notified(), mine.notified()]).await;
    assert_eq!(my_events.lead().await, step(mine.lead, None, "notified"));
    assert_eq!(my_events.lead().await, step(mine.lead, Some("notified"), "missed"));
    // Given in time, delivered late: what was announced is taken back.
    publisher.send(mine.responded("ignored").at(mine.notified_at)).await;
    let corrected = my_events.next().await.expect("another event");
    let expected = json!({ "leadId": mine.lead, "offer": 1, "status": "ignored", "previousStatus": "missed" });
    assert_eq!((corrected.kind.as_deref(), corrected.data), (Some("lead"), Some(expected)));

    assert_eq!(their_events.lead().await, step(theirs.lead, None, "notified"));
    assert_eq!(their_events.lead().await, step(theirs.lead, Some("notified"), "missed"));
    drop((my_events, their_events));
    let streams = async || service.metric("lead_tracker_live_streams", &[]).await == 0.0;
    eventually("those who have left are forgotten", streams).await;
    world.close().await;
}

#[tokio::test]
async fn a_stream_goes_on_where_another_ended() {
    let world = world(60_000).await;
    let service = world.start().await;
    let me = Uuid::new_v4();
    let listener = Listener::freelancer(me);
    let leads: Vec<Uuid> = (0..3).map(|_| Uuid::new_v4()).collect();
    let publisher = world.publisher().await;

    // Cut off before the first change: the beginning of a stream has an id, too.
    let beginning = listener.listen(&service).await.last_id;
    for lead in &leads {
        publisher.send(Offer::of(*lead, me).notified()).await;
    }
    let mut events = listener.resume(&service, &beginning).await;
    let mut seen = Vec::new();
    for lead in &leads {
        assert_eq!(events.lead().await, step(*lead, None, "notified"));
        seen.push(events.last_id.clone());
    }
    // The header is the newer one where a browser has both.
    let query = format!("?lastEventId={}", seen[0]);
    let mut from_first = Events::begin(listener.ask(&service, &query, &[]).await).await;
    let mut from_second = Events::begin(listener.ask(&service, &query, &[("last-event-id", &seen[1])]).await).await;
    assert_eq!(from_first.lead().await.0, leads[1]);
    assert_eq!(from_first.lead().await.0, leads[2]);
    assert_eq!(from_second.lead().await.0, leads[2]);
    // One from elsewhere that is yet to come is not waited for.
    let mut from_the_future = listener.resume(&service, "18446744073709551615-1").await;
    publisher.send(Offer::of(leads[0], me).viewed().at(Utc::now())).await;
    for events in [&mut events, &mut from_first, &mut from_second, &mut from_the_future] {
        assert_eq!(events.lead().await, step(leads[0], Some("notified"), "viewed"));
    }
    world.close().await;
}

#[tokio::test]
async fn what_is_no_id_is_refused_and_named() {
    let world = world(60_000).await;
    let service = world.start().await;
    let listener = Listener::freelancer(Uuid::new_v4());

    let by_header = listener.ask(&service, "?lastEventId=1-1", &[("last-event-id", "yesterday")]).await;
    let by_query = listener.ask(&service, "?lastEventId=1", &[]).await;
    for (response, field) in [(by_header, "Last-Event-ID"), (by_query, "lastEventId")] {
        assert_eq!(response.status(), 422);
        let problem: serde_json::Value = response.json().await.expect("a problem");
        assert_eq!(problem["field"], field, "{problem}");
    }
    Events::begin(listener.ask(&service, "?lastEventId=", &[("last-event-id", "")]).await).await;
    world.close().await;
}

#[tokio::test]
async fn what_commits_late_comes_first_and_is_not_skipped() {
    let world = world(60_000).await;
    let service = world.start().await;
    let [first, second] = [Offer::now(), Offer::now()];
    let second = Offer { freelancer: first.freelancer, ..second };
    let publisher = world.publisher().await;
    publisher.send(first.notified()).await;
    let listed = async || world.interaction(first.key()).await.is_some();
    eventually("the first offer is recorded", listed).await;
    let mut events = Listener::freelancer(first.freelancer).listen(&service).await;
    let (mut client, connection) =
        tokio_postgres::connect(world.addresses().database.as_str(), NoTls).await.expect("one");
    tokio::spawn(connection);

    let slow = client.transaction().await.expect("a transaction");
    let insert = "insert into lead_interaction_history
        (lead_id, freelancer_id, offer, status, previous_status, actor_type, source, event_id, occurred_at)
        values ($1, $2, 1, 'viewed', 'notified', 'freelancer', 'api', 'late', now())";
    slow.execute(insert, &[&first.lead, &first.freelancer]).await.expect("an entry");
    publisher.send(second.notified()).await;
    eventually("the second offer is recorded", async || world.interaction(second.key()).await.is_some()).await;
    slow.commit().await.expect("it is committed");

    let mut told = events.take(2).await;
    // The stream may have begun before the first offer could be read.
    if told[0].lead() == step(first.lead, None, "notified") {
        told = [&told[1..], &events.take(1).await].concat();
    }
    assert_eq!(told[0].lead(), step(first.lead, Some("notified"), "viewed"));
    assert_eq!(told[1].lead(), step(second.lead, None, "notified"));
    world.close().await;
}

#[tokio::test]
async fn two_replicas_tell_the_same() {
    let world = world(60_000).await;
    let replicas = [world.start().await, world.start().await];
    let me = Uuid::new_v4();
    let listener = Listener::freelancer(me);
    let mut streams = [listener.listen(&replicas[0]).await, listener.listen(&replicas[1]).await];
    let offers: Vec<Offer> = (0..30).map(|_| Offer::of(Uuid::new_v4(), me)).collect();
    let viewed = |offer: &Offer| -> Event { offer.viewed().at(Utc::now().trunc_subsecs(6)) };

    let publisher = world.publisher().await;
    publisher.send_all(offers.iter().map(Offer::notified)).await;
    publisher.send_all(offers.iter().map(viewed)).await;

    let (one, other) = (streams[0].take(60).await, streams[1].take(60).await);
    assert_eq!(one, other);
    // And who changes from one to the other hears the rest.
    let tenth = one[9].id.as_deref().expect("an id");
    assert_eq!(listener.resume(&replicas[1], tenth).await.take(50).await, one[10..]);
    world.close().await;
}
