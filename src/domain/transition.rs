//! What an event does to a lead.
//!
//! Every handler does the same three steps: end what had ended before the event's own time, note the fact, and settle
//! the rows that it concerns. What then counts as accepted, ignored or missed is the business of
//! [`Interaction::judge`](super::interaction::Interaction).

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::announcement::{DetectedBy, Missed, OfferKey, Retraction};
use super::event::{Closed, Event, Fact, FreelancerId, Moment, Notified, Responded, Response, Viewed};
use super::history::{Actor, Cause, Change, Effect, Source};
use super::interaction::{Interaction, Mark, Status};
use super::lead::{Claim, Lead, deadline};

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

/// One settling of one row.
struct Settlement<'a> {
    cause: &'a Cause,
    /// Who found that the deadline has passed, if that is what happened.
    ended_by: Option<DetectedBy>,
    /// Whether the row was made for this event.
    is_new: bool,
    /// Whether the event is kept in the history even if it changes no status.
    is_noted: bool,
    /// What the freelancer said with it.
    notes: Option<&'a str>,
}

impl<'a> Settlement<'a> {
    fn of(cause: &'a Cause) -> Self {
        Self { cause, ended_by: None, is_new: false, is_noted: false, notes: None }
    }
}

impl Lead {
    /// Applies one event about this lead. `window` is the response window for an offer that begins with it.
    pub fn apply(&mut self, event: &Event, window: Duration, effects: &mut Vec<Effect>) -> EventOutcome {
        match &event.fact {
            Fact::Notified(fact) => self.notified(event, fact, window, effects),
            Fact::Viewed(fact) => self.viewed(event, fact, effects),
            Fact::Responded(fact) => self.responded(event, fact, effects),
            Fact::Closed(fact) => self.closed(event, fact, effects),
            Fact::PlanChanged(_) => EventOutcome::Unchanged,
        }
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
        let at = fact.at.at;
        let claimed_at = self.claim.filter(|claim| claim.freelancer_id == fact.freelancer_id).map(|claim| claim.at);
        let (row, is_new) = self.interaction(fact.freelancer_id);
        let is_later_offer = is_later_offer(row, &fact.at);
        match row.notified_at {
            Some(_) if is_later_offer => {}
            Some(_) if learned => return EventOutcome::Applied,
            Some(known_at) if known_at == at => return EventOutcome::Duplicate,
            Some(_) => return EventOutcome::Unchanged,
            None => {}
        }
        if is_later_offer {
            self.end_overdue(fact.freelancer_id, &fact.at, event, effects);
        }
        let (row, _) = self.interaction(fact.freelancer_id);
        let previous_status = (!is_new).then_some(row.status);
        if is_later_offer {
            row.begin_next_offer();
        } else if let Some(claimed_at) = claimed_at {
            row.note_accepted(claimed_at);
        }
        row.notified_at = Some(at);
        row.deadline_at = Some(deadline(at, window));
        row.traceparent.clone_from(&event.traceparent);
        let cause = cause(event, Source::Notified, Actor::SYSTEM, at);
        effects.push(Effect::Record(change(row, previous_status, None, &cause)));
        self.settle_new_offer(fact.freelancer_id, &cause, effects);
        EventOutcome::Applied
    }

    /// Settles an offer that begins: of a lead that is gone it is missed at once, else its timer is armed.
    fn settle_new_offer(&mut self, freelancer_id: FreelancerId, cause: &Cause, effects: &mut Vec<Effect>) {
        let gone_at = self.facts_for(freelancer_id).gone_at;
        let (row, _) = self.interaction(freelancer_id);
        let gone_late = gone_at.is_some_and(|gone_at| !row.in_time(gone_at));
        let ended_by = gone_late.then_some(DetectedBy::Timeout);
        self.settle(freelancer_id, &Settlement { ended_by, ..Settlement::of(cause) }, effects);
        let (row, _) = self.interaction(freelancer_id);
        if let (true, Some(deadline_at)) = (row.is_open(), row.deadline_at) {
            effects.push(Effect::Arm { key: row.key(), deadline_at });
        }
    }

    fn viewed(&mut self, event: &Event, fact: &Viewed, effects: &mut Vec<Effect>) -> EventOutcome {
        let at = fact.at.at;
        self.end_overdue(fact.freelancer_id, &fact.at, event, effects);
        let (row, is_new) = self.interaction(fact.freelancer_id);
        if row.viewed_at == Some(at) {
            return EventOutcome::Duplicate;
        }
        if belongs_to_past_offer(row, &fact.at) || !row.note_viewed(at) {
            return EventOutcome::Unchanged;
        }
        let cause = cause(event, Source::Viewed, Actor::freelancer(fact.freelancer_id), at);
        self.settle(fact.freelancer_id, &Settlement { is_new, ..Settlement::of(&cause) }, effects);
        EventOutcome::Applied
    }

