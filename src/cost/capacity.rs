//! Whether what is asked for fits on the nodes.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::cost::Book;
use crate::cost::Machine;
use crate::cost::Pool;
use crate::cost::book;
use crate::source::Span;

/// Millicores of CPU and mebibytes of memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Millicores.
    pub cpu: i64,
    /// Mebibytes.
    pub memory: i64,
}

impl Amount {
    /// The sum; what is out of range is the last that is in it.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { cpu: self.cpu.saturating_add(other.cpu), memory: self.memory.saturating_add(other.memory) }
    }

    /// So many times.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        let factor = i64::from(factor);
        Self { cpu: self.cpu.saturating_mul(factor), memory: self.memory.saturating_mul(factor) }
    }

    /// What is left of it without `other`.
    #[must_use]
    fn less(self, other: Self) -> Self {
        Self { cpu: self.cpu.saturating_sub(other.cpu), memory: self.memory.saturating_sub(other.memory) }
    }

    /// How often it fits in `room`, one beside the other.
    fn times_in(self, room: Self) -> u32 {
        let times = |each: i64, room: i64| match room.checked_div(each) {
            _ if each > room => 0,
            Some(times) if each > 0 => u32::try_from(times).unwrap_or(u32::MAX),
            _ => u32::MAX,
        };
        times(self.cpu, room.cpu).min(times(self.memory, room.memory))
    }

    /// True where both are at most those of `room`.
    pub fn fits_in(self, room: Self) -> bool {
        self.cpu <= room.cpu && self.memory <= room.memory
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::plus)
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}m CPU and {} MiB", self.cpu, self.memory)
    }
}

/// Pods of one workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Pods {
    /// What they belong to: `Deployment/web`.
    pub what: String,
    /// What one pod requests.
    pub request: Amount,
    /// How many there are at least.
    pub low: u32,
    /// How many there are at most.
    pub high: u32,
    /// One for each node.
    pub on_every_node: bool,
    /// One more while it is rolled out.
    pub surge: u32,
    /// Where a container is that requests neither CPU nor memory, so that what it needs is not known.
    pub silent: Option<Span>,
    /// Where it is decided what they request.
    pub at: Span,
}

/// What one node of a size leaves for workloads, after the system and the agents that run on every node.
///
/// DOKS: the kubelet keeps 100m CPU, the `DaemonSet`s of the provider request 402m; what is left of memory is what the
/// provider's documentation names (2025-12-05), which has the `DaemonSet`s taken off already. Other providers: the share
/// of the node that GKE and EKS document as reserved.
pub fn free(machine: &Machine, high_availability: bool) -> Option<Amount> {
    if machine.provider() == "digitalocean" {
        let memory = DOKS_MEMORY.iter().find(|(memory, _)| close(*memory, machine.memory));
        let memory = memory.map(|(_, usable)| *usable)?;
        let agents = if high_availability { 502 } else { 402 };
        return Some(Amount { cpu: i64::from(machine.vcpu) * 1000 - 100 - agents, memory });
    }
    let cores = i64::from(machine.vcpu);
    let reserved =
        [60, 10, 5, 5].iter().take(machine.vcpu as usize).sum::<i64>() + (cores - 4).max(0) * 5 / 2;
    let steps = [(4.0, 0.25), (4.0, 0.20), (8.0, 0.10), (112.0, 0.06)];
    let mut rest = machine.memory;
    let mut kept = 0.1;
    for (size, share) in steps {
        let part = rest.clamp(0.0, size);
        kept += part * share;
        rest -= part;
    }
    kept += rest.max(0.0) * 0.02;
    #[expect(clippy::cast_possible_truncation, reason = "memory of machines stays far below the limit")]
    let memory = ((machine.memory - kept) * 1024.0) as i64;
    Some(Amount { cpu: cores * 1000 - reserved, memory })
}

/// Memory of a DOKS node in GiB, and what of it is left in MiB.
const DOKS_MEMORY: [(f64, i64); 12] = [
    (2.0, 1024),
    (3.0, 1700),
    (4.0, 2560),
    (8.0, 6144),
    (16.0, 13312),
    (32.0, 28672),
    (48.0, 44032),
    (64.0, 59392),
    (96.0, 90624),
    (128.0, 122_368),
    (160.0, 154_624),
    (192.0, 186_368),
];

