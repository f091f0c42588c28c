//! `helm/undefined-value`: a template prints a value that no layer sets.

use crate::diagnostic::Finding;
use crate::diagnostic::Label;
use crate::helm::engine::Undefined;
use crate::ladder::Release;
use crate::rules::Context;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

pub(super) fn check(release: &Release, context: &Context<'_>) -> Vec<Finding> {
    let (Some(loaded), Some(rendered)) = (&release.loaded, release.manifests()) else { return Vec::new() };
    // Any value may come from a layer that cannot be seen.
    if rendered.undefined.is_empty() || !release.deployment.unseen.is_empty() {
        return Vec::new();
    }
    let own: Vec<_> = loaded.chart.templates.iter().filter_map(|file| Some(file.source()?.id)).collect();
    let layers: Vec<Tree> =
        loaded.layers.files.iter().map(|source| Tree::parse(source, Dialect::Helm)).collect();
    let trees = || loaded.chart.values.iter().chain(&layers);
    // A null takes a key away on purpose.
    let is_removed = |path: &[String]| {
        (1..=path.len()).any(|length| {
            let keys: Vec<&str> = path.iter().take(length).map(String::as_str).collect();
            let node =
                |tree: &Tree| tree.root().and_then(|root| root.at(&keys)).is_some_and(NodeRef::is_null);
            trees().any(node)
        })
    };
    let mut findings: Vec<Finding> = Vec::new();
    for Undefined { place, path, null } in &rendered.undefined {
        if !own.contains(&place.source) || path.is_empty() || is_removed(path) {
            continue;
        }
        // A chart without a command may be installed by a program, which gives it values of its own.
        if !release.is_named() && context.ladder.programs_may_set(&loaded.chart.path, path) {
            continue;
        }
        let shown = path.join(".");
        let subject = format!("values.{shown}");
        // One key that is missing is one mistake, wherever it is printed.
        if let Some(known) = findings.iter_mut().find(|finding| finding.subject == subject) {
            if known.related.len() < 4 {
                known.related.push(Label::new(*place, "printed here, too"));
            }
            continue;
        }
        let printed = if *null { "`null`" } else { "nothing" };
        let finding = Finding::new(
            format!("`.Values.{shown}` is set nowhere, and {printed} is printed for it"),
            *place,
            subject,
        )
        .help(format!(
            "set `{shown}` in `values.yaml`, or say what holds without it: `default`, `required` or `if`"
        ));
        findings.push(finding);
    }
    findings
}
