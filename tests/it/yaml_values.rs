//! What trees mean: scalars, schemas, typed values.

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Spanned;
use plimsoll::yaml::DeserializeErrorKind;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::PathSegment;
use plimsoll::yaml::Scalar;
use plimsoll::yaml::Schema;
use plimsoll::yaml::Tree;
use serde::Deserialize;
use serde_json::json;

fn parse(text: &str, dialect: Dialect) -> Tree {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("test.yaml", text);
    Tree::parse(&source, dialect)
}

#[test]
fn a_scalar_means_what_the_tool_reads() {
    let cases: [(&str, Scalar<'_>, Scalar<'_>, Scalar<'_>); 16] = [
        ("on", Scalar::Bool(true), string("on"), string("on")),
        ("~", Scalar::Null, Scalar::Null, Scalar::Null),
        ("0777", Scalar::Int(511), Scalar::Int(511), Scalar::Int(777)),
        ("0o17", Scalar::Int(15), Scalar::Int(15), Scalar::Int(15)),
        ("0b101", Scalar::Int(5), Scalar::Int(5), string("0b101")),
        ("-0x1F", Scalar::Int(-31), Scalar::Int(-31), string("-0x1F")),
        ("1_000", Scalar::Int(1000), Scalar::Int(1000), string("1_000")),
        ("08", Scalar::Float(8.0), Scalar::Float(8.0), Scalar::Int(8)),
        ("22:22", string("22:22"), string("22:22"), string("22:22")),
        ("1e3", Scalar::Float(1000.0), Scalar::Float(1000.0), Scalar::Float(1000.0)),
        (".5_0", Scalar::Float(0.5), Scalar::Float(0.5), string(".5_0")),
        ("1e400", string("1e400"), string("1e400"), string("1e400")),
        ("2001-01-01", string("2001-01-01"), Scalar::Timestamp("2001-01-01".into()), string("2001-01-01")),
        ("2001-02-30", string("2001-02-30"), string("2001-02-30"), string("2001-02-30")),
        (
            "18446744073709551615",
            Scalar::Unsigned(u64::MAX),
            Scalar::Unsigned(u64::MAX),
            Scalar::Unsigned(u64::MAX),
        ),
        (
            "!!binary aGk=",
            Scalar::Binary(b"hi".into()),
            Scalar::Binary(b"hi".into()),
            Scalar::Binary(b"hi".into()),
        ),
    ];
    for (text, helm, compose, strict) in cases {
        for (dialect, wanted) in
            [(Dialect::Helm, helm), (Dialect::Compose, compose), (Dialect::Strict, strict)]
        {
            let tree = parse(text, dialect);
            assert_eq!(tree.root().unwrap().scalar(), Some(wanted), "{text} as {dialect:?}");
        }
    }
}

fn string(text: &str) -> Scalar<'_> {
    Scalar::String(text.into())
}

#[test]
fn a_schema_violation_has_the_place_of_what_is_wrong() {
    let schema = Schema::new(&json!({
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "replicas": {"type": "integer", "minimum": 1},
            "ports": {"type": "array", "items": {"type": ["integer", "string"]}},
        },
        "required": ["name"],
        "additionalProperties": false,
    }))
    .unwrap();
    let text = "base: &b {replicas: 0}\nweb:\n  <<: *b\n  nme: x\n  ports: [80, {a: 1}]\n";
    let tree = parse(text, Dialect::Compose);
    let web = tree.root().unwrap().get("web").unwrap();
    assert!(!schema.is_valid(web));
    let found: Vec<(&str, String, Vec<PathSegment>)> = schema
        .validate(web)
        .into_iter()
        .map(|violation| {
            (text.get(violation.span.range()).unwrap(), violation.message, violation.instance_path)
        })
        .collect();
    let key = |name: &str| PathSegment::Key(name.into());
    assert_eq!(
        found,
        [
            ("0", "must be at least 1".into(), vec![key("replicas")]),
            ("<<", "the key `name` is missing".into(), vec![]),
            ("nme", "unknown key `nme`".into(), vec![key("nme")]),
            ("{a: 1}", "expected a whole number or a text".into(), vec![key("ports"), PathSegment::Index(1)]),
        ]
    );
    assert!(schema.validate(parse("name: web\nreplicas: 2", Dialect::Compose).root().unwrap()).is_empty());
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Rung {
    name: Spanned<String>,
    #[serde(default)]
    stage: Option<Stage>,
    #[serde(default)]
    budget: Option<f64>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Stage {
    Local,
    Production,
}

#[test]
fn a_typed_value_knows_its_places() {
    let text = "- name: dev\n  stage: local\n- {name: 'live', budget: 40}\n";
    let tree = parse(text, Dialect::Compose);
    let rungs: Vec<Rung> = tree.root().unwrap().deserialize().unwrap();
    assert_eq!(rungs[0].name.value, "dev");
    assert_eq!(text.get(rungs[1].name.span.range()).unwrap(), "'live'");
    assert_eq!(rungs[0].stage, Some(Stage::Local));
    assert_eq!(rungs[1].budget, Some(40.0));
}

#[test]
fn a_wrong_typed_value_is_told_at_its_place() {
    let cases = [
        (
            "- name: a\n  stagee: local\n",
            "stagee",
            "unknown key `stagee`: known here are `name`, `stage` and `budget`",
        ),
        (
            "- name: a\n  stage: lokal\n",
            "lokal",
            "unknown value `lokal`: known here are `Local` and `Production`",
        ),
        ("- stage: local\n", "stage: local", "the key `name` is missing"),
        ("- name: [a]\n", "[a]", "expected a string, found a list"),
        ("- name: a\n  budget: much\n", "much", "expected f64, found the text `much`"),
    ];
    for (text, place, message) in cases {
        let tree = parse(text, Dialect::Compose);
        let error = tree.root().unwrap().deserialize::<Vec<Rung>>().unwrap_err();
        let wanted = message.replace("`Local` and `Production`", "`local` and `production`");
        assert_eq!(
            (text.get(error.span.unwrap().range()).unwrap(), &error.message),
            (place, &wanted),
            "{text}"
        );
    }
    let tree = parse("name: 5\nbudgt: 1\n", Dialect::Compose);
    let error = tree.root().unwrap().deserialize::<Rung>().unwrap_err();
    assert!(matches!(error.kind, DeserializeErrorKind::Other), "a number is no text: {error}");
}
