//! Messages of the inbox, as received together.

use chrono::{DateTime, Utc};

use super::BATCH;
use super::retry::{self, Verdict};
use crate::broker::{Delivery, FenceRequest};
use crate::contract::{self, Incoming};
use crate::domain::event::{Event, LeadId};
use crate::domain::transition::EventOutcome;
use crate::telemetry::metrics::{self, Outcome};
use crate::telemetry::spans::{self, Span};

/// So many events in a batch mean that more are coming: its last ones may be left to the next batch.
const LARGE: usize = BATCH / 4;

/// Messages, and what was read of them.
pub(super) struct Batch {
    pub(super) deliveries: Vec<Delivery>,
    /// The readable ones, with the positions of their deliveries.
    pub(super) events: Vec<Event>,
    positions: Vec<usize>,
    /// Those to be parked, by position, with the reason.
    refused: Vec<(usize, String)>,
    /// With their positions, too.
    pub(super) fences: Vec<(usize, FenceRequest)>,
}

impl Batch {
    pub(super) fn read(deliveries: Vec<Delivery>, received: DateTime<Utc>) -> Self {
        let mut batch = Self {
            deliveries: Vec::new(),
            events: Vec::new(),
            positions: Vec::new(),
            refused: Vec::new(),
            fences: Vec::new(),
        };
        for (position, delivery) in deliveries.iter().enumerate() {
            if let Some(fence) = delivery.fence() {
                batch.fences.push((position, fence));
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

    /// Takes the events at the end that are about one lead out of a large batch, with all that lies behind the first of
    /// them, for the next one to begin with.
    ///
    /// A lead's offers come together. A batch that begins with the lead on which the one before ended has to wait for its
    /// commit, and under load every batch would; so the two write side by side.
    pub(super) fn split_off_last_lead(&mut self) -> Vec<Delivery> {
        let leads: Vec<_> = self.events.iter().map(|event| event.fact.lead_id()).collect();
        let kept = before_last_lead(&leads);
        if kept < LARGE || kept == leads.len() {
            return Vec::new();
        }
        let from = self.positions[kept];
        self.events.truncate(kept);
        self.positions.truncate(kept);
        self.refused.retain(|(position, _)| *position < from);
        self.fences.retain(|(position, _)| *position < from);
        self.deliveries.split_off(from)
    }

    /// The readable ones, for their span.
    pub(super) fn messages(&self) -> impl Iterator<Item = spans::Message<'_>> {
        self.events.iter().zip(&self.positions).map(|(event, position)| spans::Message {
            exchange: &self.deliveries[*position].exchange,
            routing_key: contract::routing_key::of(&event.fact).into(),
            id: &event.id,
            lead_id: event.fact.lead_id().map(|id| id.to_string().into()),
            traceparent: event.traceparent.as_deref().map(Into::into),
        })
    }

    /// What follows from an event that came without a trace belongs to that of the batch.
    pub(super) fn trace(&mut self, span: &Span) {
        if let Some(traceparent) = span.traceparent() {
            let untraced = self.events.iter_mut().filter(|event| event.traceparent.is_none());
            untraced.for_each(|event| event.traceparent = Some(traceparent.clone()));
        }
    }

    pub(super) fn refused(&self) -> Vec<(&Delivery, &str)> {
        let refused = self.refused.iter();
        refused.filter_map(|(position, reason)| Some((self.deliveries.get(*position)?, reason.as_str()))).collect()
    }

    /// Counts what became of the events, and marks for parking what the database refuses.
    pub(super) fn note(&mut self, verdicts: Vec<Verdict<Vec<EventOutcome>>>) {
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

/// How many events there are before those at the end that are about one lead; all of them where the last is about none.
fn before_last_lead(leads: &[Option<LeadId>]) -> usize {
    let last = leads.last().copied().flatten();
    leads.len() - leads.iter().rev().take_while(|lead| last.is_some() && **lead == last).count()
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_last_lead_is_that_of_the_last_event() {
        let [a, b] = [1, 2].map(|number| Some(Uuid::from_u128(number)));
        for (leads, kept) in [
            (vec![], 0),
            (vec![a, a], 0),
            (vec![a, a, b], 2),
            (vec![b, a, b, b], 2),
            (vec![a, b, None], 3),
            (vec![a, None, b, b], 2),
        ] {
            assert_eq!(before_last_lead(&leads), kept, "{leads:?}");
        }
    }
}
