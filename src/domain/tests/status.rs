//! The lead's own state.

use super::scenario::*;
use crate::domain::event::Outcome;
use crate::domain::lead::LeadStatus;

#[track_caller]
fn is(steps: &[Step], status: LeadStatus) {
    assert_eq!(given(steps).lead.status(), status);
}

#[test]
fn is_pending_while_an_offer_is_open() {
    is(&[], LeadStatus::Pending);
    is(&[notified(A, 0)], LeadStatus::Pending);
    is(&[notified(A, 0), timer(A, 1, 30), notified(B, 5)], LeadStatus::Pending);
    is(&[ignored(A, 5), notified(A, 0), notified(B, 0), viewed(B, 5)], LeadStatus::Pending);
}

#[test]
fn is_missed_when_every_offer_has_ended_and_one_was_missed() {
    is(&[notified(A, 0), timer(A, 1, 30)], LeadStatus::Missed);
    is(&[notified(A, 0), timer(A, 1, 30), notified(B, 0), ignored(B, 5)], LeadStatus::Missed);
}

#[test]
fn is_ignored_when_all_ignored_it() {
    is(&[notified(A, 0), ignored(A, 10), notified(B, 0), ignored(B, 5)], LeadStatus::Ignored);
}

#[test]
fn is_pending_again_with_a_new_offer() {
    is(&[notified(A, 0), timer(A, 1, 30), notified(A, 40)], LeadStatus::Pending);
    is(&[notified(A, 0), ignored(A, 10), notified(B, 40)], LeadStatus::Pending);
}

#[test]
fn takes_no_account_of_rows_without_an_offer() {
    is(&[busy(A, 5)], LeadStatus::Pending);
    is(&[busy(A, 5), notified(B, 0), ignored(B, 5)], LeadStatus::Ignored);
    is(&[viewed(A, 5), notified(B, 0), ignored(B, 5)], LeadStatus::Ignored);
}

#[test]
fn is_accepted_from_the_acceptance_on() {
    is(&[notified(A, 0), notified(B, 0), accepted(A, 10)], LeadStatus::Accepted);
    is(&[notified(A, 0), accepted(A, 40)], LeadStatus::Accepted);
    is(&[accepted(A, 10)], LeadStatus::Accepted);
}

#[test]
fn follows_its_closing() {
    for (outcome, status) in [
        (Outcome::Accepted, LeadStatus::Accepted),
        (Outcome::Completed, LeadStatus::Completed),
        (Outcome::Cancelled, LeadStatus::Cancelled),
    ] {
        is(&[notified(A, 0), Step::Closed(10, outcome, None)], status);
        is(&[notified(A, 0), accepted(A, 5), Step::Closed(10, outcome, Some(A))], status);
    }
}
