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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use futures::StreamExt;
    use futures::executor::block_on;
    use uuid::Uuid;

    use super::*;
    use crate::domain::event::PlanStatus;
    use crate::domain::interaction::Status;
    use crate::domain::plan::Plan;

    const ME: FreelancerId = Uuid::from_u128(1);

    fn position(id: i64) -> Position {
        Position { transaction_id: 7, id }
    }

    fn batch(ids: impl IntoIterator<Item = i64>) -> LiveBatch {
        let change = |id| LiveChange {
            position: position(id),
            freelancer_id: ME,
            lead_id: Uuid::from_u128(2),
            offer: 1,
            status: Status::Viewed,
            previous_status: Some(Status::Notified),
        };
        let changes: Vec<_> = ids.into_iter().map(change).collect();
        let position = changes.last().expect("a change").position;
        LiveBatch { changes, position, is_full: false }
    }

    fn permit(now: DateTime<Utc>) -> Permit {
        let later = now + TimeDelta::hours(1);
        let claim = Some(PlanClaim { ends_at: Some(later), issued_at: Some(now - TimeDelta::minutes(1)) });
        Permit { claim, plan_until: Some(later), token_until: now + TimeDelta::hours(3) }
    }

    fn knowing(status: PlanStatus, ends_at: DateTime<Utc>, stated_at: DateTime<Utc>) -> Freelancer {
        Freelancer { plan: Some(Plan { status, ends_at: Some(ends_at), stated_at }), ..Freelancer::unknown(ME) }
    }

    /// What is in the buffer of one who is followed no more.
    fn rest(messages: mpsc::Receiver<Message>) -> Vec<Message> {
        block_on(messages.collect())
    }

    #[test]
    fn who_has_no_room_keeps_what_came_before_and_is_left_behind() {
        let (now, mut followers) = (Utc::now(), Followers::default());
        let (_, slow) = followers.join(ME, permit(now), position(0)).expect("room");
        let (_, mut quick) = followers.join(ME, permit(now), position(0)).expect("room");
        let total = 3 * i64::try_from(BUFFER).expect("a small number");
        for id in 1..=total {
            followers.pass_on(batch([id]), now);
            assert!(block_on(quick.next()).is_some());
        }

        let kept = rest(slow);
        assert!((BUFFER..2 * BUFFER).contains(&kept.len()), "{}", kept.len());
        let mut last = position(0);
        for (message, id) in kept.iter().zip(1..) {
            assert!(message.is_behind(&mut last));
            assert_eq!(last, position(id), "there is no gap");
        }
    }

    #[test]
    fn a_longer_plan_lets_them_stay_and_a_cancelled_one_does_not() {
        let (now, mut followers) = (Utc::now(), Followers::default());
        let (_, mut messages) = followers.join(ME, permit(now), position(0)).expect("room");
        let in_two_hours = now + TimeDelta::hours(2);

        followers.learn_plans(&[knowing(PlanStatus::Active, now + TimeDelta::hours(9), now)], now);
        followers.call_roll(in_two_hours);
        followers.pass_on(batch([1]), in_two_hours);
        assert!(matches!(block_on(messages.next()), Some(Message::Change(_))));

        followers.learn_plans(&[knowing(PlanStatus::Cancelled, now + TimeDelta::hours(9), in_two_hours)], in_two_hours);
        followers.pass_on(batch([2]), in_two_hours);
        assert_eq!(rest(messages), [Message::PlanEnded]);
    }

    #[test]
    fn nothing_is_read_while_nobody_follows() {
        let (now, mut followers) = (Utc::now(), Followers::default());
        assert_eq!(followers.position(), None);
        let (read_until, messages) = followers.join(ME, permit(now), position(3)).expect("room");
        assert_eq!((read_until, followers.position()), (position(3), Some(position(3))));
        followers.pass_on(batch([4, 5]), now);
        // Who joins later begins where the reader is, whatever the time they came with.
        assert_eq!(followers.join(ME, permit(now), position(9)).expect("room").0, position(5));
        drop(messages);
        followers.call_roll(now);
        assert_eq!((followers.position(), followers.followed()), (None, Vec::new()));
    }
}
