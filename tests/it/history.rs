//! Evidence from git: which environment had an image first, and when nothing can be said of it.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use plimsoll::check;
use plimsoll::rules::Date;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::git;

use crate::git::Repository;

type Texts = BTreeMap<String, String>;

fn compose(tag: &str) -> String {
    format!(
        "services:\n  api:\n    image: ghcr.io/shop/api:{tag}\n    restart: always\n    healthcheck: {{test: [CMD, /ok]}}\n"
    )
}

/// A ladder in files of their own: what staging and production run.
fn ladder(staging: &str, production: &str) -> Texts {
    [
        (
            "docker-compose.yml",
            "services:\n  api:\n    build: .\n    image: ghcr.io/shop/api:dev\n".to_owned(),
        ),
        ("docker-compose.staging.yml", compose(staging)),
        ("docker-compose.production.yml", compose(production)),
        ("docs/notes.txt", "nothing".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect()
}

/// A repository with one commit after the other, the last one checked out.
fn repository(states: &[Texts]) -> Repository {
    let mut repository = Repository::new();
    let mut head = None;
    for files in states {
        head = Some(repository.commit(head.as_slice(), files));
    }
    repository.check_out(head.unwrap(), states.last().unwrap());
    repository
}

/// What promotion rules about images say, and why the history does not say more.
fn said(root: &std::path::Path) -> (Vec<String>, Vec<String>) {
    let sources = SourceMap::new(Files::below(root));
    let today = Date { year: 2026, month: 11, day: 1 };
    let settings = check::Settings::on(today);
    let checked = check::repository(&sources, &settings);
    assert!(checked.broken.is_empty());
    let rules = ["promotion/unproven", "promotion/untested-image"];
    let found = checked.diagnostics.iter().filter(|diagnostic| rules.contains(&diagnostic.rule.as_str()));
    let found =
        found.map(|diagnostic| format!("{}: {}", diagnostic.rule, diagnostic.finding.message)).collect();
    let unchecked = checked.unchecked.iter().filter(|one| one.what.contains("git history"));
    (found, unchecked.map(|one| one.reason.clone()).collect())
}

const NOTHING: (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());

const UNPROVEN: &str = "promotion/unproven: `api` came to `production` as `shop/api:2.0.0` without having run in `staging` before";

#[test]
fn one_commit_that_changes_both_proves_nothing_and_two_in_order_do() {
    let together = repository(&[ladder("1.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")]);
    assert_eq!(said(&together.root), (vec![UNPROVEN.to_owned()], vec![]));
    let in_order =
        repository(&[ladder("1.0.0", "1.0.0"), ladder("2.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")]);
    assert_eq!(said(&in_order.root), NOTHING);
    let reversed =
        repository(&[ladder("1.0.0", "1.0.0"), ladder("1.0.0", "2.0.0"), ladder("2.0.0", "2.0.0")]);
    assert_eq!(said(&reversed.root), (vec![UNPROVEN.to_owned()], vec![]));
}

#[test]
fn staging_may_have_gone_on_to_the_next_version() {
    let ahead = repository(&[ladder("1.0.0", "0.9.0"), ladder("1.0.0", "1.0.0"), ladder("2.0.0", "1.0.0")]);
    assert_eq!(said(&ahead.root), NOTHING);
    let never = repository(&[ladder("1.0.0", "1.0.0"), ladder("1.0.0", "2.0.0")]);
    let untested = "promotion/untested-image: `api` runs `shop/api:2.0.0` in `production`, which no earlier environment runs";
    assert_eq!(said(&never.root), (vec![untested.to_owned()], vec![]));
}

#[test]
fn a_branch_that_was_merged_is_a_part_of_the_history() {
    let mut repository = Repository::new();
    let first = repository.commit(&[], &ladder("1.0.0", "1.0.0"));
    let tried = repository.commit(&[first], &ladder("2.0.0", "1.0.0"));
    let passed = repository.commit(&[tried], &ladder("2.0.0", "2.0.0"));
    let merged = repository.commit(&[first, passed], &ladder("2.0.0", "2.0.0"));
    repository.check_out(merged, &ladder("2.0.0", "2.0.0"));
    assert_eq!(said(&repository.root), NOTHING);
}

#[test]
fn what_a_history_cannot_tell_is_no_finding() {
    let from_the_start = repository(&[ladder("2.0.0", "2.0.0")]);
    assert_eq!(said(&from_the_start.root), NOTHING);
    let mut alone = ladder("2.0.0", "2.0.0");
    alone.remove("docker-compose.production.yml");
    let younger = repository(&[alone, ladder("2.0.0", "2.0.0")]);
    assert_eq!(said(&younger.root), NOTHING, "production came later, as what staging ran");
    let mut without = ladder("2.0.0", "2.0.0");
    without.retain(|path, _| path == "docker-compose.yml");
    let both_new = repository(&[without, ladder("2.0.0", "2.0.0")]);
    assert_eq!(said(&both_new.root), NOTHING, "no ladder stood before");
    let open = repository(&[ladder("1.0.0", "1.0.0")]);
    open.write(&ladder("2.0.0", "2.0.0"));
    assert_eq!(said(&open.root), NOTHING, "not committed yet");
    let no_git = repository(&[ladder("1.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")]);
    fs::remove_dir_all(no_git.root.join(".git")).unwrap();
    assert_eq!(said(&no_git.root), NOTHING);
}

#[test]
fn a_change_that_is_not_committed_counts_against_the_commit_below_it() {
    let repository = repository(&[ladder("1.0.0", "1.0.0"), ladder("2.0.0", "1.0.0")]);
    repository.write(&ladder("2.0.0", "2.0.0"));
    assert_eq!(said(&repository.root), NOTHING);
}

#[test]
fn a_history_that_was_cut_off_is_said_once() {
    let repository =
        repository(&[ladder("1.0.0", "1.0.0"), ladder("1.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")]);
    let store = git::Repository::open(&repository.root).unwrap().unwrap();
    let head = store.commit(store.head().unwrap().unwrap()).unwrap();
    let cut = store.commit(head.parents[0]).unwrap().parents[0].to_string();
    fs::remove_file(repository.root.join(".git/objects").join(&cut[..2]).join(&cut[2..])).unwrap();
    fs::write(repository.root.join(".git/shallow"), format!("{}\n", head.parents[0])).unwrap();
    let why = "it was cut off when it was fetched; fetch all of it (`fetch-depth: 0`)";
    assert_eq!(said(&repository.root), (vec![], vec![why.to_owned()]));
    fs::remove_file(repository.root.join(".git/shallow")).unwrap();
    assert_eq!(said(&repository.root), (vec![], vec![format!("the object {cut} is not there")]));
}

#[test]
fn an_image_has_to_stay_for_as_long_as_the_rule_says() {
    let config = |days: &str| format!("rules:\n  promotion/unproven: {{minimum-age: {days}}}\n");
    for (days, short) in [("0.02", false), ("3", true)] {
        let mut states = [ladder("1.0.0", "1.0.0"), ladder("2.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")];
        for state in &mut states {
            state.insert("plimsoll.yaml".to_owned(), config(days));
        }
        let (found, _) = said(&repository(&states).root);
        let message = "promotion/unproven: `api` ran as `shop/api:2.0.0` in `staging` for only 1 hour before it came to `production`";
        let wanted: Vec<String> = if short { vec![message.to_owned()] } else { vec![] };
        assert_eq!(found, wanted, "{days} days");
    }
}

#[test]
fn only_so_many_commits_are_looked_at_and_that_is_said() {
    let mut states = vec![ladder("1.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")];
    for count in 0..5 {
        let mut next = ladder("2.0.0", "2.0.0");
        next.insert("docs/notes.txt".to_owned(), format!("{count}"));
        states.push(next);
    }
    for state in &mut states {
        state.insert("plimsoll.yaml".to_owned(), "rules:\n  promotion/unproven: {commits: 3}\n".to_owned());
    }
    let (found, why) = said(&repository(&states).root);
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(why, ["only the last 3 commits were looked at; the rule's `commits` option sets how many"]);
}

#[test]
fn values_of_a_chart_are_read_as_they_were() {
    let files = |staging: &str, production: &str| -> Texts {
        let template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  selector: {matchLabels: {app: api}}\n  template:\n    metadata: {labels: {app: api}}\n    spec:\n      containers:\n        - name: api\n          image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"\n";
        let config = "ladder:\n  - name: staging\n    stage: integration\n    helm: {release: api, namespace: a, chart: chart, values: [staging.yaml]}\n  - name: production\n    helm: {release: api, namespace: b, chart: chart, values: [production.yaml]}\n";
        [
            ("plimsoll.yaml", config.to_owned()),
            ("chart/Chart.yaml", "apiVersion: v2\nname: api\nversion: 1.0.0\n".to_owned()),
            ("chart/values.yaml", "image: {repository: shop/api, tag: none}\n".to_owned()),
            ("chart/templates/api.yaml", template.to_owned()),
            ("staging.yaml", format!("image: {{tag: \"{staging}\"}}\n")),
            ("production.yaml", format!("image: {{tag: \"{production}\"}}\n")),
        ]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text))
        .collect()
    };
    let together = repository(&[files("1.0.0", "1.0.0"), files("2.0.0", "2.0.0")]);
    assert_eq!(said(&together.root), (vec![UNPROVEN.to_owned()], vec![]));
    let in_order = repository(&[files("1.0.0", "1.0.0"), files("2.0.0", "1.0.0"), files("2.0.0", "2.0.0")]);
    assert_eq!(said(&in_order.root), NOTHING);
}

