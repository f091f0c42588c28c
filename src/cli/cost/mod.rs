//! `plimsoll cost [PATH]`

mod compare;

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::Exit;
use crate::cli::ladder::Repository;
use crate::cli::ladder::open;
use crate::cli::ladder::place;
use crate::cost;
use crate::cost::Estimate;
use crate::cost::Interval;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::source::SourceMap;
use crate::source::Span;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The repository [default: the one that the current folder is in]
    path: Option<PathBuf>,
    /// Compare the ladder as it is with one that runs every environment on Kubernetes
    #[arg(long)]
    compare: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Human,
    Json,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    let Some(Repository { sources, config, plan, mistaken }) = open(arguments.path.as_deref(), err)? else {
        return Ok(Exit::Usage);
    };
    let ladder = Ladder::load(&sources, plan);
    let rows: Vec<(&Environment, &Estimate)> =
        ladder.environments.iter().map(|rung| (rung, &rung.assessment().estimate)).collect();
    let page =
        Page { sources: &sources, ladder: &ladder, rows, budget: config.budget.as_ref().map(|b| b.value) };
    match (arguments.format, arguments.compare) {
        (Format::Human, false) => page.table(out)?,
        (Format::Human, true) => compare::print(&compare::rows(&page.rows), out)?,
        (Format::Json, compare) => {
            serde_json::to_writer_pretty(&mut *out, &page.json(compare))?;
            writeln!(out)?;
        }
    }
    Ok(if mistaken { Exit::Usage } else { Exit::Clean })
}

struct Page<'p> {
    sources: &'p SourceMap,
    ladder: &'p Ladder,
    rows: Vec<(&'p Environment, &'p Estimate)>,
    budget: Option<f64>,
}

