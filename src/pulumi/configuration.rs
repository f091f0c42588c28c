//! The configuration that holds for one stack: what the stack sets over what the project declares.

use crate::pulumi::Key;
use crate::pulumi::Project;
use crate::pulumi::Setting;
use crate::pulumi::Stack;
use crate::pulumi::Value;

/// The configuration that holds for one stack. Strongest first: the stack, the environments it imports, the project.
#[derive(Clone, Copy, Debug)]
pub struct Configuration<'p> {
    /// The project.
    pub project: &'p Project,
    /// The stack.
    pub stack: &'p Stack,
}

/// What a stack has for a key.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'p> {
    /// The stack sets it.
    Set(&'p Setting),
    /// The project file gives the value.
    Fallback(&'p Value),
    /// An imported environment may set it; `Some` holds where it does not.
    Imported(Option<&'p Value>),
    /// Nothing sets it.
    Missing,
}

impl<'p> Configuration<'p> {
    /// What the stack has for `key`.
    pub fn lookup(self, key: &Key) -> Lookup<'p> {
        if let Some(setting) = self.stack.setting(key) {
            return Lookup::Set(setting);
        }
        let fallback = self.project.declaration(key).and_then(|declaration| declaration.fallback());
        match (self.stack.environments.is_empty(), fallback) {
            (false, fallback) => Lookup::Imported(fallback),
            (true, Some(value)) => Lookup::Fallback(value),
            (true, None) => Lookup::Missing,
        }
    }

    /// Every key that the stack or the project gives a value, without repetition, in order.
    pub fn keys(self) -> Vec<&'p Key> {
        let of_stack = self.stack.settings.iter().map(|setting| &setting.key);
        let declared = self.project.declarations.iter().map(|declaration| &declaration.key);
        let mut keys: Vec<&Key> = of_stack.chain(declared).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
