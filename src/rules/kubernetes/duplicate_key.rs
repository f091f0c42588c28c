//! `kubernetes/duplicate-key`: a key that stands twice in one mapping of an object.

use crate::diagnostic::Finding;
use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::source::Span;
use crate::yaml::NodeRef;
use crate::yaml::ProblemCode;
use std::collections::BTreeMap;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for object in &set.objects {
        let node = object.root.node();
        let problems = node.tree().problems().iter();
        let twice = problems.filter(|problem| problem.code == ProblemCode::DuplicateKey);
        let places = twice.filter_map(|problem| Some((problem.span, problem.related.as_ref()?.0)));
        let places: BTreeMap<Span, Span> =
            places.filter(|(second, _)| node.span().contains(*second)).collect();
        if !places.is_empty() {
            collect(object, node, &places, &mut Vec::new(), &mut found);
        }
    }
    found
}

/// Looks for the second of two equal keys, to say where in the object they are and what becomes of the first.
fn collect(
    object: &Object<'_>,
    node: NodeRef<'_>,
    places: &BTreeMap<Span, Span>,
    path: &mut Vec<String>,
    found: &mut Vec<Finding>,
) {
    // What an alias stands for is written elsewhere in the object.
    if node.is_alias() {
        return;
    }
    for entry in node.entries() {
        let key = entry.key.text();
        if let Some(first) = places.get(&entry.key.span()) {
            let value = node.entries().find(|other| other.key.span() == *first).map(|other| other.value);
            let written =
                |value: NodeRef<'_>| value.tree().text().get(value.span().range()).map(str::to_owned);
            let same = value.and_then(written) == written(entry.value);
            let (counts, label) =
                if same { ("", "the first") } else { ("; the last one counts", "has no effect") };
            let place = if path.is_empty() { String::new() } else { format!(" in `{}`", path.join(".")) };
            let message = format!("`{}` has the key `{key}` twice{place}{counts}", object.label());
            let subject = path.iter().map(String::as_str).chain([&*key]).collect::<Vec<_>>().join(".");
            found.push(
                Finding::new(message, entry.key.span(), object.subject(&subject))
                    .related(*first, label)
                    .help("remove one"),
            );
        }
        path.push(key.into_owned());
        collect(object, entry.value, places, path, found);
        path.pop();
    }
    for (index, item) in node.items().enumerate() {
        let name = item.get("name").map_or_else(|| index.to_string(), |name| name.text().into_owned());
        let above = path.pop().unwrap_or_default();
        path.push(format!("{above}[{name}]"));
        collect(object, item, places, path, found);
        path.pop();
        path.push(above);
    }
}
