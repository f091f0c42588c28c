//! `plimsoll check`

mod fixes;
mod narrow;

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::check;
use crate::cli::Exit;
use crate::cli::check::fixes::Texts;
use crate::cli::check::narrow::Narrowed;
use crate::cli::helm::Values;
use crate::diagnostic::Safety;
use crate::diagnostic::Severity;
use crate::discover::Deploy;
use crate::discover::from_root;
use crate::ladder::Ladder;
use crate::report::Cost;
use crate::report::CostItem;
use crate::report::EnvironmentCost;
use crate::report::Format;
use crate::report::Progress;
use crate::report::Report;
use crate::report::RuleInfo;
use crate::report::Terminal;
use crate::report::UnknownCost;
use crate::report::Verdict;
use crate::rules::Date;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    /// The repository, or a folder with a ladder of its own
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Check only this environment (may be given several times)
    #[arg(short, long = "environment", value_name = "ENV")]
    environments: Vec<String>,
    /// How to print what was found
    #[arg(long, default_value = "human", value_parser = format)]
    format: Format,
    /// The severity from which on the exit code is 1
    #[arg(long, default_value = "error", value_parser = severity, value_name = "SEVERITY")]
    fail_on: Severity,
    /// The severity from which on findings are printed in full for people; the rest is counted [default: warning]
    #[arg(long, value_parser = severity, value_name = "SEVERITY")]
    show: Option<Severity>,
    /// Warn about hardening that most projects go without
    #[arg(long)]
    strict: bool,
    /// How many threads to use; all processors by default. The output is the same for any number
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Apply every fix that does what its finding asks for and nothing else, and report what is left
    #[arg(long)]
    fix: bool,
    /// Show what `--fix` would change, as a diff, and change nothing
    #[arg(long, conflicts_with = "fix")]
    diff: bool,
    /// With `--fix` or `--diff`: also apply fixes that may change what runs
    #[arg(long = "unsafe")]
    also_unsafe: bool,
    /// Report only what has to do with a line that changed since a git revision
    #[arg(long, value_name = "REV", conflicts_with_all = ["fix", "diff"])]
    since: Option<String>,
    /// Report only what this file of accepted findings does not know
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write everything that is found now to a file for `--baseline`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "since", "fix", "diff"])]
    write_baseline: Option<PathBuf>,
    #[command(flatten)]
    deployment: Deployment,
}

/// The flags of the `helm upgrade` that is about to run, so that exactly what it installs is checked.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Before a deploy (with one -e, the flags that Helm will be given)")]
struct Deployment {
    #[command(flatten)]
    values: Values,
    /// The namespace of the release
    #[arg(short, long, value_name = "NAME")]
    namespace: Option<String>,
    /// The release, where the environment has several
    #[arg(long, value_name = "NAME")]
    release: Option<String>,
}

impl Deployment {
    /// What the flags say; `None` where there are none.
    fn read(&self, root: &Path) -> Option<Deploy> {
        let deploy = Deploy {
            release: self.release.clone(),
            namespace: self.namespace.clone(),
            values: self.values.files.iter().map(|file| from_root(root, file)).collect(),
            settings: self.values.settings().map(|(kind, argument)| (kind, argument.to_owned())).collect(),
        };
        let given = deploy.release.is_some()
            || deploy.namespace.is_some()
            || !deploy.values.is_empty()
            || !deploy.settings.is_empty();
        given.then_some(deploy)
    }
}

fn format(name: &str) -> Result<Format, String> {
    let names = || Format::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
    Format::named(name).ok_or_else(|| format!("the formats are {}", names()))
}