#[test]
fn a_ladder_in_a_folder_of_the_repository_is_read_from_there() {
    let below = |files: Texts| -> Texts {
        files.into_iter().map(|(path, text)| (format!("deploy/{path}"), text)).collect()
    };
    let repository = repository(&[below(ladder("1.0.0", "1.0.0")), below(ladder("2.0.0", "2.0.0"))]);
    let sources = SourceMap::new(Files::within(repository.root.join("deploy"), &repository.root));
    let today = Date { year: 2026, month: 11, day: 1 };
    let settings = check::Settings::on(today);
    let checked = check::repository(&sources, &settings);
    assert!(checked.diagnostics.iter().any(|diagnostic| diagnostic.rule == "promotion/unproven"));
}

/// Runs git where it is there to be compared with.
fn run_git(repository: &Repository, arguments: &[&str]) {
    let done = Command::new("git").arg("-C").arg(&repository.root).args(arguments).output().unwrap();
    assert!(done.status.success(), "{done:?}");
}

#[test]
fn packed_objects_and_references_are_read_like_loose_ones() {
    let repository = repository(&[ladder("1.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")]);
    fs::write(repository.root.join(".git/config"), "[core]\n\trepositoryformatversion = 0\n").unwrap();
    run_git(&repository, &["repack", "-adq"]);
    run_git(&repository, &["prune-packed", "-q"]);
    run_git(&repository, &["pack-refs", "--all"]);
    assert!(!repository.root.join(".git/refs/heads/main").exists());
    assert_eq!(said(&repository.root), (vec![UNPROVEN.to_owned()], vec![]));
    let packs = repository.root.join(".git/objects/pack");
    for file in fs::read_dir(packs).unwrap().flatten().map(|entry| entry.path()) {
        let mut bytes = fs::read(&file).unwrap();
        let (from, to) = (bytes.len() / 3, bytes.len() * 2 / 3);
        bytes[from..to].fill(0x5a);
        fs::remove_file(&file).unwrap();
        fs::write(&file, bytes).unwrap();
    }
    let (found, why) = said(&repository.root);
    assert_eq!((found.len(), why.len()), (0, 1), "a damaged pack is said, and nothing else: {why:?}");
}

