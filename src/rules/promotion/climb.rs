//! The way of a service up the ladder.

use std::collections::BTreeMap;

use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Owner;
use crate::ladder::Service;
use crate::ladder::Workload;

/// A service in one environment.
#[derive(Clone, Copy)]
pub(super) struct Step<'l> {
    /// The position of the environment on the ladder.
    pub(super) position: usize,
    pub(super) environment: &'l Environment,
    pub(super) workload: &'l Workload,
}

impl<'l> Step<'l> {
    /// It as a service of Compose, where it is one.
    pub(super) fn service(self) -> Option<crate::compose::Service<'l>> {
        match self.workload.owner {
            Owner::Project(project) => {
                self.environment.projects.get(project)?.model()?.service(&self.workload.name)
            }
            Owner::Release(_) => None,
        }
    }
}

/// Where a service runs, first rung first. Hooks and workloads of environments that cannot be found are left out.
pub(super) fn steps<'l>(ladder: &'l Ladder, service: &Service) -> Vec<Step<'l>> {
    let step = |member: &crate::ladder::workload::Member| {
        let environment = ladder.environments.get(member.environment)?;
        let workload = environment.workloads.get(member.workload)?;
        (!workload.hook).then_some(Step { position: member.environment, environment, workload })
    };
    let mut steps: Vec<Step<'l>> = service.members.iter().filter_map(step).collect();
    steps.sort_by_key(|step| step.position);
    steps
}

/// Every step up that a service takes: where it runs, and where it runs next.
pub(super) fn pairs(ladder: &Ladder) -> impl Iterator<Item = (&Service, Step<'_>, Step<'_>)> {
    ladder.services.iter().flat_map(move |service| {
        let steps = steps(ladder, service);
        let above = steps.clone().into_iter().skip(1);
        steps.into_iter().zip(above).map(move |(below, above)| (service, below, above))
    })
}

/// True where everything that an environment runs is known: nothing of it failed to load.
pub(super) fn seen(environment: &Environment) -> bool {
    let something = !environment.projects.is_empty() || !environment.releases.is_empty();
    let projects = environment.projects.iter().all(|project| project.model().is_some());
    let releases = environment.releases.iter().all(|release| matches!(release.rendered, Some(Ok(_))));
    something && projects && releases && !environment.workloads.is_empty()
}

/// True where two workloads of the ladder may be the same service, so that neither can be called missing.
pub(super) fn ambiguous(ladder: &Ladder, step: Step<'_>) -> bool {
    ladder.ambiguous.iter().any(|unclear| {
        let same = |name: &String| *name == step.workload.name;
        let itself = unclear.environment == step.position
            && step
                .environment
                .workloads
                .get(unclear.workload)
                .is_some_and(|other| other.name == step.workload.name);
        itself || unclear.candidates.iter().any(same)
    })
}

/// True where it was recorded that the image of a step passed its tests in an earlier environment.
pub(super) fn recorded(ladder: &Ladder, step: Step<'_>) -> bool {
    let earlier = ladder.environments.iter().take(step.position).map(|environment| environment.name.as_str());
    let image = step.workload.main().and_then(|container| container.image.as_ref());
    image.is_some_and(|image| ladder.evidence.passed(earlier, image))
}

/// What is the matter with services, once for all tenants: the first of each key, and whose matter it is where that is
/// not everybody's.
pub(super) fn once<'l, K: Ord, T>(all: impl IntoIterator<Item = (K, &'l Service, T)>) -> Vec<(T, String)> {
    let mut found: BTreeMap<K, (T, Vec<Option<&'l str>>)> = BTreeMap::new();
    for (key, service, matter) in all {
        let (_, tenants) = found.entry(key).or_insert_with(|| (matter, Vec::new()));
        tenants.push(service.tenant.as_deref());
    }
    found.into_values().map(|(matter, tenants)| (matter, only(&tenants))).collect()
}

/// ` (in the release `b`)`; nothing where the first tenant, or what is no tenant's, is among them.
fn only(tenants: &[Option<&str>]) -> String {
    let names: Option<Vec<String>> =
        tenants.iter().map(|tenant| tenant.map(|name| format!("`{name}`"))).collect();
    match names.as_deref() {
        None | Some([]) => String::new(),
        Some([name]) => format!(" (in the release {name})"),
        Some(names) => format!(" (in the releases {})", names.join(" and ")),
    }
}
