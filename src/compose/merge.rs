//! How one layer is laid over another: override files, further documents, `extends`, `include`, `pre_start`.

use std::collections::BTreeMap;

use crate::compose::path::Path;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::unique;
use crate::compose::value::Data;
use crate::compose::value::Entry;
use crate::compose::value::Mapping;
use crate::compose::value::Value;

/// How a path is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Mappings deep, lists appended, scalars replaced.
    Generic,
    /// The override counts, even a null.
    Replace,
    /// `KEY=VALUE` lists, merged by key.
    KeyValue,
    /// A list of both, equal items once.
    ToSequence,
    /// A short form that is a context.
    Build,
    /// A list of names that becomes a mapping with defaults.
    DependsOn,
    /// A list of names that becomes a mapping of nulls.
    Names,
    /// Deep for the same driver, else replaced.
    Logging,
    /// Deep for two mappings, else replaced.
    Ulimit,
    /// By subnet.
    Ipam,
}

fn rule(keys: &[&str]) -> Rule {
    match keys {
        ["networks", _, "ipam", "config"] => Rule::Ipam,
        ["networks" | "volumes" | "secrets" | "configs", _, "labels"]
        | ["services", _, "deploy", "labels"] => Rule::KeyValue,
        ["services" | "jobs", _, rest @ ..] => match rest {
            ["annotations" | "environment" | "labels" | "sysctls"]
            | ["build", "args" | "additional_contexts" | "labels"]
            | ["volumes", _, "volume", "labels"] => Rule::KeyValue,
            ["build"] => Rule::Build,
            ["dns" | "dns_opt" | "dns_search" | "env_file" | "label_file" | "extra_hosts" | "tmpfs"]
            | ["build", "extra_hosts"] => Rule::ToSequence,
            ["command" | "entrypoint"] | ["healthcheck", "test"] => Rule::Replace,
            ["depends_on"] => Rule::DependsOn,
            ["logging"] => Rule::Logging,
            ["models" | "networks"] => Rule::Names,
            ["ulimits", _] => Rule::Ulimit,
            _ => Rule::Generic,
        },
        _ => Rule::Generic,
    }
}

/// Lays `over` on `base`. What cannot be merged stays as it was in `base`, with a problem.
pub(crate) fn merge(base: &mut Value, over: Value, path: Path<'_>, problems: &mut Vec<Problem>) {
    if over.is_unknown() && !matches!(over.data, Data::String(_)) {
        return;
    }
    match rule(&path.keys()) {
        Rule::Generic => generic(base, over, path, problems),
        Rule::Replace => replace(base, over),
        Rule::KeyValue => {
            let mut items = sequence(base);
            items.extend(sequence(&over));
            match unique::by_key(items, &path.to_string()) {
                Ok(items) => adopt(base, &over, Data::Sequence(items)),
                Err(problem) => problems.push(*problem),
            }
        }
        Rule::ToSequence => {
            let mut items = sequence(base);
            append(&mut items, sequence(&over));
            adopt(base, &over, Data::Sequence(items));
        }
        Rule::Build => {
            if let Data::String(_) = base.data {
                *base = context(base);
            }
            let over = if let Data::String(_) = over.data { context(&over) } else { over };
            if base.is_null() {
                base.data = Data::Mapping(Mapping::default());
            }
            if over.is_mapping() {
                mappings(base, over, path, problems);
            }
        }
        Rule::DependsOn => as_mapping(base, &over, true, path, problems),
        Rule::Names => as_mapping(base, &over, false, path, problems),
        Rule::Logging => {
            if !base.is_mapping() || !over.is_mapping() {
                let wrong = if over.is_mapping() { &*base } else { &over };
                let message =
                    format!("`logging` is merged as a mapping, and this is {}", wrong.data.describe());
                problems.push(Problem::new(Code::Merge, wrong.span, path.to_string(), message));
                return;
            }
            let differ = match (base.get("driver"), over.get("driver")) {
                (Some(one), Some(two)) => !one.same(two),
                _ => false,
            };
            if differ { replace(base, over) } else { mappings(base, over, path, problems) }
        }
        Rule::Ulimit => {
            if base.is_mapping() && over.is_mapping() {
                mappings(base, over, path, problems);
            } else {
                replace(base, over);
            }
        }
        Rule::Ipam => ipam(base, over, path, problems),
    }
}

fn generic(base: &mut Value, over: Value, path: Path<'_>, problems: &mut Vec<Problem>) {
    if over.is_null() {
        return;
    }
    let mismatch = |over: &Value, base: &Value| {
        let message = format!("this is {}, and it overrides {}", over.data.describe(), base.data.describe());
        Problem::new(Code::Merge, over.span, path.to_string(), message)
            .related(base.span, "overridden here")
            .help(format!("write {} here too, or replace the whole with `!override`", base.data.describe()))
    };
    match &mut base.data {
        Data::Mapping(_) => {
            if over.is_mapping() {
                mappings(base, over, path, problems);
            } else if !over.is_unknown() {
                problems.push(mismatch(&over, base));
            }
        }
        Data::Sequence(items) => {
            let mut over = over;
            if let Data::Sequence(more) = &mut over.data {
                append(items, std::mem::take(more));
                overlay(base, &over);
            } else if !over.is_unknown() {
                problems.push(mismatch(&over, base));
            }
        }
        _ => replace(base, over),
    }
}

/// The override counts, and remembers what it overrode.
fn replace(base: &mut Value, mut over: Value) {
    over.lay_over(base);
    *base = over;
}

/// New content made of both; the override is the place that counts.
fn adopt(base: &mut Value, over: &Value, data: Data) {
    overlay(base, over);
    base.data = data;
}

