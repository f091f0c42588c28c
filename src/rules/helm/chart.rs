//! Rules that look at a chart by itself: `Chart.yaml`, its dependencies and their lock, what else it holds.

use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::helm;
use crate::helm::chart::Dependency;
use crate::helm::chart::satisfies;
use crate::helm::chart::text;
use crate::helm::lint::Level;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::source::Span;

/// What a rule says of each chart of the repository, in the environments that install it.
fn each(ladder: &Ladder, rule: impl Fn(&Arc<helm::Chart>) -> Vec<Finding>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (chart, environments) in ladder.charts() {
        for mut finding in rule(chart) {
            finding.environments.clone_from(&environments);
            findings.push(finding);
        }
    }
    findings
}

fn declared(chart: &helm::Chart) -> Vec<&Dependency> {
    chart.metadata.dependencies.iter().flatten().flatten().collect()
}

fn version_place(dependency: &Dependency) -> Span {
    dependency.version.as_ref().map_or(dependency.span, |version| version.span)
}

/// `helm/lint`
pub(super) fn lint(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    each(ladder, |chart| {
        let messages = helm::lint::chart(chart).into_iter().filter(|message| message.level != Level::Info);
        let finding = |message: helm::lint::Message| {
            let at = message.place.unwrap_or(chart.file_span());
            Finding::new(format!("`helm lint`: {}", message.text), at, format!("charts.{}", chart.name()))
        };
        messages.map(finding).collect()
    })
}

/// `helm/missing-values`
pub(super) fn missing_values(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    each(ladder, |chart| {
        let reads =
            chart.templates.iter().any(|file| file.text().is_some_and(|text| text.contains(".Values.")));
        if chart.values.is_some() || chart.is_library() || !reads {
            return Vec::new();
        }
        let message = format!("the templates of `{}` read values, and it has no `values.yaml`", chart.name());
        let finding = Finding::new(message, chart.file_span(), format!("charts.{}", chart.name()));
        vec![finding.help("add a `values.yaml` with everything that can be set")]
    })
}

/// `helm/missing-schema`
pub(super) fn missing_schema(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let findings = each(ladder, |chart| {
        if chart.schema.is_some() || chart.values.is_none() || chart.is_library() {
            return Vec::new();
        }
        let message = format!("the chart `{}` has no `values.schema.json`", chart.name());
        let finding = Finding::new(message, chart.file_span(), format!("charts.{}", chart.name()));
        vec![finding.help("add a schema, so that Helm itself refuses values of a wrong type or name")]
    });
    // Asked for is a schema only of what is deployed.
    findings.into_iter().filter(|finding| !finding.environments.is_empty()).collect()
}

/// `helm/crd-not-upgraded`
pub(super) fn crds(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    each(ladder, |chart| {
        let first = chart.files.iter().find(|file| {
            file.name.starts_with("crds/")
                && file.text().is_some_and(|text| text.contains("CustomResourceDefinition"))
        });
        let Some(place) = first.and_then(|file| Some(file.span()?.at_start())) else { return Vec::new() };
        let message = format!(
            "`helm upgrade` never changes what is in `crds/` of `{}`: it is installed once",
            chart.name()
        );
        let finding = Finding::new(message, place, format!("charts.{}.crds", chart.name()));
        vec![finding.help("apply changed definitions with `kubectl apply --server-side` before each upgrade")]
    })
}

/// `helm/missing-dependency`
pub(super) fn missing_dependency(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    each(ladder, |chart| {
        let missing = helm::release::missing_dependencies(chart).into_iter();
        missing
            .map(|problem| problem.finding(chart.file_span(), format!("charts.{}", chart.name())))
            .collect()
    })
}

