//! The lead is gone: closed, or accepted by another.

use super::scenario::*;
use crate::domain::event::{Basis, MissedReason, Outcome};
use crate::domain::transition::EventOutcome::{Applied, Duplicate, Unchanged};

#[test]
fn inserts_no_row() {
    given(column::NO_ROW).when(closed(10)).comes_to(Applied).leaves(A, "no row").and_does(&[]);
    given(column::NO_ROW).when(accepted(B, 10)).leaves(A, "no row");
}

#[test]
fn in_time_ends_an_open_offer_and_announces_it() {
    for (column, before) in [(column::NOTIFIED, "notified"), (column::VIEWED, "viewed")] {
        for at in [10, 30] {
            let state = format!("missed expired @{at}");
            let announcement = format!("announce A1 expired @{at} lead_closed");
            given(column)
                .when(closed(at))
                .leaves(A, &state)
                .and_does(&[&format!("A1 {before} -> missed expired (lead.closed customer @{at})"), &announcement]);
            given(column).when(accepted(B, at)).leaves(A, &state).and_does(&[
                &format!("B1 new -> accepted (lead.responded freelancer B @{at})"),
                &format!("A1 {before} -> missed expired (lead.responded freelancer B @{at})"),
                &announcement,
            ]);
        }
    }
}

#[test]
fn late_ends_an_open_offer_at_its_deadline() {
    for gone in [closed(40), accepted(B, 40), closed_for(40, B)] {
        given(column::NOTIFIED)
            .when(gone)
            .leaves(A, "missed no_response @30")
            .and_tells(&["announce A1 no_response @30 timeout"]);
    }
}

#[test]
fn received_after_the_deadline_leaves_the_end_to_the_timer() {
    given(column::NOTIFIED)
        .when_received(closed(40))
        .leaves(A, "notified")
        .and_does(&[])
        .when(timer(A, 1, 41))
        .leaves(A, "missed no_response @30");
}

#[test]
fn after_an_acceptance_changes_nothing() {
    for at in [10, 20, 40] {
        given(column::ACCEPTED).when(closed(at)).leaves(A, "accepted @10").and_tells(&[]);
    }
    given(column::ACCEPTED).when(accepted(B, 20)).leaves(A, "accepted @10");
}

#[test]
fn before_an_acceptance_dethrones_it() {
    given(column::ACCEPTED)
        .when(closed(9))
        .leaves(A, "missed expired @9")
        .and_does(&["A1 accepted -> missed expired (lead.closed customer @9)", "announce A1 expired @9 lead_closed"]);
    given(column::ACCEPTED)
        .when(accepted(B, 9))
        .leaves(A, "missed expired @9")
        .and_tells(&["announce A1 expired @9 lead_closed"]);
}

#[test]
fn dethroning_announces_nothing_that_was_announced_before() {
    given(&[notified(A, 0), accepted(A, 40)])
        .when(accepted(B, 35))
        .leaves(A, "missed expired @30")
        .leaves(B, "accepted @35")
        .and_tells(&[]);
    given(&[notified(A, 0), timer(A, 1, 30), accepted(A, 20)])
        .when(closed(10))
        .leaves(A, "missed expired @10")
        .and_tells(&[]);
}

#[test]
fn changes_nothing_for_who_ignored_it() {
    for gone in [closed(5), closed(20), closed(40), accepted(B, 5), accepted(B, 20)] {
        given(column::IGNORED).when(gone).leaves(A, "ignored @10").and_tells(&[]);
    }
}

#[test]
fn in_time_turns_no_response_into_expired_silently() {
    for gone in [closed(30), accepted(B, 30)] {
        given(column::MISSED).when(gone).leaves(A, "missed expired @30").and_tells(&[]);
    }
    given(&[notified(A, 0), missed(A, 5, MissedReason::NoResponse)])
        .when(closed(10))
        .leaves(A, "missed expired @5")
        .and_tells(&[]);
}

#[test]
fn late_leaves_no_response() {
    for gone in [closed(31), accepted(B, 31)] {
        given(column::MISSED).when(gone).leaves(A, "missed no_response @30").and_tells(&[]);
    }
}

#[test]
fn leaves_the_freelancers_own_reason() {
    given(&[notified(A, 0), busy(A, 5)]).when(closed(10)).leaves(A, "missed busy @5").and_does(&[]);
}

