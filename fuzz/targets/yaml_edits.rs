//! Surgical edits of any YAML: what is read back is what was meant, and everything else is as it was.
//!
//! The first byte chooses the dialect and the edit, and which entry; the second the node; the second part of the rest is the
//! new text.

#![no_main]

use plimsoll::diagnostic::Edit;
use plimsoll::diagnostic::What;
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
    Tree::parse(
        &SourceMap::new(plimsoll::source::Files::memory::<&str, &str>([])).add("t.yaml", text),
        dialect,
    )
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

/// Every run of lines that is all that `after` has more than `before`.
fn added<'s>(before: &'s [String], after: &'s [String]) -> impl Iterator<Item = &'s [String]> + 's {
    let more = after.len().saturating_sub(before.len());
    let same = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let fits = move |at: &usize| after.len() >= before.len() && before[*at..] == after[at + more..];
    (0..=same).filter(fits).map(move |at| &after[at..at + more])
}

/// What the comments of a text say, one after the other.
fn comments(tree: &Tree) -> Vec<&str> {
    tree.comments().iter().map(|comment| &tree.text()[comment.span.range()]).collect()
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
    let nth = usize::from(what >> 4);
    let entry = node.entries().nth(nth);
    let is_key = tree
        .all_nodes()
        .any(|parent| !parent.is_alias() && parent.entries().any(|entry| entry.key.id() == node.id()));
    if is_key && matches!(what >> 1 & 7, 0 | 3 | 4 | 6) {
        return;
    }
    // Where the lines of that entry begin.
    let from = || {
        index + 1 + node.entries().take(nth).map(|entry| size(entry.key) + size(entry.value)).sum::<usize>()
    };
    let edits = match (what >> 1 & 7, entry) {
        (0, _) => yaml::replace_scalar(node, new),
        (1, Some(entry)) => yaml::remove_entry(node, entry),
        (2, Some(entry)) if node.get(new).is_none() => yaml::insert_after(node, entry, new, "value"),
        (3, _) => {
            let what = What::Set { key: new.to_owned(), value: "value".to_owned() };
            yaml::change(&tree, node.span(), &what)
        }
        (4, _) => yaml::change(&tree, node.span(), &What::Append("value".to_owned())),
        (5, Some(entry)) => yaml::change(&tree, entry.key.span(), &What::Rename(new.to_owned())),
        (6, _) => yaml::change(&tree, node.span(), &What::Quote),
        (7, _) => yaml::set_path(&tree, &["a", new], "value"),
        _ => return,
    };
    let Some(after) = apply(&text, edits) else { return };
    let again = parse(&after, dialect);
    let told: Vec<_> = again.problems().iter().map(|problem| (problem.code, &problem.message)).collect();
    assert!(told.is_empty(), "{text:?} became {after:?}, and {told:?}");
    let shape = shape(&again);
    let place = || format!("{text:?} became {after:?}: {before:?}, {shape:?}");
    if what >> 1 & 7 != 1 {
        assert_eq!(comments(&tree), comments(&again), "{}", place());
    }
    let mut wanted = before.clone();
    match (what >> 1 & 7, entry) {
        (0, _) => wanted[index] = format!("= {new}"),
        (1, Some(entry)) => drop(wanted.drain(from()..from() + size(entry.key) + size(entry.value))),
        (2, Some(entry)) => {
            let at = from() + size(entry.key) + size(entry.value);
            drop(wanted.splice(at..at, [format!("= {new}"), "= value".to_owned()]));
        }
        (5, Some(_)) => wanted[from()] = format!("= {new}"),
        (6, _) => {}
        // Where it is added is not said; and what stood there before may have been another value.
        (4, _) => {
            let list = format!("sequence of {}", node.items().len() + 1);
            wanted[index] = list;
            assert!(added(&wanted, &shape).any(|lines| lines == ["= value".to_owned()]), "{}", place());
            return;
        }
        (_, _) if before.len() == shape.len() => {
            let changed: Vec<_> = shape.iter().zip(&before).filter(|(now, then)| now != then).collect();
            assert!(changed.len() <= 1, "{}", place());
            return;
        }
        (_, _) => {
            let value = Some("= value".to_owned());
            assert!(added(&before, &shape).any(|lines| lines.last() == value.as_ref()), "{}", place());
            return;
        }
    }
    assert_eq!(shape, wanted, "{}", place());
});
