//! What a cluster is taken to offer: `.Capabilities`.

/// The Kubernetes version a chart is rendered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// What constraints are held against: `v1.37.0`.
    pub version: String,
    /// All that was given, with a `v` before it: `v1.33.4-gke.1245000`.
    pub whole: String,
    /// `1`
    pub major: String,
    /// `37`
    pub minor: String,
}

impl Default for KubeVersion {
    /// The version of the Kubernetes client that Helm 3.22 is built with.
    fn default() -> Self {
        let version = "v1.37.0".to_owned();
        Self { whole: version.clone(), version, major: "1".to_owned(), minor: "37".to_owned() }
    }
}

impl KubeVersion {
    /// Reads `--kube-version`: at least two numbers; what follows them counts for nobody but
    /// templates of Helm 4.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.trim_start();
        let rest = rest.strip_prefix('v').unwrap_or(rest);
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let mut numbers = Vec::new();
        for part in rest.get(..length)?.split('.') {
            if part.is_empty() {
                // `1.29.` and `1..2`: the numbers end at the first dot that no digit follows.
                break;
            }
            numbers.push(part.parse::<u64>().ok()?.to_string());
        }
        let [major, minor, ..] = numbers.as_slice() else { return None };
        let (major, minor) = (major.clone(), minor.clone());
        let whole = if text.starts_with('v') { text.to_owned() } else { format!("v{text}") };
        Some(Self { version: format!("v{}", numbers.join(".")), whole, major, minor })
    }

    /// The minor version, as a number.
    pub fn minor_number(&self) -> Option<u32> {
        self.minor.parse().ok()
    }
}

/// The version of the Kubernetes client that Helm 4 is built with, as templates see it.
pub const KUBE_CLIENT_VERSION: &str = "v1.37";

/// The Go version that templates see.
pub const GO_VERSION: &str = "go1.26.8";

/// The API versions that Helm 3.22 takes every cluster to have, in its order.
pub const API_VERSIONS: [&str; 57] = [
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];