fn severity(name: &str) -> Result<Severity, String> {
    [Severity::Info, Severity::Warning, Severity::Error]
        .into_iter()
        .find(|severity| severity.name() == name)
        .ok_or_else(|| "say `error`, `warning` or `info`".to_owned())
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    if !arguments.path.is_dir() {
        let found = if arguments.path.exists() { "is a file" } else { "does not exist" };
        writeln!(err, "`{}` {found}; give the folder of a repository", arguments.path.display())?;
        return Ok(Exit::Usage);
    }
    if let Some(threads) = arguments.threads {
        // A pool that already stands keeps its size: only possible where commands share a process.
        let _kept = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    let narrowed = match Narrowed::read(arguments) {
        Ok(narrowed) => narrowed,
        Err(message) => {
            writeln!(err, "{message}")?;
            return Ok(Exit::Usage);
        }
    };
    let files = crate::cli::ladder::files(&arguments.path);
    let settings = check::Settings {
        environments: arguments.environments.clone(),
        deploy: arguments.deployment.read(&arguments.path),
        strict: arguments.strict,
        today: today(),
    };
    let progress = Progress::on_stderr("checking");
    let mends = arguments.fix || arguments.diff;
    let allowed = if arguments.also_unsafe { Safety::Unsafe } else { Safety::Safe };
    let (checked, texts) = if mends {
        fixes::settle(&files, &settings, allowed, &narrowed)
    } else {
        let sources = SourceMap::new(files.clone());
        (check::repository(&sources, &settings), Texts::AsTheyAre(sources))
    };
    drop(progress);
    if let Some(refused) = &checked.refused {
        writeln!(err, "{refused}")?;
        return Ok(Exit::Usage);
    }
    for name in &arguments.environments {
        if checked.ladder.environment(name).is_none() {
            let names: Vec<&str> =
                checked.ladder.environments.iter().map(|rung| rung.name.as_str()).collect();
            writeln!(err, "there is no environment `{name}`; this ladder has {}", names.join(", "))?;
            return Ok(Exit::Usage);
        }
    }
    let sources = match texts {
        Texts::AsTheyAre(sources) => sources,
        Texts::Fixed(settled) if arguments.diff => return fixes::show(&settled, out, err),
        Texts::Fixed(settled) => {
            if let Err(error) = crate::fix::write(&files, &settled.changes) {
                writeln!(err, "{error}")?;
                return Ok(Exit::Findings);
            }
            fixes::tell("fixed", &settled, err)?;
            settled.sources
        }
    };
    if let Some(path) = &arguments.write_baseline {
        return narrow::write_baseline(path, &checked.diagnostics, &sources, settings.today, err);
    }
    let (diagnostics, accepted) = narrowed.sift(checked.diagnostics, &sources, err)?;
    let shows_cost =
        matches!(arguments.format, Format::Human | Format::Json | Format::Markdown | Format::Html);
    let verdicts = Verdict::all(&checked.ladder, &diagnostics, arguments.fail_on, &arguments.environments);
    let show = arguments.show.unwrap_or(arguments.fail_on.min(Severity::Warning));
    let report = Report {
        diagnostics,
        unchecked: checked.unchecked,
        files: sources.files_read(),
        suppressed: checked.suppressed,
        accepted,
        cost: if shows_cost { priced(&checked.ladder) } else { None },
        fail_on: Some(arguments.fail_on),
        verdicts,
        show: Some(show),
    };
    let rules = described(&report);
    let terminal = if std::io::stdout().is_terminal() {
        Terminal::of_stdout(&arguments.path)
    } else {
        Terminal::plain()
    };
    crate::report::write(arguments.format, &report, &sources, &rules, &terminal, out)?;
    for broken in &checked.broken {
        writeln!(err, "the rule `{}` broke: {}; this is a bug in plimsoll", broken.rule, broken.message)?;
    }
    let exit = match () {
        () if !checked.broken.is_empty() => Exit::Broken,
        () if checked.misconfigured => Exit::Usage,
        () if report.fails() => Exit::Findings,
        () => Exit::Clean,
    };
    // The program ends here: to take all this apart piece by piece would only take time.
    std::mem::forget((checked.ladder, report, sources));
    Ok(exit)
}

/// The rules that a report names.
fn described(report: &Report) -> Vec<RuleInfo> {
    let named: BTreeSet<&str> = report.diagnostics.iter().map(|diagnostic| &*diagnostic.rule).collect();
    let cards = named.into_iter().filter_map(|name| crate::rules::find(name)?.card().ok());
    let described = cards.map(|card| RuleInfo {
        id: card.id.clone(),
        summary: card.summary.clone(),
        help: card.body.to_owned(),
        severity: card.severity.highest().unwrap_or(Severity::Info),
    });
    described.collect()
}

/// The day of the run, in UTC.
fn today() -> Date {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Date::from_days(since.as_secs() / 86_400)
}

/// What the environments cost, of which anything is known to be paid for.
fn priced(ladder: &Ladder) -> Option<Cost> {
    let cents = |amount: f64| (amount * 100.0).round() / 100.0;
    let mut environments = Vec::new();
    for environment in &ladder.environments {
        let estimate = environment.assessment().estimate.clone();
        if estimate.items.is_empty() && estimate.unknown.is_empty() {
            continue;
        }
        let monthly = estimate.monthly();
        let items = estimate.items.into_iter().map(|item| CostItem {
            what: item.what,
            monthly: cents(item.monthly.high),
            at: item.at,
        });
        let unknown = estimate.unknown.into_iter().map(|unknown| UnknownCost {
            what: unknown.what,
            why: unknown.why.why,
            at: unknown.why.span,
        });
        environments.push(EnvironmentCost {
            name: environment.name.clone(),
            low: cents(monthly.low),
            high: cents(monthly.high),
            budget: environment.budget.as_ref().map(|budget| budget.value),
            items: items.collect(),
            unknown: unknown.collect(),
        });
    }
    (!environments.is_empty()).then(|| Cost { currency: "USD".to_owned(), environments })
}
