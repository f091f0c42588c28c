//! The one model that rules across environments read: environments, first rung to last, with everything loaded
//! that each of them runs.

mod compose;
mod cost;
mod evidence;
pub mod fleet;
pub mod history;
mod promoted;
pub mod reach;
mod reads;
mod release;
pub mod workload;

use std::path::Path;
use std::sync::Arc;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::config::Cluster;
use crate::config::Config;
use crate::diagnostic::Unchecked;
use crate::discover::ComposeDeployment;
use crate::discover::HelmDeployment;
use crate::discover::Plan;
use crate::discover::PlannedEnvironment;
use crate::discover::PulumiDeployment;
use crate::discover::Why;
use crate::helm::HelmVersion;
use crate::pulumi::Deployed;
use crate::pulumi::Loader;
use crate::pulumi::Value;
use crate::pulumi::beside;
use crate::source::Listed;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Spanned;

pub use crate::config::Stage;
pub use cost::Assessment;
pub use evidence::EVIDENCE_FILE;
pub use evidence::Evidence;
pub use evidence::Recorded;
pub use history::History;
pub use promoted::Promoted;
pub use reads::ChartReads;
pub use workload::Ambiguity;
pub use workload::Owner;
pub use workload::Service;
pub use workload::Workload;

/// The ordered environments of a repository, and what belongs to none of them.
#[derive(Debug, Default)]
pub struct Ladder {
    /// The environments, first rung first.
    pub environments: Vec<Environment>,
    /// Compose projects that belong to no environment; checked as if they were local.
    pub other_projects: Vec<Project>,
    /// Charts with values that belong to no environment; checked as if they were local.
    pub other_releases: Vec<Release>,
    /// Pulumi projects whose stack belongs to no environment.
    pub other_stacks: Vec<Stack>,
    /// The services that run, matched over the environments.
    pub services: Vec<Service>,
    /// Workloads that may be one of several services: the configuration has to say which.
    pub ambiguous: Vec<Ambiguity>,
    /// The documents that may say what environments cost: Markdown at the root and in `docs`.
    pub documents: Vec<Arc<Source>>,
    /// What could not be seen.
    pub unchecked: Vec<Unchecked>,
    /// True where the configuration says what the ladder is, false where it was inferred.
    pub configured: bool,
    /// What templates read of values, worked out when it is first asked for.
    reads: OnceLock<Vec<ChartReads>>,
    /// What earlier commits say about it, where [`Ladder::look_back`] was asked.
    history: OnceLock<History>,
    /// The commits that it is read from.
    commits: OnceLock<history::Commits>,
    /// What was recorded as tested.
    pub evidence: Evidence,
}

/// One rung of the ladder.
#[derive(Debug)]
pub struct Environment {
    /// Its name, unique on the ladder: `staging`.
    pub name: String,
    /// What it is for.
    pub stage: Stage,
    /// Its entry in the configuration, where it has one.
    pub span: Option<Span>,
    /// Why there is such an environment.
    pub why: Vec<Why>,
    /// Its Compose projects.
    pub projects: Vec<Project>,
    /// Its Helm releases.
    pub releases: Vec<Release>,
    /// Its Pulumi stacks.
    pub stacks: Vec<Stack>,
    /// Everything that runs in it: the services of its projects, then the workloads of its releases.
    pub workloads: Vec<Workload>,
    /// What it may cost, in US dollars a month.
    pub budget: Option<Spanned<f64>>,
    /// The size of the host of its Compose projects: `digitalocean/s-2vcpu-4gb`.
    pub host: Option<Spanned<String>>,
    /// What that host costs, in US dollars a month.
    pub monthly: Option<Spanned<f64>>,
    /// Its cluster, where the configuration describes one.
    pub cluster: Option<Cluster>,
    /// What it costs and carries, worked out when it is first asked for.
    assessment: OnceLock<Assessment>,
}

/// A Compose project of an environment.
#[derive(Debug)]
pub struct Project {
    /// Which files, and why.
    pub deployment: ComposeDeployment,
    /// The project, and everything that is wrong with it.
    pub loaded: crate::compose::Loaded,
    /// Why nothing is said about what it runs, where that is so.
    pub unchecked: Option<Unchecked>,
}

impl Project {
    /// The project as it would run, as far as its files can be read.
    pub fn model(&self) -> Option<&crate::compose::Project> {
        self.loaded.project.as_ref()
    }
}

/// A Helm release of an environment.
#[derive(Debug)]
pub struct Release {
    /// Which chart and values, and why.
    pub deployment: HelmDeployment,
    /// The release with its chart and layers; `None` where the chart is not in the repository or cannot be read.
    pub loaded: Option<crate::helm::Release>,
    /// What it renders to, or why it does not; `None` where the chart is not in the repository.
    pub rendered: Option<Result<crate::helm::Rendered, crate::helm::Problem>>,
    /// What else it renders to, by values that are supplied only at deploy time.
    pub alternatives: Vec<Alternative>,
    /// Where texts are supplied at deploy time: what only asks whether they are there is no open question.
    pub supplied_texts: Vec<Span>,
}

