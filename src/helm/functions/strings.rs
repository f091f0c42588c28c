//! Strings.

mod cases;

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::arguments::int;
use crate::helm::functions::arguments::text;
use crate::helm::functions::conversion::string_value;
use crate::helm::functions::keep;
use crate::helm::functions::mix;
use crate::helm::go::print;
use crate::helm::go::quote;
use crate::helm::go::runes;
use crate::helm::text::Mark;
use crate::helm::text::Text;
use crate::helm::text::TextBuilder;
use crate::helm::value::Value;

pub(super) static ENTRIES: &[Entry] = &[
    keep("hello", &[], |_, _| Ok("Hello!".into())),
    keep("upper", &[Type::String], |_, arguments| Ok(mapped(arguments, cases::upper))),
    keep("lower", &[Type::String], |_, arguments| Ok(mapped(arguments, cases::lower))),
    keep("title", &[Type::String], |_, arguments| Ok(changed(arguments, cases::title))),
    keep("untitle", &[Type::String], |_, arguments| Ok(changed(arguments, cases::untitle))),
    keep("swapcase", &[Type::String], |_, arguments| Ok(changed(arguments, cases::swap))),
    mix("snakecase", &[Type::String], |_, arguments| Ok(cases::split_words(bytes(arguments, 0), '_').into())),
    mix("kebabcase", &[Type::String], |_, arguments| Ok(cases::split_words(bytes(arguments, 0), '-').into())),
    mix("camelcase", &[Type::String], |_, arguments| Ok(cases::pascal(bytes(arguments, 0)).into())),
    mix("initials", &[Type::String], |_, arguments| Ok(cases::initials(bytes(arguments, 0)).into())),
    mix("nospace", &[Type::String], |_, arguments| Ok(cases::without_spaces(bytes(arguments, 0)).into())),
    keep("trim", &[Type::String], trim),
    keep("trimAll", &[Type::String, Type::String], trim_all),
    keep("trimall", &[Type::String, Type::String], trim_all),
    keep("trimPrefix", &[Type::String, Type::String], |_, arguments| {
        let text = text(arguments, 1);
        let start = if text.bytes().starts_with(bytes(arguments, 0)) { bytes(arguments, 0).len() } else { 0 };
        Ok(text.slice(start..text.len()).into())
    }),
    keep("trimSuffix", &[Type::String, Type::String], |_, arguments| {
        let text = text(arguments, 1);
        let suffix = bytes(arguments, 0);
        let end = text.len() - if text.bytes().ends_with(suffix) { suffix.len() } else { 0 };
        Ok(text.slice(0..end).into())
    }),
    mix("contains", &[Type::String, Type::String], |_, arguments| {
        Ok(memchr::memmem::find(bytes(arguments, 1), bytes(arguments, 0)).is_some().into())
    }),
    mix("hasPrefix", &[Type::String, Type::String], |_, arguments| {
        Ok(bytes(arguments, 1).starts_with(bytes(arguments, 0)).into())
    }),
    mix("hasSuffix", &[Type::String, Type::String], |_, arguments| {
        Ok(bytes(arguments, 1).ends_with(bytes(arguments, 0)).into())
    }),
    keep("quote", &[], quote_all).and(Type::Any),
    keep("squote", &[], single_quote_all).and(Type::Any),
    keep("cat", &[], cat).and(Type::Any),
    keep("indent", &[Type::Int, Type::String], |_, arguments| indent(arguments, false)),
    keep("nindent", &[Type::Int, Type::String], |_, arguments| indent(arguments, true)),
    keep("replace", &[Type::String, Type::String, Type::String], replace),
    keep("repeat", &[Type::Int, Type::String], repeat),
    keep("trunc", &[Type::Int, Type::String], truncate),
    keep("substr", &[Type::Int, Type::Int, Type::String], substring),
    keep("abbrev", &[Type::Int, Type::String], |_, arguments| {
        Ok(abbreviate(&text(arguments, 1), 0, int(arguments, 0)).into())
    }),
    keep("abbrevboth", &[Type::Int, Type::Int, Type::String], |_, arguments| {
        let (left, right, text) = (int(arguments, 0), int(arguments, 1), text(arguments, 2));
        if right < 4 || left > 0 && right < 7 {
            return Ok(text.into());
        }
        Ok(abbreviate(&text, left, right).into())
    }),
    keep("wrap", &[Type::Int, Type::String], |_, arguments| {
        Ok(wrap(&text(arguments, 1), int(arguments, 0), b"\n", false)?.into())
    }),
    keep("wrapWith", &[Type::Int, Type::String, Type::String], |_, arguments| {
        let separator = bytes(arguments, 1);
        let separator = if separator.is_empty() { b"\n".as_slice() } else { separator };
        Ok(wrap(&text(arguments, 2), int(arguments, 0), separator, true)?.into())
    }),
    keep("plural", &[Type::String, Type::String, Type::Int], |_, arguments| {
        Ok(any(arguments, usize::from(int(arguments, 2) != 1)).clone())
    }),
];

