//! Which pods may talk to which: network policies, as a network plugin enforces them.
//!
//! A pod that no policy selects for a direction is open in that direction; for one that is selected, the rules of all
//! policies that select it add up. Traffic passes where the sender may send and the receiver may receive, on one port.

use crate::kubernetes::Labels;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Selector;
use crate::kubernetes::Workload;

/// The label that every namespace has: its own name.
pub const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// The two ways of traffic, from the pod that a policy selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards it.
    Ingress,
    /// Away from it.
    Egress,
}

impl Direction {
    /// The keys of its rules, and of the peers of a rule.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Ingress => ("ingress", "from"),
            Self::Egress => ("egress", "to"),
        }
    }
}

/// A `NetworkPolicy`.
#[derive(Clone, Copy, Debug)]
pub struct NetworkPolicy<'o, 't> {
    /// The object.
    pub object: &'o Object<'t>,
    spec: Part<'t>,
}

/// Pods of one workload, as policies see them.
#[derive(Clone, Debug)]
pub struct Endpoint<'o, 't> {
    /// What runs them.
    pub workload: Workload<'o, 't>,
    /// The namespace they are in.
    pub namespace: &'o str,
    /// The labels of that namespace.
    pub namespace_labels: Labels<'o>,
    labels: Labels<'t>,
    ports: Vec<Port<'t>>,
}

/// A port that pods declare.
#[derive(Clone, Debug)]
struct Port<'t> {
    number: i64,
    name: Option<std::borrow::Cow<'t, str>>,
    protocol: std::borrow::Cow<'t, str>,
}

/// What lets traffic through on one side.
#[derive(Clone, Copy, Debug)]
pub enum Gate<'o, 't> {
    /// No policy selects the pods for that direction.
    Open,
    /// A rule of a policy that does.
    Rule {
        /// The policy.
        policy: NetworkPolicy<'o, 't>,
        /// The rule.
        rule: Part<'t>,
    },
}

/// Everything that may let traffic through on one side of an endpoint.
#[derive(Clone, Debug, Default)]
pub struct Side<'o, 't> {
    /// The gates. None at all: nothing is let through, as far as is known.
    pub gates: Vec<Gate<'o, 't>>,
}

/// How traffic gets from one endpoint to another.
#[derive(Clone, Copy, Debug)]
pub struct Passage<'o, 't> {
    /// What lets it out.
    pub out: Gate<'o, 't>,
    /// What lets it in.
    pub into: Gate<'o, 't>,
    /// The port it arrives at; `None` where the receiver declares none and nothing restricts them.
    pub port: Option<i64>,
}

/// Whom the peers of a rule are, as far as their namespaces say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Pods of every namespace.
    Everybody,
    /// Pods of namespaces with these names, the policy's own among them where it is meant.
    Named(Vec<String>),
    /// Pods of namespaces that are selected by other labels.
    Labelled,
}

impl<'o, 't> NetworkPolicy<'o, 't> {
    /// The policy that an object is.
    pub fn of(object: &'o Object<'t>) -> Option<Self> {
        let spec = object.is_kind("networking.k8s.io", "NetworkPolicy").then(|| object.spec()).flatten()?;
        Some(Self { object, spec })
    }

    /// Where it says which pods it selects.
    pub fn selector(self) -> Option<Part<'t>> {
        self.spec.get("podSelector")
    }

    /// Whether it speaks of a direction; `None` where that is not known.
    pub fn applies(self, direction: Direction) -> Option<bool> {
        let types = self.spec.list("policyTypes");
        if types.is_empty() {
            // The server fills in what is left out: always ingress, and egress where there are rules for it.
            return Some(direction == Direction::Ingress || !self.spec.list("egress").is_empty());
        }
        let wanted = if direction == Direction::Ingress { "Ingress" } else { "Egress" };
        let known: Option<Vec<_>> = types.into_iter().map(Part::text).collect();
        known.map(|types| types.iter().any(|kind| kind == wanted))
    }

    /// Whether it selects pods with these labels; `None` where that is not known.
    pub fn selects(self, labels: &Labels<'_>) -> Option<bool> {
        selects(self.selector(), labels)
    }

    /// Its rules for a direction.
    pub fn rules(self, direction: Direction) -> Vec<Part<'t>> {
        self.spec.list(direction.keys().0)
    }
}

/// What a selector says of labels; one that is left out selects all.
fn selects(selector: Option<Part<'_>>, labels: &Labels<'_>) -> Option<bool> {
    match selector {
        None => Some(true),
        Some(part) if part.is_unknown() => None,
        Some(part) => Selector::read(part).matches(labels),
    }
}

impl<'o, 't> Endpoint<'o, 't> {
    /// The pods of a workload; `None` for pods on the network of their node, which no policy sees.
    pub fn of(workload: Workload<'o, 't>, namespace: &'o str, namespace_labels: Labels<'o>) -> Option<Self> {
        if workload.pod.get("hostNetwork").is_some_and(|host| host.bool() != Some(false)) {
            return None;
        }
        let containers: Vec<_> = workload.main_containers().collect();
        let ports = containers.iter().flat_map(crate::kubernetes::Container::ports);
        let ports = ports.filter_map(|port| {
            let protocol = port.part.text_at("protocol").unwrap_or("TCP".into());
            Some(Port { number: port.number?, name: port.name, protocol })
        });
        let ports = ports.collect();
        Some(Self { labels: workload.labels(), workload, namespace, namespace_labels, ports })
    }

