//! All rules, in the order of their families.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Project;
use crate::ladder::Release;
use crate::ladder::Stack;
use crate::rules::Card;
use crate::rules::CardError;
use crate::rules::Context;

/// A check: a pure function of one subject.
pub type Native<T> = fn(&T, &Context<'_>) -> Vec<Finding>;

/// A check of Kubernetes objects that are installed together.
pub type OfObjects = fn(&ObjectSet<'_>, &Context<'_>) -> Vec<Finding>;

/// How a rule decides.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// By the schema on its card.
    Declared,
    /// By a stage before the rules: the configuration, suppressions.
    Earlier,
    /// By looking at each Compose project.
    Project(Native<Project>),
    /// By looking at each Helm release.
    Release(Native<Release>),
    /// By looking at the objects of each Helm release.
    Objects(OfObjects),
    /// By looking at each Pulumi stack.
    Stack(Native<Stack>),
    /// By looking at each environment.
    Environment(Native<Environment>),
    /// By looking at the whole ladder.
    Ladder(Native<Ladder>),
}

/// A line of a family's list: the text of a card, and how it is decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    text: &'static str,
    check: Check,
}

/// A rule: its card and its check.
#[derive(Debug)]
pub struct Rule {
    id: &'static str,
    text: &'static str,
    /// How it decides.
    pub check: Check,
    card: OnceLock<Result<Card, CardError>>,
}

impl Rule {
    /// A rule with the text of its card.
    pub(crate) const fn native(text: &'static str, check: Check) -> Entry {
        Entry { text, check }
    }

    /// A rule that is decided by the schema on its card.
    pub(crate) const fn declared(text: &'static str) -> Entry {
        Entry { text, check: Check::Declared }
    }

    /// Its name, `<family>/<name>`: the first line of its card.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Its card, parsed when it is first asked for. A test parses every card, so that an error is never seen in a
    /// build that passed them.
    pub fn card(&self) -> Result<&Card, &CardError> {
        self.card.get_or_init(|| Card::parse(self.text)).as_ref()
    }

    /// The text of its card.
    pub fn text(&self) -> &'static str {
        self.text
    }
}

/// Every rule, family by family.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    static ALL: OnceLock<Vec<Rule>> = OnceLock::new();
    let families = [
        super::compose::RULES,
        super::helm::RULES,
        super::kubernetes::RULES,
        super::pulumi::RULES,
        super::promotion::RULES,
        super::tenancy::RULES,
        super::cost::RULES,
        super::plimsoll::RULES,
    ];
    let rule = |entry: &Entry| {
        let line = entry.text.strip_prefix("---\nid: ").and_then(|rest| rest.lines().next());
        let id = line.unwrap_or_default().trim();
        Rule { id, text: entry.text, check: entry.check, card: OnceLock::new() }
    };
    ALL.get_or_init(|| families.into_iter().flatten().map(rule).collect()).iter()
}

/// The rule of that name.
pub fn find(id: &str) -> Option<&'static Rule> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static Rule>> = OnceLock::new();
    BY_NAME.get_or_init(|| all().map(|rule| (rule.id(), rule)).collect()).get(id).copied()
}
