//! Which workload of a cluster reaches which, as the network policies of all releases together let it.

use std::collections::BTreeMap;

use crate::kubernetes::Labels;
use crate::kubernetes::Part;
use crate::kubernetes::Workload;
use crate::kubernetes::policy::Direction;
use crate::kubernetes::policy::Endpoint;
use crate::kubernetes::policy::Gate;
use crate::kubernetes::policy::NAMESPACE_NAME;
use crate::kubernetes::policy::NetworkPolicy;
use crate::kubernetes::policy::Passage;
use crate::kubernetes::policy::Side;
use crate::kubernetes::policy::Whom;
use crate::kubernetes::policy::passage;
use crate::ladder::fleet::Fleet;
use crate::ladder::fleet::Placed;
use crate::source::Span;

/// How many senders of one sort are tried before it is taken that none of them gets through: tenants are of one chart,
/// and what sixty-four of them cannot do, the next cannot either. It keeps a thousand tenants linear.
const TRIED: usize = 64;

/// A workload on the network of its cluster.
#[derive(Clone, Debug)]
pub struct Node<'f> {
    /// The object that runs it, and its release.
    pub placed: &'f Placed<'f>,
    endpoint: Endpoint<'f, 'f>,
    into: Side<'f, 'f>,
    out: Side<'f, 'f>,
}

/// The graph: who reaches whom.
#[derive(Clone, Debug, Default)]
pub struct Reach<'f> {
    /// Everything that runs and whose namespace is known.
    pub nodes: Vec<Node<'f>>,
    policies: BTreeMap<Span, &'f Placed<'f>>,
    by_namespace: BTreeMap<&'f str, Vec<usize>>,
    /// Those that may send to every namespace.
    unbound: Vec<usize>,
    /// Those that may send to a namespace of that name.
    bound: BTreeMap<String, Vec<usize>>,
    /// Those that may send to namespaces by other labels.
    labelled: Vec<usize>,
}

impl Node<'_> {
    /// The namespace it runs in.
    pub fn namespace(&self) -> &str {
        self.endpoint.namespace
    }

    /// True where its pods declare a port.
    pub fn listens(&self) -> bool {
        self.endpoint.listens()
    }
}

impl<'f> Reach<'f> {
    /// Reads the policies of everything that is installed together.
    pub fn of(fleet: &'f Fleet<'f>) -> Self {
        let mut policies: BTreeMap<&str, Vec<NetworkPolicy<'f, 'f>>> = BTreeMap::new();
        let mut namespaces: BTreeMap<&str, Labels<'f>> = BTreeMap::new();
        // A policy whose namespace is not known may guard any.
        let mut astray = false;
        let mut reach = Self::default();
        for placed in &fleet.objects {
            if let Some(policy) = NetworkPolicy::of(&placed.object) {
                reach.policies.insert(placed.object.kind.span, placed);
                match placed.namespace() {
                    Some(namespace) => policies.entry(namespace).or_default().push(policy),
                    None => astray = true,
                }
            }
            if placed.object.is_kind("", "Namespace")
                && let Some(name) = &placed.object.name
            {
                let labels = Labels::read(placed.object.labels());
                namespaces.insert(&name.value, labels.with(NAMESPACE_NAME, &name.value));
            }
        }
        for placed in &fleet.objects {
            let Some(workload) = Workload::of(&placed.object) else { continue };
            let Some(namespace) = placed.namespace() else { continue };
            // Whoever made a namespace that nothing renders may have given it any label.
            let labels = namespaces
                .get(namespace)
                .cloned()
                .unwrap_or_else(|| Labels::unknown().with(NAMESPACE_NAME, namespace));
            let Some(endpoint) = Endpoint::of(workload, namespace, labels) else { continue };
            let here = policies.get(namespace).map(Vec::as_slice).unwrap_or_default();
            let complete = !astray && fleet.sees(namespace);
            let into = endpoint.side(Direction::Ingress, here, complete);
            let out = endpoint.side(Direction::Egress, here, complete);
            reach.push(Node { placed, endpoint, into, out });
        }
        reach
    }

    /// The object that a policy is, with its release.
    pub fn placed(&self, policy: NetworkPolicy<'_, '_>) -> Option<&'f Placed<'f>> {
        self.policies.get(&policy.object.kind.span).copied()
    }

    fn push(&mut self, node: Node<'f>) {
        let index = self.nodes.len();
        self.by_namespace.entry(node.endpoint.namespace).or_default().push(index);
        for whom in node.out.gates.iter().flat_map(|gate| gate.whom(Direction::Egress, node.namespace())) {
            let list = match whom {
                Whom::Everybody => &mut self.unbound,
                Whom::Labelled => &mut self.labelled,
                Whom::Named(names) => {
                    for name in names {
                        add(self.bound.entry(name).or_default(), index);
                    }
                    continue;
                }
            };
            add(list, index);
        }
        self.nodes.push(node);
    }

    /// How traffic gets from one node to another; `None` where it does not, or where that is not known.
    pub fn passage(&self, from: &Node<'f>, to: &Node<'f>) -> Option<Passage<'f, 'f>> {
        passage((&from.endpoint, &from.out), (&to.endpoint, &to.into))
    }

    /// The first node that listens and is behind a rule for what comes in.
    pub fn passed(&self, rule: Part<'_>) -> Option<&Node<'f>> {
        let behind = |node: &&Node<'f>| {
            let mut gates = node.into.gates.iter();
            node.listens()
                && gates.any(|gate| match gate {
                    Gate::Rule { rule: own, .. } => own.span() == rule.span(),
                    Gate::Open => false,
                })
        };
        self.nodes.iter().find(behind)
    }

    /// The first node that `wanted` lets through and that reaches `to`, and how.
    pub fn into(
        &self,
        to: &Node<'f>,
        wanted: impl Fn(&Node<'f>) -> bool,
    ) -> Option<(&Node<'f>, Passage<'f, 'f>)> {
        let first = |candidates: &mut dyn Iterator<Item = &usize>| {
            let nodes = candidates.filter_map(|index| self.nodes.get(*index)).filter(|node| wanted(node));
            nodes.take(TRIED).find_map(|from| Some((from, self.passage(from, to)?)))
        };
        for whom in to.into.gates.iter().flat_map(|gate| gate.whom(Direction::Ingress, to.namespace())) {
            let found = match whom {
                // Whoever may come in from anywhere: who of them may send here?
                Whom::Everybody => first(&mut self.unbound.iter())
                    .or_else(|| first(&mut self.bound.get(to.namespace()).into_iter().flatten()))
                    .or_else(|| first(&mut self.labelled.iter())),
                Whom::Named(names) => names
                    .iter()
                    .find_map(|name| first(&mut self.by_namespace.get(name.as_str()).into_iter().flatten())),
                Whom::Labelled => first(&mut self.by_namespace.values().flatten()),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

fn add(list: &mut Vec<usize>, index: usize) {
    if list.last() != Some(&index) {
        list.push(index);
    }
}
