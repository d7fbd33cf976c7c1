//! Spans for a collector of traces, by the semantic conventions of OpenTelemetry.
//!
//! There are none unless [`start`] finds a collector in the environment: every function here looks for the tracer first and
//! does nothing where there is none. Spans tell no names, no phone numbers and no bodies.

mod context;
mod export;
mod http;
mod messaging;
mod variables;

use std::borrow::Cow;
use std::future::Future;
use std::sync::OnceLock;

use opentelemetry::trace::{FutureExt, Link, SpanContext, SpanKind, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SdkTracer;
use opentelemetry_semantic_conventions::attribute::ERROR_TYPE;

pub use export::{Export, StartError, start};
pub use http::request;
pub use messaging::{Message, create, process, publish, resume};
pub use variables::WrongVariable;

/// What makes spans; unset where they are not exported.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// A span that is under way, and ends when it is dropped. It is empty where traces are not exported.
#[derive(Debug, Default)]
pub struct Span(Option<Context>);

impl Span {
    /// Does the work within the span: spans that begin meanwhile are its children.
    pub async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.0 {
            Some(context) => work.with_context(context.clone()).await,
            None => work.await,
        }
    }

    /// Notes that what it is about failed, by a word for the kind of failure.
    pub fn failed(&self, error_type: impl Into<Cow<'static, str>>) {
        if let Some(context) = &self.0 {
            context.span().set_status(Status::error(""));
            context.span().set_attribute(KeyValue::new(ERROR_TYPE, error_type.into()));
        }
    }

    /// The W3C trace context by which others go on from here.
    pub fn traceparent(&self) -> Option<String> {
        let context = self.0.as_ref()?.span().span_context().clone();
        context.is_valid().then(|| context::write(&context))
    }
}

/// A span within the service, a child of the one that is under way.
pub fn internal(name: &'static str) -> Span {
    let Some(tracer) = TRACER.get() else { return Span::default() };
    Draft { name: name.into(), kind: SpanKind::Internal, attributes: Vec::new(), links: Vec::new(), parent: current() }
        .begin(tracer)
}

/// The W3C trace context of the span that is under way.
pub fn current_traceparent() -> Option<String> {
    TRACER.get()?;
    current().as_ref().map(context::write)
}

fn current() -> Option<SpanContext> {
    let context = Context::map_current(|context| context.span().span_context().clone());
    context.is_valid().then_some(context)
}

/// A span before it begins.
struct Draft {
    name: Cow<'static, str>,
    kind: SpanKind,
    attributes: Vec<KeyValue>,
    links: Vec<Link>,
    parent: Option<SpanContext>,
}

impl Draft {
    fn begin(self, tracer: &SdkTracer) -> Span {
        let parent = self.parent.map(|parent| Context::new().with_remote_span_context(parent)).unwrap_or_default();
        let builder = tracer.span_builder(self.name).with_kind(self.kind);
        let builder = builder.with_attributes(self.attributes).with_links(self.links);
        let span = tracer.build_with_context(builder, &parent);
        Span(Some(Context::new().with_span(span)))
    }
}
