//! What a test says of a lead, in minutes, and what it expects of it, in words.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::words::{describe, describe_row};
use crate::domain::announcement::{DetectedBy, OfferKey};
use crate::domain::event::{
    Basis, Closed, Event, Fact, FreelancerId, FreelancerProfile, LeadDetails, LeadId, MissedReason, Moment, Notified,
    Origin, Outcome, Responded, Response, Viewed,
};
use crate::domain::history::{Actor, Effect, Source};
use crate::domain::interaction::Interaction;
use crate::domain::lead::Lead;
use crate::domain::transition::{Detector, EventOutcome, TimerOutcome};

/// The response window of every scenario: an offer of minute 0 ends at minute 30.
pub(super) const WINDOW: Duration = Duration::from_secs(30 * 60);
pub(super) const LEAD: LeadId = Uuid::from_u128(0x1ead);

/// Freelancers; the lower name has the lower id.
pub(super) const A: char = 'A';
pub(super) const B: char = 'B';
pub(super) const C: char = 'C';

/// Something that happens, at a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Notified(char, i64),
    Viewed(char, i64),
    Responded(char, i64, Response),
    Closed(i64, Outcome, Option<char>),
    /// The timer of an offer, fired when the clock shows the minute.
    Timer(char, i32, i64),
}

pub(super) fn notified(who: char, at: i64) -> Step {
    Step::Notified(who, at)
}

pub(super) fn viewed(who: char, at: i64) -> Step {
    Step::Viewed(who, at)
}

pub(super) fn accepted(who: char, at: i64) -> Step {
    Step::Responded(who, at, Response::Accepted)
}

pub(super) fn ignored(who: char, at: i64) -> Step {
    Step::Responded(who, at, Response::Ignored)
}

pub(super) fn missed(who: char, at: i64, reason: MissedReason) -> Step {
    Step::Responded(who, at, Response::Missed(reason))
}

pub(super) fn busy(who: char, at: i64) -> Step {
    missed(who, at, MissedReason::Busy)
}

pub(super) fn closed(at: i64) -> Step {
    Step::Closed(at, Outcome::Cancelled, None)
}

pub(super) fn closed_for(at: i64, who: char) -> Step {
    Step::Closed(at, Outcome::Accepted, Some(who))
}

pub(super) fn timer(who: char, offer: i32, now: i64) -> Step {
    Step::Timer(who, offer, now)
}

impl Step {
    pub(super) fn at(&self) -> i64 {
        match *self {
            Self::Notified(_, at)
            | Self::Viewed(_, at)
            | Self::Responded(_, at, _)
            | Self::Closed(at, ..)
            | Self::Timer(_, _, at) => at,
        }
    }

    pub(super) fn later_by(self, minutes: i64) -> Self {
        match self {
            Self::Notified(who, at) => Self::Notified(who, at + minutes),
            Self::Viewed(who, at) => Self::Viewed(who, at + minutes),
            Self::Responded(who, at, response) => Self::Responded(who, at + minutes, response),
            Self::Closed(at, outcome, accepted_by) => Self::Closed(at + minutes, outcome, accepted_by),
            Self::Timer(who, offer, now) => Self::Timer(who, offer, now + minutes),
        }
    }
}

/// The columns of the table, for freelancer A: how an interaction gets into the state that the test names.
pub(super) mod column {
    use super::{Response, Step};

    pub(in super::super) const NO_ROW: &[Step] = &[];
    pub(in super::super) const NOTIFIED: &[Step] = &[Step::Notified('A', 0)];
    pub(in super::super) const VIEWED: &[Step] = &[Step::Notified('A', 0), Step::Viewed('A', 5)];
    pub(in super::super) const ACCEPTED: &[Step] =
        &[Step::Notified('A', 0), Step::Responded('A', 10, Response::Accepted)];
    pub(in super::super) const IGNORED: &[Step] =
        &[Step::Notified('A', 0), Step::Responded('A', 10, Response::Ignored)];
    /// Missed by its timer, and announced.
    pub(in super::super) const MISSED: &[Step] = &[Step::Notified('A', 0), Step::Timer('A', 1, 30)];

    pub(in super::super) const OPEN: [&[Step]; 2] = [NOTIFIED, VIEWED];
    pub(in super::super) const ALL: [&[Step]; 6] = [NO_ROW, NOTIFIED, VIEWED, ACCEPTED, IGNORED, MISSED];
}

/// The point in time that a minute of a scenario stands for.
pub(super) fn minute(at: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(at)
}

pub(super) fn id(who: char) -> FreelancerId {
    Uuid::from_u128(u128::from(u32::from(who)))
}

