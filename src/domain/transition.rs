//! What an event does to a lead.
//!
//! Every handler does the same three steps: end what had ended before the event's own time, note the fact, and settle
//! the rows that it concerns. What then counts as accepted, ignored or missed is the business of `Interaction::judge`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::announcement::{DetectedBy, OfferKey};
use super::answer::belongs_to_past_offer;
use super::event::{Closed, Event, Fact, FreelancerId, Moment, Notified, Viewed};
use super::history::{Actor, Cause, Effect, Source};
use super::interaction::{Interaction, Status};
use super::lead::{Lead, deadline};
use super::settlement::Settlement;

/// A timer that comes at most this early is held until the deadline: the clocks of two machines differ by seconds.
pub const EARLY_TIMER_TOLERANCE: Duration = Duration::from_secs(5);

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventOutcome {
    /// It changed something.
    Applied,
    /// It changed nothing.
    Unchanged,
    /// It was known already.
    Duplicate,
    /// It offers a lead to a freelancer without a plan.
    Untracked,
}

/// What became of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerOutcome {
    /// The offer was missed.
    Missed {
        /// The deadline that passed.
        deadline_at: DateTime<Utc>,
    },
    /// The offer has moved on, or its deadline is far away.
    Stale,
    /// The timer came a little early.
    Early {
        /// When to come again.
        deadline_at: DateTime<Utc>,
    },
}

/// Who looks for offers whose deadline has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detector {
    /// How it is called in `lead.missed`.
    pub detected_by: DetectedBy,
    /// How it is called in the history.
    pub source: Source,
    /// On whose behalf.
    pub actor: Actor,
    /// The timer's message id, or the id of the run.
    pub event_id: String,
}

impl Lead {
    /// Applies one event about this lead. `window` is the response window for an offer that begins with it.
    pub fn apply(&mut self, event: &Event, window: Duration, effects: &mut Vec<Effect>) -> EventOutcome {
        let effects_before = effects.len();
        let outcome = match &event.fact {
            Fact::Notified(fact) => self.notified(event, fact, window, effects),
            Fact::Viewed(fact) => self.viewed(event, fact, effects),
            Fact::Responded(fact) => self.responded(event, fact, effects),
            Fact::Closed(fact) => self.closed(event, fact, effects),
            Fact::PlanChanged(_) => EventOutcome::Unchanged,
        };
        // What tells nothing itself may still tell, by its time, that an offer has ended.
        if effects.len() > effects_before { EventOutcome::Applied } else { outcome }
    }

    /// Ends an offer whose deadline has passed at `now`, if it is still open.
    pub fn end_offer(
        &mut self,
        key: &OfferKey,
        detector: &Detector,
        now: DateTime<Utc>,
        effects: &mut Vec<Effect>,
    ) -> TimerOutcome {
        let row = self.interactions.get(&key.freelancer_id);
        let row = row.filter(|row| row.offer == key.offer && row.is_open());
        let Some(deadline_at) = row.and_then(|row| row.deadline_at) else {
            return TimerOutcome::Stale;
        };
        if now < deadline_at {
            let early = (deadline_at - now).to_std().unwrap_or_default();
            let is_held = early <= EARLY_TIMER_TOLERANCE;
            return if is_held { TimerOutcome::Early { deadline_at } } else { TimerOutcome::Stale };
        }
        let cause = Cause {
            actor: detector.actor,
            source: detector.source,
            event_id: detector.event_id.clone(),
            occurred_at: deadline_at,
            traceparent: None,
        };
        let ended_by = Some(detector.detected_by);
        self.settle(key.freelancer_id, &Settlement { ended_by, ..Settlement::of(&cause) }, effects);
        TimerOutcome::Missed { deadline_at }
    }

    fn notified(
        &mut self,
        event: &Event,
        fact: &Notified,
        window: Duration,
        effects: &mut Vec<Effect>,
    ) -> EventOutcome {
        let learned = self.details.fill_in(&fact.lead);
        let (row, is_new) = self.interaction(fact.freelancer_id);
        if row.notified_at.is_none() || is_later_offer(row, &fact.at) {
            self.begin_offer(event, fact, is_new, window, effects);
            return EventOutcome::Applied;
        }
        match row.notified_at {
            _ if learned => EventOutcome::Applied,
            Some(known_at) if known_at == fact.at.at => EventOutcome::Duplicate,
            _ => EventOutcome::Unchanged,
        }
    }

