//! Modules and packages of a program: what they declare, and what they import of each other.

use std::rc::Rc;
use std::sync::Arc;

use crate::pulumi::program::Language;
use crate::pulumi::program::Link;
use crate::pulumi::program::held::Closure;
use crate::pulumi::program::held::Held;
use crate::pulumi::program::held::Kind;
use crate::pulumi::program::held::Scope;
use crate::pulumi::program::held::Traced;
use crate::pulumi::program::machine::Machine;
use crate::pulumi::program::syntax::Import;
use crate::pulumi::program::syntax::Pattern;
use crate::pulumi::program::syntax::Statement;
use crate::pulumi::program::syntax::StatementKind;
use crate::source::Span;

impl<'p> Machine<'p> {
    /// The scope of a module, or of a package in Go; it is followed when it is entered first.
    pub(super) fn enter(&mut self, index: usize) -> Rc<Scope> {
        if let Some(Some(scope)) = self.scopes.get(index) {
            return Rc::clone(scope);
        }
        let scope = Scope::new(None);
        if let Some(place) = self.scopes.get_mut(index) {
            *place = Some(Rc::clone(&scope));
        }
        let program = self.program;
        self.modules.push(index);
        match program.language {
            Language::Go => {
                let files = program.packages.get(index).into_iter().flatten();
                for (file, module) in files.filter_map(|&file| Some((file, program.modules.get(file)?))) {
                    for statement in &module.body {
                        self.declare_global(statement, &scope, index, file);
                    }
                }
            }
            Language::TypeScript | Language::Python | Language::Yaml => {
                if let Some(module) = program.modules.get(index) {
                    let span = module.span;
                    let name = if index == 0 { "__main__" } else { "module" };
                    self.declare(&scope, "__name__", Traced::text(name, span));
                    let _flow = self.statements(&module.body, &scope);
                }
            }
        }
        self.modules.pop();
        scope
    }

    /// Declares a name for good: what a branch takes back leaves it alone.
    fn declare_lasting(&mut self, scope: &Rc<Scope>, name: &str, value: Traced) -> usize {
        let slot = self.slots.len();
        self.slots.push(value);
        scope.names.borrow_mut().insert(name.into(), slot);
        slot
    }

    fn declare_global(&mut self, statement: &'p Statement, scope: &Rc<Scope>, package: usize, file: usize) {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Import(import) => {
                let value = self.linked(import, file, span);
                if let Some(name) = &import.whole {
                    self.declare_lasting(scope, name, value);
                }
            }
            StatementKind::Function(function) => {
                let closure = Closure {
                    function: Arc::clone(function),
                    scope: Rc::clone(scope),
                    module: package,
                    this: None,
                };
                let value = Traced::new(Held::Closure(Rc::new(closure)), span);
                self.declare_lasting(scope, &function.name, value);
            }
            StatementKind::Method(of, function) => {
                self.methods.entry((package, of.clone())).or_default().push(Arc::clone(function));
            }
            StatementKind::Class(class) => {
                let kind =
                    Kind { class: Arc::clone(class), scope: Rc::clone(scope), module: package, base: None };
                let value = Traced::new(Held::Class(Rc::new(kind)), span);
                self.declare_lasting(scope, &class.name, value);
            }
            StatementKind::Let(patterns, _) => {
                for pattern in patterns {
                    if let Pattern::Name(name) = pattern {
                        let slot = self.declare_lasting(scope, name, Traced::new(Held::Unset, span));
                        self.pending.insert(slot, (package, statement));
                    }
                }
            }
            StatementKind::Zero(names, _) => {
                for name in names {
                    let slot = self.declare_lasting(scope, name, Traced::new(Held::Unset, span));
                    self.pending.insert(slot, (package, statement));
                }
            }
            _ => {}
        }
    }

    /// Works out a package variable that was not asked for before; false where there is none in that slot.
    pub(super) fn initialise(&mut self, slot: usize) -> bool {
        let Some(&(package, statement)) = self.pending.get(&slot) else { return false };
        if self.working.contains(&slot) || self.too_deep() {
            return false;
        }
        self.working.push(slot);
        self.modules.push(package);
        let scope = self.enter(package);
        match &statement.kind {
            StatementKind::Let(patterns, Some(value)) => {
                let value = self.evaluate(value, &scope);
                let parts = match patterns.len() {
                    1 => vec![value],
                    count => self.parts(value, count, patterns),
                };
                for (pattern, part) in patterns.iter().zip(parts) {
                    if let Pattern::Name(name) = pattern
                        && let Some(slot) = scope.own(name)
                    {
                        self.set_slot(slot, part);
                    }
                }
            }
            StatementKind::Zero(names, zero) => {
                for name in names {
                    let value = self.zero(zero.as_ref(), &scope, statement.span, 0);
                    if let Some(slot) = scope.own(name) {
                        self.set_slot(slot, value);
                    }
                }
            }
            _ => {}
        }
        self.modules.pop();
        self.working.pop();
        true
    }

    /// What an import gives: a module of the program, or a library.
    fn linked(&self, import: &Import, file: usize, span: Span) -> Traced {
        let link = self.program.links.get(&(file, import.path.clone()));
        Traced::new(
            match link {
                Some(Link::Local(module)) => Held::Module(*module),
                Some(Link::Library(path)) => Held::Foreign(Arc::clone(path)),
                None => Held::Foreign(format!("global:{}", import.path).into()),
            },
            span,
        )
    }

    pub(super) fn import(&mut self, import: &Import, scope: &Rc<Scope>, span: Span) {
        let value = self.linked(import, self.module(), span);
        if let Held::Module(module) = value.held {
            self.enter(module);
        }
        if let Some(name) = &import.whole {
            self.declare(scope, name, value.clone());
        }
        for (there, here) in &import.names {
            // `from . import network` names a module beside this one.
            let sibling = self.program.links.get(&(self.module(), format!("{}.{there}", import.path).into()));
            let part = match sibling {
                Some(Link::Local(module)) => {
                    let module = *module;
                    self.enter(module);
                    Traced::new(Held::Module(module), span)
                }
                _ => self.member(&value, there, span),
            };
            self.declare(scope, here, part);
        }
        if import.all
            && let Held::Module(module) = value.held
        {
            let from = self.enter(module);
            let names: Vec<(Box<str>, usize)> =
                from.names.borrow().iter().map(|(name, slot)| (name.clone(), *slot)).collect();
            for (name, slot) in names {
                if &*name != "default" {
                    let value = self.settled(slot, span);
                    self.declare(scope, &name, value);
                }
            }
        }
    }
}
