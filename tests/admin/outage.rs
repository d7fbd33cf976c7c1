//! What administrators hear while the broker is away.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::send;
use crate::harness::{Proxy, eventually};
use crate::stage::{admin, audit, world};
use crate::{CHECK, PARKED, SUMMARY, WINDOW, put_window};

#[tokio::test]
async fn what_needs_the_broker_is_refused_and_the_rest_is_answered() {
    let world = world(60_000).await;
    let mut amqp = world.addresses().amqp;
    amqp.set_query(Some("connection_timeout=2000"));
    let proxy = Proxy::passing(&amqp);
    let service = world.spawn(world.service().env("AMQP_URL", proxy.url()));
    service.ready().await;
    let client = admin(&service);
    proxy.close();

    let message = format!("{PARKED}/{}", Uuid::new_v4());
    let refused = [
        client.post(CHECK, &json!({})).await,
        put_window(&client, 2).await,
        client.get(PARKED).await,
        send(client.request(Method::POST, &format!("{message}/replay"))).await,
        send(client.request(Method::DELETE, &message)).await,
    ];

    for answer in refused {
        let problem = answer.problem(503, "unavailable");
        assert_eq!(problem["detail"], "RabbitMQ does not answer now, try again");
        assert_eq!(answer.header("retry-after"), "5");
    }
    assert_eq!(client.get(WINDOW).await.json()["changedBy"], Value::Null);
    assert_eq!(client.post(CHECK, &json!({ "dryRun": true })).await.status, 200, "it needs no broker");
    eventually("the summary says that the broker is away", async || {
        let told = client.get(SUMMARY).await.json();
        (&told["parked"], &told["consumerUp"], &told["brokerConnected"]) == (&Value::Null, &json!(false), &json!(false))
    })
    .await;
    assert_eq!(audit(&world).await, []);
    let password = format!(":{}@", amqp.password().expect("the URL has a password"));
    assert!(!service.log().contains(&password), "the log has no password");

    proxy.open();
    eventually("the check works again", async || client.post(CHECK, &json!({})).await.status == 200).await;
    world.close().await;
}
