//! The same data otherwise: with other names, and with other values.

use serde_json::{Map, Value, json};

/// The data with snake_case names.
pub(super) fn snake_case(data: &Value) -> Value {
    let Value::Object(fields) = data else {
        return data.clone();
    };
    Value::Object(fields.iter().map(|(name, value)| (snake_name(name), snake_case(value))).collect())
}

fn snake_name(camel: &str) -> String {
    let mut snake = String::new();
    for letter in camel.chars() {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// The data once for each of its fields, at any depth: without it, with other values of it, and with both its names.
pub(super) fn variations(data: &Map<String, Value>) -> Vec<Value> {
    data.iter().flat_map(|(name, value)| variations_of(name, value, data)).collect()
}

fn variations_of(name: &str, value: &Value, data: &Map<String, Value>) -> Vec<Value> {
    let inner = value.as_object().map(variations).unwrap_or_default();
    let mut variations: Vec<_> =
        other_values().into_iter().chain(inner).map(|value| with(data.clone(), name, value)).collect();
    variations.push(with(data.clone(), &snake_name(name), Value::Null));
    let mut without = data.clone();
    without.remove(name);
    variations.push(Value::Object(without));
    variations
}

fn with(mut data: Map<String, Value>, name: &str, value: Value) -> Value {
    data.insert(name.to_owned(), value);
    Value::Object(data)
}

/// One of each kind that some field allows and others do not.
fn other_values() -> [Value; 14] {
    [
        Value::Null,
        json!([]),
        json!({}),
        json!(true),
        json!(7),
        json!(-0.5),
        json!(""),
        json!("text"),
        json!("nul\0"),
        json!("x".repeat(256)),
        json!("2026-03-01T12:00:00"),
        json!("2026-13-01T12:00:00Z"),
        json!("2026-03-01t12:00:00.123456789-08:00"),
        json!("7B5F4D4E-0F61-4C6B-9A53-0D3C1F0C9A01"),
    ]
}
