//! What each user may do, and what not.

use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
    QueuePurgeOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ErrorKind};

use crate::broker::Broker;

const INBOX: &str = "lead-tracker.inbox";
const DELAY: &str = "lead-tracker.response-window.1800000ms";
const EXCHANGE: &str = "hirelocal.leads";

#[derive(Debug, Clone, Copy)]
enum Attempt {
    /// To the default exchange where the first is empty.
    Publish(&'static str, &'static str),
    Consume(&'static str),
    Declare(&'static str),
    Bind(&'static str, &'static str),
    Purge(&'static str),
    Delete(&'static str),
}
use Attempt::{Bind, Consume, Declare, Delete, Publish, Purge};

/// Each user's attempts that succeed, then those that the broker refuses.
const RIGHTS: &[(&str, &[Attempt], &[Attempt])] = &[
    (
        "notification-service",
        &[
            Declare("notification-service.leads"),
            Bind("notification-service.leads", "lead.missed"),
            Bind("notification-service.leads", "lead.missed_retracted"),
            Consume("notification-service.leads"),
        ],
        &[
            Bind("notification-service.leads", "lead.notified"),
            Bind("notification-service.leads", "#"),
            Consume(INBOX),
            Consume("lead-tracker.parked"),
            Purge(INBOX),
            Declare("lead-tracker.mine"),
            Declare("elsewhere"),
            Publish(EXCHANGE, "lead.missed"),
            Publish("", INBOX),
        ],
    ),
    (
        "lead-publisher",
        &[Publish(EXCHANGE, "lead.notified"), Publish(EXCHANGE, "freelancer.plan_changed")],
        &[
            Publish(EXCHANGE, "lead.missed"),
            Publish(EXCHANGE, "lead.missed_retracted"),
            Publish("", "lead-tracker.expired"),
            Consume(INBOX),
            Declare("elsewhere"),
            Delete(INBOX),
        ],
    ),
    (
        "lead-tracker",
        &[
            Publish(EXCHANGE, "lead.missed"),
            Publish(EXCHANGE, "lead.responded"),
            Publish("", DELAY),
            Consume(INBOX),
            Consume("lead-tracker.expired"),
        ],
        &[
            Publish(EXCHANGE, "lead.notified"),
            Consume(DELAY),
            Purge(DELAY),
            Delete(DELAY),
            Declare("lead-tracker.response-window.1ms"),
            Bind(INBOX, "lead.notified"),
            Consume("notification-service.leads"),
        ],
    ),
    (
        "lead-tracker-operator",
        &[
            Declare("lead-tracker.response-window.1ms"),
            Delete("lead-tracker.response-window.1ms"),
            Bind(INBOX, "lead.notified"),
            Publish(EXCHANGE, "lead.viewed"),
        ],
        &[
            Publish(EXCHANGE, "lead.missed"),
            Bind(INBOX, "#"),
            Consume("notification-service.leads"),
            Declare("lead-tracker.mine"),
            Declare("elsewhere"),
        ],
    ),
];

#[tokio::test]
async fn everybody_may_do_their_job_and_no_more() {
    let broker = Broker::shared();
    for (user, allowed, refused) in RIGHTS {
        let url = broker.url(user);
        let connection = Connection::connect(url.as_str(), ConnectionProperties::default()).await;
        let connection = connection.expect("the user has a password");
        for (attempts, expected) in [(allowed, true), (refused, false)] {
            for attempt in *attempts {
                // The broker refuses by closing the channel.
                let channel = connection.create_channel().await.expect("the connection is open");
                assert_eq!(attempt.is_allowed(channel).await, expected, "{user}: {attempt:?}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_password_of_their_own() {
    let broker = Broker::shared();
    let mut url = broker.url("guest");
    for (user, password) in [("guest", "guest"), ("lead-tracker", ""), ("lead-tracker", "lead-tracker")] {
        url.set_username(user).expect("the URL may have a user");
        url.set_password(Some(password)).expect("the URL may have a password");
        let connected = Connection::connect(url.as_str(), ConnectionProperties::default()).await;
        assert!(connected.is_err(), "{user} got in with the password {password:?}");
    }
}

impl Attempt {
    async fn is_allowed(self, channel: Channel) -> bool {
        match self.make(&channel).await {
            Ok(()) => true,
            Err(error) => {
                let is_refusal = matches!(error.kind(), ErrorKind::ProtocolError(reply) if reply.get_id() == 403);
                assert!(is_refusal, "{self:?}: {error}");
                false
            }
        }
    }

    async fn make(self, channel: &Channel) -> lapin::Result<()> {
        let none = FieldTable::default;
        match self {
            Publish(exchange, key) => {
                channel.confirm_select(Default::default()).await?;
                let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
                channel.basic_publish(exchange.into(), key.into(), options, b"{}", properties).await?.await.map(drop)
            }
            Consume(queue) => {
                let options = BasicConsumeOptions::default();
                channel.basic_consume(queue.into(), "".into(), options, none()).await.map(drop)
            }
            Declare(queue) => {
                channel.queue_declare(queue.into(), QueueDeclareOptions::durable(), none()).await.map(drop)
            }
            Bind(queue, key) => {
                let options = QueueBindOptions::default();
                channel.queue_bind(queue.into(), EXCHANGE.into(), key.into(), options, none()).await
            }
            Purge(queue) => channel.queue_purge(queue.into(), QueuePurgeOptions::default()).await.map(drop),
            Delete(queue) => channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await.map(drop),
        }
    }
}
