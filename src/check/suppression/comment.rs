//! `# plimsoll: ignore RULE[, RULE] -- reason`: the comments of a file, and the lines that each covers.

use std::ops::Range;
use std::path::Path;

use crate::check::suppression::MALFORMED;
use crate::check::suppression::UNEXPLAINED;
use crate::diagnostic::Edit;
use crate::diagnostic::Finding;
use crate::diagnostic::Safety;
use crate::diagnostic::nearest;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// All suppressions in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comments {
    /// The file.
    pub source: SourceId,
    /// Its suppressions, in their order.
    pub list: Vec<Suppression>,
    /// What is wrong with comments that were meant to be one, each with its rule.
    pub findings: Vec<(&'static str, Finding)>,
}

/// One comment that takes diagnostics out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// What goes when the comment goes: with the blanks before it, or with its whole line.
    removal: Option<Span>,
    /// The rules it names, or families with `/*`.
    pub rules: Vec<Spanned<String>>,
    /// Why.
    pub reason: String,
    /// What it covers.
    pub scope: Scope,
}

/// What a suppression covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole file: `ignore-file`.
    File,
    /// Everything that touches the line the comment stands on.
    Line(Span),
    /// Everything that begins in what follows the comment: the entry, the item, the statement.
    Following(Span),
}

impl Suppression {
    /// True where a diagnostic at that place (of the same file) is covered.
    pub fn covers(&self, place: Span) -> bool {
        match self.scope {
            Scope::File => true,
            Scope::Line(line) => {
                line.source == place.source && place.start <= line.end && line.start <= place.end
            }
            Scope::Following(node) => node.contains(place.at_start()),
        }
    }

    /// What to cut so that the comment no longer names one of its rules.
    pub(super) fn without(&self, rule: &Spanned<String>) -> Option<Span> {
        let index = self.rules.iter().position(|other| other.span == rule.span)?;
        let before = index.checked_sub(1).and_then(|index| self.rules.get(index));
        match (before, self.rules.get(index + 1)) {
            (None, None) => self.removal,
            (Some(before), _) => Some(Span { start: before.span.end, ..rule.span }),
            (None, Some(after)) => Some(Span { end: after.span.start, ..rule.span }),
        }
    }
}

/// How a language writes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `# …`
    Hash,
    /// `// …`
    Slashes,
    /// `# …` and `{{/* … */}}`
    Template,
}

/// A comment as it was found, without the marks around it.
struct Found {
    /// With its marks.
    whole: Range<usize>,
    /// Without.
    text: Range<usize>,
    own_line: bool,
}

/// What every comment to plimsoll begins with.
const NAME: &str = "plimsoll:";
/// No more comments than this are read in one file.
const MOST: usize = 1_000;
/// What belongs to a comment is looked for within so many bytes of it, which keeps the work in proportion.
const REACH: usize = 16 * 1024;

impl Comments {
    /// The suppressions of a file. How it writes comments is told from its name; a YAML file that cannot be parsed,
    /// and a template, are read by their lines. A file that does not hold the word `plimsoll:` costs one search.
    pub fn read(source: &Source) -> Self {
        if memchr::memmem::find(source.text.as_bytes(), NAME.as_bytes()).is_none() {
            return Self { source: source.id, list: Vec::new(), findings: Vec::new() };
        }
        let path = Path::new(&source.path);
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match extension {
            "yaml" | "yml" if path.components().any(|part| part.as_os_str() == "templates") => {
                Self::of_text(source, Style::Template)
            }
            "yaml" | "yml" => {
                let tree = Tree::parse(source, Dialect::Helm);
                let broken = tree.problems().iter().any(|problem| problem.code.is_syntax());
                if broken { Self::of_text(source, Style::Template) } else { Self::of_tree(source, &tree) }
            }
            "tpl" | "txt" => Self::of_text(source, Style::Template),
            "go" | "ts" | "mts" | "js" | "mjs" => Self::of_text(source, Style::Slashes),
            _ => Self::of_text(source, Style::Hash),
        }
    }

