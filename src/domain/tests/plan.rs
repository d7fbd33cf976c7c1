//! The plan gate.

use chrono::{DateTime, Utc};

use super::scenario::*;
use crate::domain::event::{Basis, Fact, FreelancerProfile, Moment, Notified, PlanChanged, PlanStatus};
use crate::domain::plan::{Freelancer, Plan, PlanClaim, PlanStanding};
use crate::domain::transition::EventOutcome;

fn offer_saying(at: i64, lead_plan_ends_at: Option<Option<DateTime<Utc>>>) -> Notified {
    let event = event(notified(A, at), Basis::Stated).expect("an event");
    let Fact::Notified(fact) = event.fact else { unreachable!("a notification") };
    Notified { freelancer: FreelancerProfile { lead_plan_ends_at, ..FreelancerProfile::default() }, ..fact }
}

fn change(at: i64, status: PlanStatus, ends_at: i64) -> PlanChanged {
    let at = Moment { at: minute(at), basis: Basis::Stated };
    PlanChanged { freelancer_id: id(A), status, ends_at: minute(ends_at), at }
}

fn told(changes: &[PlanChanged]) -> Freelancer {
    let mut freelancer = Freelancer::unknown(id(A));
    for change in changes {
        freelancer.plan_changed(change);
    }
    freelancer
}

#[test]
fn an_offer_is_tracked_where_nothing_is_known() {
    assert!(told(&[]).notified(&offer_saying(0, None)));
}

#[test]
fn an_offer_is_tracked_until_the_plan_ends() {
    assert!(told(&[]).notified(&offer_saying(0, Some(Some(minute(1))))));
    assert!(!told(&[]).notified(&offer_saying(0, Some(Some(minute(0))))));
    assert!(told(&[change(-9, PlanStatus::Active, 1)]).notified(&offer_saying(0, None)));
    assert!(!told(&[change(-9, PlanStatus::Active, 0)]).notified(&offer_saying(0, None)));
}

#[test]
fn an_offer_that_says_there_is_no_plan_is_not_tracked() {
    assert!(!told(&[]).notified(&offer_saying(0, Some(None))));
}

#[test]
fn a_cancelled_or_expired_plan_is_not_active_whatever_its_end() {
    for status in [PlanStatus::Cancelled, PlanStatus::Expired] {
        assert!(!told(&[change(-9, status, 1_000)]).notified(&offer_saying(0, None)));
    }
}

#[test]
fn the_newer_statement_wins_whichever_is_heard_first() {
    let (active, cancelled) = (change(-9, PlanStatus::Active, 99), change(-5, PlanStatus::Cancelled, 99));
    assert!(!told(&[active.clone(), cancelled.clone()]).notified(&offer_saying(0, None)));
    assert!(!told(&[cancelled.clone(), active]).notified(&offer_saying(0, None)));
    assert!(told(std::slice::from_ref(&cancelled)).notified(&offer_saying(0, Some(Some(minute(99))))));
}

#[test]
fn what_is_said_of_later_does_not_speak_against_an_offer() {
    let cancelled = change(-5, PlanStatus::Cancelled, 99);
    assert!(told(std::slice::from_ref(&cancelled)).notified(&offer_saying(-7, Some(Some(minute(99))))));
    assert!(told(&[cancelled]).notified(&offer_saying(-7, None)));
    assert!(!told(&[change(-5, PlanStatus::Expired, -8)]).notified(&offer_saying(-7, None)));
}

#[test]
fn of_two_statements_of_the_same_time_the_one_heard_last_wins() {
    let (active, cancelled) = (change(-9, PlanStatus::Active, 99), change(-9, PlanStatus::Cancelled, 99));
    assert!(!told(&[active.clone(), cancelled.clone()]).notified(&offer_saying(0, None)));
    assert!(told(&[cancelled, active]).notified(&offer_saying(0, None)));
}

