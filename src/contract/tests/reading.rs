//! What is accepted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::domain::event::{
    Category, Closed, Customer, FreelancerProfile, LeadDetails, MissedReason, Notified, Origin, Outcome, PlanChanged,
    PlanStatus, Responded, Response, Viewed,
};

/// The whole of each event, and the fact that it tells.
fn whole() -> Vec<(&'static str, Value, Fact)> {
    let notified = json!({
        "leadId": LEAD, "freelancerId": FREELANCER, "notifiedAt": "2026-03-01T16:30:00.123456+05:30",
        "freelancer": { "userId": "u-7", "fullName": "Asha Rao", "leadPlanEndsAt": "2026-04-01T00:00:00Z" },
        "lead": {
            "title": "Fix a tap", "description": "It drips", "location": "Pune", "pincode": "411001",
            "budgetMin": 500, "budgetMax": 1500.5, "preferredTime": "evenings", "createdAt": WHEN,
            "category": { "id": 7, "name": "Plumbing", "icon": "wrench", "color": "#00f" },
            "customer": { "id": "c-1", "firstName": "Ravi", "lastName": "Iyer" }, "mobileNumber": "+91 98765 43210",
        },
    });
    let responded = with(json!({ "response": "missed", "reason": "busy", "notes": "away", "respondedAt": WHEN }));
    let closed = json!({ "leadId": LEAD, "outcome": "completed", "acceptedBy": FREELANCER, "closedAt": WHEN });
    let plan = json!({
        "freelancerId": FREELANCER, "plan": "lead", "status": "cancelled", "endsAt": "2027-01-01T00:00:00Z",
        "changedAt": WHEN,
    });
    vec![
        ("lead.notified", notified, Fact::Notified(whole_offer())),
        (
            "lead.viewed",
            with(json!({ "viewedAt": WHEN })),
            Fact::Viewed(Viewed { lead_id: id(LEAD), freelancer_id: id(FREELANCER), at: stated(WHEN) }),
        ),
        (
            "lead.responded",
            responded,
            Fact::Responded(Responded {
                lead_id: id(LEAD),
                freelancer_id: id(FREELANCER),
                response: Response::Missed(MissedReason::Busy),
                notes: Some("away".into()),
                at: stated(WHEN),
            }),
        ),
        (
            "lead.closed",
            closed,
            Fact::Closed(Closed {
                lead_id: id(LEAD),
                outcome: Outcome::Completed,
                accepted_by: Some(id(FREELANCER)),
                at: stated(WHEN),
            }),
        ),
        (
            "freelancer.plan_changed",
            plan,
            Fact::PlanChanged(PlanChanged {
                freelancer_id: id(FREELANCER),
                status: PlanStatus::Cancelled,
                ends_at: at("2027-01-01T00:00:00Z"),
                at: stated(WHEN),
            }),
        ),
    ]
}

fn whole_offer() -> Notified {
    Notified {
        lead_id: id(LEAD),
        freelancer_id: id(FREELANCER),
        at: stated("2026-03-01T11:00:00.123456Z"),
        freelancer: FreelancerProfile {
            user_id: Some("u-7".into()),
            full_name: Some("Asha Rao".into()),
            lead_plan_ends_at: Some(Some(at("2026-04-01T00:00:00Z"))),
        },
        lead: LeadDetails {
            title: Some("Fix a tap".into()),
            description: Some("It drips".into()),
            location: Some("Pune".into()),
            pincode: Some("411001".into()),
            budget_min: Some(500.0),
            budget_max: Some(1500.5),
            preferred_time: Some("evenings".into()),
            created_at: Some(at(WHEN)),
            category: Some(Category {
                id: json!(7),
                name: "Plumbing".into(),
                icon: Some("wrench".into()),
                color: Some("#00f".into()),
            }),
            customer: Some(Customer {
                id: json!("c-1"),
                first_name: Some("Ravi".into()),
                last_name: Some("Iyer".into()),
            }),
            mobile_number: Some("+91 98765 43210".into()),
        },
    }
}

/// The same document with every name in snake_case.
fn snake(value: &Value) -> Value {
    let Some(object) = value.as_object() else {
        return value.clone();
    };
    let rename = |name: &String| -> String {
        let letter = |c: char| {
            if c.is_uppercase() { format!("_{}", c.to_lowercase()) } else { c.to_string() }
        };
        name.chars().map(letter).collect()
    };
    object.iter().map(|(name, value)| (rename(name), snake(value))).collect()
}