    fn responded(&mut self, event: &Event, fact: &Responded, effects: &mut Vec<Effect>) -> EventOutcome {
        let freelancer_id = fact.freelancer_id;
        let (row, is_new) = self.interaction(freelancer_id);
        let is_past = belongs_to_past_offer(row, &fact.at);
        let at = answered_at(row, &fact.at);
        let cause = cause(event, Source::Responded, Actor::freelancer(freelancer_id), at);
        if is_past && fact.response != Response::Accepted {
            return self.save_past_offer(fact, &cause, effects);
        }
        self.end_overdue(freelancer_id, &fact.at, event, effects);
        let (row, _) = self.interaction(freelancer_id);
        let known_at = row.answer_at(fact.response);
        if !row.note_answer(fact.response, at) {
            return if known_at == Some(at) { EventOutcome::Duplicate } else { EventOutcome::Unchanged };
        }
        let is_accepted = fact.response == Response::Accepted;
        let is_claim = is_accepted && self.note_claim(Claim { at, freelancer_id });
        let notes = fact.notes.as_deref();
        let settlement = Settlement { is_new, is_noted: true, notes, ..Settlement::of(&cause) };
        self.settle(freelancer_id, &settlement, effects);
        if is_past {
            self.save_past_offer(fact, &cause, effects);
        }
        if is_claim {
            self.settle_others(Some(freelancer_id), &fact.at, event, &cause, effects);
        }
        EventOutcome::Applied
    }

    fn closed(&mut self, event: &Event, fact: &Closed, effects: &mut Vec<Effect>) -> EventOutcome {
        let at = fact.at.at;
        let closing_before = self.closing;
        let mut is_news = self.note_closing(at, fact.outcome);
        if let Some(freelancer_id) = fact.accepted_by {
            is_news |= self.accepted_by_closing(freelancer_id, event, fact, effects);
        }
        if !is_news {
            let is_known = closing_before.is_some_and(|closing| closing.at == at);
            return if is_known { EventOutcome::Duplicate } else { EventOutcome::Unchanged };
        }
        let cause = cause(event, Source::Closed, Actor::CUSTOMER, at);
        self.settle_others(fact.accepted_by, &fact.at, event, &cause, effects);
        EventOutcome::Applied
    }

    /// Counts a closing as the acceptance of the freelancer whom it names.
    fn accepted_by_closing(
        &mut self,
        freelancer_id: FreelancerId,
        event: &Event,
        fact: &Closed,
        effects: &mut Vec<Effect>,
    ) -> bool {
        self.end_overdue(freelancer_id, &fact.at, event, effects);
        let row = self.interactions.get_mut(&freelancer_id);
        let at = row.as_ref().map_or(fact.at.at, |row| answered_at(row, &fact.at));
        let is_noted = row.is_some_and(|row| row.note_accepted(at));
        let is_claim = self.note_claim(Claim { at, freelancer_id });
        let cause = cause(event, Source::Closed, Actor::freelancer(freelancer_id), at);
        self.settle(freelancer_id, &Settlement { is_noted, ..Settlement::of(&cause) }, effects);
        is_noted || is_claim
    }

