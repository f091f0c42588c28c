//! Every kubernetes rule on the manifests of its card, as they stand: what a chart would render of them is themselves.

use std::collections::BTreeSet;

use plimsoll::config::Config;
use plimsoll::config::Stage;
use plimsoll::diagnostic::Finding;
use plimsoll::diagnostic::Severity;
use plimsoll::kubernetes::AllKnown;
use plimsoll::kubernetes::Minor;
use plimsoll::kubernetes::Object;
use plimsoll::kubernetes::ObjectSet;
use plimsoll::kubernetes::pod_security::Control;
use plimsoll::kubernetes::pod_security::PodSecurityLevel;
use plimsoll::kubernetes::pod_security::breaches;
use plimsoll::ladder::Ladder;
use plimsoll::rules::Check;
use plimsoll::rules::Context;
use plimsoll::rules::Date;
use plimsoll::rules::Example;
use plimsoll::rules::OfObjects;
use plimsoll::rules::Options;
use plimsoll::rules::Rule;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Tree;

fn object_rules() -> impl Iterator<Item = (&'static Rule, OfObjects)> {
    plimsoll::rules::all().filter_map(|rule| match rule.check {
        Check::Objects(check) => Some((rule, check)),
        _ => None,
    })
}

/// Hands the objects of some manifests to a rule and shows its findings.
fn judge<R>(
    files: &[(String, String)],
    minor: Minor,
    show: impl FnOnce(&SourceMap, &dyn Fn(OfObjects) -> Vec<Finding>) -> R,
) -> R {
    let sources = SourceMap::new(Files::memory(files.iter().cloned()));
    let manifests = files.iter().filter(|(path, _)| path.contains("templates/"));
    let trees: Vec<Tree> = manifests
        .filter_map(|(path, _)| sources.read(std::path::Path::new(path)).ok())
        .map(|source| Tree::parse(&source, Dialect::Helm))
        .collect();
    let objects = trees.iter().flat_map(|tree| Object::all(tree, &AllKnown)).collect();
    let set = ObjectSet::new(objects, minor, Some("default".to_owned()));
    let (ladder, config) = (Ladder::default(), Config::default());
    let context = Context {
        sources: &sources,
        ladder: &ladder,
        config: &config,
        environment: None,
        fleet: None,
        stage: Stage::Local,
        today: Date { year: 2026, month: 11, day: 1 },
        options: Options::default(),
    };
    show(&sources, &|check| check(&set, &context))
}

/// Examples that are manifests and nothing else. Those with an environment, options, values or helpers are held to
/// their marks with all cards.
fn plain(example: &Example) -> bool {
    let of_templates = |path: &str| path.contains("templates/");
    example.files.iter().all(|(path, _)| path != "plimsoll.yaml" && !path.contains("/_"))
        && example.marks.iter().all(|(path, ..)| of_templates(path))
}

fn line(sources: &SourceMap, finding: &Finding) -> (String, usize) {
    let at = finding.primary.span;
    let of = |source: std::sync::Arc<plimsoll::source::Source>| {
        (source.path.clone(), source.line_column(at.start).line as usize)
    };
    sources.get(at.source).map(of).unwrap_or_default()
}

