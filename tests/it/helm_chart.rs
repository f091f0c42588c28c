//! Reading charts: folders, archives, `.helmignore`, `Chart.yaml`.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use plimsoll::helm::Chart;
use plimsoll::helm::Problem;
use plimsoll::helm::chart::pattern;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

fn load(files: &[(&str, &str)]) -> Result<Arc<Chart>, Problem> {
    let files = files.iter().map(|(path, text)| (format!("c/{path}"), text.as_bytes().to_vec()));
    Chart::load(&SourceMap::new(Files::memory(files)), Path::new("c"))
}

fn names(files: &[plimsoll::helm::chart::ChartFile]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn patterns_match_as_go_does() {
    let cases = [
        ("*.txt", "a.txt", true),
        ("*.txt", "a/b.txt", false),
        ("a?c", "abc", true),
        ("a?c", "a/c", false),
        ("[a-c]x", "bx", true),
        ("[^a-c]x", "bx", false),
        ("[^a-c]x", "dx", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYbZ", false),
        ("*", "", true),
        ("", "", true),
        ("", "a", false),
        ("*/x", "a/x", true),
        ("*x", "a/x", false),
        ("[]a]", "]", false),
    ];
    for (pattern, name, want) in cases {
        match pattern::matches(pattern, name) {
            Ok(got) => assert_eq!(got, want, "{pattern} against {name}"),
            Err(_) => assert_eq!(pattern, "[]a]"),
        }
    }
    for bad in ["[", "[a", "[a-", "a\\", "[]", "[^]", "[-]"] {
        assert!(pattern::matches(bad, "a").is_err(), "{bad} cannot be read");
    }
}

#[test]
fn helmignore_hides_files_and_whole_folders() {
    let chart = load(&[
        (".helmignore", "# comment\n*.bak\nsecret/\n/top.txt\n"),
        ("Chart.yaml", CHART),
        ("templates/a.yaml", ""),
        ("templates/.hidden", ""),
        ("templates/b.bak", ""),
        ("secret/x.txt", ""),
        ("top.txt", ""),
        ("sub/top.txt", ""),
    ])
    .unwrap();
    assert_eq!(names(&chart.templates), ["templates/a.yaml"]);
    assert_eq!(names(&chart.files), [".helmignore", "sub/top.txt"]);
}

#[test]
fn a_negated_rule_hides_everything_it_does_not_match() {
    let error = load(&[(".helmignore", "!keep.txt\n"), ("Chart.yaml", CHART)]).unwrap_err();
    assert_eq!(error.message, "Chart.yaml file is missing");
    let error = load(&[(".helmignore", "a\n**/b\n"), ("Chart.yaml", CHART)]).unwrap_err();
    assert_eq!(error.message, "double-star (**) syntax is not supported");
    assert_eq!(error.place.map(|place| (place.start, place.end)), Some((2, 6)));
}

#[test]
fn chart_yaml_is_refused_in_the_words_of_helm_at_the_place() {
    let cases = [
        ("version: 1.0.0\n", "validation: chart.metadata.name is required", ""),
        ("name: a/b\nversion: 1.0.0\n", "validation: chart.metadata.name \"a/b\" is invalid", "a/b"),
        ("name: a\n", "validation: chart.metadata.version is required", ""),
        ("name: a\nversion: abc\n", "validation: chart.metadata.version \"abc\" is invalid", "abc"),
        (
            "name: a\nversion: 1.0.0\ntype: thing\n",
            "validation: chart.metadata.type must be application or library",
            "thing",
        ),
        (
            "name: a\nversion: 1.0.0\nmaintainers: [null]\n",
            "validation: maintainers must not contain empty or null nodes",
            "",
        ),
        (
            "name: a\nversion: 1.0.0\nkeywords: x\n",
            "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string \
             into Go struct field Metadata.keywords of type []string",
            "x",
        ),
        (
            "name: a\nversion: 1.0.0\ndependencies:\n- name: s\n  alias: a b\n",
            "validation: dependency \"s\" has disallowed characters in the alias",
            "a b",
        ),
    ];
    for (text, want, place) in cases {
        let error = load(&[("Chart.yaml", text)]).unwrap_err();
        assert_eq!(error.message, want);
        let place_text = error.place.and_then(|span| text.get(span.range())).unwrap_or_default();
        assert_eq!(place_text, place, "{want}");
    }
}

#[test]
fn numbers_in_text_fields_are_text() {
    let chart =
        load(&[("Chart.yaml", "NAME: c\nversion: 1.10\nappVersion: yes\nkeywords: [1, 2.50]\n")]).unwrap();
    assert_eq!(chart.version(), "1.1");
    assert_eq!(plimsoll::helm::chart::text(&chart.metadata.app_version), "true");
    let keywords: Vec<_> = chart.metadata.keywords.iter().map(|word| word.value.as_str()).collect();
    assert_eq!(keywords, ["1", "2.5"]);
    assert_eq!(plimsoll::helm::chart::text(&chart.metadata.api_version), "v1");
}

#[test]
fn subcharts_are_read_and_missing_ones_named() {
    let dependencies = "dependencies:\n- name: s\n  version: 1.0.0\n- name: q\n  version: 1.0.0\n";
    let chart = load(&[
        ("Chart.yaml", &format!("{CHART}{dependencies}")),
        ("charts/folder/Chart.yaml", "name: s\nversion: 1.0.0\n"),
        ("charts/_skipped/readme", ""),
        ("charts/.also", ""),
    ])
    .unwrap();
    assert_eq!(chart.dependencies.iter().map(|chart| chart.name()).collect::<Vec<_>>(), ["s"]);
    assert_eq!(chart.missing_dependencies().len(), 1);
    let error = load(&[("Chart.yaml", CHART), ("charts/README.md", "")]).unwrap_err();
    assert_eq!(error.message, "error unpacking subchart README.md in c: Chart.yaml file is missing");
}

#[test]
fn a_chart_that_is_missing_under_several_names_is_missing_once() {
    let missing = |names: [&str; 3]| {
        let aliases = names.iter().zip(["a", "b", "c"]);
        let dependencies: String = aliases
            .map(|(name, alias)| format!("- name: {name}\n  version: 1.0.0\n  alias: {alias}\n"))
            .collect();
        let chart = load(&[("Chart.yaml", &format!("{CHART}dependencies:\n{dependencies}"))]).unwrap();
        plimsoll::helm::release::missing_dependencies(&chart).unwrap().explanation.unwrap()
    };
    assert_eq!(
        missing(["web", "database", "web"]),
        "the dependencies `web`, `database` of the chart `c` are not in its `charts/`"
    );
    assert_eq!(missing(["web"; 3]), "the dependency `web` of the chart `c` is not in its `charts/`");
}

fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
    pack(entries).unwrap_or_default()
}

fn pack(entries: &[(&str, &[u8])]) -> std::io::Result<Vec<u8>> {
    let mut builder =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, data) in entries {
        let mut header = tar::Header::new_old();
        // Written byte by byte, as the crate refuses to write the paths that these tests are about.
        for (into, byte) in header.as_old_mut().name.iter_mut().zip(name.bytes()) {
            *into = byte;
        }
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, *data)?;
    }
    let mut encoder = builder.into_inner()?;
    encoder.flush()?;
    encoder.finish()
}

