//! The broker room against a real RabbitMQ, which AMQP_URL names.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

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

mod topology_of_the_broker {
    use super::*;

    #[tokio::test]
    async fn is_declared_whole_and_declared_again_without_a_difference() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, .. } = &sandbox;
        topology::declare(connection, names, WINDOW).await.unwrap();
        topology::verify(connection, names, WINDOW).await.unwrap();

        let events = INBOUND.map(|key| event(key, key, "{}"));
        let reports = sandbox.publisher().await.publish(events.into()).await.unwrap();
        assert!(reports.iter().all(|report| report.outcome == Outcome::Confirmed), "{reports:?}");
        assert_eq!(sandbox.ready(names.inbox()).await, 5);
    }

    #[tokio::test]
    async fn delays_a_timer_and_hands_it_to_the_expired_queue() {
        let sandbox = Sandbox::new().await;
        let window = Duration::from_millis(100);
        topology::declare(&sandbox.connection, &sandbox.names, window).await.unwrap();
        let queue = sandbox.names.response_window(window);
        let timer = Outbound::new(Target::Queue(queue.clone()), "timer", "due");
        sandbox.publisher().await.publish(vec![timer]).await.unwrap();
        let mut expired = sandbox.inbound(sandbox.names.expired()).await;
        let timers = within(expired.receive(10, AT_ONCE)).await.unwrap();
        assert_eq!(bodies(&timers), ["due"]);
        assert_eq!(timers[0].event_routing_key(), sandbox.names.expired());
        sandbox.raw.queue_delete(queue.into(), QueueDeleteOptions::default()).await.unwrap();
    }

    #[tokio::test]
    async fn names_queue_argument_and_both_values_of_a_difference() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, raw, .. } = &sandbox;
        let window = names.response_window(WINDOW);
        for queue in [&window, names.inbox()] {
            raw.queue_delete(queue.into(), QueueDeleteOptions::default()).await.unwrap();
        }
        let dead_lettering = |target: &str| {
            [
                ("x-queue-type", text("quorum")),
                ("x-dead-letter-exchange", text("")),
                ("x-dead-letter-routing-key", text(target)),
                ("x-dead-letter-strategy", text("at-least-once")),
                ("x-overflow", text("reject-publish")),
            ]
        };
        let mut delay = dead_lettering(names.expired()).to_vec();
        delay.push(("x-message-ttl", long(1000)));
        sandbox.declare_raw(&window, &delay).await;
        let expected = format!("queue {window}: x-message-ttl is 1000, expected 3600000");
        assert_eq!(line(topology::verify_window(connection, names, WINDOW).await), expected);
        assert_eq!(line(topology::declare_window(connection, names, WINDOW).await), expected);

        sandbox.declare_raw(names.inbox(), &dead_lettering(names.parked())).await;
        let expected = format!("queue {}: x-delivery-limit is none, expected 20", names.inbox());
        assert_eq!(line(topology::verify(connection, names, WINDOW).await), expected);
        assert_eq!(line(topology::declare(connection, names, WINDOW).await), expected);
    }

    #[tokio::test]
    async fn names_a_difference_of_the_exchange() {
        let sandbox = Sandbox::new().await;
        let Sandbox { connection, names, raw, .. } = &sandbox;
        let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
        let declared =
            raw.exchange_declare(names.exchange().into(), ExchangeKind::Direct, options, FieldTable::default());
        declared.await.unwrap();
        let expected = format!("exchange {}: type is \"direct\", expected \"topic\"", names.exchange());
        assert_eq!(line(topology::verify(connection, names, WINDOW).await), expected);
    }

    #[tokio::test]
    async fn is_verified_without_creating_what_is_missing() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, raw, .. } = &sandbox;
        let missing = names.response_window(OTHER_WINDOW);
        let expected = format!("queue {missing} does not exist");
        assert_eq!(line(topology::verify_window(connection, names, OTHER_WINDOW).await), expected);
        assert!(matches!(depth(connection, &missing).await, Err(BrokerError::MissingQueue { .. })));

        raw.exchange_delete(names.exchange().into(), ExchangeDeleteOptions::default()).await.unwrap();
        let expected = format!("exchange {} does not exist", names.exchange());
        assert_eq!(line(topology::verify(connection, names, WINDOW).await), expected);
    }

    #[tokio::test]
    async fn is_pruned_of_drained_queues_that_are_not_in_use() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, .. } = &sandbox;
        topology::declare_window(connection, names, OTHER_WINDOW).await.unwrap();
        let timer = Outbound::new(Target::Queue(names.response_window(WINDOW)), "timer", "");
        sandbox.publisher().await.publish(vec![timer]).await.unwrap();

        let windows = [WINDOW, OTHER_WINDOW, Duration::from_secs(1)];
        assert_eq!(topology::prune(connection, names, &windows, &windows).await.unwrap(), [] as [String; 0]);
        let pruned = topology::prune(connection, names, &[], &windows).await.unwrap();
        assert_eq!(pruned, [names.response_window(OTHER_WINDOW)]);
        assert_eq!(sandbox.ready(&names.response_window(WINDOW)).await, 1);
    }
}

