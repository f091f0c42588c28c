//! The objects of a release, made ready once for all rules that look at objects, and their findings brought to the
//! lines that decide them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::check::layers;
use crate::diagnostic::Finding;
use crate::diagnostic::Label;
use crate::diagnostic::Remedy;
use crate::diagnostic::Unchecked;
use crate::helm::Manifest;
use crate::helm::Rendered;
use crate::kubernetes::AllKnown;
use crate::kubernetes::Minor;
use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Schemas;
use crate::kubernetes::Unknowns;
use crate::ladder::Release;
use crate::source::SourceMap;
use crate::source::Span;
use crate::yaml::Dialect;
use crate::yaml::Tree;

/// What a release renders to, and what the sets made of it borrow from.
pub(super) struct Prepared<'a> {
    release: &'a Release,
    rendered: &'a Rendered,
    placeholders: Vec<Placeholders<'a>>,
    definitions: Vec<Tree>,
}

/// What is only decided at deploy time in one manifest.
struct Placeholders<'a>(&'a Manifest);

impl Unknowns for Placeholders<'_> {
    fn is_unknown(&self, span: Span) -> bool {
        span.source == self.0.source.id && self.0.is_unknown(span)
    }
}

impl<'a> Prepared<'a> {
    /// Reads what the rendering of a release leaves unread: the files below `crds/`.
    pub(super) fn new(release: &'a Release, rendered: &'a Rendered) -> Self {
        let files = rendered.crds.iter().filter_map(|(_, file)| file.source());
        let definitions = files.map(|source| Tree::parse(source, Dialect::Helm)).collect();
        Self { release, rendered, placeholders: rendered.all().map(Placeholders).collect(), definitions }
    }

    /// The objects that are installed together, for Kubernetes of that minor.
    pub(super) fn set(&'a self, sources: &SourceMap, minor: Minor) -> ObjectSet<'a> {
        let (mut objects, mut tests) = (Vec::new(), Vec::new());
        for tree in &self.definitions {
            objects.extend(Object::all(tree, &AllKnown));
        }
        for placeholders in &self.placeholders {
            let test = placeholders.0.hook.as_ref().is_some_and(crate::helm::render::Hook::is_test);
            let set = if test { &mut tests } else { &mut objects };
            set.extend(Object::all(&placeholders.0.tree, placeholders));
        }
        let namespace = self.release.loaded.as_ref().map(|loaded| loaded.namespace.value.clone());
        let open = self.rendered.unknown_conditions.iter().filter(|condition| !condition.text);
        let unseen = !self.release.deployment.unseen.is_empty();
        let partial = unseen || open.clone().next().is_some();
        let undecided = open.map(|condition| sources.get(condition.place.source)).collect::<Option<Vec<_>>>();
        let undecided = undecided.filter(|_| !unseen);
        let mut set = ObjectSet::new(objects, minor, namespace);
        (set.tests, set.partial, set.undecided) = (tests, partial, undecided);
        set
    }

    /// Brings findings from rendered text to the lines that decide it. One that cannot be is not kept: no reader
    /// could follow it.
    pub(super) fn place(&self, sources: &SourceMap, findings: Vec<Finding>) -> Vec<Finding> {
        findings.into_iter().filter_map(|finding| self.placed(sources, finding)).collect()
    }

    fn placed(&self, sources: &SourceMap, mut finding: Finding) -> Option<Finding> {
        if let Some(origin) = self.rendered.origin_in(sources, finding.primary.span) {
            finding.primary.span = origin.primary()?;
            // What is not there was not written by any line, but a value may have decided that it was not.
            let key = finding.lacks.filter(|_| origin.values.is_empty());
            let left_out = key
                .zip(origin.template)
                .and_then(|(key, template)| self.rendered.left_out(sources, template, key));
            if let Some((value, condition)) = left_out {
                finding.primary.span = value;
                finding.related.push(Label::new(condition, "left out by this"));
            }
            if let Some(template) = origin.template.filter(|template| *template != finding.primary.span) {
                finding.related.push(Label::new(template, "rendered by this"));
            }
            // Text of a template says for itself what is wrong; a values line may be why it is there.
            if let Some(decided) =
                origin.decided.first().filter(|_| origin.values.is_empty() && left_out.is_none())
            {
                finding.related.push(Label::new(decided.span, "decided by this"));
            }
            // What is written in rendered text cannot be edited there.
            finding.fix = None;
            let translated = |remedy: Result<Remedy, String>| {
                remedy.and_then(|remedy| layers::translated(self.release, self.rendered, sources, remedy))
            };
            finding.remedy = finding.remedy.map(translated);
        }
        finding.related.retain_mut(|label| match self.rendered.origin_in(sources, label.span) {
            Some(origin) => origin.primary().map(|place| label.span = place).is_some(),
            None => true,
        });
        let primary = finding.primary.span;
        finding.related.retain(|label| label.span != primary);
        Some(finding)
    }
}

/// The custom resources of a set.
pub(super) struct Kinds {
    /// Those that it defines, by version and kind, and whether with a schema.
    defined: Vec<((String, String), bool)>,
    /// Those that it has, by kind and version.
    used: BTreeSet<(String, String)>,
}

impl Kinds {
    pub(super) fn of(set: &ObjectSet<'_>) -> Self {
        let mut schemas = Schemas::new(Minor::NEWEST);
        set.objects.iter().for_each(|object| schemas.learn(object));
        let used = set.submitted().filter(|object| object.built_in.is_none());
        Self {
            defined: schemas.custom().map(|(name, described)| (name.clone(), described)).collect(),
            used: used
                .map(|object| (object.kind.value.to_string(), object.api_version.value.to_string()))
                .collect(),
        }
    }
}

/// The kinds of objects that are held against no schema, once each: custom resources that no release defines.
pub(super) fn unchecked(all: Vec<Kinds>) -> Vec<Unchecked> {
    let mut defined = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for one in all {
        defined.extend(one.defined);
        kinds.extend(one.used);
    }
    kinds.retain(|(kind, version)| defined.get(&(version.clone(), kind.clone())) != Some(&true));
    let said = |(kind, version): (String, String)| Unchecked {
        what: format!("fields of `{kind}` (`{version}`)"),
        reason:
            "no chart brings its CustomResourceDefinition; put it under `crds/` of one to have them checked"
                .to_owned(),
        span: None,
    };
    kinds.into_iter().map(said).collect()
}
