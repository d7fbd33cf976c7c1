//! What is sent.

use serde_json::json;

use super::*;
use crate::contract::{missed, parse_timer, responded, retracted, timer_body, trace};
use crate::domain::announcement::{DetectedBy, Missed, OfferKey, Retraction};
use crate::domain::event::{Basis, Category, LeadDetails, MissedReason, Moment, Origin, Responded, Response};

fn key() -> OfferKey {
    OfferKey { lead_id: id(LEAD), freelancer_id: id(FREELANCER), offer: 2 }
}

fn announcement() -> Missed {
    Missed {
        key: key(),
        reason: MissedReason::NoResponse,
        notes: None,
        notified_at: at("2026-03-01T11:00:00Z"),
        deadline_at: at("2026-03-01T11:30:00.250Z"),
        missed_at: at("2026-03-01T11:30:00.250001Z"),
        detected_by: DetectedBy::Timeout,
    }
}

fn body(message: &crate::contract::Message) -> Value {
    serde_json::from_slice(&message.body).expect("JSON")
}

#[test]
fn a_missed_offer_is_announced_with_what_is_known() {
    let lead = LeadDetails {
        title: Some("Fix a tap".into()),
        description: Some("secret".into()),
        location: Some("Pune".into()),
        budget_min: Some(1500.0),
        budget_max: Some(2500.5),
        category: Some(Category { id: json!(7), name: "Plumbing".into(), icon: None, color: Some("#00f".into()) }),
        mobile_number: Some("secret".into()),
        ..LeadDetails::default()
    };
    let said = Missed { notes: Some("away".into()), ..announcement() };
    let detected_at = at("2026-03-01T11:30:00.300000999Z");
    let message = missed(&said, Some("u-7"), &lead, detected_at, Some(TRACE));
    let id = key().missed_event_id().to_string();
    assert_eq!((message.routing_key, message.lead_id, message.id.as_str()), ("lead.missed", super::id(LEAD), &*id));
    assert_eq!((message.time, message.traceparent.as_str()), (at("2026-03-01T11:30:00.3Z"), TRACE));
    let expected = format!(
        r##"{{"specversion":"1.0","id":"{id}","source":"/lead-tracker","type":"com.hirelocal.lead.missed","##
    ) + &format!(
        r##""subject":"{LEAD}","time":"2026-03-01T11:30:00.300Z","datacontenttype":"application/json","##
    ) + &format!(
        r##""data":{{"leadId":"{LEAD}","freelancerId":"{FREELANCER}","freelancerUserId":"u-7","offer":2,"##
    ) + r##""reason":"no_response","notes":"away","notifiedAt":"2026-03-01T11:00:00Z","##
        + r##""deadlineAt":"2026-03-01T11:30:00.250Z","missedAt":"2026-03-01T11:30:00.250001Z","##
        + r##""detectedBy":"timeout","lead":{"title":"Fix a tap","location":"Pune","budgetMin":1500,"##
        + r##""budgetMax":2500.5,"category":{"id":7,"name":"Plumbing","color":"#00f"}},"link":"/freelancer/leads"}}"##;
    assert_eq!(String::from_utf8_lossy(&message.body), expected);
}

#[test]
fn what_is_not_known_is_left_out() {
    let message = missed(&announcement(), None, &LeadDetails::default(), at(RECEIVED), None);
    let data = &body(&message)["data"];
    assert_eq!(data["lead"], json!({}));
    assert_eq!(data.get("notes"), None);
    assert_eq!(data.get("freelancerUserId"), None);
}

#[test]
fn every_reason_and_finder_has_its_name() {
    let data = |missed: Missed| body(&super::super::missed(&missed, None, &LeadDetails::default(), at(RECEIVED), None));
    for (reason, name) in [
        (MissedReason::Expired, "expired"),
        (MissedReason::NoResponse, "no_response"),
        (MissedReason::Busy, "busy"),
        (MissedReason::NotInterested, "not_interested"),
    ] {
        assert_eq!(data(Missed { reason, ..announcement() })["data"]["reason"], name);
    }
    for (detected_by, name) in [
        (DetectedBy::Timeout, "timeout"),
        (DetectedBy::Sweep, "sweep"),
        (DetectedBy::Admin, "admin"),
        (DetectedBy::Freelancer, "freelancer"),
        (DetectedBy::LeadClosed, "lead_closed"),
    ] {
        assert_eq!(data(Missed { detected_by, ..announcement() })["data"]["detectedBy"], name);
    }
}

#[test]
fn a_retraction_names_the_announcement() {
    for (response, status) in [(Response::Accepted, "accepted"), (Response::Ignored, "ignored")] {
        let retraction = Retraction { key: key(), response, responded_at: at("2026-03-01T11:29:59.999999Z") };
        let message = retracted(&retraction, at(RECEIVED), Some(TRACE));
        assert_eq!(message.routing_key, "lead.missed_retracted");
        assert_eq!(message.id, key().retracted_event_id().to_string());
        let envelope = body(&message);
        assert_eq!(envelope["type"], "com.hirelocal.lead.missed_retracted");
        assert_eq!((&envelope["time"], &envelope["subject"]), (&json!(RECEIVED), &json!(LEAD)));
        let expected = json!({
            "leadId": LEAD, "freelancerId": FREELANCER, "offer": 2, "missedEventId": key().missed_event_id(),
            "status": status, "respondedAt": "2026-03-01T11:29:59.999999Z",
        });
        assert_eq!(envelope["data"], expected);
    }
}

#[test]
fn a_response_of_ones_own_reads_back_as_the_same_event() {
    for response in [Response::Accepted, Response::Ignored, Response::Missed(MissedReason::NotInterested)] {
        for notes in [None, Some("too far".to_owned())] {
            let own = Responded {
                lead_id: id(LEAD),
                freelancer_id: id(FREELANCER),
                response,
                notes,
                at: Moment { at: at("2026-03-01T11:10:00.000001Z"), basis: Basis::Stated },
            };
            let message = responded("event-1", &own, Some(TRACE));
            assert_eq!((message.routing_key, message.time), ("lead.responded", own.at.at));
            let headers = [("traceparent", message.traceparent.as_str())];
            let incoming = Incoming { headers: &headers, ..structured(message.routing_key, &message.body) };
            let heard = parse(&incoming).expect("its own words");
            let expected = Event {
                id: "event-1".into(),
                traceparent: Some(TRACE.into()),
                origin: Origin::Message,
                fact: Fact::Responded(own.clone()),
            };
            assert_eq!(heard, expected);
        }
    }
}

#[test]
fn a_message_that_follows_from_no_trace_begins_one() {
    let trace = |()| missed(&announcement(), None, &LeadDetails::default(), at(RECEIVED), None).traceparent;
    let (one, other) = (trace(()), trace(()));
    assert_eq!(trace::parse(&one).as_deref(), Some(one.as_str()));
    assert_ne!(one, other);
}

#[test]
fn a_timer_carries_its_offers_there_and_back() {
    let offers = [key(), OfferKey { offer: 1, ..key() }];
    let body = timer_body(&offers);
    let expected = format!(r#"{{"offers":[["{LEAD}","{FREELANCER}",2],["{LEAD}","{FREELANCER}",1]]}}"#);
    assert_eq!(String::from_utf8_lossy(&body), expected);
    assert_eq!(parse_timer(&body).expect("a timer"), offers);
    assert_eq!(parse_timer(&timer_body(&[])).expect("a timer"), []);
}
