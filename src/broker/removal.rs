//! Taking the whole topology away.

use std::time::Duration;

use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};

use super::{
    connection::Connection,
    error::{BrokerError, bounded, short},
    names::Names,
};

/// Deletes the four queues with everything in them, and the exchange with its bindings. What is not there is passed over.
///
/// Nothing asks whether it is in use: for names of one's own alone.
pub async fn remove(connection: &Connection, names: &Names, window: Duration) -> Result<(), BrokerError> {
    let channel = connection.channel().await?;
    let delay = names.response_window(window);
    for queue in [names.inbox(), &delay, names.expired(), names.parked()] {
        let deleted = channel.queue_delete(short("the queue's name", queue)?, QueueDeleteOptions::default());
        bounded(format!("cannot delete queue {queue}"), deleted).await?;
    }
    let exchange = names.exchange();
    let deleted = channel.exchange_delete(short("the exchange", exchange)?, ExchangeDeleteOptions::default());
    bounded(format!("cannot delete exchange {exchange}"), deleted).await
}
