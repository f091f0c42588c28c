//! What templates read of values, found without running them; and conditions that only deploy time decides.

use std::path::Path;

use plimsoll::check;
use plimsoll::helm::Chart;
use plimsoll::helm::chart::digest;
use plimsoll::helm::reads::Reach;
use plimsoll::helm::reads::Reads;
use plimsoll::rules::Date;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";

fn reads(files: &[(&str, &str)], texts: &[&str]) -> Reads {
    let sources = SourceMap::new(Files::memory(files.iter().copied()));
    let chart = Chart::load(&sources, Path::new("chart")).unwrap();
    Reads::of(&chart, texts.iter().copied())
}

/// What is read at dotted paths; `[]` is any item of a list.
fn reached(reads: &Reads, paths: &str) -> String {
    let reach = |path: &str| {
        let steps: Vec<Option<&str>> = path.split('.').map(|step| (step != "[]").then_some(step)).collect();
        match reads.reach(&steps) {
            Reach::Whole => "whole",
            Reach::Part => "part",
            Reach::Never => "never",
        }
    };
    paths.split(' ').map(reach).collect::<Vec<_>>().join(" ")
}

#[test]
fn values_are_followed_through_templates() {
    let cases = [
        ("{{ .Values.a.b }}", "a a.b a.b.c a.x z", "part whole whole never never"),
        ("{{ $.Values.a }}{{ index .Values \"b\" \"c\" }}", "a b.c b.x", "whole whole never"),
        ("{{ with .Values.a }}{{ .b }}{{ $.Values.c }}{{ end }}", "a.b a.x c", "whole never whole"),
        ("{{ if .Values.a.on }}{{ .Values.a.b }}{{ else }}{{ .Values.c }}{{ end }}", "a.on c", "whole whole"),
        ("{{ if .Values.a }}x{{ end }}", "a a.b", "whole whole"),
        ("{{ if .Values.a }}{{ .Values.a.b }}{{ end }}", "a.b a.c", "whole never"),
        ("{{ range .Values.l }}{{ .name }}{{ end }}", "l.[].name l.[].nmae", "whole never"),
        ("{{ range $k, $v := .Values.m }}{{ $k }}{{ $v.on }}{{ end }}", "m.x.on m.x.off", "whole never"),
        ("{{ toYaml .Values.a | nindent 2 }}", "a.b.c", "whole"),
        (
            "{{ $v := .Values.a }}{{ if .Values.b }}{{ $v = .Values.c }}{{ end }}{{ $v.x }}",
            "a.x c.x a.y c.y",
            "whole whole never never",
        ),
        (
            "{{ include \"t\" (dict \"v\" .Values.a \"ctx\" $) }}{{ define \"t\" }}{{ .v.x }}{{ .ctx.Values.y }}{{ end }}",
            "a.x a.z y",
            "whole never whole",
        ),
        ("{{ template \"t\" .Values.a }}{{ define \"t\" }}{{ .x }}{{ end }}", "a.x a.y", "whole never"),
        ("{{ include (print $.Template.BasePath \"/b.yaml\") . }}", "bee c", "whole never"),
        (
            "{{ include (printf \"t-%s\" .Values.kind) .Values.a }}{{ define \"t-x\" }}{{ .x }}{{ end }}",
            "kind a.x a.y",
            "whole whole never",
        ),
        ("{{ include \"not.here\" . }}", "anything.at.all", "whole"),
        ("{{ $m := merge (dict) .Values.a .Values.b }}{{ $m.x }}", "a.x b.x a.y", "whole whole never"),
        ("{{ $_ := set .Values \"a\" .Values.b }}{{ .Values.a.x }}", "b.x b.y", "whole never"),
        (
            "{{ $_ := set . \"Own\" .Values.b }}{{ include \"t\" . }}{{ define \"t\" }}{{ .Own.x }}{{ end }}",
            "b.x b.y",
            "whole never",
        ),
        ("{{ (default .Values.a .Values.b).x }}", "a.x b.x a.y", "whole whole never"),
        (
            "{{ dig \"a\" \"b\" 1 .Values.d }}{{ get .Values.g \"k\" }}{{ hasKey .Values.h \"k\" }}",
            "d.a.b d.a.c g.k h.k g.x",
            "whole never whole whole never",
        ),
        ("{{ index .Values.m .Values.key }}", "m.x key", "whole whole"),
        ("{{ tpl .Values.text . }}", "text from-text other", "whole whole never"),
        ("{{ .Values.AsMap }}", "a.b", "whole"),
        ("{{ define \"for.others\" }}{{ .Values.a }}{{ end }}", "a b", "whole never"),
        ("{{ range until 3 }}{{ $x := $.Values.a }}{{ end }}", "a", "never"),
    ];
    for (template, paths, wanted) in cases {
        let files = [
            ("chart/Chart.yaml", CHART),
            ("chart/templates/a.yaml", template),
            ("chart/templates/b.yaml", "{{ .Values.bee }}"),
        ];
        let read = reads(&files, &["{{ index .Values \"from-text\" }}"]);
        assert_eq!(reached(&read, paths), wanted, "{template}");
    }
}

