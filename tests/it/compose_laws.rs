//! Laws of loading, over every conformance case whose files are text.

use std::path::Path;
use std::path::PathBuf;
use std::sync::OnceLock;

use plimsoll::compose::Data;
use plimsoll::compose::Mode;
use plimsoll::compose::Options;
use plimsoll::compose::Project;
use plimsoll::compose::Value;
use plimsoll::compose::json;
use plimsoll::compose::load;
use plimsoll::compose::yaml;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use proptest::prelude::*;
use serde_json::Value as Json;

/// A case: its name and its files.
type Case = (String, Vec<(PathBuf, String)>);

/// The files of every case that loads from memory.
fn cases() -> Vec<Case> {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(read_cases).clone()
}

fn read_cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance/compose.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let cases = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    cases
        .map(|case| {
            let files = case["files"].as_object().unwrap().iter();
            let files = files.filter(|(name, _)| !name.ends_with('/') && !name.starts_with('/'));
            let files = files
                .map(|(name, text)| {
                    let name = PathBuf::from("proj").join(name);
                    (name, text.as_str().unwrap().replace("{{ROOT}}", ""))
                })
                .collect();
            (case["id"].as_str().unwrap().to_owned(), files)
        })
        .collect()
}

fn options(mode: Mode) -> Options {
    Options { mode, directory: PathBuf::from("proj"), home: Some("/home".to_owned()), ..Options::default() }
}

fn project(files: &[(PathBuf, String)], options: &Options) -> (SourceMap, Option<Project>) {
    let sources = SourceMap::new(Files::memory(files.to_vec()));
    let loaded = load(&sources, options);
    (sources, loaded.project)
}

fn base(files: &[(PathBuf, String)]) -> bool {
    files.iter().any(|(name, _)| name == Path::new("proj/compose.yaml"))
}

#[test]
fn an_empty_override_changes_nothing() {
    let mut loaded = 0;
    for (id, files) in cases().into_iter().filter(|(_, files)| base(files)) {
        let alone = Options { files: vec!["compose.yaml".into()], ..options(Mode::Run) };
        let (_, Some(before)) = project(&files, &alone) else { continue };
        let empties = ["services: {}\n", "{}\n", "# nothing\n", "x-none: null\n"];
        for empty in empties {
            let mut files = files.clone();
            files.push((PathBuf::from("proj/zz-empty.yaml"), empty.to_owned()));
            let both =
                Options { files: vec!["compose.yaml".into(), "zz-empty.yaml".into()], ..alone.clone() };
            let (_, after) = project(&files, &both);
            let mut after = json(&after.unwrap_or_else(|| panic!("{id}: refused with `{empty}`")));
            after.as_object_mut().unwrap().remove("x-none");
            assert_eq!(json(&before), after, "{id} with `{empty}`");
        }
        loaded += 1;
    }
    assert!(loaded > 800, "only {loaded} cases were loaded");
}

/// Cases whose output Docker Compose itself reads otherwise, or refuses: what was written as empty (a name, a context,
/// a command, content) is not printed, and `x-` names that were items of a list are printed as keys.
const NOT_READ_AGAIN: &[&str] = &[
    "attr/build-empty-string",
    "attr/empty-name",
    "attr/hook-null-command",
    "edge/config-external-false-only",
    "output/secret-config-shapes",
    "robustness/build-args-x-list",
    "semantic/x-key-in-environment-list-kept",
];

