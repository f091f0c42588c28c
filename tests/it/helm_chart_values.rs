//! Values: the `--set` grammar, layers, subcharts, and which line wins.

use std::path::Path;

use plimsoll::helm::Chart;
use plimsoll::helm::Layers;
use plimsoll::helm::Problem;
use plimsoll::helm::Release;
use plimsoll::helm::SettingKind;
use plimsoll::helm::value::Data;
use plimsoll::helm::value::Value;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::source::Spanned;

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

struct Given {
    sources: SourceMap,
    release: Release,
}

fn given(files: &[(&str, &str)], layers: &[&str]) -> Result<Given, Problem> {
    let plain = [("c/Chart.yaml", CHART)];
    let own = files.iter().any(|(path, _)| *path == "c/Chart.yaml");
    let all = files.iter().copied().chain(plain.into_iter().filter(|_| !own));
    let sources = SourceMap::new(Files::memory(all.map(|(path, text)| (path, text.as_bytes().to_vec()))));
    let chart = Chart::load(&sources, Path::new("c"))?;
    let mut release = Release::new("rel", "default", chart);
    release.layers = Layers::read(&sources, layers)?;
    Ok(Given { sources, release })
}

/// The effective values, printed with the Go types that show.
fn printed(given: &Given) -> Result<String, Problem> {
    let effective = given.release.values(&given.sources)?;
    Ok(shown(&Value::from(effective.values)))
}

