//! Strict validation of Kubernetes objects, and the life of their kinds.

use plimsoll::kubernetes::AllKnown;
use plimsoll::kubernetes::BuiltIn;
use plimsoll::kubernetes::Lifecycle;
use plimsoll::kubernetes::Minor;
use plimsoll::kubernetes::Object;
use plimsoll::kubernetes::Schemas;
use plimsoll::kubernetes::Unknowns;
use plimsoll::kubernetes::Verdict;
use plimsoll::kubernetes::served_kinds;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Tree;

/// Every mistake of a text as `line:column subject: message (help)`, and what was not checked.
fn mistakes_with(text: &str, minor: Minor, unknowns: &dyn Unknowns) -> Vec<String> {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("manifest.yaml", text);
    let tree = Tree::parse(&source, Dialect::Helm);
    let objects = Object::all(&tree, unknowns);
    let mut schemas = Schemas::new(minor);
    for object in &objects {
        schemas.learn(object);
    }
    let mut lines = Vec::new();
    for object in &objects {
        match schemas.validate(object) {
            Verdict::Unchecked(reason) => lines.push(format!("unchecked: {reason}")),
            Verdict::Checked(violations) => lines.extend(violations.iter().map(|violation| {
                let finding = &violation.finding;
                let at = source.line_column(finding.primary.span.start);
                let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
                format!("{}:{} {}: {}{help}", at.line, at.column, finding.subject, finding.message)
            })),
        }
    }
    lines
}

fn mistakes(text: &str) -> Vec<String> {
    mistakes_with(text, Minor(34), &AllKnown)
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: api
        image: api:1.2.3
        ports: [{containerPort: 8080, name: http}]
        livenessProbe: {httpGet: {path: /, port: http}}
        readinessProbe: {httpGet: {path: /, port: 8080}}
        resources:
          requests: {cpu: 100m, memory: 1.5Gi}
          limits: {cpu: 2, memory: 2Gi}
        env:
        - {name: PORT, value: \"8080\"}
        - {name: EMPTY, value: null}
";

#[test]
fn a_sound_deployment_has_no_mistakes_in_any_minor() {
    for minor in Minor::OLDEST.0..=Minor::NEWEST.0 {
        assert_eq!(mistakes_with(DEPLOYMENT, Minor(minor), &AllKnown), Vec::<String>::new(), "1.{minor}");
    }
}

#[test]
fn every_mistake_is_said_once_where_it_stands() {
    let cases = [
        (
            "replicas: 2",
            "replica: 2",
            "7:3 Deployment/web spec.replica: `spec` has no field `replica` (write `replicas`)",
        ),
        (
            "replicas: 2",
            "replicas: \"2\"",
            "7:13 Deployment/web spec.replicas: `spec.replicas` is a string and has to be a whole number (remove the quotes)",
        ),
        (
            "replicas: 2",
            "replicas: 9999999999",
            "7:13 Deployment/web spec.replicas: `spec.replicas` is `9999999999`, which does not fit into 32 bits",
        ),
        (
            "replicas: 2",
            "replicas: 2\n  resources: {}",
            "8:3 Deployment/web spec.resources: `spec` has no field `resources`",
        ),
        (
            "replicas: 2",
            "replicas: 2\n  containers: []",
            "8:3 Deployment/web spec.containers: `spec` has no field `containers`",
        ),
        (
            "image: api:1.2.3",
            "imagee: api:1.2.3",
            "14:9 Deployment/web spec.template.spec.containers[api].imagee: `spec.template.spec.containers[api]` has no field `imagee` (write `image`)",
        ),
        (
            "image: api:1.2.3",
            "nodeSelector: {}",
            "14:9 Deployment/web spec.template.spec.containers[api].nodeSelector: `spec.template.spec.containers[api]` has no field `nodeSelector` (move it to `spec.template.spec.nodeSelector`)",
        ),
        (
            "value: \"8080\"",
            "value: 8080",
            "22:31 Deployment/web spec.template.spec.containers[api].env[PORT].value: `spec.template.spec.containers[api].env[PORT].value` is a number and has to be a string (put it in quotes)",
        ),
        (
            "cpu: 100m",
            "cpu: 100mm",
            "19:27 Deployment/web spec.template.spec.containers[api].resources.requests[cpu]: `spec.template.spec.containers[api].resources.requests[cpu]` is `100mm`, which has a unit other than n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or an exponent (write a quantity such as `500m`, `128Mi` or `2`)",
        ),
        (
            "image: api:1.2.3",
            "imagePullPolicy: always",
            "14:26 Deployment/web spec.template.spec.containers[api].imagePullPolicy: `spec.template.spec.containers[api].imagePullPolicy` is `always`, which is none of the values it can have (write `Always`)",
        ),
        (
            "selector: {matchLabels: {app: web}}",
            "paused: false",
            "6:1 Deployment/web spec.selector: `spec.selector` is missing",
        ),
        (
            "name: api",
            "image: x",
            "13:9 Deployment/web spec.template.spec.containers[0].name: `spec.template.spec.containers[0].name` is missing",
        ),
        ("  name: web\n", "", "3:1 Deployment/? metadata.name: `metadata.name` is missing"),
        (
            "selector: {matchLabels: {app: web}}",
            "selector: {matchLabels: [app]}",
            "8:28 Deployment/web spec.selector.matchLabels: `spec.selector.matchLabels` is a list and has to be a mapping",
        ),
        (
            "port: 8080}}",
            "port: 8080.5}}",
            "17:51 Deployment/web spec.template.spec.containers[api].readinessProbe.httpGet.port: `spec.template.spec.containers[api].readinessProbe.httpGet.port` is a number and has to be a whole number or a string",
        ),
    ];
    for (from, to, expected) in cases {
        let text = DEPLOYMENT.replacen(from, to, 1);
        assert_ne!(text, DEPLOYMENT, "{from}");
        let found: Vec<String> = mistakes(&text);
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        // Where a name is replaced, what else goes missing with it is its own mistake.
        assert!(found.contains(&expected), "{to}: {found:#?}");
        assert!(found.len() <= 2, "{to}: {found:#?}");
    }
}

#[test]
fn a_field_of_another_minor_says_which() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    restartPolicyRules: []\n";
    assert_eq!(mistakes_with(text, Minor(34), &AllKnown), Vec::<String>::new());
    assert_eq!(
        mistakes_with(text, Minor(33), &AllKnown),
        [
            "7:5 Pod/a spec.containers[a].restartPolicyRules: `spec.containers[a].restartPolicyRules` is new in Kubernetes 1.34; the target is 1.33"
        ]
    );
}

#[test]
fn bytes_and_times_have_their_forms() {
    let secret = |value: &str| {
        mistakes(&format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata: {{k: {value}}}\n"))
    };
    assert_eq!(secret("aGVsbG8="), Vec::<String>::new());
    assert_eq!(secret("\"\""), Vec::<String>::new());
    assert_eq!(
        secret("hello!"),
        [
            "4:11 Secret/s data[k]: `data[k]` is not base64 (encode it, or give it in plain text under `stringData`)"
        ]
    );
    let time = |value: &str| {
        mistakes(&format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: s, creationTimestamp: {value}}}\n"
        ))
    };
    for good in ["null", "\"2026-01-31T12:00:00Z\"", "\"2026-01-31T12:00:00.5+02:00\""] {
        assert_eq!(time(good), Vec::<String>::new(), "{good}");
    }
    assert_eq!(time("\"yesterday\"").len(), 1);
}

