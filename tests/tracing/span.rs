//! Spans as they are sent, made easy to compare.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::{Link, SpanKind};
use uuid::Uuid;

/// Which span of which trace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Context {
    /// The trace, in hexadecimal.
    pub(crate) trace: String,
    /// The span, in hexadecimal.
    pub(crate) span: String,
}

/// A span as the collector got it.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// Which one.
    pub(crate) context: Context,
    /// The span's parent; empty at the beginning of a trace.
    pub(crate) parent: String,
    /// What is to be read of it.
    pub(crate) name: String,
    /// On which side of what.
    pub(crate) kind: SpanKind,
    /// What is told of it.
    pub(crate) attributes: BTreeMap<String, String>,
    /// What it is linked to, with what is told of each.
    pub(crate) links: BTreeMap<Context, BTreeMap<String, String>>,
    /// Whether it failed.
    pub(crate) is_failed: bool,
}

impl Context {
    /// A span of somebody else, in a trace of its own.
    pub(crate) fn new() -> Self {
        let random = || Uuid::new_v4().simple().to_string();
        Self { trace: random(), span: random()[..16].to_owned() }
    }

    /// The header by which it is handed on.
    pub(crate) fn traceparent(&self) -> String {
        format!("00-{}-{}-01", self.trace, self.span)
    }

    fn of(trace: &[u8], span: &[u8]) -> Self {
        Self { trace: hex(trace), span: hex(span) }
    }
}

impl Span {
    pub(crate) fn new(span: opentelemetry_proto::tonic::trace::v1::Span) -> Self {
        let kind = span.kind();
        let is_failed = span.status.as_ref().is_some_and(|status| status.code == 2);
        let link = |link: Link| (Context::of(&link.trace_id, &link.span_id), texts(link.attributes));
        Self {
            context: Context::of(&span.trace_id, &span.span_id),
            parent: hex(&span.parent_span_id),
            name: span.name,
            kind,
            attributes: texts(span.attributes),
            links: span.links.into_iter().map(link).collect(),
            is_failed,
        }
    }

    /// What is told of it under this name; empty where nothing is.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Whether it is a child of that one.
    pub(crate) fn is_child_of(&self, parent: &Context) -> bool {
        self.context.trace == parent.trace && self.parent == parent.span
    }

    /// Whether it has a link to that one.
    pub(crate) fn is_linked_to(&self, other: &Context) -> bool {
        self.links.contains_key(other)
    }
}

/// Attributes with their values as text.
pub(crate) fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    attributes.into_iter().map(|KeyValue { key, value, .. }| (key, text(value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("only texts and numbers are sent, not {other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
