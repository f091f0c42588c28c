//! What environments cost, and whether clusters carry what they run.

use plimsoll::cost::Amount;
use plimsoll::cost::Book;
use plimsoll::cost::Demand;
use plimsoll::cost::Fit;
use plimsoll::cost::Pods;
use plimsoll::cost::Pool;
use plimsoll::cost::cheapest;
use plimsoll::cost::machine;
use plimsoll::cost::of_reading;
use plimsoll::cost::total;
use plimsoll::cost::weigh;
use plimsoll::kubernetes::AllKnown;
use plimsoll::kubernetes::Object;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Tree;

use crate::pulumi_support::Case;

/// A Go program of resources, read for the stack `production`.
fn program(resources: &str) -> plimsoll::cost::Estimate {
    let text = format!(
        "package main\n\nimport (\n\tdo \"github.com/pulumi/pulumi-digitalocean/sdk/v4/go/digitalocean\"\n\t\"github.com/pulumi/pulumi/sdk/v3/go/pulumi\"\n\t\"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config\"\n)\n\nfunc main() {{\n\tpulumi.Run(func(ctx *pulumi.Context) error {{\n\t\tcfg := config.New(ctx, \"\")\n\t\t_ = cfg\n{resources}\n\t\treturn nil\n\t}})\n}}\n"
    );
    let case = Case::new("name: infra\nruntime: go\n").file("main.go", &text);
    of_reading(&case.read("production", "config:\n  infra:nodes: \"3\"\n").reading)
}

fn lines(estimate: &plimsoll::cost::Estimate) -> Vec<String> {
    let items = estimate.items.iter().map(|item| format!("{} {}", item.monthly, item.what));
    let unknown = estimate.unknown.iter().map(|unknown| format!("? {}: {}", unknown.what, unknown.why.why));
    items.chain(unknown).collect()
}

const CLUSTER: &str = r#"do.NewKubernetesCluster(ctx, "main", &do.KubernetesClusterArgs{
	Version: pulumi.String("1.34.1-do.0"),
	NodePool: &do.KubernetesClusterNodePoolArgs{Size: pulumi.String("s-1vcpu-2gb"), NodeCount: pulumi.Int(cfg.RequireInt("nodes"))},
})"#;

#[test]
fn three_nodes_a_load_balancer_and_a_registry_cost_fifty_three_dollars() {
    let rest = "do.NewLoadBalancer(ctx, \"edge\", &do.LoadBalancerArgs{})\ndo.NewContainerRegistry(ctx, \"images\", &do.ContainerRegistryArgs{SubscriptionTierSlug: pulumi.String(\"basic\")})";
    let estimate = program(&format!("{CLUSTER}\n{rest}"));
    assert_eq!(
        lines(&estimate),
        [
            "$0 control plane of `main`",
            "$36 3 × s-1vcpu-2gb",
            "$12 load balancer `edge`",
            "$5 container registry, basic",
        ]
    );
    assert_eq!(estimate.monthly().to_string(), "$53");
    // The registry belongs to the account: two environments pay it once.
    assert_eq!(total([&estimate, &estimate]).to_string(), "$101");
}

