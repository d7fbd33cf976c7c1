//! `lead.responded`: missed, in the freelancer's own words.

use super::scenario::*;
use crate::domain::event::MissedReason::{Busy, Expired, NoResponse, NotInterested};
use crate::domain::transition::EventOutcome::{Applied, Unchanged};

#[test]
fn inserts_a_missed_row_with_its_reason_and_announces_nothing() {
    given(column::NO_ROW)
        .when(busy(A, 10))
        .comes_to(Applied)
        .leaves(A, "missed busy @10")
        .and_does(&["A1 new -> missed busy (lead.responded freelancer A @10)"]);
}

#[test]
fn ends_an_open_offer_with_any_of_the_four_reasons_and_is_announced() {
    for (column, before) in [(column::NOTIFIED, "notified"), (column::VIEWED, "viewed")] {
        for (reason, said) in
            [(Expired, "expired"), (NoResponse, "no_response"), (Busy, "busy"), (NotInterested, "not_interested")]
        {
            given(column).when(missed(A, 30, reason)).leaves(A, &format!("missed {said} @30")).and_does(&[
                &format!("A1 {before} -> missed {said} (lead.responded freelancer A @30)"),
                &format!("announce A1 {said} @30 freelancer"),
            ]);
        }
    }
}

#[test]
fn tells_the_notes_in_the_announcement_and_keeps_them() {
    let after = given(column::NOTIFIED).when_told(&with_notes(busy(A, 10), "at a wedding"));
    assert_eq!(after.row(A).notes.as_deref(), Some("at a wedding"));
    let notes = after.effects.iter().find_map(|effect| match effect {
        crate::domain::history::Effect::Announce { missed, .. } => missed.notes.as_deref(),
        _ => None,
    });
    assert_eq!(notes, Some("at a wedding"));
}

#[test]
fn changes_nothing_after_accepting_or_ignoring() {
    for (column, state) in [(column::ACCEPTED, "accepted @10"), (column::IGNORED, "ignored @10")] {
        for at in [5, 20, 40] {
            let after = given(column).when_told(&with_notes(busy(A, at), "no time")).leaves(A, state).and_tells(&[]);
            assert_eq!(after.row(A).notes, None);
        }
    }
}

#[test]
fn replaces_no_response_with_reason_and_notes_silently() {
    for at in [20, 40] {
        let after = given(column::MISSED).when_told(&with_notes(busy(A, at), "no time"));
        let state = if at < 30 { "missed busy @20" } else { "missed busy @30" };
        let after = after.leaves(A, state).and_tells(&[]);
        assert_eq!(after.row(A).notes.as_deref(), Some("no time"));
    }
}

#[test]
fn without_a_reason_still_replaces_the_notes() {
    let after = given(column::MISSED)
        .when_told(&with_notes(missed(A, 40, NoResponse), "phone was off"))
        .leaves(A, "missed no_response @30")
        .and_tells(&[]);
    assert_eq!(after.row(A).notes.as_deref(), Some("phone was off"));
}

#[test]
fn with_a_reason_replaces_one_without_and_keeps_the_time() {
    given(&[notified(A, 0), missed(A, 10, NoResponse)]).when(busy(A, 15)).leaves(A, "missed busy @10").and_tells(&[]);
}

#[test]
fn replaces_no_other_reason() {
    given(&[notified(A, 0), busy(A, 10)])
        .when(missed(A, 15, NotInterested))
        .comes_to(Unchanged)
        .leaves(A, "missed busy @10")
        .and_does(&[]);
    let after = given(&[notified(A, 0), closed(10)])
        .when_told(&with_notes(busy(A, 15), "no time"))
        .leaves(A, "missed expired @10")
        .and_tells(&[]);
    assert_eq!(after.row(A).notes, None);
}

#[test]
fn before_the_lead_was_gone_keeps_its_reason_whichever_is_heard_first() {
    given(&[notified(A, 0), busy(A, 5), closed(10)]).leaves(A, "missed busy @5").and_tells(&[]);
    given(&[notified(A, 0), closed(10), busy(A, 5)]).leaves(A, "missed busy @5").and_tells(&[]);
}

#[test]
fn late_ends_an_open_offer_first() {
    given(column::NOTIFIED).when(busy(A, 40)).leaves(A, "missed busy @30").and_does(&[
        "A1 notified -> missed no_response (timer system @30)",
        "announce A1 no_response @30 timeout",
        "A1 missed -> missed busy (lead.responded freelancer A @40)",
    ]);
}

#[test]
fn without_a_time_of_its_own_counts_no_later_than_the_open_deadline() {
    given(column::NOTIFIED)
        .when_received(busy(A, 90))
        .leaves(A, "missed busy @30")
        .and_tells(&["announce A1 busy @30 freelancer"]);
}
