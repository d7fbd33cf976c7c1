//! The inbound loop: batches of messages go to the handler and are acknowledged once it has committed.
//!
//! Three stages overlap for facts: one receives and reads, one handles, one parks and acknowledges. Timers wait behind a
//! fence for what was in the inbox when their turn came, and are then handled in turn with the facts: a transaction
//! begins when the one before it has locked its leads, so that none overtakes another on a lead.

mod batch;
mod facts;
mod parking;
mod retry;
mod timers;

use std::time::Duration;

use futures::try_join;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use crate::broker::{BrokerError, Connection, Delivery, Fence, FenceAnswerer, Inbound, Names, Publisher};
use crate::handler::Handler;
use crate::store;

/// How many messages of the inbox one transaction takes.
const BATCH: usize = 500;
/// How many transactions of facts, and as many of timers, are under way: the next one reads while the last one writes.
const AT_ONCE: usize = 2;
/// How long a batch that is still growing is waited for.
const LINGER: Duration = Duration::from_millis(3);
/// How many messages the broker sends ahead: a batch that is read, two that are handled, and one to acknowledge.
const INBOX_PREFETCH: u16 = 2000;
/// How many timers the broker sends ahead; each carries up to [`BATCH`] offers.
const TIMER_PREFETCH: u16 = 100;

/// Why the consumer stopped.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    /// The broker failed.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// PostgreSQL has been away for too long to hold on to messages.
    #[error("PostgreSQL has not taken a batch for {} s", .0.as_secs())]
    Outage(Duration, #[source] store::Error),
}

impl ConsumerError {
    /// One word for it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Broker(_) => "broker",
            Self::Outage(..) => "outage",
        }
    }
}

/// Everything that consumes on one connection to the broker.
pub struct Consumer {
    inbox: Inbound,
    expired: Inbound,
    fence: Fence,
    desk: Desk,
}

/// What the stages share.
struct Desk {
    handler: Handler,
    /// Held until a transaction has its locks: facts and timers take turns, in the order in which they come.
    turn: Mutex<()>,
    publisher: Publisher,
    answerer: FenceAnswerer,
    names: Names,
}

impl Consumer {
    /// Attaches to the inbox and to the dead-letter queue of timers.
    ///
    /// # Errors
    ///
    /// Whatever the broker answers.
    pub async fn attach(
        consuming: &Connection,
        publishing: &Connection,
        names: Names,
        handler: Handler,
    ) -> Result<Self, BrokerError> {
        let desk = Desk {
            handler,
            turn: Mutex::new(()),
            publisher: Publisher::open(publishing, &names).await?,
            answerer: FenceAnswerer::open(publishing).await?,
            names,
        };
        let fence = Fence::open(publishing, desk.names.inbox()).await?;
        let expired = Inbound::open(consuming, desk.names.expired(), TIMER_PREFETCH).await?;
        let inbox = Inbound::open(consuming, desk.names.inbox(), INBOX_PREFETCH).await?;
        Ok(Self { inbox, expired, fence, desk })
    }

    /// Consumes until `shutdown`, then finishes what was received.
    ///
    /// # Errors
    ///
    /// [`ConsumerError`]; what was not acknowledged will be delivered again.
    pub async fn run(self, shutdown: &CancellationToken) -> Result<(), ConsumerError> {
        let Self { inbox, expired, fence, desk } = self;
        let (inbox_acker, expired_acker) = (inbox.acker(), expired.acker());
        let (received, to_handle) = mpsc::channel(1);
        // Unbounded, as far as the prefetch allows: a transaction that is under way must not wait for the broker.
        let (handled, to_settle) = mpsc::unbounded_channel();
        let (due, to_end) = mpsc::channel(1);
        try_join!(
            facts::receive(inbox, received, shutdown),
            facts::handle(&desk, to_handle, handled),
            facts::settle(&desk, inbox_acker, to_settle),
            timers::receive(&desk, expired, fence, due, shutdown),
            timers::handle(&desk, expired_acker, to_end),
        )?;
        Ok(())
    }
}

/// Receives until `shutdown`, then what the broker has sent already; `None` is the end.
///
/// Messages that are put back count towards their delivery limit, so a drain takes them instead.
async fn receive_until(
    inbound: &mut Inbound,
    shutdown: &CancellationToken,
    draining: &mut bool,
) -> Result<Option<Vec<Delivery>>, BrokerError> {
    if !*draining {
        tokio::select! {
            deliveries = inbound.receive(BATCH, LINGER) => return deliveries.map(Some),
            () = shutdown.cancelled() => {}
        }
        inbound.cancel().await?;
        *draining = true;
    }
    match inbound.receive(BATCH, Duration::ZERO).await {
        Ok(deliveries) => Ok(Some(deliveries)),
        Err(BrokerError::ConsumerEnded { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
