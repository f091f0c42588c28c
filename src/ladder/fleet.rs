//! All releases of an environment, rendered together: what rules of tenancy look at.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::diagnostic::Finding;
use crate::helm::Manifest;
use crate::kubernetes::BuiltIn;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::ladder::Environment;
use crate::ladder::Release;
use crate::ladder::workload::Placeholders;
use crate::source::Span;

/// An object, with the release that renders it.
#[derive(Debug)]
pub struct Placed<'f> {
    /// The release.
    pub release: &'f Release,
    /// The manifest it stands in.
    pub manifest: &'f Manifest,
    /// The object.
    pub object: Object<'f>,
    namespace: Option<String>,
    cluster_scoped: bool,
}

/// Every object of an environment, hooks left out.
#[derive(Debug)]
pub struct Fleet<'f> {
    /// The releases.
    pub releases: Vec<&'f Release>,
    /// What they render.
    pub objects: Vec<Placed<'f>>,
    /// Kinds, and the namespaces they are in; none where that is not known.
    kinds: BTreeSet<(String, Option<String>)>,
    /// The namespaces of releases that were not rendered as a whole; none where that is not known.
    unseen: BTreeSet<Option<String>>,
    /// The objects of each namespace, as places in the list of all.
    homes: BTreeMap<String, Vec<usize>>,
}

impl<'f> Placed<'f> {
    fn new(release: &'f Release, manifest: &'f Manifest, object: Object<'f>) -> Self {
        let cluster_scoped = object.built_in.is_some_and(BuiltIn::is_cluster_scoped);
        let namespace = match object.root.at(&["metadata", "namespace"]) {
            _ if cluster_scoped => Some(""),
            Some(part) if part.is_unknown() => None,
            Some(_) => object.namespace.as_ref().map(|namespace| &*namespace.value),
            None => release.namespace(),
        };
        let namespace = namespace.map(str::to_owned);
        Self { release, manifest, object, namespace, cluster_scoped }
    }

    /// The place to show for a part of the object: the values line that decided it, else the template line.
    pub fn place(&self, span: Span) -> Span {
        let origin = self.manifest.origin(span);
        origin.primary().unwrap_or(span)
    }

    /// The place in the template.
    pub fn template(&self, span: Span) -> Span {
        let origin = self.manifest.origin(span);
        origin.template.or_else(|| origin.primary()).unwrap_or(span)
    }

    /// The namespace the object ends up in; empty for what belongs to the whole cluster, `None` where not known.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// True for what belongs to no namespace.
    pub fn cluster_scoped(&self) -> bool {
        self.cluster_scoped
    }

    /// A finding about the object, at a part of it.
    pub fn finding(&self, message: String, part: Part<'_>, path: &str) -> Finding {
        Finding::new(message, self.place(part.span()), self.object.subject(path))
    }
}

impl<'f> Fleet<'f> {
    /// The objects that end up in a namespace.
    pub fn within<'s>(&'s self, namespace: &str) -> impl Iterator<Item = &'s Placed<'f>> + use<'s, 'f> {
        let here = self.homes.get(namespace).map(Vec::as_slice).unwrap_or_default();
        here.iter().filter_map(|index| self.objects.get(*index))
    }

    /// True where everything that is installed into a namespace was rendered, whatever is decided at deploy time.
    pub fn sees(&self, namespace: &str) -> bool {
        !self.unseen.contains(&None) && !self.unseen.contains(&Some(namespace.to_owned()))
    }

    /// True where a namespace has an object of that kind, or may have one: something of a release there is not known.
    pub fn has(&self, namespace: &str, kind: &str) -> bool {
        let there =
            |namespace: Option<&str>| self.kinds.contains(&(kind.to_owned(), namespace.map(str::to_owned)));
        there(Some(namespace)) || there(None) || !self.sees(namespace)
    }
}

/// What the releases of an environment render, which a [`Fleet`] borrows from.
#[derive(Debug)]
pub struct Manifests<'f> {
    releases: Vec<&'f Release>,
    placeholders: Vec<(&'f Release, Placeholders<'f>)>,
}

impl<'f> Manifests<'f> {
    /// Those of an environment.
    pub fn of(environment: &'f Environment) -> Self {
        let releases: Vec<&Release> = environment.releases.iter().collect();
        let rendered = releases.iter().filter_map(|release| Some((*release, release.manifests()?)));
        let placeholders = rendered.flat_map(|(release, rendered)| {
            rendered.manifests.iter().map(move |manifest| (release, Placeholders(manifest)))
        });
        let placeholders = placeholders.collect();
        Self { releases, placeholders }
    }

    /// All their objects, seen together.
    pub fn fleet(&'f self) -> Fleet<'f> {
        let mut objects = Vec::new();
        for (release, placeholders) in &self.placeholders {
            let manifest = placeholders.0;
            let all = Object::all(&manifest.tree, placeholders);
            objects.extend(all.into_iter().map(|object| Placed::new(release, manifest, object)));
        }
        let kind = |placed: &Placed<'_>| {
            (placed.object.kind.value.to_string(), placed.namespace().map(str::to_owned))
        };
        let kinds = objects.iter().map(kind).collect();
        let unseen = self.releases.iter().filter(|release| {
            release.manifests().is_none_or(|rendered| !rendered.unknown_conditions.is_empty())
        });
        let unseen = unseen.map(|release| release.namespace().map(str::to_owned)).collect();
        let mut homes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, placed) in objects.iter().enumerate() {
            if let Some(namespace) = placed.namespace() {
                homes.entry(namespace.to_owned()).or_default().push(index);
            }
        }
        let releases = self.releases.clone();
        Fleet { releases, objects, kinds, unseen, homes }
    }
}

/// Shows `look` all objects of an environment.
pub fn of<R>(environment: &Environment, look: impl FnOnce(&Fleet<'_>) -> R) -> R {
    look(&Manifests::of(environment).fleet())
}

/// Releases that are tenants of each other: the same chart under several names.
pub fn tenants(environment: &Environment) -> Vec<&Release> {
    let named = || environment.releases.iter().filter(|release| release.is_named());
    let mut names: BTreeMap<&PathBuf, BTreeSet<&str>> = BTreeMap::new();
    for release in named() {
        if let Some(chart) = release.chart() {
            names.entry(chart).or_default().insert(release.name());
        }
    }
    let many = |release: &&Release| {
        release.chart().and_then(|chart| names.get(chart)).is_some_and(|names| names.len() > 1)
    };
    named().filter(many).collect()
}

/// The names of the tenants.
pub fn tenant_names(environment: &Environment) -> BTreeSet<&str> {
    tenants(environment).into_iter().map(Release::name).collect()
}

/// Where a release is named: the line of the command or configuration that makes it.
pub fn named_at(release: &Release) -> Span {
    release.deployment.release.span
}

/// The namespaces of tenants in which workloads run, with the release and its first workload.
pub fn homes<'f>(fleet: &'f Fleet<'f>, environment: &Environment) -> Vec<(&'f str, &'f Placed<'f>)> {
    let tenants = tenant_names(environment);
    let mut seen = BTreeSet::new();
    let mut homes: Vec<(&str, &Placed<'_>)> = Vec::new();
    for placed in &fleet.objects {
        let runs = crate::kubernetes::Workload::of(&placed.object).is_some();
        if !runs || !tenants.contains(placed.release.name()) {
            continue;
        }
        let Some(namespace) = placed.namespace() else { continue };
        if seen.insert(namespace) {
            homes.push((namespace, placed));
        }
    }
    homes
}