    /// The suppressions among the comments of a parsed file.
    pub fn of_tree(source: &Source, tree: &Tree) -> Self {
        let mut this = Self { source: source.id, list: Vec::new(), findings: Vec::new() };
        let mut nodes: Option<Vec<Span>> = None;
        for comment in tree.comments() {
            if this.is_full() {
                break;
            }
            let text = source.slice(comment.span);
            let marks = text.len() - text.trim_start_matches('#').len();
            let whole = comment.span.range();
            let found = Found { text: whole.start + marks..whole.end, whole, own_line: comment.own_line };
            this.add(source, &found, |next| {
                let nodes = nodes.get_or_insert_with(|| nodes_of(tree));
                let first = nodes.partition_point(|node| (node.start as usize) < next.start);
                nodes.get(first).filter(|node| (node.start as usize) <= next.end).map(|node| node.range())
            });
        }
        this
    }

    fn of_text(source: &Source, style: Style) -> Self {
        let mut this = Self { source: source.id, list: Vec::new(), findings: Vec::new() };
        for name in memchr::memmem::find_iter(source.text.as_bytes(), NAME.as_bytes()) {
            if this.is_full() {
                break;
            }
            let Some(found) = comment_at(&source.text, name, style) else { continue };
            this.add(source, &found, |next| {
                Some(match style {
                    Style::Slashes => statement(&source.text, next, "//"),
                    Style::Hash => statement(&source.text, next, "#"),
                    Style::Template => block(&source.text, next),
                })
            });
        }
        this
    }

    fn is_full(&self) -> bool {
        self.list.len() + self.findings.len() > MOST
    }

    /// Understands one comment. `following` says what begins on a line, given the line without its indentation.
    fn add(
        &mut self,
        source: &Source,
        found: &Found,
        following: impl FnOnce(Range<usize>) -> Option<Range<usize>>,
    ) {
        let text = source.text.get(found.text.clone()).unwrap_or_default();
        let Some(said) = text.trim_start().strip_prefix(NAME) else { return };
        if self.list.len() + self.findings.len() == MOST {
            let at = Span::new(source.id, found.whole.start, found.whole.end);
            let message = format!("only the first {MOST} comments to plimsoll in a file are read");
            self.findings.push((MALFORMED, Finding::new(message, at, "comment")));
            return;
        }
        let said = said.trim();
        let offset = |part: &str| {
            // `part` is a piece of `text`, which is a piece of the source.
            let start = found.text.start + (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            Span::new(source.id, start, start + part.len())
        };
        let word = said.split_ascii_whitespace().next().unwrap_or_default();
        let rest = said.strip_prefix(word).unwrap_or_default();
        let whole_file = match word {
            "ignore" => false,
            "ignore-file" => true,
            _ => {
                let (message, at) = match word {
                    "" => ("this comment to plimsoll says nothing".to_owned(), text.trim()),
                    _ => {
                        (format!("a comment to plimsoll says `ignore` or `ignore-file`, not `{word}`"), word)
                    }
                };
                let finding = Finding::new(message, offset(at), "comment");
                let near = nearest(word, ["ignore", "ignore-file"]);
                let near = near.map_or("write `# plimsoll: ignore RULE -- reason`".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                });
                let finding = match nearest(word, ["ignore", "ignore-file"]) {
                    Some(near) => finding.fix(
                        format!("write `{near}`"),
                        Safety::Unsafe,
                        vec![Edit { span: offset(word), text: near.to_owned() }],
                    ),
                    None => finding,
                };
                self.findings.push((MALFORMED, finding.help(near)));
                return;
            }
        };
        let (names, reason) = match rest.split_once("--") {
            Some((names, reason)) => (names, reason.trim()),
            None => (rest, ""),
        };
        let mut rules = Vec::new();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if name.contains(char::is_whitespace) {
                let finding = Finding::new(
                    "the rules of this comment are not separated by commas",
                    offset(name),
                    "comment",
                );
                self.findings
                    .push((MALFORMED, finding.help("write `# plimsoll: ignore RULE, RULE -- reason`")));
                return;
            }
            rules.push(Spanned::new(name.to_owned(), offset(name)));
        }
        if rules.is_empty() {
            let finding =
                Finding::new("this comment does not say which rule to ignore", offset(word), "comment");
            self.findings.push((MALFORMED, finding.help("write `# plimsoll: ignore RULE -- reason`")));
            return;
        }
        if reason.is_empty() {
            let named = rules.iter().map(|rule| rule.value.as_str()).collect::<Vec<_>>().join(", ");
            let finding = Finding::new(
                format!("this comment does not say why `{named}` is ignored, and has no effect"),
                offset(said),
                "comment",
            );
            self.findings.push((UNEXPLAINED, finding.help("add ` -- ` and the reason")));
            return;
        }
        let scope = if whole_file {
            Scope::File
        } else if found.own_line {
            match next_line(&source.text, found.whole.end) {
                Some(next) => {
                    let node = following(next.clone()).unwrap_or(next.clone());
                    Scope::Following(Span::new(source.id, next.start.min(node.start), node.end.max(next.end)))
                }
                // Nothing follows: it covers nothing, and is found to be unused.
                None => Scope::Following(Span::new(source.id, found.whole.start, found.whole.end)),
            }
        } else {
            let line = line_around(&source.text, found.whole.start);
            Scope::Line(Span::new(source.id, line.start, line.end))
        };
        let removal = removal(&source.text, found);
        let removal = Some(Span::new(source.id, removal.start, removal.end));
        self.list.push(Suppression { removal, rules, reason: reason.to_owned(), scope });
    }
}

