//! What plan a freelancer has.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::access::Freelancer;
use super::openapi::{FREELANCERS, Refusals};

/// A freelancer's lead plan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanItem {
    /// Whether the freelancer may see and answer leads.
    active: bool,
    /// When the plan ends or ended; null where there is none.
    #[schema(required)]
    ends_at: Option<DateTime<Utc>>,
    /// Where to get one.
    #[schema(example = "/subscription-plans")]
    upgrade_url: String,
}

/// Tells what plan one has, whether or not it is active.
#[utoipa::path(get, path = "/api/freelancer/plan", tag = FREELANCERS, security(("bearer" = []), ("session" = [])),
    responses((status = 200, body = PlanItem), Refusals))]
pub(crate) async fn plan(State(state): State<ApiState>, freelancer: Freelancer) -> Json<PlanItem> {
    let plan = freelancer.plan;
    Json(PlanItem { active: plan.active, ends_at: plan.ends_at, upgrade_url: state.upgrade_url.clone() })
}
