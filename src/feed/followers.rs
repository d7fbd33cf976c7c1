//! Who follows which freelancer, and for how long they may.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures::channel::mpsc;

use crate::domain::event::FreelancerId;
use crate::domain::plan::{Freelancer, PlanClaim, PlanStanding};
use crate::store::{LiveBatch, LiveChange, Position};
use crate::telemetry::metrics;

/// How many messages a follower may be behind before they are left behind.
const BUFFER: usize = 256;
/// How many may follow one freelancer: more tabs than anybody has open.
const PER_FREELANCER: usize = 32;

/// What followers get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Something happened to one of the freelancer's leads.
    Change(LiveChange),
    /// The lead plan is not active any more. Nothing comes after it.
    PlanEnded,
}

/// Until when somebody may follow.
#[derive(Debug, Clone, Copy)]
pub struct Permit {
    /// What the token says of the plan.
    pub claim: Option<PlanClaim>,
    /// Until when the plan is active as far as is known; `None` where it is not.
    pub plan_until: Option<DateTime<Utc>>,
    /// Until when the token is accepted.
    pub token_until: DateTime<Utc>,
}

/// So many follow the freelancer already that no more may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{PER_FREELANCER} streams of this freelancer are open already")]
pub struct TooMany;

/// Everybody who follows, by the freelancer whom they follow.
#[derive(Default)]
pub(super) struct Followers {
    of: HashMap<FreelancerId, Vec<Follower>>,
    /// Up to where the history has been passed on; `None` while nobody follows.
    position: Option<Position>,
}

struct Follower {
    sender: mpsc::Sender<Message>,
    permit: Permit,
}

impl Message {
    /// Whether it is new to whoever has seen everything up to `last`, which it then moves on.
    pub(super) fn is_behind(&self, last: &mut Position) -> bool {
        let Self::Change(change) = self else { return true };
        let is_new = change.position > *last;
        *last = change.position.max(*last);
        is_new
    }
}

impl Followers {
    /// Adds one who gets everything behind the position that is returned: `now`, unless others follow already.
    pub(super) fn join(
        &mut self,
        freelancer_id: FreelancerId,
        permit: Permit,
        now: Position,
    ) -> Result<(Position, mpsc::Receiver<Message>), TooMany> {
        let followers = self.of.entry(freelancer_id).or_default();
        if followers.len() >= PER_FREELANCER {
            return Err(TooMany);
        }
        let (sender, messages) = mpsc::channel(BUFFER);
        followers.push(Follower { sender, permit });
        Ok((*self.position.get_or_insert(now), messages))
    }

    /// Where to read on; `None` while nobody follows.
    pub(super) fn position(&self) -> Option<Position> {
        self.position
    }

    /// The freelancers who are followed.
    pub(super) fn followed(&self) -> Vec<FreelancerId> {
        self.of.keys().copied().collect()
    }

    /// Hands every change to those whom it concerns. Who has no room for it is left behind: their stream ends with what
    /// they have room for, so that they come back for the rest.
    pub(super) fn pass_on(&mut self, batch: LiveBatch, at: DateTime<Utc>) {
        for change in batch.changes {
            let Some(followers) = self.of.get_mut(&change.freelancer_id) else { continue };
            let message = Message::Change(change);
            followers.retain_mut(|follower| follower.may_stay(at) && follower.hand(message.clone()));
        }
        self.position = Some(batch.position);
    }

    /// Takes over what is known of plans. Of whom nothing is known, nothing has changed.
    pub(super) fn learn_plans(&mut self, known: &[Freelancer], at: DateTime<Utc>) {
        for freelancer in known {
            for follower in self.of.get_mut(&freelancer.id).into_iter().flatten() {
                let standing = PlanStanding::of(follower.permit.claim, freelancer.plan, at);
                follower.permit.plan_until = standing.active_until();
            }
        }
    }

    /// Forgets who has left, and ends the streams of those who may not stay.
    pub(super) fn call_roll(&mut self, at: DateTime<Utc>) {
        self.of.retain(|_, followers| {
            followers.retain_mut(|follower| follower.may_stay(at));
            !followers.is_empty()
        });
        if self.of.is_empty() {
            self.position = None;
        }
        metrics::live_streams(self.of.values().map(Vec::len).sum());
    }
}

impl Follower {
    /// Whether they are there and may be. Who may not for want of a plan is told so.
    fn may_stay(&mut self, at: DateTime<Utc>) -> bool {
        let has_plan = self.permit.plan_until.is_some_and(|until| at < until);
        if !has_plan {
            // Without room for it they learn it when they come back.
            self.hand(Message::PlanEnded);
        }
        has_plan && at < self.permit.token_until && !self.sender.is_closed()
    }

    fn hand(&mut self, message: Message) -> bool {
        self.sender.try_send(message).is_ok()
    }
}
