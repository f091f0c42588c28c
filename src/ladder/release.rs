//! The Helm releases of an environment, loaded and rendered.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::Unchecked;
use crate::discover::Chart;
use crate::discover::HelmDeployment;
use crate::discover::Text;
use crate::helm;
use crate::helm::HelmVersion;
use crate::helm::Layers;
use crate::helm::Named;
use crate::helm::ProblemCode;
use crate::helm::capabilities::KubeVersion;
use crate::helm::chart::text;
use crate::helm::engine::Library;
use crate::helm::engine::UnknownCondition;
use crate::kubernetes::Minor;
use crate::kubernetes::served_kinds;
use crate::ladder::Alternative;
use crate::ladder::Conditions;
use crate::ladder::Release;
use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Spanned;

/// A chart that was read, or why it was not.
type Read = Result<Arc<helm::Chart>, helm::Problem>;

/// Loads releases; each chart is read once.
pub(super) struct Loader<'s> {
    sources: &'s SourceMap,
    charts: BTreeMap<PathBuf, Read>,
    helm: HelmVersion,
    version: KubeVersion,
    served: Arc<[String]>,
}

impl<'s> Loader<'s> {
    /// Reads the charts of all releases. `kubernetes` is the minor release to render for: `1.34`; `helm` the major
    /// version of the Helm that renders. Templates that are in `library` are not parsed again.
    pub(super) fn new<'d>(
        sources: &'s SourceMap,
        kubernetes: Option<&str>,
        helm: HelmVersion,
        library: &Arc<Library>,
        releases: impl Iterator<Item = &'d HelmDeployment>,
    ) -> Self {
        let mut folders: Vec<&PathBuf> = releases
            .filter_map(|release| match &release.chart {
                Chart::Folder(folder) => Some(folder),
                Chart::Elsewhere(_) => None,
            })
            .collect();
        folders.sort();
        folders.dedup();
        let read = |folder: &&PathBuf| {
            let path = if folder.as_os_str().is_empty() { Path::new(".") } else { folder.as_path() };
            ((*folder).clone(), helm::Chart::load_beside(sources, path, library))
        };
        let charts = folders.par_iter().map(read).collect();
        let version = kubernetes.and_then(KubeVersion::parse).unwrap_or_default();
        let served = served(version.minor_number().map_or(Minor::NEWEST, Minor));
        Self { sources, charts, helm, version, served }
    }

    /// Loads and renders releases, in the order given.
    pub(super) fn load(&self, deployments: Vec<HelmDeployment>, conditions: Conditions) -> Vec<Release> {
        deployments.into_par_iter().map(|deployment| self.release(deployment, conditions)).collect()
    }

    fn release(&self, deployment: HelmDeployment, conditions: Conditions) -> Release {
        let chart = match &deployment.chart {
            Chart::Elsewhere(_) => return Release::unread(deployment, None),
            Chart::Folder(folder) => self.charts.get(folder),
        };
        let chart = match chart {
            Some(Ok(chart)) => Arc::clone(chart),
            Some(Err(problem)) => {
                return Release::unread(deployment, Some(problem.clone()));
            }
            None => return Release::unread(deployment, None),
        };
        let mut layers = match Layers::read(self.sources, &deployment.values) {
            Ok(layers) => layers,
            Err(problem) => return Release::unread(deployment, Some(problem)),
        };
        layers.settings.clone_from(&deployment.settings);
        layers.unknown.clone_from(&deployment.unknown);
        // Where no command gives a name, the chart's stands in for it: most often that is the name.
        let name = named(Some(&deployment.release)).unwrap_or_else(|| Named::from(chart.name()));
        let namespace = named(deployment.namespace.as_ref()).unwrap_or_else(|| Named::from("default"));
        let mut loaded = helm::Release::new("", "", chart);
        loaded.name = name;
        loaded.namespace = namespace;
        loaded.layers = layers;
        loaded.options.helm = self.helm;
        loaded.options.kube_version = self.version.clone();
        loaded.options.served = Some(Arc::clone(&self.served));
        let mut rendered = loaded.render(self.sources);
        if rendered.as_ref().is_err_and(|problem| problem.code == ProblemCode::SchemaElsewhere) {
            loaded.options.validate = false;
            rendered = loaded.render(self.sources);
        }
        let supplied_texts = supplied_texts(self.sources, &loaded);
        let alternatives = match &rendered {
            Ok(rendered) if conditions == Conditions::BothWays => {
                self.alternatives(&loaded, rendered, &supplied_texts)
            }
            _ => Vec::new(),
        };
        Release { deployment, loaded: Some(loaded), rendered: Some(rendered), alternatives, supplied_texts }
    }

    /// Renders a release once more for each question that hangs on what is supplied at deploy time, as long as they are
    /// few.
    fn alternatives(
        &self,
        loaded: &helm::Release,
        rendered: &helm::Rendered,
        supplied_texts: &[Span],
    ) -> Vec<Alternative> {
        let open: Vec<Asked<'_>> = rendered
            .unknown_conditions
            .iter()
            .filter(|one| one.reversible && is_supplied_later(one))
            .map(|one| Asked { words: words(self.sources, one), condition: one })
            .filter(|one| !one.is_answered(supplied_texts))
            .collect();
        let other = |asked: Vec<&Asked<'_>>| {
            let first = asked.iter().min_by_key(|one| (one.words.len(), &one.words))?;
            let places = asked.iter().map(|one| one.condition.place).collect();
            let rendered = loaded.render_otherwise(self.sources, places).ok()?;
            let covers = asked.iter().map(|one| one.words.clone()).collect();
            Some(Alternative {
                condition: first.words.clone(),
                holds: !first.condition.held,
                covers,
                rendered,
            })
        };
        let asked: Vec<_> = turned_together(&open).into_iter().take(MAX_ALTERNATIVES).collect();
        asked.into_par_iter().filter_map(other).collect()
    }
}

