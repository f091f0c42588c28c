//! The workloads that a release renders.

use crate::helm::Manifest;
use crate::helm::Rendered;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Quantity;
use crate::kubernetes::Unknowns;
use crate::ladder::Release;
use crate::ladder::workload::Attribute;
use crate::ladder::workload::Container;
use crate::ladder::workload::HealthCheck;
use crate::ladder::workload::HealthCheckKind;
use crate::ladder::workload::Image;
use crate::ladder::workload::Mount;
use crate::ladder::workload::MountKind;
use crate::ladder::workload::Owner;
use crate::ladder::workload::Port;
use crate::ladder::workload::Replicas;
use crate::ladder::workload::Resources;
use crate::ladder::workload::Variable;
use crate::ladder::workload::Workload;
use crate::ladder::workload::WorkloadKind;
use crate::ladder::workload::compose::one;
use crate::ladder::workload::flag;
use crate::source::Known;
use crate::source::Span;
use crate::source::Unknown;
use crate::source::credential_shaped;

/// Tells of the places of one manifest which are not known before it is deployed.
#[derive(Debug)]
pub struct Placeholders<'m>(pub &'m Manifest);

impl Unknowns for Placeholders<'_> {
    fn is_unknown(&self, span: Span) -> bool {
        self.0.origin(span).unknown.is_some()
    }
}

/// The workloads of a release, hooks included, its tests left out.
pub(in crate::ladder) fn workloads(release: &Release, owner: Owner) -> Vec<Workload> {
    let Some(rendered) = release.manifests() else { return Vec::new() };
    let scalers = scalers(rendered);
    let mut all = Vec::new();
    for manifest in rendered.all() {
        if manifest.hook.as_ref().is_some_and(crate::helm::render::Hook::is_test) {
            continue;
        }
        let placeholders = Placeholders(manifest);
        for object in Object::all(&manifest.tree, &placeholders) {
            let reader = Reader { manifest, rendered };
            all.extend(reader.workload(&object, release, owner, &scalers));
        }
    }
    all
}

/// What an autoscaler says of its target.
struct Scaler {
    kind: String,
    name: String,
    least: Option<Attribute<u32>>,
    most: Option<Attribute<u32>>,
}

fn scalers(rendered: &Rendered) -> Vec<Scaler> {
    let mut all = Vec::new();
    for manifest in rendered.all().filter(|manifest| manifest.kind == "HorizontalPodAutoscaler") {
        let placeholders = Placeholders(manifest);
        let reader = Reader { manifest, rendered };
        for object in Object::all(&manifest.tree, &placeholders) {
            let Some(spec) = object.spec() else { continue };
            let Some(target) = spec.get("scaleTargetRef") else { continue };
            let (Some(kind), Some(name)) = (target.text_at("kind"), target.get("name")) else { continue };
            all.push(Scaler {
                kind: kind.into_owned(),
                // Where a part of it is unknown, the placeholder is the same as in the name of the target.
                name: name.node().text().into_owned(),
                least: spec.get("minReplicas").and_then(|part| reader.count(part)),
                most: spec.get("maxReplicas").and_then(|part| reader.count(part)),
            });
        }
    }
    all
}

struct Reader<'m> {
    manifest: &'m Manifest,
    rendered: &'m Rendered,
}

