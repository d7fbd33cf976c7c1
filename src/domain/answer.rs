//! What a freelancer's answer does to a lead.

use chrono::{DateTime, Utc};

use super::announcement::{OfferKey, Retraction};
use super::event::{Closed, Event, FreelancerId, MissedReason, Moment, Responded, Response};
use super::history::{Actor, Cause, Change, Effect, Source, Trace};
use super::interaction::{Interaction, PastOffer, Status};
use super::lead::{Claim, Lead};
use super::settlement::Settlement;
use super::transition::EventOutcome;

/// One answer, as it is counted.
struct Answer<'a> {
    freelancer_id: FreelancerId,
    response: Response,
    at: DateTime<Utc>,
    notes: Option<&'a str>,
}

impl Lead {
    pub(super) fn responded(&mut self, event: &Event, fact: &Responded, effects: &mut Vec<Effect>) -> EventOutcome {
        let freelancer_id = fact.freelancer_id;
        let (row, is_new) = self.interaction(freelancer_id);
        let answer = Answer {
            freelancer_id,
            response: fact.response,
            at: answered_at(row, &fact.at),
            notes: fact.notes.as_deref(),
        };
        let cause = Cause::of(event, Source::Responded, Actor::freelancer(freelancer_id), answer.at);
        if belongs_to_past_offer(row, &fact.at) {
            return self.responded_to_past_offer(event, &fact.at, &answer, &cause, effects);
        }
        self.end_overdue(freelancer_id, &fact.at, event, effects);
        let (row, _) = self.interaction(freelancer_id);
        let known_at = row.answer_at(answer.response);
        if !row.note_answer(answer.response, answer.at) {
            return if known_at == Some(answer.at) { EventOutcome::Duplicate } else { EventOutcome::Unchanged };
        }
        let is_claim = answer.response == Response::Accepted && self.note_claim(answer.claim());
        self.settle_answer(&answer, is_new, &cause, effects);
        if is_claim {
            self.settle_others(Some(freelancer_id), &fact.at, event, &cause, effects);
        }
        EventOutcome::Applied
    }

    /// Of an answer to an earlier offer only an acceptance concerns the current one, if it is the lead's first.
    fn responded_to_past_offer(
        &mut self,
        event: &Event,
        moment: &Moment,
        answer: &Answer<'_>,
        cause: &Cause,
        effects: &mut Vec<Effect>,
    ) -> EventOutcome {
        if answer.response != Response::Accepted {
            return self.save_past_offers(answer, cause, effects);
        }
        if !self.note_claim(answer.claim()) {
            return EventOutcome::Unchanged;
        }
        self.settle_answer(answer, false, cause, effects);
        self.save_past_offers(answer, cause, effects);
        self.settle_others(Some(answer.freelancer_id), moment, event, cause, effects);
        EventOutcome::Applied
    }

    fn settle_answer(&mut self, answer: &Answer<'_>, is_new: bool, cause: &Cause, effects: &mut Vec<Effect>) {
        let settlement = Settlement { is_new, is_noted: true, notes: answer.notes, ..Settlement::of(cause) };
        self.settle(answer.freelancer_id, &settlement, effects);
        let (row, _) = self.interaction(answer.freelancer_id);
        // A word without a reason changes no state after a timeout, but its notes count.
        if let (Response::Missed(_), Some(MissedReason::NoResponse), Some(notes)) =
            (answer.response, row.missed_reason, answer.notes)
        {
            row.notes = Some(notes.to_owned());
        }
    }

    /// Counts a closing as the acceptance of the freelancer whom it names, if no earlier one is known. Says whether
    /// that is news.
    ///
    /// It is a fact of the lead alone, so that it counts alike whether or not that freelancer has a row already.
    pub(super) fn accepted_by_closing(
        &mut self,
        freelancer_id: FreelancerId,
        event: &Event,
        fact: &Closed,
        effects: &mut Vec<Effect>,
    ) -> bool {
        self.end_overdue(freelancer_id, &fact.at, event, effects);
        let row = self.interactions.get(&freelancer_id);
        let is_past = row.is_some_and(|row| belongs_to_past_offer(row, &fact.at));
        let answer = Answer {
            freelancer_id,
            response: Response::Accepted,
            at: row.map_or(fact.at.at, |row| answered_at(row, &fact.at)),
            notes: None,
        };
        let is_claim = self.note_claim(answer.claim());
        let cause = Cause::of(event, Source::Closed, Actor::freelancer(freelancer_id), answer.at);
        let settlement = Settlement { is_noted: is_claim, ..Settlement::of(&cause) };
        self.settle(freelancer_id, &settlement, effects);
        if is_past && is_claim {
            self.save_past_offers(&answer, &cause, effects);
        }
        is_claim
    }

    /// Takes back the announcements of earlier offers that turn out to have been answered in time.
    fn save_past_offers(&mut self, answer: &Answer<'_>, cause: &Cause, effects: &mut Vec<Effect>) -> EventOutcome {
        let is_accepted = self.facts_for(answer.freelancer_id).accepted_at.is_some();
        let (row, _) = self.interaction(answer.freelancer_id);
        let status = match answer.response {
            Response::Accepted if is_accepted => Status::Accepted,
            Response::Ignored => Status::Ignored,
            Response::Accepted | Response::Missed(_) => return EventOutcome::Unchanged,
        };
        let lead_id = row.lead_id;
        let mut outcome = EventOutcome::Unchanged;
        for past in row.past.iter_mut().filter(|past| answer.saves(past)) {
            past.retracted = true;
            outcome = EventOutcome::Applied;
            let key = OfferKey { lead_id, freelancer_id: answer.freelancer_id, offer: past.offer };
            effects.push(Effect::Record(Change {
                key,
                status,
                previous_status: Some(Status::Missed),
                reason: None,
                notes: answer.notes.map(str::to_owned),
                cause: cause.clone(),
            }));
            let retraction = Retraction { key, response: answer.response, responded_at: answer.at };
            // The row has the trace of the offer that followed.
            let trace = Trace { cause: cause.traceparent.clone(), offer: None };
            effects.push(Effect::Retract { retraction, trace });
        }
        outcome
    }
}

impl Answer<'_> {
    /// The claim that an acceptance lays to the lead.
    fn claim(&self) -> Claim {
        Claim { at: self.at, freelancer_id: self.freelancer_id }
    }

    /// Whether it came in time for an earlier offer. Who had the lead already missed none of the offers that followed.
    fn saves(&self, past: &PastOffer) -> bool {
        let is_answer_to_it = past.notified_at <= self.at || self.response == Response::Accepted;
        is_answer_to_it && self.at <= past.deadline_at && !past.retracted
    }
}

/// Whether an event with a time of its own happened before the current offer, which is not the first.
pub(super) fn belongs_to_past_offer(row: &Interaction, at: &Moment) -> bool {
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
