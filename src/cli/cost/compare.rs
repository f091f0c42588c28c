//! The ladder as it is beside one that runs every environment on Kubernetes.

use std::io::Write;

use crate::cost;
use crate::cost::Estimate;
use crate::cost::Interval;
use crate::ladder::Environment;

/// An environment in both forms.
pub(super) struct Row<'p> {
    pub(super) environment: &'p Environment,
    /// What it costs as it is.
    estimate: &'p Estimate,
    /// What it costs on Kubernetes, or why that is not known.
    kubernetes: Result<Estimate, &'static str>,
}

/// Puts every environment on Kubernetes: one that has no cluster gets one node of the size of its host, or of the next
/// host up the ladder.
pub(super) fn rows<'p>(ladder: &[(&'p Environment, &'p Estimate)]) -> Vec<Row<'p>> {
    let row = |(at, (environment, estimate)): (usize, &(&'p Environment, &'p Estimate))| {
        let has_cluster =
            !estimate.pools.is_empty() || estimate.more_nodes || !environment.releases.is_empty();
        let kubernetes = if has_cluster {
            Ok((*estimate).clone())
        } else {
            let above: Vec<&Environment> = ladder.iter().skip(at).map(|(rung, _)| *rung).collect();
            on_a_node(environment, &above)
        };
        Row { environment, estimate, kubernetes }
    };
    ladder.iter().enumerate().map(row).collect()
}

fn on_a_node(environment: &Environment, above: &[&Environment]) -> Result<Estimate, &'static str> {
    if environment.monthly.is_some() {
        return Ok(cost::of_host(environment.host.as_ref(), environment.monthly.as_ref()));
    }
    let Some(host) = above.iter().find_map(|rung| rung.host.as_ref()) else {
        return Err("neither it nor an environment above it has a `host:` whose size a node could take");
    };
    let estimate = cost::of_host(Some(host), None);
    if estimate.items.is_empty() { Err("the size of its host has no price") } else { Ok(estimate) }
}

impl Row<'_> {
    /// What it costs as it is.
    pub(super) fn as_it_is(&self) -> Sum {
        Sum::of(self.environment, self.estimate)
    }

    /// What it costs on Kubernetes.
    pub(super) fn on_kubernetes(&self) -> Sum {
        match &self.kubernetes {
            Ok(estimate) => Sum::of(self.environment, estimate),
            Err(_) => Sum::UNKNOWN,
        }
    }

    /// Why that is not known.
    pub(super) fn reason(&self) -> Option<&'static str> {
        self.kubernetes.as_ref().err().copied()
    }
}

/// An amount, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sum {
    /// What is known of it; `None` where that is nothing.
    pub(super) known: Option<Interval>,
    /// False where something costs an amount that is not known.
    pub(super) complete: bool,
}

impl Sum {
    const UNKNOWN: Self = Self { known: None, complete: false };

    fn of(environment: &Environment, estimate: &Estimate) -> Self {
        let complete = estimate.unknown.is_empty();
        // What runs on the machines of developers costs nothing; anything else without a price is not known.
        let free = environment.stage == crate::config::Stage::Local && environment.releases.is_empty();
        if estimate.items.is_empty() && !(complete && free) {
            return Self::UNKNOWN;
        }
        Self { known: Some(estimate.monthly()), complete }
    }

    /// What all environments cost together, what is paid for the account once.
    pub(super) fn total<'e>(parts: &[Self], estimates: impl Iterator<Item = &'e Estimate>) -> Self {
        let known = parts.iter().any(|part| part.known.is_some()).then(|| cost::total(estimates));
        Self { known, complete: parts.iter().all(|part| part.complete) }
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = match (self.known, self.complete) {
            (None, _) => "?".to_owned(),
            (Some(known), true) => known.to_string(),
            (Some(known), false) => format!("{known} and more"),
        };
        formatter.pad(&text)
    }
}

/// Both totals: as it is, and on Kubernetes.
pub(super) fn totals(rows: &[Row<'_>]) -> (Sum, Sum) {
    let here: Vec<Sum> = rows.iter().map(Row::as_it_is).collect();
    let there: Vec<Sum> = rows.iter().map(Row::on_kubernetes).collect();
    (
        Sum::total(&here, rows.iter().map(|row| row.estimate)),
        Sum::total(&there, rows.iter().filter_map(|row| row.kubernetes.as_ref().ok())),
    )
}

pub(super) fn print(rows: &[Row<'_>], out: &mut dyn Write) -> std::io::Result<()> {
    let (here, there) = totals(rows);
    let names = rows.iter().map(|row| row.environment.name.chars().count());
    let name = names.max().unwrap_or(0).max("environment".len());
    let amounts = rows.iter().flat_map(|row| [row.as_it_is(), row.on_kubernetes()]).chain([here, there]);
    let amount = amounts.map(|sum| sum.to_string().chars().count()).max().unwrap_or(0);
    let amount = amount.max("all Kubernetes".len());
    writeln!(out, "{:<name$}  {:>amount$}  {:>amount$}", "environment", "as it is", "all Kubernetes")?;
    for row in rows {
        let (here, there) = (row.as_it_is(), row.on_kubernetes());
        writeln!(out, "{:<name$}  {here:>amount$}  {there:>amount$}", row.environment.name)?;
    }
    writeln!(out, "{:<name$}  {here:>amount$}  {there:>amount$}", "total")?;
    writeln!(
        out,
        "\nall Kubernetes: each environment without a cluster gets one node of the size of its host, or of the next \
         host up the ladder"
    )?;
    for row in rows {
        if let Some(reason) = row.reason() {
            writeln!(out, "not known: {}: {reason}", row.environment.name)?;
        }
    }
    Ok(())
}
