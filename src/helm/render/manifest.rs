//! Rendered files to manifests: split at `---`, read for kind and hooks, sorted.

use std::sync::Arc;

use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::coerced;
use crate::helm::chart::invalid_key;
use crate::helm::chart::yaml_problem;
use crate::helm::text::Text;
use crate::source::Source;
use crate::source::SourceMap;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;
use crate::yaml::Tree;

/// One document of a rendered file.
#[derive(Debug)]
pub struct Manifest {
    /// The template as Helm names it: `chart/templates/x.yaml`.
    pub path: String,
    /// The text as a source of its own, so that findings can point into it.
    pub source: Arc<Source>,
    /// The text parsed.
    pub tree: Tree,
    /// `apiVersion`, empty where there is none.
    pub api_version: String,
    /// `kind`, empty where there is none.
    pub kind: String,
    /// `metadata.name`, empty where there is none.
    pub name: String,
    /// What makes it a hook.
    pub hook: Option<Hook>,
    /// The text with its origins.
    pub(crate) text: Text,
}

impl Manifest {
    /// The text as it is printed.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// `Kind/name`, as `why` takes it.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// When a hook runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hook {
    /// The events, in the order of the annotation: `pre-install`, `test`.
    pub events: Vec<&'static str>,
    /// `helm.sh/hook-weight`, 0 where there is none.
    pub weight: i64,
    /// `helm.sh/hook-delete-policy`
    pub delete_policies: Vec<String>,
}

impl Hook {
    /// True for `helm test`.
    pub fn is_test(&self) -> bool {
        self.events.contains(&"test")
    }
}

const EVENTS: [(&str, &str); 10] = [
    ("pre-install", "pre-install"),
    ("post-install", "post-install"),
    ("pre-delete", "pre-delete"),
    ("post-delete", "post-delete"),
    ("pre-upgrade", "pre-upgrade"),
    ("post-upgrade", "post-upgrade"),
    ("pre-rollback", "pre-rollback"),
    ("post-rollback", "post-rollback"),
    ("test", "test"),
    ("test-success", "test"),
];

/// The pieces of a rendered file as byte ranges: of Helm 3 trimmed, of Helm 4 with the blanks after them.
pub(crate) fn split(bytes: &[u8], helm: HelmVersion) -> Vec<std::ops::Range<usize>> {
    if helm.keeps_trailing_blanks() { split_at_lines(bytes) } else { split_at_separators(bytes) }
}

/// The separator is `---` at the start of a line and the blanks after it on that line.
fn split_at_lines(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let whole = trimmed(bytes, 0..bytes.len()).start..bytes.len();
    let mut pieces = Vec::new();
    let mut start = whole.start;
    for found in memchr::memmem::find_iter(bytes, b"---") {
        let begins = found == whole.start || (found > 0 && bytes.get(found - 1) == Some(&b'\n'));
        if found < start || !begins {
            continue;
        }
        pieces.push(start..found);
        let rest = bytes.get(found + 3..).unwrap_or_default();
        start = found + 3 + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    }
    pieces.push(start..whole.end);
    let begun = pieces.into_iter().map(|piece| trimmed(bytes, piece.clone()).start..piece.end);
    begun.filter(|piece| !piece.is_empty()).collect()
}

/// The pieces of a rendered file, trimmed.
///
/// The separator is `---` at the start of a line, wherever that is and whatever follows it, with all blanks
/// around it: also in a block scalar.
fn split_at_separators(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let whole = trimmed(bytes, 0..bytes.len());
    let blank = |at: usize| bytes.get(at).is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0c));
    let mut pieces = Vec::new();
    let mut start = whole.start;
    let mut from = whole.start;
    let inside = bytes.get(..whole.end).unwrap_or_default();
    while let Some(found) = inside.get(from..).and_then(|rest| memchr::memmem::find(rest, b"---")) {
        let at = from + found;
        let first = at == whole.start;
        let begins = first || (at > start && inside.get(at - 1) == Some(&b'\n'));
        if !begins {
            from = at + 1;
            continue;
        }
        let mut end = at;
        while end > start && blank(end - 1) {
            end -= 1;
        }
        if end > start {
            pieces.push(start..end);
        }
        let mut next = at + 3;
        while next < whole.end && blank(next) {
            next += 1;
        }
        start = next;
        from = next;
    }
    if start < whole.end {
        pieces.push(start..whole.end);
    }
    pieces.into_iter().map(|piece| trimmed(bytes, piece)).collect()
}

