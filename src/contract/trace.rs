//! W3C trace context, level 1: the `traceparent` header.

/// The length of a version 00 `traceparent`.
const LENGTH: usize = 55;

/// A valid `traceparent`, written as version 00; `None` where it is not valid, which is no reason to refuse a message.
///
/// A later version is read as the standard asks: by its first fields, which are those of version 00.
pub fn parse(text: &str) -> Option<String> {
    let (known, rest) = text.split_at_checked(LENGTH)?;
    let mut parts = known.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && is_hex(version, 2) && is_hex(flags, 2);
    let named = is_id(trace, 32) && is_id(parent, 16);
    let ended = rest.is_empty() || (version != "00" && rest.starts_with('-'));
    (whole && named && ended && version != "ff").then(|| format!("00-{trace}-{parent}-{flags}"))
}

/// A new trace, for what follows from no traced message.
pub fn fresh() -> String {
    let (trace, parent) = (rand::random::<u128>().max(1), rand::random::<u64>().max(1));
    format!("00-{trace:032x}-{parent:016x}-01")
}

fn is_id(text: &str, length: usize) -> bool {
    is_hex(text, length) && text.bytes().any(|digit| digit != b'0')
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}
