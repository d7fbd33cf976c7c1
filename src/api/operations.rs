//! Health and metrics.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::ApiState;
use super::openapi::OPERATORS;
use crate::store::Store;

/// How long PostgreSQL may take to count as answering.
const PATIENCE: Duration = Duration::from_secs(2);

/// Says that the process works. It asks nobody: restarting this process would not bring a dependency back.
#[utoipa::path(get, path = "/health/live", tag = OPERATORS, responses((status = 200, body = Live)))]
pub(crate) async fn live() -> Json<Live> {
    Json(Live { status: "live" })
}

/// Says whether this replica can take requests.
#[utoipa::path(get, path = "/health/ready", tag = OPERATORS,
    responses((status = 200, body = Ready), (status = 503, body = Ready)))]
pub(crate) async fn ready(State(state): State<ApiState>) -> (StatusCode, Json<Ready>) {
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
#[utoipa::path(get, path = "/health", tag = OPERATORS, responses((status = 200, body = Report)))]
pub(crate) async fn health(State(state): State<ApiState>) -> Json<Report> {
    let postgresql = Postgresql { connected: answers(&state.store).await };
    let rabbitmq = Rabbitmq { connected: state.health.broker_connected(), consumer_up: state.health.consumer_up() };
    let up = postgresql.connected && rabbitmq.connected && rabbitmq.consumer_up;
    Json(Report { status: if up { "up" } else { "degraded" }, postgresql, rabbitmq })
}

/// Draws the metrics for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = OPERATORS,
    responses((status = 200, content_type = "text/plain", body = String)))]
pub(crate) async fn metrics(State(state): State<ApiState>) -> impl IntoResponse {
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

#[derive(Serialize, ToSchema)]
pub(crate) struct Live {
    #[schema(example = "live")]
    status: &'static str,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    #[schema(example = "ready")]
    status: &'static str,
    reasons: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Report {
    #[schema(example = "up")]
    status: &'static str,
    postgresql: Postgresql,
    rabbitmq: Rabbitmq,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Postgresql {
    connected: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rabbitmq {
    connected: bool,
    consumer_up: bool,
}
