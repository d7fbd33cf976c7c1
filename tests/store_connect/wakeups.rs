//! LISTEN and NOTIFY.

use super::*;

#[tokio::test]
async fn wake_ups_come_by_channel_and_after_every_connecting() {
    let database = Database::create().await;
    let store = store(database.url.as_str());
    let listener = store.listen(&["outbox", "changes"]);
    let (mut outbox, mut changes) = (listener.wakeups("outbox"), listener.wakeups("changes"));
    timeout(LONG, outbox.next()).await.expect("connected");
    timeout(LONG, changes.next()).await.expect("connected");

    execute(database.url.as_str(), "notify outbox").await;
    timeout(LONG, outbox.next()).await.expect("notified");
    assert!(timeout(Duration::from_millis(50), changes.next()).await.is_err(), "the other channel sleeps");

    let others = "select pg_terminate_backend(pid) from pg_stat_activity \
                  where datname = current_database() and pid <> pg_backend_pid() and query ilike 'listen%'";
    execute(database.url.as_str(), others).await;
    timeout(LONG, outbox.next()).await.expect("connected again");
    timeout(LONG, changes.next()).await.expect("connected again");
    execute(database.url.as_str(), "notify changes").await;
    timeout(LONG, changes.next()).await.expect("notified again");

    drop(listener);
    assert!(timeout(Duration::from_millis(50), changes.next()).await.is_err(), "nobody listens any more");
    database.drop().await;
}
