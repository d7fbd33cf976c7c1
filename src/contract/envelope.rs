//! CloudEvents 1.0 as they come over AMQP.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::MapAccess;
use serde::de::value::{Error as ValueError, MapDeserializer};

use super::field::Field;
use super::object::{Object, Part, object, put};
use super::refusal::{Refusal, quoted};

const SPECVERSION: &str = "1.0";

object! {
    /// The attributes that are looked at. A bare message has none of them.
    Attributes {
        specversion as "specversion": Field<'a>,
        id as "id": Field<'a>,
        r#type as "type": Field<'a>,
        time as "time": Field<'a>,
        traceparent as "traceparent": Field<'a>,
    }
}

impl<'a> Attributes<'a> {
    /// The attributes in the headers of a binary CloudEvent; `None` where no header is one.
    pub(super) fn of_headers(headers: &[(&'a str, &'a str)]) -> Result<Option<Self>, Refusal> {
        let mut attributes = headers.iter().filter_map(|(name, value)| Some((attribute(name)?, *value))).peekable();
        if attributes.peek().is_none() {
            return Ok(None);
        }
        Part::deserialize(MapDeserializer::<_, ValueError>::new(attributes))
            .map_err(|error| Refusal::Contradiction(error.to_string()))?
            .optional("headers")
    }

    /// Refuses another version of CloudEvents, and a `type` that names another event. What is not stated is taken for
    /// granted: a publisher that forgets the version has no other one in mind.
    pub(super) fn check(&self, routing_key: &'static str) -> Result<(), Refusal> {
        const FIELD: &str = "the CloudEvents specversion";
        match self.specversion.optional_word::<String>(FIELD, SPECVERSION)? {
            Some(other) if other != SPECVERSION => {
                return Err(Refusal::Invalid { field: FIELD, expected: SPECVERSION, found: quoted(&other) });
            }
            _ => {}
        }
        match self.r#type.optional_word::<String>("the CloudEvents type", "text")? {
            Some(found) if !found.ends_with(routing_key) => Err(Refusal::Type { routing_key, found: quoted(&found) }),
            _ => Ok(()),
        }
    }

    /// When the event happened, where the envelope says so.
    pub(super) fn time(&self) -> Result<Option<DateTime<Utc>>, Refusal> {
        self.time.optional_time("the CloudEvents time")
    }

    /// The id, moved out, where the envelope has one.
    pub(super) fn take_id(&mut self) -> Result<Option<Cow<'a, str>>, Refusal> {
        match std::mem::take(&mut self.id) {
            Field::Text(id) => Ok(Some(id)),
            other => Ok(other.text("the CloudEvents id")?.map(Cow::Owned)),
        }
    }

    /// The trace context, unchecked.
    pub(super) fn traceparent(&self) -> Option<&str> {
        match &self.traceparent {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The attribute that a header carries, in lower case.
fn attribute(header: &str) -> Option<String> {
    const PREFIX: &str = "cloudEvents";
    let (prefix, rest) = header.split_at_checked(PREFIX.len())?;
    let name = rest.strip_prefix([':', '_'])?;
    prefix.eq_ignore_ascii_case(PREFIX).then(|| name.to_ascii_lowercase())
}

/// A structured CloudEvent.
#[derive(Debug, Default)]
pub(super) struct Envelope<'a, T> {
    pub(super) attributes: Attributes<'a>,
    pub(super) data: Part<T>,
    data_base64: Field<'a>,
}

impl<'a, T: Object<'a> + PartialEq> Object<'a> for Envelope<'a, T> {
    fn read<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "data" => put(&mut self.data, map.next_value()?, ("data", "data")),
            "data_base64" => put(&mut self.data_base64, map.next_value()?, ("data_base64", "data_base64")),
            attribute => self.attributes.read(attribute, map),
        }
    }
}

impl<'a, T> Envelope<'a, T> {
    /// The data that is given as base64, decoded; `None` where `data` has to be looked at.
    pub(super) fn encoded_data(&self) -> Result<Option<Vec<u8>>, Refusal> {
        if !self.data_base64.is_given() {
            return Ok(None);
        }
        if !matches!(self.data, Part::Absent) {
            return Err(Refusal::Contradiction("data and data_base64 are both given".to_owned()));
        }
        const FIELD: &str = "data_base64";
        const EXPECTED: &str = "a JSON object in base64";
        let Field::Text(text) = &self.data_base64 else {
            return Err(Refusal::Invalid {
                field: FIELD,
                expected: EXPECTED,
                found: self.data_base64.kind().to_owned(),
            });
        };
        let decoded = STANDARD.decode(text.as_bytes());
        decoded.map(Some).map_err(|error| Refusal::Invalid {
            field: FIELD,
            expected: EXPECTED,
            found: format!("text that does not decode ({error})"),
        })
    }
}
