//! Runs of bytes, looked through eight at a time: most words are short, and a call of `memchr` costs as much as they do.
//!
//! A test marks bytes of a word: its lowest bit that is set lies in the first of them. What comes after that may be wrong.

use crate::yaml::scanner::Scanner;

const WIDTH: usize = size_of::<u64>();

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; WIDTH])
}

/// Marks the bytes that are below a limit of at most 0x80.
#[inline]
pub(super) fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(repeat(limit)) & !word & repeat(0x80)
}

/// Marks the bytes that are equal to one.
#[inline]
pub(super) fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ repeat(byte), 1)
}

/// Marks the bytes that are different from one.
#[inline]
pub(super) fn different(word: u64, byte: u8) -> u64 {
    word ^ repeat(byte)
}

impl Scanner<'_> {
    /// A test that marks what a line break may begin with: control characters, and others where wide breaks come up.
    #[inline]
    pub(super) fn line_stops(&self) -> impl Fn(u64) -> u64 + Copy + use<> {
        let wide = if self.wide_breaks { repeat(0x80) } else { 0 };
        move |word| below(word, b' ') | word & wide
    }

    /// The first byte from a position on that `mark` marks, or the end of the text.
    #[inline]
    pub(super) fn find(&self, from: usize, mark: impl Fn(u64) -> u64) -> usize {
        let mut rest = self.bytes.get(from..).unwrap_or_default();
        while let Some((word, after)) = rest.split_first_chunk::<WIDTH>() {
            let marks = mark(u64::from_le_bytes(*word));
            if marks != 0 {
                return self.bytes.len() - rest.len() + marks.trailing_zeros() as usize / 8;
            }
            rest = after;
        }
        let single = |byte: &u8| mark(repeat(*byte)) != 0;
        self.bytes.len() - rest.len() + rest.iter().position(single).unwrap_or(rest.len())
    }
}
