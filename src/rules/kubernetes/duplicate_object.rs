//! `kubernetes/duplicate-object`: two objects of one release with the same name.

use crate::diagnostic::Finding;
use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use std::collections::BTreeMap;

pub(super) fn check(set: &ObjectSet<'_>, context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen: BTreeMap<(String, String, String, String), &Object<'_>> = BTreeMap::new();
    for object in set.objects.iter().filter(|object| !object.is_hook()) {
        let Some(name) = &object.name else { continue };
        let key = (
            object.group().to_owned(),
            object.kind.value.to_string(),
            set.namespace_of(object).to_owned(),
            name.value.to_string(),
        );
        let Some(first) = seen.get(&key) else {
            seen.insert(key, object);
            continue;
        };
        // Of what lies in `crds/`, Helm installs the first and passes over the rest.
        if object.kind.value == "CustomResourceDefinition" && below_crds(object, context) {
            continue;
        }
        let message = format!("the release has two `{}`; only one of them can be installed", object.label());
        found.push(
            Finding::new(message, name.span, object.subject("metadata.name"))
                .related(first.span(), "the first")
                .help("rename or remove one"),
        );
    }
    found
}

fn below_crds(object: &Object<'_>, context: &Context<'_>) -> bool {
    let source = context.sources.get(object.span().source);
    source.is_some_and(|source| source.path.split('/').any(|folder| folder == "crds"))
}
