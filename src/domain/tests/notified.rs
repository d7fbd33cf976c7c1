//! `lead.notified`, the same offer.

use super::scenario::*;
use crate::domain::event::{Basis, Fact, LeadDetails};
use crate::domain::transition::EventOutcome::{Applied, Duplicate, Unchanged};

#[test]
fn inserts_a_notified_row_and_arms_its_timer() {
    let after = given(column::NO_ROW)
        .when(notified(A, 0))
        .comes_to(Applied)
        .leaves(A, "notified")
        .and_does(&["A1 new -> notified (lead.notified system @0)", "arm A1 @30"]);
    assert_eq!(after.row(A).notified_at, Some(minute(0)));
    assert_eq!(after.row(A).deadline_at, Some(minute(30)));
}

#[test]
fn repeated_changes_no_state_and_no_deadline() {
    for column in [column::NOTIFIED, column::VIEWED, column::ACCEPTED, column::IGNORED, column::MISSED] {
        let before = given(column);
        let after = before.clone().when(notified(A, 0)).comes_to(Duplicate).and_does(&[]);
        assert_eq!(after.lead, before.lead);
    }
}

#[test]
fn with_another_time_within_the_offer_changes_no_deadline() {
    for column in column::OPEN {
        let after = given(column).when(notified(A, 20)).comes_to(Unchanged).and_does(&[]);
        assert_eq!(after.row(A).deadline_at, Some(minute(30)));
    }
}

#[test]
fn fills_in_what_is_missing_and_overwrites_nothing() {
    let told = |title: &str, location: Option<&str>| {
        let mut event = event(notified(A, 0), Basis::Stated).expect("an event");
        if let Fact::Notified(fact) = &mut event.fact {
            let location = location.map(str::to_owned);
            fact.lead = LeadDetails { title: Some(title.to_owned()), location, ..LeadDetails::default() };
        }
        event
    };
    for column in column::ALL {
        let after = given(column).when_told(&told("Paint a wall", None)).comes_to(Applied);
        let state = after.state(A);
        let after = after.when_told(&told("Another", Some("Pune"))).comes_to(Applied).leaves(A, &state).and_does(&[]);
        assert_eq!(after.lead.details.title.as_deref(), Some("Paint a wall"));
        assert_eq!(after.lead.details.location.as_deref(), Some("Pune"));
    }
}

#[test]
fn arms_the_timer_of_a_row_that_began_with_a_view() {
    given(&[viewed(A, 5)])
        .when(notified(A, 0))
        .leaves(A, "viewed")
        .and_does(&["A1 viewed -> viewed (lead.notified system @0)", "arm A1 @30"]);
}

#[test]
fn arms_nothing_for_a_row_that_began_with_an_answer() {
    given(&[accepted(A, 10)]).when(notified(A, 0)).leaves(A, "accepted @10").and_tells(&[]);
    given(&[ignored(A, 10)]).when(notified(A, 0)).leaves(A, "ignored @10").and_tells(&[]);
}

#[test]
fn announces_a_row_that_began_missed() {
    given(&[busy(A, 10)])
        .when(notified(A, 0))
        .leaves(A, "missed busy @10")
        .and_tells(&["announce A1 busy @10 freelancer"]);
    given(&[viewed(A, 5), closed(10)])
        .when(notified(A, 0))
        .leaves(A, "missed expired @10")
        .and_tells(&["announce A1 expired @10 lead_closed"]);
    given(&[accepted(B, 10), accepted(A, 20)])
        .when(notified(A, 0))
        .leaves(A, "missed expired @10")
        .and_tells(&["announce A1 expired @10 lead_closed"]);
}

#[test]
fn shows_that_an_answer_known_before_it_was_late() {
    given(&[accepted(A, 40)])
        .when(notified(A, 0))
        .leaves(A, "accepted @40 late")
        .and_tells(&["announce A1 no_response @30 timeout"]);
    given(&[ignored(A, 40)])
        .when(notified(A, 0))
        .leaves(A, "missed no_response @30")
        .and_tells(&["announce A1 no_response @30 timeout"]);
    given(&[busy(A, 40)])
        .when(notified(A, 0))
        .leaves(A, "missed busy @30")
        .and_tells(&["announce A1 busy @30 timeout"]);
}

#[test]
fn shows_that_a_view_known_before_it_was_late() {
    given(&[viewed(A, 40)])
        .when(notified(A, 0))
        .leaves(A, "missed no_response @30")
        .and_tells(&["announce A1 no_response @30 timeout"]);
}

#[test]
fn shows_that_the_lead_was_gone_only_after_the_deadline() {
    given(&[viewed(A, 5), closed(40)])
        .when(notified(A, 0))
        .leaves(A, "missed no_response @30")
        .and_tells(&["announce A1 no_response @30 timeout"]);
}

#[test]
fn tells_what_happened_at_the_very_deadline_from_the_deadline() {
    given(&[busy(A, 30)]).when(notified(A, 0)).and_tells(&["announce A1 busy @30 freelancer"]);
    given(&[viewed(A, 5), closed(30)]).when(notified(A, 0)).and_tells(&["announce A1 expired @30 lead_closed"]);
}

#[test]
fn of_a_lead_that_is_gone_is_missed_and_announced_at_once() {
    for gone in [closed(10), accepted(B, 10), closed_for(10, B)] {
        given(&[gone]).when(notified(A, 20)).leaves(A, "missed expired @20").and_does(&[
            "A1 new -> notified (lead.notified system @20)",
            "A1 notified -> missed expired (lead.notified system @20)",
            "announce A1 expired @20 lead_closed",
        ]);
    }
}

#[test]
fn of_a_lead_that_was_gone_within_the_window_is_missed_since_then() {
    given(&[closed(10)])
        .when(notified(A, 0))
        .leaves(A, "missed expired @10")
        .and_tells(&["announce A1 expired @10 lead_closed"]);
}

#[test]
fn of_a_lead_that_was_gone_after_the_deadline_ended_at_its_deadline() {
    given(&[closed(40)])
        .when(notified(A, 0))
        .leaves(A, "missed no_response @30")
        .and_tells(&["announce A1 no_response @30 timeout"]);
}
