//! `plimsoll helm eval`: renders templates given one a line, for comparing with Helm.

use std::io::BufRead;
use std::io::Write;

use crate::cli::Exit;
use crate::helm::eval;
use crate::helm::eval::Case;

/// Answers every case of the input: `{"id", "out"}` or `{"id", "error"}` a line.
pub(super) fn run(input: &mut dyn BufRead, out: &mut dyn Write) -> std::io::Result<Exit> {
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Case>(&line) {
            Ok(case) => {
                let sources = eval::sources(&case);
                match eval::evaluate(&case, &sources) {
                    Ok(text) => serde_json::json!({"id": case.id, "out": text.to_str()}),
                    Err(problem) => serde_json::json!({"id": case.id, "error": problem.message}),
                }
            }
            Err(error) => serde_json::json!({"id": null, "error": format!("this is not a case: {error}")}),
        };
        // Readers that count lines by Unicode would see a line end in these.
        let answer = answer.to_string();
        let answer = answer.replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028");
        writeln!(out, "{}", answer.replace('\u{2029}', "\\u2029"))?;
    }
    Ok(Exit::Clean)
}
