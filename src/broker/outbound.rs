//! A message to be sent.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable, ShortString},
};

use super::{
    delivery::Delivery,
    error::{BrokerError, short},
};

/// AMQP's word for a message that survives a restart of the broker.
const PERSISTENT: u8 = 2;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To the topic exchange, for whoever is bound.
    Topic {
        /// Which event it is.
        routing_key: String,
    },
    /// To one queue, by the default exchange.
    Queue(String),
}

/// A message to be sent; always persistent and mandatory.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// Where to.
    pub target: Target,
    /// `message_id`: what subscribers know duplicates by.
    pub message_id: String,
    /// `type`
    pub kind: Option<String>,
    /// `correlation_id`
    pub correlation_id: Option<String>,
    /// `timestamp`, cut to whole seconds
    pub timestamp: Option<DateTime<Utc>>,
    /// `content_type`
    pub content_type: Option<String>,
    /// Headers, as text.
    pub headers: BTreeMap<String, String>,
    /// The payload.
    pub body: Vec<u8>,
}

impl Outbound {
    /// A message with nothing but an id and a body; set the other fields as needed.
    pub fn new(target: Target, message_id: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            target,
            message_id: message_id.into(),
            kind: None,
            correlation_id: None,
            timestamp: None,
            content_type: None,
            headers: BTreeMap::new(),
            body: body.into(),
        }
    }
}

/// A message as AMQP has it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) exchange: ShortString,
    pub(super) routing_key: ShortString,
    pub(super) properties: BasicProperties,
    pub(super) body: Vec<u8>,
}

impl Message {
    pub(super) fn new(outbound: Outbound, exchange: &ShortString) -> Result<Self, BrokerError> {
        let (exchange, routing_key) = match outbound.target {
            Target::Topic { routing_key } => (exchange.clone(), short("the routing key", routing_key)?),
            Target::Queue(queue) => (ShortString::default(), short("the queue's name", queue)?),
        };
        let mut properties = BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_message_id(short("message_id", outbound.message_id)?)
            .with_headers(table(outbound.headers)?);
        if let Some(kind) = outbound.kind {
            properties = properties.with_type(short("type", kind)?);
        }
        if let Some(correlation_id) = outbound.correlation_id {
            properties = properties.with_correlation_id(short("correlation_id", correlation_id)?);
        }
        if let Some(content_type) = outbound.content_type {
            properties = properties.with_content_type(short("content_type", content_type)?);
        }
        if let Some(seconds) = outbound.timestamp.and_then(|time| u64::try_from(time.timestamp()).ok()) {
            properties = properties.with_timestamp(seconds);
        }
        Ok(Self { exchange, routing_key, properties, body: outbound.body })
    }

    /// A message that was received, sent on to one queue with other headers. Two properties stay behind: an `expiration`
    /// would delete it there, and a `user_id` that is not this connection's would close the channel.
    pub(super) fn forward(delivery: &Delivery, queue: &str, headers: FieldTable) -> Result<Self, BrokerError> {
        let mut properties = BasicProperties::default().with_delivery_mode(PERSISTENT).with_headers(headers);
        macro_rules! keep {
            ($($property:ident => $setter:ident),+) => {
                $(if let Some(value) = delivery.raw.$property().clone() { properties = properties.$setter(value); })+
            };
        }
        keep!(content_type => with_content_type, content_encoding => with_content_encoding, priority => with_priority,
            correlation_id => with_correlation_id, reply_to => with_reply_to, message_id => with_message_id,
            timestamp => with_timestamp, kind => with_type, app_id => with_app_id);
        let routing_key = short("the queue's name", queue)?;
        Ok(Self { exchange: ShortString::default(), routing_key, properties, body: delivery.body.clone() })
    }
}

fn table(headers: BTreeMap<String, String>) -> Result<FieldTable, BrokerError> {
    let mut table = FieldTable::default();
    for (name, value) in headers {
        table.insert(short("a header's name", name)?, AMQPValue::LongString(value.into()));
    }
    Ok(table)
}
