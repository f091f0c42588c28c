//! `kubernetes/duplicate-key`: a key that stands twice in one mapping of an object.

use crate::diagnostic::Finding;
use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::yaml::Repeated;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let of = |object: &Object<'_>| {
        let repeated = object.root.node().repeated_keys();
        repeated.iter().map(|repeated| finding(object, repeated)).collect::<Vec<_>>()
    };
    set.submitted().flat_map(of).collect()
}

fn finding(object: &Object<'_>, repeated: &Repeated<'_>) -> Finding {
    let (counts, label) =
        if repeated.is_same() { ("", "the first") } else { ("; the last one counts", "has no effect") };
    let key = repeated.again.key.text();
    let path = repeated.path.join(".");
    let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
    let message = format!("`{}` has the key `{key}` twice{place}{counts}", object.label());
    let subject = if path.is_empty() { key.into_owned() } else { format!("{path}.{key}") };
    Finding::new(message, repeated.again.key.span(), object.subject(&subject))
        .related(repeated.first.key.span(), label)
        .help("remove one")
}
