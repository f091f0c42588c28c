//! Go's regular expressions in the syntax of the `regex` crate.

use crate::helm::functions::regexes::class;

/// Rewrites a pattern; the error is Go's.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut characters = pattern.char_indices().peekable();
    let mut open = 0_usize;
    // Where the repetition begins that has just been read.
    let mut repeated: Option<usize> = None;
    while let Some((at, character)) = characters.next() {
        let repeats = match character {
            '*' | '+' | '?' => 1,
            '{' => pattern.get(at..).and_then(repetition).map_or(0, |(shown, ..)| shown.len()),
            _ => 0,
        };
        let before = repeated.take();
        if repeats > 0 {
            let lazy = usize::from(pattern.as_bytes().get(at + repeats) == Some(&b'?'));
            if let Some(start) = before {
                let shown = pattern.get(start..at + repeats + lazy).unwrap_or_default();
                return Err(format!("error parsing regexp: invalid nested repetition operator: `{shown}`"));
            }
            out.push_str(&checked_repetition(pattern.get(at..at + repeats).unwrap_or_default())?);
            if lazy == 1 {
                out.push('?');
            }
            while characters.peek().is_some_and(|(next, _)| *next < at + repeats + lazy) {
                characters.next();
            }
            // A group may begin with a question mark; that is no repetition.
            repeated = Some(at);
            continue;
        }
        match character {
            '\\' => {
                let rest = pattern.get(at + 1..).unwrap_or_default();
                let assertion = match rest.chars().next() {
                    Some('b') => Some(r"(?-u:\b)"),
                    Some('B') => Some(r"(?-u:\B)"),
                    Some('A') => Some(r"\A"),
                    Some('z') => Some(r"\z"),
                    // An end without a beginning is ignored.
                    Some('E') if pattern.get(..at).is_some_and(|before| before.contains("\\Q")) => Some(""),
                    _ => class::perl(rest, false),
                };
                if let Some(assertion) = assertion {
                    out.push_str(assertion);
                    characters.next();
                } else if let Some(rest) = rest.strip_prefix('Q') {
                    let literal = rest.split("\\E").next().unwrap_or_default();
                    out.push_str(&regex::escape(literal));
                    let end = at + 2 + literal.len() + if literal.len() < rest.len() { 2 } else { 0 };
                    while characters.next_if(|(next, _)| *next < end).is_some() {}
                } else if rest.starts_with(['p', 'P']) {
                    class::property(&mut out, &mut characters);
                } else {
                    out.push_str(&class::literal(class::escaped(pattern, at, &mut characters)?));
                }
            }
            '[' => class::class(&mut out, pattern, at, &mut characters)?,
            '(' => {
                open += 1;
                out.push('(');
                if characters.peek().is_some_and(|(_, next)| *next == '?') {
                    characters.next();
                    out.push('?');
                }
                let rest = pattern.get(at + 1..).unwrap_or_default();
                if let Some(length) = unknown_group(rest) {
                    let shown = pattern.get(at..at + 1 + length).unwrap_or_default();
                    return Err(format!(
                        "error parsing regexp: invalid or unsupported Perl syntax: `{shown}`"
                    ));
                }
            }
            ')' => {
                if open == 0 {
                    return Err(format!("error parsing regexp: unexpected ): `{pattern}`"));
                }
                open -= 1;
                out.push(')');
            }
            '{' | '}' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    if open > 0 {
        return Err(format!("error parsing regexp: missing closing ): `{pattern}`"));
    }
    Ok(out)
}

/// How much of what follows a parenthesis begins a kind of group that Go does not have; `None` for one that it has.
fn unknown_group(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('?')?;
    if inside.starts_with("<=") || inside.starts_with("<!") {
        return Some(3);
    }
    if inside.starts_with('<') || inside.starts_with("P<") {
        return None;
    }
    let flags = inside.trim_start_matches(['i', 'm', 's', 'U', '-']);
    if flags.starts_with([':', ')']) {
        return None;
    }
    let next = flags.chars().next().map_or(0, char::len_utf8);
    Some(1 + inside.len() - flags.len() + next)
}

/// A repetition as it is, unless it is out of bounds.
fn checked_repetition(text: &str) -> Result<String, String> {
    if let Some((shown, least, most)) = repetition(text)
        && (least > 1000 || most.is_some_and(|most| most < least || most > 1000))
    {
        return Err(format!("error parsing regexp: invalid repeat count: `{shown}`"));
    }
    Ok(text.to_owned())
}

/// `{2}`, `{2,}` or `{2,3}` at the front of a text: itself and its bounds.
fn repetition(text: &str) -> Option<(&str, usize, Option<usize>)> {
    let (inside, _) = text.strip_prefix('{')?.split_once('}')?;
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<usize>().unwrap_or(usize::MAX))
    };
    let (least, most) = match inside.split_once(',') {
        None => {
            let exact = number(inside)?;
            (exact, Some(exact))
        }
        Some((least, "")) => (number(least)?, None),
        Some((least, most)) => (number(least)?, Some(number(most)?)),
    };
    Some((text.get(..inside.len() + 2)?, least, most))
}