mod publisher {
    use super::*;

    #[tokio::test]
    async fn tells_unroutable_messages_of_a_mixed_batch_by_their_ids() {
        let sandbox = Sandbox::declared().await;
        let batch = (0..500).map(|n| {
            let key = if n % 7 == 3 { "nobody.listens" } else { "lead.viewed" };
            event(key, &n.to_string(), "{}")
        });
        let reports = sandbox.publisher().await.publish(batch.collect()).await.unwrap();
        for (n, report) in reports.iter().enumerate() {
            let expected = if n % 7 == 3 { Outcome::Unroutable } else { Outcome::Confirmed };
            assert_eq!((report.message_id.as_str(), report.outcome), (n.to_string().as_str(), expected));
        }
    }

    #[tokio::test]
    async fn tells_messages_with_one_id_apart_by_their_target() {
        let sandbox = Sandbox::declared().await;
        let batch = ["nobody.listens", "lead.viewed", "nobody.listens"].map(|key| event(key, "same", "{}"));
        let reports = sandbox.publisher().await.publish(batch.into()).await.unwrap();
        let outcomes: Vec<_> = reports.iter().map(|report| report.outcome).collect();
        assert_eq!(outcomes, [Outcome::Unroutable, Outcome::Confirmed, Outcome::Unroutable]);
    }

    #[tokio::test]
    async fn reports_what_a_full_queue_refuses() {
        let sandbox = Sandbox::new().await;
        let queue = sandbox.names.inbox();
        sandbox.declare_raw(queue, &[("x-max-length", long(1)), ("x-overflow", text("reject-publish"))]).await;
        let publisher = sandbox.publisher().await;
        let mut outcomes = Vec::new();
        for id in ["1", "2"] {
            let message = Outbound::new(Target::Queue(queue.to_owned()), id, "");
            outcomes.push(publisher.publish(vec![message]).await.unwrap()[0].outcome);
        }
        assert_eq!(outcomes, [Outcome::Confirmed, Outcome::Refused]);
    }

