//! Maps.

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::MAX_ITEMS;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::arguments::dict as dict_at;
use crate::helm::functions::conversion::string_value;
use crate::helm::functions::empty;
use crate::helm::functions::keep;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;

pub(super) static ENTRIES: &[Entry] = &[
    keep("dict", &[], dict).and(Type::Any),
    keep("get", &[Type::Dict, Type::String], get),
    keep("set", &[Type::Dict, Type::String, Type::Any], set),
    keep("unset", &[Type::Dict, Type::String], unset),
    keep("hasKey", &[Type::Dict, Type::String], has_key),
    keep("pluck", &[Type::String], pluck).and(Type::Dict),
    keep("keys", &[], keys).and(Type::Dict),
    keep("values", &[Type::Dict], values),
    keep("pick", &[Type::Dict], pick).and(Type::String),
    keep("omit", &[Type::Dict], omit).and(Type::String),
    keep("merge", &[Type::Dict], |session, arguments| merge(session, arguments, false)).and(Type::Dict),
    keep("mustMerge", &[Type::Dict], |session, arguments| merge(session, arguments, false)).and(Type::Dict),
    keep("mergeOverwrite", &[Type::Dict], |session, arguments| merge(session, arguments, true))
        .and(Type::Dict),
    keep("mustMergeOverwrite", &[Type::Dict], |session, arguments| merge(session, arguments, true))
        .and(Type::Dict),
    keep("dig", &[], dig).and(Type::Any),
    keep("deepCopy", &[Type::Any], deep_copy),
    keep("mustDeepCopy", &[Type::Any], deep_copy),
];

fn dict(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let dict = Dict::new();
    for pair in arguments.chunks(2) {
        let Some(key) = pair.first() else { continue };
        let name = string_value(key);
        let value = pair.get(1).cloned().unwrap_or_else(|| "".into());
        dict.insert_member(name.bytes(), Member { key_origins: name.origins(), value });
    }
    Ok(dict.into())
}

/// The line of the key is behind a yes; behind a no is the map that lacks it.
fn has_key(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let (map, key) = (any(arguments, 0), any(arguments, 1));
    let member = dict_at(arguments, 0).member(bytes(arguments, 1));
    let origins = match &member {
        Some(member) if !member.key_origins.is_none() => member.key_origins.clone(),
        Some(member) => member.value.origins(),
        None => map.origins.clone(),
    };
    Ok(Value::from(member.is_some()).with_origins(&origins).with_origins(&key.origins()))
}

fn get(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let map = any(arguments, 0);
    if let Some(value) = dict_at(arguments, 0).get(bytes(arguments, 1)) {
        return Ok(value);
    }
    let unknown = map.origins.why_unknown().is_some();
    Ok(Value::string("", if unknown { map.origins.clone() } else { Origins::NONE }))
}

fn assignable(dict: &Dict) -> Result<(), Fault> {
    if dict.is_nil() {
        return Err(Fault::new("assignment to entry in nil map"));
    }
    Ok(())
}

fn set(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let dict = dict_at(arguments, 0);
    assignable(&dict)?;
    let value = any(arguments, 2).clone();
    session.charge_items(1)?;
    let key = any(arguments, 1);
    if dict.contains(bytes(arguments, 1)) {
        dict.insert(bytes(arguments, 1), value);
    } else {
        dict.insert_member(bytes(arguments, 1), Member { key_origins: key.origins(), value });
    }
    Ok(any(arguments, 0).clone())
}

fn unset(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let _removed = dict_at(arguments, 0).remove(bytes(arguments, 1));
    Ok(any(arguments, 0).clone())
}

fn pluck(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let key = bytes(arguments, 0);
    let found = arguments.iter().skip(1).filter_map(|map| map.as_dict()?.get(key)).collect();
    Ok(List::new(found).into())
}

/// In Go the order is random; sorted is one of its possible answers.
fn keys(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let mut keys = Vec::new();
    for map in arguments.iter().filter_map(Value::as_dict) {
        session.charge_items(map.len())?;
        keys.extend(map.members().into_iter().map(|(key, member)| Text::of_value(&*key, member.key_origins)));
    }
    Ok(List::of_texts(keys).into())
}

fn values(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let members = dict_at(arguments, 0).members();
    Ok(List::new(members.into_iter().map(|(_, member)| member.value).collect()).into())
}

fn pick(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let (map, picked) = (dict_at(arguments, 0), Dict::new());
    for key in arguments.iter().skip(1).filter_map(Value::as_text) {
        if let Some(member) = map.member(key.bytes()) {
            picked.insert_member(key.bytes(), member);
        }
    }
    Ok(Value::new(Data::Dict(picked), any(arguments, 0).origins.clone()))
}

