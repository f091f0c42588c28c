//! Kubernetes objects: views, quantities, schemas, API lifecycle.
//!
//! An [`Object`] is a mapping of a manifest, rendered or as it lies in a file. What is only decided at deploy time is
//! there, but has no value ([`Part::is_unknown`]): whoever reads through [`Part`] cannot guess about the unknown.

pub mod duration;
pub mod names;
pub mod pod_security;
pub mod policy;

mod custom;
mod definitions;
mod int_or_string;
mod kinds;
mod minor;
mod network;
mod object;
mod part;
mod quantity;
mod scaling;
mod schemas;
mod selector;
mod set;
mod validate;
mod workload;

pub use int_or_string::IntOrString;
pub use int_or_string::Rounding;
pub use kinds::BuiltIn;
pub use kinds::Lifecycle;
pub use kinds::served_kinds;
pub use minor::Minor;
pub use minor::NotAMinor;
pub use network::IngressPath;
pub use network::Service;
pub use network::ServicePort;
pub use network::ingress_paths;
pub use network::service_port;
pub use object::Object;
pub use part::AllKnown;
pub use part::Part;
pub use part::Unknowns;
pub use quantity::Quantity;
pub use quantity::QuantityError;
pub use scaling::Autoscaler;
pub use scaling::DisruptionBudget;
pub use schemas::Schemas;
pub use schemas::Verdict;
pub use schemas::Violation;
pub use schemas::ViolationSort;
pub use selector::Labels;
pub use selector::Selector;
pub use set::ObjectSet;
pub use set::Target;
pub use workload::Container;
pub use workload::ContainerPort;
pub use workload::PROBES;
pub use workload::Role;
pub use workload::Workload;
pub use workload::WorkloadKind;