/// Where texts are supplied at deploy time. A switch or a number may be anything; a text is there.
fn supplied_texts(sources: &SourceMap, loaded: &helm::Release) -> Vec<Span> {
    let paths = &loaded.layers.unknown;
    let Some(values) = (!paths.is_empty()).then(|| loaded.values(sources).ok()).flatten() else {
        return Vec::new();
    };
    let is_text = |path: &&Spanned<String>| {
        let keys: Vec<&str> = path.value.split('.').collect();
        values.at(&keys).is_some_and(|value| value.as_text().is_some())
    };
    paths.iter().filter(is_text).map(|path| path.span).collect()
}

/// A condition of a release that hangs on something unknown.
struct Asked<'r> {
    /// It in the words of its template.
    words: String,
    condition: &'r UnknownCondition,
}

impl Asked<'_> {
    /// True where it only asks whether the value is there, or true.
    fn is_plain(&self) -> bool {
        const COMPARING: [&str; 12] = [
            "eq",
            "ne",
            "lt",
            "le",
            "gt",
            "ge",
            "has",
            "contains",
            "hasPrefix",
            "hasSuffix",
            "regexMatch",
            "semverCompare",
        ];
        let mut names = self.words.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|'));
        !names.any(|name| COMPARING.contains(&name))
    }

    /// True where the deploy command answers it: it gives the text that is asked for.
    fn is_answered(&self, supplied_texts: &[Span]) -> bool {
        self.is_plain() && self.unknown().is_some_and(|unknown| supplied_texts.contains(&unknown))
    }

    /// What gives the value it hangs on.
    fn unknown(&self) -> Option<Span> {
        self.condition.unknown.span
    }
}

