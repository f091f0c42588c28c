//! Which workloads of different environments are the same service.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::config::SameAs;
use crate::ladder::Environment;
use crate::ladder::workload::Owner;
use crate::ladder::workload::Workload;

/// A service over all environments.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Its name: that of its first member, in short.
    pub name: String,
    /// The workloads that are this service, at most one in each environment, first rung first.
    pub members: Vec<Member>,
}

/// A workload as a member of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The index of its environment.
    pub environment: usize,
    /// The index of the workload there.
    pub workload: usize,
    /// Why it is this service: `its name`, `its image`, `its label …`, `the configuration`.
    pub why: String,
}

/// A workload that may be one of several services; which, the configuration has to say with `same-as`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// The index of the environment.
    pub environment: usize,
    /// The index of the workload there.
    pub workload: usize,
    /// The names of the services it may be.
    pub candidates: Vec<String>,
    /// What they have in common.
    pub why: String,
}

impl Service {
    /// The workload of an environment that is this service.
    pub fn member(&self, environment: usize) -> Option<&Member> {
        self.members.iter().find(|member| member.environment == environment)
    }
}

/// Labels whose value names a service, strongest first.
const NAMING_LABELS: [&str; 5] =
    ["app.kubernetes.io/component", "app.kubernetes.io/name", "component", "app", "k8s-app"];

/// Matches the workloads of all environments: first as the configuration says, then by name, label, and image
/// repository. What fits two services equally well is given as ambiguous and stays by itself. Of several tenants (releases
/// of one chart) the first stands for all.
pub(in crate::ladder) fn services(
    environments: &[Environment],
    same_as: &[SameAs],
) -> (Vec<Service>, Vec<Ambiguity>) {
    let mut matcher = Matcher { environments, services: Vec::new(), ambiguous: Vec::new() };
    let told = matcher.told(same_as);
    for (index, environment) in environments.iter().enumerate() {
        let later = later_tenants(environment);
        let of_later =
            |workload: &Workload| matches!(workload.owner, Owner::Release(own) if later.contains(&own));
        let all = environment.workloads.iter().enumerate().filter(|(_, workload)| !of_later(workload));
        let all = all.map(|(at, _)| at).filter(|at| !told.contains(&(index, *at)));
        matcher.environment(index, environment, all.collect());
    }
    (matcher.services, matcher.ambiguous)
}

/// The releases whose chart an earlier release of the environment installs already.
fn later_tenants(environment: &Environment) -> BTreeSet<usize> {
    let mut charts = BTreeSet::new();
    let releases = environment.releases.iter().enumerate();
    let later = releases.filter(|(_, release)| release.chart().is_some_and(|chart| !charts.insert(chart)));
    later.map(|(own, _)| own).collect()
}

/// A way to match: what it goes by, and the keys a workload has for it.
type Way = (&'static str, fn(&Workload) -> Vec<String>);

struct Matcher<'e> {
    environments: &'e [Environment],
    services: Vec<Service>,
    ambiguous: Vec<Ambiguity>,
}

