//! `kubernetes/dangling-role-binding`: a binding of a role, or to a service account, that is not there.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::access;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if set.partial {
        return found;
    }
    for binding in access::bindings(set) {
        let group = "rbac.authorization.k8s.io";
        // Another namespace has roles of its own.
        if binding.namespace.is_some() && set.namespace.as_deref() != Some(set.namespace_of(binding)) {
            continue;
        }
        let role = binding.root.get("roleRef");
        if let Some((name, kind)) = role.and_then(|role| Some((role.get("name")?, role.text_at("kind")?)))
            && let Some(text) = name.text()
            && kind == "Role"
            && !set.has_nameless(group, "Role")
            && set.find(binding, group, "Role", &text).is_none()
        {
            let message =
                format!("`{}` gives the role `{text}`, which the release does not bring", binding.label());
            let names = set.names(binding, group, "Role");
            let help = nearest(&text, names.iter().copied())
                .map_or_else(|| "name a role of the release".to_owned(), |near| format!("write `{near}`"));
            found.push(Finding::new(message, name.span(), binding.subject("roleRef.name")).help(help));
        }
        let accounts = set.of_kind("", "ServiceAccount").count();
        if accounts == 0 || set.has_nameless("", "ServiceAccount") || set.has_custom_resources() {
            continue;
        }
        for subject in binding.root.list("subjects") {
            let account = subject.text_at("kind").is_some_and(|kind| kind == "ServiceAccount");
            let Some(name) = subject.get("name").filter(|_| account) else { continue };
            let Some(text) = name.text().filter(|text| text != "default") else { continue };
            let space = subject.get("namespace").map(crate::kubernetes::Part::text);
            let home = match &space {
                Some(Some(space)) => set.namespace.as_deref() == Some(space),
                Some(None) => false,
                None => true,
            };
            let there = set
                .of_kind("", "ServiceAccount")
                .any(|account| account.name.as_ref().is_some_and(|own| own.value == text));
            if !home || there {
                continue;
            }
            let names: Vec<&str> = set
                .of_kind("", "ServiceAccount")
                .filter_map(|account| account.name.as_ref().map(|name| &*name.value))
                .collect();
            let message = format!(
                "`{}` is for the service account `{text}`, which the release does not bring",
                binding.label()
            );
            let help = match nearest(&text, names.iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None => format!("name one of `{}`", names.join("`, `")),
            };
            found.push(Finding::new(message, name.span(), binding.subject("subjects")).help(help));
        }
    }
    found
}
