//! What is wrong with a project, said at the exact place.

use crate::diagnostic::Finding;
use crate::diagnostic::Label;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::Severity;
use crate::diagnostic::What;
use crate::source::Span;

/// What kind of mistake a [`Problem`] is. Each is one rule for those who read the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A file cannot be read, or is empty.
    File,
    /// A file is not YAML as Compose reads it.
    Syntax,
    /// The same key stands twice in one mapping.
    DuplicateKey,
    /// A `${…}` that cannot be read.
    Interpolation,
    /// A `${X:?}` whose variable is not set.
    RequiredVariable,
    /// A variable that is not set and has no default.
    UnsetVariable,
    /// An attribute that Compose does not know.
    UnknownKey,
    /// A value of a type or form that the attribute does not take.
    WrongValue,
    /// An attribute that must be there and is not.
    MissingKey,
    /// An override, an `extends` base or an included file that cannot be merged.
    Merge,
    /// An `extends` that leads nowhere, or in a circle.
    Extends,
    /// An `include` that leads nowhere, or in a circle.
    Include,
    /// An `.env` file, `env_file` or `label_file` that is missing.
    EnvFile,
    /// An `.env` file, `env_file` or `label_file` with a line that cannot be read.
    BrokenEnvFile,
    /// A reference to a network, volume, secret, config, model or service that is not declared.
    Undefined,
    /// Services that wait for each other.
    Cycle,
    /// Attributes that exclude each other, or say different things.
    Conflict,
    /// A service with neither image nor build.
    NoImage,
    /// A project name that Compose does not take.
    ProjectName,
    /// A service, job or profile asked for that does not exist.
    Selection,
    /// Something that works, and is on its way out or does not do what it seems to.
    Deprecated,
    /// A reference that is read over the network.
    Remote,
    /// Part of a command line that Compose throws away.
    TruncatedCommand,
    /// A volume in short form that is not the volume it looks like.
    MisreadVolume,
    /// A key that Compose takes for an extension.
    MisreadKey,
    /// Something that Compose reads past.
    IgnoredSetting,
    /// An entry of a list that a later one of the same list replaces.
    DuplicateEntry,
    /// Arguments that an override loses.
    LostArguments,
    /// An entry that an override adds to a list, where it reads as if it replaced one.
    AppendedList,
    /// A condition of `depends_on` that an override sets back.
    LostCondition,
    /// A `!reset` that does not do what it seems to.
    MisusedReset,
}

impl Code {
    /// Its name in kebab case: `unknown-key`.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Syntax => "syntax",
            Self::DuplicateKey => "duplicate-key",
            Self::Interpolation => "interpolation",
            Self::RequiredVariable => "required-variable",
            Self::UnsetVariable => "unset-variable",
            Self::UnknownKey => "unknown-key",
            Self::WrongValue => "wrong-value",
            Self::MissingKey => "missing-key",
            Self::Merge => "merge",
            Self::Extends => "extends",
            Self::Include => "include",
            Self::EnvFile => "env-file",
            Self::BrokenEnvFile => "broken-env-file",
            Self::Undefined => "undefined-reference",
            Self::Cycle => "dependency-cycle",
            Self::Conflict => "conflict",
            Self::NoImage => "no-image",
            Self::ProjectName => "project-name",
            Self::Selection => "selection",
            Self::Deprecated => "deprecated",
            Self::Remote => "remote",
            Self::TruncatedCommand => "truncated-command",
            Self::MisreadVolume => "misread-volume",
            Self::MisreadKey => "misread-key",
            Self::IgnoredSetting => "ignored-setting",
            Self::DuplicateEntry => "duplicate-entry",
            Self::LostArguments => "lost-arguments",
            Self::AppendedList => "appended-list",
            Self::LostCondition => "lost-condition",
            Self::MisusedReset => "misused-reset",
        }
    }
}

/// One mistake in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a problem that is not collected is lost"]
pub struct Problem {
    /// What kind of mistake it is.
    pub code: Code,
    /// `Error` where Docker Compose refuses the project, `Warning` where it goes on.
    pub severity: Severity,
    /// Where it is; `None` where no file can be blamed (no file was found at all).
    pub span: Option<Span>,
    /// The attribute: `services.api.ports`. Empty for the whole file.
    pub path: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What is to be seen at the place; may be empty.
    pub label: String,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// What to do about it, as an imperative.
    pub help: Option<String>,
    /// What would put it right, where that is known.
    pub remedy: Option<Remedy>,
}

impl Problem {
    /// An error at a place.
    pub fn new(code: Code, span: Span, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            span: Some(span),
            path: path.into(),
            message: message.into(),
            label: String::new(),
            related: Vec::new(),
            help: None,
            remedy: None,
        }
    }

    /// An error that stands in no file.
    pub fn nowhere(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            span: None,
            path: String::new(),
            message: message.into(),
            label: String::new(),
            related: Vec::new(),
            help: None,
            remedy: None,
        }
    }

    /// Makes it a warning.
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Says what is to be seen at the place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
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

    /// Says what would put it right, where it stands.
    pub fn remedy(mut self, title: impl Into<String>, safety: Safety, what: What) -> Self {
        self.remedy = self.span.map(|span| Remedy::new(title, safety, span, what));
        self
    }

    /// The finding a rule makes of it; `None` where it has no place.
    pub fn finding(&self) -> Option<Finding> {
        let mut finding = Finding::new(self.message.clone(), self.span?, self.path.clone());
        finding.primary.text.clone_from(&self.label);
        finding.related.clone_from(&self.related);
        finding.help.clone_from(&self.help);
        finding.remedy = self.remedy.clone().map(Ok);
        Some(finding)
    }
}