/// The event of a step; of a timer there is none.
pub(super) fn event(step: Step, basis: Basis) -> Option<Event> {
    let moment = |at| Moment { at: minute(at), basis };
    let fact = match step {
        Step::Notified(who, at) => Fact::Notified(Notified {
            lead_id: LEAD,
            freelancer_id: id(who),
            at: moment(at),
            freelancer: FreelancerProfile::default(),
            lead: LeadDetails::default(),
        }),
        Step::Viewed(who, at) => Fact::Viewed(Viewed { lead_id: LEAD, freelancer_id: id(who), at: moment(at) }),
        Step::Responded(who, at, response) => {
            Fact::Responded(Responded { lead_id: LEAD, freelancer_id: id(who), response, notes: None, at: moment(at) })
        }
        Step::Closed(at, outcome, accepted_by) => {
            Fact::Closed(Closed { lead_id: LEAD, outcome, accepted_by: accepted_by.map(id), at: moment(at) })
        }
        Step::Timer(..) => return None,
    };
    Some(Event { id: format!("{step:?}"), traceparent: None, origin: Origin::Message, fact })
}

/// The same with notes.
pub(super) fn with_notes(step: Step, text: &str) -> Event {
    let mut event = event(step, Basis::Stated).expect("an answer");
    if let Fact::Responded(fact) = &mut event.fact {
        fact.notes = Some(text.to_owned());
    }
    event
}

pub(super) fn detector(detected_by: DetectedBy) -> Detector {
    let (source, actor) = match detected_by {
        DetectedBy::Sweep => (Source::Sweep, Actor::SYSTEM),
        DetectedBy::Admin => (Source::Admin, Actor::ADMIN),
        _ => (Source::Timer, Actor::SYSTEM),
    };
    Detector { detected_by, source, actor, event_id: format!("{detected_by:?}") }
}

pub(super) fn offer(who: char, offer: i32) -> OfferKey {
    OfferKey { lead_id: LEAD, freelancer_id: id(who), offer }
}

/// What the last step came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Came {
    Event(EventOutcome),
    Timer(TimerOutcome),
}

/// A lead, and what was to be done about the last step.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) lead: Lead,
    pub(super) came: Came,
    pub(super) effects: Vec<Effect>,
}

/// A lead to which these steps have happened, each at its own time.
pub(super) fn given(steps: &[Step]) -> Scenario {
    let new = Scenario { lead: Lead::unknown(LEAD), came: Came::Event(EventOutcome::Unchanged), effects: Vec::new() };
    steps.iter().fold(new, |scenario, step| scenario.when(*step))
}

impl Scenario {
    /// The step happens, at its own time.
    pub(super) fn when(self, step: Step) -> Self {
        self.with_basis(step, Basis::Stated)
    }

    /// The step is heard of without a time of its own; its minute is that of receipt.
    pub(super) fn when_received(self, step: Step) -> Self {
        self.with_basis(step, Basis::Received)
    }

    pub(super) fn with_basis(self, step: Step, basis: Basis) -> Self {
        match (step, event(step, basis)) {
            (Step::Timer(who, number, now), _) => self.when_ended(offer(who, number), DetectedBy::Timeout, minute(now)),
            (_, Some(event)) => self.when_told(&event),
            (_, None) => self,
        }
    }

    pub(super) fn when_told(mut self, event: &Event) -> Self {
        self.effects.clear();
        self.came = Came::Event(self.lead.apply(event, WINDOW, &mut self.effects));
        self
    }

    pub(super) fn when_ended(mut self, key: OfferKey, detected_by: DetectedBy, now: DateTime<Utc>) -> Self {
        self.effects.clear();
        self.came = Came::Timer(self.lead.end_offer(&key, &detector(detected_by), now, &mut self.effects));
        self
    }

    #[track_caller]
    pub(super) fn comes_to(self, outcome: EventOutcome) -> Self {
        assert_eq!(self.came, Came::Event(outcome));
        self
    }

    /// The state of one freelancer's interaction.
    #[track_caller]
    pub(super) fn leaves(self, who: char, state: &str) -> Self {
        assert_eq!(self.state(who), state);
        self
    }

    /// All that the last step calls for, in order.
    #[track_caller]
    pub(super) fn and_does(self, effects: &[&str]) -> Self {
        let done: Vec<_> = self.effects.iter().map(describe).collect();
        assert_eq!(done, effects);
        self
    }

    /// What the last step calls for, the history apart.
    #[track_caller]
    pub(super) fn and_tells(self, effects: &[&str]) -> Self {
        let is_told = |effect: &&Effect| !matches!(effect, Effect::Record(_));
        let told: Vec<_> = self.effects.iter().filter(is_told).map(describe).collect();
        assert_eq!(told, effects);
        self
    }

    pub(super) fn row(&self, who: char) -> &Interaction {
        &self.lead.interactions[&id(who)]
    }

    pub(super) fn state(&self, who: char) -> String {
        let row = self.lead.interactions.get(&id(who));
        row.map_or_else(|| "no row".to_owned(), describe_row)
    }
}
