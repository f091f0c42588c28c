//! Roles and who has them, for the rules of access.

use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;

const GROUP: &str = "rbac.authorization.k8s.io";

/// Roles and cluster roles of the set, with their rules.
pub(super) fn roles<'o, 't>(set: &'o ObjectSet<'t>) -> impl Iterator<Item = (&'o Object<'t>, Vec<Part<'t>>)> {
    let roles = set.of_kind(GROUP, "Role").chain(set.of_kind(GROUP, "ClusterRole"));
    roles.map(|role| (role, role.root.list("rules")))
}

/// Role bindings and cluster role bindings of the set.
pub(super) fn bindings<'o, 't>(set: &'o ObjectSet<'t>) -> impl Iterator<Item = &'o Object<'t>> {
    set.of_kind(GROUP, "RoleBinding").chain(set.of_kind(GROUP, "ClusterRoleBinding"))
}

/// The entry of a list of texts that is one of `wanted`.
pub(super) fn entry<'t>(rule: Part<'t>, key: &str, wanted: &[&str]) -> Option<Part<'t>> {
    rule.list(key).into_iter().find(|item| item.text().is_some_and(|text| wanted.contains(&&*text)))
}
