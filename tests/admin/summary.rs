//! `GET /api/admin/summary`.

use lapin::BasicProperties;
use serde_json::{Value, json};

use crate::SUMMARY;
use crate::harness::{Leftover, Offer, comes_to, eventually};
use crate::stage::{admin, world};

#[tokio::test]
async fn the_summary_tells_of_the_last_day_and_of_the_service() {
    let world = world(600_000).await;
    world.leaves(Leftover::Parked);
    let _subscriber = world.subscriber().await;
    let service = world.start().await;
    let offers = Offer::many(4);
    let publisher = world.publisher().await;
    publisher.send_all(offers.iter().map(Offer::notified)).await;
    publisher.send(offers[0].responded("accepted")).await;
    publisher.send(offers[1].responded("ignored")).await;
    publisher.send(offers[2].responded("missed").with("reason", json!("not_interested"))).await;
    publisher.send_bytes("lead.viewed", b"?", BasicProperties::default()).await;
    comes_to("parked messages", Some(1), async || world.amqp().ready("lead-tracker.parked").await).await;
    let status = async || world.interaction(offers[2].key()).await.map(|row| row.status);
    eventually("the answers are recorded", async || status().await.as_deref() == Some("missed")).await;
    comes_to("unpublished messages", 0, async || world.unpublished().await).await;

    let answer = admin(&service).get(SUMMARY).await;

    assert_eq!(answer.status, 200, "{answer:?}");
    let told = answer.json();
    let counts = ["offers", "pending", "accepted", "acceptedLate", "ignored"].map(|name| told[name].clone());
    assert_eq!(counts, [4, 1, 1, 0, 1].map(Value::from));
    assert_eq!(told["missed"], json!({ "expired": 0, "noResponse": 0, "busy": 0, "notInterested": 1 }));
    let detected = json!({ "timeout": 0, "sweep": 0, "admin": 0, "freelancer": 1, "leadClosed": 0 });
    assert_eq!(told["detected"], detected);
    assert!(told["responseTimes"]["medianSeconds"].is_number() && told["responseTimes"]["p90Seconds"].is_number());
    assert_eq!(told["timerLateness"], Value::Null, "no timer has been due");
    let hours = told["hours"].as_array().expect("an array");
    assert_eq!((hours.len(), &hours[0]["from"]), (24, &told["from"]));
    let last = json!({ "from": hours[23]["from"], "offers": 4, "answered": 2, "missed": 1 });
    assert_eq!(hours[23], last);
    let window = json!({ "minutes": 10.0, "configuredMinutes": 10.0, "changedAt": null, "changedBy": null });
    assert_eq!(told["responseWindow"], window);
    assert_eq!(told["outbox"], json!({ "pending": 0, "oldestSeconds": 0.0 }));
    assert_eq!(
        (&told["parked"], &told["consumerUp"], &told["brokerConnected"]),
        (&json!(1), &json!(true), &json!(true))
    );
    world.close().await;
}
