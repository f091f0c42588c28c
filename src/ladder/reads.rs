//! What the templates of each chart read of its values.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::helm;
use crate::helm::reads::Reads;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Release;
use crate::source::Source;
use crate::yaml::Dialect;
use crate::yaml::Tree;

/// A chart of the repository, with the values files that it is installed with.
#[derive(Debug)]
pub struct ChartReads {
    /// The chart.
    pub chart: Arc<helm::Chart>,
    /// What its templates can read.
    pub reads: Reads,
    /// The values files of its releases, each once.
    pub layers: Vec<Layer>,
}

/// A values file above a chart's own values.
#[derive(Debug)]
pub struct Layer {
    /// The file.
    pub source: Arc<Source>,
    /// What it says.
    pub tree: Tree,
    /// The environments that use it, in the order of the ladder.
    pub environments: Vec<String>,
}

impl ChartReads {
    fn new(chart: &Arc<helm::Chart>, releases: &[(Option<&Environment>, &helm::Release)]) -> Self {
        let mut layers: Vec<Layer> = Vec::new();
        let mut arguments: Vec<&str> = Vec::new();
        for (environment, release) in releases {
            let name = environment.map(|environment| environment.name.clone());
            for source in &release.layers.files {
                if chart.values.as_ref().is_some_and(|own| own.source() == source.id) {
                    continue;
                }
                let layer = match layers.iter().position(|layer| layer.source.id == source.id) {
                    Some(at) => layers.get_mut(at),
                    None => {
                        let tree = Tree::parse(source, Dialect::Helm);
                        layers.push(Layer { source: Arc::clone(source), tree, environments: Vec::new() });
                        layers.last_mut()
                    }
                };
                if let (Some(layer), Some(name)) = (layer, &name)
                    && !layer.environments.contains(name)
                {
                    layer.environments.push(name.clone());
                }
            }
            arguments.extend(release.layers.settings.iter().map(|setting| setting.argument.value.as_str()));
        }
        let charts = chart.all();
        let trees = charts.iter().filter_map(|chart| chart.values.as_ref());
        let trees = trees.chain(layers.iter().map(|layer| &layer.tree));
        let strings: Vec<String> = trees
            .filter(|tree| tree.text().contains("{{"))
            .flat_map(Tree::all_nodes)
            .filter(|node| node.is_scalar())
            .map(|node| node.text().into_owned())
            .filter(|text| text.contains("{{"))
            .collect();
        let texts = strings.iter().map(String::as_str).chain(arguments);
        let reads = Reads::of(chart, texts);
        Self { chart: Arc::clone(chart), reads, layers }
    }
}

impl Ladder {
    /// Every chart of the repository that is installed or could be, by path, with the environments it is installed in.
    pub fn charts(&self) -> Vec<(&Arc<helm::Chart>, Vec<String>)> {
        let mut charts: Vec<(&Arc<helm::Chart>, Vec<String>)> = Vec::new();
        for (environment, release) in self.releases() {
            let Some(loaded) = &release.loaded else { continue };
            let environment = environment.map(|environment| environment.name.clone());
            match charts.iter_mut().find(|(chart, _)| Arc::ptr_eq(chart, &loaded.chart)) {
                Some((_, environments)) => {
                    environments.extend(environment.filter(|name| !environments.contains(name)));
                }
                None => charts.push((&loaded.chart, environment.into_iter().collect())),
            }
        }
        charts.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        charts
    }

    /// What the templates of each chart read, by the charts' paths. Worked out when it is first asked for.
    pub fn reads(&self) -> &[ChartReads] {
        self.reads.get_or_init(|| {
            let of = |chart: &Arc<helm::Chart>| {
                let releases: Vec<_> = self
                    .releases()
                    .filter_map(|(environment, release)| Some((environment, release.loaded.as_ref()?)))
                    .filter(|(_, release)| Arc::ptr_eq(&release.chart, chart))
                    .collect();
                ChartReads::new(chart, &releases)
            };
            self.charts().into_par_iter().map(|(chart, _)| of(chart)).collect()
        })
    }

    /// True where a values file goes to a chart that is not in the repository, or cannot be read.
    pub fn is_given_elsewhere(&self, file: &Path) -> bool {
        let unread = |release: &Release| release.loaded.is_none();
        self.releases()
            .any(|(_, release)| unread(release) && release.deployment.values.iter().any(|one| one == file))
    }
}
