//! What runs: the pod of a workload of any kind, and its containers.

use std::borrow::Cow;

use crate::kubernetes::Labels;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Quantity;
use crate::kubernetes::Selector;
use crate::source::Span;

/// The kinds of workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// One pod, replaced by nobody.
    Pod,
    /// Interchangeable pods, rolled over on a change.
    Deployment,
    /// Pods with names and disks of their own.
    StatefulSet,
    /// One pod on each node.
    DaemonSet,
    /// What a Deployment is made of.
    ReplicaSet,
    /// What a `ReplicaSet` was before.
    ReplicationController,
    /// Pods that end.
    Job,
    /// Jobs on a schedule.
    CronJob,
}

/// An object that runs pods, and their template.
#[derive(Clone, Copy, Debug)]
pub struct Workload<'o, 't> {
    /// The object.
    pub object: &'o Object<'t>,
    /// Its kind.
    pub kind: WorkloadKind,
    /// The template of its pods (a pod itself): what has `metadata` and `spec`.
    pub template: Part<'t>,
    /// The specification of its pods.
    pub pod: Part<'t>,
}

/// What a container is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Runs to its end before the pod starts.
    Init,
    /// Starts before the others and runs beside them: an init container that is always restarted.
    Sidecar,
    /// Does the pod's work.
    Main,
    /// Added to a running pod to look into it.
    Ephemeral,
}

/// A container of a pod.
#[derive(Clone, Debug)]
pub struct Container<'t> {
    /// What it is for.
    pub role: Role,
    /// Its name; empty where it has none that is known.
    pub name: Cow<'t, str>,
    /// The path to it: `spec.template.spec.containers[api]`.
    pub path: String,
    /// The container itself.
    pub part: Part<'t>,
}

/// A port that a container declares.
#[derive(Clone, Debug)]
pub struct ContainerPort<'t> {
    /// Its name.
    pub name: Option<Cow<'t, str>>,
    /// Its number.
    pub number: Option<i64>,
    /// The entry.
    pub part: Part<'t>,
}

/// The sorts of probes.
pub const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

impl<'o, 't> Workload<'o, 't> {
    /// The workload that an object is; `None` for anything else.
    pub fn of(object: &'o Object<'t>) -> Option<Self> {
        let (kind, path) = match (object.group(), &*object.kind.value) {
            ("", "Pod") => (WorkloadKind::Pod, &[][..]),
            ("apps" | "extensions", "Deployment") => (WorkloadKind::Deployment, &["spec", "template"][..]),
            ("apps", "StatefulSet") => (WorkloadKind::StatefulSet, &["spec", "template"][..]),
            ("apps" | "extensions", "DaemonSet") => (WorkloadKind::DaemonSet, &["spec", "template"][..]),
            ("apps" | "extensions", "ReplicaSet") => (WorkloadKind::ReplicaSet, &["spec", "template"][..]),
            ("", "ReplicationController") => (WorkloadKind::ReplicationController, &["spec", "template"][..]),
            ("batch", "Job") => (WorkloadKind::Job, &["spec", "template"][..]),
            ("batch", "CronJob") => (WorkloadKind::CronJob, &["spec", "jobTemplate", "spec", "template"][..]),
            _ => return None,
        };
        let template = object.root.at(path)?;
        let pod = template.get("spec")?;
        Some(Self { object, kind, template, pod })
    }

