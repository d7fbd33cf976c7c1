//! Messages in the three forms, whole and minimal, once and again.

use chrono::{TimeDelta, Utc};
use lapin::BasicProperties;
use serde_json::json;

use crate::harness::{Form, Offer, comes_to};
use crate::world;

#[tokio::test]
async fn every_form_of_a_message_is_understood() {
    let world = world(60_000).await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let forms = [Form::Bare, Form::Structured, Form::Binary("cloudEvents:"), Form::Binary("cloudEvents_")];

    for form in forms {
        let offer = Offer::now();
        let answer = offer.responded("ignored").at(Utc::now()).written(form);
        publisher.send_all([offer.notified_in_full().written(form), answer.clone()]).await;

        let status = async || world.interaction(offer.key()).await.map(|row| row.status);
        comes_to(&format!("answered as {form:?}"), Some("ignored".to_owned()), status).await;
        let history = world.history().await;
        let told = history.iter().find(|change| change.key == offer.key() && change.status == "ignored");
        assert_eq!(told.and_then(|change| change.event_id.clone()), Some(answer.id), "{form:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn snake_case_names_and_unknown_fields_are_accepted() {
    let world = world(60_000).await;
    let _service = world.start().await;
    let offer = Offer::now();
    let notified_at = offer.notified_at.to_rfc3339();
    let body =
        json!({ "lead_id": offer.lead, "freelancer_id": offer.freelancer, "notified_at": notified_at, "mood": "fine" });

    let publisher = world.publisher().await;
    publisher.send_bytes("lead.notified", body.to_string().as_bytes(), BasicProperties::default()).await;

    let deadline = async || world.interaction(offer.key()).await.and_then(|row| row.deadline_at);
    comes_to("the deadline", Some(offer.deadline(world.window())), deadline).await;
    world.close().await;
}

#[tokio::test]
async fn two_ids_are_enough_for_an_offer() {
    let world = world(1_000).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let offer = Offer::now();
    let body = json!({ "leadId": offer.lead, "freelancerId": offer.freelancer }).to_string();

    let publisher = world.publisher().await;
    publisher.send_bytes("lead.notified", body.as_bytes(), BasicProperties::default()).await;

    let missed = subscriber.wait_for("lead.missed", offer.key()).await;
    assert_eq!(missed.time("deadlineAt") - missed.time("notifiedAt"), TimeDelta::seconds(1));
    assert_eq!(missed.text("reason"), "no_response");
    world.close().await;
}

#[tokio::test]
async fn the_amqp_timestamp_stands_in_for_a_missing_time() {
    let world = world(60_000).await;
    let _service = world.start().await;
    let offer = Offer::now();
    let body = json!({ "leadId": offer.lead, "freelancerId": offer.freelancer }).to_string();
    let seconds = u64::try_from(Utc::now().timestamp() - 30).expect("the epoch is over");

    let publisher = world.publisher().await;
    let stamped = BasicProperties::default().with_timestamp(seconds);
    publisher.send_bytes("lead.notified", body.as_bytes(), stamped).await;

    let deadline =
        async || world.interaction(offer.key()).await.and_then(|row| row.deadline_at?.timestamp().try_into().ok());
    comes_to("the deadline", Some(seconds + 60), deadline).await;
    world.close().await;
}

#[tokio::test]
async fn an_event_delivered_again_adds_nothing() {
    let world = world(1_000).await;
    let subscriber = world.subscriber().await;
    let service = world.start().await;
    let publisher = world.publisher().await;
    let offer = Offer::now();
    let notified = offer.notified_in_full();

    publisher.send_all([notified.clone(), notified.clone()]).await;
    subscriber.wait_for("lead.missed", offer.key()).await;
    let history = world.history().await;
    publisher.send(notified).await;

    let handled = async || service.metric("lead_tracker_events_total", &[("event", "lead.notified")]).await;
    comes_to("offers handled", 3.0, handled).await;
    assert_eq!(world.history().await, history);
    assert_eq!(subscriber.messages().len(), 1);
    world.close().await;
}
