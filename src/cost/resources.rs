//! What the resources of a Pulumi program cost.

use crate::cost::Book;
use crate::cost::Estimate;
use crate::cost::Interval;
use crate::cost::Item;
use crate::cost::Pool;
use crate::cost::UnknownCost;
use crate::cost::estimate::Unpriced;
use crate::pulumi::Reading;
use crate::pulumi::Resource;
use crate::pulumi::Value;
use crate::source::Span;
use crate::source::Unknown;

/// Resources that bring nodes to a cluster.
const NODE_POOLS: [&str; 2] =
    ["digitalocean:index:KubernetesCluster", "digitalocean:index:KubernetesNodePool"];

/// What a program would cost.
pub fn of_reading(reading: &Reading) -> Estimate {
    let mut estimate = Estimate::default();
    for resource in reading.resources.iter().filter(|resource| !resource.existing) {
        let mut one = Estimate::default();
        price(resource, &mut one);
        let pools = NODE_POOLS.contains(&resource.token.as_str());
        one.more_nodes |= pools && one.pools.is_empty();
        if resource.condition.is_some() {
            // It may not be there at all.
            for item in &mut one.items {
                item.monthly = item.monthly.or_nothing();
            }
            for pool in &mut one.pools {
                pool.low = 0;
            }
            one.high_availability = false;
        }
        estimate.append(one);
    }
    for note in &reading.notes {
        let at = note.span;
        estimate.unknown("resources of the program", note.why.clone(), at);
    }
    estimate
}

fn price(resource: &Resource, estimate: &mut Estimate) {
    let mut parts = resource.token.split(':');
    let (package, module, name) = (parts.next(), parts.next(), parts.next());
    match (package.unwrap_or_default(), module.unwrap_or_default(), name.unwrap_or_default()) {
        ("digitalocean", _, name) => digitalocean(name, resource, estimate),
        ("aws", module, name) => aws(module, name, resource, estimate),
        ("gcp", module, name) => gcp(module, name, resource, estimate),
        ("azure-native" | "azure", _, name) => azure(name, resource, estimate),
        ("hcloud", _, name) => hetzner(name, resource, estimate),
        ("linode", _, name) => simple_machine("linode", name == "Instance", "type", resource, estimate),
        ("vultr", _, name) => simple_machine("vultr", name == "Instance", "plan", resource, estimate),
        ("eks", _, "Cluster") => {
            if let Some(book) = Book::of("aws") {
                let what = "EKS control plane".to_owned();
                estimate.product(book, "control-plane", what, 1.0, Some(resource.span));
                let why = "its nodes are made by the component";
                estimate.unknown(format!("nodes of {}", title(resource)), why, Some(resource.span));
                estimate.more_nodes = true;
            }
        }
        _ => {}
    }
}

fn title(resource: &Resource) -> String {
    resource.name.text().map_or_else(|| resource.token.clone(), |name| format!("`{name}`"))
}

