//! The grammar of `.env` files, and of `env_file` and `label_file`.

use crate::compose::environment::Environment;
use crate::compose::environment::Variable;
use crate::compose::template::Template;
use crate::compose::template::TemplateError;
use crate::compose::template::Unset;
use crate::source::Source;
use crate::source::Span;

/// What is wrong with an environment file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DotenvError {
    pub(crate) span: Span,
    pub(crate) message: String,
    /// A variable that had to be set.
    pub(crate) required: bool,
}

/// How an `env_file` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Quotes, comments and variables.
    Dotenv,
    /// As `docker run --env-file` reads it.
    Raw,
}

/// Reads a file into `variables`. `outer` is asked first for variables, then what the file itself said before.
pub(crate) fn read(
    source: &Source,
    format: Format,
    variables: &mut Environment,
    outer: &dyn Fn(&str) -> Option<Variable>,
    unset: Unset,
) -> Result<(), DotenvError> {
    match format {
        Format::Dotenv => Reader::new(source, outer, unset).run(variables),
        Format::Raw => raw(source, variables, outer),
    }
}

struct Reader<'s> {
    source: &'s Source,
    text: &'s str,
    at: usize,
    outer: &'s dyn Fn(&str) -> Option<Variable>,
    unset: Unset,
}

/// Blanks that do not end a line.
fn is_blank(character: char) -> bool {
    matches!(character, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

impl<'s> Reader<'s> {
    fn new(source: &'s Source, outer: &'s dyn Fn(&str) -> Option<Variable>, unset: Unset) -> Self {
        let at = if source.text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { source, text: &source.text, at, outer, unset }
    }

    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&self, start: usize, end: usize, message: impl Into<String>) -> DotenvError {
        DotenvError { span: Span::new(self.source.id, start, end), message: message.into(), required: false }
    }

    fn run(mut self, variables: &mut Environment) -> Result<(), DotenvError> {
        while self.statement_start() {
            let start = self.at;
            let (key, inherits) = self.key()?;
            if key.contains(' ') {
                let end = start + self.text.get(start..).and_then(|rest| rest.find('\n')).unwrap_or(0);
                let message = format!("the variable name `{key}` has a space in it");
                return Err(self.error(start, end.max(start), message));
            }
            if inherits {
                if let Some(variable) = (self.outer)(&key).or_else(|| variables.get(&key).cloned()) {
                    variables.set(key, variable.value, variable.span);
                }
                continue;
            }
            let (value, span) = self.value(variables)?;
            variables.set(key, value, Some(span));
        }
        Ok(())
    }

    /// Goes to the next statement; false at the end.
    fn statement_start(&mut self) -> bool {
        loop {
            let rest = self.rest();
            let Some(skip) = rest.find(|character: char| !character.is_whitespace()) else { return false };
            self.at += skip;
            let rest = self.rest();
            if !rest.starts_with('#') {
                return true;
            }
            let Some(end) = rest.find('\n') else { return false };
            self.at += end;
        }
    }

    fn key(&mut self) -> Result<(String, bool), DotenvError> {
        let rest = self.rest();
        if let Some(after) = rest.strip_prefix("export")
            && after.starts_with([' ', '\t', '\n', '\u{c}', '\r'])
        {
            let blanks = after.find(|character| !is_blank(character)).unwrap_or(after.len());
            self.at += "export".len() + blanks;
        }
        let rest = self.rest();
        let start = self.at;
        for (at, character) in rest.char_indices() {
            if is_blank(character) {
                continue;
            }
            match character {
                '=' | ':' | '\n' => {
                    let key = rest.get(..at).unwrap_or_default().trim_end().to_owned();
                    self.at += at + 1;
                    let after = self.rest();
                    self.at += after.find(|character| !is_blank(character)).unwrap_or(after.len());
                    return Ok((key, character == '\n'));
                }
                '_' | '.' | '-' | '[' | ']' => {}
                other if other.is_alphabetic() || other.is_numeric() => {}
                other => {
                    let at = start + at;
                    let message = format!("the character `{other}` cannot stand in the name of a variable");
                    return Err(self.error(at, at + other.len_utf8(), message));
                }
            }
        }
        // A name at the very end of the file, without a line break, is read as the value of an empty name.
        let after = self.rest();
        self.at += after.find(|character| !is_blank(character)).unwrap_or(after.len());
        Ok((String::new(), false))
    }

    fn value(&mut self, variables: &Environment) -> Result<(String, Span), DotenvError> {
        let rest = self.rest();
        let start = self.at;
        let Some(quote @ ('"' | '\'')) = rest.chars().next() else {
            let line_end = rest.find('\n').unwrap_or(rest.len());
            self.at += (line_end + 1).min(rest.len());
            let line = rest.get(..line_end).unwrap_or_default();
            let line = line.split_once(" #").map_or(line, |(value, _)| value).trim_end();
            let span = Span::new(self.source.id, start, start + line.len());
            return Ok((self.expand(line, variables, span)?, span));
        };
        let mut text = String::new();
        let mut escaped = false;
        for (at, character) in rest.char_indices().skip(1) {
            if character != quote {
                if !escaped && character == '\\' {
                    escaped = true;
                    continue;
                }
                if escaped {
                    escaped = false;
                    text.push('\\');
                }
                text.push(character);
                continue;
            }
            if escaped {
                escaped = false;
                text.push(character);
                continue;
            }
            self.at += at + 1;
            let span = Span::new(self.source.id, start + 1, start + at);
            if quote == '"' {
                text = self.expand(&escapes(&text), variables, span)?;
            }
            return Ok((text, span));
        }
        let line_end = rest.find('\n').unwrap_or(rest.len());
        Err(self.error(start, start + line_end, "this quoted value is never closed"))
    }

    fn expand(&self, text: &str, variables: &Environment, span: Span) -> Result<String, DotenvError> {
        let lookup = |name: &str| (self.outer)(name).or_else(|| variables.get(name).cloned());
        let template = Template { lookup: &lookup, unset: self.unset };
        template.substitute(text, &mut Vec::new()).map_err(|error| DotenvError {
            span,
            required: matches!(error, TemplateError::Required { .. }),
            message: error.to_string(),
        })
    }
}

/// Decodes the escapes of a double-quoted value; `\$` becomes `$$`, which the variables step takes back.
fn escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        let (decoded, length) = escape(after);
        if let Some(decoded) = decoded {
            out.push_str(&decoded);
        } else {
            out.push('\\');
            out.push_str(after.get(..length).unwrap_or_default());
        }
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What stands for the escape after a backslash (`None`: it stays as it is), and how many bytes it takes.
fn escape(after: &str) -> (Option<String>, usize) {
    let simple = |text: &str| (Some(text.to_owned()), 1);
    match after.as_bytes().first() {
        Some(b'a') => simple("\u{7}"),
        Some(b'b') => simple("\u{8}"),
        Some(b'f') => simple("\u{c}"),
        Some(b'n') => simple("\n"),
        Some(b'r') => simple("\r"),
        Some(b't') => simple("\t"),
        Some(b'v') => simple("\u{b}"),
        Some(b'$') => simple("$$"),
        Some(b'"') => simple("\""),
        Some(b'\\') => simple("\\"),
        Some(b'c') => (None, 1),
        Some(b'0') => {
            let digits = after.bytes().skip(1).take(3).take_while(u8::is_ascii_digit).count();
            let number = after.get(1..=digits).unwrap_or_default();
            let value = if digits == 3 { u32::from_str_radix(number, 8).ok() } else { None };
            match value.filter(|value| *value < 256).and_then(char::from_u32) {
                Some(character) => (Some(character.to_string()), 1 + digits),
                // What is no byte loses its zero, as in Compose.
                None => (Some(format!("\\{number}")), 1 + digits),
            }
        }
        _ => (None, 0),
    }
}

fn raw(
    source: &Source,
    variables: &mut Environment,
    outer: &dyn Fn(&str) -> Option<Variable>,
) -> Result<(), DotenvError> {
    let mut offset = 0;
    for (number, line) in source.text.split('\n').enumerate() {
        let start = offset;
        offset += line.len() + 1;
        let mut text = line.trim_end_matches('\r');
        let mut begin = start;
        if number == 0
            && let Some(after) = text.strip_prefix('\u{feff}')
        {
            text = after;
            begin += 3;
        }
        let trimmed = text.trim_start();
        begin += text.len() - trimmed.len();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (name, value) = match trimmed.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (trimmed, None),
        };
        let error = |message: String| DotenvError {
            span: Span::new(source.id, begin, begin + name.len()),
            message,
            required: false,
        };
        if name.contains([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']) {
            return Err(error(format!("the variable name `{name}` has a blank in it")));
        }
        if name.is_empty() {
            return Err(error(format!("there is no variable name before `{trimmed}`")));
        }
        match value {
            Some(value) => {
                let at = begin + name.len() + 1;
                let span = Span::new(source.id, at, at + value.len());
                variables.set(name, value, Some(span));
            }
            None => {
                if let Some(variable) = outer(name) {
                    variables.set(name, variable.value, variable.span);
                }
            }
        }
    }
    Ok(())
}
