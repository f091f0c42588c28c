//! The grammar of `${…}`.

use std::ops::Range;

use crate::compose::environment::Variable;

/// What was wrong with a text that has variables in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    /// A `${` that nothing valid follows.
    #[error("`{0}` is not a variable that Compose can read")]
    Invalid(String),
    /// A `${X:?message}` whose variable is not set.
    #[error("the variable `{name}` is required and is not set{}", reason_suffix(.reason))]
    Required { name: String, reason: String },
}

fn reason_suffix(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

/// What stood in for a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// The variable, with the place that defines it.
    Variable(Option<crate::source::Span>),
    /// The default after `:-` or `-`, or the alternative after `:+` or `+`: where in the text, if it can be told.
    Text(Option<Range<usize>>),
    /// Nothing: it is not set.
    Unset,
    /// Nothing, and Compose does not start without it: the file says so.
    Required,
}

/// One use of a variable that counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// The variable.
    pub(crate) name: String,
    /// The `${…}` in the text, where it stands in the text itself.
    pub(crate) at: Option<Range<usize>>,
    /// What stood in for it.
    pub(crate) stand: Stand,
}

/// How to go about variables that are not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unset {
    /// They are empty, as when Compose runs.
    Blank,
    /// They stay as they are written, because their value is not known.
    Keep,
}

/// Replaces the variables of texts.
pub(crate) struct Template<'l> {
    /// Finds a variable.
    pub(crate) lookup: &'l dyn Fn(&str) -> Option<Variable>,
    /// What happens to one that is not set.
    pub(crate) unset: Unset,
}

/// Defaults nested deeper than this are not read.
const MAX_DEPTH: usize = 100;

enum Found {
    Escape,
    Named,
    Braced,
    Invalid,
}

impl Template<'_> {
    /// The text with its variables replaced; every use that counted goes into `uses`.
    pub(crate) fn substitute(&self, text: &str, uses: &mut Vec<Use>) -> Result<String, TemplateError> {
        self.run(text, Some(0), uses, 0)
    }

    /// `base` is where `text` begins in the whole text, as long as that can be told.
    fn run(
        &self,
        text: &str,
        base: Option<usize>,
        uses: &mut Vec<Use>,
        depth: usize,
    ) -> Result<String, TemplateError> {
        if !text.contains('$') {
            return Ok(text.to_owned());
        }
        if depth > MAX_DEPTH {
            return Err(TemplateError::Invalid(text.to_owned()));
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        let mut failed = None;
        while let Some(dollar) = text.get(at..).and_then(|rest| rest.find('$')).map(|offset| at + offset) {
            out.push_str(text.get(at..dollar).unwrap_or_default());
            let rest = text.get(dollar..).unwrap_or_default();
            let Some((found, length)) = find(rest) else {
                out.push('$');
                at = dollar + 1;
                continue;
            };
            let piece = rest.get(..length).unwrap_or_default();
            let base = base.map(|base| base + dollar);
            match self.replace(&found, piece, base, uses, depth) {
                Ok(text) => out.push_str(&text),
                Err(TemplateError::Invalid(inner)) if inner.is_empty() => {
                    failed = failed.or(Some(TemplateError::Invalid(text.to_owned())));
                }
                Err(error) => failed = failed.or(Some(error)),
            }
            at = dollar + length;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        failed.map_or(Ok(out), Err)
    }

    fn replace(
        &self,
        found: &Found,
        piece: &str,
        base: Option<usize>,
        uses: &mut Vec<Use>,
        depth: usize,
    ) -> Result<String, TemplateError> {
        match found {
            Found::Escape => Ok("$".to_owned()),
            Found::Invalid => Err(TemplateError::Invalid(String::new())),
            Found::Named => {
                let name = piece.get(1..).unwrap_or_default();
                Ok(self.plain(name, piece, base, uses))
            }
            Found::Braced => {
                let end = first_closing(piece).map_or(piece.len(), |at| at + 1);
                let rest = piece.get(end..).unwrap_or_default();
                let whole = piece.get(..end).unwrap_or_default();
                // The piece that is left must be a variable of its own.
                let name_length = name_length(whole.get(2..).unwrap_or_default());
                let name = whole.get(2..2 + name_length).unwrap_or_default();
                let after = whole.get(2 + name_length..).unwrap_or_default();
                if name.is_empty() || !after.ends_with('}') || after.contains('\n') {
                    return Err(TemplateError::Invalid(String::new()));
                }
                let inner = after.get(..after.len() - 1).unwrap_or_default();
                if inner.is_empty() {
                    return Ok(self.plain(name, whole, base, uses));
                }
                let operator_length = if inner.starts_with(':') { 2 } else { 1 };
                let (Some(operator), Some(tail)) =
                    (inner.get(..operator_length), inner.get(operator_length..))
                else {
                    return Err(TemplateError::Invalid(String::new()));
                };
                let tail_base = base.map(|base| base + 2 + name_length + operator_length);
                let value = self.operate(name, operator, (tail, tail_base), (whole, base), uses, depth)?;
                let rest = self.run(rest, base.map(|base| base + end), uses, depth + 1)?;
                Ok(value + &rest)
            }
        }
    }

    fn plain(&self, name: &str, piece: &str, base: Option<usize>, uses: &mut Vec<Use>) -> String {
        let at = base.map(|base| base..base + piece.len());
        if let Some(variable) = (self.lookup)(name) {
            uses.push(Use { name: name.to_owned(), at, stand: Stand::Variable(variable.span) });
            return variable.value;
        }
        uses.push(Use { name: name.to_owned(), at, stand: Stand::Unset });
        match self.unset {
            Unset::Blank => String::new(),
            Unset::Keep => piece.to_owned(),
        }
    }

    fn operate(
        &self,
        name: &str,
        operator: &str,
        (tail, tail_base): (&str, Option<usize>),
        (whole, base): (&str, Option<usize>),
        uses: &mut Vec<Use>,
        depth: usize,
    ) -> Result<String, TemplateError> {
        let variable = (self.lookup)(name);
        let filled = variable.as_ref().is_some_and(|variable| !variable.value.is_empty());
        let at = base.map(|base| base..base + whole.len());
        let counts = match operator {
            ":-" | ":?" | ":+" => filled,
            "-" | "?" | "+" => variable.is_some(),
            _ => return Err(TemplateError::Invalid(String::new())),
        };
        let by_variable = |variable: Option<Variable>, uses: &mut Vec<Use>| {
            let span = variable.as_ref().and_then(|variable| variable.span);
            uses.push(Use { name: name.to_owned(), at: at.clone(), stand: Stand::Variable(span) });
            Ok(variable.map(|variable| variable.value).unwrap_or_default())
        };
        let text = |uses: &mut Vec<Use>| {
            let range = tail_base.map(|base| base..base + tail.len());
            uses.push(Use { name: name.to_owned(), at: at.clone(), stand: Stand::Text(range) });
            self.run(tail, tail_base, uses, depth + 1)
        };
        match (operator, counts) {
            (":-" | "-", false) | (":+" | "+", true) => text(uses),
            (":?" | "?", false) => match self.unset {
                Unset::Blank => {
                    let reason = self.run(tail, None, &mut Vec::new(), depth + 1)?;
                    Err(TemplateError::Required { name: name.to_owned(), reason })
                }
                Unset::Keep => {
                    uses.push(Use { name: name.to_owned(), at, stand: Stand::Required });
                    Ok(whole.to_owned())
                }
            },
            // `${X:+text}` of a variable that is not set is empty, and known to be.
            _ => by_variable(variable, uses),
        }
    }
}

/// A variable as a text asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What it is where the variable is not set: the text after `:-` or `-`, as written.
    pub default: String,
    /// What stands for it where it is set: the text after `:+` or `+`, as written.
    pub alternate: String,
    /// True where it must be set: `:?` or `?`.
    pub required: bool,
}

