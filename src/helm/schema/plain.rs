//! A quick answer for plain schemas: most schemas of charts say types, properties and little else.
//!
//! The full validator compiles the schema of schemas and the schema before it looks at a value, which takes as long as
//! rendering a small chart. Here both are walked as they are. Whatever is not plainly right is left to it.

use serde_json::Map;
use serde_json::Value as Json;

use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Value;

/// Schemas and values nested deeper than this are left to the full validator.
const MAX_DEPTH: usize = 100;
/// More looks at values than this are not taken: references may multiply them.
const MAX_LOOKS: usize = 200_000;

/// What `$schema` may say here: the keywords below mean the same in all of these.
const DRAFTS: [&str; 5] = [
    "json-schema.org/schema",
    "json-schema.org/draft-06/schema",
    "json-schema.org/draft-07/schema",
    "json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft/2020-12/schema",
];

/// True where the schema is certainly a right one and the values certainly satisfy it.
pub(super) fn satisfied(schema: &Json, values: &Dict) -> bool {
    let known = match schema.get("$schema") {
        None => true,
        Some(draft) => draft.as_str().is_some_and(|draft| {
            let address = draft.strip_prefix("https://").or_else(|| draft.strip_prefix("http://"));
            address.is_some_and(|address| DRAFTS.contains(&address.strip_suffix('#').unwrap_or(address)))
        }),
    };
    let mut plain = Plain { root: schema, looks: 0 };
    known && is_plain(schema, 0) && plain.holds(schema, &Value::from(values.clone()), 0) == Some(true)
}

/// True for a schema that is certainly a right one, in all its parts.
fn is_plain(schema: &Json, depth: usize) -> bool {
    let keywords = match schema {
        Json::Bool(_) => return true,
        Json::Object(keywords) if depth < MAX_DEPTH => keywords,
        _ => return false,
    };
    let below = |schema: &Json| is_plain(schema, depth + 1);
    let all = |schemas: &Json| schemas.as_object().is_some_and(|schemas| schemas.values().all(below));
    let some = |schemas: &Json| {
        schemas.as_array().is_some_and(|schemas| !schemas.is_empty() && schemas.iter().all(below))
    };
    keywords.iter().all(|(keyword, said)| match keyword.as_str() {
        "title" | "description" | "$comment" | "format" => said.is_string(),
        "default" | "const" => true,
        "examples" => said.is_array(),
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => said.is_boolean(),
        "$schema" => depth == 0 && said.is_string(),
        "$id" => depth == 0 && said.as_str().is_some_and(is_address),
        "$ref" => {
            said.as_str().is_some_and(|to| to.starts_with('#') && is_address(to)) && stands_alone(keywords)
        }
        "type" => types(said).is_some(),
        "required" => is_set_of_texts(said),
        "enum" => is_set_of_words(said),
        "properties" | "definitions" | "$defs" => all(said),
        "additionalProperties" | "not" | "if" | "then" | "else" => below(said),
        "items" => said.is_object() && below(said),
        "allOf" | "anyOf" | "oneOf" => some(said),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => said.is_number(),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            said.is_u64()
        }
        // What a schema may say besides, and what has a meaning that is not known here.
        "id" | "pattern" | "patternProperties" | "multipleOf" | "dependencies" | "contains"
        | "propertyNames" => false,
        other => {
            let known = ["unevaluated", "dependent", "content", "additional", "prefix", "min", "max"];
            !other.starts_with('$') && !known.iter().any(|start| other.starts_with(start))
        }
    })
}

/// Letters, digits and what separates them in addresses and pointers.
fn is_address(text: &str) -> bool {
    let inner = text.strip_prefix('#').unwrap_or(text);
    inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/._-$".contains(&byte))
}

/// A reference stands for all that is said beside it in old drafts, and not in new ones.
fn stands_alone(keywords: &Map<String, Json>) -> bool {
    let says_nothing = ["$ref", "title", "description", "default", "examples", "$comment"];
    keywords.keys().all(|keyword| says_nothing.contains(&keyword.as_str()))
}

