//! What the emitters of all versions of go-yaml have in common.

/// True for a character that stands as it is.
pub(crate) fn is_printable(character: char) -> bool {
    matches!(
        character,
        '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}'
    )
}

/// True for a character that breaks a line in YAML 1.1.
pub(crate) fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// True for a character that cannot stand between double quotes as it is.
pub(crate) fn needs_escape(character: char) -> bool {
    !is_printable(character) || is_break(character) || matches!(character, '"' | '\\')
}

/// A character as it is escaped between double quotes.
pub(crate) fn escaped(character: char) -> String {
    let code = u32::from(character);
    match character {
        '\0' => "\\0".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        '\u{1b}' => "\\e".to_owned(),
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\u{85}' => "\\N".to_owned(),
        '\u{a0}' => "\\_".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        '\u{2029}' => "\\P".to_owned(),
        _ if code <= 0xff => format!("\\x{code:02X}"),
        _ if code <= 0xffff => format!("\\u{code:04X}"),
        _ => format!("\\U{code:08X}"),
    }
}

/// The truth values of YAML 1.1 that YAML 1.2 no longer has.
pub(crate) fn is_old_boolean(text: &str) -> bool {
    let word = match text.as_bytes() {
        [b'y' | b'Y' | b'n' | b'N'] => return true,
        // One spelling of the three: `yes`, `Yes`, `YES`.
        [first, rest @ ..] if rest.iter().all(u8::is_ascii_lowercase) => {
            [&[first.to_ascii_lowercase()], rest].concat()
        }
        bytes if bytes.iter().all(u8::is_ascii_uppercase) => bytes.to_ascii_lowercase(),
        _ => return false,
    };
    matches!(word.as_slice(), b"yes" | b"no" | b"on" | b"off")
}
