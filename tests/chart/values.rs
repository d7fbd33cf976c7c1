//! `values.schema.json` knows what `values.yaml` has, and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{chart, text};

/// Objects whose names are not ours to know: labels, annotations, and what Kubernetes checks itself.
const OPEN: [&str; 4] = ["texts", "kubernetes", "listOfKubernetes", "global"];

fn schema() -> Value {
    serde_json::from_str(&text(&chart("values.schema.json"))).expect("the schema is JSON")
}

/// Follows a reference into the schema's definitions; an open one leads nowhere.
fn resolved<'a>(schema: &'a Value, node: &'a Value) -> Option<&'a Value> {
    match node["$ref"].as_str().map(|reference| reference.trim_start_matches("#/definitions/")) {
        Some(name) if OPEN.contains(&name) => None,
        Some(name) => Some(&schema["definitions"][name]),
        None => Some(node),
    }
}

/// The paths of everything that the schema names.
fn known(schema: &Value, node: &Value, path: &str, paths: &mut BTreeSet<String>) {
    for (name, node) in node["properties"].as_object().into_iter().flatten().filter(|(name, _)| *name != "global") {
        let path = format!("{path}/{name}");
        if let Some(node) = resolved(schema, node) {
            known(schema, node, &path, paths);
        }
        paths.insert(path);
    }
}

/// The paths of everything that there is a default for, as deep as the schema knows it.
fn given(values: &Value, path: &str, known: &BTreeSet<String>, paths: &mut BTreeSet<String>) {
    for (name, value) in values.as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        if known.iter().any(|known| known.starts_with(&format!("{path}/"))) {
            given(value, &path, known, paths);
        }
        paths.insert(path);
    }
}

#[test]
fn every_value_is_in_the_schema_and_has_a_default() {
    let (schema, mut names, mut defaults) = (schema(), BTreeSet::new(), BTreeSet::new());
    known(&schema, &schema, "", &mut names);
    let values = serde_saphyr::from_str(&text(&chart("values.yaml"))).expect("values.yaml is YAML");
    given(&values, "", &names, &mut defaults);
    assert_eq!(names, defaults);
}

#[test]
fn no_object_takes_what_it_does_not_name() {
    fn assert_closed(node: &Value, path: &str) {
        let is_named = node.get("properties").is_some();
        assert!(!is_named || node["additionalProperties"] == false, "{path} takes anything");
        let is_open = path.split('/').any(|name| OPEN.contains(&name));
        assert!(is_named || is_open || node["type"] != "object", "{path} names nothing");
        match node {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, node)| assert_closed(node, &format!("{path}/{name}")))
            }
            Value::Array(items) => items.iter().for_each(|node| assert_closed(node, path)),
            _ => {}
        }
    }
    assert_closed(&schema(), "");
}
