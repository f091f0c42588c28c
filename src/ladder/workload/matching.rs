//! Which workloads of different environments are the same service.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::config::SameAs;
use crate::discover::is_environment;
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
    /// The release whose workload this is, where an earlier release of its environment installs the same chart: the way of
    /// another tenant up the ladder.
    pub tenant: Option<String>,
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
/// repository, last by the folder it is built from. What fits two services equally well is given as ambiguous and stays by itself. Of several tenants (releases
/// of one chart) the first decides; each other one comes behind as a service of its own, with the same members below.
pub(in crate::ladder) fn services(
    environments: &[Environment],
    same_as: &[SameAs],
) -> (Vec<Service>, Vec<Ambiguity>) {
    let mut matcher = Matcher { environments, services: Vec::new(), ambiguous: Vec::new() };
    let told = matcher.told(same_as);
    let mut others = Vec::new();
    for (index, environment) in environments.iter().enumerate() {
        let later = later_tenants(environment);
        let of_later = |at: &usize| {
            let owner = environment.workloads.get(*at).map(|workload| workload.owner);
            matches!(owner, Some(Owner::Release(own)) if later.contains(&own))
        };
        let all = (0..environment.workloads.len()).filter(|at| !told.contains(&(index, *at)));
        let (tenants, all): (Vec<usize>, Vec<usize>) = all.partition(of_later);
        others.push((index, environment, tenants));
        matcher.environment(index, environment, all);
    }
    let mut tenants = Vec::new();
    for (index, environment, workloads) in others {
        tenants.extend(matcher.tenants(index, environment, workloads));
    }
    matcher.services.extend(tenants);
    (matcher.services, matcher.ambiguous)
}

/// The releases whose chart an earlier release of the environment installs already.
fn later_tenants(environment: &Environment) -> BTreeSet<usize> {
    let mut charts = BTreeSet::new();
    let releases = environment.releases.iter().enumerate();
    let later = releases.filter(|(_, release)| release.chart().is_some_and(|chart| !charts.insert(chart)));
    later.map(|(own, _)| own).collect()
}

/// A way to match: what it goes by, the keys a workload has for it, and those that the services have.
struct Way {
    why: &'static str,
    keys: fn(&Workload) -> Vec<String>,
    known: Known,
}

/// What services are known by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Their names.
    Name,
    /// Their names without the words that name environments.
    Root,
    /// The image repositories of their members.
    Image,
    /// The folders their members are built from.
    Build,
}

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
        let way = |why, known, keys| Way { why, keys, known };
        let ways = [
            way("its name", Known::Name, |workload| vec![workload.name.clone()]),
            way("its name", Known::Name, |workload| vec![workload.short_name.clone()]),
            way("a label", Known::Name, |workload| {
                let labels = NAMING_LABELS.iter().filter_map(|key| workload.label(key));
                labels.map(str::to_owned).collect()
            }),
            way("its name", Known::Root, |workload| root_name(&workload.short_name).into_iter().collect()),
            way("its image", Known::Image, |workload| image(workload).into_iter().collect()),
            way("the folder it is built from", Known::Build, |workload| {
                built_from(workload).into_iter().collect()
            }),
        ];
        for Way { why, keys, known } in ways {
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
            let known = self.by_key(index, known);
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
            self.services.push(Service { name: name.clone(), members: vec![member], tenant: None });
        }
    }

    /// The ways of an environment's other tenants: those of the first one, with their own workload in its place.
    fn tenants(&self, index: usize, environment: &Environment, workloads: Vec<usize>) -> Vec<Service> {
        let release = |workload: &Workload| match workload.owner {
            Owner::Release(release) => environment.releases.get(release),
            Owner::Project(_) => None,
        };
        let key = |workload: &Workload| {
            let chart = release(workload).and_then(|release| release.chart()).cloned();
            (chart, workload.short_name.clone(), workload.kind)
        };
        let mut firsts = BTreeMap::new();
        for service in &self.services {
            match service.member(index).and_then(|member| environment.workloads.get(member.workload)) {
                Some(workload) => firsts.entry(key(workload)).or_insert(service),
                None => continue,
            };
        }
        let way = |at: usize| {
            let workload = environment.workloads.get(at)?;
            let tenant = release(workload).map(|release| release.name().to_owned());
            let mut service = match firsts.get(&key(workload)) {
                Some(first) => (*first).clone(),
                // The first tenant goes without it; an earlier environment may not.
                None => {
                    let same = self.services.iter().find(|service| {
                        service.name == workload.short_name && service.member(index).is_none()
                    });
                    same.cloned().unwrap_or_else(|| Service {
                        name: workload.short_name.clone(),
                        ..Service::default()
                    })
                }
            };
            service.tenant = tenant;
            service.members.retain(|member| member.environment < index);
            service.members.push(Member { environment: index, workload: at, why: "its name".to_owned() });
            Some(service)
        };
        workloads.into_iter().filter_map(way).collect()
    }

    /// The services that have no member in an environment yet, by what they are known by.
    fn by_key(&self, environment: usize, known: Known) -> BTreeMap<String, Vec<usize>> {
        let mut all: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let open =
            self.services.iter().enumerate().filter(|(_, service)| service.member(environment).is_none());
        for (at, service) in open {
            let keys: BTreeSet<String> = match known {
                Known::Name => [service.name.clone()].into(),
                Known::Root => root_name(&service.name).into_iter().collect(),
                Known::Image => self.workloads(service).filter_map(image).collect(),
                Known::Build => self.workloads(service).filter_map(built_from).collect(),
            };
            for key in keys {
                all.entry(key).or_default().push(at);
            }
        }
        all
    }

    fn workloads(&self, service: &Service) -> impl Iterator<Item = &Workload> {
        let members = service.members.clone().into_iter();
        members.filter_map(|member| self.environments.get(member.environment)?.workloads.get(member.workload))
    }
}

/// The repository of its image.
fn image(workload: &Workload) -> Option<String> {
    workload.main()?.image.as_ref()?.repository().map(str::to_owned)
}

/// The folder it is built from.
fn built_from(workload: &Workload) -> Option<String> {
    workload.main()?.built_from.clone()
}

/// A name without the words that name environments: `client-staging` as `client`; `None` where there is nothing else.
pub fn root_name(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split(['-', '_']).filter(|word| !is_environment(word)).collect();
    (!words.is_empty()).then(|| words.join("-"))
}
