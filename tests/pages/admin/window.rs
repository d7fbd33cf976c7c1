//! The response window.

use std::time::Duration;

use serde_json::json;

use super::{OVERVIEW, WINDOW};
use crate::stage::{ADMIN, admin, audit, done, recorded, world};
use crate::{look, submit};

#[tokio::test]
async fn a_change_is_explained_made_and_put_on_record() {
    let world = world(600_000).await;
    let service = world.start().await;
    let client = admin(&service);
    let window = Duration::from_secs(2_700);
    world.delay_queue(window);
    let before = look(&client, WINDOW).await;
    assert!(before.element("now").contains("10 minutes") && before.element("now").contains("As configured"));
    before.says("value=\"10\"");
    for effect in ["offers from now on", "keep the deadline", "queue in RabbitMQ", "0.05 to 10080"] {
        assert!(before.element("change").contains(effect), "{effect}");
    }

    let after = submit(&client, WINDOW, &[("minutes", " 45.0 ")]).await;

    after.notice(200, "From now on, freelancers have 45 minutes to respond.");
    let now = after.element("now");
    assert!(["45 minutes", ADMIN, "configured are 10 minutes"].iter().all(|words| now.contains(words)), "{now}");
    let offer = recorded(&world).await;
    let deadline = world.interaction(offer.key()).await.and_then(|row| row.deadline_at);
    assert_eq!(deadline, Some(offer.deadline(window)));
    assert_eq!(audit(&world).await, [done("set-response-window", json!({ "responseWindowMs": 2_700_000 }))]);
    let overview = look(&client, OVERVIEW).await;
    assert!(overview.element("record").contains("Set the response window to 45 minutes"));
    assert!(overview.element("state-window").contains("45 min"));
    world.close().await;
}

#[tokio::test]
async fn a_bad_window_is_explained_beside_it_and_nothing_is_changed() {
    let world = world(600_000).await;
    let service = world.start().await;
    let client = admin(&service);

    for minutes in ["", "0.049", "10080.01", "-30", "half an hour", "NaN", "inf"] {
        let page = submit(&client, WINDOW, &[("minutes", minutes)]).await;
        assert_eq!(page.status, 422, "{minutes}");
        assert!(page.element("minutes-error").contains("a number from 0.05 to 10080"), "{minutes}");
        page.says(&format!("value=\"{minutes}\" aria-invalid=\"true\""));
    }
    assert_eq!(submit(&client, WINDOW, &[]).await.status, 422);

    assert!(look(&client, WINDOW).await.element("now").contains("10 minutes"));
    assert_eq!(audit(&world).await, []);
    world.close().await;
}

#[tokio::test]
async fn a_delay_queue_that_differs_is_named_and_nothing_is_changed() {
    let world = world(600_000).await;
    let service = world.start().await;
    let queue = world.delay_queue(Duration::from_secs(120));
    world.amqp().declare_classic(&queue).await;

    let page = submit(&admin(&service), WINDOW, &[("minutes", "2")]).await;

    page.notice(409, &world.amqp().name(&queue));
    assert!(page.element("now").contains("10 minutes"));
    assert_eq!(audit(&world).await, []);
    world.close().await;
}
