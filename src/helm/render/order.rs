//! The order in which Helm installs kinds, and prints them.

use crate::helm::HelmVersion;

/// Kinds in the order of their installation. What is not here comes after, by name.
const INSTALL_ORDER: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// The webhook configurations at the end of the order, which Helm 3 does not know.
const WEBHOOKS: usize = 2;

/// Compares two kinds; equal for kinds between which the order of the files decides.
pub(crate) fn compare(a: &str, b: &str, helm: HelmVersion) -> std::cmp::Ordering {
    let known = INSTALL_ORDER.len() - if helm.orders_webhooks() { 0 } else { WEBHOOKS };
    let rank = |kind: &str| INSTALL_ORDER.iter().take(known).position(|known| *known == kind);
    match (rank(a), rank(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}
