//! What is left of files with one broken line more: `cargo bench --bench recovery -- FILE…`

use std::io::Write as _;

use plimsoll::yaml::Dialect;

#[path = "../tests/it/yaml_breakage.rs"]
mod yaml_breakage;

fn percent((kept, all): (usize, usize)) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let share = kept as f64 / all.max(1) as f64;
    100.0 * share
}

fn plus(one: (usize, usize), other: (usize, usize)) -> (usize, usize) {
    (one.0 + other.0, one.1 + other.1)
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut texts = Vec::new();
    for file in std::env::args().skip(1).filter(|argument| !argument.starts_with('-')) {
        texts.push(std::fs::read_to_string(&file)?);
    }
    writeln!(out, "| broken line | key paths kept, Compose | Helm |\n|---|---|---|")?;
    let (mut compose, mut helm) = ((0, 0), (0, 0));
    for (name, line) in yaml_breakage::BROKEN {
        let share =
            |dialect| texts.iter().map(|text| yaml_breakage::kept(text, line, dialect)).fold((0, 0), plus);
        let (one, other) = (share(Dialect::Compose), share(Dialect::Helm));
        (compose, helm) = (plus(compose, one), plus(helm, other));
        writeln!(out, "| {name} | {:.1} % | {:.1} % |", percent(one), percent(other))?;
    }
    writeln!(out, "| all | {:.1} % | {:.1} % |", percent(compose), percent(helm))
}
