//! Why a message is refused.

use super::inbound::MAX_BODY;
use super::routing_key::INBOUND;

/// Why a message cannot be processed, now or ever: one sentence that says what is wrong, where, and what is accepted.
///
/// Values are repeated only of fields that hold ids, times and fixed words, and cut short.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The body has more than [`MAX_BODY`] bytes.
    #[error("the body has {0} bytes, but at most {MAX_BODY} are accepted")]
    TooLarge(usize),
    /// The routing key is none of the inbound ones.
    #[error("the routing key must be one of {keys}, not {0}", keys = INBOUND.join(", "))]
    RoutingKey(String),
    /// The content type is neither bare JSON nor a structured CloudEvent.
    #[error("the content type must be application/json or application/cloudevents+json, not {0}")]
    ContentType(String),
    /// The body is no text.
    #[error("the body is not UTF-8: {0}")]
    NotUtf8(std::str::Utf8Error),
    /// The body is no JSON document.
    #[error("the body is not JSON: {0}")]
    NotJson(serde_json::Error),
    /// A field is given more than once, in one spelling or in both, with different values.
    #[error("the message contradicts itself: {0}")]
    Contradiction(String),
    /// A required field is absent or null.
    #[error("{field} is missing; it must be {expected}")]
    Missing {
        /// The path of the field, in camelCase.
        field: &'static str,
        /// What is accepted.
        expected: &'static str,
    },
    /// A field has a value that is not accepted.
    #[error("{field} must be {expected}, not {found}")]
    Invalid {
        /// The path of the field, in camelCase.
        field: &'static str,
        /// What is accepted.
        expected: &'static str,
        /// The kind of value that was found, or the value where it cannot be personal.
        found: String,
    },
    /// The CloudEvents `type` names another event than the routing key.
    #[error("the CloudEvents type must end in the routing key, {routing_key}, but is {found}")]
    Type {
        /// What the message was sent with.
        routing_key: &'static str,
        /// The `type`.
        found: String,
    },
    /// A text is longer than the field may be.
    #[error("{field} must have at most {limit} characters")]
    TooLong {
        /// The path of the field, in camelCase.
        field: &'static str,
        /// How many characters are accepted.
        limit: usize,
    },
    /// A text contains the character that PostgreSQL cannot keep.
    #[error("{field} must not contain a NUL character")]
    Nul {
        /// The path of the field, in camelCase.
        field: &'static str,
    },
    /// What arrived on the dead-letter queue was not written by [`timer_body`](super::timer_body).
    #[error(
        "a timer must be {{\"offers\": [[leadId, freelancerId, offer], …]}}; it is not, at line {line} column {column}"
    )]
    Timer {
        /// Line of the body, from 1.
        line: usize,
        /// Column of that line.
        column: usize,
    },
}

/// A value as a refusal may repeat it: quoted, escaped, and cut short.
pub(super) fn quoted(value: &str) -> String {
    const SHOWN: usize = 48;
    let mut characters = value.chars();
    let start: String = characters.by_ref().take(SHOWN).collect();
    if characters.next().is_some() { format!("{start:?}…") } else { format!("{start:?}") }
}
