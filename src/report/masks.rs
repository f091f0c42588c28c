//! Secrets, and what is printed in their stead.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use aho_corasick::MatchKind;

use crate::source::Source;
use crate::source::SourceId;
use crate::source::SourceMap;

/// A secret shorter than this is not looked for outside its own place: it would be found everywhere.
const SHORTEST: usize = 6;
/// A secret made of letters alone, and not longer than this, may as well be a word (`postgres`), or a few (`the name`).
const LONGEST_WORD: usize = 12;

/// Knows every marked secret, and masks it: one `*` for each character, so that columns stay true.
///
/// Marked places are always masked. Beyond them a net catches the same text wherever else it turns up. What may as
/// well be a word (`postgres` is a usual password, and the name of an image) is caught only where it stands as a
/// credential does: between `:` and `@`, or after `password=`.
#[derive(Debug, Default)]
pub struct Masks {
    places: BTreeMap<SourceId, Vec<Range<usize>>>,
    net: Option<AhoCorasick>,
    words: Vec<bool>,
}

impl Masks {
    /// The masks for all secrets that are marked by now.
    pub fn new(sources: &SourceMap) -> Self {
        let mut places: BTreeMap<SourceId, Vec<Range<usize>>> = BTreeMap::new();
        let mut texts = BTreeSet::new();
        for span in sources.secrets() {
            let of_source = places.entry(span.source).or_default();
            match of_source.last_mut() {
                Some(last) if span.range().start <= last.end => last.end = last.end.max(span.range().end),
                _ => of_source.push(span.range()),
            }
            forms(&sources.slice(span), &mut texts);
        }
        let texts: Vec<String> = texts.into_iter().collect();
        let words = texts.iter().map(|text| is_word(text)).collect();
        // A set too large for the automaton does not come from a file of 16 MiB.
        let net = (!texts.is_empty())
            .then(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&texts).ok())
            .flatten();
        Self { places, net, words }
    }

    /// A text with every secret in it masked. For messages, labels, names.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut found = Vec::new();
        self.cast(text, 0, &mut found);
        if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(covered(text, 0, &found)) }
    }

    /// True where a text holds a secret.
    pub fn catches(&self, text: &str) -> bool {
        let mut found = Vec::new();
        self.cast(text, 0, &mut found);
        !found.is_empty()
    }

    /// A whole source with every secret in it masked, as long as it was in characters.
    pub fn source(&self, source: &Source) -> String {
        let whole = 0..source.text.len();
        covered(&source.text, 0, &self.ranges(source, &whole))
    }

    /// The bytes to mask within a range of a source, sorted by their start.
    pub(super) fn ranges(&self, source: &Source, range: &Range<usize>) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        if let Some(places) = self.places.get(&source.id) {
            let first = places.partition_point(|place| place.end <= range.start);
            let rest = places.get(first..).unwrap_or_default();
            found.extend(rest.iter().take_while(|place| place.start < range.end).cloned());
        }
        self.cast(source.text.get(range.clone()).unwrap_or_default(), range.start, &mut found);
        found.sort_unstable_by_key(|place| (place.start, place.end));
        found
    }

    /// Finds secrets in a text that begins at the offset `base`.
    fn cast(&self, text: &str, base: usize, found: &mut Vec<Range<usize>>) {
        let Some(net) = &self.net else { return };
        for hit in net.find_iter(text) {
            let is_word = self.words.get(hit.pattern().as_usize()).copied().unwrap_or(false);
            if !is_word || stands_as_credential(text, hit.range()) {
                found.push(base + hit.start()..base + hit.end());
            }
        }
    }
}

/// The text that begins at `base`, with `*` for every character in one of the ranges; line breaks stay.
fn covered(text: &str, base: usize, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut ranges = ranges.iter().peekable();
    let mut masked_to = 0;
    for (at, character) in text.char_indices() {
        let at = base + at;
        while let Some(range) = ranges.next_if(|range| range.start <= at) {
            masked_to = masked_to.max(range.end);
        }
        out.push(if at < masked_to && !matches!(character, '\n' | '\r') { '*' } else { character });
    }
    out
}

/// The ways in which a secret may turn up again: as written, without its quotes, unescaped, line by line.
fn forms(written: &str, texts: &mut BTreeSet<String>) {
    let mut add = |text: &str| {
        let text = text.trim();
        if text.chars().count() >= SHORTEST && !is_placeholder(text) && !is_variable(text) {
            texts.insert(text.to_owned());
        }
    };
    let written = written.trim();
    add(written);
    if written.contains('\n') {
        written.lines().for_each(&mut add);
    }
    if let Some(inner) = quoted(written, '\'') {
        add(inner);
        add(&inner.replace("''", "'"));
    }
    if let Some(inner) = quoted(written, '"') {
        add(inner);
        // JSON has all escapes of YAML that matter here.
        if let Ok(text) = serde_json::from_str::<String>(written) {
            add(&text);
        }
    }
}

fn quoted(text: &str, quote: char) -> Option<&str> {
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// True for what only looks a value up: `${PASSWORD}`.
fn is_placeholder(text: &str) -> bool {
    text.strip_prefix("${").is_some_and(|rest| {
        rest.strip_suffix('}').is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    })
}

/// True for what is itself the name of a variable: a lazy password, and the key of every finding about one.
fn is_variable(text: &str) -> bool {
    text.contains('_') && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_word(text: &str) -> bool {
    text.len() <= LONGEST_WORD
        && text.chars().all(|character| character.is_ascii_alphabetic() || character == ' ')
}

/// True where a word stands as a password does: `user:word@host`, `password=word`, `token: "word"`.
fn stands_as_credential(text: &str, word: Range<usize>) -> bool {
    let before = text.get(..word.start).unwrap_or_default();
    let after = text.get(word.end..).unwrap_or_default();
    let continues = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    if before.ends_with(continues) || after.starts_with(continues) {
        return false;
    }
    if before.ends_with(':') && after.starts_with('@') {
        return true;
    }
    let name = before.trim_end_matches([' ', '"', '\'', '`']);
    let name = name.strip_suffix([':', '=']).unwrap_or(name).trim_end_matches([' ', '"', '\'', '`']);
    let tail = name.get(name.floor_char_boundary(name.len().saturating_sub(10))..).unwrap_or_default();
    let tail = tail.to_ascii_lowercase();
    ["password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "key"]
        .iter()
        .any(|name| tail.ends_with(name))
}
