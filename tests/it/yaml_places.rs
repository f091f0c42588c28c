//! Places besides the nodes: indicators, comments, block scalars, what is absent.

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Placement;
use plimsoll::yaml::Tree;

fn parse(text: &str) -> Tree {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    Tree::parse(&sources.add("test.yaml", text), Dialect::Compose)
}

#[test]
fn every_block_item_has_its_dash() {
    for (text, path, dashes) in [
        ("- a\n- b\n", &[][..], &[Some(0), Some(4)][..]),
        ("a:\n- b\n-  # c\n   d: 1\n-\n", &["a"], &[Some(3), Some(7), Some(22)]),
        ("- - a\n  - &x !t b\n", &[], &[Some(0)]),
        ("[a, -b]\n", &[], &[None, None]),
    ] {
        let tree = parse(text);
        let list = tree.root().unwrap().at(path).unwrap();
        let found: Vec<_> = list.items().map(|item| list.dash(item).map(|dash| dash.start)).collect();
        assert_eq!(found, dashes, "{text:?}");
    }
}

#[test]
fn every_entry_has_its_colon() {
    for (text, colons) in [
        ("a: 1\n\"b: c\" : # d: e\n  f\n", &[Some(1), Some(12)][..]),
        ("{a, b: , \"c\":d, e : f}\n", &[None, Some(5), Some(12), Some(18)]),
        ("? a\n? b\n# c:\n: d\n? e:\n", &[None, Some(13), None]),
        ("a:\nb: &x !y z\n", &[Some(1), Some(4)]),
    ] {
        let tree = parse(text);
        let entries = tree.root().unwrap().entries();
        let found: Vec<_> = entries.map(|entry| entry.colon().map(|colon| colon.start)).collect();
        assert_eq!(found, colons, "{text:?}");
    }
}

#[test]
fn an_absent_value_stands_where_it_would_begin() {
    for (text, place) in [
        ("a:\n", 2),
        ("a: # c\n\nb: 1\n", 2),
        ("a:   \n", 2),
        ("{a, b: 1}\n", 2),
        ("{a : , b: 1}\n", 4),
        ("? a\n# c\n\n? b\n", 3),
        ("a: &x\n", 5),
    ] {
        let tree = parse(text);
        let value = tree.root().unwrap().entries().next().unwrap().value;
        assert!(value.is_absent(), "{text:?}");
        assert_eq!((value.span().start, value.span().end), (place, place), "{text:?}");
    }
    let tree = parse("-\n- # c\n-   \n");
    let places: Vec<u32> = tree.root().unwrap().items().map(|item| item.span().start).collect();
    assert_eq!(places, [1, 3, 9]);
}

#[test]
fn a_block_scalar_has_a_header_and_content() {
    for (text, header, content) in [
        ("a: |\n  b\n  c\n\nd: 1\n", "|", "b\n  c"),
        ("a: >2- # d\n\n   b\n", ">2-", "b"),
        ("a: |+\n", "|+", ""),
    ] {
        let tree = parse(text);
        let spans = tree.root().unwrap().get("a").unwrap().block_scalar().unwrap();
        assert_eq!((&text[spans.0.range()], &text[spans.1.range()]), (header, content), "{text:?}");
    }
}

#[test]
fn a_comment_knows_where_it_stands() {
    let text = "\
# root
a: 1 # one
# key b
b: # head
  # first
  - x # x
  # second
  - y
  # after y
# after b
c:
  d: e
    # deep
# end
";
    let tree = parse(text);
    let said: Vec<String> = tree
        .comments()
        .iter()
        .map(|comment| {
            let (word, node) = match tree.placement(*comment) {
                Placement::EndOfLine(node) => ("at", node),
                Placement::Above(node) => ("above", node),
                Placement::Below(node) => ("below", node),
                Placement::Alone => return "alone".to_owned(),
            };
            let first = text[node.span().range()].lines().next().unwrap_or_default();
            format!("{} {word} {first}", &text[comment.span.range()])
        })
        .collect();
    assert_eq!(
        said,
        [
            "# root above a: 1 # one",
            "# one at 1",
            "# key b above b",
            "# head at b",
            "# first above - x # x",
            "# x at x",
            "# second above y",
            "# after y below - x # x",
            "# after b above c",
            "# deep below d: e",
            "# end below a: 1 # one",
        ]
    );
    let alone = parse("# nothing\n");
    assert!(alone.documents().len() == 0);
    assert!(matches!(alone.placement(alone.comments()[0]), Placement::Alone));
}
