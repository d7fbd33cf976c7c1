//! One lead at a time: missed, answered, answered late, corrected.

use std::time::Duration;

use chrono::{SubsecRound, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Event, Offer, comes_to, eventually};
use crate::world;

#[tokio::test]
async fn an_unanswered_lead_is_announced_with_everything_the_notification_service_needs() {
    let world = world(1_500).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let offer = Offer::now();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    world.publisher().await.send(offer.notified_in_full().header("traceparent", trace)).await;

    let missed = subscriber.wait_for("lead.missed", offer.key()).await;
    let deadline = offer.deadline(world.window());
    for (field, time) in [("notifiedAt", offer.notified_at), ("deadlineAt", deadline), ("missedAt", deadline)] {
        assert_eq!(missed.time(field), time, "{field}");
    }
    for (field, value) in [("freelancerUserId", "user-7"), ("reason", "no_response"), ("detectedBy", "timeout")] {
        assert_eq!(missed.text(field), value, "{field}");
    }
    assert_eq!((missed.data("offer"), missed.text("link")), (&json!(1), "/freelancer/leads"));
    assert_eq!(missed.data("lead")["title"], "Kitchen sink leaks");
    assert_eq!(missed.data("lead")["category"]["name"], "Plumbing");
    assert_eq!(missed.header("traceparent").map(|carried| carried[3..35].to_owned()), Some(trace[3..35].to_owned()));
    assert!(missed.at >= deadline, "announced before its deadline");
    world.close().await;
}

#[tokio::test]
async fn an_announcement_is_a_persistent_cloud_event_with_its_properties() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let offer = Offer::now();

    world.publisher().await.send(offer.notified()).await;

    let missed = subscriber.wait_for("lead.missed", offer.key()).await;
    let properties = &missed.properties;
    let text = |value: &Option<lapin::types::ShortString>| value.as_ref().map(ToString::to_string);
    assert_eq!(*properties.delivery_mode(), Some(2));
    assert_eq!(text(properties.content_type()).as_deref(), Some("application/cloudevents+json"));
    assert_eq!(text(properties.kind()).as_deref(), Some("lead.missed"));
    assert_eq!(text(properties.correlation_id()), Some(offer.lead.to_string()));
    assert!(properties.timestamp().is_some());
    assert_eq!(missed.envelope["specversion"], "1.0");
    assert_eq!(missed.envelope["id"], Value::from(missed.id.as_str()));
    assert!(missed.envelope["type"].as_str().is_some_and(|kind| kind.ends_with("lead.missed")));
    world.close().await;
}

#[tokio::test]
async fn an_answer_in_time_that_comes_late_is_corrected_and_retracted_once() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let service = world.start().await;
    let publisher = world.publisher().await;
    let offer = Offer::now();
    publisher.send(offer.notified()).await;
    let missed = subscriber.wait_for("lead.missed", offer.key()).await;

    let answer = offer.responded("accepted").at(offer.notified_at + TimeDelta::milliseconds(100));
    publisher.send_all([answer.clone(), answer.clone(), answer]).await;

    let retracted = subscriber.wait_for("lead.missed_retracted", offer.key()).await;
    assert_eq!(retracted.text("missedEventId"), missed.id);
    assert_eq!((retracted.text("status"), retracted.data("offer")), ("accepted", &json!(1)));
    assert_eq!(world.lead(offer.lead).await, Some(("accepted".to_owned(), Some(offer.freelancer))));
    let duplicates = async || service.metric("lead_tracker_events_total", &[("outcome", "duplicate")]).await;
    let unchanged = async || service.metric("lead_tracker_events_total", &[("outcome", "unchanged")]).await;
    comes_to("answers that changed nothing", 2.0, async || duplicates().await + unchanged().await).await;
    assert_eq!(subscriber.of_kind("lead.missed_retracted").len(), 1);
    assert_eq!(service.metric("lead_tracker_retracted_total", &[]).await, 1.0);
    world.close().await;
}

#[tokio::test]
async fn an_acceptance_after_the_deadline_counts_but_the_announcement_stands() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let offer = Offer::now();
    publisher.send(offer.notified()).await;
    subscriber.wait_for("lead.missed", offer.key()).await;

    publisher.send(offer.responded("accepted").at(Utc::now())).await;

    let accepted = ("accepted".to_owned(), Some(offer.freelancer));
    comes_to("the lead", Some(accepted), async || world.lead(offer.lead).await).await;
    world.settles().await;
    assert!(subscriber.standing().contains(&offer.key()));
    world.close().await;
}

#[tokio::test]
async fn what_arrives_in_any_order_ends_the_same() {
    let world = world(1_000).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let a_while_ago = Utc::now().trunc_subsecs(6) - TimeDelta::milliseconds(200);
    let offers = Offer::many(6).into_iter().map(|offer| Offer { notified_at: a_while_ago, ..offer });
    let offers: Vec<Offer> = offers.collect();
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    for (offer, order) in offers.iter().zip(orders) {
        let at = |ms| offer.notified_at + TimeDelta::milliseconds(ms);
        let told = [offer.notified(), offer.viewed().at(at(10)), offer.responded("ignored").at(at(20))];
        publisher.send_all(order.map(|index| told[index].clone())).await;
        publisher.send_all(told).await;
    }

    eventually("every deadline is over", async || Utc::now() > offers[5].deadline(Duration::from_secs(1))).await;
    for offer in &offers {
        let seen =
            async || world.interaction(offer.key()).await.map(|row| (row.status, row.viewed_at, row.responded_at));
        let at = |ms| Some(offer.notified_at + TimeDelta::milliseconds(ms));
        comes_to("an interaction", Some(("ignored".to_owned(), at(10), at(20))), seen).await;
    }
    world.settles().await;
    assert!(subscriber.messages().is_empty(), "nobody missed anything");
    world.close().await;
}

#[tokio::test]
async fn a_closed_lead_has_expired_for_whoever_had_not_answered() {
    let world = world(20_000).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let offer = Offer::now();
    let other = Offer::of(offer.lead, Uuid::new_v4());
    publisher.send_all([offer.notified(), other.notified()]).await;

    publisher.send(Event::closed(offer.lead, "cancelled")).await;

    for key in [offer.key(), other.key()] {
        let missed = subscriber.wait_for("lead.missed", key).await;
        assert_eq!((missed.text("reason"), missed.text("detectedBy")), ("expired", "lead_closed"));
    }
    assert_eq!(world.lead(offer.lead).await, Some(("cancelled".to_owned(), None)));
    world.close().await;
}

#[tokio::test]
async fn a_lead_offered_again_after_a_miss_is_a_second_offer() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let first = Offer::now();
    publisher.send(first.notified()).await;
    let missed = subscriber.wait_for("lead.missed", first.key()).await;

    publisher.send(Offer::of(first.lead, first.freelancer).notified()).await;

    let both = |messages: &[crate::harness::Received]| messages.len() == 2;
    subscriber.wait_until("both offers are announced", both).await;
    let again = subscriber.messages().pop().expect("there are two");
    assert_eq!((missed.data("offer"), again.data("offer")), (&json!(1), &json!(2)));
    assert_ne!(missed.id, again.id);
    world.close().await;
}
