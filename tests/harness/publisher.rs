//! Publishes events as other services do: to the exchange, persistent, and confirmed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lapin::options::BasicPublishOptions;
use lapin::{BasicProperties, Channel, Confirmation};

use super::Event;
use super::amqp::Amqp;

/// Publishes events to the exchange.
pub(crate) struct Publisher {
    channel: Channel,
    exchange: String,
}

impl Publisher {
    /// A publisher with a channel of its own. The exchange must be there.
    pub(crate) async fn new(amqp: &Amqp) -> Self {
        Self { channel: amqp.channel().await, exchange: amqp.name("hirelocal.leads") }
    }

    /// Publishes one event and waits until the broker has it.
    pub(crate) async fn send(&self, event: Event) {
        self.send_all([event]).await;
    }

    /// Publishes events in order, and waits until the broker has them all.
    pub(crate) async fn send_all(&self, events: impl IntoIterator<Item = Event>) {
        let mut confirms = Vec::new();
        for event in events {
            confirms.push(self.publish(&self.exchange, &event.key, &event.body(), event.properties()).await);
        }
        for confirm in confirms {
            taken(confirm.await);
        }
    }

    /// Publishes events in order, so many a second.
    pub(crate) async fn send_steadily(&self, per_second: usize, events: impl IntoIterator<Item = Event>) {
        const TICKS: usize = 20;
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / TICKS as u32);
        let mut events = events.into_iter().peekable();
        while events.peek().is_some() {
            ticks.tick().await;
            self.send_all(events.by_ref().take(per_second / TICKS)).await;
        }
    }

    /// Publishes each event at its time, as soon as may be where that has passed.
    pub(crate) async fn send_when_due(&self, mut events: Vec<(DateTime<Utc>, Event)>) {
        events.sort_by_key(|(due, _)| *due);
        let mut events = events.into_iter().peekable();
        while let Some((next, _)) = events.peek() {
            tokio::time::sleep((*next - Utc::now()).to_std().unwrap_or_default()).await;
            let now = Utc::now();
            self.send_all(std::iter::from_fn(|| events.next_if(|(due, _)| *due <= now)).map(|(_, event)| event)).await;
        }
    }

    /// Publishes bytes with any routing key.
    pub(crate) async fn send_bytes(&self, key: &str, body: &[u8], properties: BasicProperties) {
        taken(self.publish(&self.exchange, key, body, properties).await.await);
    }

    /// Publishes bytes to one queue alone, past the exchange.
    pub(crate) async fn send_to_queue(&self, queue: &str, body: &[u8], properties: BasicProperties) {
        taken(self.publish("", queue, body, properties).await.await);
    }

    async fn publish(
        &self,
        exchange: &str,
        key: &str,
        body: &[u8],
        properties: BasicProperties,
    ) -> impl Future<Output = lapin::Result<Confirmation>> + use<> {
        let mandatory = BasicPublishOptions { mandatory: true, ..Default::default() };
        let published = self.channel.basic_publish(exchange.into(), key.into(), mandatory, body, properties).await;
        published.expect("the channel is open")
    }
}

fn taken(confirmation: lapin::Result<Confirmation>) {
    let confirmation = confirmation.expect("the broker confirms");
    assert!(matches!(confirmation, Confirmation::Ack(None)), "the broker did not take an event: {confirmation:?}");
}
