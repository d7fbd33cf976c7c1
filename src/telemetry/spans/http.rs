//! Spans of requests to the API.

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanKind, TraceContextExt};
use opentelemetry_semantic_conventions::attribute::{
    HTTP_REQUEST_METHOD, HTTP_REQUEST_METHOD_ORIGINAL, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE, URL_PATH, URL_SCHEME,
};

use super::{Draft, Span, TRACER, context};
use crate::contract;

/// The methods that there are; what else a client may send would make a name of its own of each.
const METHODS: [&str; 10] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"];

/// The span of a request, a child of what its header `traceparent` names. Queries are left out: they can hold anything.
pub fn request(method: &str, route: Option<&str>, path: &str, traceparent: Option<&str>) -> Span {
    let Some(tracer) = TRACER.get() else { return Span::default() };
    let is_known = METHODS.contains(&method);
    let mut attributes = vec![
        KeyValue::new(HTTP_REQUEST_METHOD, if is_known { method.to_owned() } else { "_OTHER".to_owned() }),
        KeyValue::new(URL_PATH, path.to_owned()),
        KeyValue::new(URL_SCHEME, "http"),
    ];
    attributes.extend((!is_known).then(|| KeyValue::new(HTTP_REQUEST_METHOD_ORIGINAL, method.to_owned())));
    attributes.extend(route.map(|route| KeyValue::new(HTTP_ROUTE, route.to_owned())));
    let name = [Some(if is_known { method } else { "HTTP" }), route];
    let name = name.into_iter().flatten().collect::<Vec<_>>().join(" ").into();
    let traceparent = traceparent.and_then(contract::parse_traceparent);
    let parent = traceparent.as_deref().and_then(context::parse);
    Draft { name, kind: SpanKind::Server, attributes, links: Vec::new(), parent }.begin(tracer)
}

impl Span {
    /// Notes how a request was answered.
    pub fn answered(&self, status: u16) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(HTTP_RESPONSE_STATUS_CODE, i64::from(status)));
        }
        if status >= 500 {
            self.failed(status.to_string());
        }
    }
}
