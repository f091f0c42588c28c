//! Whole charts through the command line, against what Helm 3.22 and Helm 4.3 answer.

use std::collections::BTreeMap;

use plimsoll::cli;
use plimsoll::helm::HelmVersion;
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
    /// What Helm 4 answers otherwise.
    #[serde(default)]
    helm4: Differing,
}

#[derive(Default, serde::Deserialize)]
struct Differing {
    exit: Option<i32>,
    stdout: Option<String>,
}

/// What is not as Helm has it, and why.
const EXCEPTIONS: &[(&str, &str)] = &[];

fn outcome(case: &Case, helm: HelmVersion) -> Result<(), String> {
    let (wanted_exit, wanted_stdout) = match helm {
        HelmVersion::Three => (case.exit, case.stdout.as_str()),
        HelmVersion::Four => {
            (case.helm4.exit.unwrap_or(case.exit), case.helm4.stdout.as_deref().unwrap_or(&case.stdout))
        }
    };
    let chart = case.files.iter().map(|(path, text)| (format!("chart/{path}"), text.as_bytes().to_vec()));
    let beside = case.extra_files.iter().map(|(path, text)| (path.clone(), text.as_bytes().to_vec()));
    let sources = SourceMap::new(Files::memory(chart.chain(beside)));
    let mut arguments = vec![case.cmd.as_str()];
    if case.cmd == "template" {
        arguments.extend(case.release.as_deref());
    }
    arguments.push("chart");
    arguments.extend(case.args.iter().map(String::as_str));
    let version = helm.to_string();
    arguments.extend(["--helm-version", &version]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = cli::run_helm(&arguments, &sources, &mut out, &mut err);
    let out = String::from_utf8_lossy(&out);
    let err = String::from_utf8_lossy(&err);
    if (exit.code() == 0) != (wanted_exit == 0) {
        return Err(format!("exit {} where Helm has {}: {err}", exit.code(), wanted_exit));
    }
    let want = wanted_stdout.replace("$TMP/chart", "chart");
    let comparable = case.cmd == "lint" || wanted_exit == 0;
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
    compare(HelmVersion::Three);
}

#[test]
fn whole_charts_come_out_as_helm_four_renders_them() {
    compare(HelmVersion::Four);
}

fn compare(helm: HelmVersion) {
    let text = std::fs::read_to_string("fixtures/conformance/helm-charts.jsonl").unwrap();
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(cases.len() >= 319);
    let mut wrong = Vec::new();
    for case in &cases {
        let excepted = EXCEPTIONS.iter().any(|(id, _)| *id == case.id);
        match (outcome(case, helm), excepted) {
            (Err(why), false) => wrong.push(format!("{}: {why}", case.id)),
            (Ok(()), true) => wrong.push(format!("{}: no exception any more", case.id)),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
