//! Semantic versions and constraints as Sprig has them.

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number.
    pub patch: u64,
    /// What stands after `-`.
    pub prerelease: String,
    /// What stands after `+`.
    pub metadata: String,
    /// The text it was read from.
    pub original: String,
}
