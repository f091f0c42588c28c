//! Characters that must not reach a terminal or a page as they are.

use std::borrow::Cow;
use std::fmt::Write as _;

/// True for what a reader cannot see and a terminal may obey: control characters, marks that turn the direction of
/// writing around, blanks without width, tags.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text in which everything hidden is spelled out: `\u{1b}` instead of the escape character, `\n` instead of a
/// line break, a blank instead of a tab.
///
/// For whatever comes from the input and is printed outside a format that escapes it: file names, names of services.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\t' => out.push(' '),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            hidden if is_hidden(hidden) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(hidden));
            }
            plain => out.push(plain),
        }
    }
    Cow::Owned(out)
}

/// What stands for a hidden character in a line of source: one visible character, so that columns stay true.
pub(super) fn stand_in(character: char) -> char {
    match u32::from(character) {
        0x09 => '\t',
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    }
}
