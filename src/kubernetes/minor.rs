//! Versions of Kubernetes, as far as they matter: its minors.

use std::fmt;

use thiserror::Error;

/// A minor version of Kubernetes 1: `Minor(34)` is Kubernetes 1.34.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor(pub u32);

/// A text that names no minor of Kubernetes 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no Kubernetes version such as `1.34`")]
pub struct NotAMinor(pub String);

impl Minor {
    /// The oldest minor whose schemas are known.
    pub const OLDEST: Self = Self(33);

    /// The newest minor whose schemas are known.
    pub const NEWEST: Self = Self(37);

    /// Reads `1.34`, `v1.34` or `v1.34.2+k3s1`.
    pub fn parse(text: &str) -> Result<Self, NotAMinor> {
        let unknown = || NotAMinor(text.to_owned());
        let rest = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.").ok_or_else(unknown)?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let after = rest.get(digits.len()..).unwrap_or_default();
        if !after.is_empty() && !after.starts_with(['.', '+', '-']) {
            return Err(unknown());
        }
        digits.parse().map(Self).map_err(|_overflow| unknown())
    }

    /// The nearest minor whose schemas are known.
    #[must_use]
    pub fn nearest_known(self) -> Self {
        self.clamp(Self::OLDEST, Self::NEWEST)
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "1.{}", self.0)
    }
}
