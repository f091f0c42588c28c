//! A chart's own values under those that are given: Helm's coalescing, with what each value overrode.
//!
//! The maps are changed in place and shared between parent and subchart, as in Helm: templates can see it.

use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Member;
use crate::helm::value::Value;
use crate::helm::values::DEPTH;
use crate::helm::values::dependencies::Node;
use crate::source::Origin;

/// The key under which values are handed down to every subchart.
pub(crate) const GLOBAL: &str = "global";

/// How nulls count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// A null removes the key it stands over: the usual way.
    Remove,
    /// A null stays: while subcharts' values are imported.
    Keep,
    /// As `Remove`, and a chart's own nulls are as if they were not there: the usual way of Helm 4.
    Clean,
}

impl Nulls {
    /// The usual way of a Helm.
    pub(crate) fn usual(helm: HelmVersion) -> Self {
        if helm.drops_null_defaults() { Self::Clean } else { Self::Remove }
    }
}

/// Coalesces the values of charts; collects what Helm warns of.
pub(crate) struct Coalescer<'w> {
    pub(crate) nulls: Nulls,
    pub(crate) warnings: &'w mut Vec<String>,
}

impl Coalescer<'_> {
    /// The effective values of a chart and everything below it: a copy of `values` over its defaults.
    pub(crate) fn values(&mut self, chart: &Node, values: &Dict) -> Result<Dict, Problem> {
        let copy = values.deep_copy(DEPTH);
        self.chart(chart, &copy, "")?;
        Ok(copy)
    }

    fn chart(&mut self, chart: &Node, values: &Dict, prefix: &str) -> Result<(), Problem> {
        self.defaults(chart, values, prefix);
        let below = joined(prefix, &chart.name());
        for subchart in chart.dependencies() {
            let name = subchart.name();
            let inner = match values.get(&name) {
                None => {
                    let inner = Dict::new();
                    values.insert(&name, Value::from(inner.clone()));
                    inner
                }
                Some(value) => match value.as_dict() {
                    Some(inner) => inner.clone(),
                    None => return Err(mismatch(&name, &value)),
                },
            };
            self.globals(&inner, values, &below);
            self.chart(&subchart, &inner, &below)?;
        }
        Ok(())
    }

    /// The chart's own defaults below `values`.
    fn defaults(&mut self, chart: &Node, values: &Dict, prefix: &str) {
        let prefix = joined(prefix, &chart.name());
        let defaults = chart.values().deep_copy(DEPTH);
        for (key, default) in defaults.members() {
            let Some(value) = values.get(&key) else {
                if self.nulls == Nulls::Clean {
                    if default.value.is_nil() {
                        continue;
                    }
                    clean(&default.value, 0);
                }
                values.insert_member(&key, default);
                continue;
            };
            if matches!(value.data, Data::Nil) {
                if self.nulls != Nulls::Keep {
                    values.remove(&key);
                }
            } else if let Some(into) = value.as_dict() {
                if let Some(from) = default.value.as_dict() {
                    let name = String::from_utf8_lossy(&key);
                    let subchart = chart.dependencies().iter().any(|chart| chart.name() == name);
                    let nulls = if subchart { Nulls::Keep } else { self.nulls };
                    let path = joined(&prefix, &name);
                    if nulls == Nulls::Clean {
                        clean(&default.value, 0);
                    }
                    Coalescer { nulls, warnings: self.warnings }.tables(into, from, &path, 0);
                } else if !default.value.is_nil() {
                    let key = String::from_utf8_lossy(&key);
                    self.warnings.push(format!("skipped value for {prefix}.{key}: Not a table."));
                }
            } else {
                values.insert(&key, over(value, &default.value));
            }
        }
    }

    /// Fills `into` with what only `from` has. `from` is changed, too: nulls of `into` are written to it.
    pub(crate) fn tables(&mut self, into: &Dict, from: &Dict, prefix: &str, depth: usize) {
        if depth > DEPTH || into.is_same(from) {
            return;
        }
        let given = from.members();
        let was_given = |key: &[u8]| {
            let at = given.binary_search_by(|(known, _)| (**known).cmp(key)).ok();
            at.and_then(|at| given.get(at)).is_some_and(|(_, member)| !member.value.is_nil())
        };
        for (key, member) in into.members() {
            if member.value.is_nil() {
                from.insert(&key, Value::NIL);
            }
        }
        for (key, member) in from.members() {
            let value = member.value;
            let Some(own) = into.get(&key) else {
                into.insert_member(&key, Member { key_origins: member.key_origins, value });
                continue;
            };
            if self.nulls != Nulls::Keep && own.is_nil() && was_given(&key) {
                into.remove(&key);
                continue;
            }
            let full = || joined(prefix, &String::from_utf8_lossy(&key));
            match (own.as_dict(), value.as_dict()) {
                (Some(own), Some(value)) => self.tables(own, value, &full(), depth + 1),
                (None, Some(_)) => {
                    self.warnings.push(format!("cannot overwrite table with non table for {}", full()));
                }
                (Some(_), None) if !value.is_nil() => {
                    self.warnings
                        .push(format!("destination for {} is a table. Ignoring non-table value", full()));
                }
                (Some(_), None) => {}
                (None, None) => into.insert(&key, over(own, &value)),
            }
        }
    }

    /// Hands the globals of a parent down to a subchart. The parent's win.
    fn globals(&mut self, child: &Dict, parent: &Dict, prefix: &str) {
        let own = match child.member(GLOBAL) {
            None => Member { key_origins: Origins::NONE, value: Value::from(Dict::new()) },
            Some(member) => member,
        };
        let Some(into) = own.value.as_dict().cloned() else {
            self.warnings.push("skipping globals because destination global is not a table.".to_owned());
            return;
        };
        let given = parent.get(GLOBAL).unwrap_or_else(|| Value::from(Dict::new()));
        let Some(from) = given.as_dict() else {
            self.warnings.push("skipping globals because source global is not a table.".to_owned());
            return;
        };
        for (key, member) in from.members() {
            let existing = into.get(&key);
            if let Some(table) = member.value.as_dict() {
                let copy = table.shallow_copy();
                let value = Value::new(Data::Dict(copy.clone()), member.value.origins.clone());
                match existing.as_ref().map(Value::as_dict) {
                    None => into.insert_member(&key, Member { key_origins: member.key_origins, value }),
                    Some(None) => {
                        let key = String::from_utf8_lossy(&key);
                        self.warnings
                            .push(format!("Conflict: cannot merge map onto non-map for {key:?}. Skipping."));
                    }
                    Some(Some(below)) => {
                        let path = joined(prefix, &String::from_utf8_lossy(&key));
                        Coalescer { nulls: Nulls::Keep, warnings: self.warnings }
                            .tables(&copy, below, &path, 0);
                        into.insert(&key, value);
                    }
                }
            } else if existing.as_ref().is_some_and(|value| value.as_dict().is_some()) {
                let key = String::from_utf8_lossy(&key);
                self.warnings.push(format!("key {key} is table. Skipping"));
            } else {
                let value = match &existing {
                    Some(existing) => over(member.value, existing),
                    None => member.value,
                };
                into.insert_member(&key, Member { key_origins: member.key_origins, value });
            }
        }
        child.insert_member(GLOBAL, Member { key_origins: own.key_origins, value: own.value });
    }
}

