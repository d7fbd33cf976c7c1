//! Within an offer, what becomes of it depends neither on the order in which its events arrive nor on how often.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::fold::{self, State};
use super::scenario::*;
use crate::domain::announcement::OfferKey;
use crate::domain::event::MissedReason::{Busy, Expired, NoResponse, NotInterested};
use crate::domain::event::{Outcome, Response};
use crate::domain::history::Effect;
use crate::domain::interaction::{Interaction, Status};
use crate::domain::lead::{Lead, LeadStatus};

const CASES: u32 = 4_000;
/// Past every deadline that a story can have.
const AFTER_ALL: i64 = 1_000;

/// What happens to a lead that is offered once to one to three freelancers, in no order.
fn story() -> impl Strategy<Value = Vec<Step>> {
    (1..=3_usize).prop_flat_map(|freelancers| {
        let who = select(&['A', 'B', 'C'][..freelancers]);
        let notifications = proptest::collection::vec(0..=12_i64, freelancers);
        let facts = proptest::collection::vec(fact(who), 0..10);
        (notifications, facts).prop_map(|(notifications, facts)| {
            let notifications = ['A', 'B', 'C'].into_iter().zip(notifications);
            notifications.map(|(who, at)| notified(who, at)).chain(facts).collect()
        })
    })
}

fn fact(who: impl Strategy<Value = char> + Clone + 'static) -> impl Strategy<Value = Step> {
    // Few minutes, so that much happens at the same time and at the very deadline.
    let at = prop_oneof![-3..=50_i64, select(&[0_i64, 10, 29, 30, 31, 40][..])];
    let response = select(
        &[
            Response::Accepted,
            Response::Accepted,
            Response::Ignored,
            Response::Missed(NoResponse),
            Response::Missed(Busy),
            Response::Missed(NotInterested),
            Response::Missed(Expired),
        ][..],
    );
    let outcome = select(&[Outcome::Accepted, Outcome::Completed, Outcome::Cancelled][..]);
    prop_oneof![
        1 => (who.clone(), at.clone()).prop_map(|(who, at)| viewed(who, at)),
        6 => (who.clone(), at.clone(), response).prop_map(|(who, at, answer)| Step::Responded(who, at, answer)),
        1 => (at, outcome, proptest::option::of(who)).prop_map(|(at, outcome, who)| Step::Closed(at, outcome, who)),
    ]
}

/// A story with an order of delivery: shuffled, some of it more than once, and timers between.
fn deliveries() -> impl Strategy<Value = (Vec<Step>, Vec<Step>)> {
    let repeats = proptest::collection::vec((any::<Index>(), any::<Index>()), 0..8);
    let timers = proptest::collection::vec((any::<Index>(), select(&['A', 'B', 'C'][..]), 0..60_i64), 0..6);
    (story(), repeats, timers).prop_flat_map(|(story, repeats, timers)| {
        let shuffled = Just(story.clone()).prop_shuffle();
        shuffled.prop_map(move |mut delivered| {
            for (from, to) in &repeats {
                let step = *from.get(&delivered);
                delivered.insert(to.index(delivered.len() + 1), step);
            }
            for (to, who, now) in &timers {
                delivered.insert(to.index(delivered.len() + 1), timer(*who, 1, *now));
            }
            (story.clone(), delivered)
        })
    })
}

/// Delivers everything, and in the end all the timers. Returns all effects too.
fn deliver(steps: &[Step]) -> (Scenario, Vec<Effect>) {
    let mut effects = Vec::new();
    let mut scenario = given(&[]);
    let last_timers = [A, B, C].map(|who| timer(who, 1, AFTER_ALL));
    for step in steps.iter().chain(&last_timers) {
        scenario = scenario.when(*step);
        effects.append(&mut scenario.effects);
    }
    (scenario, effects)
}

fn standing(effects: &[Effect]) -> BTreeSet<OfferKey> {
    let mut standing = BTreeSet::new();
    for effect in effects {
        match effect {
            Effect::Announce { missed, .. } => assert!(standing.insert(missed.key), "announced twice"),
            Effect::Retract { retraction, .. } => assert!(standing.remove(&retraction.key), "retracted unannounced"),
            Effect::Record(_) | Effect::Arm { .. } | Effect::Respond { .. } => {}
        }
    }
    standing
}

fn state(row: &Interaction) -> State {
    match (row.status, row.missed_reason) {
        (Status::Notified | Status::Viewed, _) => State::Open,
        (Status::Accepted, _) => State::Accepted,
        (Status::Ignored, _) => State::Ignored,
        (Status::Missed, reason) => State::Missed(reason.expect("a missed row has a reason")),
    }
}

