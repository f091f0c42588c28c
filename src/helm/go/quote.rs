//! Go's quoted strings, both ways.

use crate::helm::go::runes;

/// `%q`, `strconv.Quote`
pub(crate) fn quote(text: &[u8]) -> Vec<u8> {
    quote_with(text, b'"', false)
}

/// `%+q`, `strconv.QuoteToASCII`
pub(crate) fn quote_ascii(text: &[u8]) -> Vec<u8> {
    quote_with(text, b'"', true)
}

/// `strconv.QuoteRune`
pub(crate) fn quote_rune(character: char, ascii: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    runes::push(&mut bytes, character);
    quote_with(&bytes, b'\'', ascii)
}

fn quote_with(text: &[u8], delimiter: u8, ascii: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    out.push(delimiter);
    for (at, character, width) in runes::all(text) {
        if width == 1 && character == char::REPLACEMENT_CHARACTER {
            let byte = text.get(at).copied().unwrap_or(0);
            out.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
            continue;
        }
        append_escaped(&mut out, character, delimiter, ascii);
    }
    out.push(delimiter);
    out
}

/// Appends one character as it stands inside quotes.
pub(crate) fn append_escaped(out: &mut Vec<u8>, character: char, delimiter: u8, ascii: bool) {
    if character == char::from(delimiter) || character == '\\' {
        out.push(b'\\');
        runes::push(out, character);
        return;
    }
    if (character.is_ascii() || !ascii) && runes::is_print(character) {
        runes::push(out, character);
        return;
    }
    let code = u32::from(character);
    let escaped = match character {
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        _ if code < 0x20 || code == 0x7f => format!("\\x{code:02x}"),
        _ if code < 0x1_0000 => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    };
    out.extend_from_slice(escaped.as_bytes());
}

/// `strconv.CanBackquote`
pub(crate) fn can_backquote(text: &[u8]) -> bool {
    runes::all(text).all(|(_, character, width)| {
        if width > 1 {
            return character != '\u{feff}';
        }
        character != char::REPLACEMENT_CHARACTER
            && (character >= ' ' || character == '\t')
            && character != '`'
            && character != '\u{7f}'
    })
}

/// What a quoted or raw string stands for; `None` where it is malformed.
pub(crate) fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (&delimiter, rest) = literal.split_first()?;
    let (&end, inner) = rest.split_last()?;
    if delimiter != end {
        return None;
    }
    if delimiter == b'`' {
        let mut out = inner.to_vec();
        if memchr::memchr(b'\r', inner).is_some() {
            out.retain(|&byte| byte != b'\r');
        }
        return Some(out);
    }
    if delimiter == b'"' && inner.iter().all(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\\')) {
        return Some(inner.to_vec());
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut left = inner;
    while !left.is_empty() {
        let plain = left.iter().take_while(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\'' | b'\\'));
        let plain = plain.count();
        out.extend_from_slice(left.get(..plain)?);
        left = left.get(plain..)?;
        if !left.is_empty() {
            left = unquote_character(left, delimiter, &mut out)?.1;
        }
    }
    Some(out)
}

/// Reads one character or escape: its code, and what is left after it.
pub(crate) fn unquote_character<'b>(
    text: &'b [u8],
    delimiter: u8,
    out: &mut Vec<u8>,
) -> Option<(u32, &'b [u8])> {
    let (&byte, rest) = text.split_first()?;
    if byte == delimiter && (delimiter == b'\'' || delimiter == b'"') {
        return None;
    }
    if byte != b'\\' {
        let (character, width) = runes::first(text)?;
        out.extend_from_slice(text.get(..width)?);
        return Some((character.into(), text.get(width..)?));
    }
    let (&escape, mut rest) = rest.split_first()?;
    let simple = match escape {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => 10,
        b'r' => 13,
        b't' => 9,
        b'v' => 11,
        b'\\' => b'\\',
        b'\'' | b'"' if escape == delimiter => escape,
        b'x' | b'u' | b'U' => {
            let digits = match escape {
                b'x' => 2,
                b'u' => 4,
                _ => 8,
            };
            let code = rest.get(..digits).and_then(|part| std::str::from_utf8(part).ok())?;
            if !code.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            let code = u32::from_str_radix(code, 16).ok()?;
            rest = rest.get(digits..)?;
            if escape == b'x' {
                out.push(u8::try_from(code).ok()?);
            } else {
                runes::push(out, char::from_u32(code)?);
            }
            return Some((code, rest));
        }
        b'0'..=b'7' => {
            let octal = std::iter::once(escape).chain(rest.iter().copied().take(2));
            let mut code = 0_u32;
            let mut digits = 0;
            for digit in octal {
                code = code * 8 + u32::from(digit.checked_sub(b'0').filter(|digit| *digit < 8)?);
                digits += 1;
            }
            if digits != 3 {
                return None;
            }
            out.push(u8::try_from(code).ok()?);
            return Some((code, rest.get(2..)?));
        }
        _ => return None,
    };
    out.push(simple);
    Some((simple.into(), rest))
}
