//! TypeScript programs: what they would make, by stack.

use crate::pulumi_support::Case;

const HEAD: &str =
    "import * as pulumi from \"@pulumi/pulumi\";\nimport * as digitalocean from \"@pulumi/digitalocean\";\n";

fn typescript(body: &str) -> Case {
    Case::new("name: infra\nruntime: nodejs\n").file("index.ts", &format!("{HEAD}{body}"))
}

#[test]
fn values_are_followed_to_where_they_are_written() {
    let cases: &[(&str, &str, &str)] = &[
        ("", "\"s-1vcpu-2gb\"", "s-1vcpu-2gb"),
        ("", "'a\\'b'", "a'b"),
        ("", "digitalocean.DropletSlug.DropletS1VCPU2GB", "s-1vcpu-2gb"),
        ("const size = \"a\";", "size", "a"),
        ("const config = new pulumi.Config();", "config.get(\"size\") || \"b\"", "b"),
        ("const config = new pulumi.Config();", "config.get(\"size\") ?? \"c\"", "c"),
        (
            "const config = new pulumi.Config();",
            "config.require(\"size\")",
            "? `infra:size` is not set for stack `dev`",
        ),
        ("const stack = pulumi.getStack();", "stack === \"prod\" ? \"d\" : \"e\"", "e"),
        ("const stack = pulumi.getStack();", "`s-${stack}-${1 + 1}`", "s-dev-2"),
        ("const sizes = { dev: \"f\", prod: \"g\" };", "sizes[pulumi.getStack()]", "f"),
        ("const base = { size: \"h\", count: 1 };\nconst all = { ...base, count: 2 };", "all.size", "h"),
        ("const { size = \"i\", ...rest } = { count: 1 };", "size", "i"),
        (
            "function pick(env: string) {\n  switch (env) {\n    case \"prod\": return \"j\";\n    default: return \"k\";\n  }\n}",
            "pick(pulumi.getStack())",
            "k",
        ),
        ("enum Size { Small = \"l\", Large = \"m\" }", "Size.Large", "m"),
        (
            "let size = \"n\";\nif (process.env.LARGE) { size = \"o\"; }",
            "size",
            "? it is decided while the program runs",
        ),
        (
            "class Sizes { constructor(private readonly small: string = \"p\") {}\n  get default() { return this.small; } }",
            "new Sizes().default",
            "p",
        ),
        ("const size = pulumi.output(\"q\").apply(s => `${s}r`);", "size", "qr"),
        ("const list = [\"s\", \"t\"].map(x => x + \"u\");", "list[1]", "tu"),
        ("", "process.env.SIZE!", "? `process.env.SIZE` is decided while the program runs"),
    ];
    for (body, expression, expected) in cases {
        let text =
            format!("{body}\nnew digitalocean.Droplet(\"web\", {{ image: \"x\", size: {expression} }});\n");
        let reading = typescript(&text).read("dev", "");
        assert_eq!(reading.property("web", "size"), *expected, "{body}\n{expression}");
    }
}

#[test]
fn resources_of_loops_components_and_modules_are_found() {
    let case = typescript(
        r#"
import { nodeSize } from "./settings";
import { Database } from "./database";

const config = new pulumi.Config();
const cluster = new digitalocean.KubernetesCluster("main", {
    region: "fra1",
    version: "1.34.1-do.0",
    nodePool: { name: "default", size: nodeSize, nodeCount: config.requireNumber("nodes") },
});
for (const tenant of config.requireObject<string[]>("tenants")) {
    new digitalocean.Volume(tenant, { region: cluster.region, size: 10 }, { protect: true });
}
["one", "two"].forEach((name, index) => new digitalocean.Droplet(`web-${index}`, { size: nodeSize, image: name }));
if (config.getBoolean("database")) {
    new Database("db", { size: "db-s-1vcpu-1gb" });
}
export const kubeconfig = cluster.kubeConfigs[0].rawConfig;
"#,
    )
    .file("settings.ts", "export const nodeSize = \"s-2vcpu-4gb\";\n")
    .file(
        "database.ts",
        "import * as pulumi from \"@pulumi/pulumi\";\nimport * as digitalocean from \"@pulumi/digitalocean\";\nexport class Database extends pulumi.ComponentResource {\n  constructor(name: string, args: { size: string }, opts?: pulumi.ComponentResourceOptions) {\n    super(\"x:Database\", name, {}, opts);\n    new digitalocean.DatabaseCluster(`${name}-cluster`, { engine: \"pg\", size: args.size, nodeCount: 2 }, { parent: this });\n  }\n}\n",
    );
    let settings = "config:\n  nodes: 3\n  database: \"true\"\n  tenants: [acme, umbra]\n";
    let reading = case.read("dev", settings);
    assert_eq!(
        reading.list(),
        [
            "digitalocean:index:KubernetesCluster main",
            "digitalocean:index:Volume acme",
            "digitalocean:index:Volume umbra",
            "digitalocean:index:Droplet web-0",
            "digitalocean:index:Droplet web-1",
            "digitalocean:index:DatabaseCluster db-cluster",
        ]
    );
    assert_eq!(reading.property("main", "nodePool.nodeCount"), "3");
    assert_eq!(reading.property("main", "nodePool.size"), "s-2vcpu-4gb");
    assert_eq!(reading.property("acme", "region"), "fra1");
    assert_eq!(reading.property("db-cluster", "size"), "db-s-1vcpu-1gb");
    assert_eq!(reading.uses(), ["infra:nodes required", "infra:tenants required", "infra:database optional"]);
}
