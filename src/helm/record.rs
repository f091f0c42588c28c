//! The structs that templates see: `.Chart`, `.Capabilities`, certificates.

use std::sync::Arc;

use crate::helm::HelmVersion;
use crate::helm::value::Value;

/// Which struct it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// `.Chart`: `chart.Metadata` and `IsRoot`.
    Chart,
    /// An item of `.Chart.Maintainers`.
    Maintainer,
    /// An item of `.Chart.Dependencies`.
    Dependency,
    /// `.Capabilities`
    Capabilities(HelmVersion),
    /// `.Capabilities.KubeVersion`
    KubeVersion(HelmVersion),
    /// `.Capabilities.HelmVersion`
    HelmVersion(HelmVersion),
    /// What `genCA` and its kin return.
    Certificate,
}

/// One field of a struct, with its names in JSON and YAML.
#[derive(Debug)]
pub struct Field {
    /// The Go name.
    pub name: &'static str,
    /// The name in JSON; empty for a field that is only printed with its struct, as no one else may see it.
    pub json: &'static str,
    /// True where JSON leaves the field out when it is empty.
    pub omit_empty: bool,
}

const fn always(name: &'static str, json: &'static str) -> Field {
    Field { name, json, omit_empty: false }
}

const fn filled(name: &'static str, json: &'static str) -> Field {
    Field { name, json, omit_empty: true }
}

static CHART: [Field; 18] = [
    filled("Name", "name"),
    filled("Home", "home"),
    filled("Sources", "sources"),
    filled("Version", "version"),
    filled("Description", "description"),
    filled("Keywords", "keywords"),
    filled("Maintainers", "maintainers"),
    filled("Icon", "icon"),
    filled("APIVersion", "apiVersion"),
    filled("Condition", "condition"),
    filled("Tags", "tags"),
    filled("AppVersion", "appVersion"),
    filled("Deprecated", "deprecated"),
    filled("Annotations", "annotations"),
    filled("KubeVersion", "kubeVersion"),
    filled("Dependencies", "dependencies"),
    filled("Type", "type"),
    always("IsRoot", "IsRoot"),
];
static MAINTAINER: [Field; 3] = [filled("Name", "name"), filled("Email", "email"), filled("URL", "url")];
static DEPENDENCY: [Field; 8] = [
    always("Name", "name"),
    filled("Version", "version"),
    always("Repository", "repository"),
    filled("Condition", "condition"),
    filled("Tags", "tags"),
    filled("Enabled", "enabled"),
    filled("ImportValues", "import-values"),
    filled("Alias", "alias"),
];
static CAPABILITIES: [Field; 3] = [
    always("KubeVersion", "KubeVersion"),
    always("APIVersions", "APIVersions"),
    always("HelmVersion", "HelmVersion"),
];
static KUBE_VERSION: [Field; 4] = [
    always("Version", "Version"),
    always("normalizedVersion", ""),
    always("Major", "Major"),
    always("Minor", "Minor"),
];
static KUBE_VERSION_OF_THREE: [Field; 3] =
    [always("Version", "Version"), always("Major", "Major"), always("Minor", "Minor")];
static HELM_VERSION: [Field; 5] = [
    filled("Version", "version"),
    filled("GitCommit", "git_commit"),
    filled("GitTreeState", "git_tree_state"),
    filled("GoVersion", "go_version"),
    always("KubeClientVersion", "kube_client_version"),
];
static CERTIFICATE: [Field; 2] = [always("Cert", "Cert"), always("Key", "Key")];

impl RecordKind {
    /// The fields, in the order of the declaration.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Chart => &CHART,
            Self::Maintainer => &MAINTAINER,
            Self::Dependency => &DEPENDENCY,
            Self::Capabilities(_) => &CAPABILITIES,
            Self::KubeVersion(helm) if helm.keeps_whole_kube_version() => &KUBE_VERSION,
            Self::KubeVersion(_) => &KUBE_VERSION_OF_THREE,
            Self::HelmVersion(helm) if helm.names_kube_client() => &HELM_VERSION,
            Self::HelmVersion(_) => HELM_VERSION.first_chunk::<4>().map_or(&[], |fields| fields),
            Self::Certificate => &CERTIFICATE,
        }
    }

    /// Go's name of the type.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Chart => "struct { chart.Metadata; IsRoot bool }",
            Self::Maintainer => "*chart.Maintainer",
            Self::Dependency => "*chart.Dependency",
            Self::Capabilities(helm) => helm.capabilities_type(),
            Self::KubeVersion(helm) => helm.kube_version_type(),
            Self::HelmVersion(_) => "version.BuildInfo",
            Self::Certificate => "sprig.certificate",
        }
    }

    /// True where templates hold a pointer to the struct.
    pub fn is_pointer(self) -> bool {
        matches!(self, Self::Maintainer | Self::Dependency | Self::Capabilities(_))
    }
}

/// A struct with its fields. Cheap to clone, never changed.
#[derive(Clone)]
pub struct Record(Arc<Inner>);

struct Inner {
    kind: RecordKind,
    fields: Vec<Value>,
}

impl Record {
    /// A struct; `fields` in the order of [`RecordKind::fields`].
    pub fn new(kind: RecordKind, fields: Vec<Value>) -> Self {
        Self(Arc::new(Inner { kind, fields }))
    }

    /// True where both are the same struct, not only equal ones.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Which struct it is.
    pub fn kind(&self) -> RecordKind {
        self.0.kind
    }

    /// The value of a field.
    pub fn field(&self, name: &[u8]) -> Option<&Value> {
        self.visible().find(|(field, _)| field.name.as_bytes() == name).map(|(_, value)| value)
    }

    /// Of `.Capabilities.KubeVersion` the version that constraints are held against, and that it prints as.
    pub fn constraint_version(&self) -> Option<&Value> {
        let normalized = self.fields().find(|(field, _)| field.name == "normalizedVersion");
        normalized.map(|(_, value)| value).or_else(|| self.field(b"Version"))
    }

    /// The fields that others than the struct itself may see.
    pub fn visible(&self) -> impl Iterator<Item = (&'static Field, &Value)> {
        self.fields().filter(|(field, _)| !field.json.is_empty())
    }

    /// All fields with their values.
    pub fn fields(&self) -> impl Iterator<Item = (&'static Field, &Value)> {
        self.0.kind.fields().iter().zip(&self.0.fields)
    }
}
