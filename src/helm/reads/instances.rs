//! A chart and every chart below it, each as often as it can take part, with the place of its values.

use std::sync::Arc;

use crate::helm::Chart;
use crate::helm::chart::satisfies;
use crate::helm::chart::text;
use crate::helm::engine::TemplateSource;
use crate::helm::reads::Step;
use crate::helm::render::template_source;

/// More charts in one than this are not followed.
const MAX_INSTANCES: usize = 400;

/// A chart as it can take part in a release: under its name or an alias.
pub(super) struct Instance {
    pub(super) chart: Arc<Chart>,
    pub(super) name: String,
    /// `shop/charts/redis`
    pub(super) full_path: String,
    /// Where its values are in those of the chart that is installed.
    pub(super) prefix: Vec<Step>,
    pub(super) parent: Option<usize>,
}

impl Instance {
    /// A chart without those below it.
    pub(super) fn alone(chart: &Arc<Chart>) -> Self {
        let name = chart.name().to_owned();
        Self { chart: Arc::clone(chart), full_path: name.clone(), name, prefix: Vec::new(), parent: None }
    }

    /// The chart itself first, parents before children. `None` where there are too many.
    pub(super) fn all(chart: &Arc<Chart>) -> Option<Vec<Self>> {
        let mut all = vec![Self::alone(chart)];
        let mut at = 0;
        while let Some(parent) = all.get(at) {
            let mut found = Vec::new();
            for child in &parent.chart.dependencies {
                for name in names(&parent.chart, child) {
                    let mut prefix = parent.prefix.clone();
                    prefix.push(Some(name.as_bytes().into()));
                    let full_path = format!("{}/charts/{name}", parent.full_path);
                    found.push(Self { chart: Arc::clone(child), name, full_path, prefix, parent: Some(at) });
                }
            }
            all.append(&mut found);
            if all.len() > MAX_INSTANCES {
                return None;
            }
            at += 1;
        }
        Some(all)
    }
}

/// The names under which a chart takes part below another.
fn names(parent: &Chart, child: &Chart) -> Vec<String> {
    let declared = parent.metadata.dependencies.iter().flatten().flatten();
    let mut names: Vec<String> = declared
        .filter(|declared| text(&declared.name) == child.name())
        .map(|declared| declared.key().to_owned())
        .collect();
    // One of another version than is asked for takes part as if it were not declared.
    let fits = |constraint: &str| satisfies(constraint, child.version());
    let mut declared = parent.metadata.dependencies.iter().flatten().flatten();
    if !declared.any(|declared| text(&declared.name) == child.name() && fits(text(&declared.version))) {
        names.push(child.name().to_owned());
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The templates of all instances.
pub(super) fn templates(instances: &[Instance]) -> Vec<TemplateSource> {
    let of = |instance: &Instance| {
        let path = instance.full_path.clone();
        let named = instance.chart.templates.iter();
        named.filter_map(|file| template_source(&format!("{path}/{}", file.name), file)).collect::<Vec<_>>()
    };
    instances.iter().flat_map(of).collect()
}
