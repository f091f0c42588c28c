//! Any text as `plimsoll.yaml`.

#![no_main]

use plimsoll::config::Config;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let sources = plimsoll_fuzz::sources(&[("plimsoll.yaml".to_owned(), data.to_vec())]);
    let Ok(config) = Config::load(&sources) else { return };
    for finding in &config.findings {
        assert!(!finding.message.is_empty());
        let related = finding.related.iter().map(|label| label.span);
        related.chain([finding.primary.span]).for_each(|span| plimsoll_fuzz::assert_inside(&sources, span));
    }
});