fn mapped(arguments: &[Value], map: fn(char) -> char) -> Value {
    changed(arguments, |bytes| {
        let mut out = Vec::with_capacity(bytes.len());
        runes::all(bytes).for_each(|(_, character, _)| runes::push(&mut out, map(character)));
        out
    })
}

/// A change of letters: where no byte was added or lost, every run keeps its mark.
fn changed(arguments: &[Value], change: impl Fn(&[u8]) -> Vec<u8>) -> Value {
    let text = text(arguments, 0);
    let bytes = change(text.bytes());
    if bytes == text.bytes() { text.into() } else { text.map_bytes(bytes).into() }
}

fn trim(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    Ok(trimmed(&text(arguments, 0), runes::is_space).into())
}

fn trimmed(text: &Text, cut: impl Fn(char) -> bool) -> Text {
    let bytes = text.bytes();
    let start = runes::all(bytes).find(|(_, character, _)| !cut(*character));
    let Some((start, ..)) = start else { return text.slice(0..0) };
    let mut end = bytes.len();
    while let Some((_, width)) =
        bytes.get(..end).and_then(runes::last).filter(|(character, _)| cut(*character))
    {
        end -= width;
    }
    text.slice(start..end)
}

fn trim_all(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let cut: Vec<char> = runes::all(bytes(arguments, 0)).map(|(_, character, _)| character).collect();
    if cut.is_empty() {
        return Ok(text(arguments, 1).into());
    }
    Ok(trimmed(&text(arguments, 1), |character| cut.contains(&character)).into())
}

/// `%q`, run by run.
fn quoted(text: &Text) -> Text {
    let mark = text.mark_at(0).cloned().unwrap_or_else(|| text.mark());
    let mut out = TextBuilder::with_capacity(text.len() + 2);
    let plain = text.bytes().iter().all(|byte| (b' '..=b'~').contains(byte) && !matches!(byte, b'"' | b'\\'));
    out.push(b"\"", &mark);
    if plain {
        out.push_text(text);
    } else {
        // A run that ends inside a character would show its halves as broken: then one mark serves all.
        let whole = text
            .runs()
            .skip(1)
            .all(|(run, _)| text.bytes().get(run.start).is_none_or(|byte| byte & 0xc0 != 0x80));
        let union = text.mark();
        let runs: Vec<(std::ops::Range<usize>, &Mark)> =
            if whole { text.runs().collect() } else { vec![(0..text.len(), &union)] };
        for (run, mark) in runs {
            let escaped = quote::quote(crate::helm::text::part(text.bytes(), run));
            out.push(crate::helm::text::part(&escaped, 1..escaped.len() - 1), mark);
        }
    }
    out.push_along(b"\"");
    out.finish()
}

fn joined(arguments: &[Value], show: impl Fn(&Value) -> Text) -> Value {
    let mut parts = arguments.iter().filter(|argument| !argument.is_nil()).map(show);
    let Some(first) = parts.next() else {
        // Nothing is quoted, but where the nothing came from is known.
        return "".into();
    };
    let mut out = TextBuilder::new();
    out.push_text(&first);
    let mut only = true;
    for part in parts {
        only = false;
        out.push_along(b" ");
        out.push_text(&part);
    }
    if only { first.into() } else { out.finish().into() }
}

fn quote_all(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    Ok(joined(arguments, |argument| quoted(&string_value(argument))))
}

fn single_quote_all(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    Ok(joined(arguments, |argument| {
        let text = print::sprint_one(argument);
        let mark = text.mark_at(0).cloned().unwrap_or_else(|| text.mark());
        let mut out = TextBuilder::with_capacity(text.len() + 2);
        out.push(b"'", &mark);
        out.push_text(&text);
        out.push_along(b"'");
        out.finish()
    }))
}

fn cat(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    Ok(joined(arguments, print::sprint_one))
}

fn indent(arguments: &[Value], newline: bool) -> Answer {
    let Ok(spaces) = usize::try_from(int(arguments, 0)) else {
        return Err(Fault::new("strings: negative Repeat count"));
    };
    let text = text(arguments, 1);
    let lines = 1 + memchr::memchr_iter(b'\n', text.bytes()).count();
    if spaces.saturating_mul(lines).saturating_add(text.len()) > print::MAX_BYTES {
        return Err(Session::too_large());
    }
    let pad = vec![b' '; spaces];
    let mut out = TextBuilder::with_capacity(text.len() + lines * spaces + 1);
    let first = text.mark_at(0).cloned().unwrap_or_else(|| text.mark());
    if newline {
        out.push(b"\n", &first);
    }
    out.push(&pad, &first);
    let mut start = 0;
    for found in memchr::memchr_iter(b'\n', text.bytes()) {
        out.push_part(&text, start..found + 1);
        out.push_along(&pad);
        start = found + 1;
    }
    out.push_part(&text, start..text.len());
    Ok(out.finish().into())
}

