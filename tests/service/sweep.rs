//! Deadlines that no timer announces.

use crate::harness::{Offer, comes_to, eventually};
use crate::world;

#[tokio::test]
async fn a_purged_delay_queue_is_made_good_by_the_sweep_and_shows_in_the_metric() {
    let world = world(10_000).await;
    let subscriber = world.subscriber().await;
    let often = world.service().env("LEAD_TRACKER_SWEEP__INTERVAL", "500ms").env("LEAD_TRACKER_SWEEP__GRACE", "500ms");
    let service = world.spawn(often);
    service.ready().await;
    let offers = Offer::many(200);
    world.publisher().await.send_all(offers.iter().map(Offer::notified_on_receipt)).await;
    let recorded = async || world.rows("freelancer_lead_interactions").await == 200 && world.unpublished().await == 0;
    eventually("every offer is recorded and its timer runs", recorded).await;

    assert_ne!(world.amqp().purge(&world.delay_queue(world.window())).await, 0, "there were timers to lose");

    subscriber.wait_until("every miss is announced", |messages| messages.len() == 200).await;
    assert!(subscriber.messages().iter().all(|missed| missed.text("detectedBy") == "sweep"));
    subscriber.assert_one_id_per_offer();
    let swept = async || service.metric("lead_tracker_missed_total", &[("detected_by", "sweep")]).await;
    comes_to("misses found by the sweep", 200.0, swept).await;
    world.close().await;
}
