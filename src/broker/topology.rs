//! The exchange, the queues and the bindings: declared, verified, described.

use std::time::Duration;

use lapin::{
    Channel, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions},
    types::{AMQPValue, FieldTable, ShortString},
};
use serde_json::{Value, json};

pub use super::difference::{Difference, TopologyError};
use super::{
    connection::Connection,
    error::{BrokerError, bounded, reply_code, short},
    headers::json_object,
    names::Names,
    queue::passive,
};
use crate::contract::routing_key::INBOUND;

/// A message is parked when it has been given back so often. RabbitMQ 3 has no limit unless told, RabbitMQ 4 has this one.
pub const DELIVERY_LIMIT: i64 = 20;
/// Of the parked queue, where every look at a message counts as a delivery.
const PARKED_DELIVERY_LIMIT: i64 = 1_000_000;

/// Declares whatever is missing: the exchange, the four queues, the bindings. An object that is there and differs is left
/// alone and reported, the first one found.
pub async fn declare(connection: &Connection, names: &Names, window: Duration) -> Result<(), TopologyError> {
    for object in objects(names, window) {
        object.declare(connection).await?;
    }
    bind(connection, names).await
}

/// Compares without creating: a missing object is a difference, too, but reported only where no object is there and
/// differs, which declaring would not mend.
///
/// AMQP has no way to look at bindings (declaring one creates it), so they are not verified. And it compares arguments
/// only for a user who may configure the object: for others existence is all that is verified, with a warning.
pub async fn verify(connection: &Connection, names: &Names, window: Duration) -> Result<(), TopologyError> {
    let mut missing = None;
    for object in objects(names, window) {
        match object.verify(connection).await {
            Err(TopologyError::Difference(difference)) if difference.what.is_none() => {
                missing.get_or_insert(difference);
            }
            verified => verified?,
        }
    }
    missing.map_or(Ok(()), |difference| Err(difference.into()))
}

/// [`declare`], for the delay queue of one window alone.
pub async fn declare_window(connection: &Connection, names: &Names, window: Duration) -> Result<(), TopologyError> {
    delay_queue(names, window).declare(connection).await
}

/// [`verify`], for the delay queue of one window alone.
pub async fn verify_window(connection: &Connection, names: &Names, window: Duration) -> Result<(), TopologyError> {
    delay_queue(names, window).verify(connection).await
}

/// Deletes the delay queues of windows that are no longer in use, once they have drained, and returns their names.
///
/// AMQP cannot list queues, so the candidates are the caller's: every window that was ever in use. The broker refuses to
/// delete a quorum queue on condition that it be empty; its emptiness is asked for first. Up to 32 timers that have just
/// expired and are being handed over do not show in that; the sweep finds them if they are lost. Publishers must have
/// left the window before.
pub async fn prune(
    connection: &Connection,
    names: &Names,
    keep: &[Duration],
    candidates: &[Duration],
) -> Result<Vec<String>, BrokerError> {
    let mut pruned = Vec::new();
    for window in candidates.iter().filter(|window| !keep.contains(window)) {
        let queue = names.response_window(*window);
        if passive(connection, &queue).await?.is_some_and(|depth| depth.ready == 0) {
            delete(connection, &queue).await?;
            pruned.push(queue);
        }
    }
    Ok(pruned)
}

/// The whole topology in the form of RabbitMQ's definitions file, without virtual host, users and permissions.
pub fn definitions(names: &Names, window: Duration) -> Value {
    let (mut exchanges, mut queues) = (Vec::new(), Vec::new());
    for object in objects(names, window) {
        match object {
            Object::Exchange(name) => {
                exchanges.push(json!({ "name": name, "type": "topic", "durable": true, "auto_delete": false,
                    "internal": false, "arguments": {} }));
            }
            Object::Queue(name, arguments) => {
                queues.push(json!({ "name": name, "durable": true, "auto_delete": false,
                    "arguments": json_object(&arguments) }));
            }
        }
    }
    let bindings = INBOUND.map(|key| {
        json!({ "source": names.exchange(), "destination": names.inbox(), "destination_type": "queue",
            "routing_key": key, "arguments": {} })
    });
    json!({ "exchanges": exchanges, "queues": queues, "bindings": bindings })
}

enum Object {
    Exchange(String),
    Queue(String, FieldTable),
}

/// In an order in which each finds what it dead-letters to.
fn objects(names: &Names, window: Duration) -> [Object; 5] {
    let parked = quorum([("x-delivery-limit", AMQPValue::LongLongInt(PARKED_DELIVERY_LIMIT))]);
    let consumed = || {
        let mut arguments = dead_lettering(names.parked());
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERY_LIMIT));
        arguments
    };
    [
        Object::Exchange(names.exchange().to_owned()),
        Object::Queue(names.parked().to_owned(), parked),
        Object::Queue(names.expired().to_owned(), consumed()),
        Object::Queue(names.inbox().to_owned(), consumed()),
        delay_queue(names, window),
    ]
}