    /// Begins the first offer, or the next one once the last has ended.
    fn begin_offer(
        &mut self,
        event: &Event,
        fact: &Notified,
        is_new: bool,
        window: Duration,
        effects: &mut Vec<Effect>,
    ) {
        let at = fact.at.at;
        self.end_overdue(fact.freelancer_id, &fact.at, event, effects);
        let (row, _) = self.interaction(fact.freelancer_id);
        let previous_status = (!is_new).then_some(row.status);
        if row.notified_at.is_some() {
            row.begin_next_offer(at);
        }
        row.notified_at = Some(at);
        row.deadline_at = Some(deadline(at, window));
        row.traceparent.clone_from(&event.traceparent);
        let cause = Cause::of(event, Source::Notified, Actor::SYSTEM, at);
        effects.push(Effect::Record(row.change(previous_status, None, &cause)));
        self.settle_new_offer(fact.freelancer_id, &cause, effects);
    }

    /// Settles an offer that begins: of a lead that is gone it is missed at once, else its timer is armed.
    ///
    /// What was heard before it may show that its deadline has passed.
    fn settle_new_offer(&mut self, freelancer_id: FreelancerId, cause: &Cause, effects: &mut Vec<Effect>) {
        let gone_at = self.facts_for(freelancer_id).gone_at;
        let (row, _) = self.interaction(freelancer_id);
        let is_late = |at: &DateTime<Utc>| !row.in_time(*at);
        let is_overdue = [gone_at, row.viewed_at].iter().flatten().any(is_late);
        let ended_by = is_overdue.then_some(DetectedBy::Timeout);
        self.settle(freelancer_id, &Settlement { ended_by, ..Settlement::of(cause) }, effects);
        let (row, _) = self.interaction(freelancer_id);
        if let (true, Some(deadline_at)) = (row.is_open(), row.deadline_at) {
            effects.push(Effect::Arm { key: row.key(), deadline_at });
        }
    }

    pub(super) fn viewed(&mut self, event: &Event, fact: &Viewed, effects: &mut Vec<Effect>) -> EventOutcome {
        let at = fact.at.at;
        self.end_overdue(fact.freelancer_id, &fact.at, event, effects);
        let (row, is_new) = self.interaction(fact.freelancer_id);
        if row.viewed_at == Some(at) {
            return EventOutcome::Duplicate;
        }
        if belongs_to_past_offer(row, &fact.at) || !row.note_viewed(at) {
            return EventOutcome::Unchanged;
        }
        let cause = Cause::of(event, Source::Viewed, Actor::freelancer(fact.freelancer_id), at);
        self.settle(fact.freelancer_id, &Settlement { is_new, ..Settlement::of(&cause) }, effects);
        EventOutcome::Applied
    }

    fn closed(&mut self, event: &Event, fact: &Closed, effects: &mut Vec<Effect>) -> EventOutcome {
        let at = fact.at.at;
        let closing_before = self.closing;
        let mut is_news = self.note_closing(&fact.at, fact.outcome);
        if let Some(freelancer_id) = fact.accepted_by {
            is_news |= self.accepted_by_closing(freelancer_id, event, fact, effects);
        }
        if !is_news {
            let is_known = closing_before.is_some_and(|closing| closing.at == at);
            return if is_known { EventOutcome::Duplicate } else { EventOutcome::Unchanged };
        }
        let cause = Cause::of(event, Source::Closed, Actor::CUSTOMER, at);
        self.settle_others(fact.accepted_by, &fact.at, event, &cause, effects);
        EventOutcome::Applied
    }
}

/// Whether a notification begins an offer after the last one. Only its own time can tell.
fn is_later_offer(row: &Interaction, at: &Moment) -> bool {
    let is_after_end = row.offer_end().is_some_and(|end| at.at > end);
    at.is_own() && is_after_end && row.status != Status::Accepted
}
