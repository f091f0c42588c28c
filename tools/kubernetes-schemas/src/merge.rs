//! The minors put together: one line a definition, with ranges where minors differ.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::go::Lifecycle;
use crate::go::Package;

/// The first line of both files. It sorts before every other.
const HEADER: &str = "# Written by tools/kubernetes-schemas from the k8s-openapi crate and the k8s.io modules\n";

/// What was gathered so far.
#[derive(Default)]
pub struct Merged {
    /// Definition to field to (minor, type, required).
    definitions: BTreeMap<String, BTreeMap<String, Vec<(u32, String, bool)>>>,
    /// `apiVersion kind` to definition, scope, minors.
    kinds: BTreeMap<String, Kind>,
    lifecycles: BTreeMap<String, Lifecycle>,
    minors: Vec<u32>,
}

struct Kind {
    definition: String,
    cluster: bool,
    minors: Vec<u32>,
}

impl Merged {
    /// Adds one minor.
    pub fn add(&mut self, minor: u32, dump: &Value, packages: &BTreeMap<String, Package>) {
        self.minors.push(minor);
        for kind in dump["kinds"].as_array().expect("kinds are a list") {
            let text = |key: &str| kind[key].as_str().expect("kinds are described by texts").to_owned();
            let entry = self.kinds.entry(format!("{} {}", text("apiVersion"), text("kind"))).or_insert(Kind {
                definition: short(&text("definition")),
                cluster: kind["cluster"] == true,
                minors: Vec::new(),
            });
            entry.minors.push(minor);
        }
        for (name, schema) in dump["definitions"].as_object().expect("definitions are a mapping") {
            if special(&short(name)).is_some() {
                continue;
            }
            let name = short(name);
            let (package, kind) = name.rsplit_once('.').expect("a definition has a package");
            let enums = packages.get(package).and_then(|package| package.get(kind));
            let required: Vec<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let fields = self.definitions.entry(name.clone()).or_default();
            for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
                let values = enums.and_then(|enums| enums.get(field)).map(Vec::as_slice);
                let code = code(schema, values);
                let required = required.contains(&field.as_str()) && !is_optional(&name, field);
                fields.entry(field.clone()).or_default().push((minor, code, required));
            }
        }
    }

    /// Adds what one module says of lifecycles; a later call wins.
    pub fn lifecycles(&mut self, lifecycles: BTreeMap<String, Lifecycle>) {
        self.lifecycles.extend(lifecycles);
    }

    /// `definitions.txt`.
    pub fn definitions(&self) -> String {
        let mut text = HEADER.to_owned();
        for (name, fields) in &self.definitions {
            text.push_str(name);
            for (field, uses) in fields {
                for (range, code, required) in self.runs(uses) {
                    let mark = if required { "!" } else { "" };
                    write!(text, " {field}{mark}{range}:{code}").unwrap();
                }
            }
            text.push('\n');
        }
        text
    }

    /// Runs of minors with the same type: `@34-` where it starts at 34, `@-35` where it ends there.
    fn runs<'u>(&self, uses: &'u [(u32, String, bool)]) -> Vec<(String, &'u str, bool)> {
        let mut runs: Vec<(u32, u32, &str, bool)> = Vec::new();
        for (minor, code, required) in uses {
            match runs.last_mut() {
                Some(run) if run.1 + 1 == *minor && run.2 == code && run.3 == *required => run.1 = *minor,
                _ => runs.push((*minor, *minor, code, *required)),
            }
        }
        runs.into_iter().map(|(from, to, code, required)| (self.range(from, to), code, required)).collect()
    }

    fn range(&self, from: u32, to: u32) -> String {
        let first = self.minors.first() == Some(&from);
        let last = self.minors.last() == Some(&to);
        match (first, last) {
            (true, true) => String::new(),
            (true, false) => format!("@-{to}"),
            (false, true) => format!("@{from}-"),
            (false, false) => format!("@{from}-{to}"),
        }
    }

    /// The last of a chain of replacements that the newest minor has. The sources name a few that never were.
    fn replacement(&self, first: Option<String>) -> Option<String> {
        let mut next = first;
        for _ in 0..8 {
            let name = next?;
            let name = name.strip_suffix("List").map_or(name.clone(), str::to_owned);
            if self.kinds.get(&name).is_some_and(|kind| kind.minors.last() == self.minors.last()) {
                return Some(name);
            }
            next = self.lifecycles.get(&name).and_then(|life| life.replacement.clone());
        }
        None
    }

    /// `kinds.txt`.
    pub fn kinds(&self) -> String {
        let mut text = HEADER.to_owned();
        let mut names: Vec<&String> = self.kinds.keys().collect();
        // Of what is no longer there, only what has left or will leave is of interest.
        names.extend(self.lifecycles.iter().filter(|(_, life)| life.removed.is_some()).map(|(name, _)| name));
        names.sort();
        names.dedup();
        for name in names {
            let known = self.kinds.get(name);
            let life = self.lifecycles.get(name).cloned().unwrap_or_default();
            let mut parts = vec![name.clone()];
            if let Some(kind) = known {
                let (from, to) = (kind.minors[0], kind.minors[kind.minors.len() - 1]);
                parts.push(format!("{}{}", kind.definition, self.range(from, to)));
                if kind.cluster {
                    parts.push("cluster".to_owned());
                }
            } else if life.removed.is_none_or(|removed| removed > self.minors[0]) {
                // Request-only kinds (reviews, options) have no schema of their own.
                continue;
            }
            let numbers =
                [("introduced", life.introduced), ("deprecated", life.deprecated), ("removed", life.removed)];
            for (word, number) in numbers {
                if let Some(number) = number {
                    parts.push(format!("{word}={number}"));
                }
            }
            if let Some(replacement) = self.replacement(life.replacement) {
                parts.push(format!("use={}", replacement.replace(' ', ",")));
            }
            writeln!(text, "{}", parts.join(" ")).unwrap();
        }
        text
    }
}

