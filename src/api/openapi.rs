//! The API's description of itself, at `/api/openapi.json`, and a page to browse it, at `/api/docs`.

use axum::Router;
use axum::http::{HeaderValue, header};
use strum::VariantArray;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{IntoResponses, Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use super::ApiState;
use super::problem::ProblemBody;

/// Tags, by who uses a route.
pub(crate) const FREELANCERS: &str = "freelancers";
pub(crate) const ADMINISTRATORS: &str = "administrators";
pub(crate) const OPERATORS: &str = "operators";

#[derive(OpenApi)]
#[openapi(
    info(title = "HireLocal lead tracker", description = "Which leads freelancers were offered, answered and missed."),
    modifiers(&Schemes),
    tags(
        (name = FREELANCERS, description = "For freelancers; all but the plan needs an active lead plan."),
        (name = ADMINISTRATORS, description = "For administrators."),
        (name = OPERATORS, description = "For probes and monitoring; without a token."),
    ),
)]
struct Api;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        // Made of the package's, which has none.
        document.info.license = None;
        let components = document.components.get_or_insert_default();
        let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let session = ApiKey::Cookie(ApiKeyValue::new("hirelocal_session"));
        components.add_security_scheme("session", SecurityScheme::ApiKey(session));
    }
}

/// How every route with a token may refuse a request.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it is only described, never built")]
pub(crate) enum Refusals {
    /// No token, or one that is not accepted.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(#[to_schema] ProblemBody),
    /// Another role is needed, or an active lead plan.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] ProblemBody),
    /// Too many requests.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] ProblemBody),
    /// Something that the service depends on does not answer.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] ProblemBody),
}

/// How a request with a query or a path may be wrong.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it is only described, never built")]
pub(crate) enum Invalid {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Bad(#[to_schema] ProblemBody),
    /// A parameter is wrong; `field` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] ProblemBody),
}

/// How a request with a body may be wrong.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it is only described, never built")]
pub(crate) enum InvalidBody {
    /// The body is no JSON object.
    #[response(status = 400, content_type = "application/problem+json")]
    Bad(#[to_schema] ProblemBody),
    /// The body has more than 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] ProblemBody),
    /// The body is not JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(#[to_schema] ProblemBody),
    /// A field is wrong; `field` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] ProblemBody),
}

/// Where the lead was never offered to this freelancer.
#[derive(IntoResponses)]
#[response(status = 404, content_type = "application/problem+json", description = "The lead was never offered to you")]
#[allow(dead_code, reason = "it is only described, never built")]
pub(crate) struct NotFound(#[to_schema] ProblemBody);

/// How an action may fail.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it is only described, never built")]
pub(crate) enum Unchanged {
    /// The body is no JSON object.
    #[response(status = 400, content_type = "application/problem+json")]
    Bad(#[to_schema] ProblemBody),
    /// The lead was never offered to this freelancer.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] ProblemBody),
    /// The state of the offer speaks against it; `lead` has it.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] ProblemBody),
    /// The body has more than 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] ProblemBody),
    /// The body is not JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(#[to_schema] ProblemBody),
    /// A field, the path or the key is wrong; `field` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] ProblemBody),
}

/// Where the lead cannot be accepted any more.
#[derive(IntoResponses)]
#[response(
    status = 410,
    content_type = "application/problem+json",
    description = "Another has the lead, or it was closed"
)]
#[allow(dead_code, reason = "it is only described, never built")]
pub(crate) struct Gone(#[to_schema] ProblemBody);

/// One of the words of an enum.
pub(crate) fn word<T: VariantArray + Copy + Into<&'static str>>() -> Object {
    words::<T>().schema_type(Type::String).build()
}

/// The same, or null.
pub(crate) fn word_or_null<T: VariantArray + Copy + Into<&'static str>>() -> Object {
    let types = SchemaType::from_iter([Type::String, Type::Null]);
    words::<T>().schema_type(types).build()
}

fn words<T: VariantArray + Copy + Into<&'static str>>() -> ObjectBuilder {
    let words = T::VARIANTS.iter().map(|word| -> &'static str { (*word).into() });
    ObjectBuilder::new().enum_values(Some(words))
}

/// Collects routes with their descriptions.
pub(crate) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(Api::openapi())
}

/// The document and its page, which runs scripts of its own.
pub(crate) fn pages(document: Document) -> Router<ApiState> {
    let page: Router<ApiState> = SwaggerUi::new("/api/docs").url("/api/openapi.json", document).into();
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    let policy = HeaderValue::from_static(policy);
    page.layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, policy))
}
