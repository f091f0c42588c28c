//! What is left of a file in which somebody is typing: one broken line more, before each line of it.

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::NodeRef;
use plimsoll::yaml::Tree;

/// Lines that are no YAML where they stand, or not what was meant; indented as the line that they come before.
pub(crate) const BROKEN: [(&str, &str); 24] = [
    ("a key without its colon", "broken"),
    ("a key and a value without a colon", "broken line"),
    ("no blank after the colon", "broken:line"),
    ("two colons", "broken: a: b"),
    ("an open bracket", "broken: [a, b"),
    ("an open brace", "broken: {a: 1"),
    ("a closing bracket", "broken: a]"),
    ("only a closing bracket", "]"),
    ("an open double quote", "broken: \"a"),
    ("an open single quote", "broken: 'a"),
    ("text after a quote", "broken: \"a\" b"),
    ("a wrong escape", "broken: \"\\q\""),
    ("an item among keys", "- broken"),
    ("a question mark", "? broken"),
    ("a colon without a key", ": broken"),
    ("a tab before the key", "\tbroken: a"),
    ("a key too far right", "   broken: a"),
    ("a line of a template", "{{- if .Values.broken }}"),
    ("a value of a template", "broken: {{ .Values.broken }}"),
    ("a mark of a merge conflict", "<<<<<<< HEAD"),
    ("a character that begins no value", "broken: @a"),
    ("an anchor without a name", "broken: & a"),
    ("a tag that does not end", "broken: !<a b"),
    ("text on the line of a block scalar", "broken: | a"),
];

/// More files are measured by `benches/recovery.rs`.
#[test]
fn a_broken_line_takes_little_of_a_file_with_it() {
    const COMPOSE: &str = include_str!("../../fixtures/docutag-clean/docker-compose.yml");
    const VALUES: &str = include_str!("../../fixtures/docutag-clean/chart/values.yaml");
    let mut all = (0, 0);
    for (name, broken) in BROKEN {
        let compose = kept(COMPOSE, broken, Dialect::Compose);
        let values = kept(VALUES, broken, Dialect::Helm);
        let (kept, of) = (compose.0 + values.0, compose.1 + values.1);
        assert!(kept * 100 >= of * 75, "after {name} {kept} of {of} are left");
        all = (all.0 + kept, all.1 + of);
    }
    assert!(all.0 * 100 >= all.1 * 95, "{} of {} are left", all.0, all.1);
}

/// Where every key and every scalar stands, with the keys on the way to it; the numbers of items do not count.
fn places(text: &str, dialect: Dialect) -> Vec<(u32, String)> {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let tree = Tree::parse(&sources.add("broken.yaml", text), dialect);
    let mut places = Vec::new();
    let mut open: Vec<(NodeRef<'_>, String)> = tree.documents().map(|root| (root, String::new())).collect();
    while let Some((node, path)) = open.pop() {
        if node.is_alias() || node.is_scalar() {
            places.push((node.span().start, path));
            continue;
        }
        open.extend(node.items().map(|item| (item, format!("{path}/-"))));
        for entry in node.entries() {
            let path = format!("{path}/{}", entry.key.text());
            places.push((entry.key.span().start, path.clone()));
            open.push((entry.value, path));
        }
    }
    places.sort_unstable();
    places
}

/// How many of the places of a text are still there, of how many, with that broken line before each of its lines by turns.
pub(crate) fn kept(text: &str, broken: &str, dialect: Dialect) -> (usize, usize) {
    let whole = places(text, dialect);
    let (mut kept, mut all) = (0, 0);
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let said = line.trim_start_matches(' ');
        if !said.trim().is_empty() && !said.starts_with('#') {
            let indent = line.get(..line.len() - said.len()).unwrap_or_default();
            let more = format!("{indent}{broken}\n");
            let (before, after) = text.split_at(begin);
            let found = places(&format!("{before}{more}{after}"), dialect);
            let longer = u32::try_from(more.len()).unwrap_or(u32::MAX);
            let moved =
                |start: u32| if (start as usize) < begin { start } else { start.saturating_add(longer) };
            let here =
                |(start, path): &&(u32, String)| found.binary_search(&(moved(*start), path.clone())).is_ok();
            kept += whole.iter().filter(here).count();
            all += whole.len();
        }
        begin += line.len();
    }
    (kept, all)
}