#[test]
fn values_are_followed_into_subcharts() {
    let files = [
        (
            "chart/Chart.yaml",
            "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - {name: sub, alias: one, version: 1.0.0, \
             condition: one.enabled, tags: [extra], import-values: [{child: out, parent: in}]}\n  - {name: gone, \
             version: 1.0.0}\n",
        ),
        ("chart/templates/a.yaml", "{{ .Values.global.top }}{{ .Subcharts.one.Values.seen }}"),
        ("chart/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n"),
        ("chart/charts/sub/templates/a.yaml", "{{ .Values.own }}{{ .Values.global.below }}"),
    ];
    let read = reads(&files, &[]);
    let paths =
        "one.own one.other sub.own global.top global.below one.enabled tags.extra one.out one.seen gone.any";
    // A chart that is not here may read any global.
    assert_eq!(reached(&read, paths), "whole never never whole whole whole whole whole whole whole");
}

#[test]
fn values_that_go_round_in_circles_come_to_an_end() {
    let loops = [
        "{{ $_ := merge .Values.a .Values.b }}{{ $_ := merge .Values.b .Values.a }}{{ .Values.a.x }}",
        "{{ define \"walk\" }}{{ include \"walk\" .next }}{{ end }}{{ include \"walk\" .Values.list }}",
        "{{ define \"wrap\" }}{{ include \"wrap\" (dict \"in\" .) }}{{ end }}{{ include \"wrap\" .Values.a }}",
        "{{ $x := dict }}{{ range .Values.l }}{{ $x = dict \"x\" $x \"y\" . }}{{ end }}{{ $x }}",
    ];
    let doubled =
        format!("{{{{ $x := .Values.a }}}}{}{{{{ $x }}}}", "{{ $x = dict \"a\" $x \"b\" $x }}".repeat(60));
    for template in loops.into_iter().chain([doubled.as_str()]) {
        let read = reads(&[("chart/Chart.yaml", CHART), ("chart/templates/a.yaml", template)], &[]);
        assert_eq!(reached(&read, "not.here"), "never", "{template}");
    }
}

/// Maps of values that are merged into each other, in loops and crosswise: what each may hold has no end.
const MERGED: &str = r#"{{- range $z := .Values.zones }}
  {{- $zone := mergeOverwrite (deepCopy $.Values.template) (deepCopy $z) }}
  {{- $agent := deepCopy $zone.agent }}
  {{- $_ := set $agent "spec" (mergeOverwrite (deepCopy $.Values.common.spec) (deepCopy $zone.common.spec) (deepCopy $agent.spec)) }}
  {{- $_ := set $zone "agent" $agent }}
  {{- range $other := $.Values.zones }}
    {{- $there := mergeOverwrite (deepCopy $.Values.template) $other }}
    {{- $_ := set $there.cluster "spec" (mergeOverwrite (deepCopy $.Values.common.spec) (deepCopy $there.common.spec) (deepCopy $there.cluster.spec)) }}
  {{- end }}
  {{- $_ := set $zone.agent.spec "writes" (concat (list) $zone.agent.spec.writes) }}
  {{- $_ := set $zone.agent.spec "settings" (mergeOverwrite (deepCopy $zone.agent.spec.settings) (dict "many" true)) }}
  {{- toYaml $zone.agent.spec }}
  {{- $spec := mergeOverwrite (deepCopy $.Values.common.spec) (deepCopy $zone.cluster.spec) }}
  {{- range $name, $config := $spec }}
    {{- $merged := deepCopy $zone.common.spec }}
    {{- range $.Values.names }}
      {{- $merged = dict . $merged }}
    {{- end }}
    {{- $config = mergeOverwrite (deepCopy $merged) (deepCopy $config) }}
    {{- $_ := set $spec $name $config }}
  {{- end }}
  {{- toYaml $spec }}
{{- end }}
"#;

