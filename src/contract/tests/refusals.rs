//! What is refused, and what is said of it.

use serde_json::json;

use super::*;
use crate::contract::parse_timer;

#[test]
fn a_bad_field_is_named_with_what_is_accepted() {
    let lead = |more: Value| with(json!({ "lead": more }));
    let freelancer = |more: Value| with(json!({ "freelancer": more }));
    let plan = |name: &str, value: Value| {
        let mut data = json!({
            "freelancerId": FREELANCER, "plan": "lead", "status": "active", "endsAt": "2026-03-01T12:00:00Z",
        });
        data[name] = value;
        data
    };
    let responses = "accepted, ignored or missed";
    for (key, data, expected) in [
        ("lead.notified", json!({}), "leadId is missing; it must be a UUID".to_owned()),
        ("lead.viewed", json!({ "leadId": LEAD }), "freelancerId is missing; it must be a UUID".to_owned()),
        ("lead.viewed", with(json!({ "leadId": null })), "leadId is missing; it must be a UUID".to_owned()),
        ("lead.viewed", with(json!({ "leadId": 7 })), "leadId must be a UUID, not a number".to_owned()),
        ("lead.viewed", with(json!({ "leadId": "lead-7" })), "leadId must be a UUID, not \"lead-7\"".to_owned()),
        ("lead.viewed", with(json!({ "freelancerId": [] })), "freelancerId must be a UUID, not an array".to_owned()),
        ("lead.viewed", with(json!({ "viewedAt": true })), format!("viewedAt must be {TIME}, not true or false")),
        (
            "lead.viewed",
            with(json!({ "viewedAt": "2026-03-01T12:00:00" })),
            format!("viewedAt must be {TIME}, not \"2026-03-01T12:00:00\""),
        ),
        (
            "lead.notified",
            with(json!({ "notifiedAt": "yesterday".repeat(20) })),
            format!("notifiedAt must be {TIME}, not \"yesterdayyesterdayyesterdayyesterdayyesterdayyes\"…"),
        ),
        ("lead.notified", with(json!({ "lead": "a tap" })), "lead must be an object, not text".to_owned()),
        ("lead.notified", with(json!({ "lead": [1, [2]] })), "lead must be an object, not an array".to_owned()),
        ("lead.notified", with(json!({ "freelancer": -1 })), "freelancer must be an object, not a number".to_owned()),
        ("lead.notified", lead(json!({ "title": 7 })), "lead.title must be text, not a number".to_owned()),
        ("lead.notified", lead(json!({ "location": {} })), "lead.location must be text, not an object".to_owned()),
        ("lead.notified", lead(json!({ "budgetMin": "5k" })), "lead.budgetMin must be a number, not text".to_owned()),
        ("lead.notified", lead(json!({ "budgetMin": "inf" })), "lead.budgetMin must be a number, not text".to_owned()),
        (
            "lead.notified",
            lead(json!({ "budget_max": false })),
            "lead.budgetMax must be a number, not true or false".to_owned(),
        ),
        (
            "lead.notified",
            lead(json!({ "pincode": [] })),
            "lead.pincode must be text or a number, not an array".to_owned(),
        ),
        (
            "lead.notified",
            lead(json!({ "category": { "id": {} } })),
            "lead.category.id must be text or a number, not an object".to_owned(),
        ),
        (
            "lead.notified",
            lead(json!({ "customer": { "id": 1, "firstName": 5 } })),
            "lead.customer.firstName must be text, not a number".to_owned(),
        ),
        ("lead.notified", lead(json!({ "customer": 3.5 })), "lead.customer must be an object, not a number".to_owned()),
        (
            "lead.notified",
            lead(json!({ "createdAt": "2026-03-01" })),
            format!("lead.createdAt must be {TIME}, not \"2026-03-01\""),
        ),
        (
            "lead.notified",
            freelancer(json!({ "leadPlanEndsAt": "never" })),
            format!("freelancer.leadPlanEndsAt must be {TIME}, not \"never\""),
        ),
        (
            "lead.notified",
            freelancer(json!({ "userId": "x".repeat(256) })),
            "freelancer.userId must have at most 255 characters".to_owned(),
        ),
        ("lead.responded", with(json!({})), format!("response is missing; it must be {responses}")),
        (
            "lead.responded",
            with(json!({ "response": "Accepted" })),
            format!("response must be {responses}, not \"Accepted\""),
        ),
        (
            "lead.responded",
            with(json!({ "response": "missed", "reason": "tired" })),
            "reason must be expired, no_response, busy or not_interested, not \"tired\"".to_owned(),
        ),
        (
            "lead.responded",
            with(json!({ "response": "ignored", "notes": 1 })),
            "notes must be text, not a number".to_owned(),
        ),
        (
            "lead.closed",
            json!({ "leadId": LEAD }),
            "outcome is missing; it must be accepted, completed or cancelled".to_owned(),
        ),
        (
            "lead.closed",
            json!({ "leadId": LEAD, "outcome": "missed" }),
            "outcome must be accepted, completed or cancelled, not \"missed\"".to_owned(),
        ),
        (
            "lead.closed",
            json!({ "leadId": LEAD, "outcome": "accepted", "acceptedBy": "me" }),
            "acceptedBy must be a UUID, not \"me\"".to_owned(),
        ),
        ("freelancer.plan_changed", plan("plan", json!("featured")), "plan must be lead, not \"featured\"".to_owned()),
        ("freelancer.plan_changed", plan("plan", json!(null)), "plan is missing; it must be lead".to_owned()),
        (
            "freelancer.plan_changed",
            plan("status", json!("paused")),
            "status must be active, expired or cancelled, not \"paused\"".to_owned(),
        ),
        ("freelancer.plan_changed", plan("endsAt", json!(null)), format!("endsAt is missing; it must be {TIME}")),
        (
            "freelancer.plan_changed",
            plan("freelancerId", json!(null)),
            "freelancerId is missing; it must be a UUID".to_owned(),
        ),
    ] {
        assert_eq!(refusal(key, &data), expected);
    }
}

