//! `lead-tracker check-missed-leads`.

use chrono::Utc;

use crate::harness::{Leftover, Offer, World, eventually};
use crate::world;

/// Offers that are recorded and past their deadline, and no service that could have noticed.
async fn overdue(world: &World, count: usize) -> Vec<Offer> {
    let service = world.start().await;
    let offers = Offer::many(count);
    world.publisher().await.send_all(offers.iter().map(Offer::notified)).await;
    let recorded =
        async || world.rows("freelancer_lead_interactions").await == count as i64 && world.unpublished().await == 0;
    eventually("every offer is recorded and its timer runs", recorded).await;
    service.terminate().await;
    eventually("every deadline is over", async || Utc::now() > offers[count - 1].deadline(world.window())).await;
    offers
}

#[tokio::test]
async fn a_dry_run_tells_what_is_overdue_and_changes_nothing() {
    let world = world(8_000).await;
    let offers = overdue(&world, 3).await;
    world.leaves(Leftover::Backlog);
    let history = world.history().await;

    let told = world.run(&["check-missed-leads", "--dry-run", "--json"]).await.succeeded().json();

    assert_eq!((&told["success"], &told["processedCount"]), (&true.into(), &3.into()), "{told}");
    assert_eq!(world.history().await, history);
    let row = world.interaction(offers[0].key()).await.expect("the offer is recorded");
    assert_eq!(row.status, "notified");
    world.close().await;
}

#[tokio::test]
async fn a_check_handles_what_is_overdue_and_announces_it_in_the_administrators_name() {
    let world = world(8_000).await;
    let subscriber = world.subscriber().await;
    let offers = overdue(&world, 3).await;

    let first = world.run(&["check-missed-leads", "--limit", "2", "--json"]).await.succeeded().json();
    let second = world.run(&["check-missed-leads", "--json"]).await.succeeded().json();
    let third = world.run(&["check-missed-leads", "--json"]).await.succeeded().json();

    let counts = [first, second, third].map(|told| (told["processedCount"].clone(), told["notificationCount"].clone()));
    assert_eq!(counts, [2, 1, 0].map(|count| (count.into(), count.into())));
    world.start().await;
    for offer in &offers {
        let missed = subscriber.wait_for("lead.missed", offer.key()).await;
        assert_eq!(missed.text("detectedBy"), "admin");
    }
    world.close().await;
}

#[tokio::test]
async fn a_check_waits_for_the_inbox_and_says_so_where_it_cannot() {
    let world = world(8_000).await;
    let offers = overdue(&world, 1).await;
    world.leaves(Leftover::Backlog);
    world.publisher().await.send(offers[0].responded("accepted").at(offers[0].notified_at)).await;

    let told = world.run(&["check-missed-leads", "--json"]).await.json();

    assert_eq!((&told["skippedBacklog"], &told["processedCount"]), (&1.into(), &0.into()), "{told}");
    world.close().await;
}

#[tokio::test]
async fn a_check_beside_a_running_service_is_announced_by_that() {
    let world = world(3_600_000).await;
    let subscriber = world.subscriber().await;
    let service = world.spawn(world.service().env("LEAD_TRACKER_SWEEP__INTERVAL", "1day"));
    service.ready().await;
    let offer = Offer::now();
    world.publisher().await.send(offer.notified()).await;
    eventually("the offer is recorded", async || world.interaction(offer.key()).await.is_some()).await;
    // As if the timer had been lost and the next sweep were far away.
    let overdue = "update freelancer_lead_interactions
                   set notified_at = now() - interval '1 h', deadline_at = now() - interval '1 ms'";
    world.sql().execute(overdue, &[]).await.expect("the deadline can be changed");

    let told = world.run(&["check-missed-leads", "--json"]).await.succeeded().json();

    assert_eq!((&told["processedCount"], &told["notificationCount"]), (&1.into(), &1.into()), "{told}");
    assert_eq!(subscriber.wait_for("lead.missed", offer.key()).await.text("detectedBy"), "admin");
    world.close().await;
}
