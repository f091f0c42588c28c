//! What the configuration says about hosts and clusters, as an estimate.

use crate::config::Cluster;
use crate::cost::Book;
use crate::cost::Estimate;
use crate::cost::Interval;
use crate::cost::Item;
use crate::cost::resources::pool;
use crate::cost::resources::unpriced;
use crate::source::Spanned;

/// The provider and the size of `digitalocean/s-1vcpu-2gb`; without a provider the first book that has the size.
fn split(size: &str) -> Option<(&'static Book, &str)> {
    match size.split_once('/') {
        Some((provider, slug)) => Some((Book::of(provider)?, slug)),
        None => {
            let mut books = Book::providers().filter_map(Book::of);
            Some((books.find(|book| book.machine(size).is_some())?, size))
        }
    }
}

fn no_book(size: &Spanned<String>, what: &str, estimate: &mut Estimate) {
    let providers: Vec<&str> = Book::providers().collect();
    let why = format!("no price book has `{}`; there are books of {}", size.value, providers.join(", "));
    estimate.unknown(what, why, Some(size.span));
}

/// A host of Compose projects.
pub fn of_host(host: Option<&Spanned<String>>, monthly: Option<&Spanned<f64>>) -> Estimate {
    let mut estimate = Estimate::default();
    match (monthly, host) {
        (Some(monthly), host) => estimate.items.push(Item {
            what: host.map_or_else(|| "host".to_owned(), |host| format!("host {}", host.value)),
            monthly: Interval::exactly(monthly.value),
            at: Some(monthly.span),
            account: None,
            source: None,
        }),
        (None, Some(host)) => match split(&host.value) {
            Some((book, slug)) => match book.machine(slug) {
                Some(machine) => estimate.items.push(Item {
                    what: format!("host {}", machine.slug()),
                    monthly: Interval::exactly(machine.monthly),
                    at: Some(host.span),
                    account: None,
                    source: Some(machine.source.clone()),
                }),
                None => unpriced(book, slug, host.span, "host", &mut estimate),
            },
            None => no_book(host, "host", &mut estimate),
        },
        (None, None) => {}
    }
    estimate
}

/// A cluster.
pub fn of_cluster(cluster: &Cluster) -> Estimate {
    let mut estimate = Estimate::default();
    let mut first = None;
    for nodes in &cluster.nodes {
        match split(&nodes.size.value) {
            Some((book, slug)) => {
                first = first.or(Some(book));
                let (low, high) = nodes.count.value;
                let bounds = (i64::from(low), i64::from(high));
                pool(book, slug, bounds, nodes.count.span, nodes.size.span, &mut estimate);
            }
            None => no_book(&nodes.size, "node pool", &mut estimate),
        }
    }
    estimate.more_nodes = estimate.pools.len() < cluster.nodes.len();
    let Some(book) = first.or_else(|| Book::of("digitalocean")) else { return estimate };
    if let Some(ha) = &cluster.high_availability {
        let product = if ha.value { "control-plane-ha" } else { "control-plane" };
        let what = if ha.value { "control plane, highly available" } else { "control plane" };
        estimate.high_availability = ha.value;
        estimate.product(book, product, what.to_owned(), 1.0, Some(ha.span));
    } else if book.product("control-plane").is_some_and(|product| product.monthly > 0.0) {
        estimate.product(book, "control-plane", "control plane".to_owned(), 1.0, Some(cluster.span));
    }
    if let Some(balancers) = &cluster.load_balancers
        && balancers.value > 0
    {
        let times = if balancers.value == 1 { String::new() } else { format!("{} × ", balancers.value) };
        let what = format!("{times}load balancer");
        estimate.product(book, "load-balancer", what, f64::from(balancers.value), Some(balancers.span));
    }
    if let Some(registry) = &cluster.registry {
        let what = format!("container registry, {}", registry.value);
        estimate.product(book, &format!("registry-{}", registry.value), what, 1.0, Some(registry.span));
    }
    estimate
}
