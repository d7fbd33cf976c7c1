//! When, which and traced by what: where an event has it from.

use serde_json::{Value, json};

use super::*;

#[test]
fn a_time_is_the_datas_own_then_the_events_then_the_brokers_then_that_of_receipt() {
    let broker = Some(at("2026-03-01T09:00:00Z"));
    let moment = |data: Value, others: Value, timestamp| {
        let body = envelope("lead.viewed", &data, others).to_string();
        let incoming = Incoming { timestamp, ..structured("lead.viewed", body.as_bytes()) };
        match parse(&incoming).unwrap_or_else(|refusal| panic!("{refusal}")).fact {
            Fact::Viewed(viewed) => viewed.at,
            other => panic!("{other:?}"),
        }
    };
    let time = json!({ "time": "2026-03-01T15:30:00+05:30" });
    assert_eq!(moment(with(json!({ "viewedAt": WHEN })), time.clone(), broker), stated(WHEN));
    assert_eq!(moment(with(json!({})), time, broker), stated("2026-03-01T10:00:00Z"));
    assert_eq!(moment(with(json!({})), json!({}), broker), stated("2026-03-01T09:00:00Z"));
    assert_eq!(
        moment(with(json!({})), json!({ "time": null }), None),
        Moment { at: at(RECEIVED), basis: Basis::Received }
    );
    let future = with(json!({ "viewedAt": "2026-03-01T12:00:00.000001Z" }));
    assert_eq!(moment(future, json!({}), broker), Moment { at: at(RECEIVED), basis: Basis::Clamped });
}

#[test]
fn times_are_kept_to_the_microsecond_and_leap_seconds_end_up_in_the_next() {
    for (text, expected) in [
        ("2026-03-01T10:00:00.123456789Z", "2026-03-01T10:00:00.123456Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2026-03-01t10:00:00z", "2026-03-01T10:00:00Z"),
    ] {
        let Fact::Viewed(viewed) = fact("lead.viewed", &with(json!({ "viewedAt": text }))) else {
            panic!("another fact")
        };
        assert_eq!(viewed.at, stated(expected));
    }
}

#[test]
fn an_event_without_an_id_has_one_derived_from_routing_key_and_body() {
    let body = with(json!({})).to_string();
    let id_of = |key, body: &str, message_id| {
        let incoming = Incoming { message_id, ..bare(key, body.as_bytes()) };
        parse(&incoming).unwrap_or_else(|refusal| panic!("{refusal}")).id
    };
    let derived = id_of("lead.viewed", &body, None);
    assert_eq!(id(&derived).get_version_num(), 5);
    assert_eq!(derived, id_of("lead.viewed", &body, None));
    assert_eq!(derived, id_of("lead.viewed", &body, Some("")));
    assert_ne!(derived, id_of("lead.notified", &body, None));
    assert_ne!(derived, id_of("lead.viewed", &format!("{body} "), None));
    assert_eq!(id_of("lead.viewed", &body, Some("m-1")), "m-1");
    assert_eq!(id_of("lead.viewed", &body, Some(&"é".repeat(255))), "é".repeat(255));

    let data = with(json!({}));
    let wrapped = envelope("lead.viewed", &data, json!({ "id": null })).to_string();
    let event = parse(&structured("lead.viewed", wrapped.as_bytes())).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(id(&event.id).get_version_num(), 5);
}

#[test]
fn a_trace_context_is_taken_where_it_is_valid() {
    let body = with(json!({})).to_string();
    let later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings";
    let traced = |value: &str| {
        let headers = [("traceparent", value)];
        let incoming = Incoming { headers: &headers, ..bare("lead.viewed", body.as_bytes()) };
        parse(&incoming).unwrap_or_else(|refusal| panic!("{refusal}")).traceparent
    };
    assert_eq!(traced(TRACE).as_deref(), Some(TRACE));
    assert_eq!(traced(later).as_deref(), Some(TRACE));
    for bad in [
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0é",
    ] {
        assert_eq!(traced(bad), None, "{bad}");
    }

    let wrapped = envelope("lead.viewed", &with(json!({})), json!({ "traceparent": TRACE })).to_string();
    let other = [("traceparent", "00-11111111111111111111111111111111-2222222222222222-00")];
    for (headers, expected) in [(&[][..], TRACE), (&other[..], other[0].1), (&[("traceparent", "bad")][..], TRACE)] {
        let incoming = Incoming { headers, ..structured("lead.viewed", wrapped.as_bytes()) };
        let event = parse(&incoming).unwrap_or_else(|refusal| panic!("{refusal}"));
        assert_eq!(event.traceparent.as_deref(), Some(expected));
    }
}