impl Reader<'_> {
    /// A value's places, with what it is; `None` where it is of another type.
    fn attribute<T>(&self, part: Part<'_>, read: impl FnOnce(Part<'_>) -> Option<T>) -> Option<Attribute<T>> {
        let place = part.node().resolved().span();
        let origin = self.manifest.origin(place);
        let span = origin.primary().unwrap_or(place);
        let mut behind: Vec<Span> = origin.values.iter().skip(1).map(|origin| origin.span).collect();
        behind.extend(origin.values.iter().flat_map(|origin| origin.overridden.iter().copied()));
        behind.extend(origin.template.filter(|template| *template != span));
        let value = match origin.unknown {
            Some(unknown) => Known::Unknown(unknown),
            None => Known::Known(read(part)?),
        };
        Some(Attribute { value, span, behind })
    }

    fn text(&self, part: Part<'_>) -> Option<Attribute<String>> {
        self.attribute(part, |part| part.text().map(std::borrow::Cow::into_owned))
    }

    fn count(&self, part: Part<'_>) -> Option<Attribute<u32>> {
        self.attribute(part, |part| u32::try_from(part.int()?).ok())
    }

    fn place(&self, span: Span) -> Span {
        self.manifest.origin(span).primary().unwrap_or(span)
    }

    /// The template text at a place: better than the value in it where a whole block is meant.
    fn block(&self, span: Span) -> Span {
        self.manifest.origin(span).template.unwrap_or(span)
    }

    fn workload(
        &self,
        object: &Object<'_>,
        release: &Release,
        owner: Owner,
        scalers: &[Scaler],
    ) -> Option<Workload> {
        let spec = object.spec()?;
        let (kind, pod, template) = match (object.group(), &*object.kind.value) {
            ("apps", "Deployment") => {
                (WorkloadKind::Deployment, spec.at(&["template", "spec"])?, spec.get("template"))
            }
            ("apps", "StatefulSet") => {
                (WorkloadKind::StatefulSet, spec.at(&["template", "spec"])?, spec.get("template"))
            }
            ("apps", "DaemonSet") => {
                (WorkloadKind::DaemonSet, spec.at(&["template", "spec"])?, spec.get("template"))
            }
            ("apps", "ReplicaSet") | ("", "ReplicationController") => {
                (WorkloadKind::ReplicaSet, spec.at(&["template", "spec"])?, spec.get("template"))
            }
            ("batch", "Job") => (WorkloadKind::Job, spec.at(&["template", "spec"])?, spec.get("template")),
            ("batch", "CronJob") => {
                let job = spec.at(&["jobTemplate", "spec", "template"])?;
                (WorkloadKind::CronJob, job.get("spec")?, Some(job))
            }
            ("", "Pod") => (WorkloadKind::Pod, spec, Some(object.root)),
            _ => return None,
        };
        let node = object.root.at(&["metadata", "name"])?.node();
        let (name, place) = (node.text(), node.resolved().span());
        let known = object.name.is_some();
        let mut labels = known_labels(object.labels());
        let of_pod = template.and_then(|template| template.at(&["metadata", "labels"]));
        for (key, value) in known_labels(of_pod) {
            if !labels.iter().any(|(name, _)| *name == key) {
                labels.push((key, value));
            }
        }
        let volumes = pod.list("volumes");
        let mut containers: Vec<Container> = Vec::new();
        for (list, init) in [("containers", false), ("initContainers", true)] {
            for part in pod.list(list) {
                let mut container = self.container(part, &volumes);
                container.init = init && part.text_at("restartPolicy").as_deref() != Some("Always");
                containers.push(container);
            }
        }
        let namespace = match &object.namespace {
            Some(namespace) => Some(namespace.value.to_string()),
            None => release.namespace().map(str::to_owned),
        };
        let span = object.root.get("metadata").and_then(|metadata| metadata.key_span("name"));
        let span = span.map_or_else(|| self.place(place), |key| self.block(key));
        Some(Workload {
            short_name: short_name(
                &if known { name.to_string() } else { self.known_part(&name, place) },
                release,
            ),
            name: name.into_owned(),
            name_known: known,
            kind,
            owner,
            span,
            namespace,
            labels,
            containers,
            replicas: self.replicas(object, spec, kind, scalers, span),
            restart: None,
            grace: pod
                .get("terminationGracePeriodSeconds")
                .and_then(|part| self.attribute(part, |part| u64::try_from(part.int()?).ok())),
            hook: self.manifest.hook.is_some(),
        })
    }

    /// A name without its parts that are not known: `shop-v1-api` with an unknown version as `shop-api`; all of it
    /// where no part is known.
    fn known_part(&self, name: &str, place: Span) -> String {
        let written = self.manifest.source.slice(place);
        let Some(offset) = written.find(name) else { return name.to_owned() };
        let mut at = place.start as usize + offset;
        let mut parts = Vec::new();
        for part in name.split('-') {
            let here = Span::new(place.source, at, at + part.len());
            if !part.is_empty() && self.manifest.origin(here).unknown.is_none() {
                parts.push(part);
            }
            at += part.len() + 1;
        }
        if parts.is_empty() { name.to_owned() } else { parts.join("-") }
    }

    fn replicas(
        &self,
        object: &Object<'_>,
        spec: Part<'_>,
        kind: WorkloadKind,
        scalers: &[Scaler],
        span: Span,
    ) -> Replicas {
        let name = object.root.at(&["metadata", "name"]).map(|name| name.node().text()).unwrap_or_default();
        let scaler = scalers.iter().find(|scaler| scaler.kind == kind.name() && scaler.name == name);
        if let Some(scaler) = scaler {
            let least = scaler.least.clone().unwrap_or_else(|| one(span));
            return Replicas { least, most: scaler.most.clone() };
        }
        let least = spec.get("replicas").and_then(|part| self.count(part));
        // How many nodes there are is not in the chart.
        if kind == WorkloadKind::DaemonSet {
            let value = Known::unknown("one runs on each node", Some(span));
            return Replicas { least: Attribute { value, span, behind: Vec::new() }, most: None };
        }
        Replicas { least: least.unwrap_or_else(|| one(span)), most: None }
    }

    fn container(&self, part: Part<'_>, volumes: &[Part<'_>]) -> Container {
        let name = part.text_at("name").unwrap_or_default().into_owned();
        let mut checks = Vec::new();
        let kinds = [
            ("readinessProbe", HealthCheckKind::Readiness),
            ("livenessProbe", HealthCheckKind::Liveness),
            ("startupProbe", HealthCheckKind::Startup),
        ];
        for (key, kind) in kinds {
            if let Some(probe) = part.get(key) {
                checks.push(HealthCheck { kind, span: self.block(probe.span().at_start()) });
            }
        }
        let mut environment = Vec::new();
        for entry in part.list("env") {
            environment.extend(self.variable(entry));
        }
        let mut open_environment = Vec::new();
        for entry in part.list("envFrom") {
            match self.variables_from(entry) {
                Some(variables) => {
                    for variable in variables {
                        // One that is set by itself wins.
                        if !environment.iter().any(|own: &Variable| own.name == variable.name) {
                            environment.push(variable);
                        }
                    }
                }
                None => open_environment.push(self.block(entry.span().at_start())),
            }
        }
        let ports = part.list("ports").into_iter().filter_map(|port| {
            let container = self.attribute(port.get("containerPort")?, |part| part.int()?.try_into().ok())?;
            let published = port.get("hostPort").and_then(|part| {
                self.attribute(part, |part| {
                    let port = part.int()?.try_into().ok()?;
                    Some((port, port))
                })
            });
            let protocol =
                port.text_at("protocol").map_or("tcp".to_owned(), |text| text.to_ascii_lowercase());
            Some(Port { container, published, protocol })
        });
        let words = ["command", "args"].into_iter().flat_map(|key| part.list(key));
        Container {
            // A word of which only the value is not known still names its flag.
            flags: words.filter_map(|word| flag(&word.node().text())).collect(),
            image: part.get("image").and_then(|part| self.image(part)),
            init: false,
            build: None,
            built_from: None,
            environment,
            open_environment,
            ports: ports.collect(),
            checks,
            resources: self.resources(part),
            mounts: self.mounts(part, volumes),
            span: part.key_span("name").map_or_else(|| self.place(part.span()), |key| self.block(key)),
            name,
        }
    }

    /// The image. Where only its tag is supplied at deploy time, its name is known all the same.
    fn image(&self, part: Part<'_>) -> Option<Image> {
        let text = self.text(part)?;
        let Known::Unknown(unknown) = &text.value else { return Some(Image::known(text)) };
        let raw = part.node().text();
        let span = part.node().resolved().span();
        let source = &self.manifest.source;
        // The text in the manifest starts behind a quote or not.
        let offset = source.slice(span).find(&*raw).unwrap_or(0);
        let known = |from: usize, to: usize| {
            let place = Span::new(
                span.source,
                span.start as usize + offset + from,
                span.start as usize + offset + to,
            );
            self.manifest.origin(place).unknown.is_none()
        };
        let after_slash = raw.rfind('/').map_or(0, |slash| slash + 1);
        let colon = raw.get(after_slash..).and_then(|last| last.find(':')).map(|at| after_slash + at);
        let unknown: Unknown = unknown.clone();
        let (name, tag) = match colon {
            Some(at) => {
                let name = raw.get(..at).filter(|_| known(0, at)).map(str::to_owned);
                let tag = raw.get(at + 1..).filter(|_| known(at + 1, raw.len())).map(str::to_owned);
                (name, tag.map(Some))
            }
            None => (None, None),
        };
        Some(Image {
            text,
            name: name.map_or_else(|| Known::Unknown(unknown.clone()), Known::Known),
            tag: tag.map_or_else(|| Known::Unknown(unknown.clone()), Known::Known),
            digest: None,
        })
    }

    fn variable(&self, entry: Part<'_>) -> Option<Variable> {
        let name = entry.text_at("name")?.into_owned();
        let key = self.place(entry.get("name")?.span());
        let from = entry.get("valueFrom");
        let of_secret = from.is_some_and(|from| from.get("secretKeyRef").is_some());
        let secret = of_secret || credential_shaped(&name);
        let value = if let Some(value) = entry.get("value") {
            self.text(value)?
        } else if let Some(from) = from {
            if let Some(reference) = from.get("configMapKeyRef")
                && let (Some(map), Some(key)) = (reference.text_at("name"), reference.text_at("key"))
                && let Some(mut found) = self.data("ConfigMap", &map)
                && let Some(at) = found.iter().position(|variable| variable.name == *key)
            {
                let value = found.swap_remove(at).value;
                return Some(Variable { name, key: self.place(entry.get("name")?.span()), value, secret });
            }
            let span = self.block(from.span().at_start());
            let why = if of_secret { "it comes from a Secret" } else { "it is decided on the cluster" };
            Attribute { value: Known::unknown(why, Some(span)), span, behind: Vec::new() }
        } else {
            Attribute { value: Known::Known(String::new()), span: key, behind: Vec::new() }
        };
        Some(Variable { name, key, value, secret })
    }

    /// The variables of an entry of `envFrom`; `None` where the release does not render what it names.
    fn variables_from(&self, entry: Part<'_>) -> Option<Vec<Variable>> {
        let prefix = entry.text_at("prefix").unwrap_or_default();
        let kinds = [("configMapRef", "ConfigMap"), ("secretRef", "Secret")];
        let (reference, kind) = kinds.into_iter().find_map(|(key, kind)| Some((entry.get(key)?, kind)))?;
        let mut found = self.data(kind, &reference.text_at("name")?)?;
        for variable in &mut found {
            variable.name.insert_str(0, &prefix);
        }
        Some(found)
    }

    /// The data of a `ConfigMap` or `Secret` that the release renders, as variables.
    fn data(&self, kind: &str, name: &str) -> Option<Vec<Variable>> {
        let manifest = self.rendered.all().find(|one| one.kind == kind && one.name == name)?;
        let placeholders = Placeholders(manifest);
        let reader = Reader { manifest, rendered: self.rendered };
        let objects = Object::all(&manifest.tree, &placeholders);
        let object =
            objects.iter().find(|object| object.name.as_ref().is_some_and(|own| own.value == name))?;
        let secret = kind == "Secret";
        let mut variables = Vec::new();
        for section in ["data", "stringData"] {
            let Some(part) = object.root.get(section) else { continue };
            for (key, value) in part.entries() {
                let Some(name) = key.text() else { continue };
                let Some(mut value) = reader.text(value) else { continue };
                if secret && section == "data" {
                    // As it stands there it is encoded; what matters is that it is set.
                    value.value = Known::unknown("it is a Secret's", Some(value.span));
                }
                variables.push(Variable {
                    secret: secret || credential_shaped(&name),
                    name: name.into_owned(),
                    key: reader.place(key.span()),
                    value,
                });
            }
        }
        Some(variables)
    }

    fn resources(&self, container: Part<'_>) -> Resources {
        let amount = |of: &str, what: &str, read: fn(Quantity) -> i64| {
            let part = container.at(&["resources", of, what])?;
            self.attribute(part, |part| part.quantity().map(read))
        };
        Resources {
            cpu_request: amount("requests", "cpu", Quantity::millis),
            cpu_limit: amount("limits", "cpu", Quantity::millis),
            memory_request: amount("requests", "memory", Quantity::value),
            memory_limit: amount("limits", "memory", Quantity::value),
        }
    }

    fn mounts(&self, container: Part<'_>, volumes: &[Part<'_>]) -> Vec<Mount> {
        let mounts = container.list("volumeMounts").into_iter().filter_map(|mount| {
            let name = mount.text_at("name");
            let volume = name.as_deref().and_then(|name| {
                volumes.iter().find(|volume| volume.text_at("name").as_deref() == Some(name))
            });
            let (kind, source) = match volume {
                // A claim template of a StatefulSet.
                None => (MountKind::Persistent, mount.get("name")),
                Some(volume) => kind(*volume),
            };
            Some(Mount {
                target: self.text(mount.get("mountPath")?)?,
                source: source.and_then(|source| self.text(source)),
                kind,
                read_only: mount.bool_at("readOnly").unwrap_or(false),
                span: self.block(mount.span().at_start()),
            })
        });
        mounts.collect()
    }
}

