//! What an action of freelancer A comes to, in each state that it may meet.

use super::scenario::*;
use crate::domain::action::ActionOutcome::{self, Conflict, Done, Gone, Repeated};
use crate::domain::action::{Action, Attempt};
use crate::domain::event::{MissedReason, Response};

const ACCEPT: Action = Action::Respond { response: Response::Accepted, notes: None };
const IGNORE: Action = Action::Respond { response: Response::Ignored, notes: None };
const BUSY: Action = missed_as(MissedReason::Busy);
const NO_RESPONSE: Action = missed_as(MissedReason::NoResponse);

const fn missed_as(reason: MissedReason) -> Action {
    Action::Respond { response: Response::Missed(reason), notes: None }
}

impl Scenario {
    /// Freelancer A does it, through the API.
    fn when_done(mut self, action: &Action, at: i64) -> (ActionOutcome, Self) {
        let (freelancer_id, at) = (id(A), minute(at));
        let attempt = Attempt { freelancer_id, action, event_id: "action", traceparent: None, at };
        self.effects.clear();
        let outcome = self.lead.act(&attempt, &mut self.effects);
        (outcome, self)
    }
}

#[track_caller]
fn expect(steps: &[Step], action: &Action, at: i64, expected: ActionOutcome, state: &str) -> Scenario {
    let (outcome, scenario) = given(steps).when_done(action, at);
    assert_eq!(outcome, expected, "{action:?} after {steps:?}");
    scenario.leaves(A, state)
}

#[test]
fn an_answer_to_an_open_offer_counts_and_is_told_to_others() {
    for column in column::OPEN {
        expect(column, &ACCEPT, 10, Done, "accepted @10").and_tells(&["tell Accepted"]);
        expect(column, &IGNORE, 10, Done, "ignored @10").and_tells(&["tell Ignored"]);
        let announced = ["announce A1 busy @10 freelancer", "tell Missed(Busy)"];
        expect(column, &BUSY, 10, Done, "missed busy @10").and_tells(&announced);
    }
}

#[test]
fn the_history_says_that_it_was_done_here() {
    let record = "A1 notified -> accepted (api freelancer A @10)";
    expect(column::NOTIFIED, &ACCEPT, 10, Done, "accepted @10").and_does(&[record, "tell Accepted"]);
}

#[test]
fn what_was_done_before_is_repeated_and_does_nothing() {
    for (action, state) in [(ACCEPT, "accepted @10"), (IGNORE, "ignored @10"), (BUSY, "missed busy @10")] {
        let (_, done) = given(column::NOTIFIED).when_done(&action, 10);
        let (outcome, again) = done.when_done(&action, 20);
        assert_eq!(outcome, Repeated);
        again.leaves(A, state).and_does(&[]);
    }
}

#[test]
fn a_repetition_with_other_notes_is_none() {
    let noted = |text: &str| Action::Respond { response: Response::Ignored, notes: Some(text.to_owned()) };
    let (outcome, done) = given(column::NOTIFIED).when_done(&noted("too far"), 10);
    assert_eq!(outcome, Done);
    for (action, expected) in [(IGNORE, Repeated), (noted("too far"), Repeated), (noted("too late"), Conflict)] {
        let (outcome, after) = done.clone().when_done(&action, 11);
        assert_eq!(outcome, expected);
        after.and_tells(&[]);
    }
}

#[test]
fn what_the_state_speaks_against_is_a_conflict_and_is_told_to_nobody() {
    expect(column::ACCEPTED, &IGNORE, 20, Conflict, "accepted @10").and_does(&[]);
    expect(column::ACCEPTED, &BUSY, 20, Conflict, "accepted @10").and_does(&[]);
    expect(column::IGNORED, &BUSY, 20, Conflict, "ignored @10").and_does(&[]);
    expect(column::MISSED, &IGNORE, 40, Conflict, "missed no_response @30").and_tells(&[]);
    let (_, marked) = given(column::NOTIFIED).when_done(&BUSY, 10);
    assert_eq!(marked.when_done(&NO_RESPONSE, 20).0, Conflict);
}

#[test]
fn after_a_timeout_an_open_lead_can_be_accepted_and_a_reason_given() {
    expect(column::MISSED, &ACCEPT, 40, Done, "accepted @40 late").and_tells(&["tell Accepted"]);
    expect(column::MISSED, &BUSY, 40, Done, "missed busy @30").and_tells(&["tell Missed(Busy)"]);
    expect(column::MISSED, &NO_RESPONSE, 40, Done, "missed no_response @30").and_tells(&["tell Missed(NoResponse)"]);
}

#[test]
fn an_overdue_offer_ends_before_it_is_answered() {
    let announced = "announce A1 no_response @30 timeout";
    expect(column::NOTIFIED, &ACCEPT, 31, Done, "accepted @31 late").and_tells(&[announced, "tell Accepted"]);
    expect(column::NOTIFIED, &IGNORE, 31, Conflict, "missed no_response @30").and_tells(&[announced]);
}

#[test]
fn a_lead_that_is_gone_cannot_be_accepted_whatever_the_clocks_say() {
    let taken = [notified(A, 0), notified(B, 0), accepted(B, 10)];
    expect(&taken, &ACCEPT, 11, Gone, "missed expired @10").and_does(&[]);
    expect(&taken, &ACCEPT, 9, Gone, "missed expired @10").and_does(&[]);
    expect(&[notified(A, 0), closed(10)], &ACCEPT, 11, Gone, "missed expired @10").and_does(&[]);
    expect(&taken, &BUSY, 11, Conflict, "missed expired @10").and_tells(&[]);
}

#[test]
fn looking_counts_once() {
    expect(column::NOTIFIED, &Action::View, 10, Done, "viewed").and_tells(&[]);
    expect(column::VIEWED, &Action::View, 10, Repeated, "viewed").and_does(&[]);
    expect(column::ACCEPTED, &Action::View, 20, Done, "accepted @10").and_tells(&[]);
    expect(column::MISSED, &Action::View, 40, Conflict, "missed no_response @30").and_does(&[]);
}
