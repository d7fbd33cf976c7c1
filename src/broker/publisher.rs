//! Sending, with the broker's confirmation of every message.

use std::{collections::HashMap, task::Poll};

use lapin::{
    Channel, Confirmation, ConnectionStatus, PublisherConfirm,
    message::BasicReturnMessage,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    types::ShortString,
};
use tokio::sync::{mpsc, oneshot};

use super::{
    connection::Connection,
    error::{BrokerError, bounded, bounded_unless_blocked, short},
    names::Names,
    outbound::{Message, Outbound},
};

/// Calls that may wait for the channel; further ones wait for their turn to wait.
const QUEUED_CALLS: usize = 16;

/// What became of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The broker has it safely in every queue that is bound.
    Confirmed,
    /// No queue is bound for it; the broker returned it.
    Unroutable,
    /// A queue would not take it (`reject-publish`), or the broker failed to store it.
    Refused,
}

/// What became of one message, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The message's id; empty for one that was received without an id and forwarded.
    pub message_id: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// A handle on a channel that publishes; clones share the channel, and their calls follow one another. For two batches in
/// flight at a time open two publishers. The channel closes when the last handle is dropped.
#[derive(Clone)]
pub struct Publisher {
    exchange: ShortString,
    jobs: mpsc::Sender<Job>,
}

struct Job {
    messages: Vec<Message>,
    reply: oneshot::Sender<Result<Vec<DeliveryReport>, BrokerError>>,
}

impl Publisher {
    /// Opens a channel with confirms, and a task that owns it.
    pub async fn open(connection: &Connection, names: &Names) -> Result<Self, BrokerError> {
        let exchange = short("the exchange's name", names.exchange())?;
        let channel = connection.channel().await?;
        bounded("cannot ask for confirms", channel.confirm_select(ConfirmSelectOptions::default())).await?;
        let (jobs, queue) = mpsc::channel(QUEUED_CALLS);
        tokio::spawn(run(connection.status(), channel, queue));
        Ok(Self { exchange, jobs })
    }

    /// Publishes all of them, in order, and waits until the broker has confirmed or refused each; the reports are in the same
    /// order. Messages that share both id and target are told apart only by number: of three, of which the broker returned
    /// one, one is reported unroutable.
    ///
    /// Takes 10 s at most, not counting the time for which the broker blocks publishers. An error leaves open which of the
    /// messages arrived, and breaks the channel: drop the publisher. Dropping the future does not stop what has begun.
    pub async fn publish(&self, messages: Vec<Outbound>) -> Result<Vec<DeliveryReport>, BrokerError> {
        let messages = messages.into_iter().map(|outbound| Message::new(outbound, &self.exchange));
        self.send(messages.collect::<Result<_, _>>()?).await
    }

    pub(super) async fn send(&self, messages: Vec<Message>) -> Result<Vec<DeliveryReport>, BrokerError> {
        let (reply, report) = oneshot::channel();
        let sent = self.jobs.send(Job { messages, reply }).await;
        sent.map_err(|_| BrokerError::PublisherClosed)?;
        report.await.map_err(|_| BrokerError::PublisherClosed)?
    }
}

/// Ends with the first error: confirms that were given up stay registered with the channel and would be mistaken later.
async fn run(connection: ConnectionStatus, channel: Channel, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.recv().await {
        let result = bounded_unless_blocked("cannot publish", &connection, publish(&channel, &job.messages)).await;
        let broken = result.is_err();
        // Whoever asked may have gone; the messages are on their way all the same.
        let _ = job.reply.send(result);
        if broken {
            break;
        }
    }
}

async fn publish(channel: &Channel, messages: &[Message]) -> lapin::Result<Vec<DeliveryReport>> {
    let confirms = write_all(channel, messages).await?;
    let mut acked = Vec::with_capacity(messages.len());
    let mut returned = Returned::default();
    for confirm in confirms {
        let confirmation = confirm.await?;
        acked.push(confirmation.is_ack());
        returned.note(confirmation);
    }
    Ok(messages.iter().zip(acked).map(|(message, acked)| report(message, acked, &mut returned)).collect())
}

/// Begins every publish before it awaits the first, so that they leave in few writes instead of one each.
async fn write_all(channel: &Channel, messages: &[Message]) -> lapin::Result<Vec<PublisherConfirm>> {
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let mut begun = Vec::with_capacity(messages.len());
    for message in messages {
        let (exchange, routing_key) = (message.exchange.clone(), message.routing_key.clone());
        let properties = message.properties.clone();
        let mut publish = Box::pin(channel.basic_publish(exchange, routing_key, options, &message.body, properties));
        let state = futures::poll!(publish.as_mut());
        begun.push((publish, state));
    }
    let mut confirms = Vec::with_capacity(messages.len());
    for (publish, state) in begun {
        confirms.push(match state {
            Poll::Ready(confirm) => confirm?,
            Poll::Pending => publish.await?,
        });
    }
    Ok(confirms)
}

fn report(message: &Message, acked: bool, returned: &mut Returned) -> DeliveryReport {
    let message_id = message.properties.message_id().clone();
    let outcome = match (acked, returned.take(&message.exchange, &message.routing_key, &message_id)) {
        (false, _) => Outcome::Refused,
        (true, true) => Outcome::Unroutable,
        (true, false) => Outcome::Confirmed,
    };
    DeliveryReport { message_id: message_id.map(String::from).unwrap_or_default(), outcome }
}

type ReturnKey = (ShortString, ShortString, Option<ShortString>);

/// Messages that the broker returned. lapin hands a returned message over with whichever confirm comes next, so only what
/// it says of itself tells which one it is. All of a call's returns are known once its last confirm is.
#[derive(Default)]
struct Returned(HashMap<ReturnKey, usize>);

impl Returned {
    fn note(&mut self, confirmation: Confirmation) {
        if let Some(BasicReturnMessage { delivery, .. }) = confirmation.take_message() {
            let id = delivery.properties.message_id().clone();
            *self.0.entry((delivery.exchange, delivery.routing_key, id)).or_default() += 1;
        }
    }

    fn take(&mut self, exchange: &ShortString, routing_key: &ShortString, id: &Option<ShortString>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        match self.0.get_mut(&(exchange.clone(), routing_key.clone(), id.clone())) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }
}
