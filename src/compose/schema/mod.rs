//! The merged model against `schemas/compose.json`: one problem per mistake, at the key or value.
//!
//! A small walker over the part of JSON Schema that our schema uses. Alternatives are told apart by the type of the
//! value, so a mistake is named in the words of the alternative that was meant.

mod node;

use std::collections::BTreeMap;

use crate::compose::decode;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::schema::node::Additional;
use crate::compose::schema::node::Node;
use crate::compose::value::Data;
use crate::compose::value::Entry;
use crate::compose::value::Value;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::source::Span;

pub use node::SCHEMA;

/// Checks a model. Values that are wrong are marked unknown, so that no later step trips over them.
pub(crate) fn validate(model: &mut Value, problems: &mut Vec<Problem>) {
    let mut walker = Walker { problems };
    walker.finite(model);
    walker.check(node::root(), model, None, Place::ROOT);
}

/// A key or a position below others. Its text is only made where something is wrong.
#[derive(Clone, Copy)]
struct Place<'p> {
    above: Option<&'p Self>,
    step: Step<'p>,
    depth: usize,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Key(&'p str),
    Item(usize),
}

impl<'p> Place<'p> {
    const ROOT: Self = Self { above: None, step: Step::Key(""), depth: 0 };

    fn key(&'p self, name: &'p str) -> Self {
        Self { above: Some(self), step: Step::Key(name), depth: self.depth + 1 }
    }

    fn item(&'p self, at: usize) -> Self {
        Self { above: Some(self), step: Step::Item(at), depth: self.depth + 1 }
    }

    /// From this one upwards, the root left out.
    fn upwards(&self) -> impl Iterator<Item = Step<'p>> {
        let mut next = Some(*self);
        std::iter::from_fn(move || {
            let place = next?;
            next = place.above.copied();
            next.is_some().then_some(place.step)
        })
    }

    fn path(&self) -> String {
        let mut steps: Vec<String> = self.upwards().map(Step::text).collect();
        steps.reverse();
        steps.join(".")
    }

    /// The nearest key that is no number, in backticks.
    fn subject(&self) -> String {
        let name = self.upwards().map(Step::text).find(|key| key.parse::<usize>().is_err());
        name.map_or_else(|| "a Compose file".to_owned(), |name| format!("`{name}`"))
    }

    /// The last key.
    fn last(&self) -> Option<String> {
        self.upwards().next().map(Step::text)
    }
}

impl Step<'_> {
    fn text(self) -> String {
        match self {
            Self::Key(name) => name.to_owned(),
            Self::Item(at) => at.to_string(),
        }
    }
}

