//! Messages that cannot be processed, and the commands that look after them.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};
use serde_json::{Value, json};

use crate::harness::{Event, Form, Leftover, Offer, World, comes_to, eventually};
use crate::world;

const PARKED: &str = "lead-tracker.parked";

async fn parked_list(world: &World) -> Vec<Value> {
    let listed = world.run(&["parked", "list", "--json"]).await.succeeded().json();
    listed.as_array().cloned().expect("the list is an array")
}

/// Bodies that must be refused, each with a word that its reason must have.
fn poison() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let offer = Offer::now();
    let with = |field: &str, value: Value| offer.notified().with(field, value).body();
    let foreign = offer.notified().written(Form::Structured).body();
    let foreign =
        String::from_utf8(foreign).expect("JSON is text").replace("hirelocal.lead.notified", "hirelocal.lead.viewed");
    vec![
        ("lead.notified", b"{ not json".to_vec(), ""),
        ("lead.notified", vec![0xff, 0xfe, 0x00], ""),
        ("lead.notified", with("leadId", json!("42")), "leadId"),
        ("lead.notified", with("notifiedAt", json!("2026-03-01T10:00:00")), "notifiedAt"),
        ("lead.notified", with("lead", json!({ "title": "nul\u{0}" })), ""),
        ("lead.notified", with("padding", json!("x".repeat(256 * 1024))), ""),
        ("lead.viewed", json!({ "leadId": offer.lead }).to_string().into_bytes(), "freelancerId"),
        ("lead.responded", offer.responded("perhaps").body(), "response"),
        ("lead.responded", offer.responded("missed").with("reason", json!("bored")).body(), "reason"),
        ("lead.closed", Event::closed(offer.lead, "eaten").body(), "outcome"),
    ]
    .into_iter()
    .chain([("lead.notified", foreign.into_bytes(), "type")])
    .collect()
}

fn content_type(body: &[u8]) -> BasicProperties {
    let structured = String::from_utf8_lossy(body).contains("specversion");
    let kind = if structured { "application/cloudevents+json" } else { "application/json" };
    BasicProperties::default().with_content_type(kind.into())
}

#[tokio::test]
async fn poison_is_parked_alone_with_its_reason_and_its_neighbours_go_on() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let service = world.start().await;
    let publisher = world.publisher().await;
    let poison = poison();
    let neighbours = Offer::many(poison.len());

    for ((key, body, _), neighbour) in poison.iter().zip(&neighbours) {
        publisher.send_bytes(key, body, content_type(body)).await;
        publisher.send(neighbour.notified()).await;
    }

    comes_to("neighbours", neighbours.len(), async || world.interactions().await.len()).await;
    comes_to("parked messages", Some(poison.len() as u32), async || world.amqp().ready(PARKED).await).await;
    let parked = service.metric("lead_tracker_events_total", &[("outcome", "parked")]).await;
    assert_eq!(parked, poison.len() as f64);
    let listed = parked_list(&world).await;
    for ((key, body, word), item) in poison.iter().zip(&listed) {
        let reason = item["reason"].as_str().unwrap_or_default();
        assert!(!reason.is_empty() && reason.contains(word), "{word:?} is not in the reason {reason:?}");
        assert_eq!(item["routingKey"], *key);
        assert!(item["parkedAt"].is_string() && item["id"].is_string(), "{item}");
        if let Ok(text) = std::str::from_utf8(body) {
            assert_eq!(item["body"], text);
        } else {
            assert_eq!(item["bodyEncoding"], "base64");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn a_message_in_the_inbox_that_is_no_event_is_parked() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let _service = world.start().await;

    let publisher = world.publisher().await;
    publisher.send_to_queue(&world.amqp().name("lead-tracker.inbox"), b"{}", BasicProperties::default()).await;

    comes_to("parked messages", Some(1), async || world.amqp().ready(PARKED).await).await;
    world.close().await;
}

#[tokio::test]
async fn looking_at_parked_messages_loses_none() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let _service = world.start().await;
    world.publisher().await.send_bytes("lead.viewed", b"?", BasicProperties::default()).await;
    comes_to("parked messages", Some(1), async || world.amqp().ready(PARKED).await).await;

    let first = parked_list(&world).await;

    assert_eq!(first.len(), 1);
    assert_eq!(parked_list(&world).await, first);
    comes_to("parked messages", Some(1), async || world.amqp().ready(PARKED).await).await;
    world.close().await;
}

