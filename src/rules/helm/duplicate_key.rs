//! `helm/duplicate-key`: a key that stands twice in one mapping of a values file.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::source::Span;
use crate::yaml::NodeRef;
use crate::yaml::Repeated;
use crate::yaml::Tree;

pub(super) fn check(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    // A file may belong to several charts and environments.
    let mut found: BTreeMap<Span, Finding> = BTreeMap::new();
    let mut look = |tree: &Tree, environments: &[String]| {
        for repeated in tree.root().map(NodeRef::repeated_keys).unwrap_or_default() {
            let finding = found.entry(repeated.again.key.span()).or_insert_with(|| finding(&repeated));
            for environment in environments {
                if !finding.environments.contains(environment) {
                    finding.environments.push(environment.clone());
                }
            }
        }
    };
    for (chart, environments) in ladder.charts() {
        if let Some(own) = &chart.values {
            look(own, &environments);
        }
    }
    for layer in ladder.reads().iter().flat_map(|chart| &chart.layers) {
        look(&layer.tree, &layer.environments);
    }
    found.into_values().collect()
}

fn finding(repeated: &Repeated<'_>) -> Finding {
    let key = repeated.again.key.text();
    let path: Vec<&str> = repeated.path.iter().map(String::as_str).chain([&*key]).collect();
    let path = path.join(".");
    let nested = repeated.first.value.is_mapping() || repeated.first.value.is_sequence();
    let (lost, label) = match (repeated.is_same(), nested) {
        (true, _) => ("", "the first"),
        (false, true) => ("; the last one counts, and nothing of the first is kept", "has no effect"),
        (false, false) => ("; the last one counts", "has no effect"),
    };
    Finding::new(format!("`{path}` is set twice in this file{lost}"), repeated.again.key.span(), path)
        .related(repeated.first.key.span(), label)
        .help(if nested && !repeated.is_same() { "join the two" } else { "remove one" })
}
