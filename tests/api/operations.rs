//! Health and metrics, for whoever asks.

use serde_json::json;

use crate::client::Client;
use crate::harness::{Proxy, comes_to};
use crate::world;

#[tokio::test]
async fn health_tells_which_dependency_is_away() {
    let world = world(60_000).await;
    let broker = Proxy::refusing(&world.addresses().amqp);
    let database = Proxy::passing(&world.addresses().database);
    let launch = world.service().env("AMQP_URL", broker.url()).env("DATABASE_URL", database.url());
    let service = world.spawn(launch);
    let client = Client::anonymous(&service);
    comes_to("liveness", Some(200), async || service.status_of("/health/live").await).await;

    let unattached = client.get("/health/ready").await;
    let reasons = json!(["the consumer has not attached to RabbitMQ since the start"]);
    assert_eq!((unattached.status, &unattached.json()["reasons"]), (503, &reasons));

    broker.open();
    service.ready().await;
    assert_eq!(client.get("/health/ready").await.json(), json!({ "status": "ready", "reasons": [] }));
    let up = json!({ "status": "up", "postgresql": { "connected": true },
                     "rabbitmq": { "connected": true, "consumerUp": true } });
    assert_eq!(client.get("/health").await.json(), up);

    broker.close();
    let degraded = json!({ "status": "degraded", "postgresql": { "connected": true },
                           "rabbitmq": { "connected": false, "consumerUp": false } });
    comes_to("health", degraded, async || client.get("/health").await.json()).await;
    assert_eq!(client.get("/health/ready").await.status, 200, "the API works without the broker");

    database.close();
    let unready = client.get("/health/ready").await;
    assert_eq!((unready.status, &unready.json()["reasons"]), (503, &json!(["PostgreSQL does not answer"])));
    assert_eq!(client.get("/health").await.json()["postgresql"]["connected"], false);
    assert_eq!(client.get("/health/live").await.status, 200);
    world.close().await;
}

#[tokio::test]
async fn metrics_are_text_for_prometheus() {
    let world = world(60_000).await;
    let service = world.start().await;

    let metrics = Client::anonymous(&service).get("/metrics").await;

    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert!(metrics.text.contains("# TYPE lead_tracker_events_total counter"), "{}", metrics.text);
    assert!(metrics.text.contains("\nlead_tracker_consumer_up 1\n"), "{}", metrics.text);
    world.close().await;
}
