//! The merged model against `schemas/compose.json`: one problem per mistake, at the key or value.
//!
//! A small walker over the part of JSON Schema that our schema uses. Alternatives are told apart by the type of the
//! value, so a mistake is named in the words of the alternative that was meant.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;

use regex::Regex;
use serde_json::Value as Json;

use crate::compose::decode;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::value::Data;
use crate::compose::value::Entry;
use crate::compose::value::Value;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::source::Span;

/// The schema as it is published with the program.
pub const SCHEMA: &str = include_str!("../../schemas/compose.json");

fn schema() -> &'static Json {
    static SCHEMA_TREE: OnceLock<Json> = OnceLock::new();
    SCHEMA_TREE.get_or_init(|| serde_json::from_str(SCHEMA).unwrap_or(Json::Null))
}

/// True where a text fits a pattern of the schema. Those of nearly every key are told without a machine for
/// expressions, which takes longer to make than a file to check.
fn fits_pattern(pattern: &str, text: &str) -> bool {
    match pattern {
        "^x-" => text.starts_with("x-"),
        "^[a-z]+$" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase()),
        "^[a-zA-Z0-9._-]+$" => {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
            !text.is_empty() && text.bytes().all(plain)
        }
        other => expression(other).is_none_or(|expression| expression.is_match(text)),
    }
}

/// The expression of a pattern, made when it is first asked for; `None` for one that is none.
fn expression(pattern: &str) -> Option<Regex> {
    static EXPRESSIONS: Mutex<BTreeMap<String, Option<Regex>>> = Mutex::new(BTreeMap::new());
    let mut expressions = EXPRESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    expressions.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).ok()).clone()
}

/// Checks a model. Values that are wrong are marked unknown, so that no later step trips over them.
pub(crate) fn validate(model: &mut Value, problems: &mut Vec<Problem>) {
    let mut walker = Walker { problems, path: Vec::new() };
    walker.finite(model);
    walker.check(schema(), model, None);
}

struct Walker<'w> {
    problems: &'w mut Vec<Problem>,
    path: Vec<String>,
}

/// What a JSON type is called in messages.
fn type_name(name: &str) -> &str {
    match name {
        "object" => "a mapping",
        "array" => "a list",
        "string" => "a string",
        "boolean" => "`true` or `false`",
        "integer" => "a whole number",
        "number" => "a number",
        _ => "null",
    }
}

fn accepts(name: &str, data: &Data) -> bool {
    match data {
        Data::Null => name == "null",
        Data::Bool(_) => name == "boolean",
        Data::Int(_) | Data::Unsigned(_) => name == "integer" || name == "number",
        Data::Float(value) => name == "number" || (name == "integer" && value.fract() == 0.0),
        Data::Single(value) => name == "number" || (name == "integer" && value.fract() == 0.0),
        Data::Time(_) | Data::String(_) => name == "string",
        Data::Sequence(_) => name == "array",
        Data::Mapping(_) => name == "object",
    }
}

fn types(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn resolved(mut node: &Json) -> &Json {
    while let Some(name) = node.get("$ref").and_then(Json::as_str) {
        let name = name.trim_start_matches("#/$defs/");
        match schema().get("$defs").and_then(|definitions| definitions.get(name)) {
            Some(target) => node = target,
            None => break,
        }
    }
    node
}

fn alternatives(node: &Json) -> Vec<&Json> {
    let node = resolved(node);
    match node.get("oneOf").and_then(Json::as_array) {
        Some(branches) => branches.iter().flat_map(alternatives).collect(),
        None => vec![node],
    }
}

/// Joins words as a sentence does: `a, b or c`.
pub(crate) fn or(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
    }
}