/// What a release renders to where something unknown is not what it was taken for.
#[derive(Debug)]
pub struct Alternative {
    /// The condition, in the words of the template: `.Values.global.imageVersion`.
    pub condition: String,
    /// True where it holds here.
    pub holds: bool,
    /// Every condition that is taken the other way with it.
    pub covers: Vec<String>,
    /// What is rendered then.
    pub rendered: crate::helm::Rendered,
}

/// A Pulumi stack of an environment.
#[derive(Debug)]
pub struct Stack {
    /// Which project and stack, and why.
    pub deployment: PulumiDeployment,
    /// The stack as it was read; `None` where its project is not in the repository.
    pub loaded: Option<Deployed>,
}

/// True where a value has something at a path, or may have.
fn may_set(values: &Value, path: &[String]) -> bool {
    let Some((key, rest)) = path.split_first() else { return true };
    values.why_unknown().is_some() || values.get(key).is_some_and(|value| may_set(value, rest))
}

/// How conditions are taken that hang on what is supplied only at deploy time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Conditions {
    /// As what is seen decides them.
    AsSeen,
    /// The other way, too.
    BothWays,
}

impl Ladder {
    /// Loads everything that a plan names, and the documents beside it.
    pub fn load(sources: &SourceMap, plan: Plan) -> Self {
        // Where nothing climbs, nobody will ask where it was first.
        let runs = |rung: &&PlannedEnvironment| !rung.projects.is_empty() || !rung.releases.is_empty();
        let climbs = plan.environments.iter().filter(runs).count() > 1;
        let (deployed, (documents, evidence, commits)) = rayon::join(
            || Self::deployed(sources, plan, Conditions::BothWays),
            || {
                let commits = climbs.then(|| history::Commits::read_ahead(sources));
                (documents(sources), Evidence::load(sources), commits)
            },
        );
        let mut ladder = Self { documents, evidence, ..deployed };
        if let Some(commits) = commits {
            let _first = ladder.commits.set(commits);
        }
        ladder.unchecked.extend(promoted::unchecked(&ladder));
        ladder
    }

    /// Loads one environment of an earlier time, for what runs in it: without its stacks, and as its templates decide by
    /// the values that are seen.
    fn deployed_alone(sources: &SourceMap, plan: Plan, planned: PlannedEnvironment) -> Option<Environment> {
        let plan = Plan { environments: vec![planned], ..plan };
        Self::deployed(sources, plan, Conditions::AsSeen).environments.pop()
    }

    /// Loads everything that a plan names.
    fn deployed(sources: &SourceMap, plan: Plan, conditions: Conditions) -> Self {
        let project = |deployment: ComposeDeployment| {
            let (loaded, unchecked) = compose::load(sources, &deployment);
            Project { deployment, loaded, unchecked }
        };
        let projects = |all: Vec<ComposeDeployment>| all.into_par_iter().map(project).collect::<Vec<_>>();
        let planned = plan.environments.iter().flat_map(|environment| &environment.releases);
        let minor = plan.kubernetes.as_ref().map(|minor| minor.value.as_str());
        let helm = plan.helm_version.and_then(|major| HelmVersion::try_from(major).ok()).unwrap_or_default();
        let releases = planned.chain(&plan.other_releases);
        let loader = release::Loader::new(sources, minor, helm, &Arc::default(), releases);
        let releases = |all: Vec<HelmDeployment>| loader.load(all, conditions);
        let (mut planned, mut unchecked) = (plan.environments, plan.unchecked);
        let deployments: Vec<_> =
            planned.iter_mut().map(|planned| std::mem::take(&mut planned.stacks)).collect();
        // Stacks share the programs that were read, and so are loaded one after the other, beside all else.
        let load_stacks = || {
            let mut pulumi = Loader::new(sources);
            let mut stacks = |all: Vec<PulumiDeployment>| {
                all.into_iter()
                    .map(|deployment| stack(&mut pulumi, &mut unchecked, deployment))
                    .collect::<Vec<_>>()
            };
            let placed: Vec<Vec<Stack>> = deployments.into_iter().map(&mut stacks).collect();
            (placed, stacks(plan.other_stacks))
        };
        let environment = |planned: PlannedEnvironment| {
            let (projects, releases) =
                rayon::join(|| projects(planned.projects), || releases(planned.releases));
            Environment {
                name: planned.name,
                stage: planned.stage,
                span: planned.span,
                why: planned.why,
                projects,
                releases,
                stacks: Vec::new(),
                workloads: Vec::new(),
                budget: planned.budget,
                host: planned.host,
                monthly: planned.monthly,
                cluster: planned.cluster,
                assessment: OnceLock::new(),
            }
        };
        let load_environments = || planned.into_par_iter().map(environment).collect::<Vec<_>>();
        let load_others = || rayon::join(|| projects(plan.other_projects), || releases(plan.other_releases));
        let ((mut environments, (other_projects, other_releases)), (placed, other_stacks)) =
            rayon::join(|| rayon::join(load_environments, load_others), load_stacks);
        for (environment, stacks) in environments.iter_mut().zip(placed) {
            environment.stacks = stacks;
        }
        let mut ladder = Self {
            environments,
            other_projects,
            other_releases,
            other_stacks,
            services: Vec::new(),
            ambiguous: Vec::new(),
            documents: Vec::new(),
            unchecked,
            configured: plan.configured,
            reads: OnceLock::new(),
            history: OnceLock::new(),
            commits: OnceLock::new(),
            evidence: Evidence::default(),
        };
        let parts: Vec<Unchecked> =
            ladder.projects().filter_map(|(_, project)| project.unchecked.clone()).collect();
        ladder.unchecked.extend(parts);
        for environment in &mut ladder.environments {
            environment.workloads = environment.all_workloads();
        }
        (ladder.services, ladder.ambiguous) = workload::services(&ladder.environments, &plan.same_as);
        ladder.unchecked.extend(release::unchecked(sources, ladder.releases().map(|(_, release)| release)));
        ladder
    }

