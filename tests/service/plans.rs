//! Who is tracked: freelancers without an active lead plan are not.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::harness::{Event, Offer, comes_to};
use crate::world;

#[tokio::test]
async fn an_offer_to_a_freelancer_without_a_plan_is_not_tracked() {
    let world = world(60_000).await;
    let service = world.start().await;
    let publisher = world.publisher().await;
    let [no_plan, ended, cancelled, paid, unknown] = [(); 5].map(|()| Offer::now());
    let telling =
        |offer: &Offer, ends_at: Value| offer.notified().with("freelancer", json!({ "leadPlanEndsAt": ends_at }));
    let in_days = |days| Utc::now() + TimeDelta::days(days);

    publisher
        .send_all([
            Event::plan_changed(cancelled.freelancer, "cancelled", in_days(10)).at(Utc::now() - TimeDelta::hours(1)),
            cancelled.notified(),
            telling(&no_plan, Value::Null),
            telling(&ended, json!(in_days(-1).to_rfc3339())),
            telling(&paid, json!(in_days(10).to_rfc3339())),
            unknown.notified(),
        ])
        .await;

    let untracked = async || service.metric("lead_tracker_events_total", &[("outcome", "untracked")]).await;
    comes_to("untracked offers", 3.0, untracked).await;
    comes_to("tracked offers", 2, async || world.interactions().await.len()).await;
    assert!(world.interaction(paid.key()).await.is_some());
    assert!(world.interaction(unknown.key()).await.is_some());
    world.close().await;
}

#[tokio::test]
async fn a_cancellation_counts_for_every_offer_behind_it_however_many_are_handled_at_once() {
    const OFFERS: usize = 4_000;
    let world = world(60_000).await;
    let publisher = world.publisher().await;
    // Queues, and nobody who consumes: the batches are full, and each has cancellations for offers of the next one.
    assert!(world.start().await.terminate().await.success());
    let offers: Vec<Offer> = (0..OFFERS).map(|_| Offer::now()).collect();
    let an_hour_ago = Utc::now() - TimeDelta::hours(1);
    let cancelled = |offer: &Offer| {
        Event::plan_changed(offer.freelancer, "cancelled", Utc::now() + TimeDelta::days(10)).at(an_hour_ago)
    };
    for some in offers.chunks(400) {
        publisher.send_all(some.iter().map(cancelled).chain(some.iter().map(Offer::notified))).await;
    }

    let service = world.start().await;
    let untracked = async || service.metric("lead_tracker_events_total", &[("outcome", "untracked")]).await;
    comes_to("untracked offers", OFFERS as f64, untracked).await;
    assert_eq!(world.interactions().await.len(), 0);
    world.close().await;
}
