//! What a run means for each environment: whether it may sail.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::report::counted;

/// Whether what is in the repository may be deployed to an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sails {
    /// Everything was seen, and nothing serious was found.
    May,
    /// Something serious was found.
    MayNot,
    /// Nothing serious was found in what was seen, and that is not all.
    Unknown,
}

impl Sails {
    /// The verdict in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::May => "may sail",
            Self::MayNot => "may not sail",
            Self::Unknown => "unknown",
        }
    }
}

/// What was looked at in an environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Looked {
    /// Compose projects.
    pub projects: usize,
    /// Helm releases.
    pub releases: usize,
    /// Pulumi stacks.
    pub stacks: usize,
    /// Everything that runs in the projects and releases.
    pub workloads: usize,
}

impl Looked {
    /// "1 Compose project, 17 workloads"
    pub(super) fn words(self) -> String {
        let parts = [
            (self.projects, "Compose project", "Compose projects"),
            (self.releases, "release", "releases"),
            (self.stacks, "stack", "stacks"),
            (self.workloads, "workload", "workloads"),
        ];
        let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, one, many)| counted(count, one, many)).collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }
}

/// What a run means for one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The name of the environment.
    pub environment: String,
    /// Whether it may be deployed to.
    pub sails: Sails,
    /// How many errors hold in it.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// How many notes of information.
    pub infos: usize,
    /// What was looked at.
    pub looked: Looked,
    /// What it runs or is made of, and could not be looked at.
    pub unseen: Vec<String>,
}

impl Verdict {
    /// The verdicts on the environments of a ladder, first rung first: on those of these names, or on all where there are
    /// none. What is as serious as `fail_on` holds an environment back.
    pub fn all(
        ladder: &Ladder,
        diagnostics: &[Diagnostic],
        fail_on: Severity,
        environments: &[String],
    ) -> Vec<Self> {
        let asked = |one: &&Environment| environments.is_empty() || environments.contains(&one.name);
        let verdict = |environment: &Environment| Self::of(environment, diagnostics, fail_on);
        ladder.environments.iter().filter(asked).map(verdict).collect()
    }

    fn of(environment: &Environment, diagnostics: &[Diagnostic], fail_on: Severity) -> Self {
        let here = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.finding.environments.contains(&environment.name));
        let count = |severity: Severity| here.clone().filter(|found| found.severity == severity).count();
        let mut unseen = Vec::new();
        for project in environment.projects.iter().filter(|project| project.model().is_none()) {
            let files: Vec<String> =
                project.deployment.files.iter().map(|file| format!("`{}`", file.display())).collect();
            unseen.push(files.join(" + "));
        }
        for release in environment.releases.iter().filter(|release| release.manifests().is_none()) {
            let why = if release.rendered.is_some() { "does not render" } else { "has no chart here" };
            unseen.push(format!("the release `{}`, which {why}", release.name()));
        }
        let runs = !environment.projects.is_empty() || !environment.releases.is_empty();
        let seen = runs && unseen.is_empty();
        for stack in environment.stacks.iter().filter(|stack| stack.loaded.is_none()) {
            unseen.push(format!("the Pulumi project `{}`", stack.deployment.project.display()));
        }
        let held = here.clone().any(|found| found.severity >= fail_on);
        Self {
            environment: environment.name.clone(),
            sails: match (held, seen) {
                (true, _) => Sails::MayNot,
                (false, true) => Sails::May,
                (false, false) => Sails::Unknown,
            },
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            looked: Looked {
                projects: environment.projects.iter().filter(|project| project.model().is_some()).count(),
                releases: environment.releases.iter().filter(|one| one.manifests().is_some()).count(),
                stacks: environment.stacks.iter().filter(|stack| stack.loaded.is_some()).count(),
                workloads: environment.workloads.len(),
            },
            unseen,
        }
    }

    /// What stands behind the verdict: "6 errors, 20 warnings".
    pub(super) fn reason(&self) -> String {
        let found = [
            (self.errors, "error", "errors"),
            (self.warnings, "warning", "warnings"),
            (self.infos, "info", "info"),
        ];
        let found = found.into_iter().filter(|(count, ..)| *count > 0);
        let found: Vec<String> = found.map(|(count, one, many)| counted(count, one, many)).collect();
        let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
        match self.sails {
            Sails::Unknown if self.looked.workloads == 0 && self.unseen.is_empty() => {
                "nothing is known to run there".to_owned()
            }
            Sails::Unknown => format!("{found} in the part that was seen"),
            Sails::May | Sails::MayNot => found,
        }
    }
}
