//! All releases of an environment, rendered together: what tenancy rules look at.

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
pub(super) struct Placed<'f> {
    pub(super) release: &'f Release,
    pub(super) manifest: &'f Manifest,
    pub(super) object: Object<'f>,
}

/// Every object of an environment, hooks left out.
pub(super) struct Fleet<'f> {
    pub(super) releases: Vec<&'f Release>,
    pub(super) objects: Vec<Placed<'f>>,
}

impl Placed<'_> {
    /// The place to show for a part of the object: the values line that decided it, else the template line.
    pub(super) fn place(&self, span: Span) -> Span {
        let origin = self.manifest.origin(span);
        origin.primary().unwrap_or(span)
    }

    /// The place in the template.
    pub(super) fn template(&self, span: Span) -> Span {
        let origin = self.manifest.origin(span);
        origin.template.or_else(|| origin.primary()).unwrap_or(span)
    }

    /// The namespace the object ends up in; empty for what belongs to the whole cluster, `None` where not known.
    pub(super) fn namespace(&self) -> Option<&str> {
        if self.cluster_scoped() {
            return Some("");
        }
        match self.object.root.at(&["metadata", "namespace"]) {
            Some(part) if part.is_unknown() => None,
            Some(_) => self.object.namespace.as_ref().map(|namespace| &*namespace.value),
            None => self.release.namespace(),
        }
    }

    pub(super) fn cluster_scoped(&self) -> bool {
        let known = BuiltIn::find(&self.object.api_version.value, &self.object.kind.value);
        known.is_some_and(BuiltIn::is_cluster_scoped)
    }

    /// A finding about the object, at a part of it.
    pub(super) fn finding(&self, message: String, part: Part<'_>, path: &str) -> Finding {
        Finding::new(message, self.place(part.span()), self.object.subject(path))
    }
}

/// Shows a rule all objects of an environment.
pub(super) fn of<R>(environment: &Environment, look: impl FnOnce(&Fleet<'_>) -> R) -> R {
    let releases: Vec<&Release> = environment.releases.iter().collect();
    let manifests: Vec<(&Release, Placeholders<'_>)> = releases
        .iter()
        .filter_map(|release| Some((*release, release.manifests()?)))
        .flat_map(|(release, rendered)| {
            rendered.manifests.iter().map(move |manifest| (release, Placeholders(manifest)))
        })
        .collect();
    let mut objects = Vec::new();
    for (release, placeholders) in &manifests {
        let manifest = placeholders.0;
        let all = Object::all(&manifest.tree, placeholders);
        objects.extend(all.into_iter().map(|object| Placed { release, manifest, object }));
    }
    look(&Fleet { releases, objects })
}

/// Pairs of releases that are tenants of each other: the same chart under two names.
pub(super) fn tenants(environment: &Environment) -> Vec<&Release> {
    let same_chart = |one: &Release, other: &Release| one.chart().is_some() && one.chart() == other.chart();
    let named = || environment.releases.iter().filter(|release| release.is_named());
    named()
        .filter(|release| named().any(|other| other.name() != release.name() && same_chart(release, other)))
        .collect()
}

/// Where a release is named: the line of the command or configuration that makes it.
pub(super) fn named_at(release: &Release) -> Span {
    release.deployment.release.span
}

/// The namespaces of tenants in which workloads run, with the release and its first workload.
pub(super) fn homes<'f>(fleet: &'f Fleet<'f>, environment: &Environment) -> Vec<(&'f str, &'f Placed<'f>)> {
    let tenants: Vec<&str> = tenants(environment).into_iter().map(Release::name).collect();
    let mut homes: Vec<(&str, &Placed<'_>)> = Vec::new();
    for placed in &fleet.objects {
        let runs = crate::kubernetes::Workload::of(&placed.object).is_some();
        if !runs || !tenants.contains(&placed.release.name()) {
            continue;
        }
        let Some(namespace) = placed.namespace() else { continue };
        if homes.iter().all(|(known, _)| *known != namespace) {
            homes.push((namespace, placed));
        }
    }
    homes
}

/// True where a namespace has an object of that kind, or may have one: something of a release there is not known.
pub(super) fn has(fleet: &Fleet<'_>, namespace: &str, kind: &str) -> bool {
    let rendered = fleet.objects.iter().filter(|placed| placed.object.kind.value == kind);
    let here = rendered.into_iter().any(|placed| placed.namespace().is_none_or(|own| own == namespace));
    let open = fleet.releases.iter().any(|release| {
        let unseen = release.manifests().is_none_or(|rendered| !rendered.unknown_conditions.is_empty());
        unseen && release.namespace().is_none_or(|own| own == namespace)
    });
    here || open
}