/// The line around an offset, without its break.
fn line_around(text: &str, offset: usize) -> Range<usize> {
    let first = text.floor_char_boundary(offset.saturating_sub(REACH));
    let last = text.ceil_char_boundary((offset + REACH).min(text.len()));
    let before = text.get(first..offset).unwrap_or_default();
    let after = text.get(offset..last).unwrap_or_default();
    before.rfind('\n').map_or(first, |at| first + at + 1)..after.find('\n').map_or(last, |at| offset + at)
}

/// The text up to where nothing belongs to a comment at that offset any more.
fn within_reach(text: &str, offset: usize) -> &str {
    text.get(..text.ceil_char_boundary((offset + REACH).min(text.len()))).unwrap_or(text)
}

/// The first line after an offset that holds more than blanks, comments and `---`, without its indentation.
fn next_line(text: &str, offset: usize) -> Option<Range<usize>> {
    let mut start = line_around(text, offset).end + 1;
    let text = within_reach(text, offset);
    while let Some(rest) = text.get(start..) {
        let line = rest.split('\n').next().unwrap_or_default();
        let said = line.trim();
        let is_comment = said.starts_with('#') || said.starts_with("//") || is_template_comment(said);
        if !said.is_empty() && !is_comment && said != "---" {
            let indent = line.len() - line.trim_start().len();
            return Some(start + indent..start + line.trim_end().len());
        }
        start += line.len() + 1;
    }
    None
}

fn is_template_comment(line: &str) -> bool {
    let inside = line.strip_prefix("{{").map(|rest| rest.trim_start_matches('-').trim_start());
    inside.is_some_and(|rest| rest.starts_with("/*") && rest.ends_with("}}"))
}

/// What goes with a comment: the blanks before it, or its whole line with the break.
fn removal(text: &str, found: &Found) -> Range<usize> {
    let line = line_around(text, found.whole.start);
    if found.own_line {
        return line.start..(line.end + 1).min(text.len());
    }
    let before = text.get(line.start..found.whole.start).unwrap_or_default();
    line.start + before.trim_end().len()..found.whole.end
}

/// Entries and items, by their start; of those with the same start the longest first.
fn nodes_of(tree: &Tree) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut pending: Vec<NodeRef<'_>> = tree.documents().collect();
    while let Some(node) = pending.pop() {
        // What an alias stands for is met where it is written.
        if node.is_alias() {
            continue;
        }
        for entry in node.entries() {
            spans.push(entry.key.span().cover(entry.value.span()));
            pending.extend([entry.key, entry.value]);
        }
        for item in node.items() {
            spans.push(item.span());
            pending.push(item);
        }
    }
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans
}

