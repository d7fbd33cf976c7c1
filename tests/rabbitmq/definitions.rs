//! The file as it is, without a broker.

use std::time::Duration;

use lead_tracker::broker::{Names, topology};
use serde_json::Value;

const DEFINITIONS: &str = include_str!("../../rabbitmq/definitions.json");
const WINDOW: Duration = Duration::from_secs(30 * 60);

/// Fails unless exchanges, queues and bindings of RabbitMQ's `definitions` are those that the code declares.
pub(crate) fn assert_declared(mut definitions: Value) {
    let mut declared = topology::definitions(&Names::new(""), WINDOW);
    for kind in ["exchanges", "queues", "bindings"] {
        assert_eq!(sorted(&mut definitions[kind]), sorted(&mut declared[kind]), "{kind}");
    }
}

/// Without what the code leaves to its connection (the virtual host) or says among the arguments (the queue's type), and
/// with what an export leaves out (that an exchange is not internal).
fn sorted(objects: &mut Value) -> Vec<Value> {
    let objects = objects.as_array_mut().expect("definitions are lists");
    for object in objects.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(vhost) = object.remove("vhost") {
            assert_eq!(vhost, "/");
        }
        if object.contains_key("arguments") && object.get("type") == Some(&Value::from("quorum")) {
            object.remove("type");
        }
        if object.get("type") == Some(&Value::from("topic")) {
            object.entry("internal").or_insert(Value::from(false));
        }
    }
    let mut objects = objects.clone();
    objects.sort_by_key(Value::to_string);
    objects
}

fn file() -> Value {
    serde_json::from_str(DEFINITIONS).expect("definitions.json is JSON")
}

#[test]
fn the_file_has_what_the_code_declares() {
    assert_declared(file());
}

#[test]
fn the_file_has_no_password_and_no_user_who_may_do_everything() {
    let file = file();
    let list = |kind: &str| file[kind].as_array().cloned().expect("definitions are lists");
    for user in list("users") {
        assert_eq!(user["password_hash"], "", "{user}");
        assert!(user.get("password").is_none() && !user["tags"].to_string().contains("administrator"), "{user}");
        assert_eq!(list("permissions").iter().filter(|right| right["user"] == user["name"]).count(), 1, "{user}");
        assert_eq!(list("topic_permissions").iter().filter(|right| right["user"] == user["name"]).count(), 1, "{user}");
    }
    for right in list("permissions").iter().chain(&list("topic_permissions")) {
        for pattern in ["configure", "write", "read"].iter().filter_map(|kind| right.get(kind)?.as_str()) {
            assert!(pattern.starts_with('^') && pattern.ends_with('$'), "matches a part of a name: {right}");
        }
    }
}

/// Its user may have queues of such names only.
#[test]
fn the_sample_subscriber_keeps_to_its_users_names() {
    let queue = "'notification-service.leads'";
    assert!(include_str!("../../docs/examples/subscribe.mjs").contains(queue), "rights.rs tries {queue}");
}
