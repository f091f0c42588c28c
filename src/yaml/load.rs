//! A text as JSON, exactly as Helm or Compose load it, with all that makes them refuse it.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::source::Source;
use crate::source::Span;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::Scalar;
use crate::yaml::Tree;
use crate::yaml::scalar::Tag;
use crate::yaml::scalar::encode_base64;
use crate::yaml::scanner::PIECE;
use crate::yaml::timestamp::Timestamp;

/// Compose visits so many nodes of a document and no more.
const MAX_VISITS: u64 = 100_000;
/// A long text may have many aliases: so many bytes of JSON are written for each byte of the input, and no more,
const MAX_GROWTH: usize = 16;
/// but so many in any case.
const FREE_JSON: usize = 16 << 20;

/// Why a tool would not load a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LoadError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

impl LoadError {
    fn at(node: NodeRef<'_>, message: impl Into<String>) -> Self {
        Self { span: node.span(), message: message.into() }
    }

    fn of(problem: &Problem) -> Self {
        Self { span: problem.span, message: problem.message.clone() }
    }
}

/// The text of a file in one of the encodings that the tools read: UTF-8, or UTF-16 with a byte order mark. `None` where
/// it is in neither.
pub fn decode_text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    };
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    let units = pairs.iter().skip(1).map(|&pair| unit(pair));
    char::decode_utf16(units).collect::<Result<String, _>>().ok().map(Cow::Owned)
}

impl Tree {
    /// The first mistake that Helm does not forgive. It reads the first document and stops: what follows a complete value
    /// is never seen, and of equal keys the last wins.
    pub fn helm_problem(&self) -> Option<&Problem> {
        // Control characters are refused in all of a piece.
        let end = self.documents.first().map_or(u32::MAX, |document| document.end);
        let read = end.saturating_add(4).saturating_add(PIECE - 1) / PIECE * PIECE;
        let matters = |problem: &&Problem| match problem.code {
            ProblemCode::DuplicateKey => false,
            ProblemCode::ControlCharacter => problem.span.start < read,
            ProblemCode::UnknownAnchor | ProblemCode::TagMismatch | ProblemCode::Limit => {
                problem.span.start < end
            }
            _ => self.first_document_broken || self.documents.is_empty(),
        };
        self.problems().iter().find(matters)
    }
}

/// The JSON that Helm makes of the first document; `.nan` and `.inf` have none and are errors.
pub fn load_for_helm(source: &Source) -> Result<String, LoadError> {
    let tree = Tree::parse_exactly(source, Dialect::Helm);
    if let Some(problem) = tree.helm_problem() {
        return Err(LoadError::of(problem));
    }
    let Some(root) = tree.root() else { return Ok("null".to_owned()) };
    check_helm_keys(&tree)?;
    check_alias_ratio(root)?;
    write_json(root)
}

/// The JSON that Compose makes of every document. Points in time become `{"$time": …}`, `.nan` and `.inf`
/// `{"$float": …}`, bytes that are no UTF-8 `{"$bytes": …}`: JSON has none of them.
pub fn load_for_compose(source: &Source) -> Result<Vec<String>, LoadError> {
    let tree = Tree::parse_exactly(source, Dialect::Compose);
    let later = |code| matches!(code, ProblemCode::DuplicateKey | ProblemCode::TagMismatch);
    let fatal = tree.problems().iter().find(|problem| !later(problem.code));
    if let Some(problem) = fatal {
        return Err(LoadError::of(problem));
    }
    let mut documents = Vec::new();
    // For every node the last document that it was seen in, counted from 1.
    let mut seen = vec![0_usize; tree.all_nodes().len()];
    for (index, root) in tree.documents().enumerate() {
        check_compose(root, &mut seen, index + 1)?;
        let nothing = root.is_mapping() && root.tag_kind() == Tag::Null;
        documents.push(if nothing { "null".to_owned() } else { write_json(root)? });
    }
    Ok(documents)
}

/// Strictly: the JSON of every document; where JSON has no such value, that of its text.
pub fn load_strictly(source: &Source) -> Result<Vec<String>, LoadError> {
    let tree = Tree::parse_exactly(source, Dialect::Strict);
    if let Some(problem) = tree.problems().first() {
        return Err(LoadError::of(problem));
    }
    tree.documents().map(write_json).collect()
}

