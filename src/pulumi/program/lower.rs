//! What the three grammars have in common on their way into the small language.

use std::collections::BTreeSet;

use tree_sitter::Node as Syntax;

use crate::pulumi::program::syntax::Expression;
use crate::pulumi::program::syntax::Literal;
use crate::pulumi::program::syntax::Node;
use crate::pulumi::program::syntax::Operator;
use crate::source::Source;
use crate::source::Span;

/// Syntax nested deeper than this is not followed.
const MAX_DEPTH: u32 = 120;

/// One file on its way.
pub(super) struct Lower<'s> {
    pub(super) source: &'s Source,
    pub(super) strings: BTreeSet<Box<str>>,
    pub(super) errors: Vec<Span>,
    depth: u32,
}

impl<'s> Lower<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        Self { source, strings: BTreeSet::new(), errors: Vec::new(), depth: 0 }
    }

    pub(super) fn span(&self, node: Syntax<'_>) -> Span {
        Span::new(self.source.id, node.start_byte(), node.end_byte())
    }

    pub(super) fn text(&self, node: Syntax<'_>) -> &'s str {
        self.source.text.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn name(&self, node: Syntax<'_>) -> Box<str> {
        self.text(node).into()
    }

    pub(super) fn node(&self, node: Syntax<'_>, expression: Expression) -> Node {
        Node { expression, span: self.span(node) }
    }

    pub(super) fn unknown(&self, node: Syntax<'_>, what: &str) -> Node {
        self.node(node, Expression::Unknown(what.into()))
    }

    pub(super) fn string(&mut self, node: Syntax<'_>, text: String) -> Node {
        self.strings.insert(text.as_str().into());
        self.node(node, Expression::Literal(Literal::Text(text.into())))
    }

    /// Reads something one level deeper; `None` where that is too deep.
    pub(super) fn deeper<R>(&mut self, read: impl FnOnce(&mut Self) -> R) -> Option<R> {
        self.depth += 1;
        let read = (self.depth <= MAX_DEPTH).then(|| read(self));
        self.depth -= 1;
        read
    }

    /// Reads an expression one level deeper; one that is nested too deep is unknown.
    pub(super) fn expression(
        &mut self,
        node: Syntax<'_>,
        read: impl FnOnce(&mut Self, Syntax<'_>) -> Node,
    ) -> Node {
        let made = self.deeper(|lower| read(lower, node));
        made.unwrap_or_else(|| self.unknown(node, "the expression is nested too deep"))
    }

    /// Takes down the parts that the grammar could not read.
    pub(super) fn find_errors(&mut self, root: Syntax<'_>) {
        if !root.has_error() {
            return;
        }
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.is_error() || node.is_missing() {
                self.errors.push(self.span(node));
            }
            if !node.is_error() && node.has_error() && cursor.goto_first_child() {
                continue;
            }
            loop {
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }
}

/// The children that have a name in the grammar, without comments.
pub(super) fn children(node: Syntax<'_>) -> Vec<Syntax<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

/// The children in a field.
pub(super) fn fields<'t>(node: Syntax<'t>, name: &str) -> Vec<Syntax<'t>> {
    let mut cursor = node.walk();
    node.children_by_field_name(name, &mut cursor).filter(Syntax::is_named).collect()
}

/// A whole or fractional number as the languages write it: `1_000`, `0x10`, `1e3`.
pub(super) fn number(text: &str) -> Option<Literal> {
    let plain: String = text.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let radix = |prefix: &str, radix| i64::from_str_radix(plain.strip_prefix(prefix)?, radix).ok();
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2)) {
        return Some(Literal::Int(number));
    }
    if let Ok(number) = plain.parse::<i64>() {
        return Some(Literal::Int(number));
    }
    plain.parse::<f64>().ok().filter(|number| number.is_finite()).map(Literal::Float)
}

/// The operator of that sign.
pub(super) fn operator(sign: &str) -> Option<Operator> {
    Some(match sign {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Remainder,
        "==" | "===" => Operator::Equal,
        "!=" | "!==" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "&&" | "and" => Operator::And,
        "||" | "or" => Operator::Or,
        "??" => Operator::Otherwise,
        "in" => Operator::In,
        _ => return None,
    })
}

/// A string without its quotes, escapes taken back.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut made = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            made.push(character);
            continue;
        }
        let code = |characters: &mut std::str::Chars<'_>, digits: usize| {
            let text: String = characters.by_ref().take(digits).collect();
            u32::from_str_radix(&text, 16).ok().and_then(char::from_u32)
        };
        match characters.next() {
            Some('n') => made.push('\n'),
            Some('t') => made.push('\t'),
            Some('r') => made.push('\r'),
            Some('0') => made.push('\0'),
            Some('x') => made.extend(code(&mut characters, 2)),
            Some('u') => made.extend(code(&mut characters, 4)),
            Some('U') => made.extend(code(&mut characters, 8)),
            Some('\n') | None => {}
            Some(other) => made.push(other),
        }
    }
    made
}
