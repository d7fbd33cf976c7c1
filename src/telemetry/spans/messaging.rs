//! Spans of messages: one for a batch, with a link to each message's own trace.

use std::array::from_fn;
use std::borrow::Cow;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Link, SpanContext, SpanKind};
use opentelemetry_sdk::trace::SdkTracer;
use opentelemetry_semantic_conventions::attribute::{
    MESSAGING_BATCH_MESSAGE_COUNT, MESSAGING_DESTINATION_NAME, MESSAGING_MESSAGE_CONVERSATION_ID, MESSAGING_MESSAGE_ID,
    MESSAGING_OPERATION_NAME, MESSAGING_OPERATION_TYPE, MESSAGING_RABBITMQ_DESTINATION_ROUTING_KEY, MESSAGING_SYSTEM,
};

use super::{Draft, Span, TRACER, context, current};
use crate::domain::event::LeadId;
use crate::domain::history::Trace;

/// A message, as far as spans tell of it.
#[derive(Debug, Clone)]
pub struct Message<'m> {
    /// The exchange that it was published to; empty for the default one.
    pub exchange: &'m str,
    /// The routing key that it was published with.
    pub routing_key: Cow<'m, str>,
    /// The id of the event that it tells, or the AMQP `message_id`.
    pub id: &'m str,
    /// The lead that it is about.
    pub lead_id: Option<Cow<'m, str>>,
    /// The W3C trace context that it came with, or leaves with.
    pub traceparent: Option<Cow<'m, str>>,
}

struct Operation {
    name: &'static str,
    /// What the conventions call it.
    of_type: &'static str,
    kind: SpanKind,
}

const PROCESS: Operation = Operation { name: "process", of_type: "process", kind: SpanKind::Consumer };
const CREATE: Operation = Operation { name: "create", of_type: "create", kind: SpanKind::Producer };
/// Not a producer: readers go on from where a message was created.
const PUBLISH: Operation = Operation { name: "publish", of_type: "send", kind: SpanKind::Client };

/// The span of handling messages that came from `queue` together. That of a lone message is a child of the message's own.
pub fn process<'m>(queue: &str, messages: impl Iterator<Item = Message<'m>>) -> Span {
    let Some(tracer) = TRACER.get() else { return Span::default() };
    let messages: Vec<_> = messages.collect();
    PROCESS.begin(tracer, Some(queue), &messages, lone(&messages))
}

/// The span of handling messages to the service itself that come back from `queue` after a while: always the beginning of a
/// trace, since few that look at traces wait for half an hour.
pub fn resume<'m>(queue: &str, messages: impl Iterator<Item = Message<'m>>) -> Span {
    let Some(tracer) = TRACER.get() else { return Span::default() };
    PROCESS.begin(tracer, Some(queue), &messages.collect::<Vec<_>>(), None)
}

/// The span of handing messages to the broker together. That of a lone message is a child of the message's own.
pub fn publish<'m>(messages: impl Iterator<Item = Message<'m>>) -> Span {
    let Some(tracer) = TRACER.get() else { return Span::default() };
    let messages: Vec<_> = messages.collect();
    PUBLISH.begin(tracer, None, &messages, lone(&messages))
}

/// The span of putting a message into the outbox, over at once. Returns the W3C trace context with which the message is to
/// leave; `None` where traces are not exported.
///
/// It belongs to the trace of the cause, and where there is none to that of the work that is under way. It has a link to
/// the one that it does not belong to, and to the offer.
pub fn create(routing_key: &str, id: &str, lead_id: LeadId, trace: &Trace) -> Option<String> {
    TRACER.get().and_then(|tracer| begin_create(tracer, routing_key, id, lead_id, trace))
}

