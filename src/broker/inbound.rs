//! Receiving from one queue.

use std::{sync::Arc, time::Duration};

use futures::{FutureExt, StreamExt};
use lapin::{
    Channel,
    options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions},
    types::FieldTable,
};
use tokio::time::{Instant, timeout_at};

use super::{
    acker::Acker,
    connection::Connection,
    delivery::Delivery,
    error::{BrokerError, bounded, short},
};

/// A consumer, on a channel of its own: acknowledgements that cover several deliveries count per channel.
pub struct Inbound {
    queue: Arc<str>,
    channel: Channel,
    consumer: lapin::Consumer,
    /// Taken from the consumer and not yet handed out.
    received: Vec<Delivery>,
    /// Why nothing follows what is in `received`.
    ended: Option<BrokerError>,
}

impl Inbound {
    /// Attaches a consumer. The broker sends at most `prefetch` messages ahead of their acknowledgement.
    pub async fn open(connection: &Connection, queue: &str, prefetch: u16) -> Result<Self, BrokerError> {
        let name = short("the queue's name", queue)?;
        let channel = connection.channel().await?;
        let consume = async {
            channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
            let options = BasicConsumeOptions::default();
            channel.basic_consume(name, "".into(), options, FieldTable::default()).await
        };
        let consumer = bounded(format!("cannot consume queue {queue}"), consume).await?;
        Ok(Self { queue: queue.into(), channel, consumer, received: Vec::new(), ended: None })
    }

    /// Receives up to `max` messages, at least one, in the queue's order.
    ///
    /// Waits for the first without a limit and takes what is ready beside it. Where that is more than one, more is coming,
    /// and up to `linger` is waited for it; a lone message is handed out at once. Dropping the future loses nothing. An error
    /// is the end of this consumer, and comes after everything that was received before it.
    pub async fn receive(&mut self, max: usize, linger: Duration) -> Result<Vec<Delivery>, BrokerError> {
        if self.received.is_empty() {
            self.next().await;
        }
        while self.wants_more(max) && self.next().now_or_never().is_some() {}
        if self.received.len() > 1 {
            let deadline = Instant::now() + linger;
            while self.wants_more(max) && timeout_at(deadline, self.next()).await.is_ok() {}
        }
        self.hand_out(max)
    }

    /// Takes back the last deliveries that were handed out, to hand them out again before what follows them.
    pub fn put_back(&mut self, deliveries: Vec<Delivery>) {
        self.received.splice(..0, deliveries);
    }

    /// Acknowledges this consumer's deliveries; clones work from any task.
    pub fn acker(&self) -> Acker {
        Acker::new(self.channel.clone())
    }

    /// Stops the flow. What was received already can still be taken by [`receive`](Self::receive), until that fails with
    /// [`BrokerError::ConsumerEnded`], and be acknowledged. Better so than put back: that counts towards the delivery limit.
    pub async fn cancel(&self) -> Result<(), BrokerError> {
        let cancel = self.channel.basic_cancel(self.consumer.tag(), BasicCancelOptions::default());
        bounded(format!("cannot cancel the consumer of {}", self.queue), cancel).await
    }

    fn wants_more(&self, max: usize) -> bool {
        self.ended.is_none() && self.received.len() < max
    }

    fn hand_out(&mut self, max: usize) -> Result<Vec<Delivery>, BrokerError> {
        let count = self.received.len().min(max.max(1));
        match self.ended.take() {
            Some(error) if count == 0 => {
                self.ended = Some(self.end());
                Err(error)
            }
            ended => {
                self.ended = ended;
                Ok(self.received.drain(..count).collect())
            }
        }
    }

    /// Moves one delivery, or the end, from the consumer to here. Nothing is lost when the future is dropped: the only
    /// await is the last thing before the move.
    async fn next(&mut self) {
        if self.ended.is_some() {
            return;
        }
        match self.consumer.next().await {
            Some(Ok(delivery)) => self.received.push(Delivery::new(&self.queue, delivery)),
            Some(Err(source)) => {
                self.ended = Some(BrokerError::failed(format!("the consumer of {} broke", self.queue), source));
            }
            None => self.ended = Some(self.end()),
        }
    }

    fn end(&self) -> BrokerError {
        BrokerError::ConsumerEnded { queue: self.queue.to_string() }
    }
}
