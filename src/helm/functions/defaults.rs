//! Defaults, choices, and what a template demands.

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::FaultKind;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::list_items;
use crate::helm::functions::arguments::list_like;
use crate::helm::functions::arguments::text;
use crate::helm::functions::keep;
use crate::helm::functions::mix;
use crate::helm::functions::truth;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Value;
use crate::source::Unknown;

pub(super) static ENTRIES: &[Entry] = &[
    keep("default", &[Type::Any], default).and(Type::Any),
    mix("empty", &[Type::Any], |_, arguments| Ok(empty(any(arguments, 0)).into())),
    keep("coalesce", &[], coalesce).and(Type::Any),
    mix("all", &[], |_, arguments| Ok((!arguments.iter().any(empty)).into())).and(Type::Any),
    mix("any", &[], |_, arguments| Ok(arguments.iter().any(|one| !empty(one)).into())).and(Type::Any),
    keep("ternary", &[Type::Any, Type::Any, Type::Bool], ternary),
    keep("compact", &[Type::Any], compact),
    keep("mustCompact", &[Type::Any], compact),
    keep("required", &[Type::String, Type::Any], required),
    keep("fail", &[Type::String], fail),
    keep("lookup", &[Type::String, Type::String, Type::String, Type::String], lookup),
    mix("getHostByName", &[Type::String], |_, _| Ok("".into())),
];

/// Sprig's `empty`: a zero of any type; structs never are, slices and maps without members are.
pub(crate) fn empty(value: &Value) -> bool {
    !truth(value)
}

/// Where an unknown value is empty now, the default stands in for it and is as unknown.
fn default(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let Some((fallback, given)) = arguments.split_first() else { return Ok(Value::NIL) };
    Ok(match given.first() {
        Some(given) if !empty(given) => given.clone(),
        Some(given) if given.origins().why_unknown().is_some() => {
            fallback.clone().with_origins(&given.origins())
        }
        Some(given) => fallback.clone().with_origins(&given.origins().deciding()),
        None => fallback.clone(),
    })
}

fn coalesce(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let mut passed = Origins::NONE;
    for value in arguments {
        if !empty(value) {
            return Ok(value.clone().with_origins(&passed));
        }
        passed = passed.union(&value.origins().deciding());
    }
    Ok(Value::NIL.with_origins(&passed))
}

fn ternary(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let condition = any(arguments, 2);
    let chosen = any(arguments, usize::from(condition.as_bool() != Some(true)));
    if condition.origins.why_unknown().is_some() {
        return Ok(chosen.clone().with_origins(&condition.origins));
    }
    Ok(chosen.clone().with_origins(&condition.origins.deciding()))
}

fn compact(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    let items = list_items(list, "compact on")?.into_iter().filter(|item| !empty(item)).collect();
    Ok(list_like(items, list))
}

/// Marks the text that Helm shows alone, without the places around it.
pub(crate) const SHOWN_FROM: &str = "HELM_ERR_START";
/// Ends the text that Helm shows alone.
pub(crate) const SHOWN_TO: &str = "HELM_ERR_END";

fn shown(kind: FaultKind, message: &str) -> Fault {
    let mut fault = Fault::of(kind, message);
    fault.message = format!("{SHOWN_FROM}{message}{SHOWN_TO}");
    fault
}

fn required(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let value = any(arguments, 1);
    let missing = value.is_nil() || value.as_text().is_some_and(crate::helm::text::Text::is_empty);
    if !missing || value.origins().why_unknown().is_some() {
        return Ok(value.clone());
    }
    let message = text(arguments, 0).to_str().into_owned();
    if session.options.lint {
        session.trace.log.push(format!("[INFO] Missing required value: {message}"));
        return Ok("".into());
    }
    Err(shown(FaultKind::Required, &message))
}

fn fail(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let message = text(arguments, 0).to_str().into_owned();
    if session.options.lint {
        session.trace.log.push(format!("[INFO] Fail: {message}"));
        return Ok("".into());
    }
    Err(shown(FaultKind::Fail, &message))
}

/// Without a cluster nothing is found; with one, something may be.
fn lookup(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let shown = |at| text(arguments, at).to_str().into_owned();
    let why = format!("`lookup` of {} `{}` asks the cluster", shown(1), shown(3));
    Ok(Value::new(Data::Dict(Dict::new()), Origins::unknown(Unknown { why, span: None })))
}
