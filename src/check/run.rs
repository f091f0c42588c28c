//! Every rule on every subject it looks at, in parallel.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use rayon::prelude::*;

use crate::check::merge::Weighed;
use crate::check::merge::merge;
use crate::check::objects::Kinds;
use crate::check::objects::Prepared;
use crate::check::objects::unchecked;
use crate::config::Config;
use crate::config::Level;
use crate::config::Stage;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Finding;
use crate::diagnostic::Severity;
use crate::diagnostic::Unchecked;
use crate::discover::Deploy;
use crate::kubernetes::Minor;
use crate::kubernetes::ObjectSet;
use crate::ladder::Alternative;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Project;
use crate::ladder::Release;
use crate::ladder::Stack;
use crate::ladder::fleet::Fleet;
use crate::ladder::fleet::Manifests;
use crate::ladder::history::Reach;
use crate::rules::Card;
use crate::rules::Check;
use crate::rules::Context;
use crate::rules::Date;
use crate::rules::Options;
use crate::rules::Rule;
use crate::source::SourceMap;

/// The rules that ask where an image ran first, or when a chart changed.
const ASK_HISTORY: [&str; 3] = ["helm/unchanged-version", "promotion/unproven", "promotion/untested-image"];

/// So many commits are looked at, unless the configuration says otherwise.
const COMMITS: usize = 1000;

/// So many subjects are few.
const FEW: usize = 64;

/// How a run is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Only these environments; empty for all.
    pub environments: Vec<String>,
    /// The flags of the deploy command that is about to run, for the one environment that is checked.
    pub deploy: Option<Deploy>,
    /// Raises hardening from information to warnings.
    pub strict: bool,
    /// The day of the run.
    pub today: Date,
}

impl Settings {
    /// Everything is checked, as it is on that day.
    pub fn on(today: Date) -> Self {
        Self { environments: Vec::new(), deploy: None, strict: false, today }
    }
}

/// What a run gives.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Merged, sorted, with fingerprints; nothing is suppressed yet.
    pub diagnostics: Vec<Diagnostic>,
    /// Rules that broke on the way. Everybody else's findings are there.
    pub broken: Vec<Broken>,
    /// What no rule could look at.
    pub unchecked: Vec<Unchecked>,
}

/// A rule that panicked: a bug in plimsoll.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// The rule.
    pub rule: String,
    /// What it said.
    pub message: String,
}

/// Where a rule is asked to look.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Project(&'a Project),
    Release(&'a Release),
    /// The same release, if something unknown is otherwise.
    Alternative(&'a Release, &'a Alternative),
    Stack(&'a Stack),
    Environment(&'a Environment, &'a Fleet<'a>),
    Ladder(&'a Ladder),
}

/// A rule as the configuration has it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    rule: &'static Rule,
    level: Option<Level>,
    options: Options<'a>,
}

impl<'a> Asked<'a> {
    fn new(rule: &'static Rule, config: &'a Config) -> Self {
        Self { rule, level: level(config, rule.id()), options: Options::of(config, rule.id()) }
    }
}

/// What a rule found, and in which alternative, if in one.
type Found<'a> = (Vec<Weighed>, Option<&'a Alternative>);

/// What came of asking a rule.
type Asking<'a> = Result<Found<'a>, Broken>;

/// Runs all rules over a ladder.
pub fn run(ladder: &Ladder, config: &Config, sources: &SourceMap, settings: &Settings) -> Outcome {
    let names: Vec<String> = ladder.environments.iter().map(|rung| rung.name.clone()).collect();
    let asked = |environment: &&Environment| {
        settings.environments.is_empty() || settings.environments.contains(&environment.name)
    };
    let environments: Vec<&Environment> = ladder.environments.iter().filter(asked).collect();
    let manifests: Vec<Manifests<'_>> = environments.iter().map(|one| Manifests::of(one)).collect();
    let fleets: Vec<Fleet<'_>> = manifests.par_iter().map(Manifests::fleet).collect();
    let subjects = subjects(ladder, environments.into_iter().zip(&fleets), settings);
    let round = Round { ladder, config, sources, settings, subjects };
    let rules = crate::rules::all().map(|rule| Asked::new(rule, config));
    let rules = rules.filter(|rule| rule.level != Some(Level::Off));
    let (last, first): (Vec<_>, Vec<_>) = rules.partition(|rule| ASK_HISTORY.contains(&rule.rule.id()));
    // Worked out by many threads: a rule that asks for it must not wait for one of them, which may wait for the rule.
    ladder.reads();
    // The history is read meanwhile.
    let ((mut results, kinds), ()) =
        rayon::join(|| round.look_everywhere(&first), || look_back(ladder, sources, config, settings));
    results.extend(round.look_everywhere(&last).0);
    let unchecked = unchecked(kinds);
    let mut outcome = Outcome { unchecked, ..Outcome::default() };
    let mut weighed = Vec::new();
    let mut otherwise = Vec::new();
    for result in results {
        match result {
            Ok((mut found, None)) => weighed.append(&mut found),
            Ok((found, Some(other))) => otherwise.push((found, other)),
            Err(broken) => outcome.broken.push(broken),
        }
    }
    add_alternatives(&mut weighed, otherwise);
    outcome.broken.sort();
    outcome.broken.dedup();
    outcome.diagnostics = merge(weighed, &names, sources);
    outcome
}

/// Rules and what they look at.
struct Round<'a> {
    ladder: &'a Ladder,
    config: &'a Config,
    sources: &'a SourceMap,
    settings: &'a Settings,
    subjects: Vec<(Option<&'a Environment>, Subject<'a>)>,
}

