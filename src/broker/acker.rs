//! Acknowledging what was received.

use lapin::{Channel, options::BasicAckOptions};

use super::error::{BrokerError, bounded};

/// Acknowledges the deliveries of one [`Inbound`](super::Inbound), from whichever task.
///
/// It keeps the consumer's channel open: what was received before the consumer was cancelled or dropped can still be
/// acknowledged. When the last one is dropped, the broker puts back what was not.
#[derive(Clone)]
pub struct Acker {
    channel: Channel,
}

impl Acker {
    pub(super) fn new(channel: Channel) -> Self {
        Self { channel }
    }

    /// Acknowledges the delivery with this tag and all before it. Fails when the channel is no more; the broker then
    /// delivers them again.
    pub async fn ack_through(&self, tag: u64) -> Result<(), BrokerError> {
        self.send(tag, true).await
    }

    /// Acknowledges one delivery.
    pub async fn ack(&self, tag: u64) -> Result<(), BrokerError> {
        self.send(tag, false).await
    }

    async fn send(&self, tag: u64, multiple: bool) -> Result<(), BrokerError> {
        // By the channel, not by lapin's own acker: that one answers `Ok(false)` on a dead channel.
        bounded("cannot acknowledge", self.channel.basic_ack(tag, BasicAckOptions { multiple })).await
    }
}
