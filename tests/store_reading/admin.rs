//! What administrators change, and the record of it.

use std::time::Duration;

use lead_tracker::store::{AdminAction, Class, SETTINGS_CHANNEL};
use serde_json::json;
use tokio::time::timeout;

use crate::books::Books;
use crate::wait::BOUND;

#[tokio::test]
async fn a_changed_window_is_kept_recorded_and_told() {
    let books = Books::open().await;
    let untouched = books.store.response_window_setting().await.expect("a setting");
    assert_eq!((untouched.window, untouched.changed_by), (None, None));
    let listener = books.store.listen(&[SETTINGS_CHANNEL]);
    let mut wakeups = listener.wakeups(SETTINGS_CHANNEL);
    timeout(BOUND, wakeups.next()).await.expect("one for the connection");

    let window = Duration::from_millis(90_500);
    books.store.set_response_window(window, "u-admin").await.expect("it is set");
    timeout(BOUND, wakeups.next()).await.expect("one for the change");
    let setting = books.store.response_window_setting().await.expect("a setting");
    assert_eq!((setting.window, setting.changed_by.as_deref()), (Some(window), Some("u-admin")));
    assert!(setting.changed_at > untouched.changed_at);
    assert_eq!(books.store.response_window().await.expect("a window"), Some(window));
    let [action] = &books.store.admin_actions(10).await.expect("actions")[..] else { panic!("there is one") };
    assert_eq!((action.user_id.as_str(), action.action.as_str()), ("u-admin", "set-response-window"));
    assert_eq!((&action.details, action.at), (&json!({ "responseWindowMs": 90_500 }), setting.changed_at));
    books.close().await;
}

#[tokio::test]
async fn a_window_that_is_refused_changes_nothing() {
    let books = Books::open().await;
    let refusal = books.store.set_response_window(Duration::from_millis(99), "u-admin").await;
    assert_eq!(refusal.expect_err("it is too short").class(), Class::Data);
    assert_eq!(books.store.response_window_setting().await.expect("a setting").window, None);
    assert!(books.store.admin_actions(10).await.expect("actions").is_empty());
    books.close().await;
}

#[tokio::test]
async fn the_newest_actions_come_first() {
    let books = Books::open().await;
    let record = |action, n: i32| {
        let (store, details) = (&books.store, json!({ "n": n }));
        async move { store.record_admin_action("u-admin", action, &details).await.expect("it is recorded") }
    };
    record(AdminAction::CheckMissedLeads, 1).await;
    record(AdminAction::ReplayParked, 2).await;
    record(AdminAction::DiscardParked, 3).await;
    let actions = books.store.admin_actions(2).await.expect("actions");
    let told: Vec<_> = actions.iter().map(|action| (action.action.as_str(), action.details.clone())).collect();
    assert_eq!(told, [("discard-parked", json!({ "n": 3 })), ("replay-parked", json!({ "n": 2 }))]);
    books.close().await;
}
