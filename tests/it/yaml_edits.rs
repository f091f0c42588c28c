//! Surgical edits of YAML: what is not meant to change stays as it is.

use plimsoll::diagnostic::Edit;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::EditRefused;
use plimsoll::yaml::NodeRef;
use plimsoll::yaml::Tree;

fn edited(
    text: &str,
    edit: impl FnOnce(NodeRef<'_>) -> Result<Vec<Edit>, EditRefused>,
) -> Result<String, EditRefused> {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let tree = Tree::parse(&sources.add("test.yaml", text), Dialect::Compose);
    let mut after = text.to_owned();
    for edit in edit(tree.root().unwrap())?.into_iter().rev() {
        after.replace_range(edit.span.range(), &edit.text);
    }
    Ok(after)
}

fn replaced(text: &str, path: &[&str], new: &str) -> Result<String, EditRefused> {
    edited(text, |root| yaml::replace_scalar(root.at(path).unwrap(), new))
}

fn removed(text: &str, path: &[&str], key: &str) -> Result<String, EditRefused> {
    edited(text, |root| {
        let mapping = root.at(path).unwrap();
        yaml::remove_entry(mapping, mapping.entry(key).unwrap())
    })
}

fn inserted(text: &str, path: &[&str], after: &str, key: &str, value: &str) -> Result<String, EditRefused> {
    edited(text, |root| {
        let mapping = root.at(path).unwrap();
        yaml::insert_after(mapping, mapping.entry(after).unwrap(), key, value)
    })
}

#[test]
fn a_scalar_is_replaced_in_its_style() {
    for (text, new, wanted) in [
        ("a: x # c\nb: 1\n", "z", "a: z # c\nb: 1\n"),
        ("a: 'x' # c\n", "it's", "a: 'it''s' # c\n"),
        ("a: \"x\"\n", "say \"y\"", "a: \"say \\\"y\\\"\"\n"),
        ("a: x\n", "on", "a: \"on\"\n"),
        ("a: x\n", "12", "a: \"12\"\n"),
        ("a: 1\n", "12", "a: 12\n"),
        ("a: x\n", "b: c", "a: \"b: c\"\n"),
        ("a:\nb: 1\n", "x", "a: x\nb: 1\n"),
        ("{a: x, b: 1}\n", "z", "{a: z, b: 1}\n"),
    ] {
        assert_eq!(replaced(text, &["a"], new).as_deref(), Ok(wanted));
    }
}

#[test]
fn an_entry_is_removed_with_its_lines_and_comments() {
    for (text, path, key, wanted) in [
        ("a: 1\n# of b\nb:\n  c: 2\n  d: 3\ne: 4\n", &[][..], "b", "a: 1\ne: 4\n"),
        ("a: 1 # x\nb: 2\n", &[], "a", "b: 2\n"),
        ("a:\n  b: 1\n  c: |\n    x\n  d: 2\n", &["a"], "c", "a:\n  b: 1\n  d: 2\n"),
        ("# top\n\na: 1\nb: 2", &[], "b", "# top\n\na: 1\n"),
    ] {
        assert_eq!(removed(text, path, key).as_deref(), Ok(wanted), "{text:?}");
    }
    let list = edited("- a: 1\n  b: 2\n", |root| {
        let mapping = root.items().next().unwrap();
        yaml::remove_entry(mapping, mapping.entry("a").unwrap())
    });
    assert_eq!(list.as_deref(), Ok("- b: 2\n"));
}

#[test]
fn a_key_is_inserted_after_another() {
    for (text, path, after, wanted) in [
        ("a: 1\nb: 2\n", &[][..], "a", "a: 1\nnew: x\nb: 2\n"),
        ("a:\n  b:\n    c: 1\nd: 1\n", &["a"], "b", "a:\n  b:\n    c: 1\n  new: x\nd: 1\n"),
        ("a: 1", &[], "a", "a: 1\nnew: x"),
        ("a: 1\r\nb: 2\r\n", &[], "b", "a: 1\r\nb: 2\r\nnew: x\r\n"),
    ] {
        assert_eq!(inserted(text, path, after, "new", "x").as_deref(), Ok(wanted), "{text:?}");
    }
}

#[test]
fn an_edit_that_would_change_other_places_is_refused() {
    let shared = "base: &b\n  x: 1\n  y: 2\nuse: *b\nmerged:\n  <<: *b\n  z: 3\n";
    assert_eq!(replaced(shared, &["base", "x"], "5"), Err(EditRefused::Anchored));
    assert_eq!(replaced(shared, &["merged", "x"], "5"), Err(EditRefused::Anchored));
    assert_eq!(replaced("a: &x 1\nb: *x\n", &["b"], "5"), Err(EditRefused::Alias));
    assert_eq!(removed(shared, &["merged"], "x"), Err(EditRefused::Merged));
    assert_eq!(removed(shared, &[], "base"), Err(EditRefused::Anchored));
    assert_eq!(removed("{a: 1, b: 2}\n", &[], "a"), Err(EditRefused::Flow));
    assert_eq!(removed("a:\n  b: 1\n", &["a"], "b"), Err(EditRefused::OnlyKey));
    assert_eq!(replaced("a: |\n  x\n", &["a"], "y"), Err(EditRefused::NotScalar));
    assert_eq!(replaced(shared, &["merged", "z"], "5").as_deref(), Ok(&*shared.replace("z: 3", "z: 5")));
}
