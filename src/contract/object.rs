//! JSON objects read in one pass, with both spellings of each name, and without serde's own complaints about types:
//! those repeat the value, which may be a phone number.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::refusal::Refusal;

/// The place of a JSON object in a message; what it is not is kept, to be named once its path is known.
#[derive(Debug, Default, PartialEq)]
pub(super) enum Part<T> {
    /// Not given, or null.
    #[default]
    Absent,
    /// Given.
    Object(T),
    /// Something else, in words.
    Other(&'static str),
}

impl<T: Default> Part<T> {
    /// The object; where it is absent, one without fields.
    pub(super) fn or_empty(self, field: &'static str) -> Result<T, Refusal> {
        Ok(self.optional(field)?.unwrap_or_default())
    }

    /// The object, which must be there.
    pub(super) fn required(self, field: &'static str) -> Result<T, Refusal> {
        self.optional(field)?.ok_or(Refusal::Missing { field, expected: "an object" })
    }

    /// The object, where there is one.
    pub(super) fn optional(self, field: &'static str) -> Result<Option<T>, Refusal> {
        match self {
            Self::Absent => Ok(None),
            Self::Object(object) => Ok(Some(object)),
            Self::Other(found) => Err(Refusal::Invalid { field, expected: "an object", found: found.to_owned() }),
        }
    }
}

/// A JSON object whose fields are read by name.
pub(super) trait Object<'de>: Default {
    /// Reads the value that follows `name`; of an unknown name, passes over it.
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Defines an [`Object`]: its fields are the snake_case names, the camelCase ones follow them.
macro_rules! object {
    ($(#[$meta:meta])* $name:ident { $($field:ident as $camel:literal: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Default, PartialEq)]
        pub(super) struct $name<'a> {
            $(pub(super) $field: $type,)*
        }

        impl<'a> $crate::contract::object::Object<'a> for $name<'a> {
            fn read<A: serde::de::MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
                $(if name == $camel || name == stringify!($field) {
                    let names = ($camel, stringify!($field));
                    return $crate::contract::object::put(&mut self.$field, map.next_value()?, names);
                })*
                map.next_value::<serde::de::IgnoredAny>().map(drop)
            }
        }
    };
}
pub(super) use object;

/// Sets a field; one that is given again must be given the same.
pub(super) fn put<T: Default + PartialEq, E: Error>(
    place: &mut T,
    value: T,
    (camel, snake): (&str, &str),
) -> Result<(), E> {
    if *place != T::default() && *place != value {
        return Err(E::custom(if camel == snake {
            format_args!("{camel} is given twice, with different values").to_string()
        } else {
            format_args!("{camel} is given twice, as {camel} or {snake}, with different values").to_string()
        }));
    }
    *place = value;
    Ok(())
}

impl<'de, T: Object<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor(PhantomData))
    }
}

struct PartVisitor<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for PartVisitor<T> {
    type Value = Part<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = T::default();
        while let Some(Name(name)) = map.next_key()? {
            object.read(&name, &mut map)?;
        }
        Ok(Part::Object(object))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Part::Absent)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Part::Other("text"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Part::Other("true or false"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Part::Other("a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Part::Other("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Part::Other("a number"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Part::Other("an array"))
    }
}

/// A field's name, borrowed from the message where it has no escapes in it.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}