impl<'a> Round<'a> {
    /// What rules say of all subjects, rule by rule, and the kinds of objects that are there. The objects of a release
    /// are made ready when its turn comes and dropped after it: those of all together are many.
    fn look_everywhere(&self, rules: &[Asked<'a>]) -> (Vec<Asking<'a>>, Vec<Kinds>) {
        let subjects = 0..self.subjects.len();
        let looked: Vec<_> = subjects.into_par_iter().map(|at| self.look_at(at, rules)).collect();
        let (mut results, mut kinds) = (Vec::new(), Vec::new());
        for (found, own) in looked {
            results.extend(found);
            kinds.extend(own);
        }
        results.sort_by_key(|(rule, _)| *rule);
        (results.into_iter().map(|(_, result)| result).collect(), kinds)
    }

    /// What rules say of one subject, each by its position.
    fn look_at(&self, at: usize, rules: &[Asked<'a>]) -> (Vec<(usize, Asking<'a>)>, Option<Kinds>) {
        let Some(&(environment, subject)) = self.subjects.get(at) else { return (Vec::new(), None) };
        let wanted = rules.iter().any(|rule| matches!(rule.rule.check, Check::Objects(_)));
        let prepared = match subject {
            Subject::Release(release) if wanted => {
                release.manifests().map(|rendered| Prepared::new(release, rendered))
            }
            Subject::Alternative(release, other) if wanted => Some(Prepared::new(release, &other.rendered)),
            _ => None,
        };
        let objects = prepared
            .as_ref()
            .map(|prepared| Objects { prepared, set: prepared.set(self.sources, minor(self.config)) });
        let look = |(index, rule): (usize, &Asked<'a>)| {
            Some((index, self.look(*rule, environment, subject, objects.as_ref())?))
        };
        // Many subjects keep all threads busy; few of them, and what stands for many, are shared among threads.
        let shared =
            self.subjects.len() <= FEW || matches!(subject, Subject::Ladder(_) | Subject::Environment(..));
        let found = if shared {
            rules.par_iter().enumerate().filter_map(look).collect()
        } else {
            rules.iter().enumerate().filter_map(look).collect()
        };
        (found, objects.as_ref().map(|objects| Kinds::of(&objects.set)))
    }

    /// What a rule says of a subject.
    fn look(
        &self,
        rule: Asked<'a>,
        environment: Option<&'a Environment>,
        subject: Subject<'a>,
        objects: Option<&Objects<'_>>,
    ) -> Option<Asking<'a>> {
        let context = Context {
            sources: self.sources,
            ladder: self.ladder,
            config: self.config,
            environment,
            fleet: match subject {
                Subject::Environment(_, fleet) => Some(fleet),
                _ => None,
            },
            stage: environment.map_or(Stage::Local, |environment| environment.stage),
            today: self.settings.today,
            options: rule.options,
        };
        let found = catch_unwind(AssertUnwindSafe(|| findings(rule.rule, subject, objects, &context)));
        match found {
            Ok(found) if found.is_empty() => None,
            Ok(found) => {
                let card = rule.rule.card().ok()?;
                let weigh = |finding| weigh(card, rule.level, finding, &context, self.settings);
                let only = match subject {
                    Subject::Alternative(_, other) => Some(other),
                    _ => None,
                };
                Some(Ok((found.into_iter().filter_map(weigh).collect(), only)))
            }
            Err(panic) => {
                let message = panic_message(panic.as_ref());
                Some(Err(Broken { rule: rule.rule.id().to_owned(), message }))
            }
        }
    }
}