fn digitalocean(name: &str, resource: &Resource, estimate: &mut Estimate) {
    let Some(book) = Book::of("digitalocean") else { return };
    let at = Some(resource.span);
    match name {
        "KubernetesCluster" => {
            control_plane(book, resource, estimate);
            match resource.properties.get("nodePool") {
                Some(pool) if pool.map().is_some() => {
                    node_pool(book, |key| pool.get(key), resource, estimate);
                }
                Some(pool) => unknown_value("node pool", pool, resource, estimate),
                None => unknown_argument("node pool", "nodePool", resource, estimate),
            }
        }
        "KubernetesNodePool" => node_pool(book, |key| resource.properties.get(key), resource, estimate),
        "Droplet" => {
            let Some((machine, _)) = sized(book, "size", resource, estimate) else { return };
            let (monthly, slug, source) = (machine.monthly, machine.slug(), machine.source.clone());
            estimate.items.push(Item {
                what: format!("Droplet {} {slug}", title(resource)),
                monthly: Interval::exactly(monthly),
                at: resource.properties.get("size").map(|size| size.span),
                account: None,
                source: Some(source),
            });
            if resource.properties.get("backups").and_then(Value::bool) == Some(true) {
                let daily = resource.get("backupPolicy.plan").and_then(Value::text) == Some("daily");
                let product = if daily { "backup-daily" } else { "backup-weekly" };
                let what = format!("backups of {}", title(resource));
                estimate.product(book, product, what, monthly, at);
            }
        }
        "LoadBalancer" => {
            let nodes = resource.properties.get("sizeUnit").map_or(Some(1), Value::int);
            let legacy = resource.properties.get("size").and_then(Value::text);
            let kind = resource.properties.get("type").and_then(Value::text).unwrap_or("REGIONAL");
            let what = format!("load balancer {}", title(resource));
            match (legacy, nodes) {
                (Some("lb-small"), _) => estimate.product(book, "load-balancer-small", what, 1.0, at),
                (Some("lb-medium"), _) => estimate.product(book, "load-balancer-medium", what, 1.0, at),
                (Some("lb-large"), _) => estimate.product(book, "load-balancer-large", what, 1.0, at),
                (_, Some(nodes)) => {
                    let product = match kind {
                        "REGIONAL_NETWORK" => "load-balancer-network",
                        "GLOBAL" => "load-balancer-global",
                        _ => "load-balancer",
                    };
                    estimate.product(book, product, what, count(nodes), at);
                }
                (_, None) => unknown_argument(&what, "sizeUnit", resource, estimate),
            }
        }
        "Volume" => gigabytes(book, "volume", "volume", "size", resource, estimate),
        "Nfs" => gigabytes(book, "file-storage", "file storage", "size", resource, estimate),
        "DatabaseCluster" | "DatabaseReplica" => database(book, name, resource, estimate),
        "ContainerRegistry" => registry(
            book,
            resource.properties.get("subscriptionTierSlug"),
            Some(resource.span),
            resource,
            estimate,
        ),
        "SpacesBucket" => {
            // Paid for the account: the second bucket costs nothing.
            let what = "Spaces".to_owned();
            let account = Some("digitalocean object-storage".to_owned());
            if estimate.items.iter().all(|item| item.account != account) {
                estimate.product(book, "object-storage", what, 1.0, at);
            }
        }
        "ReservedIp" | "FloatingIp" => {
            let unassigned = !resource.properties.contains_key("dropletId") && resource.rest.is_none();
            let what = format!("reserved IP {}", title(resource));
            estimate.product(book, "reserved-ip-unassigned", what, 1.0, at);
            if let Some(item) = estimate.items.last_mut() {
                // An assignment of its own may free it of its price.
                let assigned = !unassigned;
                item.monthly = if assigned { Interval::ZERO } else { item.monthly.or_nothing() };
            }
        }
        "VpcNatGateway" => {
            let units = resource.properties.get("size").map_or(Some(1), Value::int);
            let what = format!("NAT gateway {}", title(resource));
            match units {
                Some(units) => estimate.product(book, "nat-gateway", what, count(units), at),
                None => unknown_argument(&what, "size", resource, estimate),
            }
        }
        "DropletSnapshot" | "VolumeSnapshot" => {
            let why = "its size is known only once it is taken; $0.06 for each GiB";
            estimate.unknown(format!("snapshot {}", title(resource)), why, at);
        }
        "App" | "DropletAutoscale" | "Cdn" | "FunctionNamespace" | "GenaiAgent" => {
            estimate.unknown(format!("{name} {}", title(resource)), "it is not in the price book", at);
        }
        _ => {}
    }
}

