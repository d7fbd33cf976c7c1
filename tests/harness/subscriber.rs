//! Receives announcements as the notification service does: by a queue of its own, bound to the exchange.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use futures::StreamExt;
use lapin::options::BasicConsumeOptions;
use lapin::types::FieldTable;
use lapin::{Channel, Consumer, message::Delivery};
use serde_json::Value;
use uuid::Uuid;

use super::amqp::Amqp;
use super::eventually;

/// A message as the subscriber got it.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The routing key.
    pub(crate) key: String,
    /// The AMQP message id.
    pub(crate) id: String,
    /// The whole envelope.
    pub(crate) envelope: Value,
    /// The message's properties.
    pub(crate) properties: lapin::BasicProperties,
    /// When it came.
    pub(crate) at: DateTime<Utc>,
}

impl Received {
    fn new(delivery: Delivery) -> Self {
        let envelope = serde_json::from_slice(&delivery.data).expect("what is announced is JSON");
        let id = delivery.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default();
        let key = delivery.routing_key.to_string();
        Self { key, id, envelope, properties: delivery.properties, at: Utc::now() }
    }

    /// A field of the payload; null where it is absent.
    pub(crate) fn data(&self, field: &str) -> &Value {
        &self.envelope["data"][field]
    }

    /// A field of the payload as text; empty where it is absent.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.data(field).as_str().unwrap_or_default()
    }

    /// The lead and the freelancer that it is about.
    pub(crate) fn about(&self) -> (Uuid, Uuid) {
        (self.uuid("leadId"), self.uuid("freelancerId"))
    }

    /// A time of the payload.
    pub(crate) fn time(&self, field: &str) -> DateTime<Utc> {
        self.text(field).parse().expect("times are RFC 3339")
    }

    /// A text header of the message.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.properties.headers().as_ref()?.inner().get(name)?.clone();
        value.as_long_string().map(ToString::to_string)
    }

    fn uuid(&self, field: &str) -> Uuid {
        self.text(field).parse().expect("leads and freelancers have UUIDs")
    }
}

/// Collects what is announced.
pub(crate) struct Subscriber {
    messages: Arc<Mutex<Vec<Received>>>,
    _channel: Channel,
}

impl Subscriber {
    /// Declares `queue`, binds it to `keys`, and begins to collect. The exchange must be there.
    pub(crate) async fn bound_to(amqp: &Amqp, queue: &str, keys: &[&str]) -> Self {
        amqp.declare_bound(queue, keys).await;
        let (queue, channel) = (amqp.name(queue), amqp.channel().await);
        let options = BasicConsumeOptions { no_ack: true, ..Default::default() };
        let consumer = channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await;
        let messages = Arc::default();
        tokio::spawn(collect(consumer.expect("the subscriber can consume"), Arc::clone(&messages)));
        Self { messages, _channel: channel }
    }

    /// Everything so far, in order of arrival.
    pub(crate) fn messages(&self) -> Vec<Received> {
        self.lock().clone()
    }

    /// What came with this routing key, in order of arrival.
    pub(crate) fn of_kind(&self, key: &str) -> Vec<Received> {
        self.lock().iter().filter(|message| message.key == key).cloned().collect()
    }

    /// Waits until what came satisfies `condition`.
    pub(crate) async fn wait_until(&self, what: &str, condition: impl Fn(&[Received]) -> bool) {
        eventually(what, async || condition(&self.lock())).await;
    }

    /// Waits for the first message of a kind about a lead and a freelancer.
    pub(crate) async fn wait_for(&self, key: &str, about: (Uuid, Uuid)) -> Received {
        let wanted = |message: &&Received| message.key == key && message.about() == about;
        self.wait_until(&format!("a {key} about {about:?}"), |messages| messages.iter().any(|m| wanted(&m))).await;
        self.lock().iter().find(wanted).cloned().expect("it was there a moment ago")
    }

    /// The announcements that stand: announced as missed, and not retracted.
    pub(crate) fn standing(&self) -> BTreeSet<(Uuid, Uuid)> {
        let messages = self.lock();
        let of_kind = |key| messages.iter().filter(move |message| message.key == key);
        let about = |key| of_kind(key).map(Received::about).collect::<BTreeSet<_>>();
        &about("lead.missed") - &about("lead.missed_retracted")
    }

    /// Fails where an offer was announced, or retracted, under more than one id, or two offers under the same.
    pub(crate) fn assert_one_id_per_offer(&self) {
        let (mut ids, mut offers) = (BTreeMap::new(), BTreeMap::new());
        for message in self.lock().iter() {
            let offer = (message.key.clone(), message.about(), message.data("offer").as_i64());
            let id = ids.entry(offer.clone()).or_insert_with(|| message.id.clone());
            assert_eq!(*id, message.id, "one offer has two ids: {offer:?}");
            let owner = offers.entry(message.id.clone()).or_insert_with(|| offer.clone());
            assert_eq!(*owner, offer, "two offers share the id {}", message.id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Received>> {
        self.messages.lock().expect("collecting never panics while it holds the lock")
    }
}

async fn collect(mut consumer: Consumer, into: Arc<Mutex<Vec<Received>>>) {
    while let Some(Ok(delivery)) = consumer.next().await {
        let received = Received::new(delivery);
        into.lock().expect("nobody panics while holding the lock").push(received);
    }
}
