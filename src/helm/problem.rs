//! What stops a chart from being loaded or rendered, in Helm's words, with the place.

use crate::diagnostic::Finding;
use crate::diagnostic::Label;
use crate::source::Span;

/// The step that failed. Ordered as a render goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemCode {
    /// The command or the release asks for something that cannot be: a bad release name, an unreadable `--set`.
    Use,
    /// A values file or `--set` argument cannot be read.
    Values,
    /// The chart's files cannot be read as a chart.
    Chart,
    /// `Chart.yaml` lacks a field, or one has a wrong type or value.
    Metadata,
    /// A declared dependency is not in `charts/`.
    MissingDependency,
    /// Chart and subchart values do not fit together.
    Coalesce,
    /// The values break `values.schema.json`.
    Schema,
    /// A schema refers to one that is not in the chart: Helm would fetch it.
    SchemaElsewhere,
    /// The chart wants another Kubernetes version.
    KubeVersion,
    /// A template cannot be parsed.
    Parse,
    /// A template fails when it runs.
    Execution,
    /// `required` or `fail` stopped the render: the chart's author asks for a value.
    Refused,
    /// A rendered manifest is not YAML, or not an object.
    Manifest,
}

/// One problem of a chart or release. [`Problem::message`] is what Helm says after `Error: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// The step that failed.
    pub code: ProblemCode,
    /// What is wrong, in Helm's words.
    pub message: String,
    /// What is wrong, in our own words; where there are none, the message serves.
    pub explanation: Option<String>,
    /// Where, if there is one place.
    pub place: Option<Span>,
    /// Other places that explain it: the include that led there, the values line that lacks a key.
    pub related: Vec<Label>,
    /// What to do about it, as an imperative.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with Helm's message.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            explanation: None,
            place: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, place: impl Into<Option<Span>>) -> Self {
        self.place = self.place.or(place.into());
        self
    }

    /// Adds another place that explains it.
    #[must_use]
    pub fn related(mut self, place: Span, text: impl Into<String>) -> Self {
        self.related.push(Label::new(place, text));
        self
    }

    /// Says it in our own words.
    #[must_use]
    pub fn explain(mut self, text: impl Into<String>) -> Self {
        self.explanation = Some(text.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Puts words in front of the message, as Helm does on the way up.
    #[must_use]
    pub fn within(mut self, prefix: &str) -> Self {
        self.message = format!("{prefix}: {}", self.message);
        self
    }

    /// The problem as a finding about `subject`; at `fallback` where it has no place of its own.
    pub fn finding(&self, fallback: Span, subject: impl Into<String>) -> Finding {
        let message = self.explanation.as_ref().unwrap_or(&self.message);
        let mut finding = Finding::new(message.clone(), self.place.unwrap_or(fallback), subject);
        finding.related.clone_from(&self.related);
        finding.help.clone_from(&self.help);
        finding
    }
}
