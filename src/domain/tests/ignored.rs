//! `lead.responded`: ignored.

use super::scenario::*;
use crate::domain::transition::EventOutcome::{Applied, Unchanged};

#[test]
fn inserts_an_ignored_row() {
    given(column::NO_ROW)
        .when(ignored(A, 10))
        .leaves(A, "ignored @10")
        .and_does(&["A1 new -> ignored (lead.responded freelancer A @10)"]);
}

#[test]
fn makes_an_open_row_ignored() {
    for (column, before) in [(column::NOTIFIED, "notified"), (column::VIEWED, "viewed")] {
        let record = format!("A1 {before} -> ignored (lead.responded freelancer A @30)");
        given(column).when(ignored(A, 30)).leaves(A, "ignored @30").and_does(&[&record]);
    }
}

#[test]
fn changes_nothing_after_accepting() {
    for at in [5, 20, 40] {
        given(column::ACCEPTED).when(ignored(A, at)).leaves(A, "accepted @10").and_tells(&[]);
    }
}

#[test]
fn again_changes_nothing() {
    given(column::IGNORED).when(ignored(A, 20)).comes_to(Unchanged).leaves(A, "ignored @10").and_does(&[]);
}

#[test]
fn in_time_saves_a_missed_offer_and_takes_back_its_announcement() {
    given(column::MISSED)
        .when(ignored(A, 30))
        .leaves(A, "ignored @30")
        .and_does(&["A1 missed -> ignored (lead.responded freelancer A @30)", "retract A1 ignored @30"]);
    given(&[busy(A, 10)]).when(ignored(A, 20)).leaves(A, "ignored @20").and_tells(&[]);
}

#[test]
fn late_is_history_only() {
    given(column::MISSED)
        .when(ignored(A, 31))
        .comes_to(Applied)
        .leaves(A, "missed no_response @30")
        .and_does(&["A1 missed -> missed no_response (lead.responded freelancer A @31)"]);
}

#[test]
fn late_ends_an_open_offer_first() {
    given(column::NOTIFIED)
        .when(ignored(A, 31))
        .leaves(A, "missed no_response @30")
        .and_tells(&["announce A1 no_response @30 timeout"]);
}

#[test]
fn without_a_time_of_its_own_counts_no_later_than_the_open_deadline() {
    given(column::NOTIFIED).when_received(ignored(A, 90)).leaves(A, "ignored @30").and_tells(&[]);
    given(column::MISSED).when_received(ignored(A, 90)).leaves(A, "missed no_response @30").and_tells(&[]);
}

#[test]
fn in_time_counts_even_where_the_lead_was_gone() {
    given(&[notified(A, 0), closed(10)])
        .when(ignored(A, 20))
        .leaves(A, "ignored @20")
        .and_tells(&["retract A1 ignored @20"]);
}
