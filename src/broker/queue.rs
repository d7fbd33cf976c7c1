//! Looking at a queue without touching it.

use lapin::{options::QueueDeclareOptions, types::FieldTable};

use super::{
    connection::Connection,
    error::{BrokerError, bounded, reply_code, short},
};

/// What the broker tells of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueDepth {
    /// Messages ready for delivery. Those that a consumer holds unacknowledged are not among them.
    pub ready: u64,
    /// Consumers attached, of all processes.
    pub consumers: u32,
}

/// Asks how deep a queue is. Fails with [`BrokerError::MissingQueue`] where there is none of that name.
pub async fn depth(connection: &Connection, queue: &str) -> Result<QueueDepth, BrokerError> {
    let missing = || BrokerError::MissingQueue { queue: queue.to_owned() };
    passive(connection, queue).await?.ok_or_else(missing)
}

/// As [`depth`], with `None` for a missing queue. The broker closes the channel over a missing one, so it is thrown away.
pub(super) async fn passive(connection: &Connection, queue: &str) -> Result<Option<QueueDepth>, BrokerError> {
    let name = short("the queue's name", queue)?;
    let channel = connection.channel().await?;
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let declared = async {
        match channel.queue_declare(name, options, FieldTable::default()).await {
            Ok(found) => {
                Ok(Some(QueueDepth { ready: u64::from(found.message_count()), consumers: found.consumer_count() }))
            }
            Err(error) if reply_code(&error) == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    };
    bounded(format!("cannot look at queue {queue}"), declared).await
}
