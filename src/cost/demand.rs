//! What Kubernetes objects ask of a cluster: load balancers, volumes, and room for pods.

use crate::cost::Amount;
use crate::cost::Book;
use crate::cost::Estimate;
use crate::cost::Interval;
use crate::cost::Item;
use crate::cost::Pods;
use crate::kubernetes::IntOrString;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Quantity;
use crate::source::Span;

/// What objects ask for. Whoever renders them fills it; other sources may add to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demand {
    /// Services of type `LoadBalancer`.
    pub load_balancers: Vec<LoadBalancer>,
    /// Volumes.
    pub claims: Vec<Claim>,
    /// Pods.
    pub pods: Vec<Pods>,
}

/// A Service that asks the provider for a load balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancer {
    /// The Service: `Service/ingress`.
    pub what: String,
    /// The number of nodes of the load balancer, where the Service says it.
    pub units: u32,
    /// True for one that works on the network layer.
    pub network: bool,
    /// True where the Service takes over a load balancer that exists.
    pub adopted: bool,
    /// Where its type is decided.
    pub at: Span,
}

/// A volume that objects ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The object: `StatefulSet/postgres data`.
    pub what: String,
    /// Its size in GiB; `None` where it is decided at deploy time.
    pub gib: Option<f64>,
    /// How many there are at least.
    pub low: u32,
    /// How many there are at most.
    pub high: u32,
    /// Where its size is decided.
    pub at: Span,
}

