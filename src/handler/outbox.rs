//! The messages that follow from effects.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Leads;
use crate::contract;
use crate::domain::announcement::OfferKey;
use crate::domain::event::{FreelancerId, LeadDetails};
use crate::domain::history::{Effect, Trace};
use crate::domain::plan::Freelancer;
use crate::store::{Kind, OutboxMessage};
use crate::telemetry::spans;

/// A timer that the delay queue would bring back later than this after its deadline goes around it.
const LATE: TimeDelta = TimeDelta::milliseconds(500);
/// Timers that go around the delay queue share a message where their deadlines are this close, in milliseconds.
const SLOT: i64 = 100;

/// The messages of a transaction at `now`, in the order of the effects, the timers in as few as possible behind them.
pub(super) fn messages(
    effects: &[Effect],
    leads: &Leads,
    users: &BTreeMap<FreelancerId, Freelancer>,
    window: Duration,
    now: DateTime<Utc>,
) -> Vec<OutboxMessage> {
    let mut messages = Vec::new();
    let mut timers = Timers::new(window, now);
    for effect in effects {
        match effect {
            Effect::Announce { missed, trace } => {
                let user = users.get(&missed.key.freelancer_id).and_then(|user| user.user_id.as_deref());
                let unknown = LeadDetails::default();
                let lead = leads.get(&missed.key.lead_id).map_or(&unknown, |lead| &lead.details);
                let message = contract::missed(missed, user, lead, now, trace.traceparent());
                messages.push(outgoing(Kind::Missed, message, trace, None));
            }
            Effect::Retract { retraction, trace } => {
                let message = contract::retracted(retraction, now, trace.traceparent());
                let follows = retraction.key.missed_event_id().to_string();
                messages.push(outgoing(Kind::Retracted, message, trace, Some(follows)));
            }
            Effect::Respond { event_id, responded, trace } => {
                let message = contract::responded(event_id, responded, trace.traceparent());
                messages.push(outgoing(Kind::Responded, message, trace, None));
            }
            Effect::Arm { key, deadline_at } => timers.add(*key, *deadline_at),
            Effect::Record(_) => {}
        }
    }
    messages.extend(timers.messages());
    messages
}

fn outgoing(kind: Kind, message: contract::Message, trace: &Trace, follows: Option<String>) -> OutboxMessage {
    let traceparent = spans::create(kind.as_str(), &message.id, message.lead_id, trace);
    OutboxMessage {
        kind,
        delay_ms: None,
        message_id: message.id,
        follows,
        lead_id: Some(message.lead_id),
        traceparent: Some(traceparent.unwrap_or(message.traceparent)),
        occurred_at: message.time,
        due_at: None,
        body: message.body,
    }
}

/// The timers of one transaction, one message for all that the delay queue brings back in time.
struct Timers {
    window: Duration,
    now: DateTime<Utc>,
    delayed: Vec<OfferKey>,
    /// Those of offers that were recorded late or whose timer came early, by the time at which they are to be sent
    /// straight to the dead-letter queue.
    direct: BTreeMap<i64, Vec<OfferKey>>,
}

impl Timers {
    fn new(window: Duration, now: DateTime<Utc>) -> Self {
        Self { window, now, delayed: Vec::new(), direct: BTreeMap::new() }
    }

    fn add(&mut self, key: OfferKey, deadline_at: DateTime<Utc>) {
        let back_at = TimeDelta::from_std(self.window).ok().and_then(|window| self.now.checked_add_signed(window));
        if back_at.is_some_and(|back_at| back_at - deadline_at <= LATE && deadline_at - back_at <= LATE) {
            self.delayed.push(key);
        } else {
            let slot = deadline_at.max(self.now).timestamp_millis().div_euclid(SLOT) + 1;
            self.direct.entry(slot).or_default().push(key);
        }
    }

    fn messages(self) -> impl Iterator<Item = OutboxMessage> {
        let now = self.now;
        let delay_ms = i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX);
        let delayed = (!self.delayed.is_empty()).then(|| timer(&self.delayed, Some(delay_ms), None, now));
        let direct = self.direct.into_iter().map(move |(slot, keys)| {
            let due_at = DateTime::from_timestamp_millis(slot.saturating_mul(SLOT)).filter(|due_at| *due_at > now);
            timer(&keys, None, due_at, now)
        });
        delayed.into_iter().chain(direct.collect::<Vec<_>>())
    }
}

fn timer(keys: &[OfferKey], delay_ms: Option<i64>, due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> OutboxMessage {
    OutboxMessage {
        kind: Kind::Timer,
        delay_ms,
        message_id: Uuid::now_v7().to_string(),
        follows: None,
        lead_id: None,
        // By which the timer, when it comes back, finds the batch that it is from.
        traceparent: spans::current_traceparent(),
        occurred_at: now,
        due_at,
        body: contract::timer_body(keys),
    }
}
