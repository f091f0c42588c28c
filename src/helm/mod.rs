//! Helm: charts, values in layers, the template language, and what it renders.

pub mod chart;
pub mod engine;
pub mod moment;
mod problem;
pub mod record;
pub mod text;
pub mod value;
pub mod version;

pub use chart::Chart;
pub use problem::Problem;
pub use problem::ProblemCode;
