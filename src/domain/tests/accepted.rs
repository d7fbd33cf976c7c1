//! `lead.responded`: accepted.

use super::scenario::*;
use crate::domain::transition::EventOutcome::{Applied, Unchanged};

const TIMEOUT: &str = "announce A1 no_response @30 timeout";

mod accepting_an_open_lead {
    use super::*;

    #[test]
    fn inserts_an_accepted_row() {
        given(column::NO_ROW)
            .when(accepted(A, 10))
            .comes_to(Applied)
            .leaves(A, "accepted @10")
            .and_does(&["A1 new -> accepted (lead.responded freelancer A @10)"]);
    }

    #[test]
    fn makes_an_open_row_accepted() {
        for (column, before) in [(column::NOTIFIED, "notified"), (column::VIEWED, "viewed")] {
            let record = format!("A1 {before} -> accepted (lead.responded freelancer A @10)");
            given(column).when(accepted(A, 10)).leaves(A, "accepted @10").and_does(&[&record]);
        }
    }

    #[test]
    fn at_the_very_deadline_is_in_time() {
        given(column::NOTIFIED).when(accepted(A, 30)).leaves(A, "accepted @30").and_tells(&[]);
        given(column::MISSED).when(accepted(A, 30)).leaves(A, "accepted @30").and_tells(&["retract A1 accepted @30"]);
    }

    #[test]
    fn twice_counts_from_the_earliest() {
        given(column::ACCEPTED).when(accepted(A, 20)).comes_to(Unchanged).leaves(A, "accepted @10").and_does(&[]);
        given(column::ACCEPTED).when(accepted(A, 5)).comes_to(Applied).leaves(A, "accepted @5").and_tells(&[]);
    }

    #[test]
    fn outdoes_ignoring_it() {
        given(column::IGNORED)
            .when(accepted(A, 20))
            .leaves(A, "accepted @20")
            .and_does(&["A1 ignored -> accepted (lead.responded freelancer A @20)"]);
        given(column::IGNORED).when(accepted(A, 40)).leaves(A, "accepted @40 late").and_tells(&[]);
    }

    #[test]
    fn in_time_saves_a_missed_offer_and_takes_back_its_announcement() {
        given(column::MISSED)
            .when(accepted(A, 20))
            .leaves(A, "accepted @20")
            .and_does(&["A1 missed -> accepted (lead.responded freelancer A @20)", "retract A1 accepted @20"]);
    }

    #[test]
    fn in_time_saves_an_offer_that_the_freelancer_called_missed() {
        given(&[notified(A, 0), busy(A, 10)])
            .when(accepted(A, 20))
            .leaves(A, "accepted @20")
            .and_tells(&["retract A1 accepted @20"]);
    }

    #[test]
    fn in_time_has_nothing_to_take_back_where_nothing_was_announced() {
        given(&[busy(A, 10)]).when(accepted(A, 20)).leaves(A, "accepted @20").and_tells(&[]);
    }

    #[test]
    fn late_takes_nothing_back() {
        given(column::MISSED)
            .when(accepted(A, 40))
            .leaves(A, "accepted @40 late")
            .and_does(&["A1 missed -> accepted (lead.responded freelancer A @40)"]);
    }

    #[test]
    fn late_ends_an_open_offer_first() {
        given(column::NOTIFIED).when(accepted(A, 40)).leaves(A, "accepted @40 late").and_does(&[
            "A1 notified -> missed no_response (timer system @30)",
            TIMEOUT,
            "A1 missed -> accepted (lead.responded freelancer A @40)",
        ]);
    }

    #[test]
    fn late_and_then_told_to_have_been_in_time_is_taken_back() {
        given(&[notified(A, 0), accepted(A, 40)])
            .when(accepted(A, 20))
            .leaves(A, "accepted @20")
            .and_tells(&["retract A1 accepted @20"]);
    }

