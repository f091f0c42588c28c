//! `plimsoll check --baseline` and `--since`: only what is new.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::check::baseline::Baseline;
use crate::check::baseline::Changed;
use crate::cli::Exit;
use crate::cli::check::Arguments;
use crate::diagnostic::Diagnostic;
use crate::rules::Date;
use crate::source::Files;
use crate::source::SourceMap;

/// What findings are held against.
pub(super) struct Narrowed {
    baseline: Option<Baseline>,
    changed: Option<Changed>,
}

impl Narrowed {
    /// Reads the baseline, and asks git for the lines that changed; a message where one cannot be done.
    pub(super) fn read(arguments: &Arguments) -> Result<Self, String> {
        let baseline = arguments.baseline.as_deref().map(read_baseline).transpose()?;
        let changed =
            arguments.since.as_deref().map(|rev| changed_since(&arguments.path, rev)).transpose()?;
        Ok(Self { baseline, changed })
    }

    /// The diagnostics that the baseline does not know.
    pub(super) fn new_ones(&self, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
        match &self.baseline {
            Some(baseline) => baseline.sift(diagnostics.to_vec()).new,
            None => diagnostics.to_vec(),
        }
    }

    /// The diagnostics that stay, and how many the baseline knew.
    pub(super) fn sift(
        &self,
        diagnostics: Vec<Diagnostic>,
        sources: &SourceMap,
        err: &mut dyn Write,
    ) -> std::io::Result<(Vec<Diagnostic>, usize)> {
        let (mut kept, mut known) = (diagnostics, 0);
        if let Some(baseline) = &self.baseline {
            let sifted = baseline.sift(kept);
            (kept, known) = (sifted.new, sifted.known);
            if sifted.gone > 0 {
                let (gone, date) = (sifted.gone, &baseline.date);
                writeln!(
                    err,
                    "{gone} of the findings accepted on {date} are gone; write the baseline anew with `--write-baseline`"
                )?;
            }
        }
        if let Some(changed) = &self.changed {
            kept = changed.keep(kept, sources);
        }
        Ok((kept, known))
    }
}

fn read_baseline(path: &Path) -> Result<Baseline, String> {
    let wrong = |what: &dyn std::fmt::Display| format!("`{}`: {what}", path.display());
    let bytes = Files::anywhere(".").read(path).map_err(|error| wrong(&error))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong(&"the file is not UTF-8 text"))?;
    Baseline::parse(&text).map_err(|error| wrong(&error))
}

/// Writes down what is found now.
pub(super) fn write_baseline(
    path: &Path,
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    today: Date,
    err: &mut dyn Write,
) -> std::io::Result<Exit> {
    match std::fs::write(path, Baseline::text(diagnostics, sources, today)) {
        Ok(()) => {
            let count = diagnostics.len();
            writeln!(
                err,
                "{count} findings are accepted in `{0}`; use it with `--baseline {0}`",
                path.display()
            )?;
            Ok(Exit::Clean)
        }
        Err(error) => {
            writeln!(err, "`{}` cannot be written: {error}", path.display())?;
            Ok(Exit::Usage)
        }
    }
}

/// Asks git which lines below a folder changed since a revision. Files that git does not know count as changed.
fn changed_since(folder: &Path, revision: &str) -> Result<Changed, String> {
    let diff = [
        "diff",
        "--unified=0",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        "--relative",
        "--end-of-options",
        revision,
        "--",
    ];
    let mut changed = Changed::parse(&git(folder, &diff)?);
    let unknown = git(folder, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    for file in unknown.split('\0').filter(|file| !file.is_empty()) {
        changed.add_file(file);
    }
    Ok(changed)
}

/// What git prints. Nothing that a repository configures is run.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let done = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "core.fsmonitor=false"])
        .args(arguments)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .output()
        .map_err(|error| format!("`--since` asks git what changed, and git cannot be run: {error}"))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
    Err(format!("`--since` asks git what changed, and git says: {}", crate::report::visible(said)))
}
