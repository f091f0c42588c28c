//! Regular expressions: Go's syntax and rules on the engine of the `regex` crate.

mod class;
mod translate;

use std::sync::Arc;

use regex::bytes::Match;
use regex::bytes::Regex;

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::arguments::int;
use crate::helm::functions::arguments::text;
use crate::helm::functions::keep;
use crate::helm::functions::mix;
use crate::helm::go::runes;
use crate::helm::text::Text;
use crate::helm::text::TextBuilder;
use crate::helm::value::Element;
use crate::helm::value::List;
use crate::helm::value::Value;

pub(super) static ENTRIES: &[Entry] = &[
    mix("regexMatch", &[Type::String, Type::String], |session, arguments| {
        Ok(compile(session, arguments).is_ok_and(|regex| regex.is_match(bytes(arguments, 1))).into())
    }),
    mix("mustRegexMatch", &[Type::String, Type::String], |session, arguments| {
        Ok(must(session, arguments)?.is_match(bytes(arguments, 1)).into())
    }),
    keep("regexFind", &[Type::String, Type::String], |session, arguments| {
        find(&*panicking(session, arguments)?, arguments)
    }),
    keep("mustRegexFind", &[Type::String, Type::String], |session, arguments| {
        find(&*must(session, arguments)?, arguments)
    }),
    keep("regexFindAll", &[Type::String, Type::String, Type::Int], |session, arguments| {
        find_all(&*panicking(session, arguments)?, arguments)
    }),
    keep("mustRegexFindAll", &[Type::String, Type::String, Type::Int], |session, arguments| {
        find_all(&*must(session, arguments)?, arguments)
    }),
    keep("regexReplaceAll", &[Type::String, Type::String, Type::String], |session, arguments| {
        replace(&*panicking(session, arguments)?, arguments, true)
    }),
    keep("mustRegexReplaceAll", &[Type::String, Type::String, Type::String], |session, arguments| {
        replace(&*must(session, arguments)?, arguments, true)
    }),
    keep("regexReplaceAllLiteral", &[Type::String, Type::String, Type::String], |session, arguments| {
        replace(&*panicking(session, arguments)?, arguments, false)
    }),
    keep("mustRegexReplaceAllLiteral", &[Type::String, Type::String, Type::String], |session, arguments| {
        replace(&*must(session, arguments)?, arguments, false)
    }),
    keep("regexSplit", &[Type::String, Type::String, Type::Int], |session, arguments| {
        split(&*panicking(session, arguments)?, arguments)
    }),
    keep("mustRegexSplit", &[Type::String, Type::String, Type::Int], |session, arguments| {
        split(&*must(session, arguments)?, arguments)
    }),
    mix("regexQuoteMeta", &[Type::String], quote_meta),
];

/// The most memory one compiled expression may take, in bytes.
const MAX_SIZE: usize = 4 << 20;

fn compile(session: &mut Session<'_>, arguments: &[Value]) -> Result<Arc<Regex>, String> {
    let pattern = bytes(arguments, 0);
    if let Some(known) = session.regexes.get(pattern) {
        return known.clone();
    }
    let text = std::str::from_utf8(pattern).map_err(|_| {
        let shown = String::from_utf8_lossy(pattern);
        format!("error parsing regexp: invalid UTF-8: `{shown}`")
    });
    let compiled = text.and_then(translate::translate).and_then(|translated| {
        regex::bytes::RegexBuilder::new(&translated)
            .size_limit(MAX_SIZE)
            .build()
            .map(Arc::new)
            .map_err(|error| format!("error parsing regexp: {}", last_line(&error.to_string())))
    });
    session.regexes.insert(pattern.to_vec(), compiled.clone());
    compiled
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ")
}

fn must(session: &mut Session<'_>, arguments: &[Value]) -> Result<Arc<Regex>, Fault> {
    compile(session, arguments).map_err(Fault::new)
}

/// As Go's `MustCompile`, whose panic names the expression.
fn panicking(session: &mut Session<'_>, arguments: &[Value]) -> Result<Arc<Regex>, Fault> {
    compile(session, arguments).map_err(|message| {
        let pattern = bytes(arguments, 0);
        let quoted = if crate::helm::go::quote::can_backquote(pattern) {
            [b"`", pattern, b"`"].concat()
        } else {
            crate::helm::go::quote::quote(pattern)
        };
        Fault::new(format!("regexp: Compile({}): {message}", String::from_utf8_lossy(&quoted)))
    })
}

fn find(regex: &Regex, arguments: &[Value]) -> Answer {
    let text = text(arguments, 1);
    let found = regex.find(text.bytes()).map_or(0..0, |found| found.range());
    Ok(text.slice(found).into())
}

/// False for an empty match within a character: Go looks for matches between characters alone.
fn counts(text: &[u8], found: &Match<'_>) -> bool {
    !found.is_empty() || !runes::is_inside(text, found.start())
}

/// Go's matches: an empty one right after another match does not count.
fn matches<'r>(regex: &'r Regex, text: &'r [u8]) -> impl Iterator<Item = regex::bytes::Captures<'r>> {
    let whole = regex.captures_iter(text);
    whole.filter(|captures| captures.get(0).is_some_and(|found| counts(text, &found)))
}

