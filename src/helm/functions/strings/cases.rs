//! Upper and lower case, and words.

use unicode_general_category::GeneralCategory;
use unicode_general_category::get_general_category;

use crate::helm::go::runes;

/// `unicode.ToUpper`: one character for one.
pub(super) fn upper(character: char) -> char {
    let mut mapped = character.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

/// `unicode.ToLower`: one character for one.
pub(super) fn lower(character: char) -> char {
    let mut mapped = character.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        // İ is the one letter whose lower case takes two characters.
        _ if character == '\u{130}' => 'i',
        _ => character,
    }
}

/// `unicode.ToTitle`: as upper case, save for the few letters made of two.
fn title_case(character: char) -> char {
    match character {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        _ => upper(character),
    }
}

fn is_upper(character: char) -> bool {
    if character.is_ascii() {
        character.is_ascii_uppercase()
    } else {
        get_general_category(character) == GeneralCategory::UppercaseLetter
    }
}

fn is_lower(character: char) -> bool {
    if character.is_ascii() {
        character.is_ascii_lowercase()
    } else {
        get_general_category(character) == GeneralCategory::LowercaseLetter
    }
}

fn is_number(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit();
    }
    matches!(
        get_general_category(character),
        GeneralCategory::DecimalNumber | GeneralCategory::LetterNumber | GeneralCategory::OtherNumber
    )
}

fn each(text: &[u8], mut change: impl FnMut(char) -> char) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    runes::all(text).for_each(|(_, character, _)| runes::push(&mut out, change(character)));
    out
}

/// `strings.Title`
pub(super) fn title(text: &[u8]) -> Vec<u8> {
    let mut before = ' ';
    each(text, |character| {
        let separated = match before {
            '_' => false,
            _ if before.is_ascii() => !before.is_ascii_alphanumeric(),
            _ => !runes::is_letter(before) && !runes::is_digit(before) && runes::is_space(before),
        };
        before = character;
        if separated { title_case(character) } else { character }
    })
}

pub(super) fn untitle(text: &[u8]) -> Vec<u8> {
    let mut begins = true;
    each(text, |character| {
        if runes::is_space(character) {
            begins = true;
            character
        } else if std::mem::take(&mut begins) {
            lower(character)
        } else {
            character
        }
    })
}

pub(super) fn swap(text: &[u8]) -> Vec<u8> {
    let mut begins = true;
    each(text, |character| {
        let titled = get_general_category(character) == GeneralCategory::TitlecaseLetter;
        if is_upper(character) || titled {
            begins = false;
            lower(character)
        } else if is_lower(character) {
            if std::mem::take(&mut begins) { title_case(character) } else { upper(character) }
        } else {
            begins = runes::is_space(character);
            character
        }
    })
}

