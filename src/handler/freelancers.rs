//! What a batch tells of freelancers, and whom it concerns no lead to hear; pure.

use std::collections::BTreeMap;

use crate::domain::event::{Event, Fact, FreelancerId};
use crate::domain::plan::Freelancer;
use crate::domain::transition::EventOutcome;

/// Freelancers as they were known and as they become known.
pub(super) struct Freelancers {
    before: BTreeMap<FreelancerId, Freelancer>,
    known: BTreeMap<FreelancerId, Freelancer>,
}

impl Freelancers {
    pub(super) fn new(known: BTreeMap<FreelancerId, Freelancer>) -> Self {
        Self { before: known.clone(), known }
    }

    /// Learns of plans, and turns away what concerns no lead: changes of plans, offers to freelancers without one, and
    /// repeated events. `None` is for those that are to be applied.
    pub(super) fn admit(&mut self, events: &[Event], repeated: &[bool]) -> Vec<Option<EventOutcome>> {
        let verdict = |(event, repeated): (&Event, &bool)| {
            if *repeated {
                return Some(EventOutcome::Duplicate);
            }
            match &event.fact {
                Fact::Notified(fact) => {
                    let is_tracked = self.known(fact.freelancer_id).notified(fact);
                    (!is_tracked).then_some(EventOutcome::Untracked)
                }
                Fact::PlanChanged(fact) => Some(self.known(fact.freelancer_id).plan_changed(fact)),
                Fact::Responded(_) | Fact::Viewed(_) | Fact::Closed(_) => None,
            }
        };
        events.iter().zip(repeated).map(verdict).collect()
    }

    /// The rows to write.
    pub(super) fn changed(&self) -> Vec<&Freelancer> {
        self.known.values().filter(|known| self.before.get(&known.id) != Some(*known)).collect()
    }

    /// Whether offers may be judged otherwise from now on.
    pub(super) fn has_news(&self) -> bool {
        let is_news = |known: &Freelancer| !self.before.get(&known.id).is_some_and(|old| old.judges_like(known));
        self.known.values().any(is_news)
    }

    fn known(&mut self, id: FreelancerId) -> &mut Freelancer {
        self.known.entry(id).or_insert_with(|| Freelancer::unknown(id))
    }
}
