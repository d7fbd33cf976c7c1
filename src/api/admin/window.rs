//! The response window.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::broker::{connect, disconnect};
use crate::api::ApiState;
use crate::api::access::Admin;
use crate::api::body::Body;
use crate::api::openapi::{ADMINISTRATORS, InvalidBody, Refusals};
use crate::api::problem::{Problem, ProblemBody};
use crate::broker::{TopologyError, topology};

/// In minutes.
pub(crate) const SHORTEST: f64 = 0.05;
pub(crate) const LONGEST: f64 = 10_080.0;

const MS_PER_MINUTE: f64 = 60_000.0;

/// How long this replica may take to notice a change. It is told at once, and looks every 5 s by itself.
const ADOPTION: Duration = Duration::from_secs(6);

/// How long freelancers have to respond.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WindowItem {
    /// Of offers from now on.
    #[schema(example = 45.0)]
    minutes: f64,
    /// As configured: what holds until somebody changes it.
    #[schema(example = 30.0)]
    configured_minutes: f64,
    /// When it was changed; null while it is as configured.
    changed_at: Option<DateTime<Utc>>,
    /// The user id of the administrator who changed it.
    #[schema(example = "user-1")]
    changed_by: Option<String>,
}

/// The window that is to be.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is only described: bodies are read field by field")]
pub(crate) struct WindowBody {
    /// May have a fraction; what is finer than a millisecond is rounded.
    #[schema(minimum = 0.05, maximum = 10080, example = 45)]
    minutes: f64,
}

/// Tells the response window.
#[utoipa::path(get, path = "/api/admin/settings/response-window", tag = ADMINISTRATORS,
    security(("bearer" = []), ("session" = [])), responses((status = 200, body = WindowItem), Refusals))]
pub(crate) async fn response_window(State(state): State<ApiState>) -> Result<Json<WindowItem>, Problem> {
    Ok(Json(WindowItem::read(&state).await?))
}

/// Changes the response window for offers from now on. The deadlines of earlier ones stay as they are.
///
/// The delay queue for it is declared first, or verified where the service may not declare.
#[utoipa::path(put, path = "/api/admin/settings/response-window", tag = ADMINISTRATORS, request_body = WindowBody,
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = WindowItem), Refusals, InvalidBody,
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "The delay queue, which `detail` names, is missing, differs, or may not be declared")))]
pub(crate) async fn set_response_window(
    State(state): State<ApiState>,
    admin: Admin,
    body: Body,
) -> Result<Json<WindowItem>, Problem> {
    let read = |value: &Value| value.as_f64().and_then(of_minutes);
    let window = body.required("minutes", &accepted(), read)?;
    change(&state, &admin, window).await?;
    Ok(Json(WindowItem::read(&state).await?))
}

/// What a window may be, in words.
pub(crate) fn accepted() -> String {
    format!("a number from {SHORTEST} to {LONGEST}")
}

/// The window of so many minutes, to the millisecond; `None` where it would be too short or too long.
pub(crate) fn of_minutes(minutes: f64) -> Option<Duration> {
    let is_fine = (SHORTEST..=LONGEST).contains(&minutes);
    is_fine.then(|| Duration::from_millis((minutes * MS_PER_MINUTE).round() as u64))
}

/// Changes the window for offers from now on, records who did, and waits until it is in force here.
pub(crate) async fn change(state: &ApiState, admin: &Admin, window: Duration) -> Result<(), Problem> {
    prepare_delay_queue(state, window).await?;
    state.store.set_response_window(window, &admin.user_id).await?;
    adopted(state, window).await;
    Ok(())
}

/// Without its queue, the timers of the new window would get lost.
async fn prepare_delay_queue(state: &ApiState, window: Duration) -> Result<(), Problem> {
    let connection = connect(state).await?;
    let prepared: Result<(), TopologyError> = match state.declare {
        true => topology::declare_window(&connection, &state.names, window).await,
        false => topology::verify_window(&connection, &state.names, window).await,
    };
    disconnect(connection).await;
    Ok(prepared?)
}

/// Waits until offers that come from now on have this window. While nothing is consumed none come, and the window is read
/// before any do.
async fn adopted(state: &ApiState, window: Duration) {
    let mut in_force = state.window.clone();
    if state.health.consumer_up() && timeout(ADOPTION, in_force.wait_for(|now| *now == window)).await.is_err() {
        tracing::warn!(?window, "the response window was changed, and is not used yet");
    }
}

impl WindowItem {
    pub(super) async fn read(state: &ApiState) -> Result<Self, Problem> {
        let setting = state.store.response_window_setting().await?;
        Ok(Self {
            minutes: minutes(setting.window.unwrap_or(state.configured_window)),
            configured_minutes: minutes(state.configured_window),
            changed_at: setting.window.map(|_| setting.changed_at),
            changed_by: setting.changed_by,
        })
    }
}

/// The same in minutes.
pub(crate) fn minutes(window: Duration) -> f64 {
    window.as_millis() as f64 / MS_PER_MINUTE
}
