//! The outbound loop: what the outbox holds is published, and deleted once the broker has confirmed it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::future::try_join_all;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::backoff::Backoff;
use crate::broker::{
    BrokerError, Connection, DeliveryReport, Names, Outbound, Outcome, Publisher, Target, TopologyError, topology,
};
use crate::contract::{CLOUD_EVENT, JSON};
use crate::handler::now;
use crate::store::{self, Kind, OutboxClaim, OutboxMessage, Store, Wakeups};
use crate::telemetry::{metrics, spans};

/// How many messages of a kind are published at a time.
const BATCH: usize = 500;
/// The shortest wait for a scheduled message: no busy loop, whatever clocks say.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
/// How often the outbox is looked into without a wake-up.
const POLL: Duration = Duration::from_secs(1);
/// How long a kind of message is left alone that nobody takes.
const HOLD: Duration = Duration::from_secs(10);
/// Kinds that are given up when nobody has taken them for a day.
const GIVEN_UP: [Kind; 2] = [Kind::Retracted, Kind::Responded];

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
    /// The database.
    pub store: &'a Store,
    /// Where the publisher lives.
    pub connection: &'a Connection,
    /// What the queues are called.
    pub names: &'a Names,
    /// Whether a delay queue that is missing is declared.
    pub declare: bool,
    /// What publishes: under load a batch each at a time, so that the broker and PostgreSQL work side by side.
    pub publishers: [Publisher; 2],
    /// Tells that there may be something in the outbox.
    pub wakeups: Wakeups,
    /// Kinds that nobody takes, each with the time of the next try.
    pub held: BTreeMap<&'static str, Instant>,
}

/// What one step did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    /// Messages that were published and confirmed.
    pub published: usize,
    /// Messages that nobody took.
    pub unroutable: usize,
    /// Messages that a queue would not take.
    pub refused: usize,
}

/// A message that was tried.
struct Tried {
    kind: Kind,
    delay_ms: Option<i64>,
    outcome: Outcome,
}

impl Tried {
    /// Whether it is a timer whose delay queue did not take it, and that goes straight to the dead-letter queue when its
    /// time has come.
    fn is_undelayed(&self) -> bool {
        self.delay_ms.is_some() && self.outcome != Outcome::Confirmed
    }
}

impl Step {
    fn add(&mut self, other: Self) {
        self.published += other.published;
        self.unroutable += other.unroutable;
        self.refused += other.refused;
    }
}

