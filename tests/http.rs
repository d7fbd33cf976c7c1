//! The health routes and the metrics, over a real socket.

use std::sync::Arc;

use lead_tracker::health::Health;
use lead_tracker::http::{self, AppState};
use lead_tracker::store::{Store, UrlSource};
use lead_tracker::telemetry::metrics;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

struct Server {
    base: String,
    health: Arc<Health>,
    shutdown: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(database_url: &str, metrics: metrics::PrometheusHandle) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let (health, shutdown) = (Arc::new(Health::new()), CancellationToken::new());
        let store = Store::new(UrlSource::fixed(database_url), 1);
        let state = AppState { store, health: health.clone(), metrics };
        let task = tokio::spawn(http::run(listener, state, shutdown.clone()));
        Self { base, health, shutdown, task }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let response = reqwest::get(format!("{}{path}", self.base)).await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a body"))
    }

    async fn get_json(&self, path: &str) -> (u16, Value) {
        let (status, body) = self.get(path).await;
        (status, serde_json::from_str(&body).expect("JSON"))
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.task.await.expect("no panic").expect("a clean end");
    }
}

#[tokio::test]
async fn health_and_metrics() {
    let url = std::env::var("DATABASE_URL").expect("set DATABASE_URL to a PostgreSQL");
    let handle = metrics::install().expect("the only ones");
    let server = Server::start(&url, handle.clone()).await;

    assert_eq!(server.get("/health/live").await.0, 200);
    let (status, body) = server.get_json("/health/ready").await;
    let reasons = json!(["the consumer has not attached to RabbitMQ since the start"]);
    assert_eq!((status, &body["reasons"]), (503, &reasons));

    server.health.set_broker_connected(true);
    server.health.set_consumer_up(true);
    assert_eq!(server.get_json("/health/ready").await, (200, json!({"status": "ready", "reasons": []})));
    assert!(server.get("/metrics").await.1.contains("\nlead_tracker_consumer_up 1\n"));

    server.health.set_broker_connected(false);
    server.health.set_consumer_up(false);
    assert_eq!(server.get("/health/ready").await.0, 200, "the API works without the broker");
    let degraded = json!({"status": "degraded", "postgresql": {"connected": true},
                          "rabbitmq": {"connected": false, "consumerUp": false}});
    assert_eq!(server.get_json("/health").await, (200, degraded));
    let (status, text) = server.get("/metrics").await;
    assert_eq!(status, 200);
    assert!(text.contains("# TYPE lead_tracker_events_total counter"), "{text}");
    assert!(text.contains("\nlead_tracker_consumer_up 0\n"), "{text}");
    server.stop().await;

    let down = TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("bound");
    let server = Server::start(&format!("postgres://u@{down}/d"), handle).await;
    assert_eq!(server.get("/health/live").await.0, 200);
    let (status, body) = server.get_json("/health/ready").await;
    assert_eq!((status, &body["reasons"][0]), (503, &json!("PostgreSQL does not answer")));
    server.stop().await;
}