    #[tokio::test]
    async fn sets_the_properties_that_subscribers_rely_on() {
        let sandbox = Sandbox::declared().await;
        let time: DateTime<Utc> = "2026-03-01T12:00:00.75Z".parse().unwrap();
        let mut message = event("lead.viewed", "id-1", "{}");
        message.kind = Some("lead.viewed".to_owned());
        message.correlation_id = Some("lead-1".to_owned());
        message.content_type = Some("application/json".to_owned());
        message.timestamp = Some(time);
        message.headers.insert("traceparent".to_owned(), "00-a-b-01".to_owned());
        sandbox.publisher().await.publish(vec![message]).await.unwrap();

        let received = within(sandbox.inbound(sandbox.names.inbox()).await.receive(1, AT_ONCE)).await.unwrap();
        let properties = &received[0].properties;
        assert_eq!(properties.message_id.as_deref(), Some("id-1"));
        assert_eq!(properties.kind.as_deref(), Some("lead.viewed"));
        assert_eq!(properties.correlation_id.as_deref(), Some("lead-1"));
        assert_eq!(properties.content_type.as_deref(), Some("application/json"));
        assert_eq!(properties.timestamp, DateTime::from_timestamp(time.timestamp(), 0));
        assert_eq!(received[0].headers().collect::<Vec<_>>(), [("traceparent", "00-a-b-01".into())]);
        assert_eq!(received[0].exchange, sandbox.names.exchange());
    }

    #[tokio::test]
    async fn is_broken_by_an_error_and_says_so() {
        let sandbox = Sandbox::new().await;
        let publisher = sandbox.publisher().await;
        let first = publisher.publish(vec![event("lead.viewed", "1", "{}")]).await;
        assert!(matches!(first, Err(BrokerError::Failed { .. })), "the exchange does not exist: {first:?}");
        let second = publisher.publish(vec![event("lead.viewed", "2", "{}")]).await;
        assert!(matches!(second, Err(BrokerError::PublisherClosed)), "{second:?}");
    }

    #[tokio::test]
    async fn refuses_a_property_that_amqp_cannot_carry_and_lives_on() {
        let sandbox = Sandbox::declared().await;
        let publisher = sandbox.publisher().await;
        let error = publisher.publish(vec![event("lead.viewed", &"x".repeat(256), "{}")]).await.unwrap_err();
        assert_eq!(error.to_string(), "message_id is longer than the 255 bytes that AMQP allows");
        assert!(publisher.publish(vec![event("lead.viewed", "1", "{}")]).await.is_ok());
    }
}

mod inbound {
    use super::*;

    const VERY_LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn hands_out_batches_in_order_and_acknowledges_through_a_tag() {
        let sandbox = Sandbox::declared().await;
        let inbox = sandbox.names.inbox();
        sandbox.publish_events(&["1", "2", "3", "4", "5"]).await;
        let mut inbound = sandbox.inbound(inbox).await;
        let first = collect(&mut inbound, 3).await;
        assert_eq!(bodies(&first), ["1", "2", "3"]);
        inbound.acker().ack_through(first[2].tag).await.unwrap();
        let second = collect(&mut inbound, 2).await;
        assert_eq!(bodies(&second), ["4", "5"]);
        inbound.acker().ack(second[1].tag).await.unwrap();
        drop(inbound);
        eventually(async || sandbox.ready(inbox).await == 1).await;
        let again = within(sandbox.inbound(inbox).await.receive(9, AT_ONCE)).await.unwrap();
        assert_eq!((bodies(&again), again[0].redelivered), (vec!["4"], true));
    }

    #[tokio::test]
    async fn a_lone_message_does_not_wait_for_more() {
        let sandbox = Sandbox::declared().await;
        let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
        sandbox.publish_events(&["lone"]).await;
        assert_eq!(bodies(&within(inbound.receive(500, VERY_LONG)).await.unwrap()), ["lone"]);
    }

    #[tokio::test]
    async fn dropping_the_wait_loses_nothing() {
        let sandbox = Sandbox::declared().await;
        sandbox.publish_events(&["1", "2", "3"]).await;
        let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
        eventually(async || sandbox.ready(sandbox.names.inbox()).await == 0).await;
        let given_up = tokio::time::timeout(Duration::from_millis(200), inbound.receive(500, VERY_LONG)).await;
        let mut received = given_up.unwrap_or_else(|_| Ok(Vec::new())).unwrap();
        let missing = 3 - received.len();
        received.extend(collect(&mut inbound, missing).await);
        assert_eq!(bodies(&received), ["1", "2", "3"]);
    }