/// The comment in which the word at an offset stands, if it stands at the beginning of one.
fn comment_at(text: &str, name: usize, style: Style) -> Option<Found> {
    let line = line_around(text, name);
    let before = text.get(line.start..name)?;
    let opening = before.trim_end();
    if style == Style::Template
        && let Some(left) = opening.strip_suffix("/*")
    {
        let left = left.trim_end();
        let left = left.strip_suffix('-').unwrap_or(left).strip_suffix("{{")?;
        let close = text.get(name..line.end)?.find("*/")?;
        let after = text.get(name + close..line.end)?;
        let end = name + close + after.find("}}")? + 2;
        let start = line.start + left.len();
        let own_line = left.trim().is_empty() && text.get(end..line.end)?.trim().is_empty();
        return Some(Found { whole: start..end, text: name..name + close, own_line });
    }
    let left = match style {
        Style::Hash | Style::Template => opening.trim_end_matches('#'),
        Style::Slashes => opening.strip_suffix("//").map(|left| left.trim_end_matches('/'))?,
    };
    let is_comment = left.len() < opening.len()
        && (left.is_empty() || left.ends_with(char::is_whitespace) || style == Style::Slashes)
        && !is_within_quotes(left);
    let end = line.start + text.get(line.clone())?.trim_end().len();
    let start = line.start + left.len();
    is_comment.then(|| Found { whole: start..end, text: name..end, own_line: left.trim().is_empty() })
}

/// True where a piece of a line leaves a string open.
fn is_within_quotes(before: &str) -> bool {
    let mut open = None;
    let mut escaped = false;
    for character in before.chars() {
        match (open, character) {
            _ if escaped => escaped = false,
            (Some('"' | '\''), '\\') => escaped = true,
            (Some(quote), character) if quote == character => open = None,
            (None, '"' | '\'' | '`') => open = Some(character),
            _ => {}
        }
    }
    open.is_some()
}

/// From a line on, until all brackets that it opens are closed again.
fn statement(text: &str, first: Range<usize>, comment: &str) -> Range<usize> {
    let text = within_reach(text, first.start);
    let mut depth = 0_i32;
    let mut open: Option<char> = None;
    let mut escaped = false;
    let mut in_comment = false;
    let rest = text.get(first.start..).unwrap_or_default();
    for (at, character) in rest.char_indices() {
        in_comment |= open.is_none() && rest.get(at..).is_some_and(|rest| rest.starts_with(comment));
        if in_comment && character != '\n' {
            continue;
        }
        in_comment = false;
        match (open, character) {
            (None, '\n') if depth <= 0 => return first.start..first.start + at,
            // A string of one line ends with it, closed or not.
            (Some('"' | '\''), '\n') => (open, escaped) = (None, false),
            _ if escaped => escaped = false,
            (Some('"' | '\''), '\\') => escaped = true,
            (Some(quote), character) if quote == character => open = None,
            (None, '"' | '\'' | '`') => open = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            _ => {}
        }
    }
    first.start..text.len()
}

/// A line and those after it that are indented deeper, or are items of a list under its key.
fn block(text: &str, first: Range<usize>) -> Range<usize> {
    let text = within_reach(text, first.start);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let line = line_around(text, first.start);
    let own = first.start - line.start;
    let is_item = |line: &str| line.trim_start().starts_with("- ");
    let listed = text.get(first.clone()).unwrap_or_default();
    let takes_items = listed.ends_with(':') && !is_item(listed);
    let mut end = line.end;
    let mut start = line.end + 1;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let line = rest.split('\n').next().unwrap_or_default();
        let belongs = indent(line) > own || (takes_items && indent(line) == own && is_item(line));
        if !line.trim().is_empty() {
            if !belongs {
                break;
            }
            end = start + line.trim_end().len();
        }
        start += line.len() + 1;
    }
    first.start..end
}
