//! Messages that could not be processed: parked, looked at, replayed, discarded.
//!
//! Looking takes every message without acknowledging it, and gives all of them back. While it lasts, another look sees an
//! emptier queue. Each look counts as a delivery; the queue's limit of a million of them is there for that.

mod fit;
mod look;
mod message;
mod park;

use std::collections::BTreeSet;

use serde::Serialize;
use uuid::Uuid;

use self::look::Look;
pub use self::{message::ParkedMessage, park::park};
use super::{
    connection::Connection,
    delivery::Delivery,
    error::BrokerError,
    names::Names,
    outbound::Message,
    publisher::{Outcome, Publisher},
};

/// Messages replayed at a time: each is confirmed before it is taken out of the parked queue.
const REPLAY_BATCH: usize = 100;

/// Which parked messages are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All that are there now.
    All,
    /// Those with these ids.
    Ids(BTreeSet<Uuid>),
}

/// What became of a selection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Handled {
    /// Replayed, or discarded.
    pub done: Vec<Uuid>,
    /// Still parked: the queue they belong to would not take them.
    pub refused: Vec<Uuid>,
    /// Asked for and not found.
    pub missing: Vec<Uuid>,
}

/// Up to `max` parked messages, the one parked first at the front. Where there are more, RabbitMQ puts what was looked at behind
/// the rest, and the next list begins with others.
pub async fn list(connection: &Connection, names: &Names, max: usize) -> Result<Vec<ParkedMessage>, BrokerError> {
    let mut look = Look::open(connection, names).await?;
    let mut messages = Vec::new();
    while messages.len() < max {
        let Some(delivery) = look.next().await? else { break };
        messages.push(ParkedMessage::read(&delivery));
    }
    look.close().await?;
    messages.sort_by_key(|message| message.parked_at);
    Ok(messages)
}

/// Sends messages to be processed again, and takes those out of the parked queue that have arrived. An event goes to the
/// inbox alone, by the default exchange; the event's other subscribers do not see it again. A timer, which came from the
/// expired queue, goes back to that one. An interruption may leave a message in both places, never in none.
pub async fn replay(connection: &Connection, names: &Names, selection: &Selection) -> Result<Handled, BrokerError> {
    let publisher = Publisher::open(connection, names).await?;
    let mut look = Look::open(connection, names).await?;
    let mut handled = Handled::default();
    let mut batch = Vec::new();
    while let Some(delivery) = look.next().await? {
        let id = message::id(&delivery);
        if selection.includes(&id) {
            batch.push((id, delivery));
        }
        if batch.len() == REPLAY_BATCH {
            send_back(&publisher, names, &look, std::mem::take(&mut batch), &mut handled).await?;
        }
    }
    send_back(&publisher, names, &look, batch, &mut handled).await?;
    look.close().await?;
    Ok(selection.missing_from(handled))
}

/// Deletes messages for good.
pub async fn discard(connection: &Connection, names: &Names, selection: &Selection) -> Result<Handled, BrokerError> {
    let mut look = Look::open(connection, names).await?;
    let mut handled = Handled::default();
    while let Some(delivery) = look.next().await? {
        let id = message::id(&delivery);
        if selection.includes(&id) {
            look.ack(delivery.tag).await?;
            handled.done.push(id);
        }
    }
    look.close().await?;
    Ok(selection.missing_from(handled))
}

async fn send_back(
    publisher: &Publisher,
    names: &Names,
    look: &Look,
    batch: Vec<(Uuid, Delivery)>,
    handled: &mut Handled,
) -> Result<(), BrokerError> {
    let messages = batch.iter().map(|(_, delivery)| replayed(names, delivery));
    let reports = publisher.send(messages.collect::<Result<_, _>>()?).await?;
    for ((id, delivery), report) in batch.into_iter().zip(reports) {
        if report.outcome == Outcome::Confirmed {
            look.ack(delivery.tag).await?;
            handled.done.push(id);
        } else {
            handled.refused.push(id);
        }
    }
    Ok(())
}

fn replayed(names: &Names, delivery: &Delivery) -> Result<Message, BrokerError> {
    let queue = match message::origin(delivery).queue {
        Some(queue) if queue == names.expired() => names.expired(),
        _ => names.inbox(),
    };
    Message::forward(delivery, queue, message::replay_headers(delivery))
}

impl Selection {
    fn includes(&self, id: &Uuid) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.contains(id),
        }
    }

    fn missing_from(&self, mut handled: Handled) -> Handled {
        if let Self::Ids(ids) = self {
            let found = |id: &Uuid| handled.done.contains(id) || handled.refused.contains(id);
            handled.missing = ids.iter().copied().filter(|id| !found(id)).collect();
        }
        handled
    }
}
