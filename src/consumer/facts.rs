//! The three stages of the inbox.

use std::pin::pin;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, UnboundedSender};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::retry::{self, Verdict};
use super::{AT_ONCE, ConsumerError, Desk, receive_until};
use crate::broker::{Acker, Delivery, FenceRequest, Inbound, parked};
use crate::contract::{self, Incoming};
use crate::domain::event::Event;
use crate::domain::transition::EventOutcome;
use crate::handler::now;
use crate::telemetry::metrics::{self, Outcome, Queue};
use crate::telemetry::spans::{self, Span};

/// How many parked messages of one batch are logged one by one.
const LOGGED: usize = 10;

/// Messages of the inbox, as received together.
pub(super) struct Batch {
    deliveries: Vec<Delivery>,
    /// The readable ones, with the positions of their deliveries.
    events: Vec<Event>,
    positions: Vec<usize>,
    /// Those to be parked, by position, with the reason.
    refused: Vec<(usize, String)>,
    fences: Vec<FenceRequest>,
}

/// Receives and reads.
pub(super) async fn receive(
    mut inbox: Inbound,
    received: Sender<Batch>,
    shutdown: &CancellationToken,
) -> Result<(), ConsumerError> {
    let mut draining = false;
    while let Some(deliveries) = receive_until(&mut inbox, shutdown, &mut draining).await? {
        if received.send(Batch::read(deliveries, now())).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Hands batches to the handler; what the database refuses joins what could not be read. They leave in the order in which
/// they came.
pub(super) async fn handle(
    desk: &Desk,
    received: Receiver<Batch>,
    handled: UnboundedSender<Batch>,
) -> Result<(), ConsumerError> {
    let received = stream::unfold(received, async |mut received| Some((received.recv().await?, received)));
    let mut in_order = pin!(received.map(|batch| handle_batch(desk, batch)).buffered(AT_ONCE));
    while let Some(batch) = in_order.try_next().await? {
        if handled.send(batch).is_err() {
            break;
        }
    }
    Ok(())
}

async fn handle_batch(desk: &Desk, mut batch: Batch) -> Result<Batch, ConsumerError> {
    let span = spans::process(desk.names.inbox(), batch.messages());
    batch.trace(&span);
    let handled = span.around(async {
        let mut turn = Some(desk.turn.lock().await);
        let handle = async |events: &[Event]| desk.handler.handle_events(events, || drop(turn.take())).await;
        retry::settle(&batch.events, handle).await
    });
    let verdicts = handled.await.inspect_err(|error| span.failed(error.kind()))?;
    if verdicts.iter().any(|(_, result)| result.is_err()) {
        span.failed("refused");
    }
    batch.take(verdicts);
    Ok(batch)
}

/// Parks what cannot be processed, acknowledges the batch and answers the fences in it.
pub(super) async fn settle(
    desk: &Desk,
    acker: Acker,
    mut handled: UnboundedReceiver<Batch>,
) -> Result<(), ConsumerError> {
    while let Some(batch) = handled.recv().await {
        for fence in &batch.fences {
            desk.answerer.answer(fence)?;
        }
        park_all(desk, &batch.refused()).await?;
        if let Some(last) = batch.deliveries.last() {
            acker.ack_through(last.tag).await?;
        }
        metrics::batch_size(Queue::Inbox, batch.deliveries.len());
    }
    Ok(())
}

/// Parks one message. It must be confirmed before its own acknowledgement.
pub(super) async fn park(desk: &Desk, delivery: &Delivery, reason: &str) -> Result<(), ConsumerError> {
    park_all(desk, &[(delivery, reason)]).await
}

/// Parks messages by one call, which waits for the broker once.
async fn park_all(desk: &Desk, refused: &[(&Delivery, &str)]) -> Result<(), ConsumerError> {
    if refused.is_empty() {
        return Ok(());
    }
    parked::park(&desk.publisher, &desk.names, refused, now()).await?;
    for (delivery, _) in refused {
        metrics::events(&delivery.event_routing_key(), Outcome::Parked, 1);
    }
    for (delivery, reason) in refused.iter().take(LOGGED) {
        let routing_key = delivery.event_routing_key();
        warn!(routing_key = &*routing_key, reason, "parked a message that cannot be processed");
    }
    if refused.len() > LOGGED {
        warn!(messages = refused.len() - LOGGED, "parked further messages of the same batch that cannot be processed");
    }
    Ok(())
}

impl Batch {
    fn read(deliveries: Vec<Delivery>, received: DateTime<Utc>) -> Self {
        let mut batch = Self {
            deliveries: Vec::new(),
            events: Vec::new(),
            positions: Vec::new(),
            refused: Vec::new(),
            fences: Vec::new(),
        };
        for (position, delivery) in deliveries.iter().enumerate() {
            if let Some(fence) = delivery.fence() {
                batch.fences.push(fence);
                continue;
            }
            match read(delivery, received) {
                Ok(event) => {
                    batch.events.push(event);
                    batch.positions.push(position);
                }
                Err(refusal) => batch.refused.push((position, refusal.to_string())),
            }
        }
        batch.deliveries = deliveries;
        batch
    }

    /// The readable ones, for their span.
    fn messages(&self) -> impl Iterator<Item = spans::Message<'_>> {
        self.events.iter().zip(&self.positions).map(|(event, position)| spans::Message {
            exchange: &self.deliveries[*position].exchange,
            routing_key: contract::routing_key::of(&event.fact).into(),
            id: &event.id,
            lead_id: event.fact.lead_id().map(|id| id.to_string().into()),
            traceparent: event.traceparent.as_deref().map(Into::into),
        })
    }

    /// What follows from an event that came without a trace belongs to that of the batch.
    fn trace(&mut self, span: &Span) {
        if let Some(traceparent) = span.traceparent() {
            let untraced = self.events.iter_mut().filter(|event| event.traceparent.is_none());
            untraced.for_each(|event| event.traceparent = Some(traceparent.clone()));
        }
    }

    fn refused(&self) -> Vec<(&Delivery, &str)> {
        let refused = self.refused.iter();
        refused.filter_map(|(position, reason)| Some((self.deliveries.get(*position)?, reason.as_str()))).collect()
    }

    /// Counts what became of the events, and marks for parking what the database refuses.
    fn take(&mut self, verdicts: Vec<Verdict<Vec<EventOutcome>>>) {
        for (range, result) in verdicts {
            match result {
                Ok(outcomes) => {
                    for (event, outcome) in self.events[range].iter().zip(outcomes) {
                        metrics::events(contract::routing_key::of(&event.fact), outcome.into(), 1);
                    }
                }
                Err(error) => {
                    let reason = retry::reason(&error);
                    self.refused.extend(range.map(|event| (self.positions[event], reason.clone())));
                }
            }
        }
    }
}

fn read(delivery: &Delivery, received: DateTime<Utc>) -> Result<Event, contract::Refusal> {
    let headers: Vec<_> = delivery.headers().collect();
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
    contract::parse(&Incoming {
        routing_key: &delivery.event_routing_key(),
        content_type: delivery.properties.content_type.as_deref(),
        message_id: delivery.properties.message_id.as_deref(),
        timestamp: delivery.properties.timestamp,
        headers: &headers,
        body: &delivery.body,
        received,
    })
}

impl From<EventOutcome> for Outcome {
    fn from(outcome: EventOutcome) -> Self {
        match outcome {
            EventOutcome::Applied => Self::Applied,
            EventOutcome::Unchanged => Self::Unchanged,
            EventOutcome::Duplicate => Self::Duplicate,
            EventOutcome::Untracked => Self::Untracked,
        }
    }
}