    #[tokio::test]
    async fn a_cancelled_consumer_still_hands_out_and_acknowledges_what_it_has() {
        let sandbox = Sandbox::declared().await;
        let inbox = sandbox.names.inbox();
        sandbox.publish_events(&["1", "2"]).await;
        let mut inbound = sandbox.inbound(inbox).await;
        eventually(async || sandbox.ready(inbox).await == 0).await;
        inbound.cancel().await.unwrap();
        let acker = inbound.acker();
        let mut received = Vec::new();
        let end = loop {
            match within(inbound.receive(1, AT_ONCE)).await {
                Ok(batch) => received.extend(batch),
                Err(end) => break end,
            }
        };
        assert!(matches!(end, BrokerError::ConsumerEnded { .. }), "{end:?}");
        assert!(within(inbound.receive(1, AT_ONCE)).await.is_err(), "the end stays the end");
        assert_eq!(bodies(&received), ["1", "2"]);
        drop(inbound);
        acker.ack_through(2).await.unwrap();
        drop(acker);
        eventually(async || sandbox.ready(inbox).await == 0).await;
    }

    #[tokio::test]
    async fn a_deleted_queue_ends_the_consumer() {
        let sandbox = Sandbox::declared().await;
        let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
        sandbox.raw.queue_delete(sandbox.names.inbox().into(), QueueDeleteOptions::default()).await.unwrap();
        let end = within(inbound.receive(1, AT_ONCE)).await.unwrap_err();
        assert!(matches!(end, BrokerError::ConsumerEnded { .. }), "{end:?}");
    }

    #[tokio::test]
    async fn an_acknowledgement_on_a_dead_channel_fails() {
        let sandbox = Sandbox::declared().await;
        let inbound = sandbox.inbound(sandbox.names.inbox()).await;
        let acker = inbound.acker();
        // The broker closes the channel over a tag that it never gave.
        let _ = acker.ack(77).await;
        eventually(async || acker.ack(78).await.is_err()).await;
    }
}

mod fence {
    use super::*;