#[test]
fn a_linked_work_tree_is_followed_and_any_other_pointer_out_of_the_repository_is_not() {
    let repository = repository(&[ladder("1.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")]);
    let linked = Repository::new();
    fs::remove_dir_all(linked.root.join(".git")).unwrap();
    linked.write(&ladder("2.0.0", "2.0.0"));
    let own = repository.root.join(".git/worktrees/linked");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(own.join("commondir"), "../..\n").unwrap();
    fs::write(linked.root.join(".git"), format!("gitdir: {}\n", own.display())).unwrap();
    let why = "`.git` leads out of the repository, and only files inside it are read";
    assert_eq!(said(&linked.root), (vec![], vec![why.to_owned()]), "nothing leads back");
    fs::write(own.join("gitdir"), format!("{}\n", linked.root.join(".git").display())).unwrap();
    assert_eq!(said(&linked.root), (vec![UNPROVEN.to_owned()], vec![]));
    let borrowed = linked.root.join("elsewhere");
    fs::create_dir_all(&borrowed).unwrap();
    fs::create_dir_all(repository.root.join(".git/objects/info")).unwrap();
    fs::write(repository.root.join(".git/objects/info/alternates"), format!("{}\n", borrowed.display()))
        .unwrap();
    let why = "`objects/info/alternates` leads out of the repository, and only files inside it are read";
    assert_eq!(said(&repository.root), (vec![], vec![why.to_owned()]));
}