/// The range without blanks at its ends, Unicode's included.
fn trimmed(bytes: &[u8], range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let Some(text) = bytes.get(range.clone()) else { return range };
    let Ok(valid) = std::str::from_utf8(text) else {
        let start = range.start + (text.len() - text.trim_ascii_start().len());
        return start..(start + text.trim_ascii().len());
    };
    let start = range.start + (valid.len() - valid.trim_start().len());
    start..(start + valid.trim().len())
}

/// What a document turned out to be.
pub(crate) enum Read {
    Manifest(Box<Manifest>),
    /// A hook for an event that Helm does not know: the whole document is dropped.
    UnknownHook(String),
}

/// Reads one document of a rendered file.
pub(crate) fn read(sources: &SourceMap, path: &str, text: Text) -> Result<Read, Problem> {
    let shown = format!("{path} (rendered)");
    let source = sources.add(shown, text.to_str().into_owned());
    let tree = Tree::parse_for_helm(&source);
    let wrap = |mut problem: Problem| {
        problem.code = ProblemCode::Manifest;
        if let Some(place) = problem.place {
            // An empty place stands between two bytes; the one after it, or the last, tells where it is from.
            let start = (place.start as usize).min(text.len().saturating_sub(1));
            let mark = text.mark_of(start..(place.end as usize).max(start + 1));
            if let Some(template) = mark.template {
                problem = problem.related(template, "rendered by this");
            }
            for origin in mark.values.iter().take(4) {
                problem = problem.related(origin.span, "from this value");
            }
        }
        problem.explanation = Some(match problem.explanation {
            Some(text) => format!("the rendered `{path}` is not YAML: {text}"),
            None => format!("the rendered `{path}` cannot be read"),
        });
        problem.within(&format!("YAML parse error on {path}"))
    };
    if let Some(problem) = yaml_problem(&source, &tree) {
        return Err(wrap(problem));
    }
    let head = match tree.root() {
        None => Head::default(),
        Some(root) => check(root, 0).and_then(|()| Head::read(root)).map_err(wrap)?,
    };
    let Head { api_version, kind, name, annotations } = head;
    let hook = match annotations.iter().find(|(key, _)| key == "helm.sh/hook") {
        None => None,
        Some((_, events)) => {
            let mut hook = Hook::default();
            for event in events.split(',') {
                let event = event.trim().to_lowercase();
                match EVENTS.iter().find(|(known, _)| *known == event) {
                    Some((_, event)) => hook.events.push(event),
                    None => return Ok(Read::UnknownHook(events.clone())),
                }
            }
            for (key, value) in &annotations {
                match key.as_str() {
                    "helm.sh/hook-weight" => hook.weight = value.parse().unwrap_or(0),
                    "helm.sh/hook-delete-policy" => {
                        hook.delete_policies =
                            value.split(',').map(|policy| policy.trim().to_lowercase()).collect();
                    }
                    _ => {}
                }
            }
            Some(hook)
        }
    };
    let path = path.to_owned();
    Ok(Read::Manifest(Box::new(Manifest { path, source, tree, api_version, kind, name, hook, text })))
}

#[derive(Default)]
struct Head {
    api_version: String,
    kind: String,
    name: String,
    annotations: Vec<(String, String)>,
}

fn mismatch(node: NodeRef<'_>, wanted: &str) -> Problem {
    let kind = if node.is_mapping() {
        "object"
    } else if node.is_sequence() {
        "array"
    } else {
        match node.scalar() {
            Some(Scalar::Bool(_)) => "bool",
            Some(Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => "number",
            _ => "string",
        }
    };
    let message =
        format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} into {wanted}");
    Problem::new(ProblemCode::Manifest, message).at(node.span())
}