#[test]
fn text_with_a_nul_is_refused_wherever_it_is_kept() {
    let nul = "a\0b";
    for (key, data, field) in [
        ("lead.notified", json!({ "freelancer": { "userId": nul } }), "freelancer.userId"),
        ("lead.notified", json!({ "freelancer": { "fullName": nul } }), "freelancer.fullName"),
        ("lead.notified", json!({ "lead": { "title": nul } }), "lead.title"),
        ("lead.notified", json!({ "lead": { "description": nul } }), "lead.description"),
        ("lead.notified", json!({ "lead": { "location": nul } }), "lead.location"),
        ("lead.notified", json!({ "lead": { "pincode": nul } }), "lead.pincode"),
        ("lead.notified", json!({ "lead": { "preferredTime": nul } }), "lead.preferredTime"),
        ("lead.notified", json!({ "lead": { "mobileNumber": nul } }), "lead.mobileNumber"),
        ("lead.notified", json!({ "lead": { "category": { "id": nul } } }), "lead.category.id"),
        ("lead.notified", json!({ "lead": { "category": { "name": nul } } }), "lead.category.name"),
        ("lead.notified", json!({ "lead": { "category": { "icon": nul } } }), "lead.category.icon"),
        ("lead.notified", json!({ "lead": { "category": { "color": nul } } }), "lead.category.color"),
        ("lead.notified", json!({ "lead": { "customer": { "id": nul } } }), "lead.customer.id"),
        ("lead.notified", json!({ "lead": { "customer": { "firstName": nul } } }), "lead.customer.firstName"),
        ("lead.notified", json!({ "lead": { "customer": { "lastName": nul } } }), "lead.customer.lastName"),
        ("lead.responded", json!({ "response": "ignored", "notes": nul }), "notes"),
    ] {
        assert_eq!(refusal(key, &with(data)), format!("{field} must not contain a NUL character"));
    }
    let body = with(json!({})).to_string();
    let incoming = Incoming { message_id: Some("\0"), ..bare("lead.viewed", body.as_bytes()) };
    assert_eq!(said(&incoming), "the event id must not contain a NUL character");
}

