//! Which kinds there are, which minors serve them, and what replaced those that are gone.

use crate::kubernetes::Minor;
use crate::kubernetes::definitions::line;
use crate::kubernetes::definitions::parse_range;

static KINDS: &str = include_str!("../../schemas/kubernetes/kinds.txt");

/// A kind of object that Kubernetes itself has or had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    definition: Option<&'static str>,
    served: Option<(u32, u32)>,
    cluster: bool,
    introduced: Option<u32>,
    deprecated: Option<u32>,
    removed: Option<u32>,
    replacement: Option<(&'static str, &'static str)>,
}

/// Where a kind stands in its life in one minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// Served, and nothing against it.
    Served,
    /// Served, but on its way out.
    Deprecated {
        /// Since when.
        since: Minor,
        /// The first minor without it, as far as it is known.
        removed: Option<Minor>,
    },
    /// No longer served.
    Removed {
        /// The first minor without it.
        since: Minor,
    },
    /// Not yet served.
    Future {
        /// The first minor that has it.
        since: Minor,
    },
}

impl BuiltIn {
    /// The built-in kind of that name, of any minor: `BuiltIn::find("policy/v1beta1", "PodDisruptionBudget")`.
    pub fn find(api_version: &str, kind: &str) -> Option<Self> {
        line(KINDS, &format!("{api_version} {kind}")).map(Self::parse)
    }

    /// Reads a line of the list, behind API version and kind.
    fn parse(line: &'static str) -> Self {
        let mut found = Self {
            definition: None,
            served: None,
            cluster: false,
            introduced: None,
            deprecated: None,
            removed: None,
            replacement: None,
        };
        for part in line.split_ascii_whitespace() {
            match part.split_once('=') {
                Some(("introduced", minor)) => found.introduced = minor.parse().ok(),
                Some(("deprecated", minor)) => found.deprecated = minor.parse().ok(),
                Some(("removed", minor)) => found.removed = minor.parse().ok(),
                Some(("use", replacement)) => found.replacement = replacement.split_once(','),
                _ if part == "cluster" => found.cluster = true,
                _ => {
                    let (definition, range) = part.split_once('@').unwrap_or((part, ""));
                    found.definition = Some(definition);
                    found.served = Some(parse_range(range));
                }
            }
        }
        found
    }

    /// True for kinds that belong to no namespace.
    pub fn is_cluster_scoped(self) -> bool {
        self.cluster
    }

    /// The name of its definition, where its schema is known.
    pub(super) fn definition(self) -> Option<&'static str> {
        self.definition
    }

    /// Where it stands in a minor.
    pub fn lifecycle(self, minor: Minor) -> Lifecycle {
        if let Some((from, to)) = self.served {
            if minor.0 < from && from > Minor::OLDEST.0 {
                return Lifecycle::Future { since: Minor(from) };
            }
            if minor.0 > to && to < Minor::NEWEST.0 {
                return Lifecycle::Removed { since: Minor(to + 1) };
            }
        }
        if let Some(removed) = self.removed.filter(|removed| *removed <= minor.0 && self.gone(*removed)) {
            return Lifecycle::Removed { since: Minor(removed) };
        }
        if let Some(introduced) = self.introduced.filter(|introduced| *introduced > minor.0) {
            return Lifecycle::Future { since: Minor(introduced) };
        }
        match self.deprecated.filter(|deprecated| *deprecated <= minor.0) {
            Some(since) => Lifecycle::Deprecated { since: Minor(since), removed: self.removed.map(Minor) },
            None => Lifecycle::Served,
        }
    }

    /// Whether a planned removal is believed: what the schemas of known minors say counts for those.
    fn gone(self, removed: u32) -> bool {
        removed > Minor::NEWEST.0 || self.served.is_none_or(|(_, to)| to < removed)
    }

    /// The warning of the API server, as `kubectl` and Helm show it: `extensions/v1beta1 Ingress is deprecated in
    /// v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress`. `None` for a kind with no end in sight.
    pub fn warning(self, api_version: &str, kind: &str, minor: Minor) -> Option<String> {
        let deprecated = self.deprecated.filter(|deprecated| *deprecated <= minor.0)?;
        let mut text = format!("{api_version} {kind} is deprecated in v1.{deprecated}+");
        if let Some(removed) = self.removed {
            text.push_str(", unavailable in v1.");
            text.push_str(&removed.to_string());
            text.push('+');
        }
        if let Some((version, kind)) = self.replacement {
            text.push_str("; use ");
            text.push_str(version);
            text.push(' ');
            text.push_str(kind);
        }
        Some(text)
    }

    /// What to use instead in a minor: an API version and a kind that it serves.
    pub fn replacement(
        self,
        api_version: &str,
        kind: &str,
        minor: Minor,
    ) -> Option<(&'static str, &'static str)> {
        let served = |(version, kind): (&str, &str)| {
            Self::find(version, kind).is_some_and(|built_in| {
                matches!(built_in.lifecycle(minor), Lifecycle::Served | Lifecycle::Deprecated { .. })
                    && built_in.definition.is_some()
            })
        };
        self.replacement.filter(|named| served(*named)).or_else(|| {
            // The sources name no successor for a kind that only lost its `beta`.
            let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
            let mut same = KINDS.lines().filter_map(|line| {
                let (version, rest) = line.split_once(' ')?;
                let of_group = version.rsplit_once('/').map_or("", |(group, _)| group) == group;
                let named = rest.split(' ').next()?;
                (of_group && named == kind && version != api_version && served((version, named)))
                    .then_some((version, named))
            });
            same.next()
        })
    }
}

/// The built-in kinds that one minor serves, as API version and kind.
pub fn served_kinds(minor: Minor) -> impl Iterator<Item = (&'static str, &'static str)> {
    KINDS.lines().filter_map(move |line| {
        let (version, rest) = line.split_once(' ')?;
        let (kind, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let built_in = BuiltIn::parse(rest);
        let there = matches!(built_in.lifecycle(minor), Lifecycle::Served | Lifecycle::Deprecated { .. });
        (built_in.definition.is_some() && there).then_some((version, kind))
    })
}
