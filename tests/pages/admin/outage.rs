//! What the pages say while something is away.

use uuid::Uuid;

use super::{CHECK, OVERVIEW, PARKED, WINDOW};
use crate::harness::{Leftover, Proxy, eventually};
use crate::stage::{admin, audit, poison, world};
use crate::{look, submit};

const BROKER: &str = "RabbitMQ does not answer now, try again";
const DATABASE: &str = "the database does not answer now, try again";

#[tokio::test]
async fn without_the_broker_the_pages_tell_what_is_known() {
    let world = world(60_000).await;
    let mut amqp = world.addresses().amqp;
    amqp.set_query(Some("connection_timeout=2000"));
    let proxy = Proxy::passing(&amqp);
    let service = world.spawn(world.service().env("AMQP_URL", proxy.url()));
    service.ready().await;
    let client = admin(&service);
    proxy.close();
    eventually("the overview says that the broker is away", async || {
        look(&client, OVERVIEW).await.element("state-broker").contains("Away")
    })
    .await;

    let overview = look(&client, OVERVIEW).await;
    assert!(overview.element("state-consumer").contains("Stopped"));
    assert!(overview.element("state-parked").contains("Not known"));
    assert!(overview.element("state-outbox").contains("Empty") && overview.has("tile-offers"));
    assert!(look(&client, CHECK).await.has("would"), "a dry run needs no broker");
    assert!(look(&client, WINDOW).await.element("now").contains("1 minute"));
    look(&client, PARKED).await.says(BROKER);
    let message = format!("{PARKED}/{}", Uuid::new_v4());
    for (path, fields) in [
        (CHECK, &[][..]),
        (WINDOW, &[("minutes", "2")]),
        (&format!("{message}/replay"), &[]),
        (&format!("{message}/discard"), &[]),
    ] {
        let page = submit(&client, path, fields).await;
        page.notice(503, BROKER);
        assert!(path != WINDOW || page.element("change").contains("value=\"2\""), "nobody types it again");
    }
    assert_eq!(audit(&world).await, []);

    proxy.open();
    eventually("the check works again", async || submit(&client, CHECK, &[]).await.status == 200).await;
    world.close().await;
}

#[tokio::test]
async fn without_the_database_the_pages_tell_what_is_known() {
    let world = world(60_000).await;
    world.leaves(Leftover::Parked);
    let proxy = Proxy::passing(&world.addresses().database);
    let service = world.spawn(world.service().env("DATABASE_URL", proxy.url()));
    service.ready().await;
    let client = admin(&service);
    poison(&world, &["one"]).await;
    proxy.close();

    let overview = look(&client, OVERVIEW).await;

    assert_eq!(overview.status, 200);
    overview.says(DATABASE);
    assert!(overview.element("state-database").contains("Away"));
    assert!(overview.element("state-outbox").contains("Not known"));
    assert!(overview.element("state-broker").contains("Connected"));
    assert!(overview.element("state-parked").contains("1 parked"));
    look(&client, CHECK).await.says(DATABASE);
    let window = look(&client, WINDOW).await;
    assert!(window.element("now").contains("This replica used 1 minute last"), "{}", window.element("now"));
    assert_eq!(look(&client, PARKED).await.html.matches("<article").count(), 1, "messages are in the broker");
    submit(&client, WINDOW, &[("minutes", "1")]).await.notice(503, "The database does not answer now, try again.");

    proxy.open();
    eventually("the figures are back", async || look(&client, OVERVIEW).await.has("tile-offers")).await;
    world.close().await;
}
