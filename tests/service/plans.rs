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
