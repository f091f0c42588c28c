//! Fixes of rendered objects are tried before they are offered: applied in memory, rendered again, and looked at again.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::objects::Prepared;
use crate::check::run::findings_of_release;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Fix;
use crate::diagnostic::Safety;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Release;
use crate::rules::Check;
use crate::rules::Date;
use crate::source::SourceId;
use crate::source::SourceMap;

/// A fix is tried on so many of the releases that read what it edits: tenants of one chart are much alike.
const MOST_RELEASES: usize = 4;

/// How often each thing is said of a release, by rule and subject.
type Said = BTreeMap<(String, String), usize>;

/// A release, and where it belongs.
type Placed<'a> = (Option<&'a Environment>, &'a Release);

/// What everything is looked at with.
#[derive(Clone, Copy)]
struct Bench<'a> {
    ladder: &'a Ladder,
    config: &'a Config,
    sources: &'a SourceMap,
    today: Date,
}

/// Takes back the fixes of findings in rendered objects that do not remove their finding, or add one.
pub(super) fn try_out(
    diagnostics: &mut [Diagnostic],
    ladder: &Ladder,
    config: &Config,
    sources: &SourceMap,
    today: Date,
) {
    let bench = Bench { ladder, config, sources, today };
    let candidates: Vec<(usize, &Diagnostic, &Fix)> = diagnostics
        .iter()
        .enumerate()
        .filter_map(|(index, diagnostic)| Some((index, diagnostic, diagnostic.finding.fix.as_ref()?)))
        .filter(|(_, diagnostic, _)| is_of_objects(&diagnostic.rule))
        .collect();
    if candidates.is_empty() {
        return;
    }
    let mut tried: BTreeMap<usize, usize> = BTreeMap::new();
    let mut tasks = Vec::new();
    for (environment, release) in releases(ladder) {
        let read: BTreeSet<SourceId> = files(release).collect();
        let own = candidates.iter().filter(|(_, diagnostic, fix)| {
            fix.edits.iter().any(|edit| read.contains(&edit.span.source))
                && environment.is_none_or(|environment| {
                    diagnostic.finding.environments.is_empty()
                        || diagnostic.finding.environments.contains(&environment.name)
                })
        });
        let own: Vec<_> = own
            .filter(|(index, ..)| {
                let count = tried.entry(*index).or_default();
                *count += 1;
                *count <= MOST_RELEASES
            })
            .copied()
            .collect();
        if !own.is_empty() {
            tasks.push(((environment, release), own));
        }
    }
    let refused: Vec<(usize, String)> =
        tasks.into_par_iter().flat_map_iter(|(placed, own)| bench.refused(placed, &own)).collect();
    for (index, reason) in refused {
        let Some(diagnostic) = diagnostics.get_mut(index) else { continue };
        diagnostic.finding.fix = None;
        diagnostic.finding.remedy = Some(Err(reason));
    }
}

fn by_rule(said: &Said) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for ((rule, _), count) in said {
        *counts.entry(rule.as_str()).or_default() += count;
    }
    counts
}

fn is_of_objects(rule: &str) -> bool {
    crate::rules::find(rule).is_some_and(|rule| matches!(rule.check, Check::Objects(_)))
}

fn releases(ladder: &Ladder) -> impl Iterator<Item = Placed<'_>> {
    let placed = ladder
        .environments
        .iter()
        .flat_map(|environment| environment.releases.iter().map(move |release| (Some(environment), release)));
    placed.chain(ladder.other_releases.iter().map(|release| (None, release)))
}

/// The values files and templates of a release.
pub(super) fn files(release: &Release) -> impl Iterator<Item = SourceId> {
    let mut files = Vec::new();
    if let Some(loaded) = &release.loaded {
        files.extend(loaded.layers.files.iter().map(|file| file.id));
        let mut charts = vec![&loaded.chart];
        while let Some(chart) = charts.pop() {
            files.extend(chart.values.as_ref().map(crate::yaml::Tree::source));
            files.extend(chart.templates.iter().filter_map(|file| Some(file.source()?.id)));
            charts.extend(&chart.dependencies);
        }
    }
    files.into_iter()
}

impl Bench<'_> {
    /// The fixes that do not hold for a release, and why. First all of them together; one by one only where that
    /// goes wrong.
    fn refused(self, placed: Placed<'_>, own: &[(usize, &Diagnostic, &Fix)]) -> Vec<(usize, String)> {
        let Some(before) = self.said(placed, self.sources, placed.1) else { return Vec::new() };
        let all: Vec<_> = own.iter().map(|(_, diagnostic, fix)| (*diagnostic, *fix)).collect();
        if own.len() > 1 && self.outcome(placed, &before, &all).is_ok() {
            return Vec::new();
        }
        let alone = own.iter().filter_map(|(index, diagnostic, fix)| {
            let outcome = self.outcome(placed, &before, &[(*diagnostic, *fix)]);
            Some((*index, outcome.err()?))
        });
        alone.collect()
    }

    fn outcome(self, placed: Placed<'_>, before: &Said, tried: &[(&Diagnostic, &Fix)]) -> Result<(), String> {
        let fixes: Vec<&Fix> = tried.iter().map(|(_, fix)| *fix).collect();
        let text = |id| self.sources.get(id).map(|source| Arc::clone(&source.text));
        let round = crate::fix::apply(&fixes, Safety::Unsafe, &text);
        if !round.refused.is_empty() || !round.waiting.is_empty() {
            return Err("it cannot be tried out".to_owned());
        }
        let mut files = self.sources.files().clone();
        for (id, text) in round.texts {
            let Some(source) = self.sources.get(id) else { continue };
            files.lay_over(Path::new(&source.path), text.into_bytes());
        }
        let sources = SourceMap::new(files);
        let minor = self.config.kubernetes.as_ref().map(|minor| minor.value.as_str());
        let release = placed.1.again(&sources, minor);
        if release.manifests().is_none() {
            return Err("with it the chart would not render".to_owned());
        }
        let Some(after) = self.said(placed, &sources, &release) else { return Ok(()) };
        for (diagnostic, _) in tried {
            let key = (diagnostic.rule.clone(), diagnostic.finding.subject.clone());
            let count = |said: &Said| said.get(&key).copied().unwrap_or(0);
            if count(before) > 0 && count(&after) >= count(before) {
                return Err("with it the same would still be found".to_owned());
            }
        }
        // What is said of an image or port says it of the new one: only how often counts.
        let (before, after) = (by_rule(before), by_rule(&after));
        match after.iter().find(|(rule, count)| before.get(*rule).copied().unwrap_or(0) < **count) {
            Some((rule, _)) => Err(format!("with it `{rule}` would be found")),
            None => Ok(()),
        }
    }

    fn said(self, placed: Placed<'_>, sources: &SourceMap, release: &Release) -> Option<Said> {
        let prepared = Prepared::new(release, release.manifests()?);
        let context = crate::rules::Context {
            sources,
            ladder: self.ladder,
            config: self.config,
            environment: placed.0,
            fleet: None,
            stage: placed.0.map_or(crate::config::Stage::Local, |environment| environment.stage),
            today: self.today,
            options: crate::rules::Options::default(),
        };
        let mut said = Said::new();
        for (rule, finding) in findings_of_release(&prepared, release, &context) {
            *said.entry((rule, finding.subject)).or_default() += 1;
        }
        Some(said)
    }
}
