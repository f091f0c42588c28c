//! Pulumi YAML programs: what they would make, by stack.

use crate::pulumi_support::Case;

const PROJECT: &str = r#"name: infra
runtime: yaml
config:
  size: {type: string, default: s-1vcpu-2gb}
  nodes: {type: integer}
variables:
  label: web-${pulumi.stack}
  loop: ${loop}
  image: {fn::invoke: {function: digitalocean:getImage}}
resources:
  cluster:
    type: digitalocean:KubernetesCluster
    properties:
      region: fra1
      nodePool: {size: "${size}", nodeCount: "${nodes}", name: "$${x}"}
  web:
    type: digitalocean:index/droplet:Droplet
    name: ${label}
    properties: {size: "${size}", region: "${cluster.region}", image: "${image}", tags: ["${loop}", "${cluster.id}"]}
    options: {protect: true}
  old:
    type: digitalocean:Volume
    get: {id: x}
"#;

#[test]
fn interpolation_is_followed_by_stack() {
    let reading = Case::new(PROJECT).read("dev", "config:\n  nodes: \"3\"\n");
    assert_eq!(
        reading.list(),
        [
            "digitalocean:index:KubernetesCluster cluster",
            "digitalocean:index:Droplet web-dev",
            "digitalocean:index:Volume old"
        ]
    );
    assert_eq!(reading.property("cluster", "nodePool"), "{size: s-1vcpu-2gb, nodeCount: 3, name: ${x}}");
    assert_eq!(reading.property("web-dev", "region"), "fra1");
    assert_eq!(reading.property("web-dev", "image"), "? what `fn::invoke` gives is known only at run time");
    assert_eq!(
        reading.property("web-dev", "tags"),
        "[? `loop` is defined by itself, ? `id` is an output of `cluster`]"
    );
    assert!(reading.reading.resources[2].existing);
    let other = Case::new(PROJECT).read("prod", "config:\n  infra:size: s-2vcpu-4gb\n");
    assert_eq!(
        other.property("cluster", "nodePool"),
        "{size: s-2vcpu-4gb, nodeCount: ? `infra:nodes` is not set for stack `prod`, name: ${x}}"
    );
}
