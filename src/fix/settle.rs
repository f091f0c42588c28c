//! Rounds of fixing and checking again, until nothing is left to fix.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Fix;
use crate::diagnostic::Safety;
use crate::fix::Round;
use crate::fix::apply;
use crate::source::Files;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::SourceMap;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::ProblemCode;
use crate::yaml::Tree;

/// More rounds than this are not made: fixes that go on longer undo each other.
const MOST_ROUNDS: usize = 16;

/// A file that fixes have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path, relative to the root.
    pub path: String,
    /// The text as it was read.
    pub before: Arc<str>,
    /// The text with all fixes.
    pub after: Arc<str>,
}

/// What is to be written, and what is left.
#[derive(Debug)]
pub struct Settled {
    /// The files that change, by path.
    pub changes: Vec<Change>,
    /// How many fixes were applied, by rule.
    pub applied: BTreeMap<String, usize>,
    /// The diagnostics that are left when all changes are made.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that these point into.
    pub sources: SourceMap,
    /// The texts as they were before the first fix; `None` where nothing was fixed.
    pub original: Option<SourceMap>,
    /// False where fixes never came to an end: two rules want the opposite. The changes are whole all the same.
    pub is_settled: bool,
}

/// Fixes and checks again until nothing is left to fix.
///
/// `check` looks at files, changed ones laid over those on disk, and gives its diagnostics and the texts they point
/// into. A fix that would break a YAML file that could be read before is not applied, and none is applied more often
/// than its finding was there.
pub fn settle(
    files: &Files,
    allowed: Safety,
    mut check: impl FnMut(&Files) -> (SourceMap, Vec<Diagnostic>),
) -> Settled {
    let mut files = files.clone();
    let mut trust = Trust::default();
    let mut applied: BTreeMap<String, usize> = BTreeMap::new();
    let mut changes: BTreeMap<String, Change> = BTreeMap::new();
    let (mut sources, mut diagnostics) = check(&files);
    let mut original = None;
    let mut is_settled = false;
    for _ in 0..MOST_ROUNDS {
        trust.see(&diagnostics);
        let candidates: Vec<&Diagnostic> = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.finding.fix.is_some() && trust.has(diagnostic))
            .collect();
        // A comment to plimsoll that is put right may say that another finding is to be left alone.
        let own = |one: &&Diagnostic| one.rule.starts_with("plimsoll/");
        let own: Vec<&Diagnostic> = candidates.iter().copied().filter(own).collect();
        let (chosen, round) = match sound_round(own, allowed, &sources, &mut trust) {
            (_, round) if round.applied.is_empty() => sound_round(candidates, allowed, &sources, &mut trust),
            first => first,
        };
        if round.applied.is_empty() {
            is_settled = true;
            break;
        }
        for diagnostic in round.applied.iter().filter_map(|index| chosen.get(*index)) {
            *applied.entry(diagnostic.rule.clone()).or_default() += 1;
            trust.spend(diagnostic);
        }
        for (id, after) in round.texts {
            let Some(source) = sources.get(id) else { continue };
            files.lay_over(Path::new(&source.path), after.as_bytes().to_vec());
            let after: Arc<str> = after.into();
            changes
                .entry(source.path.clone())
                .and_modify(|change| change.after = Arc::clone(&after))
                .or_insert_with(|| Change {
                    path: source.path.clone(),
                    before: Arc::clone(&source.text),
                    after,
                });
        }
        let (next, found) = check(&files);
        let last = std::mem::replace(&mut sources, next);
        original.get_or_insert(last);
        diagnostics = found;
    }
    let changes = changes.into_values().filter(|change| change.before != change.after).collect();
    Settled { changes, applied, diagnostics, sources, original, is_settled }
}

/// Which fixes are still worth trying. A diagnostic is known by rule and fingerprint, or, where an item of a list has
/// moved up to the place of another one, by its rule alone: none is fixed more often than it was found at first.
#[derive(Default)]
struct Trust {
    at_first: Option<BTreeMap<String, usize>>,
    of_rule: BTreeMap<String, usize>,
    seen: BTreeMap<(String, String), usize>,
    spent: BTreeMap<(String, String), usize>,
    broken: BTreeSet<(String, String)>,
}

fn key(diagnostic: &Diagnostic) -> (String, String) {
    (diagnostic.rule.clone(), diagnostic.fingerprint.clone())
}

impl Trust {
    fn see(&mut self, diagnostics: &[Diagnostic]) {
        self.at_first.get_or_insert_with(|| {
            let mut rules = BTreeMap::new();
            for diagnostic in diagnostics {
                *rules.entry(diagnostic.rule.clone()).or_default() += 1;
            }
            rules
        });
        let mut now: BTreeMap<(String, String), usize> = BTreeMap::new();
        for diagnostic in diagnostics {
            *now.entry(key(diagnostic)).or_default() += 1;
        }
        for (key, count) in now {
            let most = self.seen.entry(key).or_default();
            *most = (*most).max(count);
        }
    }

    fn has(&self, diagnostic: &Diagnostic) -> bool {
        let key = key(diagnostic);
        let spent = self.spent.get(&key).copied().unwrap_or(0);
        let again = self.of_rule.get(&key.0).copied().unwrap_or(0);
        let at_first = self.at_first.as_ref().and_then(|rules| rules.get(&key.0)).copied().unwrap_or(0);
        let fresh = spent < self.seen.get(&key).copied().unwrap_or(0);
        !self.broken.contains(&key) && (fresh || again < at_first)
    }

