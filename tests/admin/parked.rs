//! `/api/admin/parked`.

use futures::future::join_all;
use lapin::types::{AMQPValue, FieldTable};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::PARKED;
use crate::client::{Answer, Client, send};
use crate::harness::{Leftover, Offer, eventually};
use crate::stage::{QUEUE, admin, audit, done, parked_messages, poison, world};

async fn replay(client: &Client, id: &str) -> Answer {
    send(client.request(Method::POST, &format!("{PARKED}/{id}/replay"))).await
}

async fn discard(client: &Client, id: &str) -> Answer {
    send(client.request(Method::DELETE, &format!("{PARKED}/{id}"))).await
}

fn id(item: &Value) -> &str {
    item["id"].as_str().expect("an id is text")
}

#[tokio::test]
async fn the_list_is_that_of_the_command_and_can_be_limited() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let service = world.start().await;
    let client = admin(&service);
    assert_eq!(client.get(PARKED).await.list(), Vec::<Value>::new());
    poison(&world, &["one", "two", "three"]).await;

    let listed = client.get(PARKED).await.list();
    let by_command = world.run(&["parked", "list", "--json"]).await.succeeded().json();
    let limited = client.get(&format!("{PARKED}?limit=2")).await.list();
    let after_that = client.get(PARKED).await.list();

    let bodies: Vec<_> = listed.iter().map(|item| item["body"].clone()).collect();
    assert_eq!(bodies, ["one", "two", "three"]);
    // The broker gives back in an order of its own what was looked at, so these may be any two.
    let of_these: Vec<_> = listed.iter().filter(|item| limited.contains(item)).cloned().collect();
    assert_eq!((limited.len(), limited), (2, of_these));
    assert_eq!(
        (&listed[0]["routingKey"], &listed[0]["contentType"]),
        (&json!("lead.viewed"), &json!("application/json"))
    );
    assert!(listed[0]["reason"].is_string() && listed[0]["parkedAt"].is_string() && listed[0]["headers"].is_object());
    assert_eq!(json!(listed), by_command);
    assert_eq!(listed, after_that);
    world.close().await;
}

#[tokio::test]
async fn several_who_look_at_once_all_see_everything() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let service = world.start().await;
    let client = admin(&service);
    poison(&world, &["one", "two"]).await;

    let lists = join_all((0..5).map(|_| client.get(PARKED))).await;

    for list in lists {
        assert_eq!(list.list().len(), 2);
    }
    parked_messages(&world, 2).await;
    world.close().await;
}

#[tokio::test]
async fn a_message_is_replayed_once_what_stood_in_the_way_is_mended() {
    let world = world(60_000).await;
    let service = world.start().await;
    let client = admin(&service);
    let offer = Offer::now();
    let mut headers = FieldTable::default();
    for (name, value) in [("x-original-routing-key", "lead.notified"), ("x-parked-reason", "a bug that is fixed now")] {
        headers.insert(name.into(), AMQPValue::LongString(value.into()));
    }
    let properties = offer.notified().properties().with_headers(headers);
    world.publisher().await.send_to_queue(&world.amqp().name(QUEUE), &offer.notified().body(), properties).await;
    let item = client.get(PARKED).await.list().pop().expect("it is parked");

    let replayed = replay(&client, id(&item)).await;

    assert_eq!((replayed.status, replayed.text.as_str()), (204, ""), "{replayed:?}");
    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;
    replay(&client, id(&item)).await.problem(404, "not-found");
    let expected = done("replay-parked", json!({ "id": item["id"], "messages": 1 }));
    assert_eq!(audit(&world).await, [expected]);
    world.close().await;
}

#[tokio::test]
async fn a_message_is_discarded_alone() {
    let world = world(60_000).await;
    let service = world.start().await;
    let client = admin(&service);
    poison(&world, &["one", "two"]).await;
    let listed = client.get(PARKED).await.list();

    let discarded = discard(&client, id(&listed[0])).await;

    assert_eq!((discarded.status, discarded.text.as_str()), (204, ""), "{discarded:?}");
    assert_eq!(client.get(PARKED).await.list(), listed[1..]);
    discard(&client, id(&listed[0])).await.problem(404, "not-found");
    assert_eq!(discard(&client, id(&listed[1])).await.status, 204);
    let expected = |item: &Value| done("discard-parked", json!({ "id": item["id"], "messages": 1 }));
    assert_eq!(audit(&world).await, [expected(&listed[0]), expected(&listed[1])]);
    world.close().await;
}

#[tokio::test]
async fn a_message_that_its_queue_does_not_take_stays_parked() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    world.run(&["topology", "declare"]).await.succeeded();
    let service = world.spawn(world.service().env("LEAD_TRACKER_BROKER__DECLARE", "false"));
    service.ready().await;
    let client = admin(&service);
    poison(&world, &["one"]).await;
    let item = client.get(PARKED).await.list().pop().expect("it is parked");
    // Nobody declares it again.
    world.amqp().delete_queues(["lead-tracker.inbox".to_owned()]).await;

    let refused = replay(&client, id(&item)).await;

    refused.problem(409, "conflict");
    parked_messages(&world, 1).await;
    assert_eq!(audit(&world).await, []);
    world.close().await;
}

#[tokio::test]
async fn an_unknown_message_is_neither_replayed_nor_discarded() {
    let world = world(60_000).await;
    let service = world.start().await;
    let (client, unknown) = (admin(&service), Uuid::new_v4().to_string());

    replay(&client, &unknown).await.problem(404, "not-found");
    discard(&client, &unknown).await.problem(404, "not-found");

    assert_eq!(audit(&world).await, []);
    world.close().await;
}
