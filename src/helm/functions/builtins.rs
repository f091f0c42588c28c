//! Go's built-in functions of templates.

use std::cmp::Ordering;

use crate::helm::functions::Answer;
use crate::helm::functions::Body;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Flow;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::text;
use crate::helm::functions::keep;
use crate::helm::functions::mix;
use crate::helm::functions::truth;
use crate::helm::functions::urls;
use crate::helm::go::numbers;
use crate::helm::go::print;
use crate::helm::go::runes;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Value;

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "and",
        parameters: &[Type::Reflect],
        rest: Some(Type::Reflect),
        flow: Flow::Keep,
        body: Body::And,
    },
    Entry {
        name: "or",
        parameters: &[Type::Reflect],
        rest: Some(Type::Reflect),
        flow: Flow::Keep,
        body: Body::Or,
    },
    Entry {
        name: "call",
        parameters: &[Type::Reflect],
        rest: Some(Type::Reflect),
        flow: Flow::Keep,
        body: Body::Call,
    },
    Entry {
        name: "include",
        parameters: &[Type::String, Type::Any],
        rest: None,
        flow: Flow::Keep,
        body: Body::Include,
    },
    Entry {
        name: "tpl",
        parameters: &[Type::String, Type::Any],
        rest: None,
        flow: Flow::Keep,
        body: Body::Tpl,
    },
    mix("not", &[Type::Reflect], |_, arguments| Ok((!truth(any(arguments, 0))).into())),
    mix("eq", &[Type::Reflect], |_, arguments| Ok(equal(arguments)?.into())).and(Type::Reflect),
    mix("ne", &[Type::Reflect, Type::Reflect], |_, arguments| Ok((!equal(arguments)?).into())),
    mix("lt", &[Type::Reflect, Type::Reflect], |_, arguments| {
        Ok((order(arguments)? == Some(Ordering::Less)).into())
    }),
    mix("le", &[Type::Reflect, Type::Reflect], |_, arguments| Ok(at_most(arguments)?.into())),
    mix("gt", &[Type::Reflect, Type::Reflect], |_, arguments| Ok((!at_most(arguments)?).into())),
    mix("ge", &[Type::Reflect, Type::Reflect], |_, arguments| {
        Ok((order(arguments)? != Some(Ordering::Less)).into())
    }),
    keep("index", &[Type::Reflect], index).and(Type::Reflect),
    mix("len", &[Type::Reflect], length),
    keep("print", &[], |_, arguments| Ok(print::sprint(arguments).into())).and(Type::Any),
    keep("println", &[], |_, arguments| Ok(print::sprintln(arguments).into())).and(Type::Any),
    keep("printf", &[Type::String], |_, arguments| {
        Ok(print::sprintf(&text(arguments, 0), arguments.get(1..).unwrap_or_default()).into())
    })
    .and(Type::Any),
    mix("html", &[], |_, arguments| Ok(escape_html(&operands(arguments)).into())).and(Type::Any),
    mix("js", &[], |_, arguments| Ok(escape_script(&operands(arguments)).into())).and(Type::Any),
    mix("urlquery", &[], |_, arguments| Ok(urls::escape_query(&operands(arguments)).into())).and(Type::Any),
];

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        crate::helm::text::Text::plain(bytes).into()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Other,
    Bool,
    Complex,
    Int,
    Float,
    String,
    Uint,
}

fn kind(value: &Value) -> Kind {
    match value.data {
        Data::Bool(_) => Kind::Bool,
        Data::Complex(_) => Kind::Complex,
        Data::Int(_) | Data::Int64(_) | Data::Duration(_) | Data::Month(_) | Data::Weekday(_) => Kind::Int,
        Data::Uint64(_) => Kind::Uint,
        Data::Float(_) => Kind::Float,
        Data::String(_) => Kind::String,
        _ => Kind::Other,
    }
}

fn int(value: &Value) -> i128 {
    match value.data {
        Data::Int(number)
        | Data::Int64(number)
        | Data::Duration(number)
        | Data::Month(number)
        | Data::Weekday(number) => number.into(),
        Data::Uint64(number) => number.into(),
        _ => 0,
    }
}

fn float(value: &Value) -> f64 {
    match value.data {
        Data::Float(number) => number,
        _ => 0.0,
    }
}

/// A nil, or a slice or map that is nil by its type.
fn is_nil(value: &Value) -> bool {
    match &value.data {
        Data::Absent | Data::Nil => true,
        Data::List(list) => list.is_nil(),
        Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => dict.is_nil(),
        _ => false,
    }
}

