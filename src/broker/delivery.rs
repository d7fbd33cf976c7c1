//! A message as it was received.

use std::{borrow::Cow, sync::Arc};

use chrono::{DateTime, Utc};
use lapin::{
    BasicProperties,
    types::{FieldTable, ShortString},
};

use super::headers;

/// Names the event of a message that comes to its queue directly, not by its routing key.
pub(super) const ORIGINAL_ROUTING_KEY: &str = "x-original-routing-key";

/// A message as it was received, detached from its channel: acknowledge it by its tag, with the [`Acker`](super::Acker) of
/// the same [`Inbound`](super::Inbound).
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Numbers the deliveries of one [`Inbound`](super::Inbound), from 1 and upwards.
    pub tag: u64,
    /// The queue that it was in.
    pub queue: Arc<str>,
    /// The exchange that it was published to; empty for the default exchange.
    pub exchange: String,
    /// The routing key that it was published with; see [`event_routing_key`](Self::event_routing_key).
    pub routing_key: String,
    /// Whether it may have been delivered before.
    pub redelivered: bool,
    /// The payload.
    pub body: Vec<u8>,
    /// The properties that this service reads.
    pub properties: Properties,
    /// As they came, so that parking and replaying lose nothing.
    pub(super) raw: BasicProperties,
}

/// The AMQP properties of a message, as far as this service reads them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Properties {
    /// `message_id`
    pub message_id: Option<String>,
    /// `content_type`
    pub content_type: Option<String>,
    /// `timestamp`, in whole seconds
    pub timestamp: Option<DateTime<Utc>>,
    /// `type`
    pub kind: Option<String>,
    /// `correlation_id`
    pub correlation_id: Option<String>,
    /// `reply_to`
    pub reply_to: Option<String>,
}

impl Delivery {
    pub(super) fn new(queue: &Arc<str>, delivery: lapin::message::Delivery) -> Self {
        Self {
            tag: delivery.delivery_tag,
            queue: queue.clone(),
            exchange: delivery.exchange.into(),
            routing_key: delivery.routing_key.into(),
            redelivered: delivery.redelivered,
            body: delivery.data,
            properties: Properties::of(&delivery.properties),
            raw: delivery.properties,
        }
    }

    /// A header that reads as a string: text, a number, a truth value or a time.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.table()?.inner().get(name).and_then(headers::text)
    }

    /// The headers that read as strings, in the order of their names.
    pub fn headers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let table = self.table().into_iter().flatten();
        table.filter_map(|(name, value)| Some((name.as_str(), headers::text(value)?)))
    }

    /// The routing key that says which event this is: where the message came by the default exchange, as a replayed one
    /// does, its routing key is the queue's name, and the header `x-original-routing-key` tells. Elsewhere that header is
    /// not believed.
    pub fn event_routing_key(&self) -> Cow<'_, str> {
        let original = if self.exchange.is_empty() { self.header(ORIGINAL_ROUTING_KEY) } else { None };
        original.unwrap_or(Cow::Borrowed(&self.routing_key))
    }

    pub(super) fn table(&self) -> Option<&FieldTable> {
        self.raw.headers().as_ref()
    }
}

impl Properties {
    fn of(raw: &BasicProperties) -> Self {
        let text = |property: &Option<ShortString>| property.as_ref().map(ShortString::to_string);
        let seconds = raw.timestamp().and_then(|seconds| i64::try_from(seconds).ok());
        Self {
            message_id: text(raw.message_id()),
            content_type: text(raw.content_type()),
            timestamp: seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
            kind: text(raw.kind()),
            correlation_id: text(raw.correlation_id()),
            reply_to: text(raw.reply_to()),
        }
    }
}