#[test]
fn a_change_heard_again_is_no_news() {
    let change = change(-9, PlanStatus::Active, 99);
    let mut freelancer = told(&[]);
    assert_eq!(freelancer.plan_changed(&change), EventOutcome::Applied);
    assert_eq!(freelancer.plan_changed(&change), EventOutcome::Duplicate);
}

#[test]
fn what_an_offer_says_of_the_freelancer_fills_in_what_is_missing() {
    let mut freelancer = told(&[]);
    for (user_id, full_name) in [("u1", None), ("u2", Some("Asha"))] {
        let profile = FreelancerProfile {
            user_id: Some(user_id.to_owned()),
            full_name: full_name.map(str::to_owned),
            lead_plan_ends_at: None,
        };
        freelancer.notified(&Notified { freelancer: profile, ..offer_saying(0, None) });
    }
    assert_eq!((freelancer.user_id.as_deref(), freelancer.full_name.as_deref()), (Some("u1"), Some("Asha")));
}

fn claim(issued_at: Option<i64>, ends_at: Option<i64>) -> Option<PlanClaim> {
    Some(PlanClaim { ends_at: ends_at.map(minute), issued_at: issued_at.map(minute) })
}

fn stored(stated_at: i64, status: PlanStatus, ends_at: Option<i64>) -> Option<Plan> {
    Some(Plan { status, ends_at: ends_at.map(minute), stated_at: minute(stated_at) })
}

/// Whether the plan is active at minute 0, and when it ends.
fn standing(claim: Option<PlanClaim>, stored: Option<Plan>) -> (bool, Option<i64>) {
    let standing = PlanStanding::of(claim, stored, minute(0));
    assert_eq!(standing.active_until(), standing.ends_at.filter(|_| standing.active));
    (standing.active, standing.ends_at.map(|at| (at - minute(0)).num_minutes()))
}

#[test]
fn where_nobody_says_anything_there_is_no_plan() {
    assert_eq!(standing(None, None), (false, None));
}

#[test]
fn a_plan_is_active_until_it_ends() {
    assert_eq!(standing(claim(Some(-9), Some(1)), None), (true, Some(1)));
    assert_eq!(standing(claim(Some(-9), Some(0)), None), (false, Some(0)));
    assert_eq!(standing(claim(Some(-9), None), None), (false, None));
    assert_eq!(standing(None, stored(-9, PlanStatus::Active, Some(1))), (true, Some(1)));
    assert_eq!(standing(None, stored(-9, PlanStatus::Active, None)), (false, None));
    for status in [PlanStatus::Cancelled, PlanStatus::Expired] {
        assert_eq!(standing(None, stored(-9, status, Some(1))), (false, Some(1)));
    }
}

#[test]
fn the_newer_of_token_and_database_is_believed() {
    assert_eq!(standing(claim(Some(-5), Some(8)), stored(-6, PlanStatus::Cancelled, Some(9))), (true, Some(8)));
    assert_eq!(standing(claim(Some(-5), Some(8)), stored(-4, PlanStatus::Cancelled, Some(9))), (false, Some(9)));
    assert_eq!(standing(claim(Some(-5), None), stored(-6, PlanStatus::Active, Some(9))), (false, None));
    assert_eq!(standing(claim(Some(-5), Some(-1)), stored(-4, PlanStatus::Active, Some(9))), (true, Some(9)));
}

#[test]
fn a_token_that_is_as_old_as_the_stored_plan_is_believed() {
    assert_eq!(standing(claim(Some(-5), Some(8)), stored(-5, PlanStatus::Cancelled, Some(9))), (true, Some(8)));
}

#[test]
fn a_token_that_does_not_say_when_it_was_issued_counts_where_nothing_is_stored() {
    assert_eq!(standing(claim(None, Some(8)), stored(-9_999, PlanStatus::Expired, Some(-1))), (false, Some(-1)));
    assert_eq!(standing(claim(None, Some(8)), None), (true, Some(8)));
}
