//! Helm: charts, values in layers, the template language, and what it renders.

pub mod engine;
pub mod moment;
pub mod record;
pub mod text;
pub mod value;
pub mod version;