#[test]
fn every_event_is_read_in_every_form_and_spelling() {
    for (key, camel, expected) in whole() {
        for data in [camel.clone(), snake(&camel)] {
            let body = data.to_string();
            let body = body.as_bytes();
            let kind = format!("com.hirelocal.{key}");
            let colons = [("cloudEvents:specversion", "1.0"), ("cloudEvents:id", "e-1"), ("cloudEvents:type", &kind)];
            let scores = [("cloudEvents_SpecVersion", "1.0"), ("cloudevents_ID", "e-1"), ("cloudEvents_Type", &kind)];
            let wrapped = envelope(key, &data, json!({})).to_string();
            let encoded = json!({ "data_base64": STANDARD.encode(body), "data": null });
            let encoded = envelope(key, &data, encoded).to_string();
            let forms = [
                Incoming { message_id: Some("e-1"), ..bare(key, body) },
                Incoming { message_id: Some("e-1"), content_type: None, ..bare(key, body) },
                Incoming { message_id: Some("other"), headers: &colons, ..bare(key, body) },
                Incoming { headers: &scores, content_type: None, ..bare(key, body) },
                structured(key, wrapped.as_bytes()),
                structured(key, encoded.as_bytes()),
            ];
            for form in forms {
                let event = parse(&form).unwrap_or_else(|refusal| panic!("{refusal}: {form:?}"));
                assert_eq!(
                    event,
                    Event { id: "e-1".into(), traceparent: None, origin: Origin::Message, fact: expected.clone() }
                );
            }
        }
    }
}

#[test]
fn a_version_that_is_not_stated_is_taken_for_granted() {
    let data = with(json!({}));
    let (body, wrapped) =
        (data.to_string(), envelope("lead.viewed", &data, json!({ "specversion": null })).to_string());
    let headers = [("cloudEvents:id", "e-1")];
    for form in [
        Incoming { headers: &headers, ..bare("lead.viewed", body.as_bytes()) },
        structured("lead.viewed", wrapped.as_bytes()),
    ] {
        assert_eq!(parse(&form).expect("to be read").id, "e-1");
    }
}

#[test]
fn a_byte_order_mark_before_the_json_is_passed_over() {
    let data = with(json!({}));
    let expected = fact("lead.viewed", &data);
    let (body, wrapped) = (data.to_string(), envelope("lead.viewed", &data, json!({})).to_string());
    let encoded = json!({ "data_base64": STANDARD.encode(format!("\u{feff}{body}")), "data": null });
    let encoded = envelope("lead.viewed", &data, encoded).to_string();
    let (body, wrapped) = (format!("\u{feff}{body}"), format!("\u{feff}{wrapped}"));
    for form in [
        bare("lead.viewed", body.as_bytes()),
        structured("lead.viewed", wrapped.as_bytes()),
        structured("lead.viewed", encoded.as_bytes()),
    ] {
        assert_eq!(parse(&form).expect("to be read").fact, expected);
    }
}

#[test]
fn a_budget_may_be_text() {
    let lead = json!({ "budgetMin": "500", "budgetMax": " 1500.5 " });
    let Fact::Notified(notified) = fact("lead.notified", &with(json!({ "lead": lead }))) else { panic!("no offer") };
    assert_eq!((notified.lead.budget_min, notified.lead.budget_max), (Some(500.0), Some(1500.5)));
}

#[test]
fn content_types_are_compared_without_case_and_parameters() {
    let data = with(json!({}));
    let (body, wrapped) = (data.to_string(), envelope("lead.viewed", &data, json!({})).to_string());
    for content_type in
        ["application/json", "Application/JSON; charset=utf-8", "application/json;charset=\"UTF-8\"", ""]
    {
        let incoming = Incoming { content_type: Some(content_type), ..bare("lead.viewed", body.as_bytes()) };
        assert!(parse(&incoming).is_ok(), "{content_type}");
    }
    for content_type in ["application/cloudevents+json", "Application/CloudEvents+JSON ; charset=UTF-8"] {
        let incoming = Incoming { content_type: Some(content_type), ..bare("lead.viewed", wrapped.as_bytes()) };
        assert!(parse(&incoming).is_ok(), "{content_type}");
    }
}

