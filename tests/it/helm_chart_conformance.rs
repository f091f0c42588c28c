//! Whole charts through the command line, against what Helm 3.22 answers.

use std::collections::BTreeMap;

use plimsoll::cli;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    cmd: String,
    release: Option<String>,
    args: Vec<String>,
    files: BTreeMap<String, String>,
    #[serde(default)]
    extra_files: BTreeMap<String, String>,
    exit: i32,
    stdout: String,
    #[serde(default)]
    unstable: bool,
}

/// What is not as Helm has it, and why.
const EXCEPTIONS: &[(&str, &str)] = &[];

fn outcome(case: &Case) -> Result<(), String> {
    let chart = case.files.iter().map(|(path, text)| (format!("chart/{path}"), text.as_bytes().to_vec()));
    let beside = case.extra_files.iter().map(|(path, text)| (path.clone(), text.as_bytes().to_vec()));
    let sources = SourceMap::new(Files::memory(chart.chain(beside)));
    let mut arguments = vec![case.cmd.as_str()];
    if case.cmd == "template" {
        arguments.extend(case.release.as_deref());
    }
    arguments.push("chart");
    arguments.extend(case.args.iter().map(String::as_str));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = cli::run_helm(&arguments, &sources, &mut out, &mut err);
    let out = String::from_utf8_lossy(&out);
    let err = String::from_utf8_lossy(&err);
    if (exit.code() == 0) != (case.exit == 0) {
        return Err(format!("exit {} where Helm has {}: {err}", exit.code(), case.exit));
    }
    let want = case.stdout.replace("$TMP/chart", "chart");
    let comparable = case.cmd == "lint" || case.exit == 0;
    if comparable && !case.unstable && !same(&case.cmd, &out, &want) {
        return Err(format!("\n--- Helm\n{want}\n--- ours\n{out}"));
    }
    Ok(())
}

/// Byte for byte for rendered text; for lint the verdict lines, as the words of a YAML mistake are the parser's.
fn same(command: &str, ours: &str, theirs: &str) -> bool {
    if command == "template" {
        return ours == theirs;
    }
    let heads = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split("YAML: ").next().unwrap_or_default().to_owned()).collect()
    };
    heads(ours) == heads(theirs)
}

#[test]
fn whole_charts_come_out_as_helm_renders_them() {
    let text = std::fs::read_to_string("fixtures/conformance/helm-charts.jsonl").unwrap();
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(cases.len() >= 319);
    let mut wrong = Vec::new();
    for case in &cases {
        let excepted = EXCEPTIONS.iter().any(|(id, _)| *id == case.id);
        match (outcome(case), excepted) {
            (Err(why), false) => wrong.push(format!("{}: {why}", case.id)),
            (Ok(()), true) => wrong.push(format!("{}: no exception any more", case.id)),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
