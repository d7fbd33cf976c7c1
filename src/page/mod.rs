//! What people see in a browser: the leads page, the administrator's page, and signing in for trials.
//!
//! Pages are HTML that typed functions write, and work without script: links lead on, forms act. One small ES module
//! makes them live, and one stylesheet makes them fit to look at; no other code runs in them.

mod admin;
mod assets;
mod budget;
mod icon;
mod layout;
mod leads;
mod moment;
mod notice;
mod number;
mod refusal;
mod sign_in;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::routing::get;
use chrono_tz::Tz;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::api::ApiState;
use crate::api::access::{Access, Routes};

/// Where freelancers find their leads.
pub(crate) const LEADS: &str = "/freelancer/leads";
/// Where administrators find everything.
pub(crate) const ADMIN: &str = "/admin";

/// Where HireLocal's people are, until a freelancer's browser says otherwise.
const ZONE: Tz = Tz::Asia__Kolkata;

/// Nothing but our own files, and forms that lead to ourselves.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The pages, and the files that they need.
pub fn router(state: &ApiState) -> Router<ApiState> {
    let pages = Routes::new(state.clone(), OpenApiRouter::new())
        .page(Access::Open, sign_in::PATH, get(sign_in::choose).post(sign_in::sign_in))
        .page(Access::Open, "/sign-out", get(sign_in::choose).post(sign_in::sign_out))
        .page(Access::Subscriber, LEADS, get(leads::list))
        .page(Access::Subscriber, "/freelancer/leads/{leadId}", get(leads::one))
        .page(Access::Subscriber, "/freelancer/leads/{leadId}/viewed", get(leads::back).post(leads::viewed))
        .page(Access::Subscriber, "/freelancer/leads/{leadId}/accept", get(leads::back).post(leads::accept))
        .page(Access::Subscriber, "/freelancer/leads/{leadId}/missed", get(leads::say_why).post(leads::missed))
        .page(Access::Subscriber, "/freelancer/leads/{leadId}/ignored", get(leads::back).post(leads::ignored))
        .page(Access::Admin, ADMIN, get(admin::overview))
        .page(Access::Admin, admin::CHECK, get(admin::count).post(admin::check))
        .page(Access::Admin, admin::WINDOW, get(admin::window).post(admin::set_window))
        .page(Access::Admin, admin::PARKED, get(admin::list))
        .page(Access::Admin, "/admin/parked/{id}/replay", get(admin::back).post(admin::replay))
        .page(Access::Admin, "/admin/parked/{id}/discard", get(admin::back).post(admin::discard));
    let (pages, _) = pages.into_router().split_for_parts();
    pages
        .layer(middleware::from_fn_with_state(state.clone(), refusal::as_page))
        // Around the refusals, which are pages, too.
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, POLICY))
        .merge(assets::router())
        .layer(CompressionLayer::new())
}
