//! Characters in byte strings, as Go reads them: what is not UTF-8 counts as U+FFFD, one byte wide.

use unicode_general_category::GeneralCategory;
use unicode_general_category::get_general_category;

/// The first character and its width in bytes; `None` at the end.
pub(crate) fn first(bytes: &[u8]) -> Option<(char, usize)> {
    let &lead = bytes.first()?;
    if lead < 0x80 {
        return Some((char::from(lead), 1));
    }
    let width = match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((char::REPLACEMENT_CHARACTER, 1)),
    };
    let decoded = bytes.get(..width).and_then(|part| std::str::from_utf8(part).ok());
    let decoded = decoded.and_then(|text| text.chars().next());
    Some(decoded.map_or((char::REPLACEMENT_CHARACTER, 1), |character| (character, width)))
}

/// The last character and its width in bytes.
pub(crate) fn last(bytes: &[u8]) -> Option<(char, usize)> {
    let &end = bytes.last()?;
    if end < 0x80 {
        return Some((char::from(end), 1));
    }
    for width in 2..=4.min(bytes.len()) {
        let tail = bytes.get(bytes.len() - width..).unwrap_or_default();
        if let Some((character, length)) = first(tail)
            && length == width
        {
            return Some((character, width));
        }
    }
    Some((char::REPLACEMENT_CHARACTER, 1))
}

/// All characters with their offsets and widths.
pub(crate) fn all(bytes: &[u8]) -> impl Iterator<Item = (usize, char, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (character, width) = first(bytes.get(at..)?)?;
        let offset = at;
        at += width;
        Some((offset, character, width))
    })
}

/// True for an offset between the bytes of one character.
pub(crate) fn is_inside(bytes: &[u8], at: usize) -> bool {
    (1..=3.min(at)).any(|back| {
        let tail = bytes.get(at - back..).and_then(first);
        tail.is_some_and(|(_, width)| width > back)
    })
}

/// The number of characters.
pub(crate) fn count(bytes: &[u8]) -> usize {
    if bytes.is_ascii() { bytes.len() } else { all(bytes).count() }
}

/// Appends a character as UTF-8.
pub(crate) fn push(bytes: &mut Vec<u8>, character: char) {
    let mut room = [0; 4];
    bytes.extend_from_slice(character.encode_utf8(&mut room).as_bytes());
}

/// `unicode.IsSpace`
pub(crate) fn is_space(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
        || (character > '\u{ff}' && character.is_whitespace())
}

/// `unicode.IsLetter`
pub(crate) fn is_letter(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphabetic();
    }
    matches!(
        get_general_category(character),
        GeneralCategory::UppercaseLetter
            | GeneralCategory::LowercaseLetter
            | GeneralCategory::TitlecaseLetter
            | GeneralCategory::ModifierLetter
            | GeneralCategory::OtherLetter
    )
}

/// `unicode.IsDigit`
pub(crate) fn is_digit(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit();
    }
    get_general_category(character) == GeneralCategory::DecimalNumber
}

/// `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols, and the ASCII space.
pub(crate) fn is_print(character: char) -> bool {
    if character.is_ascii() {
        return (' '..='~').contains(&character);
    }
    !matches!(
        get_general_category(character),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::SpaceSeparator
    )
}

/// `unicode.IsPunct`
pub(crate) fn is_punctuation(character: char) -> bool {
    matches!(
        get_general_category(character),
        GeneralCategory::ConnectorPunctuation
            | GeneralCategory::DashPunctuation
            | GeneralCategory::OpenPunctuation
            | GeneralCategory::ClosePunctuation
            | GeneralCategory::InitialPunctuation
            | GeneralCategory::FinalPunctuation
            | GeneralCategory::OtherPunctuation
    )
}
