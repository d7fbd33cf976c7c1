//! AMQP header values as strings and as JSON.

use std::borrow::Cow;

use chrono::DateTime;
use lapin::types::{AMQPValue, FieldTable};
use serde_json::{Map, Value, json};

/// A value that reads as one string: text, a number, a truth value or a time; `None` for tables, arrays and nothing.
pub(super) fn text(value: &AMQPValue) -> Option<Cow<'_, str>> {
    match value {
        AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes())),
        AMQPValue::ShortString(text) => Some(text.as_str().into()),
        AMQPValue::ByteArray(bytes) => Some(String::from_utf8_lossy(bytes.as_slice())),
        AMQPValue::FieldArray(_) | AMQPValue::FieldTable(_) | AMQPValue::Void => None,
        scalar => match json(scalar) {
            Value::String(text) => Some(text.into()),
            other => Some(other.to_string().into()),
        },
    }
}

/// A table as a JSON object.
pub(super) fn json_object(table: &FieldTable) -> Map<String, Value> {
    table.into_iter().map(|(name, value)| (name.to_string(), json(value))).collect()
}

fn json(value: &AMQPValue) -> Value {
    match value {
        AMQPValue::Boolean(value) => json!(value),
        AMQPValue::ShortShortInt(number) => json!(number),
        AMQPValue::ShortShortUInt(number) => json!(number),
        AMQPValue::ShortInt(number) => json!(number),
        AMQPValue::ShortUInt(number) => json!(number),
        AMQPValue::LongInt(number) => json!(number),
        AMQPValue::LongUInt(number) => json!(number),
        AMQPValue::LongLongInt(number) => json!(number),
        AMQPValue::Float(number) => json!(number),
        AMQPValue::Double(number) => json!(number),
        AMQPValue::DecimalValue(decimal) => json!(f64::from(decimal.value) / 10_f64.powi(i32::from(decimal.scale))),
        AMQPValue::ShortString(text) => json!(text.as_str()),
        AMQPValue::LongString(text) => json!(String::from_utf8_lossy(text.as_bytes())),
        AMQPValue::ByteArray(bytes) => json!(String::from_utf8_lossy(bytes.as_slice())),
        AMQPValue::FieldArray(values) => values.as_slice().iter().map(json).collect(),
        AMQPValue::FieldTable(table) => Value::Object(json_object(table)),
        AMQPValue::Timestamp(seconds) => timestamp(*seconds),
        AMQPValue::Void => Value::Null,
    }
}

fn timestamp(seconds: u64) -> Value {
    let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.map_or_else(|| json!(seconds), |time| json!(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_read_as_text_and_structures_do_not() {
        let texts = [
            (AMQPValue::LongString("00-abc".into()), Some("00-abc")),
            (AMQPValue::ShortString("short".into()), Some("short")),
            (AMQPValue::LongLongInt(-7), Some("-7")),
            (AMQPValue::Boolean(true), Some("true")),
            (AMQPValue::Timestamp(0), Some("1970-01-01T00:00:00Z")),
            (AMQPValue::Timestamp(u64::MAX), Some("18446744073709551615")),
            (AMQPValue::Void, None),
            (AMQPValue::FieldTable(FieldTable::default()), None),
        ];
        for (value, expected) in texts {
            assert_eq!(text(&value).as_deref(), expected, "{value:?}");
        }
    }
}
