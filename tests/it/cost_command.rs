//! `plimsoll cost`: what people and machines read.

use std::path::Path;

fn cost(folder: &str, flags: &[&str]) -> (u8, String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["plimsoll", "cost", folder.to_str().unwrap()].into_iter().chain(flags.iter().copied());
    let exit = plimsoll::cli::run(arguments, &mut out, &mut err);
    (exit.code(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn printed(folder: &str, flags: &[&str]) -> String {
    let (code, out, err) = cost(folder, flags);
    assert_eq!((code, err.as_str()), (0, ""));
    out
}

#[test]
fn every_amount_stands_beside_the_line_that_decides_it() {
    insta::assert_snapshot!("cost_with_unknowns", printed("docutag", &[]));
    insta::assert_snapshot!("cost_within_budget", printed("docutag-clean", &[]));
}

#[test]
fn the_ladder_as_it_is_stands_beside_one_that_runs_on_kubernetes_throughout() {
    insta::assert_snapshot!("cost_compared_with_unknowns", printed("docutag", &["--compare"]));
    insta::assert_snapshot!("cost_compared", printed("docutag-clean", &["--compare"]));
}

#[test]
fn machines_read_the_same_amounts() {
    insta::assert_snapshot!("cost_json", printed("docutag-clean", &["--format", "json", "--compare"]));
    let report: serde_json::Value = serde_json::from_str(&printed("docutag", &["--format", "json"])).unwrap();
    let staging = &report["environments"][2];
    assert_eq!(staging["name"], "staging");
    assert_eq!(staging["unknown"][0]["what"], "host");
    assert_eq!(staging["unknown"][0]["at"]["file"], "plimsoll.yaml");
}
