//! Who may use a route. There is no way to add one without saying so.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::MethodRouter;
use chrono::{DateTime, Utc};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};
use uuid::Uuid;

use super::ApiState;
use super::problem::Problem;
use crate::auth::{PlanClaim, Role, Token};
use crate::domain::event::FreelancerId;
use crate::domain::plan::PlanStanding;
use crate::handler::now;

/// The session cookie of the parent product.
pub(crate) const COOKIE: &str = "hirelocal_session";

/// Routes, each added by the method that says who may use it.
pub(crate) struct Routes {
    state: ApiState,
    router: OpenApiRouter<ApiState>,
}

/// What a route asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Open,
    /// To be a freelancer.
    Freelancer,
    /// To be a freelancer with an active plan.
    Subscriber,
    /// To be an administrator.
    Admin,
}

impl Routes {
    pub(crate) fn new(state: ApiState, router: OpenApiRouter<ApiState>) -> Self {
        Self { state, router }
    }

    /// For everybody, without a token.
    pub(crate) fn open(self, routes: UtoipaMethodRouter<ApiState>) -> Self {
        self.guarded(Access::Open, routes)
    }

    /// For any freelancer; hands them to the route as [`Freelancer`].
    pub(crate) fn freelancer(self, routes: UtoipaMethodRouter<ApiState>) -> Self {
        self.guarded(Access::Freelancer, routes)
    }

    /// For freelancers with an active plan; hands them to the route as [`Freelancer`].
    pub(crate) fn subscriber(self, routes: UtoipaMethodRouter<ApiState>) -> Self {
        self.guarded(Access::Subscriber, routes)
    }

    /// For administrators; hands them to the route as [`Admin`].
    pub(crate) fn admin(self, routes: UtoipaMethodRouter<ApiState>) -> Self {
        self.guarded(Access::Admin, routes)
    }

    /// For people rather than programs: a route that the API's description of itself leaves out.
    pub(crate) fn page(self, access: Access, path: &str, methods: MethodRouter<ApiState>) -> Self {
        let guard = from_fn_with_state((self.state.clone(), access), guard);
        Self { router: self.router.route(path, methods.layer(guard)), ..self }
    }

    fn guarded(self, access: Access, routes: UtoipaMethodRouter<ApiState>) -> Self {
        let guard = from_fn_with_state((self.state.clone(), access), guard);
        Self { router: self.router.routes(routes.layer(guard)), ..self }
    }

    pub(crate) fn into_router(self) -> OpenApiRouter<ApiState> {
        self.router
    }
}

/// A freelancer who asks.
#[derive(Debug, Clone)]
pub(crate) struct Freelancer {
    /// Who it is.
    pub(crate) id: FreelancerId,
    /// Their name, where events told it.
    pub(crate) full_name: Option<String>,
    /// How they stand with the plan at the request's time.
    pub(crate) plan: PlanStanding,
    /// What their token says of it.
    pub(crate) claim: Option<PlanClaim>,
    /// Until when their token is accepted.
    pub(crate) token_until: DateTime<Utc>,
}

/// An administrator who asks.
#[derive(Debug, Clone)]
pub(crate) struct Admin {
    /// The `sub` of the token.
    pub(crate) user_id: String,
}

async fn guard(
    State((state, access)): State<(ApiState, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if access == Access::Open {
        return match is_forged(request.method(), request.headers()) {
            true => Err(Problem::CrossSite),
            false => Ok(next.run(request).await),
        };
    }
    let (token, is_cookie) = token(request.headers()).ok_or(Problem::NoToken)?;
    if is_cookie && is_forged(request.method(), request.headers()) {
        return Err(Problem::CrossSite);
    }
    let token = state.verifier.verify(token).await.map_err(Problem::BadToken)?;
    state.limiter.check(&token.user_id)?;
    match access {
        Access::Open => {}
        Access::Admin => {
            require(&token, Role::Admin)?;
            request.extensions_mut().insert(Admin { user_id: token.user_id });
        }
        Access::Freelancer | Access::Subscriber => {
            require(&token, Role::Freelancer)?;
            let freelancer = identify(&state, &token).await?;
            if access == Access::Subscriber && !freelancer.plan.active {
                return Err(Problem::NeedsSubscription { upgrade_url: state.upgrade_url.to_string() });
            }
            request.extensions_mut().insert(freelancer);
        }
    }
    Ok(next.run(request).await)
}

fn require(token: &Token, role: Role) -> Result<(), Problem> {
    if token.role == role { Ok(()) } else { Err(Problem::WrongRole { needed: role.into() }) }
}

/// Which freelancer the token is of: nothing but the token decides, and what the events told of its user.
///
/// A user of whom no event has told yet was offered nothing, and gets an id that stays without leads; so does one whom the
/// events gave several freelancers, of whom nobody can say which.
async fn identify(state: &ApiState, token: &Token) -> Result<Freelancer, Problem> {
    let known = match token.freelancer_id {
        Some(id) => state.store.freelancer(id).await?,
        None => state.store.freelancer_of_user(&token.user_id).await?,
    };
    let nobody = || Uuid::new_v5(&Uuid::NAMESPACE_OID, token.user_id.as_bytes());
    let id = token.freelancer_id.or(known.as_ref().map(|known| known.id)).unwrap_or_else(nobody);
    let plan = PlanStanding::of(token.plan, known.as_ref().and_then(|known| known.plan), now());
    let full_name = known.and_then(|known| known.full_name);
    Ok(Freelancer { id, full_name, plan, claim: token.plan, token_until: token.accepted_until() })
}

/// The token, and whether it comes from the cookie. The header wins: a page's script may send it.
fn token(headers: &HeaderMap) -> Option<(&str, bool)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then_some((token.trim(), false));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| (value.trim_matches('"'), true)).next()
}

/// Whether a browser sent this for another site: a cookie comes along with such a request, too.
fn is_forged(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return false;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) != text("host"),
        (None, None) => false,
    }
}

impl<S: Sync> FromRequestParts<S> for Freelancer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or(Problem::Internal)
    }
}

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or(Problem::Internal)
    }
}