/// `io.k8s.api.core.v1.Container` to `core.v1.Container`.
fn short(name: &str) -> String {
    let parts: Vec<&str> = name.rsplit('.').take(3).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(".")
}

/// Definitions that are not objects with fields, and the code they are written as.
fn special(name: &str) -> Option<&'static str> {
    Some(match name {
        "api.resource.Quantity" => "q",
        "util.intstr.IntOrString" => "x",
        "meta.v1.Time" | "meta.v1.MicroTime" => "t",
        "meta.v1.FieldsV1" | "pkg.runtime.RawExtension" => "o",
        "apiextensions.v1.JSON" => "a",
        "apiextensions.v1.JSONSchemaPropsOrBool"
        | "apiextensions.v1.JSONSchemaPropsOrArray"
        | "apiextensions.v1.JSONSchemaPropsOrStringArray" => "a",
        _ => return None,
    })
}

/// Fields that the crate has as required and that the server does without: it fills in metadata, and takes a
/// reference without a name for none (`imagePullSecrets: [{name: }]`).
fn is_optional(definition: &str, field: &str) -> bool {
    field == "metadata" || (definition == "core.v1.LocalObjectReference" && field == "name")
}

/// A closed set of values; blanks are written as `_`, for a blank ends a field.
fn closed(values: &[String]) -> String {
    assert!(values.iter().all(|value| !value.contains(['_', '|', '\n'])), "{values:?}");
    format!("={}", values.join("|").replace(' ', "_"))
}

/// The type of a field, as it is written in `definitions.txt`.
fn code(schema: &Value, values: Option<&[String]>) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = short(reference.trim_start_matches("#/$defs/"));
        return special(&name).map_or(name, str::to_owned);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("byte")) => "y".to_owned(),
        (Some("string"), Some("date-time")) => "t".to_owned(),
        (Some("string"), None) => values.map_or("s".to_owned(), closed),
        (Some("integer"), Some("int64")) => "l".to_owned(),
        (Some("integer"), _) => "i".to_owned(),
        (Some("number"), _) => "n".to_owned(),
        (Some("boolean"), _) => "b".to_owned(),
        (Some("array"), _) => format!("[{}", code(&schema["items"], values)),
        (Some("object"), _) if schema["additionalProperties"].is_object() => {
            format!("{{{}", code(&schema["additionalProperties"], values))
        }
        (Some("object"), _) => "o".to_owned(),
        _ => panic!("a type without a code: {schema}"),
    }
}