/// Reads the git history, for the rules that ask it.
fn look_back(ladder: &Ladder, sources: &SourceMap, config: &Config, settings: &Settings) {
    const DAY: i64 = 24 * 60 * 60;
    if ASK_HISTORY.iter().all(|rule| level(config, rule) == Some(Level::Off)) {
        return;
    }
    let options = Options::of(config, "promotion/unproven");
    let positive = |name: &str| options.number(name).filter(|number| *number > 0.0 && *number < 1e6);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are small and positive"
    )]
    let (commits, minimum_age) = (
        positive("commits").map_or(COMMITS, |commits| commits as usize),
        (positive("minimum-age").unwrap_or(0.0) * 86_400.0) as i64,
    );
    let now = i64::try_from(settings.today.days()).unwrap_or(0) * DAY;
    let reach = Reach { commits, minimum_age, now, flags: settings.deploy.is_some() };
    // What no rule says anything about is not looked for: reading commits takes longer than all else.
    ladder.look_back(sources, config, reach, |image| {
        let rule = if image.ahead { "promotion/untested-image" } else { "promotion/unproven" };
        speaks(config, rule, image.environment.stage)
    });
}

/// True where a rule may say something about a stage.
fn speaks(config: &Config, rule: &str, stage: Stage) -> bool {
    match level(config, rule) {
        Some(level) => level != Level::Off,
        None => {
            let card = crate::rules::find(rule).and_then(|rule| rule.card().ok());
            card.is_some_and(|card| card.severity.of(stage).is_some())
        }
    }
}

/// Adds what only holds where a condition on something unknown is taken the other way, and says so.
fn add_alternatives(weighed: &mut Vec<Weighed>, otherwise: Vec<(Vec<Weighed>, &Alternative)>) {
    // The words may name an object that is called otherwise there: the place says that it is the same matter.
    let key = |one: &Weighed| (one.rule.clone(), one.finding.primary.span, one.finding.environments.clone());
    let mut known: HashSet<_> = weighed.iter().map(key).collect();
    for (found, other) in otherwise {
        for mut one in found {
            if known.insert(key(&one)) {
                let holds = if other.holds { "holds" } else { "does not hold" };
                one.finding.message += &format!(" (only where `{}` {holds})", other.condition);
                weighed.push(one);
            }
        }
    }
}

/// Makes diagnostics of what the stages before the rules found: the configuration, suppressions.
pub(super) fn weigh_own(
    findings: Vec<(String, Finding)>,
    config: &Config,
    ladder: &Ladder,
    sources: &SourceMap,
) -> Vec<Diagnostic> {
    let names: Vec<String> = ladder.environments.iter().map(|rung| rung.name.clone()).collect();
    let weighed = findings.into_iter().filter_map(|(rule, finding)| {
        let card = crate::rules::find(&rule).and_then(|rule| rule.card().ok());
        let severity = match level(config, &rule) {
            Some(Level::Off) => None,
            Some(Level::At(severity)) => Some(severity),
            None => card.map_or(Some(Severity::Warning), |card| card.severity.highest()),
        };
        Some(Weighed { rule, severity: severity?, finding })
    });
    merge(weighed.collect(), &names, sources)
}

/// In the order of reports: by file, place and rule.
pub(super) fn sorted(mut diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
    let path = |diagnostic: &Diagnostic| {
        sources
            .get(diagnostic.finding.primary.span.source)
            .map(|source| source.path.clone())
            .unwrap_or_default()
    };
    diagnostics.sort_by_cached_key(|diagnostic| {
        let span = diagnostic.finding.primary.span;
        let finding = &diagnostic.finding;
        (
            path(diagnostic),
            span.start,
            span.end,
            diagnostic.rule.clone(),
            finding.subject.clone(),
            finding.message.clone(),
        )
    });
    diagnostics
}

fn subjects<'a>(
    ladder: &'a Ladder,
    environments: impl Iterator<Item = (&'a Environment, &'a Fleet<'a>)>,
    settings: &Settings,
) -> Vec<(Option<&'a Environment>, Subject<'a>)> {
    let mut subjects = vec![(None, Subject::Ladder(ladder))];
    for (environment, fleet) in environments {
        subjects.push((Some(environment), Subject::Environment(environment, fleet)));
        subjects.extend(
            environment.projects.iter().map(|project| (Some(environment), Subject::Project(project))),
        );
        for release in &environment.releases {
            subjects.push((Some(environment), Subject::Release(release)));
            let others = release.alternatives.iter();
            subjects.extend(others.map(|other| (Some(environment), Subject::Alternative(release, other))));
        }
        subjects.extend(environment.stacks.iter().map(|stack| (Some(environment), Subject::Stack(stack))));
    }
    if settings.environments.is_empty() {
        subjects.extend(ladder.other_projects.iter().map(|project| (None, Subject::Project(project))));
        subjects.extend(ladder.other_releases.iter().map(|release| (None, Subject::Release(release))));
        subjects.extend(ladder.other_stacks.iter().map(|stack| (None, Subject::Stack(stack))));
    }
    subjects
}