fn replace(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let (old, new, source) = (bytes(arguments, 0), text(arguments, 1), text(arguments, 2));
    if old == new.bytes() {
        return Ok(source.into());
    }
    let bytes = source.bytes();
    let mut out = TextBuilder::with_capacity(bytes.len());
    // What stands in for a part of a text without a place of its own is attributed to that part.
    let put = |out: &mut TextBuilder, at: usize| {
        let of_source = source.mark_at(at.min(bytes.len().saturating_sub(1))).cloned().unwrap_or_default();
        if new.mark().is_blank() {
            out.push(new.bytes(), &of_source);
        } else {
            out.push_text(&new.with_origins(&of_source.values));
        }
    };
    if old.is_empty() {
        put(&mut out, 0);
        for (at, _, width) in runes::all(bytes) {
            out.push_part(&source, at..at + width);
            put(&mut out, at);
            if out.len() > print::MAX_BYTES {
                return Err(Session::too_large());
            }
        }
        return Ok(out.finish().into());
    }
    if memchr::memmem::find(bytes, old).is_none() {
        return Ok(source.into());
    }
    let mut start = 0;
    for found in memchr::memmem::find_iter(bytes, old) {
        out.push_part(&source, start..found);
        put(&mut out, found);
        start = found + old.len();
        if out.len() > print::MAX_BYTES {
            return Err(Session::too_large());
        }
    }
    out.push_part(&source, start..bytes.len());
    if out.is_empty() {
        return Ok(source.slice(0..0).into());
    }
    Ok(out.finish().into())
}

fn repeat(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let Ok(count) = usize::try_from(int(arguments, 0)) else {
        return Err(Fault::new("strings: negative Repeat count"));
    };
    let text = text(arguments, 1);
    session.charge(text.len().saturating_mul(count))?;
    let mut out = TextBuilder::with_capacity(text.len() * count);
    if !text.is_empty() {
        session.steps(count / 16)?;
        (0..count).for_each(|_| out.push_text(&text));
    }
    Ok(out.finish().into())
}

fn truncate(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let (count, text) = (int(arguments, 0), text(arguments, 1));
    let length = text.len();
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    Ok(if count < 0 {
        let start = length.saturating_sub(size);
        text.slice(start..length)
    } else {
        text.slice(0..size.min(length))
    }
    .into())
}

fn out_of_range(start: i64, end: i64, length: usize) -> Fault {
    let message = if usize::try_from(end).map_or(true, |end| end > length) {
        format!("runtime error: slice bounds out of range [:{end}] with length {length}")
    } else {
        format!("runtime error: slice bounds out of range [{start}:{end}]")
    };
    Fault::new(message)
}

fn substring(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let (start, end, text) = (int(arguments, 0), int(arguments, 1), text(arguments, 2));
    let length = text.len();
    let (from, to) = if start < 0 {
        (0, end)
    } else if end < 0 || end > crate::helm::go::numbers::int(length) {
        (start, crate::helm::go::numbers::int(length))
    } else {
        (start, end)
    };
    match (usize::try_from(from), usize::try_from(to)) {
        (Ok(from), Ok(to)) if from <= to && to <= length => Ok(text.slice(from..to).into()),
        _ => Err(out_of_range(from, to, length)),
    }
}

fn abbreviate(text: &Text, offset: i64, width: i64) -> Text {
    let Ok(width @ 4..) = usize::try_from(width) else { return text.clone() };
    let length = text.len();
    if length <= width {
        return text.clone();
    }
    let mut offset = usize::try_from(offset).unwrap_or(0).min(length);
    if length - offset < width - 3 {
        offset = length - (width - 3);
    }
    let mut out = TextBuilder::new();
    if offset <= 4 {
        out.push_part(text, 0..width - 3);
        out.push_along(b"...");
        return out.finish();
    }
    if width < 7 {
        return Text::empty();
    }
    let rest = if offset + width - 3 < length {
        let rest = text.slice(offset..length);
        // Too narrow for another mark: nothing is left, as in Go.
        if width - 3 < 4 {
            Text::empty()
        } else {
            abbreviate(&rest, 0, crate::helm::go::numbers::int(width - 3))
        }
    } else {
        text.slice(length - (width - 3)..length)
    };
    out.push(b"...", &text.mark());
    out.push_text(&rest);
    out.finish()
}

fn wrap(text: &Text, width: i64, newline: &[u8], break_words: bool) -> Result<Text, Fault> {
    let bytes = text.bytes();
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let mut out = TextBuilder::with_capacity(bytes.len());
    let mut at = 0;
    while bytes.len() - at > width {
        if bytes.get(at) == Some(&b' ') {
            at += 1;
            continue;
        }
        let line = bytes.get(at..=at + width).unwrap_or_default();
        let end = match memchr::memrchr(b' ', line) {
            Some(space) => at + space,
            None if break_words => {
                out.push_part(text, at..at + width);
                out.push_along(newline);
                at += width;
                continue;
            }
            None => {
                let beyond = bytes.get(at + width..).unwrap_or_default();
                let Some(space) = memchr::memchr(b' ', beyond) else {
                    break;
                };
                at + width + space
            }
        };
        out.push_part(text, at..end);
        out.push_along(newline);
        at = end + 1;
        if out.len() > print::MAX_BYTES {
            return Err(Session::too_large());
        }
    }
    out.push_part(text, at..bytes.len());
    Ok(out.finish())
}
