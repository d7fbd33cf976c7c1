//! The outbound loop: what the outbox holds is published, and deleted once the broker has confirmed it.

mod held;
mod message;
mod publish;

use std::time::Duration;

use futures::future::try_join_all;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::backoff::Backoff;
use crate::broker::{BrokerError, Connection, Names, Outcome, Publisher, TopologyError};
use crate::handler::now;
use crate::store::{self, Kind, Store, Wakeups};
use crate::telemetry::metrics;
use held::Held;
use publish::Tried;

/// How many messages of a kind are published at a time.
const BATCH: usize = 500;
/// The shortest wait for a scheduled message: no busy loop, whatever clocks say.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
/// How often the outbox is looked into without a wake-up.
const POLL: Duration = Duration::from_secs(1);

/// Why the relay stopped.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The broker failed.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// A delay queue is gone and could not be made again.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// PostgreSQL failed. The relay itself tries again after that.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Publishes what the outbox holds. Several relays share the work.
pub struct Relay<'a> {
    store: &'a Store,
    connection: &'a Connection,
    names: &'a Names,
    declare: bool,
    /// Under load a batch each at a time, so that the broker and PostgreSQL work side by side.
    publishers: [Publisher; 2],
    wakeups: Wakeups,
    held: Held,
}

/// What one step did, in messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Step {
    /// Published and confirmed.
    published: usize,
    /// Kept: no queue took them, or one that would not.
    kept: usize,
}

impl<'a> Relay<'a> {
    /// A relay with publishers of its own on `connection`, woken by `wakeups` when there may be something in the outbox.
    /// A delay queue that is missing is declared where `declare` says so.
    ///
    /// # Errors
    ///
    /// Whatever the broker answers.
    pub async fn open(
        store: &'a Store,
        connection: &'a Connection,
        names: &'a Names,
        declare: bool,
        wakeups: Wakeups,
    ) -> Result<Self, BrokerError> {
        let publishers = [Publisher::open(connection, names).await?, Publisher::open(connection, names).await?];
        Ok(Self { store, connection, names, declare, publishers, wakeups, held: Held::default() })
    }

    /// Publishes until `shutdown`, then what is still due. A failure of PostgreSQL is waited out.
    ///
    /// # Errors
    ///
    /// [`RelayError`]; what was not confirmed stays in the outbox.
    pub async fn run(mut self, shutdown: &CancellationToken) -> Result<(), RelayError> {
        let mut backoff = Backoff::new();
        let mut is_busy = false;
        loop {
            // A claim would be held for as long as the broker takes nothing, and with it a connection to PostgreSQL.
            while self.connection.is_blocked() && !shutdown.is_cancelled() {
                sleep(POLL).await;
            }
            match self.step(is_busy).await {
                Ok(Step { published: 0, .. }) if shutdown.is_cancelled() => return Ok(()),
                Ok(Step { published: 0, .. }) => {
                    is_busy = false;
                    self.wait(shutdown).await;
                }
                Ok(Step { published, .. }) => {
                    is_busy = published >= BATCH;
                    backoff.reset();
                }
                Err(RelayError::Store(error)) => {
                    warn!(error = &error as &dyn std::error::Error, "cannot read the outbox, trying again");
                    tokio::select! {
                        () = backoff.wait() => {}
                        () = shutdown.cancelled() => return Ok(()),
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Publishes one batch, two where it `is_busy`, and one message of each kind that is tried again.
    async fn step(&mut self, is_busy: bool) -> Result<Step, RelayError> {
        let (held, free): (Vec<_>, Vec<_>) = Kind::ALL.into_iter().partition(|kind| self.held.has(*kind));
        let publishers = if is_busy { &self.publishers[..] } else { &self.publishers[..1] };
        let batches = publishers.iter().map(|publisher| self.publish(publisher, &free, BATCH));
        let mut step = Step::default();
        for batch in try_join_all(batches).await? {
            step.add(self.note(&batch));
        }
        for kind in held {
            step.add(self.try_held(kind).await?);
        }
        Ok(step)
    }

    /// Publishes one message of a kind that nobody took, if its time has come; the rest follow when it is taken.
    async fn try_held(&mut self, kind: Kind) -> Result<Step, RelayError> {
        if !self.held.is_due(kind) {
            return Ok(Step::default());
        }
        let tried = self.publish(&self.publishers[0], &[kind], 1).await?;
        let step = self.note(&tried);
        if step.kept == 0 {
            self.held.release(kind);
        }
        Ok(step)
    }

    /// Counts what became of messages, and leaves kinds alone for a while that nobody takes.
    fn note(&mut self, results: &[Tried]) -> Step {
        let mut step = Step::default();
        for tried in results {
            match tried.outcome {
                Outcome::Confirmed => {
                    step.published += 1;
                    if tried.kind != Kind::Timer {
                        metrics::published(tried.kind.as_str(), 1);
                    }
                }
                Outcome::Unroutable | Outcome::Refused => step.kept += 1,
            }
            if tried.outcome == Outcome::Unroutable {
                metrics::unroutable(1);
            }
            if tried.outcome != Outcome::Confirmed && !tried.is_undelayed() {
                self.held.hold(tried.kind, tried.outcome);
            }
        }
        step
    }

    /// Waits for a wake-up, a scheduled message, the next try of a held kind, or the next poll.
    async fn wait(&mut self, shutdown: &CancellationToken) {
        let scheduled = match self.store.next_outbox_due(now()).await {
            Ok(Some(due_at)) => (due_at - now()).to_std().unwrap_or_default(),
            Ok(None) | Err(_) => POLL,
        };
        tokio::select! {
            () = self.wakeups.next() => {}
            () = sleep(scheduled.clamp(SHORTEST_WAIT, POLL)) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

impl Step {
    fn add(&mut self, other: Self) {
        self.published += other.published;
        self.kept += other.kept;
    }
}
