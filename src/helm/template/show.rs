//! Parsed templates back to text, as Go shows them in messages.

use crate::helm::go::quote;
use crate::helm::template::ast::Branch;
use crate::helm::template::ast::Chain;
use crate::helm::template::ast::Command;
use crate::helm::template::ast::File;
use crate::helm::template::ast::Node;
use crate::helm::template::ast::Pipe;
use crate::helm::template::ast::Quoted;
use crate::helm::template::ast::Word;
use crate::helm::text::Text;

/// Nodes nested deeper than this are left out of a message.
const MAX_DEPTH: usize = 64;

/// Writes nodes to a text.
pub(crate) struct Show {
    pub(crate) out: Vec<u8>,
    depth: usize,
}

impl Show {
    pub(crate) fn new() -> Self {
        Self { out: Vec::new(), depth: 0 }
    }

    pub(crate) fn node(&mut self, file: &File, node: &Node) {
        if self.depth > MAX_DEPTH {
            return;
        }
        self.depth += 1;
        match node {
            Node::Text(range) => {
                self.out.extend_from_slice(crate::helm::text::part(file.bytes(), range.clone()));
            }
            Node::Action(action) => {
                self.out.extend_from_slice(b"{{");
                self.pipe(&action.pipe);
                self.out.extend_from_slice(b"}}");
            }
            Node::Break(_) => self.out.extend_from_slice(b"{{break}}"),
            Node::Continue(_) => self.out.extend_from_slice(b"{{continue}}"),
            Node::If(branch) => self.branch(file, b"if", branch),
            Node::With(branch) => self.branch(file, b"with", branch),
            Node::Range(branch) => self.branch(file, b"range", branch),
            Node::Template(call) => {
                self.out.extend_from_slice(b"{{template ");
                self.out.extend_from_slice(&quote::quote(&call.name));
                if let Some(pipe) = &call.pipe {
                    self.out.push(b' ');
                    self.pipe(pipe);
                }
                self.out.extend_from_slice(b"}}");
            }
        }
        self.depth -= 1;
    }

    fn branch(&mut self, file: &File, name: &[u8], branch: &Branch) {
        self.out.extend_from_slice(b"{{");
        self.out.extend_from_slice(name);
        self.out.push(b' ');
        self.pipe(&branch.pipe);
        self.out.extend_from_slice(b"}}");
        branch.body.iter().for_each(|node| self.node(file, node));
        if let Some(otherwise) = &branch.otherwise {
            self.out.extend_from_slice(b"{{else}}");
            for node in otherwise {
                self.node(file, node);
            }
        }
        self.out.extend_from_slice(b"{{end}}");
    }

    pub(crate) fn pipe(&mut self, pipe: &Pipe) {
        if self.depth > MAX_DEPTH {
            return;
        }
        self.depth += 1;
        for (at, name) in pipe.declared.iter().enumerate() {
            if at > 0 {
                self.out.extend_from_slice(b", ");
            }
            self.out.extend_from_slice(name);
        }
        if !pipe.declared.is_empty() {
            self.out.extend_from_slice(if pipe.assigns { b" = " } else { b" := " });
        }
        for (at, command) in pipe.commands.iter().enumerate() {
            if at > 0 {
                self.out.extend_from_slice(b" | ");
            }
            self.command(command);
        }
        self.depth -= 1;
    }

    pub(crate) fn command(&mut self, command: &Command) {
        for (at, word) in command.words.iter().enumerate() {
            if at > 0 {
                self.out.push(b' ');
            }
            self.parenthesized(word);
        }
    }

    fn parenthesized(&mut self, word: &Word) {
        if let Word::Pipe(pipe) = word {
            self.out.push(b'(');
            self.pipe(pipe);
            self.out.push(b')');
        } else {
            self.word(word);
        }
    }

    pub(crate) fn word(&mut self, word: &Word) {
        match word {
            Word::Identifier { function, .. } => self.out.extend_from_slice(function.name().as_bytes()),
            Word::Dot(_) => self.out.push(b'.'),
            Word::Nil(_) => self.out.extend_from_slice(b"nil"),
            Word::Bool(_, truth) => self.out.extend_from_slice(if *truth { b"true" } else { b"false" }),
            Word::Number(number) => self.out.extend_from_slice(&number.text),
            Word::String { quoted: Quoted::As(written), .. } => self.out.extend_from_slice(written),
            Word::String { quoted: Quoted::Between(quote), value, .. } => {
                self.out.push(*quote);
                self.out.extend_from_slice(value.as_text().map_or(b"", Text::bytes));
                self.out.push(*quote);
            }
            Word::Variable { name, fields, .. } => {
                self.out.extend_from_slice(name);
                self.out.extend_from_slice(fields.written());
            }
            Word::Field { fields, .. } => self.out.extend_from_slice(fields.written()),
            Word::Pipe(pipe) => self.pipe(pipe),
            Word::Chain(chain) => self.chain(chain),
        }
    }

    fn chain(&mut self, chain: &Chain) {
        self.parenthesized(&chain.word);
        self.out.extend_from_slice(chain.fields.written());
    }
}