impl Walker<'_> {
    fn path(&self) -> String {
        self.path.join(".")
    }

    fn subject(&self) -> String {
        let name = self.path.iter().rev().find(|key| key.parse::<usize>().is_err());
        name.map_or_else(|| "a Compose file".to_owned(), |name| format!("`{name}`"))
    }

    /// Infinities and `.nan` fit no schema, wherever they stand.
    fn finite(&mut self, value: &Value) {
        match &value.data {
            Data::Float(number) if !number.is_finite() => {
                let message = "Compose takes no infinite number and no `.nan`, wherever it stands";
                self.problems.push(Problem::new(Code::WrongValue, value.span, self.path(), message));
            }
            Data::Sequence(items) => items.iter().for_each(|item| self.finite(item)),
            Data::Mapping(mapping) => mapping.values().for_each(|entry| self.finite(&entry.value)),
            _ => {}
        }
    }

    fn wrong(&mut self, value: &mut Value, problem: Problem) {
        let mut problem = problem;
        for through in &value.origin.through {
            let beside = !value.span.contains(*through) && !through.contains(value.span);
            if beside && through.source == value.span.source {
                problem = problem.related(*through, "used here");
            }
        }
        self.problems.push(problem);
        value.mark_unknown("it is not a value that Compose takes", Some(value.span));
    }

    fn check(&mut self, node: &Json, value: &mut Value, key: Option<Span>) {
        if value.is_unknown() {
            return;
        }
        let branches = alternatives(node);
        let fits = |branch: &&Json| {
            let types = types(branch);
            types.is_empty() || types.iter().any(|name| accepts(name, &value.data))
        };
        let Some(branch) = branches.iter().copied().find(fits) else {
            let mut expected: Vec<String> = Vec::new();
            for name in branches.iter().flat_map(|branch| types(branch)) {
                let name = type_name(name).to_owned();
                // A whole number is a number.
                if !expected.contains(&name) {
                    expected.push(name);
                }
            }
            let subject = self.subject();
            let found = if value.is_null() { "empty".to_owned() } else { value.data.describe().to_owned() };
            let item = self.path.last().is_some_and(|key| key.parse::<usize>().is_ok());
            let verb =
                if item { format!("an entry of {subject} must be") } else { format!("{subject} must be") };
            let message = format!("{verb} {}, and is {found}", or(&expected));
            let at =
                if value.is_null() && value.span.is_empty() { key.unwrap_or(value.span) } else { value.span };
            let mut problem = Problem::new(Code::WrongValue, at, self.path(), message);
            let is_duration = node.get("$ref").and_then(Json::as_str) == Some("#/$defs/duration");
            let quotable = matches!(value.data, Data::Int(_) | Data::Float(_) | Data::Bool(_));
            if let (true, Data::Int(number)) = (is_duration, &value.data) {
                problem = problem.help(format!("write a unit: `{number}s`"));
                problem.remedy = Some(decode::in_seconds(&number.to_string(), value.span));
            } else if quotable && expected.iter().any(|name| name == "a string") {
                problem = problem.help(format!("write it in quotes: `\"{}\"`", value.print()));
                // What stands there and what it is read as may differ: `0777`, `1.10`. The quotes keep the first.
                problem = problem.remedy("write it in quotes", Safety::Safe, What::Quote);
            }
            self.wrong(value, problem);
            return;
        };
        self.branch(branch, value, key);
    }

    fn branch(&mut self, node: &Json, value: &mut Value, key: Option<Span>) {
        if let Some(legal) = node.get("enum").and_then(Json::as_array)
            && let Some(text) = value.as_str()
            && !legal.iter().any(|legal| legal.as_str() == Some(text))
        {
            let legal: Vec<&str> = legal.iter().filter_map(Json::as_str).collect();
            let shown: Vec<String> = legal.iter().map(|legal| format!("`{legal}`")).collect();
            let message = format!("{} is {} and not `{text}`", self.subject(), or(&shown));
            let mut problem = Problem::new(Code::WrongValue, value.span, self.path(), message);
            if let Some(similar) = similar(text, legal.into_iter()) {
                problem = problem.help(format!("did you mean `{similar}`?")).remedy(
                    format!("write `{similar}`"),
                    Safety::Unsafe,
                    What::Replace(similar.to_owned()),
                );
            }
            self.wrong(value, problem);
            return;
        }
        if let Some(text) = node.get("pattern").and_then(Json::as_str)
            && let Some(given) = value.as_str()
            && !fits_pattern(text, given)
        {
            let (message, help) = match self.path.last().map(String::as_str) {
                Some("pull_policy") => {
                    let known = ["always", "never", "build", "missing", "refresh", "daily", "weekly"];
                    let help =
                        similar(given, known.into_iter()).map(|similar| format!("did you mean `{similar}`?"));
                    let legal = "`always`, `never`, `missing`, `build`, `refresh`, `daily`, `weekly` or `every_` with a duration";
                    (format!("`pull_policy` is {legal} and not `{given}`"), help)
                }
                Some("container_name") => (
                    "`container_name` needs at least two characters, letters, digits, `_`, `.` or `-`"
                        .to_owned(),
                    None,
                ),
                _ => (format!("{} does not match `{text}`", self.subject()), None),
            };
            let mut problem = Problem::new(Code::WrongValue, value.span, self.path(), message);
            problem.help = help;
            self.wrong(value, problem);
            return;
        }
        if let Some(number) = value.as_f64() {
            let minimum = node.get("minimum").and_then(Json::as_f64).filter(|limit| number < *limit);
            let maximum = node.get("maximum").and_then(Json::as_f64).filter(|limit| number > *limit);
            let limit = minimum.map(|limit| format!("at least {limit}"));
            if let Some(limit) = limit.or_else(|| maximum.map(|limit| format!("at most {limit}"))) {
                let message = format!("{} must be {limit}, and is {}", self.subject(), value.print());
                let problem = Problem::new(Code::WrongValue, value.span, self.path(), message);
                self.wrong(value, problem);
                return;
            }
        }
        match &mut value.data {
            Data::Sequence(items) => {
                if let Some(node) = node.get("items") {
                    for (at, item) in items.iter_mut().enumerate() {
                        self.path.push(at.to_string());
                        self.check(node, item, None);
                        self.path.pop();
                    }
                }
                if node.get("uniqueItems").and_then(Json::as_bool) == Some(true) {
                    self.unique(value);
                }
            }
            Data::Mapping(_) => self.mapping(node, value, key),
            _ => {}
        }
    }

    fn unique(&mut self, value: &mut Value) {
        let Data::Sequence(items) = &value.data else { return };
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for (at, item) in items.iter().enumerate().filter(|(_, item)| !item.is_unknown()) {
            let key = comparable(item).fingerprint();
            let Some(first) = seen.get(&key).copied() else {
                seen.insert(key, item.span);
                continue;
            };
            let message = format!("the same entry stands twice in {}", self.subject());
            let problem = Problem::new(Code::WrongValue, item.span, format!("{}.{at}", self.path()), message)
                .related(first, "first here")
                .help("remove one of them");
            self.problems.push(problem);
        }
    }

    fn mapping(&mut self, node: &Json, value: &mut Value, key: Option<Span>) {
        let properties = node.get("properties").and_then(Json::as_object);
        let patterns = node.get("patternProperties").and_then(Json::as_object);
        let additional = node.get("additionalProperties");
        let span = value.span;
        let Data::Mapping(mapping) = &mut value.data else { return };
        for (name, entry) in mapping.iter_mut() {
            let declared = properties.and_then(|properties| properties.get(name.as_str()));
            let matched = || {
                let mut patterns = patterns.into_iter().flatten();
                patterns.find(|(text, _)| fits_pattern(text, name))
            };
            let node = declared.or_else(|| matched().map(|(_, node)| node));
            match (node, additional) {
                (Some(node), _) | (None, Some(node @ Json::Object(_))) => {
                    self.path.push(name.clone());
                    self.check(node, &mut entry.value, Some(entry.key));
                    self.path.pop();
                }
                (None, Some(Json::Bool(false))) => {
                    self.unknown_key(name, entry, properties, patterns.is_some());
                }
                (None, _) => {}
            }
        }
        let required = node.get("required").and_then(Json::as_array);
        for name in required.into_iter().flatten().filter_map(Json::as_str) {
            if !mapping.contains_key(name) {
                let message = format!("{} needs `{name}`", self.subject());
                let at = key.unwrap_or(span);
                self.problems.push(Problem::new(Code::MissingKey, at, self.path(), message));
            }
        }
        if let Some(choices) = node.get("anyOf").and_then(Json::as_array) {
            let names: Vec<&str> = choices
                .iter()
                .filter_map(|choice| choice.get("required")?.as_array()?.first()?.as_str())
                .collect();
            if !names.iter().any(|name| mapping.contains_key(*name)) {
                let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("{} needs {}", self.subject(), or(&shown));
                let at = key.unwrap_or(span);
                self.problems.push(Problem::new(Code::MissingKey, at, self.path(), message));
            }
        }
    }

    fn unknown_key(
        &mut self,
        name: &str,
        entry: &mut Entry,
        properties: Option<&serde_json::Map<String, Json>>,
        patterned: bool,
    ) {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path()) };
        let Some(properties) = properties else {
            let message = if self.path.last().is_some_and(|key| key == "extra_hosts") {
                "a host in `extra_hosts` has no name".to_owned()
            } else {
                format!("the name `{name}` may have letters, digits, `.`, `_` and `-` only")
            };
            self.problems.push(Problem::new(Code::WrongValue, entry.key, path, message));
            entry.value.mark_unknown("its name is not one that Compose takes", Some(entry.key));
            return;
        };
        let owner = match self.path.as_slice() {
            [] => "a Compose file".to_owned(),
            [section, name] => {
                let kind = section.strip_suffix('s').unwrap_or(section);
                format!("the {kind} `{name}`")
            }
            _ => self.subject(),
        };
        let message = format!("{owner} has no attribute `{name}`");
        let mut problem = Problem::new(Code::UnknownKey, entry.key, path, message);
        let removed = match (self.path.len(), name) {
            (2, "net") => Some("`net` is gone: write `network_mode`"),
            (2, "log_driver" | "log_opt") => Some("`log_driver` and `log_opt` are gone: write `logging`"),
            (2, "volume_driver") => {
                Some("`volume_driver` is gone: write `driver` at the volume under `volumes`")
            }
            (2, "dockerfile") => Some("write `dockerfile` below `build`"),
            _ => None,
        };
        let lower = name.to_ascii_lowercase().replace('-', "_");
        let known = properties.keys().map(String::as_str);
        let similar = similar(&lower, known).filter(|_| removed.is_none());
        if let Some(similar) = similar {
            // Spelt in another manner it is the same word; another word is a guess.
            let same = similar == lower || similar.replace('_', "") == lower;
            let safety = if same { Safety::Safe } else { Safety::Unsafe };
            let rename = What::Rename(similar.to_owned());
            problem = problem.remedy(format!("rename it to `{similar}`"), safety, rename);
        }
        problem.help = removed
            .map(str::to_owned)
            .or_else(|| similar.map(|similar| format!("did you mean `{similar}`?")))
            .or_else(|| patterned.then(|| format!("remove it, or name it `x-{name}` if it is yours")));
        self.problems.push(problem);
        entry.value.mark_unknown("Compose does not know this attribute", Some(entry.key));
    }
}