#[tokio::test]
async fn a_parked_message_is_discarded_by_its_id() {
    let world = world(60_000).await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    publisher.send_bytes("lead.viewed", b"one", BasicProperties::default()).await;
    publisher.send_bytes("lead.viewed", b"two", BasicProperties::default()).await;
    comes_to("parked messages", Some(2), async || world.amqp().ready(PARKED).await).await;
    let ids = parked_list(&world).await.into_iter().map(|item| item["id"].as_str().map(str::to_owned));
    let ids: Vec<String> = ids.map(|id| id.expect("an id is text")).collect();

    world.run(&["parked", "discard", &ids[0]]).await.succeeded();

    let left = parked_list(&world).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["body"], "two");
    assert!(!world.run(&["parked", "discard", &ids[0]]).await.status.success(), "it is gone");
    world.run(&["parked", "discard", &ids[1]]).await.succeeded();
    world.close().await;
}

#[tokio::test]
async fn a_replayed_message_goes_to_the_inbox_as_it_first_came() {
    let world = world(60_000).await;
    let _service = world.start().await;
    let offer = Offer::now();
    let mut headers = FieldTable::default();
    for (name, value) in [("x-original-routing-key", "lead.notified"), ("x-parked-reason", "a bug that is fixed now")] {
        headers.insert(name.into(), AMQPValue::LongString(value.into()));
    }
    let publisher = world.publisher().await;
    let properties = offer.notified().properties().with_headers(headers);
    publisher.send_to_queue(&world.amqp().name(PARKED), &offer.notified().body(), properties).await;
    let item = parked_list(&world).await.pop().expect("it is parked");
    assert_eq!(item["reason"], "a bug that is fixed now");

    world.run(&["parked", "replay", item["id"].as_str().expect("an id is text")]).await.succeeded();

    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;
    world.close().await;
}

#[tokio::test]
async fn a_replayed_message_that_is_still_wrong_is_parked_again_under_its_first_key() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let service = world.start().await;
    world.publisher().await.send_bytes("lead.closed", b"?", BasicProperties::default()).await;
    comes_to("parked messages", Some(1), async || world.amqp().ready(PARKED).await).await;
    let id = parked_list(&world).await[0]["id"].as_str().expect("an id is text").to_owned();

    world.run(&["parked", "replay", &id]).await.succeeded();

    let parked = async || service.metric("lead_tracker_events_total", &[("outcome", "parked")]).await;
    comes_to("times it was parked", 2.0, parked).await;
    comes_to("parked messages", Some(1), async || world.amqp().ready(PARKED).await).await;
    assert_eq!(parked_list(&world).await[0]["routingKey"], "lead.closed");
    world.close().await;
}

#[tokio::test]
async fn people_see_no_bodies_and_hear_of_what_is_not_there() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let _service = world.start().await;
    let publisher = world.publisher().await;
    for _ in 0..2 {
        let broken = Offer::now().notified_in_full().with("notifiedAt", json!("yesterday"));
        publisher.send(broken).await;
    }
    comes_to("parked messages", Some(2), async || world.amqp().ready(PARKED).await).await;

    let table = world.run(&["parked", "list"]).await.succeeded();
    let cut = world.run(&["parked", "list", "--json", "--limit", "1"]).await.succeeded();
    let nowhere = "0b5f3a52-61c7-4c0e-8d4e-27a99f1053b6";
    let absent = world.run(&["parked", "replay", nowhere, "--json"]).await;
    let silent = world.run(&["parked", "replay", nowhere]).await;

    assert_eq!(table.stdout.lines().count(), 3, "{table:?}");
    assert!(table.stdout.contains("notifiedAt") && table.stdout.contains("lead.notified"), "{table:?}");
    assert!(!table.stdout.contains("9845098450") && !table.stdout.contains("Meenakshi"), "{table:?}");
    assert_eq!(cut.json().as_array().map(Vec::len), Some(1));
    assert!(cut.stderr.contains("--limit"), "{cut:?}");
    assert!(absent.complaint().contains(nowhere), "{absent:?}");
    assert!(silent.complaint().contains(nowhere) && silent.stdout.is_empty(), "{silent:?}");
    assert_eq!(absent.json(), json!({ "done": [], "refused": [], "missing": [nowhere] }));
    world.close().await;
}
