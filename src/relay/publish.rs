//! Publishing a batch of the outbox.

use std::collections::BTreeSet;

use tracing::warn;

use super::{Relay, RelayError, message};
use crate::broker::{DeliveryReport, Outbound, Outcome, Publisher, topology};
use crate::handler::now;
use crate::store::{self, Kind, OutboxClaim};
use crate::telemetry::{metrics, spans};

/// Kinds that are given up when nobody has taken them for a day.
const GIVEN_UP: [Kind; 2] = [Kind::Retracted, Kind::Responded];

/// A message that was tried.
pub(super) struct Tried {
    pub(super) kind: Kind,
    delay_ms: Option<i64>,
    pub(super) outcome: Outcome,
}

impl Tried {
    /// Whether it is a timer whose delay queue did not take it, and that goes straight to the dead-letter queue when its
    /// time has come.
    pub(super) fn is_undelayed(&self) -> bool {
        self.delay_ms.is_some() && self.outcome != Outcome::Confirmed
    }
}

impl Relay<'_> {
    /// Publishes up to `limit` messages of each of these kinds.
    pub(super) async fn publish(
        &self,
        publisher: &Publisher,
        kinds: &[Kind],
        limit: usize,
    ) -> Result<Vec<Tried>, RelayError> {
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
        let outbound: Vec<_> = claim.messages().map(|message| message::outbound(message, self.names)).collect();
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
        let span = spans::publish(outbound.iter().map(|message| message::described(message, self.names)));
        let reports = span.around(publisher.publish(outbound)).await.inspect_err(|_| span.failed("broker"))?;
        if let Some(report) = reports.iter().find(|report| report.outcome != Outcome::Confirmed) {
            span.failed(if report.outcome == Outcome::Unroutable { "unroutable" } else { "refused" });
        }
        Ok(reports)
    }

    /// Makes delay queues again that somebody has deleted.
    async fn redeclare(&self, results: &[Tried]) -> Result<(), RelayError> {
        let missing = results.iter().filter(|tried| self.declare && tried.outcome == Outcome::Unroutable);
        let windows: BTreeSet<_> = missing.filter_map(|tried| tried.delay_ms).map(message::window).collect();
        for window in windows {
            warn!(queue = self.names.response_window(window), "a delay queue is missing, declaring it");
            topology::declare_window(self.connection, self.names, window).await?;
        }
        Ok(())
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
}
