//! What everyone may say about a source, and how serious it is.
//!
//! A rule makes a [`Finding`]; only `check` makes a [`Diagnostic`] of it.

mod nearest;

use crate::source::SourceId;
use crate::source::Span;

pub use nearest::nearest;

/// How much a diagnostic matters. Ordered: `Info < Warning < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Likely to go wrong, or bad practice.
    Warning,
    /// Will go wrong in production.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place with a few words on what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: String,
}

impl Label {
    /// A label.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// One replacement in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Whether a fix may be applied unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// May change what runs in a way its author did not mean: applied only when asked for by name.
    Unsafe,
    /// Does what the finding asks for and nothing else.
    Safe,
}

/// Edits that remove a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative: "quote the port".
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// The edits, applied together or not at all.
    pub edits: Vec<Edit>,
}

/// What would remove a finding, as its rule sees it: changes to the model. `check` makes a [`Fix`] of it where each can
/// be made in the text that decided the value without changing anything else, and says why not where it cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What it does, as an imperative: "quote the port".
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// The changes, made together or not at all.
    pub changes: Vec<Change>,
    /// How many deployments ask for it.
    pub times: usize,
}

/// One change of a [`Remedy`]: what, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key or the value that is meant, in a file or in rendered text.
    pub at: Span,
    /// What becomes of it.
    pub what: What,
    /// Where higher layers could say it instead, should the place belong to others, too; `None` where none could.
    pub above: Option<Vec<Above>>,
}

/// A file in which a path of keys can be set, over what lower layers say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Above {
    /// The file.
    pub source: SourceId,
    /// The keys from the root of the file.
    pub keys: Vec<String>,
    /// YAML on one line.
    pub value: String,
}

/// What becomes of a key or value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The entry or item goes. So do up to `emptied` collections around it that would be left with nothing.
    Remove {
        /// How many collections may go with it.
        emptied: usize,
    },
    /// The scalar becomes another: a text that gets quotes where it needs them.
    Replace(String),
    /// The scalar gets text in front.
    Prefix(String),
    /// The part of a scalar becomes another: letters that mean nothing to YAML.
    Part(String),
    /// The plain scalar gets quotes, and is a text from then on.
    Quote,
    /// The key gets another name.
    Rename(String),
    /// These bytes become others, in a text that is no YAML.
    Text(String),
    /// The mapping gets an entry, as its last resort a replaced one: the value is written as it is, on one line.
    Set {
        /// The key.
        key: String,
        /// YAML on one line.
        value: String,
    },
    /// The list gets one more item: YAML on one line.
    Append(String),
}

impl Remedy {
    /// A remedy of one change.
    pub fn new(title: impl Into<String>, safety: Safety, at: Span, what: What) -> Self {
        Self { title: title.into(), safety, changes: vec![Change { at, what, above: None }], times: 1 }
    }
}

/// What a rule found: always with exactly one primary place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a finding that is not reported is lost"]
pub struct Finding {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where it is wrong.
    pub primary: Label,
    /// Other places that explain it, in any file.
    pub related: Vec<Label>,
    /// What to do about it, as an imperative.
    pub help: Option<String>,
    /// What would remove it, where the rule knows; or why that is not offered.
    pub remedy: Option<Result<Remedy, String>>,
    /// Edits that would remove it.
    pub fix: Option<Fix>,
    /// What it is about, as a path that survives line moves: `services.api.ports`. Feeds the fingerprint.
    pub subject: String,
    /// The key that is missing at the primary place, where that is what is wrong.
    pub lacks: Option<&'static str>,
    /// The environments it holds in. Empty: wherever the file is used, or nowhere in particular.
    pub environments: Vec<String>,
}

impl Finding {
    /// A finding about `subject` (a path such as `services.api.image`) at a place.
    pub fn new(message: impl Into<String>, at: Span, subject: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            primary: Label::new(at, ""),
            related: Vec::new(),
            help: None,
            remedy: None,
            fix: None,
            subject: subject.into(),
            lacks: None,
            environments: Vec::new(),
        }
    }

    /// Says what is to be seen at the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Says which key is missing at the primary place.
    pub fn lacks(mut self, key: &'static str) -> Self {
        self.lacks = Some(key);
        self
    }

    /// Adds another place that explains it.
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label::new(span, text));
        self
    }

    /// Says what to do about it.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Offers edits that remove it.
    pub fn fix(mut self, title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), safety, edits });
        self
    }

    /// Says what would remove it, or why that is not offered: a phrase that fits after "not fixed: ".
    pub fn remedy(mut self, remedy: Result<Remedy, String>) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// Why no fix is offered although the rule knows one: a phrase that fits after "not fixed: ".
    pub fn unfixed(&self) -> Option<&str> {
        match &self.remedy {
            Some(Err(reason)) if self.fix.is_none() => Some(reason),
            _ => None,
        }
    }

    /// Says which environment it holds in.
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        if !self.environments.contains(&name) {
            self.environments.push(name);
        }
        self
    }
}

/// A finding as it is shown: with its rule, severity and fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule, `<family>/<name>`.
    pub rule: String,
    /// How serious it is here.
    pub severity: Severity,
    /// What was found.
    pub finding: Finding,
    /// Names this diagnostic over line moves and rewording.
    pub fingerprint: String,
}

/// Something that could not be checked, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unchecked {
    /// What was not seen: a file, a folder, a release.
    pub what: String,
    /// Why, and how to supply it.
    pub reason: String,
    /// The place that asks for it, if there is one.
    pub span: Option<Span>,
}
