//! `plimsoll rules`

use std::io::Write;

use crate::cli::Exit;
use crate::diagnostic::Severity;
use crate::rules::Fixable;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only rules of this family: `compose`, `helm`, `kubernetes`, `pulumi`, `promotion`, `tenancy`, `cost`, `plimsoll`
    family: Option<String>,
}

/// Lists every rule: name, severity on each stage, whether `--fix` fixes it (`?`: only with `--unsafe`), summary.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> std::io::Result<Exit> {
    let cards: Vec<_> = crate::rules::all()
        .filter_map(|rule| rule.card().ok())
        .filter(|card| arguments.family.as_deref().is_none_or(|family| card.family() == family))
        .collect();
    let width = cards.iter().map(|card| card.id.len()).max().unwrap_or(0);
    writeln!(out, "{:width$}  local    integration  production  fix  ", "rule")?;
    for card in cards {
        let name = |severity: Option<Severity>| severity.map_or("off", Severity::name);
        let each = card.severity;
        writeln!(
            out,
            "{:width$}  {:7}  {:11}  {:10}  {:3}  {}",
            card.id,
            name(each.local),
            name(each.integration),
            name(each.production),
            match card.fixable {
                Fixable::No => "",
                Fixable::Unsafe => "?",
                Fixable::Safe | Fixable::Mixed => "yes",
            },
            card.summary
        )?;
    }
    Ok(Exit::Clean)
}
