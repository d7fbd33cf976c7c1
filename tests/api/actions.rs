//! What a freelancer does about a lead, and what others hear of it.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Client, send};
use crate::harness::{Event, Offer, Received, Service, Subscriber, World, comes_to};
use crate::schemas::Schema;
use crate::{offered, world};

/// A running service, and somebody who hears everything that it says.
async fn heard(world: &World) -> (Service, Subscriber) {
    let subscriber = world.subscriber_of(&["lead.responded", "lead.missed", "lead.missed_retracted"]).await;
    (world.start().await, subscriber)
}

/// A freelancer who was offered a lead.
async fn offer_to(world: &World, service: &Service) -> (Offer, Client) {
    let offer = Offer::now();
    offered(world, &[offer]).await;
    (offer, Client::freelancer(service, offer.freelancer))
}

fn interaction(lead: &Value) -> &Value {
    &lead["freelancerInteractions"][0]
}

/// The kinds of messages that were heard of an offer, once everything is published and was heard back.
async fn kinds(world: &World, subscriber: &Subscriber, offer: &Offer) -> Vec<String> {
    world.settles().await;
    let messages = subscriber.messages().into_iter().filter(|message| message.about() == offer.key());
    messages.map(|message| message.key).collect()
}

fn assert_as_documented(message: &Received, schema: &str) {
    Schema::read("cloudevent.sent").closed().assert_allows(&message.envelope);
    Schema::read(schema).closed().assert_allows(&message.envelope["data"]);
    let text = |property: &Option<lapin::types::ShortString>| property.as_ref().map(ToString::to_string);
    assert_eq!(text(message.properties.message_id()).as_deref(), message.envelope["id"].as_str());
    assert_eq!(text(message.properties.correlation_id()).as_deref(), Some(message.text("leadId")));
    assert_eq!(text(message.properties.kind()).as_deref(), Some(&*message.key));
}

#[tokio::test]
async fn an_acceptance_is_told_once_and_harmless_to_hear_back() {
    let world = world(60_000).await;
    let (service, subscriber) = heard(&world).await;
    let (offer, client) = offer_to(&world, &service).await;

    let accepted = client.act(offer.lead, "accept", &json!({})).await.lead();

    assert_eq!((&accepted["status"], &interaction(&accepted)["status"]), (&json!("accepted"), &json!("accepted")));
    assert_eq!(accepted["acceptedAt"], interaction(&accepted)["respondedAt"]);
    let told = subscriber.wait_for("lead.responded", offer.key()).await;
    assert_as_documented(&told, "lead.responded.sent");
    assert_eq!((told.text("response"), told.data("respondedAt")), ("accepted", &accepted["acceptedAt"]));
    let labels = [("event", "lead.responded"), ("outcome", "duplicate")];
    let heard = async || service.metric("lead_tracker_events_total", &labels).await;
    comes_to("answers heard back", 1.0, heard).await;
    let history = client.history(offer.lead).await;
    assert_eq!(history.list()[1]["eventId"], json!(told.id));

    let repeated = client.act(offer.lead, "accept", &json!({})).await.lead();

    assert_eq!((repeated, client.history(offer.lead).await.json()), (accepted, history.json()));
    assert_eq!(kinds(&world, &subscriber, &offer).await, ["lead.responded"]);
    world.close().await;
}

#[tokio::test]
async fn a_first_word_that_a_lead_is_missed_is_also_an_announcement() {
    let world = world(60_000).await;
    let (service, subscriber) = heard(&world).await;
    let (offer, client) = offer_to(&world, &service).await;
    let word = json!({ "reason": "not_interested", "notes": "Too far" });

    let missed = client.act(offer.lead, "missed", &word).await.lead();

    assert_eq!(missed["status"], "missed");
    assert_eq!(
        (&interaction(&missed)["missedReason"], &interaction(&missed)["notes"]),
        (&word["reason"], &word["notes"])
    );
    let announced = subscriber.wait_for("lead.missed", offer.key()).await;
    assert_as_documented(&announced, "lead.missed");
    assert_eq!((announced.text("detectedBy"), announced.data("reason")), ("freelancer", &word["reason"]));
    let told = subscriber.wait_for("lead.responded", offer.key()).await;
    assert_as_documented(&told, "lead.responded.sent");
    assert_eq!((told.data("reason"), told.data("notes")), (&word["reason"], &word["notes"]));
    assert_eq!(client.act(offer.lead, "missed", &word).await.lead(), missed);
    let conflict = client.act(offer.lead, "missed", &json!({ "reason": "busy" })).await.problem(409, "conflict");
    assert_eq!(conflict["lead"], missed);
    let mut kinds = kinds(&world, &subscriber, &offer).await;
    kinds.sort_unstable();
    assert_eq!(kinds, ["lead.missed", "lead.responded"]);
    assert_eq!(client.history(offer.lead).await.list().len(), 2);
    world.close().await;
}

