//! How traffic finds pods: Services and Ingresses.

use std::borrow::Cow;

use crate::kubernetes::IntOrString;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Selector;

/// A Service.
#[derive(Clone, Copy, Debug)]
pub struct Service<'o, 't> {
    /// The object.
    pub object: &'o Object<'t>,
    spec: Part<'t>,
}

/// A port of a Service.
#[derive(Clone, Debug)]
pub struct ServicePort<'t> {
    /// Its name.
    pub name: Option<Cow<'t, str>>,
    /// Its number.
    pub number: Option<i64>,
    /// What it leads to, where it says so; otherwise the port of its own number.
    pub target: Option<Part<'t>>,
    /// The entry.
    pub part: Part<'t>,
}

impl<'o, 't> Service<'o, 't> {
    /// The Service that an object is.
    pub fn of(object: &'o Object<'t>) -> Option<Self> {
        object.is_kind("", "Service").then(|| object.spec()).flatten().map(|spec| Self { object, spec })
    }

    /// Its type: `ClusterIP` where it names none; `None` where it is unknown.
    pub fn kind(self) -> Option<Cow<'t, str>> {
        self.spec.get("type").map_or(Some(Cow::Borrowed("ClusterIP")), Part::text)
    }

    /// Where its type is written.
    pub fn kind_part(self) -> Option<Part<'t>> {
        self.spec.get("type")
    }

    /// What it selects pods by. `None` for a Service without a selector, whose endpoints somebody else writes.
    pub fn selector(self) -> Option<Selector<'t>> {
        let selector = self.spec.get("selector")?;
        let external = self.kind().is_some_and(|kind| kind == "ExternalName");
        (!external && !selector.is_empty()).then(|| Selector::equal(selector))
    }

    /// True where it has no address of its own.
    pub fn is_headless(self) -> bool {
        self.spec.text_at("clusterIP").is_some_and(|address| address == "None")
    }

    /// Its ports.
    pub fn ports(self) -> Vec<ServicePort<'t>> {
        let read = |part: Part<'t>| ServicePort {
            name: part.text_at("name"),
            number: part.int_at("port"),
            target: part.get("targetPort"),
            part,
        };
        self.spec.list("ports").into_iter().map(read).collect()
    }
}

/// A path of an Ingress that leads to a Service.
#[derive(Clone, Debug)]
pub struct IngressPath<'t> {
    /// The host; empty for any.
    pub host: Cow<'t, str>,
    /// The path; `/` where it names none.
    pub path: Cow<'t, str>,
    /// Where host or path is written.
    pub at: Part<'t>,
    /// The name of the Service it leads to, where it leads to one.
    pub service: Option<Part<'t>>,
    /// The port of that Service: its number or its name.
    pub port: Option<Part<'t>>,
}

/// The paths of an Ingress, its default one first. What has an unknown host or path is left out.
pub fn ingress_paths<'t>(ingress: &Object<'t>) -> Vec<IngressPath<'t>> {
    let Some(spec) = ingress.spec() else { return Vec::new() };
    let mut paths = Vec::new();
    let backend = |backend: Part<'t>| {
        // `networking.k8s.io/v1`, and the form before it.
        let name = backend.at(&["service", "name"]).or_else(|| backend.get("serviceName"));
        let port = backend
            .at(&["service", "port", "number"])
            .or_else(|| backend.at(&["service", "port", "name"]))
            .or_else(|| backend.get("servicePort"));
        (name, port)
    };
    if let Some(default) = spec.get("defaultBackend").or_else(|| spec.get("backend")) {
        let (service, port) = backend(default);
        paths.push(IngressPath {
            host: Cow::Borrowed(""),
            path: Cow::Borrowed(""),
            at: default,
            service,
            port,
        });
    }
    for rule in spec.list("rules") {
        let Some(host) = rule.get("host").map_or(Some(Cow::Borrowed("")), Part::text) else { continue };
        for entry in rule.get("http").map(|http| http.list("paths")).unwrap_or_default() {
            let Some(path) = entry.get("path").map_or(Some(Cow::Borrowed("/")), Part::text) else { continue };
            let (service, port) = entry.get("backend").map(backend).unwrap_or_default();
            let at = entry.get("path").or_else(|| rule.get("host")).unwrap_or(entry);
            paths.push(IngressPath { host: host.clone(), path, at, service, port });
        }
    }
    paths
}

/// The port that a number or name means among the ports of a Service.
pub fn service_port<'t>(ports: &[ServicePort<'t>], wanted: &IntOrString<'_>) -> Option<ServicePort<'t>> {
    let found = ports.iter().find(|port| match wanted {
        IntOrString::Int(number) => port.number == Some(*number),
        IntOrString::String(name) => port.name.as_deref() == Some(name),
    });
    found.cloned()
}