/// Byte by byte, as Sprig's library does: bytes above 0x7F come out as the characters of that number.
pub(super) fn without_spaces(text: &[u8]) -> Vec<u8> {
    let space = |byte: &u8| runes::is_space(char::from(*byte));
    if !text.iter().any(space) {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    text.iter().filter(|byte| !space(byte)).for_each(|byte| runes::push(&mut out, char::from(*byte)));
    out
}

/// The first byte of every word, each as the character of that number.
pub(super) fn initials(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut gap = true;
    for &byte in text {
        let character = char::from(byte);
        if runes::is_space(character) {
            gap = true;
        } else if std::mem::take(&mut gap) {
            runes::push(&mut out, character);
        }
    }
    out
}

fn is_connector(character: char) -> bool {
    matches!(character, '-' | '_') || runes::is_space(character)
}

/// `xstrings.ToPascalCase`
pub(super) fn pascal(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut characters = runes::all(text).map(|(_, character, _)| character).peekable();
    let mut current = None;
    let mut was_upper = false;
    // Leading connectors stay.
    for character in characters.by_ref() {
        if is_connector(character) {
            runes::push(&mut out, character);
            current = Some((character, true));
        } else {
            was_upper = is_upper(character);
            current = Some((upper(character), false));
            break;
        }
    }
    let Some((mut current, leading)) = current else { return out };
    if characters.peek().is_none() {
        runes::push(&mut out, current);
        return out;
    }
    debug_assert!(!leading, "a connector leads only while others follow");
    for character in characters {
        let before = std::mem::replace(&mut current, character);
        if is_connector(character) && is_connector(before) {
            runes::push(&mut out, before);
        } else if is_connector(before) {
            was_upper = is_upper(character);
            current = upper(character);
        } else {
            if was_upper {
                if is_upper(character) {
                    current = lower(character);
                } else {
                    was_upper = false;
                }
            }
            runes::push(&mut out, before);
        }
    }
    runes::push(&mut out, current);
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Invalid,
    Number,
    Upper,
    Letters,
    Connector,
    Punctuation,
    Other,
}

fn run(text: &[u8], from: usize, belongs: impl Fn(char) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    runes::all(rest).find(|(_, character, _)| !belongs(*character)).map_or(text.len(), |(at, ..)| from + at)
}

/// The kind and the length of the first word.
fn first_word(text: &[u8]) -> (Word, usize) {
    let Some((first, width)) = runes::first(text) else { return (Word::Invalid, 0) };
    let small = |character: char| runes::is_letter(character) && !is_upper(character);
    if first == char::REPLACEMENT_CHARACTER {
        (Word::Invalid, width)
    } else if is_connector(first) {
        (Word::Connector, run(text, width, is_connector))
    } else if runes::is_punctuation(first) {
        (Word::Punctuation, run(text, width, runes::is_punctuation))
    } else if is_upper(first) {
        let mut end = width;
        let next = text.get(width..).and_then(runes::first);
        match next {
            Some((character, more)) if is_upper(character) => {
                end = run(text, width + more, is_upper);
                // The last capital of `HTTPStatus` begins the next word.
                let after = text.get(end..).and_then(runes::first);
                if after.is_some_and(|(character, _)| runes::is_letter(character)) {
                    let last = text.get(..end).and_then(runes::last);
                    end -= last.map_or(0, |(_, width)| width);
                }
            }
            Some((character, more)) if runes::is_letter(character) => {
                end = run(text, width + more, small);
            }
            _ => {}
        }
        (Word::Upper, end)
    } else if runes::is_letter(first) {
        (Word::Letters, run(text, width, small))
    } else if is_number(first) {
        (Word::Number, run(text, width, is_number))
    } else {
        let other = |character: char| {
            !is_connector(character)
                && !runes::is_letter(character)
                && !is_number(character)
                && !runes::is_punctuation(character)
        };
        (Word::Other, run(text, width, other))
    }
}

fn put(out: &mut Vec<u8>, kind: Word, word: &[u8], connector: char) {
    if !matches!(kind, Word::Upper | Word::Connector) {
        out.extend_from_slice(word);
        return;
    }
    for (_, character, _) in runes::all(word) {
        runes::push(out, if is_connector(character) { connector } else { lower(character) });
    }
}

/// `xstrings.ToSnakeCase` and `ToKebabCase`
pub(super) fn split_words(text: &[u8], connector: char) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut left = text;
    let mut next = || {
        let (kind, length) = first_word(left);
        let (word, rest) = left.split_at(length.min(left.len()));
        left = rest;
        (kind, word, rest.is_empty())
    };
    let glue = |out: &mut Vec<u8>, kind: Word| {
        if !matches!(kind, Word::Connector | Word::Punctuation) {
            runes::push(out, connector);
        }
    };
    let (mut kind, mut word, mut end) = next();
    while !end {
        if kind != Word::Connector {
            put(&mut out, kind, word, connector);
        }
        let (before, last) = (kind, word);
        (kind, word, end) = next();
        match before {
            Word::Number => {
                while matches!(kind, Word::Letters | Word::Number) && !word.is_empty() {
                    put(&mut out, kind, word, connector);
                    (kind, word, end) = next();
                }
                if kind != Word::Invalid {
                    glue(&mut out, kind);
                }
            }
            Word::Connector => put(&mut out, before, last, connector),
            Word::Punctuation => {}
            _ if kind != Word::Number => glue(&mut out, kind),
            _ if end => {}
            _ => {
                let number = word;
                (kind, word, end) = next();
                if kind == Word::Letters {
                    runes::push(&mut out, connector);
                    put(&mut out, Word::Number, number, connector);
                    while matches!(kind, Word::Letters | Word::Number) && !word.is_empty() {
                        put(&mut out, kind, word, connector);
                        (kind, word, end) = next();
                    }
                    if kind != Word::Invalid {
                        glue(&mut out, kind);
                    }
                } else {
                    put(&mut out, Word::Number, number, connector);
                    glue(&mut out, kind);
                }
            }
        }
    }
    put(&mut out, kind, word, connector);
    out
}