impl Demand {
    /// What objects ask for. `place` gives the line that decided what stands at a place of a rendered text.
    pub fn of_objects<'t>(objects: &[Object<'t>], place: &dyn Fn(Span) -> Span) -> Self {
        let mut demand = Self::default();
        let objects: Vec<&Object<'t>> = objects.iter().filter(|object| !object.is_hook()).collect();
        let defaults = defaults(&objects);
        for object in &objects {
            match (object.group(), &*object.kind.value) {
                ("", "Service") => demand.service(object, place),
                ("", "PersistentVolumeClaim") => {
                    if let Some(spec) = object.spec() {
                        demand.claim(object.label(), spec, (1, 1), object.span(), place);
                    }
                }
                ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => {
                    demand.workload(object, &objects, defaults, place);
                }
                ("", "Pod") => {
                    if let Some(spec) = object.spec() {
                        let (request, silent, at) = request(spec, object.span(), defaults);
                        demand.pods.push(Pods {
                            what: object.label(),
                            request,
                            low: 1,
                            high: 1,
                            on_every_node: false,
                            surge: 0,
                            silent: silent.map(place),
                            at: place(at),
                        });
                    }
                }
                _ => {}
            }
        }
        demand
    }

    /// Puts another demand behind this one.
    pub fn append(&mut self, mut other: Self) {
        self.load_balancers.append(&mut other.load_balancers);
        self.claims.append(&mut other.claims);
        self.pods.append(&mut other.pods);
    }

    fn service(&mut self, object: &Object<'_>, place: &dyn Fn(Span) -> Span) {
        let Some(kind) = object.spec().and_then(|spec| spec.get("type")) else { return };
        if kind.text().as_deref() != Some("LoadBalancer") {
            return;
        }
        let annotation = |key: &str| object.annotation(key).and_then(Part::text);
        let units = annotation("service.beta.kubernetes.io/do-loadbalancer-size-unit");
        self.load_balancers.push(LoadBalancer {
            what: object.label(),
            units: units.and_then(|units| units.parse().ok()).unwrap_or(1),
            network: annotation("service.beta.kubernetes.io/do-loadbalancer-type").as_deref()
                == Some("REGIONAL_NETWORK"),
            adopted: object.annotation("kubernetes.digitalocean.com/load-balancer-id").is_some(),
            at: place(kind.span()),
        });
    }

    fn claim(
        &mut self,
        what: String,
        spec: Part<'_>,
        (low, high): (u32, u32),
        fallback: Span,
        place: &dyn Fn(Span) -> Span,
    ) {
        let storage = spec.at(&["resources", "requests", "storage"]);
        #[expect(clippy::cast_precision_loss, reason = "volumes stay far below 2^52 bytes")]
        let gib = storage
            .and_then(Part::quantity)
            .map(|storage| storage.value() as f64 / (1024.0 * 1024.0 * 1024.0));
        let at = place(storage.map_or(fallback, Part::span));
        self.claims.push(Claim { what, gib, low, high, at });
    }

    fn workload(
        &mut self,
        object: &Object<'_>,
        objects: &[&Object<'_>],
        defaults: Defaults,
        place: &dyn Fn(Span) -> Span,
    ) {
        let Some(spec) = object.spec() else { return };
        let Some(template) = spec.at(&["template", "spec"]) else { return };
        let every = &*object.kind.value == "DaemonSet";
        let written = match spec.get("replicas") {
            Some(replicas) => replicas.int().and_then(|replicas| u32::try_from(replicas).ok()),
            None => Some(1),
        };
        let scaled = objects.iter().find_map(|scaler| bounds(scaler, object));
        let (low, high) = scaled.unwrap_or((written.unwrap_or(1), written.unwrap_or(1)));
        let (request, silent, at) = request(template, object.span(), defaults);
        let surge = if &*object.kind.value == "Deployment" { surge(spec, low) } else { 0 };
        self.pods.push(Pods {
            what: object.label(),
            request,
            low,
            high,
            on_every_node: every,
            surge,
            silent: silent.map(place),
            at: place(at),
        });
        for claim in spec.list("volumeClaimTemplates") {
            let name = claim.at(&["metadata", "name"]).and_then(Part::text).unwrap_or_default();
            if let Some(spec) = claim.get("spec") {
                self.claim(format!("{} {name}", object.label()), spec, (low, high), object.span(), place);
            }
        }
    }

    /// What the load balancers and volumes cost with a provider.
    pub fn estimate(&self, provider: &str) -> Estimate {
        let mut estimate = Estimate::default();
        let Some(book) = Book::of(provider) else {
            for claim in &self.claims {
                estimate.unknown(
                    claim.what.clone(),
                    format!("`{provider}` has no price book"),
                    Some(claim.at),
                );
            }
            return estimate;
        };
        for balancer in self.load_balancers.iter().filter(|balancer| !balancer.adopted) {
            let product = if balancer.network { "load-balancer-network" } else { "load-balancer" };
            let what = format!("load balancer of {}", balancer.what);
            estimate.product(book, product, what, f64::from(balancer.units), Some(balancer.at));
        }
        for claim in &self.claims {
            let Some(gib) = claim.gib else {
                estimate.unknown(
                    format!("volume of {}", claim.what),
                    "its size is decided at deploy time",
                    Some(claim.at),
                );
                continue;
            };
            let Some(product) = book.product("volume") else {
                estimate.unknown(
                    format!("volume of {}", claim.what),
                    format!("the price book of {provider} has no `volume`"),
                    Some(claim.at),
                );
                continue;
            };
            let each = Interval::exactly(gib * product.monthly);
            let times = match (claim.low, claim.high) {
                (1, 1) => String::new(),
                (low, high) if low == high => format!("{low} × "),
                (low, high) => format!("{low}–{high} × "),
            };
            estimate.items.push(Item {
                what: format!("volume of {}, {times}{gib} GiB", claim.what),
                monthly: Interval {
                    low: each.low * f64::from(claim.low),
                    high: each.high * f64::from(claim.high),
                },
                at: Some(claim.at),
                account: None,
                source: Some(product.source.clone()),
            });
        }
        estimate
    }
}

