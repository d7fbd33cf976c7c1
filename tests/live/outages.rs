//! Nothing is missed and nothing comes twice, whatever is cut off meanwhile.

use std::time::Duration;

use uuid::Uuid;

use crate::harness::{Offer, Proxy, World, eventually};
use crate::listening::{Event, Listener};
use crate::world;

/// The leads of the history in the order of its positions.
async fn leads_of_the_history(world: &World) -> Vec<Uuid> {
    let all = "select lead_id from lead_interaction_history order by transaction_id, id";
    let rows = world.sql().query(all, &[]).await.expect("the history can be read");
    rows.iter().map(|row| row.get("lead_id")).collect()
}

fn leads(events: &[Event]) -> Vec<Uuid> {
    events.iter().map(|event| event.lead().0).collect()
}

#[tokio::test]
async fn a_stream_outlasts_the_connections_to_the_database() {
    let world = world(60_000).await;
    let service = world.start().await;
    let me = Uuid::new_v4();
    let mut events = Listener::freelancer(me).listen(&service).await;
    let publisher = world.publisher().await;
    let mut seen = Vec::new();

    for _ in 0..5 {
        publisher.send_all((0..10).map(|_| Offer::of(Uuid::new_v4(), me).notified())).await;
        eventually("there are connections to end", async || world.terminate_backends().await > 0).await;
        publisher.send_all((0..10).map(|_| Offer::of(Uuid::new_v4(), me).notified())).await;
        seen.extend(events.take(20).await);
    }

    assert_eq!(leads(&seen), leads_of_the_history(&world).await);
    world.close().await;
}

#[tokio::test]
async fn a_stream_outlasts_the_database_for_one_replica_while_another_writes() {
    let world = world(60_000).await;
    let proxy = Proxy::passing(&world.addresses().database);
    let cut_off = world.spawn(world.service().env("DATABASE_URL", proxy.url()));
    cut_off.ready().await;
    let me = Uuid::new_v4();
    let mut events = Listener::freelancer(me).listen(&cut_off).await;
    let publisher = world.publisher().await;
    publisher.send(Offer::of(Uuid::new_v4(), me).notified()).await;
    let mut seen = events.take(1).await;

    world.start().await;
    proxy.close();
    publisher.send_all((0..50).map(|_| Offer::of(Uuid::new_v4(), me).notified())).await;
    eventually("some of it is recorded", async || world.rows("freelancer_lead_interactions").await > 10).await;
    proxy.open();
    seen.extend(events.take(50).await);

    assert_eq!(leads(&seen), leads_of_the_history(&world).await);
    world.close().await;
}

#[tokio::test]
async fn a_client_that_comes_back_after_each_crash_hears_everything_once_and_in_order() {
    let world = world(60_000).await;
    let mut service = world.start().await;
    let me = Uuid::new_v4();
    let listener = Listener::freelancer(me);
    let mut events = listener.listen(&service).await;
    let (publisher, mut seen) = (world.publisher().await, Vec::new());

    for _ in 0..3 {
        publisher.send_all((0..20).map(|_| Offer::of(Uuid::new_v4(), me).notified())).await;
        // Some of it is heard before the crash, some of it happens after it.
        seen.extend(events.take(5).await);
        service.kill_9().await;
        publisher.send_all((0..20).map(|_| Offer::of(Uuid::new_v4(), me).notified())).await;
        while let Ok(event) = events.next().await {
            seen.push(event);
        }
        service = world.start().await;
        events = listener.resume(&service, &events.last_id).await;
        while seen.len() % 40 != 0 {
            seen.push(events.next().await.expect("another event"));
        }
    }

    assert_eq!(leads(&seen), leads_of_the_history(&world).await);
    world.close().await;
}

#[tokio::test]
async fn who_reads_too_slowly_is_left_behind_and_catches_up() {
    const ENTRIES: i64 = 60_000;
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = Offer::now();
    let listener = Listener::freelancer(offer.freelancer);
    let mut events = listener.listen(&service).await;
    world.publisher().await.send(offer.notified()).await;
    let mut heard = events.take(1).await;

    // More than fits into the buffers between here and there.
    let insert = "insert into lead_interaction_history
        (lead_id, freelancer_id, offer, status, previous_status, actor_type, source, event_id, occurred_at)
        select $1, $2, 1, 'notified', 'notified', 'system', 'test', 'many', now() from generate_series(1, $3::bigint)";
    let inserted = world.sql().execute(insert, &[&offer.lead, &offer.freelancer, &ENTRIES]).await;
    inserted.expect("the entries");
    let left_behind = async || service.metric("lead_tracker_live_streams", &[]).await == 0.0;
    eventually("the service does not wait for who does not read", left_behind).await;

    let mut resumed = 0;
    while heard.len() <= ENTRIES as usize {
        match tokio::time::timeout(Duration::from_secs(60), events.next()).await.expect("it goes on or ends") {
            Ok(event) => heard.push(event),
            Err(_) => {
                events = listener.resume(&service, &events.last_id).await;
                resumed += 1;
            }
        }
    }
    assert!(resumed > 0, "there was room for everything");
    let ids = world.sql().query("select id from lead_interaction_history order by transaction_id, id", &[]).await;
    let ids: Vec<i64> = ids.expect("the history").iter().map(|row| row.get("id")).collect();
    let heard = heard.iter().filter_map(|event| event.id.as_deref()?.split_once('-')?.1.parse().ok());
    assert_eq!(heard.collect::<Vec<i64>>(), ids);
    world.close().await;
}