#[test]
fn merged_keys_count_and_aliases_are_followed() {
    let text = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  labels: &labels {app: web}
  annotations:
    <<: *labels
    count: 1
";
    assert_eq!(
        mistakes(text),
        [
            "8:12 ConfigMap/a metadata.annotations[count]: `metadata.annotations[count]` is a number and has to be a string (put it in quotes)"
        ]
    );
}

#[test]
fn what_is_decided_at_deploy_time_is_not_judged() {
    struct Placeholder(Vec<Span>);
    impl Unknowns for Placeholder {
        fn is_unknown(&self, span: Span) -> bool {
            self.0.iter().any(|place| place.start < span.end && span.start < place.end)
        }
    }
    let text = DEPLOYMENT.replace("replicas: 2", "replicas: unknown");
    assert_eq!(mistakes(&text).len(), 1);
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("other.yaml", text.as_str());
    let start = text.find("unknown").unwrap();
    let unknowns = Placeholder(vec![Span::new(source.id, start, start + 7)]);
    assert_eq!(mistakes_with(&text, Minor(34), &unknowns), Vec::<String>::new());
}

const CRD: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Boat, plural: boats}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [hull]
            properties:
              hull: {type: string, enum: [steel, wood], minLength: 2}
              draught: {type: number, maximum: 20}
              port: {x-kubernetes-int-or-string: true}
              anything: {type: object, x-kubernetes-preserve-unknown-fields: true}
              crew: {type: array, maxItems: 2, items: {type: object, properties: {name: {type: string, pattern: '^[a-z]+$'}}}}
              cargo: {type: object, additionalProperties: {type: integer}}
              free: {type: object}
---
";

#[test]
fn custom_resources_are_held_against_the_definition_in_the_repository() {
    let boat = |spec: &str| {
        mistakes(&format!(
            "{CRD}apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: b}}\nspec: {{{spec}}}\n"
        ))
    };
    let good = "hull: steel, draught: 2.5, port: http, anything: {a: [1]}, crew: [{name: eve}], cargo: {tea: 2}, free: {x: 1}";
    assert_eq!(boat(good), Vec::<String>::new());
    let cases = [
        (
            "hull: iron",
            "`spec.hull` is `iron`, which is none of the values it can have (write one of `steel`, `wood`)",
        ),
        ("hull: steal", "`spec.hull` is `steal`, which is none of the values it can have (write `steel`)"),
        ("draught: 2", "`spec.hull` is missing"),
        ("hull: wood, draught: 21", "`spec.draught` is `21`, which is above the maximum of 20"),
        ("hull: wood, port: true", "`spec.port` is a boolean and has to be a whole number or a string"),
        (
            "hull: wood, crew: [{name: Eve}]",
            "`spec.crew[Eve].name` is `Eve`, which does not match `^[a-z]+$`",
        ),
        ("hull: wood, crew: [{nam: eve}]", "`spec.crew[0]` has no field `nam` (write `name`)"),
        ("hull: wood, crew: [{}, {}, {}]", "`spec.crew` has 3 items; at most 2 are allowed"),
        ("hull: wood, cargo: {tea: much}", "`spec.cargo[tea]` is a string and has to be a whole number"),
        ("hull: wood, hul: wood", "`spec` has no field `hul`"),
    ];
    for (spec, expected) in cases {
        let found = boat(spec);
        assert_eq!(found.len(), 1, "{spec}: {found:#?}");
        assert!(found[0].contains(expected), "{spec}: {found:#?}");
    }
}

