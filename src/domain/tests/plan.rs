//! The plan gate.

use chrono::{DateTime, Utc};

use super::scenario::*;
use crate::domain::event::{Basis, Fact, FreelancerProfile, Moment, Notified, PlanChanged, PlanStatus};
use crate::domain::plan::Freelancer;
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
