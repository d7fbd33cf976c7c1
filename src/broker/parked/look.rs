//! Taking every message of the parked queue in turn, and giving back what was not dealt with.

use std::sync::Arc;

use lapin::{
    Channel,
    message::BasicGetMessage,
    options::{BasicAckOptions, BasicGetOptions, BasicNackOptions},
};

use crate::broker::{
    connection::Connection,
    delivery::Delivery,
    error::{BrokerError, bounded, reply_code, short},
    names::Names,
};

/// One pass over the messages that were there when it began. Dropped without [`close`](Self::close), it gives them back
/// all the same, a moment later.
pub(super) struct Look {
    queue: Arc<str>,
    channel: Channel,
    /// Known from the first answer on. A count asked for beforehand lags behind what was just given back.
    left: Option<u32>,
}

impl Look {
    pub(super) async fn open(connection: &Connection, names: &Names) -> Result<Self, BrokerError> {
        Ok(Self { queue: names.parked().into(), channel: connection.channel().await?, left: None })
    }

    pub(super) async fn next(&mut self) -> Result<Option<Delivery>, BrokerError> {
        if self.left == Some(0) {
            return Ok(None);
        }
        let Some(message) = self.get().await? else {
            return Ok(None);
        };
        self.left = Some(self.left.map_or(message.message_count, |left| left - 1));
        Ok(Some(Delivery::new(&self.queue, message.delivery)))
    }

    async fn get(&self) -> Result<Option<BasicGetMessage>, BrokerError> {
        let name = short("the queue's name", &*self.queue)?;
        let got = async {
            match self.channel.basic_get(name, BasicGetOptions::default()).await {
                Err(error) if reply_code(&error) == Some(404) => Ok(Err(error)),
                got => got.map(Ok),
            }
        };
        let got = bounded(format!("cannot read queue {}", self.queue), got).await?;
        got.map_err(|_| BrokerError::MissingQueue { queue: self.queue.to_string() })
    }

    pub(super) async fn ack(&self, tag: u64) -> Result<(), BrokerError> {
        let ack = self.channel.basic_ack(tag, BasicAckOptions::default());
        bounded(format!("cannot take a message out of queue {}", self.queue), ack).await
    }

    /// Gives back, and waits for the broker to have done so: the next look sees the messages.
    pub(super) async fn close(self) -> Result<(), BrokerError> {
        let all = BasicNackOptions { multiple: true, requeue: true };
        let give_back = async {
            self.channel.basic_nack(0, all).await?;
            self.channel.close(200, "OK".into()).await
        };
        bounded(format!("cannot give back to queue {}", self.queue), give_back).await
    }
}