/// Takes away the keys of nulls, at any depth of maps.
fn clean(value: &Value, depth: usize) {
    let Some(dict) = value.as_dict().filter(|_| depth < DEPTH) else { return };
    for (key, member) in dict.members() {
        if member.value.is_nil() {
            dict.remove(&key);
        } else {
            clean(&member.value, depth + 1);
        }
    }
}

/// `value` with `lower` among what it overrode. A second pass over the same layers adds nothing.
pub(crate) fn over(value: Value, lower: &Value) -> Value {
    let (Some(mine), Some(below)) =
        (value.origins().iter().next().cloned(), lower.origins().iter().next().cloned())
    else {
        return value;
    };
    let mut overridden: Vec<_> = below.overridden;
    overridden.push(below.span);
    overridden.extend(mine.overridden.iter().copied());
    let mut kept = Vec::with_capacity(overridden.len());
    for span in overridden {
        if span != mine.span && !kept.contains(&span) {
            kept.push(span);
        }
    }
    if kept == mine.overridden {
        return value;
    }
    let known = value.origins();
    let mut origins = Origins::of(Origin { overridden: kept, ..mine });
    if let Some(unknown) = known.why_unknown() {
        origins = origins.union(&Origins::unknown(unknown.clone()));
    }
    placed(value, origins)
}

/// The same value with other places behind it.
pub(crate) fn placed(value: Value, origins: Origins) -> Value {
    match value.data {
        Data::String(text) => Value::from(Text::of_value(text.bytes(), origins)),
        data => Value::new(data, origins),
    }
}

fn joined(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

fn mismatch(name: &str, value: &Value) -> Problem {
    let shown = match &value.data {
        Data::Nil | Data::Absent => "%!t(<nil>)".to_owned(),
        Data::Bool(value) => value.to_string(),
        _ => format!("%!t({}={value:?})", value.type_name()),
    };
    let mut problem = Problem::new(ProblemCode::Coalesce, format!("type mismatch on {name}: {shown}"))
        .explain(format!("`{name}` holds the values of the subchart `{name}` and must be a mapping"))
        .help("make it a mapping, or remove it");
    if let Some(origin) = value.origins().iter().next() {
        problem = problem.at(origin.span);
    }
    problem
}
