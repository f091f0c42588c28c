//! A whole repository: configuration, ladder, rules, suppressions, one after the other.

use crate::check::Broken;
use crate::check::Settings;
use crate::check::remedy;
use crate::check::run;
use crate::check::secrets;
use crate::check::suppression;
use crate::check::suppression::Against;
use crate::check::suppression::Comments;
use crate::check::trial;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Finding;
use crate::diagnostic::Unchecked;
use crate::diagnostic::nearest;
use crate::discover::Refused;
use crate::ladder::Ladder;
use crate::rules::Rule;
use crate::source::SourceMap;

/// All there is to say about a repository.
#[derive(Debug)]
pub struct Checked {
    /// The configuration.
    pub config: Config,
    /// What was understood of the repository.
    pub ladder: Ladder,
    /// What was found and not suppressed.
    pub diagnostics: Vec<Diagnostic>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// How many diagnostics were suppressed.
    pub suppressed: usize,
    /// Rules that broke.
    pub broken: Vec<Broken>,
    /// True where the configuration itself has a mistake.
    pub misconfigured: bool,
    /// Why the flags of the deploy command were not taken. Everything was checked without them.
    pub refused: Option<Refused>,
}

/// Checks everything that `sources` reads from.
pub fn repository(sources: &SourceMap, settings: &Settings) -> Checked {
    let mut extra: Vec<(String, Finding)> = Vec::new();
    let mut unchecked = Vec::new();
    let config = Config::load(sources).unwrap_or_else(|(path, error)| {
        let what = path.display().to_string();
        unchecked.push(Unchecked { what, reason: error.to_string(), span: None });
        Config::default()
    });
    let mut plan = crate::discover::plan(sources, &config);
    let misconfigured = !config.findings.is_empty() || !plan.findings.is_empty() || !unchecked.is_empty();
    let mistakes = config.findings.iter().chain(&plan.findings);
    extra.extend(mistakes.map(|finding| ("plimsoll/configuration".to_owned(), finding.clone())));
    let deployed =
        settings.deploy.as_ref().map(|deploy| plan.deploy(sources, &settings.environments, deploy));
    let refused = deployed.and_then(Result::err);
    let ladder = Ladder::load(sources, plan);
    let mistakes = ladder.evidence.findings.iter();
    extra.extend(mistakes.map(|finding| ("plimsoll/configuration".to_owned(), finding.clone())));
    let misconfigured = misconfigured || !ladder.evidence.findings.is_empty();
    let outcome = run(&ladder, &config, sources, settings);
    unchecked.extend(ladder.unchecked.iter().chain(&ladder.history().unchecked).cloned());
    unchecked.extend(outcome.unchecked);
    let comments: Vec<Comments> = sources.all().iter().map(|source| Comments::read(source)).collect();
    let names: Vec<&str> = crate::rules::all().map(Rule::id).collect();
    extra.extend(unknown_rules(&config, &names));
    let today = settings.today;
    let against = Against { rules: &names, today, complete: settings.environments.is_empty() };
    let done = suppression::suppress(outcome.diagnostics, &comments, &config.ignore, sources, against);
    extra.extend(done.findings.into_iter().map(|(rule, finding)| (rule.to_owned(), finding)));
    let said = run::weigh_own(extra, &config, &ladder, sources);
    let said =
        suppression::suppress(said, &[], &config.ignore, sources, Against { complete: false, ..against });
    let mut diagnostics = done.kept;
    diagnostics.extend(said.kept);
    let mut diagnostics = run::sorted(diagnostics, sources);
    diagnostics.dedup();
    remedy::settle(&mut diagnostics, &ladder, sources);
    trial::try_out(&mut diagnostics, &ladder, &config, sources, today);
    secrets::mark(sources);
    let leaked = diagnostics.iter().filter(|diagnostic| diagnostic.rule.ends_with("/plaintext-secret"));
    leaked.for_each(|diagnostic| sources.mark_secret(diagnostic.finding.primary.span));
    // By path: the numbers of sources depend on which was loaded first.
    unchecked.sort_by_cached_key(|one| {
        let source = one.span.and_then(|span| sources.get(span.source));
        let place = one.span.map(|span| (span.start, span.end));
        (one.what.clone(), one.reason.clone(), source.map(|source| source.path.clone()), place)
    });
    unchecked.dedup();
    Checked {
        config,
        ladder,
        diagnostics,
        unchecked,
        suppressed: done.count + said.count,
        broken: outcome.broken,
        misconfigured,
        refused,
    }
}

/// Settings for rules that there are not.
fn unknown_rules(config: &Config, names: &[&str]) -> Vec<(String, Finding)> {
    let family = |name: &str| {
        let prefix = name.strip_suffix('*').filter(|prefix| prefix.ends_with('/'));
        prefix.is_some_and(|prefix| names.iter().any(|rule| rule.starts_with(prefix)))
    };
    let unknown = config.rules.iter().map(|setting| &setting.rule);
    let unknown = unknown.filter(|rule| !names.contains(&rule.value.as_str()) && !family(&rule.value));
    unknown
        .map(|rule| {
            let finding = Finding::new(
                format!("there is no rule `{}`", rule.value),
                rule.span,
                format!("rules.{}", rule.value),
            );
            let help = match nearest(&rule.value, names.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "see `plimsoll rules` for the names".to_owned(),
            };
            (suppression::UNKNOWN_RULE.to_owned(), finding.help(help))
        })
        .collect()
}
