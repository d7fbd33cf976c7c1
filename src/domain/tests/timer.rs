//! Timers, the sweep and the administrator's check.

use chrono::TimeDelta;

use super::scenario::*;
use crate::domain::announcement::DetectedBy;
use crate::domain::transition::TimerOutcome::{self, Early, Missed, Stale};

#[track_caller]
fn comes_to(scenario: &Scenario, outcome: TimerOutcome) {
    assert_eq!(scenario.came, Came::Timer(outcome));
}

#[test]
fn past_the_deadline_ends_an_open_offer_at_its_deadline() {
    for (column, before) in [(column::NOTIFIED, "notified"), (column::VIEWED, "viewed")] {
        for now in [30, 31, 100_000] {
            let after = given(column).when(timer(A, 1, now)).leaves(A, "missed no_response @30").and_does(&[
                &format!("A1 {before} -> missed no_response (timer system @30)"),
                "announce A1 no_response @30 timeout",
            ]);
            comes_to(&after, Missed { deadline_at: minute(30) });
        }
    }
}

#[test]
fn says_who_found_it() {
    for (detected_by, record, announcement) in [
        (
            DetectedBy::Sweep,
            "A1 notified -> missed no_response (sweep system @30)",
            "announce A1 no_response @30 sweep",
        ),
        (DetectedBy::Admin, "A1 notified -> missed no_response (admin admin @30)", "announce A1 no_response @30 admin"),
    ] {
        given(column::NOTIFIED).when_ended(offer(A, 1), detected_by, minute(40)).and_does(&[record, announcement]);
    }
}

#[test]
fn changes_nothing_where_the_offer_is_not_open() {
    for column in [column::NO_ROW, column::ACCEPTED, column::IGNORED, column::MISSED] {
        for now in [29, 30, 100] {
            let before = given(column);
            let after = before.clone().when(timer(A, 1, now)).and_does(&[]);
            comes_to(&after, Stale);
            assert_eq!(after.lead, before.lead);
        }
    }
}

#[test]
fn early_by_up_to_five_seconds_is_held_until_the_deadline() {
    for column in column::OPEN {
        for early in [TimeDelta::microseconds(1), TimeDelta::seconds(5)] {
            let before = given(column);
            let after = before.clone().when_ended(offer(A, 1), DetectedBy::Timeout, minute(30) - early).and_does(&[]);
            comes_to(&after, Early { deadline_at: minute(30) });
            assert_eq!(after.lead, before.lead);
        }
    }
}

#[test]
fn earlier_still_is_left_to_the_sweep() {
    for column in column::OPEN {
        let before = given(column);
        let early = TimeDelta::seconds(5) + TimeDelta::microseconds(1);
        let after = before.clone().when_ended(offer(A, 1), DetectedBy::Timeout, minute(30) - early).and_does(&[]);
        comes_to(&after, Stale);
        assert_eq!(after.lead, before.lead);
    }
}

#[test]
fn of_an_earlier_offer_changes_nothing() {
    let before = given(&[notified(A, 0), timer(A, 1, 30), notified(A, 50)]);
    let after = before.clone().when(timer(A, 1, 90)).leaves(A, "notified").and_does(&[]);
    comes_to(&after, Stale);
    after.when(timer(A, 2, 90)).leaves(A, "missed no_response @80").and_tells(&["announce A2 no_response @80 timeout"]);
}

#[test]
fn changes_nothing_before_the_notification_is_heard() {
    let after = given(&[viewed(A, 5)]).when(timer(A, 1, 90)).leaves(A, "viewed").and_does(&[]);
    comes_to(&after, Stale);
}
