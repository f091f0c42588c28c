//! What Helm and Compose make of YAML, with the answers of the real libraries.

use std::time::Duration;
use std::time::Instant;

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Tree;
use serde_json::Value;

const CASES: &str = include_str!("../../fixtures/conformance/yaml.jsonl");
const HANGS: &str = include_str!("../../fixtures/conformance/yaml-hangs.jsonl");

struct Answers {
    helm: Option<Value>,
    compose: Option<Value>,
}

/// `None` where the tool refuses the text.
fn answers(bytes: &[u8]) -> Answers {
    let Some(text) = yaml::decode_text(bytes) else { return Answers { helm: None, compose: None } };
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("case.yaml", &*text);
    let value = |json: &str| serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()));
    let helm = yaml::load_for_helm(&source).ok().map(|json| value(&json));
    let compose = yaml::load_for_compose(&source).ok().map(|documents| match documents.as_slice() {
        [] => Value::Null,
        [document] => value(document),
        documents => documents.iter().map(|document| value(document)).collect(),
    });
    Answers { helm, compose }
}

fn cases(lines: &str) -> impl Iterator<Item = Value> {
    lines.lines().filter_map(|line| serde_json::from_str(line).ok())
}

fn bytes(case: &Value) -> Vec<u8> {
    match case["yaml"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => yaml::decode_base64(case["yaml_b64"].as_str().unwrap()).unwrap(),
    }
}

/// Equal JSON. Floats of Compose are not whole numbers; for Helm 1 is 1.0.
fn same(wanted: &Value, found: &Value, compose: bool) -> bool {
    match (wanted, found) {
        (Value::Number(wanted), Value::Number(found)) => {
            wanted == found || (!compose && wanted.as_f64() == found.as_f64())
        }
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(a, b)| same(a, b, compose))
        }
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.len() == found.len()
                && wanted.iter().all(|(key, a)| found.get(key).is_some_and(|b| same(a, b, compose)))
        }
        _ => wanted == found,
    }
}

#[test]
fn every_text_is_read_as_helm_and_compose_read_it() {
    let mut different = Vec::new();
    let mut count = 0;
    for case in cases(CASES) {
        let answers = answers(&bytes(&case));
        for (tool, found) in [("helm", answers.helm), ("compose", answers.compose)] {
            count += 1;
            let wanted = &case[tool];
            let mut accepted: Vec<&Value> = vec![&wanted["json"]];
            accepted.extend(wanted["any_of"].as_array().into_iter().flatten());
            let equal = match &found {
                Some(found) => {
                    wanted["ok"] == true && accepted.iter().any(|value| same(value, found, tool == "compose"))
                }
                None => wanted["ok"] == false,
            };
            if !equal {
                different.push(format!("{} {tool}: wanted {wanted}, found {found:?}", case["id"]));
            }
        }
    }
    assert_eq!(count / 2 + deep_cases().count(), 4031);
    assert!(different.is_empty(), "{} of {count} differ:\n{}", different.len(), different.join("\n"));
}

/// The cases that nest deeper than `serde_json` reads, read by the parser under test.
fn deep_cases() -> impl Iterator<Item = Tree> {
    let deep = CASES.lines().filter(|line| serde_json::from_str::<Value>(line).is_err());
    deep.map(|line| {
        let sources = SourceMap::new(Files::memory::<&str, &str>([]));
        Tree::parse_within(&sources.add("case.json", line), Dialect::Compose, usize::MAX)
    })
}

#[test]
fn a_text_that_nests_deeply_is_read_as_helm_and_compose_read_it() {
    for tree in deep_cases() {
        assert_eq!(tree.problems(), []);
        let case = tree.root().unwrap();
        let sources = SourceMap::new(Files::memory::<&str, &str>([]));
        let source = sources.add("case.yaml", &*case.get("yaml").unwrap().text());
        let compose = yaml::load_for_compose(&source).ok().map(|documents| documents.join(","));
        for (tool, found) in [("helm", yaml::load_for_helm(&source).ok()), ("compose", compose)] {
            let wanted = case.at(&[tool, "json"]).unwrap();
            let wanted = tree.text().get(wanted.span().range()).unwrap();
            let ok = case.at(&[tool, "ok"]).unwrap().as_bool().unwrap();
            assert_eq!(found.as_deref(), ok.then_some(wanted), "{tool}");
        }
    }
}

/// Texts that were read otherwise once, with the answers of the real libraries; `None` where they refuse.
#[test]
fn odd_texts_are_read_as_helm_and_compose_read_them() {
    let cases: [(&str, Option<&str>, Option<&str>); 14] = [
        // An alias cannot have an anchor, but Helm reads no further than the empty root.
        ("&b *a\n", Some("null"), None),
        ("!x *a\n", Some("\"\""), None),
        ("- &a *b\n", None, None),
        ("!!null [a]", Some(r#"["a"]"#), None),
        ("x: !!null [a]", Some(r#"{"x":["a"]}"#), Some(r#"{"x":["a"]}"#)),
        ("!!null {a: 1}", Some(r#"{"a":1}"#), Some("null")),
        // Bytes are written again as base64 that has no bits left over.
        ("!!binary \"gP9=\"", Some("\"\u{fffd}\u{fffd}\""), Some(r#"{"$bytes":"gP8="}"#)),
        ("!!binary \"gP8\\n=\"", Some("\"\u{fffd}\u{fffd}\""), Some(r#"{"$bytes":"gP8="}"#)),
        // A mistake of the document counts, though another one comes later on its line.
        ("{a: - }[=}\n", None, None),
        ("{a: b c: d}[=}", None, None),
        ("{\n%TAG !e! x\n---\na", None, None),
        // After two marks every line loses its first character.
        (
            "\u{feff}\u{feff}a: x\nbb: q\nccc: zzzz\n",
            Some(r#"{"a":"x","b":"q","cc":"zzzz"}"#),
            Some(r#"{"a":"x","b":"q","cc":"zzzz"}"#),
        ),
        ("\u{feff}\u{feff}aa: bbb\n", Some(r#"{"aa":"bbb"}"#), Some(r#"{"aa":"bbb"}"#)),
        ("\u{feff}\u{feff}a: &x bbbbbb\n", Some(r#"{"a":"bbbbbb"}"#), None),
    ];
    for (text, helm, compose) in cases {
        let found = answers(text.as_bytes());
        let value = |json: Option<&str>| json.map(|json| serde_json::from_str::<Value>(json).unwrap());
        assert_eq!(found.helm, value(helm), "{text:?} as Helm");
        assert_eq!(found.compose, value(compose), "{text:?} as Compose");
    }
}

#[test]
fn what_makes_the_real_loaders_hang_is_answered_at_once() {
    for case in cases(HANGS) {
        let start = Instant::now();
        let answers = answers(&bytes(&case));
        assert!(answers.helm.is_none() && answers.compose.is_none(), "{case}");
        assert!(start.elapsed() < Duration::from_secs(2), "{case}");
    }
}
