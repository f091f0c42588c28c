//! Characters, and sets of them in brackets, of Go's regular expressions.

use std::iter::Peekable;
use std::str::CharIndices;

/// The sets that have a name: `[:alpha:]`.
const NAMED: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// The rest of a pattern.
pub(super) type Characters<'p> = Peekable<CharIndices<'p>>;

/// Where the next character stands.
fn offset(pattern: &str, characters: &mut Characters<'_>) -> usize {
    characters.peek().map_or(pattern.len(), |(at, _)| *at)
}

fn slice(pattern: &str, from: usize, to: usize) -> &str {
    pattern.get(from..to).unwrap_or_default()
}

/// The character that a backslash at `at` begins, which has been read; the error is Go's.
pub(super) fn escaped(pattern: &str, at: usize, characters: &mut Characters<'_>) -> Result<char, String> {
    let Some((_, escaped)) = characters.next() else {
        return Err("error parsing regexp: trailing backslash at end of expression: ``".to_owned());
    };
    let octal = |next: Option<&(usize, char)>| next.and_then(|(_, next)| next.to_digit(8));
    let found = match escaped {
        '1'..='7' if octal(characters.peek()).is_none() => None,
        '0'..='7' => {
            let mut code = escaped.to_digit(8).unwrap_or(0);
            for _ in 0..2 {
                let Some(digit) = octal(characters.peek()) else { break };
                code = code * 8 + digit;
                characters.next();
            }
            char::from_u32(code)
        }
        'x' => hexadecimal(characters),
        'a' => Some('\x07'),
        'f' => Some('\x0c'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\x0b'),
        _ if escaped.is_ascii() && !escaped.is_ascii_alphanumeric() => Some(escaped),
        _ => None,
    };
    found.ok_or_else(|| {
        let end = offset(pattern, characters);
        format!("error parsing regexp: invalid escape sequence: `{}`", slice(pattern, at, end))
    })
}

/// `\x7F`, `\x{10FFFF}`
fn hexadecimal(characters: &mut Characters<'_>) -> Option<char> {
    let (_, first) = characters.next()?;
    if first != '{' {
        let (_, second) = characters.next()?;
        return char::from_u32(first.to_digit(16)? * 16 + second.to_digit(16)?);
    }
    let mut code = None;
    for (_, next) in characters.by_ref() {
        if next == '}' {
            return code.and_then(char::from_u32);
        }
        code = Some(code.unwrap_or(0_u32).checked_mul(16)?.checked_add(next.to_digit(16)?)?);
    }
    None
}

/// A character as it always stands for itself.
pub(super) fn literal(character: char) -> String {
    format!("\\x{{{:x}}}", u32::from(character))
}

/// `\p{Greek}` and `\pL`, of which the backslash has been read, as they are.
pub(super) fn property(out: &mut String, characters: &mut Characters<'_>) {
    out.push('\\');
    let Some((_, kind)) = characters.next() else { return };
    out.push(kind);
    let Some((_, next)) = characters.next() else { return };
    out.push(next);
    if next != '{' {
        return;
    }
    for (_, next) in characters.by_ref() {
        out.push(next);
        if next == '}' {
            return;
        }
    }
}

/// A set of characters whose bracket at `start` has been read, up to and with the bracket that closes it.
pub(super) fn class(
    out: &mut String,
    pattern: &str,
    start: usize,
    characters: &mut Characters<'_>,
) -> Result<(), String> {
    let unclosed = || {
        Err(format!("error parsing regexp: missing closing ]: `{}`", slice(pattern, start, pattern.len())))
    };
    out.push('[');
    if characters.next_if(|(_, next)| *next == '^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        let Some(&(at, next)) = characters.peek() else { return unclosed() };
        if next == ']' && !first {
            characters.next();
            out.push(']');
            return Ok(());
        }
        first = false;
        let rest = slice(pattern, at, pattern.len());
        if let Some((name, _)) = rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]")) {
            if !NAMED.contains(&name.strip_prefix('^').unwrap_or(name)) {
                return Err(format!("error parsing regexp: invalid character class range: `[:{name}:]`"));
            }
            out.push_str(slice(rest, 0, name.len() + 4));
            let end = at + name.len() + 4;
            while characters.next_if(|(next, _)| *next < end).is_some() {}
            continue;
        }
        if let Some(known) = rest.strip_prefix('\\').and_then(|rest| perl(rest, true)) {
            out.push_str(known);
            characters.next();
            characters.next();
            continue;
        }
        if rest.starts_with("\\p") || rest.starts_with("\\P") {
            characters.next();
            property(out, characters);
            continue;
        }
        let low = one(pattern, characters)?;
        out.push_str(&literal(low));
        // A hyphen before the end stands for itself.
        let after = slice(pattern, offset(pattern, characters), pattern.len());
        if after.len() < 2 || !after.starts_with('-') || after.starts_with("-]") {
            continue;
        }
        characters.next();
        let high = one(pattern, characters)?;
        if high < low {
            let shown = slice(pattern, at, offset(pattern, characters));
            return Err(format!("error parsing regexp: invalid character class range: `{shown}`"));
        }
        out.push('-');
        out.push_str(&literal(high));
    }
}

/// One character of a set.
fn one(pattern: &str, characters: &mut Characters<'_>) -> Result<char, String> {
    match characters.next() {
        Some((at, '\\')) => escaped(pattern, at, characters),
        Some((_, character)) => Ok(character),
        None => Err("error parsing regexp: missing closing ]: ``".to_owned()),
    }
}

/// What the letter at the front of a text means after a backslash, if it is one of a set: of ASCII alone, as in Go.
pub(super) fn perl(text: &str, inside: bool) -> Option<&'static str> {
    Some(match (text.chars().next()?, inside) {
        ('d', true) => "0-9",
        ('d', false) => "[0-9]",
        ('D', _) => "[^0-9]",
        ('w', true) => "0-9A-Za-z_",
        ('w', false) => "[0-9A-Za-z_]",
        ('W', _) => "[^0-9A-Za-z_]",
        ('s', true) => r"\t\n\x0C\r ",
        ('s', false) => r"[\t\n\x0C\r ]",
        ('S', _) => r"[^\t\n\x0C\r ]",
        _ => return None,
    })
}
