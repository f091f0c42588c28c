//! The objects of one release, seen together.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::OnceLock;

use crate::kubernetes::BuiltIn;
use crate::kubernetes::Minor;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Schemas;
use crate::kubernetes::Selector;
use crate::kubernetes::Verdict;
use crate::kubernetes::Violation;
use crate::kubernetes::Workload;
use crate::kubernetes::pod_security;
use crate::kubernetes::pod_security::Breach;
use crate::kubernetes::pod_security::PodSecurityLevel;
use crate::source::Source;

/// The objects that are installed together.
#[derive(Clone, Debug)]
pub struct ObjectSet<'t> {
    /// The objects, in the order of the manifest.
    pub objects: Vec<Object<'t>>,
    /// Those that Helm runs as tests: by hand, and gone again. All that matters of them is that the server takes them.
    pub tests: Vec<Object<'t>>,
    /// The minor of the cluster they are meant for.
    pub minor: Minor,
    /// The namespace of those that name none; `None` where it is not known.
    pub namespace: Option<String>,
    /// True where the set may lack objects: a condition hangs on something unknown, or a part could not be read.
    /// What is absent from such a set says nothing.
    pub partial: bool,
    /// Where only such conditions make it partial, the templates they stand in.
    pub undecided: Option<Vec<Arc<Source>>>,
    /// What each workload does that the baseline forbids, worked out when it is first asked for.
    breaches: OnceLock<Vec<Vec<Breach>>>,
    /// What the schemas say of each object, worked out when it is first asked for.
    violations: OnceLock<Vec<Vec<Violation>>>,
}

impl<'t> ObjectSet<'t> {
    /// Objects for a cluster of that minor, all of which are known; those that name no namespace go into the one given.
    pub fn new(objects: Vec<Object<'t>>, minor: Minor, namespace: Option<String>) -> Self {
        let (breaches, violations) = (OnceLock::new(), OnceLock::new());
        let tests = Vec::new();
        Self { objects, tests, minor, namespace, partial: false, undecided: None, breaches, violations }
    }

