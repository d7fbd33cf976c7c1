//! The broker room against a real RabbitMQ, which AMQP_URL names.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod connection;
mod fence;
mod inbound;
mod parked_messages;
mod publisher;
mod topology_of_the_broker;

use std::{collections::BTreeSet, future::Future, pin::pin, time::Duration};

use chrono::{DateTime, Utc};
use lapin::{
    BasicProperties, ExchangeKind,
    options::{
        BasicConsumeOptions, BasicNackOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
        ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions,
    },
    types::{AMQPValue, FieldArray, FieldTable},
};
use lead_tracker::broker::{
    BrokerError, Connection, Delivery, Fence, FenceAnswerer, FenceOutcome, Inbound, Names, Outbound, Outcome,
    Publisher, Target, TopologyError, depth, park,
    parked::{self, Selection},
    topology,
};
use lead_tracker::contract::routing_key::INBOUND;
use uuid::Uuid;

const WINDOW: Duration = Duration::from_secs(3600);
const OTHER_WINDOW: Duration = Duration::from_secs(1800);
const AT_ONCE: Duration = Duration::ZERO;
const PATIENCE: Duration = Duration::from_secs(10);

fn amqp_url() -> String {
    std::env::var("AMQP_URL").expect("AMQP_URL must name a RabbitMQ to test against")
}

/// A name prefix of one test's own, a raw connection to play the other services with, and the clearing up afterwards.
struct Sandbox {
    names: Names,
    connection: Connection,
    raw: lapin::Channel,
    _raw_connection: lapin::Connection,
}

impl Sandbox {
    async fn new() -> Self {
        let names = Names::new(&format!("test-{}.", Uuid::new_v4().simple()));
        let connection = Connection::open(&amqp_url(), "lead-tracker tests").await.unwrap();
        let raw_connection = lapin::Connection::connect(&amqp_url(), Default::default()).await.unwrap();
        let raw = raw_connection.create_channel().await.unwrap();
        Self { names, connection, raw, _raw_connection: raw_connection }
    }

    async fn declared() -> Self {
        let sandbox = Self::new().await;
        topology::declare(&sandbox.connection, &sandbox.names, WINDOW).await.unwrap();
        sandbox
    }

    async fn publisher(&self) -> Publisher {
        Publisher::open(&self.connection, &self.names).await.unwrap()
    }

    async fn inbound(&self, queue: &str) -> Inbound {
        Inbound::open(&self.connection, queue, 100).await.unwrap()
    }

    async fn ready(&self, queue: &str) -> u64 {
        depth(&self.connection, queue).await.unwrap().ready
    }

    /// Publishes as another service would, which sets whatever properties it likes.
    async fn publish_raw(&self, exchange: &str, routing_key: &str, body: &[u8], properties: BasicProperties) {
        self.raw.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        let options = BasicPublishOptions { mandatory: true, ..Default::default() };
        let confirm = self.raw.basic_publish(exchange.into(), routing_key.into(), options, body, properties).await;
        assert!(confirm.unwrap().await.unwrap().take_message().is_none(), "unroutable");
    }

    async fn declare_raw(&self, queue: &str, arguments: &[(&'static str, AMQPValue)]) {
        let mut table = FieldTable::default();
        for (name, value) in arguments {
            table.insert((*name).into(), value.clone());
        }
        self.raw.queue_declare(queue.into(), QueueDeclareOptions::durable(), table).await.unwrap();
    }

    async fn publish_events(&self, bodies: &[&str]) {
        let events = bodies.iter().map(|body| event("lead.viewed", &Uuid::new_v4().to_string(), body)).collect();
        let reports = self.publisher().await.publish(events).await.unwrap();
        assert!(reports.iter().all(|report| report.outcome == Outcome::Confirmed));
    }
}

/// Deletes everything under the prefix, whether or not the test passed; from a thread, since dropping cannot await.
impl Drop for Sandbox {
    fn drop(&mut self) {
        let names = self.names.clone();
        let clear = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let connection = lapin::Connection::connect(&amqp_url(), Default::default()).await.unwrap();
                let channel = connection.create_channel().await.unwrap();
                let windows = [WINDOW, OTHER_WINDOW].map(|window| names.response_window(window));
                let queues = [names.inbox(), names.expired(), names.parked()].map(str::to_owned);
                for queue in windows.into_iter().chain(queues) {
                    channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await.unwrap();
                }
                channel.exchange_delete(names.exchange().into(), ExchangeDeleteOptions::default()).await.unwrap();
                connection.close(200, "OK".into()).await.unwrap();
            });
        };
        let cleared = std::thread::spawn(clear).join();
        assert!(cleared.is_ok() || std::thread::panicking(), "the test's queues could not be deleted");
    }
}

fn event(routing_key: &str, id: &str, body: &str) -> Outbound {
    Outbound::new(Target::Topic { routing_key: routing_key.to_owned() }, id, body)
}

fn bodies(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| std::str::from_utf8(&delivery.body).unwrap()).collect()
}

fn long(number: i64) -> AMQPValue {
    AMQPValue::LongLongInt(number)
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

fn line<T: std::fmt::Debug>(result: Result<T, TopologyError>) -> String {
    match result.unwrap_err() {
        TopologyError::Difference(difference) => difference.to_string(),
        other => panic!("not a difference: {other}"),
    }
}

/// Receives exactly so many, however they come in.
async fn collect(inbound: &mut Inbound, count: usize) -> Vec<Delivery> {
    let mut received = Vec::new();
    while received.len() < count {
        received.extend(within(inbound.receive(count - received.len(), AT_ONCE)).await.unwrap());
    }
    received
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it took too long")
}

async fn eventually(condition: impl AsyncFn() -> bool) {
    within(async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}
