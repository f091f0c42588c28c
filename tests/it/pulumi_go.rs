//! Go programs: what they would make, by stack.

use crate::pulumi_support::Case;

const HEAD: &str = r#"package main

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-digitalocean/sdk/v4/go/digitalocean"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)
"#;

fn go(body: &str) -> Case {
    Case::new("name: infra\nruntime: go\n").file("main.go", &format!("{HEAD}\n{body}"))
}

/// A program whose `main` runs `body` with `ctx` and `cfg`, and then makes one droplet of `size`.
fn size(body: &str, size: &str) -> Case {
    go(&format!(
        r#"func main() {{
	pulumi.Run(func(ctx *pulumi.Context) error {{
		cfg := config.New(ctx, "")
		{body}
		_, err := digitalocean.NewDroplet(ctx, "web", &digitalocean.DropletArgs{{Size: {size}}})
		return err
	}})
}}
"#
    ))
}

#[test]
fn values_are_followed_to_where_they_are_written() {
    let cases: &[(&str, &str, &str)] = &[
        ("", r#"pulumi.String("s-1vcpu-2gb")"#, "s-1vcpu-2gb"),
        ("", "pulumi.String(`raw`)", "raw"),
        ("", "digitalocean.DropletSlugDropletS1VCPU2GB", "s-1vcpu-2gb"),
        ("", "digitalocean.DropletSlugDropletC22VCPU8GB", "c2-4vcpu-8gb"),
        ("const size = \"a\"", "pulumi.String(size)", "a"),
        ("var size string\nsize = \"b\"", "pulumi.StringPtr(size)", "b"),
        ("size, count := \"c\", 2\n_ = count", "pulumi.String(size)", "c"),
        ("size := fmt.Sprintf(\"s-%dvcpu-%s\", 2, \"4gb\")", "pulumi.String(size)", "s-2vcpu-4gb"),
        ("size := \"s-\" + \"1\"", "pulumi.String(size)", "s-1"),
        ("sizes := map[string]string{\"x\": \"d\"}", "pulumi.String(sizes[\"x\"])", "d"),
        ("sizes := []string{\"e\", \"f\"}", "pulumi.String(sizes[1])", "f"),
        ("size := cfg.Get(\"size\")\nif size == \"\" { size = \"g\" }", "pulumi.String(size)", "g"),
        ("size := \"h\"\nif s := cfg.Get(\"size\"); s != \"\" { size = s }", "pulumi.String(size)", "h"),
        (
            "size := \"x\"\nif ctx.Stack() == \"dev\" { size = \"i\" } else { size = \"j\" }",
            "pulumi.String(size)",
            "i",
        ),
        (
            "size := \"\"\nswitch ctx.Stack() { case \"prod\": size = \"k\"; case \"dev\", \"test\": size = \"l\" }",
            "pulumi.String(size)",
            "l",
        ),
        (
            "type T struct { Size string }\nt := T{Size: \"m\"}\nu := t\nu.Size = \"n\"",
            "pulumi.String(t.Size)",
            "m",
        ),
        (
            "type T struct { Size string }\nt := &T{Size: \"m\"}\nu := t\nu.Size = \"n\"",
            "pulumi.String(t.Size)",
            "n",
        ),
        (
            "f := func(a string) (string, error) { return a, nil }\nsize, err := f(\"o\")\nif err != nil { return err }",
            "pulumi.String(size)",
            "o",
        ),
        (
            "var list []string\nfor i := 0; i < 3; i++ { list = append(list, fmt.Sprint(i)) }\nsize := \"p\"\nif len(list) == 3 { size = \"q\" }",
            "pulumi.String(size)",
            "q",
        ),
        (
            "size := cfg.Require(\"absent\")",
            "pulumi.String(size)",
            "? `infra:absent` is not set for stack `dev`",
        ),
        (
            "size := os.Getenv(\"SIZE\")",
            "pulumi.String(size)",
            "? what `os.Getenv` gives is known only at run time",
        ),
        (
            "size := \"r\"\nif time.Now().Hour() > 3 { size = \"s\" }",
            "pulumi.String(size)",
            "? what `time.Now` gives is known only at run time",
        ),
        (
            "size := \"t\"\nif time.Now().Hour() > 3 { return errors.New(\"late\") }",
            "pulumi.String(size)",
            "t",
        ),
    ];
    for (body, expression, expected) in cases {
        let reading = size(body, expression).read("dev", "");
        assert_eq!(reading.property("web", "size"), *expected, "{body}\n{expression}");
    }
}

#[test]
fn each_stack_has_its_own_values() {
    let case =
        size("n := cfg.GetInt(\"n\")\nif n == 0 { n = 3 }\n_ = n", "pulumi.String(cfg.Require(\"size\"))");
    for (settings, expected) in [
        ("config:\n  infra:size: a\n", "a"),
        ("config:\n  size: b\n", "b"),
        ("config:\n  infra:size:\n    secure: v1:AAAA\n", "? it is encrypted in the stack file"),
        (
            "environment:\n  - shared/prod\n",
            "? `infra:size` may come from an environment that the stack imports",
        ),
    ] {
        assert_eq!(case.read("dev", settings).property("web", "size"), expected, "{settings}");
    }
}

#[test]
fn resources_of_loops_helpers_and_structures_are_found() {
    let reading = go(r#"
type Settings struct { Size string; Nodes int }

type Tenant struct { Name, Size string }

func load(ctx *pulumi.Context) (*Settings, error) {
	cfg := config.New(ctx, "")
	s := &Settings{Size: orDefault(cfg.Get("size"), "s-2vcpu-4gb")}
	s.Nodes = cfg.GetInt("nodes")
	if s.Nodes == 0 {
		return nil, errors.New("nodes is needed")
	}
	return s, nil
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

func (t Tenant) droplet(ctx *pulumi.Context) error {
	_, err := digitalocean.NewDroplet(ctx, t.Name, &digitalocean.DropletArgs{Size: pulumi.String(t.Size)})
	return err
}

func run(ctx *pulumi.Context) error {
	settings, err := load(ctx)
	if err != nil {
		return err
	}
	cluster, err := digitalocean.NewKubernetesCluster(ctx, "main", &digitalocean.KubernetesClusterArgs{
		Region: digitalocean.RegionFRA1,
		NodePool: &digitalocean.KubernetesClusterNodePoolArgs{
			Size:      pulumi.String(settings.Size),
			NodeCount: pulumi.Int(settings.Nodes),
		},
	})
	if err != nil {
		return err
	}
	for _, tenant := range []Tenant{{"one", "s-1vcpu-1gb"}, {Name: "two", Size: "s-1vcpu-2gb"}} {
		if err := tenant.droplet(ctx); err != nil {
			return err
		}
	}
	for i := 0; i < 2; i++ {
		_, err = digitalocean.NewVolume(ctx, fmt.Sprintf("data-%d", i), &digitalocean.VolumeArgs{
			Region: cluster.Region,
			Size:   pulumi.Int(10 * (i + 1)),
		}, pulumi.Protect(true))
	}
	return err
}

func main() { pulumi.Run(run) }
"#)
    .read("dev", "config:\n  nodes: \"3\"\n");
    assert_eq!(
        reading.list(),
        [
            "digitalocean:index:KubernetesCluster main",
            "digitalocean:index:Droplet one",
            "digitalocean:index:Droplet two",
            "digitalocean:index:Volume data-0",
            "digitalocean:index:Volume data-1",
        ]
    );
    assert_eq!(reading.property("main", "nodePool.size"), "s-2vcpu-4gb");
    assert_eq!(reading.property("main", "nodePool.nodeCount"), "3");
    assert_eq!(reading.property("two", "size"), "s-1vcpu-2gb");
    assert_eq!(reading.property("data-1", "size"), "20");
    assert_eq!(reading.property("data-1", "region"), "fra1");
    assert_eq!(reading.uses(), ["infra:size optional", "infra:nodes optional"]);
}

#[test]
fn a_package_of_helm_is_called_by_its_name_and_not_by_its_version() {
    let text = "package main\n\nimport (\n\t\"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/helm/v3\"\n\t\"github.com/pulumi/pulumi/sdk/v3/go/pulumi\"\n)\n\nfunc main() {\n\tpulumi.Run(func(ctx *pulumi.Context) error {\n\t\t_, err := helm.NewChart(ctx, \"shop\", helm.ChartArgs{Path: pulumi.String(\"./chart\")})\n\t\treturn err\n\t})\n}\n";
    let case = Case::new("name: infra\nruntime: go\n").file("main.go", text);
    let deployed = case.read("dev", "config: {}\n");
    let tokens: Vec<&str> = deployed.reading.resources.iter().map(|one| one.token.as_str()).collect();
    assert_eq!(tokens, ["kubernetes:helm.sh/v3:Chart"]);
}