    /// Reads the git history for the images that `asked` names: where each was first.
    pub fn look_back(
        &self,
        sources: &SourceMap,
        config: &Config,
        reach: history::Reach,
        asked: impl Fn(Promoted<'_>) -> bool,
    ) {
        self.history
            .get_or_init(|| History::read(self, promoted::versions(self, asked), sources, config, reach));
    }

    /// What earlier commits say about it; nothing before [`Ladder::look_back`].
    pub fn history(&self) -> &History {
        static NONE: History = History::NONE;
        self.history.get().unwrap_or(&NONE)
    }

    /// Every release with its environment, those of no environment last.
    pub fn releases(&self) -> impl Iterator<Item = (Option<&Environment>, &Release)> {
        let of = |environment| move |release| (Some(environment), release);
        let placed = self.environments.iter().flat_map(move |rung| rung.releases.iter().map(of(rung)));
        placed.chain(self.other_releases.iter().map(|release| (None, release)))
    }

    /// True where a Pulumi program installs the chart in a folder, and may set the value of that path.
    pub fn programs_may_set(&self, chart: &str, path: &[String]) -> bool {
        let placed = self.environments.iter().flat_map(|environment| &environment.stacks);
        placed.chain(&self.other_stacks).any(|stack| {
            let resources = stack.loaded.iter().flat_map(|loaded| &loaded.reading.resources);
            resources.filter(|resource| resource.installs_chart()).any(|resource| {
                let named = resource.chart().and_then(Value::text);
                let folder = named.and_then(|text| beside(&stack.deployment.project, text));
                folder.is_some_and(|folder| folder == Path::new(chart))
                    && (resource.rest.is_some()
                        || resource.properties.contains_key("valueYamlFiles")
                        || resource.properties.get("values").is_some_and(|values| may_set(values, path)))
            })
        })
    }

    /// Every Compose project with its environment, those of no environment last.
    pub fn projects(&self) -> impl Iterator<Item = (Option<&Environment>, &Project)> {
        let of = |environment| move |project| (Some(environment), project);
        let placed = self.environments.iter().flat_map(move |rung| rung.projects.iter().map(of(rung)));
        placed.chain(self.other_projects.iter().map(|project| (None, project)))
    }

    /// The environment of that name.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }
}

fn documents(sources: &SourceMap) -> Vec<Arc<Source>> {
    let folders = ["", "docs", "doc"].into_iter().map(Path::new);
    let mut documents = Vec::new();
    for folder in folders {
        for (name, listed) in sources.files().list(folder).unwrap_or_default() {
            let small = matches!(listed, Listed::File(length) if length < 512 * 1024);
            let markdown =
                Path::new(&name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
            if small && markdown && documents.len() < 200 {
                documents.extend(sources.read(&folder.join(name)).ok());
            }
        }
    }
    documents
}

fn stack(loader: &mut Loader<'_>, unchecked: &mut Vec<Unchecked>, deployment: PulumiDeployment) -> Stack {
    let name = deployment.stack.as_ref().and_then(|stack| stack.value.known()).map(String::as_str);
    let loaded = loader.load(&deployment.project, name, deployment.file.as_deref(), &deployment.config);
    // What is wrong with a program is said once, however many stacks it has.
    let new = loaded.iter().flat_map(|loaded| &loaded.unchecked).filter(|one| !unchecked.contains(one));
    let new: Vec<Unchecked> = new.cloned().collect();
    unchecked.extend(new);
    Stack { deployment, loaded }
}

impl Environment {
    fn all_workloads(&self) -> Vec<Workload> {
        let models = self.projects.iter().enumerate();
        let models = models.filter_map(|(index, project)| Some((index, project.model()?)));
        let services = models.flat_map(|(index, model)| workload::of_project(model, Owner::Project(index)));
        let mut all: Vec<Workload> = services.collect();
        let releases: Vec<Vec<Workload>> = self
            .releases
            .par_iter()
            .enumerate()
            .map(|(index, release)| workload::of_release(release, Owner::Release(index)))
            .collect();
        all.extend(releases.into_iter().flatten());
        all
    }
}
