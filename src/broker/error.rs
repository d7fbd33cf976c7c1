//! What can go wrong on the way to the broker and back.

use std::{error::Error, future::Future, io, path::PathBuf, pin::pin, time::Duration};

use lapin::{ConnectionStatus, types::ShortString};

use super::{address::AddressError, publisher::Outcome};

/// The longest that any single exchange with the broker may take: a broker that blocks publishers, or one that has
/// silently gone, would else be waited for without an end.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A failure to reach the broker, or of what was asked of it. Unless it says otherwise of itself, it is transient: drop
/// what hangs on the connection, wait, and build it anew.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The URL cannot be used, which no waiting mends.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The certificates of a private authority could not be read.
    #[error("cannot read the certificates in {path}")]
    Certificates {
        /// The file that the URL names.
        path: PathBuf,
        /// Why it could not be read.
        source: io::Error,
    },
    /// No connection to this host, the last one of the URL to be tried.
    #[error("cannot connect to RabbitMQ at {host}")]
    Connect {
        /// Host and port.
        host: String,
        /// What the network or the broker answered.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection has ended.
    #[error("the connection to RabbitMQ has ended: {reason}")]
    Disconnected {
        /// In the broker's words, or the network's.
        reason: String,
    },
    /// The broker refused something, or the connection or channel broke over it.
    #[error("{doing}")]
    Failed {
        /// What was being done, for people: "cannot declare queue …".
        doing: String,
        /// What the broker or the network answered.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The broker took too long.
    #[error("{doing}: no answer within {} s", limit.as_secs_f32())]
    TimedOut {
        /// What was being done.
        doing: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// The queue is not there.
    #[error("queue {queue} does not exist")]
    MissingQueue {
        /// Its name.
        queue: String,
    },
    /// The broker ended the consumer (its queue was deleted or moved), or it was cancelled by this process.
    #[error("the consumer of {queue} has ended")]
    ConsumerEnded {
        /// The queue that was consumed.
        queue: String,
    },
    /// An earlier call has broken this publisher's channel.
    #[error("the publisher's channel is closed")]
    PublisherClosed,
    /// The queue did not take the message.
    #[error("queue {queue} did not take the message: {outcome:?}")]
    NotTaken {
        /// Its name.
        queue: String,
        /// What the broker said instead of confirming.
        outcome: Outcome,
    },
    /// A property is longer than AMQP allows, which no waiting mends. Nothing of the call was published.
    #[error("{property} is longer than the 255 bytes that AMQP allows")]
    PropertyTooLong {
        /// Which property or header name.
        property: String,
    },
}

impl BrokerError {
    pub(super) fn failed(doing: impl Into<String>, source: lapin::Error) -> Self {
        Self::Failed { doing: doing.into(), source: source.into() }
    }
}

/// Waits for the broker no longer than [`PATIENCE`].
pub(super) async fn bounded<T>(
    doing: impl Into<String>,
    operation: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    match tokio::time::timeout(PATIENCE, operation).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(source)) => Err(BrokerError::failed(doing, source)),
        Err(_) => Err(BrokerError::TimedOut { doing: doing.into(), limit: PATIENCE }),
    }
}

/// As [`bounded`], for what publishes: while the broker blocks the connection, for want of memory or disk, the patience
/// begins anew. Building everything anew would not help then, and giving back what is held counts towards its delivery limit.
pub(super) async fn bounded_unless_blocked<T>(
    doing: &str,
    connection: &ConnectionStatus,
    operation: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    let mut operation = pin!(operation);
    loop {
        match bounded(doing, operation.as_mut()).await {
            Err(BrokerError::TimedOut { .. }) if connection.blocked() => {}
            result => return result,
        }
    }
}

/// The AMQP reply code (404, 406, …), where it was the broker that refused.
pub(super) fn reply_code(error: &lapin::Error) -> Option<u16> {
    match error.kind() {
        lapin::ErrorKind::ProtocolError(refusal) => Some(refusal.get_id()),
        _ => None,
    }
}

/// A text as AMQP bounds names and most properties; lapin would panic over a longer one.
pub(super) fn short(property: &str, value: impl Into<String>) -> Result<ShortString, BrokerError> {
    ShortString::try_new(value).map_err(|_| BrokerError::PropertyTooLong { property: property.to_owned() })
}
