//! Bringing rows up to date with the facts, and saying what is to be done about it.

use chrono::{DateTime, Utc};

use super::announcement::DetectedBy;
use super::event::{Event, FreelancerId, Moment, Origin};
use super::history::{Actor, Cause, Change, Effect, Source, Trace};
use super::interaction::{Interaction, Status};
use super::lead::Lead;

/// One settling of one row.
pub(super) struct Settlement<'a> {
    pub(super) cause: &'a Cause,
    /// Who found that the deadline has passed, if that is what happened.
    pub(super) ended_by: Option<DetectedBy>,
    /// Whether the row was made for this event.
    pub(super) is_new: bool,
    /// Whether the event is kept in the history even if it changes no status.
    pub(super) is_noted: bool,
    /// What the freelancer said with it.
    pub(super) notes: Option<&'a str>,
}

impl<'a> Settlement<'a> {
    pub(super) fn of(cause: &'a Cause) -> Self {
        Self { cause, ended_by: None, is_new: false, is_noted: false, notes: None }
    }
}

impl Lead {
    /// Settles everybody but `except` after the lead was gone at `moment`.
    pub(super) fn settle_others(
        &mut self,
        except: Option<FreelancerId>,
        moment: &Moment,
        event: &Event,
        cause: &Cause,
        effects: &mut Vec<Effect>,
    ) {
        let ids: Vec<_> = self.interactions.keys().copied().filter(|id| Some(*id) != except).collect();
        for freelancer_id in ids {
            self.end_overdue(freelancer_id, moment, event, effects);
            self.settle(freelancer_id, &Settlement::of(cause), effects);
        }
    }

    /// Ends an open offer, as its timer would, before an event whose own time lies after the deadline.
    ///
    /// A time of receipt proves nothing: an answer that was given in time may still be on its way.
    pub(super) fn end_overdue(
        &mut self,
        freelancer_id: FreelancerId,
        moment: &Moment,
        event: &Event,
        effects: &mut Vec<Effect>,
    ) {
        let row = self.interactions.get(&freelancer_id).filter(|row| row.is_open());
        let deadline_at = row.and_then(|row| row.deadline_at).filter(|deadline_at| moment.at > *deadline_at);
        if let (true, Some(deadline_at)) = (moment.is_own(), deadline_at) {
            let cause = Cause::of(event, Source::Timer, Actor::SYSTEM, deadline_at);
            let ended_by = Some(DetectedBy::Timeout);
            self.settle(freelancer_id, &Settlement { ended_by, ..Settlement::of(&cause) }, effects);
        }
    }

    /// Brings a row up to date with the facts, and says what is to be done about it.
    pub(super) fn settle(
        &mut self,
        freelancer_id: FreelancerId,
        settlement: &Settlement<'_>,
        effects: &mut Vec<Effect>,
    ) {
        let facts = self.facts_for(freelancer_id);
        let Some(row) = self.interactions.get_mut(&freelancer_id) else {
            return;
        };
        let verdict = row.judge(facts, settlement.ended_by);
        let before = (row.status, row.missed_reason);
        let was_late = row.late;
        row.adopt(&verdict);
        let is_changed = (row.status, row.missed_reason) != before || row.late != was_late;
        if let (true, Some(notes)) = (is_changed, settlement.notes) {
            row.notes = Some(notes.to_owned());
        }
        if is_changed || settlement.is_noted {
            let previous_status = (!settlement.is_new).then_some(before.0);
            effects.push(Effect::Record(row.change(previous_status, settlement.notes, settlement.cause)));
        }
        if let Some(missed) = row.announcement(&verdict) {
            effects.push(Effect::Announce { missed, trace: row.trace(settlement.cause) });
        } else if let Some(retraction) = row.retraction(&verdict) {
            effects.push(Effect::Retract { retraction, trace: row.trace(settlement.cause) });
        }
    }
}

impl Cause {
    /// That `event` told of something that happened at `occurred_at`.
    pub(super) fn of(event: &Event, source: Source, actor: Actor, occurred_at: DateTime<Utc>) -> Self {
        let source = match (event.origin, source) {
            (Origin::Api, Source::Viewed | Source::Responded) => Source::Api,
            _ => source,
        };
        Self { actor, source, event_id: event.id.clone(), occurred_at, traceparent: event.traceparent.clone() }
    }
}

impl Interaction {
    /// The traces of a message about the current offer.
    fn trace(&self, cause: &Cause) -> Trace {
        Trace { cause: cause.traceparent.clone(), offer: self.traceparent.clone() }
    }

    /// The entry of the history for the state that the row has now.
    pub(super) fn change(&self, previous_status: Option<Status>, notes: Option<&str>, cause: &Cause) -> Change {
        Change {
            key: self.key(),
            status: self.status,
            previous_status,
            reason: self.missed_reason,
            notes: notes.map(str::to_owned),
            cause: cause.clone(),
        }
    }
}
