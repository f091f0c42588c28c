//! Surgical edits of YAML: what is not meant to change stays as it is.

use plimsoll::diagnostic::Edit;
use plimsoll::diagnostic::What;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::yaml;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::EditRefused;
use plimsoll::yaml::NodeRef;
use plimsoll::yaml::Tree;

fn edited(
    text: &str,
    edit: impl FnOnce(NodeRef<'_>) -> Result<Vec<Edit>, EditRefused>,
) -> Result<String, EditRefused> {
    edited_whole(text, |tree| edit(tree.root().unwrap()))
}

fn edited_whole(
    text: &str,
    edit: impl FnOnce(&Tree) -> Result<Vec<Edit>, EditRefused>,
) -> Result<String, EditRefused> {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let tree = Tree::parse(&sources.add("test.yaml", text), Dialect::Compose);
    let mut after = text.to_owned();
    for edit in edit(&tree)?.into_iter().rev() {
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

/// What would be read as something else, or not at all.
#[test]
fn what_cannot_be_read_back_is_refused() {
    for (text, new) in [
        ("a: !!float 1\n", "x"),
        ("a: !!bool 'true'\n", "x"),
        ("a: !!binary aGk=\n", "new"),
        ("a: y\n\t\n", "on"),
    ] {
        assert_eq!(replaced(text, &["a"], new), Err(EditRefused::Text), "{text:?}");
    }
    assert_eq!(replaced("a: !!int 1\n", &["a"], "2").as_deref(), Ok("a: !!int 2\n"));
    assert_eq!(replaced("a: !!str x\n", &["a"], "on").as_deref(), Ok("a: !!str \"on\"\n"));
    for text in ["a: x\u{2028}b: y\n", "a: x\rb: y\n"] {
        assert_eq!(removed(text, &[], "b"), Err(EditRefused::LineBreaks), "{text:?}");
        assert_eq!(inserted(text, &[], "a", "new", "x"), Err(EditRefused::LineBreaks), "{text:?}");
    }
    let pair = edited("[a: b, c: d]\n", |root| {
        let pair = root.items().next().unwrap();
        yaml::insert_after(pair, pair.entry("a").unwrap(), "new", "x")
    });
    assert_eq!(pair, Err(EditRefused::NoCollection));
    for (text, key) in
        [("---\n", ""), ("~\n", "a"), ("---\n...\n", "a"), ("---\n---\nb: 1\n", "a"), ("--- !x\n", "a")]
    {
        assert!(edited_whole(text, |tree| yaml::set_path(tree, &[key], "x")).is_err(), "{text:?}");
    }
    assert_eq!(edited_whole("---\n", |tree| yaml::set_path(tree, &["a"], "x")).as_deref(), Ok("---\na: x\n"));
    let absent = changed("a: {k:}\n", "k:", &What::Replace("x".to_owned()));
    assert_eq!(absent, Err(EditRefused::Text), "the colon is part of the key");
    for text in ["a: &x 1\nb: *x\n", "a: &x on\nb: *x\n"] {
        let quoted = edited_whole(text, |tree| {
            let alias = tree.root().unwrap().get("b").unwrap();
            yaml::change(tree, alias.span(), &What::Quote)
        });
        assert_eq!(quoted, Err(EditRefused::Alias));
    }
    for (key, after) in [("on", "a"), ("a", "on")] {
        assert_eq!(inserted("a: 1\non: 2\n", &[], after, key, "x"), Err(EditRefused::Taken));
    }
}

#[test]
fn a_question_mark_gets_quotes_where_helm_reads_it() {
    let renamed = changed("a: {k: 1}\n", "k", &What::Rename("e?".to_owned()));
    assert_eq!(renamed.as_deref(), Ok("a: {\"e?\": 1}\n"));
}

#[test]
fn no_line_is_put_before_a_tab_that_may_stand_only_where_it_stands() {
    for text in ["a:\n  b\n\t# c\n", "a: |\n  x\n\t# c\n", "a: 1\n\t\nb: 2\n"] {
        assert_eq!(inserted(text, &[], "a", "new", "x"), Err(EditRefused::Text), "{text:?}");
    }
}

#[test]
fn blank_lines_that_a_block_scalar_keeps_stay_with_it() {
    assert_eq!(
        inserted("a: |+\n  x\n\nb: 1\n", &[], "a", "new", "x").as_deref(),
        Ok("a: |+\n  x\n\nnew: x\nb: 1\n")
    );
}

#[test]
fn an_entry_is_removed_with_its_lines_and_comments() {
    for (text, path, key, wanted) in [
        ("a: 1\n# of b\nb:\n  c: 2\n  d: 3\ne: 4\n", &[][..], "b", "a: 1\ne: 4\n"),
        ("a: 1 # x\nb: 2\n", &[], "a", "b: 2\n"),
        ("a:\n  b: 1\n  c: |\n    x\n  d: 2\n", &["a"], "c", "a:\n  b: 1\n  d: 2\n"),
        ("# top\n\na: 1\nb: 2", &[], "b", "# top\n\na: 1\n"),
        // What is above the first may be about all of them, and what was commented out is about nothing.
        ("# all\na: 1\nb: 2\n", &[], "a", "# all\nb: 2\n"),
        ("a: 1\n# c: 2\nb: 2\n", &[], "b", "a: 1\n# c: 2\n"),
        // No double blank line stays, and none at an end.
        ("a: 1\n\nb: 2\n\nc: 3\n", &[], "b", "a: 1\n\nc: 3\n"),
        ("a: 1\n\nb: 2\n\nc: 3\n", &[], "a", "b: 2\n\nc: 3\n"),
        ("a: 1\n\nb: 2\n\nc: 3\n", &[], "c", "a: 1\n\nb: 2\n"),
        ("{a: 1, b: 2}\n", &[], "a", "{b: 2}\n"),
        ("{a: 1, b: 2}\n", &[], "b", "{a: 1}\n"),
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
        ("{a: 1, b: 2}\n", &[], "a", "{a: 1, new: x, b: 2}\n"),
        ("{a: , b: 2}\n", &[], "a", "{a: , new: x , b: 2}\n"),
    ] {
        assert_eq!(inserted(text, path, after, "new", "x").as_deref(), Ok(wanted), "{text:?}");
    }
}

/// Makes a change of what a piece of text, the first of its kind, stands for.
fn changed(text: &str, at: &str, what: &What) -> Result<String, EditRefused> {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("test.yaml", text);
    let tree = Tree::parse(&source, Dialect::Helm);
    let start = text.find(at).unwrap();
    let mut after = text.to_owned();
    for edit in yaml::change(&tree, Span::new(source.id, start, start + at.len()), what)?.into_iter().rev() {
        after.replace_range(edit.span.range(), &edit.text);
    }
    Ok(after)
}

#[test]
fn a_place_is_enough_to_make_a_change() {
    let gone = |emptied| What::Remove { emptied };
    let set = |key: &str, value: &str| What::Set { key: key.to_owned(), value: value.to_owned() };
    for (text, at, what, wanted) in [
        ("l:\n  - a\n  - b # c\n  - d\n", "b", gone(0), Ok("l:\n  - a\n  - d\n")),
        ("l: [a, 'b', d]\n", "'b'", gone(0), Ok("l: [a, d]\n")),
        ("l: [a, 'b']\n", "'b'", gone(0), Ok("l: [a]\n")),
        ("l: [a, # x\n  b]\n", "a", gone(0), Err(EditRefused::Comment)),
        ("a: 1\nl:\n  - b\n", "b", gone(1), Ok("a: 1\n")),
        ("a: 1\nl:\n  - b\n", "b", gone(0), Err(EditRefused::OnlyKey)),
        ("l:\n  - b\n", "b", gone(1), Err(EditRefused::OnlyKey)),
        ("- - a\n  - b\n", "a", gone(0), Err(EditRefused::Text)),
        ("a:\n  # x\n  - b: 1\n    c: 2\n  - d: 1\n", "b", gone(1), Ok("a:\n  # x\n  - c: 2\n  - d: 1\n")),
        ("a: {b: 1}\n", "a", set("c", "2"), Ok("a: {b: 1, c: 2}\n")),
        ("a: {}\n", "a", set("c", "2"), Ok("a: {c: 2}\n")),
        ("a:\n  b: 1\n  d:\n    - 1\n", "a", set("c", "2"), Ok("a:\n  b: 1\n  c: 2\n  d:\n    - 1\n")),
        ("a:\n  d:\n    - 1\n    # x\n", "a", set("c", "2"), Ok("a:\n  d:\n    - 1\n    # x\n  c: 2\n")),
        ("a:\n  b: 1 # x\n", "a", set("b", "2"), Ok("a:\n  b: 2 # x\n")),
        ("a:\n", "a", set("b", "2"), Err(EditRefused::NoCollection)),
        ("b: &x {c: 1}\na: *x\n", "a", set("b", "2"), Err(EditRefused::Alias)),
        ("a: [x]\n", "[x]", What::Append("y".to_owned()), Ok("a: [x, y]\n")),
        ("a:\n- x\nb: 1\n", "a", What::Append("y".to_owned()), Ok("a:\n- x\n- y\nb: 1\n")),
        ("a: 0644\n", "0644", What::Quote, Ok("a: \"0644\"\n")),
        ("a: '80:80'\n", "'80:80'", What::Prefix("::1:".to_owned()), Ok("a: '::1:80:80'\n")),
        ("a: '0.0.0.0:80'\n", "0.0.0.0", What::Part("::".to_owned()), Err(EditRefused::Text)),
        ("a: '0.0.0.0:80'\n", "0.0.0.0", What::Part("127.0.0.1".to_owned()), Ok("a: '127.0.0.1:80'\n")),
        ("a: '0.0.0.0:80'\n", "0.0.0.0", gone(0), Err(EditRefused::Nowhere)),
        ("ab: 1\n", "ab", What::Rename("c".to_owned()), Ok("c: 1\n")),
        ("ab: 1\nc: 2\n", "ab", What::Rename("c".to_owned()), Err(EditRefused::Taken)),
    ] {
        let done = changed(text, at, &what);
        assert_eq!(done.as_deref(), wanted.as_ref().map(|text| *text), "{text:?} {what:?}");
    }
}

#[test]
fn a_path_is_set_with_the_mappings_on_its_way() {
    for (text, path, wanted) in [
        ("", &["a", "b"][..], Ok("a:\n  b: v\n")),
        ("# only this\n", &["a"], Ok("# only this\na: v\n")),
        ("a: 1\n", &["b", "c"], Ok("a: 1\nb:\n  c: v\n")),
        (
            "a:\n    b: 1\n    # x\n\nz: 1\n",
            &["a", "c", "d"],
            Ok("a:\n    b: 1\n    # x\n    c:\n        d: v\n\nz: 1\n"),
        ),
        ("a: {b: 1}\n", &["a", "c", "d"], Ok("a: {b: 1, c: {d: v}}\n")),
        ("a:\n  b: 1 # x\n", &["a", "b"], Ok("a:\n  b: v # x\n")),
        ("a: 1\n", &["a", "b"], Err(EditRefused::NoCollection)),
        ("a:\n  b: [1]\n", &["a", "b", "c"], Err(EditRefused::NoCollection)),
        ("x: &x {b: 1}\na: *x\n", &["a", "b"], Err(EditRefused::Alias)),
    ] {
        let done = edited_whole(text, |tree| yaml::set_path(tree, path, "v"));
        assert_eq!(done.as_deref(), wanted.as_ref().map(|text| *text), "{text:?} {path:?}");
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
    assert_eq!(removed("a:\n  b: 1\n", &["a"], "b"), Err(EditRefused::OnlyKey));
    assert_eq!(replaced("a: |\n  x\n", &["a"], "y"), Err(EditRefused::NotScalar));
    assert_eq!(replaced("? a\n", &["a"], "y"), Err(EditRefused::Text));
    assert_eq!(replaced("{a, b: 1}\n", &["a"], "y"), Err(EditRefused::Text));
    assert_eq!(replaced(shared, &["merged", "z"], "5").as_deref(), Ok(&*shared.replace("z: 3", "z: 5")));
}
