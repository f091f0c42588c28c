//! Python programs: what they would make, by stack.

use crate::pulumi_support::Case;

const HEAD: &str = "import os\nimport pulumi\nimport pulumi_digitalocean as do\n\nconfig = pulumi.Config()\n";

fn python(body: &str) -> Case {
    Case::new("name: infra\nruntime:\n  name: python\n  options: {virtualenv: venv}\n")
        .file("__main__.py", &format!("{HEAD}{body}"))
}

#[test]
fn values_are_followed_to_where_they_are_written() {
    let cases: &[(&str, &str, &str)] = &[
        ("", "\"s-1vcpu-2gb\"", "s-1vcpu-2gb"),
        ("", "do.DropletSlug.DROPLET_S1_VCPU2_GB", "s-1vcpu-2gb"),
        ("size = \"a\"", "size", "a"),
        ("", "config.get(\"size\") or \"b\"", "b"),
        ("", "config.get(\"size\", \"c\")", "c"),
        ("", "config.require(\"size\")", "? `infra:size` is not set for stack `dev`"),
        ("stack = pulumi.get_stack()\nsize = \"d\" if stack == \"prod\" else \"e\"", "size", "e"),
        ("stack = pulumi.get_stack()", "f\"s-{stack}-{1 + 1}\"", "s-dev-2"),
        ("sizes = {\"dev\": \"f\", \"prod\": \"g\"}", "sizes[pulumi.get_stack()]", "f"),
        ("sizes = {\"dev\": \"f\"}", "sizes.get(\"qa\", \"h\")", "h"),
        (
            "def pick(env, large=False):\n    if env == \"prod\":\n        return \"i\"\n    elif large:\n        return \"j\"\n    return \"k\"",
            "pick(pulumi.get_stack(), large=True)",
            "j",
        ),
        ("class Args:\n    def __init__(self, size=\"l\"):\n        self.size = size", "Args().size", "l"),
        ("@dataclass\nclass Args:\n    size: str = \"x\"\n    count: int = 1", "Args(size=\"m\").size", "m"),
        ("names = [f\"n-{i}\" for i in range(3) if i > 0]", "names[-1]", "n-2"),
        ("size = \"%s-%s\" % (\"o\", 1)", "size", "o-1"),
        ("size = \"{}-{}\".format(\"p\", 2)", "size", "p-2"),
        (
            "if os.environ.get(\"LARGE\"):\n    size = \"q\"\nelse:\n    size = \"r\"",
            "size",
            "? `LARGE` is an environment variable of the run",
        ),
        ("a, b = \"s\", \"t\"", "b", "t"),
        ("if \"prod\" in pulumi.get_stack():\n    raise ValueError()\nsize = \"u\"", "size", "u"),
    ];
    for (body, expression, expected) in cases {
        let text = format!("{body}\ndo.Droplet(\"web\", image=\"x\", size={expression})\n");
        let reading = python(&text).read("dev", "");
        assert_eq!(reading.property("web", "size"), *expected, "{body}\n{expression}");
    }
}

#[test]
fn resources_of_loops_components_and_modules_are_found() {
    let case = python(
        r#"
from settings import NODE_SIZE
from infra.database import Database

cluster = do.KubernetesCluster(
    "main",
    region="fra1",
    node_pool=do.KubernetesClusterNodePoolArgs(size=NODE_SIZE, node_count=config.require_int("nodes"), labels={"my_label": "x"}),
)
for tenant in config.require_object("tenants"):
    do.Volume(tenant, region=cluster.region, size=10, opts=pulumi.ResourceOptions(protect=True))
for index, name in enumerate(["one", "two"]):
    do.Droplet(f"web-{index}", do.DropletArgs(size=NODE_SIZE, image=name))
if config.get_bool("database"):
    Database("db", size="db-s-1vcpu-1gb")
pulumi.export("kubeconfig", cluster.kube_configs[0].raw_config)
"#,
    )
    .file("settings.py", "NODE_SIZE = \"s-2vcpu-4gb\"\n")
    .file("infra/__init__.py", "")
    .file(
        "infra/database.py",
        "import pulumi\nimport pulumi_digitalocean as do\n\nclass Database(pulumi.ComponentResource):\n    def __init__(self, name, size, opts=None):\n        super().__init__(\"x:Database\", name, None, opts)\n        self.cluster = do.DatabaseCluster(f\"{name}-cluster\", engine=\"pg\", size=size, node_count=2, opts=pulumi.ResourceOptions(parent=self))\n",
    );
    let reading = case.read("dev", "config:\n  nodes: 3\n  database: true\n  tenants: [acme, umbra]\n");
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
    assert_eq!(reading.property("main", "nodePool.labels"), "{my_label: x}");
    assert_eq!(reading.property("acme", "region"), "fra1");
    assert_eq!(reading.property("db-cluster", "nodeCount"), "2");
}