#[test]
fn a_message_that_contradicts_itself_is_refused() {
    for (fields, expected) in [
        (
            format!(r#""leadId":"{LEAD}","lead_id":"{FREELANCER}""#),
            "the message contradicts itself: leadId is given twice, as leadId or lead_id, with different values",
        ),
        (
            r#""lead":{"title":"a","title":"b"}"#.to_owned(),
            "the message contradicts itself: title is given twice, with different values",
        ),
        (
            r#""freelancer":{"leadPlanEndsAt":null,"lead_plan_ends_at":"2026-03-01T12:00:00Z"}"#.to_owned(),
            "the message contradicts itself: leadPlanEndsAt is given twice, as leadPlanEndsAt or lead_plan_ends_at, \
             with different values",
        ),
    ] {
        let body = format!("{{{fields}}}");
        let said = said(&bare("lead.notified", body.as_bytes()));
        let (sentence, position) = said.split_once(" at line 1 column ").expect("a position");
        assert_eq!(sentence, expected);
        assert!(position.parse::<usize>().is_ok(), "{position}");
    }
}

#[test]
fn what_is_no_json_object_is_refused() {
    for (body, expected) in [
        (&b""[..], "the body is not JSON: EOF while parsing a value at line 1 column 0"),
        (b"{\"leadId\":", "the body is not JSON: EOF while parsing a value at line 1 column 10"),
        (b"{} {}", "the body is not JSON: trailing characters at line 1 column 4"),
        (b"{\"a\":\"\xff\"}", "the body is not UTF-8: invalid utf-8 sequence of 1 bytes from index 6"),
        (b"[1, {}]", "the body must be an object, not an array"),
        (b"\"text\"", "the body must be an object, not text"),
        (b"7", "the body must be an object, not a number"),
        (b"null", "the body is missing; it must be an object"),
    ] {
        assert_eq!(said(&bare("lead.viewed", body)), expected);
    }
}

/// Wrong in every way that free text can be: what is said of it must not contain it.
#[test]
fn no_refusal_repeats_what_may_be_personal() {
    let secrets = ["Asha", "98765", "drips"];
    for wrong in [json!(["Asha 98765 drips"]), json!({ "Asha": "98765 drips" }), json!("Asha 98765 drips\0")] {
        for field in ["title", "description", "location", "pincode", "preferredTime", "mobileNumber", "budgetMin"] {
            let said = refusal("lead.notified", &with(json!({ "lead": { field: wrong } })));
            assert!(secrets.iter().all(|secret| !said.contains(secret)), "{said}");
        }
    }
    for body in [r#""Asha 98765""#, r#"{"lead":{"title":"Asha"  "98765"}}"#, r#"{"lead":"Asha","freelancer":98765"#] {
        let said = said(&bare("lead.notified", body.as_bytes()));
        assert!(secrets.iter().all(|secret| !said.contains(secret)), "{said}");
    }
    let twice = r#"{"lead":{"mobileNumber":"98765","mobile_number":"98766"}}"#;
    assert!(!said(&bare("lead.notified", twice.as_bytes())).contains("98765"));
}

#[test]
fn what_is_no_timer_is_refused_without_repeating_it() {
    let zero = format!(r#"{{"offers":[["{LEAD}","{FREELANCER}",0]]}}"#);
    for (body, column) in
        [("", 0), ("{}", 2), (r#"{"offers":"Asha"}"#, 16), (r#"{"offers":[["x","y",1]]}"#, 15), (&zero, 1)]
    {
        let said = parse_timer(body.as_bytes()).expect_err("to be refused").to_string();
        let expected = "a timer must be {\"offers\": [[leadId, freelancerId, offer], …]}; it is not, at line 1 column";
        assert_eq!(said, format!("{expected} {column}"));
    }
}