/// The bounds an autoscaler gives to a workload.
fn bounds(scaler: &Object<'_>, workload: &Object<'_>) -> Option<(u32, u32)> {
    if !scaler.is_kind("autoscaling", "HorizontalPodAutoscaler") {
        return None;
    }
    let spec = scaler.spec()?;
    let target = spec.get("scaleTargetRef")?;
    // A name that is partly decided at deploy time is the same where the rest and the placeholder are.
    let name = workload.root.at(&["metadata", "name"])?.node().text();
    let same = target.text_at("kind")? == workload.kind.value && target.get("name")?.node().text() == name;
    let number = |key: &str| spec.int_at(key).and_then(|number| u32::try_from(number).ok());
    let low = number("minReplicas").unwrap_or(1);
    same.then(|| number("maxReplicas").map(|high| (low, high.max(low))))?
}

/// How many pods more a rollout of a Deployment starts.
fn surge(spec: Part<'_>, replicas: u32) -> u32 {
    let strategy = spec.get("strategy");
    if strategy.and_then(|strategy| strategy.text_at("type")).as_deref() == Some("Recreate") {
        return 0;
    }
    let given = spec.at(&["strategy", "rollingUpdate", "maxSurge"]).and_then(Part::int_or_string);
    let share = |percent: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts of pods are small"
        )]
        let pods = (f64::from(replicas) * percent / 100.0).ceil() as u32;
        pods
    };
    match given {
        Some(IntOrString::Int(number)) => u32::try_from(number).unwrap_or(0),
        Some(IntOrString::String(text)) => text.trim_end_matches('%').parse().map_or(0, share),
        None => share(25.0),
    }
}

/// What a container requests that says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Defaults {
    cpu: Option<Quantity>,
    memory: Option<Quantity>,
}

/// What the first limit range for containers gives them.
fn defaults(objects: &[&Object<'_>]) -> Defaults {
    let ranges = objects.iter().filter(|object| object.is_kind("", "LimitRange"));
    let limits = ranges.filter_map(|range| range.spec()).flat_map(|spec| spec.list("limits"));
    let container = limits.into_iter().find(|limit| limit.text_at("type").as_deref() == Some("Container"));
    let given = |key: &str| {
        let limit = container?;
        limit.at(&["defaultRequest", key]).or_else(|| limit.at(&["default", key]))?.quantity()
    };
    Defaults { cpu: given("cpu"), memory: given("memory") }
}

fn mebibytes(memory: Quantity) -> i64 {
    memory.value() / (1024 * 1024)
}

/// What one pod requests: its containers together, or its largest init container. A container without a request has
/// its limit. Also where the first container is that says nothing, and where the largest request is written.
fn request(pod: Part<'_>, fallback: Span, defaults: Defaults) -> (Amount, Option<Span>, Span) {
    let mut silent = None;
    let mut place = (0, fallback);
    let mut of = |container: Part<'_>| {
        let part = |key: &str| {
            let resources = container.get("resources")?;
            resources.at(&["requests", key]).or_else(|| resources.at(&["limits", key]))
        };
        let (cpu, memory) = (part("cpu"), part("memory"));
        if cpu.or(memory).is_none() && defaults == Defaults::default() {
            silent = silent.or(container.get("name").map(Part::span));
        }
        let amount = Amount {
            cpu: cpu.map_or(defaults.cpu, Part::quantity).map_or(0, Quantity::millis),
            memory: memory.map_or(defaults.memory, Part::quantity).map_or(0, mebibytes),
        };
        let weight = amount.cpu.saturating_mul(4) + amount.memory;
        if let Some(part) = cpu.or(memory)
            && weight > place.0
        {
            place = (weight, part.span());
        }
        amount
    };
    let mut sum = Amount::default();
    for container in pod.list("containers") {
        sum = sum.plus(of(container));
    }
    let mut largest = Amount::default();
    for container in pod.list("initContainers") {
        let amount = of(container);
        if container.text_at("restartPolicy").as_deref() == Some("Always") {
            // A sidecar runs beside the containers.
            sum = sum.plus(amount);
        } else {
            largest.cpu = largest.cpu.max(amount.cpu);
            largest.memory = largest.memory.max(amount.memory);
        }
    }
    let amount = Amount { cpu: sum.cpu.max(largest.cpu), memory: sum.memory.max(largest.memory) };
    (amount, silent, place.1)
}
