//! What holds whatever happens, in whatever order, with times of whatever kind, over any number of offers.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;

use super::scenario::*;
use crate::domain::announcement::OfferKey;
use crate::domain::event::{Basis, MissedReason, Outcome, Response};
use crate::domain::history::Effect;
use crate::domain::interaction::{Interaction, Status};

fn anything() -> impl Strategy<Value = (Step, Basis)> {
    let who = select(&['A', 'B', 'C'][..]);
    let at = -10..200_i64;
    let response = select(
        &[
            Response::Accepted,
            Response::Ignored,
            Response::Missed(MissedReason::NoResponse),
            Response::Missed(MissedReason::Busy),
        ][..],
    );
    let outcome = select(&[Outcome::Accepted, Outcome::Completed, Outcome::Cancelled][..]);
    let basis = prop_oneof![4 => Just(Basis::Stated), 1 => Just(Basis::Received), 1 => Just(Basis::Clamped)];
    let step = prop_oneof![
        3 => (who.clone(), at.clone()).prop_map(|(who, at)| notified(who, at)),
        1 => (who.clone(), at.clone()).prop_map(|(who, at)| viewed(who, at)),
        3 => (who.clone(), at.clone(), response).prop_map(|(who, at, answer)| Step::Responded(who, at, answer)),
        1 => (at, outcome, proptest::option::of(who.clone()))
            .prop_map(|(at, outcome, who)| Step::Closed(at, outcome, who)),
        3 => (who, 1..4_i32, 0..300_i64).prop_map(|(who, offer, now)| timer(who, offer, now)),
    ];
    (step, basis)
}

#[derive(Default)]
struct Told {
    announced: BTreeSet<OfferKey>,
    retracted: BTreeSet<OfferKey>,
    last_status: BTreeMap<OfferKey, Status>,
}

impl Told {
    /// Each message at most once and in order, and each entry of the history where the last one ended.
    fn tell(&mut self, effect: &Effect) {
        match effect {
            Effect::Announce { missed, .. } => assert!(self.announced.insert(missed.key), "announced twice"),
            Effect::Retract { retraction, .. } => {
                assert!(self.announced.contains(&retraction.key), "retracted before it was announced");
                assert!(self.retracted.insert(retraction.key), "retracted twice");
            }
            Effect::Record(change) => {
                if let Some(before) = self.last_status.insert(change.key, change.status) {
                    assert_eq!(change.previous_status, Some(before), "a gap in the history");
                }
            }
            Effect::Arm { .. } | Effect::Respond { .. } => {}
        }
    }

    fn ids(&self) -> Vec<uuid::Uuid> {
        let announced = self.announced.iter().map(OfferKey::missed_event_id);
        announced.chain(self.retracted.iter().map(OfferKey::retracted_event_id)).collect()
    }
}

/// What the database's constraints, and its readers, rely on.
fn is_sound(row: &Interaction) -> bool {
    let is_missed = row.status == Status::Missed;
    let is_answered = matches!(row.status, Status::Accepted | Status::Ignored);
    row.missed_reason.is_some() == is_missed
        && row.missed_at.is_some() == is_missed
        && (row.responded_at.is_some() || !is_answered)
        && (!row.late || row.status == Status::Accepted)
        && row.notified_at.is_some() == row.deadline_at.is_some()
        && (row.announced || !row.retracted)
        && (row.notified_at.is_some() || !row.announced)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_are_told_once_and_rows_are_sound(steps in proptest::collection::vec(anything(), 0..25)) {
        let mut told = Told::default();
        let mut scenario = given(&[]);
        for (step, basis) in steps {
            scenario = scenario.with_basis(step, basis);
            scenario.effects.iter().for_each(|effect| told.tell(effect));
            for row in scenario.lead.interactions.values() {
                prop_assert!(is_sound(row), "{:?} after {:?}", row, step);
                let acceptor = scenario.lead.acceptance().map(|claim| claim.freelancer_id);
                let is_acceptor = acceptor == Some(row.freelancer_id);
                prop_assert_eq!(row.status == Status::Accepted, is_acceptor, "{:?} after {:?}", row, step);
                prop_assert_eq!(row.announced, told.announced.contains(&row.key()));
                prop_assert_eq!(row.retracted, told.retracted.contains(&row.key()));
            }
        }
        let ids = told.ids();
        prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}