#[tokio::test]
async fn a_lead_that_is_put_aside_may_still_be_accepted() {
    let world = world(60_000).await;
    let (service, subscriber) = heard(&world).await;
    let (offer, client) = offer_to(&world, &service).await;

    let ignored = client.act(offer.lead, "ignored", &json!({ "notes": "Not now" })).await.lead();
    assert_eq!((&ignored["status"], &interaction(&ignored)["notes"]), (&json!("ignored"), &json!("Not now")));
    let bare = client.request(Method::POST, &format!("/api/freelancer/leads/{}/ignored", offer.lead));
    assert_eq!(send(bare).await.lead(), ignored, "no body is fine, and a repetition");
    let conflict = client.act(offer.lead, "missed", &json!({ "reason": "busy" })).await.problem(409, "conflict");
    assert_eq!(conflict["lead"], ignored);
    let accepted = client.act(offer.lead, "accept", &json!({})).await.lead();

    assert_eq!(accepted["status"], "accepted");
    assert_eq!(kinds(&world, &subscriber, &offer).await, ["lead.responded", "lead.responded"]);
    assert_eq!(client.history(offer.lead).await.list().len(), 3);
    world.close().await;
}

#[tokio::test]
async fn looking_is_noted_once_and_told_to_nobody() {
    let world = world(60_000).await;
    let (service, subscriber) = heard(&world).await;
    let (offer, client) = offer_to(&world, &service).await;

    let viewed = client.act(offer.lead, "viewed", &json!({})).await.lead();

    assert_eq!((&viewed["status"], &interaction(&viewed)["status"]), (&json!("pending"), &json!("viewed")));
    assert!(interaction(&viewed)["viewedAt"].is_string());
    assert_eq!(client.act(offer.lead, "viewed", &json!({})).await.lead(), viewed);
    assert_eq!(client.history(offer.lead).await.list().len(), 2);
    assert_eq!(kinds(&world, &subscriber, &offer).await, [""; 0]);
    world.close().await;
}

#[tokio::test]
async fn after_accepting_the_other_answers_change_nothing() {
    let world = world(60_000).await;
    let (service, subscriber) = heard(&world).await;
    let (offer, client) = offer_to(&world, &service).await;
    let accepted = client.act(offer.lead, "accept", &json!({})).await.lead();

    for (action, body) in [("missed", json!({ "reason": "busy", "notes": "No" })), ("ignored", json!({}))] {
        let conflict = client.act(offer.lead, action, &body).await.problem(409, "conflict");
        assert_eq!(conflict["lead"], accepted, "{action}");
    }

    assert_eq!(client.leads().await, [accepted]);
    assert_eq!(client.history(offer.lead).await.list().len(), 2);
    assert_eq!(kinds(&world, &subscriber, &offer).await, ["lead.responded"]);
    let viewed = client.act(offer.lead, "viewed", &json!({})).await.lead();
    assert!(interaction(&viewed)["viewedAt"].is_string(), "looking is noted all the same");
    world.close().await;
}

#[tokio::test]
async fn a_lead_that_is_gone_cannot_be_accepted() {
    let world = world(60_000).await;
    let (service, subscriber) = heard(&world).await;
    let publisher = world.publisher().await;

    for outcome in ["accepted", "completed", "cancelled"] {
        let (offer, client) = offer_to(&world, &service).await;
        publisher.send(Event::closed(offer.lead, outcome)).await;
        subscriber.wait_for("lead.missed", offer.key()).await;

        let gone = client.act(offer.lead, "accept", &json!({})).await.problem(410, "gone");

        assert_eq!(
            (&gone["lead"]["status"], &interaction(&gone["lead"])["status"]),
            (&json!(outcome), &json!("missed"))
        );
        assert_eq!(interaction(&gone["lead"])["missedReason"], "expired");
        client.act(offer.lead, "missed", &json!({ "reason": "busy" })).await.problem(409, "conflict");
        client.act(offer.lead, "viewed", &json!({})).await.lead();
        assert_eq!(kinds(&world, &subscriber, &offer).await, ["lead.missed"]);
    }
    world.close().await;
}