#[test]
fn ends_every_open_offer_of_the_lead() {
    given(&[notified(A, 0), notified(B, 0), ignored(C, 5)])
        .when(closed(10))
        .leaves(A, "missed expired @10")
        .leaves(B, "missed expired @10")
        .leaves(C, "ignored @5");
}

mod with_an_acceptor {
    use super::*;

    #[test]
    fn counts_as_an_acceptance_at_that_time() {
        given(column::NOTIFIED)
            .when(closed_for(20, A))
            .leaves(A, "accepted @20")
            .and_does(&["A1 notified -> accepted (lead.closed freelancer A @20)"]);
        given(column::IGNORED).when(closed_for(20, A)).leaves(A, "accepted @20").and_tells(&[]);
        given(column::MISSED).when(closed_for(20, A)).leaves(A, "accepted @20").and_tells(&["retract A1 accepted @20"]);
    }

    #[test]
    fn is_late_after_the_deadline() {
        given(column::MISSED).when(closed_for(40, A)).leaves(A, "accepted @40 late").and_tells(&[]);
        given(column::NOTIFIED)
            .when(closed_for(40, A))
            .leaves(A, "accepted @40 late")
            .and_tells(&["announce A1 no_response @30 timeout"]);
    }

    #[test]
    fn leaves_an_earlier_acceptance() {
        given(column::ACCEPTED).when(closed_for(20, A)).leaves(A, "accepted @10").and_tells(&[]);
        let after = given(&[notified(A, 0), accepted(B, 5)]).when(closed_for(20, A)).leaves(A, "missed expired @5");
        assert_eq!(after.lead.acceptance().map(|claim| claim.freelancer_id), Some(id(B)));
    }

    #[test]
    fn dethrones_a_later_acceptance() {
        given(&[notified(A, 0), accepted(B, 20)])
            .when(closed_for(10, A))
            .leaves(A, "accepted @10")
            .leaves(B, "missed expired @10");
    }

    #[test]
    fn lives_on_the_lead_alone_without_an_interaction() {
        let after = given(column::NO_ROW).when(closed_for(20, A)).leaves(A, "no row").and_does(&[]);
        assert_eq!(after.lead.acceptance().map(|claim| claim.freelancer_id), Some(id(A)));
        after.when(notified(A, 0)).leaves(A, "accepted @20").and_tells(&[]);
    }

    #[test]
    fn counts_alike_whatever_the_row_begins_with() {
        for first in [viewed(A, 10), ignored(A, 10), busy(A, 10), accepted(A, 25), notified(A, 0)] {
            given(&[closed_for(20, A), first]).leaves(A, "accepted @20");
            given(&[first, closed_for(20, A)]).leaves(A, "accepted @20");
        }
    }

    #[test]
    fn displaced_by_an_earlier_acceptance_counts_no_more() {
        let known_at_once = [notified(A, 0), accepted(B, 35), closed_for(40, A)];
        let displaced = [notified(A, 0), closed_for(40, A), accepted(B, 35)];
        let without_a_row = [closed_for(40, A), accepted(B, 35), notified(A, 0)];
        for steps in [known_at_once, displaced, without_a_row] {
            given(&steps).leaves(A, "missed no_response @30").leaves(B, "accepted @35");
        }
    }

    #[test]
    fn without_a_time_of_its_own_counts_no_later_than_the_open_deadline() {
        given(column::NOTIFIED).when_received(closed_for(90, A)).leaves(A, "accepted @30").and_tells(&[]);
    }
}

#[test]
fn counts_from_the_first_closing_with_the_outcome_of_the_last() {
    for (first, second) in [(10, 20), (20, 10)] {
        let outcome = |at| {
            if at == 10 { Outcome::Accepted } else { Outcome::Completed }
        };
        let after = given(&[notified(A, 0)])
            .when(Step::Closed(first, outcome(first), None))
            .when(Step::Closed(second, outcome(second), None))
            .leaves(A, "missed expired @10");
        let closing = after.lead.closing.expect("a closing");
        assert_eq!((closing.at, closing.outcome), (minute(10), Outcome::Completed));
    }
}

#[test]
fn heard_again_is_known() {
    given(&[closed(10)]).when(closed(10)).comes_to(Duplicate).and_does(&[]);
    let before = given(&[]).with_basis(closed(10), Basis::Received);
    let after = before.clone().with_basis(closed(20), Basis::Received).comes_to(Unchanged).and_does(&[]);
    assert_eq!(after.lead, before.lead);
}