impl Head {
    fn read(root: NodeRef<'_>) -> Result<Self, Problem> {
        let mut head = Self::default();
        if root.is_null() {
            return Ok(head);
        }
        if !root.is_mapping() {
            return Err(mismatch(root, "Go value of type releaseutil.SimpleHead")
                .explain("a manifest must be a mapping"));
        }
        let string = |node: NodeRef<'_>, field: &str, into: &mut String| {
            if node.is_null() {
                return Ok(());
            }
            *into = coerced(node).ok_or_else(|| {
                mismatch(node, &format!("Go struct field {field} of type string"))
                    .explain(format!("`{field}` must be a text"))
            })?;
            Ok(())
        };
        for (key, value) in sorted(root) {
            match key.to_ascii_lowercase().as_str() {
                "apiversion" => string(value, "SimpleHead.apiVersion", &mut head.api_version)?,
                "kind" => string(value, "SimpleHead.kind", &mut head.kind)?,
                "metadata" if !value.is_null() => {
                    if !value.is_mapping() {
                        return Err(mismatch(value, "Go struct field SimpleHead.metadata")
                            .explain("`metadata` must be a mapping"));
                    }
                    for (key, value) in sorted(value) {
                        match key.to_ascii_lowercase().as_str() {
                            "name" => string(value, ".metadata.name", &mut head.name)?,
                            "annotations" if !value.is_null() => {
                                if !value.is_mapping() {
                                    return Err(mismatch(
                                        value,
                                        "Go struct field .metadata.annotations of type map[string]string",
                                    )
                                    .explain("`metadata.annotations` must be a mapping"));
                                }
                                for (key, value) in sorted(value) {
                                    let mut text = String::new();
                                    string(value, ".metadata.annotations", &mut text)?;
                                    head.annotations.push((key, text));
                                }
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(head)
    }
}

/// The entries as they count, by key.
fn sorted(node: NodeRef<'_>) -> Vec<(String, NodeRef<'_>)> {
    let entries = node.merged().into_iter();
    let mut entries: Vec<_> =
        entries.map(|entry| (coerced(entry.key).unwrap_or_default(), entry.value)).collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries
}

/// What YAML can say and JSON cannot: a null or a collection as a key, infinities.
pub(crate) fn check(node: NodeRef<'_>, depth: usize) -> Result<(), Problem> {
    if node.is_alias() || depth > 1_000 {
        return Ok(());
    }
    let wrong = |node: NodeRef<'_>, message: &str, explanation: &str| {
        let message = format!("error converting YAML to JSON: {message}");
        Err(Problem::new(ProblemCode::Manifest, message).at(node.span()).explain(explanation))
    };
    for entry in node.entries() {
        if !entry.key.is_scalar() {
            check(entry.key, depth + 1)?;
            return wrong(
                entry.key,
                &invalid_key(entry.key),
                "a key must be a text, a number or a truth value",
            );
        }
        if entry.key.is_null() {
            return wrong(
                entry.key,
                "unsupported map key of type: %!s(<nil>)",
                "a key must be a text, a number or a truth value",
            );
        }
        if entry.key.is_merge_key() {
            let maps = |node: NodeRef<'_>| node.is_mapping();
            if !(maps(entry.value)
                || (entry.value.is_sequence() && !entry.value.is_alias() && entry.value.items().all(maps)))
            {
                return wrong(
                    entry.value,
                    "yaml: map merge requires map or sequence of maps as the value",
                    "`<<` takes a mapping or a list of mappings",
                );
            }
        }
        check(entry.value, depth + 1)?;
    }
    for item in node.items() {
        check(item, depth + 1)?;
    }
    if let Some(Scalar::Float(value)) = node.scalar()
        && !value.is_finite()
    {
        return wrong(node, "json: unsupported value: +Inf", "JSON has no word for infinity");
    }
    Ok(())
}
