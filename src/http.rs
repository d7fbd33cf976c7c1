//! The HTTP side: health and metrics.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::health::Health;
use crate::store::Store;
use crate::telemetry::metrics::PrometheusHandle;

/// How long PostgreSQL may take to count as answering.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the routes need. Cloning it shares it.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// How the running parts are.
    pub health: Arc<Health>,
    /// Draws the metrics.
    pub metrics: PrometheusHandle,
}

/// Serves until `shutdown` is cancelled, then finishes what was begun.
///
/// # Errors
///
/// Where the listener fails.
pub async fn run(listener: TcpListener, state: AppState, shutdown: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router(state)).with_graceful_shutdown(shutdown.cancelled_owned()).await
}

/// The routes.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .with_state(state)
}

/// Says that the process works. It asks nobody: restarting this process would not bring a dependency back.
async fn live() -> Json<Live> {
    Json(Live { status: "live" })
}

async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Ready>) {
    let mut reasons = Vec::new();
    if !answers(&state.store).await {
        reasons.push("PostgreSQL does not answer");
    }
    if !state.health.consumer_attached_once() {
        reasons.push("the consumer has not attached to RabbitMQ since the start");
    }
    match reasons.is_empty() {
        true => (StatusCode::OK, Json(Ready { status: "ready", reasons })),
        false => (StatusCode::SERVICE_UNAVAILABLE, Json(Ready { status: "not ready", reasons })),
    }
}

/// Says how each dependency is. The status code is 200 in any case: it is the answer to a question, not a probe.
async fn health(State(state): State<AppState>) -> Json<Report> {
    let postgresql = Postgresql { connected: answers(&state.store).await };
    let rabbitmq = Rabbitmq { connected: state.health.broker_connected(), consumer_up: state.health.consumer_up() };
    let up = postgresql.connected && rabbitmq.connected && rabbitmq.consumer_up;
    Json(Report { status: if up { "up" } else { "degraded" }, postgresql, rabbitmq })
}

async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render())
}

async fn answers(store: &Store) -> bool {
    match timeout(PATIENCE, store.ping()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "PostgreSQL does not answer");
            false
        }
        Err(_) => false,
    }
}

#[derive(Serialize)]
struct Live {
    status: &'static str,
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    reasons: Vec<&'static str>,
}

#[derive(Serialize)]
struct Report {
    status: &'static str,
    postgresql: Postgresql,
    rabbitmq: Rabbitmq,
}

#[derive(Serialize)]
struct Postgresql {
    connected: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rabbitmq {
    connected: bool,
    consumer_up: bool,
}
