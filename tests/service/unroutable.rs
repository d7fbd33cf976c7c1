//! Announcements that nobody is there to take.

use crate::harness::{Offer, eventually};
use crate::world;

#[tokio::test]
async fn an_announcement_that_nobody_takes_is_kept_until_somebody_does() {
    let world = world(500).await;
    let service = world.start().await;
    let publisher = world.publisher().await;
    let offers = Offer::many(20);
    publisher.send_all(offers.iter().map(Offer::notified)).await;
    let returned = async || service.metric("lead_tracker_unroutable_total", &[]).await > 0.0;
    eventually("an announcement comes back", returned).await;

    let later = Offer::now();
    publisher.send(later.notified()).await;
    let timer = async || world.interaction(later.key()).await.is_some_and(|row| row.status == "missed");
    eventually("timers are not held up", timer).await;
    assert_eq!(world.rows("outbox").await, 21, "every announcement is kept");
    assert!(!service.log().contains("BasicReturnMessage"), "bodies are not logged:\n{}", service.log());

    let subscriber = world.subscriber().await;
    subscriber.wait_until("all of them arrive", |messages| messages.len() >= 21).await;
    assert_eq!(subscriber.standing().len(), 21);
    subscriber.assert_one_id_per_offer();
    world.close().await;
}

#[tokio::test]
async fn a_kind_that_nobody_takes_does_not_hold_up_the_others() {
    let world = world(500).await;
    let service = world.start().await;
    let publisher = world.publisher().await;
    let missed_only = world.subscriber_of(&["lead.missed"]).await;
    let offer = Offer::now();
    publisher.send(offer.notified()).await;
    missed_only.wait_for("lead.missed", offer.key()).await;
    publisher.send(offer.responded("ignored").at(offer.notified_at)).await;
    eventually("the retraction comes back", async || service.metric("lead_tracker_unroutable_total", &[]).await > 0.0)
        .await;

    let other = Offer::now();
    publisher.send(other.notified()).await;
    missed_only.wait_for("lead.missed", other.key()).await;

    let both = world.subscriber().await;
    both.wait_for("lead.missed_retracted", offer.key()).await;
    world.close().await;
}