    #[test]
    fn without_a_time_of_its_own_counts_no_later_than_the_open_deadline() {
        given(column::NOTIFIED).when_received(accepted(A, 10)).leaves(A, "accepted @10").and_tells(&[]);
        given(column::NOTIFIED).when_received(accepted(A, 90)).leaves(A, "accepted @30").and_tells(&[]);
    }

    #[test]
    fn without_a_time_of_its_own_counts_at_receipt_once_the_offer_has_ended() {
        given(column::MISSED).when_received(accepted(A, 90)).leaves(A, "accepted @90 late").and_tells(&[]);
    }
}

mod accepting_a_lead_that_was_gone {
    use super::*;

    /// The lead is gone at minute 10 in each of these ways.
    const GONE: [fn() -> Step; 3] = [|| closed(10), || accepted(B, 10), || closed_for(10, B)];

    #[test]
    fn inserts_a_missed_row_and_announces_nothing() {
        for gone in GONE {
            given(&[gone()])
                .when(accepted(A, 20))
                .leaves(A, "missed expired @10")
                .and_does(&["A1 new -> missed expired (lead.responded freelancer A @20)"]);
        }
    }

    #[test]
    fn leaves_an_open_row_missed_whichever_is_heard_first() {
        for column in column::OPEN {
            for gone in GONE {
                let gone_first = given(column).when(gone()).leaves(A, "missed expired @10");
                gone_first.when(accepted(A, 20)).leaves(A, "missed expired @10").and_tells(&[]);
                let gone_last = given(column).when(accepted(A, 20)).when(gone());
                gone_last.leaves(A, "missed expired @10").and_tells(&["announce A1 expired @10 lead_closed"]);
            }
        }
    }

    #[test]
    fn changes_nothing_for_who_ignored_it() {
        for gone in GONE {
            given(column::IGNORED).when(gone()).when(accepted(A, 20)).leaves(A, "ignored @10").and_tells(&[]);
        }
    }

    #[test]
    fn turns_no_response_into_expired_silently() {
        given(&[notified(A, 0), timer(A, 1, 30), accepted(B, 35)])
            .leaves(A, "missed no_response @30")
            .when(accepted(A, 40))
            .leaves(A, "missed expired @30")
            .and_tells(&[]);
    }

    #[test]
    fn leaves_the_freelancers_own_reason() {
        given(&[notified(A, 0), busy(A, 5), accepted(B, 10)])
            .when(accepted(A, 20))
            .leaves(A, "missed busy @5")
            .and_tells(&[]);
    }

    #[test]
    fn of_two_acceptances_the_earlier_one_counts_whichever_is_heard_first() {
        let offered = given(&[notified(A, 0), notified(B, 0)]);
        offered
            .clone()
            .when(accepted(A, 10))
            .when(accepted(B, 20))
            .leaves(A, "accepted @10")
            .leaves(B, "missed expired @10");
        offered
            .when(accepted(B, 20))
            .when(accepted(A, 10))
            .leaves(A, "accepted @10")
            .leaves(B, "missed expired @10")
            .and_does(&[
                "A1 missed -> accepted (lead.responded freelancer A @10)",
                "retract A1 accepted @10",
                "B1 accepted -> missed expired (lead.responded freelancer A @10)",
                "announce B1 expired @10 lead_closed",
            ]);
    }

    #[test]
    fn of_two_acceptances_at_the_same_time_the_lower_id_has_it() {
        for (first, second) in [(A, B), (B, A)] {
            given(&[notified(A, 0), notified(B, 0), accepted(first, 10), accepted(second, 10)])
                .leaves(A, "accepted @10")
                .leaves(B, "missed expired @10");
        }
    }

    #[test]
    fn at_the_very_moment_of_a_closing_counts_as_before_it() {
        given(&[notified(A, 0), closed(10), accepted(A, 10)]).leaves(A, "accepted @10");
        given(&[notified(A, 0), accepted(A, 10), closed(10)]).leaves(A, "accepted @10");
    }
}
