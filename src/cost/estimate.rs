//! What an environment costs a month, as an interval, item by item.

use crate::cost::Book;
use crate::cost::PriceSource;
use crate::source::Span;
use crate::source::Unknown;

/// US dollars a month, between two bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// What it costs at least.
    pub low: f64,
    /// What it costs at most.
    pub high: f64,
}

impl Interval {
    /// Nothing.
    pub const ZERO: Self = Self { low: 0.0, high: 0.0 };

    /// Exactly that much.
    pub fn exactly(amount: f64) -> Self {
        Self { low: amount, high: amount }
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    /// So many times.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor }
    }

    /// The same, or nothing at all.
    #[must_use]
    pub fn or_nothing(self) -> Self {
        Self { low: 0.0, ..self }
    }

    /// True where both bounds are the same, to the cent.
    pub fn is_exact(self) -> bool {
        cents(self.low) == cents(self.high)
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_exact() {
            write!(formatter, "${}", dollars(self.low))
        } else {
            write!(formatter, "${}–${}", dollars(self.low), dollars(self.high))
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "amounts of money stay far below the limit")]
fn cents(amount: f64) -> i64 {
    (amount * 100.0).round() as i64
}

/// An amount as it is written: `53`, `63.50`.
pub fn dollars(amount: f64) -> String {
    let cents = cents(amount);
    if cents % 100 == 0 {
        (cents / 100).to_string()
    } else {
        format!("{}.{:02}", cents / 100, (cents % 100).abs())
    }
}

/// One line of an estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is: `3 × s-1vcpu-2gb`.
    pub what: String,
    /// What it costs.
    pub monthly: Interval,
    /// The line that decides it.
    pub at: Option<Span>,
    /// Set for what is paid once for an account, however many environments use it: its name.
    pub account: Option<String>,
    /// Where the price is from; `None` for an amount that the configuration gives.
    pub source: Option<PriceSource>,
}

/// Something that costs an amount that is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownCost {
    /// What it is.
    pub what: String,
    /// Why its cost is not known.
    pub why: Unknown,
    /// True where the size is known and no price book has it.
    pub unpriced: Option<Unpriced>,
}

/// A size that no price book has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpriced {
    /// The size as written.
    pub size: String,
    /// Where it is written.
    pub at: Span,
    /// A size that is written much the same.
    pub similar: Option<String>,
}

/// What an environment costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimate {
    /// What is known.
    pub items: Vec<Item>,
    /// What is not.
    pub unknown: Vec<UnknownCost>,
    /// Node pools, for capacity.
    pub pools: Vec<Pool>,
    /// True where there are more nodes, and their size or number is not known.
    pub more_nodes: bool,
    /// True where a control plane is highly available for sure.
    pub high_availability: bool,
}

/// Nodes of one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// The size, with its provider.
    pub size: String,
    /// The smallest number of nodes.
    pub low: u32,
    /// The largest number of nodes.
    pub high: u32,
    /// Where the number is decided.
    pub at: Span,
    /// Where the size is decided.
    pub size_at: Span,
}

impl Estimate {
    /// The sum of all items.
    pub fn monthly(&self) -> Interval {
        self.items.iter().fold(Interval::ZERO, |sum, item| sum.plus(item.monthly))
    }

    /// Puts another estimate behind this one.
    pub fn append(&mut self, mut other: Self) {
        self.items.append(&mut other.items);
        self.unknown.append(&mut other.unknown);
        self.pools.append(&mut other.pools);
        self.more_nodes |= other.more_nodes;
        self.high_availability |= other.high_availability;
    }

    /// The oldest date among the prices that make it up.
    pub fn oldest_price(&self) -> Option<&Item> {
        let dated = self.items.iter().filter(|item| item.monthly.high > 0.0 && item.source.is_some());
        dated.min_by_key(|item| item.source.as_ref().map(|source| source.date))
    }

    pub(super) fn product(&mut self, book: &Book, name: &str, what: String, times: f64, at: Option<Span>) {
        match book.product(name) {
            Some(product) => self.items.push(Item {
                what,
                monthly: Interval::exactly(product.monthly * times),
                at,
                account: (product.per == "account").then(|| format!("{} {name}", book.provider)),
                source: Some(product.source.clone()),
            }),
            None => self.unknown(what, format!("the price book of {} has no `{name}`", book.provider), at),
        }
    }

    pub(super) fn unknown(&mut self, what: impl Into<String>, why: impl Into<String>, at: Option<Span>) {
        let why = Unknown { why: why.into(), span: at };
        self.unknown.push(UnknownCost { what: what.into(), why, unpriced: None });
    }
}

/// The sum over environments: what is paid once for an account is counted once, at the most expensive it is anywhere.
pub fn total<'e>(estimates: impl IntoIterator<Item = &'e Estimate>) -> Interval {
    let mut sum = Interval::ZERO;
    let mut accounts: Vec<(&str, Interval)> = Vec::new();
    for item in estimates.into_iter().flat_map(|estimate| &estimate.items) {
        match &item.account {
            None => sum = sum.plus(item.monthly),
            Some(account) => match accounts.iter_mut().find(|(known, _)| known == account) {
                Some((_, cost)) => {
                    cost.low = cost.low.max(item.monthly.low);
                    cost.high = cost.high.max(item.monthly.high);
                }
                None => accounts.push((account, item.monthly)),
            },
        }
    }
    accounts.into_iter().fold(sum, |sum, (_, cost)| sum.plus(cost))
}
