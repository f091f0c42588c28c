//! A whole repository of any files: every loader, the ladder, every rule, every fix.

#![no_main]

use plimsoll::check;
use plimsoll::rules::Date;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let sources = plimsoll_fuzz::sources(&plimsoll_fuzz::files(data));
    let today = Date { year: 2026, month: 11, day: 1 };
    let settings = check::Settings { strict: data.len() % 2 == 1, ..check::Settings::on(today) };
    let checked = check::repository(&sources, &settings);
    assert!(checked.broken.is_empty(), "{:?}", checked.broken);
    for diagnostic in &checked.diagnostics {
        let finding = &diagnostic.finding;
        assert!(!finding.message.is_empty());
        let related = finding.related.iter().map(|label| label.span);
        let edits = finding.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
        let places = related.chain(edits).chain([finding.primary.span]);
        places.for_each(|span| plimsoll_fuzz::assert_inside(&sources, span));
    }
});
