//! Surgical edits of any YAML: what is read back is what was meant, and everything else is as it was.
//!
//! The first byte chooses the edit, the second the node; the second part of the rest is the new text.

#![no_main]

use plimsoll::diagnostic::Edit;
use plimsoll::source::SourceMap;
use plimsoll::yaml;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::EditRefused;
use plimsoll::yaml::Kind;
use plimsoll::yaml::NodeRef;
use plimsoll::yaml::Tree;

/// Every node in the order of the text: what it is, and its text.
fn shape(tree: &Tree) -> Vec<String> {
    walk(tree).map(|node| line(node)).collect()
}

fn line(node: NodeRef<'_>) -> String {
    if node.is_alias() {
        return format!("*{}", &node.tree().text()[node.span().range()]);
    }
    match node.kind() {
        Kind::Scalar(_) => format!("= {}", node.text()),
        Kind::Sequence(_) => format!("sequence of {}", node.items().len()),
        Kind::Mapping(_) => "mapping".to_owned(),
    }
}

fn walk(tree: &Tree) -> impl Iterator<Item = NodeRef<'_>> {
    let mut open: Vec<NodeRef<'_>> = tree.documents().collect();
    open.reverse();
    std::iter::from_fn(move || {
        let node = open.pop()?;
        if !node.is_alias() {
            open.extend(node.items().rev());
            open.extend(node.entries().rev().flat_map(|entry| [entry.value, entry.key]));
        }
        Some(node)
    })
}

fn parse(text: &str, dialect: Dialect) -> Tree {
    Tree::parse(&SourceMap::new(plimsoll::source::Files::memory::<&str, &str>([])).add("t.yaml", text), dialect)
}

fn apply(text: &str, edits: Result<Vec<Edit>, EditRefused>) -> Option<String> {
    let mut after = text.to_owned();
    for edit in edits.ok()?.into_iter().rev() {
        after.replace_range(edit.span.range(), &edit.text);
    }
    Some(after)
}

/// How many lines of a shape a node takes.
fn size(node: NodeRef<'_>) -> usize {
    let mut open = vec![node];
    let mut size = 0;
    while let Some(node) = open.pop() {
        size += 1;
        if !node.is_alias() {
            open.extend(node.items());
            open.extend(node.entries().flat_map(|entry| [entry.value, entry.key]));
        }
    }
    size
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let &[what, which, ref rest @ ..] = data else { return };
    let parts = plimsoll_fuzz::parts(rest);
    let text = plimsoll_fuzz::text(&parts, 0);
    let new = plimsoll_fuzz::text(&parts, 1);
    let new = new.trim_end_matches('\n');
    let dialect = if what & 1 == 0 { Dialect::Compose } else { Dialect::Helm };
    let tree = parse(&text, dialect);
    if !tree.problems().is_empty() {
        return;
    }
    let before = shape(&tree);
    let Some((index, node)) = walk(&tree).enumerate().nth(usize::from(which)) else { return };
    let (after, wanted) = match what & 6 {
        0 => {
            let mut wanted = before.clone();
            wanted[index] = format!("= {new}");
            (apply(&text, yaml::replace_scalar(node, new)), wanted)
        }
        2 => {
            let Some(entry) = node.entries().nth(usize::from(what >> 3)) else { return };
            let earlier = node.entries().take(usize::from(what >> 3));
            let from = index + 1 + earlier.map(|entry| size(entry.key) + size(entry.value)).sum::<usize>();
            let mut wanted = before.clone();
            wanted.drain(from..from + size(entry.key) + size(entry.value));
            (apply(&text, yaml::remove_entry(node, entry)), wanted)
        }
        _ => {
            let Some(entry) = node.entries().nth(usize::from(what >> 3)) else { return };
            let earlier = node.entries().take(usize::from(what >> 3) + 1);
            let from = index + 1 + earlier.map(|entry| size(entry.key) + size(entry.value)).sum::<usize>();
            let mut wanted = before.clone();
            wanted.splice(from..from, [format!("= {new}"), "= value".to_owned()]);
            if node.entries().any(|entry| entry.key.text() == new) {
                return;
            }
            (apply(&text, yaml::insert_after(node, entry, new, "value")), wanted)
        }
    };
    let Some(after) = after else { return };
    let again = parse(&after, dialect);
    let told: Vec<_> = again.problems().iter().map(|problem| (problem.code, &problem.message)).collect();
    assert!(told.is_empty(), "{text:?} became {after:?}, and {told:?}");
    assert_eq!(shape(&again), wanted, "{text:?} became {after:?}");
});