    #[tokio::test]
    async fn passes_only_behind_what_was_there_before() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, .. } = &sandbox;
        sandbox.publish_events(&["1", "2", "3"]).await;
        let mut fence = Fence::open(connection, names.inbox()).await.unwrap();
        let answerer = FenceAnswerer::open(connection).await.unwrap();
        let mut waiting = pin!(fence.wait(PATIENCE));
        let consumed = async {
            let mut inbound = sandbox.inbound(names.inbox()).await;
            let mut seen = 0;
            loop {
                for delivery in inbound.receive(1, AT_ONCE).await.unwrap() {
                    match delivery.fence() {
                        None => seen += 1,
                        Some(request) => {
                            answerer.answer(&request).unwrap();
                            return seen;
                        }
                    }
                }
            }
        };
        let (outcome, seen) = within(futures::future::join(&mut waiting, consumed)).await;
        assert_eq!((outcome.unwrap(), seen), (FenceOutcome::Passed, 3));
    }

    #[tokio::test]
    async fn does_not_take_a_late_answer_for_the_next_one() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, .. } = &sandbox;
        let mut fence = Fence::open(connection, names.inbox()).await.unwrap();
        let answerer = FenceAnswerer::open(connection).await.unwrap();
        let short = Duration::from_millis(100);
        assert_eq!(fence.wait(short).await.unwrap(), FenceOutcome::TimedOut);

        let mut inbound = sandbox.inbound(names.inbox()).await;
        let late = within(inbound.receive(1, AT_ONCE)).await.unwrap()[0].fence().unwrap();
        answerer.answer(&late).unwrap();
        assert_eq!(fence.wait(short).await.unwrap(), FenceOutcome::TimedOut);
    }

    #[tokio::test]
    async fn needs_an_inbox() {
        let sandbox = Sandbox::new().await;
        let mut fence = Fence::open(&sandbox.connection, sandbox.names.inbox()).await.unwrap();
        let error = fence.wait(PATIENCE).await.unwrap_err();
        assert!(matches!(error, BrokerError::MissingQueue { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn is_none_where_the_answer_would_go_to_a_queue_of_someones_choice() {
        let sandbox = Sandbox::declared().await;
        let inbox = sandbox.names.inbox();
        let mut headers = FieldTable::default();
        headers.insert("x-lead-tracker-fence".into(), text("1"));
        let properties = BasicProperties::default().with_headers(headers).with_reply_to(inbox.into());
        sandbox.publish_raw("", inbox, b"", properties).await;
        let received = within(sandbox.inbound(inbox).await.receive(1, AT_ONCE)).await.unwrap();
        assert_eq!(received[0].fence(), None);
    }
}

mod parked_messages {
    use super::*;

    const REASON: &str = "leadId: missing";

    /// Parks what the inbox holds, as the consumer does.
    async fn park_inbox(sandbox: &Sandbox, count: usize, parked_at: &str) {
        let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
        let received = collect(&mut inbound, count).await;
        let publisher = sandbox.publisher().await;
        let refused: Vec<_> = received.iter().map(|delivery| (delivery, REASON)).collect();
        park(&publisher, &sandbox.names, &refused, parked_at.parse().unwrap()).await.unwrap();
        inbound.acker().ack_through(received.last().unwrap().tag).await.unwrap();
        // RabbitMQ 3.10 answers a cancel twice where the queue is deleted in the same moment, and lapin gives up over that.
        inbound.cancel().await.unwrap();
    }

    async fn list(sandbox: &Sandbox) -> Vec<parked::ParkedMessage> {
        parked::list(&sandbox.connection, &sandbox.names, 100).await.unwrap()
    }

    #[tokio::test]
    async fn are_shown_with_reason_and_origin_and_looking_loses_none() {
        let sandbox = Sandbox::declared().await;
        let mut headers = FieldTable::default();
        headers.insert("x-tenant".into(), text("hirelocal"));
        headers.insert("CC".into(), AMQPValue::FieldArray(FieldArray::from(vec![text(sandbox.names.expired())])));
        let properties = BasicProperties::default()
            .with_message_id("event-1".into())
            .with_content_type("application/json".into())
            .with_expiration("3600000".into())
            .with_user_id(sandbox._raw_connection.status().username().as_str().into())
            .with_headers(headers);
        let exchange = sandbox.names.exchange();
        sandbox.publish_raw(exchange, "lead.viewed", b"{\"a\":1}", properties).await;
        sandbox.publish_raw(exchange, "lead.closed", b"\xff\x00", BasicProperties::default()).await;
        park_inbox(&sandbox, 2, "2026-03-01T12:00:00Z").await;

        for _ in 0..30 {
            let messages = list(&sandbox).await;
            let shown = serde_json::to_value(&messages).unwrap();
            assert_eq!(shown.as_array().map(Vec::len), Some(2), "{shown}");
            assert_eq!(shown[0]["id"], shown[0]["headers"]["x-parked-id"]);
            assert_eq!(shown[0]["parkedAt"], "2026-03-01T12:00:00Z");
            assert_eq!(shown[0]["routingKey"], "lead.viewed");
            assert_eq!(shown[0]["reason"], REASON);
            assert_eq!(shown[0]["contentType"], "application/json");
            assert_eq!(shown[0]["body"], "{\"a\":1}");
            assert_eq!(shown[0].get("bodyEncoding"), None);
            assert_eq!(shown[0]["headers"]["x-tenant"], "hirelocal");
            assert_eq!(shown[0]["headers"]["x-original-exchange"], exchange);
            assert_eq!(shown[1]["body"], "/wA=");
            assert_eq!(shown[1]["bodyEncoding"], "base64");
            assert_eq!(shown[1]["contentType"], serde_json::Value::Null);
        }
        assert_eq!(parked::list(&sandbox.connection, &sandbox.names, 1).await.unwrap().len(), 1);
        assert_eq!(sandbox.ready(sandbox.names.expired()).await, 0, "the copy went to no CC");
    }

    #[tokio::test]
    async fn leave_out_headers_that_would_exceed_a_frame() {
        let sandbox = Sandbox::declared().await;
        let mut headers = FieldTable::default();
        headers.insert("x-tenant".into(), text("hirelocal"));
        headers.insert("x-large".into(), text(&"x".repeat(130_900)));
        let properties = BasicProperties::default().with_headers(headers);
        sandbox.publish_raw(sandbox.names.exchange(), "lead.viewed", b"{}", properties).await;
        park_inbox(&sandbox, 1, "2026-03-01T12:00:00Z").await;

        let shown = list(&sandbox).await.remove(0);
        assert_eq!((shown.reason.as_str(), shown.routing_key.as_str()), (REASON, "lead.viewed"));
        assert_eq!(
            (&shown.headers["x-tenant"], &shown.headers["x-headers-dropped"]),
            (&"hirelocal".into(), &"1".into())
        );
        assert_eq!(shown.headers.get("x-large"), None);
    }

    #[tokio::test]
    async fn are_replayed_to_the_inbox_alone_and_remember_when_they_were_first_seen() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, raw, .. } = &sandbox;
        let subscriber = names.response_window(OTHER_WINDOW);
        sandbox.declare_raw(&subscriber, &[]).await;
        let bind = raw.queue_bind(
            subscriber.as_str().into(),
            names.exchange().into(),
            "#".into(),
            Default::default(),
            FieldTable::default(),
        );
        bind.await.unwrap();
        sandbox.publish_events(&["a", "b"]).await;
        park_inbox(&sandbox, 2, "2026-03-01T12:00:00Z").await;
        let first = list(&sandbox).await;
        let ids = BTreeSet::from([first[0].id, Uuid::nil()]);
        let handled = parked::replay(connection, names, &Selection::Ids(ids)).await.unwrap();
        assert_eq!((handled.done, handled.missing), (vec![first[0].id], vec![Uuid::nil()]));
        assert_eq!(list(&sandbox).await, first[1..]);
        assert_eq!(sandbox.ready(&subscriber).await, 2, "no other subscriber sees it again");

        let received = within(sandbox.inbound(names.inbox()).await.receive(10, AT_ONCE)).await.unwrap();
        assert_eq!((bodies(&received), received[0].event_routing_key()), (vec!["a"], "lead.viewed".into()));
        assert_eq!(received[0].header("x-parked-reason"), None);
        assert_eq!(received[0].header("x-parked-id"), None);

        eventually(async || sandbox.ready(names.inbox()).await == 1).await;
        park_inbox(&sandbox, 1, "2026-03-02T12:00:00Z").await;
        let again = list(&sandbox).await.pop().unwrap();
        assert_ne!(again.id, first[0].id, "each parking is an entry of its own");
        assert_eq!(again.routing_key, "lead.viewed");
        assert_eq!(again.headers["x-first-parked-at"], "2026-03-01T12:00:00.000Z");
        assert_eq!(again.headers["x-parked-at"], "2026-03-02T12:00:00.000Z");
        assert_eq!(again.headers["x-original-exchange"], names.exchange());
    }

    #[tokio::test]
    async fn that_were_timers_are_replayed_to_the_expired_queue() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, .. } = &sandbox;
        sandbox.publish_raw("", names.expired(), b"timer", BasicProperties::default()).await;
        let mut inbound = sandbox.inbound(names.expired()).await;
        let timer = within(inbound.receive(1, AT_ONCE)).await.unwrap().remove(0);
        park(&sandbox.publisher().await, names, &[(&timer, REASON)], Utc::now()).await.unwrap();
        inbound.acker().ack(timer.tag).await.unwrap();
        parked::replay(connection, names, &Selection::All).await.unwrap();
        let replayed = within(inbound.receive(1, AT_ONCE)).await.unwrap();
        assert_eq!((bodies(&replayed), replayed[0].event_routing_key()), (vec!["timer"], names.expired().into()));
        assert_eq!(sandbox.ready(names.inbox()).await, 0);
    }

    #[tokio::test]
    async fn are_discarded_one_by_one_or_all() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, .. } = &sandbox;
        for body in ["a", "b", "b"] {
            let properties = BasicProperties::default().with_message_id("event-1".into());
            sandbox.publish_raw(names.exchange(), "lead.viewed", body.as_bytes(), properties).await;
        }
        park_inbox(&sandbox, 3, "2026-03-01T12:00:00Z").await;
        let b = list(&sandbox).await[1].id;
        let handled = parked::discard(connection, names, &Selection::Ids(BTreeSet::from([b]))).await.unwrap();
        assert_eq!(handled.done, [b]);
        let left: Vec<_> = list(&sandbox).await.into_iter().map(|message| message.body).collect();
        assert_eq!(left, ["a", "b"], "the other of two equal messages stays");
        assert_eq!(parked::discard(connection, names, &Selection::All).await.unwrap().done.len(), 2);
        assert_eq!(list(&sandbox).await, []);
    }

    #[tokio::test]
    async fn stay_parked_while_their_queue_is_missing() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, raw, .. } = &sandbox;
        sandbox.publish_events(&["a"]).await;
        park_inbox(&sandbox, 1, "2026-03-01T12:00:00Z").await;
        raw.queue_delete(names.inbox().into(), QueueDeleteOptions::default()).await.unwrap();
        let handled = parked::replay(connection, names, &Selection::All).await.unwrap();
        assert_eq!((handled.done.len(), handled.refused.len()), (0, 1));
        assert_eq!(list(&sandbox).await.len(), 1);
    }

    #[tokio::test]
    async fn that_the_delivery_limit_sent_there_tell_their_reason_and_can_be_replayed() {
        let sandbox = Sandbox::declared().await;
        let Sandbox { connection, names, raw, .. } = &sandbox;
        sandbox.publish_events(&["poison"]).await;
        let consume = BasicConsumeOptions::default();
        let mut consumer =
            raw.basic_consume(names.inbox().into(), "".into(), consume, FieldTable::default()).await.unwrap();
        for _ in 0..=topology::DELIVERY_LIMIT {
            let delivery = within(futures::StreamExt::next(&mut consumer)).await.unwrap().unwrap();
            delivery.nack(BasicNackOptions { requeue: true, ..Default::default() }).await.unwrap();
        }
        eventually(async || sandbox.ready(names.parked()).await == 1).await;
        raw.basic_cancel(consumer.tag(), Default::default()).await.unwrap();
        let message = list(&sandbox).await.remove(0);
        assert_eq!(message.reason, format!("delivery limit of 20 reached on {}", names.inbox()));
        assert_eq!(message.routing_key, "lead.viewed");
        assert!(message.parked_at.is_some());
        assert_eq!(list(&sandbox).await[0].id, message.id, "the id is stable");

        parked::replay(connection, names, &Selection::Ids(BTreeSet::from([message.id]))).await.unwrap();
        let received = within(sandbox.inbound(names.inbox()).await.receive(10, AT_ONCE)).await.unwrap();
        assert_eq!((bodies(&received), received[0].event_routing_key()), (vec!["poison"], "lead.viewed".into()));
        assert!(received[0].header("x-first-parked-at").is_some());
    }
}

