//! `/api/admin/settings/response-window`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Client;
use crate::harness::{Offer, World, comes_to};
use crate::stage::{ADMIN, admin, audit, done, recorded, world};
use crate::{WINDOW, put_window};

/// The window that the last offer of a world got.
async fn window_of(world: &World, offer: &Offer) -> Option<Duration> {
    let deadline = world.interaction(offer.key()).await?.deadline_at?;
    (deadline - offer.notified_at).to_std().ok()
}

#[tokio::test]
async fn a_changed_window_is_for_the_very_next_offer_and_outlives_a_restart() {
    let world = world(600_000).await;
    let subscriber = world.subscriber().await;
    let service = world.start().await;
    let client = admin(&service);
    let earlier = recorded(&world).await;
    let untouched = json!({ "minutes": 10.0, "configuredMinutes": 10.0, "changedAt": null, "changedBy": null });
    assert_eq!(client.get(WINDOW).await.json(), untouched);

    for (minutes, ms) in
        [(json!(20), 1_200_000), (json!(0.05), 3_000), (json!(1.0 / 7.0), 8_571), (json!(10_080), 604_800_000)]
    {
        let window = Duration::from_millis(ms);
        let queue = world.delay_queue(window);
        let answer = put_window(&client, minutes.clone()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let told = answer.json();
        assert_eq!(told["minutes"], json!(ms as f64 / 60_000.0), "{told}");
        assert_eq!((&told["configuredMinutes"], &told["changedBy"]), (&json!(10.0), &json!(ADMIN)));
        assert!(told["changedAt"].is_string(), "{told}");
        let offer = recorded(&world).await;
        assert_eq!(window_of(&world, &offer).await, Some(window), "{minutes}");
        assert!(world.amqp().ready(&queue).await.is_some(), "{queue}");
        assert_eq!(client.get(WINDOW).await.json(), told);
    }
    assert_eq!(window_of(&world, &earlier).await, Some(world.window()), "earlier deadlines stay");

    service.terminate().await;
    let again = world.start().await;
    assert_eq!(admin(&again).get(WINDOW).await.json()["minutes"], 10_080.0);
    let offer = recorded(&world).await;
    assert_eq!(window_of(&world, &offer).await, Some(Duration::from_secs(604_800)));
    let windows = [1_200_000, 3_000, 8_571, 604_800_000];
    let recorded = windows.map(|ms| done("set-response-window", json!({ "responseWindowMs": ms })));
    assert_eq!(audit(&world).await, recorded);
    subscriber.wait_until("the two short ones are missed", |messages| messages.len() == 2).await;
    world.close().await;
}

#[tokio::test]
async fn another_replica_takes_a_changed_window_over() {
    let world = world(600_000).await;
    let (one, two) = (world.start().await, world.start().await);

    put_window(&admin(&one), 20).await;
    assert_eq!(admin(&two).get(WINDOW).await.json()["minutes"], 20.0);
    world.delay_queue(Duration::from_secs(1_200));
    one.terminate().await;

    comes_to("the window of an offer", Some(Duration::from_secs(1_200)), async || {
        let offer = recorded(&world).await;
        window_of(&world, &offer).await
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_delay_queue_that_differs_is_named_and_nothing_is_changed() {
    let world = world(600_000).await;
    let service = world.start().await;
    let queue = world.delay_queue(Duration::from_secs(120));
    world.amqp().declare_classic(&queue).await;

    let refused = put_window(&admin(&service), 2).await.problem(409, "conflict");

    let detail = refused["detail"].as_str().unwrap_or_default();
    assert!(detail.contains(&world.amqp().name(&queue)) && detail.contains(", expected "), "{detail}");
    unchanged(&world, &admin(&service)).await;
    world.close().await;
}

#[tokio::test]
async fn a_service_that_may_not_declare_wants_the_delay_queue_to_be_there() {
    let world = world(600_000).await;
    world.run(&["topology", "declare"]).await.succeeded();
    let service = world.spawn(world.service().env("LEAD_TRACKER_BROKER__DECLARE", "false"));
    service.ready().await;
    let client = admin(&service);
    let queue = world.delay_queue(Duration::from_secs(120));

    let refused = put_window(&client, 2).await.problem(409, "conflict");

    let detail = refused["detail"].as_str().unwrap_or_default();
    assert!(detail.contains(&world.amqp().name(&queue)) && detail.contains("does not exist"), "{detail}");
    assert_eq!(world.amqp().ready(&queue).await, None, "it is not declared");
    unchanged(&world, &client).await;

    let another_window = [("LEAD_TRACKER_RESPONSE_WINDOW", "2min")];
    world.run_with(&another_window, &["topology", "declare"]).await.succeeded();
    assert_eq!(put_window(&client, 2).await.status, 200);
    let offer = recorded(&world).await;
    assert_eq!(window_of(&world, &offer).await, Some(Duration::from_secs(120)));
    world.close().await;
}

/// Fails where the window is not as configured, for administrators and for offers.
async fn unchanged(world: &World, client: &Client) {
    assert_eq!(client.get(WINDOW).await.json()["changedBy"], Value::Null);
    assert_eq!(audit(world).await, []);
    let offer = recorded(world).await;
    assert_eq!(window_of(world, &offer).await, Some(world.window()));
}
