//! `POST /api/admin/check-missed-leads`.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::CHECK;
use crate::client::{Client, send};
use crate::harness::eventually;
use crate::stage::{ADMIN, admin, audit, done, overdue, world};

async fn check(client: &Client, body: &Value) -> Value {
    let answer = client.post(CHECK, body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn counts(told: &Value) -> (&Value, &Value, &Value) {
    (&told["success"], &told["processedCount"], &told["notificationCount"])
}

#[tokio::test]
async fn a_check_ends_what_is_overdue_in_the_administrators_name() {
    let world = world(3_600_000).await;
    let subscriber = world.subscriber().await;
    let (service, offers) = overdue(&world, 3).await;
    let admin = admin(&service);

    let first = check(&admin, &json!({ "limit": 2 })).await;
    let without_a_body = send(admin.request(Method::POST, CHECK)).await;
    let third = check(&admin, &json!({ "dryRun": false })).await;

    assert_eq!(without_a_body.status, 200, "{without_a_body:?}");
    let second = without_a_body.json();
    assert_eq!(counts(&first), (&json!(true), &json!(2), &json!(2)));
    assert_eq!(counts(&second), (&json!(true), &json!(1), &json!(1)));
    assert_eq!(counts(&third), (&json!(true), &json!(0), &json!(0)));
    assert!(first["message"].as_str().is_some_and(|message| message.contains("2 offers")), "{first}");
    assert!(first.get("skippedBacklog").is_none() && first["dryRun"] == false, "{first}");
    for offer in &offers {
        assert_eq!(subscriber.wait_for("lead.missed", offer.key()).await.text("detectedBy"), "admin");
    }
    let missed = world.history().await.into_iter().filter(|change| change.status == "missed");
    let actors: Vec<_> = missed.map(|change| (change.actor.0, change.source)).collect();
    assert_eq!(actors, vec![("admin".to_owned(), "admin".to_owned()); 3]);
    let details = |limit: Value, count: u64| json!({ "limit": limit, "processedCount": count, "notificationCount": count, "skippedBacklog": null });
    let recorded = [details(json!(2), 2), details(Value::Null, 1), details(Value::Null, 0)];
    assert_eq!(audit(&world).await, recorded.map(|details| done("check-missed-leads", details)));
    world.close().await;
}

#[tokio::test]
async fn a_dry_run_tells_what_is_overdue_and_changes_nothing() {
    let world = world(3_600_000).await;
    let subscriber = world.subscriber().await;
    let (service, offers) = overdue(&world, 3).await;
    let admin = admin(&service);
    let history = world.history().await;

    let told = check(&admin, &json!({ "dryRun": true })).await;
    let limited = check(&admin, &json!({ "dryRun": true, "limit": 2 })).await;

    assert_eq!(counts(&told), (&json!(true), &json!(3), &json!(0)));
    assert_eq!((&told["dryRun"], &limited["processedCount"]), (&json!(true), &json!(2)));
    assert_eq!(world.history().await, history);
    let row = world.interaction(offers[0].key()).await.expect("the offer is recorded");
    assert_eq!(row.status, "notified");
    assert_eq!((world.rows("outbox").await, subscriber.messages().len()), (0, 0));
    assert_eq!(audit(&world).await, [], "there is nothing to record");
    world.close().await;
}

#[tokio::test]
async fn several_checks_at_once_end_each_offer_once() {
    let world = world(3_600_000).await;
    let subscriber = world.subscriber().await;
    let (service, offers) = overdue(&world, 5).await;
    let admin = admin(&service);

    let body = json!({});
    let told = join_all((0..4).map(|_| check(&admin, &body))).await;

    let ended: u64 = told.iter().filter_map(|told| told["processedCount"].as_u64()).sum();
    assert_eq!(ended, offers.len() as u64, "{told:?}");
    for offer in &offers {
        subscriber.wait_for("lead.missed", offer.key()).await;
    }
    subscriber.assert_one_id_per_offer();
    world.close().await;
}

#[tokio::test]
async fn a_check_ends_nothing_where_the_inbox_is_not_worked_off_in_time() {
    let world = world(3_600_000).await;
    let (service, offers) = overdue(&world, 1).await;
    let admin = admin(&service);
    // The answer is stuck behind somebody's lock.
    world.sql().batch_execute("begin; select from leads for update").await.expect("the lead can be locked");
    let answer = offers[0].responded("ignored").at(offers[0].notified_at);
    world.publisher().await.send(answer).await;

    let told = check(&admin, &json!({})).await;

    world.sql().batch_execute("rollback").await.expect("the lock is given back");
    assert_eq!(counts(&told), (&json!(false), &json!(0), &json!(0)), "{told}");
    assert_eq!(told["skippedBacklog"], 1, "{told}");
    let status = async || world.interaction(offers[0].key()).await.map(|row| row.status);
    eventually("the answer counts", async || status().await.as_deref() == Some("ignored")).await;
    let [(user_id, _, details)] = &audit(&world).await[..] else { panic!("one check is on record") };
    assert_eq!((user_id.as_str(), &details["skippedBacklog"]), (ADMIN, &json!(1)));
    world.close().await;
}