/// The control plane of a DOKS cluster. From Kubernetes 1.36 it is highly available unless the program says otherwise.
fn control_plane(book: &Book, resource: &Resource, estimate: &mut Estimate) {
    let ha = resource.properties.get("ha");
    let what = |ha: &str| format!("control plane of {}{ha}", title(resource));
    match ha.map(|ha| (ha, ha.bool())) {
        Some((ha, Some(true))) => {
            estimate.high_availability = true;
            estimate.product(book, "control-plane-ha", what(", highly available"), 1.0, Some(ha.span));
        }
        Some((ha, Some(false))) => {
            estimate.product(book, "control-plane", what(""), 1.0, Some(ha.span));
        }
        unset => {
            let minor = resource.properties.get("version").and_then(Value::text).and_then(minor_of);
            match (unset, minor) {
                (None, Some(minor)) if minor < 36 => {
                    estimate.product(book, "control-plane", what(""), 1.0, Some(resource.span));
                }
                (None, Some(_)) => {
                    estimate.high_availability = true;
                    let label = ", highly available by default from Kubernetes 1.36";
                    estimate.product(book, "control-plane-ha", what(label), 1.0, Some(resource.span));
                }
                _ => {
                    let label = ", highly available or not";
                    estimate.product(book, "control-plane-ha", what(label), 1.0, Some(resource.span));
                    if let Some(item) = estimate.items.last_mut() {
                        item.monthly = item.monthly.or_nothing();
                    }
                }
            }
        }
    }
}

/// The minor release of `1.34.1-do.0` or `1.34`.
fn minor_of(version: &str) -> Option<u32> {
    let rest = version.trim_start_matches('v').strip_prefix("1.")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

fn node_pool<'r>(
    book: &Book,
    get: impl Fn(&str) -> Option<&'r Value>,
    resource: &Resource,
    estimate: &mut Estimate,
) {
    let Some(size) = get("size") else {
        return unknown_argument("node pool", "size", resource, estimate);
    };
    let Some(slug) = size.text() else { return unknown_value("node pool", size, resource, estimate) };
    let auto = get("autoScale");
    let number = |key: &str| get(key).and_then(Value::int);
    let bounds = match auto.map(Value::bool) {
        Some(Some(true)) => {
            let low = number("minNodes").or_else(|| number("nodeCount")).unwrap_or(1);
            number("maxNodes").map(|high| (low, high.max(low), get("maxNodes")))
        }
        Some(None) => match (number("nodeCount"), number("maxNodes")) {
            (Some(count), Some(high)) => Some((count, high.max(count), get("maxNodes"))),
            _ => None,
        },
        _ => match get("nodeCount") {
            Some(count) => count.int().map(|nodes| (nodes, nodes, Some(count))),
            // Without a number and without autoscaling the pool has one node.
            None => Some((1, 1, None)),
        },
    };
    let Some((low, high, at)) = bounds else {
        let unclear = ["nodeCount", "maxNodes", "autoScale"].into_iter().filter_map(&get);
        let unclear = unclear.into_iter().find(|value| value.why_unknown().is_some());
        return match unclear {
            Some(value) => unknown_value("number of nodes", value, resource, estimate),
            None => unknown_argument("number of nodes", "maxNodes", resource, estimate),
        };
    };
    let (low, high) = (low.clamp(0, 512), high.clamp(0, 512));
    let at = at.map_or(resource.span, |value| value.span);
    pool(book, slug, (low, high), at, size.span, estimate);
}

/// Nodes of a size, as an item and for capacity.
pub(super) fn pool(
    book: &Book,
    slug: &str,
    (low, high): (i64, i64),
    at: Span,
    size_at: Span,
    estimate: &mut Estimate,
) {
    let Some(machine) = book.machine(slug) else {
        return unpriced(book, slug, size_at, "node pool", estimate);
    };
    let number = if low == high { low.to_string() } else { format!("{low}–{high}") };
    estimate.items.push(Item {
        what: format!("{number} × {}", machine.slug()),
        monthly: Interval { low: count(low) * machine.monthly, high: count(high) * machine.monthly },
        at: Some(at),
        account: None,
        source: Some(machine.source.clone()),
    });
    let bound = |nodes: i64| u32::try_from(nodes).unwrap_or(0);
    estimate.pools.push(Pool { size: machine.size.clone(), low: bound(low), high: bound(high), at, size_at });
}

/// A size that the book does not have.
pub(super) fn unpriced(book: &Book, size: &str, at: Span, what: &str, estimate: &mut Estimate) {
    let why =
        Unknown { why: format!("the price book of {} has no size `{size}`", book.provider), span: Some(at) };
    let similar = book.similar(size).map(|machine| machine.slug().to_owned());
    let unpriced = Some(Unpriced { size: size.to_owned(), at, similar });
    estimate.unknown.push(UnknownCost { what: what.to_owned(), why, unpriced });
}

