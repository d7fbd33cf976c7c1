//! The three stages of the inbox.

use std::pin::pin;

use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, UnboundedSender};
use tokio_util::sync::CancellationToken;

use super::batch::Batch;
use super::parking::park;
use super::{AT_ONCE, ConsumerError, Desk, receive_until, retry};
use crate::broker::{Acker, Inbound};
use crate::domain::event::Event;
use crate::handler::now;
use crate::telemetry::metrics::{self, Queue};
use crate::telemetry::spans;

/// Receives and reads.
pub(super) async fn receive(
    mut inbox: Inbound,
    received: Sender<Batch>,
    shutdown: &CancellationToken,
) -> Result<(), ConsumerError> {
    let mut draining = false;
    while let Some(deliveries) = receive_until(&mut inbox, shutdown, &mut draining).await? {
        let mut batch = Batch::read(deliveries, now());
        inbox.put_back(batch.split_off_last_lead());
        if received.send(batch).await.is_err() {
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
        retry::by_halves(&batch.events, handle).await
    });
    let verdicts = handled.await.inspect_err(|error| span.failed(error.kind()))?;
    if verdicts.iter().any(|(_, result)| result.is_err()) {
        span.failed("refused");
    }
    batch.note(verdicts);
    Ok(batch)
}

/// Parks what cannot be processed, acknowledges the batch and answers the fences in it.
pub(super) async fn settle(
    desk: &Desk,
    acker: Acker,
    mut handled: UnboundedReceiver<Batch>,
) -> Result<(), ConsumerError> {
    while let Some(batch) = handled.recv().await {
        for (_, fence) in &batch.fences {
            desk.answerer.answer(fence)?;
        }
        park(desk, &batch.refused()).await?;
        if let Some(last) = batch.deliveries.last() {
            acker.ack_through(last.tag).await?;
        }
        metrics::batch_size(Queue::Inbox, batch.deliveries.len());
    }
    Ok(())
}
