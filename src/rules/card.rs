//! Rule cards: the Markdown file that documents a rule, holds its examples, and, for simple rules, the check itself.

use std::collections::BTreeMap;

use crate::config::Stage;
use crate::diagnostic::Safety;
use crate::diagnostic::Severity;
use crate::rules::schema::Schema;
use crate::source::Files;
use crate::source::SourceMap;
use crate::yaml::Dialect;
use crate::yaml::Tree;

/// One rule's card, parsed.
#[derive(Debug, Clone)]
pub struct Card {
    /// `<family>/<name>`.
    pub id: String,
    /// What is wrong, in a few words.
    pub summary: String,
    /// How serious it is on each stage.
    pub severity: Severities,
    /// What one call of the check looks at.
    pub subject: SubjectKind,
    /// How it is decided.
    pub check: CardCheck,
    /// Whether it offers fixes.
    pub fixable: Fixable,
    /// Options and what they do.
    pub options: BTreeMap<String, String>,
    /// The text below the front matter.
    pub body: &'static str,
}

/// How a card decides.
#[derive(Debug, Clone)]
pub enum CardCheck {
    /// By a Rust function of the same name.
    Native,
    /// By a JSON Schema fragment over the subject.
    Declared(Box<Declared>),
}

/// A check written as a JSON Schema.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The schema.
    pub schema: Schema,
    /// True where fitting the schema is the mistake (`deny:`), false where not fitting it is (`require:`).
    pub deny: bool,
    /// The path of a list or mapping in the subject: the schema is held against each of its items. Empty: against the
    /// subject as a whole.
    pub each: String,
    /// The path in the subject (or item) that a finding points at; where it is absent, the subject (or item) itself.
    pub at: String,
    /// What is wrong; `{name}` is the name of the subject, `{value}` the text at [`Declared::at`].
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What removes the finding.
    pub fix: Option<DeclaredFix>,
}

/// What removes a finding of a declared check, written under `fix:`.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredFix {
    /// The change.
    pub change: DeclaredChange,
    /// Whether it may be applied unseen.
    pub safety: Safety,
}

/// One change of the subject (with `each:`, of the item that was found).
#[derive(Debug, Clone, PartialEq)]
pub enum DeclaredChange {
    /// What stands at the path goes; `.` is the item itself.
    Remove(String),
    /// What stands at the path becomes that value, or is added.
    Set(String, serde_json::Value),
}

/// What one call of a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A service of a Compose project.
    Service,
    /// A Compose project.
    Project,
    /// A Helm chart.
    Chart,
    /// A Helm release.
    Release,
    /// A Kubernetes object.
    Object,
    /// A Pulumi stack or project.
    Stack,
    /// One environment of the ladder.
    Environment,
    /// The whole ladder.
    Ladder,
}

/// How serious a rule is on each stage; `None` where it is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Severities {
    /// On a laptop.
    pub local: Option<Severity>,
    /// Where things are tested together.
    pub integration: Option<Severity>,
    /// In front of customers.
    pub production: Option<Severity>,
}

impl Severities {
    /// The same on every stage.
    pub fn all(severity: Option<Severity>) -> Self {
        Self { local: severity, integration: severity, production: severity }
    }

    /// On one stage.
    pub fn of(self, stage: Stage) -> Option<Severity> {
        match stage {
            Stage::Local => self.local,
            Stage::Integration => self.integration,
            Stage::Production => self.production,
        }
    }

    /// The highest of the three.
    pub fn highest(self) -> Option<Severity> {
        self.local.max(self.integration).max(self.production)
    }
}

/// A small project on a card.
#[derive(Debug, Clone)]
pub struct Example {
    /// True for an example that is silent under all rules.
    pub good: bool,
    /// Paths and texts, without the marks.
    pub files: Vec<(String, String)>,
    /// Files as they were in earlier commits: how many commits ago, path and text. Named as git does: `HEAD~1:path`.
    pub history: Vec<(usize, String, String)>,
    /// The marked lines: path, line from 1, rule.
    pub marks: Vec<(String, usize, String)>,
}

