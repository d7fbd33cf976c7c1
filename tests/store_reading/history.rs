//! The history of one freelancer and one lead.

use lead_tracker::domain::event::{MissedReason, Response};
use lead_tracker::domain::history::Actor;
use lead_tracker::domain::interaction::Status;

use crate::books::{Books, minutes_ago, notified, number, responded, viewed};

#[tokio::test]
async fn every_change_is_there_oldest_first() {
    let books = Books::open().await;
    let (me, other, lead_id) = (number(0xf1), number(0xf2), number(1));
    let (first, second) = (minutes_ago(100), minutes_ago(10));
    let busy = Response::Missed(MissedReason::Busy);
    books.tell([notified(other, lead_id, first), notified(me, lead_id, first)]).await;
    books.tell([responded(me, lead_id, busy, Some("at work"), minutes_ago(90))]).await;
    books.tell([notified(me, lead_id, second)]).await;

    let history = books.store.history_of_lead(lead_id, me).await.expect("a history");
    let told: Vec<_> = history
        .iter()
        .map(|entry| (entry.offer, entry.status, entry.previous_status, entry.source.as_str(), entry.occurred_at))
        .collect();
    assert_eq!(
        told,
        [
            (1, Status::Notified, None, "lead.notified", first),
            (1, Status::Missed, Some(Status::Notified), "lead.responded", history[1].occurred_at),
            (2, Status::Notified, Some(Status::Missed), "lead.notified", second),
        ]
    );
    assert_eq!((history[0].actor, history[1].actor), (Actor::SYSTEM, Actor::freelancer(me)));
    assert_eq!((history[1].reason, history[1].notes.as_deref()), (Some(MissedReason::Busy), Some("at work")));
    assert!(history.iter().all(|entry| !entry.event_id.is_empty() && entry.recorded_at >= second));
    books.close().await;
}

#[tokio::test]
async fn there_is_none_of_what_was_never_offered() {
    let books = Books::open().await;
    let (me, lead_id) = (number(0xf1), number(1));
    books.tell([viewed(me, lead_id, minutes_ago(9))]).await;
    assert!(books.store.history_of_lead(lead_id, me).await.expect("an answer").is_empty());
    books.tell([notified(me, lead_id, minutes_ago(10))]).await;
    let history = books.store.history_of_lead(lead_id, me).await.expect("an answer");
    let sources: Vec<_> = history.iter().map(|entry| entry.source.as_str()).collect();
    assert_eq!(sources, ["lead.viewed", "lead.notified"]);
    books.close().await;
}
