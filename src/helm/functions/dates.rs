//! Dates and durations. What hangs on the clock is unknown: it shows a fixed time.

use std::sync::Arc;

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::arguments::string;
use crate::helm::functions::mix;
use crate::helm::functions::placeholders::unknown;
use crate::helm::go::numbers;
use crate::helm::moment;
use crate::helm::moment::Moment;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Value;

pub(super) static ENTRIES: &[Entry] = &[
    mix("now", &[], |session, _| {
        Ok(Value::new(Data::Time(Arc::new(clock(session))), unknown("now", "the clock")))
    }),
    mix("ago", &[Type::Any], ago),
    mix("date", &[Type::String, Type::Any], |session, arguments| {
        Ok(formatted(session, any(arguments, 1), &string(arguments, 0), "Local"))
    }),
    mix("dateInZone", &[Type::String, Type::Any, Type::String], date_in_zone),
    mix("date_in_zone", &[Type::String, Type::Any, Type::String], date_in_zone),
    mix("htmlDate", &[Type::Any], |session, arguments| {
        Ok(formatted(session, any(arguments, 0), "2006-01-02", "Local"))
    }),
    mix("htmlDateInZone", &[Type::Any, Type::String], |session, arguments| {
        Ok(formatted(session, any(arguments, 0), "2006-01-02", &string(arguments, 1)))
    }),
    mix("dateModify", &[Type::String, Type::Time], date_modify),
    mix("date_modify", &[Type::String, Type::Time], date_modify),
    mix("mustDateModify", &[Type::String, Type::Time], must_date_modify),
    mix("must_date_modify", &[Type::String, Type::Time], must_date_modify),
    mix("toDate", &[Type::String, Type::String], |_, arguments| {
        Ok(time(parsed(arguments).unwrap_or_else(|_| Moment::zero())))
    }),
    mix("mustToDate", &[Type::String, Type::String], |_, arguments| {
        parsed(arguments).map(time).map_err(Fault::new)
    }),
    mix("unixEpoch", &[Type::Time], |_, arguments| Ok(moment_at(arguments, 0).seconds.to_string().into())),
    mix("duration", &[Type::Any], duration),
    mix("durationRound", &[Type::Any], duration_round),
];

/// What the clock shows; where nobody said it, 2000-01-01 00:00:00 UTC.
fn clock(session: &Session<'_>) -> Moment {
    Moment::utc(session.options.now.unwrap_or(946_684_800), 0)
}

fn time(moment: Moment) -> Value {
    Value::new(Data::Time(Arc::new(moment)), Origins::NONE)
}

fn moment_at(arguments: &[Value], at: usize) -> Moment {
    match &any(arguments, at).data {
        Data::Time(moment) => Moment::clone(moment),
        _ => Moment::zero(),
    }
}

/// Times and whole numbers of seconds; for everything else Sprig takes the clock.
fn instant(session: &Session<'_>, value: &Value) -> (Moment, Origins) {
    match &value.data {
        Data::Time(moment) => (Moment::clone(moment), Origins::NONE),
        Data::Int(seconds) | Data::Int64(seconds) => (Moment::utc(*seconds, 0), Origins::NONE),
        _ => (clock(session), unknown("date", "the clock, as it was given no time")),
    }
}

fn formatted(session: &Session<'_>, value: &Value, layout: &str, zone: &str) -> Value {
    let (moment, origins) = instant(session, value);
    let zone = moment::zone(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Value::string(moment.in_zone(&zone).format(layout), origins)
}

fn date_in_zone(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    Ok(formatted(session, any(arguments, 1), &string(arguments, 0), &string(arguments, 2)))
}

fn ago(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let seconds = clock(session).seconds.saturating_sub(instant(session, any(arguments, 0)).0.seconds);
    let text = moment::duration_text(seconds.saturating_mul(1_000_000_000));
    Ok(Value::string(text, unknown("ago", "the clock")))
}

fn date_modify(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let nanos = moment::parse_duration(&string(arguments, 0)).unwrap_or(0);
    Ok(time(moment_at(arguments, 1).plus(nanos)))
}

fn must_date_modify(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let nanos = moment::parse_duration(&string(arguments, 0)).map_err(Fault::new)?;
    Ok(time(moment_at(arguments, 1).plus(nanos)))
}

fn parsed(arguments: &[Value]) -> Result<Moment, String> {
    let zone = moment::zone("Local").unwrap_or(jiff::tz::TimeZone::UTC);
    moment::parse(&string(arguments, 0), &string(arguments, 1), &zone)
}

fn duration(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let seconds = match &any(arguments, 0).data {
        Data::String(text) => match numbers::parse_decimal(text.bytes()) {
            Ok(seconds) => seconds,
            Err(numbers::NumberError::Syntax) => 0,
            Err(numbers::NumberError::Range) if bytes(arguments, 0).starts_with(b"-") => i64::MIN,
            Err(numbers::NumberError::Range) => i64::MAX,
        },
        Data::Int64(seconds) => *seconds,
        _ => 0,
    };
    Ok(moment::duration_text(seconds.wrapping_mul(1_000_000_000)).into())
}

fn duration_round(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let value = any(arguments, 0);
    let (nanos, origins) = match &value.data {
        Data::String(text) => (moment::parse_duration(&text.to_str()).unwrap_or(0), Origins::NONE),
        Data::Int64(nanos) => (*nanos, Origins::NONE),
        Data::Time(moment) => {
            let seconds = clock(session).seconds.saturating_sub(moment.seconds);
            (seconds.saturating_mul(1_000_000_000), unknown("durationRound", "the clock"))
        }
        _ => (0, Origins::NONE),
    };
    let seconds = nanos.unsigned_abs();
    let units = [
        (31_536_000_000_000_000, "y"),
        (2_592_000_000_000_000, "mo"),
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
    ];
    let text = units
        .iter()
        .find(|(unit, _)| seconds > *unit)
        .map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", seconds / unit));
    Ok(Value::string(text, origins))
}
