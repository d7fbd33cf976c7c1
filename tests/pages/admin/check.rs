//! The check.

use serde_json::json;

use super::{CHECK, OVERVIEW};
use crate::stage::{ADMIN, admin, audit, done, overdue, world};
use crate::{look, submit};

#[tokio::test]
async fn a_dry_run_is_shown_first_and_the_real_one_takes_another_button() {
    let world = world(3_600_000).await;
    let subscriber = world.subscriber().await;
    let (service, offers) = overdue(&world, 3).await;
    let client = admin(&service);

    let first = look(&client, CHECK).await;
    assert_eq!(first.status, 200);
    assert!(first.element("would").contains("Would end 3 offers as missed"), "{}", first.element("would"));
    assert_eq!((world.rows("outbox").await, audit(&world).await.len()), (0, 0), "nothing was changed");

    let limited = submit(&client, CHECK, &[("limit", "2")]).await;
    limited.notice(200, "Ended 2 offers as missed");
    assert!(limited.element("would").contains("Would end 1 offer as missed"), "{}", limited.element("would"));

    let rest = submit(&client, CHECK, &[("limit", "")]).await;
    rest.notice(200, "Ended 1 offer as missed");
    assert!(rest.element("would").contains("Nothing is past its deadline"), "{}", rest.element("would"));

    for offer in &offers {
        assert_eq!(subscriber.wait_for("lead.missed", offer.key()).await.text("detectedBy"), "admin");
    }
    let details = |limit, count| json!({ "limit": limit, "processedCount": count, "notificationCount": count, "skippedBacklog": null });
    let recorded = [details(Some(2), 2), details(None, 1)];
    assert_eq!(audit(&world).await, recorded.map(|details| done("check-missed-leads", details)));
    let record = look(&client, OVERVIEW).await;
    for words in ["Ran the check, which ended 2 offers", "Ran the check, which ended 1 offer", ADMIN] {
        assert!(record.element("record").contains(words), "{words}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_bad_limit_is_explained_beside_it_and_nothing_is_ended() {
    let world = world(3_600_000).await;
    let (service, _) = overdue(&world, 1).await;
    let client = admin(&service);

    for limit in ["0", "-1", "1.5", "ten", "1000001"] {
        let page = submit(&client, CHECK, &[("limit", limit)]).await;
        assert_eq!(page.status, 422, "{limit}");
        assert!(page.element("limit-error").contains("a whole number from 1 to 1000000"), "{limit}");
        page.says(&format!("value=\"{limit}\" aria-invalid=\"true\""));
    }

    assert!(look(&client, CHECK).await.element("would").contains("Would end 1 offer"));
    assert_eq!(audit(&world).await, []);
    world.close().await;
}

#[tokio::test]
async fn a_check_that_gave_up_says_why() {
    let world = world(3_600_000).await;
    let (service, offers) = overdue(&world, 1).await;
    // The answer is stuck behind somebody's lock.
    world.sql().batch_execute("begin; select from leads for update").await.expect("the lead can be locked");
    world.publisher().await.send(offers[0].responded("ignored").at(offers[0].notified_at)).await;

    let page = submit(&admin(&service), CHECK, &[]).await;

    world.sql().batch_execute("rollback").await.expect("the lock is given back");
    page.notice(200, "Nothing was handled: 1 message in the inbox");
    assert!(page.html.contains("class=\"notice bad\""), "it did not do what it was to do");
    world.close().await;
}
