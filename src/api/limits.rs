//! What holds for every request: an id, an access log, limits, and headers that keep browsers careful.

use std::any::Any;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::http::header::{self, HeaderName};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::time::{Instant, timeout};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use super::problem::Problem;
use crate::telemetry::spans;

/// How large a request's body may be, in bytes.
pub(crate) const BODY: usize = 64 * 1024;
/// How long an answer may take to begin: above the ten seconds that a check may wait.
const PATIENCE: Duration = Duration::from_secs(20);
/// What one user may ask for, requests a second in the long run and at once.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(50).expect("it is not 0");
const BURST: NonZeroU32 = NonZeroU32::new(200).expect("it is not 0");
/// So many users are remembered before those are forgotten who have been quiet.
const REMEMBERED: usize = 10_000;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers of every answer, unless its route has set its own.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Lays the limits around all routes.
pub(crate) fn around(router: Router) -> Router {
    let router = HEADERS
        .into_iter()
        .fold(router, |router, (name, value)| router.layer(SetResponseHeaderLayer::if_not_present(name, value)));
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(log))
        .layer(middleware::from_fn(trace))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
}

/// Answers in time, and logs what was asked without what it was about: routes, and no ids, queries or bodies.
async fn log(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let request_id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let request_id = request_id.unwrap_or_default().to_owned();
    let answer = timeout(PATIENCE, next.run(request)).await;
    let response =
        answer.unwrap_or_else(|_| Problem::Unavailable("the answer took too long, try again").into_response());
    let (status, ms) = (response.status().as_u16(), began.elapsed().as_millis() as u64);
    match (response.status().is_server_error(), route.starts_with("/api/")) {
        (true, _) => tracing::warn!(request_id, %method, route, status, ms, "answered a request with a failure"),
        (false, true) => tracing::info!(request_id, %method, route, status, ms, "answered a request"),
        // Probes and scrapes, every few seconds.
        (false, false) => tracing::debug!(request_id, %method, route, status, ms, "answered a request"),
    }
    response
}

/// Answers within a span, unless it is a probe or a scrape.
async fn trace(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/health") || path == "/metrics" {
        return next.run(request).await;
    }
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let traceparent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let span = spans::request(request.method().as_str(), route, path, traceparent);
    let response = span.around(next.run(request)).await;
    span.answered(response.status().as_u16());
    response
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::Internal.into_response()
}

/// How much each user may ask for.
pub(crate) struct Limiter(DefaultKeyedRateLimiter<String>);

impl Limiter {
    pub(crate) fn new() -> Self {
        Self(RateLimiter::keyed(Quota::per_second(PER_SECOND).allow_burst(BURST)))
    }

    pub(crate) fn check(&self, user_id: &String) -> Result<(), Problem> {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(user_id).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            Problem::TooMany { retry_after: wait.as_secs() + 1 }
        })
    }
}
