//! Repeats what may work later, and finds the one message that never will.

use std::error::Error as _;
use std::ops::Range;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{error, warn};

use super::ConsumerError;
use crate::backoff::Backoff;
use crate::store::{Class, Error};

/// How long messages are held while PostgreSQL is away. RabbitMQ closes the channel of a consumer that holds one for half
/// an hour (`consumer_timeout`).
const HOLD: Duration = Duration::from_secs(5 * 60);

/// What became of a part of a batch.
pub(super) type Verdict<T> = (Range<usize>, Result<T, Error>);

/// Handles `items` in one transaction where it can be: a batch that PostgreSQL refuses for its content is halved until the
/// culprit is alone, while the others are committed.
///
/// The parts are handled in order, so that no item overtakes another.
pub(super) async fn by_halves<T, R>(
    items: &[T],
    mut handle: impl AsyncFnMut(&[T]) -> Result<R, Error>,
) -> Result<Vec<Verdict<R>>, ConsumerError> {
    let mut verdicts = Vec::new();
    let mut parts: Vec<_> = std::iter::once(0..items.len()).collect();
    while let Some(part) = parts.pop() {
        if part.is_empty() {
            continue;
        }
        match patiently(&items[part.clone()], &mut handle).await? {
            Err(_) if part.len() > 1 => {
                let middle = part.start + part.len() / 2;
                parts.extend([middle..part.end, part.start..middle]);
            }
            result => verdicts.push((part, result)),
        }
    }
    Ok(verdicts)
}

/// Repeats what fails for the moment, for as long as messages may be held.
async fn patiently<T, R>(
    items: &[T],
    handle: &mut impl AsyncFnMut(&[T]) -> Result<R, Error>,
) -> Result<Result<R, Error>, ConsumerError> {
    let began = Instant::now();
    let mut backoff = Backoff::new();
    loop {
        match handle(items).await {
            Err(error) if error.class() == Class::Transient => {
                if began.elapsed() > HOLD {
                    return Err(ConsumerError::Outage(HOLD, error));
                }
                warn!(
                    error = &error as &dyn std::error::Error,
                    messages = items.len(),
                    "PostgreSQL did not take a batch, trying again"
                );
                backoff.wait().await;
            }
            Err(error) => {
                error!(error = &error as &dyn std::error::Error, messages = items.len(), "PostgreSQL refuses a batch");
                return Ok(Err(error));
            }
            Ok(value) => return Ok(Ok(value)),
        }
    }
}

/// An error and what caused it, for the header of a parked message. PostgreSQL's DETAIL, which may repeat a row, is no part.
pub(super) fn reason(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