fn omit(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let rest = dict_at(arguments, 0).shallow_copy();
    for key in arguments.iter().skip(1).filter_map(Value::as_text) {
        let _removed = rest.remove(key.bytes());
    }
    Ok(Value::new(Data::Dict(rest), any(arguments, 0).origins.clone()))
}

/// Maps nested deeper than this are not merged.
const MAX_DEPTH: usize = 500;

fn merge(session: &mut Session<'_>, arguments: &[Value], overwrite: bool) -> Answer {
    let target = any(arguments, 0);
    let mut dict = dict_at(arguments, 0);
    let sources = || arguments.iter().skip(1).filter_map(Value::as_dict);
    // A nil map stays nil until there is a map to merge into it.
    if dict.is_nil() && sources().any(|source| !source.is_nil()) {
        dict = Dict::new();
    }
    for source in sources() {
        merge_into(session, &dict, source, overwrite, MAX_DEPTH)?;
    }
    Ok(Value::new(Data::Dict(dict), target.origins.clone()))
}

/// Merges as `mergo` does on maps: in place, sharing the maps it takes over.
fn merge_into(
    session: &mut Session<'_>,
    target: &Dict,
    source: &Dict,
    overwrite: bool,
    depth: usize,
) -> Result<(), Fault> {
    if target.is_same(source) {
        return Ok(());
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Fault::of(
            crate::helm::functions::FaultKind::Limit,
            format!("maps nested deeper than {MAX_DEPTH} levels are not merged"),
        ));
    };
    for (key, theirs) in source.members() {
        session.step()?;
        let mine = target.get(&key);
        if theirs.value.is_nil() {
            if overwrite {
                take_over(target, &key, theirs, mine.as_ref());
            }
            continue;
        }
        let maps = theirs.value.as_dict().zip(mine.as_ref().and_then(Value::as_dict));
        if let Some((from, into)) = maps
            && !into.is_nil()
        {
            merge_into(session, into, from, overwrite, depth)?;
            if !into.is_empty() {
                continue;
            }
        }
        let absent = mine.as_ref().is_none_or(empty);
        if overwrite || absent {
            take_over(target, &key, theirs, mine.as_ref());
        }
    }
    Ok(())
}

fn take_over(target: &Dict, key: &[u8], theirs: Member, mine: Option<&Value>) {
    let value = match mine {
        Some(mine) if !mine.origins().is_none() && mine.as_dict().is_none() => theirs.value.over(mine),
        _ => theirs.value,
    };
    target.insert_member(key, Member { key_origins: theirs.key_origins, value });
}

fn interface_conversion(value: &Value, wanted: &str) -> Fault {
    let type_name = if value.is_nil() { "nil" } else { value.type_name() };
    Fault::new(format!("interface conversion: interface {{}} is {type_name}, not {wanted}"))
}

fn dig(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let [keys @ .., default, map] = arguments else {
        return Err(Fault::new("dig needs at least three arguments"));
    };
    if keys.is_empty() {
        return Err(Fault::new("dig needs at least three arguments"));
    }
    let step = |value: &Value| match &value.data {
        Data::Dict(dict) => Ok(dict.clone()),
        _ => Err(interface_conversion(value, "map[string]interface {}")),
    };
    let mut map = step(map)?;
    for key in keys {
        if key.as_text().is_none() {
            return Err(interface_conversion(key, "string"));
        }
    }
    for (at, key) in keys.iter().enumerate() {
        let Some(value) = key.as_text().and_then(|key| map.get(key.bytes())) else {
            return Ok(default.clone());
        };
        if at + 1 == keys.len() {
            return Ok(value);
        }
        map = step(&value)?;
    }
    Ok(default.clone())
}

fn deep_copy(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let value = any(arguments, 0);
    if value.is_nil() {
        return Err(Fault::new("reflect: call of reflect.Value.Type on zero Value"));
    }
    let mut left = MAX_ITEMS;
    if !countable(value, &mut left, 1_000) {
        return Err(Fault::of(
            crate::helm::functions::FaultKind::Limit,
            format!("values of more than {MAX_ITEMS} members are not copied"),
        ));
    }
    session.steps((MAX_ITEMS - left) / 8)?;
    Ok(value.deep_copy(1_000))
}

/// Counts members down; false where there are more than are left.
fn countable(value: &Value, left: &mut usize, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    match &value.data {
        Data::Dict(dict) | Data::Values(dict, _) => {
            dict.members().iter().all(|(_, member)| countable(&member.value, left, depth))
        }
        Data::List(list) => list.items().iter().all(|item| countable(item, left, depth)),
        _ => true,
    }
}
