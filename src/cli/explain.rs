//! `plimsoll explain RULE`

use std::io::Write;

use crate::cli::Exit;
use crate::diagnostic::Severity;
use crate::diagnostic::nearest;
use crate::rules::Card;
use crate::rules::Fixable;
use crate::rules::Rule;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The rule: `promotion/mutable-tag`
    rule: String,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    let Some(card) = crate::rules::find(&arguments.rule).and_then(|rule| rule.card().ok()) else {
        writeln!(err, "there is no rule `{}`", arguments.rule)?;
        match nearest(&arguments.rule, crate::rules::all().map(Rule::id)) {
            Some(name) => writeln!(err, "did you mean `{name}`?")?,
            None => writeln!(err, "`plimsoll rules` lists them")?,
        }
        return Ok(Exit::Usage);
    };
    let (title, body) = card.body.split_once('\n').unwrap_or((card.body, ""));
    writeln!(out, "{title}\n\n{}\n\n{}", capital(&card.summary), severities(card))?;
    if card.fixable != Fixable::No {
        writeln!(out, "Fixed by `plimsoll check`: {}", card.fixable.flags())?;
    }
    write!(out, "{body}")?;
    Ok(Exit::Clean)
}

/// `error in production, warning on integration, off locally`, or one word for all stages.
pub(super) fn severities(card: &Card) -> String {
    let name = |severity: Option<Severity>| severity.map_or("off", Severity::name);
    let each = card.severity;
    if each.local == each.integration && each.integration == each.production {
        return format!("Severity: {}", name(each.local));
    }
    format!(
        "Severity: {} (local), {} (integration), {} (production)",
        name(each.local),
        name(each.integration),
        name(each.production)
    )
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