fn equal(arguments: &[Value]) -> Result<bool, Fault> {
    let Some((one, others)) = arguments.split_first() else { return Ok(false) };
    if others.is_empty() {
        return Err(Fault::new("missing argument for comparison"));
    }
    for other in others {
        if equal_pair(one, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal_pair(one: &Value, other: &Value) -> Result<bool, Fault> {
    let kinds = (kind(one), kind(other));
    match kinds {
        (Kind::Int | Kind::Uint, Kind::Int | Kind::Uint) => return Ok(int(one) == int(other)),
        _ if kinds.0 != kinds.1 => {
            if one.is_nil() || other.is_nil() {
                return Ok(false);
            }
            return Err(Fault::new(format!(
                "incompatible types for comparison: {} and {}",
                one.type_name(),
                other.type_name()
            )));
        }
        _ => {}
    }
    Ok(match (&one.data, &other.data) {
        (Data::Bool(one), Data::Bool(other)) => one == other,
        #[expect(clippy::float_cmp, reason = "this is what Go compares")]
        (Data::Complex(one), Data::Complex(other)) => one.0 == other.0 && one.1 == other.1,
        #[expect(clippy::float_cmp, reason = "this is what Go compares")]
        (Data::Float(one), Data::Float(other)) => one == other,
        (Data::String(one), Data::String(other)) => one == other,
        _ => {
            if one.kind_name() != other.kind_name() && !one.is_nil() && !other.is_nil() {
                return Err(Fault::new(format!(
                    "non-comparable types {}: {}, {}: {}",
                    print::sprint_one(one).to_str(),
                    one.type_name(),
                    other.type_name(),
                    print::sprint_one(other).to_str()
                )));
            }
            if is_nil(one) || is_nil(other) {
                return Ok(is_nil(one) == is_nil(other));
            }
            match (&one.data, &other.data) {
                (Data::Time(one), Data::Time(other)) => one == other,
                (Data::Version(one), Data::Version(other)) => std::sync::Arc::ptr_eq(one, other),
                (Data::Record(one), Data::Record(other))
                    if !matches!(other.kind(), crate::helm::record::RecordKind::Chart) =>
                {
                    if other.kind().is_pointer() {
                        one.is_same(other)
                    } else {
                        one.kind() == other.kind()
                            && one
                                .fields()
                                .zip(other.fields())
                                .all(|((_, one), (_, other))| crate::helm::functions::deep_equal(one, other))
                    }
                }
                _ => {
                    let verb =
                        print::sprintf(&"%s".into(), std::slice::from_ref(other)).to_str().into_owned();
                    return Err(Fault::new(format!("non-comparable type {verb}: {}", other.type_name())));
                }
            }
        }
    })
}

/// How two operands compare; `None` where one is NaN.
fn order(arguments: &[Value]) -> Result<Option<Ordering>, Fault> {
    let (one, other) = (any(arguments, 0), any(arguments, 1));
    let bad = || Fault::new("invalid type for comparison");
    let kinds = (kind(one), kind(other));
    if matches!(kinds, (Kind::Other, _) | (_, Kind::Other)) {
        return Err(bad());
    }
    match kinds {
        (Kind::Int | Kind::Uint, Kind::Int | Kind::Uint) => Ok(Some(int(one).cmp(&int(other)))),
        _ if kinds.0 != kinds.1 => Err(Fault::new(format!(
            "incompatible types for comparison: {} and {}",
            one.type_name(),
            other.type_name()
        ))),
        (Kind::Float, _) => Ok(float(one).partial_cmp(&float(other))),
        (Kind::String, _) => Ok(Some(text(arguments, 0).bytes().cmp(text(arguments, 1).bytes()))),
        _ => Err(bad()),
    }
}

fn at_most(arguments: &[Value]) -> Result<bool, Fault> {
    Ok(matches!(order(arguments)?, Some(Ordering::Less | Ordering::Equal)))
}

fn position(index: &Value, length: usize) -> Result<usize, Fault> {
    let number = match index.data {
        Data::Int(number)
        | Data::Int64(number)
        | Data::Duration(number)
        | Data::Month(number)
        | Data::Weekday(number) => number,
        Data::Uint64(number) => i64::try_from(number).unwrap_or(i64::MAX),
        Data::Absent | Data::Nil => return Err(Fault::new("cannot index slice/array with nil")),
        _ => {
            let name = index.type_name();
            return Err(Fault::new(format!("cannot index slice/array with type {name}")));
        }
    };
    match usize::try_from(number) {
        Ok(at) if at <= length => Ok(at),
        _ => Err(Fault::new(format!("index out of range: {number}"))),
    }
}

fn index(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let Some((item, indexes)) = arguments.split_first() else { return Ok(Value::ABSENT) };
    if item.is_nil() {
        return Err(Fault::new("index of untyped nil"));
    }
    let mut item = item.clone();
    for index in indexes {
        session.step()?;
        item = match &item.data {
            Data::Absent | Data::Nil => return Err(Fault::new("index of nil pointer")),
            Data::List(list) => {
                let at = position(index, list.len())?;
                let Some(found) = list.items().get(at) else {
                    return Err(Fault::new("reflect: slice index out of range"));
                };
                found.clone()
            }
            Data::String(text) | Data::Bytes(text) => {
                let at = position(index, text.len())?;
                let Some(byte) = text.bytes().get(at) else {
                    let what = if matches!(item.data, Data::String(_)) { "string" } else { "slice" };
                    return Err(Fault::new(format!("reflect: {what} index out of range")));
                };
                Value::new(Data::Uint64((*byte).into()), text.origins())
            }
            Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => {
                let key = map_key(index)?;
                match (dict.get(key), &item.data) {
                    (Some(found), _) => found,
                    (None, Data::StringMap(_)) => "".into(),
                    (None, _) if item.origins.why_unknown().is_some() => {
                        Value::new(Data::Nil, item.origins.clone())
                    }
                    (None, _) => Value::NIL,
                }
            }
            Data::Files(files) => {
                let content = files.get(map_key(index)?).cloned().unwrap_or_default();
                Value::new(Data::Bytes(content), Origins::NONE)
            }
            _ => return Err(Fault::new(format!("can't index item of type {}", item.type_name()))),
        };
    }
    Ok(item)
}

fn map_key(index: &Value) -> Result<&[u8], Fault> {
    match &index.data {
        Data::String(text) => Ok(text.bytes()),
        Data::Absent | Data::Nil => Err(Fault::new("value is nil; should be of type string")),
        _ => Err(Fault::new(format!("value has type {}; should be string", index.type_name()))),
    }
}

fn length(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let value = any(arguments, 0);
    let length = match &value.data {
        Data::String(text) | Data::Bytes(text) => text.len(),
        Data::List(list) => list.len(),
        Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => dict.len(),
        Data::Files(files) => files.len(),
        Data::Nil => return Err(Fault::new("len of nil pointer")),
        Data::Absent => return Err(Fault::new("reflect: call of reflect.Value.Type on zero Value")),
        _ => return Err(Fault::new(format!("len of type {}", value.type_name().trim_start_matches('*')))),
    };
    Ok(Value::new(Data::Int(numbers::int(length)), Origins::NONE))
}

fn operands(arguments: &[Value]) -> Vec<u8> {
    if let [Value { data: Data::String(text), .. }] = arguments {
        return text.bytes().to_vec();
    }
    // Go shows a nil operand as no value here.
    let shown: Vec<Value> = arguments
        .iter()
        .map(|argument| if argument.is_nil() { "<no value>".into() } else { argument.clone() })
        .collect();
    print::sprint(&shown).bytes().to_vec()
}

fn escape_html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            _ => out.push(byte),
        }
    }
    out
}

fn escape_script(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, character, width) in runes::all(text) {
        match character {
            '\\' => out.extend_from_slice(b"\\\\"),
            '\'' => out.extend_from_slice(b"\\'"),
            '"' => out.extend_from_slice(b"\\\""),
            '<' => out.extend_from_slice(b"\\u003C"),
            '>' => out.extend_from_slice(b"\\u003E"),
            '&' => out.extend_from_slice(b"\\u0026"),
            '=' => out.extend_from_slice(b"\\u003D"),
            _ if character < ' ' => {
                out.extend_from_slice(format!("\\u{:04X}", u32::from(character)).as_bytes());
            }
            // A byte that is no UTF-8 counts as U+FFFD, which is printable, and stays as it is.
            _ if character.is_ascii() || runes::is_print(character) => {
                out.extend_from_slice(text.get(at..at + width).unwrap_or_default());
            }
            _ => out.extend_from_slice(format!("\\u{:04X}", u32::from(character)).as_bytes()),
        }
    }
    out
}
