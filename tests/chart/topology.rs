//! What the chart has others declare is what the code declares, and what `rabbitmq/definitions.json` has.

use std::path::Path;
use std::time::Duration;

use lead_tracker::broker::{Names, topology};
use serde_json::{Value, json};

use crate::helm::Values;
use crate::manifest::{Manifest, of_kind, the};
use crate::{PROJECT, text};

const WINDOW: Duration = Duration::from_secs(30 * 60);

/// With the topology operator, and a Secret for each user.
fn by_operator() -> Values {
    let users = "topology.operator.users.service=lead-tracker,topology.operator.users.operator=lead-tracker-operator";
    Values::case("minimal").set("topology.mode=operator,topology.operator.cluster.name=rabbit").set(users)
}

fn project() -> Value {
    let file = Path::new(PROJECT).join("rabbitmq/definitions.json");
    serde_json::from_str(&text(&file)).expect("definitions.json is JSON")
}

/// The definitions in the ConfigMap of the mode `definitions`.
fn imported(values: Values) -> Value {
    let manifests = values.set("topology.mode=definitions").manifests();
    let map = of_kind(&manifests, "ConfigMap").find(|map| map.name().ends_with("-definitions")).expect("there is one");
    serde_json::from_str(map.text("/data/definitions.json")).expect("definitions are JSON")
}

/// The resources of the topology operator, as definitions.
fn declared(manifests: &[Manifest]) -> Value {
    let all = |kind: &'static str, of: fn(&Value) -> Value| -> Value {
        of_kind(manifests, kind).map(|manifest| of(manifest.at("/spec"))).collect()
    };
    json!({
        "exchanges": all("Exchange", |spec| json!({
            "name": spec["name"], "vhost": spec["vhost"], "type": spec["type"], "durable": spec["durable"],
            "auto_delete": spec["autoDelete"], "internal": false, "arguments": {},
        })),
        "queues": all("Queue", |spec| json!({
            "name": spec["name"], "vhost": spec["vhost"], "durable": spec["durable"],
            "auto_delete": spec["autoDelete"], "arguments": spec["arguments"],
        })),
        "bindings": all("Binding", |spec| json!({
            "source": spec["source"], "vhost": spec["vhost"], "destination": spec["destination"],
            "destination_type": spec["destinationType"], "routing_key": spec["routingKey"], "arguments": {},
        })),
        "policies": all("Policy", |spec| json!({
            "name": spec["name"], "vhost": spec["vhost"], "pattern": spec["pattern"], "apply-to": spec["applyTo"],
            "priority": spec["priority"], "definition": spec["definition"],
        })),
    })
}

fn assert_same(one: &Value, other: &Value, kinds: &[&str]) {
    let sorted = |objects: &Value| {
        let mut objects = objects.as_array().cloned().expect("definitions are lists");
        objects.sort_by_key(Value::to_string);
        objects
    };
    for kind in kinds {
        assert_eq!(sorted(&one[kind]), sorted(&other[kind]), "{kind}");
    }
}

#[test]
fn both_forms_have_what_the_project_has() {
    let kinds = ["exchanges", "queues", "bindings", "policies"];
    assert_same(&imported(Values::case("minimal")), &project(), &kinds);
    assert_same(&declared(&by_operator().manifests()), &project(), &kinds);
}

#[test]
fn both_forms_have_what_the_code_declares_under_another_name() {
    let kinds = ["exchanges", "queues", "bindings"];
    let set = "broker.prefix=a_b-c.,topology.vhost=leads,responseWindow=1500ms";
    let mut expected = topology::definitions(&Names::new("a_b-c."), Duration::from_millis(1500));
    for object in kinds.iter().flat_map(|kind| expected[kind].as_array().cloned().expect("a list")) {
        assert!(object.get("vhost").is_none(), "the code leaves it to the connection: {object}");
    }
    for kind in kinds {
        let objects = expected[kind].as_array_mut().expect("a list");
        objects.iter_mut().for_each(|object| object["vhost"] = json!("leads"));
    }
    assert_same(&imported(Values::case("minimal").set(set)), &expected, &kinds);
    assert_same(&declared(&by_operator().set(set).manifests()), &expected, &kinds);
}

#[test]
fn every_response_window_has_its_queue() {
    let definitions =
        imported(Values::case("minimal").set("topology.otherResponseWindows={500ms,90s,10min,2h,7days,30min}"));
    let queues: Vec<_> =
        definitions["queues"].as_array().expect("a list").iter().map(|queue| queue["name"].clone()).collect();
    let windows = [500, 90_000, 600_000, 7_200_000, 604_800_000, WINDOW.as_millis()];
    let expected = windows.map(|window| json!(format!("lead-tracker.response-window.{window}ms")));
    assert!(expected.iter().all(|queue| queues.contains(queue)), "{queues:?}");
    assert_eq!(queues.len(), expected.len() + 3);
}

#[test]
fn users_may_what_those_of_the_project_may() {
    let (manifests, project) = (by_operator().manifests(), project());
    for name in ["lead-tracker", "lead-tracker-operator"] {
        let user = of_kind(&manifests, "User").find(|user| user.text("/spec/importCredentialsSecret/name") == name);
        let user = user.expect("each Secret makes a user");
        let of_user = |manifest: &&Manifest| manifest.text("/spec/userReference/name") == user.name();
        let rights = |kind| of_kind(&manifests, kind).find(of_user).expect("a user has rights").at("/spec/permissions");
        let expected = |list: &str, who: &str| {
            let found = project[list].as_array().expect("a list").iter().find(|object| object[who] == name);
            found.cloned().expect("the project has the user")
        };
        assert_eq!(user.0["spec"].get("tags").cloned().unwrap_or(json!([])), expected("users", "name")["tags"]);
        for (kind, list) in [("Permission", "permissions"), ("TopicPermission", "topic_permissions")] {
            let expected = expected(list, "user");
            for (field, right) in rights(kind).as_object().expect("rights have names") {
                assert_eq!(right, &expected[field], "{name}: {field} of {list}");
            }
        }
    }
}

/// Deleting a queue would delete what is in it.
#[test]
fn what_the_operator_declares_outlives_the_release() {
    let manifests = by_operator().manifests();
    let declared = manifests.iter().filter(|manifest| manifest.api_version().starts_with("rabbitmq.com/"));
    for manifest in declared {
        assert_eq!(manifest.text("/metadata/annotations/helm.sh~1resource-policy"), "keep", "{}", manifest.name());
    }
    assert!(of_kind(&manifests, "Queue").all(|queue| queue.text("/spec/deletionPolicy") == "retain"));
}

#[test]
fn only_the_mode_app_lets_the_service_declare() {
    let operator = "topology.operator.cluster.name=rabbit";
    for (mode, more, declares) in
        [("app", "", "true"), ("operator", operator, "false"), ("definitions", "", "false"), ("none", "", "false")]
    {
        let manifests = Values::case("minimal").set(format!("topology.mode={mode}")).set(more).manifests();
        let settings =
            of_kind(&manifests, "ConfigMap").find(|map| map.name() == "lead-tracker").expect("it has settings");
        assert_eq!(settings.text("/data/LEAD_TRACKER_BROKER__DECLARE"), declares, "{mode}");
    }
    assert_eq!(the(&Values::case("minimal").manifests(), "Deployment").name(), "lead-tracker");
}