/// Which conditions are taken the other way at once. Whether one value is true has one answer in all templates; and
/// where a value is compared, it is no longer what it was taken for elsewhere.
fn turned_together<'o, 'r>(open: &'o [Asked<'r>]) -> Vec<Vec<&'o Asked<'r>>> {
    let mut plain: BTreeMap<Option<Span>, Vec<&Asked<'_>>> = BTreeMap::new();
    let mut compared: BTreeMap<(&str, bool), Vec<&Asked<'_>>> = BTreeMap::new();
    for asked in open {
        if asked.is_plain() {
            plain.entry(asked.unknown()).or_default().push(asked);
        } else {
            compared.entry((&asked.words, asked.condition.held)).or_default().push(asked);
        }
    }
    for ((words, held), together) in &mut compared {
        let values: Vec<Option<Span>> = together.iter().map(|asked| asked.unknown()).collect();
        let rivals = open.iter().filter(|other| {
            !*held
                && other.condition.held
                && !other.is_plain()
                && other.words != *words
                && values.contains(&other.unknown())
        });
        together.extend(rivals);
    }
    plain.into_values().chain(compared.into_values()).collect()
}

/// What a cluster of that minor offers, as templates see it: API versions, and each with its kinds. Charts choose by it,
/// so one that is asked without a cluster chooses what no cluster has any more.
fn served(minor: Minor) -> Arc<[String]> {
    let mut all = Vec::new();
    for (version, kind) in served_kinds(minor.nearest_known()) {
        all.push(version.to_owned());
        all.push(format!("{version}/{kind}"));
    }
    all.sort();
    all.dedup();
    all.into()
}

fn named(given: Option<&Text>) -> Option<Named> {
    let given = given?;
    match &given.value {
        Known::Known(name) => Some(Named { value: name.clone(), span: Some(given.span) }),
        Known::Unknown(_) => None,
    }
}

/// So many conditions of a release are taken both ways.
const MAX_ALTERNATIVES: usize = 6;

/// True for what hangs on a value of the release, and not on the cluster or on chance.
fn is_supplied_later(condition: &UnknownCondition) -> bool {
    condition.unknown.span.is_some()
}

/// A condition in the words of its template, without its delimiters.
fn words(sources: &SourceMap, condition: &UnknownCondition) -> String {
    let text = sources.slice(condition.place);
    let inside = text.trim_start_matches(['{', '-', ' ', '\n']).trim_end_matches(['}', '-', ' ', '\n']);
    let words: Vec<&str> = inside.split_whitespace().filter(|word| *word != "else").collect();
    words.strip_prefix(&["if"]).unwrap_or(&words).join(" ")
}

/// What could not be seen of releases: charts that are not there, layers that are not known.
pub(super) fn unchecked<'r>(
    sources: &SourceMap,
    releases: impl Iterator<Item = &'r Release>,
) -> Vec<Unchecked> {
    let mut all = Vec::new();
    for release in releases {
        let name = release.name();
        for unseen in &release.deployment.unseen {
            let what = format!("values of the release `{name}`");
            all.push(Unchecked { what, reason: unseen.why.clone(), span: unseen.span });
        }
        for condition in release.manifests().iter().flat_map(|rendered| &rendered.unknown_conditions) {
            let words = words(sources, condition);
            let asked = Asked { words, condition };
            let tried = release.alternatives.iter().any(|one| one.covers.contains(&asked.words));
            let words = &asked.words;
            if is_supplied_later(condition) && !asked.is_answered(&release.supplied_texts) && !tried {
                all.push(Unchecked {
                    what: format!("what `{words}` decides in the release `{name}`"),
                    reason: condition.unknown.why.clone(),
                    span: Some(condition.place),
                });
            }
        }
        let Some(loaded) = &release.loaded else { continue };
        if !loaded.options.validate {
            all.push(Unchecked {
                what: format!("the values of the chart `{}` against its schema", loaded.chart.name()),
                reason: "its `values.schema.json` refers to a schema elsewhere, and nothing is fetched"
                    .to_owned(),
                span: None,
            });
        }
        if let Some(problem) = release.awaits_values() {
            all.push(Unchecked {
                what: format!("what the chart `{}` renders to", loaded.chart.name()),
                reason: format!(
                    "it wants values that only its installation gives ({}); name them as a release in plimsoll.yaml",
                    problem.explanation.as_deref().unwrap_or(&problem.message)
                ),
                span: problem.place,
            });
        }
        let Some(Err(problem)) = &release.rendered else { continue };
        if problem.code == ProblemCode::MissingDependency {
            let missing = loaded.chart.missing_dependencies();
            let names: Vec<String> =
                missing.iter().map(|dependency| format!("`{}`", text(&dependency.name))).collect();
            all.push(Unchecked {
                what: format!("what the chart `{}` renders to", loaded.chart.name()),
                reason: format!(
                    "the charts {} are not in `{}/charts`; run `helm dependency build`",
                    names.join(", "),
                    loaded.chart.path
                ),
                span: missing.first().map(|dependency| dependency.span),
            });
        }
    }
    all.sort();
    all.dedup();
    all
}

