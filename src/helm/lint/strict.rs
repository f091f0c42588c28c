//! What Helm 4 asks of `Chart.yaml` beyond Helm 3: each key known and given once, and a version that is strictly one.

use std::collections::BTreeSet;

use crate::helm::chart::coerced;
use crate::helm::chart::metadata::DEPENDENCY_FIELDS;
use crate::helm::chart::metadata::FIELDS;
use crate::helm::chart::metadata::MAINTAINER_FIELDS;
use crate::source::Source;
use crate::source::Span;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// The first thing that a strict reader refuses, in its words, and where.
pub(super) fn mistake(file: &Source, tree: &Tree) -> Option<(String, Span)> {
    let mut repeated = Vec::new();
    for node in tree.all_nodes().filter(|node| node.is_mapping() && !node.is_alias()) {
        let mut seen = BTreeSet::new();
        for entry in node.entries().filter(|entry| !entry.key.is_merge_key()) {
            let key = coerced(entry.key).unwrap_or_default();
            if !seen.insert(key.clone()) {
                repeated.push((key, entry.value.span()));
            }
        }
    }
    if let Some((_, place)) = repeated.first() {
        let lines = repeated.iter().map(|(key, place)| {
            format!("\n  line {}: key {key:?} already set in map", file.line_column(place.start).line)
        });
        let lines: String = lines.collect();
        return Some((format!("error converting YAML to JSON: yaml: unmarshal errors:{lines}"), *place));
    }
    let (key, place) = unknown(tree.root()?, FIELDS)?;
    Some((format!("error unmarshaling JSON: while decoding JSON: json: unknown field {key:?}"), place))
}

/// The first key, by name, that a struct of these fields does not have.
fn unknown(node: NodeRef<'_>, fields: &[&str]) -> Option<(String, Span)> {
    let mut entries: Vec<_> =
        node.merged().into_iter().map(|entry| (coerced(entry.key).unwrap_or_default(), entry)).collect();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    entries.into_iter().find_map(|(key, entry)| {
        let Some(field) = fields.iter().find(|field| field.eq_ignore_ascii_case(&key)) else {
            return Some((key, entry.key.span()));
        };
        let inner: &[&str] = match *field {
            "maintainers" => MAINTAINER_FIELDS,
            "dependencies" => DEPENDENCY_FIELDS,
            _ => return None,
        };
        entry.value.items().find_map(|item| unknown(item, inner))
    })
}

/// True for three numbers without zeros before them, with no `v`, and what may follow them.
pub(super) fn is_strict_version(text: &str) -> bool {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    core.split('.').count() == 3 && core.split('.').all(number) && crate::helm::chart::is_version(text)
}