/// What runs once in a DOKS cluster beside the workloads: `CoreDNS` twice and the network operator.
const DOKS_SYSTEM: Amount = Amount { cpu: 300, memory: 430 };

/// Pods that a node takes.
const PODS: u32 = 110;
/// Pods of the system on a node.
const SYSTEM_PODS: u32 = 10;

fn close(one: f64, two: f64) -> bool {
    (one - two).abs() < 0.01
}

/// What a fit comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Fit {
    /// There is room.
    Fits,
    /// The sums fit; how the pods are spread decides, or a rollout has no room.
    MayNotFit(&'static str),
    /// Together they ask for more than is free.
    CannotFit,
    /// The size of a node is not known.
    Unknown,
}

/// The capacity of a cluster, and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// What all nodes together leave for workloads, at their largest number.
    pub free: Amount,
    /// What one node leaves at most.
    pub largest_node: Amount,
    /// What all workloads request at their smallest number.
    pub asked: Amount,
    /// What they request at their largest number.
    pub asked_at_most: Amount,
    /// Pods that fit on no node.
    pub too_large: Vec<Pods>,
    /// Workloads of which something requests nothing.
    pub incomplete: Vec<Pods>,
    /// The verdict at the smallest number of pods.
    pub fit: Fit,
    /// Whether the largest number of pods fits.
    pub fits_at_most: bool,
}

/// Weighs pods against nodes.
pub fn weigh(pools: &[Pool], high_availability: bool, pods: &[Pods]) -> Capacity {
    let mut nodes: Vec<Amount> = Vec::new();
    let mut known = !pools.is_empty();
    for pool in pools {
        match book::machine(&pool.size).and_then(|machine| free(machine, high_availability)) {
            Some(free) => nodes.extend(std::iter::repeat_n(free, pool.high.min(1_000) as usize)),
            None => known = false,
        }
    }
    let doks = pools.iter().any(|pool| pool.size.starts_with("digitalocean/"));
    weigh_nodes(&nodes, known, if doks { DOKS_SYSTEM } else { Amount::default() }, pods)
}

fn weigh_nodes(nodes: &[Amount], known: bool, system: Amount, pods: &[Pods]) -> Capacity {
    let count = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
    let number = |pods: &Pods, of: u32| if pods.on_every_node { count } else { of };
    let sum = |of: fn(&Pods) -> u32| -> Amount {
        pods.iter().map(|pods| pods.request.times(number(pods, of(pods)))).sum()
    };
    let all: Amount = nodes.iter().copied().sum();
    let free = Amount { cpu: (all.cpu - system.cpu).max(0), memory: (all.memory - system.memory).max(0) };
    let largest_node = Amount {
        cpu: nodes.iter().map(|node| node.cpu).max().unwrap_or(0),
        memory: nodes.iter().map(|node| node.memory).max().unwrap_or(0),
    };
    let asked = sum(|pods| pods.low);
    let asked_at_most = sum(|pods| pods.high);
    let fits_somewhere = |pods: &Pods| nodes.iter().any(|node| pods.request.fits_in(*node));
    let too_large: Vec<Pods> =
        pods.iter().filter(|pods| known && pods.low > 0 && !fits_somewhere(pods)).cloned().collect();
    let incomplete: Vec<Pods> = pods.iter().filter(|pods| pods.silent.is_some()).cloned().collect();
    let fit = if !known {
        Fit::Unknown
    } else if !too_large.is_empty() || !asked.fits_in(free) {
        Fit::CannotFit
    } else if !Asked::new(system, pods, |pods| pods.low).placed(nodes) {
        Fit::MayNotFit("the sums fit, but no way was found to spread the pods over the nodes")
    } else if !Asked::new(system, pods, |pods| pods.low + pods.surge).placed(nodes) {
        Fit::MayNotFit("a rollout needs room for further pods, and there is none")
    } else {
        Fit::Fits
    };
    let fits_at_most = known && Asked::new(system, pods, |pods| pods.high).placed(nodes);
    Capacity { free, largest_node, asked, asked_at_most, too_large, incomplete, fit, fits_at_most }
}

/// What pods ask of nodes. Pods that ask the same are counted together: tenants of one chart are much alike.
struct Asked {
    /// What is asked on every node.
    everywhere: Vec<Amount>,
    /// What other pods ask and how many ask it, largest first.
    units: Vec<(Amount, u32)>,
}