    /// The objects and the tests: all that the server gets to see.
    pub fn submitted(&self) -> impl Iterator<Item = &Object<'t>> {
        self.objects.iter().chain(&self.tests)
    }

    /// Everything that runs, with what the baseline of the Pod Security Standards forbids of it.
    pub fn breaches(&self) -> impl Iterator<Item = (Workload<'_, 't>, &[Breach])> {
        let breaches = self.breaches.get_or_init(|| {
            let of = |workload| pod_security::breaches(&workload, PodSecurityLevel::Baseline, self.minor);
            self.workloads().map(of).collect()
        });
        self.workloads().zip(breaches.iter().map(Vec::as_slice))
    }

    /// The objects that have a schema, with what is wrong by it: that of the minor, or that of a custom resource
    /// which the set itself defines.
    pub fn violations(&self) -> impl Iterator<Item = (&Object<'t>, &[Violation])> {
        let violations = self.violations.get_or_init(|| {
            let mut schemas = Schemas::new(self.minor);
            self.objects.iter().for_each(|object| schemas.learn(object));
            let of = |object| match schemas.validate(object) {
                Verdict::Checked(violations) => violations,
                Verdict::Unchecked(_) => Vec::new(),
            };
            self.submitted().map(of).collect()
        });
        self.submitted().zip(violations.iter().map(Vec::as_slice))
    }

    /// Everything that runs.
    pub fn workloads(&self) -> impl Iterator<Item = Workload<'_, 't>> {
        self.objects.iter().filter_map(Workload::of)
    }

    /// The objects of a kind, in any version of the group; the core group is the empty one.
    pub fn of_kind(&self, group: &'static str, kind: &'static str) -> impl Iterator<Item = &Object<'t>> {
        self.objects.iter().filter(move |object| object.is_kind(group, kind))
    }

    /// The namespace an object ends up in; empty for what belongs to none, and where it is not known.
    pub fn namespace_of<'o>(&'o self, object: &'o Object<'t>) -> &'o str {
        if object.built_in.is_some_and(BuiltIn::is_cluster_scoped) {
            return "";
        }
        match &object.namespace {
            Some(namespace) => &namespace.value,
            None => self.namespace.as_deref().unwrap_or_default(),
        }
    }

    /// True where two objects share a namespace.
    pub fn share_namespace(&self, one: &Object<'t>, other: &Object<'t>) -> bool {
        self.namespace_of(one) == self.namespace_of(other)
    }

    /// The object of that kind and name in the namespace of `from`.
    pub fn find(
        &self,
        from: &Object<'t>,
        group: &'static str,
        kind: &'static str,
        name: &str,
    ) -> Option<&Object<'t>> {
        self.of_kind(group, kind).find(|object| {
            object.name.as_ref().is_some_and(|own| own.value == name) && self.share_namespace(from, object)
        })
    }

    /// The known names of a kind in the namespace of `from`.
    pub fn names(&self, from: &Object<'t>, group: &'static str, kind: &'static str) -> Vec<&str> {
        let near = self.of_kind(group, kind).filter(|object| self.share_namespace(from, object));
        near.filter_map(|object| object.name.as_ref().map(|name| &*name.value)).collect()
    }

    /// True where an object of that kind has a name that is not known, so that any name may be its own.
    pub fn has_nameless(&self, group: &'static str, kind: &'static str) -> bool {
        self.of_kind(group, kind).any(|object| object.name.is_none())
    }

    /// True where objects are there that make others: custom resources, which an operator turns into who knows what.
    pub fn has_custom_resources(&self) -> bool {
        self.objects.iter().any(|object| object.built_in.is_none())
    }

    /// The workloads that a selector picks in the namespace of `from`. `None` where that hangs on something unknown.
    pub fn selected(&self, from: &Object<'t>, selector: &Selector<'t>) -> Option<Vec<Workload<'_, 't>>> {
        let mut selected = Vec::new();
        for workload in self.workloads().filter(|workload| self.share_namespace(from, workload.object)) {
            if selector.matches(&workload.labels())? {
                selected.push(workload);
            }
        }
        Some(selected)
    }

    /// True where the set may lack objects of a kind: a template that hangs on something unknown writes out that kind,
    /// or none at all, so that it may be a part of any other.
    pub fn may_lack(&self, kind: &str) -> bool {
        let Some(undecided) = self.undecided.as_ref().filter(|_| self.partial) else { return self.partial };
        undecided.iter().any(|template| {
            let mut kinds =
                template.text.lines().filter_map(|line| line.trim().strip_prefix("kind:")).peekable();
            kinds.peek().is_none() || kinds.any(|written| written.trim() == kind || written.contains("{{"))
        })
    }

    /// The workload that a scale target names: `apiVersion`, `kind`, `name`.
    pub fn target(&self, from: &Object<'t>, target: Part<'t>) -> Target<'_, 't> {
        let (Some(kind), Some(name)) = (target.text_at("kind"), target.get("name")) else {
            return Target::Unknown;
        };
        let version = target.text_at("apiVersion").unwrap_or(Cow::Borrowed(""));
        let group = version.rsplit_once('/').map_or("", |(group, _)| group);
        if !matches!((group, &*kind), ("apps", _) | ("", "ReplicationController")) {
            return Target::Unknown;
        }
        let of_kind: Vec<_> = self
            .workloads()
            .filter(|workload| {
                workload.object.kind.value == kind && self.share_namespace(from, workload.object)
            })
            .collect();
        let name_of = |workload: &Workload<'_, 't>| workload.object.root.at(&["metadata", "name"]);
        // A name that is partly decided at deploy time is the same where the rest and the placeholder are.
        let named = |workload: &&Workload<'_, 't>| {
            name_of(workload).is_some_and(|own| {
                own.node().text() == name.node().text() && own.is_unknown() == name.is_unknown()
            })
        };
        let possible =
            |workload: &Workload<'_, 't>| name_of(workload).is_none_or(|own| !own.cannot_equal(name));
        match of_kind.iter().find(named) {
            Some(workload) => Target::Found(*workload),
            None if self.may_lack(&kind) || of_kind.iter().any(possible) => Target::Unknown,
            None => Target::Missing,
        }
    }
}

/// What a reference to a workload leads to.
#[derive(Clone, Copy, Debug)]
pub enum Target<'o, 't> {
    /// To this.
    Found(Workload<'o, 't>),
    /// To nothing in the set.
    Missing,
    /// Not known.
    Unknown,
}