fn overlay(base: &mut Value, over: &Value) {
    base.span = over.span;
    base.origin = over.origin.clone().over(&base.origin);
    base.implied &= over.implied;
    base.unknown = None;
}

fn mappings(base: &mut Value, over: Value, path: Path<'_>, problems: &mut Vec<Problem>) {
    overlay(base, &over);
    let Data::Mapping(entries) = over.data else { return };
    let Data::Mapping(mapping) = &mut base.data else { return };
    for (key, entry) in entries {
        if let Some(known) = mapping.get_mut(&key) {
            merge(&mut known.value, entry.value, path.key(&key), problems);
            known.key = entry.key;
        } else {
            mapping.insert(key, entry);
        }
    }
}

/// Adds items that are not there yet.
fn append(items: &mut Vec<Value>, more: Vec<Value>) {
    let mut known: BTreeMap<String, usize> =
        items.iter().enumerate().rev().map(|(at, item)| (item.fingerprint(), at)).collect();
    for mut item in more {
        let at = *known.entry(item.fingerprint()).or_insert(items.len());
        if let Some(same) = items.get_mut(at) {
            item.lay_over(same);
            same.origin = item.origin;
        } else {
            items.push(item);
        }
    }
}

/// A mapping, list or text as a list; `KEY: value` becomes `KEY=value`, sorted by key.
fn sequence(value: &Value) -> Vec<Value> {
    match &value.data {
        Data::Sequence(items) => items.clone(),
        Data::String(_) => vec![value.clone()],
        Data::Mapping(mapping) => {
            let mut items = Vec::with_capacity(mapping.len());
            for (key, entry) in mapping {
                match &entry.value.data {
                    Data::Null => items.push(pair(entry, &entry.value, key.clone())),
                    Data::Sequence(values) => {
                        for value in values {
                            items.push(pair(entry, value, format!("{key}={}", value.print())));
                        }
                    }
                    _ => {
                        let text = format!("{key}={}", entry.value.print());
                        items.push(pair(entry, &entry.value, text));
                    }
                }
            }
            items.sort_by(|one, two| one.as_str().cmp(&two.as_str()));
            items
        }
        _ => Vec::new(),
    }
}

fn pair(entry: &Entry, value: &Value, text: String) -> Value {
    Value { key: Some(entry.key), ..value.with(Data::String(text)) }
}

/// `build: .` as `build: {context: .}`.
fn context(value: &Value) -> Value {
    let mut build = value.with(Data::Mapping(Mapping::default()));
    build.unknown = None;
    build.put("context", value.span, value.clone());
    build
}

fn as_mapping(base: &mut Value, over: &Value, dependency: bool, path: Path<'_>, problems: &mut Vec<Problem>) {
    for side in [&*base, over] {
        if let Err(problem) = names(side, dependency, &path.to_string()) {
            problems.push(*problem);
            return;
        }
    }
    let (Ok(mut left), Ok(right)) = (names(base, dependency, ""), names(over, dependency, "")) else {
        return;
    };
    mappings(&mut left, right, path, problems);
    *base = left;
}

/// A list of names as a mapping.
pub(crate) fn names(value: &Value, dependency: bool, path: &str) -> Result<Value, Box<Problem>> {
    let mut out = value.with(Data::Mapping(Mapping::default()));
    match &value.data {
        Data::Mapping(_) => return Ok(value.clone()),
        Data::Null => {}
        Data::String(name) => out.put(name, value.span, named(value, dependency)),
        Data::Sequence(items) => {
            for item in items {
                let Data::String(name) = &item.data else {
                    let message = format!("this must be a name, and is {}", item.data.describe());
                    return Err(Box::new(Problem::new(Code::WrongValue, item.span, path, message)));
                };
                out.put(name, item.span, named(item, dependency));
            }
        }
        other => {
            let message = format!("this must be a list or a mapping, and is {}", other.describe());
            return Err(Box::new(Problem::new(Code::WrongValue, value.span, path, message)));
        }
    }
    Ok(out)
}

/// What a name in a list stands for.
fn named(item: &Value, dependency: bool) -> Value {
    if !dependency {
        let mut value = item.with(Data::Null);
        value.unknown = None;
        return value;
    }
    let mut value = item.with(Data::Mapping(Mapping::default()));
    value.unknown = None;
    value.put_default("condition", Data::String("service_started".to_owned()));
    value.put_default("required", Data::Bool(true));
    value
}

fn ipam(base: &mut Value, over: Value, path: Path<'_>, problems: &mut Vec<Problem>) {
    for side in [&*base, &over] {
        if !side.is_sequence() {
            let message = format!("address pools are a list, and this is {}", side.data.describe());
            problems.push(Problem::new(Code::Merge, side.span, path.to_string(), message));
            return;
        }
    }
    let mut pools: Vec<Value> = Vec::new();
    let same_subnet = |one: &Value, two: &Value| match (one.get("subnet"), two.get("subnet")) {
        (Some(one), Some(two)) => one.same(two),
        (None, None) => true,
        _ => false,
    };
    for original in base.items() {
        let mut right = original.clone();
        for left in over.items() {
            if !left.is_mapping() || !right.is_mapping() {
                let message = "an address pool is a mapping";
                problems.push(Problem::new(Code::Merge, left.span, path.to_string(), message));
                return;
            }
            if !same_subnet(left, &right) && !pools.iter().any(|pool| same_subnet(pool, left)) {
                pools.push(left.clone());
                continue;
            }
            mappings(&mut right, left.clone(), path, problems);
            match pools.iter_mut().find(|pool| same_subnet(pool, &right)) {
                Some(pool) => *pool = right.clone(),
                None => pools.push(right.clone()),
            }
        }
    }
    adopt(base, &over, Data::Sequence(pools));
}