    fn spend(&mut self, diagnostic: &Diagnostic) {
        *self.spent.entry(key(diagnostic)).or_default() += 1;
        *self.of_rule.entry(diagnostic.rule.clone()).or_default() += 1;
    }
}

/// One round whose result can be read where its files could be read before. The diagnostics that its indices mean,
/// and the round.
fn sound_round<'d>(
    mut candidates: Vec<&'d Diagnostic>,
    allowed: Safety,
    sources: &SourceMap,
    trust: &mut Trust,
) -> (Vec<&'d Diagnostic>, Round) {
    // Only files are edited, and none of the texts made on the way.
    let text = |id: SourceId| {
        let source = sources.get(id)?;
        let file = sources.by_path(Path::new(&source.path))?;
        (file.id == id).then(|| Arc::clone(&source.text))
    };
    loop {
        let fixes: Vec<&Fix> =
            candidates.iter().filter_map(|diagnostic| diagnostic.finding.fix.as_ref()).collect();
        let round = apply(&fixes, allowed, &text);
        // Fixes that each leave something behind, and together nothing: the last of the file waits.
        let emptied =
            round.texts.iter().find_map(|(id, after)| is_emptied(sources, *id, after).then_some(*id));
        let last = emptied.and_then(|id| {
            let of_file = |index: &&usize| candidates.get(**index).is_some_and(|one| edits(one, id));
            round.applied.iter().rev().find(of_file).copied()
        });
        if let Some(last) = last.filter(|_| round.applied.len() > 1) {
            candidates.remove(last);
            continue;
        }
        let broken = round.texts.iter().find_map(|(id, after)| is_broken(sources, *id, after).then_some(*id));
        let Some(broken) = broken else { return (candidates, round) };
        // Those that break the file alone go for good; where none does, only the first stays in this round.
        let edits_it = |diagnostic: &Diagnostic| edits(diagnostic, broken);
        let breaks_it = |diagnostic: &Diagnostic| {
            let fixes: Vec<&Fix> = diagnostic.finding.fix.iter().collect();
            let alone = apply(&fixes, allowed, &text);
            alone.texts.iter().any(|(id, after)| is_broken(sources, *id, after))
        };
        let guilty: Vec<_> = candidates
            .iter()
            .filter(|diagnostic| edits_it(diagnostic) && breaks_it(diagnostic))
            .map(|diagnostic| key(diagnostic))
            .collect();
        if guilty.is_empty() {
            let mut first = true;
            candidates.retain(|diagnostic| !edits_it(diagnostic) || std::mem::take(&mut first));
        } else {
            candidates.retain(|diagnostic| !guilty.contains(&key(diagnostic)));
            trust.broken.extend(guilty);
        }
    }
}

fn edits(diagnostic: &Diagnostic, id: SourceId) -> bool {
    let edits = diagnostic.finding.fix.iter().flat_map(|fix| &fix.edits);
    edits.into_iter().any(|edit| edit.span.source == id)
}

fn is_yaml(source: &Source) -> bool {
    Path::new(&source.path).extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml")
    })
}

/// True where a key or an item of a YAML file has lost everything below it, and is still there.
fn is_emptied(sources: &SourceMap, id: SourceId, after: &str) -> bool {
    let Some(before) = sources.get(id).filter(|before| is_yaml(before)) else { return false };
    let new = SourceMap::new(Files::memory::<&str, &str>([])).add(before.path.clone(), after);
    let full = paths(&before, |node| !node.is_scalar());
    let gone = paths(&new, |node: NodeRef<'_>| node.is_scalar() && node.is_absent());
    gone.iter().any(|path| full.contains(path))
}

/// The paths of the nodes of a file that are wanted, each as a number: deep ones are long.
fn paths(source: &Source, wanted: impl for<'t> Fn(NodeRef<'t>) -> bool) -> BTreeSet<u64> {
    let tree = Tree::parse(source, Dialect::Helm);
    let below = |path: u64, key: &str| {
        let mut hasher = DefaultHasher::new();
        (path, key).hash(&mut hasher);
        hasher.finish()
    };
    let mut paths = BTreeSet::new();
    let mut open: Vec<(u64, NodeRef<'_>)> = tree.root().map(|root| (0, root)).into_iter().collect();
    while let Some((path, node)) = open.pop() {
        if node.is_alias() {
            continue;
        }
        if wanted(node) {
            paths.insert(path);
        }
        open.extend(node.entries().map(|entry| (below(path, &entry.name()), entry.value)));
        open.extend(node.items().enumerate().map(|(index, item)| (below(path, &index.to_string()), item)));
    }
    paths
}

/// True where a text can no longer be read as YAML and could be before.
fn is_broken(sources: &SourceMap, id: SourceId, after: &str) -> bool {
    let Some(before) = sources.get(id) else { return false };
    is_yaml(&before) && !has_mistakes(&before) && {
        let after = SourceMap::new(Files::memory::<&str, &str>([])).add(before.path.clone(), after);
        has_mistakes(&after)
    }
}

fn has_mistakes(source: &Source) -> bool {
    let tree = Tree::parse(source, Dialect::Helm);
    let grave = |code: ProblemCode| code.is_syntax() || code == ProblemCode::UnknownAnchor;
    tree.problems().iter().any(|problem| grave(problem.code))
}
