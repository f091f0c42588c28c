//! Which pods reach which, policy by policy.

use plimsoll::kubernetes::AllKnown;
use plimsoll::kubernetes::Labels;
use plimsoll::kubernetes::Object;
use plimsoll::kubernetes::Workload;
use plimsoll::kubernetes::policy::Direction;
use plimsoll::kubernetes::policy::Endpoint;
use plimsoll::kubernetes::policy::NAMESPACE_NAME;
use plimsoll::kubernetes::policy::NetworkPolicy;
use plimsoll::kubernetes::policy::passage;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Tree;

const PODS: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: one, labels: {app: one}}, spec: {containers: [{name: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: two, labels: {app: two}}, spec: {containers: [{name: b, ports: [{containerPort: 80, name: http}, {containerPort: 53, protocol: UDP}]}]}}
";

/// The port at which the pod `one` in the namespace `a` reaches the pod `two` in the namespace `b`, with these
/// specifications of policies: those of `a`, those of `b`.
fn reached(of_one: &[&str], of_two: &[&str]) -> Option<i64> {
    let policy = |namespace: &'static str| {
        move |spec: &&str| {
            format!(
                "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: p, namespace: {namespace}}}, spec: {spec}}}\n"
            )
        }
    };
    let policies = of_one.iter().map(policy("a")).chain(of_two.iter().map(policy("b")));
    let text: String = std::iter::once(PODS.to_owned()).chain(policies).collect();
    let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
    let source = sources.read(std::path::Path::new("a.yaml")).unwrap();
    let tree = Tree::parse(&source, Dialect::Helm);
    assert!(tree.problems().is_empty(), "{:?}", tree.problems());
    let objects = Object::all(&tree, &AllKnown);
    let side = |index: usize, namespace: &'static str, direction: Direction| {
        let workload = Workload::of(&objects[index]).unwrap();
        // Of the namespace only the name is known.
        let labels = Labels::unknown().with(NAMESPACE_NAME, namespace);
        let endpoint = Endpoint::of(workload, namespace, labels).unwrap();
        let here = objects
            .iter()
            .filter(|object| object.namespace.as_ref().is_some_and(|own| own.value == namespace));
        let policies: Vec<_> = here.filter_map(NetworkPolicy::of).collect();
        let side = endpoint.side(direction, &policies, true);
        (endpoint, side)
    };
    let (one, out) = side(0, "a", Direction::Egress);
    let (two, into) = side(1, "b", Direction::Ingress);
    passage((&one, &out), (&two, &into)).map(|passage| passage.port.unwrap_or(0))
}

/// What it shows, the policies of either side, and the port that is reached.
type Case<'c> = (&'c str, &'c [&'c str], &'c [&'c str], Option<i64>);

#[test]
fn traffic_passes_where_one_may_send_and_the_other_receive() {
    let deny = "{podSelector: {}, policyTypes: [Ingress, Egress]}";
    let from = |peer: &str| format!("{{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}");
    let to = |rule: &str| format!("{{podSelector: {{}}, policyTypes: [Egress], egress: [{rule}]}}");
    let named = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: a}}}";
    let cases: &[Case<'_>] = &[
        ("no policy at all", &[], &[], Some(80)),
        ("nothing comes in", &[], &[deny], None),
        ("nothing goes out", &[deny], &[], None),
        ("a policy for other pods", &[], &["{podSelector: {matchLabels: {app: x}}}"], Some(80)),
        ("a policy for egress alone", &[], &["{podSelector: {}, policyTypes: [Egress]}"], Some(80)),
        (
            "egress rules make it one for egress",
            &["{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}"],
            &[],
            None,
        ),
        ("an empty list of egress rules does not", &["{podSelector: {}, egress: []}"], &[], Some(80)),
        ("a rule without peers lets everybody in", &[], &["{podSelector: {}, ingress: [{}]}"], Some(80)),
        ("pods of the own namespace", &[], &[&from("{podSelector: {}}")], None),
        ("every namespace", &[], &[&from("{namespaceSelector: {}}")], Some(80)),
        ("the namespace by its name", &[], &[&from(named)], Some(80)),
        (
            "another namespace by its name",
            &[],
            &[&from("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: traefik}}}")],
            None,
        ),
        (
            "a label that the namespace may have",
            &[],
            &[&from("{namespaceSelector: {matchLabels: {team: x}}}")],
            None,
        ),
        (
            "all namespaces but one",
            &[],
            &[&from(
                "{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [c]}]}}",
            )],
            Some(80),
        ),
        (
            "namespace and pods",
            &[],
            &[&from("{namespaceSelector: {}, podSelector: {matchLabels: {app: one}}}")],
            Some(80),
        ),
        (
            "namespace and other pods",
            &[],
            &[&from("{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}")],
            None,
        ),
        ("addresses that may hold pods", &[], &[&from("{ipBlock: {cidr: 0.0.0.0/0}}")], None),
        ("rules of several policies add up", &[], &[deny, &from(named)], Some(80)),
        ("a port that is open", &[&to("{ports: [{port: 80}]}")], &[], Some(80)),
        ("a port by its name", &[&to("{ports: [{port: http}]}")], &[], Some(80)),
        ("a range of ports", &[&to("{ports: [{port: 50, endPort: 60, protocol: UDP}]}")], &[], Some(53)),
        ("a port of another protocol", &[&to("{ports: [{port: 53}]}")], &[], None),
        ("every port of a protocol", &[&to("{ports: [{protocol: UDP}]}")], &[], Some(53)),
        (
            "out at one port, in at another",
            &[&to("{ports: [{port: 80}]}")],
            &["{podSelector: {}, ingress: [{ports: [{port: 53, protocol: UDP}]}]}"],
            None,
        ),
        (
            "out and in at the same port",
            &[&to("{ports: [{port: 53, protocol: UDP}]}")],
            &["{podSelector: {}, ingress: [{ports: [{port: 53, protocol: UDP}]}]}"],
            Some(53),
        ),
    ];
    for (what, of_one, of_two, expected) in cases {
        assert_eq!(reached(of_one, of_two), *expected, "{what}");
    }
}
