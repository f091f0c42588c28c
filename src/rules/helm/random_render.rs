//! `helm/random-render`: a Secret that is another one after every upgrade.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::helm::Chart;
use crate::helm::render::Hook;
use crate::ladder::Release;
use crate::rules::Context;
use crate::source::SourceMap;
use crate::source::Span;

/// What the engine says of functions whose result differs from run to run.
const CHANCE: &str = "hangs on chance";

pub(super) fn check(release: &Release, context: &Context<'_>) -> Vec<Finding> {
    let Some(rendered) = release.manifests() else { return Vec::new() };
    let mut findings: Vec<Finding> = Vec::new();
    for manifest in rendered.all().filter(|manifest| manifest.kind == "Secret") {
        if manifest.hook.as_ref().is_some_and(|hook| !runs_on_upgrade(hook)) {
            continue;
        }
        let Some(root) = manifest.tree.root() else { continue };
        let maps = ["data", "stringData"].into_iter().filter_map(|key| root.get(key));
        for entry in maps.flat_map(|map| map.entries().collect::<Vec<_>>()) {
            let origin = manifest.origin(entry.value.span());
            let Some(unknown) = origin.unknown.filter(|unknown| unknown.why.ends_with(CHANCE)) else {
                continue;
            };
            let Some(place) = origin.template else { continue };
            // Where a template looks at the cluster first, it keeps what is there.
            let looks = |span: &Span| {
                context.sources.get(span.source).is_some_and(|source| source.text.contains("lookup"))
            };
            let function = unknown.why.trim_end_matches(CHANCE).trim_end();
            if std::iter::once(&place).chain(&origin.calls).any(looks)
                || has_keeper(release, function.trim_matches('`'))
                || is_kept_by_helper(release, context.sources, place, function.trim_matches('`'))
                || findings.iter().any(|finding| finding.primary.span == place)
            {
                continue;
            }
            let finding = Finding::new(
                format!("{function} gives `{}` another value at every upgrade", entry.name()),
                place,
                format!("releases.{}.{}", release.name(), entry.name()),
            );
            findings
                .push(finding.help(
                    "keep the value that is there with `lookup`, or supply one from outside the chart",
                ));
        }
    }
    findings
}

/// True where a file of helpers asks the cluster before it calls that function: what it gives is kept.
fn has_keeper(release: &Release, function: &str) -> bool {
    let templates = release.loaded.iter().flat_map(|loaded| &loaded.chart.templates);
    let mut helpers =
        templates.filter(|file| file.name.rsplit('.').next() == Some("tpl")).filter_map(|file| file.text());
    helpers.any(|text| text.contains("lookup") && text.contains(function))
}

/// True where a definition that is printed at a place, or one that it prints in turn, asks the cluster first: that of a
/// library, for example. Where neither a definition nor the function itself stands at the place, a variable may carry the
/// result of any definition that the file prints.
fn is_kept_by_helper(release: &Release, sources: &SourceMap, place: Span, function: &str) -> bool {
    let (Some(source), Some(loaded)) = (sources.get(place.source), &release.loaded) else { return false };
    let line = source.text.get(place.range()).unwrap_or_default();
    let mut definitions = BTreeMap::new();
    collect_definitions(&loaded.chart, &mut definitions);
    let mut next: Vec<&str> = printed(line).collect();
    if next.is_empty() && !line.contains(function) {
        next.extend(printed(&source.text));
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = next.pop() {
        if !seen.insert(name) {
            continue;
        }
        for body in definitions.get(name).into_iter().flatten() {
            if body.contains("lookup") {
                return true;
            }
            next.extend(printed(body));
        }
    }
    false
}

/// The texts of all definitions of a chart and of those in it, by name.
fn collect_definitions<'c>(chart: &'c Chart, into: &mut BTreeMap<&'c str, Vec<&'c str>>) {
    for text in chart.templates.iter().filter_map(|file| file.text()) {
        for body in text.split("define \"").skip(1) {
            into.entry(until_quote(body)).or_default().push(body);
        }
    }
    for dependency in &chart.dependencies {
        collect_definitions(dependency, into);
    }
}

/// The names of the definitions that a text prints.
fn printed(text: &str) -> impl Iterator<Item = &str> {
    ["include \"", "template \""].into_iter().flat_map(|word| text.split(word).skip(1)).map(until_quote)
}

fn until_quote(text: &str) -> &str {
    text.split('"').next().unwrap_or_default()
}

fn runs_on_upgrade(hook: &Hook) -> bool {
    hook.events.iter().any(|event| event.contains("upgrade"))
}