    /// True where its pods declare a port.
    pub fn listens(&self) -> bool {
        !self.ports.is_empty()
    }

    /// What lets traffic through on one side. `policies` are those of its namespace; `complete` says that there are no
    /// others.
    pub fn side(
        &self,
        direction: Direction,
        policies: &[NetworkPolicy<'o, 't>],
        complete: bool,
    ) -> Side<'o, 't> {
        let mut gates = Vec::new();
        let (mut selected, mut unsure) = (false, !complete);
        for policy in policies {
            let applies = policy
                .applies(direction)
                .and_then(|applies| if applies { policy.selects(&self.labels) } else { Some(false) });
            match applies {
                Some(true) => {
                    selected = true;
                    let rules = policy.rules(direction).into_iter();
                    gates.extend(rules.map(|rule| Gate::Rule { policy: *policy, rule }));
                }
                Some(false) => {}
                None => unsure = true,
            }
        }
        // What is not selected is open, but only where nothing can select it that was not seen.
        if !selected && !unsure {
            gates.push(Gate::Open);
        }
        Side { gates }
    }
}

impl Gate<'_, '_> {
    /// True where it lets traffic through from or to `other` for sure. `own` is the namespace of the pods it guards.
    fn admits(&self, direction: Direction, own: &str, other: &Endpoint<'_, '_>) -> bool {
        let Self::Rule { rule, .. } = self else { return true };
        let peers = rule.list(direction.keys().1);
        if peers.is_empty() {
            // A list that is there and not known is no list that is left out.
            return rule.get(direction.keys().1).is_none_or(|peers| !peers.is_unknown());
        }
        peers.into_iter().any(|peer| {
            let (namespaces, pods) = (peer.get("namespaceSelector"), peer.get("podSelector"));
            // Whether a block of addresses holds pods depends on the network plugin.
            if peer.get("ipBlock").is_some() || namespaces.or(pods).is_none() {
                return false;
            }
            let namespace = match namespaces {
                None => Some(own == other.namespace),
                some => selects(some, &other.namespace_labels),
            };
            namespace == Some(true) && selects(pods, &other.labels) == Some(true)
        })
    }

    /// Whom it is for.
    pub fn whom(&self, direction: Direction, own: &str) -> Vec<Whom> {
        let Self::Rule { rule, .. } = self else { return vec![Whom::Everybody] };
        let peers = rule.list(direction.keys().1);
        if peers.is_empty() {
            return vec![Whom::Everybody];
        }
        let peers = peers.into_iter().filter(|peer| peer.get("ipBlock").is_none());
        let whom = peers.map(|peer| match peer.get("namespaceSelector") {
            None => Whom::Named(vec![own.to_owned()]),
            Some(part) => {
                let selector = Selector::read(part);
                match selector.values_of(NAMESPACE_NAME) {
                    Some(names) => Whom::Named(names),
                    None if selector.is_empty() => Whom::Everybody,
                    None => Whom::Labelled,
                }
            }
        });
        whom.collect()
    }

    /// True where it opens that port of the receiver for sure; `None` stands for any port.
    fn opens(&self, port: Option<&Port<'_>>) -> bool {
        let Self::Rule { rule, .. } = self else { return true };
        let open = rule.list("ports");
        if open.is_empty() {
            return rule.get("ports").is_none_or(|ports| !ports.is_unknown());
        }
        let Some(port) = port else { return false };
        open.into_iter().any(|one| {
            let protocol = one.get("protocol").map_or(Some("TCP".into()), Part::text);
            let Some(number) = one.get("port") else { return protocol.as_deref() == Some(&*port.protocol) };
            let fits = match number.int() {
                Some(first) => {
                    let last = one.get("endPort").map_or(Some(first), Part::int);
                    last.is_some_and(|last| (first..=last).contains(&port.number))
                }
                None => number.text().is_some_and(|name| port.name.as_deref() == Some(&*name)),
            };
            fits && protocol.as_deref() == Some(&*port.protocol)
        })
    }
}

/// How traffic gets from one endpoint to another; `None` where it does not, or where that is not known.
pub fn passage<'o, 't>(
    from: (&Endpoint<'o, 't>, &Side<'o, 't>),
    to: (&Endpoint<'o, 't>, &Side<'o, 't>),
) -> Option<Passage<'o, 't>> {
    let ((sender, out), (receiver, into)) = (from, to);
    let outward: Vec<_> =
        out.gates.iter().filter(|gate| gate.admits(Direction::Egress, sender.namespace, receiver)).collect();
    let inward: Vec<_> = into
        .gates
        .iter()
        .filter(|gate| gate.admits(Direction::Ingress, receiver.namespace, sender))
        .collect();
    for out in &outward {
        for into in &inward {
            let ports = receiver.ports.iter().map(Some);
            let any = receiver.ports.is_empty().then_some(None);
            let mut ports = ports.chain(any);
            if let Some(port) = ports.find(|port| out.opens(*port) && into.opens(*port)) {
                return Some(Passage { out: **out, into: **into, port: port.map(|port| port.number) });
            }
        }
    }
    None
}
