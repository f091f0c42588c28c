//! `plimsoll ladder --reach`: which release reaches which, and what lets it.

use std::collections::BTreeMap;
use std::io::Write;

use crate::cli::ladder::place;
use crate::kubernetes::policy::Gate;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::fleet;
use crate::ladder::reach::Node;
use crate::ladder::reach::Reach;
use crate::source::SourceMap;

/// Beyond this many releases of an environment only the number of ways into each is shown.
const SHOWN: usize = 40;

/// Writes who reaches whom, environment by environment.
pub(super) fn show(sources: &SourceMap, ladder: &Ladder, out: &mut dyn Write) -> std::io::Result<()> {
    let on_clusters = ladder.environments.iter().filter(|environment| !environment.releases.is_empty());
    let mut empty = true;
    for environment in on_clusters {
        if !empty {
            writeln!(out)?;
        }
        empty = false;
        writeln!(out, "{} ({})", environment.name, environment.stage.name())?;
        for line in lines(sources, environment) {
            writeln!(out, "  {line}")?;
        }
    }
    if empty {
        writeln!(out, "no environment has a Helm release: there is no network to look at")?;
    }
    Ok(())
}

fn lines(sources: &SourceMap, environment: &Environment) -> Vec<String> {
    fleet::of(environment, |fleet| {
        let reach = Reach::of(fleet);
        let mut by_release: BTreeMap<&str, Vec<&Node<'_>>> = BTreeMap::new();
        for node in &reach.nodes {
            by_release.entry(node.placed.release.name()).or_default().push(node);
        }
        let mut lines = Vec::new();
        for (to, targets) in by_release.iter().take(SHOWN) {
            let mut ways = Vec::new();
            for (from, senders) in by_release.iter().take(SHOWN).filter(|(from, _)| *from != to) {
                ways.extend(way(sources, &reach, senders, targets).map(|way| format!("  {from}: {way}")));
            }
            if ways.is_empty() {
                lines.push(format!("{to} is reached by no other release, as far as is known"));
            } else {
                lines.push(format!("{to} is reached by"));
                lines.extend(ways);
            }
        }
        if by_release.len() > SHOWN {
            lines.push(format!("and {} releases more, not shown", by_release.len() - SHOWN));
        }
        if lines.is_empty() {
            lines.push("nothing runs whose namespace is known".to_owned());
        }
        lines
    })
}

/// The first way from one of the senders to one of the targets, in words.
fn way<'f>(
    sources: &SourceMap,
    reach: &Reach<'f>,
    senders: &[&Node<'f>],
    targets: &[&Node<'f>],
) -> Option<String> {
    let mut pairs =
        targets.iter().filter(|to| to.listens()).flat_map(|to| senders.iter().map(move |from| (*from, *to)));
    let (from, to, passage) = pairs.find_map(|(from, to)| Some((from, to, reach.passage(from, to)?)))?;
    let gate = |gate: &Gate<'f, 'f>, open: &str| match gate {
        Gate::Open => open.to_owned(),
        Gate::Rule { policy, rule } => {
            let at = reach.placed(*policy).and_then(|placed| place(sources, placed.place(rule.span())));
            format!("{} ({})", policy.object.label(), at.unwrap_or_default())
        }
    };
    let port = passage.port.map(|port| format!(" port {port}")).unwrap_or_default();
    Some(format!(
        "{} → {}{port}; out: {}; in: {}",
        from.placed.object.label(),
        to.placed.object.label(),
        gate(&passage.out, "no policy"),
        gate(&passage.into, "no policy")
    ))
}
