//! What a release gives on top of a chart: values files, then `--set` and its kin, then what is not known yet.

use std::path::Path;
use std::sync::Arc;

pub use crate::discover::Setting;
pub use crate::discover::SettingKind;

use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;
use crate::helm::values::coalesce::over;
use crate::helm::values::coalesce::placed;
use crate::helm::values::set;
use crate::helm::values::yaml;
use crate::source::Origin;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Spanned;
use crate::source::Unknown;

/// The layers of values over a chart's own, lowest first.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// Values files (`-f`), lowest first.
    pub files: Vec<Arc<Source>>,
    /// `--set` and its kin. Helm applies them by kind: JSON, plain, strings, files, literals.
    pub settings: Vec<Setting>,
    /// Dotted paths that are supplied only at deploy time.
    pub unknown: Vec<Spanned<String>>,
}

const KINDS: [SettingKind; 5] =
    [SettingKind::Json, SettingKind::Set, SettingKind::String, SettingKind::File, SettingKind::Literal];

impl Layers {
    /// Reads the values files of a release.
    pub fn read(sources: &SourceMap, files: &[impl AsRef<Path>]) -> Result<Self, Problem> {
        let read = files.iter().map(|path| {
            let path = path.as_ref();
            sources.read(path).map_err(|error| {
                let shown = path.display();
                let message = match error {
                    crate::source::ReadError::Missing => {
                        format!("open {shown}: no such file or directory")
                    }
                    error => format!("open {shown}: {error}"),
                };
                Problem::new(ProblemCode::Values, message)
            })
        });
        Ok(Self { files: read.collect::<Result<_, _>>()?, ..Self::default() })
    }

    /// Adds an argument of the command line, as a source of its own.
    pub fn set(&mut self, sources: &SourceMap, kind: SettingKind, argument: &str) {
        let source = sources.add(kind.flag(), argument);
        let argument = Spanned::new(argument.to_owned(), source.whole());
        self.settings.push(Setting { kind, argument });
    }

    /// All layers merged, without the chart's own values: what Helm calls user-supplied values.
    pub(crate) fn merged(&self, sources: &SourceMap, helm: HelmVersion) -> Result<Dict, Problem> {
        let mut values = Dict::new();
        for file in &self.files {
            let read = yaml::mapping(file, helm).map_err(|mut problem| {
                problem.code = ProblemCode::Values;
                problem.within(&format!("failed to parse {}", file.path))
            })?;
            values = merged(&values, &read, 0);
        }
        for kind in KINDS {
            for setting in self.settings.iter().filter(|setting| setting.kind == kind) {
                let text = setting.argument.value.as_str();
                let whole = setting.argument.span;
                let verbatim = sources.get(whole.source).is_some_and(|source| source.slice(whole) == text);
                let argument = set::Argument { kind, text, whole, verbatim, sources, helm };
                let refused = |mistake: set::Mistake| {
                    let flag = kind.flag();
                    let message = if kind == SettingKind::Json {
                        format!("failed parsing {flag} data {text}")
                    } else {
                        format!("failed parsing {flag} data: {}", mistake.message)
                    };
                    Problem::new(ProblemCode::Values, message)
                        .at(mistake.place)
                        .explain(format!("`{flag}` cannot be read: {}", mistake.message))
                };
                match set::object(&argument) {
                    Some(object) => values = merged(&values, &object.map_err(refused)?, 0),
                    None => set::apply(&argument, &values).map_err(refused)?,
                }
            }
        }
        Ok(values)
    }

    /// Puts placeholders at the paths that are not known: the value that stands there, or that the chart has by
    /// default, marked as unknown; a text where there is none, or an empty one: something is supplied.
    pub(crate) fn mark_unknown(&self, values: &Dict, defaults: &Dict) {
        for path in &self.unknown {
            let unknown = Unknown {
                why: format!("`{}` is supplied only at deploy time", path.value),
                span: Some(path.span),
            };
            let mut keys: Vec<&str> = path.value.split('.').collect();
            let Some(last) = keys.pop() else { continue };
            let mut at = values.clone();
            let mut below = Some(defaults.clone());
            for key in keys {
                let inner = at.get(key).and_then(|value| value.as_dict().cloned());
                at = inner.unwrap_or_else(|| {
                    let inner = Dict::new();
                    at.insert(key, Value::from(inner.clone()));
                    inner
                });
                below = below.and_then(|below| below.get(key)?.as_dict().cloned());
            }
            let default = below.and_then(|below| below.get(last)).filter(says_something);
            let given = at.get(last).filter(says_something);
            let value = if let Some(value) = given.or(default) {
                unknown_copy(&value, &unknown, 0)
            } else {
                let origins = Origins::of(Origin::at(path.span)).union(&Origins::unknown(unknown));
                Value::string("unknown", origins)
            };
            at.insert(last, value);
        }
    }
}

fn says_something(value: &Value) -> bool {
    let empty = matches!(&value.data, Data::String(text) if text.is_empty());
    !empty && !value.is_nil()
}

fn unknown_copy(value: &Value, unknown: &Unknown, depth: usize) -> Value {
    if depth > super::DEPTH {
        return value.clone();
    }
    let origins = value.origins().union(&Origins::unknown(unknown.clone()));
    match &value.data {
        Data::Dict(dict) => {
            let copy = Dict::new();
            for (key, member) in dict.members() {
                let value = unknown_copy(&member.value, unknown, depth + 1);
                copy.insert_member(&key, Member { key_origins: member.key_origins, value });
            }
            Value::new(Data::Dict(copy), origins)
        }
        Data::List(list) => {
            let items = list.items().iter().map(|item| unknown_copy(item, unknown, depth + 1)).collect();
            Value::new(Data::List(List::new(items)), origins)
        }
        _ => placed(value.clone(), origins),
    }
}

/// A new map: `upper` over `lower`. Maps are merged, everything else is replaced, a null replaces too.
pub(super) fn merged(lower: &Dict, upper: &Dict, depth: usize) -> Dict {
    let merged_values = lower.shallow_copy();
    for (key, member) in upper.members() {
        let value = match merged_values.get(&key) {
            None => member.value,
            Some(below) => match (below.as_dict(), member.value.as_dict()) {
                (Some(below), Some(above)) if depth < super::DEPTH => {
                    let inner = merged(below, above, depth + 1);
                    Value::new(Data::Dict(inner), member.value.origins.clone())
                }
                _ => over(member.value, &below),
            },
        };
        merged_values.insert_member(&key, Member { key_origins: member.key_origins, value });
    }
    merged_values
}
