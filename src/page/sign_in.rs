//! Signing in for trials, as any freelancer whom events have told of or as an administrator. It exists only where the
//! configuration allows trial tokens; elsewhere the parent product signs people in, and its cookie is what we get.

use std::time::Duration;

use axum::Form;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{self, HeaderName};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::layout::{Page, Visitor};
use super::{ADMIN, LEADS};
use crate::api::ApiState;
use crate::api::access::COOKIE;
use crate::api::problem::Problem;
use crate::auth::{self, Role, Token};
use crate::domain::plan::{Freelancer, PlanStanding};

pub(super) const PATH: &str = "/sign-in";
pub(super) const OUT: &str = "/sign-out";

/// For how long a trial lasts.
const TRIAL: Duration = Duration::from_secs(12 * 3600);
/// So many freelancers are there to choose from.
const CHOICE: i64 = 50;

const NOT_ALLOWED: Problem = Problem::NotFound("there is no trial sign-in here");

/// Whether there is anything to sign in to here.
pub(super) fn is_allowed(state: &ApiState) -> bool {
    state.auth.allow_trial_tokens && state.auth.hs256_secret.is_some()
}

/// Shows whom one can be.
pub(super) async fn choose(State(state): State<ApiState>) -> Result<Markup, Problem> {
    allowed(&state)?;
    let freelancers = state.store.some_freelancers(CHOICE).await?;
    let main = html! {
        section.sheet {
            h1 { "Sign in for a trial" }
            p { "Nobody needs a password here: choose who you are." }
            (choices(&freelancers))
        }
    };
    Ok(Page { title: "Sign in for a trial", visitor: Visitor::Nobody, is_trial: true, main }.draw())
}

fn choices(freelancers: &[Freelancer]) -> Markup {
    html! {
        form.choices method="post" action=(PATH) {
            @for freelancer in freelancers {
                button.choice name="freelancer" value=(freelancer.id) {
                    span { (freelancer.full_name.as_deref().unwrap_or("A freelancer without a name")) }
                    small { (plan_in_words(freelancer)) }
                }
            }
            @if freelancers.is_empty() {
                p { "No freelancer is known yet: publish a lead first, with " code { "lead-tracker publish notified" } "." }
            }
            button.choice name="admin" value="true" { span { "Administrator" } small { "sees everything" } }
        }
    }
}

fn plan_in_words(freelancer: &Freelancer) -> &'static str {
    match PlanStanding::of(None, freelancer.plan, Utc::now()).active {
        true => "with a lead plan",
        false => "on the free plan",
    }
}

/// Whom one has chosen to be.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    freelancer: Option<Uuid>,
    #[serde(default)]
    admin: bool,
}

/// Signs in, and leads on to the page that is theirs.
pub(super) async fn sign_in(State(state): State<ApiState>, Form(choice): Form<Choice>) -> Result<Response, Problem> {
    allowed(&state)?;
    let now = Utc::now();
    let (role, user_id, home) = match choice.freelancer {
        Some(id) if !choice.admin => (Role::Freelancer, format!("trial-{id}"), LEADS),
        _ => (Role::Admin, "trial-admin".to_owned(), ADMIN),
    };
    let token = Token { user_id, role, freelancer_id: choice.freelancer, plan: None, expires_at: now + TRIAL };
    let token = auth::sign(&token, &state.auth, now).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "cannot sign a trial token");
        Problem::Internal
    })?;
    Ok((cookie(&token, TRIAL)?, Redirect::to(home)).into_response())
}

/// Forgets who one was.
pub(super) async fn sign_out(State(state): State<ApiState>) -> Result<Response, Problem> {
    allowed(&state)?;
    Ok((cookie("", Duration::ZERO)?, Redirect::to(PATH)).into_response())
}

fn allowed(state: &ApiState) -> Result<(), Problem> {
    if is_allowed(state) { Ok(()) } else { Err(NOT_ALLOWED) }
}

/// Not `Secure`: trials are tried over plain HTTP, too.
fn cookie(token: &str, age: Duration) -> Result<[(HeaderName, HeaderValue); 1], Problem> {
    let text = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}", age.as_secs());
    Ok([(header::SET_COOKIE, HeaderValue::from_str(&text).map_err(|_| Problem::Internal)?)])
}
