//! Deadlines that have passed.

use std::collections::BTreeSet;
use std::ops::AddAssign;

use super::decision::Decision;
use super::{Handler, count, now};
use crate::domain::announcement::OfferKey;
use crate::domain::event::LeadId;
use crate::domain::history::Effect;
use crate::domain::transition::Detector;
use crate::store::{self, Ledger};
use crate::telemetry::metrics;

/// A deadline to look at, and who asks.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// The offer.
    pub key: OfferKey,
    /// Who found it.
    pub detector: Detector,
}

/// What came of a look at deadlines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeadlineReport {
    /// Offers that were missed.
    pub missed: u64,
    /// Announcements that were recorded for them.
    pub announced: u64,
}

impl AddAssign for DeadlineReport {
    fn add_assign(&mut self, other: Self) {
        self.missed += other.missed;
        self.announced += other.announced;
    }
}

impl Handler {
    /// Ends the offers of these deadlines that have passed, in one transaction. Calls `pass_turn` as
    /// [`Handler::handle_events`] does.
    ///
    /// # Errors
    ///
    /// As [`Handler::handle_events`].
    pub async fn handle_deadlines(
        &self,
        deadlines: &[Deadline],
        pass_turn: impl FnOnce(),
    ) -> Result<DeadlineReport, store::Error> {
        let window = *self.window.borrow();
        let ids: BTreeSet<LeadId> = deadlines.iter().map(|deadline| deadline.key.lead_id).collect();
        let handle = async |ledger: &Ledger<'_>| {
            let mut decision = Decision::new(ledger.lock_leads(&ids).await?);
            pass_turn();
            // After the locks: waiting for one may take longer than the deadline is away.
            let lateness = decision.end_offers(deadlines, now());
            let effects = self.record(ledger, decision, Vec::new(), window).await?;
            Ok((lateness, effects))
        };
        let (lateness, effects) = self.transact(handle).await?;
        lateness.iter().for_each(|lateness| metrics::timer_lateness(*lateness));
        count(&effects);
        let announced = effects.iter().filter(|effect| matches!(effect, Effect::Announce { .. })).count();
        Ok(DeadlineReport { missed: lateness.len() as u64, announced: announced as u64 })
    }
}
