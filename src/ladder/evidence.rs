//! What was recorded as tested: `.plimsoll/evidence.yaml`, one line for each image and suite.

use std::path::Path;

use crate::diagnostic::Finding;
use crate::ladder::workload::Attribute;
use crate::ladder::workload::Image;
use crate::source::Known;
use crate::source::ReadError;
use crate::source::SourceMap;
use crate::source::Span;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// Where it is recorded, from the root of the repository.
pub const EVIDENCE_FILE: &str = ".plimsoll/evidence.yaml";

/// The keys of an entry.
const KEYS: [&str; 5] = ["environment", "image", "suite", "tests", "commit"];

/// An image that passed a suite of tests in an environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recorded {
    /// The environment.
    pub environment: String,
    /// The image as it was run: `ghcr.io/team/app:1.4.2`, or with a digest.
    pub image: String,
    /// The name of the tests.
    pub suite: String,
    /// How many of them passed.
    pub tests: u64,
    /// The commit that was tested: 40 hexadecimal digits.
    pub commit: String,
}

/// Everything that was recorded.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The entries, in the order of the file.
    pub entries: Vec<Recorded>,
    /// What is wrong with the file.
    pub findings: Vec<Finding>,
}

impl Evidence {
    /// Reads what was recorded. Without a file nothing was.
    pub fn load(sources: &SourceMap) -> Self {
        let source = match sources.read(Path::new(EVIDENCE_FILE)) {
            Ok(source) => source,
            Err(ReadError::Missing | ReadError::OutsideRoot) => return Self::default(),
            Err(error) => {
                let message = format!("`{EVIDENCE_FILE}` cannot be read: {error}");
                let source = sources.add(EVIDENCE_FILE, "");
                return Self {
                    entries: Vec::new(),
                    findings: vec![Finding::new(message, source.whole(), "")],
                };
            }
        };
        let tree = Tree::parse(&source, Dialect::Strict);
        let mut evidence = Self::default();
        for problem in tree.problems() {
            evidence.findings.push(Finding::new(problem.message.clone(), problem.span, ""));
        }
        let Some(root) = tree.root().filter(|root| !root.is_null()) else { return evidence };
        if !root.is_sequence() {
            evidence.say("what was tested is a list of entries", root.span());
            return evidence;
        }
        for item in root.items() {
            if let Some(entry) = evidence.entry(item) {
                evidence.entries.push(entry);
            }
        }
        evidence
    }

    fn say(&mut self, message: &str, span: Span) {
        let finding = Finding::new(message, span, "evidence");
        self.findings.push(finding.help("write entries with `plimsoll evidence add`"));
    }

    fn entry(&mut self, item: NodeRef<'_>) -> Option<Recorded> {
        for entry in item.entries() {
            let key = entry.key.text();
            if !KEYS.contains(&&*key) {
                self.say(&format!("an entry has no `{key}`; it has {}", KEYS.join(", ")), entry.key.span());
            }
        }
        let text = |key: &str| item.get(key).and_then(NodeRef::as_str).map(std::borrow::Cow::into_owned);
        let tests = item.get("tests").and_then(NodeRef::as_i64).and_then(|tests| u64::try_from(tests).ok());
        let entry = (|| {
            Some(Recorded {
                environment: text("environment")?,
                image: text("image")?,
                suite: text("suite")?,
                tests: tests.filter(|tests| *tests > 0)?,
                commit: text("commit")?,
            })
        })();
        if entry.is_none() {
            let message = format!("an entry needs {}: texts, and `tests` a number above 0", KEYS.join(", "));
            self.say(&message, item.span());
        }
        entry
    }

    /// True where an image passed its tests in one of these environments.
    pub fn passed<'n>(&self, environments: impl Iterator<Item = &'n str>, image: &Image) -> bool {
        let environments: Vec<&str> = environments.collect();
        let mut there =
            self.entries.iter().filter(|entry| environments.contains(&entry.environment.as_str()));
        there.any(|entry| same(&reference(&entry.image), image))
    }
}

/// An image reference taken apart.
fn reference(text: &str) -> Image {
    let span = Span { source: crate::source::SourceId(u32::MAX), start: 0, end: 0 };
    Image::known(Attribute { value: Known::Known(text.to_owned()), span, behind: Vec::new() })
}

/// True for the same digest, or for the same version of the same repository, whatever the registry.
fn same(one: &Image, other: &Image) -> bool {
    if let (Some(one), Some(other)) = (&one.digest, &other.digest) {
        return one == other;
    }
    let tag = |image: &Image| image.tag.known().cloned().flatten();
    let repository = one.repository().is_some() && one.repository() == other.repository();
    repository && tag(one).is_some() && tag(one) == tag(other)
}
