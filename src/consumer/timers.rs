//! Timers: messages to the service itself that come back when a response window has passed.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::parking::park;
use super::{AT_ONCE, BATCH, ConsumerError, Desk, receive_until, retry};
use crate::broker::{Acker, Delivery, Fence, FenceOutcome, Inbound};
use crate::contract;
use crate::domain::announcement::DetectedBy;
use crate::domain::history::{Actor, Source};
use crate::domain::transition::Detector;
use crate::handler::Deadline;
use crate::telemetry::metrics::{self, Queue};
use crate::telemetry::spans;

/// How long timers wait for what was in the inbox: enough for millions of messages, and far from the half hour after which
/// RabbitMQ takes them away.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Timers that came back together.
pub(super) struct Batch {
    deliveries: Vec<Delivery>,
    deadlines: Vec<Deadline>,
}

/// Receives timers, and lets each batch wait for what was in the inbox when it came.
pub(super) async fn receive(
    desk: &Desk,
    mut expired: Inbound,
    mut fence: Fence,
    due: Sender<Batch>,
    shutdown: &CancellationToken,
) -> Result<(), ConsumerError> {
    let mut draining = false;
    while let Some(deliveries) = receive_until(&mut expired, shutdown, &mut draining).await? {
        // Once draining, nobody meets the fence any more: the timers go back to where another process finds them.
        if draining {
            break;
        }
        let batch = Batch::read(desk, deliveries).await?;
        tokio::select! {
            outcome = wait(&mut fence) => outcome?,
            () = shutdown.cancelled() => break,
        }
        if due.send(batch).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Ends the offers whose deadlines have passed, and acknowledges their timers.
pub(super) async fn handle(desk: &Desk, acker: Acker, mut due: Receiver<Batch>) -> Result<(), ConsumerError> {
    while let Some(batch) = due.recv().await {
        let span = spans::resume(desk.names.expired(), batch.messages());
        let chunks = stream::iter(batch.deadlines.chunks(BATCH)).map(|deadlines| handle_chunk(desk, deadlines));
        let handled = span.around(chunks.buffered(AT_ONCE).try_for_each(async |()| Ok(())));
        handled.await.inspect_err(|error| span.failed(error.kind()))?;
        drop(span);
        if let Some(last) = batch.deliveries.last() {
            acker.ack_through(last.tag).await?;
        }
        metrics::batch_size(Queue::Expired, batch.deliveries.len());
    }
    Ok(())
}

async fn handle_chunk(desk: &Desk, deadlines: &[Deadline]) -> Result<(), ConsumerError> {
    let mut turn = Some(desk.turn.lock().await);
    let handle = async |deadlines: &[Deadline]| desk.handler.handle_deadlines(deadlines, || drop(turn.take())).await;
    // A deadline that PostgreSQL refuses is logged there, and stays for the sweep.
    retry::by_halves(deadlines, handle).await?;
    Ok(())
}

async fn wait(fence: &mut Fence) -> Result<(), ConsumerError> {
    let began = Instant::now();
    let outcome = fence.wait(PATIENCE).await?;
    metrics::fence_wait(began.elapsed());
    if outcome == FenceOutcome::TimedOut {
        metrics::fence_timeout();
        warn!(seconds = PATIENCE.as_secs(), "timers went ahead of messages that wait in the inbox");
    }
    Ok(())
}

impl Batch {
    /// Reads timers; what is none is parked at once.
    async fn read(desk: &Desk, deliveries: Vec<Delivery>) -> Result<Self, ConsumerError> {
        let mut deadlines = Vec::new();
        for delivery in &deliveries {
            match contract::parse_timer(&delivery.body) {
                Ok(keys) => {
                    let detector = detector(delivery);
                    deadlines.extend(keys.into_iter().map(|key| Deadline { key, detector: detector.clone() }));
                }
                Err(refusal) => park(desk, &[(delivery, &refusal.to_string())]).await?,
            }
        }
        Ok(Self { deliveries, deadlines })
    }

    /// The timers, for their span.
    fn messages(&self) -> impl Iterator<Item = spans::Message<'_>> {
        self.deliveries.iter().map(|delivery| spans::Message {
            exchange: &delivery.exchange,
            routing_key: delivery.routing_key.as_str().into(),
            id: delivery.properties.message_id.as_deref().unwrap_or_default(),
            lead_id: None,
            traceparent: delivery.header("traceparent"),
        })
    }
}

fn detector(delivery: &Delivery) -> Detector {
    Detector {
        detected_by: DetectedBy::Timeout,
        source: Source::Timer,
        actor: Actor::SYSTEM,
        event_id: delivery.properties.message_id.clone().unwrap_or_default(),
    }
}