fn load_archive(bytes: Vec<u8>) -> Result<Arc<Chart>, Problem> {
    Chart::load(&SourceMap::new(Files::memory([("c.tgz", bytes)])), Path::new("c.tgz"))
}

#[test]
fn archives_are_unpacked_with_their_subcharts() {
    let inner = packed(&[("s/Chart.yaml", b"name: s\nversion: 1.0.0\n")]);
    let outer = packed(&[
        ("c/Chart.yaml", CHART.as_bytes()),
        ("c/.helmignore", b"*"),
        ("c/templates/a.yaml", b"a: 1"),
        ("c/charts/s-1.0.0.tgz", &inner),
    ]);
    let chart = load_archive(outer).unwrap();
    assert_eq!(names(&chart.templates), ["templates/a.yaml"]);
    assert_eq!(chart.dependencies[0].name(), "s");
    assert_eq!(chart.dependencies[0].file.path, "c.tgz/charts/s-1.0.0.tgz/Chart.yaml");
}

#[test]
fn archives_that_would_escape_or_explode_are_refused() {
    let cases: [(&str, &str); 4] = [
        ("c/../../etc/passwd", "chart illegally references parent directory"),
        ("c//etc/passwd", "chart illegally contains absolute paths"),
        ("Chart.yaml", "chart illegally contains content outside the base directory: \"Chart.yaml\""),
        ("c\\C:\\x", "chart contains illegally named files"),
    ];
    for (name, want) in cases {
        assert_eq!(load_archive(packed(&[(name, b"x")])).unwrap_err().message, want, "{name}");
    }
    let zeros = vec![0_u8; 6 * 1024 * 1024];
    let error = load_archive(packed(&[("c/Chart.yaml", CHART.as_bytes()), ("c/big", &zeros)])).unwrap_err();
    assert!(error.message.contains("is larger than the maximum file size 5242880"), "{error}");
    let part = vec![0_u8; 5 * 1024 * 1024];
    let names: Vec<String> = (0..21).map(|n| format!("c/f{n}")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), part.as_slice())).collect();
    let error = load_archive(packed(&entries)).unwrap_err();
    assert!(error.message.contains("decompressed chart is larger"), "{error}");
    for bytes in [b"\x1f\x8b\x08".to_vec(), b"name: x".to_vec(), packed(&[("c/a", b"x")])[..40].to_vec()] {
        assert!(load_archive(bytes).is_err());
    }
}
