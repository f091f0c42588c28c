//! Go's regular expressions in the syntax of the `regex` crate.

#![expect(
    clippy::format_push_string,
    reason = "short pieces; `write!` would bring an error that cannot happen"
)]

/// Rewrites a pattern; the error is Go's.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut characters = pattern.char_indices().peekable();
    let fail = |what: &str, at: usize| {
        let rest = pattern.get(at..).unwrap_or_default();
        Err(format!("error parsing regexp: {what}: `{rest}`"))
    };
    // Where a bracket began; `None` outside of brackets.
    let mut class: Option<usize> = None;
    let mut class_start = false;
    let mut open = 0_usize;
    // Where the repetition begins that has just been read.
    let mut repeated: Option<usize> = None;
    while let Some((at, character)) = characters.next() {
        let first_in_class = std::mem::take(&mut class_start);
        let repeats = match character {
            '*' | '+' | '?' => 1,
            '{' => pattern.get(at..).and_then(repetition).map_or(0, |(shown, ..)| shown.len()),
            _ => 0,
        };
        let before = repeated.take();
        if class.is_none() && repeats > 0 {
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
                let Some((_, escaped)) = characters.next() else {
                    return Err(
                        "error parsing regexp: trailing backslash at end of expression: ``".to_owned()
                    );
                };
                let inside = class.is_some();
                match escaped {
                    'd' => out.push_str(if inside { "0-9" } else { "[0-9]" }),
                    'D' if inside => out.push_str("[^0-9]"),
                    'D' => out.push_str("[^0-9]"),
                    'w' => out.push_str(if inside { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                    'W' => out.push_str("[^0-9A-Za-z_]"),
                    's' => out.push_str(if inside { r"\t\n\x0C\r " } else { r"[\t\n\x0C\r ]" }),
                    'S' => out.push_str(r"[^\t\n\x0C\r ]"),
                    'b' if !inside => out.push_str(r"(?-u:\b)"),
                    'B' if !inside => out.push_str(r"(?-u:\B)"),
                    'A' if !inside => out.push_str(r"\A"),
                    'z' if !inside => out.push_str(r"\z"),
                    'C' if !inside => out.push_str("(?s-u:.)"),
                    'Q' if !inside => {
                        let rest = pattern.get(at + 2..).unwrap_or_default();
                        let literal = rest.split("\\E").next().unwrap_or_default();
                        out.push_str(&regex::escape(literal));
                        let end = at + 2 + literal.len() + if literal.len() < rest.len() { 2 } else { 0 };
                        while characters.peek().is_some_and(|(next, _)| *next < end) {
                            characters.next();
                        }
                    }
                    // An end without a beginning is ignored.
                    'E' if !inside && pattern.get(..at).is_some_and(|before| before.contains("\\Q")) => {}
                    'p' | 'P' | 'x' => {
                        out.push('\\');
                        out.push(escaped);
                        // A name or a code in braces is no repetition.
                        if characters.peek().is_some_and(|(_, next)| *next == '{') {
                            for (_, next) in characters.by_ref() {
                                out.push(next);
                                if next == '}' {
                                    break;
                                }
                            }
                        }
                    }
                    'a' => out.push_str(r"\x07"),
                    'f' => out.push_str(r"\x0C"),
                    'n' | 'r' | 't' => {
                        out.push('\\');
                        out.push(escaped);
                    }
                    'v' => out.push_str(r"\x0B"),
                    '0'..='7' => {
                        // An octal code: one to three digits that begin with 0, or more than one digit.
                        let mut code = escaped.to_digit(8).unwrap_or(0);
                        let mut digits = 1;
                        while digits < 3
                            && let Some(digit) = characters.peek().and_then(|(_, next)| next.to_digit(8))
                        {
                            code = code * 8 + digit;
                            digits += 1;
                            characters.next();
                        }
                        if escaped != '0' && digits == 1 {
                            let shown = format!("\\{escaped}");
                            return Err(format!("error parsing regexp: invalid escape sequence: `{shown}`"));
                        }
                        out.push_str(&format!("\\x{{{code:x}}}"));
                    }
                    _ if escaped.is_ascii_punctuation() => {
                        out.push('\\');
                        out.push(escaped);
                    }
                    _ => {
                        let shown = format!("\\{escaped}");
                        return Err(format!("error parsing regexp: invalid escape sequence: `{shown}`"));
                    }
                }
            }
            '[' if class.is_none() => {
                class = Some(at);
                class_start = true;
                out.push('[');
                if characters.peek().is_some_and(|(_, next)| *next == '^') {
                    characters.next();
                    out.push('^');
                }
            }
            ']' if class.is_some() && !first_in_class => {
                class = None;
                out.push(']');
            }
            '[' => {
                // A named class keeps its brackets; any other bracket stands for itself.
                let rest = pattern.get(at..).unwrap_or_default();
                match rest.strip_prefix("[:").and_then(|name| name.split_once(":]")) {
                    Some((name, _)) if name.chars().all(|c| c.is_ascii_lowercase() || c == '^') => {
                        out.push_str(&format!("[:{name}:]"));
                        let end = at + name.len() + 4;
                        while characters.peek().is_some_and(|(next, _)| *next < end) {
                            characters.next();
                        }
                    }
                    _ => out.push_str("\\["),
                }
            }
            // Set operations of the other syntax are plain characters in Go.
            ']' | '&' | '~' if class.is_some() => {
                out.push('\\');
                out.push(character);
            }
            '-' if class.is_some() && characters.peek().is_some_and(|(_, next)| *next == '-') => {
                out.push_str("\\-");
            }
            _ if class.is_some() => out.push(character),
            '(' => {
                open += 1;
                out.push('(');
                if characters.peek().is_some_and(|(_, next)| *next == '?') {
                    characters.next();
                    out.push('?');
                }
                let rest = pattern.get(at + 1..).unwrap_or_default();
                if rest.starts_with("?=")
                    || rest.starts_with("?!")
                    || rest.starts_with("?<=")
                    || rest.starts_with("?<!")
                {
                    let end = if rest.starts_with("?<") { at + 4 } else { at + 3 };
                    let shown = pattern.get(at..end).unwrap_or_default();
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
    if let Some(start) = class {
        return fail("missing closing ]", start);
    }
    if open > 0 {
        return Err(format!("error parsing regexp: missing closing ): `{pattern}`"));
    }
    Ok(out)
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