#[test]
fn minimal_messages_are_enough() {
    let received = Moment { at: at(RECEIVED), basis: Basis::Received };
    let expected = Notified {
        lead_id: id(LEAD),
        freelancer_id: id(FREELANCER),
        at: received,
        freelancer: FreelancerProfile::default(),
        lead: LeadDetails::default(),
    };
    let nulls = json!({ "lead": null, "freelancer": null, "notifiedAt": null });
    let inner = json!({
        "lead": { "title": null, "budgetMin": null, "category": null, "customer": null }, "freelancer": { "userId": null },
    });
    for more in [json!({}), json!({ "lead": {}, "freelancer": {} }), nulls, inner, json!({ "later": [{ "a": 1 }] })] {
        assert_eq!(fact("lead.notified", &with(more)), Fact::Notified(expected.clone()));
    }
    assert!(matches!(fact("lead.viewed", &with(json!({}))), Fact::Viewed(viewed) if viewed.at == received));
    let closed = fact("lead.closed", &json!({ "leadId": LEAD, "outcome": "cancelled" }));
    assert!(matches!(closed, Fact::Closed(Closed { accepted_by: None, at, .. }) if at == received));
    let plan = json!({ "freelancerId": FREELANCER, "plan": "lead", "status": "active", "endsAt": WHEN });
    assert!(matches!(fact("freelancer.plan_changed", &plan), Fact::PlanChanged(plan) if plan.at == received));
}

#[test]
fn a_plan_that_is_null_is_known_and_one_that_is_absent_is_not() {
    let plan = |freelancer: Value| match fact("lead.notified", &with(json!({ "freelancer": freelancer }))) {
        Fact::Notified(notified) => notified.freelancer.lead_plan_ends_at,
        other => panic!("{other:?}"),
    };
    assert_eq!(plan(json!({})), None);
    assert_eq!(plan(json!({ "leadPlanEndsAt": null })), Some(None));
    assert_eq!(plan(json!({ "lead_plan_ends_at": null })), Some(None));
    assert_eq!(plan(json!({ "lead_plan_ends_at": WHEN })), Some(Some(at(WHEN))));
}

#[test]
fn numbers_stand_for_text_where_publishers_write_them_so() {
    let data = with(json!({
        "freelancer": { "userId": 42 },
        "lead": { "pincode": 411001, "mobileNumber": 9876543210_u64, "category": { "name": "Paint" }, "customer": { "id": 9 } },
    }));
    let Fact::Notified(notified) = fact("lead.notified", &data) else { panic!("another fact") };
    assert_eq!(notified.freelancer.user_id.as_deref(), Some("42"));
    assert_eq!(notified.lead.pincode.as_deref(), Some("411001"));
    assert_eq!(notified.lead.mobile_number.as_deref(), Some("9876543210"));
    assert_eq!(notified.lead.category.map(|category| category.id), Some(Value::Null));
    assert_eq!(notified.lead.customer.map(|customer| customer.id), Some(json!(9)));
}

#[test]
fn a_field_given_twice_alike_is_read_once() {
    let body =
        format!(r#"{{"leadId":"{LEAD}","lead_id":"{LEAD}","freelancer_id":"{FREELANCER}","lead":{{}},"lead":{{}}}}"#);
    assert!(parse(&bare("lead.notified", body.as_bytes())).is_ok());
}

#[test]
fn responses_have_reasons_only_when_missed() {
    let response = |more: Value| match fact("lead.responded", &with(more)) {
        Fact::Responded(responded) => responded.response,
        other => panic!("{other:?}"),
    };
    assert_eq!(response(json!({ "response": "accepted", "reason": "busy" })), Response::Accepted);
    assert_eq!(response(json!({ "response": "ignored", "reason": "tired" })), Response::Ignored);
    for (reason, expected) in [
        (json!(null), MissedReason::NoResponse),
        (json!("no_response"), MissedReason::NoResponse),
        (json!("expired"), MissedReason::Expired),
        (json!("busy"), MissedReason::Busy),
        (json!("not_interested"), MissedReason::NotInterested),
    ] {
        assert_eq!(response(json!({ "response": "missed", "reason": reason })), Response::Missed(expected));
    }
    assert_eq!(response(json!({ "response": "missed" })), Response::Missed(MissedReason::NoResponse));
}

#[test]
fn outcomes_and_plan_statuses_have_their_names() {
    for (name, expected) in
        [("accepted", Outcome::Accepted), ("completed", Outcome::Completed), ("cancelled", Outcome::Cancelled)]
    {
        let closed = fact("lead.closed", &json!({ "leadId": LEAD, "outcome": name }));
        assert!(matches!(closed, Fact::Closed(closed) if closed.outcome == expected));
    }
    for (name, expected) in
        [("active", PlanStatus::Active), ("expired", PlanStatus::Expired), ("cancelled", PlanStatus::Cancelled)]
    {
        let data = json!({ "freelancerId": FREELANCER, "plan": "lead", "status": name, "endsAt": WHEN });
        assert!(matches!(fact("freelancer.plan_changed", &data), Fact::PlanChanged(plan) if plan.status == expected));
    }
}
