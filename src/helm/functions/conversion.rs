//! Types: names of them, and values turned into strings and numbers.

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::arguments::int64;
use crate::helm::functions::deep_equal;
use crate::helm::functions::keep;
use crate::helm::functions::mix;
use crate::helm::go::numbers;
use crate::helm::go::print;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::value::Data;
use crate::helm::value::Value;
use crate::yaml::truncated;

pub(super) static ENTRIES: &[Entry] = &[
    mix("typeOf", &[Type::Any], |_, arguments| Ok(any(arguments, 0).type_name().into())),
    mix("kindOf", &[Type::Any], |_, arguments| Ok(any(arguments, 0).kind_name().into())),
    mix("typeIs", &[Type::String, Type::Any], |_, arguments| {
        Ok((any(arguments, 1).type_name().as_bytes() == bytes(arguments, 0)).into())
    }),
    mix("typeIsLike", &[Type::String, Type::Any], |_, arguments| {
        let name = any(arguments, 1).type_name().as_bytes();
        let wanted = bytes(arguments, 0);
        Ok((name == wanted || name.strip_prefix(b"*") == Some(wanted)).into())
    }),
    mix("kindIs", &[Type::String, Type::Any], |_, arguments| {
        Ok((any(arguments, 1).kind_name().as_bytes() == bytes(arguments, 0)).into())
    }),
    mix("deepEqual", &[Type::Any, Type::Any], |_, arguments| {
        Ok(deep_equal(any(arguments, 0), any(arguments, 1)).into())
    }),
    keep("toString", &[Type::Any], |_, arguments| Ok(string_value(any(arguments, 0)).into())),
    mix("atoi", &[Type::String], atoi),
    mix("int", &[Type::Any], |_, arguments| {
        Ok(Value::new(Data::Int(to_int(any(arguments, 0))), Origins::NONE))
    }),
    mix("int64", &[Type::Any], |_, arguments| Ok(int64(to_int(any(arguments, 0))))),
    mix("float64", &[Type::Any], |_, arguments| Ok(to_float(any(arguments, 0)).into())),
    mix("toDecimal", &[Type::Any], to_decimal),
];

/// Sprig's `strval`: a string as it is, everything else as `%v` prints it.
pub(crate) fn string_value(value: &Value) -> Text {
    match &value.data {
        Data::String(text) | Data::Bytes(text) => text.clone(),
        _ => print::sprint_one(value),
    }
}

fn atoi(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let number = match numbers::parse_decimal(bytes(arguments, 0)) {
        Ok(number) => number,
        Err(numbers::NumberError::Syntax) => 0,
        // Go's `Atoi` hands over the nearest number together with its error.
        Err(numbers::NumberError::Range) if bytes(arguments, 0).starts_with(b"-") => i64::MIN,
        Err(numbers::NumberError::Range) => i64::MAX,
    };
    Ok(Value::new(Data::Int(number), Origins::NONE))
}

/// `cast.ToInt64`
pub(crate) fn to_int(value: &Value) -> i64 {
    match &value.data {
        Data::Int(number) | Data::Int64(number) | Data::Month(number) | Data::Weekday(number) => *number,
        #[expect(clippy::cast_possible_wrap, reason = "Go wraps around, too")]
        Data::Uint64(number) => *number as i64,
        Data::Float(number) => truncated(*number),
        Data::Bool(truth) => i64::from(*truth),
        Data::String(text) => {
            let text = text.bytes();
            // A trailing fraction of nothing but zeros is dropped.
            let point = text.iter().rposition(|byte| *byte == b'.');
            let whole = match point {
                Some(at) if at + 1 < text.len() && text.iter().skip(at + 1).all(|byte| *byte == b'0') => {
                    text.get(..at).unwrap_or(text)
                }
                _ => text,
            };
            numbers::parse_int(if whole.is_empty() { b"0" } else { whole }).unwrap_or(0)
        }
        _ => 0,
    }
}

/// `cast.ToFloat64`
pub(crate) fn to_float(value: &Value) -> f64 {
    match &value.data {
        Data::Float(number) => *number,
        #[expect(clippy::cast_precision_loss, reason = "rounding to nearest is what Go does")]
        Data::Uint64(number) => *number as f64,
        Data::Int(number) | Data::Int64(number) => numbers::to_float(*number),
        Data::Bool(truth) => f64::from(u8::from(*truth)),
        Data::String(text) => numbers::parse_float(text.bytes()).unwrap_or(0.0),
        _ => 0.0,
    }
}

fn to_decimal(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let text = print::sprint_one(any(arguments, 0));
    Ok(int64(numbers::parse_radix(text.bytes(), 8).unwrap_or(0)))
}
