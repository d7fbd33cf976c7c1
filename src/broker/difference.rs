//! Where the broker's topology is not the expected one.

use std::fmt;

use super::error::BrokerError;

/// What stands in the way of the topology.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// An object is missing, or other than expected. No waiting mends that.
    #[error(transparent)]
    Difference(#[from] Difference),
    /// The broker's user may not do what is needed. No waiting mends that.
    #[error("the broker does not permit to declare {object}")]
    Forbidden {
        /// What was to be declared: "queue …".
        object: String,
        /// The broker's own words.
        source: BrokerError,
    },
    /// The broker could not be asked; worth another try.
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

/// One object that is not as expected. Displays as one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Difference {
    /// "queue …" or "exchange …".
    pub object: String,
    /// The argument or property that differs; `None` where the whole object is missing.
    pub what: Option<String>,
    /// The value that this service needs; a string is in quotes.
    pub expected: String,
    /// The value that the broker has; a string is in quotes.
    pub found: String,
}

impl Difference {
    pub(super) fn missing(object: String) -> Self {
        Self { object, what: None, expected: "to exist".to_owned(), found: "nothing".to_owned() }
    }

    /// From the broker's refusal (406) of a declaration, as in: PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for
    /// queue 'q' in vhost '/': received the value '1000' of type 'long' but current is the value '2000' of type 'long'.
    /// What cannot be read, for the broker cuts the text at 255 bytes, is shown as it came.
    pub(super) fn from_refusal(object: String, text: &str) -> Self {
        let text = text.replace('\n', " ");
        let what = between(&text, "inequivalent arg '", "'").map(str::to_owned);
        let (received, current) = text
            .rsplit_once(": received ")
            .and_then(|(_, values)| values.split_once(" but current is "))
            .map_or(("another".to_owned(), text.clone()), |(received, current)| (value(received), value(current)));
        let what = Some(what.unwrap_or_else(|| "declaration".to_owned()));
        Self { object, what, expected: received, found: current }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { object, what, expected, found } = self;
        match what {
            None => write!(f, "{object} does not exist"),
            Some(what) => write!(f, "{object}: {what} is {found}, expected {expected}"),
        }
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inner, _)| inner)
}

/// `the value '1000' of type 'long'`, `'true'`, `none` → `1000`, `true`, `none`; a string in quotes, for it may be empty.
/// The broker leaves the types out where they are the same.
fn value(text: &str) -> String {
    let Some(inner) = between(text, "'", "'") else { return text.to_owned() };
    let is_string = match between(text, "of type '", "'") {
        Some(kind) => kind == "longstr",
        None => inner.parse::<bool>().is_err() && inner.parse::<i64>().is_err(),
    };
    if is_string { format!("\"{inner}\"") } else { inner.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Difference::from_refusal("queue a.inbox".to_owned(), text).to_string()
    }

    #[test]
    fn a_refusal_becomes_one_line() {
        let refusals = [
            (
                "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'a.inbox' in vhost '/': \
                 received the value '1000' of type 'long' but current is the value '2000' of type 'long'",
                "queue a.inbox: x-message-ttl is 2000, expected 1000",
            ),
            (
                "PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue 'a.inbox' in vhost 'it''s: received': \
                 received the value '20' of type 'long' but current is none",
                "queue a.inbox: x-delivery-limit is none, expected 20",
            ),
            (
                "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'x' in vhost '/': received 'topic' but current is 'direct'",
                "queue a.inbox: type is \"direct\", expected \"topic\"",
            ),
            (
                "PRECONDITION_FAILED - inequivalent arg 'x-dead-letter-exchange' for queue 'a.inbox' in vhost '/': \
                 received the value '' of type 'longstr' but current is the value 'other' of type 'longstr'",
                "queue a.inbox: x-dead-letter-exchange is \"other\", expected \"\"",
            ),
            (
                "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': received 'true' but current is 'false'",
                "queue a.inbox: durable is false, expected true",
            ),
        ];
        for (text, expected) in refusals {
            assert_eq!(read(text), expected);
        }
    }

    #[test]
    fn a_text_that_was_cut_is_shown_as_it_came() {
        let line = read(
            "PRECONDITION_FAILED - inequivalent arg 'x-dead-letter-routing-key' for queue 'a.in\nbox' in vhost '/': received the va",
        );
        assert!(line.starts_with("queue a.inbox: x-dead-letter-routing-key is PRECONDITION_FAILED"), "{line}");
        assert!(line.ends_with(", expected another") && !line.contains('\n'), "{line}");
    }
}
