//! The HTTP side: the REST API, health and metrics. Pages are added to it by the room above.

pub(crate) mod access;
mod actions;
pub(crate) mod admin;
mod body;
mod events;
pub(crate) mod filters;
mod lead;
mod limits;
pub(crate) mod lists;
mod openapi;
mod operations;
mod plan;
pub(crate) mod problem;

use std::io;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use utoipa_axum::routes;

use self::access::Routes;
use self::limits::Limiter;
use self::problem::Problem;
use crate::auth::Verifier;
use crate::broker::Names;
use crate::config::{Auth, Secret};
use crate::feed::Feed;
use crate::handler::Handler;
use crate::health::Health;
use crate::store::Store;
use crate::telemetry::metrics::PrometheusHandle;

/// What the routes need.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// What actions go through.
    pub handler: Handler,
    /// What happens, as it happens.
    pub feed: Arc<Feed>,
    /// Who asks.
    pub verifier: Verifier,
    /// Where the broker is, for what administrators do there.
    pub amqp_url: Secret,
    /// What the queues are called.
    pub names: Names,
    /// Whether to declare what is missing on the broker, or only to verify it.
    pub declare: bool,
    /// The response window until an administrator changes it.
    pub configured_window: Duration,
    /// The response window that new offers get on this replica.
    pub window: watch::Receiver<Duration>,
    /// How the running parts are.
    pub health: Arc<Health>,
    /// Draws the metrics.
    pub metrics: PrometheusHandle,
    /// Where a freelancer without a plan is sent.
    pub upgrade_url: String,
    /// Where somebody who is not signed in is sent.
    pub sign_in_url: String,
    /// How tokens are signed for trying things out, where that is allowed.
    pub auth: Auth,
}

/// Shared by all routes.
#[derive(Clone)]
pub struct ApiState(Arc<Shared>);

#[doc(hidden)]
pub struct Shared {
    parts: Parts,
    limiter: Limiter,
    /// One look at the parked messages at a time: while one lasts, another would miss what it holds.
    parked_look: Mutex<()>,
}

impl Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl ApiState {
    /// What the routes of one server share.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Shared { parts, limiter: Limiter::new(), parked_look: Mutex::default() }))
    }
}

/// Serves the API together with `pages` until `shutdown` is cancelled, then finishes what was begun.
///
/// # Errors
///
/// Where the listener fails.
pub async fn run(
    listener: TcpListener,
    state: ApiState,
    pages: Router<ApiState>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    // A router alone would be copied for every connection, with all of its routes.
    let service = router(state, pages).into_make_service();
    axum::serve(listener, service).with_graceful_shutdown(shutdown.cancelled_owned()).await
}

fn router(state: ApiState, pages: Router<ApiState>) -> Router {
    let routes = Routes::new(state.clone(), openapi::router())
        .open(routes!(operations::live))
        .open(routes!(operations::ready))
        .open(routes!(operations::health))
        .open(routes!(operations::metrics))
        .freelancer(routes!(plan::plan))
        .subscriber(routes!(lists::all_with_interactions))
        .subscriber(routes!(lists::filtered_with_status))
        .subscriber(routes!(lists::counts))
        .subscriber(routes!(lists::history))
        .subscriber(routes!(events::events))
        .subscriber(routes!(actions::viewed))
        .subscriber(routes!(actions::accept))
        .subscriber(routes!(actions::missed))
        .subscriber(routes!(actions::ignored))
        .admin(routes!(admin::check::check_missed_leads))
        .admin(routes!(admin::window::response_window, admin::window::set_response_window))
        .admin(routes!(admin::summary::summary))
        .admin(routes!(admin::parked::list))
        .admin(routes!(admin::parked::replay))
        .admin(routes!(admin::parked::discard));
    let (router, document) = routes.into_router().split_for_parts();
    let router = router
        .merge(openapi::pages(document))
        .merge(pages)
        .fallback(|| async { Problem::NotFound("there is nothing at this address") })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .layer(DefaultBodyLimit::max(limits::BODY))
        .with_state(state);
    limits::around(router)
}