/// An offer is announced once and retracted once: what is lost again after that stays unannounced.
fn is_lost_again(row: &Interaction) -> bool {
    row.retracted && row.status == Status::Missed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_becomes_of_an_offer_is_what_the_table_says_in_the_order_of_time((story, delivered) in deliveries()) {
        let expected = fold::fold(&story);
        let (scenario, effects) = deliver(&delivered);
        let standing = standing(&effects);
        prop_assert_eq!(scenario.lead.acceptance().map(|claim| claim.freelancer_id), expected.acceptor.map(id));
        prop_assert_eq!(scenario.lead.interactions.len(), expected.rows.len());
        for (who, expected) in &expected.rows {
            let row = scenario.row(*who);
            prop_assert_eq!(state(row), expected.state, "{}", who);
            if !is_lost_again(row) {
                prop_assert_eq!(standing.contains(&row.key()), expected.stands, "{}", who);
            }
        }
        let outcome = fold::outcome(&story).map(LeadStatus::from);
        let status = match (outcome, expected.acceptor) {
            (Some(outcome), _) => outcome,
            (None, Some(_)) => LeadStatus::Accepted,
            (None, None) if expected.rows.values().all(|row| row.state == State::Ignored) => LeadStatus::Ignored,
            (None, None) => LeadStatus::Missed,
        };
        prop_assert_eq!(scenario.lead.status(), status);
    }

    #[test]
    fn an_answer_in_time_is_never_left_announced_unless_the_lead_was_gone_before((story, delivered) in deliveries()) {
        let (_, effects) = deliver(&delivered);
        let standing = standing(&effects);
        let deadline_of = |who| story.iter().find_map(|step| match step {
            Step::Notified(notified, at) if *notified == who => Some(*at + 30),
            _ => None,
        });
        let gone_before = |who: char, at: i64| story.iter().any(|step| match step {
            Step::Responded(other, earlier, Response::Accepted) => *other != who && (*earlier, *other) < (at, who),
            Step::Closed(earlier, _, acceptor) => {
                *earlier < at || (*earlier == at && acceptor.is_some_and(|other| other < who))
            }
            _ => false,
        });
        for step in &story {
            let Step::Responded(who, at, response) = *step else { continue };
            let in_time = deadline_of(who).is_some_and(|deadline| at <= deadline);
            let counts = match response {
                Response::Accepted => !gone_before(who, at),
                Response::Ignored => true,
                Response::Missed(_) => false,
            };
            prop_assert!(!(in_time && counts && standing.contains(&offer(who, 1))), "{:?}", step);
        }
    }

    #[test]
    fn what_was_delivered_before_adds_nothing((_, delivered) in deliveries(), cut in any::<Index>()) {
        // Of two views that come before the notification only the earlier one is kept, so that the later one may end
        // the overdue offer when it is delivered again, in its timer's place.
        let is_fact = |step: &&Step| !matches!(step, Step::Timer(..) | Step::Viewed(..));
        let prefix = &delivered[..cut.index(delivered.len())];
        adds_nothing(given(prefix), prefix.iter().filter(is_fact))?;
    }

    #[test]
    fn after_the_timers_nothing_that_was_delivered_before_adds_anything((_, delivered) in deliveries()) {
        let (scenario, _) = deliver(&delivered);
        adds_nothing(scenario, delivered.iter())?;
    }
}

/// What happens to a lead that is offered again and again, in the order of time.
fn long_story() -> impl Strategy<Value = Vec<Step>> {
    let who = select(&['A', 'B'][..]);
    let notifications = proptest::collection::vec((who.clone(), 0..150_i64), 1..6);
    let facts = proptest::collection::vec((fact(who), 0..130_i64), 0..10);
    (notifications, facts).prop_map(|(notifications, facts)| {
        let notifications = notifications.into_iter().map(|(who, at)| notified(who, at));
        let facts = facts.into_iter().map(|(fact, minutes)| fact.later_by(minutes));
        let mut steps: Vec<_> = notifications.chain(facts).collect();
        steps.sort_by_key(Step::at);
        steps
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn over_many_offers_nothing_that_is_delivered_again_adds_anything(story in long_story()) {
        let mut scenario = given(&[]);
        for (count, step) in story.iter().enumerate() {
            for (who, number) in [A, B].into_iter().flat_map(|who| (1..8).map(move |number| (who, number))) {
                // A timer fires after all that is in time.
                scenario = scenario.when(timer(who, number, step.at() - 1));
            }
            scenario = scenario.when(*step);
            adds_nothing(scenario.clone(), story[..=count].iter())?;
        }
    }
}

fn adds_nothing<'a>(mut scenario: Scenario, again: impl Iterator<Item = &'a Step>) -> Result<(), TestCaseError> {
    for step in again {
        let before = scenario.lead.clone();
        scenario = scenario.when(*step);
        prop_assert_eq!(&scenario.effects, &Vec::new(), "again {:?}", step);
        prop_assert_eq!(but_for_views(&scenario.lead), but_for_views(&before), "again {:?}", step);
    }
    Ok(())
}

/// A late view is noted of an accepted offer and not of a missed one; meanwhile a missed one may have become accepted.
fn but_for_views(lead: &Lead) -> Lead {
    let mut lead = lead.clone();
    lead.interactions.values_mut().for_each(|row| row.viewed_at = None);
    lead
}
