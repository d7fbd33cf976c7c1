//! What a freelancer does through this service itself, which can be told at once whether it counts.

use chrono::{DateTime, Utc};

use super::event::{Event, Fact, FreelancerId, MissedReason, Moment, Origin, Responded, Response, Viewed};
use super::history::{Effect, Trace};
use super::interaction::{Interaction, Status};
use super::lead::Lead;

/// What a freelancer does about an offered lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Looks at it.
    View,
    /// Answers.
    Respond {
        /// How.
        response: Response,
        /// Free text that comes with it.
        notes: Option<String>,
    },
}

/// What an action came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionOutcome {
    /// It counts.
    Done,
    /// It was done before.
    Repeated,
    /// The state of the offer speaks against it.
    Conflict,
    /// The lead can no longer be accepted: another freelancer has it, or it was closed.
    Gone,
}

/// An action with everything that is to be known of it.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Who acts: somebody whom the lead was offered to.
    pub freelancer_id: FreelancerId,
    /// What they do.
    pub action: &'a Action,
    /// The id of the event that the action becomes.
    pub event_id: &'a str,
    /// The trace that it belongs to.
    pub traceparent: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Attempt<'_> {
    fn event(&self, fact: Fact) -> Event {
        let traceparent = self.traceparent.map(str::to_owned);
        Event { id: self.event_id.to_owned(), traceparent, origin: Origin::Api, fact }
    }

    fn moment(&self) -> Moment {
        Moment::new(Some(self.at), self.at)
    }
}

impl Lead {
    /// Applies an action as the event that it is, and has an answer that counts told to others.
    pub fn act(&mut self, attempt: &Attempt<'_>, effects: &mut Vec<Effect>) -> ActionOutcome {
        match attempt.action {
            Action::View => self.view(attempt, effects),
            Action::Respond { response, notes } => self.respond(attempt, *response, notes.as_deref(), effects),
        }
    }

    fn view(&mut self, attempt: &Attempt<'_>, effects: &mut Vec<Effect>) -> ActionOutcome {
        let (row, _) = self.interaction(attempt.freelancer_id);
        if row.viewed_at.is_some() {
            return ActionOutcome::Repeated;
        }
        let fact = Viewed { lead_id: self.id, freelancer_id: attempt.freelancer_id, at: attempt.moment() };
        self.viewed(&attempt.event(Fact::Viewed(fact.clone())), &fact, effects);
        let (row, _) = self.interaction(attempt.freelancer_id);
        if row.viewed_at.is_some() { ActionOutcome::Done } else { ActionOutcome::Conflict }
    }

    fn respond(
        &mut self,
        attempt: &Attempt<'_>,
        response: Response,
        notes: Option<&str>,
        effects: &mut Vec<Effect>,
    ) -> ActionOutcome {
        let (row, _) = self.interaction(attempt.freelancer_id);
        if row.stands_as(response, notes) {
            return ActionOutcome::Repeated;
        }
        // Decided by the state and not by the time: with clocks that differ, a later acceptance could come out earlier.
        if response == Response::Accepted && (self.closing.is_some() || self.claim.is_some()) {
            return ActionOutcome::Gone;
        }
        let (lead_id, freelancer_id) = (self.id, attempt.freelancer_id);
        let at = attempt.moment();
        let fact = Responded { lead_id, freelancer_id, response, notes: notes.map(str::to_owned), at };
        let event = attempt.event(Fact::Responded(fact.clone()));
        self.end_overdue(freelancer_id, &at, &event, effects);
        let (row, _) = self.interaction(freelancer_id);
        // Noted as a fact, an answer that was refused could count one day: when an earlier acceptance turns up.
        if row.speaks_against(response) {
            return ActionOutcome::Conflict;
        }
        self.responded(&event, &fact, effects);
        let (row, _) = self.interaction(freelancer_id);
        if !row.stands_as(response, notes) {
            return ActionOutcome::Conflict;
        }
        let trace = Trace { cause: event.traceparent, offer: row.traceparent.clone() };
        effects.push(Effect::Respond { event_id: event.id, responded: fact, trace });
        ActionOutcome::Done
    }
}

impl Interaction {
    /// Whether this answer cannot change where it stands. An ignoring that comes late is kept in the history.
    fn speaks_against(&self, response: Response) -> bool {
        match (self.status, response) {
            (Status::Accepted | Status::Ignored, Response::Ignored | Response::Missed(_)) => true,
            (Status::Missed, Response::Missed(_)) => self.missed_reason != Some(MissedReason::NoResponse),
            _ => false,
        }
    }

    /// Whether it is as this answer, given by the freelancer, leaves it.
    fn stands_as(&self, response: Response, notes: Option<&str>) -> bool {
        let says_so = match response {
            Response::Accepted => self.status == Status::Accepted,
            Response::Ignored => self.status == Status::Ignored,
            Response::Missed(reason) => {
                self.missed_reason == Some(reason) && self.mark.is_some_and(|mark| mark.reason == reason)
            }
        };
        says_so && (notes.is_none() || notes == self.notes.as_deref())
    }
}