/// A registry by its plan.
fn registry(
    book: &Book,
    plan: Option<&Value>,
    at: Option<Span>,
    resource: &Resource,
    estimate: &mut Estimate,
) {
    match plan {
        Some(plan) => match plan.text() {
            Some(name) => {
                let what = format!("container registry, {name}");
                estimate.product(book, &format!("registry-{name}"), what, 1.0, Some(plan.span));
            }
            None => unknown_value("container registry", plan, resource, estimate),
        },
        None => estimate.unknown("container registry", "its plan is not given", at),
    }
}

/// The product that the `type` of a disk stands for; the first where none is given.
fn by_type(
    products: &[(&str, &'static str)],
    resource: &Resource,
    estimate: &mut Estimate,
) -> Option<&'static str> {
    let Some(kind) = resource.properties.get("type") else {
        return products.first().map(|(_, product)| *product);
    };
    let product = kind.text().and_then(|text| products.iter().find(|(name, _)| *name == text));
    if product.is_none() {
        unknown_value(&format!("disk {}", title(resource)), kind, resource, estimate);
    }
    product.map(|(_, product)| *product)
}

fn gigabytes(
    book: &Book,
    product: &str,
    what: &str,
    key: &str,
    resource: &Resource,
    estimate: &mut Estimate,
) {
    let what = format!("{what} {}", title(resource));
    match resource.properties.get(key) {
        Some(size) => match size.float() {
            Some(gib) => {
                estimate.product(book, product, format!("{what}, {gib} GiB"), gib, Some(size.span));
            }
            None => unknown_value(&what, size, resource, estimate),
        },
        None => unknown_argument(&what, key, resource, estimate),
    }
}

fn database(book: &Book, kind: &str, resource: &Resource, estimate: &mut Estimate) {
    let what = if kind == "DatabaseReplica" { "database replica" } else { "database" };
    let what = format!("{what} {}", title(resource));
    let Some(size) = resource.properties.get("size") else {
        return unknown_argument(&what, "size", resource, estimate);
    };
    let Some(slug) = size.text() else { return unknown_value(&what, size, resource, estimate) };
    let Some(machine) = book.database(slug) else {
        return unpriced(book, slug, size.span, &what, estimate);
    };
    let nodes = match resource.properties.get("nodeCount") {
        Some(nodes) => match nodes.int() {
            Some(nodes) => nodes,
            None => return unknown_value(&what, nodes, resource, estimate),
        },
        None => 1,
    };
    let times = if nodes == 1 { String::new() } else { format!("{nodes} × ") };
    estimate.items.push(Item {
        what: format!("{what}, {times}{slug}"),
        monthly: Interval::exactly(count(nodes) * machine.monthly),
        at: Some(size.span),
        account: None,
        source: Some(machine.source.clone()),
    });
    if let Some(storage) = resource.properties.get("storageSizeMib").and_then(Value::float) {
        let extra = storage / 1024.0 - machine.disk;
        if extra > 0.0 {
            let extra = extra * count(nodes);
            let what = format!("storage of {what}");
            estimate.product(book, "database-storage", what, extra, Some(resource.span));
        }
    }
}

/// The machine that an argument names; what is wrong with it is taken down.
fn sized<'b, 'r>(
    book: &'b Book,
    key: &str,
    resource: &'r Resource,
    estimate: &mut Estimate,
) -> Option<(&'b crate::cost::Machine, &'r Value)> {
    let what = title(resource);
    let Some(size) = resource.properties.get(key) else {
        unknown_argument(&what, key, resource, estimate);
        return None;
    };
    let Some(slug) = size.text() else {
        unknown_value(&what, size, resource, estimate);
        return None;
    };
    match book.machine(slug) {
        Some(machine) => Some((machine, size)),
        None => {
            unpriced(book, slug, size.span, &what, estimate);
            None
        }
    }
}

fn unknown_value(what: &str, value: &Value, resource: &Resource, estimate: &mut Estimate) {
    let why = value.why_unknown().map_or("its value is not one that has a price", |unknown| &unknown.why);
    let what = format!("{what} of {}", title(resource))
        .replace(&format!("{0} of {0}", title(resource)), &title(resource));
    estimate.unknown(what, why.to_owned(), Some(value.span));
}

fn unknown_argument(what: &str, key: &str, resource: &Resource, estimate: &mut Estimate) {
    let why = match &resource.rest {
        Some(rest) => rest.why.clone(),
        None => format!("`{key}` is not given"),
    };
    let at = resource.rest.as_ref().and_then(|rest| rest.span).unwrap_or(resource.span);
    estimate.unknown(what, why, Some(at));
}

fn simple_machine(provider: &str, is: bool, key: &str, resource: &Resource, estimate: &mut Estimate) {
    let Some(book) = Book::of(provider).filter(|_| is) else { return };
    let Some((machine, size)) = sized(book, key, resource, estimate) else { return };
    let item = Item {
        what: format!("{} {}", title(resource), machine.slug()),
        monthly: Interval::exactly(machine.monthly),
        at: Some(size.span),
        account: None,
        source: Some(machine.source.clone()),
    };
    estimate.items.push(item);
}

fn hetzner(name: &str, resource: &Resource, estimate: &mut Estimate) {
    let Some(book) = Book::of("hetzner") else { return };
    match name {
        "Server" => simple_machine("hetzner", true, "serverType", resource, estimate),
        "Volume" => gigabytes(book, "volume", "volume", "size", resource, estimate),
        _ => {}
    }
}

fn aws(module: &str, name: &str, resource: &Resource, estimate: &mut Estimate) {
    let Some(book) = Book::of("aws") else { return };
    let at = Some(resource.span);
    match (module, name) {
        ("ec2", "Instance") => simple_machine("aws", true, "instanceType", resource, estimate),
        ("ec2", "NatGateway") => {
            estimate.product(book, "nat-gateway", format!("NAT gateway {}", title(resource)), 1.0, at);
        }
        ("ec2", "Eip") => {
            estimate.product(book, "public-ip", format!("public IP {}", title(resource)), 1.0, at);
        }
        ("lb" | "alb" | "elasticloadbalancingv2", "LoadBalancer") => {
            let network =
                resource.properties.get("loadBalancerType").and_then(Value::text) == Some("network");
            let product = if network { "load-balancer-network" } else { "load-balancer" };
            estimate.product(book, product, format!("load balancer {}", title(resource)), 1.0, at);
        }
        ("elb", "LoadBalancer") => {
            estimate.product(
                book,
                "load-balancer-classic",
                format!("load balancer {}", title(resource)),
                1.0,
                at,
            );
        }
        ("eks", "Cluster") => {
            let what = format!("control plane of {}", title(resource));
            estimate.product(book, "control-plane", what, 1.0, at);
        }
        ("eks", "NodeGroup") => {
            let size = resource.properties.get("instanceTypes").and_then(|types| types.items().first());
            let number = |key: &str| resource.get(&format!("scalingConfig.{key}")).and_then(Value::int);
            match (size.and_then(Value::text), number("minSize"), number("maxSize")) {
                (Some(slug), Some(low), Some(high)) => {
                    let size_at = size.map_or(resource.span, |size| size.span);
                    pool(
                        book,
                        slug,
                        (low.clamp(0, 5_000), high.clamp(0, 5_000)),
                        resource.span,
                        size_at,
                        estimate,
                    );
                }
                _ => unknown_argument("node group", "instanceTypes", resource, estimate),
            }
        }
        ("ebs", "Volume") => {
            let products = [("gp2", "volume-gp2"), ("gp3", "volume")];
            if let Some(product) = by_type(&products, resource, estimate) {
                gigabytes(book, product, "volume", "size", resource, estimate);
            }
        }
        ("rds", "Instance" | "Cluster" | "ClusterInstance")
        | ("elasticache", "Cluster" | "ReplicationGroup")
        | ("ecs", "Service")
        | ("autoscaling", "Group")
        | ("opensearch" | "elasticsearch", "Domain")
        | ("msk", "Cluster") => {
            estimate.unknown(
                format!("{module} {name} {}", title(resource)),
                "it is not in the price book",
                at,
            );
        }
        _ => {}
    }
}

fn gcp(module: &str, name: &str, resource: &Resource, estimate: &mut Estimate) {
    let Some(book) = Book::of("gcp") else { return };
    let at = Some(resource.span);
    match (module, name) {
        ("compute", "Instance") => simple_machine("gcp", true, "machineType", resource, estimate),
        ("container", "Cluster") => {
            let what = format!("control plane of {}", title(resource));
            estimate.product(book, "control-plane", what, 1.0, at);
        }
        ("container", "NodePool") => {
            let size = resource.get("nodeConfig.machineType");
            let number = |key: &str| resource.get(key).and_then(Value::int);
            let bounds = match (number("autoscaling.minNodeCount"), number("autoscaling.maxNodeCount")) {
                (Some(low), Some(high)) => Some((low, high)),
                _ => number("nodeCount").map(|nodes| (nodes, nodes)),
            };
            match (size, size.and_then(Value::text), bounds) {
                (Some(size), Some(slug), Some((low, high))) => {
                    pool(
                        book,
                        slug,
                        (low.clamp(0, 5_000), high.clamp(0, 5_000)),
                        resource.span,
                        size.span,
                        estimate,
                    );
                }
                _ => unknown_argument("node pool", "nodeCount", resource, estimate),
            }
        }
        ("compute", "Disk") => {
            let products = [("pd-standard", "volume"), ("pd-ssd", "volume-ssd")];
            if let Some(product) = by_type(&products, resource, estimate) {
                gigabytes(book, product, "disk", "size", resource, estimate);
            }
        }
        ("sql", "DatabaseInstance") | ("redis", "Instance") => {
            estimate.unknown(
                format!("{module} {name} {}", title(resource)),
                "it is not in the price book",
                at,
            );
        }
        _ => {}
    }
}

fn azure(name: &str, resource: &Resource, estimate: &mut Estimate) {
    let Some(book) = Book::of("azure") else { return };
    let at = Some(resource.span);
    match name {
        "ManagedCluster" | "KubernetesCluster" => {
            let tier = resource.get("sku.tier").or_else(|| resource.get("skuTier")).and_then(Value::text);
            let product = if matches!(tier, Some("Standard" | "Premium")) {
                "control-plane-standard"
            } else {
                "control-plane"
            };
            estimate.product(book, product, format!("control plane of {}", title(resource)), 1.0, at);
            for profile in resource.properties.get("agentPoolProfiles").map(Value::items).unwrap_or_default()
            {
                let size = profile.get("vmSize");
                match (size, size.and_then(Value::text), profile.get("count").and_then(Value::int)) {
                    (Some(size), Some(slug), Some(nodes)) => {
                        let nodes = nodes.clamp(0, 5_000);
                        pool(book, slug, (nodes, nodes), profile.span, size.span, estimate);
                    }
                    _ => unknown_argument("agent pool", "vmSize", resource, estimate),
                }
            }
        }
        "PublicIPAddress" | "PublicIp" => {
            estimate.product(book, "public-ip", format!("public IP {}", title(resource)), 1.0, at);
        }
        "VirtualMachine" => match resource.get("hardwareProfile.vmSize").or_else(|| resource.get("vmSize")) {
            Some(size) => match size.text().map(|slug| (slug, book.machine(slug))) {
                Some((_, Some(machine))) => estimate.items.push(Item {
                    what: format!("{} {}", title(resource), machine.slug()),
                    monthly: Interval::exactly(machine.monthly),
                    at: Some(size.span),
                    account: None,
                    source: Some(machine.source.clone()),
                }),
                Some((slug, None)) => unpriced(book, slug, size.span, &title(resource), estimate),
                None => unknown_value(&title(resource), size, resource, estimate),
            },
            None => unknown_argument(&title(resource), "vmSize", resource, estimate),
        },
        _ => {}
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of machines are small")]
fn count(number: i64) -> f64 {
    number as f64
}