// ---- what Helm refuses ----

fn check_helm_keys(tree: &Tree) -> Result<(), LoadError> {
    let next = tree.documents().nth(1).map_or(usize::MAX, |root| root.id().index() as usize);
    for node in tree.all_nodes().take(next) {
        if node.is_alias() {
            continue;
        }
        for entry in node.entries() {
            if entry.key.is_merge_key() {
                check_merge(entry.value, false)?;
            } else if !entry.key.is_scalar() {
                return Err(LoadError::at(entry.key, "a mapping or a list cannot be a key"));
            }
        }
    }
    Ok(())
}

/// `through_alias`: an alias may stand for the list of mappings itself.
fn check_merge(value: NodeRef<'_>, through_alias: bool) -> Result<(), LoadError> {
    let wrong = || LoadError::at(value, "`<<` takes a mapping, or a list of mappings");
    if value.is_mapping() {
        return Ok(());
    }
    if !value.is_sequence() || (value.is_alias() && !through_alias) || !value.items().all(NodeRef::is_mapping)
    {
        return Err(wrong());
    }
    Ok(())
}

enum Step<'t> {
    Visit(NodeRef<'t>),
    LeaveAlias,
}

/// Counts as go-yaml v2 does: a text that is nearly all aliases is refused.
fn check_alias_ratio(root: NodeRef<'_>) -> Result<(), LoadError> {
    if !root.tree().all_nodes().any(NodeRef::is_alias) {
        return Ok(());
    }
    let (mut decoded, mut aliased, mut depth) = (1_u64, 0_u64, 0_u32);
    let mut open = vec![Step::Visit(root)];
    while let Some(step) = open.pop() {
        let Step::Visit(node) = step else {
            depth -= 1;
            continue;
        };
        decoded += 1;
        aliased += u64::from(depth > 0);
        #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
        let (ratio, count) = (aliased as f64 / decoded as f64, decoded as f64);
        let allowed = (0.99 - 0.89 * ((count - 400_000.0) / 3_600_000.0)).clamp(0.10, 0.99);
        if aliased > 100 && decoded > 1000 && ratio > allowed {
            return Err(LoadError::at(node, "the document is nearly all aliases"));
        }
        if node.is_alias() {
            depth += 1;
            open.push(Step::LeaveAlias);
            open.push(Step::Visit(node.resolved()));
            continue;
        }
        let from = open.len();
        for entry in node.entries() {
            if entry.key.is_merge_key() {
                // The list around the mappings is not counted.
                if entry.value.is_sequence() {
                    open.extend(entry.value.items().rev().map(Step::Visit));
                } else {
                    open.push(Step::Visit(entry.value));
                }
                continue;
            }
            open.push(Step::Visit(entry.key));
            open.push(Step::Visit(entry.value));
        }
        open.extend(node.items().map(Step::Visit));
        if let Some(new) = open.get_mut(from..) {
            new.reverse();
        }
    }
    Ok(())
}

// ---- what Compose refuses ----

fn is_reset(node: NodeRef<'_>) -> bool {
    node.resolved().is_tagged("!reset")
}

fn check_compose(root: NodeRef<'_>, seen: &mut [usize], document: usize) -> Result<(), LoadError> {
    if is_reset(root) {
        return Err(LoadError::at(root, "`!reset` cannot stand for the whole file"));
    }
    if root.is_sequence() && root.tag_kind() == Tag::Null {
        return Err(LoadError::at(root, "this is a list, which is not what its tag says"));
    }
    let mut visits = 1_u64;
    // Whether a node is the value of `<<`, and whether it is below `!override`.
    let mut open = vec![(root, false, false)];
    while let Some((node, merged, mut overridden)) = open.pop() {
        let node = node.resolved();
        if let Some(seen) = seen.get_mut(node.id().index() as usize).filter(|_| !merged)
            && std::mem::replace(seen, document) == document
        {
            continue;
        }
        overridden |= node.is_tagged("!override");
        if let Some(Err(mismatch)) = node.try_scalar() {
            return Err(LoadError::at(
                node,
                format!("this is {}, which is not what its tag says", mismatch.found),
            ));
        }
        if !overridden {
            visits += (node.entries().len() + node.items().len()) as u64;
            if visits > MAX_VISITS {
                return Err(LoadError::at(
                    node,
                    format!("Compose reads no more than {MAX_VISITS} values of a file"),
                ));
            }
        }
        check_equal_keys(node)?;
        for entry in node.entries() {
            if is_reset(entry.value) {
                continue;
            }
            if entry.key.is_merge_key() {
                check_merge(entry.value, true)?;
                let inline = !entry.value.is_alias();
                if inline && entry.value.is_mapping() {
                    open.push((entry.value, true, overridden));
                } else if inline {
                    open.extend(entry.value.items().map(|item| (item, !item.is_alias(), overridden)));
                } else {
                    open.push((entry.value, false, overridden));
                }
                continue;
            }
            check_compose_key(entry.key, merged)?;
            open.push((entry.value, false, overridden));
        }
        open.extend(node.items().filter(|item| !is_reset(*item)).map(|item| (item, false, overridden)));
    }
    Ok(())
}

