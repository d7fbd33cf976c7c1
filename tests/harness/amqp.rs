//! The broker as seen from beside the service: names under the prefix, depths, and removal.

use lapin::options::{
    ConfirmSelectOptions, ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions,
    QueueDeleteOptions, QueuePurgeOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ConnectionProperties, ExchangeKind};
use url::Url;

/// A connection of the test's own, and the prefix that its names have.
pub(crate) struct Amqp {
    connection: Connection,
    prefix: String,
}

impl Amqp {
    /// Connects straight to the broker.
    pub(crate) async fn connect(url: &Url, prefix: &str) -> Self {
        let connection =
            Connection::connect(url.as_str(), ConnectionProperties::default()).await.expect("RabbitMQ answers");
        Self { connection, prefix: prefix.to_owned() }
    }

    /// The full name of an exchange or queue.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A new channel whose publishes are confirmed.
    pub(crate) async fn channel(&self) -> Channel {
        let channel = self.connection.create_channel().await.expect("the connection is open");
        channel.confirm_select(ConfirmSelectOptions::default()).await.expect("the broker confirms publishes");
        channel
    }

    /// Declares the exchange, as every service that uses it does, and returns its name.
    pub(crate) async fn declare_exchange(&self) -> String {
        let name = self.name("hirelocal.leads");
        let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
        let channel = self.channel().await;
        let declared =
            channel.exchange_declare(name.as_str().into(), ExchangeKind::Topic, options, FieldTable::default());
        declared.await.expect("the exchange is a durable topic exchange");
        name
    }

    /// Declares a quorum queue that gets what is published with `keys`, as a subscriber does. The exchange must be there.
    pub(crate) async fn declare_bound(&self, queue: &str, keys: &[&str]) {
        let (exchange, queue, channel) = (self.name("hirelocal.leads"), self.name(queue), self.channel().await);
        let mut arguments = FieldTable::default();
        arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        let declared = channel.queue_declare(queue.as_str().into(), QueueDeclareOptions::durable(), arguments);
        declared.await.expect("the subscriber's queue can be declared");
        for key in keys {
            let (queue, exchange) = (queue.as_str().into(), exchange.as_str().into());
            let bound =
                channel.queue_bind(queue, exchange, (*key).into(), QueueBindOptions::default(), FieldTable::default());
            bound.await.expect("the subscriber's queue can be bound");
        }
    }

    /// Declares a classic queue without arguments, as somebody by mistake might.
    pub(crate) async fn declare_classic(&self, queue: &str) {
        let (channel, options) = (self.channel().await, QueueDeclareOptions::durable());
        let declared = channel.queue_declare(self.name(queue).into(), options, FieldTable::default()).await;
        declared.expect("there is no such queue yet");
    }

    /// How many messages of a queue are ready; `None` where there is no such queue.
    pub(crate) async fn ready(&self, queue: &str) -> Option<u32> {
        let options = QueueDeclareOptions { passive: true, durable: true, ..Default::default() };
        let channel = self.channel().await;
        let declared = channel.queue_declare(self.name(queue).into(), options, FieldTable::default()).await;
        declared.ok().map(|queue| queue.message_count())
    }

    /// Throws away what is in a queue, as an operator's slip would; returns how much it was.
    pub(crate) async fn purge(&self, queue: &str) -> u32 {
        let purged = self.channel().await.queue_purge(self.name(queue).into(), QueuePurgeOptions::default()).await;
        purged.expect("the queue can be purged")
    }

    /// Deletes queues.
    pub(crate) async fn delete_queues(&self, queues: impl IntoIterator<Item = String>) {
        let channel = self.channel().await;
        for queue in queues {
            let deleted = channel.queue_delete(self.name(&queue).into(), QueueDeleteOptions::default()).await;
            deleted.expect("the queue can be deleted");
        }
    }

    /// Deletes the exchange.
    pub(crate) async fn delete_exchange(&self) {
        let name = self.name("hirelocal.leads");
        let deleted = self.channel().await.exchange_delete(name.into(), ExchangeDeleteOptions::default()).await;
        deleted.expect("the exchange can be deleted");
    }
}