struct Walker<'w> {
    problems: &'w mut Vec<Problem>,
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
    /// Infinities and `.nan` fit no schema, wherever they stand.
    fn finite(&mut self, value: &Value) {
        match &value.data {
            Data::Float(number) if !number.is_finite() => {
                let message = "Compose takes no infinite number and no `.nan`, wherever it stands";
                self.problems.push(Problem::new(Code::WrongValue, value.span, "", message));
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

    fn check(&mut self, node: &Node, value: &mut Value, key: Option<Span>, place: Place<'_>) {
        if value.is_unknown() {
            return;
        }
        let Some(branch) = node.alternative(&value.data) else {
            let expected: Vec<String> = node.expected().into_iter().map(str::to_owned).collect();
            let subject = place.subject();
            let found = if value.is_null() { "empty".to_owned() } else { value.data.describe().to_owned() };
            let item = place.last().is_some_and(|key| key.parse::<usize>().is_ok());
            let verb =
                if item { format!("an entry of {subject} must be") } else { format!("{subject} must be") };
            let message = format!("{verb} {}, and is {found}", or(&expected));
            let at =
                if value.is_null() && value.span.is_empty() { key.unwrap_or(value.span) } else { value.span };
            let mut problem = Problem::new(Code::WrongValue, at, place.path(), message);
            let is_duration = node.is_definition("duration");
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
        self.branch(branch, value, key, place);
    }

    fn branch(&mut self, node: &Node, value: &mut Value, key: Option<Span>, place: Place<'_>) {
        if !node.legal.is_empty()
            && let Some(text) = value.as_str()
            && !node.legal.iter().any(|legal| legal == text)
        {
            let legal = node.legal.iter().map(String::as_str);
            let shown: Vec<String> = legal.clone().map(|legal| format!("`{legal}`")).collect();
            let message = format!("{} is {} and not `{text}`", place.subject(), or(&shown));
            let mut problem = Problem::new(Code::WrongValue, value.span, place.path(), message);
            if let Some(similar) = similar(text, legal) {
                problem = problem.help(format!("did you mean `{similar}`?")).remedy(
                    format!("write `{similar}`"),
                    Safety::Unsafe,
                    What::Replace(similar.to_owned()),
                );
            }
            self.wrong(value, problem);
            return;
        }
        if let Some(pattern) = &node.pattern
            && let Some(given) = value.as_str()
            && !pattern.fits(given)
        {
            let (message, help) = match place.last().as_deref() {
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
                _ => (format!("{} does not match `{pattern}`", place.subject()), None),
            };
            let mut problem = Problem::new(Code::WrongValue, value.span, place.path(), message);
            problem.help = help;
            self.wrong(value, problem);
            return;
        }
        if let Some(number) = value.as_f64() {
            let minimum = node.minimum.filter(|limit| number < *limit);
            let maximum = node.maximum.filter(|limit| number > *limit);
            let limit = minimum.map(|limit| format!("at least {limit}"));
            if let Some(limit) = limit.or_else(|| maximum.map(|limit| format!("at most {limit}"))) {
                let message = format!("{} must be {limit}, and is {}", place.subject(), value.print());
                let problem = Problem::new(Code::WrongValue, value.span, place.path(), message);
                self.wrong(value, problem);
                return;
            }
        }
        match &mut value.data {
            Data::Sequence(items) => {
                if let Some(node) = &node.items {
                    for (at, item) in items.iter_mut().enumerate() {
                        self.check(node, item, None, place.item(at));
                    }
                }
                if node.unique_items {
                    self.unique(value, place);
                }
            }
            Data::Mapping(_) => self.mapping(node, value, key, place),
            _ => {}
        }
    }

    fn unique(&mut self, value: &Value, place: Place<'_>) {
        let Data::Sequence(items) = &value.data else { return };
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for (at, item) in items.iter().enumerate().filter(|(_, item)| !item.is_unknown()) {
            let key = comparable(item).fingerprint();
            let Some(first) = seen.get(&key).copied() else {
                seen.insert(key, item.span);
                continue;
            };
            let message = format!("the same entry stands twice in {}", place.subject());
            let problem =
                Problem::new(Code::WrongValue, item.span, format!("{}.{at}", place.path()), message)
                    .related(first, "first here")
                    .help("remove one of them");
            self.problems.push(problem);
        }
    }

    fn mapping(&mut self, node: &Node, value: &mut Value, key: Option<Span>, place: Place<'_>) {
        let span = value.span;
        let Data::Mapping(mapping) = &mut value.data else { return };
        for (name, entry) in mapping.iter_mut() {
            let declared = node.properties.as_ref().and_then(|properties| properties.get(name.as_str()));
            let matched = || {
                let mut patterns = node.pattern_properties.iter().flatten();
                patterns.find(|(pattern, _)| pattern.fits(name))
            };
            let own = declared.or_else(|| matched().map(|(_, node)| node));
            match (own, &node.additional_properties) {
                (Some(node), _) => self.check(node, &mut entry.value, Some(entry.key), place.key(name)),
                (None, Additional::Node(node)) => {
                    self.check(node, &mut entry.value, Some(entry.key), place.key(name));
                }
                (None, Additional::Allowed(false)) => self.unknown_key(name, entry, node, place),
                (None, Additional::Allowed(true) | Additional::Open) => {}
            }
        }
        for name in &node.required {
            if !mapping.contains_key(name.as_str()) {
                let message = format!("{} needs `{name}`", place.subject());
                let at = key.unwrap_or(span);
                self.problems.push(Problem::new(Code::MissingKey, at, place.path(), message));
            }
        }
        let names = node.one_required();
        if !names.is_empty() && !names.iter().any(|name| mapping.contains_key(*name)) {
            let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("{} needs {}", place.subject(), or(&shown));
            let at = key.unwrap_or(span);
            self.problems.push(Problem::new(Code::MissingKey, at, place.path(), message));
        }
    }

    fn unknown_key(&mut self, name: &str, entry: &mut Entry, node: &Node, place: Place<'_>) {
        let path = place.key(name).path();
        let Some(properties) = &node.properties else {
            let message = if place.last().is_some_and(|key| key == "extra_hosts") {
                "a host in `extra_hosts` has no name".to_owned()
            } else {
                format!("the name `{name}` may have letters, digits, `.`, `_` and `-` only")
            };
            self.problems.push(Problem::new(Code::WrongValue, entry.key, path, message));
            entry.value.mark_unknown("its name is not one that Compose takes", Some(entry.key));
            return;
        };
        let owner = match (place.depth, place.above) {
            (0, _) => "a Compose file".to_owned(),
            (2, Some(section)) => {
                let section = section.step.text();
                let kind = section.strip_suffix('s').unwrap_or(&section);
                format!("the {kind} `{}`", place.step.text())
            }
            _ => place.subject(),
        };
        let message = format!("{owner} has no attribute `{name}`");
        let mut problem = Problem::new(Code::UnknownKey, entry.key, path, message);
        let removed = match (place.depth, name) {
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
            .or_else(|| {
                node.pattern_properties
                    .is_some()
                    .then(|| format!("remove it, or name it `x-{name}` if it is yours"))
            });
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