impl Matcher<'_> {
    /// Makes the services that the configuration gives.
    fn told(&mut self, same_as: &[SameAs]) -> BTreeSet<(usize, usize)> {
        let mut told = BTreeSet::new();
        for group in same_as {
            let mut service = Service::default();
            for member in &group.members {
                let (environment, workload) = &member.value;
                let Some(index) = self.environments.iter().position(|one| one.name == *environment) else {
                    continue;
                };
                let workloads = self.environments.get(index).map(|one| one.workloads.as_slice());
                let workloads = workloads.unwrap_or_default();
                let exact = workloads.iter().position(|one| one.name == *workload);
                let Some(at) = exact.or_else(|| workloads.iter().position(|one| one.short_name == *workload))
                else {
                    continue;
                };
                if service.member(index).is_some() || told.contains(&(index, at)) {
                    continue;
                }
                told.insert((index, at));
                if let Some(first) = workloads.get(at).filter(|_| service.name.is_empty()) {
                    service.name.clone_from(&first.short_name);
                }
                let why = "the configuration".to_owned();
                service.members.push(Member { environment: index, workload: at, why });
            }
            service.members.sort_by_key(|member| member.environment);
            if !service.members.is_empty() {
                self.services.push(service);
            }
        }
        told
    }

    /// Places the workloads of one environment. Each way of matching sees only what the ways before it left.
    fn environment(&mut self, index: usize, environment: &Environment, mut open: Vec<usize>) {
        let workload = |at: &usize| environment.workloads.get(*at);
        let mut unclear: BTreeSet<usize> = BTreeSet::new();
        let ways: [Way; 4] = [
            ("its name", |workload| vec![workload.name.clone()]),
            ("its name", |workload| vec![workload.short_name.clone()]),
            ("a label", |workload| {
                let labels = NAMING_LABELS.iter().filter_map(|key| workload.label(key));
                labels.map(str::to_owned).collect()
            }),
            ("its image", |workload| {
                let image = workload.main().and_then(|container| container.image.as_ref());
                image.and_then(|image| image.repository()).map(str::to_owned).into_iter().collect()
            }),
        ];
        for (why, keys) in ways {
            let by_image = why == "its image";
            let keys: Vec<(usize, BTreeSet<String>)> =
                open.iter().filter_map(|at| Some((*at, keys(workload(at)?).into_iter().collect()))).collect();
            // How many here would be the same service in the same way?
            let mut rivals: BTreeMap<(&str, bool), usize> = BTreeMap::new();
            let ends = |at: &usize| workload(at).is_some_and(|workload| workload.kind.ends());
            for (at, keys) in &keys {
                for key in keys {
                    *rivals.entry((key, ends(at))).or_default() += 1;
                }
            }
            let known = self.by_key(index, by_image);
            let mut taken: BTreeSet<usize> = BTreeSet::new();
            let mut placed: BTreeSet<usize> = BTreeSet::new();
            for (at, mine) in &keys {
                let fits: BTreeSet<usize> =
                    mine.iter().flat_map(|key| known.get(key).into_iter().flatten()).copied().collect();
                let fits: Vec<usize> = fits.into_iter().filter(|service| !taken.contains(service)).collect();
                let alone = mine
                    .iter()
                    .all(|key| rivals.get(&(key.as_str(), ends(at))).is_none_or(|count| *count == 1));
                match fits.as_slice() {
                    [] => {}
                    [service] if alone => {
                        if let Some(service) = self.services.get_mut(*service) {
                            let why = why.to_owned();
                            service.members.push(Member { environment: index, workload: *at, why });
                        }
                        taken.insert(*service);
                        placed.insert(*at);
                    }
                    several => {
                        let names = several.iter().filter_map(|at| self.services.get(*at));
                        let candidates: Vec<String> = names.map(|service| service.name.clone()).collect();
                        let ambiguity =
                            Ambiguity { environment: index, workload: *at, candidates, why: why.to_owned() };
                        if unclear.insert(*at) {
                            self.ambiguous.push(ambiguity);
                        }
                    }
                }
            }
            open.retain(|at| !placed.contains(at));
            unclear.retain(|at| !placed.contains(at));
            self.ambiguous.retain(|one| one.environment != index || !placed.contains(&one.workload));
        }
        let mut names: BTreeSet<String> = self.services.iter().map(|service| service.name.clone()).collect();
        for at in open {
            let Some(one) = workload(&at) else { continue };
            let member = Member { environment: index, workload: at, why: "its name".to_owned() };
            let name = if names.contains(&one.short_name) { &one.name } else { &one.short_name };
            names.insert(name.clone());
            self.services.push(Service { name: name.clone(), members: vec![member] });
        }
    }

    /// The services that have no member in an environment yet, by name or by image.
    fn by_key(&self, environment: usize, by_image: bool) -> BTreeMap<String, Vec<usize>> {
        let mut all: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let open =
            self.services.iter().enumerate().filter(|(_, service)| service.member(environment).is_none());
        for (at, service) in open {
            let keys = if by_image { self.images(service) } else { vec![service.name.clone()] };
            for key in keys {
                all.entry(key).or_default().push(at);
            }
        }
        all
    }

    /// The image repositories of a service's members.
    fn images(&self, service: &Service) -> Vec<String> {
        let workloads = service
            .members
            .iter()
            .filter_map(|member| self.environments.get(member.environment)?.workloads.get(member.workload));
        let images = workloads.filter_map(|workload| workload.main()?.image.as_ref()?.repository());
        images.map(str::to_owned).collect()
    }
}