impl Page<'_> {
    fn place(&self, span: Option<Span>) -> String {
        span.and_then(|span| place(self.sources, span)).unwrap_or_default()
    }

    fn table(&self, out: &mut dyn Write) -> std::io::Result<()> {
        if self.rows.is_empty() && self.ladder.other_stacks.is_empty() {
            return writeln!(out, "no environment was found; `plimsoll ladder` says what was looked for");
        }
        let described = self.rows.iter().flat_map(|(_, estimate)| &estimate.items);
        let what = described.clone().map(|item| item.what.chars().count()).max().unwrap_or(0);
        let sums = self.rows.iter().map(|(_, estimate)| estimate.monthly());
        let amounts = described.map(|item| item.monthly).chain(sums);
        let amount = amounts.map(|amount| amount.to_string().chars().count()).max().unwrap_or(0).max(6);
        for (environment, estimate) in &self.rows {
            writeln!(out, "{} ({})", environment.name, environment.stage.name())?;
            for item in &estimate.items {
                let account = if item.account.is_some() { "  (once for the account)" } else { "" };
                let place = self.place(item.at);
                let line = format!(
                    "  {:>amount$}  {:<what$}  {place}{account}",
                    item.monthly.to_string(),
                    item.what
                );
                writeln!(out, "{}", line.trim_end())?;
            }
            for unknown in &estimate.unknown {
                let place = self.place(unknown.why.span);
                let line = format!("  {:>amount$}  {}: {}  {place}", "?", unknown.what, unknown.why.why);
                writeln!(out, "{}", line.trim_end())?;
            }
            if estimate.items.is_empty() && estimate.unknown.is_empty() {
                writeln!(out, "  {:>amount$}  {}", "–", nothing(environment))?;
            }
            self.sum(environment, estimate, amount, out)?;
            writeln!(out)?;
        }
        self.others(out)?;
        let total = cost::total(self.rows.iter().map(|(_, estimate)| *estimate));
        match self.budget {
            Some(budget) => {
                let complete = self.rows.iter().all(|(_, estimate)| estimate.unknown.is_empty());
                let verdict = verdict(total, budget, complete);
                writeln!(out, "total {total} a month, budget ${}: {verdict}", cost::dollars(budget))?;
            }
            None => writeln!(out, "total {total} a month")?,
        }
        if let Some((oldest, newest)) = self.dates() {
            let dates = if oldest == newest { oldest } else { format!("{oldest} to {newest}") };
            writeln!(out, "prices as of {dates}, in US dollars, without tax and transfer")?;
        }
        for unchecked in &self.ladder.unchecked {
            writeln!(out, "not seen: {}: {}", unchecked.what, unchecked.reason)?;
        }
        Ok(())
    }

    /// The last line of an environment. Where nothing at all is known there is no sum.
    fn sum(
        &self,
        environment: &Environment,
        estimate: &Estimate,
        amount: usize,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        let monthly = estimate.monthly();
        let known = match (estimate.items.is_empty(), estimate.unknown.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => "?".to_owned(),
            (false, _) => monthly.to_string(),
        };
        let more = if estimate.unknown.is_empty() || known == "?" { "" } else { " and what is not known" };
        match &environment.budget {
            Some(budget) => {
                let verdict = verdict(monthly, budget.value, estimate.unknown.is_empty());
                let budget = cost::dollars(budget.value);
                writeln!(out, "  {known:>amount$}  a month{more}, budget ${budget}: {verdict}")
            }
            None => writeln!(out, "  {known:>amount$}  a month{more}"),
        }
    }

    /// What is priced of stacks that belong to no environment.
    fn others(&self, out: &mut dyn Write) -> std::io::Result<()> {
        for stack in &self.ladder.other_stacks {
            let Some(loaded) = &stack.loaded else { continue };
            let estimate = cost::of_reading(&loaded.reading);
            if estimate.items.is_empty() && estimate.unknown.is_empty() {
                continue;
            }
            let name = loaded.stack.as_ref().map_or("no stack", |stack| &stack.name);
            writeln!(out, "{} ({name}), in no environment", loaded.project.source.path)?;
            for item in &estimate.items {
                writeln!(out, "  {}  {}  {}", item.monthly, item.what, self.place(item.at))?;
            }
            for unknown in &estimate.unknown {
                writeln!(
                    out,
                    "  ?  {}: {}  {}",
                    unknown.what,
                    unknown.why.why,
                    self.place(unknown.why.span)
                )?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn dates(&self) -> Option<(String, String)> {
        let sources = self.rows.iter().flat_map(|(_, estimate)| &estimate.items);
        let dates: Vec<cost::Day> = sources.filter_map(|item| Some(item.source.as_ref()?.date)).collect();
        Some((dates.iter().min()?.to_string(), dates.iter().max()?.to_string()))
    }

    fn json(&self, compare: bool) -> serde_json::Value {
        let at = |span: Option<Span>| {
            let span = span?;
            let source = self.sources.get(span.source)?;
            Some(json!({"file": source.path, "line": source.line_column(span.start).line}))
        };
        let range = |interval: Interval| json!({"low": round(interval.low), "high": round(interval.high)});
        let environments: Vec<serde_json::Value> = self
            .rows
            .iter()
            .map(|(environment, estimate)| {
                let items: Vec<serde_json::Value> = estimate
                    .items
                    .iter()
                    .map(|item| {
                        let mut row = json!({"what": item.what, "monthly": round(item.monthly.high)});
                        if let Some(row) = row.as_object_mut() {
                            if !item.monthly.is_exact() {
                                row.insert("range".to_owned(), range(item.monthly));
                            }
                            if let Some(account) = &item.account {
                                row.insert("account".to_owned(), json!(account));
                            }
                            if let Some(source) = &item.source {
                                row.insert("priced".to_owned(), json!(source.date.to_string()));
                            }
                            if let Some(at) = at(item.at) {
                                row.insert("at".to_owned(), at);
                            }
                        }
                        row
                    })
                    .collect();
                let unknown: Vec<serde_json::Value> = estimate
                    .unknown
                    .iter()
                    .map(|one| json!({"what": one.what, "why": one.why.why, "at": at(one.why.span)}))
                    .collect();
                json!({
                    "name": environment.name,
                    "monthly": range(estimate.monthly()),
                    "budget": environment.budget.as_ref().map(|budget| budget.value),
                    "items": items,
                    "unknown": unknown,
                })
            })
            .collect();
        let total = cost::total(self.rows.iter().map(|(_, estimate)| *estimate));
        let mut report = json!({
            "schema": "plimsoll/cost/v1",
            "currency": "USD",
            "environments": environments,
            "total": range(total),
            "budget": self.budget,
        });
        if compare && let Some(report) = report.as_object_mut() {
            let rows = compare::rows(&self.rows);
            let (_, total) = compare::totals(&rows);
            let amount =
                |sum: compare::Sum| json!({"monthly": sum.known.map(range), "complete": sum.complete});
            let environments: Vec<serde_json::Value> = rows
                .iter()
                .map(|row| {
                    let mut cost = amount(row.on_kubernetes());
                    if let Some(cost) = cost.as_object_mut() {
                        cost.insert("name".to_owned(), json!(row.environment.name));
                        cost.extend(row.reason().map(|reason| ("why".to_owned(), json!(reason))));
                    }
                    cost
                })
                .collect();
            let compared = json!({"environments": environments, "total": amount(total)});
            report.insert("all-kubernetes".to_owned(), compared);
        }
        report
    }
}

fn round(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

fn verdict(cost: Interval, budget: f64, complete: bool) -> &'static str {
    if cost.low > budget {
        "over"
    } else if cost.high > budget {
        "may be over"
    } else if !complete {
        "not known"
    } else {
        "within"
    }
}

/// Why an environment has no line.
fn nothing(environment: &Environment) -> &'static str {
    if environment.stacks.iter().any(|stack| stack.loaded.is_none()) {
        "its Pulumi project is not in the repository; describe its `cluster:` in plimsoll.yaml"
    } else if !environment.releases.is_empty() {
        "nothing says what its cluster is; describe its `cluster:` in plimsoll.yaml"
    } else if environment.stage == crate::config::Stage::Local {
        "it runs on the machines of developers"
    } else {
        "nothing says what its host is; give `host:` or `monthly:` in plimsoll.yaml"
    }
}
