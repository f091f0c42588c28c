//! Typed values from nodes, with `serde`: every mistake knows its place.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de;
use serde::de::IntoDeserializer as _;
use serde::de::Visitor;

use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Entry;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;

/// Types may nest this deep; a type that contains itself cannot take the stack down.
const MAX_DEPTH: usize = 128;

/// Why a node is not what a type wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeserializeError {
    /// What is wrong, in words a person understands.
    pub message: String,
    /// Where; `None` only where nothing was read.
    pub span: Option<Span>,
    /// The mistake, where it is one of a common kind.
    pub kind: DeserializeErrorKind,
}

/// The common ways in which a node is not what a type wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeserializeErrorKind {
    /// A key that the type does not have; with the keys that it has.
    UnknownKey(String, &'static [&'static str]),
    /// A text that is none of the allowed ones; with those.
    UnknownValue(String, &'static [&'static str]),
    /// A key that is needed is not there. The span is that of the key whose value lacks it.
    MissingKey(&'static str),
    /// Anything else.
    Other,
}

impl DeserializeError {
    fn new(message: String, kind: DeserializeErrorKind) -> Self {
        Self { message, span: None, kind }
    }

    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl std::fmt::Display for DeserializeError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for DeserializeError {}

impl de::Error for DeserializeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::new(message.to_string(), DeserializeErrorKind::Other)
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("expected {expected}, found {}", named(found)), DeserializeErrorKind::Other)
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("expected {expected}, found {}", named(found)), DeserializeErrorKind::Other)
    }

    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Self {
        let kind = DeserializeErrorKind::UnknownKey(found.to_owned(), expected);
        Self::new(format!("unknown key `{found}`{}", listed(expected)), kind)
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        let kind = DeserializeErrorKind::UnknownValue(found.to_owned(), expected);
        Self::new(format!("unknown value `{found}`{}", listed(expected)), kind)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("the key `{field}` is missing"), DeserializeErrorKind::MissingKey(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("the key `{field}` stands twice"), DeserializeErrorKind::Other)
    }
}

fn named(found: de::Unexpected<'_>) -> String {
    match found {
        de::Unexpected::Unit => "nothing".to_owned(),
        de::Unexpected::Seq => "a list".to_owned(),
        de::Unexpected::Map => "a mapping".to_owned(),
        de::Unexpected::Str(text) => format!("the text `{text}`"),
        de::Unexpected::Bool(value) => format!("`{value}`"),
        de::Unexpected::Unsigned(value) => format!("the number {value}"),
        de::Unexpected::Signed(value) => format!("the number {value}"),
        de::Unexpected::Float(value) => format!("the number {value}"),
        other => other.to_string(),
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!(": only `{only}` is known here"),
        [names @ .., last] => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!(": known here are {} and `{last}`", names.join(", "))
        }
    }
}

impl<'t> NodeRef<'t> {
    /// Reads a typed value. Fields of type [`Spanned`] get the place of their value.
    pub fn deserialize<T: Deserialize<'t>>(self) -> Result<T, DeserializeError> {
        T::deserialize(Reader { node: self, depth: 0, is_key: false })
    }
}

/// A node on the way into a type.
#[derive(Clone, Copy)]
struct Reader<'t> {
    node: NodeRef<'t>,
    depth: usize,
    /// Of a key the text counts as written, wherever a text will do.
    is_key: bool,
}

impl<'t> Reader<'t> {
    fn visit_scalar<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.node.scalar() {
            None | Some(Scalar::Null) => visitor.visit_unit(),
            Some(Scalar::Bool(value)) => visitor.visit_bool(value),
            Some(Scalar::Int(value)) => visitor.visit_i64(value),
            Some(Scalar::Unsigned(value)) => visitor.visit_u64(value),
            Some(Scalar::Float(value)) => visitor.visit_f64(value),
            Some(Scalar::Timestamp(text) | Scalar::String(text)) => visit_text(text, visitor),
            Some(Scalar::Binary(bytes)) => match String::from_utf8(bytes) {
                Ok(text) => visitor.visit_string(text),
                Err(error) => visitor.visit_byte_buf(error.into_bytes()),
            },
        }
    }

    fn deeper(self, node: NodeRef<'t>) -> Result<Self, DeserializeError> {
        if self.depth == MAX_DEPTH {
            return Err(de::Error::custom(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self { node, depth: self.depth + 1, is_key: false })
    }

    fn key(self, node: NodeRef<'t>) -> Self {
        Self { node, is_key: true, ..self }
    }

    fn visit_sequence<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visitor.visit_seq(Items { reader: self, items: self.node.items() })
    }

    fn visit_mapping<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visitor.visit_map(Entries { reader: self, rest: self.node.merged().into_iter(), value: None })
    }
}

