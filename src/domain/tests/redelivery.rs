//! An event delivered again changes nothing and adds nothing.

use super::scenario::*;
use crate::domain::event::{Basis, MissedReason};

/// Every kind of event, in time, at the deadline and late.
fn every_event() -> Vec<Step> {
    let at_each_time = |at| {
        [
            notified(A, at),
            viewed(A, at),
            accepted(A, at),
            accepted(B, at),
            ignored(A, at),
            busy(A, at),
            missed(A, at, MissedReason::NoResponse),
            closed(at),
            closed_for(at, A),
            closed_for(at, B),
        ]
    };
    [5, 20, 30, 40, 70].into_iter().flat_map(at_each_time).chain([timer(A, 1, 30), timer(A, 1, 70)]).collect()
}

/// The columns of the table, and the states that need a longer way.
fn every_state() -> Vec<Vec<Step>> {
    let longer = [
        vec![viewed(A, 5)],
        vec![busy(A, 5)],
        vec![ignored(A, 5)],
        vec![accepted(A, 5)],
        vec![closed(10)],
        vec![closed_for(10, A)],
        vec![accepted(B, 10), notified(A, 0)],
        vec![notified(A, 0), busy(A, 10)],
        vec![notified(A, 0), closed(10)],
        vec![notified(A, 0), accepted(A, 40)],
        vec![notified(A, 0), timer(A, 1, 30), accepted(A, 20)],
        vec![notified(A, 0), timer(A, 1, 30), accepted(A, 20), closed(15)],
        vec![notified(A, 0), timer(A, 1, 30), notified(A, 50)],
        vec![notified(A, 0), timer(A, 1, 30), notified(A, 50), timer(A, 2, 80)],
    ];
    column::ALL.into_iter().map(<[Step]>::to_vec).chain(longer).collect()
}

#[test]
fn of_any_event_in_any_state_changes_nothing() {
    for state in every_state() {
        for step in every_event() {
            let once = given(&state).when(step);
            let twice = once.clone().when(step);
            assert!(twice.effects.is_empty(), "{state:?}, then twice {step:?}: {:?}", twice.effects);
            assert_eq!(twice.lead, once.lead, "{state:?}, then twice {step:?}");
        }
    }
}

#[test]
fn of_any_event_without_a_time_of_its_own_changes_nothing() {
    for state in every_state() {
        for step in every_event() {
            let once = given(&state).when_received(step);
            let twice = once.clone().when_received(step.later_by(1));
            assert!(twice.effects.is_empty(), "{state:?}, then twice {step:?}: {:?}", twice.effects);
            assert_eq!(twice.lead, once.lead, "{state:?}, then twice {step:?}");
        }
    }
}

#[test]
fn of_everything_that_led_to_a_state_changes_nothing() {
    for state in every_state() {
        let before = given(&state);
        for step in &state {
            let after = before.clone().with_basis(*step, Basis::Stated);
            assert!(after.effects.is_empty(), "{state:?}, then again {step:?}: {:?}", after.effects);
            assert_eq!(after.lead, before.lead, "{state:?}, then again {step:?}");
        }
    }
}
