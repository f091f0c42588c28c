//! How texts are escaped in the formats that mark text up.

use std::fmt::Write as _;

use crate::report::visible::is_hidden;

/// Text within XML or HTML, in an element or in a quoted attribute.
///
/// Characters that XML 1.0 has no way to write are spelled out.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => {
                // A plain one would become a blank in an attribute. Writing to a string cannot fail.
                let _ = write!(out, "&#{};", u32::from(character));
            }
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            hidden if is_hidden(hidden) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(hidden));
            }
            plain => out.push(plain),
        }
    }
    out
}

/// HTML of a message: what stands between backticks is code.
pub(super) fn html_message(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        let is_code = index % 2 == 1;
        if is_code && index == text.matches('`').count() {
            // A backtick without a partner.
            out.push('`');
            out.push_str(&xml(part));
        } else if is_code {
            let _ = write!(out, "<code>{}</code>", xml(part));
        } else {
            out.push_str(&xml(part));
        }
    }
    out
}

/// Markdown of a message: what stands between backticks is code, everything else is text and nothing but text (no
/// HTML, no link, no mention of a person).
pub(super) fn markdown_message(text: &str) -> String {
    let mut out = String::new();
    let backticks = text.matches('`').count();
    for (index, part) in text.split('`').enumerate() {
        let is_code = index % 2 == 1;
        if is_code && index != backticks {
            out.push_str(&markdown_code(part));
        } else {
            if is_code {
                out.push_str("\\`");
            }
            markdown_text(part, &mut out);
        }
    }
    out
}

/// Markdown code in a line of text or in a cell of a table.
pub(super) fn markdown_code(text: &str) -> String {
    // As HTML: `|` ends a cell even within backticks. Punctuation as numbers, so that none of it is Markdown.
    let mut out = String::from("<code>");
    for character in text.chars() {
        match character {
            '-' | '.' | '/' | '=' | ',' | ' ' => out.push(character),
            '\n' => out.push(' '),
            mark if mark.is_ascii_punctuation() => {
                let _ = write!(out, "&#{};", u32::from(mark));
            }
            other => out.push_str(&xml(&other.to_string())),
        }
    }
    out.push_str("</code>");
    out
}

fn markdown_text(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '\\' | '*' | '_' | '[' | ']' | '!' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(character);
            }
            // A comment keeps them from naming a person or another discussion.
            '@' | '#' => {
                out.push(character);
                out.push_str("<!-- -->");
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Addresses become links by themselves.
            ':' => out.push_str(":<!-- -->"),
            '\n' => out.push_str("<br>"),
            hidden if is_hidden(hidden) => {
                let _ = write!(out, "\\\\u{{{:x}}}", u32::from(hidden));
            }
            plain => out.push(plain),
        }
    }
}

/// A path within a URI: everything but letters, digits, `-._~` and `/` as `%XX`.
pub(super) fn percent_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