impl Release {
    /// A release whose chart or values cannot be read.
    fn unread(deployment: HelmDeployment, problem: Option<helm::Problem>) -> Self {
        Self {
            deployment,
            loaded: None,
            rendered: problem.map(Err),
            alternatives: Vec::new(),
            supplied_texts: Vec::new(),
        }
    }

    /// The same release, read anew from other texts.
    #[must_use]
    pub fn again(&self, sources: &SourceMap, kubernetes: Option<&str>) -> Self {
        let deployment = self.deployment.clone();
        let helm = self.loaded.as_ref().map(|loaded| loaded.options.helm).unwrap_or_default();
        let library = self.loaded.as_ref().map(|loaded| Arc::clone(&loaded.chart.library));
        let library = library.unwrap_or_default();
        Loader::new(sources, kubernetes, helm, &library, std::iter::once(&self.deployment))
            .release(deployment, Conditions::AsSeen)
    }

    /// The name of the release; the chart's where no command gives one.
    pub fn name(&self) -> &str {
        match (&self.loaded, self.deployment.release.value.known()) {
            (_, Some(name)) => name,
            (Some(loaded), None) => &loaded.name.value,
            (None, None) => "?",
        }
    }

    /// The namespace, where a command or the configuration gives one that is known.
    pub fn namespace(&self) -> Option<&str> {
        self.deployment.namespace.as_ref()?.value.known().map(String::as_str)
    }

    /// True where a command or the configuration gives the name: only then does it identify the release.
    pub fn is_named(&self) -> bool {
        self.deployment.release.value.known().is_some()
    }

    /// The folder of its chart, where it is in the repository.
    pub fn chart(&self) -> Option<&PathBuf> {
        match &self.deployment.chart {
            Chart::Folder(folder) => Some(folder),
            Chart::Elsewhere(_) => None,
        }
    }

    /// What it renders to, where it renders.
    pub fn manifests(&self) -> Option<&helm::Rendered> {
        self.rendered.as_ref()?.as_ref().ok()
    }

    /// Why it does not render with the values that can be seen, where others will be there when it is installed: a
    /// chart that nothing here installs, or one with a values file that is not here, or with values that only its
    /// command knows.
    pub fn awaits_values(&self) -> Option<&helm::Problem> {
        let problem = self.problem()?;
        let bare = !self.is_named() && self.deployment.values.is_empty();
        let open = bare || !self.deployment.unseen.is_empty() || !self.deployment.unknown.is_empty();
        let of_values = match problem.code {
            // Whoever asks for a value in so many words is given it by whoever installs the chart.
            ProblemCode::Refused => open || !self.is_named(),
            ProblemCode::Execution | ProblemCode::Schema => open,
            _ => false,
        };
        of_values.then_some(problem)
    }

    /// Why it does not render, where Helm would refuse it.
    pub fn problem(&self) -> Option<&helm::Problem> {
        self.rendered.as_ref()?.as_ref().err()
    }
}
