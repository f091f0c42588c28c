//! One look through the whole text for what hardly ever comes up: control characters and long line breaks.

use crate::source::Span;
use crate::yaml::Dialect;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::scanner::Scanner;

impl Scanner<'_> {
    /// Looks once through the whole text for what hardly ever comes up: control characters and long line breaks.
    pub(super) fn survey(&mut self) {
        const CHUNK: usize = 64;
        // One more, and with a sign: then all that is no text of ASCII is at most 0x20.
        let no_text = |byte: u8| byte.wrapping_add(1).cast_signed() <= 0x20;
        let rare = |byte: u8| no_text(byte) && byte != b'\t' && byte != b'\n' && byte != b'\r';
        let (chunks, rest) = self.bytes.as_chunks::<CHUNK>();
        let mut start = 0;
        for chunk in chunks {
            if chunk.iter().fold(false, |found, &byte| found | rare(byte)) {
                self.survey_chunk(start, start + CHUNK);
            }
            start += CHUNK;
        }
        if rest.iter().any(|&byte| rare(byte)) {
            self.survey_chunk(start, self.bytes.len());
        }
    }

    fn survey_chunk(&mut self, start: usize, end: usize) {
        let mut from = start;
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let mut told = self.problems.last().map_or(0, |problem| problem.span.end as usize);
        for (at, character) in self.text.get(from..).unwrap_or_default().char_indices() {
            let at = from + at;
            if at >= end {
                break;
            }
            match character {
                '\u{85}' | '\u{2028}' | '\u{2029}' => self.wide_breaks |= self.dialect != Dialect::Strict,
                '\t' | '\n' | '\r' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => {}
                '\u{7f}'..='\u{9f}' if self.dialect != Dialect::Helm => {}
                _ => {
                    // A run of control characters is one mistake.
                    if told < at || at == 0 {
                        let span = Span::new(self.source, at, at + character.len_utf8());
                        self.problems.push(Problem {
                            code: ProblemCode::ControlCharacter,
                            span,
                            message: format!(
                                "the control character U+{:04X} cannot stand in YAML",
                                u32::from(character)
                            ),
                            related: None,
                        });
                    }
                    told = at + character.len_utf8();
                }
            }
        }
    }
}
