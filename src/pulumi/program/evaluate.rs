//! Expressions: what they stand for.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::pulumi::program::Language;
use crate::pulumi::program::execute::held;
use crate::pulumi::program::execute::unclear;
use crate::pulumi::program::held::Closure;
use crate::pulumi::program::held::Content;
use crate::pulumi::program::held::Held;
use crate::pulumi::program::held::Kind;
use crate::pulumi::program::held::Scope;
use crate::pulumi::program::held::Traced;
use crate::pulumi::program::library;
use crate::pulumi::program::machine::Flow;
use crate::pulumi::program::machine::Machine;
use crate::pulumi::program::syntax::Argument;
use crate::pulumi::program::syntax::Comprehension;
use crate::pulumi::program::syntax::Expression;
use crate::pulumi::program::syntax::Field;
use crate::pulumi::program::syntax::FieldKey;
use crate::pulumi::program::syntax::Function;
use crate::pulumi::program::syntax::Keys;
use crate::pulumi::program::syntax::Node;
use crate::pulumi::program::syntax::Operator;
use crate::source::Span;

/// Arguments of a call, with their names where they have one.
pub(super) type Arguments = Vec<(Option<Arc<str>>, Traced)>;

impl Machine<'_> {
    pub(super) fn evaluate(&mut self, node: &Node, scope: &Rc<Scope>) -> Traced {
        let span = node.span;
        if !self.step(span) {
            return Traced::unknown("the program takes more steps than are followed", span);
        }
        match &node.expression {
            Expression::Literal(literal) => Traced::new(held(literal), span),
            Expression::Name(name) => self.named(name, scope, span),
            Expression::Member(owner, name) => {
                let owner = self.evaluate(owner, scope);
                self.member(&owner, name, span)
            }
            Expression::Index(owner, index) => {
                let owner = self.evaluate(owner, scope);
                let index = self.evaluate(index, scope);
                self.index(&owner, &index, span)
            }
            Expression::Call(callee, arguments) => self.call(callee, arguments, scope, span),
            Expression::Record { kind, fields, by_value } => {
                self.record(kind.as_deref(), fields, *by_value, scope, span)
            }
            Expression::List(items) => {
                let items = self.arguments(items, scope);
                let items = items.into_iter().map(|(_, value)| value).collect();
                self.list(items, span)
            }
            Expression::Placed(kind, items, by_value) => {
                let kind = self.evaluate(kind, scope);
                let items: Vec<Traced> = items.iter().map(|item| self.evaluate(item, scope)).collect();
                match &kind.held {
                    Held::Class(class) if !class.class.zeros.is_empty() => {
                        let class = Rc::clone(class);
                        let names = class.class.zeros.iter().map(|(name, _)| Arc::from(name.as_ref()));
                        let made = self.structure(&class, names.zip(items).collect(), kind, span, 0);
                        self.owned(made, *by_value)
                    }
                    _ => self.list(items, span),
                }
            }
            Expression::Tuple(items) => {
                let items: Vec<Traced> = items.iter().map(|item| self.evaluate(item, scope)).collect();
                Traced::new(Held::Tuple(items.into()), span)
            }
            Expression::Template(parts) => {
                let parts: Vec<Traced> = parts.iter().map(|part| self.evaluate(part, scope)).collect();
                self.joined(&parts, "", span)
            }
            Expression::Binary(operator, one, two) => {
                let one = self.evaluate(one, scope);
                match self.short_cut(*operator, &one) {
                    Some(true) => one,
                    Some(false) => self.evaluate(two, scope),
                    None => {
                        let two = self.evaluate(two, scope);
                        self.binary(*operator, one, two, span)
                    }
                }
            }
            Expression::Not(operand) => {
                let value = self.evaluate(operand, scope);
                match self.truth(&value) {
                    Some(truth) => Traced::new(Held::Bool(!truth), span),
                    None => as_unknown(value),
                }
            }
            Expression::Negate(operand) => {
                let value = self.evaluate(operand, scope);
                match value.held {
                    Held::Int(number) => Traced::new(Held::Int(number.saturating_neg()), span),
                    Held::Float(number) => Traced::new(Held::Float(-number), span),
                    _ => as_unknown(value),
                }
            }
            Expression::Conditional(condition, then, otherwise) => {
                let condition = self.evaluate(condition, scope);
                match self.truth(&condition) {
                    Some(true) => self.evaluate(then, scope),
                    Some(false) => self.evaluate(otherwise, scope),
                    None => {
                        let why = condition.why().unwrap_or_else(|| unclear(condition.span));
                        let flow = self.branch(
                            &why,
                            |machine| Flow::Return(machine.evaluate(then, scope)),
                            |machine| Flow::Return(machine.evaluate(otherwise, scope)),
                        );
                        match flow {
                            Flow::Return(value) => value,
                            _ => Traced::new(Held::Unknown(why), span),
                        }
                    }
                }
            }
            Expression::Function(function) => self.closure_here(function, scope, span),
            Expression::Comprehension(comprehension) => self.comprehension(comprehension, scope, span),
            Expression::Unknown(why) => Traced::unknown(why.as_ref(), span),
        }
    }

    fn closure_here(&mut self, function: &Arc<Function>, scope: &Rc<Scope>, span: Span) -> Traced {
        let closure = Closure {
            function: Arc::clone(function),
            scope: Rc::clone(scope),
            module: self.module(),
            this: None,
        };
        Traced::new(Held::Closure(Rc::new(closure)), span)
    }

    /// What a name stands for: a variable, something of the package, or a name of the language itself.
    pub(super) fn named(&mut self, name: &str, scope: &Rc<Scope>, span: Span) -> Traced {
        let Some(slot) = scope.find(name) else {
            return Traced::new(Held::Foreign(format!("global:{name}").into()), span);
        };
        self.settled(slot, span)
    }

    /// The value of a slot; package variables are worked out when they are first asked for.
    pub(super) fn settled(&mut self, slot: usize, span: Span) -> Traced {
        if matches!(self.slot(slot).map(|value| &value.held), Some(Held::Unset)) && !self.initialise(slot) {
            return Traced::unknown("it is not assigned on every path", span);
        }
        self.slot(slot).cloned().unwrap_or_else(|| Traced::new(Held::Null, span))
    }

    fn record(
        &mut self,
        kind: Option<&Node>,
        fields: &[Field],
        by_value: bool,
        scope: &Rc<Scope>,
        span: Span,
    ) -> Traced {
        let kind = kind.map(|kind| self.evaluate(kind, scope));
        let mut entries: IndexMap<Arc<str>, Traced> = IndexMap::new();
        let mut unclear_keys = None;
        for field in fields {
            let key: Arc<str> = match &field.key {
                FieldKey::Name(name) => name.as_ref().into(),
                FieldKey::Computed(key) => {
                    let key = self.evaluate(key, scope);
                    match self.shown(&key) {
                        Some(text) => text.into(),
                        None => {
                            unclear_keys = key.why().or_else(|| Some(unclear(key.span)));
                            self.evaluate(&field.value, scope);
                            continue;
                        }
                    }
                }
                FieldKey::Spread => {
                    let spread = self.evaluate(&field.value, scope);
                    match self.content(&spread).cloned() {
                        Some(Content::Map(more)) => entries.extend(more),
                        Some(Content::List(_)) => {}
                        None if matches!(spread.held, Held::Null | Held::Bool(false)) => {}
                        None => unclear_keys = spread.why().or_else(|| Some(unclear(spread.span))),
                    }
                    continue;
                }
            };
            let value = self.evaluate(&field.value, scope);
            let value = self.copied(value);
            entries.insert(key, value);
        }
        if let Some(why) = unclear_keys {
            // What an unknown key or spread may have set is not known; what follows it is.
            entries.entry(library::REST.into()).or_insert(Traced::new(Held::Unknown(why), span));
        }
        match kind {
            Some(Traced { held: Held::Class(class), .. }) => {
                let kind = Traced::new(Held::Class(Rc::clone(&class)), span);
                let made = self.structure(&class, entries, kind, span, 0);
                self.owned(made, by_value)
            }
            kind => self.object(Content::Map(entries), kind, false, span),
        }
    }

    /// A new structure: `T{…}` is copied when it is assigned, `&T{…}` is not.
    fn owned(&mut self, made: Traced, by_value: bool) -> Traced {
        if !by_value && let Held::Object(id) = made.held {
            self.change(id, |object| object.by_value = false);
        }
        made
    }

    fn comprehension(&mut self, comprehension: &Comprehension, scope: &Rc<Scope>, span: Span) -> Traced {
        let items = self.evaluate(&comprehension.items, scope);
        let Some(turns) = self.turns(&items, Keys::Items) else {
            let why = items.why().unwrap_or_else(|| unclear(items.span));
            self.uncertain.push(Rc::clone(&why));
            let inner = Scope::new(Some(Rc::clone(scope)));
            self.bind(&inner, &comprehension.pattern, Traced::new(Held::Unknown(Rc::clone(&why)), span));
            self.evaluate(&comprehension.element, &inner);
            self.uncertain.pop();
            return Traced::new(Held::Unknown(why), span);
        };
        let mut list = Vec::new();
        let mut map = IndexMap::new();
        for mut parts in turns {
            let inner = Scope::new(Some(Rc::clone(scope)));
            if let Some(part) = parts.pop() {
                self.bind(&inner, &comprehension.pattern, part);
            }
            if let Some(condition) = &comprehension.condition {
                let condition = self.evaluate(condition, &inner);
                match self.truth(&condition) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return as_unknown(condition),
                }
            }
            let value = self.evaluate(&comprehension.element, &inner);
            match &comprehension.key {
                Some(key) => {
                    let key = self.evaluate(key, &inner);
                    if let Some(key) = self.shown(&key) {
                        map.insert(key.into(), value);
                    }
                }
                None => list.push(value),
            }
        }
        if comprehension.key.is_some() { self.map(map, span) } else { self.list(list, span) }
    }

    // Members.

    pub(super) fn member(&mut self, owner: &Traced, name: &str, span: Span) -> Traced {
        let method = || Traced::new(Held::Method(Rc::new(owner.clone()), name.into()), span);
        match &owner.held {
            Held::Object(_) => {
                if let Some(value) = self.own_member(owner, name, span) {
                    return value;
                }
                match self.content(owner) {
                    Some(Content::List(items)) if name == "length" => {
                        Traced::new(Held::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)), owner.span)
                    }
                    Some(Content::Map(entries)) => match entries.get(library::REST) {
                        Some(rest) => Traced::new(rest.held.clone(), span),
                        None if library::is_method(name) => method(),
                        None => Traced::new(Held::Null, span),
                    },
                    _ => method(),
                }
            }
            Held::Text(text) if name == "length" => {
                Traced::new(Held::Int(i64::try_from(text.len()).unwrap_or(i64::MAX)), owner.span)
            }
            Held::Module(module) => {
                let scope = self.enter(*module);
                match scope.own(name) {
                    Some(slot) => self.settled(slot, span),
                    None => Traced::unknown(format!("`{name}` is not found in the program"), span),
                }
            }
            Held::Foreign(path) => {
                let path: Arc<str> = format!("{path}/{name}").into();
                match library::constant(&path) {
                    Some(text) => Traced::text(text, span),
                    None => Traced::new(Held::Foreign(path), span),
                }
            }
            Held::Resource(resource) if !library::is_output_method(name) => {
                self.property(*resource, name, span)
            }
            Held::Class(class) => {
                let class = Rc::clone(class);
                self.class_member(&class, name, span)
            }
            Held::Unknown(_) | Held::Unset | Held::Error if !library::is_output_method(name) => {
                let mut value = as_unknown(owner.clone());
                value.span = span;
                value
            }
            Held::Null => Traced::unknown(format!("`{name}` is taken of nothing"), span),
            _ => method(),
        }
    }

    /// A field, or a method of the class, of an object of the program.
    fn own_member(&mut self, owner: &Traced, name: &str, span: Span) -> Option<Traced> {
        if let Some(Content::Map(entries)) = self.content(owner)
            && let Some(value) = entries.get(name)
        {
            return Some(value.clone());
        }
        let mut kind = self.kind(owner).cloned();
        for _ in 0..16 {
            let Some(Traced { held: Held::Class(class), .. }) = kind else { break };
            let own = class.class.methods.iter().find(|method| *method.name == *name);
            let of_package = || {
                let methods = self.methods.get(&(class.module, class.class.name.clone()))?;
                methods.iter().find(|method| *method.name == *name)
            };
            if let Some(method) = own.or_else(of_package) {
                let closure = Closure {
                    function: Arc::clone(method),
                    scope: Rc::clone(&class.scope),
                    module: class.module,
                    this: Some(owner.clone()),
                };
                let closure = Rc::new(closure);
                // `get name() { … }` is read like a field.
                if class.class.getters.contains(&closure.function.name) {
                    return Some(self.call_closure(&closure, Vec::new(), span));
                }
                return Some(Traced::new(Held::Closure(closure), span));
            }
            let base = class.base.clone();
            kind = base;
        }
        // A structure embedded in another lends it its fields.
        if self.language() == Language::Go
            && let Some(Content::Map(entries)) = self.content(owner).cloned()
        {
            for (key, value) in &entries {
                if let Some(Traced { held: Held::Class(class), .. }) = self.kind(value)
                    && *class.class.name == **key
                    && let Some(found) = self.own_member(&value.clone(), name, span)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    fn class_member(&mut self, class: &Rc<Kind>, name: &str, span: Span) -> Traced {
        if let Some(method) = class.class.methods.iter().find(|method| *method.name == *name) {
            let method = Arc::clone(method);
            let closure = Closure {
                function: method,
                scope: Rc::clone(&class.scope),
                module: class.module,
                this: None,
            };
            return Traced::new(Held::Closure(Rc::new(closure)), span);
        }
        let field = class.class.fields.iter().find(|(field, _)| **field == *name);
        if let Some((_, Some(value))) = field {
            let value = self.evaluate(value, &Rc::clone(&class.scope));
            // `class Size(Enum): SMALL = "…"` is used as `Size.SMALL.value`.
            return value;
        }
        Traced::unknown(format!("`{name}` is not found in `{}`", class.class.name), span)
    }

    pub(super) fn index(&mut self, owner: &Traced, index: &Traced, span: Span) -> Traced {
        if let Some(why) = owner.why().or_else(|| index.why()) {
            return Traced::new(Held::Unknown(why), span);
        }
        match (&owner.held, &index.held) {
            (Held::Tuple(items), Held::Int(at)) => {
                let at = usize::try_from(*at).unwrap_or(usize::MAX);
                items.get(at).cloned().unwrap_or_else(|| Traced::new(Held::Null, span))
            }
            (Held::Foreign(path), Held::Text(key)) => {
                Traced::new(Held::Foreign(format!("{path}/{key}").into()), span)
            }
            (Held::Resource(resource), Held::Text(key)) => self.property(*resource, key, span),
            _ => match (self.content(owner), &index.held) {
                (Some(Content::List(items)), Held::Int(at)) => {
                    let at = if *at < 0 {
                        items.len().checked_sub(usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX))
                    } else {
                        usize::try_from(*at).ok()
                    };
                    let item = at.and_then(|at| items.get(at)).cloned();
                    item.unwrap_or_else(|| Traced::unknown("the list has no such item", span))
                }
                (Some(Content::Map(_)), _) => match self.shown(index) {
                    Some(key) => {
                        let key: Arc<str> = key.into();
                        let Some(Content::Map(entries)) = self.content(owner) else {
                            return Traced::new(Held::Null, span);
                        };
                        let found = entries.get(&key).or_else(|| entries.get(library::REST)).cloned();
                        found.unwrap_or_else(|| Traced::new(Held::Null, span))
                    }
                    None => Traced::new(Held::Unknown(unclear(span)), span),
                },
                _ => Traced::new(Held::Unknown(unclear(span)), span),
            },
        }
    }

    // Calls.

    pub(super) fn arguments(
        &mut self,
        arguments: &[Argument],
        scope: &Rc<Scope>,
    ) -> Vec<(Option<Arc<str>>, Traced)> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.evaluate(&argument.value, scope);
            if argument.spread {
                match self.content(&value).cloned() {
                    Some(Content::List(items)) => values.extend(items.into_iter().map(|item| (None, item))),
                    Some(Content::Map(entries)) => {
                        values.extend(entries.into_iter().map(|(key, value)| (Some(key), value)));
                    }
                    None => {
                        if value.why().is_some() {
                            values.push((None, value));
                        }
                    }
                }
            } else {
                values.push((argument.name.as_deref().map(Into::into), value));
            }
        }
        values
    }

    fn call(&mut self, callee: &Node, arguments: &[Argument], scope: &Rc<Scope>, span: Span) -> Traced {
        // The constructor of the class above.
        if let Expression::Name(name) = &callee.expression
            && &**name == "super"
        {
            let arguments = self.arguments(arguments, scope);
            return self.construct_base(scope, arguments, span);
        }
        if let Expression::Member(owner, name) = &callee.expression
            && &**name == "__init__"
            && matches!(&owner.expression, Expression::Call(callee, _)
                if matches!(&callee.expression, Expression::Name(name) if &**name == "super"))
        {
            let arguments = self.arguments(arguments, scope);
            return self.construct_base(scope, arguments, span);
        }
        let function = self.evaluate(callee, scope);
        let arguments = self.arguments(arguments, scope);
        self.apply(&function, arguments, span)
    }

    /// Calls a value.
    pub(super) fn apply(&mut self, function: &Traced, arguments: Arguments, span: Span) -> Traced {
        match &function.held {
            Held::Closure(closure) => {
                let closure = Rc::clone(closure);
                self.call_closure(&closure, arguments, span)
            }
            Held::Class(class) => {
                let class = Rc::clone(class);
                self.construct(&class, arguments, span)
            }
            Held::Foreign(path) => {
                let path = Arc::clone(path);
                self.foreign(&path, arguments, span)
            }
            Held::Method(owner, name) => {
                let (owner, name) = (Rc::clone(owner), Arc::clone(name));
                self.method(&owner, &name, arguments, span)
            }
            _ => {
                let why = function.why().unwrap_or_else(|| unclear(span));
                self.callbacks(&arguments, &why, span);
                Traced::new(Held::Unknown(why), span)
            }
        }
    }

    /// Follows the functions among the arguments of a call that is not understood.
    pub(super) fn callbacks(&mut self, arguments: &Arguments, why: &Rc<crate::source::Unknown>, span: Span) {
        for (_, argument) in arguments {
            if let Held::Closure(_) = argument.held {
                let _flow = self.branch(
                    why,
                    |machine| {
                        machine.call_back(argument, why, span);
                        Flow::Next
                    },
                    |_| Flow::Next,
                );
            }
        }
    }

    /// `new C(…)`, `C(…)`, or a conversion to a type of the program.
    fn construct(&mut self, class: &Rc<Kind>, arguments: Arguments, span: Span) -> Traced {
        if self.language() == Language::Go {
            let first = arguments.into_iter().next();
            return first.map_or_else(|| Traced::new(Held::Null, span), |(_, value)| value);
        }
        if self.too_deep() {
            return Traced::unknown("calls nest too deep", span);
        }
        let kind = Traced::new(Held::Class(Rc::clone(class)), span);
        let this = self.object(Content::Map(IndexMap::new()), Some(kind), false, span);
        self.construct_into(class, &this, arguments, span);
        this
    }

    fn construct_into(&mut self, class: &Rc<Kind>, this: &Traced, arguments: Arguments, span: Span) {
        let fields: Vec<_> = class.class.fields.iter().collect();
        let constructor = class
            .class
            .methods
            .iter()
            .find(|method| matches!(&*method.name, "constructor" | "__init__"))
            .map(Arc::clone);
        for (name, value) in fields {
            if let Some(value) = value {
                let value = self.evaluate(value, &Rc::clone(&class.scope));
                self.set_member(this, name, value);
            }
        }
        if let Some(function) = constructor {
            let closure = Closure {
                function,
                scope: Rc::clone(&class.scope),
                module: class.module,
                this: Some(this.clone()),
            };
            self.call_closure(&Rc::new(closure), arguments, span);
            return;
        }
        match class.base.as_ref().map(|base| &base.held) {
            Some(Held::Class(base)) => {
                let base = Rc::clone(base);
                self.construct_into(&base, this, arguments, span);
            }
            _ => {
                // A data class: its fields are its parameters.
                let names = class.class.fields.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
                let mut positional = names.iter();
                for (name, value) in arguments {
                    let name = name.or_else(|| positional.next().map(|name| name.as_ref().into()));
                    if let Some(name) = name {
                        self.set_member(this, &name, value);
                    }
                }
            }
        }
    }

    fn construct_base(&mut self, scope: &Rc<Scope>, arguments: Arguments, span: Span) -> Traced {
        let nothing = Traced::new(Held::Null, span);
        let Some(this) = self.variable(scope, "this") else { return nothing };
        let Some(Traced { held: Held::Class(class), .. }) = self.kind(&this).cloned() else { return nothing };
        // The class whose constructor runs: the nearest above the one that was called last.
        if let Some(Traced { held: Held::Class(base), .. }) = &class.base {
            let base = Rc::clone(base);
            self.construct_into(&base, &this, arguments, span);
        }
        nothing
    }

    // Operators.

    /// Whether a value counts as true; `None` where that is not known.
    pub(super) fn truth(&self, value: &Traced) -> Option<bool> {
        let python = self.language() == Language::Python;
        Some(match &value.held {
            Held::Null => false,
            Held::Bool(truth) => *truth,
            Held::Int(number) => *number != 0,
            Held::Float(number) => *number != 0.0 && !number.is_nan(),
            Held::Text(text) => !text.is_empty(),
            Held::Tuple(items) => !python || !items.is_empty(),
            Held::Object(_) if python => match self.content(value)? {
                Content::List(items) => !items.is_empty(),
                Content::Map(entries) => !entries.is_empty(),
            },
            Held::Object(_)
            | Held::Closure(_)
            | Held::Class(_)
            | Held::Module(_)
            | Held::Method(..)
            | Held::Config(_)
            | Held::Context
            | Held::Resource(_)
            | Held::Error => true,
            Held::Unknown(_) | Held::Unset | Held::Foreign(_) => return None,
        })
    }

    /// `Some(true)` where the first operand is the result, `Some(false)` where the second one is.
    fn short_cut(&self, operator: Operator, one: &Traced) -> Option<bool> {
        match operator {
            Operator::And => self.truth(one).map(|truth| !truth),
            Operator::Or => self.truth(one),
            Operator::Otherwise => match one.held {
                Held::Null => Some(false),
                Held::Unknown(_) | Held::Unset | Held::Foreign(_) => None,
                _ => Some(true),
            },
            _ => None,
        }
    }

    pub(super) fn equal(&self, one: &Traced, two: &Traced) -> Option<bool> {
        if one.why().is_some() || two.why().is_some() {
            return None;
        }
        Some(match (&one.held, &two.held) {
            (Held::Int(a), Held::Int(b)) => a == b,
            #[expect(clippy::cast_precision_loss, reason = "as the languages compare")]
            (Held::Int(a), Held::Float(b)) | (Held::Float(b), Held::Int(a)) => (*a as f64 - b).abs() == 0.0,
            (Held::Foreign(_), _) | (_, Held::Foreign(_)) => return None,
            (Held::Resource(_), Held::Text(_)) | (Held::Text(_), Held::Resource(_)) => return None,
            // A list that is empty is nil to Go.
            (Held::Object(_), Held::Null) | (Held::Null, Held::Object(_))
                if self.language() == Language::Go =>
            {
                let object = if matches!(one.held, Held::Null) { two } else { one };
                matches!(self.content(object), Some(Content::List(items)) if items.is_empty())
            }
            _ => self.same(one, two, 0),
        })
    }

    pub(super) fn binary(&mut self, operator: Operator, one: Traced, two: Traced, span: Span) -> Traced {
        let secret = one.secret || two.secret;
        let held = match operator {
            Operator::Equal => self.equal(&one, &two).map(Held::Bool),
            Operator::NotEqual => self.equal(&one, &two).map(|equal| Held::Bool(!equal)),
            Operator::And => match self.truth(&two) {
                Some(false) => Some(Held::Bool(false)),
                _ => None,
            },
            Operator::Or => match (self.truth(&two), self.language()) {
                (Some(true), Language::Go) => Some(Held::Bool(true)),
                _ => None,
            },
            Operator::Otherwise => None,
            Operator::In => self.contains(&two, &one).map(Held::Bool),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                let order = match (&one.held, &two.held) {
                    (Held::Text(a), Held::Text(b)) => Some(a.cmp(b)),
                    _ => match (number(&one), number(&two)) {
                        (Some(a), Some(b)) => a.partial_cmp(&b),
                        _ => None,
                    },
                };
                order.map(|order| {
                    Held::Bool(match operator {
                        Operator::Less => order.is_lt(),
                        Operator::LessOrEqual => order.is_le(),
                        Operator::Greater => order.is_gt(),
                        _ => order.is_ge(),
                    })
                })
            }
            Operator::Add => match (&one.held, &two.held) {
                (Held::Text(_), _) | (_, Held::Text(_)) => {
                    return self.joined(&[one, two], "", span);
                }
                _ => match (self.content(&one), self.content(&two)) {
                    (Some(Content::List(a)), Some(Content::List(b))) => {
                        let both = a.iter().chain(b).cloned().collect();
                        return self.list(both, span);
                    }
                    _ => arithmetic(operator, &one, &two),
                },
            },
            Operator::Remainder if matches!(one.held, Held::Text(_)) => {
                // `"%s-pool" % name`
                let arguments = match (&two.held, self.content(&two)) {
                    (Held::Tuple(items), _) => items.to_vec(),
                    (_, Some(Content::List(items))) => items.clone(),
                    _ => vec![two.clone()],
                };
                return self.formatted(&one, &arguments, span);
            }
            Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                self.arithmetic(operator, &one, &two)
            }
        };
        match held {
            Some(held) => Traced { held, span, secret },
            None => {
                let why = one.why().or_else(|| two.why()).unwrap_or_else(|| unclear(span));
                Traced { held: Held::Unknown(why), span, secret }
            }
        }
    }

    fn arithmetic(&self, operator: Operator, one: &Traced, two: &Traced) -> Option<Held> {
        match (operator, &one.held, &two.held) {
            // TypeScript and Python divide into fractions, Go divides whole numbers.
            (Operator::Divide, Held::Int(a), Held::Int(b)) if self.language() != Language::Go && *b != 0 => {
                if a % b == 0 {
                    return Some(Held::Int(a / b));
                }
                Some(Held::Float(number(one)? / number(two)?))
            }
            _ => arithmetic(operator, one, two),
        }
    }

    fn contains(&self, owner: &Traced, item: &Traced) -> Option<bool> {
        if item.why().is_some() {
            return None;
        }
        match (&owner.held, &item.held) {
            (Held::Text(text), Held::Text(part)) => Some(text.contains(&**part)),
            (Held::Tuple(items), _) => {
                items.iter().try_fold(false, |found, one| Some(found || self.equal(one, item)?))
            }
            _ => match self.content(owner)? {
                Content::List(items) => {
                    items.iter().try_fold(false, |found, one| Some(found || self.equal(one, item)?))
                }
                Content::Map(entries) => match &item.held {
                    Held::Text(key) if entries.contains_key(library::REST) => {
                        entries.contains_key(key).then_some(true)
                    }
                    Held::Text(key) => Some(entries.contains_key(key)),
                    _ => None,
                },
            },
        }
    }

    /// The text a value has within a text; `None` where it is not known or has none.
    pub(super) fn shown(&self, value: &Traced) -> Option<String> {
        Some(match &value.held {
            Held::Text(text) => text.to_string(),
            Held::Int(number) => number.to_string(),
            Held::Float(number) => number.to_string(),
            Held::Bool(truth) => match self.language() {
                Language::Python => if *truth { "True" } else { "False" }.to_owned(),
                _ => truth.to_string(),
            },
            _ => return None,
        })
    }

    /// Values one after the other as text.
    pub(super) fn joined(&self, parts: &[Traced], between: &str, span: Span) -> Traced {
        let mut text = String::new();
        let secret = parts.iter().any(|part| part.secret);
        for (at, part) in parts.iter().enumerate() {
            match self.shown(part) {
                Some(shown) => {
                    if at > 0 {
                        text.push_str(between);
                    }
                    text.push_str(&shown);
                }
                None => {
                    let why = part.why().unwrap_or_else(|| unclear(part.span));
                    return Traced { held: Held::Unknown(why), span, secret };
                }
            }
        }
        // A text made of one known part was decided where that part was.
        let span = match parts {
            [only] => only.span,
            _ => span,
        };
        Traced { held: Held::Text(text.into()), span, secret }
    }

    /// `%s` and `%d` filled in.
    pub(super) fn formatted(&self, format: &Traced, arguments: &[Traced], span: Span) -> Traced {
        let Some(format) = format.as_text() else {
            let why = format.why().unwrap_or_else(|| unclear(span));
            return Traced::new(Held::Unknown(why), span);
        };
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut arguments = arguments.iter();
        let mut characters = format.chars().peekable();
        while let Some(character) = characters.next() {
            if character != '%' {
                literal.push(character);
                continue;
            }
            if characters.next_if_eq(&'%').is_some() {
                literal.push('%');
                continue;
            }
            let mut verb = None;
            let mut plain = true;
            for next in characters.by_ref() {
                if next.is_ascii_alphabetic() {
                    verb = Some(next);
                    break;
                }
                plain = false;
            }
            match (verb, arguments.next()) {
                (Some('s' | 'd' | 'v' | 't'), Some(argument)) if plain => {
                    parts.push(Traced::text(std::mem::take(&mut literal), span));
                    parts.push(argument.clone());
                }
                _ => return Traced::unknown("the text is formatted in a way that is not followed", span),
            }
        }
        parts.push(Traced::text(literal, span));
        self.joined(&parts, "", span)
    }
}

/// The same value, as something unknown.
pub(super) fn as_unknown(value: Traced) -> Traced {
    let why = value.why().unwrap_or_else(|| unclear(value.span));
    Traced { held: Held::Unknown(why), ..value }
}

pub(super) fn number(value: &Traced) -> Option<f64> {
    match value.held {
        #[expect(clippy::cast_precision_loss, reason = "as the languages compute with fractions")]
        Held::Int(number) => Some(number as f64),
        Held::Float(number) => Some(number),
        _ => None,
    }
}

fn arithmetic(operator: Operator, one: &Traced, two: &Traced) -> Option<Held> {
    if let (Held::Int(a), Held::Int(b)) = (&one.held, &two.held) {
        let result = match operator {
            Operator::Add => a.checked_add(*b),
            Operator::Subtract => a.checked_sub(*b),
            Operator::Multiply => a.checked_mul(*b),
            Operator::Divide => a.checked_div(*b),
            Operator::Remainder => a.checked_rem(*b),
            _ => None,
        };
        return result.map(Held::Int);
    }
    let (a, b) = (number(one)?, number(two)?);
    Some(Held::Float(match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide if b != 0.0 => a / b,
        Operator::Remainder if b != 0.0 => a % b,
        _ => return None,
    }))
}
