//! `Idempotency-Key`: a request that is repeated gets the first one's answer.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Answer, Client, send};
use crate::harness::{Offer, World};
use crate::{offered, world};

/// Ignores a lead, under a key.
async fn ignore(client: &Client, lead: Uuid, key: &str, body: &Value) -> Answer {
    let request = client.request(Method::POST, &format!("/api/freelancer/leads/{lead}/ignored"));
    send(request.header("idempotency-key", key).json(body)).await
}

async fn offer_in(world: &World) -> Offer {
    let offer = Offer::now();
    offered(world, &[offer]).await;
    offer
}

#[tokio::test]
async fn a_repetition_is_answered_as_the_first_time_also_after_a_restart() {
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = offer_in(&world).await;
    let client = Client::freelancer(&service, offer.freelancer);
    let body = json!({ "notes": "Too far" });
    let first = ignore(&client, offer.lead, "k", &body).await;
    first.lead();
    client.act(offer.lead, "accept", &json!({})).await.lead();

    let again = ignore(&client, offer.lead, "k", &body).await;
    assert_eq!(service.terminate().await.code(), Some(0));
    let client = client.asking(&world.start().await);
    let restarted = ignore(&client, offer.lead, "k", &body).await;

    for repeated in [again, restarted] {
        assert_eq!((repeated.status, &repeated.text), (200, &first.text), "byte for byte");
        assert_eq!(repeated.header("content-type"), "application/json");
    }
    ignore(&client, offer.lead, "another", &body).await.problem(409, "conflict");
    world.close().await;
}

#[tokio::test]
async fn a_refusal_is_repeated_as_well() {
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = offer_in(&world).await;
    let client = Client::freelancer(&service, offer.freelancer);
    client.act(offer.lead, "accept", &json!({})).await.lead();

    let first = ignore(&client, offer.lead, "k", &json!({})).await;
    let again = ignore(&client, offer.lead, "k", &json!({})).await;

    first.problem(409, "conflict");
    again.problem(409, "conflict");
    assert_eq!(again.text, first.text);
    world.close().await;
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_freelancer() {
    let world = world(60_000).await;
    let service = world.start().await;
    let (offer, another) = (offer_in(&world).await, offer_in(&world).await);
    let [client, other] = [offer, another].map(|offer| Client::freelancer(&service, offer.freelancer));
    ignore(&client, offer.lead, "k", &json!({ "notes": "Too far" })).await.lead();

    let reused = ignore(&client, offer.lead, "k", &json!({ "notes": "Too near" })).await;
    assert_eq!(reused.problem(422, "idempotency-key-reused")["field"], "Idempotency-Key");
    ignore(&other, another.lead, "k", &json!({ "notes": "Mine" })).await.lead();

    let accept = client.request(Method::POST, &format!("/api/freelancer/leads/{}/accept", offer.lead));
    send(accept.header("idempotency-key", "k")).await.lead();
    world.close().await;
}

#[tokio::test]
async fn a_key_has_up_to_255_characters() {
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = offer_in(&world).await;
    let client = Client::freelancer(&service, offer.freelancer);

    for key in ["", &"k".repeat(256)] {
        let refused = ignore(&client, offer.lead, key, &json!({})).await;
        assert_eq!(refused.problem(422, "invalid")["field"], "Idempotency-Key");
    }
    ignore(&client, offer.lead, &"k".repeat(255), &json!({})).await.lead();
    world.close().await;
}

#[tokio::test]
async fn twins_are_handled_once() {
    let world = world(60_000).await;
    let subscriber = world.subscriber_of(&["lead.responded"]).await;
    let service = world.start().await;
    let offer = offer_in(&world).await;
    let client = Client::freelancer(&service, offer.freelancer);
    let body = json!({ "notes": "Too far" });

    let twins = join_all((0..8).map(|_| ignore(&client, offer.lead, "k", &body))).await;

    twins[0].lead();
    assert!(twins.iter().all(|twin| twin.text == twins[0].text), "{twins:?}");
    subscriber.wait_for("lead.responded", offer.key()).await;
    world.settles().await;
    assert_eq!(subscriber.messages().len(), 1);
    assert_eq!(client.history(offer.lead).await.list().len(), 2);
    world.close().await;
}