#[tokio::test]
async fn after_the_deadline_an_open_lead_can_be_accepted_or_explained_but_not_ignored() {
    let world = world(500).await;
    let (service, subscriber) = heard(&world).await;
    let (offer, client) = offer_to(&world, &service).await;
    subscriber.wait_for("lead.missed", offer.key()).await;

    for action in ["viewed", "ignored"] {
        let late = client.act(offer.lead, action, &json!({})).await.problem(409, "conflict");
        assert_eq!(interaction(&late["lead"])["missedReason"], "no_response", "{action}");
    }
    let explained = client.act(offer.lead, "missed", &json!({ "reason": "busy" })).await.lead();
    assert_eq!(interaction(&explained)["missedReason"], "busy");
    let accepted = client.act(offer.lead, "accept", &json!({})).await.lead();

    assert_eq!((&accepted["status"], &accepted["acceptedBy"]), (&json!("accepted"), &json!(offer.freelancer)));
    let kinds = kinds(&world, &subscriber, &offer).await;
    assert_eq!(kinds, ["lead.missed", "lead.responded", "lead.responded"], "an announcement of what was missed stands");
    world.close().await;
}

#[tokio::test]
async fn an_answer_after_the_deadline_ends_the_offer_before_its_timer_does() {
    let world = world(500).await;
    let (service, subscriber) = heard(&world).await;
    let offer = Offer::now();
    let late = Offer { notified_at: offer.notified_at - world.window() * 2, ..offer };
    // The timer of an offer that was recorded late goes out with the announcement at the earliest.
    offered(&world, &[late]).await;

    let client = Client::freelancer(&service, offer.freelancer);
    client.act(offer.lead, "accept", &json!({})).await.lead();

    let missed = subscriber.wait_for("lead.missed", offer.key()).await;
    assert_eq!((missed.text("reason"), missed.time("missedAt")), ("no_response", late.deadline(world.window())));
    let mut kinds = kinds(&world, &subscriber, &offer).await;
    kinds.sort_unstable();
    assert_eq!(kinds, ["lead.missed", "lead.responded"]);
    world.close().await;
}

#[tokio::test]
async fn bad_bodies_are_refused_by_name() {
    let world = world(60_000).await;
    let service = world.start().await;
    let (offer, client) = offer_to(&world, &service).await;
    let reasons = "expired, no_response, busy or not_interested";

    for (action, body, field, accepted) in [
        ("missed", json!({}), "reason", reasons),
        ("missed", json!({ "reason": null }), "reason", reasons),
        ("missed", json!({ "reason": "tired" }), "reason", reasons),
        ("missed", json!({ "reason": 7 }), "reason", reasons),
        ("missed", json!({ "reason": "busy", "notes": 7 }), "notes", "text"),
        ("ignored", json!({ "notes": ["a"] }), "notes", "text"),
        ("ignored", json!({ "notes": "a\0b" }), "notes", "NUL"),
    ] {
        let problem = client.act(offer.lead, action, &body).await.problem(422, "invalid");
        assert_eq!(problem["field"], field, "{body}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(accepted)), "{problem}");
    }
    let post = |body: &'static str, kind| {
        let request = client.request(Method::POST, &format!("/api/freelancer/leads/{}/ignored", offer.lead));
        send(request.header("content-type", kind).body(body))
    };
    post("[]", "application/json").await.problem(400, "bad-body");
    post("{", "application/json").await.problem(400, "bad-body");
    post("notes=x", "application/x-www-form-urlencoded").await.problem(415, "unsupported-media-type");
    let nowhere = client.post("/api/freelancer/leads/seven/accept", &json!({})).await.problem(422, "invalid");
    assert_eq!(nowhere["field"], "leadId");
    client.act(Uuid::new_v4(), "accept", &json!({})).await.problem(404, "not-found");
    assert_eq!(client.history(offer.lead).await.list().len(), 1);
    world.close().await;
}

#[tokio::test]
async fn a_trace_goes_on_in_what_is_told() {
    let world = world(60_000).await;
    let (service, subscriber) = heard(&world).await;
    let (offer, client) = offer_to(&world, &service).await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let accept = client.request(Method::POST, &format!("/api/freelancer/leads/{}/accept", offer.lead));

    send(accept.header("traceparent", trace)).await.lead();

    let told = subscriber.wait_for("lead.responded", offer.key()).await;
    assert_eq!(told.header("traceparent").map(|carried| carried[3..35].to_owned()), Some(trace[3..35].to_owned()));
    world.close().await;
}
