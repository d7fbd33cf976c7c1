//! A fence tells when everything that was in the inbox has been handled.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use lapin::{
    BasicProperties, Channel, ConnectionStatus,
    options::{BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions},
    types::{AMQPValue, FieldTable, ShortString},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use uuid::Uuid;

use super::{
    connection::Connection,
    delivery::Delivery,
    error::{BrokerError, bounded, bounded_unless_blocked, short},
};

/// Marks a fence; its value is the fence's id.
const FENCE: &str = "x-lead-tracker-fence";
/// RabbitMQ's pseudo-queue: what is sent to the address it is rewritten to arrives on the channel that asked, without a
/// queue in between. It needs no permission and leaves nothing behind.
const DIRECT_REPLY_TO: &str = "amq.rabbitmq.reply-to";

/// More fences than this at a time are nobody's who waits for them.
const ANSWERS_AT_ONCE: usize = 64;

/// Whether what was ahead of a fence has been handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FenceOutcome {
    /// Whatever was in the inbox when the fence was asked for has been handled, as far as the consumer that met it can tell.
    Passed,
    /// No answer in time.
    TimedOut,
}

/// Asks whether the inbox's backlog of this moment has been handled.
///
/// A small message is put behind all that is there; the consumer that meets it, of whichever process, answers once it has
/// committed everything before it. Unlike waiting for an empty inbox this comes to an end under steady load. What another
/// replica's consumer took and has not yet committed is not waited for.
pub struct Fence {
    inbox: ShortString,
    connection: ConnectionStatus,
    channel: Channel,
    replies: lapin::Consumer,
}

impl Fence {
    /// Opens a channel that asks and listens. It publishes: put it on a connection that does.
    pub async fn open(connection: &Connection, inbox: &str) -> Result<Self, BrokerError> {
        let inbox = short("the queue's name", inbox)?;
        let channel = connection.channel().await?;
        let listen = async {
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
            channel.basic_consume(DIRECT_REPLY_TO.into(), "".into(), options, FieldTable::default()).await
        };
        let replies = bounded("cannot listen for fences", listen).await?;
        Ok(Self { inbox, connection: connection.status(), channel, replies })
    }

    /// Puts a fence behind what is in the inbox now and waits for its answer, for as long as `patience` allows. An answer to
    /// an earlier fence is not taken for one to this. Fails when the channel breaks or the inbox does not exist.
    pub async fn wait(&mut self, patience: Duration) -> Result<FenceOutcome, BrokerError> {
        match timeout(patience, self.pass()).await {
            Ok(passed) => passed.map(|()| FenceOutcome::Passed),
            Err(_) => Ok(FenceOutcome::TimedOut),
        }
    }

    async fn pass(&mut self) -> Result<(), BrokerError> {
        let id = Uuid::new_v4().to_string();
        self.ask(&id).await?;
        loop {
            match self.replies.next().await {
                Some(Ok(reply)) if reply.data == id.as_bytes() => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(source)) => return Err(BrokerError::failed("cannot hear of a fence", source)),
                None => return Err(BrokerError::ConsumerEnded { queue: DIRECT_REPLY_TO.to_owned() }),
            }
        }
    }

    async fn ask(&self, id: &str) -> Result<(), BrokerError> {
        let mut headers = FieldTable::default();
        headers.insert(FENCE.into(), AMQPValue::LongString(id.into()));
        let properties = BasicProperties::default().with_reply_to(DIRECT_REPLY_TO.into()).with_headers(headers);
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let publish = async {
            let inbox = self.inbox.clone();
            self.channel.basic_publish("".into(), inbox, options, &[], properties).await?.await
        };
        let confirmation = bounded_unless_blocked("cannot put a fence into the inbox", &self.connection, publish);
        match confirmation.await?.take_message() {
            None => Ok(()),
            Some(_) => Err(BrokerError::MissingQueue { queue: self.inbox.to_string() }),
        }
    }
}

/// A fence that a consumer met, and is to answer once everything before it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceRequest {
    id: String,
    reply_to: ShortString,
}

impl Delivery {
    /// The request, where this message is a fence and not an event. One that names any other address than a
    /// direct reply is none: nobody is to make this service write into a queue of their choice.
    pub fn fence(&self) -> Option<FenceRequest> {
        let id = self.header(FENCE)?.into_owned();
        let reply_to = self.properties.reply_to.as_deref()?;
        let is_direct = self.exchange.is_empty() && reply_to.starts_with(DIRECT_REPLY_TO);
        let reply_to = ShortString::try_new(reply_to).ok().filter(|_| is_direct)?;
        Some(FenceRequest { id, reply_to })
    }
}

/// Answers fences, from whichever task.
#[derive(Clone)]
pub struct FenceAnswerer {
    connection: ConnectionStatus,
    channel: Channel,
    /// Answers that may be on their way at a time.
    turns: Arc<Semaphore>,
}

impl FenceAnswerer {
    /// Opens a channel for the answers.
    pub async fn open(connection: &Connection) -> Result<Self, BrokerError> {
        let turns = Arc::new(Semaphore::new(ANSWERS_AT_ONCE));
        Ok(Self { connection: connection.status(), channel: connection.channel().await?, turns })
    }

    /// Sends off the answer to a fence and does not wait for it: whoever consumes must not be held up by a broker that takes
    /// no messages. An answer is a hint, left out where it cannot leave at once, for whoever asked has a limit to their
    /// patience and may have gone. Fails when an earlier answer has broken the channel.
    pub fn answer(&self, fence: &FenceRequest) -> Result<(), BrokerError> {
        if !self.channel.status().connected() {
            return Err(BrokerError::PublisherClosed);
        }
        if self.connection.blocked() {
            return Ok(());
        }
        if let Ok(turn) = self.turns.clone().try_acquire_owned() {
            tokio::spawn(send_answer(self.channel.clone(), fence.clone(), turn));
        }
        Ok(())
    }
}

async fn send_answer(channel: Channel, fence: FenceRequest, _turn: OwnedSemaphorePermit) {
    let options = BasicPublishOptions::default();
    let body = fence.id.as_bytes();
    let publish = channel.basic_publish("".into(), fence.reply_to, options, body, BasicProperties::default());
    if let Err(error) = bounded("cannot answer a fence", publish).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "a fence stays without an answer");
    }
}
