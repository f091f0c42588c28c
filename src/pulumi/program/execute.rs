//! Statements: what they assign, and where they lead.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::pulumi::program::Language;
use crate::pulumi::program::held::Closure;
use crate::pulumi::program::held::Content;
use crate::pulumi::program::held::Held;
use crate::pulumi::program::held::Kind;
use crate::pulumi::program::held::Scope;
use crate::pulumi::program::held::Traced;
use crate::pulumi::program::machine::Flow;
use crate::pulumi::program::machine::Frame;
use crate::pulumi::program::machine::Machine;
use crate::pulumi::program::machine::REPETITIONS;
use crate::pulumi::program::syntax::Class;
use crate::pulumi::program::syntax::Expression;
use crate::pulumi::program::syntax::Function;
use crate::pulumi::program::syntax::Keys;
use crate::pulumi::program::syntax::Literal;
use crate::pulumi::program::syntax::Node;
use crate::pulumi::program::syntax::Pattern;
use crate::pulumi::program::syntax::Statement;
use crate::pulumi::program::syntax::StatementKind;
use crate::pulumi::program::syntax::Zero;
use crate::source::Span;
use crate::source::Unknown;

impl Machine<'_> {
    /// Follows statements in a scope of their own (Go, TypeScript) or in the one around them (Python).
    pub(super) fn block(&mut self, statements: &[Statement], scope: &Rc<Scope>) -> Flow {
        if self.language() == Language::Python {
            self.statements(statements, scope)
        } else {
            self.statements(statements, &Scope::new(Some(Rc::clone(scope))))
        }
    }

    pub(super) fn statements(&mut self, statements: &[Statement], scope: &Rc<Scope>) -> Flow {
        // Functions and classes can be used before they stand.
        for statement in statements {
            match &statement.kind {
                StatementKind::Function(function) => self.declare_function(function, scope),
                StatementKind::Class(class) if self.language() != Language::Python => {
                    self.declare_class(class, scope);
                }
                _ => {}
            }
        }
        for statement in statements {
            match self.statement(statement, scope) {
                Flow::Next => {}
                other => return other,
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &Statement, scope: &Rc<Scope>) -> Flow {
        if !self.step(statement.span) {
            return Flow::Throw;
        }
        match &statement.kind {
            StatementKind::Let(patterns, value) => {
                let value = match value {
                    Some(value) => self.evaluate(value, scope),
                    None => Traced::new(Held::Null, statement.span),
                };
                self.let_all(patterns, value, scope);
            }
            StatementKind::Zero(names, zero) => {
                for name in names {
                    let value = self.zero(zero.as_ref(), scope, statement.span, 0);
                    self.declare(scope, name, value);
                }
            }
            StatementKind::Assign(targets, operator, value) => {
                let mut value = self.evaluate(value, scope);
                if let (Some(operator), Some(target)) = (operator, targets.first()) {
                    let before = self.evaluate(target, scope);
                    value = self.binary(*operator, before, value, statement.span);
                }
                match targets.as_slice() {
                    [target] => self.assign(target, value, scope),
                    targets => {
                        let named = targets.iter().map(|target| match &target.expression {
                            Expression::Name(name) => Pattern::Name(name.clone()),
                            _ => Pattern::Ignore,
                        });
                        let named: Vec<Pattern> = named.collect();
                        let parts = self.parts(value, targets.len(), &named);
                        for (target, part) in targets.iter().zip(parts) {
                            self.assign(target, part, scope);
                        }
                    }
                }
            }
            StatementKind::If(condition, then, otherwise) => {
                let condition = self.evaluate(condition, scope);
                return match self.truth(&condition) {
                    Some(true) => self.taken(then, scope),
                    Some(false) => self.taken(otherwise, scope),
                    None => {
                        let why = condition.why().unwrap_or_else(|| unclear(condition.span));
                        self.branch(
                            &why,
                            |machine| machine.block(then, scope),
                            |machine| machine.block(otherwise, scope),
                        )
                    }
                };
            }
            StatementKind::Each { patterns, items, keyed, body } => {
                let items = self.evaluate(items, scope);
                return self.each(patterns, &items, *keyed, body, scope);
            }
            StatementKind::Loop { start, condition, step, body } => {
                return self.repeat(start, condition.as_ref(), step, body, scope, statement.span);
            }
            StatementKind::Switch { subject, cases, otherwise } => {
                let subject = subject.as_ref().map(|subject| self.evaluate(subject, scope));
                return self.switch(subject.as_ref(), cases, otherwise, scope);
            }
            StatementKind::Return(value) => {
                let value = match value {
                    Some(value) => self.evaluate(value, scope),
                    None => self.named_results(statement.span),
                };
                return if self.fails(&value) { Flow::Throw } else { Flow::Return(value) };
            }
            StatementKind::Throw(value) => {
                if let Some(value) = value {
                    self.evaluate(value, scope);
                }
                return Flow::Throw;
            }
            StatementKind::Break => return Flow::Break,
            StatementKind::Continue => return Flow::Continue,
            StatementKind::Run(expression) => {
                let value = self.evaluate(expression, scope);
                // `panic`, `log.Fatal`, `sys.exit`: a call that does not come back.
                if matches!(value.held, Held::Error) && is_fatal(expression) {
                    return Flow::Throw;
                }
            }
            StatementKind::Block(body) => return self.block(body, scope),
            StatementKind::Function(_) | StatementKind::Method(..) => {}
            StatementKind::Class(class) => {
                if self.language() == Language::Python {
                    self.declare_class(class, scope);
                }
            }
            StatementKind::Try { body, handler, after } => {
                let flow = self.block(body, scope);
                let flow = if matches!(flow, Flow::Throw) { self.block(handler, scope) } else { flow };
                return match self.block(after, scope) {
                    Flow::Next => flow,
                    other => other,
                };
            }
            StatementKind::Import(import) => self.import(import, scope, statement.span),
            StatementKind::Unknown => {}
        }
        Flow::Next
    }

    fn let_all(&mut self, patterns: &[Pattern], value: Traced, scope: &Rc<Scope>) {
        match patterns {
            [pattern] => {
                let value = match value.held {
                    Held::Tuple(ref items) if self.language() == Language::Go => {
                        items.first().cloned().unwrap_or(value)
                    }
                    _ => value,
                };
                self.bind(scope, pattern, value);
            }
            patterns => {
                let parts = self.parts(value, patterns.len(), patterns);
                for (pattern, part) in patterns.iter().zip(parts) {
                    // Go's `:=` assigns to what the same scope has already.
                    match pattern {
                        Pattern::Name(name) => match scope.own(name) {
                            Some(slot) => {
                                let part = self.copied(part);
                                self.set_slot(slot, part);
                            }
                            None => self.bind(scope, pattern, part),
                        },
                        _ => self.bind(scope, pattern, part),
                    }
                }
            }
        }
    }

    /// A branch whose condition is known. One that fails is not followed: the program is read as far as it would
    /// go if the check passed, and the check itself is noted.
    fn taken(&mut self, statements: &[Statement], scope: &Rc<Scope>) -> Flow {
        let (resources, place) = (self.reading.resources.len(), statements.first().map(|first| first.span));
        self.remember();
        let flow = self.block(statements, scope);
        let writes = self.take_back();
        match flow {
            Flow::Throw if self.reading.resources.len() == resources => {
                if let Some(place) = place {
                    self.reading.stop(place);
                }
                Flow::Next
            }
            flow => {
                self.write(writes);
                flow
            }
        }
    }

    /// Follows two branches of which it is not known which one is taken.
    pub(super) fn branch(
        &mut self,
        why: &Rc<Unknown>,
        then: impl FnOnce(&mut Self) -> Flow,
        otherwise: impl FnOnce(&mut Self) -> Flow,
    ) -> Flow {
        self.uncertain.push(Rc::clone(why));
        let outside = self.uncertain.len();
        self.remember();
        let one = then(self);
        let first = self.take_back();
        self.uncertain.truncate(outside);
        self.remember();
        let two = otherwise(self);
        let second = self.take_back();
        self.uncertain.truncate(outside.saturating_sub(1));
        match (one, two) {
            (Flow::Throw, Flow::Throw) => Flow::Throw,
            (Flow::Throw, flow) => {
                self.write(second);
                flow
            }
            (flow, Flow::Throw) => {
                self.write(first);
                flow
            }
            (Flow::Return(one), Flow::Return(two)) => {
                self.merge_writes(first, second, why);
                Flow::Return(self.merge(&one, &two, why))
            }
            (Flow::Return(value), flow) => {
                self.write(second);
                self.leave_maybe(value, why);
                flow
            }
            (flow, Flow::Return(value)) => {
                self.write(first);
                self.leave_maybe(value, why);
                flow
            }
            (one, two) => {
                self.merge_writes(first, second, why);
                match (&one, &two) {
                    (Flow::Break, Flow::Break) => Flow::Break,
                    (Flow::Continue, Flow::Continue) => Flow::Continue,
                    _ => Flow::Next,
                }
            }
        }
    }

    /// From here on the function may have been left with `value`.
    fn leave_maybe(&mut self, value: Traced, why: &Rc<Unknown>) {
        self.uncertain.push(Rc::clone(why));
        if let Some(frame) = self.frames.last_mut() {
            frame.returned.push(value);
            frame.conditions += 1;
        }
    }

    fn each(
        &mut self,
        patterns: &[Pattern],
        items: &Traced,
        keyed: Keys,
        body: &[Statement],
        scope: &Rc<Scope>,
    ) -> Flow {
        let Some(turns) = self.turns(items, keyed) else {
            let why = items.why().unwrap_or_else(|| unclear(items.span));
            let value = Traced::new(Held::Unknown(Rc::clone(&why)), items.span);
            let inner = Scope::new(Some(Rc::clone(scope)));
            return self.branch(
                &why,
                |machine| {
                    let inner = if machine.language() == Language::Python { scope } else { &inner };
                    for pattern in patterns {
                        machine.bind(inner, pattern, value.clone());
                    }
                    match machine.statements(body, inner) {
                        Flow::Return(value) => Flow::Return(value),
                        _ => Flow::Next,
                    }
                },
                |_| Flow::Next,
            );
        };
        for parts in turns {
            let inner = if self.language() == Language::Python {
                Rc::clone(scope)
            } else {
                Scope::new(Some(Rc::clone(scope)))
            };
            if !self.step(items.span) {
                return Flow::Throw;
            }
            for (pattern, part) in patterns.iter().zip(parts) {
                self.bind(&inner, pattern, part);
            }
            match self.statements(body, &inner) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                other => return other,
            }
        }
        Flow::Next
    }

    /// What each turn of a loop over `items` binds; `None` where the items are not known.
    pub(super) fn turns(&mut self, items: &Traced, keyed: Keys) -> Option<Vec<Vec<Traced>>> {
        let span = items.span;
        let index = |at: usize| Traced::new(Held::Int(i64::try_from(at).unwrap_or(i64::MAX)), span);
        if let Held::Int(count) = items.held {
            // `for i := range 3`
            let count = usize::try_from(count.clamp(0, REPETITIONS)).unwrap_or(0);
            return Some((0..count).map(|at| vec![index(at)]).collect());
        }
        if let Held::Null = items.held {
            return Some(Vec::new());
        }
        if let Held::Tuple(parts) = &items.held {
            return Some(parts.iter().map(|part| vec![part.clone()]).collect());
        }
        let pair = |key: Traced, value: Traced| match keyed {
            Keys::Only => vec![key],
            Keys::Items => vec![value],
            Keys::Both => vec![key, value],
        };
        match self.content(items)? {
            Content::List(list) => {
                let turns = list.iter().enumerate();
                Some(turns.map(|(at, item)| pair(index(at), item.clone())).collect())
            }
            Content::Map(entries) => {
                let key = |key: &Arc<str>, value: &Traced| Traced::text(Arc::clone(key), value.span);
                let python = self.language() == Language::Python;
                Some(
                    entries
                        .iter()
                        .map(|(name, value)| match keyed {
                            // A loop over a dictionary gives its keys.
                            Keys::Items if python => vec![key(name, value)],
                            _ => pair(key(name, value), value.clone()),
                        })
                        .collect(),
                )
            }
        }
    }

    fn repeat(
        &mut self,
        start: &[Statement],
        condition: Option<&Node>,
        step: &[Statement],
        body: &[Statement],
        scope: &Rc<Scope>,
        span: Span,
    ) -> Flow {
        let scope = &Scope::new(Some(Rc::clone(scope)));
        self.statements(start, scope);
        for _ in 0..REPETITIONS {
            if !self.step(span) {
                return Flow::Throw;
            }
            let Some(condition) = condition else {
                // An endless loop: its end is decided at run time.
                let why = Rc::new(Unknown { why: "the loop ends at run time".to_owned(), span: Some(span) });
                return self.branch(&why, |machine| machine.once(body, scope), |_| Flow::Next);
            };
            let value = self.evaluate(condition, scope);
            match self.truth(&value) {
                Some(true) => {}
                Some(false) => return Flow::Next,
                None => {
                    let why = value.why().unwrap_or_else(|| unclear(value.span));
                    return self.branch(&why, |machine| machine.once(body, scope), |_| Flow::Next);
                }
            }
            match self.block(body, scope) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                other => return other,
            }
            self.statements(step, scope);
        }
        self.reading.note("the loop runs more often than is followed", span);
        Flow::Next
    }

    fn once(&mut self, body: &[Statement], scope: &Rc<Scope>) -> Flow {
        match self.block(body, scope) {
            Flow::Return(value) => Flow::Return(value),
            _ => Flow::Next,
        }
    }

    fn switch(
        &mut self,
        subject: Option<&Traced>,
        cases: &[(Vec<Node>, Vec<Statement>)],
        otherwise: &[Statement],
        scope: &Rc<Scope>,
    ) -> Flow {
        let leave = |flow: Flow| if matches!(flow, Flow::Break) { Flow::Next } else { flow };
        let Some(((values, body), rest)) = cases.split_first() else {
            return leave(self.taken(otherwise, scope));
        };
        let mut all_known = true;
        let mut why = None;
        for value in values {
            let value = self.evaluate(value, scope);
            let matches = match subject {
                Some(subject) => self.equal(subject, &value),
                None => self.truth(&value),
            };
            match matches {
                Some(true) => return leave(self.taken(body, scope)),
                Some(false) => {}
                None => {
                    all_known = false;
                    why = subject.and_then(Traced::why).or_else(|| value.why()).or(why);
                }
            }
        }
        if all_known {
            return self.switch(subject, rest, otherwise, scope);
        }
        let why = why.unwrap_or_else(|| unclear(subject.map_or_else(|| self.program.span, |s| s.span)));
        self.branch(
            &why,
            |machine| leave(machine.block(body, scope)),
            |machine| machine.switch(subject, rest, otherwise, scope),
        )
    }

    /// Assigns to a variable, a field or an element.
    fn assign(&mut self, target: &Node, value: Traced, scope: &Rc<Scope>) {
        match &target.expression {
            Expression::Name(name) if &**name == "_" => {}
            Expression::Name(name) => {
                let slot = match self.language() {
                    Language::Python => scope.own(name),
                    _ => scope.find(name),
                };
                match slot {
                    Some(slot) => {
                        let value = self.copied(value);
                        self.set_slot(slot, value);
                    }
                    None => {
                        self.declare(scope, name, value);
                    }
                }
            }
            Expression::Member(owner, name) => {
                let owner = self.evaluate(owner, scope);
                self.set_member(&owner, name, value);
            }
            Expression::Index(owner, index) => {
                let owner = self.evaluate(owner, scope);
                let index = self.evaluate(index, scope);
                match (&index.held, &owner.held) {
                    (Held::Text(key), _) => self.set_member(&owner, key, value),
                    (Held::Int(at), Held::Object(id)) => {
                        let at = usize::try_from(*at).unwrap_or(usize::MAX);
                        self.change(*id, |object| {
                            if let Content::List(items) = &mut object.content
                                && let Some(item) = items.get_mut(at)
                            {
                                *item = value;
                            }
                        });
                    }
                    (_, Held::Object(id)) => {
                        // Somewhere in it: nothing in it is known any more.
                        let why = index.why().unwrap_or_else(|| unclear(index.span));
                        self.change(*id, |object| match &mut object.content {
                            Content::List(items) => {
                                for item in items {
                                    item.held = Held::Unknown(Rc::clone(&why));
                                }
                            }
                            Content::Map(entries) => {
                                for (_, value) in entries {
                                    value.held = Held::Unknown(Rc::clone(&why));
                                }
                            }
                        });
                    }
                    _ => {}
                }
            }
            Expression::List(items) | Expression::Call(_, items) => {
                let parts = self.parts(value, items.len(), &[]);
                for (item, part) in items.iter().zip(parts) {
                    self.assign(&item.value, part, scope);
                }
            }
            Expression::Tuple(items) => {
                let parts = self.parts(value, items.len(), &[]);
                for (item, part) in items.iter().zip(parts) {
                    self.assign(item, part, scope);
                }
            }
            _ => {}
        }
    }

    pub(super) fn set_member(&mut self, owner: &Traced, name: &str, value: Traced) {
        if let Held::Object(id) = owner.held {
            let value = self.copied(value);
            self.change(id, |object| {
                if let Content::Map(entries) = &mut object.content {
                    entries.insert(name.into(), value);
                }
            });
        }
    }

    /// The value of a variable that is declared without one.
    pub(super) fn zero(&mut self, zero: Option<&Zero>, scope: &Rc<Scope>, span: Span, depth: u32) -> Traced {
        match zero {
            Some(Zero::Literal(literal)) => Traced::new(held(literal), span),
            Some(Zero::List) => self.list(Vec::new(), span),
            Some(Zero::Map) => self.map(IndexMap::new(), span),
            Some(Zero::Named(name)) => {
                let kind = self.named(name, scope, span);
                let Held::Class(class) = &kind.held else { return Traced::new(Held::Null, span) };
                let class = Rc::clone(class);
                self.structure(&class, IndexMap::new(), kind.clone(), span, depth)
            }
            None => Traced::new(Held::Null, span),
        }
    }

    /// A structure of Go: what is not given has the zero value of its type.
    pub(super) fn structure(
        &mut self,
        class: &Rc<Kind>,
        mut given: IndexMap<Arc<str>, Traced>,
        kind: Traced,
        span: Span,
        depth: u32,
    ) -> Traced {
        if depth < 8 {
            for (name, zero) in &class.class.zeros {
                if !given.contains_key(&**name) {
                    let value = self.zero(zero.as_ref(), &class.scope, span, depth + 1);
                    given.insert(name.as_ref().into(), value);
                }
            }
        }
        self.object(Content::Map(given), Some(kind), true, span)
    }

    pub(super) fn declare_function(&mut self, function: &Arc<Function>, scope: &Rc<Scope>) {
        let closure = Closure {
            function: Arc::clone(function),
            scope: Rc::clone(scope),
            module: self.module(),
            this: None,
        };
        let value = Traced::new(Held::Closure(Rc::new(closure)), function.span);
        self.declare(scope, &function.name, value);
    }

    pub(super) fn declare_class(&mut self, class: &Arc<Class>, scope: &Rc<Scope>) {
        let base = class.base.as_ref().map(|base| self.evaluate(base, scope));
        let kind = Kind { class: Arc::clone(class), scope: Rc::clone(scope), module: self.module(), base };
        let value = Traced::new(Held::Class(Rc::new(kind)), class.span);
        self.declare(scope, &class.name, value);
    }

    fn named_results(&mut self, span: Span) -> Traced {
        let slots = self.frames.last().map(|frame| frame.results.clone()).unwrap_or_default();
        let values: Vec<Traced> = slots.iter().filter_map(|&slot| self.slot(slot).cloned()).collect();
        match values.as_slice() {
            [] => Traced::new(Held::Null, span),
            [one] => one.clone(),
            _ => Traced::new(Held::Tuple(values.into()), span),
        }
    }

    /// True for a result that says that something failed.
    fn fails(&self, value: &Traced) -> bool {
        match &value.held {
            Held::Error => true,
            Held::Tuple(items) => matches!(items.last().map(|last| &last.held), Some(Held::Error)),
            _ => false,
        }
    }

    /// Follows a call of a function of the program.
    pub(super) fn call_closure(
        &mut self,
        closure: &Rc<Closure>,
        arguments: Vec<(Option<Arc<str>>, Traced)>,
        span: Span,
    ) -> Traced {
        let function = Arc::clone(&closure.function);
        if self.too_deep() || !self.step(span) {
            return Traced::unknown(format!("calls of `{}` nest too deep", function.name), span);
        }
        let scope = Scope::new(Some(Rc::clone(&closure.scope)));
        let conditions = self.uncertain.len();
        self.frames.push(Frame::default());
        self.modules.push(closure.module);
        if let Some(this) = &closure.this {
            if let Some(receiver) = &function.receiver {
                self.declare(&scope, receiver, this.clone());
            }
            self.declare(&scope, "this", this.clone());
        }
        let mut positional = Vec::new();
        let mut named: IndexMap<Arc<str>, Traced> = IndexMap::new();
        for (name, value) in arguments {
            match name {
                Some(name) => {
                    named.insert(name, value);
                }
                None => positional.push(value),
            }
        }
        let mut positional = positional.into_iter();
        for parameter in &function.parameters {
            let own = match &parameter.pattern {
                Pattern::Name(name) => Some(name.clone()),
                _ => None,
            };
            let value = if parameter.rest && self.language() == Language::Python && parameter.field {
                let rest = std::mem::take(&mut named);
                Some(self.map(rest, span))
            } else if parameter.rest {
                let rest: Vec<Traced> = positional.by_ref().collect();
                Some(self.list(rest, span))
            } else {
                own.as_deref().and_then(|own| named.shift_remove(own)).or_else(|| positional.next())
            };
            let absent = value.as_ref().is_none_or(|value| {
                matches!(value.held, Held::Null) && self.language() == Language::TypeScript
            });
            let value = match (&parameter.default, value) {
                (Some(default), _) if absent => self.evaluate(default, &scope),
                (_, Some(value)) => value,
                (_, None) => Traced::new(Held::Null, span),
            };
            if parameter.field
                && !parameter.rest
                && let (Some(this), Some(name)) = (closure.this.clone(), &own)
            {
                self.set_member(&this, name, value.clone());
            }
            self.bind(&scope, &parameter.pattern, value);
        }
        for (name, zero) in &function.results {
            let value = self.zero(zero.as_ref(), &scope, span, 0);
            let slot = self.declare(&scope, name, value);
            if let Some(frame) = self.frames.last_mut() {
                frame.results.push(slot);
            }
        }
        let flow = self.statements(&function.body, &scope);
        self.modules.pop();
        let frame = self.frames.pop().unwrap_or_default();
        self.uncertain.truncate(conditions);
        let result = match flow {
            Flow::Return(value) => value,
            Flow::Throw => Traced::new(Held::Error, span),
            Flow::Next | Flow::Break | Flow::Continue => Traced::new(Held::Null, span),
        };
        frame.returned.into_iter().fold(result, |result, returned| {
            let why = Rc::new(Unknown {
                why: format!("`{}` may return at several places", function.name),
                span: Some(span),
            });
            let why = self.uncertain.last().map_or(why, Rc::clone);
            self.merge_results(&result, &returned, &why)
        })
    }

    fn merge_results(&mut self, one: &Traced, two: &Traced, why: &Rc<Unknown>) -> Traced {
        if let (Held::Tuple(a), Held::Tuple(b)) = (&one.held, &two.held) {
            let (a, b) = (Rc::clone(a), Rc::clone(b));
            let parts: Vec<Traced> = a.iter().zip(b.iter()).map(|(a, b)| self.merge(a, b, why)).collect();
            return Traced::new(Held::Tuple(parts.into()), one.span);
        }
        self.merge(one, two, why)
    }

    /// Follows a function that somebody else calls: with what, and whether at all, is not known.
    pub(super) fn call_back(&mut self, function: &Traced, why: &Rc<Unknown>, span: Span) -> Traced {
        let Held::Closure(closure) = &function.held else {
            return Traced::new(Held::Unknown(Rc::clone(why)), span);
        };
        let closure = Rc::clone(closure);
        let unknown = Traced::new(Held::Unknown(Rc::clone(why)), span);
        let arguments = closure.function.parameters.iter().map(|_| (None, unknown.clone())).collect();
        self.call_closure(&closure, arguments, span)
    }
}

/// The value of a literal.
pub(super) fn held(literal: &Literal) -> Held {
    match literal {
        Literal::Null => Held::Null,
        Literal::Bool(value) => Held::Bool(*value),
        Literal::Int(value) => Held::Int(*value),
        Literal::Float(value) => Held::Float(*value),
        Literal::Text(text) => Held::Text(Arc::clone(text)),
    }
}

/// Why a condition is not known when its parts give no reason.
pub(super) fn unclear(span: Span) -> Rc<Unknown> {
    Rc::new(Unknown { why: "it is decided while the program runs".to_owned(), span: Some(span) })
}

fn is_fatal(expression: &Node) -> bool {
    let Expression::Call(callee, _) = &expression.expression else { return false };
    match &callee.expression {
        Expression::Name(name) => matches!(&**name, "panic" | "exit"),
        Expression::Member(_, name) => matches!(&**name, "Fatal" | "Fatalf" | "Fatalln" | "Exit" | "exit"),
        _ => false,
    }
}
