//! The one small language that Go, TypeScript, Python and Pulumi YAML programs are brought into.
//!
//! It has what configuration programs are made of. Whatever else a program does becomes an
//! [`Expression::Unknown`] that names itself.

use std::sync::Arc;

use crate::source::Span;

/// An expression and its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) expression: Expression,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Expression {
    Literal(Literal),
    Name(Box<str>),
    /// `a.b`
    Member(Box<Node>, Box<str>),
    /// `a[b]`
    Index(Box<Node>, Box<Node>),
    /// `f(x)` and `new F(x)`
    Call(Box<Node>, Vec<Argument>),
    /// `{a: 1}`, `T{A: 1}`; with the name of its type where one is written.
    Record {
        kind: Option<Box<Node>>,
        fields: Vec<Field>,
        by_value: bool,
    },
    List(Vec<Argument>),
    /// `T{a, b}`: fields of a structure by their place, or items of a named list.
    Placed(Box<Node>, Vec<Node>, bool),
    /// Parts that are put together as text.
    Template(Vec<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    /// `condition ? then : otherwise`
    Conditional(Box<Node>, Box<Node>, Box<Node>),
    Function(Arc<Function>),
    /// `[element for pattern in items if condition]`; with a key it makes a mapping.
    Comprehension(Box<Comprehension>),
    /// `(a, b)` as Go returns it.
    Tuple(Vec<Node>),
    /// What is not understood, in a phrase that fits after "unknown because".
    Unknown(Box<str>),
}

#[derive(Debug, Clone)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
}

#[derive(Debug)]
pub(super) struct Comprehension {
    pub(super) key: Option<Node>,
    pub(super) element: Node,
    pub(super) pattern: Pattern,
    pub(super) items: Node,
    pub(super) condition: Option<Node>,
}

#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: Option<Box<str>>,
    /// `...x`, `*x`, `**x`
    pub(super) spread: bool,
    pub(super) value: Node,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: FieldKey,
    pub(super) value: Node,
}

#[derive(Debug)]
pub(super) enum FieldKey {
    Name(Box<str>),
    Computed(Node),
    Spread,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    /// `??`
    Otherwise,
    /// `in`
    In,
}

#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: Box<str>,
    /// `func (receiver) name`, or the class of a method.
    pub(super) receiver: Option<Box<str>>,
    pub(super) parameters: Vec<Parameter>,
    /// Results with a name (Go), which a bare `return` gives back.
    pub(super) results: Vec<(Box<str>, Option<Zero>)>,
    pub(super) body: Vec<Statement>,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) pattern: Pattern,
    pub(super) default: Option<Node>,
    pub(super) rest: bool,
    /// `constructor(private name)`: also sets the field of that name.
    pub(super) field: bool,
}

#[derive(Debug)]
pub(super) enum Pattern {
    Name(Box<str>),
    Ignore,
    /// Key, pattern, default.
    Record(Vec<(Box<str>, Self, Option<Node>)>),
    List(Vec<Self>),
}

/// What a variable holds that is declared without a value.
#[derive(Debug, Clone)]
pub(super) enum Zero {
    Literal(Literal),
    List,
    Map,
    /// A structure, by the name of its type.
    Named(Box<str>),
}

#[derive(Debug)]
pub(super) struct Statement {
    pub(super) kind: StatementKind,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum StatementKind {
    /// New variables.
    Let(Vec<Pattern>, Option<Node>),
    /// New variables with the zero value of their type.
    Zero(Vec<Box<str>>, Option<Zero>),
    /// `a, b.c = …`; the operator of `+=`.
    Assign(Vec<Node>, Option<Operator>, Node),
    If(Node, Vec<Statement>, Vec<Statement>),
    /// `for pattern in items`; `keyed` gives (key, value) pairs, as Go's `range` does.
    Each {
        patterns: Vec<Pattern>,
        items: Node,
        keyed: Keys,
        body: Vec<Statement>,
    },
    Loop {
        start: Vec<Statement>,
        condition: Option<Node>,
        step: Vec<Statement>,
        body: Vec<Statement>,
    },
    Switch {
        subject: Option<Node>,
        cases: Vec<(Vec<Node>, Vec<Statement>)>,
        otherwise: Vec<Statement>,
    },
    Return(Option<Node>),
    Throw(Option<Node>),
    Break,
    Continue,
    Run(Node),
    Block(Vec<Statement>),
    Function(Arc<Function>),
    /// A method of Go, with the name of its type.
    Method(Box<str>, Arc<Function>),
    Class(Arc<Class>),
    /// What follows is executed only where nothing fails.
    Try {
        body: Vec<Statement>,
        handler: Vec<Statement>,
        after: Vec<Statement>,
    },
    Import(Import),
    /// A statement that is not understood, with the names it may change.
    Unknown,
}

/// What a loop over a collection gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// The items of a list, the keys of a mapping (Python), or the values (`for … of`).
    Items,
    /// Only keys or positions (`for … in`, `range` with one variable).
    Only,
    /// Keys or positions with values (`range` with two variables).
    Both,
}

#[derive(Debug)]
pub(super) struct Class {
    pub(super) name: Box<str>,
    pub(super) base: Option<Node>,
    pub(super) fields: Vec<(Box<str>, Option<Node>)>,
    pub(super) methods: Vec<Arc<Function>>,
    /// Methods that are read like fields.
    pub(super) getters: Vec<Box<str>>,
    /// Fields of a structure type (Go), with their zero values.
    pub(super) zeros: Vec<(Box<str>, Option<Zero>)>,
    pub(super) span: Span,
}

/// `import … from "path"`.
#[derive(Debug)]
pub(super) struct Import {
    /// The module as written.
    pub(super) path: Box<str>,
    /// The name the whole module gets.
    pub(super) whole: Option<Box<str>>,
    /// Names taken out of it: (name there, name here).
    pub(super) names: Vec<(Box<str>, Box<str>)>,
    /// `from path import *`
    pub(super) all: bool,
}

/// One file of a program.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) body: Vec<Statement>,
    pub(super) span: Span,
}
