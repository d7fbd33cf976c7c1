//! When a stream ends, and what it says then.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Event, Offer};
use crate::listening::{Ending, Events, Listener};
use crate::world;

fn soon() -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(3)
}

/// The plan is over: the stream says so, and where to get one.
async fn assert_ends_for_the_plan(events: &mut Events) {
    let last = events.next().await.expect("a last event");
    let data = json!({ "needsSubscription": true, "upgradeUrl": "/subscription-plans" });
    assert_eq!((last.kind.as_deref(), last.data, last.id), (Some("plan"), Some(data), None));
    assert_eq!(events.next().await, Err(Ending::Closed));
}

#[tokio::test]
async fn a_stream_ends_with_the_plan() {
    let world = world(60_000).await;
    let service = world.start().await;
    let listener = Listener::until(Uuid::new_v4(), Utc::now() + TimeDelta::hours(1), soon());
    let mut events = listener.listen(&service).await;

    assert_ends_for_the_plan(&mut events).await;
    let refused = listener.ask(&service, "", &[("last-event-id", &events.last_id)]).await;
    assert_eq!(refused.status(), 403);
    world.close().await;
}

#[tokio::test]
async fn a_stream_ends_when_the_plan_is_cancelled_and_those_of_others_go_on() {
    let world = world(60_000).await;
    let service = world.start().await;
    let (mine, theirs) = (Offer::now(), Offer::now());
    let mut my_events = Listener::freelancer(mine.freelancer).listen(&service).await;
    let mut their_events = Listener::freelancer(theirs.freelancer).listen(&service).await;
    let publisher = world.publisher().await;
    let ends_at = Utc::now() + TimeDelta::days(9);

    publisher.send(Event::plan_changed(mine.freelancer, "cancelled", ends_at).at(Utc::now())).await;
    assert_ends_for_the_plan(&mut my_events).await;
    publisher.send(theirs.notified()).await;
    assert_eq!(their_events.lead().await.0, theirs.lead);
    world.close().await;
}

#[tokio::test]
async fn a_stream_ends_with_the_token() {
    let world = world(60_000).await;
    let service = world.start().await;
    // It is accepted for a minute longer, for the sake of clocks that differ.
    let listener =
        Listener::until(Uuid::new_v4(), Utc::now() - TimeDelta::seconds(55), Utc::now() + TimeDelta::days(1));
    let mut events = listener.listen(&service).await;

    assert_eq!(events.next().await, Err(Ending::Closed));
    world.close().await;
}

#[tokio::test]
async fn streams_end_in_order_when_the_service_stops() {
    let world = world(60_000).await;
    let service = world.start().await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(Listener::freelancer(Uuid::new_v4()).listen(&service).await);
    }

    assert_eq!(service.terminate().await.code(), Some(0));
    for events in &mut streams {
        assert_eq!(events.next().await, Err(Ending::Closed), "one was cut off");
    }
    world.close().await;
}

#[tokio::test]
async fn there_are_only_so_many_streams_of_one_freelancer() {
    let world = world(60_000).await;
    let service = world.start().await;
    let listener = Listener::freelancer(Uuid::new_v4());
    let mut streams = Vec::new();
    for _ in 0..32 {
        streams.push(listener.listen(&service).await);
    }

    assert_eq!(listener.ask(&service, "", &[]).await.status(), 429);
    Listener::freelancer(Uuid::new_v4()).listen(&service).await;
    world.close().await;
}