/// No consumer and no `x-expires`: a queue without consumers counts as unused, and would be deleted with its timers.
fn delay_queue(names: &Names, window: Duration) -> Object {
    let mut arguments = dead_lettering(names.expired());
    let milliseconds = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
    arguments.insert("x-message-ttl".into(), AMQPValue::LongLongInt(milliseconds));
    Object::Queue(names.response_window(window), arguments)
}

fn quorum<const N: usize>(arguments: [(&'static str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    table.insert("x-queue-type".into(), text("quorum"));
    for (name, value) in arguments {
        table.insert(name.into(), value);
    }
    table
}

/// At least once needs `reject-publish`: without it RabbitMQ silently falls back to at most once.
fn dead_lettering(target: &str) -> FieldTable {
    quorum([
        ("x-dead-letter-exchange", text("")),
        ("x-dead-letter-routing-key", text(target)),
        ("x-dead-letter-strategy", text("at-least-once")),
        ("x-overflow", text("reject-publish")),
    ])
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

impl Object {
    fn name(&self) -> &str {
        match self {
            Self::Exchange(name) | Self::Queue(name, _) => name,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Exchange(name) => format!("exchange {name}"),
            Self::Queue(name, _) => format!("queue {name}"),
        }
    }

    async fn declare(&self, connection: &Connection) -> Result<(), TopologyError> {
        self.ask(connection, false).await?.about(self.describe())
    }

    /// A passive declaration asks for existence and ignores the arguments; an active one of what exists only compares.
    async fn verify(&self, connection: &Connection) -> Result<(), TopologyError> {
        self.ask(connection, true).await?.about(self.describe())?;
        match self.declare(connection).await {
            Err(TopologyError::Forbidden { object, .. }) => {
                tracing::warn!(
                    object,
                    "exists; its arguments cannot be compared without the permission to configure it"
                );
                Ok(())
            }
            compared => compared,
        }
    }

    async fn ask(&self, connection: &Connection, passive: bool) -> Result<Answer, BrokerError> {
        // The broker answers a difference by closing the channel, so each question has one to throw away.
        let channel = connection.channel().await?;
        let name = short("a name of the topology", self.name())?;
        let declared = async { Answer::of(self.send(&channel, name, passive).await) };
        bounded(format!("cannot declare {}", self.describe()), declared).await
    }

    async fn send(&self, channel: &Channel, name: ShortString, passive: bool) -> lapin::Result<()> {
        match self {
            Self::Exchange(_) => {
                let options = ExchangeDeclareOptions { passive, durable: true, ..ExchangeDeclareOptions::default() };
                channel.exchange_declare(name, ExchangeKind::Topic, options, FieldTable::default()).await
            }
            Self::Queue(_, arguments) => {
                let options = QueueDeclareOptions { passive, durable: true, ..QueueDeclareOptions::default() };
                channel.queue_declare(name, options, arguments.clone()).await.map(drop)
            }
        }
    }
}

/// What the broker says to a declaration. A refusal is an answer, and no failure to get one.
enum Answer {
    Fits,
    Missing,
    Differs(String),
    Forbidden(BrokerError),
}

impl Answer {
    fn of(result: lapin::Result<()>) -> lapin::Result<Self> {
        let Err(error) = result else { return Ok(Self::Fits) };
        match reply_code(&error) {
            Some(404) => Ok(Self::Missing),
            Some(406) => Ok(Self::Differs(refusal(&error))),
            Some(403) => Ok(Self::Forbidden(BrokerError::failed("the broker refused", error))),
            _ => Err(error),
        }
    }

    fn about(self, object: String) -> Result<(), TopologyError> {
        match self {
            Self::Fits => Ok(()),
            Self::Missing => Err(Difference::missing(object).into()),
            Self::Differs(text) => Err(Difference::from_refusal(object, &text).into()),
            Self::Forbidden(source) => Err(TopologyError::Forbidden { object, source }),
        }
    }
}

fn refusal(error: &lapin::Error) -> String {
    match error.kind() {
        lapin::ErrorKind::ProtocolError(refusal) => refusal.get_message().to_string(),
        _ => error.to_string(),
    }
}

async fn bind(connection: &Connection, names: &Names) -> Result<(), TopologyError> {
    let channel = connection.channel().await?;
    let (inbox, exchange) = (short("the inbox", names.inbox())?, short("the exchange", names.exchange())?);
    for key in INBOUND {
        let bound = async {
            let options = QueueBindOptions::default();
            let bound = channel.queue_bind(inbox.clone(), exchange.clone(), key.into(), options, FieldTable::default());
            Answer::of(bound.await)
        };
        let object = format!("binding of queue {inbox} to {key}");
        bounded(format!("cannot declare the {object}"), bound).await?.about(object)?;
    }
    Ok(())
}

async fn delete(connection: &Connection, queue: &str) -> Result<(), BrokerError> {
    let name = short("the queue's name", queue)?;
    let channel = connection.channel().await?;
    let deleted = channel.queue_delete(name, QueueDeleteOptions::default());
    bounded(format!("cannot delete queue {queue}"), deleted).await.map(drop)
}