    /// Settles everybody but `except` after the lead was gone at `moment`.
    fn settle_others(
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
    fn end_overdue(&mut self, freelancer_id: FreelancerId, moment: &Moment, event: &Event, effects: &mut Vec<Effect>) {
        let row = self.interactions.get(&freelancer_id).filter(|row| row.is_open());
        let deadline_at = row.and_then(|row| row.deadline_at).filter(|deadline_at| moment.at > *deadline_at);
        if let (true, Some(deadline_at)) = (moment.is_own(), deadline_at) {
            let cause = cause(event, Source::Timer, Actor::SYSTEM, deadline_at);
            let ended_by = Some(DetectedBy::Timeout);
            self.settle(freelancer_id, &Settlement { ended_by, ..Settlement::of(&cause) }, effects);
        }
    }

    /// Takes back the announcement of an earlier offer that turns out to have been answered in time.
    fn save_past_offer(&mut self, fact: &Responded, cause: &Cause, effects: &mut Vec<Effect>) -> EventOutcome {
        let wins = self.facts_for(fact.freelancer_id).wins;
        let (row, _) = self.interaction(fact.freelancer_id);
        let (lead_id, freelancer_id, at) = (row.lead_id, row.freelancer_id, fact.at.at);
        let status = match fact.response {
            Response::Accepted if wins => Status::Accepted,
            Response::Ignored => Status::Ignored,
            Response::Accepted | Response::Missed(_) => return EventOutcome::Unchanged,
        };
        let past = row.past.iter_mut().rev().find(|past| past.notified_at <= at);
        let Some(past) = past.filter(|past| at <= past.deadline_at && !past.retracted) else {
            return EventOutcome::Unchanged;
        };
        past.retracted = true;
        let key = OfferKey { lead_id, freelancer_id, offer: past.offer };
        effects.push(Effect::Record(Change {
            key,
            status,
            previous_status: Some(Status::Missed),
            reason: None,
            notes: fact.notes.clone(),
            cause: cause.clone(),
        }));
        let retraction = Retraction { key, response: fact.response, responded_at: at };
        effects.push(Effect::Retract { retraction, traceparent: cause.traceparent.clone() });
        EventOutcome::Applied
    }

    /// Brings a row up to date with the facts, and says what is to be done about it.
    fn settle(&mut self, freelancer_id: FreelancerId, settlement: &Settlement<'_>, effects: &mut Vec<Effect>) {
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
        if is_changed || settlement.is_noted || settlement.is_new {
            let previous_status = (!settlement.is_new).then_some(before.0);
            effects.push(Effect::Record(change(row, previous_status, settlement.notes, settlement.cause)));
        }
        let traceparent = settlement.cause.traceparent.clone().or_else(|| row.traceparent.clone());
        if let Some(missed) = row.announcement(&verdict) {
            effects.push(Effect::Announce { missed, traceparent });
        } else if let Some(retraction) = row.retraction(&verdict) {
            effects.push(Effect::Retract { retraction, traceparent });
        }
    }
}

/// Whether a notification begins an offer after the last one. Only its own time can tell.
fn is_later_offer(row: &Interaction, at: &Moment) -> bool {
    let is_after_end = row.offer_end().is_some_and(|end| at.at > end);
    at.is_own() && is_after_end && row.status != Status::Accepted
}

/// Whether an event with a time of its own happened before the current offer, which is not the first.
fn belongs_to_past_offer(row: &Interaction, at: &Moment) -> bool {
    let is_before = row.notified_at.is_some_and(|notified_at| at.at < notified_at);
    at.is_own() && row.offer > 1 && is_before
}

/// When an answer counts as given: one without a time of its own no later than the deadline of an open offer, since it
/// may have waited in the queue.
fn answered_at(row: &Interaction, at: &Moment) -> DateTime<Utc> {
    match row.deadline_at {
        Some(deadline_at) if row.is_open() && !at.is_own() => at.at.min(deadline_at),
        _ => at.at,
    }
}

fn cause(event: &Event, source: Source, actor: Actor, occurred_at: DateTime<Utc>) -> Cause {
    Cause { actor, source, event_id: event.id.clone(), occurred_at, traceparent: event.traceparent.clone() }
}

fn change(row: &Interaction, previous_status: Option<Status>, notes: Option<&str>, cause: &Cause) -> Change {
    Change {
        key: row.key(),
        status: row.status,
        previous_status,
        reason: row.missed_reason,
        notes: notes.map(str::to_owned).or_else(|| row.notes.clone()),
        cause: cause.clone(),
    }
}

impl Interaction {
    fn adopt(&mut self, verdict: &super::interaction::Verdict) {
        let miss = verdict.miss.filter(|_| verdict.status == Status::Missed);
        self.status = verdict.status;
        self.missed_reason = miss.map(|miss| miss.reason);
        self.missed_at = miss.map(|miss| miss.at);
        self.responded_at = verdict.responded_at;
        self.late = verdict.late;
    }

    /// What `lead.missed` is to say, at most once an offer.
    fn announcement(&mut self, verdict: &super::interaction::Verdict) -> Option<Missed> {
        let miss = verdict.miss.filter(|_| verdict.announce && !self.announced)?;
        let (notified_at, deadline_at) = (self.notified_at?, self.deadline_at?);
        self.announced = true;
        Some(Missed {
            key: self.key(),
            reason: miss.reason,
            notes: self.notes.clone(),
            notified_at,
            deadline_at,
            missed_at: miss.at,
            detected_by: miss.detected_by,
        })
    }

    /// What `lead.missed_retracted` is to say, at most once an offer.
    fn retraction(&mut self, verdict: &super::interaction::Verdict) -> Option<Retraction> {
        let stands = self.announced && !self.retracted && !verdict.announce;
        let (response, responded_at) = self.saving_answer().filter(|_| stands)?;
        self.retracted = true;
        Some(Retraction { key: self.key(), response, responded_at })
    }

    /// The answer in time that keeps an offer from being missed.
    fn saving_answer(&self) -> Option<(Response, DateTime<Utc>)> {
        let in_time = |at: &DateTime<Utc>| self.in_time(*at);
        let accepted = self.accepted_at.filter(in_time).filter(|_| self.status == Status::Accepted);
        let ignored = self.ignored_at.filter(in_time);
        accepted.map(|at| (Response::Accepted, at)).or(ignored.map(|at| (Response::Ignored, at)))
    }

    fn note_answer(&mut self, response: Response, at: DateTime<Utc>) -> bool {
        match response {
            Response::Accepted => self.note_accepted(at),
            Response::Ignored => self.note_ignored(at),
            Response::Missed(reason) => self.note_mark(Mark { at, reason }),
        }
    }

    fn answer_at(&self, response: Response) -> Option<DateTime<Utc>> {
        match response {
            Response::Accepted => self.accepted_at,
            Response::Ignored => self.ignored_at,
            Response::Missed(_) => self.mark.map(|mark| mark.at),
        }
    }
}
