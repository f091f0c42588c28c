//! The Compose cases with the answers of the real tool.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use plimsoll::compose::Environment;
use plimsoll::compose::Options;
use plimsoll::compose::json;
use plimsoll::compose::load;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use serde_json::Value as Json;

/// Cases whose answer we give differently on purpose, or cannot give, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

fn texts(value: &Json) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// What the output of both is compared in: whole numbers are the same with and without a fraction.
fn norm(value: &Json) -> Json {
    match value {
        Json::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 => Json::from(format!("{float}")),
            Some(float) if float.fract() == 0.0 => Json::from(format!("{float}")),
            _ => value.clone(),
        },
        Json::Array(items) => Json::Array(items.iter().map(norm).collect()),
        Json::Object(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), norm(value))).collect())
        }
        _ => value.clone(),
    }
}

fn differences(want: &Json, got: &Json, at: &str, out: &mut Vec<String>) {
    match (want, got) {
        (Json::Object(one), Json::Object(two)) => {
            let keys: std::collections::BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            for key in keys {
                let at = format!("{at}.{key}");
                match (one.get(key), two.get(key)) {
                    (Some(one), Some(two)) => differences(one, two, &at, out),
                    (Some(_), None) => out.push(format!("{at} missing")),
                    _ => out.push(format!("{at} extra: {}", two[key])),
                }
            }
        }
        (Json::Array(one), Json::Array(two)) if one.len() == two.len() => {
            for (index, (one, two)) in one.iter().zip(two).enumerate() {
                differences(one, two, &format!("{at}[{index}]"), out);
            }
        }
        _ if want != got => out.push(format!("{at}: want {want} got {got}")),
        _ => {}
    }
}

fn run(case: &Json, root: &Path) -> Result<(), String> {
    let id = case["id"].as_str().unwrap();
    let root = root.join(id.replace(['/', ' '], "_"));
    let root_text = root.to_string_lossy().into_owned();
    let fill = |text: &str| text.replace("{{ROOT}}", &root_text);
    let project = root.join("proj");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::create_dir_all(root.join("home")).unwrap();
    for (name, text) in case["files"].as_object().unwrap() {
        let path = PathBuf::from(format!("{}/{name}", project.display()));
        if name.ends_with('/') {
            std::fs::create_dir_all(&path).unwrap();
            continue;
        }
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, fill(text.as_str().unwrap())).unwrap();
    }
    for (from, to) in case["symlinks"].as_object().into_iter().flatten() {
        std::os::unix::fs::symlink(fill(to.as_str().unwrap()), project.join(from)).unwrap();
    }
    let args = &case["args"];
    let text = |key: &str| args[key].as_str().filter(|text| !text.is_empty()).map(&fill);
    let no = |key: &str| args[key].as_bool() == Some(true);
    let mut environment: Environment = case["env"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| (key.clone(), fill(value.as_str().unwrap())))
        .collect();
    let home = format!("{root_text}/home");
    environment.set("HOME", home.clone(), None);
    let directory = project.join(args["cwd"].as_str().unwrap_or("."));
    let directory: PathBuf = directory.components().collect();
    let options = Options {
        files: texts(&args["files"]).iter().map(|file| fill(file)).collect(),
        profiles: texts(&args["profiles"]),
        env_files: texts(&args["env_files"]).iter().map(|file| fill(file)).collect(),
        project_name: text("project_name"),
        project_directory: text("project_directory"),
        services: texts(&args["services"]),
        environment,
        directory: directory.clone(),
        home: Some(home),
        stdin: case["stdin"].as_str().map(str::to_owned),
        interpolate: !no("no_interpolate"),
        normalize: !no("no_normalize"),
        consistency: !no("no_consistency"),
        resolve_paths: !no("no_path_resolution"),
        resolve_environment: !no("no_env_resolution"),
        all_resources: no("all_resources"),
        ..Options::default()
    };
    let sources = SourceMap::new(Files::anywhere(&directory));
    let loaded = load(&sources, &options);
    let want_ok = case["want_ok"].as_bool().unwrap();
    let ok = loaded.project.is_some();
    let _left = std::fs::remove_dir_all(&root);
    if ok != want_ok {
        let problems: Vec<String> = loaded.problems.iter().map(|problem| problem.message.clone()).collect();
        return Err(format!("verdict {ok}, want {want_ok}: {problems:?} / {}", case["error"]));
    }
    if let Some(project) = &loaded.project {
        let want: Json = serde_json::from_str(&fill(&case["config"].to_string())).unwrap();
        let mut found = Vec::new();
        differences(&norm(&want), &norm(&json(project)), "", &mut found);
        if !found.is_empty() {
            return Err(format!("model: {}", found.join("; ")));
        }
    }
    Ok(())
}

#[test]
fn verdict_and_model_are_those_of_the_real_tool() {
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance/compose.jsonl"),
    )
    .unwrap();
    let cases: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 1_426);
    let root = std::env::temp_dir().join(format!("plimsoll-compose-{}", std::process::id()));
    let next = AtomicUsize::new(0);
    let failed: BTreeMap<String, String> = std::thread::scope(|scope| {
        let work = || {
            let mut failed = Vec::new();
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(why) = run(case, &root) {
                    failed.push((case["id"].as_str().unwrap().to_owned(), why));
                }
            }
            failed
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let _left = std::fs::remove_dir_all(&root);
    let expected: Vec<&str> = EXCEPTIONS.iter().map(|(id, _)| *id).collect();
    let mut unexpected: Vec<String> = failed
        .iter()
        .filter(|(id, _)| !expected.contains(&id.as_str()))
        .map(|(id, why)| format!("{id}: {why}"))
        .collect();
    let healed = expected.iter().filter(|id| !failed.contains_key(**id));
    unexpected.extend(healed.map(|id| format!("{id}: now equal, remove its exception")));
    assert!(unexpected.is_empty(), "{} differ:\n{}", unexpected.len(), unexpected.join("\n"));
}
