//! `lead-tracker publish`.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Leftover, World, comes_to, eventually};
use crate::world;

async fn publish(world: &World, arguments: &[&str]) -> Value {
    world.run(&[&["publish"], arguments, &["--json"]].concat()).await.succeeded().json()
}

fn pair(receipt: &Value) -> (Uuid, Uuid) {
    let id = |name: &str| receipt[name].as_str().and_then(|id| id.parse().ok()).expect("an id");
    (id("leadId"), id("freelancerId"))
}

#[tokio::test]
async fn events_made_by_hand_are_processed_like_any_other() {
    let world = world(60_000).await;
    let _service = world.start().await;

    let told = publish(&world, &["notified", "--title", "Fix a leaking tap", "--id", "by-hand-1"]).await;
    let key = pair(&told);
    let (lead, freelancer) = (key.0.to_string(), key.1.to_string());
    assert_eq!(
        told,
        json!({ "id": "by-hand-1", "routingKey": "lead.notified", "leadId": lead, "freelancerId": freelancer })
    );
    let status = async || world.interaction(key).await.map(|row| row.status);
    comes_to("status", Some("notified".to_owned()), status).await;

    publish(&world, &["viewed", "--lead", &lead, "--freelancer", &freelancer]).await;
    comes_to("status", Some("viewed".to_owned()), status).await;

    let answer = ["responded", "--response", "missed", "--reason", "busy", "--notes", "next week"];
    publish(&world, &[&answer[..], &["--lead", &lead, "--freelancer", &freelancer]].concat()).await;
    comes_to("status", Some("missed".to_owned()), status).await;
    assert_eq!(world.interaction(key).await.and_then(|row| row.reason).as_deref(), Some("busy"));

    let closed = publish(&world, &["closed", "--outcome", "cancelled", "--lead", &lead]).await;
    assert_eq!(closed["freelancerId"], Value::Null);
    comes_to("the lead", Some(("cancelled".to_owned(), None)), async || world.lead(key.0).await).await;
    world.leaves(Leftover::Outbox);
    world.close().await;
}

#[tokio::test]
async fn a_plan_made_by_hand_counts() {
    let world = world(60_000).await;
    let service = world.start().await;

    let ended = ["plan-changed", "--status", "expired", "--ends-at", "2026-01-31T18:30:00+05:30"];
    let changed = publish(&world, &[&ended[..], &["--changed-at", "2026-01-31T18:30:00+05:30"]].concat()).await;
    assert_eq!(changed["leadId"], Value::Null);
    publish(&world, &["notified", "--freelancer", changed["freelancerId"].as_str().expect("an id")]).await;

    let untracked = [("event", "lead.notified"), ("outcome", "untracked")];
    let count = async || service.metric("lead_tracker_events_total", &untracked).await;
    comes_to("offers that are not tracked", 1.0, count).await;
    world.close().await;
}

#[tokio::test]
async fn what_is_given_as_json_is_merged_over_the_rest_and_a_broken_event_is_sent_with_a_warning() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let _service = world.start().await;

    let data = r#"{ "lead": { "location": "Indiranagar" }, "freelancer": { "userId": "user-7" } }"#;
    let key = pair(&publish(&world, &["notified", "--title", "Fix a tap", "--data", data]).await);
    eventually("the offer is recorded", async || world.interaction(key).await.is_some()).await;
    let broken = world.run(&["publish", "viewed", "--data", r#"{ "leadId": 42 }"#]).await.succeeded();

    assert!(broken.stderr.contains("leadId"), "{broken:?}");
    comes_to("parked messages", Some(1), async || world.amqp().ready("lead-tracker.parked").await).await;
    let recorded = world.sql().query_one("select title, location from leads where id = $1", &[&key.0]).await;
    let recorded = recorded.expect("the lead is recorded");
    assert_eq!((recorded.get("title"), recorded.get("location")), (Some("Fix a tap"), Some("Indiranagar")));
    world.close().await;
}

#[tokio::test]
async fn an_event_that_nobody_takes_is_a_failure() {
    let world = world(60_000).await;

    let nothing = world.run(&["publish", "viewed"]).await;
    world.amqp().declare_exchange().await;
    let unbound = world.run(&["publish", "viewed"]).await;

    for finished in [&nothing, &unbound] {
        assert!(finished.complaint().contains("topology declare"), "{finished:?}");
        assert_eq!((finished.status.code(), finished.stdout.as_str()), (Some(1), ""));
    }
    world.close().await;
}
