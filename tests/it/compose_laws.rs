//! Laws of loading, over every conformance case whose files are text.

use std::path::Path;
use std::path::PathBuf;
use std::sync::OnceLock;

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

/// How the text at an origin gives a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    /// It says the value, as it is.
    Said,
    /// It asks for a variable, and the value is made of what that stands for.
    Variable,
    /// It says the value in another form: a size, a duration, a mode, a path.
    Form,
    /// It has nothing to do with the value.
    Nothing,
}

/// What a scalar is, read from the text at a place: quotes taken off, escapes and folds undone.
fn read(written: &str) -> String {
    let source = plimsoll::source::Source::loose(written);
    let tree = plimsoll::yaml::Tree::parse(&source, plimsoll::yaml::Dialect::Compose);
    let scalar = tree.documents().next().filter(|root| root.is_scalar()).map(|root| root.text().into_owned());
    scalar.unwrap_or_else(|| written.to_owned())
}

/// The numbers in a text, without zeros in front.
fn numbers(text: &str) -> Vec<&str> {
    let all = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    all.map(|digits| digits.trim_start_matches('0')).collect()
}

fn gives(value: &Value, text: &str, sources: &SourceMap) -> Gives {
    let origin = &value.origin;
    let places = [origin.span, value.span];
    let written: Vec<String> = places.iter().map(|span| sources.slice(*span)).collect();
    let whole = |written: &String| {
        [read(written), written.clone()]
            .iter()
            .any(|said| said.contains(text) || said.to_lowercase().contains(&text.to_lowercase()))
    };
    if written.iter().any(whole) {
        return Gives::Said;
    }
    // The head of a block is no scalar, folding moves blanks, and hosts have their colon as `=`.
    let words_said = |written: &String| {
        let read = read(written).replace(':', "=");
        text.split_whitespace().all(|word| read.contains(&word.replace(':', "=")))
    };
    if !text.trim().is_empty() && written.iter().any(words_said) {
        return Gives::Said;
    }
    let around = origin.through.iter().chain(&origin.overridden).map(|span| sources.slice(*span));
    let around: Vec<String> = around.collect();
    let asks = |text: &String| text.contains('$');
    if written.iter().chain(&around).any(asks) {
        return Gives::Variable;
    }
    let bare = |text: &str| text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let size = written.iter().any(|written| !numbers(written).is_empty()) && !numbers(text).is_empty();
    let path = written.iter().any(|written| {
        let last = bare(&read(written));
        last.starts_with('.') || last.starts_with('~') || text.ends_with(&last)
    });
    let renamed = matches!(text, "missing" | "true" | "false" | "all" | "-1")
        || written.iter().any(|written| matches!(read(written).as_str(), "ro" | "rw" | "nocopy" | "all"));
    let encoded = written.iter().any(|written| written == "aGVsbG8=");
    // What has no value is empty, and stands where its name stands.
    let nothing = text.is_empty() || text == "null";
    if size || path || renamed || encoded || nothing { Gives::Form } else { Gives::Nothing }
}

#[test]
fn an_origin_holds_the_value_or_the_variable_that_gave_it() {
    let mut count = std::collections::BTreeMap::new();
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
            if value.implied || value.is_unknown() || value.is_mapping() || value.is_sequence() {
                continue;
            }
            let text = plimsoll::compose::tree(value);
            let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
            let how = gives(value, &text, &sources);
            if how == Gives::Nothing {
                wrong.push(format!("{id}: `{text}` is said to come from `{}`", sources.slice(origin.span)));
            }
            *count.entry(format!("{how:?}")).or_insert(0_u32) += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {count:?}:\n{}", wrong.len(), wrong.join("\n"));
    let (said, variable, form) = (count["Said"], count["Variable"], count["Form"]);
    assert!(said + variable + form > 4_000, "{count:?}");
    // Forms are where a wrong place could hide; they are few.
    assert!(f64::from(said) > 0.8 * f64::from(said + variable + form), "{count:?}");
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
