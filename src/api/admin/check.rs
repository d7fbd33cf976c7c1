//! The administrator's check.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::broker::{connect, disconnect};
use super::{finish, record};
use crate::api::ApiState;
use crate::api::access::Admin;
use crate::api::body::Body;
use crate::api::openapi::{ADMINISTRATORS, InvalidBody, Refusals};
use crate::api::problem::Problem;
use crate::check::{self, CheckError, CheckReport};
use crate::store::AdminAction;

/// The most offers that a request may name as its limit.
pub(crate) const MOST: u64 = 1_000_000;

/// What a check is to do. All of it may be left out.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described: bodies are read field by field")]
pub(crate) struct CheckBody {
    /// Only tell how many offers would be ended.
    #[schema(example = true)]
    dry_run: Option<bool>,
    /// End no more than so many, the oldest deadline first; all of them where it is left out.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1000)]
    limit: Option<u32>,
}

/// Ends every offer that is past its deadline now, and announces it as missed.
///
/// It waits up to 10 s for what is in the inbox, which may hold answers; where that takes longer, nothing is ended, and
/// `skippedBacklog` says how many messages were still ahead. Once begun it goes on to its end, also where the answer
/// takes too long.
#[utoipa::path(post, path = "/api/admin/check-missed-leads", tag = ADMINISTRATORS, request_body = Option<CheckBody>,
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = CheckReport), Refusals, InvalidBody))]
pub(crate) async fn check_missed_leads(
    State(state): State<ApiState>,
    admin: Admin,
    body: Body,
) -> Result<Json<CheckReport>, Problem> {
    let dry_run = body.optional("dryRun", "true or false", Value::as_bool)?.unwrap_or_default();
    let limit = body.optional("limit", &accepted(), |value| value.as_u64().and_then(limit))?;
    let report = match dry_run {
        true => count(&state, limit).await?,
        false => run(state, admin, limit).await?,
    };
    Ok(Json(report))
}

/// A limit that a form names.
pub(crate) fn of_text(text: &str) -> Result<usize, Problem> {
    let refused = || Problem::invalid("limit", format!("it must be {}", accepted()));
    text.parse().ok().and_then(limit).ok_or_else(refused)
}

fn accepted() -> String {
    format!("a whole number from 1 to {MOST}")
}

fn limit(number: u64) -> Option<usize> {
    usize::try_from(number).ok().filter(|_| (1..=MOST).contains(&number))
}

/// Only tells how many offers a check would end.
pub(crate) async fn count(state: &ApiState, limit: Option<usize>) -> Result<CheckReport, Problem> {
    Ok(check::dry_run(&state.store, limit.unwrap_or(usize::MAX)).await?)
}

/// Runs a check to its end, and records that somebody did.
pub(crate) async fn run(state: ApiState, admin: Admin, limit: Option<usize>) -> Result<CheckReport, Problem> {
    finish(check(state, admin, limit)).await
}

async fn check(state: ApiState, admin: Admin, limit: Option<usize>) -> Result<CheckReport, Problem> {
    let connection = connect(&state).await?;
    let most = limit.unwrap_or(usize::MAX);
    let checked = check::check_missed_leads(&state.store, &state.handler, &connection, &state.names, most).await;
    disconnect(connection).await;
    let report = checked?;
    let details = json!({
        "limit": limit, "processedCount": report.processed_count, "notificationCount": report.notification_count,
        "skippedBacklog": report.skipped_backlog,
    });
    record(&state, &admin, AdminAction::CheckMissedLeads, details).await;
    Ok(report)
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Broker(error) => error.into(),
            CheckError::Store(error) => error.into(),
        }
    }
}
