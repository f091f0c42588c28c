//! The cases of yaml-test-suite (a folder of its `data` branch): `cargo bench --bench suite -- FOLDER`
//!
//! What is valid must be read with the same events, what is not must be refused, both strictly. Whether a collection stands
//! in brackets and whether a document is marked does not count.

use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Kind;
use plimsoll::yaml::NodeRef;
use plimsoll::yaml::ProblemCode;
use plimsoll::yaml::Style;
use plimsoll::yaml::Tree;

/// Every folder that holds a case.
fn cases(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if folder.join("in.yaml").is_file() {
        found.push(folder.to_owned());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        // `name` and `tags` hold the same cases again.
        if path.is_dir() && !path.is_symlink() && !path.ends_with("name") && !path.ends_with("tags") {
            cases(&path, found)?;
        }
    }
    Ok(())
}

/// An event of the suite without its style of collection and marks of documents.
fn wanted(line: &str) -> Option<String> {
    let line = line.trim_end_matches('\r');
    match line.split(' ').next()? {
        "+STR" | "-STR" | "" => None,
        "+DOC" => Some("+DOC".to_owned()),
        "-DOC" => Some("-DOC".to_owned()),
        "+MAP" => Some(line.replacen(" {}", "", 1)),
        "+SEQ" => Some(line.replacen(" []", "", 1)),
        _ => Some(line.to_owned()),
    }
}

fn properties(node: NodeRef<'_>) -> String {
    let anchor = node.anchor().map(|(name, _)| format!(" &{name}"));
    let tag = node.full_tag().map(|tag| format!(" <{tag}>"));
    anchor.unwrap_or_default() + &tag.unwrap_or_default()
}

fn escaped(text: &str) -> String {
    let escape = |character| match character {
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(escape).collect()
}

/// The events of a tree as the suite writes them.
fn events(tree: &Tree) -> Vec<String> {
    enum Step<'t> {
        Node(NodeRef<'t>),
        End(&'static str),
    }
    let mut events = Vec::new();
    for root in tree.documents() {
        events.push("+DOC".to_owned());
        let mut open = vec![Step::Node(root)];
        while let Some(step) = open.pop() {
            let node = match step {
                Step::End(end) => {
                    events.push(end.to_owned());
                    continue;
                }
                Step::Node(node) => node,
            };
            if node.is_alias() {
                events.push(format!("=ALI {}", tree.text().get(node.span().range()).unwrap_or_default()));
                continue;
            }
            let properties = properties(node);
            match node.kind() {
                Kind::Scalar(style) => {
                    let mark = match style {
                        Style::Plain => ':',
                        Style::SingleQuoted => '\'',
                        Style::DoubleQuoted => '"',
                        Style::Literal => '|',
                        Style::Folded => '>',
                    };
                    events.push(format!("=VAL{properties} {mark}{}", escaped(&node.text())));
                }
                Kind::Mapping(_) => {
                    events.push(format!("+MAP{properties}"));
                    open.push(Step::End("-MAP"));
                    open.extend(
                        node.entries()
                            .rev()
                            .flat_map(|entry| [Step::Node(entry.value), Step::Node(entry.key)]),
                    );
                }
                Kind::Sequence(_) => {
                    events.push(format!("+SEQ{properties}"));
                    open.push(Step::End("-SEQ"));
                    open.extend(node.items().rev().map(Step::Node));
                }
            }
        }
        events.push("-DOC".to_owned());
    }
    events
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut found = Vec::new();
    for folder in std::env::args().skip(1).filter(|argument| !argument.starts_with('-')) {
        cases(Path::new(&folder), &mut found)?;
    }
    found.sort();
    let (mut valid, mut equal, mut wrong, mut refused) = (0, 0, 0, 0);
    for case in found {
        let text = std::fs::read_to_string(case.join("in.yaml"))?;
        let sources = SourceMap::new(Files::memory::<&str, &str>([]));
        let tree = Tree::parse(&sources.add("in.yaml", text), Dialect::Strict);
        // The suite is about the form: equal keys, and scalars that are not what their tags say, are well formed.
        let meaning = |code| matches!(code, ProblemCode::DuplicateKey | ProblemCode::TagMismatch);
        let accepted = tree.problems().iter().all(|problem| meaning(problem.code));
        if case.join("error").exists() {
            wrong += 1;
            refused += usize::from(!accepted);
            if accepted {
                writeln!(out, "{}: accepted", case.display())?;
            }
            continue;
        }
        valid += 1;
        let wanted: Vec<String> =
            std::fs::read_to_string(case.join("test.event"))?.split('\n').filter_map(wanted).collect();
        if accepted && events(&tree) == wanted {
            equal += 1;
        } else {
            writeln!(out, "{}: {:?}, not {wanted:?}; {:?}", case.display(), events(&tree), tree.problems())?;
        }
    }
    writeln!(out, "{equal} of {valid} valid texts have equal events, {refused} of {wrong} others are refused")
}