fn check_compose_key(key: NodeRef<'_>, merged: bool) -> Result<(), LoadError> {
    match key.try_scalar() {
        Some(Ok(Scalar::String(_) | Scalar::Binary(_))) => Ok(()),
        // What is merged in becomes part of a mapping of texts.
        Some(Ok(
            Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_) | Scalar::Bool(_) | Scalar::Null,
        )) if merged => Ok(()),
        None => Err(LoadError::at(key, "a mapping or a list cannot be a key")),
        _ => Err(LoadError::at(key, "a key of Compose is a text; this one needs quotes")),
    }
}

/// Compose compares keys as they are written: of an alias the name, of a mapping or list nothing.
fn check_equal_keys(node: NodeRef<'_>) -> Result<(), LoadError> {
    let mut seen = std::collections::HashSet::new();
    for entry in node.entries() {
        let key = entry.key;
        let name = if key.is_alias() {
            key.tree().text.get(key.span().range()).unwrap_or_default().trim_start_matches('*').into()
        } else {
            key.text()
        };
        if !seen.insert(name) {
            return Err(LoadError::at(key, "this key stands twice in its mapping"));
        }
    }
    Ok(())
}

// ---- JSON ----

struct Frame<'t> {
    members: std::vec::IntoIter<(Option<String>, NodeRef<'t>)>,
    closing: char,
    first: bool,
}

fn write_json(root: NodeRef<'_>) -> Result<String, LoadError> {
    let most = FREE_JSON + MAX_GROWTH * root.tree().text().len();
    let mut json = String::new();
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut next = Some(root);
    loop {
        if let Some(node) = next.take() {
            if json.len() > most {
                let message = format!("with its aliases it is more than {most} bytes of JSON");
                return Err(LoadError::at(node, message));
            }
            if dropped(node) {
                json.push_str("null");
            } else if node.is_mapping() {
                let members = members(node)?;
                json.push('{');
                frames.push(Frame { members: members.into_iter(), closing: '}', first: true });
            } else if node.is_sequence() {
                let items: Vec<_> =
                    node.items().filter(|item| !dropped(*item)).map(|item| (None, item)).collect();
                json.push('[');
                frames.push(Frame { members: items.into_iter(), closing: ']', first: true });
            } else {
                write_scalar(node, &mut json)?;
            }
        }
        let Some(frame) = frames.last_mut() else { return Ok(json) };
        let Some((name, node)) = frame.members.next() else {
            json.push(frame.closing);
            frames.pop();
            continue;
        };
        if !std::mem::replace(&mut frame.first, false) {
            json.push(',');
        }
        if let Some(name) = name {
            write_text(&name, &mut json);
            json.push(':');
        }
        next = Some(node);
    }
}

/// What Compose leaves out: `!reset`, and a `<<` where a value should stand.
fn dropped(node: NodeRef<'_>) -> bool {
    node.tree().dialect() == Dialect::Compose && (is_reset(node) || node.resolved().is_merge_key())
}