impl Asked {
    fn new(system: Amount, pods: &[Pods], number: impl Fn(&Pods) -> u32) -> Self {
        let (agents, others): (Vec<&Pods>, Vec<&Pods>) = pods.iter().partition(|pods| pods.on_every_node);
        let mut units: BTreeMap<_, (Amount, u32)> = BTreeMap::new();
        let mut add = |unit: Amount, count: u32| {
            let size = unit.cpu.saturating_mul(4).saturating_add(unit.memory);
            let known = units.entry(Reverse((size, unit.cpu, unit.memory))).or_insert((unit, 0));
            known.1 = known.1.saturating_add(count);
        };
        if system != Amount::default() {
            // Three pods of a third each stand for the pods of the system.
            add(Amount { cpu: system.cpu / 3, memory: system.memory / 3 }, 3);
        }
        for workload in others {
            add(workload.request, number(workload).min(20_000));
        }
        Self {
            everywhere: agents.into_iter().map(|agent| agent.request).collect(),
            units: units.into_values().collect(),
        }
    }

    /// First fit, largest pods first.
    fn placed(&self, nodes: &[Amount]) -> bool {
        let mut room: Vec<(Amount, u32)> = nodes.iter().map(|node| (*node, PODS - SYSTEM_PODS)).collect();
        for agent in &self.everywhere {
            for (node, pods) in &mut room {
                if !agent.fits_in(*node) || *pods == 0 {
                    return false;
                }
                *node = node.less(*agent);
                *pods -= 1;
            }
        }
        let count: u64 = self.units.iter().map(|(_, count)| u64::from(*count)).sum();
        if count > room.len() as u64 * u64::from(PODS) {
            return false;
        }
        // What is too much in all needs no place looked for.
        let left: Amount = room.iter().map(|(node, _)| *node).sum();
        if !self.units.iter().map(|(unit, count)| unit.times(*count)).sum::<Amount>().fits_in(left) {
            return false;
        }
        self.units.iter().all(|(unit, count)| {
            let mut open = *count;
            for (node, pods) in &mut room {
                let here = unit.times_in(*node).min(*pods).min(open);
                *node = node.less(unit.times(here));
                *pods -= here;
                open -= here;
            }
            open == 0
        })
    }
}

/// A pool that fits, and what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The size, without its provider.
    pub size: String,
    /// How many nodes.
    pub count: u32,
    /// What they cost together, in US dollars a month.
    pub monthly: f64,
    /// Whether there is room for the further pods of a rollout.
    pub room_for_rollout: bool,
}

/// The cheapest pool of one size that takes all pods at their smallest number. Sizes of the basic plans only, and at
/// least as many nodes as are there now where `at_least` says so.
pub fn cheapest(provider: &str, high_availability: bool, pods: &[Pods], at_least: u32) -> Option<Proposal> {
    let book = Book::of(provider)?;
    let system = if provider == "digitalocean" { DOKS_SYSTEM } else { Amount::default() };
    let basic = |machine: &&Machine| provider != "digitalocean" || is_basic(machine.slug());
    let asked = Asked::new(system, pods, |pods| pods.low);
    let at_rollout = Asked::new(system, pods, |pods| pods.low + pods.surge);
    let mut best: Option<Proposal> = None;
    for machine in book.machines.iter().filter(basic) {
        let Some(room) = free(machine, high_availability) else { continue };
        if room.cpu <= 0 || room.memory <= 0 {
            continue;
        }
        if !pods.iter().all(|pods| pods.low == 0 || pods.request.fits_in(room)) {
            continue;
        }
        for nodes in at_least.max(1)..=64 {
            let monthly = machine.monthly * f64::from(nodes);
            if best.as_ref().is_some_and(|best| monthly >= best.monthly) {
                break;
            }
            let all = vec![room; nodes as usize];
            if asked.placed(&all) {
                let room_for_rollout = at_rollout.placed(&all);
                let size = machine.slug().to_owned();
                best = Some(Proposal { size, count: nodes, monthly, room_for_rollout });
                break;
            }
        }
    }
    best
}

/// Sizes of the basic plan without a brand of processor: `s-2vcpu-4gb`.
fn is_basic(slug: &str) -> bool {
    slug.starts_with("s-") && slug.split('-').count() == 3
}
