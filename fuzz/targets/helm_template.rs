//! Any text as a chart template: it is parsed or refused, at a place in it.

#![no_main]

use plimsoll::helm::HelmVersion;
use plimsoll::helm::engine::Engine;
use plimsoll::helm::engine::Library;
use plimsoll::helm::engine::TemplateSource;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let sources = plimsoll_fuzz::sources(&[]);
    let source = sources.add("t.yaml", &*text);
    let template = TemplateSource {
        name: "c/templates/t.yaml".to_owned(),
        source: source.id,
        text: source.text.clone(),
        offset: 0,
    };
    if let Err(error) = Engine::new(vec![template], &Library::default(), HelmVersion::default()) {
        assert!(!error.message.is_empty());
        error
            .span
            .into_iter()
            .chain(error.calls)
            .for_each(|span| plimsoll_fuzz::assert_inside(&sources, span));
    }
});
