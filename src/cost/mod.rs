//! What environments cost a month, and whether their clusters carry what they run.
//!
//! In come resources of Pulumi programs, what the configuration says of hosts and clusters, and what rendered objects
//! ask for; out come estimates as intervals, item by item, and verdicts on capacity. Unknown stays unknown.

mod book;
mod capacity;
mod configured;
mod demand;
mod estimate;
mod resources;

pub use book::Book;
pub use book::Day;
pub use book::Machine;
pub use book::PriceSource;
pub use book::Product;
pub use book::machine;
pub use capacity::Amount;
pub use capacity::Capacity;
pub use capacity::Fit;
pub use capacity::Pods;
pub use capacity::Proposal;
pub use capacity::cheapest;
pub use capacity::free;
pub use capacity::weigh;
pub use configured::of_cluster;
pub use configured::of_host;
pub use demand::Claim;
pub use demand::Demand;
pub use demand::LoadBalancer;
pub use estimate::Estimate;
pub use estimate::Interval;
pub use estimate::Item;
pub use estimate::Pool;
pub use estimate::UnknownCost;
pub use estimate::Unpriced;
pub use estimate::dollars;
pub use estimate::total;
pub use resources::of_reading;
