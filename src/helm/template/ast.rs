//! A parsed template.

use std::ops::Range;
use std::sync::Arc;

use crate::helm::functions::Function;
use crate::helm::text::Text;
use crate::helm::value::Key;
use crate::helm::value::Value;
use crate::source::SourceId;
use crate::source::Span;

/// The text that templates were parsed from.
#[derive(Debug)]
pub(crate) struct File {
    /// Its name in messages.
    pub(crate) name: String,
    pub(crate) content: Content,
}

/// Where the text of a template stands.
#[derive(Debug)]
pub(crate) enum Content {
    /// In a file; so many bytes (a byte order mark) stand before it.
    Source { id: SourceId, offset: usize, text: Arc<str> },
    /// In a value that `tpl` was given, called by the action at `at`.
    Value { text: Text, at: Option<Span> },
}

impl File {
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Source { text, .. } => text.as_bytes(),
            Content::Value { text, .. } => text.bytes(),
        }
    }

    /// The place of a range of the text; for the text of a value, the call of `tpl`.
    pub(crate) fn span(&self, range: Range<usize>) -> Option<Span> {
        match &self.content {
            Content::Source { id, offset, text } => {
                // What is shown of an expression may end in the middle of a character.
                let start = text.floor_char_boundary(range.start);
                let end = text.ceil_char_boundary(range.end);
                Some(Span::new(*id, start + offset, end + offset))
            }
            Content::Value { at, .. } => *at,
        }
    }

    /// `name:line:column` of an offset, as Go writes it: the column in bytes, from 0.
    pub(crate) fn location(&self, at: usize) -> String {
        let before = crate::helm::text::part(self.bytes(), 0..at);
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let column =
            memchr::memrchr(b'\n', before).map_or(before.len(), |newline| before.len() - newline - 1);
        format!("{}:{line}:{column}", self.name)
    }
}

/// One named template.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: Vec<u8>,
    pub(crate) file: Arc<File>,
    pub(crate) body: Arc<[Node]>,
    /// The offset of the body, for messages.
    pub(crate) at: usize,
}

impl Template {
    /// True where the body is nothing but blanks: such a definition replaces no other.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.iter().all(|node| match node {
            Node::Text(range) => {
                let text = crate::helm::text::part(self.file.bytes(), range.clone());
                crate::helm::go::runes::all(text)
                    .all(|(_, character, _)| crate::helm::go::runes::is_space(character))
            }
            _ => false,
        })
    }
}

/// A piece of a template.
#[derive(Debug)]
pub(crate) enum Node {
    /// Text that is copied.
    Text(Range<usize>),
    /// `{{ pipeline }}`
    Action(Action),
    Break(usize),
    Continue(usize),
    If(Branch),
    With(Branch),
    Range(Branch),
    /// `{{ template "name" pipeline }}`, `{{ block … }}`
    Template(Call),
}

#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) at: usize,
    /// From delimiter to delimiter.
    pub(crate) range: Range<usize>,
    pub(crate) pipe: Pipe,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) at: usize,
    pub(crate) range: Range<usize>,
    pub(crate) name: Vec<u8>,
    pub(crate) pipe: Option<Pipe>,
}

#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) range: Range<usize>,
    pub(crate) pipe: Pipe,
    pub(crate) body: Vec<Node>,
    pub(crate) otherwise: Option<Vec<Node>>,
}

#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) at: usize,
    pub(crate) assigns: bool,
    pub(crate) declared: Vec<Key>,
    pub(crate) commands: Vec<Command>,
}

#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) at: usize,
    pub(crate) words: Vec<Word>,
}

/// How a string constant is written.
#[derive(Debug)]
pub(crate) enum Quoted {
    /// As it is, between two of these.
    Between(u8),
    /// Otherwise, quotes included.
    As(Vec<u8>),
}

/// An operand.
#[derive(Debug)]
pub(crate) enum Word {
    Identifier { at: usize, function: Function },
    Dot(usize),
    Nil(usize),
    Bool(usize, bool),
    Number(Box<Number>),
    String { at: usize, quoted: Quoted, value: Value },
    Variable { at: usize, name: Key, fields: Fields },
    Field { at: usize, fields: Fields },
    Pipe(Box<Pipe>),
    Chain(Box<Chain>),
}

#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) at: usize,
    pub(crate) word: Word,
    pub(crate) fields: Fields,
}

/// Fields of fields, as they are written: `.Values.image.tag`.
#[derive(Debug, Default)]
pub(crate) struct Fields(Box<[u8]>);

impl Fields {
    pub(crate) fn new(written: &[u8]) -> Self {
        Self(written.into())
    }

    pub(crate) fn written(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, outermost first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'.').skip(1)
    }
}

/// A number constant, as every type it fits.
#[derive(Debug, Default)]
pub(crate) struct Number {
    pub(crate) at: usize,
    pub(crate) text: Vec<u8>,
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) complex: Option<(f64, f64)>,
}

impl Word {
    pub(crate) fn at(&self) -> usize {
        match self {
            Self::Identifier { at, .. }
            | Self::Dot(at)
            | Self::Nil(at)
            | Self::Bool(at, _)
            | Self::String { at, .. }
            | Self::Variable { at, .. }
            | Self::Field { at, .. } => *at,
            Self::Number(number) => number.at,
            Self::Pipe(pipe) => pipe.at,
            Self::Chain(chain) => chain.at,
        }
    }
}
