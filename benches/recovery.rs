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

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut texts = Vec::new();
    for file in std::env::args().skip(1).filter(|argument| !argument.starts_with('-')) {
        texts.push(std::fs::read_to_string(&file)?);
    }
    writeln!(out, "| broken line | key paths kept, Compose | Helm |\n|---|---|---|")?;
    let mut sums = [(0, 0); 2];
    for (name, line) in yaml_breakage::BROKEN {
        let mut shares = [(0, 0); 2];
        for (at, dialect) in [Dialect::Compose, Dialect::Helm].into_iter().enumerate() {
            for text in &texts {
                let (kept, all) = yaml_breakage::kept(text, line, dialect);
                shares[at] = (shares[at].0 + kept, shares[at].1 + all);
            }
            sums[at] = (sums[at].0 + shares[at].0, sums[at].1 + shares[at].1);
        }
        writeln!(out, "| {name} | {:.1} % | {:.1} % |", percent(shares[0]), percent(shares[1]))?;
    }
    writeln!(out, "| all | {:.1} % | {:.1} % |", percent(sums[0]), percent(sums[1]))
}
