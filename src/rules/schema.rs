//! The part of JSON Schema that cards are written in, held directly against values of a Compose project.
//!
//! A keyword that is not here is an error of the card. What is unknown counts as absent: a schema never decides about
//! it.

use std::sync::OnceLock;

use indexmap::IndexMap;
use regex::Regex;
use serde_json::Value as Json;

use crate::compose::Data;
use crate::compose::Value;

/// A schema on a card.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Schema {
    r#type: Option<Type>,
    r#const: Option<Json>,
    r#enum: Option<Vec<Json>>,
    required: Vec<String>,
    properties: IndexMap<String, Self>,
    items: Option<Box<Self>>,
    contains: Option<Box<Self>>,
    pattern: Option<Pattern>,
    min_length: Option<usize>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    not: Option<Box<Self>>,
    any_of: Option<Vec<Self>>,
    all_of: Vec<Self>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// A regular expression, compiled when the first text is held against it.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(from = "String")]
struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }
}

impl Pattern {
    fn compiled(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }
}

impl Schema {
    /// True where the value is as the schema says.
    pub fn fits(&self, value: &Value) -> bool {
        let data = if value.is_unknown() { &Data::Null } else { &value.data };
        self.r#type.is_none_or(|kind| is(kind, data))
            && self.r#const.as_ref().is_none_or(|wanted| equal(wanted, data))
            && self.r#enum.as_ref().is_none_or(|wanted| wanted.iter().any(|wanted| equal(wanted, data)))
            && self.fits_inside(data)
            && self.not.as_ref().is_none_or(|schema| !schema.fits(value))
            && self.any_of.as_ref().is_none_or(|schemas| schemas.iter().any(|schema| schema.fits(value)))
            && self.all_of.iter().all(|schema| schema.fits(value))
    }

    /// The keywords that speak of one type of value only, and of nothing in any other.
    fn fits_inside(&self, data: &Data) -> bool {
        match data {
            Data::Mapping(mapping) => {
                let known = |key: &String| mapping.get(key).filter(|entry| !entry.value.is_unknown());
                self.required.iter().all(|key| known(key).is_some())
                    && self
                        .properties
                        .iter()
                        .all(|(key, schema)| known(key).is_none_or(|entry| schema.fits(&entry.value)))
            }
            Data::Sequence(items) => {
                let mut known = items.iter().filter(|item| !item.is_unknown());
                self.items.as_ref().is_none_or(|schema| known.clone().all(|item| schema.fits(item)))
                    && self.contains.as_ref().is_none_or(|schema| known.any(|item| schema.fits(item)))
            }
            Data::String(text) | Data::Time(text) => {
                self.min_length.is_none_or(|least| text.chars().count() >= least)
                    && self.pattern.as_ref().is_none_or(|pattern| {
                        pattern.compiled().is_some_and(|pattern| pattern.is_match(text))
                    })
            }
            _ => number(data).is_none_or(|number| {
                self.minimum.is_none_or(|least| number >= least)
                    && self.maximum.is_none_or(|most| number <= most)
            }),
        }
    }
}

fn is(kind: Type, data: &Data) -> bool {
    match data {
        Data::Null => kind == Type::Null,
        Data::Bool(_) => kind == Type::Boolean,
        Data::Int(_) | Data::Unsigned(_) => matches!(kind, Type::Integer | Type::Number),
        Data::Float(_) | Data::Single(_) => {
            kind == Type::Number
                || kind == Type::Integer && number(data).is_some_and(|number| number.fract() == 0.0)
        }
        Data::Time(_) | Data::String(_) => kind == Type::String,
        Data::Sequence(_) => kind == Type::Array,
        Data::Mapping(_) => kind == Type::Object,
    }
}

fn number(data: &Data) -> Option<f64> {
    match data {
        #[expect(clippy::cast_precision_loss, reason = "JSON has one kind of number")]
        Data::Int(number) => Some(*number as f64),
        #[expect(clippy::cast_precision_loss, reason = "JSON has one kind of number")]
        Data::Unsigned(number) => Some(*number as f64),
        Data::Float(number) => Some(*number),
        Data::Single(number) => Some(f64::from(*number)),
        _ => None,
    }
}

/// Equality with a scalar; lists and mappings are compared by no card.
fn equal(wanted: &Json, data: &Data) -> bool {
    match (wanted, data) {
        (Json::Null, Data::Null) => true,
        (Json::Bool(wanted), Data::Bool(given)) => wanted == given,
        (Json::String(wanted), Data::String(given) | Data::Time(given)) => wanted == given,
        #[expect(clippy::float_cmp, reason = "the same number, written twice")]
        (Json::Number(wanted), _) => {
            wanted.as_f64().zip(number(data)).is_some_and(|(wanted, given)| wanted == given)
        }
        _ => false,
    }
}
