//! The functions of Helm 4 that Helm 3 does not have: durations as numbers, and emitters that fail.

use crate::helm::emit::toml;
use crate::helm::emit::yaml;
use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::int64;
use crate::helm::functions::encoding::without_newline;
use crate::helm::functions::keep;
use crate::helm::functions::mix;
use crate::helm::go::numbers;
use crate::helm::moment;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Value;
use crate::yaml::truncated;

pub(super) static ENTRIES: &[Entry] = &[
    keep("mustToYaml", &[Type::Any], |_, arguments| {
        let written = yaml::to_yaml(any(arguments, 0))?;
        Ok(written
            .map(|text| without_newline(&text))
            .ok_or_else(|| Fault::new("json: unsupported value"))?
            .into())
    }),
    keep("mustToToml", &[Type::Any], |_, arguments| {
        Ok(toml::to_toml(any(arguments, 0))?.map_err(Fault::new)?.into())
    }),
    mix("mustToDuration", &[Type::Any], |_, arguments| {
        nanoseconds(any(arguments, 0)).map(duration).map_err(Fault::new)
    }),
    mix("durationSeconds", &[Type::Any], |_, arguments| in_units(arguments, SECOND)),
    mix("durationMilliseconds", &[Type::Any], |_, arguments| whole_units(arguments, 1_000_000)),
    mix("durationMicroseconds", &[Type::Any], |_, arguments| whole_units(arguments, 1_000)),
    mix("durationNanoseconds", &[Type::Any], |_, arguments| whole_units(arguments, 1)),
    mix("durationMinutes", &[Type::Any], |_, arguments| in_units(arguments, 60 * SECOND)),
    mix("durationHours", &[Type::Any], |_, arguments| in_units(arguments, HOUR)),
    mix("durationDays", &[Type::Any], |_, arguments| Ok((hours(arguments) / 24.0).into())),
    mix("durationWeeks", &[Type::Any], |_, arguments| Ok((hours(arguments) / 24.0 / 7.0).into())),
    mix("durationRoundTo", &[Type::Any, Type::Any], |_, arguments| Ok(to_multiple(arguments, rounded))),
    mix("durationTruncateTo", &[Type::Any, Type::Any], |_, arguments| {
        Ok(to_multiple(arguments, |nanos, unit| nanos - nanos % unit))
    }),
];

/// In nanoseconds.
const SECOND: i64 = 1_000_000_000;
/// In nanoseconds.
const HOUR: i64 = 3_600 * SECOND;

fn duration(nanos: i64) -> Value {
    Value::new(Data::Duration(nanos), Origins::NONE)
}

/// What stands for a duration: one, a text as `1h30m`, or a number of seconds.
fn nanoseconds(value: &Value) -> Result<i64, String> {
    let seconds = |seconds: i64| {
        seconds.checked_mul(SECOND).ok_or_else(|| format!("duration seconds overflow: {seconds}"))
    };
    match &value.data {
        Data::Duration(nanos) => Ok(*nanos),
        Data::Int(number) | Data::Int64(number) | Data::Month(number) | Data::Weekday(number) => {
            seconds(*number)
        }
        Data::Uint64(number) => i64::try_from(*number)
            .map_err(|_| format!("duration seconds overflow: {number}"))
            .and_then(seconds),
        Data::Float(number) => of_seconds(*number),
        Data::String(text) => {
            let text = text.to_str();
            let trimmed = text.trim();
            if trimmed.is_empty() {
                return Err("empty duration".to_owned());
            }
            if let Ok(nanos) = moment::parse_duration(trimmed) {
                return Ok(nanos);
            }
            match numbers::parse_float(trimmed.as_bytes()) {
                Ok(number) => of_seconds(number),
                Err(_) => Err(format!("could not parse duration {text:?}")),
            }
        }
        Data::Absent | Data::Nil => Err("invalid duration".to_owned()),
        _ => Err(format!("unsupported duration type {}", value.type_name())),
    }
}

fn of_seconds(number: f64) -> Result<i64, String> {
    if !number.is_finite() {
        return Err(format!("invalid duration seconds: {}", numbers::float_text(number)));
    }
    let nanos = number * numbers::to_float(SECOND);
    if nanos.abs() > numbers::to_float(i64::MAX) {
        return Err(format!("duration seconds overflow: {}", numbers::float_text(number)));
    }
    Ok(truncated(nanos))
}

/// The first argument in nanoseconds; what is no duration counts as none.
fn given(arguments: &[Value]) -> i64 {
    nanoseconds(any(arguments, 0)).unwrap_or(0)
}

/// Whole units and the rest are divided apart, as Go does it: the last digits show it.
fn units(nanos: i64, unit: i64) -> f64 {
    numbers::to_float(nanos / unit) + numbers::to_float(nanos % unit) / numbers::to_float(unit)
}

fn in_units(arguments: &[Value], unit: i64) -> Answer {
    Ok(units(given(arguments), unit).into())
}

fn hours(arguments: &[Value]) -> f64 {
    units(given(arguments), HOUR)
}

fn whole_units(arguments: &[Value], unit: i64) -> Answer {
    Ok(int64(given(arguments) / unit))
}

fn to_multiple(arguments: &[Value], of: fn(i64, i64) -> i64) -> Value {
    let nanos = given(arguments);
    let known = nanoseconds(any(arguments, 0)).is_ok();
    match nanoseconds(any(arguments, 1)) {
        Ok(unit) if known && unit > 0 => duration(of(nanos, unit)),
        _ => duration(nanos),
    }
}

/// To the nearest multiple, halfway values away from zero; where that is out of range, the last that is in it.
fn rounded(nanos: i64, unit: i64) -> i64 {
    let rest = nanos % unit;
    if rest.abs() < unit - rest.abs() {
        return nanos - rest;
    }
    nanos.saturating_add(if nanos < 0 { -(unit + rest) } else { unit - rest })
}
