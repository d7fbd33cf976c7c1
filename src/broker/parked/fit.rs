//! Headers small enough for a copy.

use std::collections::BTreeMap;

use lapin::types::{AMQPValue, FieldTable, ShortString};

use super::message::header;

/// The headers of a copy, in bytes: half of what one AMQP frame holds (128 KiB by default). All of a message's headers travel
/// in one frame; a larger one closes the connection, and every message that is held on it is delivered again.
const MAX_HEADERS: usize = 64 * 1024;
/// The longest value that this service writes, in characters. What it writes always fits.
const MAX_VALUE: usize = 1000;

/// Sets a header of this service, cut off where it is too long.
pub(super) fn set(headers: &mut BTreeMap<ShortString, AMQPValue>, name: &str, value: &str) {
    let end = value.char_indices().nth(MAX_VALUE).map_or(value.len(), |(end, _)| end);
    headers.insert(name.into(), AMQPValue::LongString(value[..end].into()));
}

/// Leaves out other programs' headers, the largest first, until the rest fits, and says how many they were. This service's
/// own, all of which were [`set`], stay.
pub(super) fn fit(mut headers: BTreeMap<ShortString, AMQPValue>) -> FieldTable {
    let mut total: usize = headers.iter().map(|(name, value)| size(name, value)).sum();
    let foreign = headers.iter().filter(|(name, _)| !header::OURS.contains(&name.as_str()));
    let mut foreign: Vec<_> = foreign.map(|(name, value)| (size(name, value), name.clone())).collect();
    foreign.sort_unstable();
    let mut dropped = 0;
    while total > MAX_HEADERS
        && let Some((size, name)) = foreign.pop()
    {
        headers.remove(&name);
        total -= size;
        dropped += 1;
    }
    if dropped > 0 {
        set(&mut headers, header::DROPPED, &dropped.to_string());
    }
    headers.into()
}

/// The bytes that a header takes, or somewhat more.
fn size(name: &ShortString, value: &AMQPValue) -> usize {
    1 + name.as_str().len() + value_size(value)
}

fn value_size(value: &AMQPValue) -> usize {
    // A type and a length, or a type and a number of 8 bytes at most.
    const FIXED: usize = 9;
    FIXED
        + match value {
            AMQPValue::ShortString(text) => text.as_str().len(),
            AMQPValue::LongString(text) => text.as_bytes().len(),
            AMQPValue::ByteArray(bytes) => bytes.as_slice().len(),
            AMQPValue::FieldArray(values) => values.as_slice().iter().map(value_size).sum(),
            AMQPValue::FieldTable(table) => table.into_iter().map(|(name, value)| size(name, value)).sum(),
            _ => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(length: usize) -> AMQPValue {
        AMQPValue::LongString("x".repeat(length).into())
    }

    #[test]
    fn the_largest_go_first_and_are_counted_and_our_own_stay() {
        let mut headers = BTreeMap::from([
            ("traceparent".into(), text(55)),
            ("a".into(), AMQPValue::FieldArray(vec![text(40_000)].into())),
            ("b".into(), text(50_000)),
        ]);
        set(&mut headers, header::REASON, &"é".repeat(70_000));
        let fitted = fit(headers);
        let names: Vec<_> = fitted.inner().keys().map(ShortString::as_str).collect();
        assert_eq!(names, ["a", "traceparent", header::DROPPED, header::REASON]);
        assert_eq!(fitted.inner()[header::DROPPED], AMQPValue::LongString("1".into()));
        assert_eq!(fitted.inner()[header::REASON], AMQPValue::LongString("é".repeat(MAX_VALUE).into()));
    }

    #[test]
    fn many_small_ones_are_bounded_too() {
        let mut headers: BTreeMap<_, _> = (0..20_000).map(|n| (ShortString::from(n.to_string()), text(1))).collect();
        set(&mut headers, header::ID, "id");
        let fitted = fit(headers);
        assert!(fitted.inner().contains_key(header::ID));
        assert!(fitted.into_iter().map(|(name, value)| size(name, value)).sum::<usize>() <= MAX_HEADERS + 100);
    }
}