fn shown(value: &Value) -> String {
    match &value.data {
        Data::Float(number) => format!("{number}f"),
        Data::String(text) => format!("'{}'", text.to_str()),
        Data::List(list) => {
            format!("[{}]", list.items().iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Data::Dict(dict) | Data::Values(dict, _) => {
            let members = dict.members().into_iter();
            let members = members
                .map(|(key, member)| format!("{}: {}", String::from_utf8_lossy(&key), shown(&member.value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        _ => format!("{value:?}"),
    }
}

fn set(kind: SettingKind, arguments: &[&str]) -> Result<String, String> {
    let mut given = given(&[("f.txt", "content\n")], &[]).map_err(|problem| problem.message)?;
    for argument in arguments {
        given.release.layers.set(&given.sources, kind, argument);
    }
    printed(&given).map_err(|problem| problem.message)
}

#[test]
fn set_arguments_are_read_as_helm_reads_them() {
    let cases: &[(&str, Result<&str, &str>)] = &[
        ("a=1", Ok("{a: 1}")),
        ("a=1,b=x", Ok("{a: 1, b: 'x'}")),
        ("a=1.5", Ok("{a: '1.5'}")),
        ("a=007", Ok("{a: '007'}")),
        ("a=0", Ok("{a: 0}")),
        ("a=-5", Ok("{a: -5}")),
        ("a=TRUE,b=null", Ok("{a: true, b: nil}")),
        ("a=", Ok("{a: ''}")),
        ("a=,b=1", Ok("{a: '', b: 1}")),
        ("a.b.c=1", Ok("{a: {b: {c: 1}}}")),
        ("a[0]=x,a[2]=y", Ok("{a: ['x', nil, 'y']}")),
        ("a[1].b=x", Ok("{a: [nil, {b: 'x'}]}")),
        ("a[0][1]=x", Ok("{a: [[nil, 'x']]}")),
        ("a={x,1,true}", Ok("{a: ['x', 1, true]}")),
        ("a={}", Ok("{a: ['']}")),
        ("a={x},b=1", Ok("{a: ['x'], b: 1}")),
        ("a\\.b=x\\,y", Ok("{a.b: 'x,y'}")),
        ("=x,b=1", Ok("{b: 1}")),
        ("a=b=c", Ok("{a: 'b=c'}")),
        ("a[0]", Ok("{a: []}")),
        ("a", Err("failed parsing --set data: key \"a\" has no value")),
        ("a,b=1", Err("failed parsing --set data: key \"a\" has no value (cannot end with ,)")),
        ("a..b=1", Err("failed parsing --set data: key map \"a\" has no value")),
        (
            "a[x]=1",
            Err(
                "failed parsing --set data: error parsing index: strconv.Atoi: parsing \"x\": invalid syntax",
            ),
        ),
        ("a[-1]=1", Err("failed parsing --set data: negative -1 index not allowed")),
        ("a[0]x=1", Err("failed parsing --set data: unexpected data at end of array index: ['x']")),
        ("a={1", Err("failed parsing --set data: list must terminate with '}'")),
        (
            "a[99999999]=1",
            Err(
                "failed parsing --set data: index of 99999999 is greater than maximum supported index of 65536",
            ),
        ),
        (
            "a=1,a.b=2",
            Err(
                "failed parsing --set data: unable to parse key: interface conversion: interface {} is int64, \
                 not map[string]interface {}",
            ),
        ),
    ];
    for (argument, want) in cases {
        let got = set(SettingKind::Set, &[argument]);
        assert_eq!(got.as_deref().map_err(String::as_str), *want, "--set {argument}");
    }
    let nested = format!("{}=1", vec!["a"; 32].join("."));
    assert!(set(SettingKind::Set, &[&nested]).unwrap_err().contains("maximum supported nested level of 30"));
}

#[test]
fn nesting_without_end_is_refused() {
    let indices = format!("a{}=1", "[0]".repeat(20_000));
    assert!(set(SettingKind::Set, &[&indices]).unwrap_err().contains("nested deeper than 500 levels"));
    let deep = format!("a: {}1{}\n", "{a: ".repeat(600), "}".repeat(600));
    let outcome = given(&[("c/values.yaml", &deep)], &[]).and_then(|given| printed(&given));
    assert!(outcome.is_err());
}

#[test]
fn the_other_set_flags_have_their_own_values() {
    assert_eq!(set(SettingKind::String, &["a=1,b={2,3}"]).unwrap(), "{a: '1', b: ['2', '3']}");
    assert_eq!(
        set(SettingKind::Json, &["a={\"x\": [1, null]}, b=2"]).unwrap(),
        "{ b: 2f, a: {x: [1f, nil]}}"
    );
    assert_eq!(set(SettingKind::Json, &["a=", "b[1]=\"x\""]).unwrap(), "{a: nil, b: [nil, 'x']}");
    assert!(set(SettingKind::Json, &["a={bad"]).is_err());
    assert_eq!(set(SettingKind::Literal, &["a.b=x,y={\\z}"]).unwrap(), "{a: {b: 'x,y={\\z}'}}");
    assert_eq!(set(SettingKind::File, &["a=f.txt"]).unwrap(), "{a: 'content\n'}");
    let missing = set(SettingKind::File, &["a=none.txt"]).unwrap_err();
    assert_eq!(missing, "failed parsing --set-file data: open none.txt: no such file or directory");
}

#[test]
fn charts_that_no_chart_declares_keep_the_path_of_the_one_that_carries_them() {
    let parent =
        "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: s, version: 1.0.0, alias: other}]\n";
    let files = [
        ("c/Chart.yaml", parent),
        ("c/charts/s/Chart.yaml", "apiVersion: v2\nname: s\nversion: 1.0.0\n"),
        ("c/charts/s/templates/s.yaml", "v: 1\n"),
        ("c/charts/s/charts/g/Chart.yaml", "apiVersion: v2\nname: g\nversion: 1.0.0\n"),
        ("c/charts/s/charts/g/templates/g.yaml", "v: 2\n"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let sources = SourceMap::new(Files::memory(files));
    for (helm, wanted) in [("3", "c/charts/s/charts/g"), ("4", "c/charts/other/charts/g")] {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        plimsoll::cli::run_helm(
            &["template", "rel", "c", "--helm-version", helm],
            &sources,
            &mut out,
            &mut err,
        );
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains(&format!("# Source: {wanted}/templates/g.yaml\n")), "{out}");
    }
}

#[test]
fn later_layers_win_nulls_delete_and_lists_are_replaced() {
    let files = [
        ("c/values.yaml", "a: 1\nm: {x: 1, w: 2}\nl: [1, 2]\ngone: 1\nnull-stays: null\n"),
        ("one.yaml", "a: 2\nm: {x: 3}\nl: [9]\ngone: null\nnew: null\n"),
        ("two.yaml", "a: 3\nm: {z: {deep: on}}\n"),
    ];
    let given = given(&files, &["one.yaml", "two.yaml"]).unwrap();
    assert_eq!(
        printed(&given).unwrap(),
        "{a: 3f, l: [9f], m: {w: 2f, x: 3f, z: {deep: true}}, new: nil, null-stays: nil}"
    );
}

#[test]
fn a_value_knows_the_line_that_won_and_the_lines_it_overrode() {
    let files = [
        ("c/values.yaml", "image:\n  tag: \"1\"\n"),
        ("staging.yaml", "image: {tag: two}\n"),
        ("production.yaml", "image:\n  tag: three\n"),
    ];
    let mut given = given(&files, &["staging.yaml", "production.yaml"]).unwrap();
    given.release.layers.set(&given.sources, SettingKind::Set, "image.tag=four");
    let effective = given.release.values(&given.sources).unwrap();
    let tag = effective.at(&["image", "tag"]).unwrap();
    let origins = tag.origins();
    let origin = origins.single().unwrap();
    let text = |span: Span| {
        let source = given.sources.get(span.source).unwrap();
        format!("{} {}", source.path, source.slice(span))
    };
    assert_eq!(text(origin.span), "--set four");
    let below: Vec<String> = origin.overridden.iter().map(|span| text(*span)).collect();
    assert_eq!(below, ["c/values.yaml \"1\"", "staging.yaml two", "production.yaml three"]);
}

#[test]
fn values_of_a_subchart_win_by_parent_and_globals_flow_down() {
    let files = [
        (
            "c/Chart.yaml",
            "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: s, version: 1.2.3, alias: t}\n",
        ),
        ("c/values.yaml", "t: {x: parent}\nglobal: {g: 1, m: {a: 1}}\n"),
        ("c/charts/s/Chart.yaml", "apiVersion: v2\nname: s\nversion: 1.2.3\n"),
        ("c/charts/s/values.yaml", "x: child\nw: child\nglobal: {g: 2, m: {b: 2}, own: 3}\n"),
    ];
    let given = given(&files, &[]).unwrap();
    assert_eq!(
        printed(&given).unwrap(),
        "{global: {g: 1f, m: {a: 1f}}, t: {global: {g: 1f, m: {a: 1f, b: 2f}, own: 3f}, w: 'child', x: 'parent'}}"
    );
    let effective = given.release.values(&given.sources).unwrap();
    let origins = effective.at(&["t", "x"]).unwrap().origins();
    let origin = origins.single().unwrap();
    assert_eq!(given.sources.slice(origin.span), "parent");
    assert_eq!(
        origin.overridden.iter().map(|span| given.sources.slice(*span)).collect::<Vec<_>>(),
        ["child"]
    );
}

#[test]
fn what_is_supplied_at_deploy_time_is_marked_and_keeps_its_type() {
    let files = [("c/values.yaml", "replicas: 2\nglobal: {domain: x}\n")];
    let mut given = given(&files, &[]).unwrap();
    let place = given.sources.add("plimsoll.yaml", "unknown").whole();
    given.release.layers.unknown =
        ["replicas", "global.imageVersion"].map(|path| Spanned::new(path.to_owned(), place)).to_vec();
    let effective = given.release.values(&given.sources).unwrap();
    let replicas = effective.at(&["replicas"]).unwrap();
    assert!(matches!(replicas.data, Data::Float(2.0)));
    assert!(replicas.origins().why_unknown().is_some_and(|unknown| unknown.why.contains("`replicas`")));
    let version = effective.at(&["global", "imageVersion"]).unwrap();
    assert!(version.as_text().is_some() && version.origins().why_unknown().is_some());
    assert!(effective.at(&["global", "domain"]).unwrap().origins().why_unknown().is_none());
}

#[test]
fn a_schema_violation_stands_at_the_value() {
    let files = [
        (
            "c/values.schema.json",
            r#"{"properties": {"a": {"type": "integer"}}, "additionalProperties": false}"#,
        ),
        ("c/values.yaml", "a: 1\n"),
        ("f.yaml", "a: x\nb: 2\n"),
    ];
    let given = given(&files, &["f.yaml"]).unwrap();
    let problem = given.release.values(&given.sources).unwrap_err();
    assert_eq!(
        problem.message,
        "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n\
         - at '': additional properties 'b' not allowed\n- at '/a': got string, want integer\n"
    );
    let places: Vec<String> = problem
        .place
        .iter()
        .chain(problem.related.iter().map(|label| &label.span))
        .map(|span| given.sources.slice(*span))
        .collect();
    assert_eq!(places, ["x"]);
}

#[test]
fn yaml_merges_and_aliases_count_as_in_go_yaml_v2() {
    let files = [(
        "c/values.yaml",
        "base: &b {x: 1, z: 2}\nlate: {x: own, <<: *b}\nearly: {<<: *b, x: own}\nsame: *b\nyes: on\n0x10: 1_000\n",
    )];
    let given = given(&files, &[]).unwrap();
    assert_eq!(
        printed(&given).unwrap(),
        "{16: 1000f, base: {x: 1f, z: 2f}, early: {x: 'own', z: 2f}, late: {x: 1f, z: 2f}, same: {x: 1f, z: 2f}, \
         true: true}"
    );
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
                c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n\
                e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n\
                g: [*f, *f, *f, *f, *f, *f, *f, *f, *f]\n";
    let problem = match self::given(&[("c/values.yaml", bomb)], &[]) {
        Ok(given) => given.release.values(&given.sources).unwrap_err(),
        Err(problem) => problem,
    };
    assert!(problem.message.contains("excessive aliasing"), "{problem}");
}

#[test]
fn a_plain_schema_is_judged_as_the_full_validator_judges_it() {
    // Body of the schema, values, and whether they fit.
    let cases = [
        (r#""properties": {"a": {"type": "integer"}}"#, "a: 1", true),
        (r#""properties": {"a": {"type": "integer"}}"#, "a: 1.0", true),
        (r#""properties": {"a": {"type": "integer"}}"#, "a: 1.5", false),
        (r#""properties": {"a": {"type": ["string", "null"]}}"#, "a: null", true),
        (r#""properties": {"a": {"type": ["string", "null"]}}"#, "a: []", false),
        (r#""required": ["a"]"#, "b: 1", false),
        (r#""properties": {"a": {}}, "additionalProperties": false"#, "b: 1", false),
        (r#""properties": {"a": {}}, "additionalProperties": {"type": "string"}"#, "{a: 1, b: x}", true),
        (r#""properties": {"a": {"enum": ["x", true, null]}}"#, "a: true", true),
        (r#""properties": {"a": {"enum": ["x", true, null]}}"#, "a: 1", false),
        (r#""properties": {"a": {"const": "x"}}"#, "a: y", false),
        (
            r##""properties": {"a": {"$ref": "#/definitions/n"}}, "definitions": {"n": {"minimum": 2}}"##,
            "a: 1",
            false,
        ),
        (
            r##""properties": {"a": {"$ref": "#/definitions/n"}}, "definitions": {"n": {"minimum": 2}}"##,
            "a: 2",
            true,
        ),
        (r#""properties": {"a": {"items": {"maxLength": 2}}}"#, "a: [äö, x]", true),
        (r#""properties": {"a": {"items": {"maxLength": 2}}}"#, "a: [abc]", false),
        (r#""properties": {"a": {"anyOf": [{"type": "string"}, {"minItems": 1}]}}"#, "a: []", false),
        (r#""properties": {"a": {"oneOf": [{"type": "number"}, {"minimum": 1}]}}"#, "a: 2", false),
        (r#""if": {"required": ["a"]}, "then": {"required": ["b"]}"#, "a: 1", false),
        (r#""if": {"required": ["a"]}, "else": {"required": ["b"]}"#, "a: 1", true),
        (r#""not": {"required": ["a"]}"#, "a: 1", false),
        (r#""properties": {"a": {"format": "ipv4"}}"#, "a: 7", true),
        (r#""properties": {"a": {"uniqueItems": true}}"#, "a: [1, 1]", false),
        (r#""maxProperties": 1"#, "{a: 1, b: 2}", false),
        // No schemas at all, though no value would break them.
        (r#""properties": {"a": {"type": "strin"}}"#, "b: 1", false),
        (r#""properties": {"a": {"minLength": -1}}"#, "b: 1", false),
        (r#""required": ["a", "a"]"#, "a: 1", false),
        (r#""anyOf": []"#, "a: 1", false),
    ];
    for (body, values, fits) in cases {
        let plain = format!(r#"{{"$schema": "http://json-schema.org/draft-07/schema#", {body}}}"#);
        // A word that is left to the full validator, and that changes nothing.
        let full = format!(
            r#"{{"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {{}}, {body}}}"#
        );
        let judged = |schema: &str| {
            let files = [("c/values.yaml", values), ("c/values.schema.json", schema)];
            let given = given(&files, &[]).unwrap();
            given.release.values(&given.sources).map(|_| ()).map_err(|problem| problem.message)
        };
        assert_eq!(judged(&plain), judged(&full), "{body}");
        assert_eq!(judged(&plain).is_ok(), fits, "{body} {values}");
    }
}
