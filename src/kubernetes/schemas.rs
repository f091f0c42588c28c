//! Strict validation of objects: against the definitions of one minor, and against custom resources of the repository.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::kubernetes::Lifecycle;
use crate::kubernetes::Minor;
use crate::kubernetes::Object;
use crate::kubernetes::custom;
use crate::kubernetes::validate;
use crate::yaml::NodeRef;

/// What objects are validated against.
#[derive(Debug)]
pub struct Schemas<'t> {
    minor: Minor,
    custom: BTreeMap<(String, String), Option<NodeRef<'t>>>,
}

/// What validation found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The object was held against its schema; these are its mistakes, in the order of the text.
    Checked(Vec<Violation>),
    /// There is no schema for it, and this is why.
    Unchecked(String),
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Of which sort.
    pub sort: ViolationSort,
    /// What and where.
    pub finding: Finding,
}

/// The sorts of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationSort {
    /// A field that the type does not have: Kubernetes drops it, or refuses the object.
    UnknownField,
    /// A value that does not fit, or one that is missing.
    Schema,
}

impl<'t> Schemas<'t> {
    /// The schemas of a minor; of the nearest one that is known.
    pub fn new(minor: Minor) -> Self {
        Self { minor: minor.nearest_known(), custom: BTreeMap::new() }
    }

    /// The minor that counts.
    pub fn minor(&self) -> Minor {
        self.minor
    }

    /// Learns the custom resources that a `CustomResourceDefinition` describes; does nothing with any other object.
    pub fn learn(&mut self, definition: &Object<'t>) {
        for (api_version, kind, schema) in custom::described(definition) {
            self.custom.insert((api_version, kind), schema);
        }
    }

    /// The custom resources of the definitions that were learnt, by version and kind, and whether they have a schema.
    pub fn custom(&self) -> impl Iterator<Item = (&(String, String), bool)> {
        self.custom.iter().map(|(name, schema)| (name, schema.is_some()))
    }

    /// Holds an object against its schema.
    pub fn validate(&self, object: &Object<'t>) -> Verdict {
        let (api_version, kind) = (&object.api_version.value, &object.kind.value);
        if let Some(built_in) = object.built_in {
            return match (built_in.definition(), built_in.lifecycle(self.minor)) {
                (Some(definition), Lifecycle::Served | Lifecycle::Deprecated { .. }) => {
                    Verdict::Checked(validate::built_in(object, definition, self.minor))
                }
                _ => Verdict::Unchecked(format!(
                    "Kubernetes {} does not serve `{api_version}` `{kind}`",
                    self.minor
                )),
            };
        }
        match self.custom.get(&(api_version.to_string(), kind.to_string())) {
            Some(Some(schema)) => Verdict::Checked(custom::validate(object, *schema, self.minor)),
            Some(None) => {
                Verdict::Unchecked(format!("the definition of `{kind}` has no schema for `{api_version}`"))
            }
            None => Verdict::Unchecked(format!(
                "no CustomResourceDefinition of `{kind}` in `{api_version}` was found"
            )),
        }
    }
}
