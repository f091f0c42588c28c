//! `cost/documented-cost-mismatch`: a table in the documents that states another price.

use crate::cost::Interval;
use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::source::Source;
use crate::source::Span;

/// How far a documented amount may be off.
const TOLERANCE: f64 = 0.1;

/// A row of a table that states what an environment costs.
struct Row {
    environment: usize,
    stated: Interval,
    at: Span,
}

pub(super) fn check(ladder: &Ladder, _context: &Context<'_>) -> Vec<Finding> {
    let mut rows = Vec::new();
    for document in &ladder.documents {
        read(document, ladder, &mut rows);
    }
    let agrees = |row: &Row| {
        let estimate =
            ladder.environments.get(row.environment).map(|rung| rung.assessment().estimate.monthly());
        estimate.is_some_and(|estimate| {
            estimate.low <= row.stated.high * (1.0 + TOLERANCE)
                && estimate.high >= row.stated.low * (1.0 - TOLERANCE)
        })
    };
    let mut findings = Vec::new();
    for (at, environment) in ladder.environments.iter().enumerate() {
        let estimate = &environment.assessment().estimate;
        if !estimate.unknown.is_empty() || estimate.items.is_empty() {
            continue;
        }
        let of = || rows.iter().filter(|row| row.environment == at);
        // A second table may compare with another way to run things; one that agrees is enough.
        if of().any(agrees) {
            continue;
        }
        let monthly = estimate.monthly();
        findings.extend(of().map(|row| {
            Finding::new(
                format!(
                    "the document says {} a month for `{}`, the estimate {monthly}",
                    row.stated, environment.name
                ),
                row.at,
                format!("documented {}", environment.name),
            )
            .label(format!("the estimate is {monthly}"))
            .help("update the document, or run `plimsoll cost` to see where the amount comes from")
        }));
    }
    findings
}

fn read(document: &Source, ladder: &Ladder, rows: &mut Vec<Row>) {
    let mut offset = 0;
    let mut monthly = false;
    for line in document.text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let trimmed = line.trim();
        if !trimmed.starts_with('|') {
            monthly = false;
            continue;
        }
        let mut cells = trimmed.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('*').trim());
        let Some(first) = cells.next() else { continue };
        let rest: Vec<&str> = cells.collect();
        let head = rest.iter().any(|cell| {
            let cell = cell.to_ascii_lowercase();
            cell.contains("cost") || cell.contains("price") || cell.contains("month")
        });
        monthly |= head;
        let Some(environment) = named(first, ladder).filter(|_| monthly) else { continue };
        let amounts: Vec<Interval> = rest.iter().filter_map(|cell| amount(cell)).collect();
        // Of several amounts in a row it is not known which one is the price.
        if let [stated] = amounts.as_slice() {
            let end = start + line.trim_end().len();
            rows.push(Row { environment, stated: *stated, at: Span::new(document.id, start, end) });
        }
    }
}

/// The environment that the first cell of a row names: `Staging`, `Local Dev`.
fn named(cell: &str, ladder: &Ladder) -> Option<usize> {
    let cell = cell.to_ascii_lowercase();
    let words: Vec<&str> =
        cell.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let first = words.first()?;
    ladder.environments.iter().position(|rung| {
        let name = rung.name.to_ascii_lowercase();
        name == *first || (words.len() == 1 && first.len() >= 3 && name.starts_with(first))
    })
}

/// `$53`, `~$20-40/month`; none for amounts of another period.
fn amount(cell: &str) -> Option<Interval> {
    let lower = cell.to_ascii_lowercase();
    if ["year", "/yr", "hour", "/h", "day"].iter().any(|period| lower.contains(period)) {
        return None;
    }
    let (_, rest) = cell.split_once('$')?;
    let number = |text: &str| {
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len());
        let (digits, rest) = text.split_at_checked(end)?;
        let value: f64 = digits.trim_end_matches('.').replace(',', "").parse().ok()?;
        Some((value, rest.to_owned()))
    };
    let (low, rest) = number(rest)?;
    let rest = rest.trim_start();
    let high =
        rest.strip_prefix(['-', '–']).and_then(|rest| number(rest.trim_start().trim_start_matches('$')));
    if rest.contains('$') && high.is_none() {
        return None;
    }
    let high = high.map_or(low, |(high, _)| high);
    (high >= low).then_some(Interval { low, high })
}