/// `helm/unpinned-dependency`
pub(super) fn unpinned_dependency(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    each(ladder, |chart| {
        if chart.lock.is_some() {
            return Vec::new();
        }
        let fetched = declared(chart).into_iter().filter(|dependency| {
            let repository = text(&dependency.repository);
            let carried = chart.dependencies.iter().any(|chart| chart.name() == text(&dependency.name));
            !repository.is_empty() && !repository.starts_with("file:") && !carried
        });
        let ranges = fetched.filter(|dependency| !is_exact(text(&dependency.version)));
        let finding = |dependency: &Dependency| {
            let (name, version) = (text(&dependency.name), text(&dependency.version));
            let asked = if version.is_empty() { "any version".to_owned() } else { format!("`{version}`") };
            let message = format!("`{name}` may be {asked}, and no `Chart.lock` says which");
            Finding::new(message, version_place(dependency), format!("charts.{}.{name}", chart.name()))
                .help("commit the `Chart.lock` that `helm dependency update` writes, or name one version")
        };
        ranges.map(finding).collect()
    })
}

/// True for one version, and no range of them.
fn is_exact(version: &str) -> bool {
    let version = version.strip_prefix('=').unwrap_or(version).trim();
    let core = version.strip_prefix('v').unwrap_or(version).split(['-', '+']).next().unwrap_or_default();
    core.split('.').count() == 3 && core.split('.').all(|part| part.parse::<u64>().is_ok())
}

/// `helm/lock-out-of-date`
pub(super) fn lock_out_of_date(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    each(ladder, |chart| {
        // Older charts were locked by Helm 2, whose digest is another one.
        let Some((lock, source)) = chart.lock.as_ref().filter(|_| text(&chart.metadata.api_version) == "v2")
        else {
            return Vec::new();
        };
        let asked = declared(chart);
        let locked: Vec<&Dependency> = lock.dependencies.iter().flatten().collect();
        let fits = text(&lock.digest);
        if asked.is_empty() && locked.is_empty() {
            return Vec::new();
        }
        if helm::chart::digest(&asked, &locked).is_none_or(|digest| digest == fits) {
            return Vec::new();
        }
        let at = lock.digest.as_ref().map_or(source.whole().at_start(), |digest| digest.span);
        let subject = format!("charts.{}.lock", chart.name());
        let mut finding = Finding::new(
            "`Chart.lock` is not that of this `Chart.yaml`: `helm dependency build` refuses it",
            at,
            subject,
        )
        .help("run `helm dependency update` and commit the lock");
        for dependency in asked {
            let (name, version) = (text(&dependency.name), text(&dependency.version));
            let place = version_place(dependency);
            match locked.iter().find(|locked| text(&locked.name) == name) {
                None => finding = finding.related(place, format!("`{name}` is not locked")),
                Some(locked) if !satisfies(version, text(&locked.version)) => {
                    finding =
                        finding.related(place, format!("`{name}` is locked at {}", text(&locked.version)));
                }
                Some(_) => {}
            }
        }
        vec![finding]
    })
}

/// `helm/unchanged-version`
pub(super) fn unchanged_version(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    each(ladder, |chart| {
        let unraised = ladder.history().unraised(&chart.path);
        let (Some(unraised), Some(version)) = (unraised, chart.metadata.version.as_ref()) else {
            return Vec::new();
        };
        let mut files = unraised.files.iter();
        let (first, more) = (files.next().map_or("", String::as_str), files.count());
        let changed = match more {
            0 => format!("`{first}`"),
            1 => format!("`{first}` and another file"),
            more => format!("`{first}` and {more} other files"),
        };
        let message = format!("`{}` changed and is still called {}: {changed}", chart.name(), version.value);
        let label = format!(
            "since commit {}; of the {} changes before, {} came with a new version",
            unraised.commit.short(),
            unraised.changes,
            unraised.raised
        );
        let finding = Finding::new(message, version.span, format!("charts.{}.version", chart.name()));
        vec![finding.label(label).help("raise `version`: who has this one never gets the change")]
    })
}

/// `helm/masked-required`
pub(super) fn masked_required(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    each(ladder, |chart| {
        let finding = |place| {
            Finding::new(
                "`required` never fails here: what it asks for has a default",
                place,
                format!("charts.{}.required", chart.name()),
            )
            .help("take out the `default`, or the `required`")
        };
        helm::reads::masked_required(chart).into_iter().map(finding).collect()
    })
}