fn is_set_of_texts(said: &Json) -> bool {
    let Some(items) = said.as_array() else { return false };
    items.len() <= 100
        && items.iter().enumerate().all(|(at, item)| item.is_string() && is_first(items, at, item))
}

/// Texts, truth values and nulls: equal numbers may be written in several ways.
fn is_set_of_words(said: &Json) -> bool {
    let Some(items) = said.as_array().filter(|items| !items.is_empty() && items.len() <= 100) else {
        return false;
    };
    let word = |item: &Json| item.is_string() || item.is_boolean() || item.is_null();
    items.iter().enumerate().all(|(at, item)| word(item) && is_first(items, at, item))
}

fn is_first(items: &[Json], at: usize, item: &Json) -> bool {
    items.iter().position(|other| other == item) == Some(at)
}

/// The names of types that a schema allows, each once.
fn types(said: &Json) -> Option<Vec<&str>> {
    const KNOWN: [&str; 7] = ["string", "integer", "number", "boolean", "array", "object", "null"];
    let names: Vec<&str> = match said {
        Json::String(name) => vec![name],
        Json::Array(_) if !is_set_of_words(said) => return None,
        Json::Array(names) => names.iter().map(Json::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    names.iter().all(|name| KNOWN.contains(name)).then_some(names)
}

struct Plain<'s> {
    root: &'s Json,
    looks: usize,
}

impl Plain<'_> {
    /// Whether a plain schema holds for a value; `None` where that is not known here.
    fn holds(&mut self, schema: &Json, value: &Value, depth: usize) -> Option<bool> {
        self.looks += 1;
        if depth > MAX_DEPTH || self.looks > MAX_LOOKS {
            return None;
        }
        let keywords = match schema {
            Json::Bool(all) => return Some(*all),
            Json::Object(keywords) => keywords,
            _ => return None,
        };
        for (keyword, said) in keywords {
            if !self.keyword(keyword, said, keywords, value, depth + 1)? {
                return Some(false);
            }
        }
        Some(true)
    }

    fn keyword(
        &mut self,
        keyword: &str,
        said: &Json,
        beside: &Map<String, Json>,
        value: &Value,
        depth: usize,
    ) -> Option<bool> {
        let number = || match value.data {
            Data::Float(number) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "limits of schemas are small")]
            Data::Int(number) | Data::Int64(number) => Some(number as f64),
            _ => None,
        };
        let limited = |within: fn(f64, f64) -> bool| {
            Some(number().is_none_or(|number| said.as_f64().is_some_and(|limit| within(number, limit))))
        };
        let counted = |count: Option<usize>, within: fn(u64, u64) -> bool| {
            let count = count.map(|count| u64::try_from(count).unwrap_or(u64::MAX));
            Some(count.is_none_or(|count| said.as_u64().is_some_and(|limit| within(count, limit))))
        };
        let characters = || value.as_text().map(|text| text.to_str().chars().count());
        let items = || value.as_list().map(crate::helm::value::List::len);
        let members = || value.as_dict().map(Dict::len);
        match keyword {
            "type" => types(said)?
                .into_iter()
                .map(|name| is_of_type(value, name))
                .try_fold(false, |any, one| Some(any || one?)),
            "required" => {
                let Some(dict) = value.as_dict() else { return Some(true) };
                Some(said.as_array()?.iter().filter_map(Json::as_str).all(|key| dict.contains(key)))
            }
            "properties" => {
                let Some(dict) = value.as_dict() else { return Some(true) };
                for (key, schema) in said.as_object()? {
                    if let Some(member) = dict.get(key)
                        && !self.holds(schema, &member, depth)?
                    {
                        return Some(false);
                    }
                }
                Some(true)
            }
            "additionalProperties" => {
                let Some(dict) = value.as_dict().filter(|_| *said != Json::Bool(true)) else {
                    return Some(true);
                };
                let known = beside.get("properties").and_then(Json::as_object);
                for (key, member) in dict.members() {
                    let key = std::str::from_utf8(&key).ok()?;
                    let is_known = known.is_some_and(|known| known.contains_key(key));
                    if !is_known && !self.holds(said, &member.value, depth)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            "items" => {
                let Some(list) = value.as_list() else { return Some(true) };
                for item in list.items() {
                    if !self.holds(said, item, depth)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            "enum" => said
                .as_array()?
                .iter()
                .map(|one| equals(one, value))
                .try_fold(false, |any, one| Some(any || one?)),
            "const" => equals(said, value),
            "$ref" => {
                let target = self.root.pointer(said.as_str()?.strip_prefix('#')?)?;
                // Only what was looked at as a schema is known to be one.
                let place = said.as_str()?;
                let known =
                    place == "#" || place.starts_with("#/definitions/") || place.starts_with("#/$defs/");
                let nested = place.matches('/').count() > 2;
                if !known || nested { None } else { self.holds(target, value, depth) }
            }
            "allOf" => {
                for schema in said.as_array()? {
                    if !self.holds(schema, value, depth)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            "anyOf" | "oneOf" => {
                let mut count = 0;
                for schema in said.as_array()? {
                    count += usize::from(self.holds(schema, value, depth)?);
                }
                Some(count == 1 || (count > 1 && keyword == "anyOf"))
            }
            "not" => Some(!self.holds(said, value, depth)?),
            "if" => {
                let next = if self.holds(said, value, depth)? { "then" } else { "else" };
                beside.get(next).map_or(Some(true), |schema| self.holds(schema, value, depth))
            }
            "minimum" => limited(|number, limit| number >= limit),
            "maximum" => limited(|number, limit| number <= limit),
            "exclusiveMinimum" => limited(|number, limit| number > limit),
            "exclusiveMaximum" => limited(|number, limit| number < limit),
            "minLength" => counted(characters(), |count, limit| count >= limit),
            "maxLength" => counted(characters(), |count, limit| count <= limit),
            "minItems" => counted(items(), |count, limit| count >= limit),
            "maxItems" => counted(items(), |count, limit| count <= limit),
            "minProperties" => counted(members(), |count, limit| count >= limit),
            "maxProperties" => counted(members(), |count, limit| count <= limit),
            // What a text must look like is for the full validator to say.
            "format" => value.as_text().is_none().then_some(true),
            "uniqueItems" => {
                let few = value.as_list().is_none_or(|list| list.len() < 2);
                (few || *said == Json::Bool(false)).then_some(true)
            }
            _ => Some(true),
        }
    }
}

fn is_of_type(value: &Value, name: &str) -> Option<bool> {
    Some(match (&value.data, name) {
        (Data::Bool(_), "boolean")
        | (Data::String(_), "string")
        | (Data::List(_), "array")
        | (Data::Dict(_) | Data::Values(..), "object")
        | (Data::Nil, "null")
        | (Data::Float(_) | Data::Int(_) | Data::Int64(_), "number")
        | (Data::Int(_) | Data::Int64(_), "integer") => true,
        (Data::Float(number), "integer") if number.abs() < 9e15 => number.fract() == 0.0,
        (Data::Float(_), "integer") => return None,
        (
            Data::Bool(_)
            | Data::String(_)
            | Data::List(_)
            | Data::Dict(_)
            | Data::Values(..)
            | Data::Nil
            | Data::Float(_)
            | Data::Int(_)
            | Data::Int64(_),
            _,
        ) => false,
        _ => return None,
    })
}

fn equals(said: &Json, value: &Value) -> Option<bool> {
    match (said, &value.data) {
        (Json::String(said), Data::String(text)) => Some(said.as_bytes() == text.bytes()),
        (Json::Bool(said), Data::Bool(value)) => Some(said == value),
        (Json::Null, Data::Nil) => Some(true),
        (Json::String(_) | Json::Bool(_) | Json::Null, _) => Some(false),
        _ => None,
    }
}