fn members(node: NodeRef<'_>) -> Result<Vec<(Option<String>, NodeRef<'_>)>, LoadError> {
    let mut members = Vec::new();
    if node.tree().dialect() == Dialect::Helm {
        // Keys of different types that read the same are still different keys.
        node.entries()
            .filter(|entry| !entry.key.is_merge_key())
            .try_for_each(|entry| helm_key(entry.key).map(drop))?;
    }
    for entry in node.merged() {
        if dropped(entry.value) {
            continue;
        }
        let name = match node.tree().dialect() {
            Dialect::Helm => helm_key(entry.key)?,
            _ => match entry.key.scalar() {
                Some(Scalar::Binary(bytes)) => go_text(&bytes),
                _ => entry.key.text().into_owned(),
            },
        };
        members.push((Some(name), entry.value));
    }
    Ok(members)
}

/// A key as sigs.k8s.io/yaml turns it into a text.
fn helm_key(key: NodeRef<'_>) -> Result<String, LoadError> {
    Ok(match key.scalar() {
        Some(Scalar::String(text) | Scalar::Timestamp(text)) => text.into_owned(),
        Some(Scalar::Bool(value)) => value.to_string(),
        Some(Scalar::Int(value)) => value.to_string(),
        Some(Scalar::Float(value)) => go_short_float(value),
        Some(Scalar::Binary(bytes)) => go_text(&bytes),
        Some(Scalar::Unsigned(_)) => return Err(LoadError::at(key, "a number this large cannot be a key")),
        Some(Scalar::Null) | None => return Err(LoadError::at(key, "`null` cannot be a key")),
    })
}

/// A number as Go writes it shortest, in single precision.
pub(super) fn go_short_float(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "this is how the keys of Helm lose their digits")]
    let single = value as f32;
    if single.is_nan() {
        return ".nan".to_owned();
    }
    if single.is_infinite() {
        return if single > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{single:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..21).contains(&exponent) && exponent < 21 && (-4..6).contains(&exponent) {
        return format!("{single}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// Bytes as Go makes them a text for JSON: every wrong byte is a mark of its own.
fn go_text(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|_| text.push('\u{fffd}'));
    }
    text
}

fn write_scalar(node: NodeRef<'_>, json: &mut String) -> Result<(), LoadError> {
    let compose = node.tree().dialect() == Dialect::Compose;
    match node.scalar() {
        None | Some(Scalar::Null) => json.push_str("null"),
        Some(Scalar::Bool(value)) => json.push_str(if value { "true" } else { "false" }),
        Some(Scalar::Int(value)) => {
            let _written = write!(json, "{value}");
        }
        Some(Scalar::Unsigned(value)) => {
            let _written = write!(json, "{value}");
        }
        Some(Scalar::Float(value)) if value.is_finite() => {
            // As Go writes it; for Compose a float never looks like a whole number.
            let plain = !compose && (value == 0.0 || (1e-6..1e21).contains(&value.abs()));
            let _written = if plain { write!(json, "{value}") } else { write!(json, "{value:?}") };
        }
        Some(Scalar::Float(value)) => match node.tree().dialect() {
            Dialect::Helm => return Err(LoadError::at(node, "JSON has no such number")),
            Dialect::Compose => {
                let name = if value.is_nan() {
                    ".nan"
                } else if value > 0.0 {
                    ".inf"
                } else {
                    "-.inf"
                };
                let _written = write!(json, "{{\"$float\":\"{name}\"}}");
            }
            Dialect::Strict => write_text(&node.text(), json),
        },
        Some(Scalar::Timestamp(text)) => match Timestamp::parse(&text).filter(|_| compose) {
            Some(time) => {
                let _written = write!(json, "{{\"$time\":\"{time}\"}}");
            }
            None => write_text(&text, json),
        },
        Some(Scalar::Binary(bytes)) => match std::str::from_utf8(&bytes) {
            Ok(text) => write_text(text, json),
            Err(_) if compose => {
                json.push_str("{\"$bytes\":");
                write_text(&encode_base64(&bytes), json);
                json.push('}');
            }
            Err(_) => write_text(&go_text(&bytes), json),
        },
        Some(Scalar::String(text)) => write_text(&text, json),
    }
    Ok(())
}

fn write_text(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            // Some readers take the last three for line breaks.
            control @ ('\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}') => {
                let _written = write!(json, "\\u{:04x}", u32::from(control));
            }
            other => json.push(other),
        }
    }
    json.push('"');
}