#[test]
fn the_output_read_again_gives_the_same_output() {
    let mut loaded = 0;
    let mut differ = Vec::new();
    for (id, files) in cases().into_iter().filter(|(_, files)| base(files)) {
        let alone =
            // Paths stay as they are written: in memory there is no folder that they could be made absolute from.
            Options {
                files: vec!["compose.yaml".into()],
                profiles: vec!["*".into()],
                resolve_paths: false,
                ..options(Mode::Run)
            };
        let (_, Some(first)) = project(&files, &alone) else { continue };
        // Neither do misread `x-` keys, keys of agents (printed as one text), jobs (which carry a name that they may
        // not have), and label files.
        let lost = ["#extensions", "\"ssh\"", "\"jobs\"", "label_file"];
        let before = json(&first);
        if NOT_READ_AGAIN.contains(&id.as_str()) || lost.iter().any(|lost| before.to_string().contains(lost))
        {
            continue;
        }
        let printed = yaml(&first).replace('$', "$$");
        // Keys are doubled with everything else, and never halved again.
        let dollar_key =
            printed.lines().any(|line| line.split(": ").next().is_some_and(|key| key.contains("$$")));
        if dollar_key {
            continue;
        }
        let again: Vec<(PathBuf, String)> = vec![(PathBuf::from("proj/compose.yaml"), printed.clone())];
        let (_, second) = project(&again, &alone);
        match second {
            None => differ.push(format!("{id}: its output is refused:\n{printed}")),
            Some(second) if json(&second) != before => {
                differ.push(format!("{id}:\n{printed}\n{}", json(&second)));
            }
            Some(_) => loaded += 1,
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(loaded > 800, "only {loaded} cases were loaded");
}

/// Every value of a tree.
fn values<'v>(value: &'v Value, out: &mut Vec<&'v Value>) {
    out.push(value);
    value.items().iter().for_each(|item| values(item, out));
    value.entries().for_each(|(_, entry)| values(&entry.value, out));
}

fn inside(sources: &SourceMap, span: Span) -> bool {
    let Some(source) = sources.get(span.source) else { return false };
    source.text.get(span.range()).is_some()
}

#[test]
fn an_origin_holds_the_value_or_the_variable_that_gave_it() {
    let mut texts = 0;
    let mut wrong = Vec::new();
    for (id, files) in cases().into_iter().filter(|(_, files)| base(files)) {
        let (sources, Some(project)) = project(&files, &options(Mode::Check)) else { continue };
        let mut all = Vec::new();
        values(&project.root, &mut all);
        for value in all {
            let origin = &value.origin;
            let spans = [value.span, origin.span];
            for span in spans.iter().chain(&origin.overridden).chain(&origin.through) {
                assert!(inside(&sources, *span), "{id}: {span:?} of {value:?}");
            }
            let Data::String(text) = &value.data else { continue };
            let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
            let number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'));
            if value.implied || !plain || number || text.len() < 2 {
                continue;
            }
            let written = sources.slice(origin.span);
            let around = origin.through.iter().chain(&origin.overridden).map(|span| sources.slice(*span));
            let given = written.contains(text.as_str())
                || written.contains('$')
                || around.into_iter().any(|around| around.contains('$'))
                // Escapes, folding, and words that Compose gives another name.
                || written.contains(['\\', '\n', '!'])
                || matches!(text.as_str(), "missing" | "tcp" | "udp" | "sctp" | "all" | "true" | "false")
                || written.to_lowercase().contains(text.as_str())
                // Paths are made absolute.
                || written.starts_with(['.', '~'])
                // `hello` in base 64.
                || written == "aGVsbG8="
                || text.ends_with('s') && written.contains(|c: char| c.is_ascii_digit());
            if !given {
                wrong.push(format!("{id}: `{text}` is said to come from `{written}`"));
            }
            texts += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(texts > 1_500, "only {texts} texts were compared");
}

#[test]
fn a_part_of_a_short_form_has_the_place_of_that_part() {
    let files = vec![(
        PathBuf::from("proj/compose.yaml"),
        "services:\n  api:\n    image: a\n    ports: [\"127.0.0.1:8080:80/udp\"]\n    volumes: ['./data:/data:ro']\n    environment: [LEVEL=info]\n"
            .to_owned(),
    )];
    let (sources, project) = project(&files, &options(Mode::Check));
    let project = project.unwrap();
    let place = |path: &str| sources.slice(project.at(path).unwrap().span);
    assert_eq!(place("services.api.ports.0.host_ip"), "127.0.0.1");
    assert_eq!(place("services.api.ports.0.published"), "8080");
    assert_eq!(place("services.api.ports.0.target"), "80");
    assert_eq!(place("services.api.ports.0.protocol"), "udp");
    assert_eq!(place("services.api.volumes.0.source"), "./data");
    assert_eq!(place("services.api.volumes.0.target"), "/data");
    assert_eq!(place("services.api.volumes.0.read_only"), "ro");
    assert_eq!(place("services.api.environment.LEVEL"), "info");
    let service = project.service("api").unwrap();
    assert_eq!(sources.slice(service.environment().next().unwrap().key), "LEVEL");
}

#[test]
fn what_a_run_accepts_a_check_does_not_call_wrong() {
    for (id, files) in cases().into_iter().filter(|(_, files)| base(files)) {
        let sources = SourceMap::new(Files::memory(files.clone()));
        if load(&sources, &options(Mode::Run)).is_refused() {
            continue;
        }
        let sources = SourceMap::new(Files::memory(files));
        let loaded = load(&sources, &options(Mode::Check));
        let wrong: Vec<&str> = loaded
            .problems
            .iter()
            .filter(|problem| problem.severity == plimsoll::diagnostic::Severity::Error)
            .map(|problem| problem.message.as_str())
            .collect();
        assert!(wrong.is_empty(), "{id}: {wrong:?}");
        assert!(loaded.project.is_some(), "{id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_loader_panic(index in 0_usize..1_426, cut in 0_usize..400, put in "[\\PC\n:{}$!&*\\[\\]-]{0,8}") {
        let (_, mut files) = cases().swap_remove(index);
        for (_, text) in &mut files {
            let mut at = cut.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            text.insert_str(at, &put);
        }
        for mode in [Mode::Run, Mode::Check] {
            let sources = SourceMap::new(Files::memory(files.clone()));
            let loaded = load(&sources, &options(mode));
            for problem in &loaded.problems {
                if let Some(span) = problem.span {
                    prop_assert!(inside(&sources, span), "{problem:?}");
                }
            }
            if mode == Mode::Check && let Some(project) = &loaded.project {
                let mut all = Vec::new();
                values(&project.root, &mut all);
                for value in all {
                    prop_assert!(inside(&sources, value.span) && inside(&sources, value.origin.span), "{value:?}");
                }
            }
        }
    }
}
