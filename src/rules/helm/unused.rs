//! `helm/unused-value`, `helm/unused-default` and `helm/wrong-subchart-key`: keys of values that no template reads.
//!
//! What templates read is found without running them (see [`crate::helm::reads`]): a key that is only read in a branch
//! which no environment takes is not unused.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::helm::chart::text;
use crate::helm::reads::Reach;
use crate::ladder::ChartReads;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::source::SourceId;
use crate::source::Span;
use crate::yaml::Entry;
use crate::yaml::NodeId;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// A key of a layer that no template of one chart reads.
struct Unread<'a> {
    tree: &'a Tree,
    entry: Entry<'a>,
    path: Vec<Option<String>>,
}

/// The keys of a values file that no template of a chart reads, outermost ones only.
fn unread<'a>(tree: &'a Tree, chart: &ChartReads) -> Vec<Unread<'a>> {
    let Some(root) = tree.root() else { return Vec::new() };
    let used_elsewhere: Vec<NodeId> =
        tree.all_nodes().filter(|node| node.is_alias()).map(|node| node.resolved().id()).collect();
    let mut found = Vec::new();
    let mut left: Vec<(NodeRef<'a>, Vec<Option<String>>)> = vec![(root, Vec::new())];
    while let Some((node, path)) = left.pop() {
        if path.len() > 64 {
            continue;
        }
        for entry in node.entries() {
            if entry.key.is_merge_key() || (path.is_empty() && entry.name().starts_with("x-")) {
                continue;
            }
            let mut inner = path.clone();
            inner.push(Some(entry.name().into_owned()));
            let steps: Vec<Option<&str>> = inner.iter().map(Option::as_deref).collect();
            match chart.reads.reach(&steps) {
                Reach::Whole => {}
                Reach::Never if is_used_by_alias(entry, &used_elsewhere) => {}
                Reach::Never => found.push(Unread { tree, entry, path: inner }),
                Reach::Part if entry.value.is_alias() => {}
                Reach::Part => left.push((entry.value, inner)),
            }
        }
        for item in node.items().filter(|item| !item.is_alias()) {
            let mut inner = path.clone();
            inner.push(None);
            left.push((item, inner));
        }
    }
    found
}

/// True where an alias elsewhere in the file stands for something of this entry.
fn is_used_by_alias(entry: Entry<'_>, targets: &[NodeId]) -> bool {
    let mut left = vec![entry.value];
    while let Some(node) = left.pop() {
        if targets.contains(&node.id()) {
            return true;
        }
        if !node.is_alias() {
            left.extend(node.entries().map(|entry| entry.value));
            left.extend(node.items());
        }
    }
    false
}

impl Unread<'_> {
    fn shown(&self) -> String {
        let mut shown = String::new();
        for step in &self.path {
            match step {
                Some(key) if shown.is_empty() => shown.push_str(key),
                Some(key) => {
                    shown.push('.');
                    shown.push_str(key);
                }
                None => shown.push_str("[]"),
            }
        }
        shown
    }

    /// The key that was most likely meant: one that is read or declared at the same place and not set here.
    fn meant(&self, chart: &ChartReads) -> Option<String> {
        let (last, above) = self.path.split_last()?;
        let above: Vec<Option<&str>> = above.iter().map(Option::as_deref).collect();
        let names = chart.reads.names(&above);
        let siblings: Vec<Cow<'_, str>> = self.siblings(&above);
        let free = names.iter().map(String::as_str).filter(|name| siblings.iter().all(|own| own != name));
        nearest(last.as_deref()?, free).map(str::to_owned)
    }

    fn siblings(&self, above: &[Option<&str>]) -> Vec<Cow<'_, str>> {
        let keys: Option<Vec<&str>> = above.iter().copied().collect();
        let parent = keys.and_then(|keys| self.tree.root()?.at(&keys));
        parent.map(|parent| parent.entries().map(Entry::name).collect()).unwrap_or_default()
    }
}

/// The dependency of a chart that a top-level key was most likely meant for: one with an alias is not known by its name.
fn subchart<'c>(key: &Unread<'_>, chart: &'c ChartReads) -> Option<&'c str> {
    let [Some(name)] = key.path.as_slice() else { return None };
    if !key.entry.value.is_mapping() {
        return None;
    }
    let declared = || chart.chart.metadata.dependencies.iter().flatten().flatten();
    let aliased = declared().find(|one| text(&one.name) == name && one.key() != name);
    let keys = declared().map(crate::helm::chart::Dependency::key);
    let carried = chart.chart.dependencies.iter().map(|chart| chart.name());
    let free = keys.chain(carried).filter(|known| known.len() > 3);
    aliased.map(crate::helm::chart::Dependency::key).or_else(|| nearest(name, free))
}

/// A values file that goes to one or more charts, with what each of them leaves unread.
struct Shared<'a> {
    environments: Vec<String>,
    charts: Vec<(&'a ChartReads, Vec<Unread<'a>>)>,
}