/// The same, where nobody asks for groups.
fn all_found<'r>(regex: &'r Regex, text: &'r [u8]) -> impl Iterator<Item = Match<'r>> {
    regex.find_iter(text).filter(|found| counts(text, found))
}

fn find_all(regex: &Regex, arguments: &[Value]) -> Answer {
    let text = text(arguments, 1);
    let most = usize::try_from(int(arguments, 2)).unwrap_or(usize::MAX);
    let found: Vec<Text> =
        all_found(regex, text.bytes()).take(most).map(|found| text.slice(found.range())).collect();
    if found.is_empty() {
        return Ok(List::nil(Element::String).into());
    }
    Ok(List::of_texts(found).into())
}

fn replace(regex: &Regex, arguments: &[Value], expand: bool) -> Answer {
    let (source, replacement) = (text(arguments, 1), text(arguments, 2));
    let mut out = TextBuilder::with_capacity(source.len());
    let mut start = 0;
    let mut any = false;
    for captures in matches(regex, source.bytes()) {
        let Some(whole) = captures.get(0) else { continue };
        any = true;
        out.push_part(&source, start..whole.start());
        if expand {
            expand_into(&mut out, &replacement, regex, &captures, &source);
        } else {
            put(&mut out, &replacement, &source, whole.start());
        }
        start = whole.end();
        if out.len() > crate::helm::go::print::MAX_BYTES {
            return Err(Session::too_large());
        }
    }
    if !any {
        return Ok(source.into());
    }
    out.push_part(&source, start..source.len());
    if out.is_empty() {
        return Ok(source.slice(0..0).into());
    }
    Ok(out.finish().into())
}

/// Text that stands in for a part of the source; without a place of its own it belongs to that part.
fn put(out: &mut TextBuilder, piece: &Text, source: &Text, at: usize) {
    let mark = source.mark_at(at.min(source.len().saturating_sub(1))).cloned().unwrap_or_default();
    if piece.mark().is_blank() {
        out.push(piece.bytes(), &mark);
    } else {
        out.push_text(&piece.with_origins(&mark.values));
    }
}

/// `$1`, `${1}`, `$name`, `${name}`, `$$`
fn expand_into(
    out: &mut TextBuilder,
    template: &Text,
    regex: &Regex,
    captures: &regex::bytes::Captures<'_>,
    source: &Text,
) {
    let bytes = template.bytes();
    let at_source = captures.get(0).map_or(0, |whole| whole.start());
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let literal = memchr::memchr(b'$', rest).unwrap_or(rest.len());
        put(out, &template.slice(at..at + literal), source, at_source);
        at += literal;
        let Some([b'$', after @ ..]) = bytes.get(at..) else { break };
        if after.starts_with(b"$") {
            put(out, &template.slice(at..at + 1), source, at_source);
            at += 2;
            continue;
        }
        let braced = after.starts_with(b"{");
        let name_start = usize::from(braced);
        let name = after.get(name_start..).unwrap_or_default();
        let word =
            |character: char| character == '_' || runes::is_letter(character) || runes::is_digit(character);
        let length = runes::all(name).find(|(_, c, _)| !word(*c)).map_or(name.len(), |(end, ..)| end);
        let name = name.get(..length).unwrap_or_default();
        let closed = !braced || after.get(name_start + length) == Some(&b'}');
        if length == 0 || !closed {
            put(out, &template.slice(at..at + 1), source, at_source);
            at += 1;
            continue;
        }
        let numeric = name.iter().all(u8::is_ascii_digit);
        let name = String::from_utf8_lossy(name);
        let found = if numeric && (name.len() == 1 || !name.starts_with('0')) {
            name.parse::<usize>().ok().and_then(|number| captures.get(number))
        } else if regex.capture_names().flatten().any(|known| known == name) {
            captures.name(&name)
        } else {
            None
        };
        if let Some(found) = found {
            out.push_part(source, found.range());
        }
        at += 1 + name_start + length + usize::from(braced);
    }
}

fn split(regex: &Regex, arguments: &[Value]) -> Answer {
    let text = text(arguments, 1);
    let Ok(most) = usize::try_from(int(arguments, 2)) else {
        return Ok(List::of_texts(split_text(regex, &text, usize::MAX)).into());
    };
    if most == 0 {
        return Ok(List::nil(Element::String).into());
    }
    Ok(List::of_texts(split_text(regex, &text, most)).into())
}

fn split_text(regex: &Regex, text: &Text, most: usize) -> Vec<Text> {
    if !regex.as_str().is_empty() && text.is_empty() {
        return vec![text.clone()];
    }
    let mut parts = Vec::new();
    let (mut start, mut end) = (0, 0);
    for found in all_found(regex, text.bytes()) {
        if most != usize::MAX && parts.len() + 1 == most {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(text.slice(start..end));
        }
        start = found.end();
    }
    if end != text.len() {
        parts.push(text.slice(start..text.len()));
    }
    parts
}

fn quote_meta(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let mut out = Vec::new();
    for &byte in bytes(arguments, 0) {
        if b"\\.+*?()|[]{}^$".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    Ok(out.into())
}
