//! `reflect.DeepEqual`

use crate::helm::value::Data;
use crate::helm::value::Value;

/// Values nested deeper than this count as different.
const MAX_DEPTH: usize = 1_000;

/// True where both are of the same type and equal all the way down: 1 of `int` is not 1 of `float64`.
pub(crate) fn deep_equal(one: &Value, other: &Value) -> bool {
    equal(one, other, MAX_DEPTH, &mut 1_000_000)
}

fn equal(one: &Value, other: &Value, depth: usize, left: &mut usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    match (&one.data, &other.data) {
        (Data::Absent | Data::Nil, Data::Absent | Data::Nil) => true,
        (Data::Bool(one), Data::Bool(other)) => one == other,
        (Data::Int(one), Data::Int(other))
        | (Data::Int64(one), Data::Int64(other))
        | (Data::Duration(one), Data::Duration(other))
        | (Data::Month(one), Data::Month(other))
        | (Data::Weekday(one), Data::Weekday(other)) => one == other,
        (Data::Uint64(one), Data::Uint64(other)) => one == other,
        #[expect(clippy::float_cmp, reason = "this is what Go compares")]
        (Data::Float(one), Data::Float(other)) => one == other,
        #[expect(clippy::float_cmp, reason = "this is what Go compares")]
        (Data::Complex(one), Data::Complex(other)) => one.0 == other.0 && one.1 == other.1,
        (Data::String(one), Data::String(other)) | (Data::Bytes(one), Data::Bytes(other)) => one == other,
        (Data::List(one), Data::List(other)) => {
            one.element() == other.element()
                && one.is_nil() == other.is_nil()
                && one.len() == other.len()
                && one.items().iter().zip(other.items()).all(|(one, other)| equal(one, other, depth, left))
        }
        (Data::Dict(one), Data::Dict(other))
        | (Data::Values(one, _), Data::Values(other, _))
        | (Data::StringMap(one), Data::StringMap(other)) => {
            one.is_same(other)
                || one.is_nil() == other.is_nil()
                    && one.len() == other.len()
                    && one.members().iter().all(|(key, member)| {
                        other.get(key).is_some_and(|value| equal(&member.value, &value, depth, left))
                    })
        }
        (Data::Files(one), Data::Files(other)) => one.iter().eq(other.iter()),
        (Data::Record(one), Data::Record(other)) => {
            one.kind() == other.kind()
                && one
                    .fields()
                    .zip(other.fields())
                    .all(|((_, one), (_, other))| equal(one, other, depth, left))
        }
        (Data::Time(one), Data::Time(other)) => one == other,
        (Data::Version(one), Data::Version(other)) => one == other,
        _ => false,
    }
}
