//! Parked messages.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{OVERVIEW, PARKED};
use crate::client::Client;
use crate::harness::{Leftover, Offer, World, eventually};
use crate::stage::{QUEUE, admin, audit, done, parked_messages, poison, world};
use crate::{look, submit};

/// The ids of what is parked, the first one at the front.
async fn ids(client: &Client) -> Vec<String> {
    let listed = client.get("/api/admin/parked").await.list();
    listed.iter().map(|item| item["id"].as_str().expect("an id is text").to_owned()).collect()
}

/// Has an offer parked that nothing stands in the way of any more.
async fn mended(world: &World, offer: &Offer) {
    let mut headers = FieldTable::default();
    for (name, value) in [("x-original-routing-key", "lead.notified"), ("x-parked-reason", "a bug that is fixed now")] {
        headers.insert(name.into(), AMQPValue::LongString(value.into()));
    }
    let properties = offer.notified().properties().with_headers(headers);
    world.publisher().await.send_to_queue(&world.amqp().name(QUEUE), &offer.notified().body(), properties).await;
}

#[tokio::test]
async fn messages_are_shown_as_text_whatever_is_in_them() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let service = world.start().await;
    let client = admin(&service);
    look(&client, PARKED).await.says("Nothing is parked");
    poison(&world, &[r#"{"leadId":"<script>alert(1)</script>"}"#, "no JSON & no <b>"]).await;
    world.publisher().await.send_bytes("lead.viewed", &[0xff, 0xfe], BasicProperties::default()).await;
    parked_messages(&world, 3).await;

    let page = look(&client, PARKED).await;

    assert_eq!(page.status, 200);
    assert_eq!(page.html.matches("<article").count(), 3);
    let [first, second, third] = &ids(&client).await[..] else { panic!("three are parked") };
    let first = page.element(&format!("parked-{first}"));
    for words in
        ["lead.viewed", "leadId", "application/json", "JSON, laid out", "  &quot;leadId&quot;: &quot;&lt;script&gt;"]
    {
        assert!(first.contains(words), "{words}: {first}");
    }
    assert!(page.element(&format!("parked-{second}")).contains("no JSON &amp; no &lt;b&gt;"));
    let third = page.element(&format!("parked-{third}"));
    assert!(third.contains("in base64") && third.contains("//4="), "{third}");
    world.close().await;
}

#[tokio::test]
async fn a_message_is_replayed_once() {
    let world = world(60_000).await;
    let service = world.start().await;
    let client = admin(&service);
    let offer = Offer::now();
    mended(&world, &offer).await;
    let id = ids(&client).await.pop().expect("it is parked");
    let address = format!("{PARKED}/{id}/replay");
    look(&client, PARKED).await.says(&format!("action=\"{address}\""));

    let page = submit(&client, &address, &[]).await;

    page.notice(200, "The message is on its way again.");
    page.says("Nothing is parked");
    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;
    submit(&client, &address, &[]).await.notice(404, "Nothing with this id is parked.");
    assert_eq!(audit(&world).await, [done("replay-parked", json!({ "id": id, "messages": 1 }))]);
    assert!(look(&client, OVERVIEW).await.element("record").contains("Replayed a parked message"));
    world.close().await;
}

#[tokio::test]
async fn a_message_is_discarded_alone_by_a_second_button() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let service = world.start().await;
    let client = admin(&service);
    poison(&world, &["one", "two"]).await;
    let [one, two] = &ids(&client).await[..] else { panic!("two are parked") };
    let address = format!("{PARKED}/{one}/discard");
    let card = look(&client, PARKED).await;
    let asked = card.element(&format!("parked-{one}")).split("class=\"discard\"").nth(1).unwrap_or_default();
    assert!(asked.contains(&address) && asked.contains("for good"), "it asks first: {asked}");

    let page = submit(&client, &address, &[]).await;

    page.notice(200, "The message is deleted.");
    assert!(!page.has(&format!("parked-{one}")) && page.has(&format!("parked-{two}")));
    submit(&client, &address, &[]).await.notice(404, "Nothing with this id is parked.");
    assert_eq!(audit(&world).await, [done("discard-parked", json!({ "id": one, "messages": 1 }))]);
    world.close().await;
}

#[tokio::test]
async fn what_is_no_id_is_named() {
    let world = world(60_000).await;
    let service = world.start().await;
    for action in ["replay", "discard"] {
        let page = submit(&admin(&service), &format!("{PARKED}/7/{action}"), &[]).await;
        assert_eq!(page.status, 422);
        page.says("id: it must be a UUID.");
        page.says("href=\"/admin\"");
    }
    let unknown = format!("{PARKED}/{}/discard", Uuid::new_v4());
    submit(&admin(&service), &unknown, &[]).await.notice(404, "Nothing with this id is parked.");
    assert_eq!(audit(&world).await, Vec::<(String, String, Value)>::new());
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
    let id = ids(&client).await.pop().expect("it is parked");
    // Nobody declares it again.
    world.amqp().delete_queues(["lead-tracker.inbox".to_owned()]).await;

    let page = submit(&client, &format!("{PARKED}/{id}/replay"), &[]).await;

    page.notice(409, "still parked");
    assert!(page.has(&format!("parked-{id}")));
    assert_eq!(audit(&world).await, []);
    world.close().await;
}