    /// The path to its pod specification: `spec.template.spec`.
    pub fn pod_path(&self) -> &'static str {
        match self.kind {
            WorkloadKind::Pod => "spec",
            WorkloadKind::CronJob => "spec.jobTemplate.spec.template.spec",
            _ => "spec.template.spec",
        }
    }

    /// True for what runs until it is told to stop; false for jobs.
    pub fn is_service(&self) -> bool {
        !matches!(self.kind, WorkloadKind::Job | WorkloadKind::CronJob)
    }

    /// True where its number of pods is set by `replicas`.
    pub fn is_scalable(&self) -> bool {
        matches!(
            self.kind,
            WorkloadKind::Deployment
                | WorkloadKind::StatefulSet
                | WorkloadKind::ReplicaSet
                | WorkloadKind::ReplicationController
        )
    }

    /// How many pods it asks for: what it says, or one where it says nothing. `None` where that is unknown, or where
    /// its kind has no such number.
    pub fn replicas(&self) -> Option<i64> {
        if !self.is_scalable() {
            return None;
        }
        self.object.spec()?.get("replicas").map_or(Some(1), Part::int)
    }

    /// The labels of its pods.
    pub fn labels(&self) -> Labels<'t> {
        Labels::read(self.template.at(&["metadata", "labels"]))
    }

    /// What it selects its pods by; none for kinds that make it up themselves.
    pub fn selector(&self) -> Option<Selector<'t>> {
        if matches!(self.kind, WorkloadKind::Pod | WorkloadKind::Job | WorkloadKind::CronJob) {
            return None;
        }
        let selector = self.object.spec()?.get("selector")?;
        Some(match self.kind {
            WorkloadKind::ReplicationController => Selector::equal(selector),
            _ => Selector::read(selector),
        })
    }

    /// All its containers: those that initialise first, as the pod starts them.
    pub fn containers(&self) -> Vec<Container<'t>> {
        let mut containers = Vec::new();
        for (key, role) in [
            ("initContainers", Role::Init),
            ("containers", Role::Main),
            ("ephemeralContainers", Role::Ephemeral),
        ] {
            for (index, part) in self.pod.list(key).into_iter().enumerate() {
                let always = part.text_at("restartPolicy").is_some_and(|policy| policy == "Always");
                let role = if role == Role::Init && always { Role::Sidecar } else { role };
                let name = part.text_at("name").unwrap_or_default();
                let step = if name.is_empty() { index.to_string() } else { name.to_string() };
                let path = format!("{}.{key}[{step}]", self.pod_path());
                containers.push(Container { role, name, path, part });
            }
        }
        containers
    }

    /// The containers that do its work, sidecars included.
    pub fn main_containers(&self) -> impl Iterator<Item = Container<'t>> {
        self.containers().into_iter().filter(|container| matches!(container.role, Role::Main | Role::Sidecar))
    }

    /// Its volumes.
    pub fn volumes(&self) -> Vec<Part<'t>> {
        self.pod.list("volumes")
    }

    /// True where it is known to run on Windows.
    pub fn is_windows(&self) -> bool {
        let says = |part: Option<Part<'t>>| part.and_then(Part::text).is_some_and(|text| text == "windows");
        says(self.pod.at(&["os", "name"])) || says(self.pod.at(&["nodeSelector", "kubernetes.io/os"]))
    }

    /// What the pod needs at once, as the scheduler counts: the sum of its containers, or what one that initialises
    /// asks for where that is more, plus its overhead. `None` for a resource that no container asks for; what is
    /// unknown counts for nothing.
    pub fn request(&self, resource: &str) -> Option<Quantity> {
        let mut asked = false;
        let mut running = Quantity::ZERO;
        let mut starting = Quantity::ZERO;
        for container in self.containers() {
            let Some(request) = container.request(resource) else { continue };
            asked = true;
            match container.role {
                Role::Main => running = running.plus(request),
                // A sidecar starts before what initialises after it and stays.
                Role::Sidecar => {
                    running = running.plus(request);
                    starting = starting.plus(request);
                }
                Role::Init => starting = starting.max(request),
                Role::Ephemeral => {}
            }
        }
        let whole = self.pod.at(&["resources", "requests", resource]).and_then(Part::quantity);
        let overhead =
            self.pod.at(&["overhead", resource]).and_then(Part::quantity).unwrap_or(Quantity::ZERO);
        match whole {
            Some(whole) => Some(whole.plus(overhead)),
            None => asked.then(|| running.max(starting).plus(overhead)),
        }
    }
}

impl<'t> Container<'t> {
    /// Its image.
    pub fn image(&self) -> Option<Part<'t>> {
        self.part.get("image")
    }

    /// Where a finding about the container as a whole points: the key of its name.
    pub fn span(&self) -> Span {
        self.part.key_span("name").unwrap_or_else(|| self.part.span())
    }

    /// What it asks for of a resource; a limit counts as a request where there is none, as it does for the server.
    pub fn request(&self, resource: &str) -> Option<Quantity> {
        let at = |which: &str| self.part.at(&["resources", which, resource]);
        at("requests").or_else(|| at("limits"))?.quantity()
    }

    /// Its limit of a resource.
    pub fn limit(&self, resource: &str) -> Option<Part<'t>> {
        self.part.at(&["resources", "limits", resource])
    }

    /// The ports it declares.
    pub fn ports(&self) -> Vec<ContainerPort<'t>> {
        let read = |part: Part<'t>| ContainerPort {
            name: part.text_at("name"),
            number: part.int_at("containerPort"),
            part,
        };
        self.part.list("ports").into_iter().map(read).collect()
    }

    /// Its environment variables that are listed one by one.
    pub fn env(&self) -> Vec<Part<'t>> {
        self.part.list("env")
    }

    /// The probes it has, each with its key.
    pub fn probes(&self) -> impl Iterator<Item = (&'static str, Part<'t>)> {
        PROBES.into_iter().filter_map(|key| Some((key, self.part.get(key)?)))
    }

    /// A setting of its security context.
    pub fn security(&self, key: &str) -> Option<Part<'t>> {
        self.part.at(&["securityContext", key])
    }

    /// A path within it: `spec.template.spec.containers[api].image`.
    pub fn path_of(&self, path: &str) -> String {
        format!("{}.{path}", self.path)
    }
}
