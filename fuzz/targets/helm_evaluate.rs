//! A template, its values (the second part) and further files (named parts): rendered or refused, in time and memory.

#![no_main]

use plimsoll::helm::eval;
use plimsoll::helm::eval::Case;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let parts = plimsoll_fuzz::parts(data);
    let files = parts.iter().skip(2).filter(|(path, _)| !path.is_empty() && path.len() < 100);
    let case = Case {
        template: plimsoll_fuzz::text(&parts, 0),
        values: plimsoll_fuzz::text(&parts, 1),
        files: files.map(|(path, text)| (path.clone(), String::from_utf8_lossy(text).into_owned())).collect(),
        lint: data.len() % 2 == 1,
        ..Case::default()
    };
    let sources = eval::sources(&case);
    match eval::evaluate(&case, &sources) {
        Ok(text) => drop(text.to_str().len()),
        Err(problem) => {
            assert!(!problem.message.is_empty());
            let related = problem.related.iter().map(|label| label.span);
            problem
                .place
                .into_iter()
                .chain(related)
                .for_each(|span| plimsoll_fuzz::assert_inside(&sources, span));
        }
    }
});
