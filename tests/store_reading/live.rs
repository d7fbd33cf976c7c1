//! Live changes: all of them, once, in order, whichever transaction commits first.

use lead_tracker::domain::event::{Event, FreelancerId, LeadId};
use lead_tracker::domain::history::{Change, Effect};
use lead_tracker::domain::interaction::Status;
use lead_tracker::store::{Changes, HISTORY_CHANNEL, Ledger, LiveBatch, LiveChange, Position, Store};
use tokio::time::timeout;

use crate::books::{Books, WINDOW, event, minutes_ago, notified, number, viewed};
use crate::wait::{BOUND, eventually};

/// Follows everybody's changes from `position` on until there are so many. Other databases of the server may hold them up.
async fn follow(store: &Store, mut position: Position, count: usize) -> Vec<LiveChange> {
    let mut seen = Vec::new();
    eventually("there are as many changes", async || {
        let batch = store.changes_after(position, 3).await.expect("changes");
        position = batch.position;
        seen.extend(batch.changes);
        seen.len() >= count
    })
    .await;
    seen
}

fn leads(changes: &[LiveChange]) -> Vec<LeadId> {
    changes.iter().map(|change| change.lead_id).collect()
}

/// Saves what an event about a lead does to it, without committing.
async fn save(ledger: &Ledger<'_>, lead_id: LeadId, event: &Event) {
    let mut leads = ledger.lock_leads(&[lead_id].into()).await.expect("the lead is locked");
    let lead = leads.get_mut(&lead_id).expect("it was asked for");
    let mut effects = Vec::new();
    lead.apply(event, WINDOW, &mut effects);
    let record = |effect| match effect {
        Effect::Record(change) => Some(change),
        _ => None,
    };
    let history: Vec<Change> = effects.into_iter().filter_map(record).collect();
    let changes = Changes {
        leads: vec![lead],
        interactions: lead.interactions.values().collect(),
        history: history.iter().collect(),
        ..Changes::default()
    };
    ledger.save(&changes).await.expect("it is saved");
}

#[tokio::test]
async fn every_change_follows_in_order_and_a_freelancer_resumes_with_their_own() {
    let books = Books::open().await;
    let (me, other) = (number(0xf1), number(0xf2));
    let start = books.store.current_position().await.expect("a position");
    for n in 1..=4 {
        let who = if n % 2 == 0 { me } else { other };
        books.tell([notified(who, number(n), minutes_ago(10))]).await;
    }
    books.tell([viewed(me, number(2), minutes_ago(9)), viewed(me, number(4), minutes_ago(9))]).await;

    let seen = follow(&books.store, start, 6).await;
    assert_eq!(leads(&seen), [1, 2, 3, 4, 2, 4].map(number));
    assert!(seen.is_sorted_by(|one, next| one.position < next.position));
    let LiveChange { freelancer_id, offer, status, previous_status, .. } = seen[4];
    assert_eq!((freelancer_id, offer, status, previous_status), (me, 1, Status::Viewed, Some(Status::Notified)));

    let mine = |after, limit| books.store.changes_of(me, after, limit);
    let first = mine(start, 3).await.expect("changes");
    assert_eq!((leads(&first.changes), first.is_full), ([2, 4, 2].map(number).to_vec(), true));
    let rest = mine(first.position, 3).await.expect("changes");
    assert_eq!((rest.changes.as_slice(), rest.is_full), (&seen[5..], false));
    let none = mine(rest.position, 3).await.expect("changes");
    assert_eq!(none, LiveBatch { changes: Vec::new(), position: rest.position, is_full: false });
    books.close().await;
}

#[tokio::test]
async fn what_commits_late_is_not_skipped() {
    let books = Books::open().await;
    let me: FreelancerId = number(0xf1);
    let before = books.store.current_position().await.expect("a position");
    let [first, second] = [number(1), number(2)];
    let (mut slow_client, mut quick_client) =
        (books.store.client().await.expect("one"), books.store.client().await.expect("another"));
    let slow = Ledger::begin(&mut slow_client).await.expect("a transaction");
    save(&slow, first, &event(notified(me, first, minutes_ago(10)))).await;
    let quick = Ledger::begin(&mut quick_client).await.expect("a transaction");
    save(&quick, second, &event(notified(me, second, minutes_ago(10)))).await;
    quick.commit().await.expect("it is committed");

    // The later one waits for the earlier one, for whoever follows and for whoever comes now.
    let now = books.store.current_position().await.expect("a position");
    for after in [before, now] {
        let batch = books.store.changes_after(after, 10).await.expect("changes");
        assert_eq!((batch.changes, batch.position), (Vec::new(), after));
        let batch = books.store.changes_of(me, after, 10).await.expect("changes");
        assert_eq!((batch.changes, batch.position), (Vec::new(), after));
    }
    slow.commit().await.expect("it is committed");
    for after in [before, now] {
        assert_eq!(leads(&follow(&books.store, after, 2).await), [first, second]);
        let batch = books.store.changes_of(me, after, 10).await.expect("changes");
        assert_eq!(leads(&batch.changes), [first, second]);
    }
    drop((slow_client, quick_client));
    books.close().await;
}

#[tokio::test]
async fn what_is_not_listed_is_passed_over_until_it_is() {
    let books = Books::open().await;
    let me = number(0xf1);
    let start = books.store.current_position().await.expect("a position");
    books.tell([viewed(me, number(1), minutes_ago(9))]).await;
    let mut position = start;
    eventually("the position is behind the view", async || {
        let batch = books.store.changes_after(start, 10).await.expect("changes");
        assert!(batch.changes.is_empty());
        position = batch.position;
        position > start
    })
    .await;
    assert!(books.store.changes_of(me, start, 10).await.expect("changes").changes.is_empty());

    books.tell([notified(me, number(1), minutes_ago(10))]).await;
    let seen = follow(&books.store, position, 1).await;
    assert_eq!((seen[0].status, seen[0].previous_status), (Status::Viewed, Some(Status::Viewed)));
    books.close().await;
}

#[tokio::test]
async fn who_adds_to_the_history_wakes_those_who_wait() {
    let books = Books::open().await;
    let listener = books.store.listen(&[HISTORY_CHANNEL]);
    let mut wakeups = listener.wakeups(HISTORY_CHANNEL);
    timeout(BOUND, wakeups.next()).await.expect("one for the connection");
    books.tell([notified(number(0xf1), number(1), minutes_ago(10))]).await;
    timeout(BOUND, wakeups.next()).await.expect("one for the entry");
    books.close().await;
}