#[test]
fn maps_that_are_merged_into_each_other_are_followed_to_the_end() {
    let read = reads(&[("chart/Chart.yaml", CHART), ("chart/templates/a.yaml", MERGED)], &[]);
    let paths = "zones.[].agent.spec.x template.cluster.spec.x common.spec.x names.[] common.x not.here";
    assert_eq!(reached(&read, paths), "whole whole whole whole never never");
}

#[test]
fn a_map_made_in_many_ways_is_followed_like_one() {
    let ways = |name: &str| {
        let set = |at: usize| format!("{{{{ $_ := set $c \"{name}\" (dict \"in\" .Values.{name}{at}) }}}}");
        (0..20).map(set).collect::<String>()
    };
    let wrap = "{{ $c = dict \"a\" $c \"b\" $c }}".repeat(4);
    let template = format!("{{{{ $c := dict }}}}{}{}{wrap}{{{{ $c.a.b.a.b.x.in.y }}}}", ways("x"), ways("z"));
    let read = reads(&[("chart/Chart.yaml", CHART), ("chart/templates/a.yaml", &template)], &[]);
    assert_eq!(reached(&read, "x0.y x19.y x7.n z3.y not.here"), "whole whole never never never");
}

#[test]
fn the_digest_of_a_lock_is_helms() {
    // Written by `helm dependency update`, 3.22.0.
    let dependencies = "dependencies:\n  - name: b\n    version: \">=1.0.0 <2\"\n    repository: file://../b\n    \
                        condition: b.enabled\n    tags: [x, \"y&z\"]\n    import-values: [data, {child: q, parent: \
                        r}]\n    alias: bee\n  - name: c\n    version: ^0.3.0\n    repository: file://../c\n";
    let chart = format!("apiVersion: v2\nname: a\nversion: 1.0.0\n{dependencies}");
    let lock = "dependencies:\n- name: b\n  repository: file://../b\n  version: 1.2.3\n- name: c\n  repository: \
                file://../c\n  version: 0.3.1\ndigest: \
                sha256:0562d218fca2b836cfbb5f0ec6b9bdf0e9a4ea4071cf50b24f1c4ae7c574d626\ngenerated: \
                \"2026-11-22T23:41:19.593231119Z\"\n";
    let files = [("chart/Chart.yaml", chart.as_str()), ("chart/Chart.lock", lock)];
    let sources = SourceMap::new(Files::memory(files));
    let chart = Chart::load(&sources, Path::new("chart")).unwrap();
    let (lock, _) = chart.lock.as_ref().unwrap();
    let asked: Vec<_> = chart.metadata.dependencies.iter().flatten().flatten().collect();
    let locked: Vec<_> = lock.dependencies.iter().flatten().collect();
    assert_eq!(digest(&asked, &locked), lock.digest.as_ref().map(|digest| digest.value.clone()));
    assert_ne!(digest(&locked, &asked), lock.digest.as_ref().map(|digest| digest.value.clone()));
}

