//! Timers that are due at once, until every `lead.missed` is confirmed.

use chrono::Utc;

use crate::harness::{World, comes_to};
use crate::whole::{Run, declare, timed};
use crate::{OFFERS, fill, offers_on_receipt};

/// Records offers, stops the service until all their timers have come back, and starts it again.
pub(crate) async fn measure(world: World) -> Run {
    declare(&world).await;
    let queue = world.unread_subscriber_of(&["lead.missed"]).await;
    fill(&world, offers_on_receipt()).await;
    let service = world.start().await;
    comes_to("recorded offers", OFFERS as i64, async || count(&world, "").await).await;
    comes_to("timers to be published", 0, async || outbox(&world).await).await;
    assert!(service.terminate().await.success(), "the service ends cleanly");
    assert_eq!(count(&world, "where status = 'missed'").await, 0, "no deadline has passed yet");

    let last: chrono::DateTime<Utc> = world
        .sql()
        .query_one("select max(deadline_at) from freelancer_lead_interactions", &[])
        .await
        .expect("a row")
        .get(0);
    tokio::time::sleep((last - Utc::now()).to_std().unwrap_or_default()).await;
    let delay_queue = world.delay_queue(world.window());
    comes_to("timers that wait", Some(0), async || world.amqp().ready(&delay_queue).await).await;

    let service = world.start().await;
    let published = async || service.metric("lead_tracker_published_total", &[("event", "lead.missed")]).await;
    let run = timed(&service, OFFERS, published).await;
    comes_to("announcements", Some(OFFERS as u32), async || world.amqp().ready(&queue).await).await;
    world.close().await;
    run
}

async fn count(world: &World, condition: &str) -> i64 {
    let sql = format!("select count(*) from freelancer_lead_interactions {condition}");
    world.sql().query_one(&sql, &[]).await.expect("the ledger can be read").get(0)
}

async fn outbox(world: &World) -> i64 {
    world.sql().query_one("select count(*) from outbox", &[]).await.expect("the outbox can be read").get(0)
}
