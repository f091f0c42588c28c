//! Helm: charts, values in layers, the template language, and what it renders.

pub mod capabilities;
pub mod chart;
mod emit;
pub mod engine;
pub mod eval;
mod functions;
mod glob;
mod go;
pub mod lint;
pub mod moment;
mod problem;
mod read;
pub mod reads;
pub mod record;
pub mod release;
pub mod render;
pub mod schema;
mod template;
pub mod text;
pub mod value;
pub mod values;
pub mod version;

pub use chart::Chart;
pub use functions::names as function_names;
pub use problem::Problem;
pub use problem::ProblemCode;
pub use release::Effective;
pub use release::Named;
pub use release::Options;
pub use release::Release;
pub use render::Manifest;
pub use render::Rendered;
pub use render::RenderedOrigin;
pub use render::why;
pub use values::Layers;
pub use values::SettingKind;