#[test]
fn kinds_without_a_schema_are_unchecked_and_no_mistakes() {
    let found = mistakes("apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: b}\nanything: [1]\n");
    assert_eq!(found, ["unchecked: no CustomResourceDefinition of `Boat` in `example.com/v1` was found"]);
    let found = mistakes("apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: b}\n");
    assert_eq!(found, ["unchecked: Kubernetes 1.34 does not serve `policy/v1beta1` `PodDisruptionBudget`"]);
}

#[test]
fn lists_are_judged_item_by_item() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dat: {}}\n";
    assert_eq!(mistakes(text), ["4:58 ConfigMap/a dat: `ConfigMap` has no field `dat` (write `data`)"]);
}

#[test]
fn kinds_come_and_go() {
    let life =
        |version: &str, kind: &str, minor: u32| BuiltIn::find(version, kind).unwrap().lifecycle(Minor(minor));
    assert_eq!(life("apps/v1", "Deployment", 33), Lifecycle::Served);
    assert_eq!(life("extensions/v1beta1", "Deployment", 34), Lifecycle::Removed { since: Minor(16) });
    assert_eq!(
        life("networking.k8s.io/v1beta1", "Ingress", 21),
        Lifecycle::Deprecated { since: Minor(19), removed: Some(Minor(22)) }
    );
    assert_eq!(life("batch/v1beta1", "CronJob", 34), Lifecycle::Removed { since: Minor(25) });
    assert_eq!(
        life("networking.k8s.io/v1beta1", "IPAddress", 36),
        Lifecycle::Deprecated { since: Minor(34), removed: Some(Minor(37)) }
    );
    assert_eq!(life("networking.k8s.io/v1beta1", "IPAddress", 37), Lifecycle::Removed { since: Minor(37) });
    assert_eq!(life("resource.k8s.io/v1", "DeviceClass", 33), Lifecycle::Future { since: Minor(34) });
    assert_eq!(life("v1", "Endpoints", 33), Lifecycle::Deprecated { since: Minor(33), removed: None });
    assert!(BuiltIn::find("v1", "Boat").is_none() && BuiltIn::find("", "").is_none());
    assert!(BuiltIn::find("v1", "Namespace").unwrap().is_cluster_scoped());
    assert!(!BuiltIn::find("v1", "Pod").unwrap().is_cluster_scoped());
}

#[test]
fn the_successor_of_a_kind_is_one_that_is_served() {
    let successor = |version: &str, kind: &str, minor: u32| {
        BuiltIn::find(version, kind).unwrap().replacement(version, kind, Minor(minor))
    };
    assert_eq!(successor("extensions/v1beta1", "Ingress", 34), Some(("networking.k8s.io/v1", "Ingress")));
    assert_eq!(
        successor("node.k8s.io/v1beta1", "RuntimeClass", 34),
        Some(("node.k8s.io/v1", "RuntimeClass"))
    );
    assert_eq!(
        successor("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 34),
        Some(("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"))
    );
    assert_eq!(successor("policy/v1beta1", "PodSecurityPolicy", 34), None);
    for minor in Minor::OLDEST.0..=Minor::NEWEST.0 {
        let count = served_kinds(Minor(minor)).count();
        assert!((80..130).contains(&count), "1.{minor} serves {count} kinds");
    }
}

#[test]
fn every_definition_that_is_named_is_there() {
    let read = |file: &str| {
        std::fs::read_to_string(format!("{}/schemas/kubernetes/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let (definitions, kinds) = (read("definitions.txt"), read("kinds.txt"));
    let names: Vec<&str> = definitions.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.is_sorted() && kinds.lines().is_sorted(), "a lookup is a binary search");
    let fields =
        definitions.lines().flat_map(|line| line.split(' ').skip(1)).filter(|field| field.contains(':'));
    let codes = fields.map(|field| field.split_once(':').unwrap().1.trim_start_matches(['[', '{']));
    let of_kinds =
        kinds.lines().skip(1).filter_map(|line| line.split(' ').nth(2)).filter(|word| word.contains('.'));
    let named = codes.filter(|code| code.contains('.') && !code.starts_with('='));
    for name in named.chain(of_kinds.map(|word| word.split('@').next().unwrap())) {
        assert!(names.binary_search(&name).is_ok(), "{name}");
    }
}
