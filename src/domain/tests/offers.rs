//! `lead.notified`, a later offer; and what arrives for an offer that a later one followed.

use super::scenario::*;
use crate::domain::transition::EventOutcome::{Applied, Unchanged};

#[test]
fn after_the_deadline_of_an_open_one_ends_that_and_begins() {
    for (column, before) in [(column::NOTIFIED, "notified"), (column::VIEWED, "viewed")] {
        let after = given(column).when(notified(A, 31)).comes_to(Applied).leaves(A, "notified").and_does(&[
            &format!("A1 {before} -> missed no_response (timer system @30)"),
            "announce A1 no_response @30 timeout",
            "A2 missed -> notified (lead.notified system @31)",
            "arm A2 @61",
        ]);
        let row = after.row(A);
        assert_eq!((row.offer, row.deadline_at, row.viewed_at), (2, Some(minute(61)), None));
    }
}

#[test]
fn at_the_very_end_of_the_last_one_is_the_same_offer() {
    given(column::NOTIFIED).when(notified(A, 30)).comes_to(Unchanged).and_does(&[]);
    given(column::MISSED).when(notified(A, 30)).comes_to(Unchanged).and_does(&[]);
    given(column::IGNORED).when(notified(A, 10)).comes_to(Unchanged).and_does(&[]);
}

#[test]
fn is_none_after_accepting() {
    for at in [11, 100] {
        given(column::ACCEPTED).when(notified(A, at)).comes_to(Unchanged).leaves(A, "accepted @10").and_does(&[]);
    }
}

#[test]
fn begins_after_ignoring_even_before_the_deadline() {
    given(column::IGNORED)
        .when(notified(A, 11))
        .leaves(A, "notified")
        .and_does(&["A2 ignored -> notified (lead.notified system @11)", "arm A2 @41"]);
}

#[test]
fn begins_after_a_miss() {
    given(column::MISSED)
        .when(notified(A, 31))
        .leaves(A, "notified")
        .and_does(&["A2 missed -> notified (lead.notified system @31)", "arm A2 @61"]);
    given(&[notified(A, 0), busy(A, 10)]).when(notified(A, 11)).leaves(A, "notified").and_tells(&["arm A2 @41"]);
}

#[test]
fn needs_a_time_of_its_own() {
    for column in [column::NOTIFIED, column::IGNORED, column::MISSED] {
        given(column).when_received(notified(A, 100)).comes_to(Unchanged).and_does(&[]);
        given(column).with_basis(notified(A, 100), crate::domain::event::Basis::Clamped).and_does(&[]);
    }
}

#[test]
fn the_same_notification_is_none_where_the_answer_seems_to_precede_it() {
    given(&[ignored(A, -5), notified(A, 0)]).when(notified(A, 0)).leaves(A, "ignored @-5").and_does(&[]);
    given(&[busy(A, -5), notified(A, 0)]).when(notified(A, 0)).leaves(A, "missed busy @0").and_does(&[]);
}

#[test]
fn of_a_lead_that_is_gone_is_announced_at_once() {
    given(&[notified(A, 0), closed(10)])
        .when(notified(A, 50))
        .leaves(A, "missed expired @50")
        .and_tells(&["announce A2 expired @50 lead_closed"]);
}

#[test]
fn is_missed_and_announced_with_an_id_of_its_own() {
    let first = given(column::MISSED);
    let second = given(&[notified(A, 0), timer(A, 1, 30), notified(A, 50)])
        .when(timer(A, 2, 80))
        .leaves(A, "missed no_response @80")
        .and_tells(&["announce A2 no_response @80 timeout"]);
    assert_ne!(first.row(A).key().missed_event_id(), second.row(A).key().missed_event_id());
}

mod answering_the_offer_before {
    use super::*;

    const SECOND_OFFER: &[Step] = &[Step::Notified('A', 0), Step::Timer('A', 1, 30), Step::Notified('A', 50)];

    #[test]
    fn by_ignoring_it_in_time_takes_back_its_announcement_once() {
        given(SECOND_OFFER)
            .when(ignored(A, 20))
            .leaves(A, "notified")
            .and_does(&["A1 missed -> ignored (lead.responded freelancer A @20)", "retract A1 ignored @20"])
            .when(ignored(A, 20))
            .and_does(&[])
            .when(ignored(A, 15))
            .and_does(&[]);
    }

    #[test]
    fn by_ignoring_it_late_changes_nothing() {
        given(SECOND_OFFER).when(ignored(A, 31)).comes_to(Unchanged).leaves(A, "notified").and_does(&[]);
    }

    #[test]
    fn by_accepting_it_in_time_accepts_the_lead_and_takes_back_its_announcement() {
        given(SECOND_OFFER)
            .when(accepted(A, 20))
            .leaves(A, "accepted @20")
            .and_tells(&["retract A1 accepted @20"])
            .when(accepted(A, 20))
            .and_does(&[]);
    }

    #[test]
    fn by_accepting_it_in_time_takes_back_both_announcements() {
        given(&[notified(A, 0), timer(A, 1, 30), notified(A, 50), timer(A, 2, 80)])
            .when(accepted(A, 20))
            .leaves(A, "accepted @20")
            .and_tells(&["retract A2 accepted @20", "retract A1 accepted @20"]);
    }

    #[test]
    fn by_accepting_it_in_time_takes_back_what_was_announced_of_all_that_followed() {
        let offers = [notified(A, 0), timer(A, 1, 30), notified(A, 50), timer(A, 2, 80), notified(A, 100)];
        given(&offers)
            .when(accepted(A, 20))
            .leaves(A, "accepted @20")
            .and_tells(&["retract A1 accepted @20", "retract A2 accepted @20"]);
        given(&offers).when(accepted(A, 40)).leaves(A, "accepted @40").and_tells(&["retract A2 accepted @40"]);
    }

    #[test]
    fn by_accepting_a_lead_that_was_gone_takes_nothing_back() {
        given(SECOND_OFFER).when(accepted(B, 10)).when(accepted(A, 20)).leaves(A, "missed expired @50").and_tells(&[]);
    }

    #[test]
    fn by_a_closing_that_names_its_acceptor_takes_back_its_announcement() {
        given(SECOND_OFFER).when(closed_for(20, A)).leaves(A, "accepted @20").and_tells(&["retract A1 accepted @20"]);
    }

    #[test]
    fn with_a_word_of_why_it_was_missed_changes_nothing() {
        given(SECOND_OFFER).when(busy(A, 20)).comes_to(Unchanged).leaves(A, "notified").and_does(&[]);
        given(SECOND_OFFER).when(viewed(A, 20)).comes_to(Unchanged).leaves(A, "notified").and_does(&[]);
    }

    #[test]
    fn does_not_answer_the_one_before_that() {
        given(&[notified(A, 0), busy(A, 10), notified(A, 11), ignored(A, 20), notified(A, 21)])
            .when(ignored(A, 20))
            .and_does(&[]);
    }

    #[test]
    fn again_by_an_acceptance_that_lost_adds_nothing() {
        given(&[notified(A, 0), timer(A, 1, 30), closed(35), accepted(A, 45), notified(A, 50)])
            .when(accepted(A, 45))
            .and_does(&[]);
    }
}
