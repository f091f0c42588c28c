//! Rendered scalars and the values lines behind them.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll::helm::Chart;
use plimsoll::helm::Layers;
use plimsoll::helm::Problem;
use plimsoll::helm::Release;
use plimsoll::helm::Rendered;
use plimsoll::helm::SettingKind;
use plimsoll::helm::why;
use plimsoll::source::Files;
use plimsoll::source::Source;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::source::Spanned;
use plimsoll::yaml::NodeRef;

const FILES: &[(&str, &str)] = &[
    (
        "chart/Chart.yaml",
        "apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: \"7\"\ndependencies:\n- {name: cache, version: 1.0.0, alias: store}\n",
    ),
    (
        "chart/values.yaml",
        "global:\n  domain: example.com\nreplicas: 2\nimage:\n  repository: shop\n  tag: \"1.0\"\nresources:\n  limits: {cpu: 100m, memory: 64Mi}\nenv:\n- {name: A, value: one}\n- {name: B, value: two}\nlabels: {team: blue}\ngreeting: 'hello {{ .Values.global.domain }}'\nconfig: |\n  line: 1\n  last: 2\nstore:\n  size: 5\n",
    ),
    ("chart/values-production.yaml", "replicas: 4\nimage: {tag: \"2.0\"}\nlabels: {tier: gold}\n"),
    (
        "chart/templates/_helpers.tpl",
        "{{ define \"image\" -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{- end -}}\n",
    ),
    (
        "chart/templates/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n    {{- merge (dict \"app\" \"web\") .Values.labels | toYaml | nindent 4 }}\nspec:\n  replicas: {{ .Values.replicas }}\n  template:\n    spec:\n      containers:\n      - name: app\n        image: {{ include \"image\" . | quote }}\n        resources: {{- toYaml .Values.resources | nindent 10 }}\n        env:\n        {{- range .Values.env }}\n        - name: {{ .name }}\n          value: {{ .value | upper | quote }}\n        {{- end }}\n        - name: HOST\n          value: {{ printf \"%s.%s\" .Release.Name .Values.global.domain }}\n        - name: GREETING\n          value: {{ tpl .Values.greeting . }}\n",
    ),
    (
        "chart/templates/config.yaml",
        "kind: ConfigMap\nmetadata: {name: config}\ndata:\n  text: |\n    {{- .Values.config | nindent 4 }}\n  digest: {{ .Values.config | sha256sum }}\n  size: {{ mul .Values.store.size 2 }}\n",
    ),
    ("chart/charts/cache/Chart.yaml", "apiVersion: v2\nname: cache\nversion: 1.0.0\n"),
    ("chart/charts/cache/values.yaml", "size: 1\nmode: lru\n"),
    (
        "chart/charts/cache/templates/set.yaml",
        "kind: StatefulSet\nmetadata: {name: \"{{ .Chart.Name }}\"}\nspec:\n  size: {{ .Values.size }}\n  mode: {{ .Values.mode }}\n  domain: {{ .Values.global.domain }}\n",
    ),
];

fn render(files: &BTreeMap<String, String>) -> Result<(SourceMap, Rendered), Problem> {
    let files = files.iter().map(|(path, text)| (path.clone(), text.as_bytes().to_vec()));
    let sources = SourceMap::new(Files::memory(files));
    let chart = Chart::load(&sources, Path::new("chart"))?;
    let mut release = Release::new("rel", "default", chart);
    release.layers = Layers::read(&sources, &["chart/values-production.yaml"])?;
    let rendered = release.render(&sources)?;
    Ok((sources, rendered))
}

