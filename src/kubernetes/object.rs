//! One object of a manifest.

use std::borrow::Cow;
use std::fmt;

use crate::kubernetes::BuiltIn;
use crate::kubernetes::Part;
use crate::kubernetes::Unknowns;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// An object: what has an `apiVersion` and a `kind`.
#[derive(Clone)]
pub struct Object<'t> {
    /// Group and version: `apps/v1`.
    pub api_version: Spanned<Cow<'t, str>>,
    /// `Deployment`.
    pub kind: Spanned<Cow<'t, str>>,
    /// Its name; `None` where it has none, or none that is known.
    pub name: Option<Spanned<Cow<'t, str>>>,
    /// Its namespace, where it names one.
    pub namespace: Option<Spanned<Cow<'t, str>>>,
    /// Its kind as Kubernetes has it; `None` for a custom resource.
    pub built_in: Option<BuiltIn>,
    /// The whole object.
    pub root: Part<'t>,
}

impl<'t> Object<'t> {
    /// Reads an object; `None` for what is no mapping with `apiVersion` and `kind`.
    pub fn read(node: NodeRef<'t>, unknowns: &'t dyn Unknowns) -> Option<Self> {
        let root = Part::new(node, unknowns);
        let text = |part: Part<'t>| part.text().map(|text| Spanned::new(text, part.span()));
        let metadata = root.get("metadata");
        let of_metadata = |key: &str| metadata.and_then(|metadata| metadata.get(key)).and_then(text);
        let (api_version, kind) = (text(root.get("apiVersion")?)?, text(root.get("kind")?)?);
        let built_in = BuiltIn::find(&api_version.value, &kind.value);
        let (name, namespace) = (of_metadata("name"), of_metadata("namespace"));
        Some(Self { api_version, kind, name, namespace, built_in, root })
    }

    /// The objects of all documents of a text; a `List` counts as its items.
    pub fn all(tree: &'t Tree, unknowns: &'t dyn Unknowns) -> Vec<Self> {
        let mut objects = Vec::new();
        for document in tree.documents() {
            Self::collect(document, unknowns, &mut objects);
        }
        objects
    }

    fn collect(document: NodeRef<'t>, unknowns: &'t dyn Unknowns, objects: &mut Vec<Self>) {
        // A list in a list is unheard of; one level keeps this flat.
        let Some(object) = Self::read(document, unknowns) else { return };
        if object.is("v1", "List") {
            let items = object.root.list("items").into_iter();
            objects.extend(items.filter_map(|item| Self::read(item.node(), unknowns)));
        } else {
            objects.push(object);
        }
    }

    /// True for exactly this API version and kind.
    pub fn is(&self, api_version: &str, kind: &str) -> bool {
        self.api_version.value == api_version && self.kind.value == kind
    }

    /// True for this kind in any version of a group; the core group is the empty one.
    pub fn is_kind(&self, group: &str, kind: &str) -> bool {
        self.group() == group && self.kind.value == kind
    }

    /// The API group: `apps`; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.value.rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// `Deployment/web`: how messages, subjects and `plimsoll why` name it. Words of the name that are only decided at
    /// deploy time stand as `…`: `Deployment/shop-…-api`.
    pub fn label(&self) -> String {
        let part = self.root.at(&["metadata", "name"]);
        let rendered = || part.map(Part::known_words).unwrap_or_default();
        let name = self.name.as_ref().map_or_else(rendered, |name| name.value.to_string());
        format!("{}/{}", self.kind.value, if name.is_empty() { "?" } else { &*name })
    }

    /// A path within it, for the subject of a finding: `Deployment/web spec.replicas`.
    pub fn subject(&self, path: &str) -> String {
        if path.is_empty() { self.label() } else { format!("{} {path}", self.label()) }
    }

    /// Where a finding about the object as a whole points: the key of its name, which its template writes whatever
    /// decides the name itself; or else its kind.
    pub fn span(&self) -> Span {
        let metadata = self.root.get("metadata");
        metadata.and_then(|metadata| metadata.key_span("name")).unwrap_or(self.kind.span)
    }

    /// Its specification.
    pub fn spec(&self) -> Option<Part<'t>> {
        self.root.get("spec")
    }

    /// Its labels.
    pub fn labels(&self) -> Option<Part<'t>> {
        self.root.at(&["metadata", "labels"])
    }

    /// Its annotations.
    pub fn annotations(&self) -> Option<Part<'t>> {
        self.root.at(&["metadata", "annotations"])
    }

    /// The annotation of that key.
    pub fn annotation(&self, key: &str) -> Option<Part<'t>> {
        self.annotations()?.get(key)
    }

    /// True for what Helm runs as a hook: it lives for a moment only.
    pub fn is_hook(&self) -> bool {
        self.annotation("helm.sh/hook").is_some()
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.label())
    }
}
