//! A queue of one's own, for a process that wants to hear what is published while it runs.

use lapin::{
    options::{QueueBindOptions, QueueDeclareOptions},
    types::FieldTable,
};

use super::{
    connection::Connection,
    error::{BrokerError, bounded, short},
    inbound::Inbound,
    names::Names,
};

/// Received ahead of an acknowledgement.
const PREFETCH: u16 = 10;

/// Receives what is published to the exchange with `routing_key` from now on, by a queue of this name. The queue is this
/// connection's alone, and goes with it.
pub async fn listen(
    connection: &Connection,
    names: &Names,
    queue: &str,
    routing_key: &str,
) -> Result<Inbound, BrokerError> {
    let (name, exchange) = (short("the queue's name", queue)?, short("the exchange", names.exchange())?);
    let key = short("the routing key", routing_key)?;
    let channel = connection.channel().await?;
    let bind = async {
        let options = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(name.clone(), options, FieldTable::default()).await?;
        channel.queue_bind(name, exchange, key, QueueBindOptions::default(), FieldTable::default()).await
    };
    bounded(format!("cannot listen for {routing_key} by queue {queue}"), bind).await?;
    Inbound::open(connection, queue, PREFETCH).await
}
