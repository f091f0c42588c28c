//! File name patterns as Go's `filepath.Match` reads them.

/// The pattern cannot be read: an open `[`, an empty class, a trailing backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct BadPattern;

/// A pattern that can be read.
#[derive(Clone, Debug)]
pub struct Pattern(Vec<char>);

impl Pattern {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Result<Self, BadPattern> {
        let pattern: Vec<char> = pattern.chars().collect();
        check(&pattern)?;
        Ok(Self(pattern))
    }

    /// True where the whole name matches. `*` and `?` never cross a `/`.
    ///
    /// Time grows with pattern length times name length: after a `*` matched once, no earlier one is tried again.
    pub fn matches(&self, name: &str) -> bool {
        let pattern = self.0.as_slice();
        let character = |at: usize| name.get(at..).and_then(|rest| rest.chars().next());
        let (mut at, mut p) = (0, 0);
        // Where to go on after a failed match: the pattern after the last `*`, and the name it was tried at.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let here = character(at);
            match step(pattern, p, here) {
                Step::Star => {
                    p += 1;
                    retry = Some((p, at));
                    continue;
                }
                Step::End if here.is_none() => return true,
                Step::Matched(next) => {
                    p = next;
                    at += here.map_or(1, char::len_utf8);
                    continue;
                }
                Step::End | Step::Failed => {}
            }
            // A `*` may not take a slash, and an earlier `*` cannot help then either.
            match retry.map(|(after, from)| (after, from, character(from))) {
                Some((after, from, Some(skipped))) if skipped != '/' => {
                    at = from + skipped.len_utf8();
                    retry = Some((after, at));
                    p = after;
                }
                _ => return false,
            }
        }
    }
}

/// True where the whole name matches a pattern that is used once.
pub fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    Ok(Pattern::new(pattern)?.matches(name))
}

enum Step {
    Star,
    End,
    Matched(usize),
    Failed,
}

fn step(pattern: &[char], at: usize, c: Option<char>) -> Step {
    let Some(&first) = pattern.get(at) else { return Step::End };
    if first == '*' {
        return Step::Star;
    }
    let Some(c) = c else { return Step::Failed };
    match first {
        '?' if c != '/' => Step::Matched(at + 1),
        '?' => Step::Failed,
        '[' => {
            let mut p = at + 1;
            let negated = pattern.get(p) == Some(&'^');
            if negated {
                p += 1;
            }
            let mut found = false;
            let mut count = 0;
            while !(pattern.get(p) == Some(&']') && count > 0) {
                let Some((low, next)) = class_char(pattern, p) else { return Step::Failed };
                p = next;
                let mut high = low;
                if pattern.get(p) == Some(&'-') {
                    let Some((end, next)) = class_char(pattern, p + 1) else { return Step::Failed };
                    high = end;
                    p = next;
                }
                found |= low <= c && c <= high;
                count += 1;
            }
            if found == negated { Step::Failed } else { Step::Matched(p + 1) }
        }
        '\\' => match pattern.get(at + 1) {
            Some(&literal) if literal == c => Step::Matched(at + 2),
            _ => Step::Failed,
        },
        literal if literal == c => Step::Matched(at + 1),
        _ => Step::Failed,
    }
}

/// One character of a class, and where the pattern goes on.
fn class_char(pattern: &[char], at: usize) -> Option<(char, usize)> {
    match pattern.get(at)? {
        '-' | ']' => None,
        '\\' => Some((*pattern.get(at + 1)?, at + 2)),
        &c => Some((c, at + 1)),
    }
    // A class must be closed, so something has to follow.
    .filter(|&(_, next)| next < pattern.len())
}

fn check(pattern: &[char]) -> Result<(), BadPattern> {
    let mut at = 0;
    while let Some(&c) = pattern.get(at) {
        match c {
            '\\' if at + 1 == pattern.len() => return Err(BadPattern),
            '\\' => at += 2,
            '[' => {
                at += 1;
                if pattern.get(at) == Some(&'^') {
                    at += 1;
                }
                let mut count = 0;
                while !(pattern.get(at) == Some(&']') && count > 0) {
                    let (_, next) = class_char(pattern, at).ok_or(BadPattern)?;
                    at = next;
                    if pattern.get(at) == Some(&'-') {
                        let (_, next) = class_char(pattern, at + 1).ok_or(BadPattern)?;
                        at = next;
                    }
                    count += 1;
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    Ok(())
}