/// The objects of a release, and the way from their text to the lines that decide it.
struct Objects<'a> {
    prepared: &'a Prepared<'a>,
    set: ObjectSet<'a>,
}

fn findings(
    rule: &Rule,
    subject: Subject<'_>,
    objects: Option<&Objects<'_>>,
    context: &Context<'_>,
) -> Vec<Finding> {
    let mut found = match (rule.check, subject) {
        (Check::Objects(check), Subject::Release(_) | Subject::Alternative(..)) => objects
            .map(|objects| objects.prepared.place(context.sources, check(&objects.set, context)))
            .unwrap_or_default(),
        (Check::Project(check), Subject::Project(project)) => check(project, context),
        (Check::Release(check), Subject::Release(release)) => check(release, context),
        (Check::Stack(check), Subject::Stack(stack)) => check(stack, context),
        (Check::Environment(check), Subject::Environment(environment, _)) => check(environment, context),
        (Check::Ladder(check), Subject::Ladder(ladder)) => check(ladder, context),
        (Check::Declared, Subject::Project(project)) => {
            rule.card().map(|card| crate::rules::declared_services(card, project)).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    if let Some(environment) = context.environment {
        for finding in found.iter_mut().filter(|finding| finding.environments.is_empty()) {
            finding.environments.push(environment.name.clone());
        }
    }
    found
}

/// What all rules that look at a release or its objects say of it, as rendered text has it.
pub(super) fn findings_of_release(
    prepared: &Prepared<'_>,
    release: &Release,
    context: &Context<'_>,
) -> Vec<(String, Finding)> {
    let set = prepared.set(context.sources, minor(context.config));
    let mut all = Vec::new();
    for rule in crate::rules::all() {
        let Ok(card) = rule.card() else { continue };
        if level(context.config, &card.id) == Some(Level::Off) {
            continue;
        }
        let context = Context { options: Options::of(context.config, &card.id), ..*context };
        let found = catch_unwind(AssertUnwindSafe(|| match rule.check {
            Check::Objects(check) => check(&set, &context),
            Check::Release(check) => check(release, &context),
            _ => Vec::new(),
        }));
        all.extend(found.unwrap_or_default().into_iter().map(|finding| (card.id.clone(), finding)));
    }
    all
}

/// The Kubernetes that the objects are for.
fn minor(config: &Config) -> Minor {
    let named = config.kubernetes.as_ref().and_then(|minor| Minor::parse(&minor.value).ok());
    named.unwrap_or(Minor::NEWEST)
}

/// What the configuration makes of a rule: its own entry before that of its family.
pub(super) fn level(config: &Config, rule: &str) -> Option<Level> {
    let family = format!("{}/*", rule.split('/').next().unwrap_or_default());
    let entry = |name: &str| {
        let mut settings = config.rules.iter().rev().filter(|setting| setting.rule.value == name);
        settings.find_map(|setting| setting.level)
    };
    entry(rule).or_else(|| entry(&family)).map(|level| level.value)
}

/// Gives a finding the severity it has in its environments: the highest of theirs; `None` where it is off.
fn weigh(
    card: &Card,
    level: Option<Level>,
    finding: Finding,
    context: &Context<'_>,
    settings: &Settings,
) -> Option<Weighed> {
    let severity = match level {
        Some(Level::At(severity)) => Some(severity),
        Some(Level::Off) => None,
        None => {
            let stages = finding.environments.iter().filter_map(|name| context.ladder.environment(name));
            let highest = stages.map(|environment| card.severity.of(environment.stage)).max();
            match (highest, context.environment) {
                (Some(severity), _) => severity,
                (None, Some(environment)) => card.severity.of(environment.stage),
                (None, None) if matches!(card.subject, crate::rules::SubjectKind::Ladder) => {
                    card.severity.highest()
                }
                (None, None) => card.severity.local,
            }
        }
    };
    let raised = settings.strict && level.is_none() && card.id.ends_with("/hardening");
    let severity = if raised { severity.max(Some(Severity::Warning)) } else { severity };
    Some(Weighed { rule: card.id.clone(), severity: severity?, finding })
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