fn visit_text<'t, V: Visitor<'t>>(text: Cow<'t, str>, visitor: V) -> Result<V::Value, DeserializeError> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

impl<'t> de::Deserializer<'t> for Reader<'t> {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        let done = if self.is_key {
            visit_text(self.node.text(), visitor)
        } else if self.node.is_sequence() {
            self.visit_sequence(visitor)
        } else if self.node.is_mapping() {
            self.visit_mapping(visitor)
        } else {
            self.visit_scalar(visitor)
        };
        done.map_err(|error| error.at(self.node.span()))
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if !self.is_key && self.node.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_i64<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        Self { is_key: false, ..self }.deserialize_any(visitor)
    }

    fn deserialize_u64<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        visitor.visit_newtype_struct(self).map_err(|error| error.at(self.node.span()))
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        if name == SPANNED {
            return visitor.visit_seq(Placed { reader: self, step: 0 });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        let place = self.node.span();
        if self.node.is_scalar() {
            return visitor
                .visit_enum(self.node.text().into_deserializer())
                .map_err(|error: DeserializeError| error.at(place));
        }
        let entries = self.node.merged();
        let [entry] = entries.as_slice() else {
            return Err(de::Error::invalid_type(
                if self.node.is_mapping() { de::Unexpected::Map } else { de::Unexpected::Seq },
                &"a text, or a mapping with one key",
            ))
            .map_err(|error: DeserializeError| error.at(place));
        };
        visitor.visit_enum(Variant { reader: self, entry: *entry }).map_err(|error| error.at(place))
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Items<'t, I> {
    reader: Reader<'t>,
    items: I,
}

impl<'t, I: ExactSizeIterator<Item = NodeRef<'t>>> de::SeqAccess<'t> for Items<'t, I> {
    type Error = DeserializeError;

    fn next_element_seed<S: de::DeserializeSeed<'t>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DeserializeError> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let item_reader = self.reader.deeper(item)?;
        seed.deserialize(item_reader).map(Some).map_err(|error| error.at(item.span()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries<'t> {
    reader: Reader<'t>,
    rest: std::vec::IntoIter<Entry<'t>>,
    value: Option<Entry<'t>>,
}

impl<'t> de::MapAccess<'t> for Entries<'t> {
    type Error = DeserializeError;

    fn next_key_seed<S: de::DeserializeSeed<'t>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DeserializeError> {
        let Some(entry) = self.rest.next() else { return Ok(None) };
        self.value = Some(entry);
        let place = entry.key.span();
        let key = self.reader.key(entry.key);
        seed.deserialize(key).map(Some).map_err(|error| error.at(place))
    }

    fn next_value_seed<S: de::DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, DeserializeError> {
        let Some(entry) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        read_value(self.reader, entry, seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// Reads the value of an entry; a key that is missing in it is reported at the key of the entry.
fn read_value<'t, S: de::DeserializeSeed<'t>>(
    reader: Reader<'t>,
    entry: Entry<'t>,
    seed: S,
) -> Result<S::Value, DeserializeError> {
    let value = reader.deeper(entry.value)?;
    seed.deserialize(value).map_err(|mut error| {
        let whole = error.span == Some(entry.value.span());
        if whole && matches!(error.kind, DeserializeErrorKind::MissingKey(_)) {
            error.span = Some(entry.key.span());
        }
        error.at(entry.value.span())
    })
}

struct Variant<'t> {
    reader: Reader<'t>,
    entry: Entry<'t>,
}

impl<'t> de::EnumAccess<'t> for Variant<'t> {
    type Error = DeserializeError;
    type Variant = Self;

    fn variant_seed<S: de::DeserializeSeed<'t>>(self, seed: S) -> Result<(S::Value, Self), DeserializeError> {
        let place = self.entry.key.span();
        let variant = seed.deserialize(self.reader.key(self.entry.key)).map_err(|error| error.at(place))?;
        Ok((variant, self))
    }
}

impl<'t> de::VariantAccess<'t> for Variant<'t> {
    type Error = DeserializeError;

    fn unit_variant(self) -> Result<(), DeserializeError> {
        read_value(self.reader, self.entry, std::marker::PhantomData::<()>)
    }

    fn newtype_variant_seed<S: de::DeserializeSeed<'t>>(self, seed: S) -> Result<S::Value, DeserializeError> {
        read_value(self.reader, self.entry, seed)
    }

    fn tuple_variant<V: Visitor<'t>>(self, _len: usize, visitor: V) -> Result<V::Value, DeserializeError> {
        let value = self.reader.deeper(self.entry.value)?;
        de::Deserializer::deserialize_seq(value, visitor)
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        let value = self.reader.deeper(self.entry.value)?;
        de::Deserializer::deserialize_map(value, visitor)
    }
}

/// The name under which [`Spanned`] asks for a value with its place.
const SPANNED: &str = "plimsoll::Spanned";

/// A value, then the three numbers of its span.
struct Placed<'t> {
    reader: Reader<'t>,
    step: u8,
}

impl<'t> de::SeqAccess<'t> for Placed<'t> {
    type Error = DeserializeError;

    fn next_element_seed<S: de::DeserializeSeed<'t>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DeserializeError> {
        let span = self.reader.node.span();
        let number = match self.step {
            0 => {
                self.step = 1;
                return seed.deserialize(self.reader).map(Some);
            }
            1 => span.source.0,
            2 => span.start,
            3 => span.end,
            _ => return Ok(None),
        };
        self.step += 1;
        seed.deserialize(number.into_deserializer()).map(Some)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = SpannedVisitor(std::marker::PhantomData);
        deserializer.deserialize_struct(SPANNED, &["value", "source", "start", "end"], visitor)
    }
}

struct SpannedVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
    type Value = Spanned<T>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a value of a YAML tree")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut parts: A) -> Result<Spanned<T>, A::Error> {
        let missing = || de::Error::custom("only a YAML tree knows the place of a value");
        let value = parts.next_element()?.ok_or_else(missing)?;
        let source: u32 = parts.next_element()?.ok_or_else(missing)?;
        let start: u32 = parts.next_element()?.ok_or_else(missing)?;
        let end: u32 = parts.next_element()?.ok_or_else(missing)?;
        Ok(Spanned { value, span: Span { source: SourceId(source), start, end } })
    }
}
