//! `pulumi/open-database`: a database that every address may talk to.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

pub(super) fn check(stack: &Stack, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut guarded = false;
    for firewall in
        clusters::made(stack).filter(|resource| resource.token == "digitalocean:index:DatabaseFirewall")
    {
        guarded = true;
        let rules = firewall.properties.get("rules").map(Value::items).unwrap_or_default();
        for value in rules.iter().filter_map(|rule| rule.get("value")) {
            let Some(everywhere) =
                value.text().filter(|text| matches!(*text, "0.0.0.0/0" | "::/0" | "0.0.0.0"))
            else {
                continue;
            };
            findings.push(
                Finding::new(
                    format!("`{}` lets every address in: `{everywhere}`", clusters::title(firewall)),
                    value.span,
                    format!("{} rules", clusters::title(firewall)),
                )
                .help("name the cluster: `type: k8s` with its id, or `type: tag`"),
            );
        }
    }
    // Where a part of the program was not followed, a firewall may stand in it.
    let read = stack.loaded.as_ref().is_some_and(crate::pulumi::Deployed::fully_read);
    if guarded || !read {
        return findings;
    }
    for database in
        clusters::made(stack).filter(|resource| resource.token == "digitalocean:index:DatabaseCluster")
    {
        let name = clusters::title(database);
        findings.push(
            Finding::new(
                format!("`{name}` has no firewall: whoever has the password may come from anywhere"),
                database.span,
                format!("{name} firewall"),
            )
            .help("add a `DatabaseFirewall` that names the cluster"),
        );
    }
    findings
}
