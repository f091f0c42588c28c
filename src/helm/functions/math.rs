//! Numbers.

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::int;
use crate::helm::functions::arguments::int64;
use crate::helm::functions::conversion::to_float;
use crate::helm::functions::conversion::to_int;
use crate::helm::functions::mix;
use crate::helm::go::numbers;
use crate::helm::value::Data;
use crate::helm::value::Value;

mod decimal;

use decimal::Decimal;

pub(super) static ENTRIES: &[Entry] = &[
    mix("add", &[], |_, arguments| {
        Ok(int64(arguments.iter().fold(0, |sum, one| sum.wrapping_add(to_int(one)))))
    })
    .and(Type::Any),
    mix("add1", &[Type::Any], |_, arguments| Ok(int64(to_int(any(arguments, 0)).wrapping_add(1)))),
    mix("sub", &[Type::Any, Type::Any], |_, arguments| {
        Ok(int64(to_int(any(arguments, 0)).wrapping_sub(to_int(any(arguments, 1)))))
    }),
    mix("mul", &[Type::Any], |_, arguments| {
        Ok(int64(arguments.iter().fold(1, |product, one| product.wrapping_mul(to_int(one)))))
    })
    .and(Type::Any),
    mix("div", &[Type::Any, Type::Any], |_, arguments| divide(arguments, i64::wrapping_div)),
    mix("mod", &[Type::Any, Type::Any], |_, arguments| divide(arguments, i64::wrapping_rem)),
    mix("max", &[Type::Any], |_, arguments| Ok(int64(arguments.iter().map(to_int).max().unwrap_or(0))))
        .and(Type::Any),
    mix("biggest", &[Type::Any], |_, arguments| Ok(int64(arguments.iter().map(to_int).max().unwrap_or(0))))
        .and(Type::Any),
    mix("min", &[Type::Any], |_, arguments| Ok(int64(arguments.iter().map(to_int).min().unwrap_or(0))))
        .and(Type::Any),
    mix("maxf", &[Type::Any], |_, arguments| Ok(extreme(arguments, true).into())).and(Type::Any),
    mix("minf", &[Type::Any], |_, arguments| Ok(extreme(arguments, false).into())).and(Type::Any),
    mix("addf", &[], |_, arguments| decimals(0.0, arguments, Decimal::add)).and(Type::Any),
    mix("add1f", &[Type::Any], |_, arguments| {
        decimals(to_float(any(arguments, 0)), &[Value::from(1.0)], Decimal::add)
    }),
    mix("subf", &[Type::Any], |_, arguments| from_first(arguments, Decimal::subtract)).and(Type::Any),
    mix("mulf", &[Type::Any], |_, arguments| from_first(arguments, Decimal::multiply)).and(Type::Any),
    mix("divf", &[Type::Any], |_, arguments| from_first(arguments, Decimal::divide)).and(Type::Any),
    mix("floor", &[Type::Any], |_, arguments| Ok(to_float(any(arguments, 0)).floor().into())),
    mix("ceil", &[Type::Any], |_, arguments| Ok(to_float(any(arguments, 0)).ceil().into())),
    mix("round", &[Type::Any, Type::Int], round).and(Type::Float),
];

fn divide(arguments: &[Value], operation: fn(i64, i64) -> i64) -> Answer {
    let divisor = to_int(any(arguments, 1));
    if divisor == 0 {
        return Err(Fault::new("runtime error: integer divide by zero"));
    }
    Ok(int64(operation(to_int(any(arguments, 0)), divisor)))
}

/// Go's `math.Max` and `math.Min`: NaN wins unless an infinity does.
fn extreme(arguments: &[Value], most: bool) -> f64 {
    let winner = if most { f64::INFINITY } else { f64::NEG_INFINITY };
    let mut numbers = arguments.iter().map(to_float);
    let first = numbers.next().unwrap_or(0.0);
    numbers.fold(first, |best, one| {
        #[expect(clippy::float_cmp, reason = "infinities are exact")]
        if best == winner || one == winner {
            return winner;
        }
        if best.is_nan() || one.is_nan() {
            return f64::NAN;
        }
        if best == 0.0 && one == 0.0 {
            let negative = if most {
                best.is_sign_negative() && one.is_sign_negative()
            } else {
                best.is_sign_negative() || one.is_sign_negative()
            };
            return if negative { -0.0 } else { 0.0 };
        }
        if (one > best) == most { one } else { best }
    })
}

type Operation = fn(Decimal, Decimal) -> Option<Decimal>;

fn from_first(arguments: &[Value], operation: Operation) -> Answer {
    let (first, rest) = (to_float(any(arguments, 0)), arguments.get(1..).unwrap_or_default());
    decimals(first, rest, operation)
}

/// Sprig computes with decimals made of the shortest texts of the numbers, so that 0.1 and 0.2 make 0.3.
fn decimals(first: f64, rest: &[Value], operation: Operation) -> Answer {
    let read = |number: f64| {
        Decimal::of(number).ok_or_else(|| {
            Fault::new(format!("Cannot create a Decimal from {}", numbers::float_text(number)))
        })
    };
    let mut result = read(first)?;
    for operand in rest {
        let operand = read(to_float(operand))?;
        result = operation(result, operand).ok_or_else(|| Fault::new("decimal division by 0"))?;
    }
    Ok(result.to_float().into())
}

fn round(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let on = match any(arguments, 2).data {
        Data::Float(number) => number,
        _ => 0.5,
    };
    let places = int(arguments, 1);
    let power = numbers::parse_float(format!("1e{places}").as_bytes()).unwrap_or(if places < 0 {
        0.0
    } else {
        f64::INFINITY
    });
    let digit = power * to_float(any(arguments, 0));
    let rounded = if digit.fract() >= on { digit.ceil() } else { digit.floor() };
    Ok((rounded / power).into())
}