/// What a volume of a pod is, and the part that names its source.
fn kind(volume: Part<'_>) -> (MountKind, Option<Part<'_>>) {
    if let Some(host) = volume.get("hostPath") {
        return (MountKind::Host, host.get("path"));
    }
    if let Some(claim) = volume.get("persistentVolumeClaim") {
        return (MountKind::Persistent, claim.get("claimName"));
    }
    if volume.node().get("emptyDir").is_some() {
        return (MountKind::Temporary, None);
    }
    let configuration = [("configMap", "name"), ("secret", "secretName")];
    for (key, name) in configuration {
        if let Some(part) = volume.get(key) {
            return (MountKind::Configuration, part.get(name));
        }
    }
    if volume.get("projected").is_some() || volume.get("downwardAPI").is_some() {
        return (MountKind::Configuration, None);
    }
    (MountKind::Other, volume.get("name"))
}

/// The name without those of the release and the chart in front.
fn short_name(name: &str, release: &Release) -> String {
    let chart = release.loaded.as_ref().map_or("", |loaded| loaded.chart.name());
    let mut short = name;
    for prefix in [release.name(), chart] {
        if let Some(rest) =
            short.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).filter(|rest| !rest.is_empty())
        {
            short = rest;
        }
    }
    short.to_owned()
}

/// Labels whose keys and values are known.
fn known_labels(part: Option<Part<'_>>) -> Vec<(String, String)> {
    let entries = part.map(Part::entries).unwrap_or_default().into_iter();
    let labels =
        entries.filter_map(|(key, value)| Some((key.text()?.into_owned(), value.text()?.into_owned())));
    labels.collect()
}