/// The keys that no chart reads which is given their file.
fn layers(ladder: &Ladder) -> Vec<(Unread<'_>, Vec<&ChartReads>, Vec<String>)> {
    let mut files: BTreeMap<SourceId, Shared<'_>> = BTreeMap::new();
    for chart in ladder.reads() {
        for layer in &chart.layers {
            // A file elsewhere that nobody installs this chart with may be another chart's.
            let path = Path::new(&layer.source.path);
            let stray = layer.environments.is_empty() && !path.starts_with(&chart.chart.path);
            if stray || ladder.is_given_elsewhere(path) {
                continue;
            }
            let shared = files
                .entry(layer.source.id)
                .or_insert_with(|| Shared { environments: Vec::new(), charts: Vec::new() });
            for name in &layer.environments {
                if !shared.environments.contains(name) {
                    shared.environments.push(name.clone());
                }
            }
            shared.charts.push((chart, unread(&layer.tree, chart)));
        }
    }
    let mut found = Vec::new();
    for shared in files.into_values() {
        let mut charts = shared.charts.into_iter();
        let Some((first, mut unread)) = charts.next() else { continue };
        let mut readers = vec![first];
        for (chart, others) in charts {
            let places: Vec<Span> = others.iter().map(|one| one.entry.key.span()).collect();
            unread.retain(|one| places.contains(&one.entry.key.span()));
            readers.push(chart);
        }
        found.extend(unread.into_iter().map(|one| (one, readers.clone(), shared.environments.clone())));
    }
    found
}

fn named(charts: &[&ChartReads]) -> String {
    let names: Vec<String> = charts.iter().map(|one| format!("`{}`", one.chart.name())).collect();
    match names.as_slice() {
        [one] => format!("the chart {one}"),
        _ => format!("the charts {}", names.join(", ")),
    }
}

fn finding(key: &Unread<'_>, charts: &[&ChartReads], environments: &[String]) -> Finding {
    let (path, charts_named) = (key.shown(), named(charts));
    let mut finding = Finding::new(
        format!("no template of {charts_named} reads `{path}`"),
        key.entry.key.span(),
        format!("values.{path}"),
    );
    let meant = charts.iter().find_map(|chart| key.meant(chart));
    finding = match meant {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help("remove the key, or read it in a template"),
    };
    finding.environments.extend(environments.iter().cloned());
    finding
}

/// The keys of a path as `--set` takes it; `None` for what is not plain keys.
fn keys(path: &str) -> Option<Vec<Option<&str>>> {
    let plain = |key: &str| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    let keys = path.split('.').map(|key| plain(key).then_some(Some(key)));
    keys.collect()
}

/// What a deploy command sets, and no template reads.
fn arguments(ladder: &Ladder) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (environment, release) in ladder.releases() {
        let Some(loaded) = &release.loaded else { continue };
        let Some(chart) = ladder.reads().iter().find(|one| Arc::ptr_eq(&one.chart, &loaded.chart)) else {
            continue;
        };
        let written = release.deployment.settings.iter().map(|setting| &setting.argument);
        for argument in written.chain(&release.deployment.unknown) {
            let path = argument.value.split('=').next().unwrap_or_default();
            let Some(steps) = keys(path).filter(|steps| chart.reads.reach(steps) == Reach::Never) else {
                continue;
            };
            let (last, above) = (steps.last().copied().flatten(), steps.split_last());
            let names = above.map(|(_, above)| chart.reads.names(above)).unwrap_or_default();
            let meant = last.and_then(|last| nearest(last, names.iter().map(String::as_str)));
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "leave it out, or read it in a template".to_owned(),
            };
            let message = format!("no template of {} reads `{path}`", named(&[chart]));
            let mut finding =
                Finding::new(message, argument.span, format!("values.{path}")).label("set here").help(help);
            finding.environments.extend(environment.map(|environment| environment.name.clone()));
            findings.push(finding);
        }
    }
    findings
}

/// `helm/unused-value`
pub(super) fn values(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let found = layers(ladder);
    let own =
        found.iter().filter(|(key, charts, _)| charts.iter().all(|chart| subchart(key, chart).is_none()));
    let own = own.map(|(key, charts, environments)| finding(key, charts, environments));
    own.chain(arguments(ladder)).collect()
}

/// `helm/wrong-subchart-key`
pub(super) fn subcharts(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, charts, environments) in layers(ladder) {
        let Some((chart, meant)) = charts.iter().find_map(|chart| Some((chart, subchart(&key, chart)?)))
        else {
            continue;
        };
        let path = key.shown();
        let mut finding = Finding::new(
            format!("`{path}` configures no subchart: the chart `{}` has `{meant}`", chart.chart.name()),
            key.entry.key.span(),
            format!("values.{path}"),
        )
        .help(format!("write `{meant}`: the values of a subchart stand under its alias, or else its name"));
        finding.environments = environments;
        findings.push(finding);
    }
    findings
}

/// `helm/unused-default`
pub(super) fn defaults(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chart in ladder.reads().iter().filter(|chart| !chart.chart.is_library()) {
        let Some(tree) = &chart.chart.values else { continue };
        // `enabled` at the top is for the condition of a chart around this one.
        let keys = unread(tree, chart).into_iter().filter(|key| key.shown() != "enabled");
        findings.extend(keys.map(|key| finding(&key, &[chart], &[])));
    }
    findings
}