#[test]
fn whatever_stands_in_git_s_files_nothing_panics() {
    let repository = repository(&[ladder("1.0.0", "1.0.0"), ladder("2.0.0", "2.0.0")]);
    let texts = [
        "",
        "ref:",
        "ref: refs/../../etc/passwd",
        "ref: ../x",
        "ref: refs/heads/none",
        "zz",
        "ref: refs/heads/\u{0}",
    ];
    for text in texts {
        fs::write(repository.root.join(".git/HEAD"), text).unwrap();
        assert_eq!(said(&repository.root).0, Vec::<String>::new(), "{text:?}");
    }
    fs::write(repository.root.join(".git/HEAD"), "ref: refs/heads/main").unwrap();
    let objects = repository.root.join(".git/objects");
    for folder in fs::read_dir(&objects).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path()) {
            let bytes = fs::read(&file).unwrap();
            for changed in [&bytes[..bytes.len() / 2], b"", b"blob 9\0"] {
                fs::write(&file, changed).unwrap();
                said(&repository.root);
            }
            fs::write(&file, bytes).unwrap();
        }
    }
    assert_eq!(said(&repository.root).0, [UNPROVEN]);
}

/// A chart in a version, with a number in its values.
fn chart(version: &str, workers: usize) -> Texts {
    [
        ("chart/Chart.yaml", format!("apiVersion: v2\nname: shop\nversion: {version} # raised by hand\n")),
        ("chart/values.yaml", format!("workers: {workers}\n")),
        (
            "chart/templates/config.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: api\ndata:\n  workers: {{ .Values.workers | quote }}\n"
                .to_owned(),
        ),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect()
}

/// Each change with a version of its own, as a repository that publishes its charts has it.
fn published(changes: usize) -> Vec<Texts> {
    (0..changes).map(|change| chart(&format!("1.{change}.0"), change)).collect()
}

/// What `helm/unchanged-version` says.
fn unchanged(root: &std::path::Path) -> Vec<String> {
    let sources = SourceMap::new(Files::below(root));
    let settings = check::Settings::on(Date { year: 2026, month: 11, day: 1 });
    let checked = check::repository(&sources, &settings);
    assert!(checked.broken.is_empty());
    let found = checked.diagnostics.into_iter().filter(|one| one.rule == "helm/unchanged-version");
    found.map(|one| one.finding.message).collect()
}

const NEVER: Vec<String> = Vec::new();

#[test]
fn a_chart_that_changes_and_keeps_its_version_is_found_where_each_change_has_one() {
    let said = ["`shop` changed and is still called 1.6.0: `values.yaml`"];
    let mut states = published(7);
    states.push(chart("1.6.0", 99));
    assert_eq!(unchanged(&repository(&states).root), said);
    states.push(chart("1.7.0", 100));
    assert_eq!(unchanged(&repository(&states).root), NEVER, "the next version has it");
    let few = [published(4), vec![chart("1.3.0", 99)]].concat();
    assert_eq!(unchanged(&repository(&few).root), NEVER, "three changes make no custom");
}

#[test]
fn a_chart_that_is_deployed_from_its_repository_may_keep_its_version() {
    let states: Vec<Texts> = (0..12).map(|change| chart("0.1.0", change)).collect();
    assert_eq!(unchanged(&repository(&states).root), NEVER);
    // Raised with each release, after several changes.
    let states: Vec<Texts> = (0..24).map(|change| chart(&format!("1.{}.0", change / 3), change)).collect();
    assert_eq!(unchanged(&repository(&states).root), NEVER);
}

#[test]
fn a_version_that_is_not_published_yet_may_be_added_to() {
    let mut repository = Repository::new();
    let states = published(7);
    let mut head = None;
    for files in &states {
        head = Some(repository.commit(head.as_slice(), files));
    }
    let main = head.unwrap();
    let raised = repository.commit(&[main], &chart("1.7.0", 50));
    let last = chart("1.7.0", 51);
    let again = repository.commit(&[raised], &last);
    repository.check_out(again, &last);
    assert_eq!(unchanged(&repository.root).len(), 1, "on the branch that is published from");
    fs::create_dir_all(repository.root.join(".git/refs/remotes/origin")).unwrap();
    fs::write(repository.root.join(".git/refs/remotes/origin/main"), format!("{main}\n")).unwrap();
    assert_eq!(unchanged(&repository.root), NEVER, "the version is not there yet");
}

#[test]
fn a_new_version_that_is_not_committed_counts() {
    let repository = repository(&[published(7), vec![chart("1.6.0", 99)]].concat());
    assert_eq!(unchanged(&repository.root).len(), 1);
    repository.write(&chart("1.7.0", 99));
    assert_eq!(unchanged(&repository.root), NEVER);
}

#[test]
fn what_was_seen_of_one_commit_holds_for_those_that_differ_elsewhere() {
    let texts = |files: &[(&str, &str)]| -> Texts {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    };
    let base = [("compose.yml", "1"), ("env/a", "1"), ("notes", "1")];
    let states = [
        texts(&base),
        texts(&[("compose.yml", "1"), ("env/a", "1"), ("notes", "2"), ("other/b", "1")]),
        texts(&[("compose.yml", "2"), ("env/a", "1"), ("notes", "1")]),
        texts(&[("compose.yml", "1"), ("env/a", "1"), ("env/b", "1"), ("notes", "1")]),
        texts(&[("compose.yml", "1"), ("env/a", "1"), ("notes", "1"), (".env", "1")]),
    ];
    let mut made = Repository::new();
    let mut heads = Vec::new();
    for files in &states {
        let parents: Vec<git::Id> = heads.last().copied().into_iter().collect();
        heads.push(made.commit(&parents, files));
    }
    made.check_out(heads[4], &states[4]);
    let opened = std::sync::Arc::new(git::Repository::open(&made.root).unwrap().unwrap());
    let snapshots: Vec<git::Snapshot> = heads
        .iter()
        .map(|head| git::Snapshot::of(&opened, opened.commit(*head).unwrap().tree).unwrap())
        .collect();
    let (watched, seen) = snapshots[0].watched();
    let files = Files::of_commit(watched, "");
    assert_eq!(files.read("compose.yml".as_ref()), Ok(b"1".to_vec()));
    assert!(!files.is_file(".env".as_ref()));
    assert_eq!(files.list("env".as_ref()).unwrap().len(), 1);
    let seen = seen.lock().unwrap();
    let shows: Vec<bool> = snapshots.iter().map(|snapshot| snapshot.shows(&seen)).collect();
    // The same, changed elsewhere, another text, another file in a folder, a file that was not there.
    assert_eq!(shows, [true, true, false, false, false]);
}

#[test]
fn an_image_that_no_rule_speaks_of_is_not_looked_for() {
    // Staging has what local has: whether local had it first is off there, unless the configuration asks.
    let both = |version: &str| -> Texts {
        let mut files = ladder(version, version);
        files.remove("docker-compose.production.yml");
        files.insert("docker-compose.yml".to_owned(), compose(version));
        files
    };
    let repository = repository(&[both("1.0.0"), both("2.0.0")]);
    assert_eq!(said(&repository.root), NOTHING);
    fs::write(repository.root.join("plimsoll.yaml"), "rules:\n  promotion/unproven: warning\n").unwrap();
    let (found, _) = said(&repository.root);
    assert_eq!(found.len(), 1, "{found:?}");
}
