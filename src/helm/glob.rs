//! Patterns of `.Files.Glob`: `*` within a folder, `**` across folders, `?`, `[a-z]`, `{a,b}`.

use regex::Regex;

/// A pattern for paths with `/` between their parts.
#[derive(Clone, Debug)]
pub(crate) struct Glob(Regex);

impl Glob {
    /// Reads a pattern; `None` where it is malformed.
    pub(crate) fn parse(pattern: &str) -> Option<Self> {
        let mut out = String::from("(?s)^(?:");
        let mut characters = pattern.chars().peekable();
        let mut groups = 0;
        while let Some(character) = characters.next() {
            match character {
                '*' if characters.peek() == Some(&'*') => {
                    characters.next();
                    out.push_str(".*");
                }
                '*' => out.push_str("[^/]*"),
                '?' => out.push_str("[^/]"),
                '{' => {
                    groups += 1;
                    out.push_str("(?:");
                }
                ',' if groups > 0 => out.push('|'),
                '}' if groups > 0 => {
                    groups -= 1;
                    out.push(')');
                }
                '[' => out.push_str(&class(&mut characters)?),
                '\\' => out.push_str(&regex::escape(&characters.next()?.to_string())),
                _ => out.push_str(&regex::escape(&character.to_string())),
            }
        }
        if groups > 0 {
            return None;
        }
        out.push_str(")$");
        let compiled = regex::RegexBuilder::new(&out).size_limit(1 << 20).build();
        compiled.ok().map(Self)
    }

    /// True where the whole path fits.
    pub(crate) fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

/// `[abc]`, `[a-z]`, `[!a]`: either a set of characters or one range.
fn class(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut out = String::from("[");
    if characters.peek() == Some(&'!') {
        characters.next();
        out.push('^');
    }
    let escape = |character: char| {
        let code = u32::from(character);
        format!("\\x{{{code:x}}}")
    };
    let first = characters.next()?;
    if characters.peek() == Some(&'-') {
        characters.next();
        let last = characters.next()?;
        if characters.next()? != ']' || last < first {
            return None;
        }
        return Some(format!("{out}{}-{}]", escape(first), escape(last)));
    }
    let mut next = Some(first);
    let mut any = false;
    loop {
        let character = match next? {
            ']' if any => break,
            ']' => return None,
            '\\' => characters.next()?,
            character => character,
        };
        any = true;
        out.push_str(&escape(character));
        next = characters.next();
    }
    out.push(']');
    Some(out)
}
