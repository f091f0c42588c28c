//! Price books: what machines and products of a provider cost, with the source and date of every price.

use std::fmt;
use std::sync::OnceLock;

use crate::diagnostic::nearest;
use crate::source::Files;
use crate::source::SourceMap;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// The prices of one provider.
#[derive(Debug)]
pub struct Book {
    /// The provider, as sizes name it: `digitalocean` in `digitalocean/s-1vcpu-2gb`.
    pub provider: String,
    /// Virtual machines, cheapest first where the provider has many.
    pub machines: Vec<Machine>,
    /// Sizes of managed databases.
    pub databases: Vec<Machine>,
    /// Everything else.
    pub products: Vec<Product>,
}

/// A size of a machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// Its name with the provider.
    pub size: String,
    /// Virtual processors.
    pub vcpu: u32,
    /// Memory in GiB.
    pub memory: f64,
    /// Disk in GB; 0 where it is bought apart.
    pub disk: f64,
    /// Included transfer in TiB, where that is known.
    pub transfer: Option<f64>,
    /// The price in US dollars a month.
    pub monthly: f64,
    /// Where the price is from.
    pub source: PriceSource,
}

/// Something other than a machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// What it is: `load-balancer`, `volume`.
    pub name: String,
    /// The price in US dollars a month, for each `per`.
    pub monthly: f64,
    /// What is counted: a node, a GiB, an account.
    pub per: String,
    /// Where the price is from.
    pub source: PriceSource,
}

/// Where a price is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceSource {
    /// A description.
    pub what: String,
    /// The day it was seen.
    pub date: Day,
}

/// A day: `2026-08-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day, from 1.
    pub day: u8,
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Day {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let year = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok()?;
        let day = parts.next()?.parse().ok()?;
        Some(Self { year, month, day })
    }
}

/// Every provider that has a book, and its text.
const BOOKS: [(&str, &str); 7] = [
    ("digitalocean", include_str!("../../rules/prices/digitalocean.yaml")),
    ("aws", include_str!("../../rules/prices/aws.yaml")),
    ("gcp", include_str!("../../rules/prices/gcp.yaml")),
    ("azure", include_str!("../../rules/prices/azure.yaml")),
    ("hetzner", include_str!("../../rules/prices/hetzner.yaml")),
    ("linode", include_str!("../../rules/prices/linode.yaml")),
    ("vultr", include_str!("../../rules/prices/vultr.yaml")),
];

static READ: [OnceLock<Book>; 7] = [const { OnceLock::new() }; 7];

impl Book {
    /// The book of a provider, read when it is asked for first.
    pub fn of(provider: &str) -> Option<&'static Self> {
        let at = BOOKS.iter().position(|(name, _)| *name == provider)?;
        let (_, text) = BOOKS.get(at)?;
        Some(READ.get(at)?.get_or_init(|| Self::parse(text)))
    }

    /// The providers that have a book.
    pub fn providers() -> impl Iterator<Item = &'static str> {
        BOOKS.iter().map(|(name, _)| *name)
    }

    /// Reads a book. A row that is not complete is left out; a test holds that none is.
    fn parse(text: &str) -> Self {
        let sources = SourceMap::new(Files::memory::<&str, &str>([]));
        let source = sources.add("prices", text);
        let tree = Tree::parse(&source, Dialect::Strict);
        let mut book = Self {
            provider: String::new(),
            machines: Vec::new(),
            databases: Vec::new(),
            products: Vec::new(),
        };
        let Some(root) = tree.root() else { return book };
        book.provider = root.get("provider").map(|node| node.text().into_owned()).unwrap_or_default();
        let sources = root.get("sources");
        let rows = |key: &str| root.get(key).map(NodeRef::items).into_iter().flatten();
        let source = |row: NodeRef<'_>| {
            let source = sources?.get(&row.get("source")?.text())?;
            Some(PriceSource {
                what: source.get("what")?.text().into_owned(),
                date: Day::parse(&source.get("date")?.text())?,
            })
        };
        let machine = |row: NodeRef<'_>| {
            Some(Machine {
                size: format!("{}/{}", book.provider, row.get("size")?.text()),
                vcpu: u32::try_from(row.get("vcpu")?.as_i64()?).ok()?,
                memory: row.get("memory")?.as_f64()?,
                disk: row.get("disk")?.as_f64()?,
                transfer: row.get("transfer").and_then(NodeRef::as_f64),
                monthly: row.get("monthly")?.as_f64()?,
                source: source(row)?,
            })
        };
        let machines = rows("machines").filter_map(machine).collect();
        let databases = rows("databases").filter_map(machine).collect();
        let product = |row: NodeRef<'_>| {
            Some(Product {
                name: row.get("name")?.text().into_owned(),
                monthly: row.get("monthly")?.as_f64()?,
                per: row.get("per")?.text().into_owned(),
                source: source(row)?,
            })
        };
        book.products = rows("products").filter_map(product).collect();
        book.machines = machines;
        book.databases = databases;
        book
    }

    /// A machine by its size, without the provider. Capitals do not count.
    pub fn machine(&self, size: &str) -> Option<&Machine> {
        self.machines.iter().find(|machine| machine.slug().eq_ignore_ascii_case(size))
    }

    /// A size of a managed database.
    pub fn database(&self, size: &str) -> Option<&Machine> {
        self.databases.iter().find(|machine| machine.slug().eq_ignore_ascii_case(size))
    }

    /// A product by its name.
    pub fn product(&self, name: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.name == name)
    }

    /// The size whose name is closest to `size`, where one is close.
    pub fn similar(&self, size: &str) -> Option<&Machine> {
        let close = nearest(size, self.machines.iter().map(Machine::slug))?;
        self.machine(close)
    }
}

impl Machine {
    /// The size without its provider: `s-1vcpu-2gb`.
    pub fn slug(&self) -> &str {
        self.size.split_once('/').map_or(self.size.as_str(), |(_, slug)| slug)
    }

    /// The provider: `digitalocean`.
    pub fn provider(&self) -> &str {
        self.size.split_once('/').map_or("", |(provider, _)| provider)
    }
}

/// The machine of a size with its provider, such as `digitalocean/s-1vcpu-2gb`. Without a provider the size is looked
/// for in every book.
pub fn machine(size: &str) -> Option<&'static Machine> {
    match size.split_once('/') {
        Some((provider, slug)) => Book::of(provider)?.machine(slug),
        None => Book::providers().filter_map(Book::of).find_map(|book| book.machine(size)),
    }
}