/// The variables that a text asks for, those in defaults and alternatives among them, with their names.
pub(crate) fn asked(text: &str) -> Vec<(String, Asked)> {
    let mut all = Vec::new();
    collect(text, &mut all, 0);
    all
}

fn collect(text: &str, all: &mut Vec<(String, Asked)>, depth: usize) {
    let mut at = 0;
    while let Some(dollar) = text.get(at..).and_then(|rest| rest.find('$')).map(|offset| at + offset) {
        let rest = text.get(dollar..).unwrap_or_default();
        let Some((found, length)) = find(rest).filter(|_| depth <= MAX_DEPTH) else {
            at = dollar + 1;
            continue;
        };
        at = dollar + length;
        let piece = rest.get(..length).unwrap_or_default();
        match found {
            Found::Escape | Found::Invalid => {}
            Found::Named => all.push((piece.get(1..).unwrap_or_default().to_owned(), Asked::default())),
            Found::Braced => {
                let end = first_closing(piece).map_or(piece.len(), |at| at + 1);
                collect(piece.get(end..).unwrap_or_default(), all, depth + 1);
                let inner = piece.get(2..end.saturating_sub(1)).unwrap_or_default();
                let (name, after) = inner.split_at_checked(name_length(inner)).unwrap_or((inner, ""));
                let operator = after.trim_start_matches(':');
                let tail = operator.get(1..).unwrap_or_default().to_owned();
                let asked = match operator.chars().next() {
                    Some('-') => Asked { default: tail.clone(), ..Asked::default() },
                    Some('+') => Asked { alternate: tail.clone(), ..Asked::default() },
                    Some('?') => Asked { required: true, ..Asked::default() },
                    _ => Asked::default(),
                };
                let nested = !asked.required;
                all.push((name.to_owned(), asked));
                if nested {
                    collect(&tail, all, depth + 1);
                }
            }
        }
    }
}

/// What a text that begins with `$` begins with, and how long that is; `None` where the `$` is just a `$`.
fn find(text: &str) -> Option<(Found, usize)> {
    let after = text.get(1..)?;
    if after.starts_with('$') {
        return Some((Found::Escape, 2));
    }
    let Some(inside) = after.strip_prefix('{') else {
        let length = name_length(after);
        return (length > 0).then_some((Found::Named, 1 + length));
    };
    let length = name_length(inside);
    if length == 0 {
        return Some((Found::Invalid, 2));
    }
    let rest = inside.get(length..)?;
    if rest.starts_with('}') {
        return Some((Found::Braced, 2 + length + 1));
    }
    let operator = usize::from(rest.starts_with(':'));
    let operates = rest.get(operator..).is_some_and(|rest| rest.starts_with(['-', '+', '?']));
    let line = rest.split('\n').next().unwrap_or_default();
    match line.rfind('}') {
        // The text reaches to the last brace of the line; its true end is sought afterwards.
        Some(last) if operates => Some((Found::Braced, 2 + length + last + 1)),
        _ => Some((Found::Invalid, 2)),
    }
}

fn name_length(text: &str) -> usize {
    let first = text.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic());
    if !first {
        return 0;
    }
    text.find(|character: char| character != '_' && !character.is_ascii_alphanumeric()).unwrap_or(text.len())
}

/// The brace that closes the first one. As Compose counts: the character after an opening brace does not count.
fn first_closing(text: &str) -> Option<usize> {
    let mut open = 0_i64;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if byte == b'}' {
            open -= 1;
            if open == 0 {
                return Some(at);
            }
        }
        if byte == b'{' {
            open += 1;
            bytes.next();
        }
    }
    None
}
