//! Chart versions and version constraints, as Masterminds/semver reads them.

use crate::helm::version::Constraint;
use crate::helm::version::Version;

/// True for what Helm accepts as a version: one to three numbers, an optional `v`, pre-release and build.
pub fn is_version(text: &str) -> bool {
    Version::parse(text).is_ok()
}

/// True where a version satisfies a constraint; false where either cannot be read.
pub fn satisfies(constraint: &str, version: &str) -> bool {
    match (Constraint::parse(constraint), Version::parse(version)) {
        (Ok(constraint), Ok(version)) => constraint.check(&version),
        _ => false,
    }
}
