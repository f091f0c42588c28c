//! What a variable holds while a program is followed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::pulumi::program::syntax::Class;
use crate::pulumi::program::syntax::Function;
use crate::source::Span;
use crate::source::Unknown;

/// A value, the place that decided it, and whether it is a secret.
#[derive(Clone, Debug)]
pub(super) struct Traced {
    pub(super) held: Held,
    pub(super) span: Span,
    pub(super) secret: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Held {
    /// Declared and not yet assigned on this path.
    Unset,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    /// A list or a mapping in [`Machine::objects`](crate::pulumi::program::machine::Machine).
    Object(usize),
    Tuple(Rc<[Traced]>),
    Closure(Rc<Closure>),
    Class(Rc<Kind>),
    /// A local module or package.
    Module(usize),
    /// A name in a library, its parts joined by `/`: `aws/ec2/Instance`, `go:fmt/Sprintf`.
    Foreign(Arc<str>),
    /// A method of a value that is not an object of the program.
    Method(Rc<Traced>, Arc<str>),
    /// `pulumi.Config` of a namespace; `None` is the project's own.
    Config(Option<Arc<str>>),
    /// Go's `*pulumi.Context`.
    Context,
    Resource(usize),
    Error,
    Unknown(Rc<Unknown>),
}

#[derive(Debug)]
pub(super) struct Closure {
    pub(super) function: Arc<Function>,
    pub(super) scope: Rc<Scope>,
    pub(super) module: usize,
    /// What `this`, `self` or the receiver is.
    pub(super) this: Option<Traced>,
}

#[derive(Debug)]
pub(super) struct Kind {
    pub(super) class: Arc<Class>,
    pub(super) scope: Rc<Scope>,
    pub(super) module: usize,
    pub(super) base: Option<Traced>,
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) content: Content,
    /// Its class, or the path of its type in a library.
    pub(super) kind: Option<Traced>,
    /// Copied when assigned, as Go's structures are.
    pub(super) by_value: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    List(Vec<Traced>),
    Map(IndexMap<Arc<str>, Traced>),
}

/// Names that can be seen at a place, by slot.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) names: RefCell<BTreeMap<Box<str>, usize>>,
    pub(super) parent: Option<Rc<Scope>>,
}

impl Scope {
    pub(super) fn new(parent: Option<Rc<Self>>) -> Rc<Self> {
        Rc::new(Self { names: RefCell::new(BTreeMap::new()), parent })
    }

    /// The slot of a name, in this scope or one around it.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let mut scope = self;
        loop {
            if let Some(&slot) = scope.names.borrow().get(name) {
                return Some(slot);
            }
            scope = scope.parent.as_deref()?;
        }
    }

    /// The slot of a name in this very scope.
    pub(super) fn own(&self, name: &str) -> Option<usize> {
        self.names.borrow().get(name).copied()
    }
}

impl Traced {
    pub(super) fn new(held: Held, span: Span) -> Self {
        Self { held, span, secret: false }
    }

    pub(super) fn unknown(why: impl Into<String>, span: Span) -> Self {
        Self::new(Held::Unknown(Rc::new(Unknown { why: why.into(), span: Some(span) })), span)
    }

    pub(super) fn text(text: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(Held::Text(text.into()), span)
    }

    /// Why it is not known, for values that are not.
    pub(super) fn why(&self) -> Option<Rc<Unknown>> {
        match &self.held {
            Held::Unknown(unknown) => Some(Rc::clone(unknown)),
            Held::Unset => Some(Rc::new(Unknown {
                why: "it is not assigned on every path".to_owned(),
                span: Some(self.span),
            })),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<Arc<str>> {
        match &self.held {
            Held::Text(text) => Some(Arc::clone(text)),
            _ => None,
        }
    }

    /// The same value, decided at the same place, now a secret.
    pub(super) fn into_secret(mut self) -> Self {
        self.secret = true;
        self
    }
}
