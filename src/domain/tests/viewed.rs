//! `lead.viewed`

use super::scenario::*;
use crate::domain::transition::EventOutcome::{Applied, Unchanged};

#[test]
fn inserts_a_viewed_row_and_arms_nothing() {
    given(column::NO_ROW)
        .when(viewed(A, 5))
        .comes_to(Applied)
        .leaves(A, "viewed")
        .and_does(&["A1 new -> viewed (lead.viewed freelancer A @5)"]);
}

#[test]
fn makes_a_notified_row_viewed() {
    given(column::NOTIFIED)
        .when(viewed(A, 5))
        .leaves(A, "viewed")
        .and_does(&["A1 notified -> viewed (lead.viewed freelancer A @5)"]);
}

#[test]
fn keeps_the_earliest_view() {
    let after = given(column::VIEWED).when(viewed(A, 10)).comes_to(Unchanged).leaves(A, "viewed").and_does(&[]);
    assert_eq!(after.row(A).viewed_at, Some(minute(5)));
    let after = after.when(viewed(A, 2)).comes_to(Applied).leaves(A, "viewed").and_does(&[]);
    assert_eq!(after.row(A).viewed_at, Some(minute(2)));
}

#[test]
fn of_an_answered_row_is_only_noted() {
    for (column, state) in [(column::ACCEPTED, "accepted @10"), (column::IGNORED, "ignored @10")] {
        for at in [5, 40] {
            let after = given(column).when(viewed(A, at)).comes_to(Applied).leaves(A, state).and_does(&[]);
            assert_eq!(after.row(A).viewed_at, Some(minute(at)));
        }
    }
}

#[test]
fn of_a_missed_row_is_noted_if_it_was_in_time() {
    let after = given(column::MISSED).when(viewed(A, 20)).leaves(A, "missed no_response @30").and_does(&[]);
    assert_eq!(after.row(A).viewed_at, Some(minute(20)));
    let after = given(column::MISSED).when(viewed(A, 40)).leaves(A, "missed no_response @30").and_does(&[]);
    assert_eq!(after.row(A).viewed_at, None);
}

#[test]
fn after_the_deadline_of_an_open_offer_ends_it_first() {
    for column in column::OPEN {
        let before = given(column);
        let seen_at = before.row(A).viewed_at;
        let after = before
            .when(viewed(A, 31))
            .comes_to(Applied)
            .leaves(A, "missed no_response @30")
            .and_tells(&["announce A1 no_response @30 timeout"]);
        assert_eq!(after.row(A).viewed_at, seen_at);
    }
}

#[test]
fn received_after_the_deadline_ends_nothing() {
    given(column::NOTIFIED).when_received(viewed(A, 31)).leaves(A, "viewed").and_tells(&[]);
}

#[test]
fn of_the_freelancer_whom_a_closing_named_is_no_miss() {
    given(&[closed_for(20, A)]).when(viewed(A, 10)).leaves(A, "accepted @20").and_tells(&[]);
}