impl Relay<'_> {
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
    ///
    /// # Errors
    ///
    /// As [`Relay::run`], and PostgreSQL's failures.
    pub async fn step(&mut self, is_busy: bool) -> Result<Step, RelayError> {
        let (free, held): (Vec<_>, Vec<_>) =
            Kind::ALL.into_iter().partition(|kind| !self.held.contains_key(kind.as_str()));
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
        if self.held.get(kind.as_str()).is_some_and(|next_try| *next_try > Instant::now()) {
            return Ok(Step::default());
        }
        let tried = self.publish(&self.publishers[0], &[kind], 1).await?;
        let step = self.note(&tried);
        if step.unroutable + step.refused == 0 {
            self.held.remove(kind.as_str());
        }
        Ok(step)
    }

    /// Publishes up to `limit` messages of each of these kinds.
    async fn publish(&self, publisher: &Publisher, kinds: &[Kind], limit: usize) -> Result<Vec<Tried>, RelayError> {
        let mut client = self.store.client().await?;
        let tried = match self.publish_claimed(&mut client, publisher, kinds, limit).await {
            Err(RelayError::Store(error)) => {
                self.store.discard_if_broken(client, &error);
                return Err(error.into());
            }
            tried => tried?,
        };
        self.redeclare(&tried).await?;
        self.give_up(&tried).await?;
        Ok(tried)
    }

    /// Claims, publishes, and deletes what was confirmed, in one transaction.
    async fn publish_claimed(
        &self,
        client: &mut store::Client,
        publisher: &Publisher,
        kinds: &[Kind],
        limit: usize,
    ) -> Result<Vec<Tried>, RelayError> {
        let claim = OutboxClaim::take(client, kinds, limit, now()).await?;
        let outbound: Vec<_> = claim.messages().map(|message| self.outbound(message)).collect();
        let reports = if outbound.is_empty() { Vec::new() } else { self.send(publisher, outbound).await? };
        let tried = claim.messages().zip(reports).map(|(message, report)| Tried {
            kind: message.kind,
            delay_ms: message.delay_ms,
            outcome: report.outcome,
        });
        let tried: Vec<_> = tried.collect();
        let undelayed = tried.iter().enumerate().filter(|(_, tried)| tried.is_undelayed());
        claim.reroute(&undelayed.map(|(position, _)| position).collect::<Vec<_>>()).await?;
        claim.settle(|position| tried[position].outcome == Outcome::Confirmed).await?;
        Ok(tried)
    }

    /// Publishes, within a span.
    async fn send(&self, publisher: &Publisher, outbound: Vec<Outbound>) -> Result<Vec<DeliveryReport>, RelayError> {
        let span = spans::publish(outbound.iter().map(|message| self.told(message)));
        let reports = span.around(publisher.publish(outbound)).await.inspect_err(|_| span.failed("broker"))?;
        if let Some(report) = reports.iter().find(|report| report.outcome != Outcome::Confirmed) {
            span.failed(if report.outcome == Outcome::Unroutable { "unroutable" } else { "refused" });
        }
        Ok(reports)
    }

    /// What the span tells of a message.
    fn told<'m>(&'m self, message: &'m Outbound) -> spans::Message<'m> {
        let (exchange, routing_key) = match &message.target {
            Target::Topic { routing_key } => (self.names.exchange(), routing_key),
            Target::Queue(queue) => ("", queue),
        };
        spans::Message {
            exchange,
            routing_key: routing_key.as_str().into(),
            id: &message.message_id,
            lead_id: message.correlation_id.as_deref().map(Into::into),
            traceparent: message.headers.get("traceparent").map(Into::into),
        }
    }

    /// Makes delay queues again that somebody has deleted.
    async fn redeclare(&self, results: &[Tried]) -> Result<(), RelayError> {
        let missing = results.iter().filter(|tried| self.declare && tried.outcome == Outcome::Unroutable);
        let windows: BTreeSet<_> = missing.filter_map(|tried| tried.delay_ms).map(window).collect();
        for window in windows {
            warn!(queue = self.names.response_window(window), "a delay queue is missing, declaring it");
            topology::declare_window(self.connection, self.names, window).await?;
        }
        Ok(())
    }

    /// Counts what became of messages, and leaves kinds alone for a while that nobody takes.
    fn note(&mut self, results: &[Tried]) -> Step {
        let mut step = Step::default();
        for Tried { kind, outcome, .. } in results {
            match outcome {
                Outcome::Confirmed => {
                    step.published += 1;
                    if *kind != Kind::Timer {
                        metrics::published(kind.as_str(), 1);
                    }
                }
                Outcome::Unroutable => {
                    step.unroutable += 1;
                    metrics::unroutable(1);
                }
                Outcome::Refused => step.refused += 1,
            }
        }
        for tried in results.iter().filter(|tried| tried.outcome != Outcome::Confirmed && !tried.is_undelayed()) {
            self.hold(tried);
        }
        step
    }

    /// Gives up what nobody has taken for a day, and still does not, of the kinds that are not worth keeping.
    async fn give_up(&self, results: &[Tried]) -> Result<(), store::Error> {
        for kind in GIVEN_UP {
            let is_unroutable = |tried: &Tried| tried.kind == kind && tried.outcome == Outcome::Unroutable;
            if !results.iter().any(is_unroutable) {
                continue;
            }
            let dropped = self.store.drop_unwanted(kind).await?;
            if dropped > 0 {
                metrics::dropped(kind.as_str(), dropped);
                warn!(kind = kind.as_str(), dropped, "gave up messages that nobody took for a day");
            }
        }
        Ok(())
    }

    fn hold(&mut self, tried: &Tried) {
        let kind = tried.kind.as_str();
        if self.held.insert(kind, Instant::now() + HOLD).is_none() {
            let (outcome, retry_seconds) = (tried.outcome, HOLD.as_secs());
            warn!(kind, ?outcome, retry_seconds, "the broker does not take these messages, they are kept");
        }
    }

    fn outbound(&self, message: &OutboxMessage) -> Outbound {
        let target = match (message.kind, message.delay_ms) {
            (Kind::Timer, Some(delay_ms)) => Target::Queue(self.names.response_window(window(delay_ms))),
            (Kind::Timer, None) => Target::Queue(self.names.expired().to_owned()),
            (kind, _) => Target::Topic { routing_key: kind.as_str().to_owned() },
        };
        let is_timer = message.kind == Kind::Timer;
        let mut outbound = Outbound::new(target, message.message_id.clone(), message.body.clone());
        outbound.kind = Some(message.kind.as_str().to_owned());
        outbound.correlation_id = message.lead_id.map(|lead_id| lead_id.to_string());
        outbound.timestamp = Some(message.occurred_at);
        outbound.content_type = Some(if is_timer { JSON } else { CLOUD_EVENT }.to_owned());
        outbound.headers.extend(message.traceparent.clone().map(|traceparent| ("traceparent".to_owned(), traceparent)));
        outbound
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

/// The response window that the outbox has in milliseconds.
fn window(delay_ms: i64) -> Duration {
    Duration::from_millis(delay_ms.unsigned_abs())
}
