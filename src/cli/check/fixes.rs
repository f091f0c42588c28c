//! `plimsoll check --fix` and `--diff`

use std::io::Write;

use crate::check;
use crate::check::Checked;
use crate::cli::Exit;
use crate::cli::check::narrow::Narrowed;
use crate::diagnostic::Safety;
use crate::fix;
use crate::fix::Settled;
use crate::source::Files;
use crate::source::SourceMap;

/// What a check has looked at.
pub(super) enum Texts {
    /// The files.
    AsTheyAre(SourceMap),
    /// The files with their fixes, which are not written yet.
    Fixed(Box<Settled>),
}

/// Fixes in memory until nothing is left to fix: what a check says after that, and the texts.
pub(super) fn settle(
    files: &Files,
    settings: &check::Settings,
    allowed: Safety,
    narrowed: &Narrowed,
) -> (Checked, Texts) {
    let mut last = None;
    let settled = fix::settle(files, allowed, |files| {
        let sources = SourceMap::new(files.clone());
        let checked = last.insert(check::repository(&sources, settings));
        // What the baseline accepts is left as it is.
        let candidates = narrowed.new_ones(&checked.diagnostics);
        (sources, candidates)
    });
    let checked = last.unwrap_or_else(|| check::repository(&settled.sources, settings));
    (checked, Texts::Fixed(Box::new(settled)))
}

/// Prints what would change.
pub(super) fn show(settled: &Settled, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    out.write_all(crate::report::diff(settled).as_bytes())?;
    tell("would fix", settled, err)?;
    Ok(if settled.changes.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// No more refusals than these are told one by one.
const MOST_REFUSALS: usize = 20;

/// Says which findings that a rule could fix are left as they are, and why.
fn refusals(settled: &Settled, err: &mut dyn Write) -> std::io::Result<()> {
    let refused = || settled.diagnostics.iter().filter_map(|one| Some((one, one.finding.unfixed()?)));
    for (diagnostic, reason) in refused().take(MOST_REFUSALS) {
        let place = diagnostic.finding.primary.span;
        let Some(source) = settled.sources.get(place.source) else { continue };
        let text = format!("{}:{}: {}: {reason}", source.path, source.line(place.start), diagnostic.rule);
        writeln!(err, "not fixed: {}", crate::report::visible(&text))?;
    }
    match refused().count().saturating_sub(MOST_REFUSALS) {
        0 => Ok(()),
        more => writeln!(err, "not fixed: {more} more"),
    }
}

/// Says how much was fixed.
pub(super) fn tell(verb: &str, settled: &Settled, err: &mut dyn Write) -> std::io::Result<()> {
    let count: usize = settled.applied.values().sum();
    let rules: Vec<String> =
        settled.applied.iter().map(|(rule, count)| format!("{rule} ({count})")).collect();
    match settled.changes.len() {
        0 => writeln!(err, "nothing to fix")?,
        1 => writeln!(err, "{verb} {count} in 1 file: {}", rules.join(", "))?,
        files => writeln!(err, "{verb} {count} in {files} files: {}", rules.join(", "))?,
    }
    refusals(settled, err)?;
    if !settled.is_settled {
        writeln!(
            err,
            "some fixes undo each other and were given up after a while; this is a bug in plimsoll"
        )?;
    }
    Ok(())
}