#[test]
fn every_kind_of_resource_has_its_price_or_a_reason() {
    let pool = |fields: &str| {
        format!(
            "do.NewKubernetesNodePool(ctx, \"p\", &do.KubernetesNodePoolArgs{{Size: pulumi.String(\"s-2vcpu-4gb\"), {fields}}})"
        )
    };
    let cases: &[(&str, &str)] = &[
        (&pool("NodeCount: pulumi.Int(2)"), "$48 2 × s-2vcpu-4gb"),
        (
            &pool("AutoScale: pulumi.Bool(true), MinNodes: pulumi.Int(1), MaxNodes: pulumi.Int(4)"),
            "$24–$96 1–4 × s-2vcpu-4gb",
        ),
        // Bounds without the switch do nothing.
        (
            &pool("NodeCount: pulumi.Int(2), MinNodes: pulumi.Int(1), MaxNodes: pulumi.Int(9)"),
            "$48 2 × s-2vcpu-4gb",
        ),
        (
            &pool("AutoScale: pulumi.Bool(true), MinNodes: pulumi.Int(1)"),
            "? number of nodes: `maxNodes` is not given",
        ),
        (
            &pool("NodeCount: pulumi.Int(cfg.RequireInt(\"absent\"))"),
            "? number of nodes of `p`: `infra:absent` is not set for stack `production`",
        ),
        (
            r#"do.NewDroplet(ctx, "d", &do.DropletArgs{Size: pulumi.String("s-1vcpu-2g")})"#,
            "? `d`: the price book of digitalocean has no size `s-1vcpu-2g`",
        ),
        (
            r#"do.NewDroplet(ctx, "d", &do.DropletArgs{Size: pulumi.String("S-1VCPU-2GB")})"#,
            "$12 Droplet `d` s-1vcpu-2gb",
        ),
        (
            r#"do.NewDroplet(ctx, "d", &do.DropletArgs{Size: pulumi.String("s-1vcpu-2gb"), Backups: pulumi.Bool(true)})"#,
            "$12 Droplet `d` s-1vcpu-2gb; $2.40 backups of `d`",
        ),
        (
            r#"do.NewLoadBalancer(ctx, "l", &do.LoadBalancerArgs{SizeUnit: pulumi.Int(2)})"#,
            "$24 load balancer `l`",
        ),
        (
            r#"do.NewLoadBalancer(ctx, "l", &do.LoadBalancerArgs{Type: pulumi.String("REGIONAL_NETWORK")})"#,
            "$15 load balancer `l`",
        ),
        (r#"do.NewVolume(ctx, "v", &do.VolumeArgs{Size: pulumi.Int(55)})"#, "$5.50 volume `v`, 55 GiB"),
        (
            r#"do.NewDatabaseCluster(ctx, "db", &do.DatabaseClusterArgs{Size: do.DatabaseSlug_DB_1VPCU2GB, NodeCount: pulumi.Int(2)})"#,
            "$60 database `db`, 2 × db-s-1vcpu-2gb",
        ),
        (r#"do.NewReservedIp(ctx, "ip", &do.ReservedIpArgs{})"#, "$0–$5 reserved IP `ip`"),
        (
            r#"do.NewKubernetesCluster(ctx, "k", &do.KubernetesClusterArgs{Version: pulumi.String("1.36.0-do.0"), NodePool: do.KubernetesClusterNodePoolArgs{Size: pulumi.String("s-1vcpu-2gb"), NodeCount: pulumi.Int(1)}})"#,
            "$40 control plane of `k`, highly available by default from Kubernetes 1.36; $12 1 × s-1vcpu-2gb",
        ),
        (
            r#"do.NewKubernetesCluster(ctx, "k", &do.KubernetesClusterArgs{Ha: pulumi.Bool(false), NodePool: do.KubernetesClusterNodePoolArgs{Size: pulumi.String("s-1vcpu-2gb"), NodeCount: pulumi.Int(1)}})"#,
            "$0 control plane of `k`; $12 1 × s-1vcpu-2gb",
        ),
    ];
    for (resources, expected) in cases {
        assert_eq!(lines(&program(resources)).join("; "), *expected, "{resources}");
    }
}

#[test]
fn what_may_not_be_made_costs_nothing_at_least() {
    let estimate = program(
        "if time.Now().Hour() > 3 {\n\tdo.NewVolume(ctx, \"v\", &do.VolumeArgs{Size: pulumi.Int(10)})\n}",
    );
    assert_eq!(lines(&estimate), ["$0–$1 volume `v`, 10 GiB"]);
}

#[test]
fn every_row_of_the_price_books_is_complete() {
    for (provider, machines, products) in [
        ("digitalocean", 182, 21),
        ("aws", 71, 8),
        ("gcp", 6, 4),
        ("azure", 32, 4),
        ("hetzner", 4, 1),
        ("linode", 8, 0),
        ("vultr", 6, 0),
    ] {
        let book = Book::of(provider).unwrap();
        assert_eq!(book.provider, provider);
        assert_eq!((book.machines.len(), book.products.len()), (machines, products), "{provider}");
        for machine in &book.machines {
            assert!(machine.monthly > 0.0 && machine.vcpu > 0 && machine.memory > 0.0, "{machine:?}");
        }
    }
    let small = machine("digitalocean/s-1vcpu-2gb").unwrap();
    assert_eq!(
        (small.vcpu, small.memory, small.disk, small.transfer, small.monthly),
        (1, 2.0, 50.0, Some(2.0), 12.0)
    );
    assert_eq!(small.source.date.to_string(), "2026-08-21");
    assert_eq!(machine("s-2vcpu-4gb").map(plimsoll::cost::Machine::provider), Some("digitalocean"));
    assert_eq!(machine("digitalocean/t3.small"), None);
}

fn pods(cpu: i64, memory: i64, low: u32, surge: u32) -> Pods {
    let sources = SourceMap::new(Files::memory([("a", "a")]));
    let source = sources.read(std::path::Path::new("a")).unwrap();
    let at = Span::new(source.id, 0, 1);
    let request = Amount { cpu, memory };
    Pods { what: "x".into(), request, low, high: low, on_every_node: false, surge, silent: None, at }
}

fn nodes(size: &str, count: u32) -> Pool {
    let at = pods(0, 0, 0, 0).at;
    Pool { size: format!("digitalocean/{size}"), low: count, high: count, at, size_at: at }
}

#[test]
fn nodes_leave_what_the_system_does_not_take() {
    for (size, count, cpu, memory) in [
        ("s-1vcpu-2gb", 3, 1194, 2642),
        ("s-2vcpu-4gb", 1, 1198, 2130),
        ("s-1vcpu-2gb", 2, 696, 1618),
        ("s-2vcpu-4gb", 2, 2696, 4690),
        ("s-2vcpu-4gb", 4, 5692, 9810),
    ] {
        let capacity = weigh(&[nodes(size, count)], false, &[]);
        assert_eq!(capacity.free, Amount { cpu, memory }, "{count} × {size}");
    }
}

#[test]
fn pods_fit_may_not_fit_or_cannot_fit() {
    let three = [nodes("s-1vcpu-2gb", 3)];
    let fit = |pods: &[Pods]| weigh(&three, false, pods).fit;
    assert_eq!(fit(&[pods(100, 128, 4, 1)]), Fit::Fits);
    // The sums are too large: 2,550m on 1,194m.
    assert_eq!(fit(&[pods(255, 324, 10, 0)]), Fit::CannotFit);
    // A single pod is larger than any node.
    let large = weigh(&three, false, &[pods(500, 10, 1, 0)]);
    assert_eq!((large.fit, large.too_large.len()), (Fit::CannotFit, 1));
    // 1,040m of 1,194m, but two of 260m do not go on one node.
    assert_eq!(
        fit(&[pods(260, 10, 4, 0)]),
        Fit::MayNotFit("the sums fit, but no way was found to spread the pods over the nodes")
    );
    assert!(matches!(fit(&[pods(190, 10, 6, 1)]), Fit::MayNotFit(_)));
    assert_eq!(weigh(&[], false, &[pods(1, 1, 1, 0)]).fit, Fit::Unknown);
}

#[test]
fn the_cheapest_pool_that_fits_is_proposed() {
    let asked = [pods(255, 324, 10, 0)];
    let proposal = cheapest("digitalocean", false, &asked, 1).unwrap();
    assert_eq!((proposal.size.as_str(), proposal.count, proposal.monthly), ("s-2vcpu-4gb", 2, 48.0));
    assert_eq!(cheapest("digitalocean", false, &[pods(1_000_000, 1, 1, 0)], 1), None);
}

#[test]
fn objects_ask_for_load_balancers_volumes_and_room() {
    let text = "
apiVersion: v1
kind: Service
metadata: {name: edge, annotations: {service.beta.kubernetes.io/do-loadbalancer-size-unit: '2'}}
spec: {type: LoadBalancer}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  template: {spec: {containers: [{name: db, resources: {limits: {cpu: 250m, memory: 512Mi}}}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 20Gi}}}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec: {replicas: 9, template: {spec: {initContainers: [{name: i, resources: {requests: {cpu: '1'}}}], containers: [{name: a, resources: {requests: {cpu: 0.1, memory: 64Mi}}}, {name: b}]}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec: {minReplicas: 2, maxReplicas: 6, scaleTargetRef: {kind: Deployment, name: api}}
---
apiVersion: v1
kind: Pod
metadata: {name: t, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: a}]}
";
    let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
    let source = sources.read(std::path::Path::new("a.yaml")).unwrap();
    let tree = Tree::parse(&source, Dialect::Helm);
    let demand = Demand::of_objects(&Object::all(&tree, &AllKnown), &|span| span);
    let estimate = demand.estimate("digitalocean");
    assert_eq!(
        lines(&estimate),
        ["$24 load balancer of Service/edge", "$4 volume of StatefulSet/db data, 2 × 20 GiB"]
    );
    let rows: Vec<_> = demand
        .pods
        .iter()
        .map(|pods| {
            (
                pods.what.as_str(),
                pods.request.cpu,
                pods.request.memory,
                pods.low,
                pods.high,
                pods.surge,
                pods.silent.is_none(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [("StatefulSet/db", 250, 512, 2, 2, 0, true), ("Deployment/api", 1000, 64, 2, 6, 1, false)]
    );
    assert_eq!(sources.slice(demand.pods[0].at), "250m");
}

#[test]
fn nodes_of_unknown_number_are_never_taken_for_none() {
    let pool = r#"do.NewKubernetesNodePool(ctx, "p", &do.KubernetesNodePoolArgs{Size: pulumi.String("s-2vcpu-4gb"), AutoScale: pulumi.Bool(true)})"#;
    assert!(!program(CLUSTER).more_nodes);
    assert!(program(&format!("{CLUSTER}\n{pool}")).more_nodes);
}

#[test]
fn a_limit_range_speaks_for_containers_that_say_nothing() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a}, {name: b, resources: {requests: {cpu: 1}}}]}\n";
    let range = "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: r}\nspec: {limits: [{type: Container, defaultRequest: {cpu: 50m}, default: {memory: 64Mi}}]}\n";
    let asked = |text: String| {
        let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
        let source = sources.read(std::path::Path::new("a.yaml")).unwrap();
        let tree = Tree::parse(&source, Dialect::Helm);
        let pods = Demand::of_objects(&Object::all(&tree, &AllKnown), &|span| span).pods;
        (pods[0].request, pods[0].silent.map(|at| sources.slice(at)))
    };
    assert_eq!(asked(pod.to_owned()), (Amount { cpu: 1000, memory: 0 }, Some("a".to_owned())));
    assert_eq!(asked(format!("{pod}{range}")), (Amount { cpu: 1050, memory: 128 }, None));
}

#[test]
fn a_disk_costs_what_its_type_costs() {
    let read = |kind: &str| {
        let program = format!(
            "name: infra\nruntime: yaml\nresources:\n  data:\n    type: gcp:compute:Disk\n    properties: {{size: 50{kind}}}\n  logs:\n    type: aws:ebs:Volume\n    properties: {{size: 50{}}}\n",
            kind.replace("pd-ssd", "gp3").replace("pd-extreme", "io2")
        );
        let case = Case::new(&program);
        lines(&of_reading(&case.read("production", "config: {}\n").reading))
    };
    assert_eq!(read(""), ["$2 disk `data`, 50 GiB", "$5 volume `logs`, 50 GiB"]);
    assert_eq!(read(", type: pd-ssd"), ["$8.50 disk `data`, 50 GiB", "$4 volume `logs`, 50 GiB"]);
    assert_eq!(
        read(", type: pd-extreme"),
        [
            "? disk `data`: its value is not one that has a price",
            "? disk `logs`: its value is not one that has a price"
        ]
    );
}