fn checked(template: &str) -> check::Checked {
    let config = "ladder:\n  - name: production\n    stage: production\n    helm:\n      - {release: shop, namespace: \
                  shop, chart: chart, unknown: [image.tag, debug, engine]}\n";
    let files = [
        ("plimsoll.yaml", config),
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", "image: {tag: \"\"}\ndebug: false\nengine: crane\nitems: []\n"),
        ("chart/templates/pod.yaml", template),
    ];
    let sources = SourceMap::new(Files::memory(files));
    check::repository(&sources, &check::Settings::on(Date { year: 2026, month: 11, day: 1 }))
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\nspec:\n  containers:\n    - name: shop\n      \
                   image: shop:1.0.0\n";

#[test]
fn a_condition_that_deploy_time_decides_is_taken_both_ways() {
    let privileged = "{{ if .Values.debug }}      securityContext: {privileged: true}\n{{ end }}";
    let checked = checked(&format!("{POD}{privileged}"));
    let found = said(&checked, "kubernetes/privileged");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("(only where `.Values.debug` holds)"), "{found:?}");
    // What holds either way is said without a condition.
    let naked: Vec<_> =
        checked.diagnostics.iter().filter(|diagnostic| diagnostic.rule == "kubernetes/naked-pod").collect();
    assert_eq!(naked.len(), 1);
    assert!(!naked[0].finding.message.contains("only where"));
    assert!(!checked.unchecked.iter().any(|one| one.what.contains("decides")), "{:?}", checked.unchecked);
}

fn said<'c>(checked: &'c check::Checked, rule: &str) -> Vec<&'c str> {
    let said = checked.diagnostics.iter().filter(|diagnostic| diagnostic.rule == rule);
    said.map(|diagnostic| diagnostic.finding.message.as_str()).collect()
}

#[test]
fn a_text_that_the_deploy_command_gives_is_there() {
    let privileged = "{{ if .Values.image.tag }}      securityContext: {privileged: true}\n{{ end }}";
    let with = checked(&format!("{POD}{privileged}"));
    let found = said(&with, "kubernetes/privileged");
    assert!(found.len() == 1 && !found[0].contains("only where"), "{found:?}");
    let without = checked(&format!("{POD}{}", privileged.replace("if ", "if not ")));
    assert_eq!(said(&without, "kubernetes/privileged"), Vec::<&str>::new());
    assert!(!without.unchecked.iter().any(|one| one.what.contains("decides")), "{:?}", without.unchecked);
}

#[test]
fn one_unknown_value_is_the_same_everywhere() {
    // Of each pair one is rendered, whichever way it goes.
    let pairs = [
        ("if .Values.debug", "if not .Values.debug"),
        ("if eq .Values.engine \"crane\"", "if eq .Values.engine \"winch\""),
    ];
    for (one, other) in pairs {
        let checked =
            checked(&format!("{{{{ {one} }}}}{POD}{{{{ end }}}}\n---\n{{{{ {other} }}}}{POD}{{{{ end }}}}"));
        assert_eq!(said(&checked, "kubernetes/duplicate-object"), Vec::<&str>::new(), "{one}");
        assert!(!said(&checked, "kubernetes/naked-pod").is_empty(), "{one}");
    }
}

#[test]
fn what_is_not_checked_is_listed_by_path() {
    let count = 60;
    let files: Vec<(String, &str)> = (0..count)
        .flat_map(|at| {
            let template = (format!("{at:02}/templates/a.yaml"), "{{ include \"gone\" . }}");
            [(format!("{at:02}/Chart.yaml"), CHART), template]
        })
        .collect();
    let files = files.iter().map(|(path, text)| (path.as_str(), *text));
    let sources = SourceMap::new(Files::memory(files));
    let checked = check::repository(&sources, &check::Settings::on(Date { year: 2026, month: 11, day: 1 }));
    let spans = checked.unchecked.iter().filter_map(|one| one.span);
    let paths: Vec<_> = spans.map(|span| sources.get(span.source).unwrap().path.clone()).collect();
    assert_eq!(paths.len(), count);
    assert!(paths.is_sorted(), "{paths:?}");
}

#[test]
fn a_condition_that_cannot_be_taken_both_ways_is_listed_as_not_checked() {
    let with = "{{ with .Values.debug }}      securityContext: {privileged: true}\n{{ end }}";
    let checked = checked(&format!("{POD}{with}"));
    let what: Vec<&str> = checked.unchecked.iter().map(|one| one.what.as_str()).collect();
    assert!(what.contains(&"what `with .Values.debug` decides in the release `shop`"), "{what:?}");
}