#[test]
fn the_marked_lines_of_bad_manifests_are_found_and_no_others() {
    let mut wrong = Vec::new();
    for (rule, check) in object_rules() {
        let card = rule.card().unwrap();
        for example in card.examples().into_iter().filter(|example| !example.good && plain(example)) {
            let marked: BTreeSet<(String, usize)> = example
                .marks
                .iter()
                .filter(|(_, _, id)| *id == card.id)
                .map(|(path, line, _)| (path.clone(), *line))
                .collect();
            judge(&example.files, Minor(34), |sources, run| {
                let findings = run(check);
                let found: BTreeSet<_> = findings.iter().map(|finding| line(sources, finding)).collect();
                if found != marked {
                    let said: Vec<_> = findings.iter().map(|finding| &finding.message).collect();
                    wrong.push(format!("{}\nmarked {marked:?}\nfound  {found:?}\n{said:#?}\n", card.id));
                }
            });
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_manifests_are_silent_in_every_minor() {
    let mut wrong = Vec::new();
    for (rule, _) in object_rules() {
        let card = rule.card().unwrap();
        for example in card.examples().into_iter().filter(|example| example.good && plain(example)) {
            for minor in Minor::OLDEST.0..=Minor::NEWEST.0 {
                judge(&example.files, Minor(minor), |_, run| {
                    for (other, check) in object_rules() {
                        let loud = other.card().unwrap().severity.local > Some(Severity::Info)
                            || other.text() == rule.text();
                        for finding in run(check).iter().filter(|_| loud) {
                            let name = &other.card().unwrap().id;
                            wrong.push(format!("{} in 1.{minor}: {name}: {}\n", card.id, finding.message));
                        }
                    }
                });
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn findings_are_worded_as_the_project_words_them() {
    for (rule, check) in object_rules() {
        let card = rule.card().unwrap();
        for example in card.examples().into_iter().filter(|example| !example.good && plain(example)) {
            judge(&example.files, Minor(34), |sources, run| {
                for finding in run(check) {
                    let said = &finding.message;
                    assert!(!said.ends_with('.') && !said.contains("please"), "{}: {said}", card.id);
                    assert!(!finding.subject.is_empty(), "{}: no subject", card.id);
                    let help = finding.help.as_deref().unwrap_or("do");
                    assert!(
                        help.starts_with(char::is_lowercase) && !help.ends_with('.'),
                        "{}: {help}",
                        card.id
                    );
                    let source = sources.get(finding.primary.span.source).unwrap();
                    assert!(!source.slice(finding.primary.span).is_empty(), "{}: points at nothing", card.id);
                }
            });
        }
    }
}

#[test]
fn no_prefix_of_a_manifest_breaks_a_rule() {
    for (rule, _) in object_rules() {
        let card = rule.card().unwrap();
        for example in card.examples().into_iter().filter(|example| !example.good && plain(example)) {
            let Some((path, text)) = example.files.iter().find(|(path, _)| path.contains("templates/"))
            else {
                panic!("{}: no manifest", card.id)
            };
            for cut in text.match_indices('\n').map(|(at, _)| at) {
                let files = [(path.clone(), text.get(..cut).unwrap_or_default().to_owned())];
                judge(&files, Minor(34), |sources, run| {
                    for (_, check) in object_rules() {
                        for finding in run(check) {
                            let source = sources.get(finding.primary.span.source).unwrap();
                            assert!(finding.primary.span.end as usize <= source.text.len());
                        }
                    }
                });
            }
        }
    }
}

/// The controls that a pod breaks at a level, in the minors given.
fn breached(pod: &str, level: PodSecurityLevel, minors: &[u32]) -> Vec<Vec<Control>> {
    let indented: String = pod.lines().map(|line| format!("  {line}\n")).collect();
    let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n{indented}");
    let sources = SourceMap::new(Files::memory([("pod.yaml", text)]));
    let tree = Tree::parse(&sources.read(std::path::Path::new("pod.yaml")).unwrap(), Dialect::Helm);
    let set = ObjectSet::new(Object::all(&tree, &AllKnown), Minor::NEWEST, None);
    let controls = |minor: &u32| {
        let all = set.workloads().flat_map(|workload| breaches(&workload, level, Minor(*minor)));
        all.map(|breach| breach.control).collect::<Vec<_>>()
    };
    minors.iter().map(controls).collect()
}

#[test]
fn each_minor_enforces_the_pod_security_standards_it_was_released_with() {
    use Control as C;
    let (baseline, restricted) = (PodSecurityLevel::Baseline, PodSecurityLevel::Restricted);
    let sysctl = |name: &str| {
        format!("securityContext: {{sysctls: [{{name: {name}, value: \"1\"}}]}}\ncontainers: []\n")
    };
    for (name, since) in [
        ("net.ipv4.ip_local_reserved_ports", 27),
        ("net.ipv4.tcp_keepalive_probes", 29),
        ("net.ipv4.tcp_wmem", 32),
        ("net.ipv4.tcp_notsent_lowat", 37),
    ] {
        let found = breached(&sysctl(name), baseline, &[since - 1, since]);
        assert_eq!(found, [vec![C::Sysctls], vec![]], "{name}");
    }
    let host = "containers: [{name: a, livenessProbe: {tcpSocket: {host: db, port: 1}}}]";
    assert_eq!(breached(host, baseline, &[33, 34]), [vec![], vec![C::HostProbes]]);
    let engine = "containers: [{name: a, securityContext: {seLinuxOptions: {type: container_engine_t}}}]";
    assert_eq!(breached(engine, baseline, &[30, 31]), [vec![C::SeLinux], vec![]]);
    let unmasked = "hostUsers: false\ncontainers: [{name: a, securityContext: {procMount: Unmasked}}]";
    assert_eq!(breached(unmasked, baseline, &[34, 35]), [vec![C::ProcMount], vec![]]);

    // A pod that meets the level, and one thing taken away.
    let hardened = |pod: &str, container: &str| {
        format!("{pod}containers: [{{name: a, securityContext: {{{container}}}}}]")
    };
    let all = "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}";
    let without = |gone: &str| hardened("", &all.replace(gone, ""));
    assert_eq!(breached(&hardened("", all), restricted, &[33, 37]), [vec![], vec![]]);
    for (gone, since, control) in [
        ("allowPrivilegeEscalation: false, ", 8, C::PrivilegeEscalation),
        (", seccompProfile: {type: RuntimeDefault}", 19, C::SeccompRestricted),
        ("capabilities: {drop: [ALL]}, ", 22, C::CapabilitiesRestricted),
    ] {
        assert_eq!(
            breached(&without(gone), restricted, &[since - 1, since]),
            [vec![], vec![control]],
            "{gone}"
        );
    }
    let root = hardened("", &format!("{all}, runAsUser: 0"));
    assert_eq!(breached(&root, restricted, &[22, 23]), [vec![], vec![C::RunAsUser]]);
    // Users of its own, and Windows.
    let open = all.replace("runAsNonRoot: true, ", "") + ", runAsUser: 0";
    assert_eq!(
        breached(&hardened("hostUsers: false\n", &open), restricted, &[34, 35]),
        [vec![C::RunAsNonRoot, C::RunAsUser], vec![]]
    );
    let proc = format!("{all}, procMount: Unmasked");
    assert_eq!(
        breached(&hardened("hostUsers: false\n", &proc), restricted, &[34, 35]),
        [vec![C::ProcMount], vec![C::ProcMountRestricted]]
    );
    let windows = hardened("os: {name: windows}\n", "runAsNonRoot: true");
    assert_eq!(
        breached(&windows, restricted, &[24, 25]),
        [vec![C::PrivilegeEscalation, C::CapabilitiesRestricted, C::SeccompRestricted], vec![]]
    );
}