/// The same for values that are equal as JSON has it: `1` and `1.0` are, `1` and `"1"` are not.
fn comparable(value: &Value) -> Value {
    match &value.data {
        Data::Sequence(items) => value.with(Data::Sequence(items.iter().map(comparable).collect())),
        Data::Mapping(mapping) => {
            let entries = mapping
                .iter()
                .map(|(key, entry)| (key.clone(), Entry { key: entry.key, value: comparable(&entry.value) }));
            value.with(Data::Mapping(entries.collect()))
        }
        _ => match value.as_f64() {
            Some(number) => value.with(Data::Float(number)),
            None => value.clone(),
        },
    }
}

/// The word most like `given`, if one is like it at all.
pub(crate) fn similar<'w>(given: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let limit = match given.chars().count() {
        0..=2 => 1,
        3..=7 => 2,
        _ => 3,
    };
    let scored = words.map(|word| (distance(given, word), word));
    scored
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be added, removed, changed or swapped with their neighbour.
fn distance(one: &str, two: &str) -> usize {
    let one: Vec<char> = one.chars().take(64).collect();
    let two: Vec<char> = two.chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=two.len()).collect();
    for (row, first) in one.iter().enumerate() {
        let mut current = Vec::with_capacity(two.len() + 1);
        current.push(row + 1);
        for (column, second) in two.iter().enumerate() {
            let get = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let change = get(&above, column) + usize::from(first != second);
            let mut best = change.min(get(&above, column + 1) + 1).min(get(&current, column) + 1);
            let swapped = row > 0
                && column > 0
                && one.get(row - 1) == Some(second)
                && two.get(column - 1) == Some(first);
            if swapped {
                best = best.min(get(&before, column - 1) + 1);
            }
            current.push(best);
        }
        before = above;
        above = current;
    }
    above.last().copied().unwrap_or(0)
}