mod connection {
    use std::sync::Arc;

    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use tokio::{
        io::{AsyncRead, AsyncWrite, copy_bidirectional},
        net::{TcpListener, TcpStream},
        task::JoinSet,
    };
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// A way to the broker that can be cut, with or without TLS. Aborting the task cuts everything on it.
    async fn proxy(tls: Option<TlsAcceptor>) -> (u16, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let tls = tls.clone();
                connections.spawn(async move {
                    match tls {
                        None => forward(client).await,
                        Some(acceptor) => {
                            if let Ok(client) = acceptor.accept(client).await {
                                forward(client).await;
                            }
                        }
                    }
                });
            }
        });
        (port, task)
    }

    async fn forward(mut client: impl AsyncRead + AsyncWrite + Unpin) {
        let url = url::Url::parse(&amqp_url()).unwrap();
        let broker = (url.host_str().unwrap(), url.port().unwrap_or(5672));
        let mut broker = TcpStream::connect(broker).await.unwrap();
        let _ = copy_bidirectional(&mut client, &mut broker).await;
    }

    fn url_with(scheme: &str, hosts: &str, options: &str) -> String {
        let url = url::Url::parse(&amqp_url()).unwrap();
        let (user, password) = (url.username(), url.password().unwrap_or_default());
        let credentials = if user.is_empty() { String::new() } else { format!("{user}:{password}@") };
        format!("{scheme}://{credentials}{hosts}{}{options}", url.path())
    }

    #[tokio::test]
    async fn takes_the_first_host_that_answers_and_tells_when_it_is_cut() {
        let (port, proxy) = proxy(None).await;
        let url = url_with("amqp", &format!("127.0.0.1:1,127.0.0.1:{port}"), "");
        let connection = Connection::open(&url, "lead-tracker tests").await.unwrap();
        assert_eq!(connection.host(), format!("127.0.0.1:{port}"));
        assert!(futures::poll!(pin!(connection.closed())).is_pending());
        proxy.abort();
        assert!(matches!(within(connection.closed()).await, BrokerError::Disconnected { .. }));
        within(connection.closed()).await;
    }

    #[tokio::test]
    async fn that_cannot_be_made_names_the_host_and_not_the_password() {
        let error = Connection::open("amqp://user:hunter2@127.0.0.1:1/", "lead-tracker tests").await.err().unwrap();
        let text = format!("{:#}", anyhow::Error::from(error));
        assert!(text.contains("127.0.0.1:1") && !text.contains("hunter2"), "{text}");
    }

    #[tokio::test]
    async fn to_a_host_that_accepts_and_stays_silent_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = url_with("amqp", &format!("127.0.0.1:{port}"), "?connection_timeout=100");
        for _ in 0..3 {
            let error = within(Connection::open(&url, "lead-tracker tests")).await.err().unwrap();
            assert!(matches!(error, BrokerError::TimedOut { .. }), "{error:?}");
        }
        eventually(async || open_sockets_to(port) == 0).await;
    }

    /// As the kernel lists them; one that no process holds any more has no inode.
    fn open_sockets_to(port: u16) -> usize {
        let remote = format!("0100007F:{port:04X}");
        let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let fields = sockets.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        fields.filter(|fields| fields[2] == remote && fields[9] != "0").count()
    }

    #[tokio::test]
    async fn by_tls_trusts_the_authority_that_the_url_names_and_no_unknown_one() {
        let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
        let config = rustls::ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![certified.cert.der().clone()], key).unwrap();
        let (port, _proxy) = proxy(Some(TlsAcceptor::from(Arc::new(config)))).await;
        let directory = tempfile::tempdir().unwrap();
        let ca_file = directory.path().join("ca.pem");
        std::fs::write(&ca_file, certified.cert.pem()).unwrap();

        let hosts = format!("localhost:{port}");
        let trusted = url_with("amqps", &hosts, &format!("?cacertfile={}", ca_file.display()));
        let connection = Connection::open(&trusted, "lead-tracker tests").await.unwrap();
        connection.close().await.unwrap();
        let error = Connection::open(&url_with("amqps", &hosts, ""), "lead-tracker tests").await.err().unwrap();
        assert!(matches!(error, BrokerError::Connect { .. }), "{error:?}");
    }
}
