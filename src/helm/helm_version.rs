//! Which Helm a chart is rendered as: what Helm 4 does otherwise than Helm 3, all in one place.
//!
//! Each difference is a question that the place concerned asks; nothing else in this room knows the number.

/// A major version of Helm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(try_from = "u8")]
pub enum HelmVersion {
    /// Helm 3, as 3.22.0 does it.
    #[default]
    Three,
    /// Helm 4, as 4.3.1 does it.
    Four,
}

/// There is no such Helm, or none that charts are rendered as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("charts are rendered as Helm 3 or Helm 4 does")]
pub struct UnknownHelm;

impl TryFrom<u8> for HelmVersion {
    type Error = UnknownHelm;

    fn try_from(major: u8) -> Result<Self, UnknownHelm> {
        match major {
            3 => Ok(Self::Three),
            4 => Ok(Self::Four),
            _ => Err(UnknownHelm),
        }
    }
}

impl std::str::FromStr for HelmVersion {
    type Err = UnknownHelm;

    /// Reads the major version: `3` or `4`.
    fn from_str(text: &str) -> Result<Self, UnknownHelm> {
        text.parse::<u8>().map_err(|_| UnknownHelm).and_then(Self::try_from)
    }
}

impl std::fmt::Display for HelmVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if self.is_four() { "4" } else { "3" })
    }
}

impl HelmVersion {
    const fn is_four(self) -> bool {
        matches!(self, Self::Four)
    }

    /// `.Capabilities.HelmVersion.Version`. Helm 4 says so where it is built without the flags of a release.
    pub const fn name(self) -> &'static str {
        if self.is_four() { "v4.3" } else { "v3.22.0" }
    }

    // Values.

    /// A values file is all of its documents, merged in their order; in Helm 3 it is the first one.
    pub const fn reads_all_documents(self) -> bool {
        self.is_four()
    }

    /// `--set-json` takes a whole object, too: `--set-json '{"a": 1}'`.
    pub const fn sets_json_objects(self) -> bool {
        self.is_four()
    }

    /// An index without its `]` ends a `--set` argument, and no more is said; in Helm 3 it is an error.
    pub const fn forgives_open_index(self) -> bool {
        self.is_four()
    }

    /// A null among a chart's own defaults is as if its key were not there; in Helm 3 the null stays, and that of a
    /// parent takes away what a subchart has by default.
    pub const fn drops_null_defaults(self) -> bool {
        self.is_four()
    }

    /// Two aliases of one chart have a copy of its declarations each; in Helm 3 what is renamed for one is renamed for
    /// the other.
    pub const fn copies_declarations(self) -> bool {
        self.is_four()
    }

    // Charts.

    /// True for an `apiVersion` of `Chart.yaml` that can be installed. Helm 3 asks nothing of it.
    pub fn installs(self, api_version: &str) -> bool {
        !self.is_four() || matches!(api_version, "" | "v1" | "v2")
    }

    // Templates.

    /// `.Chart` is a map of all fields by their Go names, so that one that is not there is nil; in Helm 3 it is a
    /// struct, and such a field is an error.
    pub const fn shows_chart_as_map(self) -> bool {
        self.is_four()
    }

    /// The Go package of the types of `.Values` and `.Capabilities`, which `typeOf` and errors show.
    pub const fn values_type(self) -> &'static str {
        if self.is_four() { "common.Values" } else { "chartutil.Values" }
    }

    /// The type of `.Capabilities`.
    pub const fn capabilities_type(self) -> &'static str {
        if self.is_four() { "*common.Capabilities" } else { "*chartutil.Capabilities" }
    }

    /// The type of `.Capabilities.KubeVersion`.
    pub const fn kube_version_type(self) -> &'static str {
        if self.is_four() { "common.KubeVersion" } else { "chartutil.KubeVersion" }
    }

    /// The type of `.Capabilities.APIVersions`.
    pub const fn version_set_type(self) -> &'static str {
        if self.is_four() { "common.VersionSet" } else { "chartutil.VersionSet" }
    }

    /// `.Capabilities.KubeVersion` has what `--kube-version` says in full beside what constraints are held against:
    /// `v1.33.4-gke.1245000` beside `v1.33.4`; in Helm 3 there is the latter alone.
    pub const fn keeps_whole_kube_version(self) -> bool {
        self.is_four()
    }

    /// `.Capabilities.HelmVersion` names the version of the Kubernetes client, too.
    pub const fn names_kube_client(self) -> bool {
        self.is_four()
    }

    /// Functions that give durations as numbers, and `mustToYaml` and `mustToToml`, are there.
    pub const fn has_durations(self) -> bool {
        self.is_four()
    }

    /// A failing template is told in several lines: the place, what was executed, what went wrong.
    pub const fn tells_errors_in_lines(self) -> bool {
        self.is_four()
    }

    // What is printed.

    /// A document loses the blanks before it and keeps those after it, and nothing but the line of its separator is
    /// taken away; in Helm 3 it loses both.
    pub const fn keeps_trailing_blanks(self) -> bool {
        self.is_four()
    }

    /// Webhook configurations are installed after everything else that is known; in Helm 3 they are no known kind.
    pub const fn orders_webhooks(self) -> bool {
        self.is_four()
    }

    // `helm lint`.

    /// Lints what Helm 4 added: keys that `Chart.yaml` does not have, versions that are no strict semantic version, a
    /// missing `templates/`, `.yml` templates, and `crds/`.
    pub const fn lints_more(self) -> bool {
        self.is_four()
    }

    /// Lints what charts of Helm 2 had: `crd-install` hooks and `.Release.Time`.
    pub const fn lints_remains_of_helm_two(self) -> bool {
        !self.is_four()
    }
}