fn files() -> BTreeMap<String, String> {
    FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// Every rendered scalar by object and path.
fn scalars(rendered: &Rendered) -> BTreeMap<String, (String, Span)> {
    fn walk(node: NodeRef<'_>, path: &str, source: &Source, into: &mut BTreeMap<String, (String, Span)>) {
        for entry in node.entries() {
            walk(entry.value, &format!("{path}.{}", entry.key.text()), source, into);
        }
        for (index, item) in node.items().enumerate() {
            walk(item, &format!("{path}[{index}]"), source, into);
        }
        if node.is_scalar() {
            into.insert(path.to_owned(), (source.slice(node.span()).to_owned(), node.span()));
        }
    }
    let mut found = BTreeMap::new();
    for manifest in rendered.all() {
        if let Some(root) = manifest.tree.root() {
            walk(root, &manifest.path, &manifest.source, &mut found);
        }
    }
    found
}

fn changed(text: &str) -> String {
    let quoted = text.strip_suffix(['"', '\'']);
    match (text.parse::<i64>(), quoted) {
        (Ok(number), _) => (number + 1).to_string(),
        (_, Some(inner)) => format!("{inner}9{}", text.chars().last().unwrap_or_default()),
        _ if text.ends_with('\n') => format!("{}9\n", text.trim_end()),
        _ => text.replacen(|c: char| c.is_ascii_alphanumeric(), "9", 1),
    }
}

#[test]
fn changing_the_line_behind_a_scalar_changes_the_scalar() {
    let files = files();
    let (sources, rendered) = render(&files).unwrap();
    let before = scalars(&rendered);
    let mut tried = 0;
    for (path, (text, place)) in &before {
        let origin = rendered.origin(*place).unwrap();
        for value in &origin.values {
            let source = sources.get(value.span.source).unwrap();
            if source.path == "chart/Chart.yaml" && source.slice(value.span) == "store" {
                continue;
            }
            let mut files = files.clone();
            let file = files.get_mut(&source.path).unwrap();
            file.replace_range(value.span.range(), &changed(source.slice(value.span)));
            let (_, rendered) = render(&files).unwrap();
            let after = scalars(&rendered);
            tried += 1;
            assert_ne!(
                after.get(path).map(|(text, _)| text),
                Some(text),
                "{path} does not hang on {} of {}",
                source.slice(value.span),
                source.path
            );
        }
    }
    assert!(tried >= 20, "only {tried} scalars claim a value");
}

#[test]
fn scalars_name_their_value_line_their_template_and_what_was_overridden() {
    let (sources, rendered) = render(&files()).unwrap();
    let line = |span: Span| {
        let source = sources.get(span.source).unwrap();
        format!("{}:{}", source.path, source.line_column(span.start).line)
    };
    let cases = [
        (
            "Deployment/web spec.replicas",
            "chart/values-production.yaml:1",
            "chart/templates/deployment.yaml:8",
            "chart/values.yaml:3",
        ),
        (
            "Deployment/web metadata.labels.tier",
            "chart/values-production.yaml:3",
            "chart/templates/deployment.yaml:6",
            "",
        ),
        (
            "Deployment/web spec.template.spec.containers[app].resources.limits.memory",
            "chart/values.yaml:8",
            "chart/templates/deployment.yaml:14",
            "",
        ),
        (
            "Deployment/web spec.template.spec.containers[0].env[1].value",
            "chart/values.yaml:11",
            "chart/templates/deployment.yaml:18",
            "",
        ),
        (
            "StatefulSet/store spec.size",
            "chart/values.yaml:18",
            "chart/charts/cache/templates/set.yaml:4",
            "chart/charts/cache/values.yaml:1",
        ),
        (
            "StatefulSet/store spec.domain",
            "chart/values.yaml:2",
            "chart/charts/cache/templates/set.yaml:6",
            "",
        ),
    ];
    for (wanted, value, template, overridden) in cases {
        let found = why(&rendered, wanted);
        assert_eq!(found.len(), 1, "{wanted}");
        let origin = &found.first().unwrap().origin;
        assert_eq!(
            origin.values.first().map(|value| line(value.span)).unwrap_or_default(),
            value,
            "{wanted}"
        );
        assert_eq!(origin.template.map(line).unwrap_or_default(), template, "{wanted}");
        let below = origin.values.first().and_then(|value| value.overridden.last().copied());
        assert_eq!(below.map(line).unwrap_or_default(), overridden, "{wanted}");
    }
    let image = why(&rendered, "Deployment/web spec.template.spec.containers[app].image");
    let image = &image.first().unwrap().origin;
    let values: Vec<String> = image.values.iter().map(|value| line(value.span)).collect();
    assert_eq!(values, ["chart/values.yaml:5", "chart/values-production.yaml:2"]);
    assert_eq!(image.template.map(line).as_deref(), Some("chart/templates/_helpers.tpl:1"));
    assert_eq!(
        image.calls.iter().map(|call| line(*call)).collect::<Vec<_>>(),
        ["chart/templates/deployment.yaml:13"]
    );
    let kind = why(&rendered, "Deployment/web kind");
    assert!(kind.first().unwrap().origin.values.is_empty());
}

#[test]
fn what_is_not_known_stays_unknown_in_what_is_rendered() {
    let files = FILES.iter().map(|(path, text)| (*path, text.as_bytes().to_vec()));
    let sources = SourceMap::new(Files::memory(files));
    let chart = Chart::load(&sources, Path::new("chart")).unwrap();
    let mut release = Release::new("rel", "default", chart);
    let place = sources.add("plimsoll.yaml", "image.tag").whole();
    release.layers.unknown = vec![Spanned::new("image.tag".to_owned(), place)];
    release.layers.set(&sources, SettingKind::Set, "replicas=3");
    let rendered = release.render(&sources).unwrap();
    let image = why(&rendered, "Deployment/web spec.template.spec.containers[app].image");
    assert!(image.first().unwrap().origin.unknown.is_some());
    let replicas = why(&rendered, "deployment/web spec.replicas");
    let origin = &replicas.first().unwrap().origin;
    assert!(origin.unknown.is_none());
    assert_eq!(origin.values.first().map(|value| sources.slice(value.span)).as_deref(), Some("3"));
}

/// What is printed by one template, and the values that decided it, by path.
fn decided(template: &str, values: &str) -> BTreeMap<String, (String, Vec<String>)> {
    let template = format!("kind: ConfigMap\nmetadata:\n  name: c\n{template}");
    let files = [
        ("chart/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"),
        ("chart/values.yaml", values),
        ("chart/templates/c.yaml", &template),
        ("chart/values-production.yaml", ""),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let (sources, rendered) = render(&files).unwrap();
    let values = sources.by_path(Path::new("chart/values.yaml")).unwrap();
    let lines = |place: Span| {
        let origin = rendered.origin(place).unwrap();
        assert!(origin.values.is_empty(), "{origin:?}");
        let decided = origin.decided.iter().map(|decided| decided.span);
        decided.map(|span| values.line_text(values.line_column(span.start).line).to_owned()).collect()
    };
    let found = scalars(&rendered).into_iter().map(|(path, (text, place))| {
        (path.trim_start_matches("c/templates/c.yaml.").to_owned(), (text, lines(place)))
    });
    found.filter(|(path, _)| path.starts_with("data")).collect()
}

#[test]
fn text_of_a_template_knows_the_values_that_decided_that_it_is_printed() {
    let cases = [
        ("data:\n  a: b\n", "up: true\n", "b", &[][..]),
        ("data:\n  {{- if .Values.up }}\n  a: b\n  {{- end }}\n", "up: true\n", "b", &["up: true"]),
        ("data:\n  {{- if not .Values.up }}\n  a: b\n  {{- end }}\n", "up: false\n", "b", &["up: false"]),
        ("data:\n  a: {{ if .Values.up }}b{{ else }}c{{ end }}\n", "up: false\n", "c", &["up: false"]),
        (
            "data:\n  a: {{ if .Values.up }}{{ if eq .Values.mode \"x\" }}b{{ end }}{{ end }}\n",
            "up: true\nmode: x\n",
            "b",
            &["mode: x", "up: true"],
        ),
        ("data:\n  {{- range .Values.list }}\n  a: b\n  {{- end }}\n", "list:\n- one\n", "b", &["- one"]),
        (
            "data:\n  {{- range $k, $v := .Values.map }}\n  a: b\n  {{- end }}\n",
            "map:\n  one: 1\n",
            "b",
            &["  one: 1"],
        ),
        (
            "data:\n  {{- with .Values.map }}\n  a: b\n  {{- end }}\n",
            "map: {one: 1}\n",
            "b",
            &["map: {one: 1}"],
        ),
        ("data:\n  a: {{ .Values.tag | default \"b\" }}\n", "tag: \"\"\n", "b", &["tag: \"\""]),
        ("data:\n  a: {{ ternary \"b\" \"c\" .Values.up }}\n", "up: true\n", "b", &["up: true"]),
        ("data:\n  a: {{ coalesce .Values.tag \"b\" }}\n", "tag: \"\"\n", "b", &["tag: \"\""]),
        ("data:\n  a: {{ or .Values.tag \"b\" }}\n", "tag: \"\"\n", "b", &["tag: \"\""]),
        (
            "data:\n  {{- $a := \"c\" }}{{ if .Values.up }}{{ $a = \"b\" }}{{ end }}\n  a: {{ $a }}\n",
            "up: true\n",
            "b",
            &["up: true"],
        ),
        (
            "{{ define \"on\" }}{{ if .Values.up }}true{{ end }}{{ end -}}\ndata:\n  a: {{ if include \"on\" . }}b{{ end }}\n",
            "up: true\n",
            "b",
            &["up: true"],
        ),
        (
            "{{ define \"on\" }}{{ if .Values.up }}true{{ end }}{{ end -}}\ndata:\n  a: {{ if include \"on\" . }}c{{ else }}b{{ end }}\n",
            "up: false\n",
            "b",
            &["up: false"],
        ),
        (
            "{{ $d := dict }}{{ if .Values.up }}{{ $_ := set $d \"a\" \"b\" }}{{ end -}}\ndata: {{ toYaml $d | nindent 2 }}\n",
            "up: true\n",
            "b",
            &["up: true"],
        ),
        (
            "{{ define \"d\" }}{{ if .Values.up }}a: 5{{ end }}{{ end -}}\ndata: {{ include \"d\" . | fromYaml | toYaml | nindent 2 }}\n",
            "up: true\n",
            "5",
            &["up: true"],
        ),
    ];
    for (template, values, text, wanted) in cases {
        let found = decided(template, values);
        let Some((shown, lines)) = found.get("data.a") else { panic!("{template}: {found:?}") };
        assert_eq!(shown, text, "{template}");
        assert_eq!(lines, wanted, "{template}");
    }
}

#[test]
fn a_value_that_is_printed_is_told_from_the_condition_it_is_printed_under() {
    let mut files = files();
    let template = "kind: ConfigMap\nmetadata: {name: config}\ndata:\n  {{- if .Values.labels }}\n  a: {{ .Values.replicas }}\n  {{- end }}\n";
    files.insert("chart/templates/config.yaml".to_owned(), template.to_owned());
    let (sources, rendered) = render(&files).unwrap();
    let found = why(&rendered, "ConfigMap/config data.a");
    let origin = &found.first().unwrap().origin;
    let texts = |origins: &[plimsoll::source::Origin]| -> Vec<String> {
        origins.iter().map(|origin| sources.slice(origin.span)).collect()
    };
    assert_eq!(texts(&origin.values), ["4"]);
    assert_eq!(texts(&origin.decided), ["{tier: gold}"]);
}
