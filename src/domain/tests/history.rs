//! What the history and the messages carry besides the state.

use super::scenario::*;
use crate::domain::announcement::DetectedBy;
use crate::domain::event::Basis;
use crate::domain::history::Effect;

fn traced(step: Step, traceparent: &str) -> crate::domain::event::Event {
    let mut event = event(step, Basis::Stated).expect("an event");
    event.traceparent = Some(traceparent.to_owned());
    event
}

/// Of each message: the trace that goes on, and that of the offer.
fn traces(scenario: &Scenario) -> Vec<(Option<&str>, Option<&str>)> {
    let trace = |effect: &'_ Effect| match effect {
        Effect::Announce { trace, .. } | Effect::Retract { trace, .. } => Some(trace.clone()),
        _ => None,
    };
    let known = ["offer", "answer"];
    let name = |text: Option<&str>| text.and_then(|text| known.into_iter().find(|name| *name == text));
    let traces = scenario.effects.iter().filter_map(trace);
    traces.map(|trace| (name(trace.traceparent()), name(trace.offer.as_deref()))).collect()
}

#[test]
fn an_entry_names_the_event_that_told_it() {
    let after = given(column::NOTIFIED).when(accepted(A, 40));
    let ids: Vec<_> = after
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Record(change) => Some(change.cause.event_id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ids, ["Responded('A', 40, Accepted)"; 2]);
}

#[test]
fn an_announcement_says_when_the_offer_began_and_until_when_it_stood() {
    let after = given(column::NOTIFIED).when(timer(A, 1, 45));
    let missed = after.effects.iter().find_map(|effect| match effect {
        Effect::Announce { missed, .. } => Some(missed),
        _ => None,
    });
    let missed = missed.expect("an announcement");
    assert_eq!((missed.notified_at, missed.deadline_at, missed.missed_at), (minute(0), minute(30), minute(30)));
    assert_eq!(missed.detected_by, DetectedBy::Timeout);
}

#[test]
fn a_timeout_belongs_to_the_trace_of_its_offer() {
    let after = given(&[]).when_told(&traced(notified(A, 0), "offer")).when(timer(A, 1, 30));
    assert_eq!(traces(&after), [(Some("offer"), Some("offer"))]);
}

#[test]
fn a_retraction_belongs_to_the_trace_of_the_answer() {
    let missed = given(&[]).when_told(&traced(notified(A, 0), "offer")).when(timer(A, 1, 30));
    let after = missed.when_told(&traced(accepted(A, 20), "answer"));
    assert_eq!(traces(&after), [(Some("answer"), Some("offer"))]);
}