/// What is wrong with a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// There is no front matter between `---` lines at the top.
    #[error("a card begins with front matter between two lines of `---`")]
    NoFrontMatter,
    /// The front matter does not say what it must.
    #[error("{0}")]
    FrontMatter(String),
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FrontMatter {
    id: String,
    summary: String,
    severity: SeverityText,
    subject: SubjectKind,
    check: Option<String>,
    deny: Option<Schema>,
    require: Option<Schema>,
    each: Option<String>,
    at: Option<String>,
    message: Option<String>,
    help: Option<String>,
    fix: Option<FixText>,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

/// `fix: {remove: privileged, safety: unsafe}` or `fix: {set: {restart: unless-stopped}, safety: unsafe}`; of a native
/// check only `fix: safe`, `fix: unsafe`, or `fix: mixed`.
#[derive(Clone, serde::Deserialize)]
#[serde(untagged)]
enum FixText {
    Native(String),
    Declared(FixFields),
}

#[derive(Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FixFields {
    remove: Option<String>,
    set: Option<BTreeMap<String, serde_json::Value>>,
    safety: String,
}

/// Whether a rule offers fixes, and how far they can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixable {
    /// It offers none.
    No,
    /// All its fixes are safe.
    Safe,
    /// All its fixes have to be asked for with `--unsafe`.
    Unsafe,
    /// Some are safe, others have to be asked for.
    Mixed,
}

