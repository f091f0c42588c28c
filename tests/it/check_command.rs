//! `plimsoll check` with the flags that change or narrow what it reports.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

/// A folder with files that goes away again.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("plimsoll-check-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        for (file, text) in files {
            fs::write(path.join(file), text).unwrap();
        }
        Self(path)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }

    /// Exit code, what was printed, and what was said beside it.
    fn check(&self, flags: &[&str]) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let path = self.0.to_str().unwrap();
        let arguments = ["plimsoll", "check", path].into_iter().chain(flags.iter().copied());
        let exit = plimsoll::cli::run(arguments, &mut out, &mut err);
        (exit.code(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"];
        let done =
            Command::new("git").arg("-C").arg(&self.0).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const COMPOSE: &str = "services:
  api:
    image: shop/api:1.4.2 # plimsoll: ignore compose/privileged -- no longer
    privileged: true
  web:
    image: shop/web:1.4.2
    privileged: true # plimsoll: ignore compose/priviledged -- it must
";

fn rules(report: &str) -> Vec<(String, u64)> {
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    let found = report["diagnostics"].as_array().unwrap().iter().map(|diagnostic| {
        let line = diagnostic["primary"]["start"]["line"].as_u64().unwrap();
        (diagnostic["rule"].as_str().unwrap().to_owned(), line)
    });
    found.filter(|(rule, _)| rule == "compose/privileged" || rule.starts_with("plimsoll/")).collect()
}

fn pairs(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(rule, line)| ((*rule).to_owned(), *line)).collect()
}

#[test]
fn a_diff_shows_what_fixing_would_change_and_changes_nothing() {
    let folder = Folder::new("diff", &[("docker-compose.yml", COMPOSE)]);
    let (code, out, err) = folder.check(&["--diff"]);
    insta::assert_snapshot!(out, @r"
    --- a/docker-compose.yml
    +++ b/docker-compose.yml
    @@ -1,6 +1,6 @@
     services:
       api:
    -    image: shop/api:1.4.2 # plimsoll: ignore compose/privileged -- no longer
    +    image: shop/api:1.4.2
         privileged: true
       web:
         image: shop/web:1.4.2
    ");
    assert_eq!((code, err.as_str()), (1, "would fix 1 in 1 file: plimsoll/unused-suppression (1)\n"));
    assert_eq!(folder.read("docker-compose.yml"), COMPOSE);
}

#[test]
fn fixing_writes_and_reports_what_is_left() {
    let folder = Folder::new("fix", &[("docker-compose.yml", COMPOSE)]);
    let (_, out, err) = folder.check(&["--fix", "--format", "json"]);
    assert_eq!(err, "fixed 1 in 1 file: plimsoll/unused-suppression (1)\n");
    let left = pairs(&[("compose/privileged", 4), ("compose/privileged", 7), ("plimsoll/unknown-rule", 7)]);
    assert_eq!(rules(&out), left);
    assert_eq!(
        folder.read("docker-compose.yml"),
        COMPOSE.replace(" # plimsoll: ignore compose/privileged -- no longer", "")
    );
    let (_, out, err) = folder.check(&["--fix", "--unsafe", "--format", "json"]);
    assert_eq!(err, "fixed 2 in 1 file: compose/privileged (1), plimsoll/unknown-rule (1)\n");
    // The comment holds once it names the rule, and what it covers stays.
    assert_eq!(rules(&out), []);
    assert!(folder.read("docker-compose.yml").contains("ignore compose/privileged -- it must"));
    assert_eq!(folder.check(&["--fix"]).2, "nothing to fix\n");
    assert_eq!(folder.check(&["--diff"]), (0, String::new(), "nothing to fix\n".to_owned()));
}

#[test]
fn a_baseline_hides_what_it_knows() {
    let folder = Folder::new("baseline", &[("docker-compose.yml", COMPOSE)]);
    let file = folder.0.join("accepted.json");
    let file = file.to_str().unwrap();
    let (code, out, err) = folder.check(&["--write-baseline", file]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("findings are accepted in"), "{err}");
    let (code, out, _) = folder.check(&["--baseline", file, "--fail-on", "info"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("nothing found") && out.contains("known to the baseline"), "{out}");
    // Lines move and one finding is new.
    fs::write(
        folder.0.join("docker-compose.yml"),
        format!("# a comment\n\n{COMPOSE}  new:\n    image: shop/new:1\n    privileged: true\n"),
    )
    .unwrap();
    let (_, out, _) = folder.check(&["--baseline", file, "--format", "json"]);
    assert_eq!(rules(&out), pairs(&[("compose/privileged", 12)]));
    fs::write(folder.0.join("docker-compose.yml"), "services: {web: {image: shop/web:1.4.2}}\n").unwrap();
    let (_, _, err) = folder.check(&["--baseline", file]);
    assert!(err.contains("are gone; write the baseline anew"), "{err}");
    fs::write(file, "{}").unwrap();
    let (code, _, err) = folder.check(&["--baseline", file]);
    assert_eq!(code, 2);
    assert!(err.contains("this is no baseline"), "{err}");
}

#[test]
fn since_a_revision_only_changed_lines_count() {
    let folder = Folder::new("since", &[("docker-compose.yml", COMPOSE)]);
    let (code, _, err) = folder.check(&["--since", "HEAD"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.starts_with("`--since` asks git what changed, and git says: "), "{err}");
    folder.git(&["init", "-q"]);
    folder.git(&["add", "."]);
    folder.git(&["commit", "-q", "-m", "first"]);
    let (_, out, _) = folder.check(&["--since", "HEAD", "--format", "json"]);
    assert_eq!(rules(&out), []);
    let changed = COMPOSE.replace(
        "    image: shop/web:1.4.2\n    privileged: true",
        "    image: shop/web:1.4.3\n    privileged: yes",
    );
    fs::write(folder.0.join("docker-compose.yml"), changed.replace("privileged: yes", "privileged:  true"))
        .unwrap();
    let (_, out, _) = folder.check(&["--since", "HEAD", "--format", "json"]);
    assert_eq!(rules(&out), pairs(&[("compose/privileged", 7), ("plimsoll/unknown-rule", 7)]));
    for revision in ["no-such-revision", "--output=/tmp/plimsoll-since"] {
        let flag = format!("--since={revision}");
        assert_eq!(folder.check(&[&flag]).0, 2, "{revision}");
    }
    assert!(!Path::new("/tmp/plimsoll-since").exists());
}

/// A chart whose tag and debug flag are given at deploy time, and the workflow that does.
const DEPLOYED: [(&str, &str); 4] = [
    ("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
    ("values.yaml", "tag: \"\"\nprivileged: false\n"),
    ("values-production.yaml", "tag: 1.4.2\n"),
    (
        "deploy.sh",
        "helm upgrade --install shop . -n shop -f values-production.yaml --set tag=$TAG --set privileged=false\n",
    ),
];

const TEMPLATE: &str = "apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: shop
      image: shop/web:{{ .Values.tag }}
      securityContext: {privileged: {{ .Values.privileged }}}
";

fn chart(name: &str) -> Folder {
    let folder = Folder::new(name, &DEPLOYED);
    fs::create_dir(folder.0.join("templates")).unwrap();
    fs::write(folder.0.join("templates/pod.yaml"), TEMPLATE).unwrap();
    fs::write(folder.0.join("values-hotfix.yaml"), "privileged: true\n").unwrap();
    folder
}

fn fired(report: &str) -> Vec<(String, String)> {
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    diagnostics.iter().map(|found| (text(&found["rule"]), text(&found["primary"]["file"]))).collect()
}

#[test]
fn a_run_before_a_deploy_takes_the_flags_of_helm() {
    let folder = chart("deploy");
    let json = ["--format", "json", "-e", "production"];
    let with = |flags: &[&str]| {
        let (_, out, err) = folder.check(&[&json[..], flags].concat());
        assert_eq!(err, "");
        fired(&out)
    };
    let privileged = |file: &str| ("kubernetes/privileged".to_owned(), file.to_owned());
    let latest = |found: &[(String, String)]| found.iter().any(|(rule, _)| rule == "promotion/mutable-tag");

    let before = with(&[]);
    assert!(!before.iter().any(|(rule, _)| rule == "kubernetes/privileged"), "{before:?}");
    assert!(!latest(&before), "the tag is not known before the deploy: {before:?}");

    assert!(latest(&with(&["--set", "tag=latest"])), "what `--set` gives is known");
    assert!(with(&["--set", "privileged=true"]).contains(&privileged("--set")));
    let file = folder.0.join("values-hotfix.yaml");
    let file = file.to_str().unwrap();
    assert!(!with(&["-f", file]).contains(&privileged("values-hotfix.yaml")), "`--set` of the script wins");
    fs::write(
        folder.0.join("deploy.sh"),
        "helm upgrade --install shop . -n shop -f values-production.yaml --set tag=$TAG\n",
    )
    .unwrap();
    assert!(with(&["-f", file]).contains(&privileged("values-hotfix.yaml")));
}

#[test]
fn flags_of_a_deploy_that_fit_nothing_are_refused() {
    let folder = chart("refused");
    let refused = |flags: &[&str]| {
        let (code, out, err) = folder.check(flags);
        assert_eq!((code, out.as_str()), (2, ""));
        err
    };
    assert_eq!(
        refused(&["--set", "tag=1"]),
        "values for a deployment are for one environment: say which with `-e`\n"
    );
    assert_eq!(
        refused(&["-e", "prodution", "--set", "tag=1"]),
        "there is no environment `prodution`; did you mean `production`?\n"
    );
    assert_eq!(
        refused(&["-e", "production", "-f", "nowhere.yaml"]),
        "the values file `nowhere.yaml` is not in the repository\n"
    );
    assert_eq!(
        refused(&["-e", "production", "--release", "other", "--set", "tag=1"]),
        "`production` has no release `other`; it has `shop`\n"
    );
}

#[test]
fn the_summary_counts_files_and_not_what_they_render_to() {
    let folder = chart("count");
    let (_, out, _) = folder.check(&["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        report["summary"]["files"], 6,
        "the chart's two files and its template, two values files, the script"
    );
}

#[test]
fn a_mistake_of_the_configuration_that_shows_beside_the_files_is_reported() {
    let config = "ladder:\n  - name: local\n    compose: [compose.yml, gone.yml]\n";
    let folder = Folder::new("mistake", &[("compose.yml", COMPOSE), ("plimsoll.yaml", config)]);
    let (exit, out, _) = folder.check(&["--format", "json"]);
    assert_eq!(exit, 2);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let mistakes: Vec<&serde_json::Value> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|diagnostic| diagnostic["rule"] == "plimsoll/configuration")
        .collect();
    assert_eq!(mistakes.len(), 1, "{out}");
    assert_eq!(mistakes[0]["primary"]["start"]["line"], 3);
}