fn begin_create(tracer: &SdkTracer, routing_key: &str, id: &str, lead_id: LeadId, trace: &Trace) -> Option<String> {
    let lead_id = Some(lead_id.to_string().into());
    let message = Message { exchange: "", routing_key: routing_key.into(), id, lead_id, traceparent: None };
    let [cause, offer] = [&trace.cause, &trace.offer].map(|trace| trace.as_deref().and_then(context::parse));
    let work = current();
    let is_elsewhere = |cause: &SpanContext| work.as_ref().is_none_or(|work| work.trace_id() != cause.trace_id());
    let parent = cause.filter(is_elsewhere).or_else(|| work.clone());
    let linked = [offer, work].into_iter().flatten().filter(|linked| Some(linked) != parent.as_ref());
    let draft = Draft {
        name: format!("{} {routing_key}", CREATE.name).into(),
        kind: CREATE.kind,
        attributes: CREATE.attributes(Some(routing_key.to_owned())).chain(message.attributes([true; 3])).collect(),
        links: linked.map(Link::with_context).collect(),
        parent,
    };
    draft.begin(tracer).traceparent()
}

impl Operation {
    fn begin(
        &self,
        tracer: &SdkTracer,
        queue: Option<&str>,
        messages: &[Message<'_>],
        parent: Option<SpanContext>,
    ) -> Span {
        if messages.is_empty() {
            return Span::default();
        }
        let destination = destination(queue, messages);
        let name = [Some(self.name), destination.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ").into();
        let is_shared = from_fn(|of| same(messages.iter().map(|message| message.texts()[of].1)).is_some());
        let shared = messages.first().into_iter().flat_map(|first| first.attributes(is_shared));
        let own = is_shared.map(|is_shared| !is_shared);
        let link = |message: &Message<'_>| Some(Link::new(message.context()?, message.attributes(own).collect(), 0));
        let links = messages.iter().filter_map(link).collect();
        let attributes = self.attributes(destination).chain(count(messages)).chain(shared).collect();
        Draft { name, kind: self.kind.clone(), attributes, links, parent }.begin(tracer)
    }

    fn attributes(&self, destination: Option<String>) -> impl Iterator<Item = KeyValue> + use<> {
        let known = [
            KeyValue::new(MESSAGING_SYSTEM, "rabbitmq"),
            KeyValue::new(MESSAGING_OPERATION_NAME, self.name),
            KeyValue::new(MESSAGING_OPERATION_TYPE, self.of_type),
        ];
        known.into_iter().chain(destination.map(|name| KeyValue::new(MESSAGING_DESTINATION_NAME, name)))
    }
}

impl Message<'_> {
    fn context(&self) -> Option<SpanContext> {
        self.traceparent.as_deref().and_then(context::parse)
    }

    /// What is told of each message; empty where it is not known.
    fn texts(&self) -> [(&'static str, &str); 3] {
        [
            (MESSAGING_RABBITMQ_DESTINATION_ROUTING_KEY, &self.routing_key),
            (MESSAGING_MESSAGE_CONVERSATION_ID, self.lead_id.as_deref().unwrap_or_default()),
            (MESSAGING_MESSAGE_ID, self.id),
        ]
    }

    /// Those of the [`texts`](Self::texts) that are wanted.
    fn attributes(&self, wanted: [bool; 3]) -> impl Iterator<Item = KeyValue> {
        let texts =
            self.texts().into_iter().zip(wanted).filter(|((_, text), is_wanted)| *is_wanted && !text.is_empty());
        texts.map(|((key, text), _)| KeyValue::new(key, text.to_owned()))
    }
}

/// The context of a message that is alone.
fn lone(messages: &[Message<'_>]) -> Option<SpanContext> {
    if let [message] = messages { message.context() } else { None }
}

fn count(messages: &[Message<'_>]) -> Option<KeyValue> {
    let count = i64::try_from(messages.len()).ok().filter(|count| *count > 1)?;
    Some(KeyValue::new(MESSAGING_BATCH_MESSAGE_COUNT, count))
}

/// `exchange:routing key:queue`, without what differs between the messages and what would be repeated.
fn destination(queue: Option<&str>, messages: &[Message<'_>]) -> Option<String> {
    let exchange = same(messages.iter().map(|message| message.exchange));
    let routing_key = same(messages.iter().map(|message| &*message.routing_key)).filter(|key| Some(*key) != queue);
    let parts: Vec<_> = [exchange, routing_key, queue].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(":"))
}

fn same<'t>(mut texts: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let first = texts.next()?;
    texts.all(|text| text == first).then_some(first)
}