impl Fixable {
    /// Which flags apply its fixes, as `rules` and `explain` say it; empty where there are none.
    pub fn flags(self) -> &'static str {
        match self {
            Self::No => "",
            Self::Safe => "--fix",
            Self::Unsafe => "--fix --unsafe",
            Self::Mixed => "--fix, some only with --unsafe",
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum SeverityText {
    All(String),
    Stages { local: String, integration: String, production: String },
}

impl Card {
    /// Reads a card.
    pub fn parse(text: &'static str) -> Result<Self, CardError> {
        let rest = text.strip_prefix("---\n").ok_or(CardError::NoFrontMatter)?;
        let (front, body) = rest.split_once("\n---\n").ok_or(CardError::NoFrontMatter)?;
        let wrong = |message: &str| CardError::FrontMatter(message.to_owned());
        let sources = SourceMap::new(Files::memory::<&str, &str>([]));
        let source = sources.add("card", front);
        let tree = Tree::parse(&source, Dialect::Strict);
        if let Some(problem) = tree.problems().first() {
            return Err(wrong(&problem.message));
        }
        let root = tree.root().ok_or(CardError::NoFrontMatter)?;
        let front: FrontMatter = root.deserialize().map_err(|error| wrong(&error.to_string()))?;
        let (fixable, declared_fix) = fix(front.fix.clone())?;
        let declared = |schema, deny| {
            let message = front.message.clone().ok_or_else(|| wrong("a declared check has a `message:`"))?;
            let (each, at) = (front.each.clone().unwrap_or_default(), front.at.clone().unwrap_or_default());
            Ok(CardCheck::Declared(Box::new(Declared {
                schema,
                deny,
                each,
                at,
                message,
                help: front.help.clone(),
                fix: declared_fix.clone(),
            })))
        };
        let check = match (front.check.as_deref(), front.deny, front.require) {
            (Some("native"), None, None) => CardCheck::Native,
            (None, Some(schema), None) => declared(schema, true)?,
            (None, None, Some(schema)) => declared(schema, false)?,
            _ => return Err(wrong("a card says one of `check: native`, `deny:` and `require:`")),
        };
        let severity = match front.severity {
            SeverityText::All(all) => Severities::all(severity(&all)?),
            SeverityText::Stages { local, integration, production } => Severities {
                local: severity(&local)?,
                integration: severity(&integration)?,
                production: severity(&production)?,
            },
        };
        Ok(Self {
            id: front.id,
            summary: front.summary,
            severity,
            subject: front.subject,
            check,
            fixable,
            options: front.options,
            body: body.trim_start(),
        })
    }

    /// Examples that must be found, and must not be.
    pub fn examples(&self) -> Vec<Example> {
        examples(self.body, &["Bad", "Good"])
    }

    /// What the fix makes of the bad examples, in their order; may be fewer.
    pub fn fixed(&self) -> Vec<Example> {
        examples(self.body, &["Fixed"])
    }

    /// `compose` of `compose/privileged`.
    pub fn family(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// What `fix:` says: how far its fixes can be trusted, and what a declared check changes.
fn fix(text: Option<FixText>) -> Result<(Fixable, Option<DeclaredFix>), CardError> {
    let wrong = |message: &str| Err(CardError::FrontMatter(message.to_owned()));
    let safety = |word: &str| match word {
        "safe" => Ok(Safety::Safe),
        "unsafe" => Ok(Safety::Unsafe),
        _ => Err(CardError::FrontMatter("the `safety` of a fix is `safe` or `unsafe`".to_owned())),
    };
    match text {
        None => Ok((Fixable::No, None)),
        Some(FixText::Native(word)) => match word.as_str() {
            "safe" => Ok((Fixable::Safe, None)),
            "unsafe" => Ok((Fixable::Unsafe, None)),
            "mixed" => Ok((Fixable::Mixed, None)),
            _ => wrong("the `fix` of a native check is `safe`, `unsafe` or `mixed`"),
        },
        Some(FixText::Declared(FixFields { remove, set, safety: word })) => {
            let safety = safety(&word)?;
            let set = set.into_iter().flatten().collect::<Vec<_>>();
            let change = match (remove, set.as_slice()) {
                (Some(path), []) => DeclaredChange::Remove(path),
                (None, [(path, value)]) => DeclaredChange::Set(path.clone(), value.clone()),
                _ => return wrong("a `fix` says one of `remove: PATH` and `set: {PATH: VALUE}`"),
            };
            let fixable = if safety == Safety::Safe { Fixable::Safe } else { Fixable::Unsafe };
            Ok((fixable, Some(DeclaredFix { change, safety })))
        }
    }
}

fn severity(text: &str) -> Result<Option<Severity>, CardError> {
    match text {
        "off" => Ok(None),
        "info" => Ok(Some(Severity::Info)),
        "warning" => Ok(Some(Severity::Warning)),
        "error" => Ok(Some(Severity::Error)),
        other => Err(CardError::FrontMatter(format!(
            "`{other}` is no severity; say `error`, `warning`, `info` or `off`"
        ))),
    }
}

/// The examples below `##` headings of these names. A line with only a `` `path` `` names the block after it; a second
/// block of the same path, or a `###` heading, begins another example. `` `HEAD~1:path` `` is a file as it was one
/// commit before.
fn examples(body: &str, headings: &[&str]) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut good = None;
    let mut fresh = true;
    let mut path: Option<String> = None;
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            let heading = heading.trim();
            good = headings.contains(&heading).then_some(heading != "Bad");
            fresh = true;
        } else if line.starts_with("### ") {
            fresh = true;
        } else if let Some(name) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
            path = Some(name.to_owned());
        } else if line.starts_with("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            let (Some(good), Some(path)) = (good, path.take()) else { continue };
            let again = found.last().is_some_and(|last| last.files.iter().any(|(name, _)| *name == path));
            if fresh || again {
                found.push(Example { good, files: Vec::new(), history: Vec::new(), marks: Vec::new() });
                fresh = false;
            }
            if let Some(example) = found.last_mut() {
                example.add(path, &block);
            }
        }
    }
    found
}

impl Example {
    fn add(&mut self, path: String, lines: &[&str]) {
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            let (code, marks) = unmarked(line);
            self.marks.extend(marks.into_iter().map(|rule| (path.clone(), index + 1, rule)));
            text.push_str(code);
            text.push('\n');
        }
        let earlier = path.strip_prefix("HEAD~").and_then(|rest| rest.split_once(':'));
        match earlier.and_then(|(ago, path)| Some((ago.parse().ok()?, path.to_owned()))) {
            Some((ago, path)) => self.history.push((ago, path, text)),
            None => self.files.push((path, text)),
        }
    }
}

/// A line without its marks, and the rules it is marked with: `privileged: true #~ compose/privileged`.
pub fn unmarked(line: &str) -> (&str, Vec<String>) {
    let Some((code, marks)) = line.split_once("#~ ").or_else(|| line.split_once("//~ ")) else {
        return (line, Vec::new());
    };
    let rules = marks.split([',', ' ']).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
    (code.trim_end(), rules)
}
