//! Scalars as a message has them, read as what its fields should be.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use uuid::Uuid;

use super::refusal::{Refusal, quoted};

const UUID: &str = "a UUID";
const TIME: &str = "an RFC 3339 time with an offset, such as 2026-01-31T18:30:00+05:30";
const TEXT: &str = "text";
const TEXT_OR_NUMBER: &str = "text or a number";
const NUMBER: &str = "a number";

/// A scalar as a message has it, whatever its type: it is judged once its path is known.
///
/// In what follows, `field` is that path, and null counts as absent.
#[derive(Debug, Default, PartialEq)]
pub(super) enum Field<'a> {
    #[default]
    Absent,
    Null,
    Text(Cow<'a, str>),
    Number(Number),
    /// Something else, in words.
    Other(&'static str),
}

impl<'a> Field<'a> {
    pub(super) fn is_given(&self) -> bool {
        !matches!(self, Self::Absent | Self::Null)
    }

    /// A required UUID.
    pub(super) fn uuid(&self, field: &'static str) -> Result<Uuid, Refusal> {
        self.optional_uuid(field)?.ok_or(Refusal::Missing { field, expected: UUID })
    }

    pub(super) fn optional_uuid(&self, field: &'static str) -> Result<Option<Uuid>, Refusal> {
        self.parsed(field, UUID, |text| Uuid::parse_str(text).ok())
    }

    /// A required time.
    pub(super) fn time(&self, field: &'static str) -> Result<DateTime<Utc>, Refusal> {
        self.optional_time(field)?.ok_or(Refusal::Missing { field, expected: TIME })
    }

    pub(super) fn optional_time(&self, field: &'static str) -> Result<Option<DateTime<Utc>>, Refusal> {
        self.parsed(field, TIME, instant)
    }

    /// A required word out of those that `T` names; `expected` lists them.
    pub(super) fn word<T: DeserializeOwned>(&self, field: &'static str, expected: &'static str) -> Result<T, Refusal> {
        self.optional_word(field, expected)?.ok_or(Refusal::Missing { field, expected })
    }

    pub(super) fn optional_word<T: DeserializeOwned>(
        &self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, Refusal> {
        self.parsed(field, expected, |text| T::deserialize(StrDeserializer::<ValueError>::new(text)).ok())
    }

    /// Free text, which no refusal repeats.
    pub(super) fn text(self, field: &'static str) -> Result<Option<String>, Refusal> {
        match self {
            Self::Text(text) if text.contains('\0') => Err(Refusal::Nul { field }),
            Self::Text(text) => Ok(Some(text.into_owned())),
            other => other.absent_or(field, TEXT),
        }
    }

    /// Text that some publishers write as a number.
    pub(super) fn text_or_number(self, field: &'static str) -> Result<Option<String>, Refusal> {
        match self {
            Self::Text(_) => self.text(field),
            Self::Number(number) => Ok(Some(number.to_string())),
            other => other.absent_or(field, TEXT_OR_NUMBER),
        }
    }

    /// An id of the parent product, in the type that it has there.
    pub(super) fn foreign_id(self, field: &'static str) -> Result<Option<Value>, Refusal> {
        match self {
            Self::Text(_) => Ok(self.text(field)?.map(Value::String)),
            Self::Number(number) => Ok(Some(Value::Number(number))),
            other => other.absent_or(field, TEXT_OR_NUMBER),
        }
    }

    /// A finite number, which some publishers write as text. A refusal does not repeat that.
    pub(super) fn number(self, field: &'static str) -> Result<Option<f64>, Refusal> {
        let number = match &self {
            Self::Number(number) => number.as_f64(),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|number: &f64| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => self.absent_or(field, NUMBER),
        }
    }

    /// Text of a form that can be checked, and that is no secret: a refusal repeats it.
    fn parsed<T>(
        &self,
        field: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self {
            Self::Text(text) => match parse(text) {
                Some(value) => Ok(Some(value)),
                None => Err(Refusal::Invalid { field, expected, found: quoted(text) }),
            },
            other => other.absent_or(field, expected),
        }
    }

    fn absent_or<T>(&self, field: &'static str, expected: &'static str) -> Result<Option<T>, Refusal> {
        if self.is_given() {
            return Err(Refusal::Invalid { field, expected, found: self.kind().to_owned() });
        }
        Ok(None)
    }

    /// What it is, in words, without its value.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Absent | Self::Null => "null",
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::Other(kind) => kind,
        }
    }
}

/// The instant of an RFC 3339 time, in whole microseconds, which is what PostgreSQL keeps.
///
/// A leap second becomes the second that follows it: the database knows none.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let stated = DateTime::parse_from_rfc3339(text).ok()?;
    DateTime::from_timestamp_micros(stated.timestamp_micros())
}

impl<'de> Deserialize<'de> for Field<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Field::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Field::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Field::Null)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Field::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Field::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(number).map_or(Field::Other("a number out of range"), Field::Number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Field::Other("true or false"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Other("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Other("an object"))
    }
}
